"""The verdicts a claim may get, with their marks: the one table that reports, documentation and exit codes read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`is_error`: the claim is not right as it stands; `starts`: it may be the first wrong line of its chain."""

    name: str
    meaning: str
    mark: str
    colour: str
    is_error: bool = False
    starts: bool = False


VERDICTS = {
    row.name: row
    for row in (
        Kind("holds", "true as written, for all sizes and values", "✓", "green"),
        Kind("given", "the problem says so, or the answer defines it so", "·", "grey"),
        Kind("restated", "the line before in other signs", "·", "grey"),
        Kind("notation", "what is meant is true, the types do not fit as written", "≈", "yellow"),
        Kind("holds-only-if", "true in a special case only, such as n = 1", "✗", "red", True, True),
        Kind("wrong", "false: a counterexample is shown", "✗", "red", True, True),
        Kind(
            "ill-typed",
            "no reading gives both sides the same shape, and none makes it true",
            "✗",
            "red",
            True,
            True,
        ),
        Kind("inherited", "follows from the line before, which is wrong", "↓", "yellow", True),
        Kind("unreadable", "could not be read; says nothing about whether it is right", "?", "yellow"),
        Kind("not-checked", "was read, but could not be evaluated", "?", "yellow"),
    )
}
