"""Numbers in front of arrays, and quotients."""

from __future__ import annotations

from collections.abc import Sequence

from derive.latexread.elaborator import Elaborator
from derive.latexread.fitting import fitted
from derive.latexread.tokens import Span
from derive.tree.nodes import SCALAR, Node, Number
from derive.vocabulary.build import build, mul, num


def scaled(nodes: Sequence[Node]) -> Node:
    """Numbers in front of an array; a sign in front of everything."""
    negative = False
    kept: list[Node] = []
    for node in nodes:
        if node.op == "neg":
            negative, node = not negative, node.args[0]
        kept.append(node)
    numbers = [n for n in kept if n.shape.is_scalar]
    arrays = [n for n in kept if not n.shape.is_scalar]
    total = mul(*numbers, *arrays)
    return build("neg", total) if negative else total


def both_whole(a: Node, b: Node) -> bool:
    return a.op == b.op == "num" and _whole(a) and _whole(b) and b.number != 0


def inverse(node: Node) -> Node:
    return Node("div", (num(1), node), None, SCALAR)


def quotients(numbers: list[Node]) -> Node:
    """`a / b` as one quotient: factors marked as divisors go below."""
    above = [n for n in numbers if not _is_divisor(n)]
    below = [n.args[1] for n in numbers if _is_divisor(n)]
    top = scaled(above) if above else num(1)
    if not below:
        return top
    if len(below) == 1 and both_whole(top, below[0]):
        return num(top.number / below[0].number)
    return build("div", top, mul(*below))


def _whole(node: Node) -> bool:
    return isinstance(node.data, Number) and not node.data.decimal and node.number.denominator == 1


def _is_divisor(node: Node) -> bool:
    return node.op == "div" and node.args[0] == num(1)


def quotient(e: Elaborator, over: Node, under: Node, span: Span) -> Node:
    if both_whole(over, under):
        return num(over.number / under.number)
    if under.shape.is_scalar:
        return build("div", over, under)
    over, under = fitted(e, (over, under))
    if not over.shape.is_scalar and not e.same_shape(over.shape, under.shape):
        message = f"the quotient of {over.shape} and {under.shape}"
        if e.hook is not None:
            node = e.hook(e.settle(over), e.settle(under), "div")
            if node is not None:
                return node
        raise e.ill_typed(message, span, over, under)
    if under.shape.kind == "matrix":
        e.note("a quotient by a matrix is read entry by entry", span, "entrywise")
    return e.make("div", e.settle(over), e.settle(under), span=span)
