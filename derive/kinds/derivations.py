"""Kinds `find` and `show`: the engine writes the derivation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.errors import DeriveError, NotDerived, NotEvaluated
from derive.kinds.evaluation import asks, evaluated, spells_entries, touches_data
from derive.kinds.layers import is_about_layers, layer_arithmetic
from derive.notation.derivation import Answer, Block, Chain, Line, Reason, Remark
from derive.notation.text import text
from derive.problem.model import Named, Part
from derive.rewrite.answer import answered
from derive.rewrite.derived import Derived
from derive.rewrite.expression import VERBS, Wish, derive_expression, is_unspecified
from derive.rewrite.kinks import kinks
from derive.rewrite.lagrange import Multipliers
from derive.rewrite.prove import prove
from derive.rewrite.substructure import applies, find_paths, runs_over_paths, show_paths
from derive.tree.nodes import Node, walk
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.scope import Scope


def wish_of(part: Part) -> Wish:
    scope = part.scope
    for name, (low, high) in part.ranges.items():
        scope = scope.with_range(name, low, high)
    multipliers = Multipliers(part.multipliers, part.lagrangian)
    return Wish(scope, part.in_terms_of, part.hold, tuple(part.ranges.items()), multipliers)


def find(part: Part) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    """Every asked expression in its closed form."""
    wish = wish_of(part)
    blocks: list[Block] = []
    answers: list[Answer] = []
    for asked in part.find:
        try:
            found, new = _found(asked, wish, bool(part.expect))
        except DeriveError as error:
            raise error.at(asked.place) from None
        blocks += with_ranges(found, part)
        answers += new
    return tuple(_once(blocks)), tuple(answers)


def _once(blocks: list[Block]) -> Iterator[Block]:
    """Every chain once; a remark goes with the chain before it."""
    seen: list[Block] = []
    shown = True
    for block in blocks:
        if isinstance(block, Chain) or not shown:
            shown = block not in seen
        if shown:
            seen.append(block)
            yield block


def _found(asked: Named, wish: Wish, expected: bool) -> tuple[tuple[Block, ...], list[Answer]]:
    """The closed form; with data its value, and by components what no rule derives."""
    node, scope = asked.expression, wish.scope
    if is_about_layers(node, scope):
        blocks, answer = layer_arithmetic(asked, wish)
        return blocks, [answer]
    with_data = touches_data(node, scope)
    derived: Derived | None = None
    refusal: NotDerived | None = None
    if asks(node, scope) or not with_data:
        try:
            derived = (find_paths if runs_over_paths(node, scope) else derive_expression)(node, wish)
            with_data = with_data or touches_data(derived.expression, scope)
            if not with_data and not runs_over_paths(node, scope):
                derived = answered(node, wish)
            _answers_the_question(node, derived, wish)
        except NotDerived as error:
            derived, refusal = None, error
    if derived is not None and spells_entries(derived.expression, node, scope):
        try:
            blocks, answer = evaluated(asked, None, wish)
            return blocks, [answer]
        except (NotDerived, NotEvaluated):
            pass  # its sizes are no numbers
    if derived is not None and (not with_data or derived.where or derived.others):
        return derived.blocks, _symbolic(asked, derived, scope, expected)
    try:
        blocks, answer = evaluated(asked, derived, wish)
    except (NotDerived, NotEvaluated) as error:
        if derived is not None:
            said = (Remark(Reason(f"on the data: {error.message}")),) if error.hint else ()
            return (*derived.blocks, *said), _symbolic(asked, derived, scope, expected)
        raise refusal or NotDerived(error.message, hint=error.hint) from None
    return (*(derived.blocks if derived else ()), *blocks), [answer]


def _symbolic(asked: Named, found: Derived, scope: Scope, expected: bool) -> list[Answer]:
    """The closed form, what it introduces, and what must hold for it; several solutions have numbers."""
    where = tuple(w for w in found.where if w != (asked.expression, found.expression))
    provided = kinks(asked.expression, scope)
    name = f"{_unknown(asked)}_1" if found.others and not expected else asked.name
    first = Answer(found.expression, name, where, found.introduced, provided)
    others = [Answer(other, f"{_unknown(asked)}_{k}") for k, other in enumerate(found.others, 2)]
    return [first, *others]


def _unknown(asked: Named) -> str:
    """What several solutions of an equation are called."""
    return asked.name or asked.expression.args[1].symbol.name


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
    wish = wish_of(part)
    try:
        blocks = _proved(part.show.left, part.show.right, wish).blocks
    except NotDerived as error:
        if not touches_data(part.show.left, wish.scope):
            raise error.at(part.show.place) from None
        blocks = _shown_by_values(part.show.left, part.show.right, part, wish)
    return tuple(with_ranges(blocks, part)), ()


def _shown_by_values(left: Node, right: Node, part: Part, wish: Wish) -> tuple[Block, ...]:
    """Both sides evaluated on the data: the left one with its working, then what the right one comes to."""
    chains: list[Block] = []
    answers = []
    for side in (left, right):
        asked = Named(None, side, text(side), part.place)
        try:
            blocks, answer = evaluated(asked, None, wish)
        except NotEvaluated as error:
            place = part.show.place if part.show else part.place
            raise NotDerived(error.message, place, error.hint) from None
        chains += [b for b in blocks if b not in chains and (side is left or not _says_nothing(b))]
        answers.append(answer.expression)
    if answers[0] != answers[1]:
        message = f"the two sides do not meet: {text(answers[0])} and {text(answers[1])}"
        raise NotDerived(message, part.show.place if part.show else part.place)
    return (*chains, Chain((Line(left, right, Reason("the same value")),)))


def _says_nothing(block: Block) -> bool:
    """A chain of one line between a number and itself."""
    return isinstance(block, Chain) and all(line.left == line.right for line in block.lines)


def _proved(left: Node, right: Node, wish: Wish) -> Derived:
    """By optimal substructure where the left side runs over paths, else by a common form."""
    if not applies(left, right, wish.scope):
        return prove(left, right, wish)
    try:
        return show_paths(left, right, wish)
    except NotDerived as missing:
        try:
            return prove(left, right, wish)
        except NotDerived:
            raise missing from None


def prose(part: Part) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    """Authored text claims nothing by itself; its claims are checked with every part's."""
    return (), ()
