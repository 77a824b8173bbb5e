"""Nodes: the immutable typed trees that are derived, checked and printed.

A node is an operation name, its arguments, what else identifies it (`data`) and its shape. Nodes are made
only by `derive.vocabulary.build`, which checks shapes, so an ill-typed tree does not exist.
A scalar is never a 1x1 matrix; a vector is a column; a row is a type of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Callable, Iterator

from derive.tree.sizes import Size


@dataclass(frozen=True, slots=True)
class Shape:
    """`kind` is scalar, vector, row, matrix, tensor, function or layer; `dims` has 0, 1, 1, 2, n, 0, 0 sizes."""

    kind: str
    dims: tuple[Size, ...] = ()
    axes: tuple[str, ...] = field(default=(), compare=False)  # names of the axes, where they have some

    def __str__(self) -> str:
        return self.kind + (f"({', '.join(map(str, self.dims))})" if self.dims else "")

    @property
    def is_scalar(self) -> bool:
        return self.kind == "scalar"

    @property
    def rows(self) -> Size | None:
        """The left dimension in a product; None where there is none (scalar, row)."""
        return self.dims[0] if self.kind in ("vector", "matrix") else None

    @property
    def columns(self) -> Size | None:
        return self.dims[-1] if self.kind in ("row", "matrix") else None


SCALAR = Shape("scalar")


def vector(n: int | str | Size) -> Shape:
    return Shape("vector", (Size.of(n),))


def row(n: int | str | Size) -> Shape:
    return Shape("row", (Size.of(n),))


def matrix(m: int | str | Size, n: int | str | Size) -> Shape:
    return Shape("matrix", (Size.of(m), Size.of(n)))


@lru_cache(1024)
def of_sides(rows: Size | None, columns: Size | None) -> Shape:
    """The shape with these left and right dimensions."""
    if rows is None:
        return SCALAR if columns is None else Shape("row", (columns,))
    return Shape("vector", (rows,)) if columns is None else Shape("matrix", (rows, columns))


@dataclass(frozen=True, slots=True)
class Number:
    """An exact rational; `decimal` remembers that its author wrote 0.9 and not 9/10, `places` that it is
    written with so many digits after the point."""

    value: Fraction
    decimal: bool = False
    places: int | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name is: its facts decide which rules may use it (`symmetric`, `positive`, `onehot`, ...)."""

    name: str
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Range:
    """The bound index of a sum, product or maximum: `var` runs over low..high, both included."""

    var: str
    low: Size
    high: Size


class Node:
    """One node. Its hash is fixed when it is made: equal trees are found in dictionaries in constant time."""

    __slots__ = ("op", "args", "data", "shape", "_hash")
    op: str
    args: tuple[Node, ...]
    data: object
    shape: Shape

    def __init__(self, op: str, args: tuple[Node, ...], data: object, shape: Shape) -> None:
        set_ = object.__setattr__
        set_(self, "op", op)
        set_(self, "args", args)
        set_(self, "data", data)
        set_(self, "shape", shape)
        set_(self, "_hash", hash((op, data, args)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("nodes are immutable")

    def __reduce__(self) -> tuple[object, ...]:
        return (Node, (self.op, self.args, self.data, self.shape))

    def __hash__(self) -> int:
        return self._hash  # type: ignore[attr-defined,no-any-return]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not Node or self._hash != other._hash:  # type: ignore[attr-defined]
            return False
        if self.op != other.op or self.args != other.args:
            return False
        if self.data is not other.data and self.data != other.data:
            return False
        return (
            self.op != "sym" or self.shape is other.shape or self.shape == other.shape
        )  # a rule's variable may have the name of a symbol

    def __repr__(self) -> str:
        inside = [repr(self.data)] * (self.data is not None) + [repr(a) for a in self.args]
        return f"{self.op}({', '.join(inside)})"

    @property
    def symbol(self) -> Symbol:
        assert isinstance(self.data, Symbol), self.op
        return self.data

    @property
    def number(self) -> Fraction:
        assert isinstance(self.data, Number), self.op
        return self.data.value

    @property
    def size(self) -> Size:
        assert isinstance(self.data, Size), self.op
        return self.data

    @property
    def range(self) -> Range:
        assert isinstance(self.data, Range), self.op
        return self.data


def walk(node: Node) -> Iterator[Node]:
    """Every node of the tree, parents before children, left to right."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.args))


def contains(node: Node, test: Callable[[Node], bool]) -> bool:
    return any(test(n) for n in walk(node))


def node_count(node: Node) -> int:
    """The size measure of answers: how many nodes the tree has."""
    return sum(1 for _ in walk(node))


def free_indices(node: Node) -> frozenset[str]:
    """Names in sizes and indices that no sum, product or maximum of the tree binds."""
    names: frozenset[str] = node.size.names if isinstance(node.data, Size) else frozenset()
    for arg in node.args:
        names |= free_indices(arg)
    if isinstance(node.data, Range):
        names = (names - {node.data.var}) | node.data.low.names | node.data.high.names
    return names


def names_in(node: Node) -> frozenset[str]:
    """Names of the symbols that occur in the tree."""
    return frozenset(n.symbol.name for n in walk(node) if n.op == "sym")
