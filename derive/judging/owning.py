r"""The names of an answer's own: which claims introduce them, and from where on they mean another thing.

A name is introduced by the claim that says so loudest (":=", "let"), then by one that sets it to a derivative, then by
the first. A family defined by itself takes its fixed members along (\delta_T = ..., \delta_t = ... \delta_{t+1}).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Iterable, Sequence

from derive.errors import DeriveError
from derive.judging.shadowing import freed
from derive.latexread import Claim, Context, Own, introduce, own_name, surface_latex
from derive.latexread.surface import Derivative, Nabla
from derive.tree.sizes import Size
from derive.vocabulary.scope import Definition

LOUD = frozenset({"let", "define", "denote", "denoting", "write", "writing", "call", "redefine", "introduce"})
BEHIND = frozenset({"where", "with"})  # what says that a name was used before
MOST_EPOCHS = 20
Key = tuple[object, ...]


@dataclass(frozen=True)
class Learned:
    """What an answer's names mean from a place of the text on; `claims` are those that introduce them, by id."""

    start: int
    context: Context
    introduced: tuple[Definition, ...]
    claims: frozenset[int]


@dataclass(frozen=True)
class _Candidate:
    """A claim that may introduce a name."""

    claim: Claim  # with the new name on its left
    own: Own
    label: str
    written: Claim
    shadows: bool = False  # it takes its letter away from the problem, from `start` on
    start: int = 0

    @property
    def key(self) -> Key:
        return (*self.own.family, bool(self.own.params))

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


def epochs(claims: Iterable[tuple[Claim, str]], context: Context) -> list[Learned]:
    """The names of an answer from its start on, and from every place on where one is defined anew. `claims` come with
    the label of what they answer."""
    found = _candidates(claims, context)
    starts = sorted({0, *_anew(found), *(c.start for c in found if c.shadows)})[:MOST_EPOCHS]
    return [_learned(start, _meant(found, start), context) for start in starts]


def _candidates(claims: Iterable[tuple[Claim, str]], context: Context) -> list[_Candidate]:
    found: list[_Candidate] = []
    stated = 0  # where the formula before stands, which "where" speaks of
    for claim, label in claims:
        if claim.refusal is not None or claim.relation not in ("=", ":="):
            continue
        turned = _turned(claim, context)
        own = own_name(turned.written_left, context)
        if own is not None and turned.right is not None and (not turned.continues or turned is not claim):
            new = _Candidate(turned, own, label, claim)
            start = stated if BEHIND & set(claim.words.lower().split()) else claim.span.start
            found.append(replace(new, start=start, shadows=freed(turned, context, new.is_loud) is not None))
        if not claim.continues and not claim.defines:
            stated = claim.span.start
    return found


def _turned(claim: Claim, context: Context) -> Claim:
    r"""`W x =: a` is `a := W x`."""
    left = claim.written_left or claim.previous
    if claim.relation != ":=" or left is None or own_name(claim.written_left, context) is not None:
        return claim
    if own_name(claim.right, context) is None:
        return claim
    return replace(claim, written_left=claim.right, left=claim.right, right=left)


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


def _learned(start: int, candidates: Sequence[_Candidate], context: Context) -> Learned:
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
            for candidate in several[: max(1, level)]:
                if candidate.shadows:
                    context = freed(candidate.claim, context, candidate.is_loud) or context
                fixed_ = members.get(candidate.own.family, []) if candidate.own.params else []
                wider = _wider(candidate.claim, context, fixed_)
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


def _wider(claim: Claim, context: Context, members: Sequence[tuple[Size, Claim]]) -> Context | bool | None:
    """The context with the name of a claim; False where it is no new name, None where that cannot be said yet."""
    try:
        outcome = introduce(claim, context, members=members)
    except (DeriveError, RecursionError):
        return False
    if outcome is None:
        return False
    return outcome if isinstance(outcome, Context) else None
