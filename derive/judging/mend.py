"""Why a line is wrong and what would be right: the search of `repair` for one claim, and the sentence it gives."""

from __future__ import annotations

from itertools import islice
from typing import Iterable, Iterator

from derive.check.judge import Ranges
from derive.errors import DeriveError
from derive.judging.bench import Bench
from derive.judging.closing import PRODUCTS, close, closings, known
from derive.judging.edits import RESHAPING, Edited, edits
from derive.judging.losses import taken_in
from derive.judging.neat import neat
from derive.judging.places import ARRAYS, DIAG, NO_DIAG, joins, meant
from derive.judging.pool import Pool, says_something, turned
from derive.judging.ranges import of_entries
from derive.judging.repair import Repair, Search, cost
from derive.judging.rungs import DECLARED, RUNGS, Comparison, Rung
from derive.judging.site import MISSING, PARENTHESES
from derive.latexread import Claim, IllTyped, Unreadable
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, Shape, walk
from derive.vocabulary.build import ZERO, T, add, matmul, mul, reindex

MOST_STARTS = 12
MOST_OPENED = 2  # starts in which the answer's own names are written out, too
MOST_TRIES = 40
MOST_SAID = 2  # things that are wrong with one line before other readings of it are tried
EXPLAINING = ("norm", "index", "local")


def mend(
    bench: Bench,
    claim: Claim,
    found: Comparison,
    references: Iterable[Node],
    wrt: Node | None = None,
    near: Iterable[Node] = (),
    against: str = "left",
    at: tuple[tuple[Node, Node], ...] = (),
    head: Node | None = None,
    optimum: tuple[tuple[Node, Node], ...] = (),
    also: tuple[Node, ...] = (),
) -> Repair | None:
    """The nearest right line: verified against the first reference that allows one. `at` gives names a value, `head`
    is what a repair must not say by its own name, and nothing that vanishes at the `optimum` is added. `also` are
    further variables of differentials."""
    targets = list(dict.fromkeys(references))[:3]
    near = tuple(near)
    said = frozenset(map(neat, near))
    beside = tuple(dict.fromkeys((*targets, *near)))
    seen: frozenset[Node] = frozenset()
    mended: list[Repair] = []
    for wide in (False, True) if found.outcome in ("ill-typed", "only-if") else (False,):
        starts = [s for s in starts_of(bench, claim, found, beside, against, wide) if s.node not in seen]
        pair = found.pair if not found.rung.units else None
        indices = pair.indices if pair is not None else of_entries((*targets, *(s.node for s in starts)))
        repair = _searched(bench, claim, targets, beside, starts, wrt, at, indices, head, optimum, said, also)
        if repair is not None:
            mended.append(repair)
            if len(set(repair.reasons)) <= MOST_SAID:
                break
        seen = frozenset(start.node for start in starts)
    if not mended and found.outcome in ("ill-typed", "only-if"):
        rows = [T(t) for t in targets if t.shape.kind == "vector"]
        starts = [s for s in _as_rows(bench, claim, against) if rows and s.node.shape == rows[0].shape]
        beside = tuple(turned(n) for n in beside if n.shape.kind in ARRAYS)
        return _searched(bench, claim, rows, beside, starts, wrt, at, {}, head, optimum, said, also)
    return min(mended, key=cost, default=None)


def _as_rows(bench: Bench, claim: Claim, against: str) -> list[Edited]:
    """Where an answer writes gradients as rows."""
    rung = next(r for r in RUNGS if r.mode == "rows")
    if not bench.derives(claim.left, claim.right):
        return []
    plain = sides_of(bench, claim, rung, against)
    starts = [Edited(plain[1], (), ())] if plain is not None else []
    hooked = _hooked(bench, claim, rung, against, Pool(bench.stated, ZERO, ()), False)
    return [*starts, *islice(hooked, MOST_STARTS)]


def _searched(
    bench: Bench,
    claim: Claim,
    targets: list[Node],
    beside: tuple[Node, ...],
    starts: list[Edited],
    wrt: Node | None,
    at: tuple[tuple[Node, Node], ...],
    indices: Ranges,
    head: Node | None,
    optimum: tuple[tuple[Node, Node], ...],
    said: frozenset[Node],
    also: tuple[Node, ...],
) -> Repair | None:
    if not starts:
        return None
    checker = bench.checker_of(DECLARED)
    for target in targets:
        pool = Pool(bench.stated, starts[0].node, beside, target.shape)
        ranges = {**bench.ranges_for(target, starts[0].node), **indices}
        line = starts[0].node
        numbers = not says_something(target) or checker.determined.line(target, line)
        arithmetic = numbers and not says_something(line)
        rounded = claim.relation == "~=" and arithmetic
        search = Search(
            checker,
            target,
            pool,
            ranges,
            wrt,
            at=at,
            is_rounded=rounded,
            is_arithmetic=arithmetic,
            head=head,
            said=said,
            optimum=optimum,
            also=also,
        )
        if search.evaluator is not None:
            return search.run(sorted(starts, key=lambda e: (e.node.shape != target.shape, len(e.reasons))))
    return None


def starts_of(
    bench: Bench,
    claim: Claim,
    found: Comparison,
    near: Iterable[Node] = (),
    against: str = "left",
    wide: bool = False,
) -> list[Edited]:
    """Typed readings of the right side; an ill-typed product in every way it may have been meant, the less likely
    ones too where `wide`."""
    starts: dict[Node, Edited] = {}
    if found.pair is not None and not found.rung.units:
        starts[found.pair.right] = Edited(found.pair.right, (), ())
    pool = Pool(bench.stated, ZERO, tuple(near))
    lenient = next(r for r in RUNGS if r.mode == "hadamard")
    plain = sides_of(bench, claim, lenient, against)
    if plain is not None:
        starts.setdefault(plain[1], Edited(plain[1], (), ()))
    for edited in _hooked(bench, claim, DECLARED if wide else lenient, against, pool, wide):
        starts.setdefault(edited.node, edited)
        if len(starts) >= MOST_STARTS:
            break
    for edited in list(starts.values())[:MOST_OPENED]:
        opened = bench.opened(edited.node)
        starts.setdefault(opened, Edited(opened, edited.reasons, edited.kinds))
    return list(starts.values())


def sides_of(bench: Bench, claim: Claim, rung: Rung, against: str = "left") -> tuple[Node, Node] | None:
    """Both sides where each is typed by itself, whether or not they go together."""
    seen: list[tuple[Node, Node]] = []

    def relation(left: Node, right: Node, op: str) -> Node | None:
        if op == "relation":
            seen.append((left, right))
        return None

    reading = bench.read(claim, rung, against, relation)
    if seen:
        return seen[0]
    if isinstance(reading, (IllTyped, Unreadable)) or not reading:
        return None
    return reading[0].left, reading[0].right


class _Choices:
    """A hook that makes other choices each time it is asked again, until all are made."""

    def __init__(self, pool: Pool, wide: bool) -> None:
        self.pool, self.wide = pool, wide
        self.made: list[int] = []
        self.sizes: list[int] = []
        self.asked = 0
        self.reasons: list[Reason] = []
        self.options: dict[tuple[Node, Node, str], list[tuple[Node, Reason]]] = {}
        self.relation: tuple[Node, Node] | None = None

    def __call__(self, left: Node, right: Node, op: str) -> Node | None:
        if op == "relation":
            self.relation = (left, right)
            return None
        options = self.options.get((left, right, op))
        if options is None:
            options = self.options[left, right, op] = list(self._meant(left, right, op))
        if not options:
            return None
        at = self.asked
        self.asked += 1
        if at == len(self.made):
            self.made.append(0)
            self.sizes.append(len(options))
        node, reason = options[min(self.made[at], len(options) - 1)]
        self.reasons.append(reason)
        return node

    def _meant(self, left: Node, right: Node, op: str) -> Iterator[tuple[Node, Reason]]:
        """What two sides may have meant; `wide`: parentheses that are lost, an edit of a factor, one more factor."""
        if op == "index":
            yield right, Reason("the index {0} should be {1}", (left, right))
            return
        if op in ("add", "odot"):
            yield from _taken_in(left, right) if op == "add" and self.wide else ()
            yield from _reshaped(left, right, op, self.pool)
            return
        yield from meant(left, right)
        if not self.wide or op == "div" or left.shape.is_scalar or right.shape.is_scalar:
            return
        for node, other, order in ((left, right, True), (right, left, False)):
            for edited in edits(node, self.pool, ("swap", "transpose")) if node.op != "sym" else ():
                pair = (edited.node, other) if order else (other, edited.node)
                if joins(pair[0].shape, pair[1].shape):
                    yield matmul(*pair), edited.reasons[0]
        for factor in self.pool.factors:
            if joins(left.shape, factor.shape) and joins(factor.shape, right.shape):
                yield matmul(left, factor, right), Reason(MISSING, (factor,))

    def next(self) -> bool:
        """The next choices; False where there are none."""
        del self.made[self.asked :], self.sizes[self.asked :]
        while self.made:
            self.made[-1] += 1
            if self.made[-1] < self.sizes[-1]:
                break
            self.made.pop()
            self.sizes.pop()
        self.asked, self.reasons, self.relation = 0, [], None
        return bool(self.made)


def _hooked(bench: Bench, claim: Claim, rung: Rung, against: str, pool: Pool, wide: bool) -> Iterable[Edited]:
    choices = _Choices(pool, wide)
    for _ in range(MOST_TRIES):
        try:
            reading = bench.read(claim, rung, against, choices)
        except DeriveError:
            reading = ()
        if isinstance(reading, IllTyped) and choices.relation is not None:
            yield _start(choices.relation[1], choices.reasons)
        elif not isinstance(reading, (IllTyped, Unreadable)):
            for pair in reading:
                yield _start(pair.right, choices.reasons)
        if not choices.next():
            return


def _reshaped(left: Node, right: Node, op: str, pool: Pool) -> Iterator[tuple[Node, Reason]]:
    """A sum (or an entrywise product) in which one side gets the shape of the other by an edit."""
    join = add if op == "add" else mul
    for wrong, other, order in ((right, left, True), (left, right, False)):
        rows = RESHAPING if not wrong.shape.is_scalar else ("outer", "insert")
        for edited in edits(wrong, pool, rows):
            beside = _sized(other, edited.node.shape)
            undone = edited.reasons[0].text == NO_DIAG  # a diag that the choice before has put in
            if edited.node.shape == beside.shape and (undone or len(edited.reasons) == 1):
                yield join(beside, edited.node) if order else join(edited.node, beside), edited.reasons[-1]


def _taken_in(left: Node, right: Node) -> Iterator[tuple[Node, Reason]]:
    for factors, term in ((left, right), (right, left)):
        if factors.op in ("mul", "matmul"):
            for joined in taken_in(factors, (term,)):
                yield joined, Reason(PARENTHESES, (joined,))


def _sized(node: Node, shape: Shape) -> Node:
    """An array of open size (a bare I) in the size that its neighbour gives it."""
    if node.shape.kind != shape.kind:
        return node
    open_ = {
        a.name: b
        for a, b in zip(node.shape.dims, shape.dims, strict=True)
        if a.name and a.name.startswith("?")
    }
    return reindex(node, open_) if open_ else node


def _start(node: Node, reasons: list[Reason]) -> Edited:
    """A product of vectors that joined an outer product needs no diag after all."""
    has_diag = any(n.op == "diag" for n in walk(node))
    kept = [r for r in dict.fromkeys(reasons) if has_diag or r.text != DIAG]
    return Edited(node, tuple(kept), ("typed",))


def explain(bench: Bench, before: Node, line: Node, wrt: Node | None) -> Reason | None:
    """What the line would be right for: the line before with one thing changed, up to one missing factor."""
    if not any(n.op in ("gradient", "jacobian", "d") for n in walk(before)):
        return None
    checker = bench.checker_of(DECLARED)
    ranges = bench.ranges_for(before, line)
    pool = Pool(bench.scope, before, (line,))
    search = Search(checker, before, pool, ranges, wrt, 400)
    value = search.value(line)
    if value is None or search.evaluator is None:
        return None
    factors = known(pool, search.value)
    for edited in edits(before, pool, EXPLAINING):
        other = search.value(edited.node)
        if len(edited.reasons[0].nodes) != 2 or other is None or search.fits(edited.node, other):
            continue
        candidates = [line] if line.shape == edited.node.shape and close(value, other) else []
        for node, said in closings(line, value, other, edited.node, factors, PRODUCTS):
            if node.shape == edited.node.shape and len(said) == 1:
                candidates.append(node)
        for candidate in candidates:
            if checker.line(edited.node, "==", candidate, wrt, ranges).status == "holds":
                old, new = edited.reasons[0].nodes
                return Reason("as if {0} stood in the line before in place of {1}", (new, old))
    return None


__all__ = ["Repair", "explain", "mend", "sides_of", "starts_of"]
