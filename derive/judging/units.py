"""Problems in which some sizes are 1: vectors of such a size are scalars, and what they are made of is rewritten.

A line that abuses types (`U h (1 - h)` for a Jacobian) often holds where the states are numbers. So a reading of it is
taken in the scope that `collapse` gives, and the checker evaluates it there like any other.
To add an operation whose meaning changes where an argument became a scalar: a row in COLLAPSED.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Mapping

from derive.tree.nodes import SCALAR, Node, Range, Shape, of_sides
from derive.tree.sizes import Size
from derive.vocabulary.build import ONE, ZERO, T, build, count, div, mul, power
from derive.vocabulary.scope import Declaration, Definition, Law, Scope

Units = Mapping[str, Size]


def collapse(scope: Scope, units: frozenset[str]) -> Scope:
    """The scope in which the sizes `units` are 1."""
    ones = {name: Size.of(1) for name in units}
    return replace(
        scope,
        declarations={n: _declaration(d, ones) for n, d in scope.declarations.items()},
        definitions={n: _definition(d, ones) for n, d in scope.definitions.items()},
        constraints=tuple((a.replace(ones), r, b.replace(ones)) for a, r, b in scope.constraints),
    )


def shape_in(shape: Shape, units: Units) -> Shape:
    """The shape where the units are 1: a side that became 1 is dropped."""
    if shape.kind not in ("vector", "row", "matrix"):
        return shape
    sides = [_side(side, units) for side in (shape.rows, shape.columns)]
    return of_sides(*sides)


def _side(side: Size | None, units: Units) -> Size | None:
    if side is None:
        return None
    new = side.replace(units)
    return None if new is not side and new.constant == 1 else new


def _declaration(declared: Declaration, units: Units) -> Declaration:
    law = declared.law
    return replace(
        declared,
        shape=shape_in(declared.shape, units),
        law=None if law is None else Law(law.kind, {k: node_in(v, units) for k, v in law.args.items()}),
        of=tuple(node_in(a, units) for a in declared.of),
    )


def _definition(definition: Definition, units: Units) -> Definition:
    body = definition.body
    return replace(
        definition,
        shape=shape_in(definition.shape, units),
        body=None if body is None else node_in(body, units),
        members=tuple((index, node_in(member, units)) for index, member in definition.members),
    )


def node_in(node: Node, units: Units) -> Node:
    """The node where the units are 1."""
    args = tuple(node_in(a, units) for a in node.args)
    row = COLLAPSED.get(node.op)
    if row is not None:
        return row(node, args, units)
    data = node.data
    if isinstance(data, Size):
        return count(data.replace(units))
    if isinstance(data, Range):
        data = Range(data.var, data.low.replace(units), data.high.replace(units))
    if not args or node.op == "sym":
        return Node(node.op, args, data, shape_in(node.shape, units))
    return build(node.op, *args, data=data)


# ---------------------------------------------------------------- operations

Row = Callable[[Node, tuple[Node, ...], Units], Node]


def _scalar_or(same: Callable[[Node], Node]) -> Row:
    """`same(a)` where the first argument became a scalar."""

    def row(node: Node, args: tuple[Node, ...], units: Units) -> Node:
        return same(args[0]) if args[0].shape.is_scalar else build(node.op, *args, data=node.data)

    return row


def product(factors: tuple[Node, ...]) -> Node:
    """The matrix product in which neighbours that share no side any more are multiplied as scalars."""
    groups: list[list[Node]] = []
    for factor in factors:
        last = groups[-1][-1] if groups else None
        if last is not None and last.shape.columns is not None and last.shape.columns == factor.shape.rows:
            groups[-1].append(factor)
        else:
            groups.append([factor])
    scalars: list[Node] = []
    arrays: list[Node] = []
    for group in groups:
        value = build("matmul", *group)
        (scalars if value.shape.is_scalar else arrays).append(value)
    return mul(*scalars, *([build("matmul", *arrays)] if arrays else []))


def _eye(node: Node, args: tuple[Node, ...], units: Units) -> Node:
    return ONE if shape_in(node.shape, units).is_scalar else build("eye", *args)


def _filled(number: Node) -> Row:
    def row(node: Node, args: tuple[Node, ...], units: Units) -> Node:
        shape = shape_in(node.shape, units)
        if shape.is_scalar:
            return number
        value = build(node.op, *(count(side) for side in shape.dims))
        return T(value) if shape.kind == "row" else value

    return row


def _entry(node: Node, args: tuple[Node, ...], units: Units) -> Node:
    array, *indices = args
    before = node.args[0].shape
    kept = [i for i, side in zip(indices, before.dims, strict=False) if _side(side, units) is not None]
    is_row = len(indices) < len(before.dims) and before.kind == "matrix"  # a row of it, as a column
    if is_row and array.shape.kind == "row":
        return T(array)
    return build("entry", array, *kept) if kept and not array.shape.is_scalar else array


def _jacobian(node: Node, args: tuple[Node, ...], units: Units) -> Node:
    y, x = args[:2]
    if y.shape.is_scalar and not x.shape.is_scalar:
        return T(build("gradient", *args))
    return build("jacobian", *args)


def _sum_of(side: str) -> Row:
    """`rowsum` sums over the columns, `colsum` over the rows."""

    def row(node: Node, args: tuple[Node, ...], units: Units) -> Node:
        kind = args[0].shape.kind
        if kind == "matrix":
            return build(node.op, *args)
        if kind == "scalar" or kind == ("vector" if side == "columns" else "row"):
            return T(args[0]) if kind == "row" else args[0]
        return build("sum", *args)

    return row


def _softmax_rows(node: Node, args: tuple[Node, ...], units: Units) -> Node:
    kind = args[0].shape.kind
    if kind == "row":
        return T(build("softmax", T(args[0])))
    if kind == "matrix":
        return build(node.op, *args)
    return ONE if kind == "scalar" else build("ones", count(args[0].shape.dims[0]))


def _inner(node: Node, args: tuple[Node, ...], units: Units) -> Node:
    return mul(*args) if args[0].shape.is_scalar else build("inner", *args)


def _onehot(node: Node, args: tuple[Node, ...], units: Units) -> Node:
    return ONE if shape_in(node.shape, units).is_scalar else build("onehot", *args)


def _matpow(node: Node, args: tuple[Node, ...], units: Units) -> Node:
    return power(*args) if args[0].shape.is_scalar else build("matpow", *args)


_itself = _scalar_or(lambda a: a)
_absolute = _scalar_or(lambda a: build("abs", a))

COLLAPSED: dict[str, Row] = {
    "matmul": lambda node, args, units: product(args),
    "T": _itself,
    "trace": _itself,
    "det": _itself,
    "diag": _itself,
    "diagpart": _itself,
    "sum": _itself,
    "mean": _itself,
    "logsumexp": _itself,
    "norm": _absolute,
    "norm1": _absolute,
    "sqnorm": _scalar_or(lambda a: power(a, 2)),
    "inv": _scalar_or(lambda a: div(ONE, a)),
    "logdet": _scalar_or(lambda a: build("log", a)),
    "var": _scalar_or(lambda a: ZERO),
    "softmax": _scalar_or(lambda a: ONE),
    "softmax_rows": _softmax_rows,
    "rowsum": _sum_of("columns"),
    "colsum": _sum_of("rows"),
    "matpow": _matpow,
    "inner": _inner,
    "eye": _eye,
    "ones": _filled(ONE),
    "zeros": _filled(ZERO),
    "onehot": _onehot,
    "entry": _entry,
    "jacobian": _jacobian,
}

__all__ = ["SCALAR", "collapse", "node_in", "product", "shape_in"]
