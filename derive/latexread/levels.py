r"""Powers that nobody writes: in `1 + \beta + \dots + \beta^{t-1}` the 1 is \beta^0, in
`g_t + \beta g_{t-1} + \dots + \beta^{t-1} g_1` the first term has the factor \beta^0."""

from __future__ import annotations

from derive.notation.literals import as_size
from derive.tree.nodes import Node
from derive.vocabulary.build import build, num


def has_power(term: Node) -> bool:
    return any(map(_moves, _factors(term.args[0] if term.op == "neg" else term)))


def levelled(term: Node, form: Node) -> Node:
    """A term of a series in the form of another one, with the powers 0 and 1 written out; itself where it has none."""
    if form.op == "neg":
        return build("neg", levelled(term.args[0], form.args[0])) if term.op == "neg" else term
    factors = _factors(form)
    bases = [f.args[0] for f in factors if _moves(f)]
    if not bases:
        return term
    rest = list(_factors(term)) if form.op == "mul" else [] if term == num(1) else [term]
    found: list[Node] = []
    for factor in factors:
        if _moves(factor):
            base = factor.args[0]
            mine = next((f for f in rest if base in (f, *f.args[:1] * (f.op == "pow"))), None)
            found.append(
                mine if mine is not None and mine != base else build("pow", base, num(int(mine is not None)))
            )
        else:
            mine = next(
                (f for f in rest if not any(b in (f, *f.args[:1] * (f.op == "pow")) for b in bases)), None
            )
            if mine is None:
                return term
            found.append(mine)
        if mine is not None:
            rest.remove(mine)
    if rest:
        return term
    return build("mul", *found) if form.op == "mul" else found[0]


def _factors(term: Node) -> tuple[Node, ...]:
    return term.args if term.op == "mul" else (term,)


def _moves(factor: Node) -> bool:
    """Whether a factor is a power whose exponent is no number."""
    exponent = as_size(factor.args[1]) if factor.op == "pow" else None
    return exponent is not None and exponent.constant is None
