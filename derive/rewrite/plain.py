"""Changes at every place of an expression that no verb holds, and numbers that stand for multiples of ones."""

from __future__ import annotations

from collections.abc import Callable

from derive.rewrite.terms import join, split
from derive.tree.nodes import Node
from derive.vocabulary.asked import OPAQUE
from derive.vocabulary.build import add, rebuild


def outside_verbs(node: Node, change: Callable[[Node], Node]) -> Node:
    """`change` at every node that is not inside a verb, children first."""
    if not node.args or node.op in OPAQUE:
        return node
    return change(rebuild(node, tuple(outside_verbs(a, change) for a in node.args)))


def numbers_for_ones(node: Node) -> Node:
    """`exp(s) - ones(d)` as `exp(s) - 1`: a number goes with every entry."""

    def change(part: Node) -> Node:
        if part.op != "add" or part.shape.is_scalar:
            return part
        found = [_number(a) for a in part.args]
        if all(f is not None for f in found):
            return part
        return add(*(a if f is None else f for a, f in zip(part.args, found, strict=True)))

    new = outside_verbs(node, change)
    return new if new.shape == node.shape else node


def _number(summand: Node) -> Node | None:
    """`c` for `c * ones(n)`."""
    if summand.shape.is_scalar:
        return summand
    term = split(summand)
    if term.body is None or term.body.op != "ones":
        return None
    return join(term.coefficient)
