"""The second order of a minimiser: the Hessian, and why the stationary point is the minimum, where that is shown."""

from __future__ import annotations

from dataclasses import dataclass

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason
from derive.notation.text import text
from derive.rewrite.algebra import simplify
from derive.rewrite.closing import Asked
from derive.rewrite.definite import definite, semidefinite
from derive.rewrite.differential import Differentiation
from derive.rewrite.entrywise import entry_equation, entry_of
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.protect import multiplied_out_in
from derive.rewrite.readoff import jacobian_of
from derive.rewrite.shorten import factor, shorten
from derive.rewrite.terms import Term, join, split
from derive.rewrite.tidy import terms, tidy
from derive.rewrite.unknown import Solution, simply
from derive.tree.nodes import Node, contains, walk
from derive.vocabulary.build import add, build, count, matmul, mul, neg, substitute, sym
from derive.vocabulary.scope import Scope

NOT_ARGUED = "That it is a {best} is not argued here; it was compared with a numerical search."


@dataclass(frozen=True)
class SecondOrder:
    """`blocks` show the Hessian, `there` at the stationary point; `said` is the argument, `given` what it assumes."""

    best: str
    said: Reason
    blocks: tuple[Block, ...] = ()
    there: tuple[Line, ...] = ()
    given: tuple[Node, ...] = ()


def second_order(
    node: Node, asked: Asked, slope: Node, found: Solution, lies: tuple[Node, ...]
) -> SecondOrder:
    """The argument for `argmin` (positive) or `argmax` (negative)."""
    upward = node.op == "argmin"
    best = "minimum" if upward else "maximum"
    if asked.x.shape.kind == "matrix":
        return _of_matrix(asked, slope, best, upward)
    hessian = hessian_of(slope, asked.x, asked.scope)
    if hessian is None:
        return SecondOrder(best, Reason(NOT_ARGUED.replace("{best}", best)))
    line = Line(build("hessian", asked.f, asked.x), hessian, Reason("the derivative of the gradient"))
    blocks = (Chain((line,), asked.x),)
    wanted, opposite = (hessian, _negated(hessian)) if upward else (_negated(hessian), hessian)
    scope = asked.scope
    inner = {asked.x: _inner_point(asked.x, asked.f, scope)}
    wanted, opposite = (assuming(substitute(n, inner), lies) for n in (wanted, opposite))
    if definite(opposite, scope):
        raise NotDerived(f"{text(asked.f)} has no {best} in {text(asked.x)}")
    scalar = asked.x.shape.is_scalar
    sign = ("positive" if upward else "negative") + ("" if scalar else " definite")
    if definite(wanted, scope):
        said = Reason(f"The Hessian is {sign}, so the point where the gradient is zero is the only {best}.")
        return SecondOrder(best, said, blocks)
    if not contains(hessian, lambda n: n == asked.x):
        need = "positive" if scalar else "positive definite"
        shown = _without_numbers(hessian if upward else _negated(hessian))
        said = Reason(
            f"Where {{0}} is {need}, the point where the gradient is zero is the only {best}.", (shown,)
        )
        return SecondOrder(best, said, blocks, given=(shown,))
    there = _at_the_point(hessian, found, scope, upward)
    if there is None and scalar and _at_the_point(hessian, found, scope, not upward) is not None:
        raise NotDerived(f"{text(asked.f)} has no {best} in {text(asked.x)}: its stationary point is another")
    if there is None or not (scalar or there.op == "diag" or _is_diagonal(there)):
        return SecondOrder(best, Reason(NOT_ARGUED.replace("{best}", best)), blocks)
    end = Line(build("hessian", asked.f, asked.x), there, Reason("the Hessian at this point"))
    said = Reason(
        f"The Hessian is {sign} at the only point where the gradient is zero, so this is the only {best}."
    )
    return SecondOrder(best, said, blocks, (end,))


def assuming(node: Node, needed: tuple[Node, ...]) -> Node:
    """The node where what is assumed to be positive is a positive name."""
    names = {
        n: sym(f"assumed {k}", n.shape, (), frozenset({"positive", "spd"}))
        for k, n in enumerate(needed)
        if n.args or n.op == "sym"
    }
    return substitute(node, names)


def has_order(node: Node, slope: Node, w: Node, scope: Scope) -> bool:
    """Whether the derivative of a gradient is definite, with the sign that a minimum (maximum) needs."""
    hessian = hessian_of(slope, w, scope) if w.shape.kind != "matrix" else None
    return hessian is not None and definite(hessian if node.op == "argmin" else _negated(hessian), scope)


def constrained_order(
    node: Node,
    slope: Node,
    w: Node,
    lagrangian: Node,
    values: dict[Node, Node],
    needed: tuple[Node, ...],
    scope: Scope,
) -> SecondOrder:
    """The argument under constraints: the Lagrangian, with its multipliers at their values, is convex (concave)."""
    upward = node.op == "argmin"
    best = "minimum" if upward else "maximum"
    if w.shape.kind == "matrix":
        asked = Asked(lagrangian, w, scope)
        return _of_matrix(asked, tidy(substitute(slope, values)), best, upward)
    hessian = hessian_of(slope, w, scope)
    if hessian is None:
        return SecondOrder(best, Reason(NOT_ARGUED.replace("{best}", best)))
    line = Line(build("hessian", lagrangian, w), hessian, Reason("the derivative of the gradient"))
    blocks = (Chain((line,), w),)
    there = shorten(simplify(tidy(substitute(hessian, values)), scope)[0])
    inner = {w: _inner_point(w, node.args[0], scope)}
    wanted, opposite = (there, _negated(there)) if upward else (_negated(there), there)
    if definite(assuming(substitute(wanted, inner), needed), scope):
        sign = "positive definite" if upward else "negative definite"
        at = " with this multiplier" if there != hessian else ""
        said = (
            f"The Hessian of the Lagrangian is {sign}{at}, so the point is its only {best}, and where the "
            f"constraint holds the Lagrangian is the function itself: this is the only {best} under the constraint."
        )
        return SecondOrder(best, Reason(said), blocks)
    if there == hessian and definite(assuming(substitute(opposite, inner), needed), scope):
        raise NotDerived(f"{text(node)}: there is no {best} under the constraint")
    if not contains(there, lambda n: n == w):
        shown = _without_numbers(wanted)
        said = f"Where {{0}} is positive definite, this is the only {best} under the constraint."
        return SecondOrder(best, Reason(said, (shown,)), blocks, given=(shown,))
    return SecondOrder(best, Reason(NOT_ARGUED.replace("{best}", best)), blocks)


def _inner_point(w: Node, f: Node, scope: Scope) -> Node:
    """The variable where the function has a value: positive, where its logarithm or its root is in it."""
    rooted = any(
        n.op in ("log", "sqrt") and w in (n.args[0], *(n.args[0].args if n.args[0].op == "entry" else ()))
        for n in walk(scope.open(f) or f)
    )
    facts = w.symbol.facts
    return sym(w.symbol.name, w.shape, w.args, facts | {"positive"}) if rooted or "simplex" in facts else w


def hessian_of(slope: Node, x: Node, scope: Scope) -> Node | None:
    """The derivative of the gradient in a scalar or vector; None where there is no rule."""
    work = Differentiation(Asked(slope, x, scope).variation(), inline=True)
    try:
        _, differential = work.run(slope)
        return factor(shorten(simply(tidy(jacobian_of(differential, x, scope)), scope)))
    except NotDerived:
        return None


def _negated(node: Node) -> Node:
    if node.op == "sum_over":
        inside = _negated(node.args[0])
        return Node("sum_over", (inside,), node.data, inside.shape)
    if node.op == "add":
        return tidy(add(*(_negated(a) for a in node.args)))
    return shorten(tidy(neg(node)))


def _without_numbers(node: Node) -> Node:
    """`2 M` without the 2: M is as definite."""
    term = split(node)
    return join(Term(term.number / abs(term.number), term.scalars, term.body)) if term.number else node


def _is_diagonal(node: Node) -> bool:
    return all(split(t).body is not None and split(t).body.op in ("diag", "eye") for t in terms(node))  # type: ignore[union-attr]


def _at_the_point(hessian: Node, found: Solution, scope: Scope, upward: bool) -> Node | None:
    """The Hessian where the equation holds, in a form of which the facts show the sign."""
    swaps = [found.relation] if found.relation is not None else []
    candidates = [
        tidy(substitute(hessian, {right: left})) for left, right in swaps if right.args or right.op == "sym"
    ]
    if found.lines:
        candidates.append(tidy(substitute(hessian, {found.lines[-1].left: found.expression})))
    for candidate in candidates:
        for form in (shorten(candidate), shorten(multiplied_out(candidate))):
            simple = shorten(simplify(form, scope)[0])
            if definite(simple if upward else _negated(simple), scope):
                return simple
    return None


# ---------------------------------------------------------------- matrices


def _of_matrix(asked: Asked, slope: Node, best: str, upward: bool) -> SecondOrder:
    x, scope = asked.x, asked.scope
    pairs = _pairs(slope if upward else tidy(neg(slope)), x)
    if pairs is None:
        return _in_inverse(asked, slope, best, upward)
    curved = all(semidefinite(a, scope) and semidefinite(b, scope) for a, b in pairs)
    if pairs and curved and any(definite(a, scope) and definite(b, scope) for a, b in pairs):
        shape, sign = ("convex", "positive") if upward else ("concave", "negative")
        shown = _shown_curvature(pairs)
        said = (
            f"The second differential is a quadratic form with {{0}}, which is {sign} definite: the function is "
            f"strictly {shape}, and the point where the gradient is zero is the only {best}."
        )
        return SecondOrder(best, Reason(said, (shown if upward else tidy(neg(shown)),)))
    if pairs and all(definite(tidy(neg(a)), scope) and definite(b, scope) for a, b in pairs):
        raise NotDerived(f"{text(asked.f)} has no {best} in {text(x)}")
    wanted = _shown_curvature(pairs)
    said_ = Reason(
        f"Where {{0}} is positive definite, the point where the gradient is zero is the only {best}.",
        (wanted,),
    )
    return SecondOrder(best, said_, given=(wanted,))


def _shown_curvature(pairs: list[tuple[Node, Node]]) -> Node:
    """Of `A X B` summed the side that says most; the other one is the identity."""
    lefts, rights = [a for a, _ in pairs], [b for _, b in pairs]
    if all(b.op == "eye" for b in rights):
        return _without_numbers(factor(tidy(add(*lefts))))
    numbers = [split(a) for a in lefts]
    if all(t.body is not None and t.body.op == "eye" for t in numbers):
        sides = [tidy(mul(join(t.coefficient), b)) for t, b in zip(numbers, rights, strict=True)]
        return _without_numbers(factor(tidy(add(*sides))))
    return _without_numbers(lefts[0])


def _pairs(slope: Node, x: Node) -> list[tuple[Node, Node]] | None:
    """A and B of every term `A X B` of a gradient that is linear in X; None where it is not."""
    found: list[tuple[Node, Node]] = []
    for part in terms(multiplied_out_in(slope, x)):
        if not contains(part, lambda n: n == x):
            continue
        term = split(part)
        chain = list(term.body.args) if term.body is not None and term.body.op == "matmul" else [term.body]
        if chain.count(x) != 1 or any(
            f is not None and f != x and contains(f, lambda n: n == x) for f in chain
        ):
            return None
        i = chain.index(x)
        before = [f for f in chain[:i] if f is not None] or [build("eye", count(x.shape.dims[0]))]
        after = [f for f in chain[i + 1 :] if f is not None] or [build("eye", count(x.shape.dims[1]))]
        left = matmul(*before) if len(before) > 1 else before[0]
        right = matmul(*after) if len(after) > 1 else after[0]
        found.append((join(Term(term.number, term.scalars, left)), right))
    return found


def _in_inverse(asked: Asked, slope: Node, best: str, upward: bool) -> SecondOrder:
    """`a logdet(X) + <B, inv(X)>` is convex in inv(X) for a > 0; `-a logdet(X) + <B, X>` is convex in X."""
    signed = slope if upward else tidy(neg(slope))
    argument = _convex_in(signed, asked.x, asked.scope)
    if argument is not None:
        said = (
            f"In {{0}} the function is strictly {'convex' if upward else 'concave'}: a log-determinant and a "
            f"linear function. So the stationary point is the only {best}."
        )
        return SecondOrder(best, Reason(said, (argument,)))
    if _convex_in(tidy(neg(signed)), asked.x, asked.scope) is not None:
        raise NotDerived(f"{text(asked.f)} has no {best} in {text(asked.x)}")
    return _of_entries(asked, signed, best, upward)


def _convex_in(slope: Node, x: Node, scope: Scope) -> Node | None:
    """X or inv(X), in which a function with this gradient is a log-determinant and a linear function; or None."""
    if x.shape.dims[0] != x.shape.dims[1]:
        return None
    inverse = build("inv", x)
    linear_in_inverse = linear = True
    sign = 0
    for part in terms(multiplied_out_in(slope, x)):
        term = split(part)
        chain = list(term.body.args) if term.body is not None and term.body.op == "matmul" else [term.body]
        holds = [f for f in chain if f is not None and contains(f, lambda n: n == x)]
        if chain == [inverse]:
            above, below = (definite(join(Term(k * term.number, term.scalars)), scope) for k in (1, -1))
            sign = 1 if above else -1 if below else 0
        elif not holds:
            linear_in_inverse = False
        else:
            linear = False
            linear_in_inverse &= chain[0] == inverse == chain[-1] and len(holds) == 2
    if sign > 0 and linear_in_inverse:
        return inverse
    return x if sign < 0 and linear else None


def _of_entries(asked: Asked, slope: Node, best: str, upward: bool) -> SecondOrder:
    """A function of which the gradient is made entry by entry is convex where its derivative is positive."""
    x, scope = asked.x, asked.scope
    unknown = SecondOrder(best, Reason(NOT_ARGUED.replace("{best}", best)))
    names: dict[Node, Node] = {}
    try:
        entry, inner = entry_of(_inner_point(x, asked.f, scope), scope)
        flat = entry_equation(simply(slope, scope), x, entry, names, inner)
        second = hessian_of(flat, entry, inner)
    except NotDerived:
        return unknown
    if second is None or not definite(second, inner):
        return unknown
    said = (
        f"The second derivative in every entry is {'positive' if upward else 'negative'}, and no entry is in that of "
        f"another: the point is the only {best}."
    )
    return SecondOrder(best, Reason(said))
