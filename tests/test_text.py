"""What the text writer writes, and that the reader reads it back to an equal node."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from notation import SCOPE, grown, nodes

from derive.notation.reader import read
from derive.notation.text import text
from derive.tree.nodes import Node, walk
from derive.vocabulary import TABLE
from derive.vocabulary.build import T, add, constant, count, div, matmul, mul, neg, num, over, sym

A, X, W = (SCOPE.declarations[n] for n in ("A", "X", "W_f"))
SAME = [  # written as read
    "a - b + lambda",
    "a - (b + lambda)",
    "a - (b - lambda)",
    "-a * b",
    "(-a) * b",
    "a * (-b)",
    "-a / b",
    "-(-a)",
    "-1/2 * a",
    "(-1/2) * a",
    "1/2 * a - 1/3",
    "a - 1",
    "a - (1)",
    "a + (-2) * b",
    "a - 2 * b",
    "(2) / 3",
    "-(2)",
    "a / (b / lambda)",
    "a / b / lambda",
    "a * b / lambda",
    "a * (b / lambda)",
    "a**2",
    "-a**2",
    "(-a)**2",
    "(a**b)**2",
    "a**b**2",
    "a**(-1)",
    "a**(1/2)",
    "0.9 * a",
    "2 * A @ u",
    "(2 * A) @ u",
    "A @ (a * u)",
    "(X * R) @ y",
    "X * (A @ X)",
    "(A @ X) * X",
    "A.T @ (u - v)",
    "(A @ u).T",
    "A.T.T",
    "(u + v).T @ u",
    "u @ v.T @ u",
    "u.T @ (u @ v.T @ u)",
    "x[t-1]",
    "x[t][2]",
    "A[1, 2]",
    "A[c]",
    "A.T[1, 2]",
    "(A @ A)[1, 2]",
    "delta[i, t+1]",
    "n * a",
    "n - 1",
    "(n) - 1",
    "1 - n",
    "[2*n-1] * a",
    "(n - 1) * a",
    "a + (n - 1)",
    "T / n",
    "eye(n) @ ones(n)",
    "ones(n, d)",
    "eye(h) @ h[t]",
    "onehot(c, n)",
    "zeros(2*n)",
    "sum(u)",
    "sum(s[t], t)",
    "sum(s[k], k=1..t-1)",
    "sum(delta[i, t], i, t)",
    "prod(u[j], j)",
    "max(u[j], j)",
    "where(a >= b, u, 0)",
    "softmax(u)",
    "softmax(X, rows)",
    "f''(u)",
    "f(a)",
    "E(a)",
    "Cov(u, y)",
    "gradient(L, x[t])",
    "argmin(sqnorm(u), u)",
    "d(A @ u, v)",
    "d(a) * u",
    "loss[t]",
    "g[0]",
    "pi * total",
]
SHORTENED = [
    ("u @ v", "u.T @ v"),
    ("outer(u, y)", "u @ y.T"),
    ("where(a >= b, a, b)", "max(a, b)"),
    ("where(a <= 1, a, 1)", "min(a, 1)"),
    ("1 / 2", "1/2"),
    ("+a", "a"),
    ("- -2", "2"),
    ("((a))", "a"),
    ("a + (b + 1)", "a + b + 1"),
    ("1e-3 * a", "0.001 * a"),
    ("2.50", "2.5"),
    ("t + 1 - 1", "t"),
    ("x[ t - 1 + 1 ]", "x[t]"),
    ("a # a comment", "a"),
    ("a\n  + b", "a + b"),
    ("mean(u)**.5", "mean(u)**0.5"),
]


@pytest.mark.parametrize("written", SAME)
def test_written_as_read(written: str) -> None:
    assert text(read(written, SCOPE, differentials=True), SCOPE) == written


@pytest.mark.parametrize(("written", "short"), SHORTENED)
def test_one_way_to_write_it(written: str, short: str) -> None:
    assert text(read(written, SCOPE), SCOPE) == short


U, a, n = sym("u", SCOPE.declarations["u"].shape), sym("a", constant("pi").shape), count("n")
MADE = [  # nodes that only the engine makes
    (add(a, mul(num(-1), a)), "a + (-1) * a"),
    (add(n, num(-1)), "(n) - 1"),
    (add(num(1), n, n), "(1) + n + n"),
    (div(num(1), num(-2)), "(1) / (-2)"),
    (mul(num(2), num(3)), "2 * 3"),
    (neg(neg(num(-2))), "-(-(-2))"),
    (matmul(T(U), U, T(U)), "u.T @ (u @ u.T)"),
    (over("sum_over", n, "r", count("t").size, count("n").size), "sum(n, r=t..n)"),
    (mul(T(T(U)), a), "u.T.T * a"),
]


@pytest.mark.parametrize(("node", "written"), MADE)
def test_what_the_engine_makes(node: Node, written: str) -> None:
    assert text(node) == written
    assert read(written, SCOPE, differentials=True) == node


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(nodes())
def test_reading_what_was_written(node: Node) -> None:
    assert read(text(node), SCOPE, differentials=True) == node
    assert read(text(node, SCOPE), SCOPE, differentials=True) == node


def test_random_nodes_cover_the_vocabulary() -> None:
    made = {n.op for seed in range(6000) for n in walk(grown(seed))}
    others = {name for name, row in TABLE.items() if row.kind in ("question", "written")} | {"words", "run"}
    assert sorted(TABLE.keys() - made - others) == ["tuple"]  # it stands under data: and expect: only
