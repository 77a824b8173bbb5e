"""docs/judging.md says what happens: its example is judged, its table of verdicts is the one of the code."""

from __future__ import annotations

import re
from pathlib import Path

from derive.judging.answer import judge_text
from derive.judging.sentences import spoken
from derive.judging.verdicts import VERDICTS
from derive.problem.load import loads
from derive.render.say import in_text

PAGE = (Path(__file__).parent.parent / "docs" / "judging.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    return PAGE.split(f"```{language}\n", 1)[1].split("```", 1)[0]


def rows(header: str) -> list[list[str]]:
    table = PAGE.split(f"{header}\n", 1)[1].split("\n\n", 1)[0].split("\n")[1:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table]


def test_the_example() -> None:
    report = judge_text(block("tex"), "answer.md", [loads(block("yaml"))])
    voice = in_text(report.chains[0].scope)
    found = [
        [str(j.claim.line), j.verdict, "; ".join(spoken(r, voice) for r in j.reasons)] for j in report.claims
    ]
    assert found == rows("| line | verdict | said |")
    repaired = report.chains[0].repaired(report.claims[1])
    assert repaired is not None
    assert re.sub(r"\\mathbf\{(\w)\}", r"\1", repaired).replace(" ", "") == r"-2X^{\top}(y-Xw)"


def test_the_verdicts() -> None:
    assert rows("| verdict | meaning |") == [[f"`{row.name}`", row.meaning] for row in VERDICTS.values()]
