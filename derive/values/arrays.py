"""Arrays of exact scalars, with sizes that are numbers. `Grid` is what a scalar, vector, matrix or tensor comes to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size
from derive.values.functions import exact_of
from derive.values.scalars import Scalar, node_of
from derive.vocabulary.arrays import array_shape
from derive.vocabulary.build import T, build

MOST_ENTRIES = 4096


@dataclass(frozen=True)
class Grid:
    """Entries in the order of reading (the last axis runs fastest); a row is a matrix of one row that says so."""

    dims: tuple[int, ...]
    items: tuple[Scalar, ...]
    is_row: bool = False

    @property
    def scalar(self) -> Scalar:
        assert not self.dims
        return self.items[0]

    def at(self, *index: int) -> Scalar:
        """The entry at an index from 0."""
        flat = 0
        for dim, i in zip(self.dims, index, strict=True):
            flat = flat * dim + i
        return self.items[flat]

    def map(self, f: Callable[[Scalar], Scalar]) -> Grid:
        return Grid(self.dims, tuple(f(x) for x in self.items), self.is_row)

    def lines(self) -> Iterator[tuple[Scalar, ...]]:
        """The rows of a matrix; of a vector its entries, one by one; of a row the row."""
        width = self.dims[-1] if len(self.dims) == 2 or self.is_row else 1
        for start in range(0, len(self.items), width):
            yield self.items[start : start + width]

    @property
    def sides(self) -> tuple[int, int]:
        """(rows, columns), as a factor of a product has them."""
        if self.is_row:
            return 1, self.dims[0]
        return (self.dims[0], self.dims[1]) if len(self.dims) == 2 else (self.dims[0] if self.dims else 1, 1)


def single(value: Scalar) -> Grid:
    return Grid((), (value,))


def of_sides(rows: int, columns: int, items: tuple[Scalar, ...], like: Shape) -> Grid:
    """Entries of a product in the shape its node has."""
    if like.kind == "row":
        return Grid((columns,), items, True)
    return Grid({"scalar": (), "vector": (rows,)}.get(like.kind, (rows, columns)), items)


def indices(dims: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    return product(*(range(n) for n in dims))


# ---------------------------------------------------------------- from and to nodes


def grid_of(node: Node) -> Grid:
    """The grid of an array that is written out, whose entries are exact scalars."""
    if node.op == "T":
        inner = grid_of(node.args[0])
        return Grid(inner.dims, inner.items, True)
    if node.op in ("list", "tuple"):
        parts = [grid_of(a) for a in node.args]
        return Grid((len(parts), *parts[0].dims), tuple(x for part in parts for x in part.items))
    return single(exact_of(node))


def literal(grid: Grid, write: Callable[[Scalar], Node] = node_of) -> Node:
    """The grid written out."""
    return nested(grid.dims, [write(x) for x in grid.items], grid.is_row)


def nested(dims: tuple[int, ...], entries: list[Node], is_row: bool = False) -> Node:
    """Entries in the order of reading as one array."""
    if not dims:
        return entries[0]
    if len(dims) > 1:
        width = math.prod(dims[1:])
        parts = [nested(dims[1:], entries[k : k + width]) for k in range(0, len(entries), width)]
        return build("list", *parts)
    made = build("list", *entries)
    return T(made) if is_row else made


def is_written_out(node: Node) -> bool:
    """Whether an array is a list of lists of entries."""
    if node.op == "T":
        return node.args[0].op == "list" and is_written_out(node.args[0])
    return node.op == "list" and all(a.shape.is_scalar or is_written_out(a) for a in node.args)


def shape_of(dims: tuple[int, ...]) -> Shape:
    return array_shape(tuple(Size.of(n) for n in dims))
