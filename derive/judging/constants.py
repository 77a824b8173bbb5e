r"""Lines that hold but for a constant: `\log p = -\frac12 (x - \mu)^2 + \text{const}`, `p(w) \propto e^{-w^2}`.

The constant depends on no variable of the derivation, so both sides (their logarithms, for a factor) have the same
gradient in one of the names that the parts differentiate or optimise in. Which one it is, the verdict says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable

from derive.errors import DeriveError
from derive.judging.bench import Bench
from derive.judging.ladder import judge_pair
from derive.judging.optima import Optima
from derive.judging.rungs import Comparison
from derive.latexread import Pair
from derive.latexread.sums import UP_TO
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.build import build, count, num, reindex

FACTOR = "prop"
RELATIONS = frozenset({FACTOR, "=c"})


def speaks_of_one(*comparisons: Comparison | None) -> bool:
    """Whether a line is written with a constant that nobody gives."""
    pairs = [c.pair for c in comparisons if c is not None and c.pair is not None]
    return any(note.kind == UP_TO for pair in pairs for note in pair.notes)


def up_to_a_constant(
    bench: Bench,
    found: Comparison,
    variables: Iterable[Node],
    given: tuple[Node, ...] = (),
    factor: bool = False,
) -> Comparison:
    """The same comparison, of gradients: `holds` in the first variable in which both sides change alike."""
    pair = found.pair
    if pair is None or found.rung.units or not (pair.left.shape.is_scalar and pair.right.shape.is_scalar):
        return found
    worst: Comparison | None = None
    for x in variables:
        try:
            left, right = (_slope(side, x, factor) for side in (pair.left, pair.right))
            still = judge_pair(
                bench, replace(pair, right=build("mul", num(0), left), left=left), "==", found.rung
            )
        except DeriveError:
            continue
        if still.outcome != "fails":
            continue  # it does not change with x, and any constant would do
        tried = judge_pair(
            bench, Pair(left, right, pair.notes, pair.how, pair.indices), "==", found.rung, given=given
        )
        if tried.outcome == found.rung.outcome:
            said = "up to a factor that does not depend on {0}" if factor else "up to a constant in {0}"
            return replace(tried, pair=pair, notes=(*tried.notes, Reason(said, (x,))))
        worst = worst or replace(tried, pair=pair)
    return worst or replace(found, outcome="not-checked", reason="nothing says in what the rest is constant")


def along_an_index(
    bench: Bench, found: Comparison, optima: Optima | None, given: tuple[Node, ...], factor: bool
) -> Comparison | None:
    r"""`p_k \propto e^{-x_k}`: what is left out is the same for every k, at the optimum where the line is about it."""
    pair = found.pair
    if pair is None or found.rung.units or not (pair.left.shape.is_scalar and pair.right.shape.is_scalar):
        return None
    places = [at for at, _ in optima.places((pair.left, pair.right), bench)] if optima is not None else []
    for index in sorted(free_indices(pair.left) & free_indices(pair.right)):
        ends = pair.indices.get(index) or bench.scope.indices.get(index)
        other = f"{index}2"
        if ends is None or other in bench.scope.indices:
            continue
        left, right = (reindex(side, {index: Size.of(other)}) for side in (pair.left, pair.right))
        both = (
            (build("mul", pair.left, right), build("mul", left, pair.right))
            if factor
            else (build("add", pair.left, right), build("add", left, pair.right))
        )
        moved = replace(pair, left=both[0], right=both[1], indices={**pair.indices, index: ends, other: ends})
        for at in ((), *places):
            tried = judge_pair(bench, moved, "==", found.rung, at=at, given=given)
            if tried.outcome == found.rung.outcome:
                said = Reason("what is left out is the same for every {0}", (count(index),))
                return replace(tried, pair=pair, at=at, notes=(*tried.notes, said))
    return None


def _slope(side: Node, x: Node, factor: bool) -> Node:
    return build("gradient", build("log", side) if factor else side, x)
