"""The smallest edit that says something is offered: one wrong answer a row, its repair and what is no repair."""

from __future__ import annotations

import re

import pytest
from judging_problems import judged

from derive.judging.judged import Judged, Report
from derive.judging.sentences import spoken
from derive.render.say import in_text

HEAD = "format: 1\ntitle: small\n"
PART = "parts:\n  - id: a\n    ask: q\n    find: "
SOURCES = {
    "softmax": "symbols:\n  s: vector(K)\ndefine:\n  a: softmax(s)\n" + PART + "jacobian(a, s)\n",
    "classes": """symbols:
  Z: matrix(N, K)
  Y: matrix(N, K)
define:
  P: softmax(Z, rows)
  L: -1/N * sum(Y * log(P))
"""
    + PART
    + "gradient(L, Z)\n",
    "net": """symbols:
  x: vector(d)
  t: scalar
  W: matrix(h, d)
  w: vector(h)
define:
  z: W @ x
  f: w.T @ relu(z)
  L: 1/2 * (f - t)**2
"""
    + PART
    + "gradient(L, W)\n",
    "taps": """index:
  i: 1..n
symbols:
  x: vector(n)
  t: vector(n)
  b: scalar
define:
  y[i]: tanh(x[i] + b)
  L: 1/2 * sum((y[i] - t[i])**2, i)
"""
    + PART
    + "gradient(L, b)\n",
    "counts": """index:
  i: 1..n
symbols:
  k[i]: scalar positive
  a: scalar positive
  r: scalar positive
define:
  l: sum(k[i] * log(r) - r, i) + a * log(r)
"""
    + PART
    + "gradient(l, r)\n",
    "moments": "symbols:\n  x: vector(d)\ndefine:\n  mu: mean(x)\n  v: var(x)\n" + PART + "gradient(v, x)\n",
    "ridge": """symbols:
  X: matrix(n, d) full_column_rank
  y: vector(n)
  w: vector(d)
  m: vector(d)
  A: matrix(d, d) spd
define:
  J: 1/2 * sqnorm(y - X @ w) + 1/2 * (w - m).T @ A @ (w - m)
"""
    + PART
    + "hessian(J, w)\n  - id: b\n    ask: q\n    find: argmin(J, w)\n",
    "plain": """symbols:
  X: matrix(n, d)
  y: vector(n)
  w: vector(d)
  lambda: scalar positive
define:
  J: 1/2 * sqnorm(y - X @ w) + lambda/2 * sqnorm(w)
"""
    + PART
    + "hessian(J, w)\n",
    "normed": "symbols:\n  u: vector(d) nonzero\n  g: scalar\ndefine:\n  w: g * u / norm(u)\n"
    + PART
    + "jacobian(w, u)\n",
    "state": """symbols:
  V: matrix(n, n)
  h: vector(n)
  e: vector(n)
define:
  a: V @ h
  L: e.T @ tanh(a)
"""
    + PART
    + "gradient(L, h)\n",
    "policy": """symbols:
  a: vector(K) ~ normal(m, s)
  m: vector(K)
  s: scalar positive
  r: vector(K)
define:
  g: (r.T @ a) * (a - m)
"""
    + PART
    + "E(g)\n",
    "steps": """index:
  t: 1..T
symbols:
  x[t]: vector(d)
  W: matrix(n, d)
  U: matrix(n, n)
  v: vector(n)
  s[0]: vector(n)
define:
  s[t]: tanh(W @ x[t] + U @ s[t-1])
  l[t]: 1/2 * (v.T @ s[t])**2
  L: sum(l[t], t)
"""
    + PART
    + "gradient(L, W)\n    in_terms_of: gradient(L, s[t])\n",
}
CASES = (
    r"\frac{\partial a_i}{\partial s_j} = \begin{cases}a_i(1-a_i)&\text{if } i=j\\%sa_ia_j&\text{if } i\ne j"
    r"\end{cases}"
)

MENDED = [
    # nothing that divides by what may be zero
    ("softmax", [CASES % ""], "wrong sign of (1 - kronecker(i, j)) * a[i] * a[j]"),
    (
        "classes",
        [r"\frac{\partial \log P_{ik}}{\partial Z_{ij}} = \delta_{kj} - P_{ik}"],
        "P[i, k] should be P[i, j]",
    ),
    # the index that is meant
    (
        "net",
        [r"\frac{\partial L}{\partial W_{jk}} = (f-t) w_j \mathbf 1[z_j > 0] x_j"],
        "the index j should be k",
    ),
    # not the line before, but what is wrong
    (
        "taps",
        [
            r"\frac{\partial L}{\partial b} = \sum_{i=1}^n \frac{\partial L}{\partial y_i}\frac{\partial y_i}{\partial b}",
            r"= \sum_{i=1}^n (y_i - t_i) y_i (1 - y_i)",
        ],
        "should be 1 - y[i]**2",
    ),
    (
        "counts",
        [
            r"\frac{\partial l}{\partial r} = \sum_{i=1}^n\left(\frac{k_i}{r} - 1\right) + \frac ar",
            r"= \frac1r \sum_{i=1}^n k_i - 1 + \frac ar",
        ],
        "-1 should be -n",
    ),
    # a count, and no norm of ones
    ("moments", [r"\frac{\partial v}{\partial x_i} = 2 (x_i - \mu)"], "missing a factor 1 / d"),
    # the identity
    ("plain", [r"\nabla_w^2 J = X^\top X"], "the term lambda * eye(d) is missing"),
    # what does not go through a sum, or a mean through a product
    (
        "ridge",
        [r"\hat w = (X^\top X)^{-1} X^\top y + A^{-1} A m"],
        "the inverse of a sum is no sum of inverses",
    ),
    (
        "policy",
        [r"\mathbb E[g] = \mathbb E[r^\top a]\,\mathbb E[a - m]"],
        "are not independent: the mean of their product is not the product of their means",
    ),
    # an exponent, and no identity put in
    (
        "normed",
        [r"\frac{\partial w}{\partial u} = g \left(\frac{I}{\|u\|} - \frac{u u^\top}{\|u\|^2}\right)"],
        "the exponent of norm(u) should be 3",
    ),
    # factors that are exchanged
    (
        "state",
        [r"\nabla_h L = (1 - \tanh^2(a)) \odot V^\top e"],
        "stand in the wrong order",
    ),
    # the derivative of a step
    (
        "steps",
        [
            r"\frac{\partial s_{t,i}}{\partial W_{jk}} = (1 - s_{t,i}^2) \delta_{ij} x_{t,k}",
        ],
        "it is the derivative of that step alone: s[t] reaches W through s[t-1] too",
    ),
]


def of(name: str, formulas: list[str]) -> Report:
    return judged(HEAD + SOURCES[name], ["$$" + "$$\n$$".join(formulas) + "$$"])


def said(report: Report, claim: Judged) -> str:
    return "; ".join(spoken(r, in_text(report.chains[0].scope)) for r in claim.reasons)


@pytest.mark.parametrize(("name", "formulas", "words"), MENDED)
def test_the_smallest_repair(name: str, formulas: list[str], words: str) -> None:
    report = judged(HEAD + SOURCES[name], [r"\begin{align*}", "\\\\\n".join(formulas), r"\end{align*}"])
    claim = report.claims[-1]
    assert claim.is_error
    assert words in said(report, claim)


@pytest.mark.parametrize(("name", "formulas", "words"), [row for row in MENDED if "step alone" not in row[2]])
def test_it_holds_itself(name: str, formulas: list[str], words: str) -> None:
    report = judged(HEAD + SOURCES[name], [r"\begin{align*}", "\\\\\n".join(formulas), r"\end{align*}"])
    found = report.chains[-1].repaired(report.claims[-1])
    left = formulas[0].partition("=")[0]
    assert found is not None
    assert [j.verdict for j in of(name, [f"{left} = {found}"]).claims] == ["holds"]
    assert len(re.sub(r"\W", "", found)) <= 2 * len(re.sub(r"\W", "", formulas[-1])) + 20


STEPS = [
    (r"\frac{\partial a_{t,i}}{\partial W_{jk}} = \delta_{ij} x_{t,k}", "holds"),
    (r"\frac{\partial a_{t,i}}{\partial W_{jk}} = -\delta_{ij} x_{t,k}", "wrong"),
    (r"\frac{\partial a_{t,i}}{\partial W_{jk}} = 2 \delta_{ij} x_{t,k}", "wrong"),
]


@pytest.mark.parametrize(("formula", "verdict"), STEPS)
def test_a_step_of_ones_own_may_be_derived_alone(formula: str, verdict: str) -> None:
    report = judged(HEAD + SOURCES["steps"], ["Let $a_t = W x_t + U s_{t-1}$.", f"$${formula}$$"])
    claim = report.claims[-1]
    assert claim.verdict == verdict
    assert ("as the derivative of that step: s[t-1] is held fixed" in said(report, claim)) == (
        verdict == "holds"
    )


DATA = """data:
  v: [1, 2, 4, 7]
define:
  s: var(v)
  u: v / 3
parts:
  - id: a
    ask: q
    find: u
"""
PRINTED = [
    (r"u = (0.333, 0.667, 1.333, 2.333)", "holds", "to the 3 digits printed"),
    (r"u = (0.333, 0.667, 1.222, 2.333)", "wrong", "1.222 should be 1.333"),
    (r"u = (0.333, 0.667, 1.333, 2.533)", "wrong", "2.533 should be 2.333"),
    (r"u = (0.333, 0.668, 1.222, 2.333)", "wrong", "0.668 should be 0.667; 1.222 should be 1.333"),
]


@pytest.mark.parametrize(("formula", "verdict", "words"), PRINTED)
def test_a_decimal_that_is_right_to_its_digits_is_no_error(formula: str, verdict: str, words: str) -> None:
    report = judged(HEAD + DATA, [f"$${formula}$$"])
    (claim,) = report.claims
    assert claim.verdict == verdict
    assert said(report, claim).startswith(words)
