"""One chain of claims to verdicts: each is held against the line before, the head of its chain and the engine's answer.

The table of what the three comparisons mean together is `outcome.verdict_of`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterable, Mapping

from derive.judging import answering, second_looks
from derive.judging.beliefs import Belief, Beliefs
from derive.judging.bench import Bench
from derive.judging.conditions import Condition, is_condition, is_required
from derive.judging.escaping import is_convention
from derive.judging.finals import Final
from derive.judging.judged import Judged
from derive.judging.ladder import compare, judge_pair
from derive.judging.nearness import INEXACT, is_place, nearly
from derive.judging.optima import Optima, is_zero
from derive.judging.outcome import FOLLOWS, reading_of, verdict_of
from derive.judging.ranges import variables
from derive.judging.reach import too_far
from derive.judging.rungs import DECLARED, RUNGS, Comparison
from derive.judging.tie import same_question
from derive.judging.verdicts import VERDICTS
from derive.judging.why import explained, left_of
from derive.latexread import Claim, IllTyped, Pair, Unreadable
from derive.latexread.names import shown as spelled_name
from derive.latexread.surface import Name
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, names_in
from derive.vocabulary.asked import QUESTIONS, SOUGHT

ROWS = frozenset({"rows", "partial_rows"})
LAYOUTS = ROWS | {"columns"}
SOME = "an equation for some values of a letter that may have any"


@dataclass
class Patience:
    """How many more wrong lines of an answer are looked into: a repair is searched for each."""

    left: int = 100

    def spent(self) -> bool:
        self.left -= 1
        return self.left < 0


@dataclass
class Chained:
    """What the lines of a chain know of each other."""

    bench: Bench
    engine: Node | None = None  # the engine's answer to the part that the chain is tied to
    asked: Node | None = None  # the part's question
    introduced: frozenset[int] = frozenset()  # claims that define a name of the answer's own, by id
    varied: Node | None = None  # the variable of the differentials, where the display says it
    likely: tuple[Node, ...] = ()  # the variables that the parts ask about
    optima: Optima | None = None  # what is minimised: a line may hold at the optimum only
    beliefs: Beliefs | None = None  # what wrong lines said so far
    limits: Mapping[int, tuple[Condition, ...]] = field(default_factory=dict)  # of claims, by id
    final: Final | None = None  # the part that a name of the answer's own, or an expression in a box, answers
    used: frozenset[str] = frozenset()  # how names are written that later lines use
    other: tuple[str, Node, Node | None] | None = (
        None  # a part that asks for another variable: id, question, answer
    )
    patience: Patience = field(default_factory=Patience)  # the answer's
    stands: Node | None = None  # a name of the answer's own for what the part asks

    def __post_init__(self) -> None:
        self.wrt: tuple[Node, ...] = ()
        self.totals: set[Node] = set()
        self.noted: set[str] = set()
        self.rights: list[Node] = []  # what was right so far
        self.is_loose = False  # a constant has been left out
        self.layouts: frozenset[str] = frozenset()  # that an earlier line rules out

    def follows(self, other: Chained) -> None:
        """The chain before in the same display rules out the same layouts, and says its notes once for both."""
        self.layouts = other._forbidden()
        self.noted, self.rights = set(other.noted), list(other.rights)

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
        found: list[Node] = []
        for claim in claims:
            pair = self.pair(claim) if claim.refusal is None else None
            if pair is not None:
                found += (pair.left, pair.right)
            elif claim.refusal is None and (left := left_of(self, claim)) is not None:
                found.append(
                    left
                )  # a side alone tells what is differentiated, whatever is wrong with the other
        return found

    def pair(self, claim: Claim) -> Pair | None:
        reading = self.bench.read(claim, DECLARED)
        return None if isinstance(reading, (IllTyped, Unreadable)) or not reading else reading[0]

    @property
    def variable(self) -> Node | None:
        return self.wrt[0] if self.wrt else None

    # ------------------------------------------------------------ one claim

    def _claim(self, claim: Claim, before: Judged | None, is_last: bool) -> Judged:
        judged = self._alone(claim, before, is_last)
        return answering.concluded(self, judged, before, is_last)

    def _alone(self, claim: Claim, before: Judged | None, is_last: bool) -> Judged:
        if claim.boxed and claim.refusal is None:
            return answering.held(self, claim, is_last)
        if self.bench.text is not None and is_condition(claim, self.bench.text, self.bench.scope):
            return Judged(claim, "given", reading="a condition")
        if claim.relation == "in" and id(claim) in self.introduced:
            return Judged(claim, "given", reading="a letter that may be any such")
        if is_place(claim) or (claim.relation == "!=" and claim.inline and self.bench.context.anything):
            return Judged(claim, "given", reading="a condition")
        if claim.refusal is not None or claim.right is None or claim.left is None:
            why = claim.refusal.message if claim.refusal else "nothing to compare with"
            return Judged(claim, "unreadable", reasons=(Reason(why),))
        if id(claim) in self.introduced and self.final is not None:
            return answering.held(self, claim, is_last)
        if id(claim) in self.introduced:
            pair = self.pair(claim)
            sides = (pair.left, pair.right) if pair is not None else (None, None)
            unused = (
                isinstance(claim.written_left, Name) and spelled_name(claim.written_left) not in self.used
            )
            return Judged(
                claim,
                "given",
                reading="a name of the answer's own",
                reasons=(Reason(answering.NOT_COMPARED),) if unused else (),
                left=sides[0],
                right=sides[1],
            )
        previous = self._previous(claim, before)
        follows = (
            previous is not None and previous.outcome in FOLLOWS and before is not None and before.is_error
        )
        given = self._given(claim)
        head = compare(
            self.bench, claim, "left", self.wrt, self._forbidden(), special=not follows, given=given
        )
        if self.optima is not None:
            head = second_looks.at_the_optimum(self, claim, head, given)
        if head.outcome in ("fails", "only-if"):
            head = second_looks.by_steps(self, head) or head
        head, previous = second_looks.but_for_a_constant(self, claim, head, previous, given)
        head = nearly(self.bench, claim, head)
        previous = nearly(self.bench, claim, previous) if previous is not None else None
        if head.outcome == "holds" and head.pair is not None and self.bench.text is not None:
            limits = self.limits.get(id(claim), ())
            said = self.bench.text.slice(claim.left.span)
            head = too_far(self.bench.scope, head, limits, self.bench.text.text, said) or head
        engine = self._against_engine(claim, head) if head.holds or claim.relation not in INEXACT else None
        verdict = verdict_of(head, previous, before)
        if VERDICTS[verdict].is_error and (unknown := second_looks.apart(self, claim, head)) is not None:
            return Judged(claim, "not-checked", head, previous, reasons=(unknown,))
        solved = (
            second_looks.solves_what_is_wanted(self, claim, head, given)
            if VERDICTS[verdict].is_error
            else None
        )
        if solved is not None:
            head, verdict = solved, solved.outcome
        if (VERDICTS[verdict].is_error or verdict == "not-checked") and self._is_required(claim, head.pair):
            if self.beliefs is not None and head.pair is not None and claim.relation == "=":
                self.beliefs.wanted.append(head.pair)
            sides = (head.pair.left, head.pair.right) if head.pair is not None else (None, None)
            return Judged(claim, "given", reading="a condition", left=sides[0], right=sides[1])
        if VERDICTS[verdict].is_error and self._is_about_some(claim, head):
            return Judged(claim, "not-checked", head, previous, reasons=(Reason(SOME),))
        if verdict == "not-checked" and head.pair is not None and self._is_boundary(head.pair):
            verdict = "holds"
        verdict = self._said_before(claim, verdict, head, before)
        source = self._behind(claim, verdict, head, previous, given)
        verdict = "inherited" if source is not None else verdict
        shown = head if head.pair is not None or previous is None else previous
        judged = Judged(
            claim,
            verdict,
            head,
            previous,
            engine,
            reading_of(head, previous, verdict),
            left=shown.pair.left if shown.pair else None,
            right=shown.pair.right if shown.pair else None,
            source=source.line if source is not None else None,
        )
        self.believes(judged)
        if not judged.is_error and judged.left is not None and judged.right is not None:
            readings = self.bench.read(claim, head.rung)
            if isinstance(readings, tuple):
                self.bench.spoken.of(judged.left, judged.right, readings)
        return explained(self, judged, before, is_last)

    def _is_required(self, claim: Claim, pair: Pair | None) -> bool:
        return is_required(claim, pair) or is_convention(claim, pair, self.bench.text, self.bench.scope)

    def _given(self, claim: Claim) -> tuple[Node, ...]:
        """What limits a claim: conditions beside it, and those under which an optimum that it names stands."""
        given = tuple(c.node_in(self.bench.scope) for c in self.limits.get(id(claim), ()))
        pair = self.pair(claim) if self.bench.context.optima else None
        if pair is not None and self.optima is not None:
            named = (names_in(pair.left) | names_in(pair.right)) & self.bench.context.optima.keys()
            variables = {self.bench.context.optima[name] for name in named}
            given += tuple(g for o in self.optima.asked if o.x.symbol.name in variables for g in o.given)
        return given

    def _behind(
        self,
        claim: Claim,
        verdict: str,
        head: Comparison,
        previous: Comparison | None,
        given: tuple[Node, ...],
    ) -> Belief | None:
        """The earlier wrong line that a wrong one follows from."""
        if (
            self.beliefs is None
            or verdict not in ("wrong", "holds-only-if")
            or claim.relation not in ("=", ":=")
        ):
            return None
        if claim.side:
            return None
        pairs = [
            c.pair
            for c in (head, previous)
            if c is not None
            and c.pair is not None
            and not c.rung.units
            and c.pair.left.shape == c.pair.right.shape
        ]
        return self.beliefs.behind(self.bench, pairs, given)

    def believes(self, judged: Judged) -> None:
        head = judged.head
        if (
            self.beliefs is not None
            and judged.verdict in ("holds", "notation")
            and head is not None
            and head.pair is not None
            and head.holds
            and not (head.at or head.given or head.rung.units)
            and judged.claim.relation in ("=", ":=")
        ):
            self.beliefs.knows(head.pair)
        if (
            self.beliefs is None
            or judged.verdict not in ("wrong", "inherited", "holds-only-if")
            or head is None
        ):
            return
        if head.pair is None or head.rung.units or head.pair.left.shape != head.pair.right.shape:
            return
        if judged.claim.relation in ("=", ":="):
            self.beliefs.add(head.pair, judged.claim.line, bool(head.at))

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
        return left is not None and (same_question(left, self.asked) or self.names_the_answer(left))

    def names_the_answer(self, left: Node) -> bool:
        """Whether the left side is the variable that the part optimises, or a name of its optimum or its answer."""
        if self.stands is not None and left == self.stands:
            return True
        if self.asked is None or self.asked.op not in SOUGHT or left.op != "sym":
            return False
        x = self.asked.args[1]
        return left == x or self.bench.context.optima.get(left.symbol.name) == x.symbol.name

    def _against_engine(self, claim: Claim, head: Comparison) -> Comparison | None:
        if self.engine is None or not self.answers(claim, head):
            return None
        if head.pair is None or head.rung.units:
            return Comparison("ill-typed") if head.outcome in ("ill-typed", "only-if") else None
        return judge_pair(self.bench, Pair(self.engine, head.pair.right), "==", head.rung, given=head.given)

    def _is_boundary(self, pair: Pair) -> bool:
        """`r_0 = 0`, as the problem says."""
        return pair.left.op == "sym" and is_zero(pair) and self.bench.scope.open(pair.left) == pair.right

    def _is_about_some(self, claim: Claim, head: Comparison) -> bool:
        """`X v = 0`: no identity in v, but what some v are."""
        if claim.relation != "=" or head.pair is None or not is_zero(head.pair):
            return False
        return bool(names_in(head.pair.left) & self.bench.context.anything)

    def _said_before(self, claim: Claim, verdict: str, head: Comparison, before: Judged | None) -> str:
        """`given` and `restated`, where a line that holds says nothing new."""
        if verdict not in ("holds", "notation") or head.pair is None:
            return verdict
        left, right = head.pair.left, head.pair.right
        if before is not None and before.right == right:
            return "restated"
        if left == right:
            return "restated"
        named = left.op == "sym" and left.symbol.name in self.bench.context.optima
        if before is None and left.op == "sym" and not named and self.bench.scope.open(left) == right:
            return "given"
        return verdict


__all__ = ["Chained"]
