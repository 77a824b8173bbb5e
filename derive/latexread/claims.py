"""Claims to pairs of typed nodes, and names that an answer introduces itself."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.latexread.answer import Claim
from derive.latexread.context import MODES, Context, Mode
from derive.latexread.elaborate import MEANINGS, elaborate, runs
from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.entrywise import array_of, letters_of, without_marks
from derive.latexread.fitting import array, filled, is_settled
from derive.latexread.naming import resolved
from derive.latexread.patterns import bare, pieces, spelled
from derive.latexread.powers import is_mark
from derive.latexread.reading import Ambiguous, Elaborated, Hook, IllTyped, Pair, Unreadable
from derive.latexread.surface import Name, Surface
from derive.latexread.tokens import Span
from derive.notation.latex_names import ACCENTS, word
from derive.tree.nodes import Node, walk
from derive.vocabulary.scope import Definition


def elaborate_claim(
    claim: Claim,
    context: Context,
    mode: str | Mode = "declared",
    hook: Hook | None = None,
    against: str = "left",
) -> tuple[Pair, ...] | IllTyped | Unreadable:
    """Both sides of a claim, one pair for each reading; `against` the left side, or the "previous" right side."""
    left = claim.left if against == "left" else claim.previous
    if claim.refusal is not None:
        return Unreadable(claim.refusal.message, claim.refusal.span, claim.refusal.hint)
    if left is None or claim.right is None:
        return Unreadable("there is nothing to compare this with", claim.span)
    return elaborate_pair(left, claim.right, context, mode, hook)


def elaborate_pair(
    left: Surface, right: Surface, context: Context, mode: str | Mode = "declared", hook: Hook | None = None
) -> tuple[Pair, ...] | IllTyped | Unreadable:
    """Two formulas that are compared: each tells the other the sizes of its `0`, `1` and `I`."""
    found: list[Pair] = []
    failure: IllTyped | Unreadable | None = None

    def meaning(e: Elaborator) -> tuple[Node, Node]:
        return related(e, e.node(left), e.node(right), left.span, right.span)

    for how, outcome in runs(meaning, context, mode, hook):
        if not isinstance(outcome, tuple):
            failure = failure or outcome  # type: ignore[assignment]
            continue
        (a, b), notes, indices = outcome
        if not (is_settled(a) and is_settled(b)):
            failure = failure or Unreadable("the size of this does not show", right.span)
        elif all((a, b) != (p.left, p.right) for p in found):
            found.append(Pair(a, b, notes, how, indices))
    if found:
        return tuple(found)
    return failure or Unreadable("this claim cannot be read", right.span)


def related(e: Elaborator, left: Node, right: Node, left_span: Span, right_span: Span) -> tuple[Node, Node]:
    """Both sides in one shape, or the reason why not."""
    left, right = _filled(e, left, right), _filled(e, right, left)
    _last_resort(e, left, right)
    if left.shape.is_scalar and right.shape.is_scalar:
        return e.settle(left), e.settle(right)
    if e.same_shape(left.shape, right.shape):
        return e.settle(left), e.settle(right)
    left, right = e.settle(left), e.settle(right)
    if e.hook is not None:
        helped = e.hook(left, right, "relation")
        if helped is not None:
            return left, helped
    message = f"the left side is {left.shape}, the right side {right.shape}"
    raise e.ill_typed(message, right_span, left, right, (left_span, right_span))


def _last_resort(e: Elaborator, left: Node, right: Node) -> None:
    r"""`\mathbf 1 \mathbf 1^\top x`: a size that nothing tells is the only one that stands there."""
    dims = {d.replace(e.found) for side in (left, right) for part in walk(side) for d in part.shape.dims}
    told = {d for d in dims if not any(name.startswith("?") for name in d.names)}
    if len(told) == 1 and told != dims:
        for d in dims - told:
            e.meet(d, next(iter(told)))


def _filled(e: Elaborator, node: Node, other: Node) -> Node:
    """A zero beside an array is the zero array; what is open takes the other side's shape."""
    if e.is_open(other):
        return node
    if node.op == "num" and node.number == 0 and not other.shape.is_scalar:
        return array("zeros", other.shape)
    return filled(e, node, other.shape)


# ---------------------------------------------------------------- names of the answer's own


MARKS = {  # above a name: how it is printed, and in the name that is used inside
    "*": (r"\star", "star"),
    "bot": (r"\perp", "perp"),
    "dagger": (r"\dagger", "dagger"),
    "+": ("+", "plus"),
}


def introduce(
    claim: Claim, context: Context, mode: str | Mode = "declared", hook: Hook | None = None
) -> Context | IllTyped | Unreadable | None:
    """The context in which the left side of a claim is a defined name; None where it is no new name."""
    name, right = claim.written_left, claim.right
    if not isinstance(name, Name) or right is None or claim.relation not in ("=", ":="):
        return None
    if is_known(name, context):
        return None
    marks = _marks(name, context)
    if marks is None:
        return None
    params, below, above = marks
    outcome = elaborate(right, context, mode, hook)
    if isinstance(outcome, Ambiguous):
        outcome = outcome.readings[0]
    if not isinstance(outcome, Elaborated):
        return outcome
    node = outcome.node
    whole = array_of(letters_of(name, context.scope), node)
    if whole is not None and not is_known(without_marks(name), context):
        name, node, params, below = without_marks(name), whole, (), ()
    internal = internal_name(name, below, above, context)
    scope = context.scope
    key = f"{internal}[{', '.join(params)}]" if params else internal
    definition = Definition(internal, node.shape, params, node)
    written = written_name(name, below, above, params)
    wider = Context.of(
        replace(
            scope,
            definitions={**scope.definitions, internal: definition},
            notation={**scope.notation, key: written},
        ),
        context.arrays,
        context.variables,
    )
    return replace(wider, optima=context.optima)


def is_known(name: Name, context: Context) -> bool:
    """Whether a scope knows a written name: as it stands, or with the other case where further marks agree."""
    e = Elaborator(context, MODES["declared"], None, {}, MEANINGS)
    try:
        _, above, _ = resolved(e, name)
    except Stop:
        return False
    if above and is_mark(above):
        return False
    slipped = any(n.kind == "case" for n in e.notes)
    return not slipped or bool(name.above or len(pieces(name.below)) > 1)


def _marks(name: Name, context: Context) -> tuple[tuple[str, ...], tuple[str, ...], str] | None:
    """Index parameters, further marks below, the mark above; None where the marks are no marks of a name."""
    params: list[str] = []
    below: list[str] = []
    for piece in pieces(name.below):
        said = spelled(piece)
        if said in context.scope.indices and said not in params:
            params.append(said)
        elif re.fullmatch(r"[A-Za-z0-9]{1,20}", said):
            below.append(said)
        else:
            return None
    above = spelled(name.above)
    if above and above not in MARKS and not re.fullmatch(r"\([A-Za-z0-9]{1,12}\)", above):
        return None
    if name.primes or (name.letter.startswith("\\") and not name.letter[1:].isalpha()):
        return None
    return tuple(params), tuple(below), above


def internal_name(name: Name, below: tuple[str, ...], above: str, context: Context) -> str:
    letter = re.sub(r"\W", "", name.letter) or "x"
    marks = [*below, *([MARKS.get(above, ("", bare(above)))[1]] if above else []), *name.accents]
    wanted = "_".join([letter, *marks])
    found, k = wanted, 2
    taken = {*context.scope.declarations, *context.scope.definitions, *context.scope.indices}
    while found in taken or context.names.known.is_size(found):
        found, k = f"{wanted}_{k}", k + 1
    return found


def written_name(name: Name, below: tuple[str, ...], above: str, params: tuple[str, ...]) -> str:
    """The name in LaTeX of our own making."""
    letter = word(re.sub(r"\W", "", name.letter) or "x")
    for accent in reversed(name.accents):
        letter = rf"\{ACCENTS.get(accent, 'hat')}{{{letter}}}"
    up = MARKS.get(above, (above, ""))[0]
    marks = ",".join([*(word(b) for b in below), *(f"{{{p}}}" for p in params)])
    if len(params) == 1 and not below:
        marks = params[0]
    return letter + (f"^{{{up}}}" if up else "") + (f"_{{{marks}}}" if marks else "")
