"""Rows: arrays written out (`[[1, 2], [3, 4]]`) and reductions over some axes of an array (`over=`).

A tensor's value is one long column, its last axis running fastest, so that entrywise rows serve tensors too;
`spread` gives it its axes. To add a reduction: a row in REDUCTIONS, and its call in `derive.notation.axes`.
"""

from __future__ import annotations

import math
from typing import Callable

from derive.tree.nodes import SCALAR, Node, Shape
from derive.tree.sizes import Size
from derive.vocabulary.op import Array, Context, Op, fail

KIND_OF = {0: "scalar", 1: "vector", 2: "matrix"}


def array_shape(dims: tuple[Size, ...], axes: tuple[str, ...] = ()) -> Shape:
    """A vector, a matrix or a tensor, by the number of its sizes."""
    return Shape(KIND_OF.get(len(dims), "tensor"), dims, axes) if dims else SCALAR


def _list_shape(args: tuple[Node, ...], data: object) -> Shape:
    if not args:
        raise fail("a list is empty")
    first = args[0].shape
    if first.kind in ("row", "function", "layer"):
        raise fail(f"a list of {first.kind}s")
    for i, arg in enumerate(args, 1):
        if arg.shape != first:
            raise fail(f"item {i} of a list is {arg.shape}, item 1 is {first}")
    return array_shape((Size.of(len(args)), *first.dims))


def _list(ctx: Context, node: Node, *items: Array) -> Array:
    import numpy as np  # start-up needs no NumPy

    batch = np.broadcast_shapes(*(item.shape[:-2] for item in items))
    items = tuple(np.broadcast_to(item, batch + item.shape[-2:]) for item in items)
    if node.args[0].shape.kind == "vector":
        items = tuple(item.swapaxes(-1, -2) for item in items)
    elif node.args[0].shape.dims:
        items = tuple(item.reshape(*batch, -1, 1) for item in items)
    return np.concatenate(items, axis=-2)


def spread(ctx: Context, shape: Shape, array: Array) -> Array:
    """The value with one axis for each size of its shape, behind its batch axes."""
    dims = tuple(ctx.size(d) for d in shape.dims)
    return array.reshape(*array.shape[:-2], *dims)


def joined(array: Array, axes: int) -> Array:
    """The inverse of `spread`: the last `axes` axes as (rows, columns)."""
    batch = array.shape[: array.ndim - axes]
    if axes == 2:
        return array
    return array.reshape(*batch, math.prod(array.shape[array.ndim - axes :]), 1)


def _axes_shape(args: tuple[Node, ...], data: object) -> Shape:
    shape = args[0].shape
    assert isinstance(data, tuple)
    kept = [i for i in range(len(shape.dims)) if i not in data]
    return array_shape(
        tuple(shape.dims[i] for i in kept), tuple(shape.axes[i] for i in kept) if shape.axes else ()
    )


def _reduce(f: Callable[[Array, tuple[int, ...]], Array]) -> Callable[..., Array]:
    def numeric(ctx: Context, node: Node, array: Array) -> Array:
        assert isinstance(node.data, tuple)
        dims = len(node.args[0].shape.dims)
        whole = spread(ctx, node.args[0].shape, array)
        return joined(f(whole, tuple(axis - dims for axis in node.data)), dims - len(node.data))

    return numeric


def _variance(a: Array, axes: tuple[int, ...]) -> Array:
    return ((a - a.mean(axis=axes, keepdims=True)) ** 2).mean(axis=axes)


def axes_named(node: Node) -> list[str]:
    """The axes a reduction runs over: their names, or their numbers from 1."""
    names = node.args[0].shape.axes
    assert isinstance(node.data, tuple)
    return [names[axis] if names else str(axis + 1) for axis in node.data]


REDUCTIONS = {  # by the function that is called with over=
    "sum": "sum_over_axes",
    "mean": "mean_over_axes",
    "var": "var_over_axes",
    "max": "max_over_axes",
}

ROWS = [
    Op("list", "[a, b, c]", "a vector written out; a list of lists is a matrix or a tensor", _list_shape, _list, kind="function"),
    Op("tuple", "(64, 56, 56)", "whole numbers in a row, as a shape is written", _list_shape, _list, kind="function"),
    Op("sum_over_axes", "sum(X, over=feature)", "sum over the named axes (several: over=(batch, feature)); the others stay", _axes_shape, _reduce(lambda a, axes: a.sum(axis=axes))),
    Op("mean_over_axes", "mean(X, over=feature)", "mean over the named axes; the others stay", _axes_shape, _reduce(lambda a, axes: a.mean(axis=axes))),
    Op("var_over_axes", "var(X, over=feature)", "variance over the named axes, divided by the number of entries", _axes_shape, _reduce(_variance)),
    Op("max_over_axes", "max(X, over=feature)", "largest entry over the named axes", _axes_shape, _reduce(lambda a, axes: a.max(axis=axes)), holomorphic=False),
]  # fmt: skip
