r"""Results without a name of the problem: numbers, shapes, names of the answer's own, several in one display."""

from __future__ import annotations

import pytest
from judging_problems import judged

LAYER = """format: 1
title: a convolution
symbols:
  I: tensor(3, 32, 32)
  conv: Conv2d(3, 8, kernel=3, stride=1, padding=0)
parts:
  - id: shape
    ask: What is the shape of the output?
    find: shape(conv(I))
  - id: params
    ask: How many parameters does it have?
    find: params(conv)
"""
LAW = """format: 1
title: a divergence
symbols:
  m: vector(k)
  s: vector(k) positive
  y: scalar ~ normal(m.T @ m, sum(s))
parts:
  - id: div
    ask: The divergence from the standard normal law.
    find: kl(normal(m, diag(s)), normal(zeros(k), eye(k)))
  - id: var
    ask: The variance of y.
    find: Var(y)
"""
SEVERAL = """format: 1
title: several names
symbols:
  w: vector(n)
  A: matrix(n, n) symmetric
define:
  q: w.T @ A @ w
parts:
  - id: both
    ask: The gradient and the Hessian.
    find:
      g: gradient(q, w)
      H: hessian(q, w)
"""
POOL = """format: 1
title: members
index:
  i: 1..2
symbols:
  X: matrix(4, 4)
  u: vector(2)
define:
  Y[i]: X[2*i-1, 1] + X[2*i, 1]
  L: sum(u[i] * Y[i], i)
parts:
  - id: out
    ask: q
    find:
      Y_1: Y[1]
      Y_2: Y[2]
  - id: grad
    ask: q
    find: gradient(L, X)
"""
KL = r"\frac12 \sum_j (s_j + m_j^2 - 1 %s \log s_j)"
LONG = r"\frac12 \left(\sum_j s_j + \|m\|^2 - k %s \sum_j \log s_j\right)"
ROWS = [  # the problem, the part, the answer with a right and with a wrong piece for @@
    (LAYER, "params", r"The number of parameters is $@@$.", "224", "216"),
    (LAYER, "params", r"The number of parameters is $\boxed{8 \cdot @@}$.", "28 = 224", "27 = 216"),
    (LAYER, "params", "So the number of parameters is\n$$8 \\cdot @@$$", "28 = 224", "27 = 216"),
    (LAYER, "params", "Thus the total number of parameters is\n$$8 \\cdot @@$$", "28 = 224", "27 = 216"),
    (LAYER, "params", r"The layer has $@@$ parameters.", "224", "216"),
    (LAYER, "params", r"$$\boxed{@@}$$", "224", "216"),
    (LAYER, "params", r"$$\text{params} = 8 \cdot @@$$", "28 = 224", "27 = 216"),
    (LAYER, "params", r"$$P = 8 \cdot @@$$", "28 = 224", "27 = 216"),
    (LAYER, "params", r"$$3 \cdot 9 = 27$$ $$@@$$", r"8 \cdot 28 = 224", r"8 \cdot 27 = 216"),
    (LAYER, None, r"The number of parameters is $@@$.", "224", "216"),
    (LAYER, "shape", r"The output has the shape $@@$.", "(8, 30, 30)", "(8, 32, 32)"),
    (LAYER, "shape", r"The output shape is $@@$.", r"8 \times 30 \times 30", r"8 \times 32 \times 32"),
    (LAYER, "shape", r"The shape of the output is $[@@]$.", "8, 30, 30", "30, 30, 8"),
    (LAYER, "shape", r"$$\boxed{(@@)}$$", "8, 30, 30", "8, 30"),
    (LAYER, None, r"The output has the shape $@@$.", "(8, 30, 30)", "(8, 32, 32)"),
    (LAW, "div", rf"$$\mathrm{{KL}} = {KL % '@@'}$$", "-", "+"),
    (LAW, None, rf"$$\mathrm{{KL}} = {KL % '@@'}$$", "-", "+"),
    (LAW, "div", rf"$$D_{{KL}} = {KL % '-'} = {LONG % '@@'}$$", "-", "+"),
    (LAW, "div", rf"The divergence is ${KL % '@@'}$.", "-", "+"),
    (LAW, "div", rf"So the KL divergence is therefore $${KL % '@@'}$$", "-", "+"),
    (LAW, "div", rf"$$u = {KL % '@@'}$$", "-", "+"),
    (LAW, "var", r"Its mean is $m^\top m$, hence its variance is $@@$.", r"\sum_j s_j", r"\sum_j s_j^2"),
    (LAW, "var", r"The variance of $y$ is $@@$.", r"\sum_j s_j", r"\sum_j s_j^2"),
    (LAW, None, "Therefore the variance of $y$ is\n$$@@$$", r"\sum_j s_j", r"\sum_j s_j^2"),
    (LAW, None, r"The expected value of $y$ is $@@$.", r"m^\top m", r"2 m^\top m"),
    (LAW, None, r"The gradient of $m^\top m$ with respect to $m$ is $@@$.", "2m", "m"),
    (LAW, "var", r"$$\operatorname{Var} = @@$$", r"\sum_j s_j", r"\sum_j s_j^2"),
    (SEVERAL, None, r"$$g = 2 A w, \quad H = @@$$", "2A", "A"),
    (SEVERAL, "both", r"$$g = @@ A w,\; H = 2A$$", "2", ""),
    (SEVERAL, "both", r"\begin{align*} g &= 2 A w & H &= @@ \end{align*}", "2A", "A"),
    (SEVERAL, "both", r"\begin{cases} g = 2 A w \\ H = @@ \end{cases}".join(("$$", "$$")), "2A", "A"),
    (SEVERAL, "both", r"The gradient is $2 A w$, and the Hessian is $@@$.", "2 A", "3 A"),
    (POOL, "out", r"$$Y_1 = X_{11} + X_{21}, \quad Y_2 = X_{31} + X_{@@}$$", "41", "42"),
    (POOL, "grad", r"$$\frac{\partial L}{\partial X_{11}} = \frac{\partial L}{\partial Y_@@} \frac{\partial Y_1}{\partial X_{11}}$$", "1", "2"),
    (POOL, None, r"$$\frac{\partial L}{\partial X_{11}} = \frac{\partial L}{\partial Y_@@} \frac{\partial Y_1}{\partial X_{11}}$$", "1", "2"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "part", "text", "right", "wrong"), ROWS)
def test_results_are_held_against_the_part(
    source: str, part: str | None, text: str, right: str, wrong: str
) -> None:
    assert not [j for j in judged(source, [text.replace("@@", right)], part).claims if j.is_error]
    found = [j.verdict for j in judged(source, [text.replace("@@", wrong)], part).claims]
    assert "wrong" in found
    assert set(found) <= {"wrong", "holds", "given", "inherited"}


RIGHT_OF_IT = [row for row in ROWS if row[0] in (LAYER, LAW)]


@pytest.mark.parametrize(("source", "part", "text", "right", "wrong"), RIGHT_OF_IT)
def test_what_is_right_was_compared(source: str, part: str | None, text: str, right: str, wrong: str) -> None:
    assert judged(source, [text.replace("@@", right)], part).right is True


NO_RESULTS = [  # what is not the answer to the part, and does not say so
    (LAYER, "params", r"Each filter has $3 \cdot 9 = 27$ weights."),
    (LAYER, "params", r"The number of parameters of the biases is $8$."),
    (LAYER, "params", r"In the first step, the number of parameters is $216$."),
    (LAYER, "params", r"The layer has $216$ parameters without biases."),
    (LAYER, "params", r"$3 \cdot 9 = 27$ $$\boxed{224}$$"),
    (LAYER, "params", r"The number of parameters is $224$. (Check: $3 \cdot 9 = 27$.)"),
    (LAYER, "params", r"$$\boxed{224}$$ where $$u = 3$$"),
    (LAYER, "params", r"Let $u = 27$."),
    (LAYER, "shape", r"The input has the shape $(3, 32, 32)$."),
    (LAYER, "shape", r"The kernel is $3 \times 3$ and the stride is $1$."),
    (LAW, "var", r"For one entry, the variance of $y$ is $s_1$."),
    (LAW, "var", r"The variance of $y$ is $s_1$ for one entry."),
    (LAW, "var", r"The variance of the noise is $s_1$, the variance of $u$ is $3$."),
    (LAW, "div", r"Let $u = \sum_j s_j$."),
    (LAW, "div", r"$$v = \sum_j \log s_j$$" + "\n" + rf"$$\mathrm{{KL}} = {KL % '-'}$$"),
    (LAW, "div", rf"The divergence is ${KL % '-'}$, since $u = \|m\|^2$."),
]


@pytest.mark.parametrize(("source", "part", "text"), NO_RESULTS)
def test_what_is_no_result_is_not_held_against_the_part(source: str, part: str, text: str) -> None:
    assert not [j for j in judged(source, [text], part).claims if j.is_error]


def test_the_last_formula_of_all_is_said_to_be_taken_for_the_answer() -> None:
    said = [r.text for chain in judged(LAYER, [r"$$P = 216$$"], "params").chains for r in chain.remarks]
    assert said == ["the last formula is read as the answer to part params"]
    assert [j.verdict for j in judged(LAYER, [r"$$P = 216$$"]).claims] == [
        "given"
    ]  # of which part, nobody knows


def test_what_follows_from_a_wrong_result_is_no_further_error() -> None:
    lines = [rf"$$D_{{KL}} = {KL % '+'} = {LONG % '+'}$$"]
    assert [j.verdict for j in judged(LAW, lines, "div").claims] == ["wrong", "inherited"]
    lines = [r"$$\text{params} = 8 \cdot 27 = 216$$"]
    assert [j.verdict for j in judged(LAYER, lines, "params").claims] == ["wrong", "inherited"]
