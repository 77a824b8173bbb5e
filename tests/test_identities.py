"""Identities that `show:` derives by clearing inverses and by exponentials, and false ones that it must refuse."""

from __future__ import annotations

import pytest

from derive.kinds.solve import solve
from derive.problem.load import loads

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
