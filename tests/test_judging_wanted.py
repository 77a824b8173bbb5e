"""What an answer wants is given; what solves it is right, and nothing else is."""

from __future__ import annotations

import pytest
from judging_problems import judged

SCALE = """format: 1
title: scale
symbols:
  A: matrix(m, d) ~ moments(mean=0, cov=s**2)
  u: vector(d) ~ moments(mean=0, cov=c)
  s: scalar positive
  c: scalar positive
define:
  z: A @ u
parts:
  - id: a
    ask: q
    find: Var(z)
"""
ROWS = [
    (
        [r"To have $\mathrm{Var}(z_i) = c$ we need $$d s^2 = 1 \iff s = 1/\sqrt d$$"],
        ["given", "given", "holds"],
    ),
    ([r"To have $\mathrm{Var}(z_i) = c$ we need $$d s^2 = 1 \iff s = 1/d$$"], ["given", "given", "wrong"]),
    ([r"To get $\mathrm{Var}(z_i) = 1$ we need $$s = 1/\sqrt{cd}$$"], ["given", "given"]),
    ([r"Here $\mathrm{Var}(z_i) = c$."], ["wrong"]),
    ([r"$$s = 1/\sqrt d$$"], ["wrong"]),
]


@pytest.mark.parametrize(("lines", "verdicts"), ROWS)
def test_what_is_wanted(lines: list[str], verdicts: list[str]) -> None:
    assert [c.verdict for c in judged(SCALE, lines).claims] == verdicts
