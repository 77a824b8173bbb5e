r"""Displays without a left side that words lead to: "the gradient of $L$ over the weights is", "we obtain", "hence:"."""

from __future__ import annotations

import pytest
from judging_problems import judged

LEAST = """format: 1
title: least squares
symbols:
  A: matrix(m, n)
  x: vector(n)
  y: vector(m)
  w: vector(n)
define:
  L: sqnorm(A @ w - y)
parts:
  - id: grad
    ask: q
    find: gradient(L, w)
"""
MEAN = """format: 1
title: a mean
symbols:
  A: matrix(n, k)
  m: vector(k)
  s: vector(k) positive
  x: vector(n)
  z: vector(k) ~ normal(m, diag(s))
  v: scalar positive
define:
  g: A @ z
parts:
  - id: mean
    ask: q
    find: E(logpdf(normal(g, v), x))
"""
KL = """format: 1
title: a divergence
symbols:
  m: vector(k)
  s: vector(k) positive
parts:
  - id: div
    ask: q
    find: kl(normal(m, diag(s)), normal(zeros(k), eye(k)))
  - id: grads
    ask: q
    find:
      g_m: gradient(kl(normal(m, diag(s)), normal(zeros(k), eye(k))), m)
      g_s: gradient(kl(normal(m, diag(s)), normal(zeros(k), eye(k))), s)
"""
R, W = r"2 A^\top (A w - y)", r"A^\top (A w - y)"
LED = [  # the text with @@ for the result
    "The gradient of $L$ over the weights is $$@@$$",
    "The gradient of the loss with respect to $w$ is therefore $$@@.$$",
    "The derivative of the loss over the weights is\n\\begin{equation}@@\\end{equation}",
    "so the gradient of the squared residual equals\n\\[@@\\]",
    "Its gradient over the weights is $$@@$$ and we are done.",
    "We obtain $$@@$$",
    "Hence we get the gradient\n$$@@.$$",
    "This gives\n$$@@$$\nas stated.",
    "Hence:\n$$@@$$",
    "Putting this together yields the gradient\n$$@@,$$\nwhere $r = A w - y$.",
    "Differentiating the square gives $$x + w$$ and by the chain rule we get $$@@$$",
]


@pytest.mark.parametrize("part", ["grad", None])
@pytest.mark.parametrize("text", LED)
def test_what_words_lead_to_is_the_answer(text: str, part: str | None) -> None:
    right = [j.verdict for j in judged(LEAST, [text.replace("@@", R)], part).claims]
    wrong = [j.verdict for j in judged(LEAST, [text.replace("@@", W)], part).claims]
    assert "holds" in right
    assert set(right) <= {"holds", "given"}
    assert wrong == ["wrong" if verdict == "holds" else verdict for verdict in right]


NO_RESULTS = [  # what must not be wrong, and is no answer
    r"Consider the matrix $$A^\top A$$",
    r"The term $$x$$ vanishes.",
    r"Hence $$x$$ vanishes.",
    r"We get $$x$$ times a number.",
    r"We obtain $$x$$ as a first step.",
    r"The gradient of the first summand is $$x$$",
    r"The gradient of $x^\top w$ over the weights is $$x$$",
    r"For one example we get $$x$$",
    r"Suppose we get $$x$$",
    r"An important vector is $$x$$",
    r"We do not get $$x$$",
    r"It is known that this gives $$q^\top u$$",
    r"The gradient of the loss in the states is $$x$$ and then $$\nabla_w L = 2 A^\top (A w - y)$$",
    r"This gives $$x$$ By the chain rule, $$\nabla_w L = 2 A^\top (A w - y)$$",
    "We get $$\\frac{\\partial L}{\\partial w}$$ $$= 2 A^\\top (A w - y)$$",
    "We get $$2 A^\\top (A w - y)$$ $$= 2 A^\\top A w - 2 A^\\top y$$",
]


@pytest.mark.parametrize("part", ["grad", None])
@pytest.mark.parametrize("text", NO_RESULTS)
def test_what_is_no_result_is_not_wrong(text: str, part: str | None) -> None:
    assert {j.verdict for j in judged(LEAST, [text], part).claims} <= {"holds", "given", "restated"}


def test_what_is_not_the_end_is_listed() -> None:
    found = judged(LEAST, [r"We obtain $$x$$", "", r"$$\nabla_w L = 2 A^\top (A w - y)$$"], "grad").claims
    assert [(j.verdict, [r.text for r in j.reasons]) for j in found] == [
        ("given", ["not compared with any part"]),
        ("holds", []),
    ]


def test_what_only_its_place_makes_the_answer_says_so() -> None:
    said = [r.text for chain in judged(LEAST, [f"We obtain $${R}$$"], "grad").chains for r in chain.remarks]
    assert said == ["the last formula is read as the answer to part grad"]


MEANS = [
    r"The mean of the log-likelihood over the codes is $$@@$$",
    r"and the mean of the log-likelihood is therefore $$@@$$",
    r"The expectation of the log-likelihood is $$@@$$",
]


@pytest.mark.parametrize("text", MEANS)
def test_the_mean_of_the_likelihood_is_a_mean(text: str) -> None:
    value = r"-\frac{1}{%sv} (\|x - A m\|^2 + \sum_{i,j} A_{ij}^2 s_j) - \frac n2 \log(2\pi v)"
    for factor, verdict in (("2", "holds"), ("", "wrong")):
        found = judged(MEAN, [text.replace("@@", value % factor)], "mean").claims
        assert [j.verdict for j in found] == [verdict]


@pytest.mark.parametrize(("right", "wrong"), [("s_j", "s_j^2"), ("{s_j}", "{2 s_j}")])
def test_a_divergence_without_brackets_is_differentiated(right: str, wrong: str) -> None:
    lines = [
        r"With $\mathrm{KL} = \frac12 \sum_{j=1}^k (s_j + m_j^2 - 1 - \log s_j)$,",
        r"$$\frac{\partial \mathrm{KL}}{\partial m_j} = m_j$$",
        rf"$$\frac{{\partial \mathrm{{KL}}}}{{\partial s_j}} = \frac12 \left(1 - \frac1{{{right}}}\right)$$",
    ]
    assert [j.verdict for j in judged(KL, lines, "grads").claims] == ["given", "holds", "holds"]
    lines[2] = lines[2].replace(right, wrong)
    assert [j.verdict for j in judged(KL, lines, "grads").claims] == ["given", "holds", "wrong"]
