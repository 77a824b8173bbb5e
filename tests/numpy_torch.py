"""A stand-in for PyTorch: the names and signatures that generated code uses, computed by NumPy.

PyTorch is too heavy to test with; what it does differently from NumPy (`dim` for `axis`, `.to`) is said here. One more
name of PyTorch is one more line.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np

Array = Any


class Tensor(np.ndarray[Any, Any]):
    """An array that can be moved to the kind of another, and that no other library can be confused with."""

    def to(self, other: Array) -> Tensor:
        assert isinstance(other, Tensor)
        return self.astype(other.dtype).view(Tensor)


def tensor(value: Array) -> Tensor:
    return np.asarray(value, dtype=float).view(Tensor)


def _of_tensors(f: Any) -> Any:
    """PyTorch takes tensors: `torch.sqrt(3)` is an error."""

    def call(*args: Array, **options: Any) -> Tensor:
        assert isinstance(args[0], np.ndarray), "torch takes tensors"
        return tensor(f(*args, **options))

    return call


def _softmax(a: Array, dim: int) -> Array:
    return np.exp(a) / np.sum(np.exp(a), axis=dim, keepdims=True)


def _where(condition: Array, a: Array, b: Array) -> Tensor:
    assert isinstance(condition, np.ndarray), "torch takes tensors"
    return tensor(np.where(condition, a, b))


def _single(f: Any) -> Any:
    return lambda *sizes: np.asarray(f(*sizes), dtype=np.float32).view(
        Tensor
    )  # the default precision of PyTorch


_erf = np.vectorize(math.erf)
ELEMENTWISE = "exp log sqrt sin cos sinh cosh tanh arctan sign abs".split()

torch = SimpleNamespace(
    **{name: _of_tensors(getattr(np, name)) for name in ELEMENTWISE},
    **{name: _of_tensors(getattr(np, name)) for name in ("trace", "diag", "mean", "outer")},
    **{name: _single(getattr(np, name)) for name in ("eye", "ones", "zeros")},
    where=_where,
    sum=_of_tensors(lambda a, dim=None: np.sum(a, axis=dim)),
    var=_of_tensors(lambda a, correction: np.var(a, ddof=correction)),
    sigmoid=_of_tensors(lambda a: 1 / (1 + np.exp(-a))),
    relu=_of_tensors(lambda a: np.maximum(a, 0)),
    erf=_of_tensors(_erf),
    logdet=_of_tensors(lambda a: np.log(np.linalg.det(a))),
    logsumexp=_of_tensors(lambda a, dim: np.log(np.sum(np.exp(a), axis=dim))),
    softmax=_of_tensors(_softmax),
    special=SimpleNamespace(ndtr=_of_tensors(lambda a: 0.5 * (1 + _erf(a / math.sqrt(2))))),
    linalg=SimpleNamespace(
        **{n: _of_tensors(getattr(np.linalg, n)) for n in ("inv", "det", "norm", "matrix_power")}
    ),
    nn=SimpleNamespace(
        functional=SimpleNamespace(
            softplus=_of_tensors(lambda a: np.log1p(np.exp(a))),
            logsigmoid=_of_tensors(lambda a: -np.log1p(np.exp(-a))),
        )
    ),
)
