r"""What a letter of an answer means: names of a list, of a case, under a function, with a prime; letters that may have
any value; one letter in two styles.

Each row is an answer, its problem, and the lines at which something must be found wrong; a right answer has none.
"""

from __future__ import annotations

import pytest
from judging_problems import GAUSS, RIDGE, judged

from derive.judging.judged import Report

BATCH = """format: 1
title: batch
symbols:
  a: vector(M)
  eps: scalar positive
  mu: scalar
  sigma: scalar positive
  u: vector(M)
  nu: scalar
define:
  z: (a - mean(a)) / sqrt(var(a) + eps)
  s: nu * sum(a)
notation:
  eps: \\varepsilon
parts:
  - id: z
    ask: q
    find: jacobian(z, a)
  - id: other
    ask: q
    find: gradient(sigma**2 + mu, mu)
  - id: nu
    ask: q
    find: gradient(s, nu)
"""
LOGITS = """format: 1
title: logits
symbols:
  Z: matrix(N, K)
  z: vector(K)
  c: integer in 1..K
define:
  P: softmax(Z, rows)
  p: softmax(z)
  l: -log(p[c])
parts:
  - id: a
    ask: q
    find: gradient(l, z)
"""
GATE = """format: 1
title: gate
symbols:
  i: vector(n)
  q: vector(n)
  f: vector(n)
  m: vector(n)
define:
  c: f * m + i * tanh(q)
notation:
  i: i_t
  f: f_t
  m: c_{t-1}
  c: c_t
parts:
  - id: a
    ask: q
    find: jacobian(c, m)
"""
LSTM = """format: 1
title: gates over time
index:
  t: 1..T
symbols:
  x[t]: vector(d)
  W: matrix(n, d)
  c[0]: vector(n)
define:
  i[t]: sigmoid(W @ x[t])
  c[t]: i[t] * c[t-1]
parts:
  - id: a
    ask: q
    find: jacobian(c[t], c[t-1])
"""
TREE = """format: 1
title: tree
data:
  glove:
    king: [3, 2, 0]
    queen: [3, 0, 2]
    woman: [0, 0, 2]
    at: [1, 1, 1]
parts:
  - id: a
    ask: q
    find: nearest(glove, king - queen + woman)
"""
LAYERS = """format: 1
title: layers
index:
  l: 1..D
symbols:
  W[l]: matrix(n, n)
  h[0]: vector(n)
define:
  h[l]: tanh(W[l] @ h[l-1])
parts:
  - id: a
    ask: q
    find: jacobian(h[l], h[l-1])
"""
SCALE = """format: 1
title: scale
symbols:
  l: scalar positive
  x: scalar
define:
  k: exp(-x**2 / l)
parts:
  - id: a
    ask: q
    find: gradient(k, x)
"""
H = r"$$H = \lambda I + X^\top X$$"
SEMI = r"$$H = X^\top X$$"
CASES = [
    # said of a whole list
    (BATCH, "z", [r"Let $g = 2 a$, $\mu = \frac1M \sum_{i=1}^M a_i$ and $v = a - \mu$.", r"$$z_i = \frac{a_i - \mu}{\sqrt{\operatorname{var}(a) + \varepsilon}}$$"], []),
    (BATCH, "z", [r"Let $\mu = \operatorname{mean}(a)$ and $\sigma^2 = \frac1M \sum_i (a_i - \mu)^2 + \varepsilon$.", r"$$z_i = \frac{a_i - \mu}{\sigma}$$", r"$$z_i = \frac{a_i - \mu}{\sigma^2}$$"], [3]),
    (BATCH, "z", [r"Let", r"$$v = 2a$$", "and", r"$$\mu = \operatorname{mean}(a)$$", r"$$z = (a - \mu) / \sqrt{\operatorname{var}(a)}$$"], [5]),
    (BATCH, None, [r"Let $g = 2 a$. So $\mu = \operatorname{mean}(a)$."], [1]),
    (BATCH, None, [r"Since $g = 2 a$ and $\mu = \operatorname{mean}(a)$"], [1]),
    # a letter that nothing depends on which is asked; in part other it is
    (BATCH, "z", [r"$\mu = \operatorname{mean}(a)$", r"$$z = \frac{a - \mu \mathbf 1}{\sqrt{\operatorname{var}(a) + \varepsilon}}$$"], []),
    (BATCH, "other", [r"$\mu = \operatorname{mean}(a)$"], [1]),
    (BATCH, "nu", [r"$$\nu = \operatorname{mean}(a)$$"], [1]),
    # a case names nothing
    (LOGITS, None, ["If $i = c$:", r"$$\frac{\partial l}{\partial z_c} = p_c - 1$$", r"If $i \ne c$:", r"$$\frac{\partial l}{\partial z_i} = p_i$$", r"Both: $\frac{\partial l}{\partial z_i} = p_i - \mathbb 1[i = c]$"], []),
    (LOGITS, None, ["If $i = c$:", r"$$\frac{\partial l}{\partial z_i} = p_i - 1$$", r"When $i \ne c$:", r"$$\frac{\partial l}{\partial z_i} = p_i - 1$$"], [4]),
    # entries by n, t, c; a name of the problem whose marks are indices is no new one
    (LOGITS, None, [r"Since $P_{nk} = e^{Z_{nk}} / \sum_j e^{Z_{nj}}$,", r"$$\frac{\partial P_{nk}}{\partial Z_{nj}} = P_{nk} (\delta_{kj} - P_{nj})$$"], []),
    (LOGITS, None, [r"Since $P_{nk} = e^{Z_{nk}} / \sum_j e^{Z_{jk}}$,", r"$$\frac{\partial P_{nk}}{\partial Z_{nj}} = P_{nk} (\delta_{kj} - P_{nk})$$"], [1, 2]),
    # := inside a chain
    (GAUSS, None, [r"$$\hat\mu = \bar z := \frac1N \sum_i x_i$$"], []),
    (GAUSS, None, [r"$$\hat\mu = \bar z := \frac1{N+1} \sum_i x_i$$"], [1]),
    (GAUSS, None, [r"$$\hat\mu = \bar x$$"], []),
    (GAUSS, None, [r"$$\hat\mu = N \bar x$$"], [1]),
    (GAUSS, None, [r"$$\bar x = \sum_i x_i$$", r"$$\hat\mu = \frac1N \bar x$$"], []),
    # a name under a function
    (TREE, None, [r"$$\log p = -0.9 - 1.0 - 1.0 = -2.9$$"], []),
    (TREE, None, [r"$$\log p = -0.9 - 1.0 - 1.0 = -2.8$$"], [1]),
    # a name with a prime
    (RIDGE, None, [r"$J' = \frac{\partial J}{\partial w} = X^\top (Xw - y) + \lambda w$"], []),
    (RIDGE, None, [r"$J' = \frac{\partial J}{\partial w} = X^\top (Xw - y)$"], [1]),
    (RIDGE, None, [r"$$J' = X^\top (Xw - y) + \lambda w$$", r"where $J' = \frac{\partial J}{\partial w}$."], []),
    (RIDGE, None, [r"$$J' = X^\top (Xw - y)$$", r"where $J' = \frac{\partial J}{\partial w}$."], [1]),
    # an index that is also the name of a vector
    (GATE, None, [r"$$c_{t,i} = f_{t,i} c_{t-1,i} + i_{t,i} \tanh(q_i)$$", r"$$\frac{\partial c_{t,i}}{\partial c_{t-1,j}} = f_{t,i} \delta_{ij}$$"], []),
    (GATE, None, [r"$$\frac{\partial c_{t,i}}{\partial c_{t-1,j}} = i_{t,i} \delta_{ij}$$"], [1]),
    (LSTM, None, [r"$$c_{t,i} = i_{t,i} c_{t-1,i}$$", r"$$\frac{\partial c_{t,i}}{\partial c_{t-1,j}} = i_{t,i} \delta_{ij}$$", r"$$i_t = \sigma(W x_t)$$"], []),
    (LSTM, None, [r"$$c_{t,i} = i_{t,i} + c_{t-1,i}$$"], [1]),
    # words of a table
    (TREE, None, [r"$$\text{king} - \text{queen} + \text{woman} = (3, 2, 0) - (3, 0, 2) + (0, 0, 2)$$", "$$= (0, 2, 0)$$"], []),
    (TREE, None, [r"$$\text{king} - \text{queen} + \text{woman} = (0, 2, 2)$$"], [1]),
    # l and \ell
    (LOGITS, None, [r"$$\frac{\partial \ell}{\partial z} = p - e_c$$"], []),
    (LOGITS, None, [r"$$\frac{\partial \ell}{\partial z} = p$$"], [1]),
    (LOGITS, None, [r"$$\ell = \log p_c$$"], [1]),
    (LAYERS, None, [r"$$a^{(\ell)} = W^{(\ell)} h^{(\ell-1)}$$", r"$$\frac{\partial h^{(\ell)}}{\partial a^{(\ell)}} = \operatorname{diag}(1 - h_\ell \odot h_\ell)$$"], []),
    (LAYERS, None, [r"$$h^{(\ell)} = \tanh(W^{(\ell)} h^{(\ell)})$$"], [1]),
    (SCALE, None, [r"$$\frac{\partial k}{\partial x} = -\frac{2 x}{\ell} k$$"], []),
    (SCALE, None, [r"$$\ell = \log k$$", r"$$\frac{\partial \ell}{\partial x} = -\frac{2 x}{l}$$"], []),
    # numbers of an identity
    (RIDGE, None, [r"With $\sigma(-z) = 1 - \sigma(z)$ and $e^{a+b} = e^a e^b$, $1 - \sigma(z) = \frac{e^{-z}}{1 + e^{-z}}$"], []),
    (RIDGE, None, [r"With $1 - \sigma(z) = \frac{e^{z}}{1 + e^{-z}}$"], [1]),
    (RIDGE, None, [r"With $\sigma(-z) = \sigma(z) - 1$"], [1]),
    (RIDGE, None, [r"With $\tanh(s) = 2 \sigma(2s) - 1$, $\tanh(s) = 2 \sigma(s) - 1$"], [1]),
    # vectors: any, of a set, nonzero
    (RIDGE, None, [H, r"For any vector $v \in \mathbb R^d$, $v^\top H v = \lambda \|v\|^2 + \|Xv\|^2 > 0$."], []),
    (RIDGE, None, [H, r"For any vector $v \in \mathbb R^d$, $v^\top H v = \lambda \|v\| + \|Xv\|^2 > 0$."], [2]),
    (RIDGE, None, [H, r"Hence $v^\top H v = \lambda v^\top v + (Xv)^\top Xv \ge 0$ for every $v$."], []),
    (RIDGE, None, [H, r"Hence $v^\top H v = \lambda v^\top v - (Xv)^\top Xv \ge 0$ for every $v$."], [2]),
    (RIDGE, None, [r"Let $a, b \in \mathbb{R}^{d}$ and $H = X^\top X$.", r"$$a^\top H b = b^\top H a$$", r"$$(a + b)^\top H (a + b) = a^\top H a + 2 a^\top H b + b^\top H b$$"], []),
    (RIDGE, None, [r"Let $a, b \in \mathbb{R}^{d}$ and $H = X^\top X$.", r"$$(a + b)^\top H (a + b) = a^\top H a + a^\top H b + b^\top H b$$"], [2]),
    (RIDGE, None, [SEMI, r"For all $v \ne 0$: $v^\top H v = \|Xv\|^2 \ge 0$."], []),
    (RIDGE, None, [H, r"For all $v \in \mathbb R^d \setminus \{0\}$, $v^\top H v < \lambda \|v\|^2$."], [2]),
]  # fmt: skip


def wrong(report: Report) -> list[int]:
    return [j.claim.line for chain in report.chains for j in chain.claims if j.is_error]


def unread(report: Report) -> list[str]:
    return [
        f"{j.claim.latex}: {j.verdict}"
        for chain in report.chains
        for j in chain.claims
        if j.verdict in ("unreadable", "not-checked")
    ]


@pytest.mark.parametrize(("source", "part", "lines", "expected"), CASES)
def test_what_letters_mean(source: str, part: str | None, lines: list[str], expected: list[int]) -> None:
    report = judged(source, lines, part)
    assert (sorted(set(wrong(report))), unread(report)) == (expected, [])


NOT_JUDGED = [
    (RIDGE, [r"For $v \in \mathbb R^d$ with $\|v\| = 1$, $v^\top v \ge 2$."]),  # not just any vector
    (RIDGE, [r"Let $q$ be an eigenvector, $X^\top X q = \kappa q$. For all $q$, $q^\top q \ge 2$."]),
    (RIDGE, [r"For every $v$, $v^\top X^\top X v \ge 0$ with equality iff $X v = 0$."]),  # some vectors
    (RIDGE, [r"$$\tanh(u) = 0.5$$"]),  # said of one u
    (RIDGE, [r"$$J' = X^\top (Xw - y)$$"]),  # no name, no function
    (TREE, [r"$$\text{king} - \text{emperor} = (0, 0, 2)$$"]),
]


@pytest.mark.parametrize(("source", "lines"), NOT_JUDGED)
def test_what_is_not_said_of_all_is_not_judged(source: str, lines: list[str]) -> None:
    report = judged(source, lines)
    assert wrong(report) == []
    assert unread(report) != []


def test_a_strict_form_is_tried_in_its_weakest_direction() -> None:
    report = judged(RIDGE.replace(" full_column_rank", ""), [SEMI, r"For all $v \ne 0$, $v^\top H v > 0$."])
    assert wrong(report) == [2]
    assert wrong(judged(RIDGE, [SEMI, r"For all $v \ne 0$, $v^\top H v > 0$."])) == []
