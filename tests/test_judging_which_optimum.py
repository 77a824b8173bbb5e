"""Several parts optimise one variable: an answer is held against the optimum that it is about."""

from __future__ import annotations

from functools import cache

import pytest
from judging_problems import LINREG

from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.problem.load import loads
from derive.problem.model import Problem

ML = r"(X^\top X)^{-1}X^\top y"
MAP = r"(X^\top X+\frac{\sigma^2}{\tau^2}I)^{-1}X^\top y"
NEITHER = r"(X^\top X-\frac{\sigma^2}{\tau^2}I)^{-1}X^\top y"


@cache
def problem() -> Problem:
    return loads(LINREG)


def judged(text: str, part: str | None = None) -> Report:
    return judge_text(text, "answer.md", [problem()], part)


RIGHT = [
    ("a", rf"$$\hat w = {ML}$$"),
    ("a", r"$$X^\top X w = X^\top y$$"),
    ("c", rf"$$\hat w = {MAP}$$"),
    ("c", rf"$$\hat w_{{MAP}} = {MAP}$$"),
    ("c", r"Let $\kappa=\sigma^2/\tau^2$. $$\hat w=(X^\top X+\kappa I)^{-1}X^\top y$$"),
    ("c", r"$$X^\top (y - Xw) = \frac{\sigma^2}{\tau^2} w$$"),
    ("c", rf"While $\hat w_{{ML}} = {ML}$, here $$\hat w_{{MAP}} = {MAP}$$"),
    (None, rf"$$w = {ML}$$"),
    (None, rf"$$w = {MAP}$$"),
    (None, rf"The MAP estimate is $$\hat w = {MAP}$$"),
    (None, f"(a) $$\\hat w = {ML}$$\n\n(c) $$\\hat w = {MAP}$$"),
    (None, rf"$$\nabla_w \ell = 0$$ so $$\hat w = {ML}$$ With the prior, $$\nabla_w J = 0, \quad \hat w = {MAP}$$"),
    ("b", r"$$\hat\sigma^2 = \frac1N\|y-Xw\|^2$$"),
    ("b", r"$$\sigma^2_{ML} = \frac1N\|y-Xw\|^2$$"),
    ("b", r"$$\hat\sigma^2_{ML} = \frac1N\|y-X\hat w\|^2$$"),
    ("b", r"$$\hat\sigma = \sqrt{\frac1N\|y-Xw\|^2}$$"),
]  # fmt: skip

WRONG = [
    ("c", rf"$$\hat w = {ML}$$"),
    ("c", rf"$$\hat w_{{MAP}} = {ML}$$"),
    ("c", r"$$X^\top (y - Xw) = 0$$"),
    ("a", rf"$$\hat w = {MAP}$$"),
    ("a", r"$$X^\top (y - Xw) = \frac{\sigma^2}{\tau^2} w$$"),
    (None, rf"$$w = {NEITHER}$$"),
    (None, rf"The MAP estimate is $$\hat w = {ML}$$"),
    (None, rf"$$w_{{MAP}} = {ML}$$"),
    (None, f"(c) $$\\hat w = {ML}$$"),
    (None, rf"$$\nabla_w J = 0$$ so $$\hat w = {ML}$$"),
    ("b", r"$$\hat\sigma^2 = \frac1{N-1}\|y-Xw\|^2$$"),
    ("b", r"$$\sigma^2_{ML} = \frac1{N-1}\|y-Xw\|^2$$"),
    ("b", r"$$\hat\sigma = \frac1N\|y-Xw\|^2$$"),
]


@pytest.mark.parametrize(("part", "text"), RIGHT)
def test_what_is_right_of_its_part(part: str | None, text: str) -> None:
    assert judged(text, part).right is True


@pytest.mark.parametrize(("part", "text"), WRONG)
def test_what_is_right_of_another_part_only_is_wrong(part: str | None, text: str) -> None:
    assert judged(text, part).right is False


@pytest.mark.parametrize(("value", "part"), [(ML, "a"), (MAP, "c")])
def test_it_is_said_which_part_it_was_held_against(value: str, part: str) -> None:
    said = [r.text for chain in judged(rf"$$w = {value}$$").chains for r in chain.remarks]
    assert said == [f"read as about the optimum of part {part}"]


def test_where_none_fits_the_nearest_is_meant() -> None:
    chain = judged(rf"$$w = {NEITHER}$$").chains[0]
    repaired = chain.repaired(chain.claims[0])
    assert repaired is not None
    assert r"\tau" in repaired


RATE = """format: 1
title: rate of counts
index:
  i: 1..n
symbols:
  k[i]: scalar positive
  r: scalar positive
  a: scalar positive
  b: scalar positive
define:
  l_p: sum(k[i] * log(r) - r, i)
  l_m: l_p + a * log(r) - b * r
parts:
  - id: map
    ask: With a Gamma prior.
    find: argmax(l_m, r)
"""
PLAIN = """
  - id: pois
    ask: The rate of a Poisson law.
    find: argmax(l_p, r)
"""
MIXED = r"$$\hat r_{MAP} = \frac n{n+b} \hat r_{ML} + \frac b{n+b} \cdot \frac ab, \quad \text{where } \hat r_{ML} = %s$$"
MEAN = r"\frac1n \sum_i k_i"
TWO_ESTIMATORS = [  # is the other one asked for, the answer, what is wrong
    (True, MIXED % MEAN, []),
    (False, MIXED % MEAN, []),
    (True, MIXED % r"\frac1{n+1} \sum_i k_i", [r"\hat r_{ML}"]),
    (False, MIXED % r"\frac1{n+1} \sum_i k_i", [r"\hat r_{MAP}"]),
    (False, MIXED.replace(r"+ \frac b{n+b}", r"+ \frac a{n+b}") % MEAN, [r"\hat r_{MAP}"]),
    (False, rf"$$\hat r_{{ML}} = {MEAN}$$ $$\hat r_{{MAP}} = \frac{{n \hat r_{{ML}} + a}}{{n+b}}$$", []),
    (False, rf"$$\hat r_{{ML}} = {MEAN}$$ $$\hat r_{{MAP}} = \frac{{n \hat r_{{ML}} + b}}{{n+b}}$$", [r"\hat r_{MAP}"]),
    (True, rf"$$\hat r_{{ML}} = {MEAN}$$ $$\hat r = \frac{{\sum_i k_i + a}}{{n+b}}$$", []),
    (True, r"$$\hat r_{ML} = \frac{\sum_i k_i + a}{n+b}$$", [r"\hat r_{ML}"]),
]  # fmt: skip


@pytest.mark.parametrize(("is_asked", "text", "wrong"), TWO_ESTIMATORS)
@pytest.mark.parametrize("part", [None, "map"])
def test_two_estimators_in_one_answer(is_asked: bool, text: str, wrong: list[str], part: str | None) -> None:
    report = judge_text(text, "answer.md", [loads(RATE + PLAIN if is_asked else RATE)], part)
    assert [j.claim.latex.split(" =")[0] for j in report.claims if j.is_error] == wrong
    assert all(j.verdict in ("holds", "given") for j in report.claims if not j.is_error)


def test_an_estimator_that_nobody_asks_for_is_no_other_one() -> None:
    """The least squares are those of maximum likelihood, and ridge is none of them."""
    fine = judged(rf"$$\hat w_{{OLS}} = {ML}$$", "a")
    other = judged(rf"$$\hat w_{{OLS}} = {MAP}$$", "a")
    assert (fine.right, other.right) == (True, False)
