"""Kind `find: search(tree)`: the most probable path in a tree, exactly, or with a beam (1: greedily).

Log-probabilities are added exactly. At t = 1 there is one beam, the empty path: to begin with several equal ones
would be greedy search several times over. A finished path stays in the beam with what it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import combinations, islice, permutations, product

from derive.check import decoding as check
from derive.errors import NotDerived
from derive.kinds.trees import value
from derive.notation.asked import asked
from derive.notation.derivation import Answer, Block, Cell, Finding, Reason, Remark, Table
from derive.problem.data_tables import LogProbability, Path, Tree
from derive.problem.model import Named, Part
from derive.problem.questions import tree_in, whole_number
from derive.tree.nodes import Node
from derive.vocabulary.build import add, words

MOST_ENDS = 300  # ways in which a search with ties may end
MOST_SHOWN = 40  # rows of a table of all paths


@dataclass(frozen=True)
class Candidate:
    """A path and its log-probability; `before` and `last` are the sum it is made of."""

    path: Path
    logp: LogProbability
    before: LogProbability
    last: LogProbability | None = None  # None: the path was finished before


def search(part: Part, named: Named) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    tree = tree_in(asked(named.expression).data, part.scope)
    beam = whole_number(named, "beam")
    vocabulary = whole_number(named, "vocabulary")
    logs = {path: {word: float(log) for word, log in row} for path, row in tree.children.items()}
    if beam is None:
        blocks, best = _exact(tree, logs)
        steps: list[tuple[list[Path], float]] = [(list(logs), float(best[0].logp))]
    else:
        blocks, kept = _beamed(tree, logs, beam)
        best = kept[-1]
        fronts: list[list[Path]] = [[()], *([c.path for c in now] for now in kept)]
        steps = [(paths, float(now[-1].logp)) for paths, now in zip(fronts, kept, strict=False)]
    if vocabulary is not None:
        found = check.nothing_unlisted(logs, vocabulary, steps)
        blocks.append(Finding("words that are not listed", found))
    others = _other_beams(tree, beam, best) if beam is not None else [[c] for c in best[1:]]
    return tuple(blocks), tuple(_answers(best, beam, others))


def decoded(tree: Tree, beam: int | None) -> tuple[list[Candidate], list[Finding]]:
    """The best paths, or those that a beam ends with, and what an independent search says."""
    logs = {path: {word: float(log) for word, log in row} for path, row in tree.children.items()}
    if beam is None:
        blocks, best = _exact(tree, logs)
    else:
        blocks, kept = _beamed(tree, logs, beam)
        best = kept[-1]
    return best, [block for block in blocks if isinstance(block, Finding)]


# ---------------------------------------------------------------- exact


def _exact(tree: Tree, logs: check.Logs) -> tuple[list[Block], list[Candidate]]:
    """Every finished path, the best first."""
    front, found = [Candidate((), LogProbability(), LogProbability())], []
    while front:
        found += [c for c in front if tree.is_finished(c.path)]
        front = _expanded(tree, [c for c in front if not tree.is_finished(c.path)])
    order = ranked(found)
    top = [c for c in order if not c.logp < order[0].logp]
    shown = order[:MOST_SHOWN]
    rows = tuple((" ".join(c.path), _working(tree, c.path), value(c.logp)) for c in shown)
    title = Reason(f"all {len(order)} paths, the most probable first")
    blocks: list[Block] = [
        Table(("path", "sum of its logs", "log-probability"), rows, title, frozenset(range(len(top))))
    ]
    if len(order) > len(shown):
        blocks.append(Remark(Reason(f"{len(order) - len(shown)} less probable paths are left out")))
    if len(top) > 1:
        blocks.append(Remark(Reason(f"{len(top)} paths are equally probable; any of them is an answer")))
    verdict = check.best_path(logs, top[0].path, float(top[0].logp))
    blocks.append(Finding("the most probable path", verdict))
    return blocks, top


def _working(tree: Tree, path: Path) -> Node:
    logs = [dict(tree.children[path[:n]])[path[n]] for n in range(len(path))]
    return add(*map(value, logs)) if len(logs) > 1 else value(logs[0])


# ---------------------------------------------------------------- beams


def _beamed(tree: Tree, logs: check.Logs, width: int) -> tuple[list[Block], list[list[Candidate]]]:
    """The frontier at every step: all candidates, the best kept."""
    blocks: list[Block] = []
    kept: list[list[Candidate]] = []
    front = [Candidate((), LogProbability(), LogProbability())]
    while not all(tree.is_finished(c.path) for c in front):
        order = ranked(_expanded(tree, front))
        front = order[:width]
        kept.append(front)
        step = len(kept)
        header: tuple[Cell, ...] = ("candidate", "sum of its logs", "log-probability", "beam")
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (" ".join(c.path), _sum(c), value(c.logp), "kept" if n < width else "dropped")
            for n, c in enumerate(order)
        )
        if step == 1:  # one log each
            header, rows = (header[0], *header[2:]), tuple((row[0], *row[2:]) for row in rows)
        title = Reason(f"step {step}" + (": the one empty path is expanded" if step == 1 else ""))
        blocks.append(Table(header, rows, title, frozenset(range(len(front)))))
        if len(order) > width and not order[width].logp < front[-1].logp:
            tied = f"'{' '.join(order[width].path)}' is as probable as the last one kept: the first in the file stays"
            blocks.append(Remark(Reason(tied)))
    if len(kept) > 0:
        said = check.beams(logs, width, [{c.path: float(c.logp) for c in now} for now in kept])
        blocks.append(Finding("the beams", said))
    return blocks, kept


def _sum(c: Candidate) -> Cell:
    if c.last is None:
        return "finished"
    return add(value(c.before), value(c.last)) if len(c.path) > 1 else value(c.last)


def _expanded(tree: Tree, front: Sequence[Candidate]) -> list[Candidate]:
    found: list[Candidate] = []
    for c in front:
        if tree.is_finished(c.path):
            found.append(Candidate(c.path, c.logp, c.logp))
        else:
            found += [
                Candidate((*c.path, word), c.logp + log, c.logp, log) for word, log in tree.children[c.path]
            ]
    return found


def ranked(found: Sequence[Candidate]) -> list[Candidate]:
    """The most probable first; equal ones in the order of the file."""

    def order(a: Candidate, b: Candidate) -> int:
        return (a.logp < b.logp) - (b.logp < a.logp)

    return sorted(found, key=cmp_to_key(order))


# ---------------------------------------------------------------- answers


def _answers(
    best: Sequence[Candidate], beam: int | None, others: Sequence[Sequence[Candidate]]
) -> list[Answer]:
    """`path`, `logp`; then `path_2`, `logp_2`, ... for what else a beam holds. `others` are as good: the n-th tie of
    every answer is what the n-th of them says."""
    if not best:
        raise NotDerived("the tree has no path")
    found: list[Answer] = []
    for n, c in enumerate(best if beam is not None else best[:1]):
        suffix = f"_{n + 1}" if n else ""
        ties = [other[n] for other in others]
        found.append(Answer(_words(c), f"path{suffix}", ties=tuple(map(_words, ties))))
        found.append(Answer(value(c.logp), f"logp{suffix}", ties=tuple(value(t.logp) for t in ties)))
    return found


def _words(c: Candidate) -> Node:
    return words(" ".join(c.path))


# ---------------------------------------------------------------- ties


def _other_beams(tree: Tree, width: int, best: Sequence[Candidate]) -> list[list[Candidate]]:
    """What the beams may end with where equally probable candidates are kept in another order; at most MOST_ENDS."""
    start = [Candidate((), LogProbability(), LogProbability())]
    ends: dict[tuple[Path, ...], list[Candidate]] = {}
    seen: set[frozenset[Path]] = set()
    open_: list[list[Candidate]] = [start]
    while open_ and len(ends) < MOST_ENDS:
        front = open_.pop()
        if all(tree.is_finished(c.path) for c in front):
            ends.update({tuple(c.path for c in end): end for end in islice(_orders(front), MOST_ENDS)})
            continue
        for kept in islice(_kept(ranked(_expanded(tree, front)), width), MOST_ENDS):
            paths = frozenset(c.path for c in kept)
            if paths not in seen:
                seen.add(paths)
                open_.append(kept)
    ends.pop(tuple(c.path for c in best), None)
    return [end for end in ends.values() if len(end) == len(best)]


def _equal(order: Sequence[Candidate]) -> list[list[Candidate]]:
    """Ranked candidates in groups of the same probability."""
    groups: list[list[Candidate]] = []
    for c in order:
        if groups and not c.logp < groups[-1][0].logp:
            groups[-1].append(c)
        else:
            groups.append([c])
    return groups


def _kept(order: Sequence[Candidate], width: int) -> Iterator[list[Candidate]]:
    """All choices of the `width` most probable."""
    sure: list[Candidate] = []
    for group in _equal(order):
        if len(sure) + len(group) > width:
            yield from ([*sure, *some] for some in combinations(group, width - len(sure)))
            return
        sure += group
    yield sure


def _orders(front: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """All orders from the most probable on."""
    groups = [permutations(group) for group in _equal(ranked(front))]
    return ([c for group in order for c in group] for order in product(*groups))
