r"""Laws that an answer writes without their parameters: `\log p(x \mid z)`, `\mathrm{KL}(q \| p)`."""

from __future__ import annotations

import pytest
from judging_problems import judged

CODE = """format: 1
title: code
symbols:
  x: vector(n)
  z: vector(k) ~ normal(mu, diag(s))
  A: matrix(n, k)
  v: scalar positive
  mu: vector(k)
  s: vector(k) positive
parts:
  - id: like
    ask: q
    find: logpdf(normal(A @ z, v), x)
  - id: div
    ask: q
    find: kl(normal(mu, diag(s)), normal(zeros(k), eye(k)))
  - id: mean
    ask: q
    find: E(logpdf(normal(A @ z, v), x))
"""
DIVERGENCE = r"\frac12 \sum_j (s_j + \mu_j^2 - 1 - \log s_j)"
LIKELIHOOD = r"-\frac{\|x - A z\|^2}{2v} - \frac n2 \log(2\pi v)"

RIGHT = [
    rf"D_{{KL}}(q(z|x) \,\|\, p(z)) = {DIVERGENCE}",
    rf"\mathrm{{KL}}[q \| p] = {DIVERGENCE}",
    r"\nabla_\mu \mathrm{KL} = \mu",
    rf"\log p(x \mid z) = {LIKELIHOOD}",
    r"p(x|z) = (2\pi v)^{-n/2} \exp(-\frac{1}{2v}\|x - A z\|^2)",
    r"\mathbb E_{z\sim q(z|x)}[\log p(x|z)] = -\frac{1}{2v}(\|x - A\mu\|^2 + \operatorname{tr}(A \operatorname{diag}(s) A^\top))"
    r" - \frac n2 \log(2\pi v)",
    r"\log p(z) = -\frac12 (z-\mu)^\top \operatorname{diag}(s)^{-1}(z-\mu) - \frac k2\log(2\pi) - \frac12\sum_j\log s_j",
]
WRONG = [
    r"D_{KL}(q(z|x) \,\|\, p(z)) = \frac12 \sum_j (s_j + \mu_j^2 - 1 + \log s_j)",
    r"\nabla_\mu \mathrm{KL} = 2\mu",
    r"\log p(x \mid z) = -\frac{\|x - A z\|^2}{v} - \frac n2 \log(2\pi v)",
    r"\mathbb E_{z\sim q(z|x)}[\log p(x|z)] = -\frac{1}{2v}\|x - A\mu\|^2 - \frac n2 \log(2\pi v)",
]


@pytest.mark.parametrize("line", RIGHT)
def test_the_law_is_the_one_of_the_problem(line: str) -> None:
    assert [c.verdict for c in judged(CODE, [f"$${line}$$"]).claims] == ["holds"]


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_line_about_it_is_caught(line: str) -> None:
    assert [c.verdict for c in judged(CODE, [f"$${line}$$"]).claims] == ["wrong"]


def test_of_two_divergences_nobody_knows_which() -> None:
    other = "  - id: other\n    ask: q\n    find: kl(normal(mu, eye(k)), normal(zeros(k), eye(k)))\n"
    assert [c.verdict for c in judged(CODE + other, [rf"$$\mathrm{{KL}}(q\|p) = {DIVERGENCE}$$"]).claims] == [
        "unreadable"
    ]


TABLE = """format: 1
title: shares
data:
  D:
    - {y: 1, x1: 0}
    - {y: 1, x1: 0}
    - {y: 1, x1: 1}
    - {y: 0, x1: 1}
parts:
  - id: a
    ask: q
    find: naive_bayes(D, y, smoothing=0)
"""
SHARES = [
    (r"P(y = 0) = \frac14", "restated"),
    (r"P(y = 0) = 1 - \frac34", "holds"),
    (r"P(x_1 = 0 \mid y = 1) = \frac23", "restated"),
    (r"P(x_1 = 0 \mid y = 1) = \frac13", "wrong"),
    (r"P(x_1 = 2 \mid y = 1) = \frac13", "unreadable"),
]


@pytest.mark.parametrize(("line", "verdict"), SHARES)
def test_probabilities_that_are_asked_of_a_table(line: str, verdict: str) -> None:
    assert [c.verdict for c in judged(TABLE, [f"$${line}$$"]).claims] == [verdict]
