"""Words that set a derivative to zero: what stands behind them is an equation for the stationary point."""

from __future__ import annotations

import pytest

from tests.judging_problems import judged

DIVERGENCE = """format: 1
title: Divergence of two normal laws
symbols:
  s: vector(k) positive
  tau: scalar positive
define:
  D: k * log(tau) + sqnorm(s) / (2 * tau**2)
parts:
  - id: a
    ask: The slope.
    find: gradient(D, tau)
"""
SLOPE = r"$$\frac{\partial D}{\partial\tau} = \frac k\tau - \frac{1}{\tau^3}\|s\|^2$$"
ROOT = r"$\tau^2 = \frac1k\|s\|^2$"
WORDS = [
    "This vanishes iff",
    "The derivative vanishes if and only if",
    "It vanishes at",
    "This is zero iff",
    "This is equal to zero exactly when",
    "This is $0$ iff",
    "It becomes zero for",
    "This is solved by",
    "The root is",
    "The zero of this is at",
    "The critical point is",
    "Setting this to zero gives",
]
NO_WORDS = [
    "The noise has zero mean and",
    "Here is a zero vector, and",
    "Solution. Take the square root:",
    "So",
]


@pytest.mark.parametrize("words", WORDS)
def test_what_makes_it_zero_is_an_equation_for_the_root(words: str) -> None:
    assert [c.verdict for c in judged(DIVERGENCE, [SLOPE, f"{words} {ROOT}."]).claims] == ["holds", "holds"]
    wrong = ROOT.replace("frac1k", "frac2k")
    assert [c.verdict for c in judged(DIVERGENCE, [SLOPE, f"{words} {wrong}."]).claims] == ["holds", "wrong"]


@pytest.mark.parametrize("words", NO_WORDS)
def test_other_words_are_no_excuse(words: str) -> None:
    assert [c.verdict for c in judged(DIVERGENCE, [SLOPE, f"{words} {ROOT}."]).claims] == ["holds", "wrong"]


def test_an_inequality_behind_iff_is_a_condition() -> None:
    lines = [SLOPE, r"This is positive iff $\tau^2 > \frac1k\|s\|^2$."]
    assert [c.verdict for c in judged(DIVERGENCE, lines).claims] == ["holds", "given"]
