"""The array library the numeric column of the vocabulary asks for, over NumPy.

Every function is right to first order at complex points `a + 1e-30 i b`, which is what complex-step
derivatives need; outside its real domain (log of a negative number) it gives nan, never a complex value. To
add a function: a method here and in `derive.tree.border.SympySpace`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any
NOWHERE = complex(math.nan, math.nan)  # a complex step must not lose that there is no value
SINGULAR = 1e-12  # relative to the rows
_erf: Any = np.frompyfunc(math.erf, 1, 1)
_lgamma: Any = np.frompyfunc(math.lgamma, 1, 1)


def _is_complex(a: Array) -> bool:
    return bool(a.dtype.kind == "c")


class NumpySpace:
    """float64, complex128 while a complex step is under way."""

    pi = math.pi
    exp = staticmethod(np.exp)
    sin = staticmethod(np.sin)
    cos = staticmethod(np.cos)
    sinh = staticmethod(np.sinh)
    cosh = staticmethod(np.cosh)
    tanh = staticmethod(np.tanh)
    arctan = staticmethod(np.arctan)
    sign = staticmethod(np.sign)
    floor = staticmethod(np.floor)
    where = staticmethod(np.where)
    real = staticmethod(np.real)
    matmul = staticmethod(np.matmul)
    eye = staticmethod(np.eye)
    arange = staticmethod(np.arange)

    @staticmethod
    def full(shape: tuple[int, ...], value: float) -> Array:
        return np.full(shape, float(value))

    @staticmethod
    def number(value: Any) -> Array:
        return np.array([[value]], dtype=float)

    @staticmethod
    def eig(a: Array, which: int) -> tuple[Array, Array]:
        """An eigenvalue of a symmetric matrix (in ascending order) and its unit eigenvector, of which the entry
        of largest absolute value is positive."""
        values, vectors = np.linalg.eigh((a + np.swapaxes(a, -1, -2)) / 2)
        vector = vectors[..., which][..., None]
        places = np.argmax(np.abs(vector), axis=-2)[..., None, :]
        sign = np.sign(np.take_along_axis(vector, places, axis=-2))
        return values[..., which][..., None, None], vector * sign

    @staticmethod
    def inv(a: Array) -> Array:
        """The inverse of a matrix that is singular up to rounding has no value on this instance."""
        found = np.linalg.inv(a)
        size = np.max(np.abs(found), axis=(-1, -2), keepdims=True) * np.max(
            np.abs(a), axis=(-1, -2), keepdims=True
        )
        nowhere = NOWHERE if _is_complex(found) else math.nan
        return np.where(size * SINGULAR < 1, found, nowhere)

    @staticmethod
    def det(a: Array) -> Array:
        """A determinant that is rounding beside the rows it is made of has no value on this instance."""
        found = np.linalg.det(a)[..., None, None]
        scale = np.prod(np.linalg.norm(a, axis=-1), axis=-1)[..., None, None]
        return np.where(np.abs(found) > SINGULAR * scale, found, NOWHERE if _is_complex(found) else math.nan)

    @staticmethod
    def log(a: Array) -> Array:
        return np.where(a.real > 0, np.log(a), NOWHERE) if _is_complex(a) else np.log(a)

    @staticmethod
    def sqrt(a: Array) -> Array:
        return np.where(a.real >= 0, np.sqrt(a), NOWHERE) if _is_complex(a) else np.sqrt(a)

    @classmethod
    def power(cls, a: Array, k: Array) -> Array:
        """Integer powers by multiplication (any base), others over positive bases."""
        if not _is_complex(k):
            first = float(k.flat[0])
            if first.is_integer() and abs(first) <= 64 and (k.size == 1 or bool((k == first).all())):
                return _integer_power(a, int(first))
            if not _is_complex(a):
                return np.power(a, k)
        return np.exp(k * cls.log(a))

    @staticmethod
    def logfactorial(a: Array) -> Array:
        """log(a!) of real numbers above -1."""
        real = np.real(a)
        return np.where(real > -1, _lgamma(np.where(real > -1, real, 0) + 1).astype(float), math.nan)

    @staticmethod
    def erf(a: Array) -> Array:
        if not _is_complex(a):
            return _erf(a).astype(float)
        slope = 2 / math.sqrt(math.pi) * np.exp(-a.real * a.real)
        return _erf(a.real).astype(float) + 1j * slope * a.imag


def _integer_power(a: Array, k: int) -> Array:
    if k < 0:
        return 1 / _integer_power(a, -k)
    if k == 0:
        return a * 0 + 1.0
    result = None
    while True:
        if k & 1:
            result = a if result is None else result * a
        k >>= 1
        if not k:
            return result
        a = a * a
