"""A real answer of 50 steps, judged against problems/ift6135-a3/birnn.yaml: every verdict, and what is said of each error."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from derive.judging.files import check_files
from derive.judging.judged import Judged, Report
from derive.judging.report_json import report_json
from derive.judging.sentences import spoken
from derive.render.say import in_text

ROOT = Path(__file__).parent.parent
ANSWER = ROOT / "tests" / "data" / "answer1.md"
PROBLEM = ROOT / "problems" / "ift6135-a3" / "birnn.yaml"


@cache
def report() -> Report:
    return check_files([ANSWER], PROBLEM)[0]


def at(line: int, side: bool = False) -> Judged:
    return next(j for j in report().claims if j.claim.line == line and j.claim.side == side)


def said(line: int, side: bool = False) -> str:
    judged = at(line, side)
    chain = next(c for c in report().chains if judged in c.claims)
    return "; ".join(spoken(reason, in_text(chain.scope)) for reason in judged.reasons)


def test_every_step_is_read() -> None:
    assert len([j for j in report().claims if not j.claim.side]) == 46
    assert not [j.claim.line for j in report().claims if j.verdict in ("unreadable", "not-checked")]


def test_the_first_wrong_lines() -> None:
    assert [c.first_wrong for c in report().chains] == [7, 15, 23, 34, 49, 62]
    assert [c.part for c in report().chains] == ["1.2.a", "1.2.b", "1.2.c", "1.2.d", "1.3.a", None]


RIGHT = [4, 5, 6, 12, 13, 14, 20, 21, 22, 31, 32, 33, 44, 45, 46, 47, 48, 57, 58, 59, 60, 61]
FOLLOWERS = [8, 16, *range(24, 28), *range(35, 39), *range(50, 54), *range(63, 67)]


@pytest.mark.parametrize("line", RIGHT)
def test_nothing_that_holds_is_called_wrong(line: int) -> None:
    assert at(line).verdict in ("holds", "restated", "given")


@pytest.mark.parametrize("line", FOLLOWERS)
def test_followers_of_a_wrong_line_are_inherited(line: int) -> None:
    assert at(line).verdict == "inherited"


VERDICTS = {
    7: "ill-typed",
    15: "ill-typed",
    23: "holds-only-if",
    34: "holds-only-if",
    49: "ill-typed",
    62: "ill-typed",
}


@pytest.mark.parametrize(("line", "verdict"), VERDICTS.items())
def test_the_roots(line: int, verdict: str) -> None:
    judged = at(line)
    assert judged.verdict == verdict
    assert judged.repair is not None
    assert judged.repair.verified


@pytest.mark.parametrize("line", [6, 14, 21, 32])
def test_wrong_remarks_beside_right_lines(line: int) -> None:
    judged = at(line, side=True)
    assert judged.verdict == "wrong"
    assert judged.counterexample
    assert judged.repair is not None
    assert ("sign" if line in (6, 14) else "sigmoid") in said(line, side=True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (7, ["vector(h)", "vector(o)", "missing V_f.T and a factor 2 * norm", "in place of sqnorm"]),
        (15, ["vector(h)", "vector(o)", "missing V_b.T and a factor 2 * norm", "in place of sqnorm"]),
        (23, ["holds only if h = 1", "no diag"]),
        (34, ["holds only if h = 1", "no diag"]),
        (44, ["holds only if the derivatives are total"]),
        (49, ["no outer product", "local, not total"]),
        (57, ["holds only if the derivatives are total"]),
        (62, ["no outer product", "local, not total", "should be x[t]", "part 1.3.b", "should be h_b[t+1]"]),
        (63, ["h_b[0] does not exist"]),
    ],
)
def test_why(line: int, words: list[str]) -> None:
    for word in words:
        assert word in said(line)


def test_a_wrong_parameter_is_remarked_on() -> None:
    reason = report().chains[5].remarks[0]
    assert "wrong parameter" in reason.text
    assert "1.3.b" in reason.text


def test_a_case_slip_is_read_and_said_once() -> None:
    lines = [
        j.claim.line for j in report().claims if any("w^(f) is read as W^(f)" in r.text for r in j.reasons)
    ]
    assert lines == [21, 44]


def test_what_the_engine_says() -> None:
    claims = {c["line"]: c for chain in report_json(report())["chains"] for c in chain["claims"]}
    assert claims[5]["against"] == {"previous": "holds", "head": "holds", "engine": "holds"}
    assert claims[7]["against"]["engine"] == "ill-typed"
    assert claims[8]["against"] == {"previous": "holds", "head": "ill-typed", "engine": "ill-typed"}
