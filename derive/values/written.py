"""Operations written out with their numbers, before they are computed: (1 + 3 + 2) / 3, e^0 / (e^0 + e^(log 2)).

To write one more out: a function of the node and the grids of its arguments, and its row in WRITTEN with the
reason of the line. What gets too wide is computed at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.tree.nodes import Node
from derive.values.arrays import Grid, nested
from derive.values.meaning import groups, mean, moved
from derive.values.scalars import Scalar, node_of, of, times
from derive.vocabulary.build import ELEMENTWISE, add, build, div, mul, num, power

Written = Callable[..., Node | None]


def _sum(values: Sequence[Node]) -> Node:
    return add(*values) if len(values) > 1 else values[0]


def _nodes(values: Sequence[Scalar]) -> list[Node]:
    return [node_of(v) for v in values]


def _products(left: Sequence[Scalar], right: Sequence[Scalar]) -> Node:
    return _sum([mul(node_of(a), node_of(b)) for a, b in zip(left, right, strict=True)])


def _matmul(node: Node, *grids: Grid) -> Node | None:
    if len(grids) != 2:
        return None
    (m, k), (_, n) = grids[0].sides, grids[1].sides
    left, right = grids[0].items, grids[1].items
    sums = [_products(left[i * k : i * k + k], right[j::n]) for i in range(m) for j in range(n)]
    if node.shape.is_scalar:
        return sums[0]
    return nested(
        (n,) if node.shape.kind == "row" else (m,) if n == 1 else (m, n), sums, node.shape.kind == "row"
    )


def _mean(values: Sequence[Scalar]) -> Node:
    return div(_sum(_nodes(values)), num(len(values)))


def _variance(values: tuple[Scalar, ...]) -> Node:
    """The mean of the squares less the square of the mean."""
    squares = _mean([times(x, x) for x in values])
    middle = mean(values)
    return squares if middle == of(0) else add(squares, build("neg", power(node_of(middle), 2)))


def _whole(f: Callable[[tuple[Scalar, ...]], Node]) -> Written:
    return lambda node, a: f(a.items)


def _by_axes(f: Callable[[tuple[Scalar, ...]], Node]) -> Written:
    def written(node: Node, a: Grid) -> Node:
        kept, parts = groups(node, a)
        return nested(kept, [f(part) for part in parts])

    return written


def _weights(values: Sequence[Scalar]) -> list[Node]:
    """Large numbers less the largest of them: the weights are the same, and no exponential overflows."""
    powers = [build("exp", v) for v in _nodes(moved(tuple(values)))]
    return [div(p, _sum(powers)) for p in powers]


def _softmax_rows(node: Node, a: Grid) -> Node:
    return nested(a.dims, [w for line in a.lines() for w in _weights(line)])


def _squares(a: Grid) -> Node:
    return _sum([power(v, 2) for v in _nodes(a.items)])


def _function(node: Node, a: Grid) -> Node | None:
    if not a.dims:
        return None
    return nested(a.dims, [build(node.op, v) for v in _nodes(a.items)], a.is_row)


def _determinant(node: Node, a: Grid) -> Node | None:
    if a.dims != (2, 2):
        return None
    p, q, r, s = _nodes(a.items)
    return add(mul(p, s), build("neg", mul(q, r)))


WRITTEN: dict[str, tuple[Written, str]] = {
    "matmul": (_matmul, "row times column"),
    "inner": (lambda node, a, b: _products(a.items, b.items), "entry times entry"),
    "sum": (_whole(lambda v: _sum(_nodes(v))), "written out"),
    "mean": (_whole(_mean), "written out"),
    "var": (_whole(_variance), "mean of squares less square of the mean"),
    "sqnorm": (lambda node, a: _squares(a), "written out"),
    "norm": (lambda node, a: build("sqrt", _squares(a)), "written out"),
    "trace": (lambda node, a: _sum(_nodes([a.at(i, i) for i in range(a.dims[0])])), "the diagonal"),
    "det": (_determinant, "written out"),
    "rowsum": (lambda node, a: nested(a.dims[:1], [_sum(_nodes(x)) for x in a.lines()]), "written out"),
    "softmax": (lambda node, a: nested(a.dims, _weights(a.items)), "written out"),
    "softmax_rows": (_softmax_rows, "softmax of each row"),
    "sum_over_axes": (_by_axes(lambda v: _sum(_nodes(v))), "written out"),
    "mean_over_axes": (_by_axes(_mean), "written out"),
    "var_over_axes": (_by_axes(_variance), "mean of squares less square of the mean"),
    **{op: (_function, "entry by entry") for op in ELEMENTWISE},
}
