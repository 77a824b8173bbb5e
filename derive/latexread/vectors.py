r"""Entries to the array that they are entries of: p_i (1 - p_i) over i is `p * (1 - p)`, x_i^\top w is `X @ w`.

What `lifting` has no form for is a sum of entries times unit vectors.
"""

from __future__ import annotations

from derive.latexread.lifting import lifted
from derive.tree.nodes import Node, Range, free_indices, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import T, build, count, matmul, mul


def vector_of(body: Node, letter: str, high: Size) -> Node:
    """The vector whose entry number `letter` is `body`."""
    whole = lifted(body, ((letter, high),))
    if whole is not None:
        return whole
    total = mul(body, build("onehot", count(letter), count(high)))
    return build("sum_over", total, data=Range(letter, Size.of(1), high))


def matrix_of(row: Node, letter: str, high: Size) -> Node:
    """The matrix whose row number `letter` is `row`."""
    one = matmul(build("onehot", count(letter), count(high)), row)
    return build("sum_over", one, data=Range(letter, Size.of(1), high))


def grid_of(entry: Node, row: tuple[str, Size], column: tuple[str, Size]) -> Node:
    """The matrix whose entries are `entry`."""
    whole = lifted(entry, (row, column))
    if whole is not None:
        return whole
    (i, m), (j, n) = row, column
    unit = matmul(build("onehot", count(i), count(m)), T(build("onehot", count(j), count(n))))
    along = build("sum_over", mul(entry, unit), data=Range(j, Size.of(1), n))
    return build("sum_over", along, data=Range(i, Size.of(1), m))


def counted(node: Node) -> dict[str, Size]:
    """The free letters that number entries in a tree, each with the size that it runs over."""
    found: dict[str, Size] = {}
    free = free_indices(node)
    for part in walk(node):
        if part.op != "entry":
            continue
        for at, dim in zip(part.args[1:], part.args[0].shape.dims, strict=False):
            if at.op == "count" and at.size.name in free:
                found.setdefault(str(at.size.name), dim)
    return found
