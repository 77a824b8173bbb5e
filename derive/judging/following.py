"""Ways for a belief to reach a line that do not put it in: the same said in another form, and what is set to zero.

To add one: a function in FOLLOWING. It yields what must hold for the line to follow; what refuses soon is asked first.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Iterator

from derive.check.judge import Ranges
from derive.errors import DeriveError
from derive.judging.belief import Again, Belief, Way, put_belief
from derive.judging.bench import Bench
from derive.judging.closing import ratio
from derive.judging.ladder import judge_pair
from derive.judging.optima import is_zero, solved_for
from derive.judging.ranges import of_entries
from derive.judging.rungs import DECLARED
from derive.latexread import Pair
from derive.tree.nodes import Node, free_indices, walk
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import ZERO, add, build, count, div, mul, neg, num
from derive.vocabulary.constraints import constraints_of

if TYPE_CHECKING:
    from derive.judging.beliefs import Beliefs

SEED = 1
LARGEST = 12  # numerator and denominator of the number that an equation is multiplied by


def _through_what_is_right(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """An earlier right line about the same quantity, with the belief put in."""
    for fact in beliefs.facts:
        if fact.left == pair.left and belief.left in walk(fact.right):
            said = put_belief(fact.right, belief)
            if said.shape == pair.right.shape:
                yield Again(replace(pair, left=said))


def _of_the_same(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """The same value of what is the same quantity, by another name."""
    if pair.left.shape == belief.left.shape and _agree(bench, pair, belief.right, pair.right):
        yield Again(replace(pair, right=belief.left))


def _in_another_form(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """An array after its entry, or an entry after its array."""
    for index in _indices(belief.left, pair.left):
        pair = replace(pair, indices={**of_entries([belief.left]), **pair.indices})
        entry = build("entry", pair.right, *index)
        if not _agree(bench, pair, entry, belief.right):
            continue
        left = build("entry", pair.left, *index)
        if all(free_indices(i) for i in index):
            yield Again(replace(pair, left=left, right=belief.left))
        elif _agree(bench, pair, left, belief.left):  # one entry: all the others are off by the same factor
            yield Again(replace(pair, left=mul(div(belief.right, belief.left), pair.left)))
    for index in _indices(pair.left, belief.left):
        pair = replace(pair, indices={**of_entries([pair.left]), **pair.indices})
        if _agree(bench, pair, build("entry", belief.right, *index), pair.right):
            yield Again(replace(pair, right=build("entry", belief.left, *index)))


def _indices(scalar: Node, array: Node) -> list[tuple[Node, ...]]:
    """The places of an array that a scalar may be the entry of."""
    if not scalar.shape.is_scalar or array.shape.is_scalar:
        return []
    found = (n.args[1:] for n in walk(scalar) if n.op == "entry" and n.args[0].shape == array.shape)
    return list(dict.fromkeys(found))


def _of_the_part(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """What is made of a derivative that the belief is about, by whatever name it is there."""
    if belief.left.op not in DERIVATIVES:
        return
    for left in (pair.left, bench.scope.open(pair.left) if pair.left.op == "sym" else None):
        for part in dict.fromkeys(walk(left)) if left is not None else ():
            same = part.op == belief.left.op and part.args[1:] == belief.left.args[1:]
            if same and part not in (pair.left, belief.left) and _agree(bench, pair, part, belief.left):
                assert left is not None
                yield Again(replace(pair, left=put_belief(left, replace(belief, left=part))))


def _rearranged(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """An equation that was set to zero, times a number, its terms on other sides."""
    zero = _set_to_zero(belief)
    apart = add(pair.left, neg(pair.right))
    if zero is None or zero.shape != apart.shape or any(n.op in DERIVATIVES for n in walk(apart)):
        return
    if not is_zero(pair) and any(_agree(bench, pair, side, zero) for side in (pair.left, pair.right)):
        return  # a step from what was set to zero, and no equation
    try:
        evaluator = bench.checker_of(DECLARED).evaluator(SEED, _ranges(bench, pair, zero))
        c = ratio(evaluator.value(zero), evaluator.value(apart))
    except (DeriveError, RecursionError):
        return
    number = Fraction(c).limit_denominator(LARGEST) if c is not None else Fraction(0)
    if c is not None and number and abs(float(number) - c) < 1e-9 * abs(c):
        yield Again(replace(pair, left=mul(num(number), zero), right=apart))


def _multiplied(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """With the multiplier that the wrong equation gives at the optimum."""
    zero = _set_to_zero(belief)
    names = [m for m in beliefs.optima.unknown if zero is not None and m in walk(zero)]
    if zero is None or len(names) != 1 or not {names[0]} & {*walk(pair.left), *walk(pair.right)}:
        return
    still = ZERO if zero.shape.is_scalar else build("zeros", *map(count, zero.shape.dims))
    for optimum in beliefs.optima.asked:
        if constraints_of(optimum.question) and optimum.x in walk(zero):
            for value in solved_for(Pair(zero, still), names[0], {**bench.scope.bounds, **pair.indices}):
                at = ((optimum.x, optimum.value), (names[0], value))
                if judge_pair(bench, Pair(add(zero, optimum.x), optimum.x), "==", DECLARED, at=at).holds:
                    yield Again(pair, at)


def _set_to_zero(belief: Belief) -> Node | None:
    if belief.left.op in DERIVATIVES:
        return belief.right if belief.right.op != "zeros" and belief.right != ZERO else None
    return belief.error if belief.is_solved else None


def _agree(bench: Bench, pair: Pair, a: Node, b: Node) -> bool:
    return a.shape == b.shape and judge_pair(bench, replace(pair, left=a, right=b), "==", DECLARED).holds


def _ranges(bench: Bench, pair: Pair, zero: Node) -> Ranges:
    return {**bench.ranges_for(pair.left, pair.right, zero), **pair.indices}


FOLLOWING: tuple[Way, ...] = (
    _through_what_is_right,
    _of_the_same,
    _in_another_form,
    _of_the_part,
    _rearranged,
    _multiplied,
)

__all__ = ["FOLLOWING"]
