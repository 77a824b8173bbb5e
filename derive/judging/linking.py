r"""Names that an answer introduces, put into the definitions that are made of what they stand for.

Let a_t = W h_{t-1} + U x_t: where the problem defines h_t = tanh(W h_{t-1} + U x_t), it then reads tanh(a_t), so that
\partial L / \partial a_t has its meaning. Values do not change; a name that stands for nothing of the problem stays
apart, and nothing is a function of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from typing import Iterable, Iterator, Mapping

from derive.errors import DeriveError
from derive.judging.shares import SHARES
from derive.notation.anatomy import Anatomy
from derive.tree.nodes import Node, Range, contains, walk
from derive.tree.sizes import Size
from derive.vocabulary.asked import DERIVATIVES, VERBS
from derive.vocabulary.build import (
    T,
    build,
    count,
    mul,
    neg,
    num,
    rebuild,
    reindex,
    substitute,
    sym,
    transform,
)
from derive.vocabulary.scope import Definition, Scope

Bounds = Mapping[str, tuple[Size, Size]]

MOST_BEYOND = 2  # members that a family gets beyond the range of its index
MOST_NESTED = 3  # names of the answer inside each other that are looked through
MOST_PLACES = 40  # of the indices of a family, where one of its members may stand


def linked(scope: Scope, names: Iterable[str]) -> Scope:
    """The scope in which definitions are written with the introduced names."""
    names = [n for n in dict.fromkeys(names) if n in scope.definitions]
    for name in names:
        scope = _expressed(scope, name, names)
        for written, power in _ways(scope.definitions[name], names, scope):
            pattern = _pattern(written, scope)
            if pattern is None:
                continue
            for other in list(scope.definitions):
                if other != name:
                    scope = _with(scope, pattern, other, power)
    return scope


def _ways(definition: Definition, names: list[str], scope: Scope) -> Iterator[tuple[Definition, int]]:
    r"""A definition as it stands, and without the other names of the answer: var(a) knows no mean by its name; what
    the square of a root is (`\sigma^2 = ...`). Each with the power of the name that it is."""
    found, plain = [definition.body], definition.body
    for _ in range(MOST_NESTED):
        if plain is None:
            break
        mentioned = {n for n in walk(plain) if n.op == "sym" and not n.args and n.symbol.name in names}
        own = {n: scope.open(n) for n in mentioned}
        bodies = {n: body for n, body in own.items() if body is not None}
        if not bodies:
            break
        plain = substitute(plain, bodies)
    found += [plain] if plain != definition.body else []
    for body in found:
        yield replace(definition, body=body), 1
        if body is not None and body.op == "sqrt" and body.args[0].op != "sym":
            yield replace(definition, body=body.args[0]), 2


def _expressed(scope: Scope, name: str, names: list[str]) -> Scope:
    """The introduced definition itself, written with the names of the problem."""
    for other, definition in list(scope.definitions.items()):
        if other in names:
            continue
        pattern = _pattern(definition, scope)
        if pattern is not None and pattern.body is not None and pattern.body.op != "sym":
            scope = _with(scope, pattern, name)
    return scope


def _pattern(definition: Definition, scope: Scope) -> Definition | None:
    """What may be looked for: an expression of names without verbs, and without functions that are formulas."""
    body = definition.body
    if body is None or definition.argument is not None or contains(body, lambda n: n.op in VERBS | {"d"}):
        return None
    if contains(body, lambda n: n.op == "apply"):
        definition = replace(definition, body=transform(body, lambda n: _by_formula(n, scope)))
    return definition if contains(body, lambda n: n.op == "sym") else None


def _by_formula(node: Node, scope: Scope) -> Node:
    function = (
        scope.definitions.get(node.data[0]) if node.op == "apply" and isinstance(node.data, tuple) else None
    )
    formula = (
        function.formula(node.data[1]) if function is not None and isinstance(node.data, tuple) else None
    )
    if function is None or function.argument is None or formula is None:
        return node
    return substitute(formula, {function.argument: node.args[0]})


def _with(scope: Scope, pattern: Definition, other: str, power: int = 1) -> Scope:
    """The scope in which one definition is written with a name, or a power of it."""
    definition = scope.definitions[other]
    putting = _Putting(scope, pattern, definition, power)
    own = {p: scope.indices[p] for p in definition.params if p in scope.indices}
    body = definition.body
    if definition.argument is None and body is not None:
        body = putting.put(body, own)
    members = tuple((index, putting.put(b, {})) for index, b in definition.members)
    if body is definition.body and all(
        a is b for (_, a), (_, b) in zip(members, definition.members, strict=True)
    ):
        return scope
    found = {**scope.definitions, other: replace(definition, body=body, members=members)}
    found[pattern.name] = replace(
        found[pattern.name], members=(*found[pattern.name].members, *putting.beyond.items())
    )
    return replace(scope, definitions=found)


def _needs(scope: Scope, name: str, other: str, shift: int | None) -> bool:
    """Whether a name, at an index that is shifted so, is made of another at its own: then this one cannot be written
    with it. Without a shift any member counts."""
    seen: set[tuple[str, int | None]] = set()
    waiting: list[tuple[str, int | None]] = [(name, shift)]
    while waiting:
        at, moved = waiting.pop()
        definition = scope.definitions.get(at)
        if definition is None:
            continue
        for body in (definition.body, *(b for _, b in definition.members)):
            for node in walk(body) if body is not None else ():
                if node.op != "sym":
                    continue
                step = _step(node, definition.params)
                total = None if step is None or moved is None else moved + step
                mention = (node.symbol.name, total)
                if node.symbol.name == other and total in (0, None):
                    return True
                if mention not in seen and (total is None or abs(total) <= MOST_BEYOND):
                    seen.add(mention)
                    waiting.append(mention)
    return False


def _step(node: Node, params: tuple[str, ...]) -> int | None:
    """By how much a mention is shifted; None where that does not show (a bound index, a fixed member)."""
    if not node.args:
        return 0
    if len(node.args) != 1 or len(params) != 1 or node.args[0].op != "count":
        return None
    return (node.args[0].size - Size.of(params[0])).constant


# ---------------------------------------------------------------- one name put into one definition


@dataclass
class _Putting:
    """Every part of a tree that is the pattern becomes its name. `beyond` are members of the name that its index
    does not reach, with what they are."""

    scope: Scope
    pattern: Definition
    into: Definition
    power: int = 1

    def __post_init__(self) -> None:
        self.beyond: dict[tuple[Size, ...], Node] = {}
        body = self.pattern.body
        assert body is not None
        self.body = body
        sizes = _sizes(body)
        self.offsets = {p: {s - Size.of(p) for s in sizes if p in s.names} for p in self.pattern.params}
        self.needed: dict[int | None, bool] = {}
        self.leaves = frozenset(n.symbol.name for n in walk(body) if n.op == "sym")

    def put(self, node: Node, bounds: Bounds) -> Node:
        if not self.leaves <= {n.symbol.name for n in walk(node) if n.op == "sym"}:
            return node
        for index in self._indices(node):
            found = self._here(node, index, bounds)
            if found is not None:
                return found
        if isinstance(node.data, Range):
            bounds = {**bounds, node.data.var: (node.data.low, node.data.high)}
        args = tuple(self.put(a, bounds) for a in node.args) if node.op != "sym" else node.args
        return node if all(a is b for a, b in zip(args, node.args, strict=True)) else rebuild(node, args)

    def _indices(self, node: Node) -> Iterator[tuple[Size, ...]]:
        params = self.pattern.params
        sizes = _sizes(node) if params else []
        places = [dict.fromkeys(size - k for size in sizes for k in self.offsets[p]) for p in params]
        yield from islice(product(*places), MOST_PLACES)

    def _here(self, node: Node, index: tuple[Size, ...], bounds: Bounds) -> Node | None:
        """The node with the name for all of it, or for some of its terms or factors."""
        values = dict(zip(self.pattern.params, index, strict=True))
        body = reindex(self.body, values)
        for flipped in (False, True) if not body.shape.is_scalar else (False,):
            for row in SHARES:
                found = row(node, body, flipped)
                if found is None or self._needs(index) or not self._exists(index, bounds):
                    continue
                factor, rest = found
                try:
                    name = sym(self.pattern.name, body.shape, tuple(count(s) for s in index))
                    name = build("pow", name, num(self.power)) if self.power > 1 else name
                    part = _scaled(factor, T(name) if flipped else name)
                    return rest.joined(part, lambda n: self.put(n, bounds))
                except DeriveError:
                    continue
        return None

    def _needs(self, index: tuple[Size, ...]) -> bool:
        """Whether the name is made of what it would be put into."""
        own = self.into.params
        shift = (index[0] - Size.of(own[0])).constant if len(index) == len(own) == 1 else None if index else 0
        if shift not in self.needed:
            self.needed[shift] = _needs(self.scope, self.pattern.name, self.into.name, shift)
        return self.needed[shift]

    def _exists(self, index: tuple[Size, ...], bounds: Bounds) -> bool:
        """Whether the member is one of the family, or can be made one beyond its ends."""
        for param, size in zip(self.pattern.params, index, strict=True):
            if param not in self.scope.indices:
                return False
            low, high = self.scope.indices[param]
            first, last = (size.replace({v: b[i] for v, b in bounds.items()}) for i in (0, 1))
            before, after = _beyond(low - first, first, high), _beyond(last - high, last, low)
            if before is None or after is None or max(before, after) > MOST_BEYOND:
                return False
            for at in (*(low - k for k in range(1, before + 1)), *(high + k for k in range(1, after + 1))):
                self.beyond[at,] = reindex(self.body, {param: at})
        return True


def _beyond(gap: Size, end: Size, other: Size) -> int | None:
    """How far an end of an index lies outside; an end that is counted from the other side lies inside."""
    if gap.constant is not None:
        return max(0, gap.constant)
    return 0 if (end - other).constant is not None else None


def _sizes(node: Node) -> list[Size]:
    """The indices that stand in a tree."""
    found: dict[Size, None] = {}
    for part in walk(node):
        if part.op in ("sym", "entry"):
            for arg in part.args:
                if arg.op == "count":
                    found[arg.size] = None
                elif arg.op == "num" and arg.number.denominator == 1:
                    found[Size.of(int(arg.number))] = None
    return list(found)


def _scaled(factor: Fraction, node: Node) -> Node:
    return node if factor == 1 else neg(node) if factor == -1 else mul(num(factor), node)


# ---------------------------------------------------------------- what nothing is a function of


def apart(nodes: Iterable[Node], scope: Scope, names: Iterable[str]) -> tuple[Node, Node] | None:
    """A quantity that is differentiated in an introduced name which it is not made of, and that name."""
    names, anatomy = frozenset(names), Anatomy(scope)
    seen: set[str] = set()
    waiting = list(nodes)
    while waiting:
        for node in walk(waiting.pop()):
            if node.op in DERIVATIVES and len(node.args) > 1:
                x = node.args[1].args[0] if node.args[1].op in ("entry", "T") else node.args[1]
                if (
                    x.op == "sym"
                    and x.symbol.name in names
                    and x.symbol.name not in anatomy.of(node.args[0]).names
                ):
                    return node.args[0], x
            if node.op == "sym" and node.symbol.name in names - seen:
                seen.add(node.symbol.name)
                own = scope.definitions[node.symbol.name]
                waiting += [b for b in (own.body, *(b for _, b in own.members)) if b is not None]
    return None


__all__ = ["apart", "linked"]
