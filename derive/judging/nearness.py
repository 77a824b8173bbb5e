r"""Lines that state no equality: `a \to b` is a limit, `a \approx b` is near.

Limits are not checked. Where numbers are printed, `\approx` is held to their digits; between two formulas that differ
nobody can say how near is near enough, and a chain goes on with what stands on the right. To leave one more relation
unchecked: a row in UNCHECKED of `ladder.py`.
"""

from __future__ import annotations

from dataclasses import replace

from derive.judging.bench import Bench
from derive.judging.decimals import as_printed
from derive.judging.ladder import UNCHECKED
from derive.judging.rungs import DECLARED, Comparison
from derive.latexread import Claim
from derive.tree.nodes import Node, Number, walk

NEAR = "~="
INEXACT = frozenset({NEAR, *UNCHECKED})
APPROXIMATION = "an approximation: the two sides are not equal, and how near they are is not checked"


def is_place(claim: Claim) -> bool:
    r"""`(t \to \infty)` beside a line says where it is meant."""
    return claim.side and claim.relation == "to" and not claim.continues


def nearly(bench: Bench, claim: Claim, found: Comparison) -> Comparison:
    """A comparison of sides that are only said to be near each other."""
    if claim.relation != NEAR or found.outcome not in ("fails", "only-if") or found.pair is None:
        return found
    left, right = found.pair.left, found.pair.right
    if found.outcome == "fails" and not found.rung.units and left.shape == right.shape:
        checker = bench.checker_of(found.rung)
        ranges = {**bench.ranges_for(left, right), **found.pair.indices}
        printed = as_printed(checker, left, right, ranges, of_numbers=False)
        if printed is not None:
            return replace(found, outcome=found.rung.outcome, remark=printed)
    if any(_prints(side) for side in (left, right)) or not all(_varies(bench, s) for s in (left, right)):
        return found
    return replace(found, outcome="not-checked", reason=APPROXIMATION)


def _prints(side: Node) -> bool:
    return any(isinstance(n.data, Number) and n.data.decimal for n in walk(side))


def _varies(bench: Bench, side: Node) -> bool:
    """Whether it is a formula of quantities without a given value."""
    known = bench.scope.data.keys() | bench.scope.definitions.keys()
    sizes = any(n.op == "count" and n.size.names for n in walk(side))
    return sizes or bool(bench.checker_of(DECLARED).anatomy.of(side).names - known)
