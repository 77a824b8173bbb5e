r"""Names that an answer introduces itself: what is new in `a_{t+1} = W h_t`, and the context that knows it.

A family may be defined by itself (`\delta_t = W^\top \delta_{t+1}`) with members of their own (`\delta_T = ...`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Container, Iterator, Sequence

from derive.errors import DeriveError
from derive.latexread.answer import Claim
from derive.latexread.context import MODES, Context, Mode
from derive.latexread.elaborate import MEANINGS, elaborate
from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.families import first_member
from derive.latexread.fitting import array
from derive.latexread.lifting import lifted
from derive.latexread.naming import resolved
from derive.latexread.patterns import bare, pieces, spelled
from derive.latexread.powers import ARRAYS, is_mark
from derive.latexread.reading import Ambiguous, Elaborated, IllTyped, Unreadable
from derive.latexread.surface import Name, Surface
from derive.notation.latex_names import ACCENTS, word
from derive.tree.nodes import SCALAR, Node, Shape, free_indices, names_in
from derive.tree.sizes import Size
from derive.vocabulary.build import build, reindex
from derive.vocabulary.scope import Definition

MARKS = {  # above a name: how it is printed, and in the name that is used inside
    "*": (r"\star", "star"),
    "bot": (r"\perp", "perp"),
    "dagger": (r"\dagger", "dagger"),
    "+": ("+", "plus"),
}
CONSTANTS = frozenset(
    {"const", "exp", "onehot", "eye", "kronecker"}
)  # what a letter means that nobody declares
BEHIND = frozenset({"where", "with"})  # what says that a name was used before
_INDEX = re.compile(r"([A-Za-z]+|\d+)([+-]\d+)?")


@dataclass(frozen=True)
class Own:
    """A written name that may be new: its letter and marks, its index (`t+1`, or `T` of a fixed member)."""

    letter: str
    accents: tuple[str, ...]
    below: tuple[str, ...]
    above: str
    params: tuple[str, ...] = ()
    shifts: tuple[int, ...] = ()
    member: Size | None = None
    primes: int = 0

    @property
    def family(self) -> tuple[object, ...]:
        """What members of a family share."""
        return self.letter, self.accents, self.below, self.above, self.primes

    def fixed(self) -> tuple[Own, ...]:
        """The members that it may be: `\\delta_T` has no index but a mark, before a family \\delta_t is known."""
        at = _INDEX.fullmatch(self.below[-1]) if self.below and not self.params else None
        if at is None:
            return ()
        size = Size.of(int(at[1]) if at[1].isdigit() else at[1]) + int(at[2] or 0)
        return (replace(self, below=self.below[:-1], member=size),)


def own_name(name: Surface | None, context: Context, primed: bool = False) -> Own | None:
    """What a written name would be as a new one; None where its marks are no marks of a name. A prime is one only
    where the name is called a definition (`primed`): else it is a transpose, or a derivative."""
    if not isinstance(name, Name) or (name.primes and not primed):
        return None
    if name.letter.startswith("\\") and not name.letter[1:].isalpha():
        return None
    params: list[str] = []
    shifts: list[int] = []
    below: list[str] = []
    above = spelled(name.above)
    marks = [spelled(piece) for piece in pieces(name.below)]
    if above and above not in MARKS and _index(bare(above), context) is not None:
        marks, above = [*marks, bare(above)], ""
    for said in marks:
        at = _index(said, context)
        if at is not None and at[0] not in params:
            params.append(at[0])
            shifts.append(at[1])
        elif re.fullmatch(r"[A-Za-z0-9]{1,20}|[A-Za-z0-9]{1,3}[+-]\d", said):
            below.append(said)
        else:
            return None
    if (
        above
        and above not in MARKS
        and not re.fullmatch(r"\([A-Za-z0-9]{1,12}\)|\[[A-Za-z0-9]{1,12}\]|(?!T$)[A-Za-z]{1,12}", above)
    ):
        return None
    return Own(
        name.letter, name.accents, tuple(below), above, tuple(params), tuple(shifts), None, name.primes
    )


def _index(said: str, context: Context) -> tuple[str, int] | None:
    """`t+1` as an index and a shift."""
    at = _INDEX.fullmatch(said)
    return (at[1], int(at[2] or 0)) if at is not None and at[1] in context.scope.indices else None


def is_known(name: Name, context: Context, right: Node | None = None) -> bool:
    """Whether a scope knows a written name: as it stands, or with the other case where further marks agree. A letter
    that is a constant or a size only may be a name for another thing, `right`."""
    e = Elaborator(context, MODES["declared"], None, {}, MEANINGS)
    try:
        node, above, _ = resolved(e, name)
    except Stop:
        return False
    if above and is_mark(above):
        return False
    if above and not node.shape.is_scalar and re.fullmatch(r"(?!T$)[A-Za-z]+", spelled(above)):
        return False  # no power of an array
    if node.op in CONSTANTS and not context.names.matches(name):
        return False
    if node.op == "count" and right is not None and node.size.name not in context.scope.indices:
        return right.shape.is_scalar
    slipped = any(n.kind == "case" for n in e.notes)
    return not slipped or bool(name.above or len(pieces(name.below)) > 1)


def introduce(
    claim: Claim,
    context: Context,
    mode: str | Mode = "declared",
    members: Sequence[tuple[Size, Claim]] = (),
) -> Context | IllTyped | Unreadable | None:
    """The context in which the left side of a claim is a defined name, with what is said of some members; None where
    it is no new name."""
    name, right = claim.written_left, claim.right
    if not isinstance(name, Name) or right is None or claim.relation not in ("=", ":="):
        return None
    own = own_name(name, context, claim.defines)
    if own is None:
        return None
    outcome = _read(right, context, mode)
    node = outcome.node if isinstance(outcome, Elaborated) else None
    is_new = name.primes > 0 and (node is None or _is_new_with_primes(claim, name, node, context))
    if not is_new and is_known(name, context, node):
        return None
    if isinstance(outcome, Elaborated):
        whole = _by_entries(own, outcome, context)
        if whole is not None:
            return whole
        own, body = _with_index(own, outcome, context)
        return _with_ends(own, body, context, members)
    return (_by_itself(own, right, context, members) if own.params else None) or outcome


def _is_new_with_primes(claim: Claim, name: Name, right: Node, context: Context) -> bool:
    r"""Whether "let H' = 1 - H \odot H" names a new thing: it says neither what a transpose is, nor a derivative."""
    base = elaborate(replace(name, primes=0), context)
    base = base.readings[0] if isinstance(base, Ambiguous) else base
    if not isinstance(base, Elaborated):
        return False  # then it is new anyway, or a function's
    shape = base.node.shape
    if shape.kind not in ARRAYS:
        return shape.is_scalar and not BEHIND & set(claim.words.lower().split())  # "where y' = 1 - y^2"
    while right.op in ("T", "neg"):
        right = right.args[0]
    return right != base.node


def _with_index(own: Own, right: Elaborated, context: Context) -> tuple[Own, Node]:
    r"""A family under an index that the problem calls otherwise: D_j = \operatorname{diag}(s_j) is its D_t."""
    node = right.node
    for letter in own.below:
        ends = right.indices.get(letter)
        same = [p for p, its in context.scope.indices.items() if its == ends and p not in own.params]
        if ends is None or not same or letter not in free_indices(node) or same[0] in free_indices(node):
            continue
        below = tuple(b for b in own.below if b != letter)
        own = replace(own, below=below, params=(*own.params, same[0]), shifts=(*own.shifts, 0))
        node = reindex(node, {letter: Size.of(same[0])})
    return own, node


def _with_ends(own: Own, body: Node, context: Context, members: Sequence[tuple[Size, Claim]]) -> Context:
    r"""A name, and what is said of its members beyond the range of its index: \delta_{T+1} = 0."""
    ends = [context.scope.indices[p] for p in own.params]
    beyond = [
        (at, claim)
        for at, claim in members
        if any((at - high).constant in (1, 2) or (low - at).constant in (1, 2) for low, high in ends)
    ]
    fixed = tuple(
        ((at,), node) for at, claim in beyond if (node := _fixed(claim, context, body.shape)) is not None
    )
    if len(own.params) != 1:
        return defining(context, own, body.shape, body)
    first = () if any(own.shifts) else first_member(own.params[0], body, context)
    told = {at for at, _ in fixed}
    return defining(context, own, body.shape, body, (*fixed, *(m for m in first if m[0] not in told)))


def _read(
    right: Surface, context: Context, mode: str | Mode = "declared"
) -> Elaborated | IllTyped | Unreadable:
    try:
        outcome = elaborate(right, context, mode)
    except DeriveError as error:
        return Unreadable(error.message, right.span)
    return outcome.readings[0] if isinstance(outcome, Ambiguous) else outcome


def _by_entries(own: Own, entry: Elaborated, context: Context) -> Context | None:
    r"""The array whose entries are defined: z_k = \sum_j W_{kj} x_j."""
    if not entry.node.shape.is_scalar:
        return None
    moved = {p for p, k in zip(own.params, own.shifts, strict=True) if k}
    marks = {p: ends for p, ends in context.scope.indices.items() if p not in moved} | dict(entry.indices)
    letters = [
        *own.params,
        *(m for b in own.below for m in (b if len(b) == 2 and set(b) <= set(marks) else [b])),
    ]
    used = [m for m in letters if m in marks and m in free_indices(entry.node)]
    twice = len(used) == 2 and used[0] == used[1]  # the diagonal of a matrix: S_{ii}
    used = used[:1] if twice else used
    for first in range(len(used)):
        names = used[first:]
        if len(names) > 2 or len(set(names)) < len(names) or any(marks[n][0] != Size.of(1) for n in names):
            continue
        array_ = lifted(entry.node, tuple((n, marks[n][1]) for n in names))
        if array_ is not None:
            params = tuple(p for p in own.params if p not in names)
            below = tuple(b for b in own.below if b not in names and not set(b) <= set(names))
            whole = replace(own, params=params, shifts=tuple(0 for _ in params), below=below)
            array_ = build("diag", array_) if twice else array_
            return defining(context, whole, array_.shape, array_)
    return None


def _by_itself(
    own: Own, right: Surface, context: Context, members: Sequence[tuple[Size, Claim]]
) -> Context | None:
    """A family that is defined by its other members: in the shape that makes both sides fit."""
    for shape in _shapes(context, members):
        wider = defining(context, own, shape, None)
        new = next(iter(wider.scope.definitions.keys() - context.scope.definitions.keys()))
        outcome = _read(right, wider)
        if not isinstance(outcome, Elaborated) or outcome.node.shape != shape:
            continue
        if new not in names_in(outcome.node):
            return None
        fixed = tuple(
            ((at,), node) for at, claim in members if (node := _fixed(claim, wider, shape)) is not None
        )
        return defining(context, own, shape, outcome.node, fixed)
    return None


def _shapes(context: Context, members: Sequence[tuple[Size, Claim]]) -> Iterator[Shape]:
    """The shape of what is said of members, else those of the problem."""
    scope = context.scope
    for _, claim in members:
        outcome = _read(claim.right, context) if claim.right is not None else None
        if isinstance(outcome, Elaborated) and outcome.node.op != "num":
            yield outcome.node.shape
    known = [d.shape for d in scope.definitions.values()] + [d.shape for d in scope.declarations.values()]
    plain = [s for s in known if s.kind in ("vector", "matrix", "row")]
    yield from dict.fromkeys((*plain, SCALAR))


def _fixed(claim: Claim, context: Context, shape: Shape) -> Node | None:
    outcome = _read(claim.right, context) if claim.right is not None else None
    if not isinstance(outcome, Elaborated):
        return None
    node = outcome.node
    if node.op == "num" and node.number == 0:
        return array("zeros", shape)
    return node if node.shape == shape else None


def defining(
    context: Context,
    own: Own,
    shape: Shape,
    body: Node | None,
    members: tuple[tuple[tuple[Size, ...], Node], ...] = (),
) -> Context:
    """The context with one more name; `body` is what stands for it at its index as written."""
    scope = context.scope
    back = {p: Size.of(p) - k for p, k in zip(own.params, own.shifts, strict=True) if k}
    body = reindex(body, back) if body is not None else None
    internal = internal_name(own, context)
    key = f"{internal}[{', '.join(own.params)}]" if own.params else internal
    definition = Definition(internal, shape, own.params, body, members)
    wider = replace(
        scope,
        definitions={**scope.definitions, internal: definition},
        notation={**scope.notation, key: written_name(own)},
    )
    return replace(context.within(wider), own=context.own | {internal})


def internal_name(own: Own, context: Context, reserved: Container[str] = ()) -> str:
    letter = re.sub(r"\W", "", own.letter) or "x"
    above = [MARKS.get(own.above, ("", bare(own.above)))[1]] if own.above else []
    primes = ["prime"] * own.primes
    wanted = re.sub(r"\W", "_", "_".join([letter, *own.below, *above, *own.accents, *primes]))
    found, k = wanted, 2
    taken = {*context.scope.declarations, *context.scope.definitions, *context.scope.indices}
    while found in taken or found in reserved or context.names.known.is_size(found):
        found, k = f"{wanted}_{k}", k + 1
    return found


def written_name(own: Own) -> str:
    """The name in LaTeX of our own making."""
    letter = word(re.sub(r"\W", "", own.letter) or "x")
    for accent in reversed(own.accents):
        letter = rf"\{ACCENTS.get(accent, 'hat')}{{{letter}}}"
    up = MARKS.get(own.above, (own.above, ""))[0]
    marks = ",".join(
        [
            *(b if _INDEX.fullmatch(b) and not b.isalpha() else word(b) for b in own.below),
            *(f"{{{p}}}" for p in own.params),
        ]
    )
    if len(own.params) == 1 and not own.below:
        marks = own.params[0]
    letter += "'" * own.primes
    return letter + (f"^{{{up}}}" if up else "") + (f"_{{{marks}}}" if marks else "")
