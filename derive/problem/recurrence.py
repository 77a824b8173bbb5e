"""Are the definitions well-founded: no quantity in terms of itself, a base case for every recurrence.

A family may reach itself at other indices (`h[t-1]`), through others too (`c[t]` and `h[t]` of an LSTM). Then
one index must go down, or up, around every circle; or the sum of the indices, as in an edit distance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from math import inf
from typing import NamedTuple

from derive.errors import InputError, Place
from derive.notation.names import Known
from derive.problem.fields import member
from derive.tree.nodes import Node, Range, Shape
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.scope import Definition, Scope

Index = tuple[Size, ...]
Ends = tuple[Size, Size]
Ranges = Mapping[str, Ends]
Span = tuple[float, float]
Key = tuple[str, Index]  # a definition, or a member that is defined on its own
FAR: Span = (-inf, inf)
MOST_SHOWN = 6  # names in a message
AHEAD = 8  # members that a recurrence may reach outside its range


class Mention(NamedTuple):
    name: str
    at: tuple[Size | None, ...]
    ranges: Ranges  # of the indices that sums around it bind
    shape: Shape


def mentions(node: Node, ranges: Ranges) -> Iterator[Mention]:
    """Every symbol in the tree."""
    if node.op == "sym":
        yield Mention(node.symbol.name, tuple(map(_size, node.args)), ranges, node.shape)
    if isinstance(node.data, Range):
        ranges = {**ranges, node.data.var: (node.data.low, node.data.high)}
    for arg in node.args:
        yield from mentions(arg, ranges)


def _size(node: Node) -> Size | None:
    if node.op == "count":
        return node.size
    return Size.of(int(node.number)) if node.op == "num" and node.number.denominator == 1 else None


def check(scope: Scope, new: Collection[str]) -> None:
    """InputError at a definition that is circular (one of the `new` names, if any) or lacks a base case."""
    edges = _edges(scope)
    for circle in _components(edges):
        inside = {key: {k: s for k, s in edges[key].items() if k in circle} for key in circle}
        if any(inside.values()) and not _advances(inside, scope):
            raise _circular(scope, circle, new)
    for definition in scope.definitions.values():
        _check_base(definition, scope)


def _circular(scope: Scope, circle: list[Key], new: Collection[str]) -> InputError:
    order = {name: n for n, name in enumerate((*scope.declarations, *scope.definitions))}
    circle = sorted(circle, key=lambda key: (key[0] not in new, order[key[0]], len(key[1])))
    first = next((key for key in circle if key[0] in scope.definitions), circle[0])
    named = scope.definitions.get(first[0]) or scope.declarations[first[0]]
    return circle_error([_shown(key, scope) for key in circle], named.place)


def circle_error(shown: list[str], place: Place | None) -> InputError:
    if len(shown) == 1:
        message, hint = f"{shown[0]} is defined by itself", "define it by other names"
    else:
        if len(shown) > MOST_SHOWN:
            shown = [*shown[: MOST_SHOWN - 1], f"{len(shown) - MOST_SHOWN + 1} more"]
        message = f"{', '.join(shown[:-1])} and {shown[-1]} are defined by each other"
        hint = "define one of them without the others"
    if any("[" in name for name in shown):
        hint = "a recurrence goes back (or ahead) by one index, as in h[t]: f(h[t-1])"
    return InputError(message, place, hint)


def _shown(key: Key, scope: Scope) -> str:
    definition = scope.definitions.get(key[0])
    return member(key[0], key[1] or (definition.params if definition else ()))


# ---------------------------------------------------------------- circles


def _edges(scope: Scope) -> dict[Key, dict[Key, dict[str, Span]]]:
    """From each definition to those it mentions: by how much each index changes, "" for their sum."""
    found: dict[Key, dict[Key, dict[str, Span]]] = {}
    for definition in scope.definitions.values():
        main = (definition.name, ())
        found[main] = {}
        if definition.body is not None:
            _add_edges(found[main], definition.params, definition.body, scope)
        for index, body in definition.members:
            found[main][definition.name, index] = {}
            found[definition.name, index] = {}
            _add_edges(found[definition.name, index], _params(index, scope), body, scope)
    for declared in scope.declarations.values():
        for node in declared.of:
            _add_edges(found.setdefault((declared.name, ()), {}), declared.params, node, scope)
    return {key: {to: s for to, s in row.items() if to in found} for key, row in found.items()}


def _add_edges(row: dict[Key, dict[str, Span]], params: tuple[str, ...], body: Node, scope: Scope) -> None:
    for mention in mentions(body, {}):
        definition = scope.definitions.get(mention.name)
        declared = scope.declarations.get(mention.name)
        if declared is not None and mention.at in declared.boundary:
            continue
        target: Key = (mention.name, ())
        own: tuple[str, ...] = definition.params if definition else ()
        for index, _ in definition.members if definition else ():
            if _matches(index, mention.at, scope):
                target = (mention.name, index)
                own = _params(index, scope)
        spans = _spans(params, own, mention)
        before = row.get(target)
        if before is not None:
            spans = {
                p: (min(spans[p][0], before[p][0]), max(spans[p][1], before[p][1]))
                for p in spans.keys() & before.keys()
            }
        row[target] = spans


def _params(index: Index, scope: Scope) -> tuple[str, ...]:
    """The index names of a member, "" where it is fixed: ("t", "") for m[t, 0]."""
    return tuple(s.name if s.name and s.name in scope.indices else "" for s in index)


def _matches(pattern: Index, index: tuple[Size | None, ...], scope: Scope) -> bool:
    """Whether the index is that of a boundary member such as (t, 0)."""
    return len(pattern) == len(index) and all(
        p == i or p.name in scope.indices for p, i in zip(pattern, index, strict=True)
    )


def _spans(params: tuple[str, ...], own: tuple[str, ...], mention: Mention) -> dict[str, Span]:
    """By how much each index of the mentioned member differs from that of the definition around it."""
    found = {}
    for position, param in enumerate(own):
        if param and param in params and len(own) == len(mention.at):
            found[param] = _span(mention.at[position], param, mention.ranges)
    if set(found) == set(filter(None, params)) == set(filter(None, own)) and found:
        found[""] = (sum(low for low, _ in found.values()), sum(high for _, high in found.values()))
    return found


def _span(size: Size | None, param: str, ranges: Ranges) -> Span:
    if size is None:
        return FAR
    difference = (size - Size.of(param)).constant
    if difference is not None:
        return difference, difference
    if size.name is None or size.name not in ranges:
        return FAR
    low, high = ((end - Size.of(param)).constant for end in ranges[size.name])
    return (-inf if low is None else low, inf if high is None else high)


def _components(edges: Mapping[Key, Mapping[Key, object]]) -> list[list[Key]]:
    """Strongly connected components (Tarjan, without recursion)."""
    number: dict[Key, int] = {}
    low: dict[Key, int] = {}
    stack: list[Key] = []
    on_stack: set[Key] = set()
    found: list[list[Key]] = []
    for root in edges:
        if root in number:
            continue
        work = [(root, iter(edges[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            key, rest = work[-1]
            for to in rest:
                if to not in number:
                    number[to] = low[to] = len(number)
                    stack.append(to)
                    on_stack.add(to)
                    work.append((to, iter(edges[to])))
                    break
                if to in on_stack:
                    low[key] = min(low[key], number[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == number[key]:
                    component: list[Key] = []
                    found.append(component)
                    while not component or component[-1] != key:
                        component.append(stack.pop())
                        on_stack.discard(component[-1])
    return found


def _advances(inside: Mapping[Key, Mapping[Key, Mapping[str, Span]]], scope: Scope) -> bool:
    """Whether one index (or the sum of all) changes in one direction around every circle."""
    for param in ("", *scope.indices):
        steps = [(a, b, s.get(param, FAR)) for a, row in inside.items() for b, s in row.items()]
        for sign in (-1, 1):
            back = [(a, b, max(sign * low, sign * high)) for a, b, (low, high) in steps]
            if all(step < inf for *_, step in back) and not _gains(back, len(inside)):
                return True
    return False


def _gains(steps: list[tuple[Key, Key, float]], n: int) -> bool:
    """Whether some circle of steps adds up to zero or more (Bellman and Ford)."""
    best: dict[Key, float] = {}
    for _ in range(n):
        changed = False
        for a, b, step in steps:
            gain = best.get(a, 0) + step * (n + 1) + 1
            if step > -inf and gain > best.get(b, 0):
                best[b] = gain
                changed = True
        if not changed:
            return False
    return True


# ---------------------------------------------------------------- base cases


def _check_base(definition: Definition, scope: Scope) -> None:
    known = Known(scope)
    rows = [(index, body) for index, body in definition.members]
    if definition.body is not None:
        rows.append((tuple(map(Size.of, definition.params)), definition.body))
    for index, body in rows:
        own = {p: scope.indices[p] for p in _params(index, scope) if p}
        if body is definition.body:
            own = {p: _without_members(p, range_, definition, scope) for p, range_ in own.items()}
        for mention in mentions(body, own):
            missing = _missing(mention, known)
            if missing is not None:
                here, line = member(definition.name, index), member(mention.name, missing)
                message = f"{here} reaches {line}, which nothing declares or defines"
                hint = f"add a line:\n    symbols:\n      {line}: {mention.shape}"
                raise InputError(message, definition.place, hint)


def _without_members(param: str, range_: Ends, definition: Definition, scope: Scope) -> Ends:
    """The range of an index for which the body of the family itself is used."""
    low, high = range_
    at = definition.params.index(param)
    declared = scope.declarations.get(definition.name)
    members = [*(i for i, _ in definition.members), *(declared.boundary if declared else ())]
    fixed = {i[at] for i in members if all((k == at) != (s.name in scope.indices) for k, s in enumerate(i))}
    while low in fixed:
        low += 1
    while high in fixed:
        high -= 1
    return low, high


def _missing(mention: Mention, known: Known) -> Index | None:
    """The index of a member outside its family's range that is mentioned and not given, if there is one."""
    scope = known.scope
    params = known.params(mention.name)
    if not params or len(params) != len(mention.at) or None in mention.at:
        return None
    index = tuple(s for s in mention.at if s is not None)
    for position, param in enumerate(params):
        size = index[position]
        if param not in scope.indices:
            continue
        low, high = scope.indices[param]
        ranges = {**scope.indices, **mention.ranges}
        for name in size.names & mention.ranges.keys():
            first, last = mention.ranges[name]
            if abs(size.coefficient(name)) != 1:
                continue
            for start, step in ((first, 1), (last, -1)):
                for ahead in range(AHEAD):
                    at = size.replace({name: start + step * ahead})
                    if not (never_negative(low - 1 - at, ranges) or never_negative(at - high - 1, ranges)):
                        break
                    reached = (*index[:position], at, *index[position + 1 :])
                    if not known.is_boundary(mention.name, params, reached):
                        return reached
    return None
