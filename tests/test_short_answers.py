"""Answers as people write them: each is checked, and no longer than the form that a course gives.

A row: symbols, what is asked, the form of the course, definitions, index ranges. To add a case: append a row. The form
is only measured: the engine never sees it.
"""

from __future__ import annotations

import pytest
from test_expectation import problem

from derive.check.judge import Checker
from derive.kinds.solve import solve
from derive.notation.reader import read
from derive.notation.text import text
from derive.problem.load import loads
from derive.tree.nodes import node_count
from derive.vocabulary.build import build, num

CHOICE = (
    "x: scalar ~ categorical(p); p: vector(K) simplex positive; q: vector(K) simplex positive; f: vector(K)"
)
ROWS_OF_W = CHOICE + "; W: matrix(K, d)"
FIT = "X: matrix(n, d) full_column_rank; b: vector(d); e: vector(n) ~ normal(zeros(n), s**2); s: scalar positive"

ROWS: list[tuple[str, ...]] = [
    # a choice
    (CHOICE, "E(f[x])", "p.T @ f"),
    (CHOICE, "Var(f[x])", "p.T @ (f * f) - (p.T @ f)**2"),
    (CHOICE, "E(log(p[x] / q[x]))", "p.T @ log(p / q)"),
    (CHOICE, "E(f[x] * q[x])", "p.T @ (f * q)"),
    (ROWS_OF_W, "E(W[x])", "W.T @ p"),
    (ROWS_OF_W, "Cov(W[x])", "W.T @ (diag(p) - p @ p.T) @ W"),
    (ROWS_OF_W, "E(W[x] @ W[x].T)", "W.T @ diag(p) @ W"),
    (ROWS_OF_W + "; g: vector(d)", "E(g.T @ W[x])", "g.T @ W.T @ p"),
    (CHOICE + "; S: matrix(K, K)", "E(S[x, x])", "p.T @ diagpart(S)"),
    # least squares
    (FIT, "E(sqnorm(v - b))", "s**2 * trace(inv(X.T @ X))", "y: X @ b + e; v: inv(X.T @ X) @ X.T @ y"),
    (FIT, "Cov(y - X @ v, v)", "zeros(n, d)", "y: X @ b + e; v: inv(X.T @ X) @ X.T @ y"),
    (FIT, "E(sqnorm(y - H @ y))", "(n - d) * s**2", "y: X @ b + e; H: X @ inv(X.T @ X) @ X.T"),
    # fractions, signs, points, diagonals
    ("b: scalar in (0, 1); g[t]: scalar ~ moments(mean=m, cov=v); m: scalar; v: scalar positive", "Var(u[t])", "(1 - b**[2*t]) * (1 - b) * v / (1 + b)", "u[0]: 0; u[t]: b * u[t-1] + (1 - b) * g[t]", "t: 1..T"),
    ("r: vector(2); b: scalar ~ bernoulli(p); p: scalar in (0, 1); c: scalar", "argmin(Var(e), c)", "p * r[2] + r[1] - p * r[1]", "f: b * r[1] + (1 - b) * r[2]; e: (f - c) * (b - p) / (p * (1 - p))"),
    ("c: scalar; a: scalar; b: scalar; p: scalar in (0, 1)", "argmin((1 - p) * (c - a)**2 + p * (1 - p) * (c - b)**2, c)", "(a + p * b) / (1 + p)"),
    ("H: matrix(d, d) spd; g: vector(d); u: vector(d); w: vector(d); a: scalar positive", "argmin(g.T @ (w - u) + (w - u).T @ H @ (w - u) / 2 + a / 2 * sqnorm(w - u), w)", "u - inv(H + a * eye(d)) @ g"),
    ("X: matrix(n, d); y: vector(n); w: vector(d)", "hessian(sum(log(cosh(X @ w - y))), w)", "X.T @ diag(1 - tanh(X @ w - y)**2) @ X"),
    ("X: matrix(n, d); w: vector(d); a: scalar positive", "hessian(logsumexp(u) + a / 2 * sqnorm(w), w)", "X.T @ (diag(softmax(u)) - softmax(u) @ softmax(u).T) @ X + a * eye(d)", "u: X @ w"),
    ("z: vector(c)", "gradient(H, z)", "-p * (H + log(p))", "p: softmax(z); H: -sum(p * log(p))"),
    ("K: matrix(N, d)", "gradient(sqnorm(S) - sqnorm(diagpart(S)), S)", "2 * (S - diag(diagpart(S)))", "S: K.T @ K / N"),
    ("w: vector(d); v: vector(d); m: vector(d); a: scalar positive; c: scalar positive", "argmin(sqnorm(w - v) / (2 * a) + c / 2 * sqnorm(w - m), w)", "(v + c * a * m) / (1 + c * a)"),
    ("x: vector(n) positive; k: scalar positive; t: scalar positive", "argmax(n * log(t) + n * t * log(k) - (t + 1) * sum(log(x)), t)", "n / (sum(log(x)) - n * log(k))"),
    # names of the problem
    ("u: vector(d) nonzero; C: matrix(n, d); t: vector(n) onehot; tau: scalar positive", "gradient(L, u)", "(eye(d) - z @ z.T) @ C.T @ (p - t) / (tau * norm(u))", "z: u / norm(u); p: softmax(C @ z / tau); L: -t.T @ log(p)"),
    ("z: vector(d); C: matrix(n, d); t: vector(n) onehot; tau: scalar positive", "gradient(L, tau)", "(t - p).T @ s / tau", "s: C @ z / tau; p: softmax(s); L: -t.T @ log(p)"),
    ("X: matrix(n, d); y: vector(n); w: vector(d)", "gradient(sum(relu(1 - y * (X @ w))**2), w)", "-2 * X.T @ (y * relu(1 - y * (X @ w)))"),
]  # fmt: skip
IDS = [f"{row[1]} of {row[0]}"[:100] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_no_longer_than_the_form_of_the_course(row: tuple[str, ...]) -> None:
    symbols, find, form, *more = row
    loaded = loads(problem(symbols, find, None, *more))
    part = solve(loaded, second_opinion=False).parts[0]
    assert part.status == "checked", part.error
    answer = part.answers[0].answer
    wanted = read(form, loaded.scope)
    long = node_count(answer.expression) + sum(node_count(b) for _, b in answer.where)
    assert long <= node_count(wanted), text(answer.expression)
    checker = Checker(loaded.scope)
    assert checker.equal(answer.expression, wanted).status == "holds"
    wrong = build("add", wanted, num(1))
    assert checker.equal(answer.expression, wrong).status == "fails"
