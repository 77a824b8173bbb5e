"""Where no row fits a moment: products of normal variables, generating functions, finitely many outcomes, products
multiplied out, and at last the definition of a variance. To add a way: its row in WAYS."""

from __future__ import annotations

from typing import Callable

from derive.errors import NotDerived
from derive.notation.derivation import Reason
from derive.notation.text import text
from derive.rewrite.chance import Randomness, is_affine, is_law, is_polynomial, random_symbols, with_given
from derive.rewrite.laws import law_of
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.reasons import joined
from derive.rewrite.tidy import tidy
from derive.rewrite.variables import generating_function, isserlis, outcomes
from derive.tree.nodes import SCALAR, Node
from derive.vocabulary.build import T, add, build, matmul, mul, neg, power, sym

Under = Callable[[Node], tuple[Node, Randomness]]
Value = tuple[Node, Reason]
FINITE = frozenset({"bernoulli", "rademacher", "categorical"})


def spelled(pending: list[Node], under: Under) -> tuple[dict[Node, Node], Reason, str]:
    """The values of all pending moments by the first way that fits each."""
    values: dict[Node, Node] = {}
    reasons: list[Reason] = []
    for node in pending:
        plain, setting = under(node)
        for way in WAYS:
            found = way(plain, setting)
            if found is not None and found[0] != plain:
                values[node] = with_given(found[0], setting.given, frozenset())
                reasons.append(found[1])
                break
        else:
            raise NotDerived(refusal(node, setting))
    return values, joined(reasons), "spelled out"


def refusal(node: Node, setting: Randomness) -> str:
    """Why a moment is not derived: the fact that is missing, where one is."""
    names = sorted(setting.randomness(node.args[0]))
    known = [n for n in names if (law := setting.scope.declarations[n].law) and law.kind == "moments"]
    message = f"no rule for {text(node)}"
    if known and not all(is_affine(a, setting) for a in node.args):
        return f"{message}: of {' and '.join(known)} only the mean and the (co)variance are given"
    return message


def _flat(node: Node, setting: Randomness) -> Value | None:
    if node.op != "E":
        return None
    new = multiplied_out(node.args[0])
    return (build("E", new), Reason("multiply out")) if new != node.args[0] else None


def _by_definition(node: Node, setting: Randomness) -> Value | None:
    """`Var f = E f^2 - (E f)^2` and `Cov(f, g) = E f g - E f E g`, for scalars that are polynomials."""
    if node.op == "E" or not node.shape.is_scalar:
        return None
    f, g = node.args[0], node.args[-1]
    exponentials = f.op == g.op == "exp"
    if not exponentials and not all(is_polynomial(a, setting) or _is_finite(a, setting) for a in node.args):
        return None
    square = build("E", multiplied_out(mul(f, g)))
    if exponentials:
        square = build("E", build("exp", tidy(add(f.args[0], g.args[0]))))
    if not is_polynomial(f, setting) and (spelled_square := outcomes(square, setting)) is not None:
        square = spelled_square[0]
    a, b = (sym(name, SCALAR) for name in "XY")
    if len(node.args) > 1:
        said, meant = build("Cov", a, b), add(build("E", mul(a, b)), neg(mul(build("E", a), build("E", b))))
    else:
        said, meant = build("Var", a), add(build("E", power(a, 2)), neg(power(build("E", a), 2)))
    new = add(square, neg(mul(build("E", f), build("E", g))))
    return new, Reason("{0} = {1}", (said, meant))


def _of_outcome(node: Node, setting: Randomness) -> Value | None:
    """`Cov(v) = E v v' - E v (E v)'` and `Var(v) = E v**2 - (E v)**2` for a vector that depends on what takes
    finitely many values."""
    if node.op == "E" or node.args[0].shape.kind != "vector":
        return None
    if not all(_is_finite(a, setting) for a in node.args) or all(is_affine(a, setting) for a in node.args):
        return None
    f, g = node.args[0], node.args[-1]
    together = _entrywise if node.op == "Var" else _outer
    square = outcomes(build("E", together(f, g)), setting)
    if square is None:
        return None
    names = tuple(sym(name, f.shape) for name in "XY")[: len(node.args)]
    a, b = names[0], names[-1]
    meant = add(build("E", together(a, b)), neg(together(build("E", a), build("E", b))))
    value = add(square[0], neg(together(build("E", f), build("E", g))))
    return value, Reason("{0} = {1}", (build(node.op, *names), meant))


def _outer(a: Node, b: Node) -> Node:
    return matmul(a, T(b))


def _entrywise(a: Node, b: Node) -> Node:
    return mul(a, b)


def _is_finite(node: Node, setting: Randomness) -> bool:
    """Whether all that is random in a node takes finitely many values."""
    symbols = random_symbols(node, setting)
    return all(is_law(s, setting) and law_of(s, setting)[0] in FINITE for s in symbols)


WAYS = (isserlis, generating_function, outcomes, _flat, _by_definition, _of_outcome)
