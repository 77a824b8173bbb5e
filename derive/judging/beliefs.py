"""What follows from an earlier wrong line: a later line is judged with what was stated there.

A wrong `H = R` is a belief about H. It may stand in a line (R is put for H), reach it through the chain rule (the
error of a derivative is carried on), through a definition, or through an equation that is solved. A line that holds
under a belief is right in itself. To add a way for a belief to reach a line: a row in WAYS.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Callable, Iterable, Iterator

from derive.errors import DeriveError
from derive.judging.ladder import DECLARED, Bench, judge_pair
from derive.judging.optima import BINDING, At, Optima, is_zero
from derive.latexread import Context, Pair
from derive.tree.nodes import Node, contains, free_indices, names_in, walk
from derive.tree.sizes import Size
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import TABLE as OPERATIONS
from derive.vocabulary.build import (
    ZERO,
    T,
    add,
    build,
    count,
    div,
    matmul,
    mul,
    neg,
    num,
    over,
    power,
    reindex,
    substitute,
    sym,
)

FIRST = DERIVATIVES - {"hessian"}
MOST_BELIEFS = 12


@dataclass(frozen=True)
class Belief:
    """What a wrong line states. `is_solved`: an equation that was meant to hold at the optimum only."""

    left: Node
    right: Node
    line: int
    is_solved: bool = False

    @property
    def error(self) -> Node:
        return add(self.right, neg(self.left))


@dataclass(frozen=True)
class Again:
    """How a line is judged under a belief: other sides, names at a value, another scope."""

    pair: Pair
    at: At = ()
    bench: Bench | None = None


@dataclass
class Beliefs:
    """Those of one answer, in reading order."""

    optima: Optima
    held: list[Belief] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._benches: dict[tuple[Belief, int], Bench | None] = {}

    def add(self, pair: Pair, line: int, is_solved: bool) -> None:
        if any(n.op in ("sym", "count") for n in walk(pair.left)):
            self.held.append(Belief(pair.left, pair.right, line, is_solved))

    def behind(self, bench: Bench, pairs: Iterable[Pair], given: tuple[Node, ...] = ()) -> Belief | None:
        """The latest belief from which one of the pairs follows."""
        pairs = list(pairs)
        for belief in reversed(self.held[-MOST_BELIEFS:]):
            for pair in pairs:
                for again in self._again(bench, pair, belief):
                    found = judge_pair(
                        again.bench or bench, again.pair, "==", DECLARED, at=again.at, given=given
                    )
                    if found.outcome == "holds" and self._says_something(again, bench, given):
                        return belief
        return None

    def _says_something(self, again: Again, bench: Bench, given: tuple[Node, ...]) -> bool:
        """At the solution of a wrong equation much vanishes: that is no agreement."""
        if not again.at or again.bench is not None or is_zero(again.pair):
            return True
        return not all(self.optima.vanishing(bench, again.pair, again.at, given))

    def _again(self, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
        seen: set[tuple[Node, Node]] = set()
        for way in WAYS:
            try:
                for again in way(self, bench, pair, belief):
                    key = (again.pair.left, again.pair.right)
                    if (
                        again.at
                        or again.bench is not None
                        or (key not in seen and key != (pair.left, pair.right))
                    ):
                        seen.add(key)
                        yield again
            except DeriveError:
                continue

    def bench_with(self, bench: Bench, belief: Belief) -> Bench | None:
        """The bench on which a defined name means what the belief says."""
        key = (belief, id(bench))
        if key not in self._benches:
            self._benches[key] = _redefined(bench, belief)
        return self._benches[key]


def _redefined(bench: Bench, belief: Belief) -> Bench | None:
    name = belief.left
    definition = bench.scope.definitions.get(name.symbol.name) if name.op == "sym" else None
    if definition is None or definition.body is None or definition.argument is not None:
        return None
    if tuple(a.size.name for a in name.args if a.op == "count") != definition.params:
        return None
    anatomy = bench.checker_of(DECLARED).anatomy
    if name.symbol.name in anatomy.of(belief.right).names:
        return None
    definitions = {**bench.scope.definitions, definition.name: replace(definition, body=belief.right)}
    return Bench(Context.of(replace(bench.scope, definitions=definitions)), bench.ranges, bench.text)


# ---------------------------------------------------------------- ways


def _stated(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """What was stated stands in the line itself, or in what the line spells out."""
    for left in (pair.left, *_unfolded(pair.left, bench)):
        a, b = _put(left, belief), _put(pair.right, belief)
        for sides in ((a, pair.right), (a, b), (left, b)):
            if sides[0].shape == sides[1].shape and sides != (pair.left, pair.right):
                yield Again(replace(pair, left=sides[0], right=sides[1]))


def _unfolded(node: Node, bench: Bench) -> Iterator[Node]:
    """A variance by moments; names by their definitions."""
    bodies = {n: body for n in walk(node) if n.op == "sym" and (body := bench.scope.open(n)) is not None}
    if bodies:
        yield substitute(node, bodies)
        if node.op == "E" and node.args[0] in bodies:
            yield from _linear(bodies[node.args[0]])
    if node.op == "Var" and node.args[0].shape.is_scalar:
        x = node.args[0]
        yield add(build("E", power(x, 2)), neg(power(build("E", x), 2)))
    if node.op == "E" and node.args[0].op == "pow" and node.args[0].args[1] == num(2):
        x = node.args[0].args[0]
        yield add(build("Var", x), power(build("E", x), 2))


def _linear(body: Node) -> Iterator[Node]:
    """The mean of a quantity with a number in front, as that number times a mean."""
    if body.op == "div" and body.args[1].op in ("num", "count"):
        yield div(build("E", body.args[0]), body.args[1])
    elif body.op == "mul":
        numbers = [a for a in body.args if all(n.op in ("num", "count", "div", "pow") for n in walk(a))]
        rest = [a for a in body.args if a not in numbers]
        if numbers and rest:
            yield mul(*numbers, build("E", mul(*rest) if len(rest) > 1 else rest[0]))


def _put(node: Node, belief: Belief) -> Node:
    """The stated value wherever the quantity stands, at whatever index."""
    if belief.left.op == "sym" and any(n.op in BINDING and belief.left in n.args[1:] for n in walk(node)):
        return node
    free = sorted(free_indices(belief.left))
    table = {belief.left: belief.right}
    if len(free) == 1:
        for size in {a.size for n in walk(node) if n.op == "sym" for a in n.args if a.op == "count"}:
            at = {free[0]: size}
            table[reindex(belief.left, at)] = reindex(belief.right, at)
    return substitute(node, table)


def _carried(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """The error of a derivative, carried on by the chain rule."""
    if pair.left.op not in FIRST or len(pair.left.args) > 2:
        return
    if belief.left.op in FIRST and len(belief.left.args) == 2:
        links = [(belief.left.args[0], belief.left.args[1], belief.error)]
    else:
        links = list(_slopes(bench, belief))
    y, v = pair.left.args
    for u, s, error in links:
        for carried in _corrections(y, u, s, v, error):
            for summed in _summed(carried, bench, pair.left):
                if summed.shape == pair.left.shape:
                    yield Again(replace(pair, left=add(pair.left, summed)))


def _slopes(bench: Bench, belief: Belief) -> Iterator[tuple[Node, Node, Node]]:
    """For a belief about f'(z), the names that are f(z)."""
    for name, definition in bench.scope.definitions.items():
        body = definition.body
        if (
            body is None
            or definition.params
            or OPERATIONS[body.op].kind != "elementwise"
            or len(body.args) != 1
        ):
            continue
        z = body.args[0]
        if z.op != "sym" or z.shape != belief.left.shape or z not in walk(belief.left):
            continue
        u = sym(name, definition.shape)
        slope = build("jacobian", u, z) if not z.shape.is_scalar else build("gradient", u, z)
        error = build("diag", belief.error) if not z.shape.is_scalar else belief.error
        is_slope = build("diag", belief.left) if not z.shape.is_scalar else belief.left
        if judge_pair(bench, Pair(slope, is_slope), "==", DECLARED).outcome == "holds":
            yield u, z, error


def _corrections(y: Node, u: Node, s: Node, v: Node, error: Node) -> Iterator[Node]:
    """What dy/dv changes by when du/ds changes by `error`."""
    if u == y and s != v:
        yield from _typed(lambda: _pulled(error, s, v, y))
    elif u != y and y.shape.is_scalar:
        adjoint = build("gradient", y, u)
        yield from _typed(lambda: _pulled(_through(adjoint, error, u, s), s, v, y))
    elif u != y:
        for inner in [error] if s == v else [matmul(error, build("jacobian", s, v))]:
            yield from _typed(partial(matmul, build("jacobian", y, u), inner))


def _typed(make: Callable[[], Node]) -> Iterator[Node]:
    try:
        yield make()
    except DeriveError:
        return


def _through(adjoint: Node, error: Node, u: Node, s: Node) -> Node:
    if u.shape.is_scalar or s.shape.is_scalar:
        return mul(adjoint, error) if u.shape.is_scalar else build("inner", adjoint, error)
    return matmul(T(error), adjoint)


def _pulled(error: Node, s: Node, v: Node, y: Node) -> Node:
    """An error in the derivative in s, as one in the derivative in v."""
    if s == v:
        return error
    if not y.shape.is_scalar:
        return matmul(error, build("jacobian", s, v))
    if s.shape.is_scalar:
        return mul(error, build("gradient", s, v))
    names = [f"k{i}" for i, _ in enumerate(s.shape.dims, 1)]
    at = [count(n) for n in names]
    total = mul(build("entry", error, *at), build("gradient", build("entry", s, *at), v))
    for name, size in zip(names, s.shape.dims, strict=True):
        total = over("sum_over", total, name, Size.of(1), size)
    return total


def _summed(node: Node, bench: Bench, head: Node) -> Iterator[Node]:
    """As it is, and summed over the indices that the head leaves no room for."""
    loose = sorted((free_indices(node) - free_indices(head)) & bench.scope.indices.keys())
    if not loose:
        yield node
        return
    for index in loose:
        node = over("sum_over", node, index, *bench.scope.indices[index])
    yield node


def _defined(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """A name that means something else."""
    other = beliefs.bench_with(bench, belief)
    if other is not None:
        yield Again(pair, bench=other)
    elif belief.left.op == "sym" and belief.left not in walk(belief.right):
        yield Again(pair, ((belief.left, belief.right),))


def _solved(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """A wrong equation for the optimum has another solution."""
    for optimum in beliefs.optima.among((pair.left, pair.right, belief.left, belief.right)):
        x = optimum.x
        is_slope = belief.left.op == "gradient" and belief.left.args[1] == x
        if not (belief.is_solved or is_slope):
            continue
        zero = belief.right if is_slope and belief.right.op != "zeros" else belief.error
        if not any(n == x for n in walk(zero)) or zero == ZERO:
            continue
        if belief.left == x or belief.right == x:
            continue
        square = power(zero, 2) if zero.shape.is_scalar else build("inner", zero, zero)
        ranges = {**bench.scope.indices, **pair.indices}
        for index in sorted(free_indices(square) & ranges.keys()) if not x.args else ():
            square = over("sum_over", square, index, *ranges[index])
        other = build("argmin", square, x)
        names = [
            (sym(name, x.shape), x)
            for name, meant in bench.context.optima.items()
            if meant == x.symbol.name and name in names_in(pair.left) | names_in(pair.right)
        ]
        if contains(pair.left, lambda n, x=x: n == x) or contains(pair.right, lambda n, x=x: n == x) or names:  # type: ignore[misc]
            yield Again(pair, ((x, other), *names))


Way = Callable[[Beliefs, Bench, Pair, Belief], Iterator[Again]]
WAYS: tuple[Way, ...] = (_stated, _carried, _defined, _solved)

__all__ = ["Belief", "Beliefs"]
