"""Sums that divide each other: `(1 - b)**2 / (1 - b**2)` is `(1 - b) / (1 + b)`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.rewrite.plain import outside_verbs
from derive.rewrite.polynomial import expanded
from derive.rewrite.terms import Powers, Term, join, merge, split
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node
from derive.vocabulary.build import add

Monomial = tuple[tuple[Node, int], ...]  # sorted by what the bases are
Sum = dict[Monomial, Fraction]
MOST_STEPS = 12  # of one division


def divided(node: Node) -> Node:
    """The same value, with sums cancelled that stand above and below a fraction bar."""
    return outside_verbs(node, _divided)


def _divided(node: Node) -> Node:
    if node.op not in ("mul", "div"):
        return node
    term = split(node)
    sums = [(b, e) for b, e in term.scalars if b.op == "add"]
    for above, up in sums:
        for below, down in sums:
            if not (up > 0 > down):
                continue
            if (quotient := _quotient(above, below)) is not None:
                return _with(term, ((above, Fraction(-1)), (below, Fraction(1))), quotient, 1)
            if (quotient := _quotient(below, above)) is not None:
                return _with(term, ((above, Fraction(-1)), (below, Fraction(1))), quotient, -1)
    return node


def _with(term: Term, change: Powers, quotient: Node, sign: int) -> Node:
    """One of each of the two sums less, and their quotient in place of them."""
    left = replace(term, scalars=merge(term.scalars + change))
    other = split(quotient) if sign > 0 else split(quotient).inverse()
    return _divided(tidy(join(left.times(other))))


def _quotient(above: Node, below: Node) -> Node | None:
    """Above over below where that is a sum without a remainder."""
    rest, by = _monomials(above), _monomials(below)
    if rest is None or by is None or len(by) > len(rest) and len(rest) < 2:
        return None
    bases = sorted({b for m in (*rest, *by) for b, _ in m}, key=repr)

    def order(monomial: Monomial) -> tuple[int, ...]:
        powers = dict(monomial)
        return tuple(powers.get(b, 0) for b in bases)

    lead = max(by, key=order)
    parts: list[Node] = []
    for _ in range(MOST_STEPS):
        if not rest:
            ordered = parts[::-1] if above.args[0].op == "num" else parts  # 1 + b, as 1 - b is written
            return tidy(add(*ordered)) if parts else None
        top = max(rest, key=order)
        ratio = _over(top, lead)
        if ratio is None:
            return None
        number = rest[top] / by[lead]
        parts.append(join(Term(number, tuple((b, Fraction(e)) for b, e in ratio))))
        for monomial, value in by.items():
            key = _times(monomial, ratio)
            rest[key] = rest.get(key, Fraction(0)) - number * value
        rest = {k: v for k, v in rest.items() if v}
    return None


def _monomials(node: Node) -> Sum | None:
    """A sum of products of whole powers; None where it is none."""
    found: Sum = {}
    for term in expanded(node) or [Term(body=node)]:
        if term.body is not None or any(e < 0 or e.denominator != 1 for _, e in term.scalars):
            return None
        key = _sorted({b: int(e) for b, e in term.scalars})
        found[key] = found.get(key, Fraction(0)) + term.number
    return {k: v for k, v in found.items() if v}


def _sorted(powers: dict[Node, int]) -> Monomial:
    return tuple(sorted(((b, e) for b, e in powers.items() if e), key=lambda p: repr(p[0])))


def _times(a: Monomial, b: Monomial) -> Monomial:
    powers = dict(a)
    for base, e in b:
        powers[base] = powers.get(base, 0) + e
    return _sorted(powers)


def _over(a: Monomial, b: Monomial) -> Monomial | None:
    powers = dict(a)
    for base, e in b:
        powers[base] = powers.get(base, 0) - e
    return None if any(e < 0 for e in powers.values()) else _sorted(powers)
