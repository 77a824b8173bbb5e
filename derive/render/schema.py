"""The schema of `derive solve --format json`; `python -m derive.render.schema` writes docs/solve.schema.json.

Only this and the tests import it: solving needs no pydantic. A new key is a field here and
one in `json_view`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

PUBLISHED = Path("docs/solve.schema.json")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class VerdictJson(Strict):
    """What the checker found about one line or claim."""

    status: Literal["holds", "fails", "not-checked"]
    method: str = Field(description="How it was checked, such as 'random instances, complex step'.")
    instances: int = Field(ge=0, description="How many random instances were conclusive.")
    max_error: FiniteFloat | None = Field(description="Largest relative error; null without an instance.")
    reason: str = Field(description="Why it fails or was not checked.")


class ExpectJson(Strict):
    """The answer beside the closed form its author expects."""

    agrees: bool | None = Field(description="null where the two could not be compared.")
    max_error: FiniteFloat | None


class WhereJson(Strict):
    """An equation of a name that the engine itself introduced, such as an adjoint and its boundary."""

    text: str
    latex: str


class AnswerJson(Strict):
    """What was asked for."""

    name: str | None = Field(description="The name in a part that asks for several answers.")
    latex: str = Field(description="As printed: a long value in decimals.")
    text: str = Field(description="In the language of problem files; a value is exact or has all digits.")
    numpy: str | None = Field(
        description="An executable expression over `np` and the problem's names: vectors are 1-D, families "
        "mappings by index, a Python keyword gets a trailing _; null where there is none."
    )
    expect: ExpectJson | None
    where: list[WhereJson]
    provided: list[str] = Field(description="What must hold for the answer, such as kinks that are left out.")


class LineJson(Strict):
    """One line of the derivation: `left relation right`."""

    left: str
    relation: Literal["==", "~=", "<=", ">="]
    right: str
    rule: str = Field(description="The justification printed beside the line.")
    latex: str = Field(description="The whole line.")
    verdict: VerdictJson


class ClaimJson(Strict):
    """An equation that its author claims."""

    text: str
    where: list[str] = Field(description="Declared facts without which it would be false: a > 0.")
    verdict: VerdictJson


class OpinionJson(Strict):
    """SymPy's second opinion on a derivative."""

    status: Literal["agrees", "differs", "skipped"]
    reason: str


class TableJson(Strict):
    """A table of the working; `chosen` are the numbers of the rows that are kept, from 0."""

    title: str
    header: list[str]
    rows: list[list[str]]
    chosen: list[int]


class ListingJson(Strict):
    """An algorithm or a program."""

    title: str
    language: str
    text: str


class NodeJson(Strict):
    id: str
    label: str
    kind: str = Field(description="state, given, output or word.")
    chosen: bool


class EdgeJson(Strict):
    """An arrow; `from` and `to` are ids of nodes."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    start: str = Field(alias="from")
    to: str
    label: str
    chosen: bool


class CurveJson(Strict):
    label: str
    points: list[list[FiniteFloat]]


class FigureJson(Strict):
    """A drawing: the nodes and edges of a graph or tree, or the curves of a plot."""

    caption: str
    nodes: list[NodeJson]
    edges: list[EdgeJson]
    curves: list[CurveJson]


class FindingJson(Strict):
    """What an independent computation said about an answer that is no chain of lines."""

    what: str
    verdict: VerdictJson


class PartJson(Strict):
    """One part; its status is the worst of its lines, claims, expectations and second opinion."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra=lambda schema: _optional(schema))

    id: str
    verb: Literal["find", "show", "algorithm", "code", "figure", "answer"]
    status: Literal["failed", "not-derived", "not-checked", "checked", "authored"]
    answers: list[AnswerJson]
    lines: list[LineJson]
    claims: list[ClaimJson]
    second_opinion: OpinionJson
    tables: list[TableJson] = Field(
        default=[], description="The working in tables; absent where there is none."
    )
    listings: list[ListingJson] = Field(default=[], description="Algorithms and programs; absent likewise.")
    figures: list[FigureJson] = Field(default=[], description="Drawings; absent likewise.")
    findings: list[FindingJson] = Field(default=[], description="Independent checks; absent likewise.")
    error: str = Field(default="", description="Why the part was not derived; absent otherwise.")


class SolveJson(Strict):
    """The output of `derive solve --format json`."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra=lambda schema: _optional(schema))

    problem: str = Field(description="The name of the file without its ending.")
    parts: list[PartJson]
    warnings: list[str] = Field(
        default=[], description="What is odd in the file, such as data that nothing uses; absent likewise."
    )


def _optional(schema: dict[str, object]) -> None:
    """These have no default: they are absent."""
    properties = schema["properties"]
    assert isinstance(properties, dict)
    for key in ("error", "tables", "listings", "figures", "findings", "warnings"):
        properties.get(key, {}).pop("default", None)


def published() -> str:
    """The text of docs/solve.schema.json."""
    return json.dumps(SolveJson.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(published(), encoding="utf-8")
