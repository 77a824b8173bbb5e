"""In which order the quantities of an answer are computed: families, what they need, loops and their direction.

Derivatives that stay in an answer (adjoints, gradients of unspecified functions) are quantities like any other: here
they become symbols, `grad_L_h[t]`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterable, Mapping, Sequence

from derive.errors import NotEvaluated
from derive.tree.nodes import Node, Shape, names_in, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import rebuild, reindex, sym
from derive.vocabulary.scope import Scope

PREFIX = {"gradient": "grad", "jacobian": "jac", "hessian": "hess"}
Index = tuple[Size, ...]
Ranges = Mapping[str, tuple[Size, Size]]


@dataclass(frozen=True)
class Family:
    """A quantity. `members` are boundary members with bodies, `starts` those that are given. One that has neither
    body nor members is given itself. `is_silent`: it is no argument unless the answer mentions it (random, or of
    no value of its own)."""

    name: str
    shape: Shape
    params: tuple[str, ...] = ()
    body: Node | None = None
    members: tuple[tuple[Index, Node], ...] = ()
    starts: tuple[Index, ...] = ()
    ranges: Ranges = field(default_factory=dict)
    is_silent: bool = False

    @property
    def bodies(self) -> list[Node]:
        return [*([self.body] if self.body is not None else []), *(body for _, body in self.members)]


@dataclass(frozen=True)
class Step:
    """Families that need one another, in the order in which one round of their loop computes them."""

    families: tuple[Family, ...]
    recurs: bool = False
    backward: bool = False
    var: str = ""
    low: Size = field(default_factory=lambda: Size.of(1))
    high: Size = field(default_factory=lambda: Size.of(1))

    def body_of(self, family: Family) -> Node:
        """The body in the index of the loop."""
        assert family.body is not None
        return reindex(family.body, {family.params[0]: Size.of(self.var)}) if family.params else family.body

    def starting(self) -> list[Family]:
        """The families in an order in which their boundary members can be computed."""
        names = {f.name for f in self.families}
        needs = {
            f.name: names & {n for _, b in f.members for n in names_in(b)} - {f.name} for f in self.families
        }
        return [f for f in _ordered(self.families, needs)]


# ---------------------------------------------------------------- families


def families_of(
    asked: Node, answer: Node, where: Sequence[tuple[Node, Node]], scope: Scope
) -> tuple[Node, dict[str, Family]]:
    """The answer with derivatives as symbols, and every quantity that it needs or the question mentions."""
    introduced = {_family(left) for left, _ in where if left.op in PREFIX}
    recursive = asked.op in PREFIX and _family(asked) in introduced and bool(asked.args[1].args)
    equations = [(asked, answer), *where] if recursive else list(where)
    equations = [row for row in equations if row[0].op != "apply"]  # a slope of a function by formula
    found: dict[str, Family] = {}
    for left, right in equations:
        _introduce(found, named(left), named(right), scope)
    result = named(answer)
    if recursive:
        symbol = named(asked)
        result = sym(symbol.symbol.name, symbol.shape)
    waiting = [result, *asked.args, *(body for f in found.values() for body in f.bodies)]
    while waiting:
        for node in walk(named(waiting.pop())):
            waiting += [f.body for f in formulas([node], scope)]
            if node.op == "sym" and node.symbol.name not in found and not is_argument(node, scope):
                family = _declared(node, scope)
                found[family.name] = family
                waiting += family.bodies
    return result, {name: _bounded(family, scope) for name, family in found.items()}


def named(node: Node) -> Node:
    """The tree with every derivative as a symbol: `gradient(L, h[t])` is `grad_L_h[t]`."""
    if node.op in PREFIX:
        f, x = node.args[0], node.args[1]
        if x.op != "sym":
            raise NotEvaluated(f"a derivative in {x.op} has no name")
        own = f"_{f.symbol.name}" if f.op == "sym" else ""
        indices = (*f.args, *x.args) if f.op == "sym" else x.args
        return sym(f"{PREFIX[node.op]}{own}_{x.symbol.name}", node.shape, indices)
    return rebuild(node, tuple(named(a) for a in node.args)) if node.args else node


@dataclass(frozen=True)
class Formula:
    """A function given by a formula, or its derivative of some order."""

    name: str
    order: int
    argument: Node
    body: Node


def formulas(nodes: Iterable[Node], scope: Scope) -> list[Formula]:
    """The functions by formula that are applied in the nodes, and in one another: first what others use."""
    found: dict[tuple[str, int], Formula] = {}
    for node in nodes:
        if node.op != "apply" or not isinstance(node.data, tuple) or node.data in found:
            continue
        name, order = node.data
        definition = scope.definitions.get(name)
        if definition is None or definition.argument is None or definition.body is None:
            continue
        body = (definition.body, *definition.slopes)[order]
        found.update({(f.name, f.order): f for f in formulas(walk(body), scope)})
        found[name, order] = Formula(name, order, definition.argument, body)
    return list(found.values())


def is_argument(node: Node, scope: Scope) -> bool:
    """Whether the name is the argument of a formula and nothing else."""
    name = node.symbol.name
    if name in scope.declarations or name in scope.definitions:
        return False
    return any(d.argument is not None and d.argument.symbol.name == name for d in scope.definitions.values())


def _family(node: Node) -> tuple[str, Node, str]:
    f, x = node.args[0], node.args[1]
    return node.op, f, x.symbol.name if x.op == "sym" else ""


def _introduce(found: dict[str, Family], left: Node, right: Node, scope: Scope) -> None:
    """One equation of the answer's "where": the general one, or that of a boundary member."""
    name = left.symbol.name
    before = found.get(name, Family(name, left.shape))
    index = tuple(_size(a) for a in left.args)
    if all(i.name in scope.indices for i in index):
        params = tuple(str(i.name) for i in index)
        ranges = {p: scope.indices[p] for p in params}
        found[name] = Family(name, left.shape, params, right, before.members, (), ranges)
    else:
        members = (*before.members, (index, right))
        found[name] = Family(name, left.shape, before.params, before.body, members, (), before.ranges)


def _size(index: Node) -> Size:
    if index.op == "count":
        return index.size
    if index.op == "num":
        return Size.of(int(index.number))
    raise NotEvaluated("an index that is computed")


def _declared(node: Node, scope: Scope) -> Family:
    name = node.symbol.name
    definition, declaration = scope.definitions.get(name), scope.declarations.get(name)
    if definition is not None:
        starts = declaration.boundary if declaration is not None else ()
        ranges = {p: scope.indices[p] for p in definition.params}
        body = named(definition.body) if definition.body is not None else None
        members = tuple((index, named(b)) for index, b in definition.members)
        return Family(name, definition.shape, definition.params, body, members, starts, ranges)
    if declaration is None:
        return Family(name, node.shape, tuple("t" for _ in node.args) if node.args else (), is_silent=True)
    ranges = {p: scope.indices[p] for p in declaration.params}
    silent = declaration.law is not None or bool(declaration.of) or declaration.shape.kind == "function"
    return Family(name, declaration.shape, declaration.params, ranges=ranges, is_silent=silent)


def _bounded(family: Family, scope: Scope) -> Family:
    """The range of the body without the boundary members at its ends."""
    ranges = dict(family.ranges)
    for index in (*(i for i, _ in family.members), *family.starts):
        for param, at in zip(family.params, index, strict=False):
            low, high = ranges[param]
            if at == low:
                ranges[param] = (low + 1, high)
            elif at == high:
                ranges[param] = (low, high - 1)
    return Family(
        family.name,
        family.shape,
        family.params,
        family.body,
        family.members,
        family.starts,
        ranges,
        family.is_silent,
    )


# ---------------------------------------------------------------- order


def scheduled(result: Node, families: Mapping[str, Family]) -> list[Step]:
    """The steps that compute what the result needs."""
    needs = {
        name: {n for body in f.bodies for n in names_in(body) if n in families}
        for name, f in families.items()
    }
    order: list[list[str]] = []
    _components([n for n in families if n in names_in(result)], needs, order)
    computed = [[families[n] for n in names] for names in order]
    for node in (n for group in computed for f in group for body in (result, *f.bodies) for n in walk(body)):
        f = families[node.symbol.name] if node.op == "sym" else None
        if f and f.body is None and f.members and tuple(map(_size, node.args)) not in _known(f):
            raise NotEvaluated(f"{f.name} has an equation at the boundary only")
    return [_step(group, needs) for group in computed if any(f.bodies for f in group)]


def _known(family: Family) -> set[Index]:
    return {*family.starts, *(index for index, _ in family.members)}


def _components(roots: Sequence[str], needs: Mapping[str, set[str]], order: list[list[str]]) -> None:
    """Groups of names that need one another, after what they need (Tarjan)."""
    at: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(name: str) -> None:
        at[name] = low[name] = len(at)
        stack.append(name)
        for other in sorted(needs[name]):
            if other not in at:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], at[other])
        if low[name] == at[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            order.append(group)

    for root in roots:
        if root not in at:
            visit(root)


def _step(group: list[Family], needs: Mapping[str, set[str]]) -> Step:
    names = {f.name for f in group}
    recurs = any(needs[f.name] & names for f in group)
    first = next((f for f in group if f.params), group[0])
    if not first.params:
        return Step(tuple(group))
    var = first.params[0]
    ranges = {f.ranges[f.params[0]] for f in group if f.body is not None and f.params}
    if recurs and (len(ranges) > 1 or any(len(f.params) > 1 for f in group)):
        raise NotEvaluated(f"{', '.join(sorted(names))} recur over different ranges")
    shifts: set[int] = set()
    inside: dict[str, set[str]] = {f.name: set() for f in group}
    step = Step(tuple(group), recurs, False, var, *(ranges.pop() if ranges else first.ranges[var]))
    for f in group if recurs else ():
        for node in walk(step.body_of(f)) if f.body is not None else ():
            if node.op != "sym" or node.symbol.name not in names:
                continue
            shift = (_size(node.args[0]) - Size.of(var)).constant
            if shift == 0:
                inside[f.name].add(node.symbol.name)
            elif shift is not None:
                shifts.add(1 if shift > 0 else -1)
            elif var in _size(node.args[0]).names:
                raise NotEvaluated(f"{node.symbol.name} recurs in steps that are not constant")
    if len(shifts) > 1:
        raise NotEvaluated(f"{', '.join(sorted(names))} recur in both directions")
    families = tuple(_ordered(group, inside))
    return Step(families, recurs, 1 in shifts, var, step.low, step.high)


def _ordered(families: Sequence[Family], needs: Mapping[str, set[str]]) -> list[Family]:
    """Each after what it needs."""
    left, found = list(families), list[Family]()
    while left:
        done = {f.name for f in found}
        ready = next((f for f in left if needs[f.name] <= done), None)
        if ready is None:
            raise NotEvaluated(f"{', '.join(f.name for f in left)} need one another")
        found.append(ready)
        left.remove(ready)
    return found
