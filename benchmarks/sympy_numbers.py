"""What SymPy's matrix expressions are worth on numbers, and how large they are. A further class: a row in VALUES.

SymPy's own ways to numbers (`doit`, `lambdify`, `as_explicit`) reorder or refuse what its derivatives contain, so the
tree is walked here, in NumPy. Arrays of higher rank are `(rows, columns, ...)` as SymPy has them.
"""

from __future__ import annotations

import functools
import math
from typing import Any, Callable, Mapping

import numpy as np
import sympy
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.tensor.array.expressions import array_expressions as arrays

DIAGONAL = sympy.matrices.expressions.diagonal.DiagMatrix
ENTRY = sympy.matrices.expressions.matexpr.MatrixElement
Values = Mapping[str, Any]
erf = np.vectorize(math.erf)


class Unknown(Exception):
    """A class of SymPy that has no row."""


def value(e: Any, at: Values) -> Any:
    """The array (or number) of an expression; `at` has the symbols by name."""
    for kind, evaluate in VALUES:
        if isinstance(e, kind):
            return evaluate(e, at)
    return _scalar(e, at)


def size(e: Any) -> int:
    """Nodes of the tree; a symbol is one, whatever its sizes, and so are an identity and a matrix of ones."""
    leaves = (
        sympy.MatrixSymbol,
        sympy.Identity,
        sympy.OneMatrix,
        sympy.ZeroMatrix,
        sympy.Rational,
        sympy.Symbol,
    )
    if isinstance(e, leaves) or not getattr(e, "args", ()):
        return 1
    if isinstance(e, ElementwiseApplyFunction):
        return size(e.function) + size(e.expr)
    if isinstance(e, sympy.Lambda):
        return size(e.expr)
    return 1 + sum(size(a) for a in e.args if not isinstance(a, sympy.core.containers.Tuple))


def _scalar(e: Any, at: Values) -> Any:
    """Arithmetic and functions of scalars, the arguments evaluated one by one."""
    if isinstance(e, (sympy.Integral, sympy.Derivative)):
        raise Unknown(type(e).__name__)
    if not e.args:
        return float(e)
    args = [np.squeeze(value(a, at)) for a in e.args]
    names = [sympy.Dummy() for _ in args]
    return sympy.lambdify(names, e.func(*names), [{"erf": erf}, "numpy"])(*args)


def _dims(e: Any, at: Values) -> list[int]:
    return [int(value(n, at)) for n in e.shape]


def _product(e: Any, at: Values) -> Any:
    out: Any = None
    for a in e.args:
        v = np.asarray(value(a, at), dtype=float)
        scalar = v.ndim < 2 or not getattr(a, "is_Matrix", False)
        out = v if out is None else (out * v if scalar or out.ndim < 2 else out @ v)
    return out


def _total(values: list[Any]) -> Any:
    """Without broadcasting, which would hide terms of different shapes."""
    if len({np.shape(v) for v in values}) > 1:
        raise Unknown("a sum of different shapes")
    return sum(values[1:], values[0])


def _permuted(e: Any, at: Values) -> Any:
    inner = value(e.expr, at)
    return np.transpose(inner, list(e.permutation.array_form) or range(inner.ndim))


def _outer(e: Any, at: Values) -> Any:
    out: Any = np.array(1.0)
    for a in e.args:
        out = np.multiply.outer(out, value(a, at))
    return out


def _merged(e: Any, at: Values, total: bool) -> Any:
    """Axes of each group made one (a diagonal, put last), or summed over it (a contraction)."""
    inner = value(e.expr, at)
    groups = [tuple(map(int, g)) for g in (e.contraction_indices if total else e.diagonal_indices)]
    taken = {i for g in groups for i in g}
    names = {i: i for i in range(inner.ndim)}
    for g in groups:
        names.update(dict.fromkeys(g, g[0]))
    out = [i for i in range(inner.ndim) if i not in taken]
    out += [] if total else [g[0] for g in groups]
    return np.einsum(inner, [names[i] for i in range(inner.ndim)], out)


def _elementwise(e: Any, at: Values) -> Any:
    f = sympy.lambdify(e.function.variables, e.function.expr, [{"erf": erf}, "numpy"])
    inner = value(e.expr, at)
    return np.broadcast_to(f(inner), np.shape(inner))


def _power(e: Any, at: Values) -> Any:
    base, k = value(e.base, at), float(value(e.exp, at))
    if base.shape == (1, 1):
        return base**k
    return np.linalg.matrix_power(base, int(k))


def _sum(e: Any, at: Values) -> Any:
    total: Any = 0.0
    for i in range(int(value(e.limits[0][1], at)), int(value(e.limits[0][2], at)) + 1):
        inner = e.function if len(e.limits) == 1 else sympy.Sum(e.function, *e.limits[1:])
        total = total + value(inner, {**at, e.limits[0][0].name: i})
    return total


def _matrix(e: Any, at: Values) -> Any:
    return np.array([[float(value(x, at)) for x in row] for row in e.tolist()])


VALUES: list[tuple[Any, Callable[[Any, Values], Any]]] = [
    (sympy.MatrixSymbol, lambda e, at: at[e.name]),
    (sympy.Symbol, lambda e, at: at[e.name]),
    (sympy.Identity, lambda e, at: np.eye(_dims(e, at)[0])),
    (sympy.OneMatrix, lambda e, at: np.ones(_dims(e, at))),
    (sympy.ZeroMatrix, lambda e, at: np.zeros(_dims(e, at))),
    (sympy.matrices.matrixbase.MatrixBase, _matrix),
    (sympy.MatMul, _product),
    (sympy.MatAdd, lambda e, at: _total([value(a, at) for a in e.args])),
    (sympy.Transpose, lambda e, at: value(e.arg, at).T),
    (sympy.Inverse, lambda e, at: np.linalg.inv(value(e.arg, at))),
    (sympy.MatPow, _power),
    (sympy.HadamardProduct, lambda e, at: np.prod(np.stack([value(a, at) for a in e.args]), axis=0)),
    (sympy.HadamardPower, lambda e, at: value(e.base, at) ** value(e.exp, at)),
    (ElementwiseApplyFunction, _elementwise),
    (sympy.Trace, lambda e, at: np.trace(value(e.arg, at))),
    (sympy.Determinant, lambda e, at: np.linalg.det(value(e.arg, at))),
    (DIAGONAL, lambda e, at: np.diag(np.ravel(value(e.args[0], at)))),
    (ENTRY, lambda e, at: value(e.parent, at)[int(value(e.i, at)), int(value(e.j, at))]),
    (sympy.Sum, _sum),
    (sympy.KroneckerProduct, lambda e, at: functools.reduce(np.kron, [value(a, at) for a in e.args])),
    (sympy.KroneckerDelta, lambda e, at: float(value(e.args[0], at) == value(e.args[1], at))),
    (arrays.ArrayTensorProduct, _outer),
    (arrays.ArrayAdd, lambda e, at: _total([value(a, at) for a in e.args])),
    (arrays.PermuteDims, _permuted),
    (arrays.ArrayContraction, lambda e, at: _merged(e, at, True)),
    (arrays.ArrayDiagonal, lambda e, at: _merged(e, at, False)),
    (arrays.ArrayElementwiseApplyFunc, _elementwise),
    (arrays.OneArray, lambda e, at: np.ones(_dims(e, at))),
    (arrays.ZeroArray, lambda e, at: np.zeros(_dims(e, at))),
]  # fmt: skip
