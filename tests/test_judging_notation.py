r"""Notation that people use: what is right in it holds, and the same with one error is caught.

To cover one more way of writing: a row in notation_rows.py; one that is refused, not judged: a row in REFUSED.
"""

from __future__ import annotations

from functools import cache

import pytest
from notation_more import MORE
from notation_problems import SETUPS
from notation_rows import ROWS

from derive.judging.answer import judge_text
from derive.problem.load import loads
from derive.problem.model import Problem

FINE = {"holds", "notation", "given", "restated"}
CAUGHT = {"wrong", "ill-typed", "holds-only-if"}
EVERY = [*ROWS, *MORE]


@cache
def problem(name: str) -> Problem:
    return loads(f"format: 1\ntitle: {name}\n{SETUPS[name]}")


def verdicts(name: str, text: str) -> list[str]:
    return [judged.verdict for judged in judge_text(text, "answer.md", [problem(name)]).claims]


@pytest.mark.parametrize(("name", "right"), [row[:2] for row in EVERY])
def test_what_is_right_holds(name: str, right: str) -> None:
    found = verdicts(name, right)
    assert found
    assert set(found) <= FINE, found


@pytest.mark.parametrize(("name", "wrong"), [(row[0], row[2]) for row in EVERY])
def test_one_error_is_caught(name: str, wrong: str) -> None:
    found = verdicts(name, wrong)
    assert set(found) & CAUGHT, found


# fmt: off
REFUSED = [  # what is not in the language says so, whether it is true or not
    ("gauss", r"$$\operatorname{vec}(A)^\top \operatorname{vec}(B) = \operatorname{tr}(A^\top B)$$", "vec is not in the language"),
    ("gauss", r"$$A \otimes B = B \otimes A$$", "the Kronecker product is not in the language"),
    ("gauss", r"$$D f(v) = 2 v^\top A^\top A$$", "the operator D is not read"),
    ("gauss", r"$$H_f(v) = 2A^\top A$$", "unknown name H_f"),
    ("dist", r"$$\mathbb E_{x\sim p}[\log q(x)] = -C$$", "x is not random in this problem"),
    ("dist", r"$$\sum_{i \in S} x_i = a$$", "the range S is not read"),
    ("dist", r"$$x_1 + y_2 + \dots + x_n = a$$", "an ellipsis stands for factors or terms that nobody can check"),
    ("dist", r"$$x \cdots y = a$$", "an ellipsis stands for factors or terms that nobody can check"),
]
# fmt: on


@pytest.mark.parametrize(("name", "text", "message"), REFUSED)
def test_what_is_not_in_the_language(name: str, text: str, message: str) -> None:
    (found,) = judge_text(text, "answer.md", [problem(name)]).claims
    assert found.verdict == "unreadable"
    assert message in [reason.text for reason in found.reasons]


LIMITED = [  # what speaks of another thing than the part is not compared with it
    ("factors", r"For one entry the gradient is $(UV^\top-R)V$."),
    ("factors", r"The gradient is $(UV^\top-R)V$ for the data term."),
    ("factors", "Without the regulariser the gradient is\n$$(UV^\\top-R)V.$$"),
    ("factors", r"The gradient of the regulariser is $\lambda U$."),
]


@pytest.mark.parametrize(("name", "text"), LIMITED)
def test_what_is_no_result_is_not_compared(name: str, text: str) -> None:
    assert verdicts(name, text) == []


def test_no_sum_is_implied_where_nobody_says_so() -> None:
    assert verdicts("policy", r"We have $z_i=W_{ij}\phi_j$.") == ["wrong"]


def test_a_sum_without_brackets_is_told_so() -> None:
    (found,) = judge_text(r"$$V = \sum_k p_k \log D_k + q_k \log E_k$$", "answer.md", [problem("gan")]).claims
    assert found.verdict == "holds"
    assert any("without brackets" in reason.text for reason in found.reasons)
