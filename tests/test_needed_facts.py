"""Claims beside prose say the declared facts without which they would be false, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.kinds.result import ProblemResult
from derive.kinds.solve import solve
from derive.problem.load import load
from derive.render.json_view import problem_json
from derive.render.latex_view import problem_latex
from derive.render.text_view import problem_text

SYMBOLS = """format: 1
title: Facts
symbols:
  a: scalar positive
  b: scalar positive
  t: scalar in (0, 1)
  x: vector(n) positive
  p: vector(n) simplex
  S: matrix(n, n) symmetric
  y: vector(n)
  z: vector(n)
define:
  v: a * y
parts:
  - id: a
    ask: What holds?
    answer: This.
    claims:
      - """

ROWS = [  # claim, what it needs
    ("gradient(relu(a), a) == 1", ["a > 0"]),
    ("abs(a * b) == a * b", ["a > 0", "b > 0"]),
    ("a + b == b + a", []),
    ("norm(v) == a * norm(y)", ["a > 0"]),  # behind a definition
    ("t**2 <= t", ["0 < t < 1"]),
    ("norm1(x) == sum(x)", ["the entries of x are positive"]),
    ("sum(p) == 1", ["p is a vector of probabilities"]),
    ("y.T @ S @ z == z.T @ S @ y", ["S is symmetric"]),
    ("y.T @ S @ z == z.T @ S.T @ y", []),
    ("a + 1 / a >= 2", ["a > 0"]),  # moderate values alone would not show it
]


def _solved(claim: str, folder: Path) -> ProblemResult:
    file = folder / "facts.yaml"
    file.write_text(SYMBOLS + claim + "\n")
    return solve(load(file), second_opinion=False)


@pytest.mark.parametrize(("claim", "wanted"), ROWS, ids=[row[0] for row in ROWS])
def test_needed(claim: str, wanted: list[str], tmp_path: Path) -> None:
    result = _solved(claim, tmp_path)
    assert result.status == "checked"
    assert problem_json(result)["parts"][0]["claims"][0]["where"] == wanted


def test_every_view_says_them(tmp_path: Path) -> None:
    result = _solved("t**2 <= t", tmp_path)
    assert "t**2 <= t   where 0 < t < 1" in problem_text(result)
    assert r"\quad \text{where $0 < t < 1$}" in problem_latex(result)
