"""What follows from an earlier wrong line: a later line is judged with what was stated there.

A wrong `H = R` is a belief about H. It may stand in a line (R is put for H), reach it through the chain rule (the
error of a derivative is carried on), through a definition, or through an equation that is solved. A line that holds
under a belief is right in itself. To add a way for a belief to reach a line: a row in WAYS.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Iterable, Iterator

from derive.errors import DeriveError
from derive.judging.belief import Again, Belief, Way, put_belief
from derive.judging.bench import Bench
from derive.judging.carrying import carried
from derive.judging.following import FOLLOWING
from derive.judging.ladder import judge_pair
from derive.judging.optima import Optima, is_zero
from derive.judging.rungs import DECLARED
from derive.latexread import Context, Pair
from derive.tree.nodes import Node, contains, free_indices, names_in, walk
from derive.vocabulary.build import (
    ZERO,
    add,
    build,
    div,
    mul,
    neg,
    num,
    over,
    power,
    substitute,
    sym,
)

MOST_BELIEFS = 12


@dataclass
class Beliefs:
    """Those of one answer, in reading order."""

    optima: Optima
    held: list[Belief] = field(default_factory=list)
    facts: list[Pair] = field(default_factory=list)  # what right lines said
    wanted: list[Pair] = field(default_factory=list)  # what is required: `we need d s^2 = 1`

    def __post_init__(self) -> None:
        self._benches: dict[tuple[Belief, int], Bench | None] = {}

    def add(self, pair: Pair, line: int, is_solved: bool) -> None:
        if any(n.op in ("sym", "count") for n in walk(pair.left)):
            self.held.append(Belief(pair.left, pair.right, line, is_solved))

    def knows(self, pair: Pair) -> None:
        """A right line: what is put into it later follows from what was put in."""
        self.facts.append(pair)

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
        a, b = put_belief(left, belief), put_belief(pair.right, belief)
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


WAYS: tuple[Way, ...] = (_stated, carried, _defined, _solved, *FOLLOWING)

__all__ = ["Belief", "Beliefs"]
