r"""What follows from a derivative that is set to zero, where nobody has its zero in closed form and no strict optimum
is found: `X^\top(\hat y - y) = 0 \Rightarrow X^\top\hat y = X^\top y` without full rank.

An equation follows where what is between its sides is a linear map of the derivative that does not depend on the
variable, or where it holds at stationary points that are found by numbers.
"""

from __future__ import annotations

from typing import Any, Iterator

import numpy as np

from derive.check.judge import Ranges
from derive.errors import DeriveError
from derive.judging.bench import Bench
from derive.judging.definite import instances, is_positive
from derive.judging.optima import Optima, is_zero
from derive.judging.rungs import DECLARED, Comparison
from derive.latexread import Pair
from derive.notation.evaluate import Evaluator, draw
from derive.notation.minimise import flat_point
from derive.tree.nodes import Node, names_in
from derive.vocabulary.asked import DERIVATIVES

Array = Any
NEEDED, TRIED = 3, 5  # instances that must agree, and that are looked at
MISSES = 2  # a search that found nothing so often will find nothing
ROOMY = 30  # larger instances that are drawn
SPARE = 4  # more points than a linear map has rows to fit
EXACT = 1e-8  # of a linear map's largest value
THERE = 1e-6  # of the values elsewhere: a stationary point is found by numbers
FOLLOWS = "it follows from the derivative in {0} being zero"


def consequence(
    optima: Optima, bench: Bench, pair: Pair, given: tuple[Node, ...]
) -> tuple[Comparison, Node] | None:
    """The comparison where a derivative is zero, and the variable: holds, fails or not-checked. None where no
    derivative that the parts ask for has to do with the equation."""
    if not optima.solves or pair.left.shape != pair.right.shape:
        return None
    if pair.left.op in DERIVATIVES and not is_zero(pair):
        return None
    anatomy = bench.checker_of(DECLARED).anatomy
    reached = frozenset().union(*(anatomy.of(n).names | names_in(n) for n in (pair.left, pair.right)))
    found: tuple[Comparison, Node] | None = None
    for gradient in optima.gradients:
        x = gradient.args[1]
        if x.symbol.name not in reached:
            continue
        outcome = _outcome(bench, pair, gradient, given)
        if found is None or outcome == "holds" or found[0].outcome == "not-checked":
            found = Comparison(outcome, DECLARED, pair), x
        if outcome == "holds":
            break
    return found


def _outcome(bench: Bench, pair: Pair, gradient: Node, given: tuple[Node, ...]) -> str:
    """On instances of several sizes: with few examples beside the variables, a zero derivative says much more."""
    evaluators = _instances(bench, pair, gradient.args[1], given)
    for follows in (_is_linear, _holds_there):
        seen: list[bool] = []
        misses = 0
        for evaluator in evaluators if follows is _is_linear else evaluators[:TRIED]:
            try:
                with np.errstate(all="ignore"):
                    seen.append(follows(bench, evaluator, pair, gradient))
            except (DeriveError, RecursionError, np.linalg.LinAlgError):
                misses += 1
            if misses == MISSES or not all(seen):
                break
        if len(seen) >= NEEDED and all(seen):
            return "holds"
        if follows is _holds_there and not all(seen):
            return "fails"
    return "not-checked"


def _instances(bench: Bench, pair: Pair, x: Node, given: tuple[Node, ...]) -> list[Evaluator]:
    """Some with more examples than the variable has rows: with fewer, a zero derivative is a zero of every loss."""
    ranges = {**bench.ranges_for(pair.left, pair.right), **pair.indices}
    own = frozenset().union(*(size.names for size in x.shape.dims))
    wide: list[Evaluator] = []
    narrow: list[Evaluator] = []
    for evaluator in _drawn(bench, ranges, given):
        sizes = evaluator.instance.sizes
        rows = max((size.value(sizes) for size in x.shape.dims), default=1)
        beside = [n for name, n in sizes.items() if name not in own]
        (wide if not beside or max(beside) > rows else narrow).append(evaluator)
        if len(wide) == TRIED:
            break
    return [*wide, *narrow[:NEEDED]] if len(wide) >= NEEDED else []


def _drawn(bench: Bench, ranges: Ranges, given: tuple[Node, ...]) -> Iterator[Evaluator]:
    checker = bench.checker_of(DECLARED)
    yield from instances(checker, ranges, (), given, range(TRIED))
    for seed in range(ROOMY):
        try:
            roomy = draw(checker.scope, frozenset(), seed, ranges, roomy=True)
            evaluator = checker.values_on(roomy, None)
            if all(is_positive(evaluator.value(condition)) for condition in given):
                yield evaluator
        except (DeriveError, RecursionError):
            continue


def _moved(bench: Bench, plain: Evaluator, x: Node, value: Array) -> Evaluator:
    """The same instance, with the variable elsewhere."""
    checker = bench.checker_of(DECLARED)
    moved = Evaluator(checker.scope, plain.instance, None, checker.anatomy)
    moved.root.pin(plain.key(x, plain.root, plain.outer), value)
    return moved


def _is_linear(bench: Bench, plain: Evaluator, pair: Pair, gradient: Node) -> bool:
    """Whether the difference of the sides is a linear map of the derivative, and the sides are not so each."""
    x = gradient.args[1]
    start = plain.value(x)
    random = np.random.default_rng(start.size)
    rows: list[tuple[Array, Array, Array]] = []
    size = plain.value(gradient).size
    for _ in range(size + SPARE):
        value = start * random.uniform(0.5, 1.5, start.shape)
        if x.symbol.facts & {"symmetric", "spd"}:
            value = (value + value.T) / 2
        here = _moved(bench, plain, x, value)
        slope, left, right = (here.value(n).reshape(-1) for n in (gradient, pair.left, pair.right))
        rows.append((slope, left, right))
    slopes, lefts, rights = (np.stack(column) for column in zip(*rows, strict=True))
    if not _fits(slopes, lefts - rights):
        return False
    return is_zero(pair) or not (_fits(slopes, lefts) and _fits(slopes, rights))


def _fits(slopes: Array, values: Array) -> bool:
    solved = np.linalg.lstsq(slopes, values, rcond=None)[0]
    return bool(np.abs(slopes @ solved - values).max() <= EXACT * max(np.abs(values).max(), 1e-12))


def _holds_there(bench: Bench, plain: Evaluator, pair: Pair, gradient: Node) -> bool:
    """Whether both sides agree at a stationary point, and do not merely vanish both."""
    body, x = gradient.args[:2]
    elsewhere = max(float(np.abs(plain.value(side)).max()) for side in (pair.left, pair.right))
    here = _moved(bench, plain, x, np.real(flat_point(plain, body, x)))
    left, right = here.value(pair.left), here.value(pair.right)
    size = max(float(np.abs(left).max()), float(np.abs(right).max()))
    if not is_zero(pair) and size <= THERE * elsewhere:
        return False
    return float(np.abs(left - right).max()) <= THERE * max(size, elsewhere)
