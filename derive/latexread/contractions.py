r"""`g \frac{\partial h}{\partial W}`: a derivative that is no matrix, beside the factor that contracts it."""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator, Tensor, Value
from derive.latexread.quotients import scaled
from derive.latexread.tokens import Span
from derive.tree.nodes import Node, Range
from derive.tree.sizes import Size
from derive.vocabulary.build import build, count, mul


def contracted(e: Elaborator, a: Value, b: Value, left: Span, right: Span) -> Value:
    r"""`g \frac{\partial h}{\partial W}`: the sum over the entries of h of g_k times the gradient of h_k."""
    tensor, other, at = (a, b, right) if isinstance(a, Tensor) else (b, a, left)
    assert isinstance(tensor, Tensor)
    if isinstance(other, Tensor):
        raise e.no_matrix(other, at)
    if other.shape.is_scalar:
        return Tensor(tensor.y, tensor.x, (other, *tensor.scalars))
    y = tensor.y
    if (
        other.shape.kind in ("vector", "row")
        and y.shape.kind == "vector"
        and e.meet(other.shape.dims[0], y.shape.dims[0])
    ):
        e.note(
            "a derivative of a vector in a matrix is contracted with the factor beside it",
            left.to(right),
            "contraction",
        )
        return _contraction(e, other, tensor)
    if other.shape.kind == y.shape.kind == "matrix" and e.same_shape(other.shape, y.shape):
        e.note(
            "a derivative of a matrix is contracted with the factor beside it", left.to(right), "contraction"
        )
        return _contraction(e, e.settle(other), tensor)
    message = f"the product of {other.shape} and the derivative of {y.shape} in {tensor.x.shape}"
    raise e.ill_typed(message, left.to(right), other, y, (left, right))


def _contraction(e: Elaborator, factor: Node, tensor: Tensor) -> Node:
    letters = []
    for _ in tensor.y.shape.dims:
        e.fresh += 1
        letters.append(f"k{e.fresh}")
    at = [count(k) for k in letters]
    inner = build("entry", tensor.y, *at)
    total = mul(build("entry", factor, *at), build("gradient", inner, tensor.x))
    for k, high in zip(reversed(letters), reversed(tensor.y.shape.dims), strict=True):
        total = Node("sum_over", (total,), Range(k, Size.of(1), high), total.shape)
    return scaled([*tensor.scalars, total]) if tensor.scalars else total
