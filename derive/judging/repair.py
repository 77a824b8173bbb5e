"""From a wrong line to the nearest right one: a search over the repair table, verified by the checker.

On one instance every candidate costs one evaluation; what fits there is checked on several shapes and seeds like
any other line, and only then offered. The number of evaluations is bounded, not the time: the same line always gets the
same repair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Callable, Iterable, Iterator

import numpy as np

from derive.check.judge import Checker, Ranges
from derive.errors import DeriveError
from derive.judging.closing import CLOSINGS, FACTORS, close, closings, known
from derive.judging.decimals import ROUGHLY, as_printed
from derive.judging.dressing import Dressing, has_equal_terms
from derive.judging.edits import CHEAP, EDITS, RESHAPING, STRUCTURAL, Edited, edits
from derive.judging.local import localised
from derive.judging.neat import neat, neatly
from derive.judging.places import OUTER
from derive.judging.pool import Pool, weight
from derive.judging.written import OF_NUMBERS, by_value, entrywise, rounded
from derive.notation.derivation import Reason
from derive.notation.evaluate import Evaluator
from derive.tree.nodes import Node, walk
from derive.vocabulary.asked import OPAQUE

Array = Any
BUDGET = 3200  # evaluations for one line
PATHS = 20  # that take as long as one more evaluation
SEEDS = (1, 0, 2, 3, 4, 5, 6)  # of the instance that is searched on; by seed 1 sequences are short
SPREAD = range(8)  # seeds of instances on which a repair must have a value
MOST_KEPT = 600
MOST_TOTALLED = 3
COST_OF_CHECK = 20  # evaluations
ENOUGH = 4  # verified repairs among which the shortest is taken


@dataclass(frozen=True)
class Repair:
    """The mended line; `reasons` say what was wrong, `verified` that the checker found it equal to `reference`."""

    node: Node
    reasons: tuple[Reason, ...]
    kinds: tuple[str, ...]
    reference: Node
    verified: bool = True


@dataclass
class Search:
    """One wrong line against one node that it should equal."""

    checker: Checker
    target: Node
    pool: Pool
    ranges: Ranges = field(default_factory=dict)
    wrt: Node | None = None
    budget: int = BUDGET
    at: tuple[tuple[Node, Node], ...] = ()  # the optimum, where an equation is solved
    is_rounded: bool = False  # it gives decimals for what has more digits
    is_arithmetic: bool = False  # the line names nothing, and its value is a number
    head: Node | None = None  # what the line is said to be equal to
    said: frozenset[Node] = frozenset()  # lines before: to say one again mends nothing
    also: tuple[Node, ...] = ()  # other variables of its differentials, in which a repair must hold, too
    optimum: tuple[tuple[Node, Node], ...] = ()  # where derivatives vanish that are no part of a repair

    def __post_init__(self) -> None:
        self.found: list[Repair] = []
        self.refused: set[Node] = set()
        self.evaluator, self.wanted = self._instance()
        self.dressing = Dressing(
            self.pool.line, self.target, self.head, self.value, self._same, self._there, self._is_undefined
        )

    def _instance(self) -> tuple[Evaluator | None, Array]:
        """An instance on which the target has a value of size."""
        for seed in SEEDS:
            try:
                evaluator = self.checker.evaluator(seed, self.ranges, self.wrt, self.at)
                value = evaluator.value(self.target)
            except (DeriveError, RecursionError):
                continue
            if float(np.max(np.abs(value), initial=0.0)) > 1e-6:
                return evaluator, value
        return None, None

    def value(self, node: Node) -> Array | None:
        """On the instance; None where it has none there, or the budget is spent."""
        if self.budget <= 0 or self.evaluator is None:
            return None
        self.budget -= 1
        walked = self.evaluator.walked
        try:
            value: Array = self.evaluator.value(node)
        except (DeriveError, RecursionError, ValueError, TypeError):  # an edit may ask for what nobody writes
            return None
        finally:
            self.budget -= (self.evaluator.walked - walked) // PATHS
        return value

    # ------------------------------------------------------------ the search

    def run(self, starts: Iterable[Edited]) -> Repair | None:
        if self.evaluator is None:
            return None
        with np.errstate(all="ignore"):
            return self._run(list(starts))

    def _run(self, starts: list[Edited]) -> Repair | None:
        self.known = known(self.pool, self.value)
        self.later: list[tuple[Edited, Array]] = []
        starts = list(dict.fromkeys(starts))
        for stage in self._stages():
            for edited in stage(starts):
                self._offer(edited)
                if len(self.found) >= ENOUGH or self.budget <= 0:
                    break
            if self.found:
                return min(self.found, key=cost)
            if self.budget <= 0:
                break
        return None

    def _stages(self) -> tuple[Callable[[list[Edited]], Iterator[Edited]], ...]:
        if self.is_rounded:
            return (self._rounded,)
        if self.is_arithmetic:
            return (self._as_they_are, self._written, self._arithmetic, self._by_value)
        return (
            self._as_they_are,
            self._written,
            self._cheap,
            self._totalled,
            self._closed,
            self._pooled,
            self._both,
            self._deep,
        )

    def _offer(self, edited: Edited) -> None:
        if edited.node in self.refused:
            return
        self.refused.add(edited.node)
        if not self.is_rounded and self.dressing.of(edited.node):
            return
        self.budget -= COST_OF_CHECK
        if edited.node == self.target or self._holds(edited.node):
            mended = Repair(neat(edited.node), tuple(map(neatly, edited.reasons)), edited.kinds, self.target)
            if "replace" not in edited.kinds or mended.node not in self.said:
                self.found.append(mended)

    def _holds(self, node: Node) -> bool:
        if self.is_rounded:
            return as_printed(self.checker, self.target, node, self.ranges) not in (None, ROUGHLY)
        variables = dict.fromkeys((self.wrt, *self.also))
        found = [
            self.checker.line(self.target, "==", node, wrt, self.ranges, self.at).status for wrt in variables
        ]
        if "fails" in found and self.is_arithmetic and node.op == "list":
            return as_printed(self.checker, self.target, node, self.ranges) not in (None, ROUGHLY)
        return all(status == "holds" for status in found)

    def _there(self, node: Node) -> Array | None:
        """The value at the optimum that the line may be about."""
        if not self.optimum or self.evaluator is None:
            return None
        try:
            value: Array = self._at_the_optimum.value(node)
        except (DeriveError, RecursionError, ValueError, TypeError):
            return None
        return value

    @cached_property
    def _at_the_optimum(self) -> Evaluator:
        return self.checker.evaluator(SEEDS[0], self.ranges, self.wrt, self.optimum)

    def _is_undefined(self, node: Node) -> bool:
        """Whether it has no value on some instance on which the line and the right one have."""
        self.budget -= len(SPREAD)
        for seed in SPREAD:
            try:
                evaluator = self.checker.evaluator(seed, self.ranges, self.wrt, self.at)
                values = [evaluator.value(self.target), evaluator.value(self.pool.line)]
            except (DeriveError, RecursionError, ValueError, TypeError):
                continue
            if all(map(_is_finite, values)):
                try:
                    if not _is_finite(evaluator.value(node)):
                        return True
                except (DeriveError, RecursionError, ValueError, TypeError):
                    return True
        return False

    def _same(self, a: Node, b: Node) -> bool:
        self.budget -= COST_OF_CHECK
        return self.checker.line(a, "==", b, self.wrt, self.ranges, self.at).status == "holds"

    # ------------------------------------------------------------ stages, the likeliest first

    def _as_they_are(self, starts: list[Edited]) -> Iterator[Edited]:
        """What a hook has mended already, and factors."""
        for start in starts:
            value = self.value(start.node)
            if value is None:
                continue
            if start.reasons and self.fits(start.node, value):
                yield start
            if start.node.shape == self.target.shape:
                yield from self._closing(start, value, FACTORS)

    def _written(self, starts: list[Edited]) -> Iterator[Edited]:
        """Lists and matrices, entry by entry."""
        for start in starts:
            value = self.value(start.node) if start.node.op == "list" else None
            if value is not None:
                known = None if self.is_arithmetic else self.known
                found = entrywise(start.node, value, self.wanted, self.target, self.pool, known, self.value)
                if found is not None:
                    yield _after(start, found)

    def _arithmetic(self, starts: list[Edited]) -> Iterator[Edited]:
        for start in starts:
            yield from self._edited(start, OF_NUMBERS)

    def _by_value(self, starts: list[Edited]) -> Iterator[Edited]:
        for start in starts[:1]:
            found = by_value(start.node, self.wanted)
            if found is not None:
                yield found

    def _rounded(self, starts: list[Edited]) -> Iterator[Edited]:
        for start in starts[:1]:
            found = rounded(start.node, self.wanted)
            if found is not None:
                yield found

    def _cheap(self, starts: list[Edited]) -> Iterator[Edited]:
        """One edit that needs no pool."""
        for kind in CHEAP:
            if self.found:
                return
            for start in starts:
                if start.node.shape == self.target.shape or kind in RESHAPING:
                    yield from self._edited(start, (kind,), keep=True)

    def _totalled(self, starts: list[Edited]) -> Iterator[Edited]:
        """The gradient of the whole for that of a part, then one more edit."""
        whole = [_after(s, e) for s in starts[:MOST_TOTALLED] for e in edits(s.node, self.pool, ("local",))]
        reshaped = [
            _after(s, e)
            for s in whole
            if s.node.shape != self.target.shape
            for e in edits(s.node, self.pool, ("outer", "diag"))
        ]
        reshaped.sort(
            key=lambda e: (e.kinds[-1] == "diag", all(r.text != OUTER for r in e.reasons), len(e.reasons))
        )
        for start in (*whole, *reshaped):
            value = self.value(start.node) if start.node.shape == self.target.shape else None
            if value is not None and close(value, self.wanted):
                yield start
        for start in starts[:MOST_TOTALLED]:
            for edited in localised(start.node, self.pool, self.value):
                value = self.value(edited.node)
                if value is not None and self.fits(edited.node, value):
                    yield _after(start, edited)
        for kinds in (("index", "name"), CHEAP):
            for start in (*reshaped, *whole):
                fits = start.node.shape == self.target.shape
                if fits or "name" in kinds:
                    yield from self._edited(start, kinds if fits else ("name", "outer"))
                if len(self.found) > 1:
                    return
            if self.found:
                return

    def _closed(self, starts: list[Edited]) -> Iterator[Edited]:
        """One more term, or a factor that is an array."""
        for start in starts:
            value = self.value(start.node)
            if value is not None:
                yield from self._closing(start, value, CLOSINGS)

    def _pooled(self, starts: list[Edited]) -> Iterator[Edited]:
        for kind in sorted(EDITS.keys() - set(CHEAP), key=list(EDITS).index):
            if self.found:
                return
            for start in starts:
                if start.node.shape == self.target.shape or kind in RESHAPING:
                    yield from self._edited(start, (kind,), keep=True)

    def _both(self, starts: list[Edited]) -> Iterator[Edited]:
        """One edit, and one more factor or term."""
        for edited, value in self.later:
            yield from self._closing(edited, value, CLOSINGS)

    def _deep(self, starts: list[Edited]) -> Iterator[Edited]:
        """Two edits, the first of which changes what a line is about."""
        first = [_after(start, e) for start in starts for e in edits(start.node, self.pool, STRUCTURAL)]
        first.sort(key=lambda e: e.node.shape != self.target.shape)
        rows = CHEAP if self.pool.wanted is None else (*CHEAP, "name")
        for start in first:
            yield from self._edited(start, rows)
            if self.found:
                return

    # ------------------------------------------------------------ steps

    def _edited(self, start: Edited, rows: tuple[str, ...], keep: bool = False) -> Iterator[Edited]:
        for edited in edits(start.node, self.pool, rows):
            self.budget -= 1
            if self.budget <= 0:
                return
            both = _after(start, edited)
            fits = both.node.shape == self.target.shape
            if not fits and not keep:
                continue
            value = self.value(both.node)
            if value is None:
                continue
            if fits and close(value, self.wanted):
                if not self._is_accident(start.node, both):
                    yield both
            elif keep and len(self.later) < MOST_KEPT:
                self.later.append((both, value))

    def _closing(self, start: Edited, value: Array, rows: tuple[Any, ...]) -> Iterator[Edited]:
        for node, reasons in closings(start.node, value, self.wanted, self.target, self.known, rows):
            if node.shape == self.target.shape:
                yield Edited(node, (*start.reasons, *reasons), (*start.kinds, "closing"))

    def _is_accident(self, node: Node, edited: Edited) -> bool:
        """Whether a range was changed of a sum whose terms are all equal."""
        if edited.kinds[-1] not in ("bound", "sum"):
            return False
        kept = frozenset(walk(edited.node))
        return any(has_equal_terms(part, self.value) for part in walk(node) if part not in kept)

    def fits(self, node: Node, value: Array) -> bool:
        return node.shape == self.target.shape and close(value, self.wanted)


def _is_finite(value: Array) -> bool:
    return bool(np.all(np.isfinite(value)))


def _after(start: Edited, edited: Edited) -> Edited:
    return Edited(edited.node, (*start.reasons, *edited.reasons), (*start.kinds, *edited.kinds))


def cost(repair: Repair) -> tuple[int, int, int]:
    """What is said, then what is left to be differentiated, then what there is to write."""
    asking = sum(n.op in OPAQUE for n in walk(repair.node))
    return len(dict.fromkeys(repair.reasons)), asking, weight(repair.node)


__all__ = ["BUDGET", "Repair", "Search", "cost"]
