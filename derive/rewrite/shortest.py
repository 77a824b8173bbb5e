"""The shortest form the rewriting knows of an expression: simplified, collected, or multiplied out first."""

from __future__ import annotations

from derive.notation.derivation import Reason, Step
from derive.rewrite.algebra import simplify
from derive.rewrite.compact import Names, compact, polished
from derive.rewrite.polynomial import flattened
from derive.rewrite.reasons import joined
from derive.rewrite.shorten import shorten
from derive.rewrite.tidy import terms
from derive.tree.nodes import Node, node_count
from derive.vocabulary.scope import Scope

MOST_TERMS = 16  # a longer sum is not factored
MULTIPLY_OUT = 120  # nodes; larger answers are not multiplied out in search of a shorter form


def shortest(node: Node, scope: Scope, names: Names = ()) -> tuple[Node, tuple[Step, ...], Reason]:
    """The shorter of two readings, as it stands and multiplied out, both simplified and collected; then what
    `compact` makes of it with the `names` of the author."""
    said, steps, why = _compacted(node, scope, names)
    return polished(said), steps, why


def _compacted(node: Node, scope: Scope, names: Names) -> tuple[Node, tuple[Step, ...], Reason]:
    short, steps, why = _collected(node, scope)
    said, reasons = compact(short, scope, names)
    if said == short:
        return short, steps, why
    again, more, why_again = _collected(said, scope)
    reasons = [*([why] if why.text else []), *reasons, *([why_again] if why_again.text else [])]
    if node_count(again) < node_count(said):
        said, steps = again, (*steps, *more)
    return said, steps, joined(reasons) if reasons else Reason("")


def _collected(node: Node, scope: Scope) -> tuple[Node, tuple[Step, ...], Reason]:
    plain, steps, why = simplify(node, scope)
    short = shorten(plain)
    if node_count(node) <= MULTIPLY_OUT:
        flat, cancels = flattened(plain)
        if len(terms(flat)) > MOST_TERMS:
            return short, steps, why
        other, more, reason = simplify(flat, scope)
        if cancels or more:
            other = shorten(other)
            if node_count(other) < node_count(short):
                return other, more, reason
    return short, steps, why
