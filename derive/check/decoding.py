"""Search in a tree, done again from its definition and in another way than the kind that answered.

The best path: every finished path is listed. A beam: all paths of a length are listed and sorted, of those whose
beginning was kept. Floating-point logs, so nothing is shared with the exact arithmetic of the answer.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from derive.notation.derivation import Verdict

Path = tuple[str, ...]
Logs = Mapping[Path, Mapping[str, float]]
CLOSE = 1e-9


def enumerated(tree: Logs) -> dict[Path, float]:
    """Every path from the beginning that has an end, with its log-probability."""
    found: dict[Path, float] = {}
    open_: list[tuple[Path, float]] = [((), 0.0)]
    while open_:
        path, logp = open_.pop()
        if path not in tree:
            found[path] = logp
            continue
        open_ += [((*path, word), logp + log) for word, log in tree[path].items()]
    return found


def best_path(tree: Logs, path: Path, logp: float) -> Verdict:
    """Whether `path` has `logp` and no other finished path has more."""
    every = enumerated(tree)
    method = f"enumeration of all {len(every)} paths"
    if path not in every:
        return Verdict("fails", method, len(every), reason=f"'{' '.join(path)}' is no finished path")
    if abs(every[path] - logp) > CLOSE:
        return Verdict("fails", method, len(every), reason=f"its log-probability is {every[path]:.6g}")
    better = [other for other, value in every.items() if value > logp + CLOSE]
    if better:
        said = f"'{' '.join(better[0])}' has {every[better[0]]:.6g}, which is more than {logp:.6g}"
        return Verdict("fails", method, len(every), reason=said)
    return Verdict("holds", method, len(every), abs(every[path] - logp))


def beams(tree: Logs, width: int, kept: Sequence[Mapping[Path, float]]) -> Verdict:
    """Whether step by step the `width` best are kept, of all paths whose beginning was kept before."""
    levels = _levels(tree)
    before: set[Path] = {()}
    tried = 0
    method = "every level listed and sorted"
    for step, now in enumerate(kept, 1):
        found = {
            path: logp
            for level in levels[: step + 1]
            for path, logp in level.items()
            if (len(path) == step and path[:-1] in before) or (path in before and path not in tree)
        }
        tried += len(found)
        order = sorted(found.values(), reverse=True)
        least = order[min(width, len(order)) - 1]
        if len(now) != min(width, len(found)):
            return Verdict("fails", method, tried, reason=f"step {step} keeps {len(now)} of {len(found)}")
        for path, logp in now.items():
            if path not in found or abs(found[path] - logp) > CLOSE or logp < least - CLOSE:
                return Verdict("fails", method, tried, reason=f"step {step} may not keep '{' '.join(path)}'")
        before = set(now)
    if any(path in tree for path in before):
        return Verdict("fails", method, tried, reason="the last beam has unfinished paths")
    return Verdict("holds", f"{method}: {tried} candidates", tried)


def _levels(tree: Logs) -> list[dict[Path, float]]:
    """All paths by their length, kept or not."""
    levels: list[dict[Path, float]] = [{(): 0.0}]
    while levels[-1]:
        levels.append(
            {
                (*path, word): logp + log
                for path, logp in levels[-1].items()
                for word, log in tree.get(path, {}).items()
            }
        )
    return levels


def nothing_unlisted(tree: Logs, vocabulary: int, steps: Sequence[tuple[Collection[Path], float]]) -> Verdict:
    """Whether words that the tree leaves out could matter, where what is left of a node's probability is spread
    evenly over them: `steps` are the paths that go on, and the least log-probability that was kept of them."""
    method = f"the best unlisted continuation, with {vocabulary} words"
    best, margin = -math.inf, math.inf
    logps = {path: logp for level in _levels(tree) for path, logp in level.items()}
    for paths, least in steps:
        for path in paths:
            row = tree.get(path)
            if row is None:
                continue
            if vocabulary < len(row):
                said = f"{len(row)} words follow '{' '.join(path)}', which is more than {vocabulary}"
                return Verdict("fails", method, 1, reason=said)
            rest = 1 - math.fsum(math.exp(log) for log in row.values())
            if rest < CLOSE or vocabulary == len(row):
                continue
            value = logps[path] + math.log(rest / (vocabulary - len(row)))
            if value >= least:
                said = f"after '{' '.join(path)}' an unlisted word has log-probability {value:.3f}, more than {least:g}"
                return Verdict("fails", method, 1, reason=said)
            if least - value < margin:
                best, margin = value, least - value
    said = f"{method}, reaches {best:.2f} and is never kept" if margin < math.inf else method
    return Verdict("holds", said, 1)
