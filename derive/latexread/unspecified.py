r"""Laws without their parameters: `\log p(x \mid z)`, `\mathrm{KL}(q \| p)`.

They stand for what the problem has of them: the one density that it takes at this value, its one divergence. Where
there is none, or more than one, nobody can tell.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.patterns import spelled
from derive.latexread.surface import Group, Mark, Name, Numeral, Relation
from derive.latexread.tokens import Span
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import build
from derive.vocabulary.densities import DENSITIES

LETTERS = frozenset({"p", "P", "q", "Pr"})


def density_at(e: Elaborator, name: Name, group: Group) -> Node | None:
    r"""`p(x \mid z)`, `q(z)`: the density of which the first name in the brackets is the value."""
    if name.letter not in LETTERS or name.above or name.accents or not group.items:
        return None
    if len(group.items) > 1 and not isinstance(group.items[1], Mark):
        return None  # of several values at once
    try:
        value = e.settle(e.node(group.items[0]))
    except Stop:
        return None
    found = _asked(e, lambda node: node.op == "logpdf" and node.args[-1] == value)
    law = e.context.scope.declarations[value.symbol.name].law if _is_declared(e, value) else None
    if not found and law is not None and law.kind in DENSITIES:
        given = [law.args[n] for n in DENSITIES[law.kind].names if n in law.args]
        if len(given) == len(DENSITIES[law.kind].names):
            found = [e.make("logpdf", *given, value, span=name.span, data=law.kind)]
    if len(found) != 1:
        return None
    e.note(f"{name.letter} is read as the law that the problem gives", name.span, "law")
    return build("exp", found[0])


def only_divergence(e: Elaborator, span: Span) -> Node | None:
    found = _asked(e, lambda node: node.op == "kl")
    if len(found) != 1:
        return None
    e.note("the divergence is the one of the problem", span, "law")
    return found[0]


def _is_declared(e: Elaborator, value: Node) -> bool:
    return value.op == "sym" and not value.args and value.symbol.name in e.context.scope.declarations


def _asked(e: Elaborator, fits: Callable[[Node], bool]) -> list[Node]:
    bodies = [d.body for d in e.context.scope.definitions.values() if d.body is not None]
    return list(dict.fromkeys(n for node in (*e.context.asked, *bodies) for n in walk(node) if fits(n)))


def share(e: Elaborator, name: Name, group: Group) -> Node | None:
    r"""`P(y = 0 \mid x_1 = 1)`: the share, or the posterior, that the problem asks for."""
    if not e.context.shares or name.letter not in LETTERS or name.below or name.above:
        return None
    said = ""
    for item in group.items:
        if isinstance(item, Mark) and item.text == "|":
            said += "|"
        elif isinstance(item, Relation) and isinstance(item.left, Name) and item.relation == "=":
            value = item.right
            if not isinstance(value, (Name, Numeral)):
                return None
            event = f"{item.left.letter}{spelled(item.left.below)}"
            shown = value.text if isinstance(value, Numeral) else value.letter
            said += f"{'' if said in ('', '|') or said.endswith('|') else ','}{event}={shown}"
        else:
            return None
    return e.context.shares.get(f"P({said})")
