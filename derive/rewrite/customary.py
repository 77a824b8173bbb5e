"""Formulas that have a name: `exp(z) / sum(exp(z))`, `1 / (1 + exp(-a))`, `sum(v) / n`, recognised in an answer.

Each function looks at one product (numbers, scalar powers, array) and returns it with the customary function.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.rewrite.plain import outside_verbs
from derive.rewrite.terms import Powers, Term, entry_powers, join, merge, of_entry_powers, split
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node
from derive.vocabulary.build import ONE, add, build, count, neg, rebuild

PRODUCTS = frozenset({"mul", "div", "matmul", "neg", "pow"})


def customary(node: Node) -> Node:
    """The same value with every formula that has a name said by its name, children first."""
    return outside_verbs(node, _named)


def _named(node: Node) -> Node:
    if node.op not in PRODUCTS:
        return node
    term = split(node)
    new = _mean(_softmax(_scalar_function(_entry_function(term))))
    return node if new == term else join(new, node.shape)


def _softmax(term: Term) -> Term:
    """`exp(z)` over its sum, as often as the sum divides."""
    for base, exponent in term.scalars:
        if base.op != "sum" or base.args[0].op != "exp" or exponent >= 0 or term.body is None:
            continue
        target = base.args[0]
        softmax = build("softmax", target.args[0]) if target.shape.kind == "vector" else None
        body, left = term.body, exponent
        while softmax is not None and left < 0 and (new := _swapped(body, target, softmax)) is not None:
            body, left = new, left + 1
        if left != exponent:
            powers = tuple((b, left if b == base else e) for b, e in term.scalars)
            return _softmax(replace(term, scalars=tuple(p for p in powers if p[1]), body=tidy(body)))
    return term


def _swapped(node: Node, target: Node, new: Node) -> Node | None:
    """`node` with one occurrence of `target` replaced where it is a factor (so that its multiple comes out)."""
    if node == target:
        return new
    if node.op == "add":
        parts = [_swapped(a, target, new) for a in node.args]
        return None if any(p is None for p in parts) else add(*(p for p in parts if p is not None))
    if node.op in ("mul", "matmul", "diag", "T", "div", "neg"):
        for i, a in enumerate(node.args[: 1 if node.op == "div" else None]):
            swapped = _swapped(a, target, new)
            if swapped is not None:
                return rebuild(node, (*node.args[:i], swapped, *node.args[i + 1 :]))
    return None


def _mean(term: Term) -> Term:
    """`sum(v) / n` is `mean(v)`, `n * mean(v)` is `sum(v)`."""
    powers = dict(term.scalars)
    for base, exponent in term.scalars:
        if base.op not in ("sum", "mean") or abs(exponent) != 1:
            continue
        if base.args[0].shape.kind != "vector":
            continue
        size = count(base.args[0].shape.dims[0])
        wanted = -exponent if base.op == "sum" else exponent
        have = powers.get(size, Fraction(0))
        if have == 0 or abs(have) < 1 or (have > 0) != (wanted > 0):
            continue
        other = build("mean" if base.op == "sum" else "sum", base.args[0])
        changed = merge(
            tuple((b, e) for b, e in term.scalars if b != base) + ((other, exponent), (size, -wanted))
        )
        return replace(term, scalars=changed)
    return term


def _entry_function(term: Term) -> Term:
    if term.body is None or term.body.op not in ("div", "mul"):
        return term
    powers = merge(tuple((b, Fraction(e)) for b, e in entry_powers(term.body)))
    new = _tangents(_sigmoids(powers))
    if new == powers:
        return term
    body = of_entry_powers([(b, int(e)) for b, e in new], term.body.shape)
    return replace(term, body=body)


def _scalar_function(term: Term) -> Term:
    return replace(term, scalars=_tangents(_sigmoids(term.scalars)))


def _tangents(powers: Powers) -> Powers:
    """`sinh(u)**k / cosh(u)**k` as a power of the hyperbolic tangent."""
    known = dict(powers)
    for base, exponent in powers:
        other = build("cosh", *base.args) if base.op == "sinh" else None
        down = known.get(other, Fraction(0)) if other is not None else Fraction(0)
        if exponent <= 0 or down >= 0:
            continue
        both = min(exponent, -down)
        change = ((base, -both), (other, both), (build("tanh", *base.args), both))
        return _tangents(merge(powers + tuple((b, e) for b, e in change if b is not None)))
    return powers


def _sigmoids(powers: Powers) -> Powers:
    """`exp(u)**i / (1 + exp(u))**j` for i <= j, as powers of the sigmoid and of one minus it."""
    known = dict(powers)
    for base, exponent in powers:
        u = _one_plus_exp(base)
        if u is None or exponent >= 0 or exponent.denominator != 1:
            continue
        i, j = known.get(build("exp", u), Fraction(0)), -exponent
        if i < 0 or i > j or i.denominator != 1:
            continue
        rest = tuple((b, e) for b, e in powers if b not in (base, build("exp", u)))
        inner = tidy(neg(u)) if u.op == "neg" or u.op == "mul" and tidy(neg(u)).op != "neg" else u
        sigmoid = build("sigmoid", inner)
        opposite = add(ONE, neg(sigmoid))
        ups, downs = (i, j - i) if inner == u else (j - i, i)
        found = ((sigmoid, ups), (opposite, downs))
        return _sigmoids(merge(rest + tuple((b, e) for b, e in found if e)))
    return powers


def _one_plus_exp(node: Node) -> Node | None:
    """u, where the node is `1 + exp(u)`."""
    if node.op != "add" or len(node.args) != 2:
        return None
    one = [a for a in node.args if a == ONE or a.op == "ones"]
    rest = [a for a in node.args if a.op == "exp"]
    return rest[0].args[0] if len(one) == 1 and len(rest) == 1 else None
