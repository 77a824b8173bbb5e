r"""Functions that an answer introduces by a formula: `f(z) = \sigma(z)`, then f(Wx), f'(z), \operatorname{diag}(f'(a)).

One more is a row: what is right in RIGHT, the same with an error in WRONG, what nobody can judge in UNREAD.
"""

from __future__ import annotations

from functools import cache

import pytest

from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.problem.load import loads
from derive.problem.model import Problem

LAYER = """
symbols:
  x: vector(n)
  W: matrix(m, n)
  t: vector(m)
  beta: scalar positive
define:
  y: sigmoid(W @ x)
  L: 1/2 * sqnorm(y - t)
parts:
  - id: a
    ask: q
    find: gradient(L, W)
"""
LOGISTIC = """
symbols:
  x: vector(n)
  w: vector(n)
  b: scalar
  y: scalar
define:
  p: sigmoid(w.T @ x + b)
  L: -y*log(p) - (1-y)*log(1-p)
parts:
  - id: a
    ask: q
    find: gradient(L, w)
"""
HIDDEN = """
symbols:
  x: vector(n)
  W: matrix(m, n)
  v: vector(m)
define:
  h: tanh(W @ x)
  L: v.T @ h
parts:
  - id: a
    ask: q
    find: gradient(L, x)
"""
SETUPS = {"layer": LAYER, "logistic": LOGISTIC, "hidden": HIDDEN}


@cache
def problem(name: str) -> Problem:
    return loads(f"format: 1\ntitle: {name}\n{SETUPS[name]}")


def judged(name: str, text: str) -> Report:
    return judge_text(text, "answer.md", [problem(name)])


def verdicts(name: str, text: str) -> list[str]:
    return [j.verdict for j in judged(name, text).claims]


# fmt: off
RIGHT = [
    ("layer", r"Let $f(z) = \sigma(z)$. Then $y = f(Wx)$."),
    ("layer", r"Define $f(z) := 1/(1+e^{-z})$. Then $y = f(Wx)$ and $f'(z) = f(z)(1-f(z))$."),
    ("layer", r"$\frac{\partial L}{\partial W} = ((y-t) \odot f'(Wx)) x^\top$ where $f(z) = \sigma(z)$"),
    ("layer", r"Let $a = Wx$ and $\phi(a) = \sigma(a)$. $\frac{\partial y}{\partial a} = \operatorname{diag}(\phi'(a))$"),
    ("layer", r"Let $f(z) = \sigma(z)$. $\dot f(z) = f(z)(1 - f(z))$ and $f''(z) = f(z)(1-f(z))(1-2f(z))$"),
    ("layer", r"Let $f(z) = \sigma(z)$. $\ddot{f}(z) = \dot{f}(z)(1 - 2f(z))$"),
    ("layer", r"Let $f(z) = \sigma(z)$. $\frac{df}{dz} = f(z)(1-f(z))$ and $\frac{d}{dz} f(z) = f(z)(1-f(z))$"),
    ("layer", r"Let $f(x) = \sigma(\beta x)$. $f'(x) = \beta f(x) \odot (1 - f(x))$"),  # x is a vector elsewhere
    ("layer", r"Let $f(u) = \sigma(u)$ and $g(u) = -u$. $(f \circ g)(Wx) = 1 - y$"),
    ("layer", r"$\sigma(Wx) =: y$ and $\sigma(z) =: f(z)$, so $L = \frac12\|f(Wx) - t\|^2$"),
    ("layer", r"Let $f(z)=\sigma(z)$ and $h = f(Wx)$. $\frac{\partial L}{\partial h} = h - t$"),
    ("layer", r"$\sigma(z) = \frac{1}{1+e^{-z}}$ and $\sigma'(z) = \sigma(z)(1-\sigma(z))$"),
    ("layer", r"Let $f(x) = \|x\|^2$. $\nabla_x f(x) = 2x$, $f(2x) = 4f(x)$"),
    ("layer", r"Let $\ell(y) = \frac12\|y-t\|^2$. $\nabla_y \ell(y) = y - t$ and $L = \ell(\sigma(Wx))$"),
    ("layer", r"Let $f(x) = Wx$. $y = \sigma(f(x))$ and $\frac{\partial f}{\partial x} = W$"),
    ("layer", r"Let $f(x) = e^{x^\top x}$. $f(0) = 1$ and $f(-x) = f(x)$"),
    ("layer", r"Let $g(W) = \|Wx\|^2$. $\nabla_W g(W) = 2Wxx^\top$ and $g(3W) = 9g(W)$"),
    ("hidden", r"Let $f(\mathbf{z}) = \max(\mathbf{0}, \mathbf{z})$. $f(x) = \max(0, x)$"),
    ("hidden", r"We use $f(z) = \tanh(z)$. $$f'(z) = \frac{d}{dz}\tanh(z) = 1 - f(z)^2$$"),
    ("hidden", r"$\phi(a) = \tanh(a)$ and $\phi'(a) = 1 - \phi(a)^2$. $h = \phi(Wx)$"),
    ("hidden", r"$\sigma(z) = \tanh(z)$, so $\nabla_x L = W^\top \operatorname{diag}(\sigma'(Wx)) v$"),
    ("hidden", r"where $g(u) = \max(0, u)$, $g(x) = \max(0, x)$ and $g(-u) = \max(0, -u)$"),
    ("hidden", r"Let $g(z) = \begin{cases} z & z > 0 \\ 0 & \text{otherwise}\end{cases}$. $g(x) = \max(0, x)$"),
    ("hidden", r"$\mathrm{SiLU}(z) = z \sigma(z)$ and $\mathrm{SiLU}'(z) = \sigma(z) + z\sigma(z)(1-\sigma(z))$"),
    ("hidden", r"$\varphi(a) = \tanh(a)$ and $\varphi'(a) = 1 - \varphi^2(a)$"),
    ("logistic", r"Let $z = w^\top x + b$ and $f(z) = -y\log\sigma(z) - (1-y)\log(1-\sigma(z))$. $\frac{df}{dz} = \sigma(z) - y$, $L = f(z)$, $\nabla_w L = f'(z) x$ and $f''(z) = p(1-p)$"),
    ("logistic", r"$\ell(p) = -y\log p - (1-y)\log(1-p)$. $\ell'(p) = \frac{1-y}{1-p} - \frac{y}{p}$ and $\frac{\partial L}{\partial p} = \ell'(p)$"),
    ("logistic", r"$h(t) = \log(1+e^t)$, $h'(t) = \sigma(t)$, $h(t) = h(-t) + t$"),
    ("logistic", r"$f(b) = L$ and $f'(b) = p - y$"),  # of a number that other names are made of
    ("logistic", r"Let $f(w) = L$. $\nabla_w f(w) = (p-y)x$"),
    ("hidden", r"$\tanh' = 1 - \tanh^2$"),
    ("hidden", r"$\frac{d\tanh}{du} = 1 - \tanh^2$ and $\tanh'' = -2\tanh(1-\tanh^2)$"),
    ("hidden", r"$(\tanh u)' = 1 - \tanh^2 u$, $\log'(u) = 1/u$ and $\exp' = \exp$"),
    ("layer", r"$\sigma' = \sigma(1-\sigma)$"),
    ("layer", r"$f(u) = \tanh(u)$, so $f' = 1 - f^2$"),
]
WRONG = [
    ("layer", r"Let $f(z) = \sigma(z)$. Then $y = f(W)x$."),
    ("layer", r"Define $f(z) := 1/(1+e^{-z})$. Then $f'(z) = f(z)(1+f(z))$."),
    ("layer", r"$\frac{\partial L}{\partial W} = ((t-y) \odot f'(Wx)) x^\top$ where $f(z) = \sigma(z)$"),
    ("layer", r"Let $a = Wx$ and $\phi(a) = \sigma(a)$. $\frac{\partial y}{\partial a} = \operatorname{diag}(\phi(a))$"),
    ("layer", r"Let $f(z) = \sigma(z)$. $\dot f(z) = f(z)$"),
    ("layer", r"Let $f(z) = \sigma(z)$. $f''(z) = f(z)(1-f(z))(1-f(z))$"),
    ("layer", r"Let $f(z) = \sigma(z)$. $\frac{df}{dz} = f(z)(1+f(z))$"),
    ("layer", r"Let $f(x) = \sigma(\beta x)$. $f'(x) = f(x) \odot (1 - f(x))$"),
    ("layer", r"Let $f(u) = \sigma(u)$ and $g(u) = -u$. $(f \circ g)(Wx) = y$"),
    ("layer", r"$\sigma(z) =: f(z)$, so $L = \|f(Wx) - t\|^2$"),
    ("layer", r"Let $f(z)=\sigma(z)$ and $h = f(Wx)$. $\frac{\partial L}{\partial h} = h + t$"),
    ("layer", r"$\sigma(z) = \frac{1}{1+e^{z}}$"),  # the problem's own sigmoid: no definition
    ("layer", r"Let $\sigma(z) = \tanh(z)$. $y = \sigma(Wx)$"),
    ("layer", r"Let $f(x) = \|x\|^2$. $\nabla_x f(x) = x$"),
    ("layer", r"Let $f(x) = \|x\|^2$. $f(2x) = 2f(x)$"),
    ("hidden", r"$\phi(a) = \tanh(a)$ and $\phi'(a) = 1 + \phi(a)^2$"),
    ("hidden", r"$\phi(a) = \sigma(a)$ and $h = \phi(Wx)$"),
    ("hidden", r"where $g(u) = \max(0, u)$, $g'(u) = 1$"),
    ("hidden", r"$\mathrm{SiLU}(z) = z \sigma(z)$ and $\mathrm{SiLU}'(z) = \sigma(z)$"),
    ("hidden", r"$\phi(z) = \frac{1}{\sqrt{2\pi}} e^{z^2/2}$"),  # the normal density
    ("logistic", r"Let $z = w^\top x + b$ and $f(z) = -y\log\sigma(z) - (1-y)\log(1-\sigma(z))$. $\nabla_w L = f'(z) w$"),
    ("logistic", r"$\ell(p) = -y\log p - (1-y)\log(1-p)$ and $\ell'(p) = \frac{1-y}{1-p} + \frac{y}{p}$"),
    ("logistic", r"$h(t) = \log(1+e^t)$ and $h(t) = h(-t)$"),
    ("logistic", r"$f(b) = L$ and $f'(b) = p + y$"),
    ("hidden", r"We use $f(z) = \tanh(z)$. $$f'(z) = \frac{d}{dz}\tanh(z) = 1 - \tanh^2(z) = 1 - f(z)$$"),
    ("hidden", r"Let $\hat\sigma(z)=\frac{1}{1+e^{-2z}}$. $\hat\sigma'(z) = \hat\sigma(z)(1-\hat\sigma(z))$"),
    ("hidden", r"$\tanh' = 1 - \tanh$"),
    ("hidden", r"$\log'(u) = \log(1/u)$"),
    ("hidden", r"$(\tanh u)' = 1 + \tanh^2 u$"),
    ("layer", r"$\sigma' = \sigma(1+\sigma)$"),
    ("layer", r"$f(u) = \tanh(u)$, so $f' = f(1 - f)$"),
]
UNREAD = [  # some other line speaks of what nobody knows, or the function is none of one number
    ("layer", r"Let $f(v) = \|v\|^2$. Then $\nabla f(v) = 2v$."),
    ("layer", r"Let $f(v) = v^\top v$. Then $f(v) = v$."),
    ("layer", r"Let $f(x) = x^2$. $f(x) = x$."),  # entry by entry, or the squared norm
    ("layer", r"Let $f(x) = \|x\|^2$. $f(t) = 0$"),
    ("layer", r"Let $f(z) = \sigma(z)$. $f^{-1}(z) = 1/f(z)$"),
    ("layer", r"Let $f(z) = \sigma(z)$. $y = f$"),
    ("layer", r"Let $g(z) = \sigma(z)$. $y = g(z)$ and $g'(z) = 3$"),  # z is the answer's name for W x
    ("logistic", r"$p = \sigma(z)$ and $\sigma'(z) = p(1+p)$"),
    ("logistic", r"$f(u, v) = u v$ and $f(u, v) = u$"),
]
GIVEN = [  # claims of the problem's own names, as ever
    ("layer", r"$L(W) = \frac12\|y-t\|^2$", "given"),
    ("layer", r"$L(W) = \|y-t\|^2$", "wrong"),
    ("logistic", r"$L(w) = -y\log p - (1-y)\log(1-p)$", "given"),
    ("logistic", r"$p(w) = \sigma(w^\top x)$", "wrong"),
]
# fmt: on


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_what_is_right_holds(name: str, text: str) -> None:
    found = verdicts(name, text)
    assert set(found) <= {"holds", "given", "restated", "notation"}, found
    assert {"holds", "notation", "restated"} & set(found), found


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_what_is_wrong_is_caught(name: str, text: str) -> None:
    found = verdicts(name, text)
    errors = [v for v in found if v not in ("holds", "given", "restated", "notation")]
    assert len(errors) == 1, found
    assert errors[0] in ("wrong", "ill-typed", "holds-only-if"), found


@pytest.mark.parametrize(("name", "text"), UNREAD)
def test_what_nobody_can_judge_is_not_called_wrong(name: str, text: str) -> None:
    found = verdicts(name, text)
    assert set(found) <= {"given", "unreadable", "not-checked"}, found
    assert "unreadable" in found


@pytest.mark.parametrize(("name", "text", "verdict"), GIVEN)
def test_a_name_of_the_problem_before_brackets(name: str, text: str, verdict: str) -> None:
    assert verdicts(name, text) == [verdict]


def test_a_slope_is_mended() -> None:
    report = judged("layer", r"Let $f(z) = \sigma(z)$. Then $f'(z) = f(z)(1+f(z))$.")
    chain = report.chains[-1]
    repaired = chain.repaired(chain.claims[-1])
    assert repaired is not None
    assert repaired.replace(" ", "") == r"f(z)(1-f(z))"


def test_a_function_that_means_another_thing_later() -> None:
    text = (
        "Let $f(z) = \\tanh(z)$. $h = f(Wx)$.\n\nNow let $f(z) = -\\tanh(z)$. $h = -f(Wx)$ and $h = f(Wx)$.\n"
    )
    assert verdicts("hidden", text) == ["given", "holds", "given", "holds", "wrong"]


FAMILY = """format: 1
title: family
index:
  i: 1..n
symbols:
  z[i]: scalar
  y[i]: scalar
define:
  p[i]: sigmoid(z[i])
  L: sum((p[i] - y[i])**2, i)
parts:
  - id: a
    ask: q
    find: gradient(L, z[i])
"""


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\sigma'(z) = \sigma(z)(1 - \sigma(z))", "restated"),
        (r"\sigma'(z) = \sigma(z)(1 + \sigma(z))", "wrong"),
        (r"\sigma(-z) = 1 - \sigma(z)", "holds"),
        (r"\log(1 + e^{z}) = -\log\sigma(-z)", "holds"),
        (r"\log(1 + e^{-z}) = -\log\sigma(-z)", "wrong"),
        (r"p = \sigma(z)", "unreadable"),  # two families, and no index
    ],
)
def test_a_family_without_its_index_is_a_number_in_an_identity(line: str, verdict: str) -> None:
    report = judge_text(f"where ${line}$", "answer.md", [loads(FAMILY)])
    assert [j.verdict for j in report.claims] == [verdict]
