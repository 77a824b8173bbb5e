"""A result without a name of the problem, held against what the part asks: alone in a box, or at the end of a chain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.judging.judged import Judged
from derive.judging.ladder import judge_pair
from derive.judging.rungs import DECLARED
from derive.judging.why import explained
from derive.latexread import Ambiguous, Claim, Elaborated, Pair, elaborate
from derive.notation.derivation import Reason

if TYPE_CHECKING:
    from derive.judging.chain import Chained

NOT_COMPARED = "not compared with any part"
FOLLOWING = Reason("follows from the result above, which is wrong")
TRUE = frozenset({"holds", "restated", "given"})


def held(chain: Chained, claim: Claim, is_last: bool) -> Judged:
    """A result as the answer to the part."""
    final = chain.final
    written = final.claim.right if final is not None else claim.right
    right = elaborate(written, chain.bench.context) if written is not None else None
    right = right.readings[0] if isinstance(right, Ambiguous) else right
    if not isinstance(right, Elaborated):
        return Judged(claim, "unreadable", reasons=(Reason(right.message if right is not None else ""),))
    if final is None:
        return Judged(claim, "given", reasons=(Reason(NOT_COMPARED),), right=right.node)
    pair = Pair(final.tie.asked, right.node, right.notes, indices=right.indices)
    head = judge_pair(chain.bench, pair, "==", DECLARED)
    if head.outcome == "not-checked" and chain.engine is not None:
        head = judge_pair(chain.bench, replace(pair, left=chain.engine), "==", DECLARED)
    head = replace(head, remark=f"the answer to part {final.tie.part.id}") if head.holds else head
    known = ("holds", "notation", "not-checked")
    verdict = head.outcome if head.outcome in known else "wrong"
    judged = Judged(claim, verdict, head, None, head, "as declared", left=pair.left, right=pair.right)
    chain.believes(judged)
    return explained(chain, judged, None, is_last)


def concluded(chain: Chained, judged: Judged, before: Judged | None, is_last: bool) -> Judged:
    """What a line is as a result, where it is true by itself: a number equals a number, and is the answer or not."""
    claim = judged.claim
    if judged.verdict not in TRUE or claim.boxed or id(claim) in chain.introduced:
        return judged
    if claim.continues and before is not None and _is_no_answer(before):
        return replace(judged, verdict="inherited", reasons=(FOLLOWING,))
    ends = chain.final is not None and claim.span == chain.final.claim.span
    return held(chain, claim, is_last) if ends else judged


def _is_no_answer(before: Judged) -> bool:
    """Whether a line gave a wrong result, without a name: what equals it is wrong, too."""
    if before.verdict == "inherited":
        return before.reasons == (FOLLOWING,)
    return before.claim.boxed and before.verdict == "wrong"


__all__ = ["NOT_COMPARED", "concluded", "held"]
