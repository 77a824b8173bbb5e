"""Ranges, paths, families with several indices, minimisers and algorithms with data: values and their working."""

from __future__ import annotations

import pytest

from derive.errors import NotEvaluated
from derive.kinds.result import PartResult
from derive.kinds.solve import solve
from derive.notation.derivation import Chain, Line
from derive.notation.reader import read
from derive.notation.text import text
from derive.problem.load import loads
from derive.values.evaluate import Explicit
from derive.vocabulary.scope import Scope

HEAD = """format: 1
title: Ranges with data
index:
  t: 1..3
  i: 1..2
  j: 1..2
symbols:
  w[t]: integer in 1..2
  x: vector(2)
  u: scalar
data:
  v: [1, 3, 3, 2]
  z: [-3, 1, -1]
  M: [[1, 2], [3, 5], [0, 1]]
  y: [1, 0, 2]
  P: [[1, 2], [3, 4]]
  q: [1/2, 1/3]
  W: [[3, 1, 2], [0, 5, 4]]
define:
  f[0, j]: 1
  f[t, j]: sum(P[i, j] * f[t-1, i], i)
  d[1, j]: q[j]
  d[t, j]: min(P[i, j] + d[t-1, i], i)
  p[t]: q[w[1]] * prod(P[w[k-1], w[k]], k=2..t)
  best[t, j]: max(at(p[t], w[t] == j), w[1..t-1])
  L: sqnorm(M @ x - y)
  b: argmin(L, x)
parts:
"""


def solved(find: str, expect: str | None = None) -> PartResult:
    part = f"  - id: a\n    ask: a\n    find: {find}\n" + (f"    expect: {expect}\n" if expect else "")
    used = "  - id: all\n    ask: every name is used\n    find: sum(z) + v[1] + W[1, 1] + best[2, 1] + d[2, 1] + f[1, 1]\n"
    return solve(loads(HEAD + part + used), only="a", second_opinion=False).parts[0]


def lines(result: PartResult) -> list[Line]:
    return [line for b in result.blocks if isinstance(b, Chain) for line in b.lines]


VALUES = [  # asked, expected
    ("argmax(v[i], i=1..4)", "2"),  # of several the first
    ("argmin(v[i], i=1..4)", "1"),
    ("argmax([0.3, 0.1 + 0.2, 0.2][i], i=1..3) + v[1]", "2"),  # a tie, whatever floats make of it
    ("argmin([0.3, 0.1 + 0.2, 0.4][i], i=1..3) + v[1]", "2"),
    ("argmax([0.7 + 0.1, 0.8, 0.1][i], i=1..3) + v[1]", "2"),
    ("argmax(v[i], i=3..4)", "3"),
    ("min(z[i], i=1..3)", "-3"),
    ("max(z[i], i=1..3) - min(v[i], i=1..4)", "0"),
    ("min(max(W[k, l], k=1..2), l=1..3)", "3"),
    ("v[argmax(z[k], k=1..3)]", "3"),
    ("f[2, 1]", "22"),
    ("f[0, 2]", "1"),
    ("max(f[3, j], j)", "172"),
    ("d[1, 2]", "1/3"),
    ("d[3, 2]", "7/2"),
    ("argmin(P[i, 2] + d[2, i], i)", "1"),
    ("max(p[3], w[1..3])", "16/3"),
    ("min(p[3], w[1..3])", "1/2"),
    ("sum(p[3], w[1..3])", "125/6"),
    ("best[3, 1]", "4"),
    ("at(p[3], w == [1, 2, 1])", "3"),
    ("reverse(v)", "[2, 3, 3, 1]"),
    ("reverse(W, rows)", "[[2, 1, 3], [4, 5, 0]]"),
    ("eigmax(P.T @ P)", "29.866"),
    ("b", "[-38/11, 23/11]"),
    ("argmin(L, x)", "[-3.45, 2.09]"),
    ("argmin(L, x)", "[-3.4545, 2.0909]"),
    ("solve(exp(u) == y[3], u)", "0.693"),
    ("kl(normal(1, 4), normal(0, 1))", "1.31"),
    ("Phi(1) + erf(1/2)", "1.3618"),
]


@pytest.mark.parametrize(("find", "expect"), VALUES)
def test_values(find: str, expect: str) -> None:
    result = solved(find, expect)
    assert result.error is None, result.error
    assert result.status == "checked", [(text(x.right), x.verdict) for x in lines(result)]


WRONG = [
    ("argmin(L, x)", "[-3.44, 2.09]"),
    ("kl(normal(1, 4), normal(0, 1))", "1.32"),
    ("argmax(v[i], i=1..4)", "3"),
]


@pytest.mark.parametrize(("find", "expect"), WRONG)
def test_wrong_expectations_are_refused(find: str, expect: str) -> None:
    assert solved(find, expect).status == "failed"


WORKING = [  # asked, a line, and what no line says: a sum that has the value of the extremum by chance
    ("min(z[i], i=1..3)", "min(min(-3, 1), -1)", "-3 + 1 - 1"),
    ("max(v[i], i=1..2)", "max(1, 3)", "1 + 3"),
    ("argmin(z[i], i=1..3)", "1", "-3 + 1 - 1"),
    ("prod(z[i], i=1..3)", "(-3) * 1 * (-1)", "-3 + 1 - 1"),
    ("sum(z[i], i=1..3)", "-3 + 1 - 1", "min(min(-3, 1), -1)"),
]


@pytest.mark.parametrize(("find", "said", "unsaid"), WORKING)
def test_ranges_are_written_out_as_what_they_are(find: str, said: str, unsaid: str) -> None:
    written = [text(line.right) for line in lines(solved(find))]
    assert said in written
    assert unsaid not in written


def test_a_fact_that_the_data_satisfy_counts_and_one_that_they_do_not_is_named() -> None:
    assert solved("argmin(L, x)").status == "checked"
    singular = loads(
        "format: 1\ntitle: t\nsymbols:\n  x: vector(2)\ndata:\n  M: [[1, 2], [2, 4], [3, 6]]\n  y: [1, 0, 2]\n"
        "parts:\n  - id: a\n    ask: a\n    find: argmin(sqnorm(M @ x - y), x)\n"
    )
    result = solve(singular, second_opinion=False).parts[0]
    assert result.status == "not-checked"
    assert "the matrix is singular in inv(M.T @ M)" in str(result.blocks)


REFUSED = [
    ("eigmax([[1, 2], [3, 4]])", "the matrix is not symmetric"),
    (
        "eigvecmin([[2, 1], [1, 2]])",
        "the sign of the eigenvector is not fixed: its largest entries are x and -x",
    ),
    ("eigvecmax([[1, 0], [0, 1]])", "the eigenvalue is a multiple one: it has several eigenvectors"),
]


@pytest.mark.parametrize(("written", "message"), REFUSED)
def test_what_has_no_value_says_why(written: str, message: str) -> None:
    with pytest.raises(NotEvaluated) as caught:
        Explicit(Scope()).value(read(written, Scope()))
    assert caught.value.message == message


# ---------------------------------------------------------------- algorithms

ALGORITHMS = """format: 1
title: Algorithms with data
data:
  A: [[2, 1], [1, 3]]
  b: [1, 2]
  v: [4, 1, 3]
  q: [1/2, 1/2]
symbols:
  A: matrix(2, 2)
  b: vector(2)
parts:
  - id: alg
    ask: alg
    algorithm: |
      function gd(A, b, T: integer):
        x = zeros(2)
        for t = 1..T:
          x = x - 1/10 * (A @ x - b)
        return x
      function smallest(v, n: integer):
        k = 1
        for i = 2..n:
          if v[i] < v[k]:
            k = i
        return k
      function prefix(v, n: integer):
        s[0] = 0
        for i = 1..n:
          s[i] = s[i-1] + v[i]
        return s[n]
      function factorial(n: integer):
        if n <= 1:
          return 1
        return n * factorial(n - 1)
      function unset(v):
        if v[1] < 0:
          a = 1
        return a
      function endless(v):
        a = 1
        while a > 0:
          a = a + 1
        return a
  - id: a
    ask: a
    find: {find}
    expect: {expect}
  - id: rest
    ask: rest
    find: sum(v) + sum(q) + sum(b) + A[1, 1]
"""
RUNS = [
    ("gd(A, b, 3)", "[39/200, 83/200]"),
    ("gd(A, b, 0)", "[0, 0]"),
    ("sqnorm(gd(A, b, 1))", "1/20"),
    ("smallest(v, 3)", "2"),
    ("v[smallest(v, 3)]", "1"),
    ("prefix(v, 2)", "5"),
    ("factorial(5)", "120"),
]


@pytest.mark.parametrize(("find", "expect"), RUNS)
def test_algorithms_run_on_data(find: str, expect: str) -> None:
    problem = loads(ALGORITHMS.replace("{find}", find).replace("{expect}", expect))
    result = solve(problem, only="a", second_opinion=False).parts[0]
    assert result.error is None, result.error
    assert result.status == "checked"


@pytest.mark.parametrize(
    ("find", "message"), [("unset(v)", "a has no value yet"), ("endless(v)", "does not end soon")]
)
def test_runs_without_a_value_say_why(find: str, message: str) -> None:
    problem = loads(ALGORITHMS.replace("{find}", find).replace("{expect}", "1"))
    result = solve(problem, only="a", second_opinion=False).parts[0]
    assert result.error is not None
    assert message in result.error.message
