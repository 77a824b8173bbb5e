r"""Ones, zeros and identities without a size (`\mathbf 1`, `I`) take theirs from what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence

from derive.latexread.elaborator import Elaborator
from derive.tree.nodes import Node, Range, Shape, contains, of_sides
from derive.tree.sizes import Size
from derive.vocabulary.build import T, build, count, matmul, mul, num

FILLING = ("ones", "zeros")


def fitted(e: Elaborator, nodes: Sequence[Node]) -> list[Node]:
    """The nodes, where an open one has the shape of one that is closed."""
    closed = next((n for n in nodes if not n.shape.is_scalar and not e.is_open(n)), None)
    if closed is None:
        arrays = [n for n in nodes if not n.shape.is_scalar]
        for a, b in zip(arrays, arrays[1:], strict=False):
            e.same_shape(a.shape, b.shape)
        return [e.settle(n) for n in nodes]
    return [filled(e, n, closed.shape) for n in nodes]


def filled(e: Elaborator, node: Node, shape: Shape) -> Node:
    """An open node in a shape: its sizes, or for ones and zeros the whole shape."""
    if not e.is_open(node):
        return node
    if shape.is_scalar:
        number = without_ones(node)
        return node if number is None else number
    if e.same_shape(node.shape, shape):
        return e.settle(node)
    inner = node.args[0] if node.op == "T" else node
    return array(inner.op, shape) if inner.op in FILLING else node


def is_settled(node: Node) -> bool:
    """Whether every size in the tree is known."""
    return not contains(node, _is_open)


def _is_open(node: Node) -> bool:
    sizes = list(node.shape.dims)
    if isinstance(node.data, Size):
        sizes.append(node.data)
    if isinstance(node.data, Range):
        sizes += [node.data.low, node.data.high]
    return any(name.startswith("?") for size in sizes for name in size.names)


def array(op: str, shape: Shape) -> Node:
    if shape.kind not in ("vector", "row", "matrix"):
        return num(1 if op == "ones" else 0)
    made = build(op, *(count(d) for d in shape.dims))
    return T(made) if shape.kind == "row" else made


def zeroed(node: Node, shape: Shape) -> Node | None:
    r"""A product with a plain 0, `b \cdot 0` or `W 0`, in the shape that it needs: the 0 is a zero array. None where it
    is no such product, or has no such shape."""
    if node.shape == shape or shape.kind not in ("scalar", "vector", "row", "matrix"):
        return None
    if node.op == "num" and node.number == 0:
        return array("zeros", shape)
    if node.op == "neg":
        inner = zeroed(node.args[0], shape)
        return None if inner is None else build("neg", inner)
    if node.op == "div" and node.args[1].shape.is_scalar:
        over = zeroed(node.args[0], shape)
        return None if over is None else build("div", over, node.args[1])
    at = next((i for i, a in enumerate(node.args) if a == num(0)), None) if node.op == "mul" else None
    if at is None:
        return None
    rest = [a for i, a in enumerate(node.args) if i != at]
    numbers, arrays = [a for a in rest if a.shape.is_scalar], [a for a in rest if not a.shape.is_scalar]
    if not arrays:
        return mul(*numbers, array("zeros", shape))
    first = arrays[0]
    if (
        len(arrays) != 1
        or first.shape.kind not in ("row", "matrix")
        or shape != of_sides(first.shape.rows, None)
    ):
        return None
    assert first.shape.columns is not None
    return mul(*numbers, matmul(first, build("zeros", count(first.shape.columns))))


def without_ones(term: Node) -> Node | None:
    """The number that multiplies an array of ones; 0 for zeros, 1 for an identity."""
    if term.op in ("ones", "eye"):
        return num(1)
    if term.op == "zeros":
        return num(0)
    if term.op == "neg":
        inner = without_ones(term.args[0])
        return None if inner is None else build("neg", inner)
    if term.op == "mul" and len([a for a in term.args if not a.shape.is_scalar]) == 1:
        inner = without_ones(next(a for a in term.args if not a.shape.is_scalar))
        numbers = [a for a in term.args if a.shape.is_scalar]
        return None if inner is None else mul(*numbers, *([inner] if inner != num(1) else []))
    if term.op == "T":
        return without_ones(term.args[0])
    return None
