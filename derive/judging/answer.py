"""One answer against one problem or several: chains are tied to parts, its own names are learned, lines judged."""

from __future__ import annotations

import re
from dataclasses import InitVar, dataclass, replace
from functools import cached_property
from typing import Iterable, Sequence

from derive.judging.bench import Bench
from derive.judging.chain import Chained, Patience
from derive.judging.conditions import around, limits_of, limits_only
from derive.judging.desk import Desk
from derive.judging.finals import Final, Wanted, asked_by, final_of, used
from derive.judging.focus import Focus
from derive.judging.judged import JudgedChain, Report
from derive.judging.named import naming_the_answer
from derive.judging.optima import UNTOLD
from derive.judging.tie import Tie, tie
from derive.latexread import (
    Answer,
    Chain,
    Claim,
    read_answer,
)
from derive.latexread.explaining import only_explains
from derive.latexread.pointfree import with_arguments
from derive.latexread.surface import Name
from derive.notation.derivation import Reason
from derive.problem.model import Part, Problem
from derive.tree.nodes import Node
from derive.vocabulary.asked import QUESTIONS, SOUGHT
from derive.vocabulary.scope import Scope

_SOLVING = re.compile(  # words that say that somewhere a derivative is zero
    r"minimi|maximi|optim|extrem|stationar|likelihood|critical point|(?<!square )(?<!square-)\broots?\b"
    r"|\bvanish(?:es)? (?:iff?|exactly|precisely|only|when|where|at|for|there)\b"
    r"|\bto zero|\b(?:is|are|be|becomes?|equals?|equal to|where|at|the) (?:equal to |exactly |a )?zeros?\b"
    r"(?![- ](?:mean|matri|vector))"
    r"|\b(?:is|are|be|becomes?|equals?|to) \$(?:\\mathbf\s*)?\{?0\}?\$"
    r"|\bsolv(?:ed by|es (?:this|it|the)|ing (?:this|it|for|the)|e (?:this|it|for))",
    re.IGNORECASE,
)
ZERO = ("0", r"\mathbf 0", r"\mathbf{0}", r"\boldsymbol{0}", r"\vec{0}")


def judge_text(
    text: str, file: str, problems: Sequence[Problem], part: str | None = None, label: str = ""
) -> Report:
    """Every claim of an answer with its verdict. `part` restricts what chains are tied to."""
    return judge(read_answer(text, file), problems, part, label)


def judge(answer: Answer, problems: Sequence[Problem], part: str | None = None, label: str = "") -> Report:
    desks = [
        Desk(p, tuple(x for x in p.parts if part is None or x.id == part), answer.text, part)
        for p in problems
    ]
    answer = with_arguments(answer, [desk.context for desk in desks]) if desks else answer
    introduced: frozenset[int] = frozenset()
    for desk in desks:
        desk.optima.solves = _solves(answer)
        introduced |= desk.learn((claim, chain.label) for chain in answer.chains for claim in chain.claims)
    places = _places(answer, desks, introduced)
    sitting = Sitting(answer, part, introduced, places)
    chains = tuple(sitting.judged(place) for place in places)
    return Report(answer, label or (problems[0].file if problems else ""), chains)


@dataclass(frozen=True)
class Place:
    """Where a chain is judged: beside which remarks, at whose desk, for which part and which of its optima."""

    chain: Chain
    sides: list[Claim]
    space: tuple[int, int]  # of the text that is its own
    desk: Desk
    tied: Tie | None
    focus: Focus | None

    @property
    def exact(self) -> Tie | None:
        return self.tied if self.tied is not None and self.tied.exact else None


def _places(answer: Answer, desks: Sequence[Desk], introduced: frozenset[int]) -> list[Place]:
    shown = (
        c
        for c in answer.chains
        if (not c.claims[0].spoken or id(c.claims[0]) in introduced) and not _is_prose(c, desks)
    )
    grouped = _with_sides(shown, desks[0].context.scope if desks else None)
    spaces = around(grouped, len(answer.text.text))
    found: list[Place] = []
    for (chain, sides), space in zip(grouped, spaces, strict=True):
        start, stop = chain.claims[0].span.start, chain.claims[-1].span.stop
        words = answer.text.text[min(space[0], start) : stop]
        focused: dict[int, Focus | None] = {}
        for desk in desks:
            desk.turn_to(start)
            focused[id(desk)] = desk.focusing.of(chain, words, desk.context)
            desk.turn_to(start, focused[id(desk)])
        desk, tied = _placed(chain, desks, found[-1].desk if found else desks[0])
        found.append(Place(chain, sides, space, desk, tied, focused[id(desk)]))
    return _without_taken(found)


def _is_prose(chain: Chain, desks: Sequence[Desk]) -> bool:
    """Whether "the variance of $y$ is $s$" speaks of what no problem knows so, or "we obtain" leads to what nobody
    can read."""
    claim = chain.claims[0]
    if claim.announced and asked_by(claim) is None:
        return not any(desk.readable_alone(claim) for desk in desks)
    return claim.result and claim.left is not None and not any(desk.heads(chain) for desk in desks)


@dataclass
class Sitting:
    """The chains of an answer one after the other; those of one display follow each other."""

    answer: Answer
    part: str | None  # the one that is asked for
    introduced: frozenset[int]
    places: InitVar[Sequence[Place]]

    def __post_init__(self, places: Sequence[Place]) -> None:
        self._variables = _variables_of_displays(places)
        self._taken = [place.exact.part.id for place in places if place.exact is not None]
        self._answered = set(self._taken)
        self._names = used(self.answer.claims)
        self._before: dict[int, Chained] = {}
        self._patience = Patience()
        read = all(claim.refusal is None for claim in self.answer.claims)
        self._last = places[-1].chain if places and read else None
        self._end = (
            next((p.chain for p in reversed(places) if not only_explains(p.chain)), None) if read else None
        )

    def judged(self, place: Place) -> JudgedChain:
        candidates = place.desk.focusing.candidates if place.focus is None else []
        judged, chained = self._best(place, candidates) if candidates else self._under(place, place.focus)
        if place.chain.display:
            self._before[place.chain.display] = chained
        self._answered |= {judged.part} if judged.part is not None else set()
        return judged

    def _under(self, place: Place, focus: Focus | None) -> tuple[JudgedChain, Chained]:
        """With the names of optima read as those of `focus`."""
        chain, desk, tied = place.chain, place.desk, place.tied
        desk.turn_to(chain.claims[0].span.start, focus)
        if tied is not None and focus is not None and tied.asked.op in SOUGHT and tied.part.id not in focus:
            tied = tie(desk.heads(chain), desk.parts)
        lender = desk.lender(chain) if tied is None else None
        if lender is not None:
            tied = tie(desk.heads(chain, desk.bench(lender).context), (lender,))
        final = None
        if tied is None or not tied.exact:
            final = self._final(place)
        tied = final.tie if final is not None else tied
        exact = tied if tied is not None and tied.exact else None
        bench, own = _bench(desk, tied, self.part)
        bench = desk.bench(lender) if lender is not None and own is None else bench
        introduced, stands = self.introduced, None
        guessed = final.tie.part.id if final is not None and final.guessed else None
        if final is not None and len(chain.claims) > 1 and id(final.claim) in introduced:
            bench, stands = naming_the_answer(bench, final)
            if stands is not None:
                introduced, final = introduced - {id(chain.claims[0])}, None
        chained = Chained(
            bench,
            desk.engine(exact) if exact is not None else None,
            exact.asked if exact is not None else None,
            introduced,
            self._variables.get(chain.display),
            desk.variables,
            desk.optima,
            desk.beliefs,
            limits_of(chain, place.sides, self.answer.text, place.space, bench.scope),
            final,
            self._names,
            (tied.part.id, tied.asked, desk.engine(tied)) if tied is not None and exact is None else None,
            self._patience,
            stands,
        )
        if chain.display in self._before:
            chained.follows(self._before[chain.display])
        judged = _judged(chain, place.sides, chained, desk, tied, own)
        if lender is not None and own is None:
            remark = Reason(f"read with the names of part {lender.id}")
            judged = replace(judged, remarks=(*judged.remarks, remark))
        if guessed is not None:
            remark = Reason(f"the last formula is read as the answer to part {guessed}")
            judged = replace(judged, remarks=(*judged.remarks, remark))
        return judged, chained

    def _final(self, place: Place) -> Final | None:
        """What a chain gives the result of; the last one of all, where nothing else answers the part, is one."""
        desk, part = place.desk, self.part
        unanswered = part not in self._answered if part is not None else not self._answered
        ends = place.chain is self._end if place.chain.claims[0].announced else place.chain is self._last
        is_last = unanswered and ends and (part is not None or place.chain.claims[0].announced)
        among = Wanted(desk.parts, self._taken, desk.engine, is_last)
        text = self.answer.text.text
        return final_of(place.chain, self.introduced, desk.bench(None), among, self._names, text)

    def _best(self, place: Place, candidates: Sequence[Focus]) -> tuple[JudgedChain, Chained]:
        """About one of several optima, nobody knows which: in the way in which fewest lines are wrong."""
        desk = place.desk
        held, multipliers = list(desk.beliefs.held), dict(desk.optima.multipliers)
        found: list[tuple[int, int, int, Focus]] = []
        for focus in candidates:
            desk.beliefs.held, desk.optima.multipliers = list(held), dict(multipliers)
            judged, chained = self._under(place, focus)
            wrong = sum(j.is_error for j in judged.claims)
            lines = [j.right for j in judged.claims if j.is_error and j.right is not None]
            untold = sum(j.head is not None and j.head.reason == UNTOLD for j in judged.claims)
            found.append((untold, wrong, desk.focusing.distance(lines, focus), focus))
            if not (wrong or untold):
                break
        least = min(found, key=lambda row: row[:3])
        if found[-1] != least:
            desk.beliefs.held, desk.optima.multipliers = list(held), dict(multipliers)
            judged, chained = self._under(place, least[3])
        about = any(j.head is not None and desk.speaks_of_rivals(j) for j in judged.claims)
        if not about:
            return judged, chained
        desk.focusing.seen(least[3])
        remark = Reason(f"read as about the optimum of part {', '.join(sorted(least[3]))}")
        return replace(judged, remarks=(*judged.remarks, remark)), chained


def _without_taken(places: Sequence[Place]) -> list[Place]:
    """A part that a chain answers exactly is not what another one missed."""
    taken = {place.exact.part.id for place in places if place.exact is not None}
    found: list[Place] = []
    for place in places:
        if place.tied is not None and not place.tied.exact:
            rest = [p for p in place.desk.parts if p.id not in taken]
            place = replace(place, tied=tie([place.tied.head], rest))
        found.append(place)
    return found


def _solves(answer: Answer) -> bool:
    """Whether somewhere an expression is set to zero, or something is said to be optimal."""
    return bool(_SOLVING.search(answer.text.text)) or any(
        claim.relation == "="
        and claim.right is not None
        and (claim.continues or not isinstance(claim.written_left, Name))  # `h_0 = 0` solves nothing
        and answer.text.slice(claim.right.span).strip() in ZERO
        for claim in answer.claims
    )


def _variables_of_displays(places: Sequence[Place]) -> dict[int, Node]:
    """The variable of the derivative that a display ends with: its lines before speak of that differential."""
    return {
        place.chain.display: place.exact.asked.args[1]
        for place in places
        if place.chain.display and place.exact is not None and place.exact.asked.op in QUESTIONS
    }


def _bench(desk: Desk, tied: Tie | None, part: str | None) -> tuple[Bench, Part | None]:
    own = tied.part if tied is not None and tied.exact else None
    if own is None and part is not None and desk.parts:
        own = desk.parts[0]
    return desk.bench(own), own


def _with_sides(chains: Iterable[Chain], scope: Scope | None) -> list[tuple[Chain, list[Claim]]]:
    """Remarks beside lines, and conditions, go with the chain they stand in."""
    found: list[tuple[Chain, list[Claim]]] = []
    for chain in chains:
        if found and chain.display and scope is not None and limits_only(chain, scope):
            chain = replace(chain, claims=tuple(replace(c, side=True) for c in chain.claims))
        if chain.claims and all(c.side for c in chain.claims) and found and _beside(chain, found[-1][0]):
            found[-1][1].extend(chain.claims)
        else:
            found.append((chain, []))
    return found


def _beside(side: Chain, host: Chain) -> bool:
    line = side.claims[0].line
    return side.display == host.display and host.claims[0].line <= line <= host.claims[-1].end_line


def _placed(chain: Chain, desks: Sequence[Desk], last: Desk) -> tuple[Desk, Tie | None]:
    """The problem and the part that a chain is about: what its left side asks, else whose names read it best."""
    ties = [(desk, tie(desk.heads(chain), desk.parts)) for desk in desks]
    for exact in (True, False):
        for desk, tied in ties:
            if tied is not None and tied.exact == exact:
                return desk, tied
    if len(desks) == 1:
        return desks[0], None
    best = max(desks, key=lambda d: (d.readable(chain), d is last))
    return best, None


def _judged(
    chain: Chain, sides: list[Claim], chained: Chained, desk: Desk, tied: Tie | None, own: Part | None
) -> JudgedChain:
    claims = (
        sorted([*chain.claims, *sides], key=lambda c: (c.line, c.column)) if sides else list(chain.claims)
    )
    judged = tuple(chained.judge(claims))
    remarks: list[Reason] = []
    if tied is not None and not tied.exact and any(j.is_error for j in judged):
        remarks.append(Reason(f"wrong parameter? part {tied.part.id} asks for {{0}}", (tied.asked,)))
    return JudgedChain(
        judged,
        chained.bench.scope,
        desk.problem.file,
        own.id if own is not None and tied is not None else None,
        tuple(remarks),
        chain.label,
        chain.title,
    )


@dataclass(frozen=True)
class Checked:
    """Several answers, as `derive.check_answer` gives them."""

    reports: tuple[Report, ...]

    @cached_property
    def is_right(self) -> bool:
        return all(report.is_right for report in self.reports)
