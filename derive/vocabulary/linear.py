"""Rows: linear algebra, reductions and rows of a softmax. To add one: append an `Op` to ROWS."""

from __future__ import annotations

from collections.abc import Callable

from derive.tree.nodes import SCALAR, Node, Shape, matrix, of_sides, vector
from derive.vocabulary.op import (
    MUL,
    POW,
    Array,
    Context,
    Op,
    array_to_scalar,
    elementwise,
    fail,
    flip,
    square,
    square_to_scalar,
    the_size,
)


def _matmul_shape(args: tuple[Node, ...], data: object) -> Shape:
    for arg in args:
        if arg.shape.kind not in ("vector", "row", "matrix"):
            raise fail(f"@ needs vectors or matrices, got {arg.shape}", "a scalar multiplies with *")
    for a, b in zip(args, args[1:], strict=False):
        if a.shape.columns != b.shape.rows:
            hint = None
            if a.shape.kind == "vector" and b.shape.kind == "matrix" and a.shape.rows == b.shape.rows:
                hint = "a vector is a column; write v.T @ A"
            raise fail(f"@ of {a.shape} and {b.shape}", hint)
    return of_sides(args[0].shape.rows, args[-1].shape.columns)


def _matmul(ctx: Context, node: Node, *values: Array) -> Array:
    """Multiply from the side that ends in a vector, so that a chain costs matrix-vector products."""
    if node.args[-1].shape.kind == "vector":
        result = values[-1]
        for value in reversed(values[:-1]):
            result = ctx.xp.matmul(value, result)
        return result
    result = values[0]
    for value in values[1:]:
        result = ctx.xp.matmul(result, value)
    return result


def _transpose_shape(args: tuple[Node, ...], data: object) -> Shape:
    shape = args[0].shape
    if shape.kind not in ("vector", "row", "matrix"):
        raise fail(f".T of {shape}", "only vectors and matrices have a transpose")
    return of_sides(shape.columns, shape.rows)


def _matpow_shape(args: tuple[Node, ...], data: object) -> Shape:
    if args[1].op != "num" or args[1].number.denominator != 1:
        raise fail("the exponent k must be an integer")
    return square(args[:1], data)


def _diag_shape(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].shape.kind != "vector":
        raise fail(f"makes a matrix from a vector, got {args[0].shape}", "diagpart(A) is the diagonal of A")
    return matrix(args[0].shape.dims[0], args[0].shape.dims[0])


def _diagpart_shape(args: tuple[Node, ...], data: object) -> Shape:
    return vector(square(args, data).dims[0])


def _pair_shape(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].shape != args[1].shape:
        raise fail(f"needs equal shapes: {args[0].shape} and {args[1].shape}")
    return SCALAR


def _sized(args: tuple[Node, ...], data: object) -> Shape:
    sizes = tuple(the_size(a) for a in args)
    if len(sizes) == 1:
        return vector(sizes[0])
    if len(sizes) == 2:
        return matrix(*sizes)
    raise fail("takes one size (a vector) or two (a matrix)")


def _eye_shape(args: tuple[Node, ...], data: object) -> Shape:
    return matrix(the_size(args[0]), the_size(args[0]))


def _filled(value: int) -> object:
    def numeric(ctx: Context, node: Node, *values: Array) -> Array:
        dims = [ctx.size(d) for d in node.shape.dims]
        return ctx.xp.full((dims[0], dims[1] if len(dims) == 2 else 1), value)

    return numeric


def _onehot_shape(args: tuple[Node, ...], data: object) -> Shape:
    if not args[0].shape.is_scalar:
        raise fail("takes an index and a size")
    return vector(the_size(args[1]))


def _onehot(ctx: Context, node: Node, j: Array, n: Array) -> Array:
    at = int(round(float(j.real.flat[0])))
    return ctx.xp.full((ctx.size(node.shape.dims[0]), 1), 0) + 1 * (
        ctx.xp.arange(1, ctx.size(node.shape.dims[0]) + 1)[:, None] == at
    )


def _total(xp: Array, a: Array) -> Array:
    return a.sum(axis=(-1, -2), keepdims=True)


def _mean(xp: Array, a: Array) -> Array:
    return _total(xp, a) / (a.shape[-1] * a.shape[-2])


def _variance(xp: Array, a: Array) -> Array:
    return _mean(xp, (a - _mean(xp, a)) ** 2)


def _matrix_only(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].shape.kind != "matrix":
        raise fail(f"expects a matrix, got {args[0].shape}")
    return args[0].shape


def _per_row(args: tuple[Node, ...], data: object) -> Shape:
    return vector(_matrix_only(args, data).dims[0])


def _per_column(args: tuple[Node, ...], data: object) -> Shape:
    return vector(_matrix_only(args, data).dims[1])


def _softmax_shape(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].shape.kind == "matrix":
        raise fail("a matrix needs its direction", "write softmax(S, rows): each row sums to 1")
    if args[0].shape.kind != "vector":
        raise fail(f"expects a vector or, with rows, a matrix; got {args[0].shape}")
    return args[0].shape


def _vector_itself(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].shape.kind != "vector":
        raise fail(f"expects a vector, got {args[0].shape}", "reverse(A, rows) reverses each row of a matrix")
    return args[0].shape


def _vector_only(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].shape.kind != "vector":
        raise fail(f"expects a vector, got {args[0].shape}")
    return SCALAR


def _softmax(axis: int) -> Callable[[Array, Array], Array]:
    """Moved by the largest entry, so that no exponential overflows."""

    def values(xp: Array, a: Array) -> Array:
        e = xp.exp(a - xp.largest(a, axis))
        return e / e.sum(axis=axis, keepdims=True)

    return values


def _logsumexp(axis: int) -> Callable[[Array, Array], Array]:
    def values(xp: Array, a: Array) -> Array:
        top = xp.largest(a, axis)
        return top + xp.log(xp.exp(a - top).sum(axis=axis, keepdims=True))

    return values


def _diag(ctx: Context, node: Node, v: Array) -> Array:
    return v * ctx.xp.eye(v.shape[-2])


def _diagpart(ctx: Context, node: Node, a: Array) -> Array:
    return (a * ctx.xp.eye(a.shape[-1])).sum(axis=-1, keepdims=True)


def _matpow(ctx: Context, node: Node, a: Array, k: Array) -> Array:
    base, result = a, ctx.xp.eye(a.shape[-1])
    power = int(node.args[1].number)
    if power < 0:
        base, power = ctx.xp.inv(a), -power
    for _ in range(power):
        result = ctx.xp.matmul(result, base)
    return result


SYMMETRIC = "(@1 + @1.T) / 2"


def _eigenvector_code(which: int) -> str:
    """The eigenvector with the sign that makes its largest entry positive."""
    sign = "(lambda v: v * np.sign(v[np.argmax(np.abs(v))]))"
    return f"{sign}(np.linalg.eigh({SYMMETRIC})[1][:, {which}])"


ROWS = [
    Op("matmul", "A @ B", "matrix product; of two vectors the dot product", _matmul_shape, _matmul, precedence=MUL),
    Op("chain_over", "prod(e, t)", "matrix product over an index range, the first factor on the left: in answers only", square, latex=r"\prod", precedence=MUL, kind="written"),
    Op("T", "A.T", "transpose; the transpose of a vector is a row", _transpose_shape, elementwise(lambda xp, a: flip(a)), r"@1^{\top}", precedence=POW),
    Op("inv", "inv(A)", "matrix inverse", square, elementwise(lambda xp, a: xp.inv(a)), r"@1^{-1}", "np.linalg.inv(#1)", precedence=POW, domain="invertible"),
    Op("matpow", "matpow(X, k)", "matrix power, k an integer", _matpow_shape, _matpow, r"@1^{#2}", "np.linalg.matrix_power(#1, #2)", precedence=POW),
    Op("det", "det(A)", "determinant", square_to_scalar, elementwise(lambda xp, a: xp.det(a)), r"\det\left(#1\right)", "np.linalg.det(#1)"),
    Op("logdet", "logdet(A)", "log of the determinant", square_to_scalar, elementwise(lambda xp, a: xp.log(xp.det(a))), r"\log\det\left(#1\right)", "np.log(np.linalg.det(#1))", "torch.logdet(#1)", domain="positive_determinant"),
    Op("eigmax", "eigmax(A)", "largest eigenvalue of a symmetric matrix", square_to_scalar, elementwise(lambda xp, a: xp.eig(a, -1)[0]), r"\lambda_{\max}\left(#1\right)", f"np.linalg.eigvalsh({SYMMETRIC})[-1]", holomorphic=False),
    Op("eigmin", "eigmin(A)", "smallest eigenvalue of a symmetric matrix", square_to_scalar, elementwise(lambda xp, a: xp.eig(a, 0)[0]), r"\lambda_{\min}\left(#1\right)", f"np.linalg.eigvalsh({SYMMETRIC})[0]", holomorphic=False),
    Op("eigvecmax", "eigvecmax(A)", "unit eigenvector of the largest eigenvalue of a symmetric matrix; its largest entry is positive", _diagpart_shape, elementwise(lambda xp, a: xp.eig(a, -1)[1]), r"\mathbf{v}_{\max}\left(#1\right)", _eigenvector_code(-1), holomorphic=False),
    Op("eigvecmin", "eigvecmin(A)", "unit eigenvector of the smallest eigenvalue of a symmetric matrix; its largest entry is positive", _diagpart_shape, elementwise(lambda xp, a: xp.eig(a, 0)[1]), r"\mathbf{v}_{\min}\left(#1\right)", _eigenvector_code(0), holomorphic=False),
    Op("trace", "trace(A)", "sum of the diagonal", square_to_scalar, lambda c, n, a: _total(c.xp, a * c.xp.eye(a.shape[-1])), r"\operatorname{tr}\left(#1\right)", "np.trace(#1)"),
    Op("diag", "diag(v)", "diagonal matrix of a vector", _diag_shape, _diag, r"\operatorname{diag}\left(#1\right)", "np.diag(#1)"),
    Op("diagpart", "diagpart(A)", "diagonal of a matrix, as a vector", _diagpart_shape, _diagpart, r"\operatorname{diagpart}\left(#1\right)", "np.diag(#1)"),
    Op("inner", "inner(A, B)", "sum of entry products, tr(A'B)", _pair_shape, elementwise(lambda xp, a, b: _total(xp, a * b)), r"\left\langle #1, #2\right\rangle", "np.sum(@1 * @2)"),
    Op("norm", "norm(x)", "Euclidean (Frobenius) norm", array_to_scalar, elementwise(lambda xp, a: xp.sqrt(_total(xp, a * a))), r"\left\lVert #1\right\rVert", "np.linalg.norm(#1)"),
    Op("sqnorm", "sqnorm(x)", "squared Euclidean (Frobenius) norm", array_to_scalar, elementwise(lambda xp, a: _total(xp, a * a)), r"\left\lVert #1\right\rVert^{2}", "np.sum(@1**2)", precedence=POW),
    Op("norm1", "norm1(x)", "sum of absolute values", array_to_scalar, elementwise(lambda xp, a: _total(xp, xp.where(xp.real(a) >= 0, a, -a))), r"\left\lVert #1\right\rVert_{1}", "np.sum(np.abs(#1))"),
    Op("sum", "sum(v)", "sum of all entries", array_to_scalar, elementwise(_total), code="np.sum(#1)"),
    Op("mean", "mean(v)", "mean of all entries", array_to_scalar, elementwise(_mean), r"\operatorname{mean}\left(#1\right)", "np.mean(#1)"),
    Op("var", "var(v)", "variance of all entries, divided by their number", array_to_scalar, elementwise(_variance), r"\operatorname{var}\left(#1\right)", "np.var(#1)", "torch.var(#1, correction=0)"),
    Op("rowsum", "rowsum(A)", "sum of each row, as a vector", _per_row, elementwise(lambda xp, a: a.sum(axis=-1, keepdims=True)), r"\operatorname{rowsum}\left(#1\right)", "np.sum(#1, axis=1)", "torch.sum(#1, dim=1)"),
    Op("colsum", "colsum(A)", "sum of each column, as a vector", _per_column, elementwise(lambda xp, a: flip(a.sum(axis=-2, keepdims=True))), r"\operatorname{colsum}\left(#1\right)", "np.sum(#1, axis=0)", "torch.sum(#1, dim=0)"),
    Op("reverse", "reverse(v)", "entries in reversed order", _vector_itself, lambda c, n, a: a[..., ::-1, :], r"\operatorname{reverse}\left(#1\right)", "@1[::-1]"),
    Op("reverse_rows", "reverse(A, rows)", "each row reversed", _matrix_only, lambda c, n, a: a[..., :, ::-1], r"\operatorname{reverse}_{\mathrm{row}}\left(#1\right)", "@1[:, ::-1]"),
    Op("reverse_columns", "reverse(A, columns)", "each column reversed", _matrix_only, lambda c, n, a: a[..., ::-1, :], r"\operatorname{reverse}_{\mathrm{col}}\left(#1\right)", "@1[::-1]"),
    Op("softmax", "softmax(v)", "exp(v) divided by its sum", _softmax_shape, elementwise(_softmax(-2)), r"\operatorname{softmax}\left(#1\right)", "np.exp(@1 - np.logaddexp.reduce(#1))", "torch.softmax(#1, dim=0)"),
    Op("softmax_rows", "softmax(S, rows)", "softmax of each row", _matrix_only, elementwise(_softmax(-1)), r"\operatorname{softmax}_{\mathrm{row}}\left(#1\right)", "np.exp(@1 - np.logaddexp.reduce(#1, axis=1, keepdims=True))", "torch.softmax(#1, dim=1)"),
    Op("logsumexp", "logsumexp(v)", "log of the sum of exponentials", _vector_only, elementwise(_logsumexp(-2)), r"\operatorname{logsumexp}\left(#1\right)", "np.logaddexp.reduce(#1)", "torch.logsumexp(#1, dim=0)"),
    Op("logsumexp_rows", "logsumexp(S, rows)", "log-sum-exp of each row, as a vector", _per_row, elementwise(_logsumexp(-1)), r"\operatorname{logsumexp}_{\mathrm{row}}\left(#1\right)", "np.logaddexp.reduce(#1, axis=1)", "torch.logsumexp(#1, dim=1)"),
    Op("eye", "eye(n)", "identity matrix", _eye_shape, lambda c, n, *v: c.xp.eye(c.size(n.shape.dims[0])), r"\mathbf{I}", "np.eye(#1)"),
    Op("ones", "ones(n), ones(m, n)", "all ones", _sized, _filled(1), r"\mathbf{1}", "np.ones(#*)"),  # type: ignore[arg-type]
    Op("zeros", "zeros(n), zeros(m, n)", "all zeros", _sized, _filled(0), r"\mathbf{0}", "np.zeros(#*)"),  # type: ignore[arg-type]
    Op("onehot", "onehot(j, n)", "unit vector number j", _onehot_shape, _onehot, r"\mathbf{e}_{#1}", "np.eye(#2)[#1 - 1]"),
]  # fmt: skip
