r"""Limits and approximations state no equality: what differs in them is not wrong, what is said to be equal is."""

from __future__ import annotations

import pytest
from judging_problems import judged

MOMENTUM = """format: 1
title: momentum
index:
  t: 1..T
symbols:
  e[t]: vector(d) ~ moments(mean=m, cov=s**2)
  m: vector(d)
  s: scalar positive
  beta: scalar in (0, 1)
define:
  v[0]: zeros(d)
  v[t]: beta * v[t-1] + e[t]
parts:
  - id: mean
    ask: q
    find: E(v[t])
"""
THIRD = """format: 1
title: a third
symbols:
  x: vector(n)
define:
  L: sqnorm(x) / 3
  c: 31 / 12
parts:
  - id: a
    ask: q
    find: gradient(L, x)
"""
MEAN = r"\frac{1-\beta^t}{1-\beta} m"
ROWS = [
    (
        MOMENTUM,
        rf"$$E[v_t] = {MEAN} \to \frac{{m}}{{1-\beta}} \quad (t \to \infty)$$",
        "holds not-checked given",
    ),
    (MOMENTUM, rf"$$E[v_t] = {MEAN} \xrightarrow{{t\to\infty}} \frac{{m}}{{1-\beta}}$$", "holds not-checked"),
    (MOMENTUM, rf"$$E[v_t] = {MEAN} \approx \frac{{m}}{{1-\beta}}$$", "holds not-checked"),
    (MOMENTUM, r"$$E[v_t] \approx \frac{m}{1-\beta}\quad\text{for large } t$$", "not-checked"),
    (MOMENTUM, rf"$$E[v_t] \approx {MEAN}$$", "holds"),
    # the formula before a limit, and the one that goes on behind it, are held to what they say
    (MOMENTUM, r"$$E[v_t] = \frac{1-\beta^t}{1+\beta} m \to \frac{m}{1+\beta}$$", "wrong not-checked"),
    (
        MOMENTUM,
        rf"$$E[v_t] = {MEAN} \to \frac{{m}}{{1-\beta}} = \frac{{2m}}{{2-2\beta}}$$",
        "holds not-checked holds",
    ),
    (
        MOMENTUM,
        rf"$$E[v_t] = {MEAN} \to \frac{{m}}{{1-\beta}} = \frac{{m}}{{2-\beta}}$$",
        "holds not-checked wrong",
    ),
    (
        MOMENTUM,
        rf"$$E[v_t] = {MEAN} \approx \frac{{m}}{{1-\beta}} = \frac{{m}}{{2-\beta}}$$",
        "holds not-checked wrong",
    ),
    (MOMENTUM, r"$$E[v_t] \approx \frac{1}{1-\beta}$$", "ill-typed"),
    # printed digits are compared
    (THIRD, r"$$c \approx 2.58$$", "holds"),
    (THIRD, r"$$c \approx 2.62$$", "wrong"),
    (THIRD, r"$$c \approx \frac{8}{3}$$", "wrong"),
    (THIRD, r"$$\nabla_x L \approx 0.667 x$$", "holds"),
    (THIRD, r"$$\nabla_x L \approx 0.67 x = 0.67 x$$", "holds restated"),
    (THIRD, r"$$\nabla_x L \approx 0.76 x$$", "wrong"),
    (THIRD, r"$$\nabla_x L = 0.667 x$$", "wrong"),
]


@pytest.mark.parametrize(("source", "line", "verdicts"), ROWS, ids=[row[1] for row in ROWS])
def test_lines_that_state_no_equality(source: str, line: str, verdicts: str) -> None:
    assert " ".join(c.verdict for c in judged(source, [line]).claims) == verdicts
