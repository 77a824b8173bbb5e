"""Printed decimals are compared to the digits printed: 2.583 stands for 31/12; 2.584 is a slip of its last digit.

A decimal stands for everything that rounds to it, so each may move by half a unit of its last place. What that does to
both sides is taken by evaluation, one decimal at a time. Only numbers are rounded: a coefficient 0.9 in a formula of
free quantities means what it says.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from derive.check.judge import Checker, Ranges
from derive.errors import DeriveError
from derive.judging.places import Path, places, put
from derive.notation.text import decimal
from derive.tree.nodes import Node, Number
from derive.vocabulary.build import num
from derive.vocabulary.scope import Datum

SEEDS = (0, 1, 2)
MOST_DECIMALS = 400
ROUGHLY = "the last digit printed is not rounded right"
SLACK = 1e-9  # of the values: binary rounding of the evaluation


def as_printed(
    checker: Checker, left: Node, right: Node, ranges: Ranges, of_numbers: bool = True
) -> str | None:
    """How well the sides agree to the digits printed: a remark ("" where perfectly), None where they do not. Formulas
    of free quantities are compared so where they are said to be near, not equal (`of_numbers` false)."""
    if not any(_decimals(checker, side) for side in (left, right)):
        return None
    if of_numbers and any(
        checker.anatomy.of(side).names - checker.scope.data.keys() - _defined(checker)
        for side in (left, right)
    ):
        return None
    worst = 0.0
    for seed in SEEDS:
        found = _off(checker, left, right, ranges, seed)
        if found is None:
            return None
        worst = max(worst, found)
    if worst <= 1.0:
        return f"to the {_digits(left, right)} digits printed"
    return ROUGHLY if worst <= 2.0 and not _needs_no_rounding(checker, left, right, ranges) else None


def _off(checker: Checker, left: Node, right: Node, ranges: Ranges, seed: int) -> float | None:
    """The difference in units of what rounding allows, where 1 is half a unit of the last place."""
    try:
        evaluator = checker.evaluator(seed, ranges)
        a, b = evaluator.value(left), evaluator.value(right)
        allowed = np.zeros(np.broadcast_shapes(a.shape, b.shape))
        for side, value in ((left, a), (right, b)):
            for path, n in _decimals(checker, side)[:MOST_DECIMALS]:
                moved = put(side, path, num(n.number + _half(n), True))
                allowed = allowed + np.abs(evaluator.value(moved) - value)
    except DeriveError:
        return None
    if a.shape != b.shape:
        return None
    difference = np.abs(a - b)
    slack = SLACK * np.maximum(np.abs(a), np.abs(b))
    off = np.where(difference <= slack, 0.0, difference / np.maximum(allowed + slack, 1e-300))
    return float(np.max(off))


def _needs_no_rounding(checker: Checker, left: Node, right: Node, ranges: Ranges) -> bool:
    """Whether an exact side has no more digits than are printed: 1/2 = 0.6 is no slip of rounding."""
    exact = [side for side in (left, right) if not _decimals(checker, side)]
    unit = 10.0 ** _digits(left, right)
    try:
        values = [np.real(checker.evaluator(SEEDS[0], ranges).value(side)) * unit for side in exact]
    except DeriveError:
        return False
    return bool(values) and all(np.allclose(v, np.round(v), rtol=0, atol=1e-6) for v in values)


def _decimals(checker: Checker, side: Node) -> list[tuple[Path, Node]]:
    """Those that may be rounded: an array that is written as the data have it is exact."""
    exact = {d.value for d in checker.scope.data.values() if isinstance(d, Datum) and d.value is not None}
    kept = {path for path, n in places(side) if n in exact}
    found = [(path, n) for path, n in places(side) if _is_decimal(n)]
    return [(path, n) for path, n in found if not any(path[:i] in kept for i in range(1, len(path)))]


def _defined(checker: Checker) -> frozenset[str]:
    return frozenset(checker.scope.definitions)


def _is_decimal(node: Node) -> bool:
    return node.op == "num" and isinstance(node.data, Number) and node.data.decimal


def _places_after(node: Node) -> int:
    return len((decimal(node.number) or "").partition(".")[2])


def _half(node: Node) -> Fraction:
    return Fraction(1, 2 * 10 ** _places_after(node))


def _digits(left: Node, right: Node) -> int:
    return max(_places_after(n) for side in (left, right) for _, n in places(side) if _is_decimal(n))
