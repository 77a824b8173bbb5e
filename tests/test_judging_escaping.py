"""Indices that a sum lets run out of their range: never passed over in silence, and no excuse where they do not."""

from __future__ import annotations

from typing import Any

import pytest

from derive.judging.report_json import report_json
from tests.judging_problems import judged

CONVOLUTION = """format: 1
title: A one-dimensional convolution
index:
  i: 1..n
  k: 1..K
symbols:
  x: vector(n+K-1)
  w: vector(K)
  t: vector(n)
define:
  y[i]: tanh(sum(w[k] * x[i+k-1], k))
  L: 1/2 * sum((y[i] - t[i])**2, i)
parts:
  - id: a
    ask: One tap.
    find: gradient(L, w[k])
"""
SUMS = """format: 1
title: Sums with shifts
index:
  t: 1..T
  i: 1..n
  j: 1..n+K-1
  k: 1..K
symbols:
  e[t]: scalar
  g[t]: scalar
  h[0]: scalar
  h[t]: scalar
  x: vector(n)
  v: vector(n)
  B: matrix(n, n)
  z[j]: scalar
  w: vector(K)
define:
  c: sum(e[t] * g[t+1], t=1..T-1)
  q: sum(x[i] * v[i+1], i=1..n-1)
  p: sum(B[i, i+1], i=1..n-1)
  r: sum(g[t] * h[t-1], t)
  y[i]: sum(w[k] * z[i+k-1], k)
  D: sum(x[i] * y[i], i)
parts:
  - id: a
    ask: An input.
    find: gradient(D, z[j])
"""
EXISTING = r"\frac{\partial D}{\partial z_j} = \sum_{k : 1 \le j-k+1 \le n} w_k x_{j-k+1}"
SHIFTED = r"\frac{\partial D}{\partial z_j} = \sum_{k=1}^K w_k x_{j-k}"
TAP = r"\frac{\partial L}{\partial w_k} = \sum_{i=1}^n"
INPUT = r"\frac{\partial D}{\partial z_j} = \sum_{k=1}^K w_k x_{j-k+1}"

ROWS = [
    (CONVOLUTION, rf"$${TAP} (y_i-t_i)(1-y_i^2) x_{{i+k-1}}$$", "holds", ""),
    (
        CONVOLUTION,
        rf"$${TAP} (y_i-t_i)(1-y_i^2) x_{{i-k+1}}$$",
        "wrong",
        r"$x_{i-k+1}$ should be $x_{i+k-1}$",
    ),
    (
        CONVOLUTION,
        rf"$${TAP} \frac{{\partial L}}{{\partial y_i}} (1-y_i^2) x_{{i-k+1}}$$",
        "wrong",
        "does not exist",
    ),
    (CONVOLUTION, rf"Let $d_i = (y_i-t_i)(1-y_i^2)$. $${TAP} d_i x_{{i+k-1}}$$", "holds", ""),
    (CONVOLUTION, rf"Let $d_i = (y_i-t_i)(1-y_i^2)$. $${TAP} d_{{i+k-1}} x_i$$", "wrong", "does not exist"),
    (
        CONVOLUTION,
        r"Let $g_k = \sum_{i=1}^n (y_i-t_i)(1-y_i^2) x_{i-k+1}$. $$\frac{\partial L}{\partial w_k} = g_k$$",
        "wrong",
        "does not exist",
    ),
    (SUMS, r"$$c = \sum_{t=2}^T e_{t-1} g_t$$", "holds", ""),
    (SUMS, r"$$c = \sum_{t=1}^T e_t g_{t+1}$$", "wrong", "the sum should end with $T-1$"),
    (SUMS, r"With $g_{T+1} = 0$, $$c = \sum_{t=1}^T e_t g_{t+1}$$", "holds", "read as 0"),
    (SUMS, r"$$q = \sum_{i=2}^n x_{i-1} v_i$$", "holds", ""),
    (SUMS, r"$$q = \sum_{i=1}^n x_{i-1} v_i$$", "wrong", "the sum should start at $2$"),
    (SUMS, r"$$p = \sum_{i=2}^n B_{i-1,i}$$", "holds", ""),
    (SUMS, r"$$p = \sum_{i=1}^n B_{i,i+1}$$", "wrong", "the sum should end with $n-1$"),
    (SUMS, r"$$r = \sum_{t=0}^{T-1} g_{t+1} h_t$$", "holds", ""),  # h_0 is declared
    (SUMS, r"$$r = \sum_{t=0}^T g_{t+1} h_t$$", "wrong", "the sum should end with $T-1$"),
    (SUMS, r"$$\sum_{s=1}^{t-1} e_{t-s} = \sum_{s=1}^{t-1} e_s$$", "holds", ""),
    (SUMS, r"$$\sum_{s=1}^{t} e_{t-s} = \sum_{s=1}^{t-1} e_s$$", "holds-only-if", "counts as 0"),
    (SUMS, rf"$${INPUT}$$", "holds-only-if", "counts as 0"),
    (SUMS, rf"$${INPUT}$$ where $x_s = 0$ outside $1, \dots, n$.", "holds", "read as 0"),
    (SUMS, rf"$${SHIFTED}$$ where $x_s = 0$ outside $1, \dots, n$.", "wrong", ""),
    (SUMS, rf"$${EXISTING}$$", "holds", ""),
]


@pytest.mark.parametrize(("source", "text", "verdict", "said"), ROWS)
def test_no_index_leaves_its_range_unseen(source: str, text: str, verdict: str, said: str) -> None:
    (claim,) = (
        c for chain in report_json(judged(source, [text]))["chains"] for c in _judged(chain["claims"])
    )
    assert claim["verdict"] == verdict
    assert said in claim["reason"]


def _judged(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that say something; `given` ones say what is meant."""
    return [c for c in claims if c["verdict"] != "given"]
