"""One chain of claims to verdicts: each is held against the line before, the head of its chain and the engine's answer.

The table of what the three comparisons mean together is `_verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterable

from derive.errors import DeriveError
from derive.judging.counterexample import smallest
from derive.judging.judged import Judged
from derive.judging.ladder import DECLARED, RUNGS, Bench, Comparison, compare, judge_pair
from derive.judging.mend import explain, mend, sides_of, starts_of
from derive.judging.ranges import variables
from derive.judging.sentences import about_repair, joined
from derive.judging.tie import same_question
from derive.judging.total import total_remark
from derive.judging.verdicts import VERDICTS
from derive.latexread import Claim, Elaborated, IllTyped, Pair, Unreadable, elaborate
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, walk

QUESTIONS = frozenset({"gradient", "jacobian", "hessian", "argmin", "argmax"})
TOLD = frozenset({"case", "scope"})  # notes of the reader that are worth a remark
MENDED = frozenset({"wrong", "ill-typed", "holds-only-if"})


@dataclass
class Chained:
    """What the lines of a chain know of each other."""

    bench: Bench
    engine: Node | None = None  # the engine's answer to the part that the chain is tied to
    asked: Node | None = None  # the part's question
    introduced: frozenset[int] = frozenset()  # claims that define a name of the answer's own, by id
    varied: Node | None = None  # the variable of the differentials, where the display says it
    likely: tuple[Node, ...] = ()  # the variables that the parts ask about
    other: tuple[str, Node, Node | None] | None = None  # a part that asks for another variable: id, question, answer

    def __post_init__(self) -> None:
        self.wrt: tuple[Node, ...] = ()
        self.totals: set[Node] = set()
        self.noted: set[str] = set()
        self.rights: list[Node] = []  # what was right so far
        self.layouts: frozenset[str] = frozenset()  # that an earlier line rules out

    def follows(self, other: Chained) -> None:
        """The chain before in the same display rules out the same layouts, and says its notes once for both."""
        self.layouts = other._forbidden()
        self.noted, self.rights = other.noted, other.rights

    def judge(self, claims: Iterable[Claim]) -> list[Judged]:
        claims = list(claims)
        asked = self.asked.args[1] if self.asked is not None and self.asked.op in QUESTIONS else self.varied
        self.wrt = variables(self._nodes(claims), asked, self.bench.scope, self.likely)
        found = self._each(claims)
        by_rows = sum(j.head is not None and j.head.holds and j.head.rung.mode == "rows" for j in found)
        if by_rows and "rows" in self.layouts and by_rows <= self.settled:
            self.noted, self.totals, self.rights = set(), set(), []
            found = self._each(claims)  # most lines are in the declared layout, and the others have no excuse
        return found

    def _each(self, claims: list[Claim]) -> list[Judged]:
        found: list[Judged] = []
        before: Judged | None = None
        self.settled = 0
        for claim in claims:
            judged = self._claim(claim, before if claim.continues and not claim.side else None, claim is claims[-1])
            found.append(judged)
            self._settles(judged)
            if judged.right is not None and not judged.is_error:
                self.rights.append(judged.right)
            if not claim.side:
                before = judged
        return found

    def _nodes(self, claims: list[Claim]) -> list[Node]:
        pairs = [self._pair(claim) for claim in claims if claim.refusal is None]
        return [n for p in pairs if p is not None for n in (p.left, p.right)]

    def _pair(self, claim: Claim) -> Pair | None:
        reading = self.bench.read(claim, DECLARED)
        return None if isinstance(reading, (IllTyped, Unreadable)) or not reading else reading[0]

    @property
    def variable(self) -> Node | None:
        return self.wrt[0] if self.wrt else None

    # ------------------------------------------------------------ one claim

    def _claim(self, claim: Claim, before: Judged | None, is_last: bool) -> Judged:
        if claim.refusal is not None or claim.right is None or claim.left is None:
            why = claim.refusal.message if claim.refusal else "nothing to compare with"
            return Judged(claim, "unreadable", reasons=(Reason((why)),))
        if id(claim) in self.introduced:
            pair = self._pair(claim)
            sides = (pair.left, pair.right) if pair is not None else (None, None)
            return Judged(claim, "given", reading="a name of the answer's own", left=sides[0], right=sides[1])
        head = compare(self.bench, claim, "left", self.wrt, self._forbidden())
        previous = self._previous(claim, before)
        engine = self._against_engine(claim, head)
        verdict = _verdict(head, previous, before)
        verdict = self._said_before(claim, verdict, head, before)
        shown = head if head.pair is not None or previous is None else previous
        judged = Judged(
            claim,
            verdict,
            head,
            previous,
            engine,
            _reading(head, previous, verdict),
            left=shown.pair.left if shown.pair else None,
            right=shown.pair.right if shown.pair else None,
        )
        return self._explained(judged, before, is_last)

    def _forbidden(self) -> frozenset[str]:
        """A transposed layout is no excuse beside differentials, nor after lines in the declared one."""
        return self.layouts | frozenset({"columns"} if self.wrt else ())

    def _settles(self, judged: Judged) -> None:
        """A line with derivatives that holds as declared, and would not in another layout, rules that one out."""
        head = judged.head
        if head is None or not head.holds or head.rung is not DECLARED or head.pair is None:
            return
        if judged.claim.side or judged.verdict in ("restated", "given"):
            return
        for rung in RUNGS:
            if rung.mode in ("rows", "columns"):
                reading = self.bench.read(judged.claim, rung)
                same = not isinstance(reading, (IllTyped, Unreadable)) and any(
                    (pair.left, pair.right) == (head.pair.left, head.pair.right) for pair in reading
                )
                self.layouts |= frozenset() if same else {rung.mode}
                self.settled += not same and rung.mode == "rows"

    def _previous(self, claim: Claim, before: Judged | None) -> Comparison | None:
        if before is None or claim.previous is None or before.verdict == "unreadable":
            return None
        return compare(self.bench, claim, "previous", self.wrt, self._forbidden())

    def _answers(self, claim: Claim, head: Comparison) -> bool:
        """Whether the claim is about what the part asks."""
        if self.engine is None or self.asked is None or claim.side:
            return False
        left = head.pair.left if head.pair is not None and not head.rung.units else self._left(claim)
        return left is not None and same_question(left, self.asked)

    def _against_engine(self, claim: Claim, head: Comparison) -> Comparison | None:
        if self.engine is None or not self._answers(claim, head):
            return None
        if head.pair is None or head.rung.units:
            return Comparison("ill-typed") if head.outcome in ("ill-typed", "only-if") else None
        return judge_pair(self.bench, Pair(self.engine, head.pair.right), "==", head.rung)

    def _said_before(self, claim: Claim, verdict: str, head: Comparison, before: Judged | None) -> str:
        """`given` and `restated`, where a line that holds says nothing new."""
        if verdict not in ("holds", "notation") or head.pair is None:
            return verdict
        left, right = head.pair.left, head.pair.right
        if before is not None and before.right == right:
            return "restated"
        if left == right:
            return "restated"
        if before is None and left.op == "sym" and self.bench.scope.open(left) == right:
            return "given"
        return verdict

    # ------------------------------------------------------------ why

    def _explained(self, judged: Judged, before: Judged | None, is_last: bool) -> Judged:
        reasons: list[Reason] = []
        head, previous = judged.head, judged.previous
        assert head is not None
        counterexample, repair = None, None
        if judged.verdict in MENDED:
            repair = self._mended(judged, before)
            if judged.verdict == "holds-only-if":
                reasons.append(Reason(f"holds only if {head.rung.said}"))
            elif judged.verdict == "ill-typed":
                reasons.append(Reason((head.reason)))
            if repair is not None:
                reasons.append(about_repair(repair.reasons))
            elif judged.verdict == "wrong":
                reasons.append(Reason("the two sides differ"))
            reasons += self._explaining(judged, before)
            reasons += self._for_the_other(judged, before)
            counterexample = self._counterexample(head)
        elif judged.verdict == "inherited":
            reasons.append(Reason("follows from the line before, which is wrong"))
        elif judged.verdict in ("unreadable", "not-checked"):
            reasons.append(Reason((head.reason)))
        elif before is not None and before.is_error and previous is not None and not previous.holds:
            said = "right by luck: it does not follow from the line before, which is wrong"
            reasons.append(Reason(said if is_last else "silently repaired: right again, though the line before is wrong"))
        if judged.verdict in ("holds", "notation", "restated"):
            if head.rung is not DECLARED and head.rung.said:
                reasons.append(Reason(head.rung.said))
            if head.flipped:
                reasons.append(Reason("a row stands for a column"))
            if head.remark:
                reasons.append(Reason(head.remark))
            reasons += self._total(judged)
        missing = head.missing or (previous.missing if previous is not None else ())
        if missing:
            reasons.append(Reason("{0} does not exist", missing[:1]))
        reasons += self._notes(head)
        return replace(
            judged, reasons=tuple(dict.fromkeys(reasons)), counterexample=counterexample, repair=repair
        )

    def _mended(self, judged: Judged, before: Judged | None) -> object:
        head = judged.head
        assert head is not None
        references: list[Node] = []
        left = head.pair.left if head.pair is not None and not head.rung.units else None
        left = left if left is not None else self._left(judged.claim)
        if before is not None and not before.is_error and before.right is not None and before.head is not None:
            if before.head.rung is DECLARED and (left is None or before.right.shape == left.shape):
                references.append(before.right)
        if self.engine is not None and self._answers(judged.claim, head):
            references.append(self.engine)
        if left is not None:
            references.append(left)
        try:
            return mend(self.bench, judged.claim, head, references, self.variable, self.rights[-2:])
        except RecursionError:
            return None

    def _left(self, claim: Claim) -> Node | None:
        """The left side of a claim whose sides have different shapes, or whose right side is ill-typed."""
        sides = sides_of(self.bench, claim, DECLARED)
        if sides is not None:
            return sides[0]
        found = elaborate(claim.left, self.bench.context) if claim.left is not None else None
        return found.node if isinstance(found, Elaborated) else None

    def _explaining(self, judged: Judged, before: Judged | None) -> list[Reason]:
        """What question the line would be the answer to."""
        if before is None or before.right is None or before.is_error or judged.head is None:
            return []
        line = judged.right
        if line is None:
            starts = starts_of(self.bench, judged.claim, judged.head)
            line = starts[0].node if starts and not starts[0].reasons else None
        if line is None:
            return []
        try:
            found = explain(self.bench, before.right, line, self.variable)
        except (DeriveError, RecursionError):
            return []
        return [found] if found is not None else []

    def _for_the_other(self, judged: Judged, before: Judged | None) -> list[Reason]:
        """What the first wrong line lacks as an answer to the part that asks for another variable."""
        if self.other is None or judged.claim.side or (before is not None and before.is_error):
            return []
        part, asked, answer = self.other
        if answer is None or judged.head is None:
            return []
        repair = mend(self.bench, judged.claim, judged.head, [answer], self.variable, self.rights[-2:])
        if repair is None:
            return []
        return [joined([Reason(f"for {{0}}, which part {part} asks", (asked,)), about_repair(repair.reasons)], ": ")]

    def _counterexample(self, head: Comparison) -> str | None:
        if head.pair is None or head.outcome == "ill-typed":
            return None
        pair = head.pair
        if head.outcome == "only-if":
            return None
        checker = self.bench.checker_of(head.rung)
        ranges = self.bench.ranges_for(pair.left, pair.right)
        shown = smallest(checker, pair.left, pair.right, ranges, head.wrt)
        return shown or (head.verdict.counterexample if head.verdict is not None else None) or None

    def _total(self, judged: Judged) -> list[Reason]:
        if judged.left is None or judged.right is None:
            return []
        remark = total_remark(self.bench, judged.left, judged.right, self.totals)
        return [remark] if remark is not None else []


    def _notes(self, head: Comparison) -> list[Reason]:
        """What the reader did that the writer should know, once; both readings where there are several."""
        found: list[str] = []
        if head.pair is not None:
            found += [n.text for n in head.pair.notes if n.kind in TOLD]
            if head.pair.how:
                found.append(f"read as: {head.pair.how}")
        new = [text for text in dict.fromkeys(found) if text not in self.noted]
        self.noted |= set(new)
        return [Reason(text) for text in new]


def _verdict(head: Comparison, previous: Comparison | None, before: Judged | None) -> str:
    """What the comparisons mean together.

    | head | previous line | follows from it | verdict |
    |---|---|---|---|
    | holds | any | any | holds, or notation |
    | fails | is wrong | yes | inherited |
    | fails | any | no, or nothing before | wrong, ill-typed, holds-only-if |
    | unknown | is right | yes | holds |
    | unknown | is wrong | yes | inherited |
    | unknown | any | no | wrong |
    """
    if head.holds:
        return head.outcome
    follows = previous is not None and previous.outcome in ("holds", "notation", "only-if")
    if follows and before is not None and before.is_error:
        return "inherited"
    if head.outcome in ("fails", "ill-typed", "only-if"):
        return {"fails": "wrong", "ill-typed": "ill-typed", "only-if": "holds-only-if"}[head.outcome]
    if previous is not None and before is not None and not VERDICTS[before.verdict].mark == "?":
        if previous.holds:
            return previous.outcome
        if previous.outcome in ("fails", "ill-typed", "only-if"):
            return {"fails": "wrong", "ill-typed": "ill-typed", "only-if": "holds-only-if"}[previous.outcome]
    return "unreadable" if head.outcome == "unreadable" else "not-checked"


def _reading(head: Comparison, previous: Comparison | None, verdict: str) -> str:
    used = previous if previous is not None and not head.holds and verdict in ("inherited", "holds") else head
    if used.rung.units:
        return used.rung.said
    if used.outcome in ("ill-typed", "unreadable"):
        return "none"
    return used.rung.said or "as declared"


__all__ = ["Chained", "walk"]
