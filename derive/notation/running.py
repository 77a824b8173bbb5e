"""Layers that run: what `shape`, `params` and `macs` mean, found by running a NumPy layer and looking.

Nothing here knows a formula: windows are those of a strided view of a padded array, parameters are the entries
of the arrays that hold them, and multiply-accumulates are the products that are formed. All numbers are
zero-stride ones, so that a real network fits into memory; of very many windows that are alike some are multiplied and
the others counted. To add a layer: a row in RUNS and in HELD.
"""

from __future__ import annotations

import math
from itertools import islice, product
from typing import TYPE_CHECKING, Any, Callable, Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from derive.errors import NotEvaluated
from derive.notation.environment import Environment
from derive.tree.nodes import Node
from derive.vocabulary.layers import Layer

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any
At = Mapping[str, int]
MOST_PLACES = 400  # windows that are really multiplied; the others of a strided view are counted

Options = dict[str, tuple[int, ...]]


def _ones(*dims: int) -> Array:
    return np.broadcast_to(np.int8(1), dims)


def _options(ev: Evaluator, layer: Layer, at: At) -> Options:
    return {name: tuple(ev.count(size, at) for size in sizes) for name, sizes in layer.options}


# ---------------------------------------------------------------- running: (output, products formed)


def _windows(x: Array, o: Options) -> Array:
    """Every window of the input: (*batch, channels, *positions, *kernel)."""
    sides = len(o["kernel"])
    width = [(0, 0)] * (x.ndim - sides) + [(p, p) for p in o["padding"]]
    padded = np.pad(x, width) if any(o["padding"]) else x
    dilation = o.get("dilation", (1,) * sides)
    spans = tuple(d * (k - 1) + 1 for d, k in zip(dilation, o["kernel"], strict=True))
    if any(s < 1 for s in o["stride"]):
        raise NotEvaluated("a stride of 0")
    try:
        seen = sliding_window_view(padded, spans, axis=tuple(range(-sides, 0)))
    except ValueError:
        raise NotEvaluated("the kernel is larger than its input") from None
    steps = tuple(slice(None, None, s) for s in o["stride"])
    holes = tuple(slice(None, None, d) for d in dilation)
    window: Array = seen
    return window[(..., *steps, *holes)]


def _convolve(x: Array, o: Options) -> tuple[Array, int]:
    sides, groups = len(o["kernel"]), o["groups"][0]
    c_in, c_out = o["c_in"][0], o["c_out"][0]
    if c_in % groups or c_out % groups or x.shape[-sides - 1] != c_in:
        raise NotEvaluated("the channels do not divide into the groups")
    seen = _windows(x, o)
    weights = _ones(c_out // groups, c_in // groups, *o["kernel"])
    batch = x.shape[: -sides - 1]
    positions = seen.shape[len(batch) + 1 : -sides]
    places = math.prod(batch) * math.prod(positions)
    products = run = 0
    for place in islice(product(np.ndindex(*batch), np.ndindex(*positions)), MOST_PLACES):
        for g in range(groups):
            channels = slice(g * (c_in // groups), (g + 1) * (c_in // groups))
            window = seen[(*place[0], channels, *place[1])]
            products += (weights * window).size
        run += 1
    products += products // max(run, 1) * (places - run)  # the windows of one strided view are alike
    return _ones(*batch, c_out, *positions), products


def _pool(x: Array, o: Options) -> tuple[Array, int]:
    return _ones(*_windows(x, o).shape[: -len(o["kernel"])]), 0


def _linear(x: Array, o: Options) -> tuple[Array, int]:
    weights = _ones(o["n_out"][0], o["n_in"][0])
    products = run = 0
    for at in islice(np.ndindex(*x.shape[:-1]), MOST_PLACES):
        products += (weights * x[at]).size
        run += 1
    products += products // max(run, 1) * (math.prod(x.shape[:-1]) - run)
    return _ones(*x.shape[:-1], len(weights)), products


def _attend(x: Array, o: Options) -> tuple[Array, int]:
    """Three projections, scores and weighted sums of every head, the projection of the output."""
    n, d = x.shape[-2:]
    heads = o["heads"][0]
    if d % heads:
        raise NotEvaluated("the heads do not divide the width")
    products = 0
    for _ in np.ndindex(*x.shape[:-2]):
        for _ in range(4):
            products += _linear(_ones(n, d), {"n_in": (d,), "n_out": (d,)})[1]
        for _ in range(heads):
            part = d // heads
            products += _linear(_ones(n, part), {"n_in": (part,), "n_out": (n,)})[1]
            products += _linear(_ones(n, n), {"n_in": (n,), "n_out": (part,)})[1]
    return x, products


RUNS: dict[str, Callable[[Array, Options], tuple[Array, int]]] = {
    "Conv1d": _convolve,
    "Conv2d": _convolve,
    "MaxPool1d": _pool,
    "MaxPool2d": _pool,
    "AvgPool1d": _pool,
    "AvgPool2d": _pool,
    "Linear": _linear,
    "Flatten": lambda x, o: (_ones(*x.shape[:-3], len(x[(0,) * (x.ndim - 3)].ravel())), 0),
    "Embedding": lambda x, o: (_ones(*x.shape, o["d"][0]), 0),
    "LayerNorm": lambda x, o: (x, 0),
    "BatchNorm1d": lambda x, o: (x, 0),
    "BatchNorm2d": lambda x, o: (x, 0),
    "Attention": _attend,
}


# ---------------------------------------------------------------- the arrays that hold the parameters


def _kernels(o: Options) -> list[Array]:
    if o["c_in"][0] % o["groups"][0] or o["c_out"][0] % o["groups"][0]:
        raise NotEvaluated("the channels do not divide into the groups")
    held = [_ones(o["c_out"][0], o["c_in"][0] // o["groups"][0], *o["kernel"])]
    return held + ([_ones(o["c_out"][0])] if o["bias"][0] else [])


def _affine(o: Options) -> list[Array]:
    return [_ones(o["n_out"][0], o["n_in"][0])] + ([_ones(o["n_out"][0])] if o["bias"][0] else [])


def _projections(o: Options) -> list[Array]:
    d, part = o["d"][0], o["d"][0] // o["heads"][0]
    if d % o["heads"][0]:
        raise NotEvaluated("the heads do not divide the width")
    held = [_ones(part, d) for _ in range(3 * o["heads"][0])] + [_ones(d, d)]
    return held + ([_ones(d) for _ in range(4)] if o["bias"][0] else [])


HELD: dict[str, Callable[[Options], list[Array]]] = {
    "Conv1d": _kernels,
    "Conv2d": _kernels,
    "MaxPool1d": lambda o: [],
    "MaxPool2d": lambda o: [],
    "AvgPool1d": lambda o: [],
    "AvgPool2d": lambda o: [],
    "Linear": _affine,
    "Flatten": lambda o: [],
    "Embedding": lambda o: [_ones(o["v"][0], o["d"][0])],
    "LayerNorm": lambda o: [_ones(o["n"][0]), _ones(o["n"][0])],
    "BatchNorm1d": lambda o: [_ones(o["n"][0]), _ones(o["n"][0])],
    "BatchNorm2d": lambda o: [_ones(o["c"][0]), _ones(o["c"][0])],
    "Attention": _projections,
}


# ---------------------------------------------------------------- values of the verbs


def _run(ev: Evaluator, node: Node, at: At) -> tuple[Array, int]:
    """The output of a tower of layers (or any array of its shape), and the products of its top layer."""
    if node.op != "layer_output":
        dims = tuple(ev.count(size, at) for size in node.shape.dims)
        return _ones(*dims), 0
    layer = node.data
    assert isinstance(layer, Layer)
    below, _ = _run(ev, node.args[0], at)
    return RUNS[layer.kind](below, _options(ev, layer, at))


def shape(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    output, _ = _run(ev, node.args[0], at)
    return np.array(output.shape, dtype=float).reshape(-1, 1)


def macs(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    return np.full((1, 1), float(_run(ev, node.args[0], at)[1]))


def params(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    layer = node.args[0].data
    assert isinstance(layer, Layer)
    held = HELD[layer.kind](_options(ev, layer, at))
    return np.full((1, 1), float(sum(array.size for array in held)))


def refuse(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    raise NotEvaluated("the output of a layer has no values: ask for its shape")


__all__ = ["macs", "params", "refuse", "shape"]
