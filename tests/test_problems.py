"""The problems that ship: every part checked, and `expect:` is never a source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive.kinds.result import PartResult, ProblemResult
from derive.kinds.solve import solve
from derive.notation.derivation import Chain, Line
from derive.notation.text import text
from derive.problem.load import load, loads
from derive.problem.model import Problem

ROOT = Path(__file__).parent.parent / "problems"
FILES = sorted(p for p in ROOT.rglob("*.yaml") if p.name != "assignment.yaml")
GALLERY = sorted((ROOT.parent / "docs" / "gallery").glob("*.yaml"))


def lines_of(part: PartResult) -> list[Line]:
    return [line for b in part.blocks if isinstance(b, Chain) for line in b.lines]


def written(result: ProblemResult) -> list[str]:
    """Everything a derivation says, but for its comparison with `expect:`."""
    return [
        f"{part.part.id}: {text(line.left)} {line.relation} {text(line.right)} [{line.reason}] {line.verdict}"
        for part in result.parts
        for line in lines_of(part)
    ] + [
        f"{part.part.id}: {text(found.answer.expression)}" for part in result.parts for found in part.answers
    ]


def solved(problem: Problem) -> ProblemResult:
    return solve(problem, second_opinion=False)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_part_is_checked(path: Path) -> None:
    result = solve(load(path))
    assert {p.part.id: p.status for p in result.parts} == {
        p.part.id: "authored" if p.part.verb == "answer" and not p.part.claims else "checked"
        for p in result.parts
    }


@pytest.mark.parametrize("path", GALLERY, ids=lambda p: p.stem)
def test_the_gallery_is_checked(path: Path) -> None:
    assert {p.part.id: p.status for p in solved(load(path)).parts if p.status != "checked"} == {}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_expectations_are_no_source(path: Path) -> None:
    """Deleting every `expect:` leaves the derivations as they are, to the letter."""
    source = path.read_text(encoding="utf-8")
    without = re.sub(r"^    expect:.*\n(?:      .*\n)*", "", source, flags=re.M)
    assert without != source or "expect:" not in source
    assert written(solved(loads(source, str(path)))) == written(solved(loads(without, str(path))))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_false_expectation_fails_and_changes_no_line(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    wrong = re.sub(r"^(    expect:) ([^|>\n].*(?:\n      .*)*)$", r"\1 3 * (\2)", source, flags=re.M)
    if wrong == source:
        pytest.skip("no single expectation here")
    true, false = solved(loads(source, str(path))), solved(loads(wrong, str(path)))
    assert written(true) == written(false)
    assert false.status == "failed"


RIGHT_ANSWERS = {  # the answers of the shipped files in the engine's own words, so that a change is seen
    "1.2.a": "2 * V_f.T @ (y[t] - z[t])",
    "1.2.c": "diag(h_f[t+1] * (1 - h_f[t+1])) @ U_f",
    "1.3.recursion": "gradient(loss[t], h_f[t]) + U_f.T @ (h_f[t+1] * (1 - h_f[t+1]) * gradient(L, h_f[t+1]))",
    "1.3.boundary": "2 * V_f.T @ (y[T] - z[T])",
    "1.3.a": "sum((h_f[t] * (1 - h_f[t]) * gradient(L, h_f[t])) @ x[t].T, t=1..T)",
    "1.3.b": "sum((h_b[t] * (1 - h_b[t]) * gradient(L, h_b[t])) @ h_b[t+1].T, t=1..T)",
    "4.2": "inv(X.T @ X + lambda * Gamma @ Gamma) @ X.T @ y",
    "4.2.lambda": "-1 / p**2",
    "4.3": "inv(X.T @ X + alpha * eye(d)) @ X.T @ y",
    "3b": "(y * (1 - y) * (y - t)) @ x.T",
}


def test_answers_as_written() -> None:
    found = {
        part.part.id: text(answer.answer.expression)
        for path in FILES
        for part in solved(load(path)).parts
        for answer in part.answers
    }
    assert {k: found.get(k) for k in RIGHT_ANSWERS} == RIGHT_ANSWERS


def test_lengths_that_a_reader_bears() -> None:
    """Weight norm in at most 8 visible lines, a local gradient of the RNN in at most 5."""
    counts = {p.part.id: len(lines_of(p)) for path in FILES for p in solved(load(path)).parts}
    assert counts["3.3"] <= 8
    assert counts["3.3.gamma"] <= 8
    assert counts["1.2.a"] <= 5
    assert counts["1.2.b"] <= 5
