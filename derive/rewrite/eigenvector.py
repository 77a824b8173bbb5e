"""Quadratic forms on a sphere: stationary points are eigenvectors, the best is that of an extreme eigenvalue."""

from __future__ import annotations

from derive.errors import NotDerived
from derive.notation.derivation import Chain, Line, Reason, Remark
from derive.notation.text import text
from derive.rewrite.derived import Derived
from derive.rewrite.linear import linear_parts, scalar_of
from derive.rewrite.polynomial import same_value
from derive.rewrite.protect import multiplied_out_in
from derive.rewrite.terms import is_zero, split, transposed, zero
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, contains
from derive.vocabulary.build import ONE, T, add, build, div, matmul, mul, num
from derive.vocabulary.scope import Scope


def eigenvector(
    node: Node,
    names: tuple[Node, ...],
    constraints: tuple[Node, ...],
    slope: Node,
    first: Derived,
    scope: Scope,
) -> Derived | None:
    """`A w == lambda w` on a sphere; None where the problem is another one."""
    w = node.args[1]
    if len(names) != 1 or w.shape.kind != "vector":
        return None
    name, (left, right) = names[0], constraints[0].args
    if not same_value(left, build("sqnorm", w)):
        return None
    try:
        matrix, rest, _ = linear_parts(slope, w, scope)
    except NotDerived:
        return None
    whole = terms(multiplied_out_in(matrix, name))
    parts = [t for t in whole if not contains(t, lambda n: n == name)]
    others = [split(t) for t in whole if contains(t, lambda n: n == name)]
    if not is_zero(rest) or not parts or len(others) != 1:
        return None
    number = -others[0].number  # the term is -2 lambda I
    a = tidy(div(add(*parts), num(number)))
    if scalar_of(a) is not None:
        raise NotDerived(f"{text(node.args[0])} is the same wherever the constraint holds")
    if transposed(a) != a and not same_value(a, tidy(T(a))):
        return None
    upward = node.op == "argmax"
    best = "maximum" if upward else "minimum"
    vector_ = build("eigvecmax" if upward else "eigvecmin", a)
    answer = vector_ if right == ONE else tidy(mul(build("sqrt", right), vector_))
    value = tidy(div(matmul(T(w), a, w), right))
    at = ((w, node), (name, value))
    quadratic = matmul(T(w), a, w)
    lines = (
        Line(slope, zero(w.shape), Reason("the gradient of the Lagrangian is zero")),
        Line(matmul(a, w), tidy(mul(name, w)), Reason("{0} is an eigenvector", (w,))),
        Line(quadratic, tidy(mul(name, build("sqnorm", w))), Reason("multiply by {0}", (T(w),))),
        Line(quadratic, tidy(mul(name, right)), Reason("the constraint")),
    )
    which = "largest" if upward else "smallest"
    times = "" if right == ONE else " times {1}"
    scale = ", up to its sign" if right == ONE else ", times the root of {1}"
    said = (
        f"So the value is an eigenvalue of {{0}}{times}, and it is {which} for the {which} eigenvalue: the "
        f"solution is a unit eigenvector of that one{scale}."
    )
    title = Reason(f"at the {best} under the constraint")
    blocks = (
        *first.blocks,
        Chain(lines, None, title, at=at),
        Remark(Reason(said, (a, right))),
        Chain((Line(node, answer, Reason(f"the eigenvector of the {which} eigenvalue")),)),
    )
    return Derived(answer, blocks, first.where)
