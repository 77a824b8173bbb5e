"""Broken answers through all of `derive check`: a few of those that benchmarks/fuzz.py tries a hundred thousand of."""

from __future__ import annotations

import fuzzing
import pytest

from derive.judging.answer import judge_text
from derive.judging.judged import Judged, JudgedChain


@pytest.mark.parametrize("batch", range(4))
def test_nothing_breaks_and_nothing_false_holds(batch: int) -> None:
    for seed in range(100 * batch, 100 * batch + 100):
        full = seed % 50 == 0
        text, name = fuzzing.source(seed, full)
        choices = fuzzing.problems(full)
        outcome = fuzzing.tried(text, name, choices[seed % len(choices)])
        assert outcome.false == (), (seed, text)


@pytest.mark.parametrize("name", ["dollars", "braces", "a sum", "rows", "backslashes", "sums in sums"])
def test_huge_answers(name: str) -> None:
    text, file = fuzzing.huge(name)
    assert fuzzing.tried(text, file, fuzzing.problems(False)[0]).false == ()


def test_many_sums_inside_each_other_are_refused() -> None:
    """Each costs as many evaluations as its range has members."""
    for many, verdict in ((6, "wrong"), (18, "unreadable")):
        text = r"$$\nabla_x L = (A + A^\top) x + " + r"\sum_t" * many + "2c(x - b)$$"
        assert [j.verdict for j, _ in lines(text)] == [verdict]


def lines(text: str) -> list[tuple[Judged, JudgedChain]]:
    report = judge_text(text, "a.md", list(fuzzing.problems(False)))
    return [(judged, chain) for chain in report.chains for judged in chain.claims]


def test_what_holds_is_evaluated_again() -> None:
    """The answers that are broken are right, most of them hold again, and a wrong line would not."""
    found = [one for text in fuzzing.SMALL_ANSWERS for one in lines(text)]
    assert {judged.verdict for judged, _ in found} <= {"holds", "restated", "given"}
    assert sum(bool(fuzzing.holds_again(*one)) for one in found) >= 8
    wrong = lines(r"$$L = x^\top A x - c \|x - b\|^2$$")
    assert [fuzzing.holds_again(*one) for one in wrong] == [False]
