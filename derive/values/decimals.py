"""Decimals: when an exact value needs them, how many digits are sensible, and the rounded array."""

from __future__ import annotations

import math
from fractions import Fraction

from derive.tree.nodes import Node, node_count
from derive.values.arrays import Grid, nested
from derive.values.scalars import Exact, Scalar, approximate, is_short, is_symbolic, node_of
from derive.vocabulary.build import num

DIGITS = 4  # after the point of what is about 1
LARGE_DENOMINATOR = 100
LARGE_NUMERATOR = 1000
MOST_NODES = 60  # of an exact entry that a program reads


def has_decimals(grid: Grid) -> bool:
    """Whether decimals say more: an entry is a root, a logarithm or a fraction that is not written as a decimal."""
    return any(_is_fraction(x) for x in grid.items) and not any(map(is_symbolic, grid.items))


def _is_fraction(x: Scalar) -> bool:
    value = x.rational if isinstance(x, Exact) else None
    if value is None:
        return True
    written = isinstance(x, Exact) and x.decimal and is_short(value, DIGITS)
    return value.denominator > 1 and not written


def terminating(grid: Grid) -> Node | None:
    """The array in decimals that are exact; None where there are none so short."""
    found = [x.rational if isinstance(x, Exact) else None for x in grid.items]
    if any(value is None or not is_short(value, DIGITS) for value in found):
        return None
    return nested(grid.dims, [num(value, True) for value in found if value is not None], grid.is_row)


def needs_decimals(grid: Grid) -> bool:
    """Irrational entries, and fractions nobody reads at a glance."""
    return any(_needs(x) for x in grid.items) and not any(map(is_symbolic, grid.items))


def _needs(x: Scalar) -> bool:
    value = x.rational if isinstance(x, Exact) else None
    if value is None:
        return True
    if isinstance(x, Exact) and x.decimal and is_short(value, 4):
        return False
    return value.denominator > LARGE_DENOMINATOR or (
        value.denominator > 1 and abs(value.numerator) > LARGE_NUMERATOR
    )


def places(grid: Grid) -> int:
    """Digits after the point: four for numbers about 1, fewer for large ones, more where all are small."""
    size = max((abs(approximate(x)) for x in grid.items), default=0.0)
    if size == 0:
        return DIGITS
    order = math.floor(math.log10(size))
    return max(0, min(12, DIGITS - order if order > 0 else DIGITS - 1 - order if order < -1 else DIGITS))


def rounded(grid: Grid) -> Node:
    """The array in decimals; whole numbers stay whole."""
    digits = places(grid)
    return nested(grid.dims, [_rounded(x, digits) for x in grid.items], grid.is_row)


def precise(grid: Grid) -> Node:
    """The array with exact entries, and all digits of those that are floats or say nothing exactly."""
    return nested(grid.dims, [_precise(x) for x in grid.items], grid.is_row)


def _precise(x: Scalar) -> Node:
    if isinstance(x, Exact) and node_count(node_of(x)) <= MOST_NODES:
        return node_of(x)
    return num(Fraction(repr(approximate(x))), True)


def _rounded(x: Scalar, digits: int) -> Node:
    exact = x.rational if isinstance(x, Exact) else None
    if exact is not None and exact.denominator == 1:
        return node_of(x)
    value = exact if exact is not None else Fraction(approximate(x))
    return num(Fraction(round(value * 10**digits), 10**digits), True, digits)
