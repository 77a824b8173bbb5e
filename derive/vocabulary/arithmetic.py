"""Rows: leaves, arithmetic and binders. To add one: append an `Op` to ROWS."""

from __future__ import annotations

from derive.errors import OutOfRange
from derive.tree.nodes import SCALAR, Node, Shape
from derive.vocabulary.op import (
    ADD,
    ATOM,
    MUL,
    POW,
    UNARY,
    Array,
    Context,
    Op,
    elementwise,
    fail,
    same,
    scalar_only,
)


def _product(values: tuple[Array, ...]) -> Array:
    result = values[0]
    for value in values[1:]:
        result = result * value
    return result


def _total(values: tuple[Array, ...]) -> Array:
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def _power_shape(args: tuple[Node, ...], data: object) -> Shape:
    if not args[1].shape.is_scalar:
        raise fail(f"the exponent must be a scalar, got {args[1].shape}", "matpow(X, 3) is the matrix power")
    return args[0].shape


def _body_shape(args: tuple[Node, ...], data: object) -> Shape:
    return args[0].shape


def _entry_shape(args: tuple[Node, ...], data: object) -> Shape:
    array, indices = args[0].shape, len(args) - 1
    if array.kind == "matrix" and indices == 1:
        return Shape("vector", (array.dims[1],))
    if array.kind in ("vector", "row", "matrix", "tensor") and indices == len(array.dims):
        return SCALAR
    raise fail(f"{indices} indices into {array}")


def _entry(ctx: Context, node: Node, array: Array, *indices: Array) -> Array:
    if any(i.size > 1 for i in indices):
        return _entries(node, array, *indices)
    at = [int(round(float(i.real.flat[0]))) - 1 for i in indices]
    kind = node.args[0].shape.kind
    if kind == "tensor":
        flat = 0
        for dim, i in zip(node.args[0].shape.dims, at, strict=True):
            if not 0 <= i < ctx.size(dim):
                raise OutOfRange("an index lies outside its array")
            flat = flat * ctx.size(dim) + i
        return array[..., flat : flat + 1, :]
    dims = array.shape[-2:] if len(at) == 2 else (max(array.shape[-2:]),)
    dims = array.shape[-2:-1] if kind == "matrix" and len(at) == 1 else dims
    if any(not 0 <= i < n for i, n in zip(at, dims, strict=True)):
        raise OutOfRange("an index lies outside its array")
    if kind == "vector":
        return array[..., at[0] : at[0] + 1, :]
    if kind == "row":
        return array[..., :, at[0] : at[0] + 1]
    picked = array[..., at[0] : at[0] + 1, :]
    return picked.swapaxes(-1, -2) if len(at) == 1 else picked[..., at[1] : at[1] + 1]


def _entries(node: Node, array: Array, *indices: Array) -> Array:
    """Entries at indices that differ from outcome to outcome: sums with unit vectors."""

    def unit(i: Array, n: int) -> Array:
        return 1.0 * ((i.real.round() - 1) == [[k] for k in range(n)])

    rows, columns = array.shape[-2:]
    kind = node.args[0].shape.kind
    if kind == "row":
        return (array.swapaxes(-1, -2) * unit(indices[0], columns)).sum(axis=-2, keepdims=True)
    picked = (array * unit(indices[0], rows)).sum(axis=-2, keepdims=True)
    if kind == "vector":
        return picked
    picked = picked.swapaxes(-1, -2)
    return picked if len(indices) == 1 else (picked * unit(indices[1], columns)).sum(axis=-2, keepdims=True)


def _where(xp: Array, condition: Array, a: Array, b: Array) -> Array:
    return xp.where(condition, a, b)


def _compare(test: str) -> Op:
    compare = {
        "lt": lambda xp, a, b: xp.real(a) < xp.real(b),
        "le": lambda xp, a, b: xp.real(a) <= xp.real(b),
        "gt": lambda xp, a, b: xp.real(a) > xp.real(b),
        "ge": lambda xp, a, b: xp.real(a) >= xp.real(b),
    }[test]
    sign = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}[test]
    tex = {"lt": "<", "le": r"\le", "gt": ">", "ge": r"\ge"}[test]
    return Op(
        test,
        f"a {sign} b",
        "comparison, entry by entry",
        same,
        elementwise(compare),
        f"#1 {tex} #2",
        f"#1 {sign} #2",
        precedence=5,
        kind="condition",
    )


ROWS = [
    Op("num", "2, 1/3, 0.9", "an exact number", scalar_only, kind="leaf"),
    Op("count", "n, t-1", "a size or an index as a number", scalar_only, kind="leaf"),
    Op("const", "pi", "a mathematical constant", scalar_only, kind="leaf"),
    Op("sym", "x, h[t]", "a declared or defined name", scalar_only, kind="leaf"),
    Op("add", "a + b", "sum of equal shapes", same, lambda c, n, *v: _total(v), precedence=ADD),
    Op("neg", "-a", "negation", same, elementwise(lambda xp, a: -a), precedence=UNARY),
    Op("mul", "a * b", "product, entry by entry", same, lambda c, n, *v: _product(v), precedence=MUL),
    Op("div", "a / b", "quotient, entry by entry", same, elementwise(lambda xp, a, b: a / b), precedence=MUL),
    Op("pow", "a**k", "power, entry by entry", _power_shape, elementwise(lambda xp, a, k: xp.power(a, k)), precedence=POW),
    Op("entry", "A[i, j]", "an entry (1-based); W[c] is a row of W as a column vector", _entry_shape, _entry, precedence=ATOM),
    Op("kronecker", "kronecker(i, j)", "Kronecker delta: 1 where i = j, else 0", scalar_only, elementwise(lambda xp, i, j: 1 * (xp.real(i) == xp.real(j))), r"\delta_{#1 #2}", "float(#1 == #2)"),
    Op("sum_over", "sum(e, t)", "sum over an index range", _body_shape, latex=r"\sum", precedence=MUL, kind="binder"),
    Op("prod_over", "prod(e, t)", "product over an index range", scalar_only, latex=r"\prod", precedence=MUL, kind="binder"),
    Op("max_over", "max(e, i)", "largest value over an index range", scalar_only, latex=r"\max", precedence=MUL, kind="binder"),
    Op("min_over", "min(e, i)", "smallest value over an index range", scalar_only, latex=r"\min", precedence=MUL, kind="binder", kinks="ties"),
    Op("argmax_over", "argmax(e, i)", "the first index where e is largest", scalar_only, precedence=MUL, kind="binder", kinks="ties", holomorphic=False),
    Op("argmin_over", "argmin(e, i)", "the first index where e is smallest", scalar_only, precedence=MUL, kind="binder", kinks="ties", holomorphic=False),
    Op("max_paths", "max(e, w[1..T])", "largest value over all paths of integers w[1], ..., w[T]", scalar_only, precedence=MUL, kind="binder", kinks="ties"),
    Op("min_paths", "min(e, w[1..T])", "smallest value over all paths", scalar_only, precedence=MUL, kind="binder", kinks="ties"),
    Op("sum_paths", "sum(e, w[1..T])", "sum over all paths", scalar_only, precedence=MUL, kind="binder"),
    Op("count_paths", "count(w[1..T])", "how many paths there are", scalar_only, kind="binder"),
    Op("at_path", "at(e, w == path)", "e on a path, such as one that an algorithm returns", _body_shape, kind="binder"),
    Op("run", "f(x)", "the value that an algorithm of the problem returns", _body_shape, kind="leaf", holomorphic=False),
    Op("where", "where(cond, a, b)", "a where the condition holds, else b", same, elementwise(_where), kind="function"),
    _compare("lt"),
    _compare("le"),
    _compare("gt"),
    _compare("ge"),
]  # fmt: skip
