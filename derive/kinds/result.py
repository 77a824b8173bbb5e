"""What solving a part gives: a derivation with verdicts, answers, claims, a second opinion and a status."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.errors import DeriveError
from derive.notation.derivation import Answer, Block, Reason, Verdict
from derive.problem.model import Part, Problem

WORST_FIRST = ("failed", "not-derived", "not-checked", "checked", "authored")


@dataclass(frozen=True)
class Opinion:
    """SymPy's second opinion: agrees, differs or skipped, and why."""

    status: str
    reason: str = ""


@dataclass(frozen=True)
class Found:
    """One answer; `expect` compares it with the author's closed form, where there is one."""

    answer: Answer
    expect: Verdict | None = None


@dataclass(frozen=True)
class Claimed:
    """A claim of the author; `where` are the declared facts without which it would be false."""

    text: str
    verdict: Verdict
    where: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class PartResult:
    """A part's `status` is the worst of its lines, claims, expectations and second opinion."""

    part: Part
    blocks: tuple[Block, ...] = ()
    answers: tuple[Found, ...] = ()
    claims: tuple[Claimed, ...] = ()
    opinion: Opinion = field(default_factory=lambda: Opinion("skipped", "no derivative asked"))
    error: DeriveError | None = None
    status: str = "checked"


@dataclass(frozen=True)
class ProblemResult:
    problem: Problem
    parts: tuple[PartResult, ...]

    @property
    def status(self) -> str:
        """The worst status of the parts."""
        found = {p.status for p in self.parts}
        return next((s for s in WORST_FIRST if s in found), "checked")
