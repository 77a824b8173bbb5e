"""What tensorgrad's tensors are worth on numbers, and how large they are. A further function: a row in FUNCTIONS.

Its own evaluator needs named tensors, which PyTorch has dropped; so the tree is walked here, in NumPy.
"""

from __future__ import annotations

import math
from typing import Any, Mapping

import numpy as np
from tensorgrad.tensor import Delta, Function, Product, Rename, Sum, Variable, Zero

Labelled = tuple[Any, list[str]]  # an array and the names of its axes

FUNCTIONS = {
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "erf": np.vectorize(math.erf),
}


class Unknown(Exception):
    """A tensor or a function that has no row."""


def value(t: Any, values: Mapping[str, Any], sizes: Mapping[Any, int]) -> Labelled:
    """`values` by the names of variables, in the order of their edges; `sizes` by symbol."""
    if isinstance(t, Variable):
        shape = [sizes[s] for s in t.shape.values()]
        return np.reshape(values[t.name], shape), list(t.edges)
    if isinstance(t, Rename):
        array, edges = value(t.tensor, values, sizes)
        return array, [t.mapping.get(e, e) for e in edges]
    if isinstance(t, Delta):
        n = sizes[t.size]
        if not t.edges:
            return np.array(float(n)), []
        array = np.zeros([n] * len(t.edges))
        array[(np.arange(n),) * len(t.edges)] = 1
        return array, list(t.edges)
    if isinstance(t, Zero):
        return np.zeros([sizes[s] for s in t.shape.values()]), list(t.edges)
    if isinstance(t, Sum):
        terms = [aligned(value(u, values, sizes), list(t.edges)) for u in t.terms]
        return sum(float(w) * v for w, v in zip(t.weights, terms, strict=True)), list(t.edges)
    if isinstance(t, Product):
        return _product([value(u, values, sizes) for u in t.factors], list(t.edges))
    if isinstance(t, Function):
        return _function(t, [value(u, values, sizes) for u in t.inputs])
    raise Unknown(type(t).__name__)


def aligned(labelled: Labelled, edges: list[str]) -> Any:
    array, own = labelled
    if set(own) != set(edges):
        raise Unknown(f"edges {own}")
    return np.transpose(array, [own.index(e) for e in edges])


def _product(factors: list[Labelled], edges: list[str]) -> Labelled:
    number = {e: i for i, e in enumerate(dict.fromkeys(e for _, own in factors for e in own))}
    operands: list[Any] = []
    for array, own in factors:
        operands += [array, [number[e] for e in own]]
    return np.einsum(*operands, [number[e] for e in edges], optimize=True) if factors else np.array(
        1.0
    ), edges


def _function(t: Any, inputs: list[Labelled]) -> Labelled:
    name = t.signature.name
    ((array, edges),) = inputs
    if name.startswith("pow"):
        return np.power(array, float(t.signature.k)), edges
    if name in FUNCTIONS:
        return FUNCTIONS[name](array), edges
    if name in ("inv", "det"):
        own = sorted(t.signature.inputs[0])
        rest = [e for e in edges if e not in own]
        matrix = aligned((array, edges), [*rest, *own])
        if name == "det":
            return np.linalg.det(matrix), rest
        return np.linalg.inv(matrix), [*rest, own[1], own[0]]  # equal names cancel
    raise Unknown(name)


def inside(t: Any) -> list[Any]:
    for attribute in ("factors", "terms", "inputs"):
        if hasattr(t, attribute):
            return list(getattr(t, attribute))
    return [t.tensor] if hasattr(t, "tensor") else []


def size(t: Any) -> int:
    """Tensors of the tree; renaming edges is free."""
    return (not isinstance(t, Rename)) + sum(size(u) for u in inside(t))
