r"""Names that an answer introduces itself: what is new in `a_{t+1} = W h_t`, and the context that knows it.

A family may be defined by itself (`\delta_t = W^\top \delta_{t+1}`) with members of their own (`\delta_T = ...`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Iterator, Sequence

from derive.errors import DeriveError
from derive.latexread.answer import Claim
from derive.latexread.context import MODES, Context, Mode
from derive.latexread.elaborate import MEANINGS, elaborate
from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.families import first_member
from derive.latexread.fitting import array
from derive.latexread.lifting import lifted
from derive.latexread.naming import resolved
from derive.latexread.own import Own, internal_name, own_name, written_name
from derive.latexread.patterns import TWINS, pieces, spelled
from derive.latexread.powers import ARRAYS, is_mark
from derive.latexread.reaches import counting
from derive.latexread.reading import Ambiguous, Elaborated, IllTyped, Unreadable
from derive.latexread.surface import Derivative, Name, Surface
from derive.tree.nodes import SCALAR, Node, Shape, free_indices, names_in
from derive.tree.sizes import Size
from derive.vocabulary.build import build, reindex
from derive.vocabulary.scope import Definition

CONSTANTS = frozenset(
    {"const", "exp", "onehot", "eye", "kronecker"}
)  # what a letter means that nobody declares
BEHIND = frozenset({"where", "with"})  # what says that a name was used before


def is_known(
    name: Name, context: Context, right: Node | None = None, letters: frozenset[str] = frozenset()
) -> bool:
    """Whether a scope knows a written name: as it stands, or with the other case where further marks agree. A letter
    that is a constant or a size only may be a name for another thing, `right`; `letters` count here."""
    e = Elaborator(context, MODES["declared"], None, {}, MEANINGS)
    e.counting_letters = letters
    try:
        node, above, _ = resolved(e, name)
    except Stop:
        return False
    if any(n.kind == "mean" for n in e.notes):
        return False
    if above and is_mark(above):
        return False
    if above and not node.shape.is_scalar and re.fullmatch(r"(?!T$)[A-Za-z]+", spelled(above)):
        return False  # no power of an array
    if node.op == "sym" and _is_by_its_twin(name, node.symbol.name, context):
        return False
    if node.op in CONSTANTS and not context.names.matches(name):
        return False
    if node.op == "count" and right is not None and node.size.name not in context.scope.indices:
        return right.shape.is_scalar
    slipped = any(n.kind == "case" and n.span == name.span for n in e.notes)  # and none of its marks
    return not slipped or bool(name.above or len(pieces(name.below)) > 1)


def _is_by_its_twin(name: Name, known: str, context: Context) -> bool:
    r"""Whether a letter is known in another style only, \ell for l, and the problem does not say what it is."""
    declared = context.scope.declarations.get(known)
    by_twin = name.letter in TWINS and not context.names.patterns.get(name.letter)
    return by_twin and declared is not None and not declared.of


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
    own = own_name(name, context, primed(claim))
    if own is None:
        return None
    outcome = _read(right, context, mode)
    node = outcome.node if isinstance(outcome, Elaborated) else None
    is_new = name.primes > 0 and (node is None or _is_new_with_primes(claim, name, node, context))
    if not is_new and is_known(name, context, node, counting(name, right)):
        return None
    if isinstance(outcome, Elaborated):
        whole = _by_entries(own, outcome, context)
        if whole is not None:
            return whole
        own, body = _with_index(own, outcome, context)
        return _with_ends(own, body, context, members)
    return (_by_itself(own, right, context, members) if own.params else None) or outcome


def primed(claim: Claim) -> bool:
    r"""Whether a prime on the left may be that of a name: it is called a definition, or `D' = \frac{dD}{da}`."""
    of = claim.right.over if isinstance(claim.right, Derivative) else None
    left = claim.written_left
    return claim.defines or (isinstance(of, Name) and isinstance(left, Name) and of.letter == left.letter)


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
