"""What a range comes to: the sum, product, matrix product, extremum, or place of the extremum of its terms.

To add a reduction: its row in JOINED (of the values) or in EXTREMA (one of the terms is chosen, the first of several).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product as every

from derive.errors import NotEvaluated
from derive.tree.nodes import Node
from derive.values.arrays import Grid
from derive.values.meaning import multiplied, product, total
from derive.values.scalars import Scalar, minus, plus, sign

MOST_PATHS = 5_000

EXTREMA = {"max_over": 1, "argmax_over": 1, "min_over": -1, "argmin_over": -1}
WRITTEN_OUT = {
    "sum_over": "add",
    "prod_over": "mul",
    "chain_over": "matmul",
}  # by which operation of the terms
PATHS = {"max_paths": "max_over", "min_paths": "min_over", "sum_paths": "sum_over"}


def place(op: str, values: Sequence[Scalar]) -> int:
    """Where the extremum is, counted from 0; of several the first."""
    if not values:
        raise NotEvaluated("an extremum over nothing")
    best = 0
    for i, value in enumerate(values):
        if EXTREMA[op] * sign(plus(value, minus(values[best]))) > 0:
            best = i
    return best


def _entries(join: Callable[..., Scalar]) -> Callable[[Node, Sequence[Grid]], Grid]:
    def joined(node: Node, grids: Sequence[Grid]) -> Grid:
        columns = zip(*(g.items for g in grids), strict=True)
        return Grid(grids[0].dims, tuple(join(*column) for column in columns), grids[0].is_row)

    return joined


JOINED: Mapping[str, Callable[[Node, Sequence[Grid]], Grid]] = {
    "sum_over": _entries(lambda *v: total(v)),
    "prod_over": _entries(product),
    "chain_over": lambda node, grids: multiplied(node, *grids),
}


def paths(choices: range, first: int, last: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every path: its places beside its values."""
    if last < first - 1:
        raise NotEvaluated(f"an empty range {first}..{last}")
    places = range(first, last + 1)
    if len(choices) ** len(places) > MOST_PATHS:
        raise NotEvaluated("too many paths to enumerate", hint=f"at most {MOST_PATHS} are tried")
    for values in every(choices, repeat=len(places)):
        yield tuple(zip(places, values, strict=True))
