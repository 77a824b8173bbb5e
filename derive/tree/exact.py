"""Arrays of SymPy entries: exact rationals, 50 digits of everything else, derivatives by SymPy's `diff`.

The independent half of the second opinion. SymPy itself comes from `border`; import this inside a function.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Callable, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.tree.border import FUNCTIONS, sp

Array = Any
Expr = Any
DIGITS = 50


def _entrywise(name: str) -> Callable[[Array], Array]:
    """A function on object arrays: numbers become 50 digits at once, so expressions stay small."""

    def apply(z: Expr) -> Expr:
        value = FUNCTIONS[name](z)
        return sp.N(value, DIGITS) if value.is_number else value

    ufunc = np.frompyfunc(apply, 1, 1)
    return lambda a: ufunc(np.asarray(a, dtype=object))


class SympySpace:
    """Object arrays of SymPy numbers and expressions. `where` refuses: no derivative at a kink."""

    pi = sp.N(sp.pi, DIGITS)
    exp = staticmethod(_entrywise("exp"))
    log = staticmethod(_entrywise("log"))
    sqrt = staticmethod(_entrywise("sqrt"))
    sin = staticmethod(_entrywise("sin"))
    cos = staticmethod(_entrywise("cos"))
    sinh = staticmethod(_entrywise("sinh"))
    cosh = staticmethod(_entrywise("cosh"))
    tanh = staticmethod(_entrywise("tanh"))
    arctan = staticmethod(_entrywise("arctan"))
    erf = staticmethod(_entrywise("erf"))
    matmul = staticmethod(np.matmul)
    arange = staticmethod(np.arange)

    @staticmethod
    def real(a: Array) -> Array:
        return a

    @staticmethod
    def where(condition: Array, a: Array, b: Array) -> Array:
        raise NotEvaluated("no derivative at a kink")

    @staticmethod
    def number(value: Fraction | int) -> Array:
        exact = value if isinstance(value, sp.Basic) else sp.Rational(Fraction(value))
        return np.array([[exact]], dtype=object)

    @staticmethod
    def full(shape: tuple[int, ...], value: int) -> Array:
        return np.full(shape, sp.Integer(value), dtype=object)

    @staticmethod
    def eye(n: int) -> Array:
        return np.array(sp.eye(n).tolist(), dtype=object)

    @staticmethod
    def largest(a: Array, axis: int) -> Array:
        """Nothing overflows here."""
        return sp.Integer(0)

    @classmethod
    def sigmoid(cls, a: Array) -> Array:
        return 1 / (1 + cls.exp(-a))

    @classmethod
    def softplus(cls, a: Array) -> Array:
        return cls.log(1 + cls.exp(a))

    @staticmethod
    def power(a: Array, k: Array) -> Array:
        return np.asarray(a**k, dtype=object)

    @staticmethod
    def inv(a: Array) -> Array:
        matrix = sp.Matrix(a)
        if matrix.det(method="berkowitz") == 0:
            raise NotEvaluated("a matrix is singular")
        return np.array(matrix.inv(method="ADJ").tolist(), dtype=object)

    @staticmethod
    def det(a: Array) -> Array:
        return np.array([[sp.Matrix(a).det(method="berkowitz")]], dtype=object)

    @staticmethod
    def eig(a: Array, which: int) -> tuple[Array, Array]:
        raise NotEvaluated("eigenvalues are not taken exactly")

    @staticmethod
    def logfactorial(a: Array) -> Array:
        raise NotEvaluated("log-factorials are not taken exactly")

    @staticmethod
    def rational(values: Array, denominator: int = 32) -> Array:
        """Floats rounded to multiples of 1/32; values that are multiples already stay what they are."""
        rounded = [[sp.Rational(round(float(x) * denominator), denominator) for x in row] for row in values]
        return np.array(rounded, dtype=object)


class WideSpace(SympySpace):
    """Numbers only, of any size: what floats overflow at. Comparisons are decided, so `where` does not refuse."""

    @staticmethod
    def where(condition: Array, a: Array, b: Array) -> Array:
        return np.where(np.asarray(condition, dtype=bool), a, b)

    @staticmethod
    def sign(a: Array) -> Array:
        return np.frompyfunc(sp.sign, 1, 1)(a)

    @staticmethod
    def exact(values: Array) -> Array:
        """Given floats, with as many digits as they have."""
        return np.array([[sp.Float(float(x), DIGITS) for x in row] for row in values], dtype=object)

    @staticmethod
    def floats(values: Array) -> Array:
        """inf where a number is too large, nan where it is none."""
        found = [[sp.N(sp.sympify(x), DIGITS) for x in row] for row in values]
        return np.array([[float(x) if x.is_real and x.is_finite else math.nan for x in row] for row in found])


def unknowns(rows: int, columns: int, stem: str) -> Array:
    """A matrix of fresh real symbols."""
    return np.array([[sp.Symbol(f"{stem}_{i}_{j}", real=True) for j in range(columns)] for i in range(rows)])


def slopes(values: Array, symbols: Array, point: Array, between: Callable[[], None]) -> Array:
    """d values / d symbols at the point, by `diff`, entry by entry: (symbols, rows, columns).

    `between` is called before each entry, to look at the clock.
    """
    at = dict(zip(symbols.ravel(), point.ravel(), strict=True))
    found = []
    for symbol in symbols.ravel():
        between()
        found.append([[_at(sp.diff(sp.sympify(e), symbol), at) for e in row] for row in values])
    return np.array(found, dtype=object)


def curvatures(value: Expr, symbols: Array, point: Array, between: Callable[[], None]) -> Array:
    """The Hessian of one entry at the point."""
    at = dict(zip(symbols.ravel(), point.ravel(), strict=True))
    found = []
    for symbol in symbols.ravel():
        between()
        first = sp.diff(sp.sympify(value), symbol)
        found.append([_at(sp.diff(first, other), at) for other in symbols.ravel()])
    return np.array(found, dtype=object)


def _at(expression: Expr, point: Mapping[Expr, Expr]) -> Expr:
    return expression.evalf(DIGITS, subs=point) if expression.free_symbols else sp.N(expression, DIGITS)


def largest(values: Array) -> float:
    """The largest absolute entry; nan where an entry is no number."""
    entries = [abs(sp.N(sp.sympify(e), DIGITS)) for e in np.asarray(values, dtype=object).ravel()]
    return max((float(e) if e.is_number and e.is_finite else float("nan") for e in entries), default=0.0)
