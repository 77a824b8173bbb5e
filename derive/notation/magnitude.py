"""How large the numbers are that an expression adds up: what tells a zero by cancellation from nothing at
all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

import numpy as np

from derive.notation.anatomy import DIFFERENTIAL
from derive.notation.expectation import absolute_mean
from derive.tree.nodes import Node, Shape, free_indices, walk
from derive.vocabulary.asked import MOMENTS
from derive.vocabulary.build import TABLE, build, count

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any
At = Mapping[str, int]

# Operations whose absolute value is at most the same operation on absolute values.
SUMS = frozenset(
    {
        "add",
        "neg",
        "T",
        "sum",
        "mean",
        "trace",
        "inner",
        "matmul",
        "mul",
        "div",
        "diag",
        "diagpart",
        "rowsum",
        "colsum",
    }
)


def _in_shape(term: Node, shape: Shape) -> Node:
    """A number in a sum of arrays stands for a multiple of ones."""
    if term.shape.is_scalar and shape.kind in ("vector", "matrix"):
        return build("mul", term, build("ones", *(count(n) for n in shape.dims)))
    return term


def magnitude(ev: Evaluator, node: Node, at: At) -> Array:
    """|a + b| becomes |a| + |b|, |A B| becomes |A| |B|, d(a + b) becomes |d a| + |d b|, E f becomes E |f|."""
    op = node.op
    if op in SUMS:
        numeric = TABLE[op].numeric
        assert numeric is not None
        return np.abs(numeric(ev, node, *(magnitude(ev, a, at) for a in node.args)))
    if op == "sum_over":
        low, high = ev.count(node.range.low, at), ev.count(node.range.high, at)
        terms = [magnitude(ev, node.args[0], {**at, node.range.var: i}) for i in range(low, high + 1)]
        return np.sum(terms, axis=0) if terms else np.zeros((1, 1))
    if op in MOMENTS:
        return absolute_mean(ev, node, ev.root, at)
    if op in DIFFERENTIAL and node.args[0].op in ("add", "neg"):
        parts = [_in_shape(term, node.args[0].shape) for term in node.args[0].args]
        return np.sum([magnitude(ev, build(op, term, *node.args[1:]), at) for term in parts], axis=0)
    if op in DIFFERENTIAL and node.args[0].op == "sum_over":
        body = node.args[0].args[0]
        summed = build("sum_over", build(op, body, *node.args[1:]), data=node.args[0].data)
        return magnitude(ev, summed, at)
    if op == "sym":
        opened = ev.opening.body(ev.key(node, ev.root, at))
        if opened is not None:
            return magnitude(ev, *opened)
    return np.abs(ev.evaluate(node, ev.root, at))


# Operations that turn a small error of an argument, relative to it, into one of the result; and which argument.
MAGNIFYING = {"div": 1, "log": 0, "sqrt": 0, "pow": 0}
FINEST = 1e-300  # a divisor below this is zero


def cancellation(ev: Evaluator, node: Node) -> float:
    """By how much rounding errors grow in sums that nearly cancel and are divided by (or are in a logarithm):
    `1 / (1 - s)` where s is nearly 1."""
    seen: set[Node] = set()
    waiting, worst = [node], 1.0
    while waiting:
        top = waiting.pop()
        for part in walk(top):
            if part in seen:
                continue
            seen.add(part)
            if part.op == "sym" and not free_indices(part):
                opened = ev.opening.body(ev.key(part, ev.root, ev.outer))
                if opened is not None:
                    waiting.append(opened[0])
            place = MAGNIFYING.get(part.op)
            if place is None or free_indices(part.args[place]) - ev.outer.keys():
                continue
            worst = max(worst, _growth(ev, part.args[place]))
    return worst


def _growth(ev: Evaluator, node: Node) -> float:
    """Sum of the absolute values over the absolute value of the sum, at its worst entry."""
    size, value = magnitude(ev, node, ev.outer), np.abs(ev.evaluate(node, ev.root, ev.outer))
    return float(np.max(size / np.maximum(value, FINEST), initial=1.0))
