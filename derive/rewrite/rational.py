"""Scalar fractions over one denominator, where that is shorter: `1/p + 1/(1 - p)` is `1/(p (1 - p))`."""

from __future__ import annotations

from fractions import Fraction

from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.terms import Term, join, merge, split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, node_count
from derive.vocabulary.build import add, div


def together(node: Node) -> Node:
    """The sum over its common denominator, with the numerator multiplied out, if that has fewer nodes."""
    if not node.shape.is_scalar or node.op != "add":
        return tidy(node)
    parts = [split(t) for t in terms(tidy(node))]
    least: dict[Node, Fraction] = {}
    for part in parts:
        for base, exponent in part.scalars:
            if exponent < 0:
                least[base] = min(least.get(base, Fraction(0)), exponent)
    if not least:
        return tidy(node)
    below = Term(scalars=tuple((b, -e) for b, e in least.items()))
    over = [join(Term(p.number, merge(p.scalars + below.scalars))) for p in parts]
    top = multiplied_out(add(*over))
    whole = tidy(div(top, join(below)))
    return whole if node_count(whole) < node_count(tidy(node)) else tidy(node)
