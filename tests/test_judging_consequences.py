"""What follows from a derivative set to zero, where no closed form of its zero is known: right lines beside wrong ones."""

from __future__ import annotations

import pytest
from judging_problems import LOGREG, judged

EXAMPLES = """format: 1
title: binary logistic regression over examples
index:
  i: 1..n
symbols:
  x[i]: vector(d)
  y[i]: scalar in (0, 1)
  w: vector(d)
  b: scalar
define:
  z[i]: w.T @ x[i] + b
  p[i]: sigmoid(z[i])
  L: -sum(y[i] * log(p[i]) + (1 - y[i]) * log(1 - p[i]), i)
notation:
  p[i]: \\hat y_{i}
parts:
  - id: a
    ask: q
    find: gradient(L, w)
  - id: b
    ask: q
    find: gradient(L, b)
"""
FLAT = LOGREG.replace(" full_column_rank", "").replace(" + lambda/2 * sqnorm(w)", "")
IN_B = r"\frac{\partial L}{\partial b} = \sum_i(\hat y_i-y_i) = 0 \implies "
IN_W = r"\nabla_w L = \sum_i(\hat y_i-y_i)x_i = 0 \implies "
RIDGED = r"\nabla_w L = X^\top(p - y) + \lambda w = 0 \Rightarrow "
PLAIN = r"\nabla_w L = X^\top(p - y) = 0 \Rightarrow "

FOLLOWS = [
    (EXAMPLES, IN_B, r"\sum_i\hat y_i = \sum_iy_i"),
    (EXAMPLES, IN_B, r"\frac1n\sum_i\hat y_i = \frac1n\sum_iy_i"),
    (EXAMPLES, IN_W, r"\sum_i\hat y_ix_i = \sum_iy_ix_i"),
    (EXAMPLES, IN_W, r"\sum_i(\hat y_i-y_i)w^\top x_i = 0"),
    (LOGREG, RIDGED, r"w = \frac1\lambda X^\top(y - p)"),
    (FLAT, PLAIN, r"X^\top p = X^\top y"),
    (FLAT, PLAIN, r"w^\top X^\top p = w^\top X^\top y"),
]
DOES_NOT = [
    (EXAMPLES, IN_B, r"\sum_i\hat y_i = 2\sum_iy_i"),
    (EXAMPLES, IN_B, r"\sum_i\hat y_i = -\sum_iy_i"),
    (EXAMPLES, IN_B, r"\frac1n\sum_i\hat y_i = \sum_iy_i"),
    (EXAMPLES, IN_B, r"\hat y_i = y_i"),
    (EXAMPLES, IN_W, r"\hat y_i = y_i"),
    (EXAMPLES, IN_W, r"\sum_i\hat y_ix_i = -\sum_iy_ix_i"),
    (LOGREG, RIDGED, r"w = \frac1\lambda X^\top(p - y)"),
    (LOGREG, RIDGED, r"X^\top p = X^\top y"),
    (FLAT, PLAIN, r"p = y"),
    (FLAT, PLAIN, r"w^\top X^\top p = 2w^\top X^\top y"),
    (FLAT, PLAIN, r"X^\top(p - y) = 2X^\top(p - y)"),
]


@pytest.mark.parametrize(("source", "start", "line"), FOLLOWS)
def test_what_follows_holds(source: str, start: str, line: str) -> None:
    claims = judged(source, [f"$${start}{line}$$"]).claims
    assert [c.verdict for c in claims] == ["holds"] * 3


@pytest.mark.parametrize(("source", "start", "line"), DOES_NOT)
def test_what_does_not_follow_is_wrong(source: str, start: str, line: str) -> None:
    claims = judged(source, [f"$${start}{line}$$"]).claims
    assert [c.verdict for c in claims] == ["holds", "holds", "wrong"]


def test_at_the_optimum_in_words() -> None:
    start = r"$$\frac{\partial L}{\partial b} = \sum_i(\hat y_i-y_i)$$"
    words = "At the optimum this gradient is zero, so "
    for right, verdict in ((r"\frac1n\sum_iy_i", "holds"), (r"\sum_iy_i", "wrong")):
        claims = judged(EXAMPLES, [start, rf"{words}$\frac1n\sum_i\hat y_i = {right}$."]).claims
        assert [c.verdict for c in claims] == ["holds", verdict]


def test_a_wrong_gradient_or_objective_stays_wrong() -> None:
    claims = judged(EXAMPLES, [r"$$\nabla_w L = 2\sum_i(\hat y_i-y_i)x_i = 0$$"]).claims
    assert claims[0].verdict == "wrong"
    claims = judged(EXAMPLES, [r"Setting $\nabla_w L = 0$, $$L = \sum_i(\hat y_i-y_i)$$"]).claims
    assert claims[-1].verdict == "wrong"
