"""Families of an algorithm that its loops fill from 1 on and that it returns: programs keep them as arrays, from 0 on.

Others (`s[0] = 0`, members that are indices themselves) stay dictionaries until they are returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.notation.literals import as_size
from derive.notation.statements import Assign, Compare, Condition, For, Function, If, Return, Statement, While
from derive.tree.nodes import Node, Shape, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import build, rebuild, sym

Ends = tuple[Size, Size]
Lengths = tuple[Size, ...]


@dataclass(frozen=True)
class Filled:
    """The body with entries of arrays for members of families; `lengths` are the sizes of each."""

    body: tuple[Statement, ...]
    lengths: Mapping[str, Lengths]


def filled(function: Function) -> Filled:
    found: dict[str, set[Lengths | None]] = {}
    for name, lengths in _targets(function.body, {}):
        found.setdefault(name, set()).add(lengths)
    end = function.body[-1]
    returned = {v for v in end.values if isinstance(v, str)} if isinstance(end, Return) else set()
    for inner in function.body[:-1]:  # what is returned on the way may have fewer members
        returned -= {v for r in _returns((inner,)) for v in r.values if isinstance(v, str)}
    as_indices = {n for node in _nodes(function.body) for n in _inside_indices(node)}
    kept: dict[str, Lengths] = {}
    for name, several in found.items():
        one = next(iter(several))
        declared = function.scope.declarations.get(name)
        plain = declared is not None and declared.shape.is_scalar and name in returned - as_indices
        if len(several) == 1 and one is not None and plain and _is_full(function.body, name):
            kept[name] = one
    return Filled(tuple(_converted(s, kept) for s in function.body), kept)


def array(name: str, lengths: Lengths) -> Node:
    return sym(name, Shape("vector" if len(lengths) == 1 else "matrix", lengths))


def _targets(body: Sequence[Statement], loops: Mapping[str, Ends]) -> Iterator[tuple[str, Lengths | None]]:
    """The families that are assigned, with the lengths of the loops that fill them; None where they are no such."""
    for s in body:
        if isinstance(s, Assign) and s.target.indices:
            yield s.target.name, _lengths(s.target.indices, loops)
        elif isinstance(s, For):
            low, high = (as_size(n) for n in ((s.first, s.last) if s.step > 0 else (s.last, s.first)))
            known = {k: v for k, v in loops.items() if k != s.var}
            if low is not None and high is not None and not (low.names | high.names) & {*loops, s.var}:
                known[s.var] = (low, high)
            yield from _targets(s.body, known)
        else:
            for inner in _inner(s):
                yield from _targets(inner, loops)


def _is_full(body: Sequence[Statement], name: str) -> bool:
    """Whether every pass of the loops assigns a member, whatever conditions hold."""
    for s in body:
        if isinstance(s, Assign) and s.target.name == name:
            return True
        if isinstance(s, For) and _is_full(s.body, name):
            return True
        if isinstance(s, If) and s.branches[-1][0] is None and all(_is_full(b, name) for _, b in s.branches):
            return True
    return False


def _lengths(indices: tuple[Node, ...], loops: Mapping[str, Ends]) -> Lengths | None:
    names = [i.size.name if i.op == "count" else None for i in indices]
    if len(indices) > 2 or len(set(names)) < len(names) or any(n not in loops for n in names):
        return None
    ends = [loops[n] for n in names if n is not None]
    return tuple(high for _, high in ends) if all(low == Size.of(1) for low, _ in ends) else None


def _inner(s: Statement) -> list[tuple[Statement, ...]]:
    if isinstance(s, (For, While)):
        return [s.body]
    return [b for _, b in s.branches] if isinstance(s, If) else []


def _returns(body: Sequence[Statement]) -> Iterator[Return]:
    for s in body:
        if isinstance(s, Return):
            yield s
        for inner in _inner(s):
            yield from _returns(inner)


def _nodes(body: Sequence[Statement]) -> Iterator[Node]:
    for s in body:
        if isinstance(s, Assign):
            yield from (s.value, *s.target.indices)
        elif isinstance(s, (If, While)):
            conditions = (
                [s.condition] if isinstance(s, While) else [c for c, _ in s.branches if c is not None]
            )
            yield from (n for c in conditions for g in c.alternatives for x in g for n in (x.left, x.right))
        elif isinstance(s, Return):
            yield from (v for v in s.values if isinstance(v, Node))
        for inner in _inner(s):
            yield from _nodes(inner)


def _inside_indices(node: Node) -> Iterator[str]:
    """Names of families whose members are indices of something."""
    for part in walk(node):
        indices = part.args if part.op == "sym" else part.args[1:] if part.op == "entry" else ()
        yield from (n.symbol.name for index in indices for n in walk(index) if n.op == "sym")


# ---------------------------------------------------------------- members as entries


def _converted(s: Statement, kept: Mapping[str, Lengths]) -> Statement:
    def node(n: Node) -> Node:
        return _entries(n, kept)

    def condition(c: Condition) -> Condition:
        return Condition(
            tuple(tuple(Compare(node(x.left), x.relation, node(x.right)) for x in g) for g in c.alternatives)
        )

    def body(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(_converted(inner, kept) for inner in statements)

    if isinstance(s, Assign):
        return replace(s, value=node(s.value))
    if isinstance(s, For):
        return replace(s, first=node(s.first), last=node(s.last), body=body(s.body))
    if isinstance(s, While):
        return replace(s, condition=condition(s.condition), body=body(s.body))
    if isinstance(s, If):
        return replace(s, branches=tuple((condition(c) if c else None, body(b)) for c, b in s.branches))
    return replace(s, values=tuple(v if isinstance(v, str) else node(v) for v in s.values))


def _entries(node: Node, kept: Mapping[str, Lengths]) -> Node:
    args = tuple(_entries(a, kept) for a in node.args)
    if node.op == "sym" and node.args and node.symbol.name in kept:
        return build("entry", array(node.symbol.name, kept[node.symbol.name]), *args)
    return node if args == node.args else rebuild(node, args)
