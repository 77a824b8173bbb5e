"""What one row of the vocabulary says, and the shape rules and numeric conventions rows share.

Numeric convention: every value is an array whose last two axes are (rows, columns): a scalar is (1, 1), a
vector (n, 1), a row (1, n), a matrix (m, n). Axes before them are batches (directions, outcomes). So one
NumPy expression serves all shapes, and a whole batch of directions costs one evaluation. `ctx.xp` is the
array library (NumPy, or exact SymPy entries), `ctx.size` turns a size into a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Protocol

from derive.errors import ShapeError
from derive.tree.nodes import SCALAR, Node, Shape
from derive.tree.sizes import Size

Array = Any


class Context(Protocol):
    """What a numeric meaning may ask of the evaluator."""

    xp: Any

    def size(self, size: Size) -> int: ...


ShapeRule = Callable[[tuple[Node, ...], object], Shape]
Numeric = Callable[..., Array]

# Precedences of the written forms, low binds loosely.
ADD, MUL, UNARY, POW, ATOM = 10, 20, 25, 30, 40


@dataclass(frozen=True)
class Op:
    """One row: everything the product knows about one operation.

    `latex` is a template: `#1` is the first argument, `@1` the first argument as an atom (in parentheses
    where it is not one). `code` is a NumPy template in the same notation, `torch` that of PyTorch where it takes
    more than another module's name. `derivative` is that of an
    elementwise function in `z`, in the notation of problem files. `holomorphic` says that the numeric meaning
    may be evaluated at complex points (complex-step derivatives). `domain` is where samples are drawn.
    """

    name: str
    signature: str
    meaning: str
    shape: ShapeRule
    numeric: Numeric | None = None
    latex: str = ""
    code: str = ""
    torch: str = ""
    precedence: int = ATOM
    derivative: str = ""
    domain: str = "real"
    holomorphic: bool = True
    kind: str = "function"  # function, elementwise, binder, verb, leaf; written: what only answers have
    kinks: str = ""  # where the function has no derivative


def fail(message: str, hint: str | None = None) -> ShapeError:
    return ShapeError(message, hint=hint)


# ---------------------------------------------------------------- shape rules


def scalar_only(args: tuple[Node, ...], data: object) -> Shape:
    for arg in args:
        if not arg.shape.is_scalar:
            raise fail(f"expects scalars, got {arg.shape}")
    return SCALAR


def same(args: tuple[Node, ...], data: object) -> Shape:
    """Equal shapes; scalars go with any array (`1 - h`). No other broadcasting."""
    shape = SCALAR
    for arg in args:
        if arg.shape.kind in ("function", "layer"):
            raise fail(f"a {arg.shape.kind} needs its argument here, as in f(u)")
        if arg.shape.is_scalar:
            continue
        if shape.is_scalar:
            shape = arg.shape
        elif arg.shape.kind != shape.kind or arg.shape.dims != shape.dims:
            raise fail(f"entry by entry needs equal shapes: {shape} and {arg.shape}")
    return shape


def like_first(args: tuple[Node, ...], data: object) -> Shape:
    return args[0].shape


def array_to_scalar(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].shape.is_scalar:
        raise fail("expects a vector or a matrix, got a scalar")
    return SCALAR


def square(args: tuple[Node, ...], data: object) -> Shape:
    shape = args[0].shape
    if shape.kind != "matrix" or shape.dims[0] != shape.dims[1]:
        raise fail(f"expects a square matrix, got {shape}")
    return shape


def square_to_scalar(args: tuple[Node, ...], data: object) -> Shape:
    square(args, data)
    return SCALAR


def the_size(node: Node) -> Size:
    """The size a node stands for (`eye(d)`, `ones(N)`)."""
    if node.op == "count":
        return node.size
    if node.op == "num" and node.number.denominator == 1:
        return Size.of(int(node.number))
    raise fail("expects a size such as n or n+1 here")


# ---------------------------------------------------------------- numeric conventions


def elementwise(f: Callable[..., Array]) -> Numeric:
    """A meaning that needs only the array library and the values."""
    return lambda ctx, node, *values: f(ctx.xp, *values)


def flip(a: Array) -> Array:
    return a.swapaxes(-1, -2)
