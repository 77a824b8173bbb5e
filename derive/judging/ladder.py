"""The ladder of readings: a comparison of two sides is tried in one reading after the other, the strictest first.

To add a reading: a row in RUNGS (and its mode in the reader). What a reading makes of a line is the reader's work,
whether it holds is the checker's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable

from derive.judging.bench import Bench
from derive.judging.conditions import unstated
from derive.judging.decimals import as_printed
from derive.judging.definite import DEFINITE, conditions, definite
from derive.judging.einstein import follows_it, summed
from derive.judging.escaping import Escaped, says_zero
from derive.judging.ranges import outside
from derive.judging.rungs import DECLARED, RUNGS, Comparison, Rung
from derive.judging.strict import SIGNS, STRICT, vectors_among
from derive.judging.strict import apart as strictly
from derive.latexread import Claim, IllTyped, Pair, Unreadable
from derive.notation.derivation import Chain, Line, Reason, Verdict
from derive.tree.nodes import Node, contains, free_indices
from derive.vocabulary.asked import EXTREMA
from derive.vocabulary.build import T

AS_ZERO = "what does not exist is read as 0"
UNCHECKED = {"to": "a limit is not checked"}  # nothing is held against their right side
RELATION = {
    "=": "==", "<=": "<=", ">=": ">=", "<": "<", ">": ">", ":=": "==", "~=": "==", "=c": "==",
    **{sign: sign for sign in (">>", ">>=", "<<", "<<=")},
}  # fmt: skip


def compare(
    bench: Bench,
    claim: Claim,
    against: str,
    wrt: tuple[Node, ...],
    forbidden: frozenset[str] = frozenset(),
    special: bool = True,
    given: tuple[Node, ...] = (),
) -> Comparison:
    """The claim's right side against its left side (or the line before), in the first reading in which it holds.

    Special cases are tried last, and only where `special` says so. `given` are conditions that limit the claim:
    numbers that are positive where it speaks."""
    if claim.relation in UNCHECKED:
        return Comparison("not-checked", reason=UNCHECKED[claim.relation])
    relation = RELATION.get(claim.relation)
    relation = relation if against == "left" or relation in SIGNS else "=="
    if relation is None:
        return Comparison("not-checked", reason=f"the relation {claim.relation} is not checked")
    first: Comparison | None = None
    flipped: Comparison | None = None
    tried: set[tuple[Node, Node]] = set()
    other = claim.left if against == "left" else claim.previous
    derives = bench.derives(other, claim.right)
    for rung in RUNGS:
        if rung.mode in forbidden or (rung.is_layout and not derives):
            continue
        found = _on_rung(bench, claim, against, rung, relation, wrt, tried, given)
        if found is None:
            continue
        if found.outcome == "unreadable" and rung is DECLARED:
            return found
        if found.outcome == rung.outcome:
            return found
        if found.flipped:
            flipped = flipped or found
            continue
        if first is None or (
            first.outcome == "ill-typed" and _further(found, first) and rung.mode != "columns"
        ):
            first = found
        if found.outcome == "not-checked" and rung is DECLARED:
            return found
    if flipped is not None:
        return flipped
    assert first is not None
    if first.outcome == "fails" and relation == "==" and follows_it(bench.text):
        implied = _implied(bench, claim, against, wrt, given)
        if implied is not None:
            return implied
    if special and (first.outcome == "ill-typed" or first.rung is not DECLARED):
        return _special(bench, claim, against, relation, wrt) or first
    if isinstance(first.verdict, Escaped):
        return first
    if special and first.outcome == "fails" and first.pair is not None and not given:
        return _under_a_condition(bench, first.pair, relation, wrt) or first
    return first


def _implied(
    bench: Bench, claim: Claim, against: str, wrt: tuple[Node, ...], given: tuple[Node, ...]
) -> Comparison | None:
    """The reading with the sums of the summation convention, where it holds."""
    reading = bench.read(claim, DECLARED, against)
    for pair in reading if isinstance(reading, tuple) else ():
        whole = summed(pair, bench.scope.indices)
        found = judge_pair(bench, whole, "==", DECLARED, wrt, given=given) if whole is not None else None
        if found is not None and found.outcome == "holds":
            return replace(found, notes=(Reason("read with the sums of the summation convention"),))
    return None


def _under_a_condition(bench: Bench, pair: Pair, relation: str, wrt: tuple[Node, ...]) -> Comparison | None:
    """The condition that nobody states and that would make a false line true."""
    tried: Iterable[tuple[Node, str]]
    if relation in DEFINITE:
        tried = conditions(pair.left, pair.right)
    else:
        tried = ((c.node_in(bench.scope), str(c)) for c in unstated(pair, bench.scope))
    for condition, said in tried:
        found = judge_pair(bench, pair, relation, DECLARED, wrt, given=(condition,))
        if found.outcome == "holds":
            return replace(found, outcome="only-if", rung=Rung("declared", "only-if", said))
    return None


def _further(found: Comparison, first: Comparison) -> bool:
    """Whether a reading got further: to values that differ, or to two sides that have shapes."""
    return found.outcome == "fails" or (found.pair is not None and first.pair is None)


def _special(
    bench: Bench, claim: Claim, against: str, relation: str, wrt: tuple[Node, ...]
) -> Comparison | None:
    """The sizes that must be 1 for the line to hold; those that a line before needed are tried first.

    What fails where all are 1 fails where one is."""
    rungs = tuple(bench.special())
    tried: dict[Rung, Comparison | None] = {}

    def on(rung: Rung) -> Comparison | None:
        if rung not in tried and bench.has(rung):
            tried[rung] = _on_rung(bench, claim, against, rung, relation, wrt, set())
        return tried.get(rung)

    for rung in sorted(rungs, key=lambda rung: rung not in bench.needed):
        if rung not in bench.needed and (whole := on(rungs[-1])) is not None and whole.outcome == "fails":
            return None
        found = on(rung)
        if found is not None and found.outcome == "only-if":
            bench.needed.add(rung)
            return found
    return None


def _on_rung(
    bench: Bench,
    claim: Claim,
    against: str,
    rung: Rung,
    relation: str,
    wrt: tuple[Node, ...],
    tried: set[tuple[Node, Node]],
    given: tuple[Node, ...] = (),
) -> Comparison | None:
    """The comparison in one reading; None where it says nothing that a stricter one has not."""
    reading = bench.read(claim, rung, against)
    if isinstance(reading, Unreadable):
        right = claim.right.span if claim.right is not None else reading.span
        inside = right.start <= reading.span.start and reading.span.stop <= right.stop
        return Comparison("unreadable", rung, reason=reading.message, failure=reading, is_of_the_right=inside)
    if isinstance(reading, IllTyped):
        return Comparison("ill-typed", rung, reason=reading.message, failure=reading)
    worst: Comparison | None = None
    for pair in reading:
        if (pair.left, pair.right) in tried:
            continue
        tried.add((pair.left, pair.right))
        found = judge_pair(bench, pair, relation, rung, wrt, given=given)
        if found.outcome == rung.outcome or found.flipped:
            return found
        worst = worst or found
    return worst


def judge_pair(
    bench: Bench,
    pair: Pair,
    relation: str,
    rung: Rung,
    wrt: tuple[Node, ...] = (),
    at: tuple[tuple[Node, Node], ...] = (),
    given: tuple[Node, ...] = (),
) -> Comparison:
    """Both sides, evaluated; a row may stand for a column, and says so. `at` gives names a value, `given` are
    numbers that are positive where the claim speaks."""
    left, right = pair.left, pair.right
    a, b = left.shape, right.shape
    flipped = False
    if {a.kind, b.kind} == {"row", "vector"} and a.dims == b.dims:
        right, flipped = T(right), True
    elif a.kind != b.kind or a.dims != b.dims:
        return Comparison("ill-typed", rung, pair, reason=f"the left side is {a}, the right side {b}")
    if left == right and relation not in DEFINITE and relation not in STRICT:
        outcome = "notation" if flipped and rung.outcome == "holds" else rung.outcome
        return Comparison(outcome, rung, pair, Verdict("holds", "identical expressions"), flipped=flipped)
    checker = bench.checker_of(rung)
    limited = frozenset().union(*(free_indices(g) for g in given))
    ranges = {**bench.ranges_for(left, right, beyond=limited), **pair.indices}
    variables: tuple[Node | None, ...] = tuple(bench.in_rung(v, rung) for v in wrt) or (None,)
    optimal = at or any(contains(side, lambda n: n.op in EXTREMA) for side in (left, right))
    known = bench.scope.indices.keys() | pair.indices.keys() | bench.lengths | bench.dimensions
    given = tuple(g for g in given if free_indices(g) <= known)
    given = (*(bench.given if optimal and not rung.units else ()), *given)
    if relation in DEFINITE:
        verdict = definite(checker, left, relation, right, ranges, given)
        outcome = {"holds": rung.outcome, "fails": "fails"}.get(verdict.status, "not-checked")
        return Comparison(outcome, rung, pair, verdict, verdict.reason, given=given)
    line = Line(left, right, Reason(""), STRICT.get(relation, relation))
    for variable in variables:
        judged = checker.chain(Chain((line,), variable, ranges=ranges, at=at, given=given)).lines[0]
        assert judged.verdict is not None
        verdict = judged.verdict
        if relation in STRICT:
            every = vectors_among((left, right), bench.context.anything)
            verdict = strictly(checker, left, relation, right, ranges, at, given, verdict, every)
        if verdict.status != "holds":
            break
    if isinstance(verdict, Escaped) and verdict.as_zero and relation == "==":
        if says_zero(bench.text, verdict.member):
            return Comparison("notation" if flipped else rung.outcome, rung, pair, verdict, remark=AS_ZERO)
        if verdict.is_asked:
            said = Rung(rung.mode, "only-if", "what does not exist counts as 0")
            return Comparison("only-if", said, pair, verdict, missing=(verdict.member,))
    unknown = verdict.status == "not-checked" or isinstance(verdict, Escaped)
    missing = outside((left, right), bench.context_of(rung).scope)
    if missing and unknown:
        outer = Chain((line,), variable, ranges=ranges, at=at, given=given)
        verdict = bench.extended(rung, missing).chain(outer).lines[0].verdict or verdict
    if verdict.status == "fails" and relation == "==":
        rounded = as_printed(checker, left, right, ranges)
        if rounded is not None:
            return Comparison(rung.outcome, rung, pair, replace(verdict, status="holds"), remark=rounded)
    outcome = {"holds": rung.outcome, "fails": "fails"}.get(verdict.status, "not-checked")
    if outcome == "holds" and flipped:
        outcome = "notation"
    flipped = flipped and outcome == "notation"
    return Comparison(
        outcome,
        rung,
        pair,
        verdict,
        verdict.reason,
        flipped,
        wrt=variable,
        missing=missing,
        at=at,
        given=given,
    )
