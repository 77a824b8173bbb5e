"""Rows of the repair table: functions that are taken through sums, and means through products."""

from __future__ import annotations

from typing import Iterator

from derive.judging.pool import Pool
from derive.judging.site import Change, Place
from derive.notation.derivation import Reason
from derive.tree.nodes import Node
from derive.vocabulary.build import add, build, div, matmul, mul, num

OF_A_SUM = frozenset({"inv", "log", "exp", "sqrt", "norm", "sqnorm", "det", "logdet"})
SPLIT = "{0} is not {1}"
INVERSE = "the inverse of a sum is no sum of inverses: {0}"
FRACTION = "fractions are not added above and below: {0}"
SAID = {"inv": INVERSE, "matmul": INVERSE, "div": FRACTION}
DEPENDENT = "{0} and {1} are not independent: the mean of their product is not the product of their means"
SQUARED = "the mean of a square is not the square of the mean"


def split(place: Place, pool: Pool) -> Iterator[Change]:
    """f(a) + f(b), for which f(a + b) was meant, and quotients with sums below."""
    node = place.node
    if node.op != "add":
        return
    for i, a in enumerate(node.args):
        for j in range(i + 1, len(node.args)):
            b = node.args[j]
            joined = _joined(a, b)
            if joined is not None:
                said = Reason(SAID[a.op], (joined,)) if a.op in SAID else Reason(SPLIT, (joined, add(a, b)))
                rest = (*node.args[:i], joined, *node.args[i + 1 : j], *node.args[j + 1 :])
                yield add(*rest) if len(rest) > 1 else rest[0], said


def _joined(a: Node, b: Node) -> Node | None:
    if a.op == b.op and a.op in OF_A_SUM and a.args[0].shape == b.args[0].shape:
        return build(a.op, add(a.args[0], b.args[0]))
    if a.op == b.op == "div" and a.args[1].shape == b.args[1].shape:
        return div(add(a.args[0], b.args[0]), add(a.args[1], b.args[1]))
    if a.op == b.op == "matmul" and a.args[0].op == b.args[0].op == "inv":
        (m, *p), (n, *q) = a.args, b.args
        if m.shape == n.shape:
            return matmul(build("inv", add(m.args[0], n.args[0])), add(_product(p), _product(q)))
    return None


def _product(factors: list[Node]) -> Node:
    return matmul(*factors) if len(factors) > 1 else factors[0]


def means(place: Place, pool: Pool) -> Iterator[Change]:
    """The mean of a product as the product of the means, of a square as the square."""
    node = place.node
    if node.op == "mul":
        factors = [(i, a) for i, a in enumerate(node.args) if a.op == "E"]
        for (i, a), (j, b) in zip(factors, factors[1:], strict=False):
            both = build("E", mul(a.args[0], b.args[0]))
            rest = (*node.args[:i], both, *node.args[i + 1 : j], *node.args[j + 1 :])
            new = mul(*rest) if len(rest) > 1 else both
            yield new, Reason(DEPENDENT, (a.args[0], b.args[0]))
    if node.op == "pow" and node.args[0].op == "E" and node.args[1] == num(2):
        yield build("E", build("pow", node.args[0].args[0], num(2))), Reason(SQUARED)
    if node.op == "E" and node.args[0].op == "pow" and node.args[0].args[1] == num(2):
        yield build("pow", build("E", node.args[0].args[0]), num(2)), Reason(SQUARED)


__all__ = ["means", "split"]
