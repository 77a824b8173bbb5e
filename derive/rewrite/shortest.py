"""The shortest form the rewriting knows of an expression: simplified, collected, or multiplied out first."""

from __future__ import annotations

from derive.notation.derivation import Reason, Step
from derive.rewrite.algebra import simplify
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.shorten import shorten
from derive.tree.nodes import Node, node_count
from derive.vocabulary.scope import Scope

MULTIPLY_OUT = 120  # nodes; larger answers are not multiplied out in search of a shorter form


def shortest(node: Node, scope: Scope) -> tuple[Node, tuple[Step, ...], Reason]:
    """The shorter of two readings: as it stands, and multiplied out; both simplified and collected."""
    plain, steps, why = simplify(node, scope)
    short = shorten(plain)
    if node_count(node) <= MULTIPLY_OUT:
        other, more, reason = simplify(multiplied_out(plain), scope)
        other = shorten(other)
        if node_count(other) < node_count(short):
            return other, more, reason
    return short, steps, why
