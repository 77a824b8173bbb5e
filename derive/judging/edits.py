"""The repair table: small typed edits that undo what people get wrong. To add a kind of error, a row in EDITS.

A row takes a place of the line and yields what may stand there instead, with the sentence that says so; `{0}` is a
node. An edit whose tree is ill-typed does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Iterator

from derive.errors import DeriveError
from derive.judging import losses, nonlinear, slips
from derive.judging.places import CONDITIONS, Path, places, put_mended
from derive.judging.pool import Pool
from derive.judging.site import Change, Place, Row
from derive.notation.derivation import Reason
from derive.tree.nodes import Node
from derive.vocabulary.asked import OPAQUE
from derive.vocabulary.build import TABLE as OPERATIONS

EDITS: dict[str, Row] = {
    "sign": slips.signs,
    "factor": slips.numbers,
    "transpose": slips.transposes,
    "local": losses.totals,
    "norm": slips.norms,
    "index": slips.indices,
    "everywhere": slips.everywhere,
    "bound": slips.bounds,
    "swap": slips.swaps,
    "diag": slips.diags,
    "outer": slips.outers,
    "sum": losses.sums,
    "function": losses.functions,
    "drop": losses.drops,
    "power": losses.powers,
    "inverse": losses.inverses,
    "parentheses": losses.parentheses,
    "split": nonlinear.split,
    "mean": nonlinear.means,
    "name": losses.names,
    "insert": losses.insertions,
    "replace": losses.replacements,
    "term": losses.terms,
    "divide": losses.divisions,
}
"""Cheap rows first; those in POOLED try the whole pool."""
POOLED = frozenset({"insert", "replace", "term", "divide", "factor", "power"})
CHEAP = (
    "sign", "factor", "transpose", "local", "norm", "index", "bound", "swap", "diag", "outer", "sum", "function",
    "drop", "power",
)  # fmt: skip
STRUCTURAL = ("local", "outer", "diag", "sum", "norm", "transpose")  # what a line is about
RESHAPING = ("transpose", "diag", "outer", "drop", "insert", "name", "swap")  # rows that change a shape


@dataclass(frozen=True)
class Edited:
    """A line after edits; `reasons` say them in order, `kinds` are the rows, `cost` orders equally long ones."""

    node: Node
    reasons: tuple[Reason, ...]
    kinds: tuple[str, ...]


def edits(line: Node, pool: Pool, rows: tuple[str, ...] | None = None) -> Iterator[Edited]:
    """Every line one edit away, row by row in the order of the table."""
    found = _places(line)
    seen = {line}
    for kind, row in EDITS.items():
        if rows is not None and kind not in rows:
            continue
        for place in found:
            if place.parent is not None and place.parent.op == "matpow" and place.position == 1:
                continue  # a literal, whose change is a row of its own
            if OPERATIONS[place.node.op].kind == "condition":
                continue  # nothing acts on one as on a number
            if kind in POOLED and place.parent is not None and place.parent.op in OPAQUE:
                continue
            for new, reason in _safe(row, place, pool):
                if new == place.node:
                    continue
                for node, more in _put(line, place.path, new):
                    if node not in seen:
                        seen.add(node)
                        yield Edited(node, (reason, *more), (kind,))


def _safe(row: Row, place: Place, pool: Pool) -> Iterator[Change]:
    """The changes of a row; one that is ill-typed by itself ends it."""
    changes = row(place, pool)
    while True:
        try:
            yield next(changes)
        except (StopIteration, DeriveError):
            return


def _put(line: Node, path: Path, new: Node) -> Iterator[tuple[Node, tuple[Reason, ...]]]:
    try:
        yield from put_mended(line, path, new)
    except DeriveError:
        return


@lru_cache(64)
def _places(line: Node) -> tuple[Place, ...]:
    nodes = dict(places(line))
    return tuple(
        Place(node, nodes[path[:-1]] if path else None, path[-1] if path else 0, path)
        for path, node in nodes.items()
        if node.op not in CONDITIONS
    )
