"""Identities that `show:` derives by clearing inverses and by exponentials, and false ones that it must refuse."""

from __future__ import annotations

import pytest

from derive.kinds.solve import solve
from derive.notation.derivation import Chain
from derive.problem.load import loads
from derive.render.say import in_text, say

SYMBOLS = """format: 1
title: t
symbols:
  A: matrix(n, n) spd
  B: matrix(n, n) invertible
  X: matrix(N, d)
  u: vector(n)
  v: vector(n)
  z: vector(n)
  a: scalar
  c: scalar
  lam: scalar positive
parts:
  - id: a
    ask: q
    show: """

TRUE = [
    "inv(A + u @ u.T) == inv(A) - inv(A) @ u @ u.T @ inv(A) / (1 + u.T @ inv(A) @ u)",
    "inv(X.T @ X + lam * eye(d)) @ X.T == X.T @ inv(X @ X.T + lam * eye(N))",
    "inv(A @ B) == inv(B) @ inv(A)",
    "inv(A) + inv(B) == inv(A) @ (A + B) @ inv(B)",
    "tanh(z) == 2 * sigmoid(2 * z) - 1",
    "1 - sigmoid(z) == sigmoid(-z)",
    "softplus(z) - softplus(-z) == z",
    "logsigmoid(a) == -softplus(-a)",
    "cosh(z)**2 - sinh(z)**2 == ones(n)",
    "softmax(v + c * ones(n)) == softmax(v)",
    "logsumexp(v + c * ones(n)) == logsumexp(v) + c",
    "a * sigmoid(a) + a * sigmoid(-a) == a",
]
FALSE = [
    "inv(A + u @ u.T) == inv(A) + inv(A) @ u @ u.T @ inv(A) / (1 + u.T @ inv(A) @ u)",
    "inv(A @ B) == inv(A) @ inv(B)",
    "inv(A + B) == inv(A) + inv(B)",
    "tanh(z) == 2 * sigmoid(z) - 1",
    "softplus(z) + softplus(-z) == z",
    "softmax(2 * v) == softmax(v)",
    "logsumexp(v + c * ones(n)) == c * logsumexp(v)",
]


@pytest.mark.parametrize("equation", TRUE)
def test_shown(equation: str) -> None:
    assert solve(loads(SYMBOLS + equation + "\n")).status == "checked"


@pytest.mark.parametrize("equation", FALSE)
def test_refused(equation: str) -> None:
    assert solve(loads(SYMBOLS + equation + "\n")).status == "failed"


LOGS = """format: 1
title: t
symbols:
  p: vector(K) simplex positive
  q: vector(K) simplex positive
  x: vector(n)
  g: vector(n)
  v: scalar positive
define:
  m: (p + q) / 2
parts:
  - id: a
    ask: q
    show: """


@pytest.mark.parametrize(
    ("equation", "said", "unsaid"),
    [
        (
            "logpdf(normal(g, v), x) == -sqnorm(x - g) / (2 * v) - n * log(2 * pi * v) / 2",
            "multiply out",
            "log(a * b)",
        ),
        ("p.T @ log(p / (p + q)) == p.T @ log(p / m) - log(2)", "sum(p) = 1", "log(a / b)"),
        ("log(2 * v) == log(2) + log(v)", "log(a * b) = log(a) + log(b)", "log(a / b)"),
    ],
)
def test_reasons_name_what_was_used(equation: str, said: str, unsaid: str) -> None:
    """A row that both sides share leads from neither to the other, and is not named."""
    part = solve(loads(LOGS + equation + "\n")).parts[0]
    assert part.status == "checked"
    chain = next(b for b in reversed(part.blocks) if isinstance(b, Chain))
    reasons = "; ".join(say(line.reason, in_text(part.part.scope)) for line in chain.lines)
    assert said in reasons
    assert unsaid not in reasons


RECURRENCES = """format: 1
title: t
index:
  t: 1..T
symbols:
  x[0]: vector(n)
  v[0]: vector(n)
  z[0]: vector(n)
  u[0]: vector(n)
  g[t]: vector(n)
  A: matrix(n, n)
  b: vector(n)
  a: scalar in (0, 1)
  m: scalar in (0, 1)
define:
  v[t]: m * v[t-1] - a * (A @ x[t-1] - b)
  x[t]: x[t-1] + v[t]
  w[0]: zeros(n)
  w[t]: m * w[t-1] + g[t]
  z[t]: z[t-1] - a * w[t]
  u[t]: (1 - a) * u[t-1] + a * g[t]
parts:
  - id: a
    ask: q
    for: t=2..T
    show: """

STEPS = [
    "x[t] == x[t-1] + m * (x[t-1] - x[t-2]) - a * (A @ x[t-1] - b)",
    "z[t] == z[t-1] + m * (z[t-1] - z[t-2]) - a * g[t]",
    "z[t] - z[t-1] == m * (z[t-1] - z[t-2]) - a * g[t]",
    "u[t] - u[t-1] == a * (g[t] - u[t-1])",
    "w[t] == m**2 * w[t-2] + m * g[t-1] + g[t]",
    "w[t] - m * w[t-1] == g[t]",
    "z[t] == z[t-2] - a * (1 + m) * w[t-1] - a * g[t]",
]
FALSE_STEPS = [
    "x[t] == x[t-1] + m * (x[t-1] - x[t-2]) + a * (A @ x[t-1] - b)",
    "z[t] == z[t-1] - m * (z[t-1] - z[t-2]) - a * g[t]",
    "w[t] == m * w[t-2] + m * g[t-1] + g[t]",
]


@pytest.mark.parametrize("equation", STEPS)
def test_a_recurrence_in_earlier_members(equation: str) -> None:
    assert solve(loads(RECURRENCES + equation + "\n")).status == "checked"


@pytest.mark.parametrize("equation", FALSE_STEPS)
def test_a_false_recurrence_is_refused_in_few_words(equation: str) -> None:
    part = solve(loads(RECURRENCES + equation + "\n")).parts[0]
    assert part.status == "failed"
    assert len(str(part.error).split("\n")[0]) < 250
