"""Two more real answers: what is wrong in them, what only looks wrong, and what nobody can judge here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from derive.judging.files import check_files
from derive.judging.judged import Judged, Report
from derive.judging.sentences import spoken
from derive.render.say import in_text

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"


def on(report: Report, line: int, side: bool = False) -> list[Judged]:
    return [j for j in report.claims if j.claim.line == line and j.claim.side == side]


def said(report: Report, judged: Judged) -> str:
    chain = next(c for c in report.chains if judged in c.claims)
    return "; ".join(spoken(r, in_text(chain.scope)) for r in judged.reasons)


@cache
def answer3() -> Report:
    return check_files([DATA / "answer3.md"], ROOT / "problems" / "ift6135-a3")[0]


def test_statistics_to_the_digits_printed() -> None:
    """Answer 3.1: the means are right to their digits; what is wrong is how they are reached."""
    report = answer3()
    _, numerator, mean = on(report, 3)
    assert numerator.verdict == "ill-typed"  # one entry, where there are two channels
    assert mean.verdict == "holds"
    assert "to the 3 digits printed" in said(report, mean)
    variance = on(report, 5)[1]
    assert variance.verdict == "holds"
    assert "the last digit printed is not rounded right" in said(report, variance)
    _, numerators, means = on(report, 7)
    assert numerators.verdict == "wrong"  # seven terms over six
    assert means.verdict == "holds"
    assert on(report, 9)[1].verdict == "wrong"  # a fraction is left over behind it
    assert on(report, 13)[1].verdict == "ill-typed"  # instance statistics under the name of the layer's


def test_weight_and_batch_normalisation() -> None:
    """Answer 3.2 and 3.3: two steps hold for d = 1 only; rows for gradients are no error."""
    report = answer3()
    parts = [c.part for c in report.chains]
    assert "3.2" in parts
    assert "3.3" in parts
    assert report.first_wrong == [3, 7, 9, 13, 24, 37]
    steps = [j.verdict for line in range(18, 24) for j in on(report, line)]
    assert steps == ["holds"] * 3 + ["restated"] + ["holds"] * 2
    assert [on(report, line)[0].verdict for line in (24, 25, 28)] == ["holds-only-if", "holds", "holds"]
    assert "silently repaired" in said(report, on(report, 25)[0])
    assert [j.verdict for line in (20, 25) for j in on(report, line, side=True)] == ["holds", "holds"]
    assert on(report, 34)[0].reading == "gradients read as rows"
    assert on(report, 37)[0].verdict == "holds-only-if"  # the outer product stands the wrong way round
    assert on(report, 40)[0].verdict == "holds"
    assert on(report, 41)[0].verdict == "holds"  # the projector has its name


def test_what_is_not_declared_is_never_called_wrong() -> None:
    report = check_files([DATA / "answer2.md"], ROOT / "problems" / "ift6135-a3")[0]
    assert not any(j.is_error for j in report.claims)
    assert "unreadable" in report.counts
