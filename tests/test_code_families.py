"""Programs that return families: arrays, filled from 0 on where loops fill them."""

from __future__ import annotations

import pytest

from derive.kinds.solve import solve
from derive.notation.derivation import Listing
from derive.problem.load import loads

HEAD = """format: 1
title: t
symbols:
  S: matrix(n, n)
  X: matrix(m, n)
  v: vector(n)
parts:
  - id: a
    ask: a
    code: |
"""
PROGRAMS = [  # the function, what its program says, a claim
    (
        "function causal(S):\n  for i = 1..n:\n    for j = 1..n:\n      if j > i:\n        A[i, j] = 0\n"
        "      else:\n        A[i, j] = S[i, j]\n  return A",
        ["n, _ = S.shape", "A = np.zeros((n, n))", "A[i - 1, j - 1] = S[i - 1, j - 1]", "return A"],
        "causal(S)[2, 1] == S[2, 1]",
    ),
    (
        "function flipped(X):\n  for j = 1..n:\n    for i = 1..m:\n      A[j, i] = X[i, j]\n  return A",
        ["m, n = X.shape", "A = np.zeros((n, m))", "A[j - 1, i - 1] = X[i - 1, j - 1]"],
        "flipped(X) == X.T",
    ),
    (
        "function squares(v):\n  for i = 1..n:\n    s[i] = v[i]**2\n  return s",
        ["s = np.zeros(n)", "s[i - 1] = v[i - 1]**2", "return s"],
        "squares(v) == v**2",
    ),
    (  # some members only: no array of zeros
        "function some(v):\n  for i = 1..n:\n    if v[i] > 0:\n      s[i] = v[i]\n  return s",
        ["s = {}", "return np.array([member for _, member in sorted(s.items())])"],
        "",
    ),
    (
        "function sums(v):\n  s[0] = 0\n  for i = 1..n:\n    s[i] = s[i-1] + v[i]\n  return s",
        ["s = {}", "s[0] = 0", "return np.array([member for _, member in sorted(s.items())])"],
        "",
    ),
    (  # members that are indices stay whole numbers
        "function places(v):\n  for i = 1..n:\n    k[i] = argmax(v[j], j=1..n)\n    x[i] = v[k[i]]\n  return k",
        ["k = {}", "return np.array([member for _, member in sorted(k.items())])"],
        "",
    ),
    (
        "function lower(S):\n  for i = 1..n:\n    for j = 1..i:\n      A[i, j] = S[i, j]\n  return A",
        ["A = {}", "return np.array([member for _, member in sorted(A.items())])"],
        "",
    ),
]


@pytest.mark.parametrize(("function", "said", "claim"), PROGRAMS)
def test_families_are_returned_as_arrays(function: str, said: list[str], claim: str) -> None:
    indented = "".join(f"      {line}\n" for line in function.split("\n"))
    source = HEAD + indented + (f"    claims:\n      - {claim}\n" if claim else "")
    result = solve(loads(source)).parts[0]
    assert result.status == "checked"
    listing = next(b for b in result.blocks if isinstance(b, Listing))
    written = [str(row.pieces[0].said).strip() for row in listing.rows]
    assert [line for line in said if line not in written] == []


def test_a_wrong_claim_about_a_matrix_fails() -> None:
    function, _, _ = PROGRAMS[1]
    indented = "".join(f"      {line}\n" for line in function.split("\n"))
    wrong = HEAD + indented + "    claims:\n      - flipped(X) == 2 * X.T\n"
    assert solve(loads(wrong)).parts[0].status == "failed"
