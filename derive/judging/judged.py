"""What judging gives: every claim with its verdict, what it was held against, why, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.judging.repair import Repair
from derive.judging.rungs import Comparison
from derive.judging.verdicts import VERDICTS
from derive.latexread import Answer, Claim
from derive.notation.derivation import Reason
from derive.notation.latex import latex
from derive.tree.nodes import Node
from derive.vocabulary.scope import Scope


@dataclass(frozen=True)
class Judged:
    """`previous`, `head` and `engine` are None where there is nothing to compare with.

    `left` and `right` are the nodes of the reading that was judged, None where the claim could not be typed.
    """

    claim: Claim
    verdict: str
    head: Comparison | None = None
    previous: Comparison | None = None
    engine: Comparison | None = None
    reading: str = ""
    reasons: tuple[Reason, ...] = ()
    counterexample: str | None = None
    repair: Repair | None = None
    left: Node | None = None
    right: Node | None = None
    source: int | None = None  # the line of an earlier chain that an inherited error comes from

    @property
    def starts(self) -> bool:
        """Whether it may be the first wrong line of its chain: remarks beside the lines may not."""
        return VERDICTS[self.verdict].starts and not self.claim.side

    @property
    def is_error(self) -> bool:
        return VERDICTS[self.verdict].is_error


@dataclass(frozen=True)
class JudgedChain:
    """`part` is the part it answers, None where it fits none; `remarks` are about the chain as a whole."""

    claims: tuple[Judged, ...]
    scope: Scope
    problem: str = ""
    part: str | None = None
    remarks: tuple[Reason, ...] = ()
    label: str = ""
    title: str = ""

    @property
    def first_wrong(self) -> int | None:
        """The line of the first error of the chain itself."""
        return next((j.claim.line for j in self.claims if j.starts), None)

    def repaired(self, judged: Judged) -> str | None:
        return None if judged.repair is None else latex(judged.repair.node, self.scope.notation)


@dataclass(frozen=True)
class Report:
    """One answer. `problem` is the file or folder it was judged against."""

    answer: Answer
    problem: str
    chains: tuple[JudgedChain, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def claims(self) -> tuple[Judged, ...]:
        return tuple(j for chain in self.chains for j in chain.claims)

    @property
    def counts(self) -> dict[str, int]:
        """How many claims got each verdict, in the order of the table; only those that occur."""
        found = [j.verdict for j in self.claims]
        return {name: found.count(name) for name in VERDICTS if name in found}

    @property
    def first_wrong(self) -> list[int]:
        return [chain.first_wrong for chain in self.chains if chain.first_wrong is not None]

    @property
    def judged(self) -> int:
        """How many claims were held against something: not those that only define, repeat or limit."""
        return sum(j.verdict in ("holds", "notation") or j.is_error for j in self.claims)

    @property
    def right(self) -> bool | None:
        """False where a line is wrong, true where every line was judged and none is; None: nobody knows."""
        if any(j.is_error for j in self.claims):
            return False
        unread = any(VERDICTS[j.verdict].mark == "?" for j in self.claims)
        return None if unread or not self.judged else True

    @property
    def is_right(self) -> bool:
        """Every line was read, at least one was judged, and none is wrong."""
        return self.right is True
