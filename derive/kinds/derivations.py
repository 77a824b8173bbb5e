"""Kinds `find` and `show`: the engine writes the derivation."""

from __future__ import annotations

from dataclasses import replace

from derive.errors import NotDerived
from derive.notation.derivation import Answer, Block, Chain
from derive.problem.model import Part
from derive.rewrite.answer import answered
from derive.rewrite.derivative import DERIVATIVES
from derive.rewrite.derived import Derived
from derive.rewrite.expression import VERBS, Wish, is_unspecified
from derive.rewrite.kinks import kinks
from derive.rewrite.prove import prove
from derive.tree.nodes import Node, walk


def wish_of(part: Part) -> Wish:
    scope = part.scope
    for name, (low, high) in part.ranges.items():
        scope = scope.with_range(name, low, high)
    return Wish(scope, part.in_terms_of, part.hold, tuple(part.ranges.items()))


def find(part: Part) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    """Every asked expression in its closed form."""
    wish = wish_of(part)
    if part.subject_to:
        raise NotDerived("a minimiser under a constraint is not derived yet", part.subject_to[0].place)
    blocks: list[Block] = []
    answers: list[Answer] = []
    for asked in part.find:
        try:
            found = answered(asked.expression, wish)
            _answers_the_question(asked.expression, found, wish)
        except NotDerived as error:
            raise error.at(asked.place) from None
        blocks += with_ranges(found.blocks, part)
        where = tuple(w for w in found.where if w != (asked.expression, found.expression))
        provided = kinks(asked.expression, wish.scope)
        answers.append(Answer(found.expression, asked.name, where, found.introduced, provided))
    return tuple(b for i, b in enumerate(blocks) if b not in blocks[:i]), tuple(answers)


def _answers_the_question(asked: Node, found: Derived, wish: Wish) -> None:
    """An answer holds no verb, except on unspecified functions, kept names and introduced adjoints."""
    introduced = {left for left, _ in found.where}
    families = {
        (n.args[0], n.args[1].symbol.name)
        for n in introduced
        if n.op in DERIVATIVES and n.args[1].op == "sym"
    }
    for node in walk(found.expression):
        if (
            node.op not in VERBS
            or node in wish.in_terms_of
            or is_unspecified(node, wish.scope)
            or node in introduced
        ):
            continue
        if node.op in DERIVATIVES and (node.args[0], node.args[1].symbol.name) in families | _kept_families(
            wish
        ):
            continue
        raise NotDerived("the answer would repeat a question that is still open")


def _kept_families(wish: Wish) -> set[tuple[Node, str]]:
    """`gradient(L, h[t])` kept by the author keeps it at every index."""
    return {(n.args[0], n.args[1].symbol.name) for n in wish.kept if n.args[1].op == "sym"}


def with_ranges(blocks: tuple[Block, ...], part: Part) -> list[Block]:
    """Chains that leave an index free say over which range they hold."""
    return [
        replace(b, ranges={**part.ranges, **b.ranges}) if isinstance(b, Chain) and part.ranges else b
        for b in blocks
    ]


def show(part: Part) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    """The chain from the left side to the right side."""
    assert part.show is not None
    assert part.show.left is not None
    if part.show.relation != "==":
        raise NotDerived(
            "only equations can be shown line by line", part.show.place, "put the inequality under claims:"
        )
    try:
        found = prove(part.show.left, part.show.right, wish_of(part))
    except NotDerived as error:
        raise error.at(part.show.place) from None
    return tuple(with_ranges(found.blocks, part)), ()


def prose(part: Part) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    """Authored text claims nothing by itself; its claims are checked with every part's."""
    return (), ()
