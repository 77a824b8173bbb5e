"""Nodes made of literals and sizes only: which number or size they stand for, and when that is too large."""

from __future__ import annotations

import math
from collections.abc import Callable

from derive.tree.nodes import Node, Number, Shape
from derive.tree.sizes import Monomial, Size
from derive.vocabulary.build import T, build, count, num

LARGEST_EXPONENT = 10_000
MOST_DIGITS = 100_000


def as_size(node: Node) -> Size | None:
    """The size a node of integer arithmetic stands for (`t - 1`, `2 * k`), else None."""
    if node.op == "count":
        return node.size
    if node.op == "num":
        return Size.of(int(node.number)) if node.number.denominator == 1 else None
    if node.op not in ("add", "mul", "neg"):
        return None
    parts = [as_size(a) for a in node.args]
    total = parts[0]
    for part in parts[1:]:
        if total is None or part is None:
            return None
        total = total + part if node.op == "add" else total * part
    return -total if node.op == "neg" and total is not None else total


def ordered(size: Size) -> list[tuple[Monomial, int]]:
    """The terms of a size as people write them: `t - 1`, and `1 - t` rather than `-t + 1`."""
    terms = size.ordered()
    if len(terms) > 1 and terms[0][1] < 0 and not terms[-1][0]:
        return [terms[-1], *terms[:-1]]
    return terms


def folded(left: Node, right: Node, sign: str) -> Node | None:
    """`t - 1` as one count; None where no size takes part."""
    if "count" not in (left.op, right.op):
        return None
    a, b = as_size(left), as_size(right)
    if a is None or b is None:
        return None
    return count(a + b if sign == "+" else a - b)


def negative(node: Node) -> Node:
    assert isinstance(node.data, Number)
    return num(-node.number, node.data.decimal, node.data.places)


def is_integer(node: Node) -> bool:
    return isinstance(node.data, Number) and node.number.denominator == 1 and not node.data.decimal


def too_large(base: Node, exponent: Node) -> bool:
    """Whether a power of literals is a number nobody wants written out (`9**9**9`)."""
    value = _literal(exponent)
    if value is None:
        return False
    size = _literal(base)
    return abs(value) > LARGEST_EXPONENT or (
        size is not None and abs(value) * math.log10(max(2.0, abs(size))) > MOST_DIGITS
    )


def _literal(node: Node) -> float | None:
    """About the value of a tree of literals; infinite where it leaves the floats; None with a name in it."""
    if node.op == "num":
        return float(node.number) if abs(node.number) < 10**300 else math.inf
    values = [_literal(a) for a in node.args]
    if node.op not in _LITERAL or None in values:
        return None
    try:
        return float(_LITERAL[node.op]([v for v in values if v is not None]))
    except (OverflowError, ZeroDivisionError):
        return math.inf
    except (TypeError, ValueError):
        return None


_LITERAL: dict[str, Callable[[list[float]], float]] = {
    "add": math.fsum,
    "mul": math.prod,
    "neg": lambda v: -v[0],
    "div": lambda v: v[0] / v[1],
    "pow": lambda v: math.pow(v[0], v[1]),
}


def deeper(node: Node, limit: int) -> bool:
    level = {node}
    for _ in range(limit + 2):
        level = {a for n in level for a in n.args}
    return bool(level)


def zeros_beside(node: Node, shape: Shape) -> Node:
    """A 0 that is compared with an array is the zero array."""
    if node.op != "num" or node.number != 0 or shape.kind not in ("vector", "row", "matrix"):
        return node
    zeros = build("zeros", *(count(n) for n in shape.dims))
    return T(zeros) if shape.kind == "row" else zeros
