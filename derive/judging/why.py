"""Why a claim got its verdict: what mends it, what it would be right for, on what instance it fails, what was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.errors import DeriveError
from derive.judging.counterexample import smallest
from derive.judging.escaping import Escaped
from derive.judging.judged import Judged
from derive.judging.ladder import judge_pair
from derive.judging.mend import explain, mend, sides_of, starts_of
from derive.judging.optima import At, there
from derive.judging.repair import Repair
from derive.judging.rungs import DECLARED, Comparison
from derive.judging.sentences import about_repair, joined
from derive.judging.strict import SIGNS, TOUCHES
from derive.judging.total import as_step, is_own_step, local_remark, total_remark
from derive.latexread import Claim, Elaborated, Pair, elaborate
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, free_indices, names_in, walk
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import add, neg, substitute
from derive.vocabulary.constraints import constraints_of

if TYPE_CHECKING:
    from derive.judging.chain import Chained

TOLD = frozenset({"case", "twin", "mean", "scope"})  # notes of the reader that are worth a remark
MENDED = frozenset({"wrong", "ill-typed", "holds-only-if"})


def explained(chain: Chained, judged: Judged, before: Judged | None, is_last: bool) -> Judged:
    reasons: list[Reason] = []
    head, previous = judged.head, judged.previous
    assert head is not None
    counterexample, repair = None, None
    if judged.verdict in MENDED and chain.patience.spent():
        reasons.append(Reason("not looked into: too many lines are wrong"))
    elif judged.verdict in MENDED:
        is_true = judged.verdict == "holds-only-if" and head.missing  # but it is said too far
        repair = _mended(chain, judged, before) if not is_true else None
        if judged.verdict == "holds-only-if":
            reasons.append(Reason(f"holds only if {head.rung.said}"))
        elif judged.verdict == "ill-typed":
            reasons.append(Reason(head.reason))
        if repair is not None:
            reasons.append(about_repair(repair.reasons))
        elif judged.verdict == "wrong":
            is_unequal = judged.claim.relation in SIGNS
            differ = "the two sides differ" + (" by more than a constant" if chain.is_loose else "")
            unequal = TOUCHES if head.reason == TOUCHES else "the inequality does not hold"
            reasons.append(Reason(unequal if is_unequal else differ))
        reasons += _since(chain, judged, before)
        if repair is None or len(set(repair.reasons)) > 1:
            reasons += _explaining(chain, judged, before)
        reasons += _for_the_other(chain, judged, before)
        reasons += _of_one_step(chain, head)
        counterexample = _counterexample(chain, head, judged.claim.relation) if not chain.is_loose else None
    elif judged.verdict == "inherited":
        said = "the line before" if judged.source is None else f"line {judged.source}"
        reasons.append(Reason(f"follows from {said}, which is wrong"))
    elif judged.verdict in ("unreadable", "not-checked"):
        reasons.append(Reason(head.reason))
    elif head.at:
        pass  # set to zero, or solved: nothing to do with the line before
    elif before is not None and before.is_error and previous is not None and not previous.holds:
        said = "right by luck: it does not follow from the line before, which is wrong"
        reasons.append(
            Reason(said if is_last else "silently repaired: right again, though the line before is wrong")
        )
    if judged.verdict in ("holds", "notation", "restated"):
        if head.rung is not DECLARED and head.rung.said:
            reasons.append(Reason(head.rung.said))
        if head.flipped:
            reasons.append(Reason("a row stands for a column"))
        if head.remark:
            reasons.append(Reason(head.remark))
        reasons += head.notes
        reasons += _total(chain, judged)
    missing = head.missing or (previous.missing if previous is not None else ())
    if isinstance(head.verdict, Escaped) and head.verdict.status == "fails" and judged.verdict in MENDED:
        reasons.append(head.verdict.said)
    elif missing:
        reasons.append(Reason("{0} does not exist", missing[:1]))
    reasons += _notes(chain, head)
    return replace(
        judged, reasons=tuple(dict.fromkeys(reasons)), counterexample=counterexample, repair=repair
    )


def _mended(chain: Chained, judged: Judged, before: Judged | None) -> Repair | None:
    head = judged.head
    if head is None or judged.claim.relation not in ("=", ":=", "~="):
        return None
    references: list[Node] = []
    trusted: list[Node] = []
    left = head.pair.left if head.pair is not None and not head.rung.units else None
    left = left if left is not None else left_of(chain, judged.claim)
    if (
        (before is not None and not before.is_error and before.right is not None and before.head is not None)
        and before.head.rung is DECLARED
        and (left is None or before.right.shape == left.shape)
    ):
        references.append(before.right)
    if chain.engine is not None and chain.answers(judged.claim, head):
        references.append(chain.engine)
    step = as_step(chain.bench, left) if left is not None else None
    if left is not None and step is not None and is_own_step(chain.bench, left):
        references.insert(0, step[0])
    trusted += references
    if left is not None:
        references += _at_the_optimum(chain, left, head)
    try:
        asked = chain.optima.asked if chain.optima is not None else ()
        optimum = tuple(
            {o.x: o.value for o in reversed(tuple(asked))}.items()
        )  # the first, where there are several
        found = mend(
            chain.bench,
            judged.claim,
            head,
            references,
            head.wrt or chain.variable,
            chain.rights[-2:],
            head=left,
            optimum=optimum,
            also=chain.wrt,
        )
        if found is None and left is not None:
            found = _mended_at_the_optimum(chain, judged, head, left)
        if found is not None and left is not None and found.reference not in trusted:
            found = found if _says_what_is_true(chain, head, left, found) else None
    except RecursionError:
        return None
    return found


def _says_what_is_true(chain: Chained, head: Comparison, left: Node, repair: Repair) -> bool:
    """Whether the mended line holds: everywhere, or as an equation for the optimum that is no 0 = 0."""
    if repair.node.shape != left.shape:
        return True  # a row, or a left side that was not read as declared
    indices = head.pair.indices if head.pair is not None else {}
    pair = Pair(left, repair.node, indices=indices)
    if judge_pair(chain.bench, pair, "==", DECLARED, chain.wrt, given=head.given).outcome != "fails":
        return True
    found = chain.optima.try_at(chain.bench, pair, head.given) if chain.optima is not None else None
    return found is not None and found.holds


def _mended_at_the_optimum(chain: Chained, judged: Judged, head: Comparison, left: Node) -> Repair | None:
    """An equation for what is optimised is mended so that it holds at the optimum."""
    at = head.at or _likely(chain, left, head)
    near = (*chain.rights[-2:], *(value for _, value in at))
    return mend(chain.bench, judged.claim, head, [left], None, near, at=at, head=left) if at else None


def _at_the_optimum(chain: Chained, left: Node, head: Comparison) -> list[Node]:
    """What the right side should be: where the line is about the optimum, its value, or what makes the difference of
    the sides the derivative that vanishes there."""
    scope, names = chain.bench.scope, chain.bench.context.optima
    bodies = {n: scope.open(n) for n in walk(left) if n.op == "sym" and n.symbol.name in names}
    left = substitute(left, {n: body for n, body in bodies.items() if body is not None})
    if chain.optima is None:
        return [left]
    at = head.at or _likely(chain, left, head)
    if not at:
        return [left]
    if names_in(left) & {m.symbol.name for m in chain.optima.unknown}:
        return []  # a multiplier has the value that the answer gives it
    if left in dict(at) or (left.op == "entry" and left.args[0] in dict(at)):
        return [substitute(left, dict(at))]
    found: list[Node] = []
    free = (o for o in chain.optima.among((left,)) if o.x in dict(at) and not constraints_of(o.question))
    for optimum in free:  # under constraints the derivative does not vanish
        slope = optimum.slope
        if slope.shape == left.shape:
            found += [add(left, neg(slope)), add(left, slope)]
    return found or [there(left, at)]


def _likely(chain: Chained, left: Node, head: Comparison) -> At:
    """Where an ill-typed equation in what is optimised was meant."""
    if chain.optima is None or head.outcome not in ("ill-typed", "only-if") or left.op in DERIVATIVES:
        return ()
    return tuple((o.x, o.value) for o in chain.optima.asked if o.x in walk(left))[:1]


def left_of(chain: Chained, claim: Claim) -> Node | None:
    """The left side of a claim whose sides have different shapes, or whose right side is ill-typed."""
    sides = sides_of(chain.bench, claim, DECLARED)
    if sides is not None:
        return sides[0]
    found = elaborate(claim.left, chain.bench.context) if claim.left is not None else None
    return found.node if isinstance(found, Elaborated) else None


def _since(chain: Chained, judged: Judged, before: Judged | None) -> list[Reason]:
    """What went wrong after a line that was wrong itchain."""
    if before is None or not before.is_error or before.right is None or judged.previous is None:
        return []
    repair = mend(chain.bench, judged.claim, judged.previous, [before.right], chain.variable, (), "previous")
    said = about_repair(repair.reasons) if repair is not None else Reason("another error")
    return [joined([Reason("does not follow from the line before, which is wrong itself"), said], ": ")]


def _explaining(chain: Chained, judged: Judged, before: Judged | None) -> list[Reason]:
    """What question the line would be the answer to."""
    if before is None or before.right is None or before.is_error or judged.head is None:
        return []
    line = judged.right
    if line is None:
        starts = starts_of(chain.bench, judged.claim, judged.head)
        line = starts[0].node if starts and not starts[0].reasons else None
    if line is None:
        return []
    try:
        found = explain(chain.bench, before.right, line, chain.variable)
    except (DeriveError, RecursionError):
        return []
    return [found] if found is not None else []


def _for_the_other(chain: Chained, judged: Judged, before: Judged | None) -> list[Reason]:
    """What the first wrong line lacks as an answer to the part that asks for another variable."""
    if chain.other is None or judged.claim.side or (before is not None and before.is_error):
        return []
    part, asked, answer = chain.other
    if answer is None or judged.head is None:
        return []
    repair = mend(chain.bench, judged.claim, judged.head, [answer], chain.variable, chain.rights[-2:])
    if repair is None:
        return []
    return [
        joined([Reason(f"for {{0}}, which part {part} asks", (asked,)), about_repair(repair.reasons)], ": ")
    ]


def _of_one_step(chain: Chained, head: Comparison) -> list[Reason]:
    if head.pair is None or head.rung.units:
        return []
    remark = local_remark(chain.bench, head.pair.left, head.pair.right)
    return [remark] if remark is not None else []


def _counterexample(chain: Chained, head: Comparison, relation: str) -> str | None:
    if head.pair is None or head.outcome == "ill-typed":
        return None
    pair = head.pair
    if head.outcome == "only-if":
        return None
    checker = chain.bench.checker_of(head.rung)
    limited = frozenset().union(*(free_indices(g) for g in head.given))
    ranges = {**chain.bench.ranges_for(pair.left, pair.right, beyond=limited), **pair.indices}
    shown = smallest(checker, pair.left, pair.right, ranges, head.wrt, head.at, head.given, relation)
    if shown is not None and head.at:
        word = chain.optima.word(head.at) if chain.optima is not None else "optimum"
        return f"at the {word}: {shown}"
    return shown or (head.verdict.counterexample if head.verdict is not None else None) or None


def _total(chain: Chained, judged: Judged) -> list[Reason]:
    if judged.left is None or judged.right is None:
        return []
    remark = total_remark(chain.bench, judged.left, judged.right, chain.totals)
    return [remark] if remark is not None else []


def _notes(chain: Chained, head: Comparison) -> list[Reason]:
    """What the reader did that the writer should know, once; both readings where there are several."""
    found: list[str] = []
    if head.pair is not None:
        found += [n.text for n in head.pair.notes if n.kind in TOLD]
        if head.pair.how:
            found.append(f"read as: {head.pair.how}")
    new = [text for text in dict.fromkeys(found) if text not in chain.noted]
    chain.noted |= set(new)
    return [Reason(text) for text in new]
