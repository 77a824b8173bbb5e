r"""The names of an answer's own: which claims introduce them, and from where on they mean another thing.

A name is introduced by the claim that says so loudest (":=", "let"), then by one that sets it to a derivative, then by
the first. A family defined by itself takes its fixed members along (\delta_T = ..., \delta_t = ... \delta_{t+1}).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Iterable, Sequence

from derive.check.judge import Checker
from derive.errors import DeriveError
from derive.judging.alike import of_any
from derive.judging.anything import Anything, anything, quantified
from derive.judging.shadowing import freed
from derive.judging.turning import is_case, turned
from derive.judging.unsized import sized
from derive.latexread import (
    Claim,
    Context,
    Own,
    introduce,
    introduce_function,
    own_function,
    own_name,
    surface_latex,
)
from derive.latexread.introducing import BEHIND, primed
from derive.latexread.surface import Derivative, Nabla
from derive.latexread.tables import GREEK_FUNCTIONS
from derive.problem.functions import by_formula
from derive.tree.nodes import SCALAR, Node, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import build
from derive.vocabulary.scope import Declaration, Definition, Scope

LOUD = frozenset({"let", "define", "denote", "denoting", "write", "writing", "call", "redefine", "introduce"})
MOST_EPOCHS = 20
WRITTEN_WITH = {  # a formula of these, which nobody calls a definition, is one of the function itself
    "sigmoid": frozenset({"exp"}),
    "phi": frozenset({"exp", "const"}),
    "Phi": frozenset({"Phi"}),
}
Key = tuple[object, ...]


@dataclass(frozen=True)
class Learned:
    """What an answer's names mean from a place of the text on; `claims` are those that introduce them, by id."""

    start: int
    context: Context
    introduced: tuple[Definition, ...]
    claims: frozenset[int]
    numbers: tuple[Declaration, ...] = ()  # the z of `f'(z) = ...`, the v of "for every v"


@dataclass(frozen=True)
class _Candidate:
    """A claim that may introduce a name."""

    claim: Claim  # with the new name on its left
    own: Own
    label: str
    written: Claim
    is_function: bool = False
    shadows: bool = False  # it takes its letter away from the problem, from `start` on
    start: int = 0

    @property
    def key(self) -> Key:
        return (*self.own.family, bool(self.own.params), self.is_function)

    @property
    def is_loud(self) -> bool:
        words = re.findall(r"[a-z]+", self.claim.words.lower())
        return self.claim.relation == ":=" or bool(LOUD & set(words))

    @property
    def rank(self) -> int:
        return 0 if self.is_loud else 1 if isinstance(self.claim.right, (Derivative, Nabla)) else 2

    @property
    def said(self) -> str:
        return surface_latex(self.claim.right) if self.claim.right is not None else ""


def epochs(claims: Iterable[tuple[Claim, str]], context: Context, text: str = "") -> list[Learned]:
    """The names of an answer from its start on, and from every place on where one is defined anew. `claims` come with
    the label of what they answer."""
    claims = list(claims)
    stated = [claim for claim, _ in claims]
    every = quantified(stated, text)
    found = [c for c in _candidates(claims, context) if c.own.letter not in every or c.said != "0"]
    starts = sorted({0, *_anew(found), *(c.start for c in found if c.shadows)})[:MOST_EPOCHS]
    epochs_ = [_learned(start, _meant(found, start), context, stated) for start in starts]
    return [_with_letters(epoch, anything(epoch.context, stated, text)) for epoch in epochs_]


def _with_letters(learned: Learned, found: Anything) -> Learned:
    """With the letters that may have any value."""
    claims = learned.claims | found.claims
    return replace(learned, context=found.context, numbers=found.declared, claims=claims)


def _candidates(claims: Iterable[tuple[Claim, str]], context: Context) -> list[_Candidate]:
    found: list[_Candidate] = []
    stated = 0  # where the formula before stands, which "where" speaks of
    for claim, label in claims:
        if claim.refusal is not None or claim.relation not in ("=", ":=") or is_case(claim):
            continue
        naming = turned(claim, context)
        name = own_name(naming.written_left, context, primed(naming))
        own = name or own_function(naming.written_left, context)
        if own is not None and naming.right is not None and (not naming.continues or naming is not claim):
            new = _Candidate(naming, own, label, claim, name is None)
            start = stated if BEHIND & set(claim.words.lower().split()) else claim.span.start
            found.append(replace(new, start=start, shadows=freed(naming, context, new.is_loud) is not None))
        if not claim.continues and not claim.defines:
            stated = claim.span.start
    return found


def _anew(found: Sequence[_Candidate]) -> list[int]:
    """Where a name is defined a second time, as another thing."""
    meanings: dict[Key, _Candidate] = {}
    starts: list[int] = []
    for candidate in found:
        before = meanings.get(candidate.key)
        elsewhere = before is not None and candidate.claim.defines and candidate.label != before.label
        if not candidate.is_loud and not elsewhere:
            if before is None and candidate.claim.defines:
                meanings[candidate.key] = candidate
            continue
        if before is not None and before.said != candidate.said:
            starts.append(candidate.claim.span.start)
        meanings[candidate.key] = candidate
    return starts


def _meant(found: Sequence[_Candidate], start: int) -> list[_Candidate]:
    """The candidates for every name at a place of the text, the likeliest first."""
    last: dict[Key, _Candidate] = {}
    loud: dict[Key, list[_Candidate]] = {}
    found = [c for c in found if not c.shadows or c.start <= start]
    for candidate in found:
        if candidate.is_loud or candidate.claim.span.start == start:
            loud.setdefault(candidate.key, []).append(candidate)
    for key, several in loud.items():
        before = [c for c in several if c.claim.span.start <= start]
        last[key] = before[-1] if before else several[0]
    kept = [c for c in found if c.key not in last or c is last[c.key] or c not in loud[c.key]]
    return sorted(kept, key=lambda c: (c is not last.get(c.key), c.rank))


def _learned(
    start: int, candidates: Sequence[_Candidate], context: Context, lines: Sequence[Claim]
) -> Learned:
    """Every name that can be introduced: a definition may use names that are introduced further down."""
    families = {c.own.family for c in candidates if c.own.params}
    waiting: dict[Key, list[_Candidate]] = {}
    members: dict[Key, list[tuple[Size, Claim]]] = {}
    for candidate in candidates:
        fixed = [own for own in candidate.own.fixed() if own.family in families]
        for own in fixed:
            assert own.member is not None
            members.setdefault(own.family, []).append((own.member, candidate.claim))
        waiting.setdefault(candidate.key, []).append(candidate)
    last = {c.key for c in candidates if any(own.family in families for own in c.own.fixed())}
    claims: set[int] = set()
    introduced: list[Definition] = []
    level = 0
    while waiting and level < 2 + max(map(len, waiting.values())):
        progress = False
        for key, several in sorted(waiting.items(), key=lambda item: item[1][0].claim.span.start):
            if key in last and level == 0:
                continue  # a member, where its family is introduced
            for candidate in several[: max(1, 0 if several[0].is_function else level)]:
                if candidate.shadows:
                    context = freed(candidate.claim, context, candidate.is_loud) or context
                fixed_ = members.get(candidate.own.family, []) if candidate.own.params else []
                wider = _wider(candidate, context, fixed_)
                if wider is None and level and not candidate.is_function:
                    wider = sized(candidate.claim, candidate.own, context, lines)
                if wider is None:
                    continue
                if isinstance(wider, Context):
                    new = [
                        d for n, d in wider.scope.definitions.items() if n not in context.scope.definitions
                    ]
                    introduced += new
                    context, progress = wider, True
                    claims |= {id(candidate.written)}
                    told = {at for d in new for (at,), _ in d.members}
                    claims |= {id(c) for at, c in fixed_ if at in told}
                del waiting[key]
                break
        level = 0 if progress else level + 1
    return Learned(start, context, tuple(introduced), frozenset(claims))


def _wider(
    candidate: _Candidate, context: Context, members: Sequence[tuple[Size, Claim]]
) -> Context | bool | None:
    """The context with the name of a claim; False where it is no new name, None where that cannot be said yet."""
    try:
        if candidate.is_function:
            outcome = introduce_function(candidate.claim, context, by_formula)
        else:
            outcome = introduce(candidate.claim, context, members=members)
    except (DeriveError, RecursionError):
        return False
    if outcome is None or isinstance(outcome, Context) and _has_its_meaning(candidate, context, outcome):
        return False
    return of_any(candidate.claim, context, outcome) if isinstance(outcome, Context) else None


# ---------------------------------------------------------------- functions of one number


def _has_its_meaning(candidate: _Candidate, context: Context, wider: Context) -> bool:
    r"""Whether \sigma(z) = ... says what \sigma means anyway, or is claimed of the function that the problem uses."""
    default = GREEK_FUNCTIONS.get(candidate.own.letter) if candidate.is_function else None
    if default is None or candidate.own.below or candidate.own.above or candidate.own.accents:
        return False
    (name,) = wider.scope.definitions.keys() - context.scope.definitions.keys()
    new = wider.scope.definitions[name]
    if new.argument is None or new.body is None:
        return False
    if not candidate.is_loud and _uses(context.scope, default):
        return True
    if not candidate.claim.defines and WRITTEN_WITH[default] <= {n.op for n in walk(new.body)}:
        return True
    argument = Declaration(new.argument.symbol.name, SCALAR)
    scope = replace(wider.scope, declarations={**wider.scope.declarations, argument.name: argument})
    return Checker(scope).line(new.body, "==", build(default, new.argument)).status == "holds"


def _uses(scope: Scope, function: str) -> bool:
    bodies: list[Node] = [d.body for d in scope.definitions.values() if d.body is not None]
    return any(n.op == function for body in bodies for n in walk(body))
