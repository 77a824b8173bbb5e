"""Equations that are linear in a number, a vector or a matrix: `M x == b`, `x M == b`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.errors import NotDerived
from derive.notation.derivation import Line, Reason
from derive.notation.text import text
from derive.rewrite.about import about
from derive.rewrite.closing import Asked
from derive.rewrite.definite import positive
from derive.rewrite.differential import Differentiation
from derive.rewrite.isolate import is_negative
from derive.rewrite.protect import multiplied_out_in
from derive.rewrite.readoff import jacobian_of
from derive.rewrite.shorten import shorten
from derive.rewrite.terms import Term, is_zero, join, split, zero
from derive.rewrite.tidy import terms, tidy
from derive.rewrite.unknown import Solution, Unknown, not_linear, opposite
from derive.tree.nodes import Node, contains, node_count
from derive.vocabulary.build import (
    ONE,
    T,
    add,
    build,
    count,
    div,
    matmul,
    mul,
    substitute,
    transform,
)
from derive.vocabulary.scope import Scope


def linear(unknown: Unknown) -> Solution:
    """`M x == b` or `x M == b`."""
    x, scope = unknown.x, unknown.scope
    matrix, right, side = linear_parts(unknown.e, x, scope)
    if is_zero(matrix):
        raise NotDerived(f"{text(x)} drops out of the equation")
    matrix, right, shared = without_common_factor(matrix, right)
    matrix, right = _cleared(unknown.simplified(matrix), unknown.simplified(right), scope)
    if (whole := scalar_of(matrix) if not x.shape.is_scalar else None) is not None:
        whole, right = _without_denominators(whole, right, scope)
        matrix = tidy(mul(whole, build("eye", count(matrix.shape.dims[0]))))
    if is_negative(matrix) and (is_negative(right) or is_zero(right)):
        matrix, right = (shorten(opposite(n)) for n in (matrix, right))
    number = scalar_of(matrix) if not x.shape.is_scalar else matrix
    if number is not None:
        applied = tidy(mul(number, x))
        solution = _divided(right, number)
        why = "divide by {0}"
        by = number
    elif matrix.shape.dims[0] != matrix.shape.dims[1]:
        raise NotDerived(f"{text(matrix)} is not square: the equation has no solution, or many")
    else:
        applied = tidy(matmul(matrix, x) if side == "left" else matmul(x, matrix))
        inverse = tidy(build("inv", matrix))
        solution = matmul(inverse, right) if side == "left" else matmul(right, inverse)
        why = "multiply by {0}"
        by = inverse
    solution = unknown.simplified(solution) if not is_zero(right) else zero(x.shape)
    if number is None and right.op == "add":  # inv(H) (H w - g) is w - inv(H) g
        parts = [matmul(inverse, t) if side == "left" else matmul(t, inverse) for t in right.args]
        apart = unknown.simplified(tidy(add(*(unknown.simplified(p) for p in parts))))
        solution = min(solution, apart, about(solution), key=node_count)
    lines = []
    if applied != x:
        how = "divide by {0}, collect {1}" if shared != Term() else "collect {1}"
        lines.append(Line(applied, right, Reason(how, (join(shared), x))))
    lines.append(Line(x, solution, Reason(why, (by,)) if applied != x else Reason("collect {0}", (x,))))
    return Solution(solution, tuple(lines), matrix, relation=(applied, right))


def _divided(right: Node, number: Node) -> Node:
    """Each term divided, where that is shorter."""
    whole = tidy(div(right, number))
    apart = shorten(tidy(add(*(div(t, number) for t in terms(right)))))
    return apart if node_count(apart) < node_count(whole) else whole


def scalar_of(matrix: Node) -> Node | None:
    """c of `c I`."""
    parts = [split(t) for t in terms(matrix)]
    if not all(p.body is not None and p.body.op == "eye" for p in parts):
        whole = split(matrix)
        bracket = whole.body is not None and whole.body.op == "add" and whole.coefficient != Term()
        inner = scalar_of(whole.body) if bracket and whole.body is not None else None
        return None if inner is None else tidy(mul(join(whole.coefficient), inner))
    return shorten(tidy(add(*(join(p.coefficient) for p in parts))))


def _cleared(matrix: Node, right: Node, scope: Scope) -> tuple[Node, Node]:
    """Both sides divided by the positive coefficient of the right one: `v / t` becomes `v`."""
    whole = split(right)
    powers = tuple((b, e) for b, e in whole.scalars if e < 0 and positive(b, scope))
    number = Fraction(1, whole.number.denominator) if not is_zero(right) else Fraction(1)
    if not powers and number == 1 or whole.body is None and not right.shape.is_scalar:
        return matrix, right
    by = Term(number, powers).inverse()
    return scaled(matrix, by), scaled(right, by)


def _without_denominators(matrix: Node, right: Node, scope: Scope) -> tuple[Node, Node]:
    """Both sides times what divides some of their terms, where that is shorter: `1/a + c` and `v / a + c m`."""
    below: dict[Node, Fraction] = {}
    for part in (split(t) for side in (matrix, right) for t in terms(side)):
        for base, exponent in part.scalars:
            if exponent < 0 and positive(base, scope):
                below[base] = min(below.get(base, Fraction(0)), exponent)
    by = Term(scalars=tuple((b, -e) for b, e in below.items()))
    new = scaled(matrix, by), scaled(right, by)
    return (
        new
        if below and sum(map(node_count, new)) < node_count(matrix) + node_count(right)
        else (matrix, right)
    )


def linear_parts(e: Node, x: Node, scope: Scope) -> tuple[Node, Node, str]:
    """M, b and the side of M with `e == M x - b`; NotLinear where e is not linear in x."""
    right = opposite(tidy(substitute(e, {x: zero(x.shape)})))
    if x.shape.kind == "matrix":
        matrix, side = _by_terms(e, x)
    else:
        work = Differentiation(Asked(e, x, scope).variation(), inline=True)
        try:
            _, differential = work.run(e)
            matrix, side = tidy(jacobian_of(differential, x, scope)), "left"
        except NotDerived:
            matrix, side = _by_terms(e, x)
    matrix = shorten(matrix)
    if contains(matrix, lambda n: n == x) or Asked(matrix, x, scope).variation().varies(matrix):
        raise not_linear(x)
    return matrix, shorten(right), side


def _by_terms(e: Node, x: Node) -> tuple[Node, str]:
    """`A X` summed over the terms that hold X, with nothing on the right of X (or nothing on the left)."""
    lefts: list[Node] = []
    rights: list[Node] = []
    for part in (p for t in terms(multiplied_out_in(transform(e, _as_product), x)) for p in terms(t)):
        if not contains(part, lambda n: n == x):
            continue
        term = split(part)
        factors = list(term.body.args) if term.body and term.body.op == "matmul" else [term.body]
        if factors.count(x) != 1 or any(
            f is not None and f != x and contains(f, lambda n: n == x) for f in factors
        ):
            raise not_linear(x)
        i = factors.index(x)
        before, after = [f for f in factors[:i] if f], [f for f in factors[i + 1 :] if f]
        lefts.append(_coefficient(term, before, x, 0) if not after else ONE)
        rights.append(_coefficient(term, after, x, 1) if x.shape.kind == "matrix" and not before else ONE)
    if all(n is not ONE for n in lefts):
        return tidy(add(*lefts)) if lefts else zero(e.shape), "left"
    if all(n is not ONE for n in rights):
        return tidy(add(*rights)), "right"
    raise NotDerived(
        f"{text(x)} has factors on both sides (a Sylvester equation): no closed form without vec"
    )


def _as_product(node: Node) -> Node:
    """Row and column sums as products with ones, which are multiplied out."""
    if node.op == "rowsum":
        return matmul(node.args[0], build("ones", count(node.args[0].shape.dims[1])))
    if node.op == "colsum":
        return matmul(tidy(T(node.args[0])), build("ones", count(node.args[0].shape.dims[0])))
    return node


def _coefficient(term: Term, factors: list[Node], x: Node, side: int) -> Node:
    body = matmul(*factors) if factors else build("eye", count(x.shape.dims[side]))
    return join(replace(term, body=body))


def without_common_factor(matrix: Node, right: Node) -> tuple[Node, Node, Term]:
    """The equation divided by what all its terms share, and what that is."""
    parts = [split(t) for t in (*terms(_spread(matrix)), *terms(_spread(right))) if not is_zero(t)]
    if not parts:
        return matrix, right, Term()
    first = parts[0]
    powers = []
    for base, exponent in first.scalars:
        least = min(dict(p.scalars).get(base, 0 * exponent) for p in parts)
        if least > 0 and base.op != "add":
            powers.append((base, least))
    number = abs(first.number) if all((p.number / first.number).denominator == 1 for p in parts) else 1
    shared = Term(Fraction(number), tuple(powers))
    if shared == Term():
        return matrix, right, Term()
    inverse = shared.inverse()
    return scaled(matrix, inverse), scaled(right, inverse), shared


def _spread(node: Node) -> Node:
    """A coefficient before a bracket moved into it, so that every term shows its factors."""
    term = split(node)
    if term.body is not None and term.body.op == "add":
        inside = [split(t) for t in terms(term.body)]
        return tidy(
            add(*(join(t.coefficient.times(term.coefficient).times(Term(body=t.body))) for t in inside))
        )
    return node


def scaled(node: Node, by: Term) -> Node:
    parts = [split(t) for t in terms(_spread(node))]
    return tidy(add(*(join(p.coefficient.times(by).times(Term(body=p.body))) for p in parts)))
