"""Minimisers: the gradient is set to zero and solved as a linear equation in the variable.

Every line is an identity that can be checked: the gradient as `M w - b`, the Hessian, the minimiser.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason, Remark
from derive.notation.text import text
from derive.rewrite.algebra import simplify
from derive.rewrite.closing import Asked
from derive.rewrite.definite import definite, positive
from derive.rewrite.derivative import gradient
from derive.rewrite.derived import Derived
from derive.rewrite.differential import Differentiation
from derive.rewrite.fold import fold_names
from derive.rewrite.readoff import jacobian_of
from derive.rewrite.shorten import factor, shorten
from derive.rewrite.terms import Term, is_zero, join, split, zero
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, contains, node_count, walk
from derive.vocabulary.build import ONE, add, build, count, div, matmul, mul, neg, substitute
from derive.vocabulary.scope import Scope

BINDING = frozenset({"simplex", "onehot", "orthogonal", "stochastic", "symmetric", "spd", "idempotent"})


def extremum(op: str, f: Node, w: Node, scope: Scope, named: tuple[Node, ...] = ()) -> Derived:
    """`argmin(f, w)` or `argmax(f, w)` where the stationarity equation is linear in w."""
    asked = Asked(f, w, scope)
    bound = w.symbol.facts & BINDING
    if bound:
        raise NotDerived(
            f"{text(w)} is bound to be {sorted(bound)[0]}: constrained optima are not derived yet"
        )
    first = gradient(asked)
    slope = tidy(fold_names(simplify(first.expression, scope)[0], named, scope))
    slope = _opened(slope, w, scope)
    matrix, right, side = linear_parts(slope, w, scope)
    if is_zero(matrix):
        raise NotDerived(f"{text(f)} has no {'minimum' if op == 'argmin' else 'maximum'} in {text(w)}")
    hessian = matrix
    matrix, right, shared = _without_common_factor(matrix, right)
    judged = matrix if positive(join(shared), scope) else hessian  # a factor of unknown sign decides nothing
    matrix, judged = (fold_names(simplify(m, scope)[0], named, scope) for m in (matrix, judged))
    if w.shape.is_scalar:
        solution = tidy(div(right, matrix))
    elif side == "left":
        solution = matmul(build("inv", matrix), right)
    else:
        solution = matmul(right, build("inv", matrix))
    solution = simplify(solution, scope)[0]
    declared = scope.declarations.get(w.symbol.name)
    if ("positive" in w.symbol.facts or declared and declared.interval) and not positive(solution, scope):
        raise NotDerived(f"whether {text(solution)} lies where {text(w)} may lie is not clear")
    lines = [
        Line(
            build(op, f, w),
            solution,
            Reason("the gradient is zero: {0} = {1}", (_applied(matrix, w, side), right)),
        )
    ]
    blocks: list[Block] = [*first.blocks]
    blocks += _second_order(op, asked, hessian, judged, scope)
    blocks.append(Chain(tuple(lines)))
    return Derived(solution, tuple(blocks), first.where)


def _applied(matrix: Node, w: Node, side: str) -> Node:
    if w.shape.is_scalar:
        return tidy(mul(matrix, w))
    return matmul(matrix, w) if side == "left" else matmul(w, matrix)


def _opened(slope: Node, w: Node, scope: Scope) -> Node:
    """Names in the gradient that hide the variable are opened."""
    work = Asked(slope, w, scope).variation()
    for _ in range(20):
        hidden = {
            n: body
            for n in walk(slope)
            if n.op == "sym" and n != w and work.varies(n) and (body := scope.open(n)) is not None
        }
        if not hidden:
            return tidy(slope)
        slope = substitute(slope, hidden)
    raise NotDerived(f"{text(w)} is defined through itself")


def linear_parts(slope: Node, w: Node, scope: Scope) -> tuple[Node, Node, str]:
    """M, b and the side of M with `slope == M w - b`; NotDerived where the slope is not linear in w."""
    right = tidy(neg(tidy(substitute(slope, {w: zero(w.shape)}))))
    if w.shape.kind == "matrix":
        matrix, side = _matrix_equation(tidy(add(slope, right)), w)
    else:
        work = Differentiation(Asked(slope, w, scope).variation(), inline=True)
        try:
            _, linear = work.run(slope)
            matrix, side = tidy(jacobian_of(linear, w, scope)), "left"
        except NotDerived as error:
            raise _not_linear(w) from error
    matrix = shorten(matrix)
    if contains(matrix, lambda n: n == w) or Asked(matrix, w, scope).variation().varies(matrix):
        raise _not_linear(w)
    return matrix, shorten(right), side


def _not_linear(w: Node) -> NotDerived:
    return NotDerived(f"the stationarity equation is not linear in {text(w)}")


def _matrix_equation(linear: Node, w: Node) -> tuple[Node, str]:
    """`A W` summed over terms with nothing on the right of W (or nothing on the left)."""
    lefts: list[Node] = []
    rights: list[Node] = []
    for part in (p for t in terms(_multiplied_out(linear, w)) for p in terms(t)):
        term = split(part)
        factors = list(term.body.args) if term.body and term.body.op == "matmul" else [term.body]
        if factors.count(w) != 1 or any(
            f is not None and f != w and contains(f, lambda n: n == w) for f in factors
        ):
            raise _not_linear(w)
        i = factors.index(w)
        before, after = [f for f in factors[:i] if f], [f for f in factors[i + 1 :] if f]
        lefts.append(_coefficient(term, before, w, 0) if not after else ONE)
        rights.append(_coefficient(term, after, w, 1) if not before else ONE)
    if all(x is not ONE for x in lefts):
        return tidy(add(*lefts)), "left"
    if all(x is not ONE for x in rights):
        return tidy(add(*rights)), "right"
    raise NotDerived(f"{text(w)} has factors on both sides in the stationarity equation")


def _coefficient(term: Term, factors: list[Node], w: Node, side: int) -> Node:
    body = matmul(*factors) if factors else build("eye", count(w.shape.dims[side]))
    return join(replace(term, body=body))


def _multiplied_out(node: Node, w: Node) -> Node:
    """Brackets that hold w are multiplied out."""
    if node.op == "add":
        return tidy(add(*(_multiplied_out(a, w) for a in node.args)))
    if node.op in ("neg", "mul", "matmul", "div"):
        for i, a in enumerate(node.args):
            inner = _multiplied_out(a, w) if contains(a, lambda n: n == w) else a
            if inner.op == "add" and not inner.shape.is_scalar:
                parts = [build(node.op, *node.args[:i], x, *node.args[i + 1 :]) for x in inner.args]
                return _multiplied_out(tidy(add(*(tidy(p) for p in parts))), w)
    return node


def _without_common_factor(matrix: Node, right: Node) -> tuple[Node, Node, Term]:
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
    return _scaled(matrix, inverse), _scaled(right, inverse), shared


def _spread(node: Node) -> Node:
    """A coefficient before a bracket moved into it, so that every term shows its factors."""
    term = split(node)
    if term.body is not None and term.body.op == "add":
        return tidy(
            add(
                *(
                    join(split(t).coefficient.times(term.coefficient).times(Term(body=split(t).body)))
                    for t in terms(term.body)
                )
            )
        )
    return node


def _scaled(node: Node, by: Term) -> Node:
    parts = [split(t) for t in terms(_spread(node))]
    return tidy(add(*(join(p.coefficient.times(by).times(Term(body=p.body))) for p in parts)))


def _second_order(op: str, asked: Asked, hessian: Node, matrix: Node, scope: Scope) -> list[Block]:
    """The line of the Hessian (in a vector or scalar) and why the stationary point is the optimum."""
    blocks: list[Block] = []
    if asked.x.shape.kind in ("vector", "scalar"):
        second = factor(simplify(hessian, scope)[0])
        line = Line(build("hessian", asked.f, asked.x), second, Reason("the derivative of the gradient"))
        blocks.append(Chain((line,), asked.x))
    upward = op == "argmin"
    sign, best = ("positive", "minimum") if upward else ("negative", "maximum")
    wanted, opposite = (matrix, tidy(neg(matrix))) if upward else (tidy(neg(matrix)), matrix)
    if definite(opposite, scope):
        raise NotDerived(f"{text(asked.f)} has no {best} in {text(asked.x)}")
    if definite(wanted, scope):
        what = sign if asked.x.shape.is_scalar else f"{sign} definite"
        said = Reason(f"The Hessian is {what}, so the point where the gradient is zero is the only {best}.")
    else:
        need = "positive" if asked.x.shape.is_scalar else "positive definite"
        said = Reason(
            f"Where {{0}} is {need}, the point where the gradient is zero is the only {best}.", (wanted,)
        )
    blocks.append(Remark(said))
    return blocks


def absorbed(c: Node, solution: Node, scope: Scope, named: tuple[Node, ...]) -> Node:
    """`c inv(M) b` as `inv(M / c) b`, folded, where that is not longer."""
    term = split(tidy(mul(c, solution)))
    chain = list(term.body.args) if term.body is not None and term.body.op == "matmul" else [term.body]
    for i, f in enumerate(chain):
        if f is None or f.op != "inv" or not term.scalars:
            continue
        inside = _scaled(f.args[0], term.coefficient.inverse())
        inside = tidy(fold_names(inside, named, scope))
        new = matmul(*(x for x in (*chain[:i], build("inv", inside), *chain[i + 1 :]) if x is not None))
        if node_count(new) <= node_count(join(term)):
            return new
    return join(term)
