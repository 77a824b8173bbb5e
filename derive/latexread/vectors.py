r"""Entries to the array that they are entries of: p_i (1 - p_i) over i is `p * (1 - p)`, x_i^\top w is `X @ w`.

What is no known pattern is a sum of entries times unit vectors. To know one more: a branch in `_lifted`.
"""

from __future__ import annotations

from derive.errors import DeriveError
from derive.tree.nodes import Node, Range, free_indices, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import ELEMENTWISE, T, build, count, matmul, mul

ONE_BY_ONE = ELEMENTWISE | {"add", "neg", "mul", "div", "pow"}


def vector_of(body: Node, letter: str, high: Size) -> Node:
    """The vector whose entry number `letter` is `body`."""
    lifted = _lifted(body, letter)
    if lifted is not None and lifted.shape.kind == "vector" and lifted.shape.dims == (high,):
        return lifted
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


def _lifted(node: Node, letter: str) -> Node | None:
    """The vector of the values of a number over an index, where entries of arrays are all that depends on it."""
    if letter not in free_indices(node):
        return node
    if node.op == "entry":
        return _whole(node, letter)
    if node.op == "matmul" and len(node.args) == 2:
        left, right = node.args
        if left.op == "T" and (row := _row_of(left.args[0], letter)) is not None:
            return matmul(row, right) if letter not in free_indices(right) else None
        if left.op == "T" and (row := _row_of(right, letter)) is not None:
            return matmul(row, left.args[0]) if letter not in free_indices(left) else None
        return None
    if node.op not in ONE_BY_ONE:
        return None
    args = [_lifted(a, letter) for a in node.args]
    try:
        return (
            build(node.op, *(a for a in args if a is not None), data=node.data) if None not in args else None
        )
    except DeriveError:
        return None


def _whole(entry: Node, letter: str) -> Node | None:
    array, *at = entry.args
    if letter in free_indices(array):
        return None
    own = [a.op == "count" and a.size.name == letter for a in at]
    if own == [True] and array.shape.kind == "vector":
        return array
    if len(at) == 2 and own == [False, True]:
        return build("entry", array, at[0]) if letter not in free_indices(at[0]) else None
    if len(at) == 2 and own == [True, False]:
        return build("entry", T(array), at[1]) if letter not in free_indices(at[1]) else None
    return None


def _row_of(node: Node, letter: str) -> Node | None:
    """The matrix whose row number `letter` a vector is."""
    if node.op != "entry" or len(node.args) != 2 or node.args[0].shape.kind != "matrix":
        return None
    array, at = node.args
    return (
        array if at.op == "count" and at.size.name == letter and letter not in free_indices(array) else None
    )
