r"""Entries to the array that they are entries of: p_i (1 - p_i) over i is `p * (1 - p)`, x_i^\top w is `X @ w`.

What `lifting` has no form for is a sum of entries times unit vectors.
"""

from __future__ import annotations

from derive.latexread.lifting import lifted
from derive.tree.nodes import Node, Range, free_indices, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import build, count, mul


def vector_of(body: Node, letter: str, high: Size) -> Node:
    """The vector whose entry number `letter` is `body`."""
    whole = lifted(body, ((letter, high),))
    if whole is not None:
        return whole
    total = mul(body, build("onehot", count(letter), count(high)))
    return build("sum_over", total, data=Range(letter, Size.of(1), high))


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
