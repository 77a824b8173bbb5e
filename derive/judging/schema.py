"""The schema of `derive check --format json`; `python -m derive.judging.schema` writes docs/check.schema.json.

Only this and the tests import it. A new key is a field here and one in `report_json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import Field, RootModel

from derive.render.schema import Strict

PUBLISHED = Path("docs/check.schema.json")

VerdictName = Literal[
    "holds",
    "given",
    "restated",
    "notation",
    "holds-only-if",
    "wrong",
    "ill-typed",
    "inherited",
    "unreadable",
    "not-checked",
]
Outcome = Literal["holds", "notation", "only-if", "fails", "ill-typed", "not-checked", "unreadable"]


class AgainstJson(Strict):
    """What the claim was held against; null where there is nothing to compare with."""

    previous: Outcome | None = Field(description="The right side of the line before.")
    head: Outcome | None = Field(description="The left side of the chain.")
    engine: Outcome | None = Field(description="The engine's own answer to the part.")


class RepairJson(Strict):
    """The nearest right line."""

    latex: str
    verified: bool = Field(description="Whether it was found equal on several shapes and seeds.")


class ClaimJson(Strict):
    """One equation of the answer, or one remark beside it."""

    line: int = Field(ge=1, description="Of the answer's file.")
    column: int = Field(ge=1)
    latex: str = Field(description="As it was written.")
    verdict: VerdictName
    against: AgainstJson
    reading: str = Field(
        description="In which reading it was judged: as declared, gradients read as rows, n = 1, ..."
    )
    reason: str = Field(description="Text with $mathematics$.")
    counterexample: str | None = Field(description="The smallest instance on which it fails.")
    repair: RepairJson | None


class ChainJson(Strict):
    """Lines that are read one after the other."""

    claims: list[ClaimJson]
    first_wrong: int | None = Field(
        description="The line of the first wrong, ill-typed or holds-only-if claim; remarks beside lines do not count."
    )
    part: str | None = Field(description="The part it answers; null where it fits none.")


class SummaryJson(Strict):
    claims: int
    verdicts: dict[VerdictName, int]
    first_wrong: list[int] = Field(description="Of every chain that has one.")
    judged: int = Field(
        description="How many claims were held against something: all but given, restated and unread ones."
    )
    right: bool | None = Field(
        description="false: a line is wrong. true: every line was read, one at least was judged, none is wrong. "
        "null: nothing is wrong as far as it was judged, but something was not read, or nothing was judged."
    )


class CheckJson(Strict):
    """One answer."""

    answer: str
    problem: str
    chains: list[ChainJson]
    summary: SummaryJson


class CheckOutput(RootModel[CheckJson | list[CheckJson]]):
    """What `derive check --format json` writes: one answer, or a list where several were given."""


def published() -> str:
    return json.dumps(CheckOutput.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(published(), encoding="utf-8")
