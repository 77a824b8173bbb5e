"""A multiplier has the value that a condition with the variable gives it; before that a line about it alone says nothing."""

from __future__ import annotations

import pytest
from judging_problems import judged

TWO = """format: 1
title: two constrained questions
symbols:
  S: matrix(n, n) spd
  w: vector(n)
  a: vector(n) nonzero
parts:
  - id: b
    ask: q
    find: argmax(w.T @ S @ w, w)
    subject_to: w.T @ w == 1
  - id: c
    ask: q
    find: argmin(1/2 * w.T @ S @ w, w)
    subject_to: a.T @ w == 1
    multiplier: eta
"""
SLOPE = r"$$Sw - \eta a = 0$$"
POINT = r"$$w^\star = \eta S^{-1} a$$"
ROWS = [
    (None, [r"$$\eta = 7$$"], ["not-checked"]),
    ("c", [r"$$\eta = 7$$"], ["not-checked"]),
    ("c", [SLOPE, r"$$\eta = 7$$"], ["holds", "wrong"]),
    ("c", [SLOPE, POINT, r"$$\eta = \frac{1}{a^\top S^{-1} a}$$"], ["holds", "holds", "holds"]),
    ("c", [SLOPE, POINT, r"$$\eta = a^\top S^{-1} a$$"], ["holds", "holds", "wrong"]),
    (None, [SLOPE, POINT, r"$$1 = \eta a^\top S^{-1} a$$"], ["holds", "holds", "holds"]),
    (None, [SLOPE, POINT, r"$$\eta = a^\top S^{-1} a$$"], ["holds", "holds", "wrong"]),
]


@pytest.mark.parametrize(("part", "lines", "verdicts"), ROWS)
def test_a_multiplier_alone(part: str | None, lines: list[str], verdicts: list[str]) -> None:
    assert [c.verdict for c in judged(TWO, lines, part).claims] == verdicts
