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

CHOICE = "x: scalar ~ categorical(p); p: vector(K) simplex positive; q: vector(K) simplex positive; f: vector(K)"
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
