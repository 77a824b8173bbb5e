"""Lines that leave out a constant, or a factor: they hold where the rest does not depend on what is derived in."""

from __future__ import annotations

import pytest
from judging_problems import judged

SAMPLE = """format: 1
title: normal sample
index:
  i: 1..N
symbols:
  x: vector(N)
  mu: scalar
  s: scalar positive
define:
  L: sum(-log(s) - log(2*pi)/2 - (x[i] - mu)**2 / (2*s**2), i)
parts:
  - id: a
    ask: q
    find: gradient(L, mu)
"""
SQUARES = r"\frac{1}{2 s^2}\sum_{i=1}^N (x_i - \mu)^2"

RIGHT = [
    rf"$$L = -{SQUARES} + \text{{const}}$$",
    rf"$$L = -{SQUARES} + \mathrm{{const.}}$$",
    rf"$$L = \text{{const}} - {SQUARES}$$",
    rf"$$L = -{SQUARES} + const$$",
    rf"$$L = -{SQUARES} \text{{ + constant}}$$",
    rf"$$L = -N\log s - {SQUARES} + C$$",
    rf"$$L \overset{{c}}{{=}} -{SQUARES}$$",
    rf"$$e^L \propto \exp\left(-{SQUARES}\right)$$",
]
WRONG = [
    r"$$L = -\frac{1}{s^2}\sum_{i=1}^N (x_i - \mu)^2 + \text{const}$$",
    r"$$L = 3 + C$$",
    r"$$L \overset{c}{=} -\frac{1}{2 s^2}\sum_i (x_i + \mu)^2$$",
    r"$$e^L \propto \exp\left(-\frac{1}{2 s^2}\sum_i (x_i + \mu)^2\right)$$",
    rf"$$L = -{SQUARES}$$",  # nothing is said to be left out
]


@pytest.mark.parametrize("line", RIGHT)
def test_what_is_left_out_is_constant(line: str) -> None:
    (claim,) = judged(SAMPLE, [line]).claims
    assert claim.verdict == "holds"
    assert any("in {0}" in r.text or "depend on {0}" in r.text for r in claim.reasons)


@pytest.mark.parametrize("line", WRONG)
def test_the_rest_must_be_right(line: str) -> None:
    assert [c.verdict for c in judged(SAMPLE, [line]).claims] == ["wrong"]


def test_later_lines_of_a_chain_need_not_say_so_again() -> None:
    rows = [
        r"$$\begin{aligned}",
        rf"L &= -{SQUARES} + \text{{const}} \\",
        r"&= \frac{\mu}{s^2}\sum_i x_i - \frac{N\mu^2}{2 s^2} \\",
        r"&= \frac{\mu}{s^2}\sum_i x_i - \frac{N\mu^2}{s^2}",
        r"\end{aligned}$$",
    ]
    assert [c.verdict for c in judged(SAMPLE, rows).claims] == ["holds", "holds", "wrong"]


def test_a_declared_c_is_no_constant() -> None:
    source = SAMPLE.replace("  s: scalar positive", "  s: scalar positive\n  c: scalar")
    assert [c.verdict for c in judged(source, [rf"$$L = -{SQUARES} + c$$"]).claims] == ["wrong"]


ENTROPY = """format: 1
title: free energy
symbols:
  p: vector(K) simplex
  e: vector(K)
  T: scalar positive
define:
  F: e.T @ p + T * sum(p * log(p))
parts:
  - id: a
    ask: q
    find: argmin(F, p)
"""


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"At the optimum $p_k \propto \exp(-e_k/T)$.", "holds"),
        (r"At the optimum $p_k \propto \exp(e_k/T)$.", "wrong"),
        (r"At the optimum $p_k \propto \exp(-e_k)$.", "wrong"),
        (r"At the optimum $\log p_k = -e_k/T + \text{const}$.", "holds"),
        (r"At the optimum $\log p_k = -e_k T + \text{const}$.", "wrong"),
        (r"$e_k \propto 1$", "not-checked"),
    ],
)
def test_the_same_constant_for_every_entry(line: str, verdict: str) -> None:
    assert [c.verdict for c in judged(ENTROPY, [line]).claims] == [verdict]
