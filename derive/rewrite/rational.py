"""Scalar fractions over one denominator, where that is shorter: `1/p + 1/(1 - p)` is `1/(p (1 - p))`."""

from __future__ import annotations

from fractions import Fraction

from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.shorten import factor
from derive.rewrite.terms import Term, join, merge, split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, node_count
from derive.tree.sizes import Size
from derive.vocabulary.build import add, count, div, rebuild


def counted(node: Node) -> Node:
    """Sums of sizes and whole numbers as one size: n - 1."""
    node = rebuild(node, tuple(map(counted, node.args)))
    sizes = [_size(a) for a in node.args] if node.op == "add" else [None]
    if any(s is None for s in sizes) or all(a.op == "num" for a in node.args):
        return node
    return count(sum((s for s in sizes if s is not None), Size.of(0)))


def _size(node: Node) -> Size | None:
    if node.op == "neg":
        inner = _size(node.args[0])
        return None if inner is None else -inner
    if node.op == "count":
        return node.size
    return Size.of(int(node.number)) if node.op == "num" and node.number.denominator == 1 else None


def over_one(node: Node) -> Node:
    """The sum over its common denominator, with the numerator multiplied out, if that has fewer nodes."""
    if not node.shape.is_scalar:
        return tidy(node)
    parts = [split(t) for t in terms(multiplied_out(node))]
    least: dict[Node, Fraction] = {}
    for part in parts:
        for base, exponent in part.scalars:
            if exponent < 0:
                least[base] = min(least.get(base, Fraction(0)), exponent)
    if not least:
        return tidy(node)
    below = Term(scalars=tuple((b, -e) for b, e in least.items()))
    over = [join(Term(p.number, merge(p.scalars + below.scalars))) for p in parts]
    top = counted(factor(multiplied_out(add(*over))))
    whole = tidy(div(top, join(below)))
    return whole if node_count(whole) < node_count(tidy(node)) else tidy(node)


def shorter(node: Node) -> Node:
    """A number multiplied out, where that is much shorter: `(n**2 a + n b) / n**2` is `a + b / n`."""
    forms = (multiplied_out(node), over_one(node)) if node.shape.is_scalar else ()
    best = min((node, *forms), key=node_count)
    return counted(best if node_count(best) < 0.75 * node_count(node) else node)
