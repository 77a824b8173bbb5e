"""Identities of activation functions: everything is said in exponentials and logarithms, then over one denominator.

To add a function: its form in exponentials as a row in FORMS, in the language of problem files.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Mapping

from derive.notation.derivation import Line, Reason
from derive.notation.reader import read
from derive.rewrite.polynomial import polynomial
from derive.rewrite.reasons import joined
from derive.rewrite.terms import join, split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import SCALAR, Node, walk
from derive.vocabulary.build import (
    ELEMENTWISE,
    ONE,
    ZERO,
    add,
    build,
    div,
    mul,
    neg,
    power,
    substitute,
    sym,
    transform,
)
from derive.vocabulary.scope import Declaration, Scope

FORMS: Mapping[str, str] = {
    "sigmoid": "1 / (1 + exp(-z))",
    "logsigmoid": "-log(1 + exp(-z))",
    "softplus": "log(1 + exp(z))",
    "tanh": "(exp(2 * z) - 1) / (exp(2 * z) + 1)",
    "sinh": "(exp(z) - exp(-z)) / 2",
    "cosh": "(exp(z) + exp(-z)) / 2",
}
VECTOR_FORMS = frozenset({"softmax", "logsumexp"})
ENTRYWISE = ELEMENTWISE | {"add", "neg", "mul", "div", "pow", "num", "const", "count", "sym", "ones"}
Quotient = tuple[Node, Node]


def in_exponentials(left: Node, right: Node) -> list[Line]:
    """The lines that prove the identity; none where it does not follow from those of exponentials."""
    if not any(
        n.op in FORMS or n.op in VECTOR_FORMS or n.op in ("exp", "log") for n in walk(add(left, right))
    ):
        return []
    entry = _of_one_entry(left, right)
    if entry is None:
        return []
    mine, theirs = (tidy(_opened(side)) for side in entry)
    if not _equal(mine, theirs):
        return []
    used = {n.op: n for n in walk(add(left, right)) if n.op in FORMS or n.op in VECTOR_FORMS}
    said = [Reason("{0} = {1}", (n, tidy(_opened(n)))) for n in used.values()]
    opened_left, opened_right = tidy(_opened(left)), tidy(_opened(right))
    lines = [Line(left, opened_left, joined(said))] if opened_left != left else []
    if opened_right != opened_left and opened_right != right:
        lines.append(
            Line(left, opened_right, Reason("over one denominator, with exp(a + b) = exp(a) exp(b)"))
        )
    return [*lines, Line(left, right, Reason("the same in other words") if lines else Reason("exponentials"))]


def _of_one_entry(left: Node, right: Node) -> tuple[Node, Node] | None:
    """Both sides for one entry, where they work entry by entry; scalars as they are."""
    if left.shape.is_scalar:
        return left, right
    if any(n.op not in ENTRYWISE for side in (left, right) for n in walk(side)):
        return left, right
    names = {
        n: sym(f"{n.symbol.name}", SCALAR, (), n.symbol.facts)
        for side in (left, right)
        for n in walk(side)
        if n.op == "sym" and not n.shape.is_scalar
    }
    names |= {n: ONE for side in (left, right) for n in walk(side) if n.op == "ones"}
    return _rebuilt(left, names), _rebuilt(right, names)


def _rebuilt(node: Node, names: Mapping[Node, Node]) -> Node:
    if node in names:
        return names[node]
    if not node.args:
        return node
    return build(node.op, *(_rebuilt(a, names) for a in node.args), data=node.data)


@cache
def _form(op: str, name: str) -> Node:
    return read(FORMS[op], Scope({name: Declaration(name, SCALAR)}))


def _opened(node: Node) -> Node:
    """The functions of the table by their exponentials."""

    def change(part: Node) -> Node:
        if part.op in FORMS:
            return _substituted(_form(part.op, "z"), part.args[0])
        if part.op == "softmax":
            return div(build("exp", *part.args), build("sum", build("exp", *part.args)))
        if part.op == "logsumexp":
            return build("log", build("sum", build("exp", *part.args)))
        return part

    return transform(node, change)


def _substituted(form: Node, argument: Node) -> Node:
    return substitute(form, {sym("z", SCALAR): argument})


# ---------------------------------------------------------------- normal form


def _equal(a: Node, b: Node) -> bool:
    """Whether `a - b` is zero over one denominator, logarithms of products split into sums."""
    if not a.shape.is_scalar:
        return _apart(a) == _apart(b)
    over, _ = _fraction(tidy(add(_split_logs(_apart(a)), neg(_split_logs(_apart(b))))))
    found = polynomial(over)
    return found is not None and not found


def _fraction(node: Node) -> Quotient:
    """Numerator and denominator, neither of which divides by anything."""
    if node.op == "add":
        parts = [_fraction(a) for a in node.args]
        below = list(dict.fromkeys(d for _, d in parts if d != ONE))
        lifted = [mul(n, *(x for x in below if x != d)) for n, d in parts]
        return tidy(add(*lifted)), tidy(mul(*below)) if below else ONE
    if node.op == "neg":
        over, under = _fraction(node.args[0])
        return tidy(neg(over)), under
    if node.op == "mul":
        pairs = [_fraction(a) for a in node.args]
        return tidy(mul(*(n for n, _ in pairs))), tidy(mul(*(d for _, d in pairs)))
    if node.op == "div":
        (a, b), (c, d) = _fraction(node.args[0]), _fraction(node.args[1])
        return tidy(mul(a, d)), tidy(mul(b, c))
    if node.op == "pow" and node.args[1].op == "num" and node.args[1].number.denominator == 1:
        over, under = _fraction(node.args[0])
        k = int(node.args[1].number)
        over, under = (over, under) if k > 0 else (under, over)
        return tidy(power(over, abs(k))), tidy(power(under, abs(k)))
    if node.op == "exp":
        return _exponential(node)
    return node, ONE


def _exponential(node: Node) -> Quotient:
    """`exp(2 a - b)` as `exp(a)**2 / exp(b)`; of an array, `exp(v + c 1)` as `exp(c) exp(v)`."""
    over: list[Node] = []
    under: list[Node] = []
    for term in map(split, terms(tidy(node.args[0]))):
        part = replace(term, body=None) if term.body is not None and term.body.op == "ones" else term
        whole = part.number.denominator == 1
        base = build("exp", join(replace(part, number=Fraction(1) if whole else abs(part.number))))
        k = abs(int(part.number)) if whole else 1
        (over if part.number > 0 else under).append(power(base, k) if k != 1 else base)
    return (tidy(mul(*over)) if over else ONE), (tidy(mul(*under)) if under else ONE)


def _apart(node: Node) -> Node:
    """Every exponential of a sum as a product, the rest as it is."""

    def change(part: Node) -> Node:
        if part.op != "exp":
            return part
        over, under = _exponential(part)
        return tidy(over if under == ONE else div(over, under))

    return tidy(transform(node, change))


def _split_logs(node: Node) -> Node:
    """`log(a / b)` as `log(a) - log(b)`, `log(exp(a))` as `a`, inside out."""

    def change(part: Node) -> Node:
        if part.op != "log" or not part.shape.is_scalar:
            return part
        over, under = _fraction(part.args[0])
        return tidy(add(_log_of(over), neg(_log_of(under))))

    return transform(node, change)


def _sorted(node: Node) -> Node:
    """A sum in one order, whoever wrote it."""
    return add(*sorted(node.args, key=repr)) if node.op == "add" else node


def _log_of(node: Node) -> Node:
    """The logarithm of a product as a sum."""
    if node == ONE:
        return ZERO
    factors = node.args if node.op == "mul" else (node,)
    parts = []
    for factor in factors:
        base, k = (factor.args[0], factor.args[1]) if factor.op == "pow" else (factor, ONE)
        log = base.args[0] if base.op == "exp" else build("log", _sorted(base))
        parts.append(mul(k, log) if k != ONE else log)
    return tidy(add(*parts)) if len(parts) > 1 else parts[0]
