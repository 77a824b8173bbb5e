"""What is said beside a line that bookkeeping alone would close, and beside rows that need a fact."""

from __future__ import annotations

import pytest

from derive.kinds.solve import solve
from derive.problem.load import loads
from derive.render.chains import lines_of
from derive.render.say import in_text, say

PROBLEM = """format: 1
title: Reasons
symbols:
  x: vector(n)
  y: vector(n)
  S: matrix(n, n) symmetric
  A: matrix(n, n)
  B: matrix(n, n)
  a: scalar
  b: scalar
  R: vector(n) ~ bernoulli(q)
  M: vector(n) ~ bernoulli(q)
  q: scalar in (0, 1)
define:
  z: x - mean(x) * ones(n)
parts:
  - id: a
    ask: Show it.
    """

ROWS = [  # asked, the reasons in order
    ("show: x.T @ S @ y == y.T @ S @ x", ["a number is its own transpose; S is symmetric"]),
    ("show: x.T @ A @ y == y.T @ A.T @ x", ["a number is its own transpose"]),
    ("show: x.T @ y == y.T @ x", ["a number is its own transpose"]),
    ("show: trace(A @ B) == trace(B @ A)", ["factors move around inside a trace"]),
    ("show: trace(A @ B @ S) == trace(S @ A @ B)", ["factors move around inside a trace"]),
    ("show: trace(A.T) == trace(A)", ["a matrix and its transpose have one trace"]),
    ("show: a * x + b * y == b * y + a * x", ["order of the terms"]),
    ("show: a * b == b * a", ["order of the factors"]),
    ("show: a * (x + y) == a * x + a * y", ["multiply out"]),
    ("find: Cov(R, M)", ["R and M are independent"]),
    ("find: Cov(R, q * y)", ["q * y is not random"]),
    ("show: mean(a * z + b) == b", ["mean(v) = sum(v) / n; sum(z) = 0 by definition of z; sum(ones(n)) = n"]),
]


@pytest.mark.parametrize(("asked", "reasons"), ROWS, ids=[row[0] for row in ROWS])
def test_reasons(asked: str, reasons: list[str]) -> None:
    part = solve(loads(PROBLEM + asked + "\n"), second_opinion=False).parts[0]
    assert part.status == "checked"
    assert [say(line.reason, in_text(part.part.scope)) for line in lines_of(part)] == reasons


def test_an_identity_is_not_its_own_reason() -> None:
    part = solve(loads(PROBLEM + "show: sigmoid(-a) == 1 - sigmoid(a)\n"), second_opinion=False).parts[0]
    lines = lines_of(part)
    assert part.status == "checked"
    assert len(lines) == 3
    assert all("sigmoid(-" not in say(line.reason, in_text(part.part.scope)) for line in lines)
