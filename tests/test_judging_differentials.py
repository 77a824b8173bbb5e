"""Differentials in several names: what stands under a d moves, each with the others fixed."""

from __future__ import annotations

import pytest

from derive.tree.nodes import walk
from tests.judging_problems import judged

BATCH = """format: 1
title: Softmax regression on a batch
symbols:
  X: matrix(N, d)
  Y: matrix(N, K) stochastic
  W: matrix(d, K)
  b: vector(K)
  w: vector(d)
  y: vector(N)
define:
  Z: X @ W + ones(N) @ b.T
  P: softmax(Z, rows)
  C: sum(logsumexp(Z, rows)) / N - sum(Y * Z) / N
  r: X @ w - y
  L: sqnorm(r)
parts:
  - id: a
    ask: The weights.
    find: gradient(C, W)
  - id: b
    ask: The bias.
    find: gradient(C, b)
  - id: c
    ask: A line.
    find: gradient(L, w)
"""
ROWS = [
    (r"$$\mathrm dZ = X\,\mathrm dW + \mathbf 1_N\,\mathrm db^\top$$", "holds"),
    (r"$$dZ = X\,dW + \mathbf 1_N\,db^\top$$", "holds"),
    (r"$$dZ = dX\,W + X\,dW + \mathbf 1_N\,db^\top$$", "holds"),
    (r"$$dZ = \mathbf 1_N\,db^\top$$", "holds"),
    (r"$$dZ = \mathbf 1_N\,(db)^\top$$", "holds"),
    (r"$$dZ = X\,dW$$", "holds"),
    (r"$$dZ = X\,dW - \mathbf 1_N\,db^\top$$", "wrong"),
    (r"$$dZ = 2X\,dW + \mathbf 1_N\,db^\top$$", "wrong"),
    (r"$$\mathrm dZ = -\mathbf 1_N\,\mathrm db^\top$$", "wrong"),
    (
        r"$$dC = \tfrac1N\operatorname{tr}\bigl((P-Y)^\top X\,dW\bigr) + \tfrac1N\mathbf 1^\top(P-Y)\,db$$",
        "holds",
    ),
    (
        r"$$dC = \tfrac1N\operatorname{tr}\bigl((P-Y)^\top X\,dW\bigr) - \tfrac1N\mathbf 1^\top(P-Y)\,db$$",
        "wrong",
    ),
    (r"$$dC = \tfrac1N\mathbf 1^\top(P-Y)\,db$$", "holds"),
    (r"$$dC = \mathbf 1^\top(P-Y)\,db$$", "wrong"),
    (r"$$dL = 2 r^\top dr$$", "holds"),
    (r"$$dL = r^\top dr$$", "wrong"),  # d times both sides would be true
]


@pytest.mark.parametrize(("line", "verdict"), ROWS)
def test_each_name_moves_with_the_others_fixed(line: str, verdict: str) -> None:
    assert [c.verdict for c in judged(BATCH, [line]).claims] == [verdict]


def test_a_part_asks_for_one_of_them_and_the_other_is_looked_at_too() -> None:
    rows = [
        r"$$\begin{aligned}",
        r"dZ &= 2 X\,dW + \mathbf 1_N\,db^\top \\",
        r"\nabla_b C &= \tfrac1N (P-Y)^\top\mathbf 1_N",
        r"\end{aligned}$$",
    ]
    assert [c.verdict for c in judged(BATCH, rows).claims] == ["wrong", "holds"]


def test_a_repair_holds_in_all_of_them() -> None:
    (claim,) = judged(BATCH, [r"$$dZ = X\,dW - \mathbf 1_N\,db^\top$$"]).claims
    assert claim.repair is not None
    assert {n.symbol.name for n in walk(claim.repair.node) if n.op == "sym"} >= {"W", "b"}
