r"""Names of an answer's own that look like something else: with a prime, with the other case, as a factor."""

from __future__ import annotations

import pytest
from judging_problems import judged

BATCH = """format: 1
title: batch
symbols:
  X: matrix(N, d)
  Y: matrix(N, k)
  W_1: matrix(d, h)
  W_2: matrix(h, k)
define:
  H: tanh(X @ W_1)
  O: H @ W_2
  L: sqnorm(O - Y) / (2 * N)
parts:
  - id: a
    ask: q
    find: gradient(L, W_1)
  - id: b
    ask: q
    find: gradient(L, X)
"""
SQUARES = """format: 1
title: squares
symbols:
  X: matrix(n, d) full_column_rank
  y: vector(n)
  w: vector(d)
define:
  L: sqnorm(y - X @ w)
parts:
  - id: a
    ask: q
    find: gradient(L, w)
"""
POLICY = """format: 1
title: policy
symbols:
  theta: vector(K)
  r: vector(K)
  a: vector(K) ~ categorical(p)
define:
  p: softmax(theta)
  J: p.T @ r
parts:
  - id: a
    ask: q
    find: gradient(J, theta)
"""
UNITS = """format: 1
title: alike units
symbols:
  h: vector(n)
  m: vector(n) ~ bernoulli(q)
  q: scalar in (0, 1)
define:
  f: h.T @ m
parts:
  - id: a
    ask: q
    find: Var(f)
"""
ALIKE = r"Let $V = \operatorname{Var}(m_i)$, the same for all $i$."
LET = r"Let $H' = 1-H\odot H$."
SLOPE = r"$$\nabla_{W_1}L = \frac1N X^\top[((O-Y)W_2^\top)\odot H']$$"
GRAM = r"$$X^\top X w =: G w$$"
COV = r"(\operatorname{diag}(p) - p p^\top) r"
ROWS = [
    # a name with a prime, beside primes that are transposes
    (BATCH, [LET, SLOPE], "given holds"),
    (BATCH, [r"$H' := 1-H\odot H$", SLOPE], "given holds"),
    (BATCH, [SLOPE, r"where $H' = 1-H\odot H$."], "holds given"),
    (BATCH, [LET, r"$$\nabla_{W_1}L = \frac1N X'[((O-Y)W_2')\odot H']$$"], "given holds"),
    (BATCH, [LET, r"$$\nabla_{W_1}L = \frac1N X'[((O+Y)W_2')\odot H']$$"], "given wrong"),
    (BATCH, [r"Let $H' = 1+H\odot H$.", SLOPE], "given wrong"),
    (BATCH, [r"$$\nabla_{W_2}L = \frac1N H'(O-Y)$$"], "holds"),
    (BATCH, [r"$$\nabla_{W_2}L = \frac2N H'(O-Y)$$"], "wrong"),
    (
        SQUARES,
        [r"Let $w' = w - \eta\cdot 2X^\top(Xw-y)$ with $\eta = 1$.", r"$$\nabla_w L = w - w'$$"],
        "given given holds",
    ),
    (SQUARES, [r"Let $w' = w - 2X^\top(Xw-y)$.", r"$$\nabla_w L = w - w'$$"], "given holds"),
    (SQUARES, [r"Let $w' = w - 2X^\top(Xw-y)$.", r"$$\nabla_w L = w' - w$$"], "given wrong"),
    (SQUARES, [r"where $X' = X^\top$.", r"$$\nabla_w L = 2X'(Xw-y)$$"], "restated holds"),
    (SQUARES, [r"where $X' = X$.", r"$$\nabla_w L = 2X'(Xw-y)$$"], "holds-only-if holds"),
    # who says c means another thing by C
    (SQUARES, [r"Let $c = y-Xw$.", r"$$\nabla_w L = -2X^\top c$$"], "given holds"),
    (SQUARES, [r"Let $c = y-Xw$.", r"$$\nabla_w L = -2X^\top C$$"], "given unreadable"),
    (SQUARES, [r"Let $c = y-Xw$.", r"$$\nabla_w L = 2X^\top(C - y)$$"], "given unreadable"),
    # a factor that gets a name
    (SQUARES, [GRAM, r"$$\nabla_w L = 2Gw - 2X^\top y$$"], "given holds"),
    (SQUARES, [GRAM, r"$$\nabla_w L = Gw - 2X^\top y$$"], "given wrong"),
    (SQUARES, [r"$$X^\top X y =: G w$$"], "ill-typed"),
    # what is the same at every index needs none
    (UNITS, [ALIKE, r"$$\operatorname{Var}(f) = V h^\top h$$"], "given holds"),
    (UNITS, [ALIKE, r"$$\operatorname{Var}(f) = V^2 h^\top h$$"], "given wrong"),
    (UNITS, [r"Let $V = \operatorname{Var}(m_i) = q(1-q)$."], "given holds"),
    (UNITS, [r"Let $V = \operatorname{Var}(m_i) = q^2(1-q)$."], "given wrong"),
    (
        UNITS,
        [r"Let $V = \operatorname{Var}(h_i m_i)$.", r"$$\operatorname{Var}(f) = n V$$"],
        "given not-checked",
    ),
    # a vector and a number
    (POLICY, [rf"$$\operatorname{{Cov}}(a, r^\top a) = {COV}$$"], "holds"),
    (POLICY, [r"$$\operatorname{Cov}(r^\top a, a) = r^\top(\operatorname{diag}(p) - p p^\top)$$"], "holds"),
    (POLICY, [r"$$\operatorname{Cov}(a, r^\top a) = \operatorname{diag}(p) r$$"], "wrong"),
    (POLICY, [rf"$$\operatorname{{Cov}}(a, r^\top a) = r^\top{COV}$$"], "holds-only-if"),
]


@pytest.mark.parametrize(("source", "lines", "verdicts"), ROWS, ids=[" ".join(row[1]) for row in ROWS])
def test_names_of_an_answers_own(source: str, lines: list[str], verdicts: str | None) -> None:
    found = " ".join(c.verdict for c in judged(source, lines).claims)
    assert found == verdicts


LENT = """format: 1
title: a name of one part
symbols:
  X: matrix(n, d)
  y: vector(n)
  w: vector(d)
define:
  L: sqnorm(y - X @ w)
parts:
  - id: a
    ask: q
    find: gradient(L, w)
  - id: b
    ask: q
    let:
      r: y - X @ w
    find: r.T @ r
"""


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"$$r^\top r = y^\top y - 2 y^\top X w + w^\top X^\top X w$$", "holds"),
        (r"$$r^\top r = y^\top y - y^\top X w + w^\top X^\top X w$$", "wrong"),
        (r"$$X^\top r = X^\top y - X^\top X w$$", "holds"),
        (r"$$X^\top q = X^\top y - X^\top X w$$", "unreadable"),
    ],
)
@pytest.mark.parametrize("part", [None, "b"])
def test_names_that_one_part_lets(line: str, verdict: str, part: str | None) -> None:
    assert [c.verdict for c in judged(LENT, [line], part).claims] == [verdict]


def test_an_own_name_comes_before_that_of_a_part() -> None:
    lines = [r"Let $r = Xw - y$.", r"$$\nabla_w L = 2X^\top r$$"]
    assert [c.verdict for c in judged(LENT, lines).claims] == ["given", "holds"]
