r"""Means and variances that an answer gives names, and derivatives in \\sigma^2: the gradients of a batch normalisation."""

from __future__ import annotations

import pytest
from judging_problems import judged

BATCH = """format: 1
title: batch normalisation
symbols:
  a: vector(M)
  gamma: scalar
  beta: scalar
  eps: scalar positive
  sigma: scalar positive
  mu: scalar
  L: scalar of y
define:
  z: (a - mean(a)) / sqrt(var(a) + eps)
  y: gamma * z + beta
  other: mu + sigma
parts:
  - id: a
    ask: q
    find: gradient(L, a)
"""
GAUSS = """format: 1
title: gauss
index:
  i: 1..n
symbols:
  x[i]: scalar
  mu: scalar
  sigma: scalar positive
define:
  l: sum(logpdf(normal(mu, sigma**2), x[i]), i)
parts:
  - id: a
    ask: q
    find: argmax(l, sigma)
"""
MEAN = r"$$m_B = \frac1M \sum_{i=1}^M a_i$$"
VARIANCE = r"$$s_B^2 = \frac1M \sum_{i=1}^M (a_i - m_B)^2$$"
SLOPE = r"$$\frac{\partial L}{\partial s_B^2} = %s \sum_i \frac{\partial L}{\partial z_i} (a_i - m_B) (s_B^2 + \epsilon)^{-3/2}$$"
BATCHES = [  # the lines, and whether the last one is right; the others only give names
    ([MEAN, r"$$\frac{\partial z_i}{\partial m_B} = \frac{-1}{\sqrt{\operatorname{var}(a) + \epsilon}}$$"], True),
    ([MEAN, r"$$\frac{\partial z_i}{\partial m_B} = \frac{1}{\sqrt{\operatorname{var}(a) + \epsilon}}$$"], False),
    ([MEAN, VARIANCE, r"$$z_i = \frac{a_i - m_B}{\sqrt{s_B^2 + \epsilon}}$$"], True),
    ([MEAN, VARIANCE, r"$$z_i = \frac{a_i - m_B}{\sqrt{s_B + \epsilon}}$$"], False),
    ([MEAN, VARIANCE, SLOPE % r"-\frac12"], True),
    ([MEAN, VARIANCE, SLOPE % r"\frac12"], False),
    ([r"$$v = \operatorname{var}(a)$$", SLOPE.replace("s_B^2", "v").replace("m_B", r"\operatorname{mean}(a)") % r"-\frac12"], True),
    ([r"$$v = \frac1M \|a - \operatorname{mean}(a)\|^2$$", SLOPE.replace("s_B^2", "v").replace("m_B", r"\operatorname{mean}(a)") % "-"], False),
    ([MEAN, VARIANCE, r"$$\frac{\partial L}{\partial a_i} = \frac{\partial L}{\partial z_i} \frac1{\sqrt{s_B^2 + \epsilon}} + \frac{\partial L}{\partial s_B^2} \frac{2(a_i - m_B)}M + \frac{\partial L}{\partial m_B} \frac1M$$"], True),
    ([MEAN, VARIANCE, r"$$\frac{\partial L}{\partial a_i} = \frac{\partial L}{\partial z_i} \frac1{\sqrt{s_B^2 + \epsilon}} + \frac{\partial L}{\partial s_B^2} \frac{a_i - m_B}M + \frac{\partial L}{\partial m_B} \frac1M$$"], False),
    ([r"Let $\sigma^2 = \operatorname{var}(a)$.", r"$$z_i = \frac{a_i - \operatorname{mean}(a)}{\sqrt{\sigma^2 + \epsilon}}$$"], True),
    ([r"Let $\sigma^2 = \operatorname{var}(a)$.", r"$$z_i = \frac{a_i - \operatorname{mean}(a)}{\sqrt{\sigma + \epsilon}}$$"], False),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "right"), BATCHES)
def test_the_names_of_a_mean_and_a_variance(lines: list[str], right: bool) -> None:
    report = judged(BATCH, lines)
    assert [j.verdict for j in report.claims[:-1]] == ["given"] * (len(lines) - 1)
    assert report.claims[-1].verdict == ("holds" if right else "wrong")


SQUARES = [
    (r"\frac{\partial l}{\partial \sigma^2} = -\frac n{2\sigma^2} + \frac1{2\sigma^4} \sum_i (x_i - \mu)^2", True),
    (r"\frac{\partial l}{\partial \sigma^2} = -\frac n\sigma + \frac1{\sigma^3} \sum_i (x_i - \mu)^2", False),
    (r"\frac{\partial l}{\partial (\sigma^2)} = -\frac n{2\sigma^2} + \frac1{2\sigma^4} \sum_i (x_i - \mu)^2", True),
    (r"\frac{\partial^2 l}{\partial (\sigma^2)^2} = \frac n{2\sigma^4} - \frac1{\sigma^6} \sum_i (x_i - \mu)^2", True),
    (r"\frac{\partial^2 l}{\partial (\sigma^2)^2} = \frac n{2\sigma^4} - \frac2{\sigma^6} \sum_i (x_i - \mu)^2", False),
    (r"\frac{\partial^2 l}{\partial \sigma^2} = \frac n{\sigma^2} - \frac3{\sigma^4} \sum_i (x_i - \mu)^2", True),
    (r"\frac{\partial^2 l}{\partial \mu \partial \sigma^2} = -\frac1{\sigma^4} \sum_i (x_i - \mu)", True),
    (r"\frac{\partial^2 l}{\partial \mu \partial \sigma^2} = -\frac2{\sigma^3} \sum_i (x_i - \mu)", False),
]  # fmt: skip


@pytest.mark.parametrize(("line", "right"), SQUARES)
def test_derivatives_in_a_square(line: str, right: bool) -> None:
    assert [j.verdict for j in judged(GAUSS, [f"$${line}$$"]).claims] == ["holds" if right else "wrong"]


NORMAL = """format: 1
title: a variance that is printed as a square
index:
  i: 1..n
symbols:
  x[i]: scalar
  mu: scalar
  v: scalar positive
define:
  l: sum(logpdf(normal(mu, v), x[i]), i)
notation:
  v: \\sigma^2
parts:
  - id: a
    ask: q
    find: argmax(l, v)
"""
SUM = r"\\sum_i (x_i - \\mu)^2".replace("\\\\", "\\")
ROOTS = [
    (rf"l = -n\log\sigma - \frac n2\log 2\pi - \frac{{1}}{{2\sigma^2}}{SUM}", "holds"),
    (rf"l = -n\log\sigma^2 - \frac n2\log 2\pi - \frac{{1}}{{2\sigma^2}}{SUM}", "wrong"),
    (rf"\frac{{\partial l}}{{\partial\sigma}} = -\frac n\sigma + \frac{{1}}{{\sigma^3}}{SUM}", "holds"),
    (rf"\frac{{\partial l}}{{\partial\sigma}} = -\frac n\sigma + \frac{{1}}{{2\sigma^3}}{SUM}", "wrong"),
    (
        rf"\frac{{\partial l}}{{\partial\sigma^2}} = -\frac{{n}}{{2\sigma^2}} + \frac{{1}}{{2\sigma^4}}{SUM}",
        "holds",
    ),
    (
        rf"\frac{{\partial l}}{{\partial\sigma^2}} = -\frac{{n}}{{2\sigma^2}} + \frac{{1}}{{2\sigma^3}}{SUM}",
        "wrong",
    ),
    (rf"\hat\sigma^2 = \frac1n {SUM}", "holds"),
    (rf"\hat\sigma = \sqrt{{\frac1n {SUM}}}", "holds"),
    (rf"\sigma = \frac1n {SUM}, \quad \hat\sigma = \frac1n {SUM}", "wrong"),
]


@pytest.mark.parametrize(("line", "verdict"), ROOTS)
def test_a_root_of_what_is_printed_as_a_square(line: str, verdict: str) -> None:
    found = [c.verdict for c in judged(NORMAL, [f"$${line}$$"]).claims]
    assert found[-1] == verdict
