"""One chain of claims to verdicts: each is held against the line before, the head of its chain and the engine's answer.

The table of what the three comparisons mean together is `_verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterable

from derive.judging.judged import Judged
from derive.judging.ladder import DECLARED, RUNGS, Bench, Comparison, compare, judge_pair
from derive.judging.ranges import variables
from derive.judging.tie import same_question
from derive.judging.total import STEPS, as_steps
from derive.judging.verdicts import VERDICTS
from derive.judging.why import explained, left_of
from derive.latexread import Claim, IllTyped, Pair, Unreadable
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, contains

FOLLOWS = frozenset({"holds", "notation", "only-if"})
ROWS = frozenset({"rows", "partial_rows"})
LAYOUTS = ROWS | {"columns"}
QUESTIONS = frozenset({"gradient", "jacobian", "hessian", "argmin", "argmax"})
APART = "{0} is not written in terms of {1}: nothing that it is made of is {2}"


@dataclass
class Chained:
    """What the lines of a chain know of each other."""

    bench: Bench
    engine: Node | None = None  # the engine's answer to the part that the chain is tied to
    asked: Node | None = None  # the part's question
    introduced: frozenset[int] = frozenset()  # claims that define a name of the answer's own, by id
    varied: Node | None = None  # the variable of the differentials, where the display says it
    likely: tuple[Node, ...] = ()  # the variables that the parts ask about
    solutions: tuple[tuple[Node, Node], ...] = ()  # minimisers: a line may be an equation that is solved
    other: tuple[str, Node, Node | None] | None = (
        None  # a part that asks for another variable: id, question, answer
    )

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
        by_rows = sum(j.head is not None and j.head.holds and j.head.rung.mode in ROWS for j in found)
        if by_rows and "rows" in self.layouts and by_rows <= self.settled:
            self.noted, self.totals, self.rights = set(), set(), []
            found = self._each(claims)  # most lines are in the declared layout, and the others have no excuse
        return found

    def _each(self, claims: list[Claim]) -> list[Judged]:
        found: list[Judged] = []
        before: Judged | None = None
        self.settled = 0
        for claim in claims:
            judged = self._claim(
                claim, before if claim.continues and not claim.side else None, claim is claims[-1]
            )
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
            return Judged(claim, "unreadable", reasons=(Reason(why),))
        if id(claim) in self.introduced:
            pair = self._pair(claim)
            sides = (pair.left, pair.right) if pair is not None else (None, None)
            return Judged(claim, "given", reading="a name of the answer's own", left=sides[0], right=sides[1])
        previous = self._previous(claim, before)
        follows = (
            previous is not None and previous.outcome in FOLLOWS and before is not None and before.is_error
        )
        head = compare(self.bench, claim, "left", self.wrt, self._forbidden(), special=not follows)
        if head.outcome == "fails" and not claim.continues:
            head = self._at_the_solution(head) or head
        if head.outcome == "fails":
            head = self._by_steps(head) or head
        engine = self._against_engine(claim, head)
        verdict = _verdict(head, previous, before)
        if VERDICTS[verdict].is_error and (unknown := self._apart(claim, head)) is not None:
            return Judged(claim, "not-checked", head, previous, reasons=(unknown,))
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
        return explained(self, judged, before, is_last)

    def _apart(self, claim: Claim, head: Comparison) -> Reason | None:
        """Why a line says nothing: it differentiates in a name that the problem's quantities do not depend on."""
        pair = head.pair if head.pair is not None and not head.rung.units else self._pair(claim)
        sides = (pair.left, pair.right) if pair is not None else (left_of(self, claim),)
        found = self.bench.apart(*(side for side in sides if side is not None))
        body = self.bench.scope.open(found[1]) if found is not None else None
        if found is None or body is None:
            return None
        return Reason(APART, (*found, body))

    def _at_the_solution(self, head: Comparison) -> Comparison | None:
        """An equation that is being solved holds where its variable is the solution."""
        for x, solution in self.solutions:
            if head.pair is None or head.rung.units:
                continue
            if not any(contains(side, lambda n, x=x: n == x) for side in (head.pair.left, head.pair.right)):  # type: ignore[misc]
                continue
            found = judge_pair(self.bench, head.pair, "==", DECLARED, at=((x, solution),))
            if found.outcome == "holds":
                return replace(found, pair=head.pair, remark="an equation for the optimum: it holds there")
        return None

    def _by_steps(self, head: Comparison) -> Comparison | None:
        """A chain rule over steps holds where the derivatives of a step are local."""
        if head.pair is None or head.rung.units:
            return None
        found = as_steps(self.bench, head.pair.right)
        if found is None:
            return None
        steps, factor = found
        tried = judge_pair(self.bench, replace(head.pair, right=steps), "==", head.rung, self.wrt)
        if not tried.holds:
            return None
        of = factor.args[0].args[0] if factor.args[0].op == "entry" else factor.args[0]
        return replace(tried, pair=head.pair, notes=(Reason(STEPS, (factor, of)),))

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
            if rung.mode in LAYOUTS:
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

    def answers(self, claim: Claim, head: Comparison) -> bool:
        """Whether the claim is about what the part asks."""
        if self.engine is None or self.asked is None or claim.side:
            return False
        left = head.pair.left if head.pair is not None and not head.rung.units else left_of(self, claim)
        return left is not None and same_question(left, self.asked)

    def _against_engine(self, claim: Claim, head: Comparison) -> Comparison | None:
        if self.engine is None or not self.answers(claim, head):
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
    if _unread(head):
        return "unreadable"
    follows = previous is not None and previous.outcome in FOLLOWS
    if follows and before is not None and before.is_error:
        return "inherited"
    if head.outcome in ("fails", "ill-typed", "only-if"):
        return {"fails": "wrong", "ill-typed": "ill-typed", "only-if": "holds-only-if"}[head.outcome]
    if previous is not None and before is not None and VERDICTS[before.verdict].mark != "?":
        if previous.holds:
            return previous.outcome
        if previous.outcome in ("fails", "ill-typed", "only-if"):
            return {"fails": "wrong", "ill-typed": "ill-typed", "only-if": "holds-only-if"}[previous.outcome]
    return "unreadable" if head.outcome == "unreadable" else "not-checked"


def _unread(head: Comparison) -> bool:
    """Whether it is the right side of the claim that could not be read."""
    return isinstance(head.failure, Unreadable) and head.is_of_the_right


def _reading(head: Comparison, previous: Comparison | None, verdict: str) -> str:
    used = previous if previous is not None and not head.holds and verdict in ("inherited", "holds") else head
    if used.rung.units:
        return used.rung.said
    if used.outcome in ("ill-typed", "unreadable"):
        return "none"
    return used.rung.said or "as declared"


__all__ = ["Chained"]
