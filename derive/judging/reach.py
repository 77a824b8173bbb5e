"""How far a line is said to reach: `t = 1, \\dots, T` beside a line that speaks of a member beyond the end."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Iterable, Iterator

from derive.judging.conditions import Condition
from derive.judging.ranges import outside
from derive.judging.rungs import Comparison, Rung
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.build import over
from derive.vocabulary.scope import Scope


def too_far(
    scope: Scope, head: Comparison, limits: Iterable[Condition], text: str, left: str = ""
) -> Comparison | None:
    """A line that holds, and is said at an end of its range where it speaks of what does not exist.

    Where the answer itself says what that member is, the line means something there, too; where it says what the left
    side is at that end, the line is not meant there. `left` is the left side as it is written."""
    if head.pair is None:
        return None
    sides = (head.pair.left, head.pair.right)
    for name, end, short in _ends(limits, scope):
        if name not in free_indices(sides[0]) | free_indices(sides[1]):
            continue
        missing = outside((over("sum_over", side, name, end, end) for side in sides), scope)
        if missing and _is_apart(left, name, end, text):
            return replace(head, notes=(*head.notes, Reason(f"read for {short}: the end is said on its own")))
        if missing and not any(_is_said(member, text) for member in missing):
            return replace(head, outcome="only-if", rung=Rung("declared", "only-if", short), missing=missing)
    return None


def _ends(limits: Iterable[Condition], scope: Scope) -> Iterator[tuple[str, Size, str]]:
    """The ends that a stated range takes in; and what it should say."""
    for limit in limits:
        if limit.relation == "<=" and limit.left.name in scope.indices:
            yield str(limit.left), limit.right, f"{limit.left} < {limit.right}"
        if limit.relation == "<=" and limit.right.name in scope.indices:
            yield str(limit.right), limit.left, f"{limit.right} > {limit.left}"


def _is_apart(left: str, name: str, end: Size, text: str) -> bool:
    """Whether the same left side is written with the end of the range for the index."""
    there = re.sub(rf"(?<![A-Za-z\\\\]){name}(?![A-Za-z])", str(end), left)
    return there != left and "".join(there.split()) in "".join(text.split())


def _is_said(member: Node, text: str) -> bool:
    """Whether the answer writes that index out: by a convention, it may be anything."""
    written = r"\s*".join(re.escape(part) for part in re.findall(r"\w+|[+-]", str(member.args[0].size)))
    return re.search(rf"(?<![A-Za-z]){written}(?![A-Za-z])", text) is not None
