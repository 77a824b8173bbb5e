"""Equations in the inverse of a matrix: linear in inv(X), or linear in X after a product with X on both sides."""

from __future__ import annotations

from dataclasses import replace

from derive.notation.derivation import Line, Reason
from derive.rewrite.algebra import simplify
from derive.rewrite.linear import linear
from derive.rewrite.protect import multiplied_out_in
from derive.rewrite.terms import join, split, zero
from derive.rewrite.tidy import terms, tidy
from derive.rewrite.unknown import NotLinear, Solution, Unknown, line_with, not_linear
from derive.tree.nodes import Node, contains
from derive.vocabulary.build import (
    add,
    build,
    matmul,
    neg,
    substitute,
    sym,
)


def through_inverse(unknown: Unknown) -> Solution:
    """`a inv(X) + b inv(X) B inv(X) + C == 0`: linear in inv(X), or in X after a product with it on both sides."""
    x, scope = unknown.x, unknown.scope
    if x.shape.kind != "matrix" or x.shape.dims[0] != x.shape.dims[1]:
        raise not_linear(x)
    inverse = build("inv", x)
    if not contains(unknown.e, lambda n: n == inverse):
        raise not_linear(x)
    y = sym(f"{x.symbol.name}'", x.shape, x.args, x.symbol.facts)
    in_y = substitute(multiplied_out_in(unknown.e, x), {inverse: y})
    if not unknown.holds(in_y):
        try:
            return _in_inverse(unknown, in_y, y)
        except NotLinear:
            pass
    parts = _without_number(terms(multiplied_out_in(unknown.e, x)))
    left, right = _by_sign([tidy(matmul(x, t, x)) for t in parts])
    left, right = (simplify(side, scope)[0] for side in (left, right))
    if contains(add(left, right), lambda n: n == inverse):
        raise not_linear(x)
    start = _by_sign(parts)
    if not contains(left, lambda n: n == x):
        (left, right), start = (right, left), start[::-1]
    lines = [
        Line(*start, Reason("the terms on both sides")),
        Line(left, right, Reason("multiply by {0} from the left and from the right", (x,))),
    ]
    rest = linear(replace(unknown, e=tidy(add(left, neg(right)))))
    more = tuple(line for line in rest.lines if (line.left, line.right) != (left, right))
    return replace(rest, lines=(*lines, *more), matrix=None)


def _in_inverse(unknown: Unknown, in_y: Node, y: Node) -> Solution:
    found = linear(replace(unknown, e=in_y, x=y))
    back = {y: build("inv", unknown.x)}
    lines = [line_with(n, back) for n in found.lines]
    solution = unknown.simplified(build("inv", found.expression))
    lines.append(Line(unknown.x, solution, Reason("invert both sides")))
    return Solution(solution, tuple(lines), conditions=(found.expression,))


def _without_number(parts: list[Node]) -> list[Node]:
    """Terms that all have the number 1/2, without it."""
    numbers = {abs(split(t).number) for t in parts}
    if len(numbers) > 1:
        return parts
    return [join(replace(term, number=term.number / abs(term.number))) for term in map(split, parts)]


def _by_sign(parts: list[Node]) -> tuple[Node, Node]:
    """Positive terms on the left, the opposites of negative ones on the right."""
    left = [t for t in parts if split(t).number > 0]
    right = [tidy(neg(t)) for t in parts if split(t).number < 0]
    nothing = zero(parts[0].shape)
    return tidy(add(*left)) if left else nothing, tidy(add(*right)) if right else nothing
