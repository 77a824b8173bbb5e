"""What the comparisons of a line mean together: its verdict, and in which reading."""

from __future__ import annotations

from derive.judging.judged import Judged
from derive.judging.rungs import Comparison
from derive.judging.verdicts import VERDICTS
from derive.latexread import Unreadable

FOLLOWS = frozenset({"holds", "notation", "only-if"})


def verdict_of(head: Comparison, previous: Comparison | None, before: Judged | None) -> str:
    """What the comparisons mean together.

    | head | previous line | follows from it | verdict |
    |---|---|---|---|
    | holds | any | any | holds, or notation |
    | fails | is wrong | yes | inherited |
    | fails | any | no, or nothing before | wrong, ill-typed, holds-only-if |
    | unknown | is right | yes | holds |
    | unknown | is wrong | yes | inherited |
    | unknown | any | no | wrong |
    """
    if head.holds:
        return head.outcome
    if _unread(head):
        return "unreadable"
    follows = previous is not None and previous.outcome in FOLLOWS
    if follows and before is not None and before.is_error:
        return "inherited"
    if head.outcome in ("fails", "ill-typed", "only-if"):
        return {"fails": "wrong", "ill-typed": "ill-typed", "only-if": "holds-only-if"}[head.outcome]
    if previous is not None and before is not None and VERDICTS[before.verdict].mark != "?":
        if previous.holds:
            return previous.outcome
        if previous.outcome in ("fails", "ill-typed", "only-if"):
            return {"fails": "wrong", "ill-typed": "ill-typed", "only-if": "holds-only-if"}[previous.outcome]
    return "unreadable" if head.outcome == "unreadable" else "not-checked"


def _unread(head: Comparison) -> bool:
    """Whether it is the right side of the claim that could not be read."""
    return isinstance(head.failure, Unreadable) and head.is_of_the_right


def reading_of(head: Comparison, previous: Comparison | None, verdict: str) -> str:
    used = previous if previous is not None and not head.holds and verdict in ("inherited", "holds") else head
    if used.rung.units:
        return used.rung.said
    if used.outcome in ("ill-typed", "unreadable"):
        return "none"
    return used.rung.said or "as declared"
