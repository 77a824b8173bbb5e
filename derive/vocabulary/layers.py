"""Rows: layers of a network (`Conv2d(3, 64, kernel=11)`) and what is asked of them: shape, params, macs.

A layer's sizes are known when it is declared; the formulas that a derivation prints stand in its row, in the
notation of problem files. How a layer is run, to check them: `derive.notation.running`.
To add a layer: a row in LAYERS, and how it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping

from derive.tree.nodes import SCALAR, Node, Shape, vector
from derive.tree.sizes import Size
from derive.vocabulary.op import Op, fail

LAYER = Shape("layer")
Dims = tuple[Size, ...]


@dataclass(frozen=True)
class Layer:
    """A declared layer; `options` are sizes by name, one for every side of the input where they have sides."""

    name: str
    kind: str
    options: tuple[tuple[str, tuple[Size, ...]], ...]
    inner: tuple[Layer, ...] = ()  # of a Sequence

    def __getitem__(self, option: str) -> Size:
        return self.all(option)[0]

    def all(self, option: str) -> tuple[Size, ...]:
        return dict(self.options)[option]

    def is_one(self, option: str) -> bool:
        return all(size == Size.of(1) for size in self.all(option))

    @property
    def names(self) -> frozenset[str]:
        """The sizes that nothing fixes."""
        own = frozenset(n for _, sizes in self.options for size in sizes for n in size.names)
        return own.union(*(layer.names for layer in self.inner))

    @property
    def row(self) -> Kind:
        return LAYERS[self.kind]


@dataclass(frozen=True)
class Kind:
    """`required` and `defaults` are options in order; an option of `sided` may have a size for every side.

    `sides` names the axes a layer slides over. `out` gives the output's sizes from the input's as formulas over
    the names of `names_of`; `params` and `macs` are one formula each, '' where nothing is counted.
    """

    signature: str
    meaning: str
    required: tuple[str, ...]
    defaults: Mapping[str, int | str]
    sides: tuple[str, ...]
    rank: int  # axes of one example; more in front are a batch
    out: Callable[[Layer], tuple[str, ...]]
    params: Callable[[Layer], str]
    macs: Callable[[Layer], str]
    axes: tuple[str, ...] = ()  # names of the input's axes in the formulas


SIDED = ("kernel", "stride", "padding", "dilation")
LETTERS = {"kernel": "k", "stride": "s", "padding": "p", "dilation": "d", "groups": "g", "heads": "n_heads"}


def letter(layer: Layer, option: str, side: int) -> str:
    """`k`, or `k_h` where the sides differ."""
    sizes = layer.all(option)
    name = LETTERS.get(option, option)
    return name if len(set(sizes)) == 1 else f"{name}_{layer.row.sides[side]}"


def names_of(layer: Layer) -> dict[str, Size]:
    """The names that stand in the formulas of a layer, with their values."""
    found: dict[str, Size] = {}
    for option, sizes in layer.options:
        for side, size in enumerate(sizes):
            found[letter(layer, option, side) if len(sizes) > 1 else LETTERS.get(option, option)] = size
    return found


def slid(layer: Layer, side: int) -> str:
    """The length of the output along a side: how many windows fit."""
    n, k, s, p = layer.row.sides[side], *(letter(layer, o, side) for o in ("kernel", "stride", "padding"))
    dilated = "dilation" in dict(layer.options) and not layer.is_one("dilation")
    width = f"{letter(layer, 'dilation', side)} * ({k} - 1) - 1" if dilated else k
    return f"floor(({n} + 2 * {p} - {width}) / {s}) + 1"


def _window(layer: Layer) -> str:
    """The number of entries of a kernel, for one input channel."""
    kernel = layer.all("kernel")
    if len(set(kernel)) == 1:
        return "k" if len(kernel) == 1 else f"k**{len(kernel)}"
    return " * ".join(letter(layer, "kernel", side) for side in range(len(kernel)))


def _per_output(layer: Layer) -> str:
    """Multiplications behind one entry of a convolution's output."""
    channels = "c_in" if layer.is_one("groups") else "c_in / g"
    return f"{channels} * {_window(layer)}"


def _conv_out(layer: Layer) -> tuple[str, ...]:
    return ("c_out", *(slid(layer, side) for side in range(len(layer.row.sides))))


def _conv_macs(layer: Layer) -> str:
    outputs = " * ".join(f"{side}_out" for side in layer.row.sides)
    return f"c_out * {outputs} * {_per_output(layer)}"


def _conv_params(layer: Layer) -> str:
    return f"c_out * ({_per_output(layer)} + 1)" if layer.is_one("bias") else f"c_out * {_per_output(layer)}"


def _conv(dims: int) -> Kind:
    sides = ("l",) if dims == 1 else ("h", "w")
    return Kind(
        f"Conv{dims}d(c_in, c_out, kernel=3, stride=1, padding=0, dilation=1, groups=1, bias=yes)",
        f"convolution over {dims} side{'s' * (dims > 1)}",
        ("c_in", "c_out", "kernel"),
        {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": 1},
        sides,
        dims + 1,
        _conv_out,
        _conv_params,
        _conv_macs,
        ("c", *sides),
    )


def _pool(word: str, dims: int) -> Kind:
    sides = ("l",) if dims == 1 else ("h", "w")
    return Kind(
        f"{word}Pool{dims}d(kernel=2, stride=2, padding=0)",
        f"{'largest entry' if word == 'Max' else 'mean'} of each window; the stride is the kernel unless given",
        ("kernel",),
        {"stride": "kernel", "padding": 0},
        sides,
        dims + 1,
        lambda layer: ("c", *(slid(layer, side) for side in range(dims))),
        lambda layer: "0",
        lambda layer: "0",
        ("c", *sides),
    )


def _linear_params(layer: Layer) -> str:
    return "n_out * (n_in + 1)" if layer.is_one("bias") else "n_out * n_in"


def _attention_params(layer: Layer) -> str:
    return "4 * d * (d + 1)" if layer.is_one("bias") else "4 * d**2"


LAYERS: dict[str, Kind] = {
    "Conv1d": _conv(1),
    "Conv2d": _conv(2),
    "MaxPool1d": _pool("Max", 1),
    "MaxPool2d": _pool("Max", 2),
    "AvgPool1d": _pool("Avg", 1),
    "AvgPool2d": _pool("Avg", 2),
    "Linear": Kind(
        "Linear(n_in, n_out, bias=yes)", "affine map of the last axis", ("n_in", "n_out"), {"bias": 1}, (), 1,
        lambda layer: ("n_out",), _linear_params, lambda layer: "n_out * n_in", ("n_in",),
    ),
    "Flatten": Kind(
        "Flatten()", "all axes in a row", (), {}, (), 3,
        lambda layer: ("c * h * w",), lambda layer: "0", lambda layer: "0", ("c", "h", "w"),
    ),
    "Embedding": Kind(
        "Embedding(v, d)", "a vector for each of v words", ("v", "d"), {}, (), 1,
        lambda layer: ("n", "d"), lambda layer: "v * d", lambda layer: "0", ("n",),
    ),
    "LayerNorm": Kind(
        "LayerNorm(n)", "normalisation of the last axis with a scale and a shift per entry", ("n",), {}, (), 1,
        lambda layer: ("n",), lambda layer: "2 * n", lambda layer: "", ("n",),
    ),
    "BatchNorm1d": Kind(
        "BatchNorm1d(n)", "normalisation over the batch with a scale and a shift per feature", ("n",), {}, (), 1,
        lambda layer: ("n",), lambda layer: "2 * n", lambda layer: "", ("n",),
    ),
    "BatchNorm2d": Kind(
        "BatchNorm2d(c)", "normalisation over the batch with a scale and a shift per channel", ("c",), {}, (), 3,
        lambda layer: ("c", "h", "w"), lambda layer: "2 * c", lambda layer: "", ("c", "h", "w"),
    ),
    "Attention": Kind(
        "Attention(d, heads=1, bias=yes)", "multi-head self-attention with four projections d by d",
        ("d",), {"heads": 1, "bias": 1}, (), 2,
        lambda layer: ("n", "d"), _attention_params, lambda layer: "4 * n * d**2 + 2 * n**2 * d", ("n", "d"),
    ),
}  # fmt: skip

CHANNELS = {  # the option that the size of an input axis must equal, and which axis
    "Conv1d": ("c_in", 0), "Conv2d": ("c_in", 0), "Linear": ("n_in", 0),
    "LayerNorm": ("n", 0), "BatchNorm1d": ("n", 0), "BatchNorm2d": ("c", 0), "Attention": ("d", 1),
}  # fmt: skip


def input_sizes(layer: Layer, shape: Shape) -> tuple[Dims, Dims]:
    """The batch axes of an input and those of one example; ShapeError where the layer cannot take it."""
    kind = layer.row
    wanted = f"tensor({', '.join(kind.axes)})" if kind.rank > 1 else f"vector({kind.axes[0]})"
    if shape.kind in ("row", "function", "layer", "scalar") or len(shape.dims) < kind.rank:
        raise fail(f"{layer.name} takes {wanted}, got {shape}", "a batch goes in front of these axes")
    cut = len(shape.dims) - kind.rank
    batch, own = shape.dims[:cut], shape.dims[cut:]
    if layer.kind in CHANNELS:
        option, axis = CHANNELS[layer.kind]
        if own[axis] != layer[option]:
            hint = f"declare {layer.name} with {option} = {own[axis]}, or give it another input"
            raise fail(f"{layer.name} takes {option} = {layer[option]}, got {own[axis]} of {shape}", hint)
    for side, name in enumerate(kind.sides):
        room = own[1 + side] + 2 * layer.all("padding")[side]
        kernel = layer.all("kernel")[side]
        width = (
            1 + layer.all("dilation")[side] * (kernel - 1) if "dilation" in dict(layer.options) else kernel
        )
        spare = (room - width).constant
        if spare is not None and spare < 0:
            raise fail(
                f"the kernel of {layer.name} is {width} along {name}, its input {room} with padding",
                "a larger padding, or a smaller kernel",
            )
    return batch, own


def output_size(layer: Layer, side: int, n: Size) -> Size:
    """(n + 2p - d(k - 1) - 1) / s rounded down, + 1; a name of its own where that is no polynomial."""
    stride, padding = layer.all("stride")[side], layer.all("padding")[side]
    dilation = layer.all("dilation")[side] if "dilation" in dict(layer.options) else Size.of(1)
    room = n + 2 * padding - dilation * (layer.all("kernel")[side] - 1) - 1
    if stride == Size.of(1):
        return room + 1
    if room.constant is not None and stride.constant is not None:
        return Size.of(room.constant // stride.constant + 1)
    return Size.of(f"{layer.name}_{layer.row.sides[side]}")


def output_shape(layer: Layer, shape: Shape) -> Shape:
    batch, own = input_sizes(layer, shape)
    if layer.row.sides:
        channels = layer["c_out"] if layer.kind.startswith("Conv") else own[0]
        own = (channels, *(output_size(layer, side, n) for side, n in enumerate(own[1:])))
    elif layer.kind == "Linear":
        own = (layer["n_out"],)
    elif layer.kind == "Flatten":
        own = (own[0] * own[1] * own[2],)
    elif layer.kind == "Embedding":
        own = (own[0], layer["d"])
    dims = (*batch, *own)
    return Shape({1: "vector", 2: "matrix"}.get(len(dims), "tensor"), dims)


def _applied(args: tuple[Node, ...], data: object) -> Shape:
    assert isinstance(data, Layer)
    return output_shape(data, args[0].shape)


def _shape_of(args: tuple[Node, ...], data: object) -> Shape:
    if not args[0].shape.dims:
        raise fail(f"expects an array, got {args[0].shape}", "write shape(conv(X))")
    return vector(len(args[0].shape.dims))


def _params(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].shape != LAYER:
        raise fail("takes a layer", "write params(conv)")
    return SCALAR


def _macs(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].op != "layer_output":
        raise fail("takes a layer with its input", "write macs(conv(X))")
    layer = args[0].data
    assert isinstance(layer, Layer)
    if not layer.row.macs(layer):
        raise fail(f"the multiply-accumulates of {layer.kind} are not counted")
    return SCALAR


ROWS = [
    Op("layer", "conv", "a declared layer", lambda args, data: LAYER, kind="leaf"),
    Op("layer_output", "conv(X)", "the output of a layer", _applied, kind="layer"),
    Op("shape", "shape(conv(X))", "the sizes of an array", _shape_of, kind="layer"),
    Op("params", "params(conv)", "the number of learnable parameters of a layer", _params, kind="layer"),
    Op("macs", "macs(conv(X))", "multiply-accumulates of a layer for this input; biases are not counted", _macs, kind="layer"),
]  # fmt: skip
