"""Claims with `<=` and `>=`: what holds for moderate values only is refuted, what is true stays true."""

from __future__ import annotations

import pytest
from cases_table import scope_of

from derive.check import Checker
from derive.notation.derivation import Verdict
from derive.notation.reader import read_equation

SYMBOLS = (
    "x: vector(n); y: vector(n); a: scalar; b: scalar; A: matrix(n, n); X: matrix(m, n); S: matrix(n, n) spd;"
    " M: matrix(n, n) symmetric; p: vector(n) simplex; q: vector(n) simplex; o: vector(n) onehot; t: scalar in (0, 1);"
    " c: scalar positive; Q: matrix(n, n) orthogonal; z[i]: scalar; r[i]: scalar positive"
)

FALSE = [
    "norm1(x) <= 2 * norm(x)",  # from n = 5 on
    "abs(tanh(a)) <= 0.99",
    "softplus(a) - relu(a) >= 0.001",
    "(a - b)**2 >= 0.0001",
    "trace(A.T @ A) <= 100",
    "sqnorm(x - y) >= 0.01",
    "sigmoid(a) >= 0.0001",
    "c >= 0.01",
    "c * (1 / c**2) <= 100",
    "t * (1 - t) >= 0.01",
    "kl(categorical(p), categorical(q)) >= 0.001",
    "kl(categorical(p), categorical(q)) <= 3",
    "x.T @ S @ x <= 1000",
    "x.T @ M @ x >= -100",
    "sqnorm(softmax(x)) <= 0.99",
    "sum(x) <= 2 * norm(x)",
    "exp(a) >= 1 + a + a**2 / 3",
    "abs(a * b) <= a**2 + b**2 - 0.001",
    "norm(A @ x) <= 20 * norm(x)",
    "gradient(sigmoid(a), a) >= 0.001",
    "sum(z[i], i) <= 30",
    "det(S) >= 0.001",
]

TRUE = [
    "norm(x) <= norm1(x)",
    "norm1(x) <= sqrt(n) * norm(x)",
    "norm(x + y) <= norm(x) + norm(y)",
    "(x.T @ y)**2 <= sqnorm(x) * sqnorm(y)",
    "abs(tanh(a)) <= 1",
    "softplus(a) >= relu(a)",
    "softplus(a) - relu(a) <= log(2)",
    "(a - b)**2 >= 0",
    "a**2 - 2 * a * b + b**2 >= 0",
    "trace(A.T @ A) >= 0",
    "gradient(sigmoid(a), a) <= 1/4",
    "sigmoid(a) * (1 - sigmoid(a)) <= 1/4",
    "kl(categorical(p), categorical(q)) >= 0",
    "-p.T @ log(p) <= log(n)",
    "x.T @ S @ x >= 0",
    "logsumexp(t * x + (1 - t) * y) <= t * logsumexp(x) + (1 - t) * logsumexp(y)",
    "logsumexp(x) >= sum(x) / n + log(n)",
    "exp(a) >= 1 + a",
    "t * (1 - t) <= 1/4",
    "sqnorm(x) / n - (sum(x) / n)**2 >= 0",
    "norm(Q @ x) <= norm(x)",
    "norm(Q @ x) >= norm(x)",
    "det(S) >= 0",
    "det(A.T @ A) >= 0",
    "a * tanh(a) >= 0",
    "abs(a * b) <= (a**2 + b**2) / 2",
    "sum(r[i], i) >= 0",
    "c + 1 / c >= 2",
    "log(c) <= c - 1",
    "(1 - sigmoid(c)) * exp(c) >= 1/2",  # 1 - sigmoid(c) is rounded to 0
    "sum(softmax(x)) <= 1",
    "abs(sum(x)) <= norm1(x)",
    "trace(A @ A.T) >= trace(A @ A)",
]


def _judged(claim: str) -> Verdict:
    scope = scope_of(SYMBOLS, "", "i: 1..N")
    return Checker(scope).line(*read_equation(claim, scope))


@pytest.mark.parametrize("claim", FALSE)
def test_refuted(claim: str) -> None:
    verdict = _judged(claim)
    assert verdict.status == "fails", verdict
    assert "left = " in verdict.counterexample


@pytest.mark.parametrize("claim", TRUE)
def test_true(claim: str) -> None:
    assert _judged(claim).status == "holds", _judged(claim)
