"""What is offered as the right line, and what is none: one wrong line a row."""

from __future__ import annotations

import re
from functools import cache

import pytest

from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.judging.neat import neat
from derive.judging.sentences import spoken
from derive.notation.reader import read
from derive.problem.load import loads
from derive.problem.model import Problem
from derive.render.say import in_text

HEAD = "format: 1\ntitle: Small\n"
SOURCES = {
    "rnn": """index:
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
parts:
  - id: a
    ask: Recursion.
    find: gradient(L, s[t])
    in_terms_of: gradient(L, s[t+1])
    for: t=1..T-1
  - id: b
    ask: Gradient in W.
    find: gradient(L, W)
    in_terms_of: gradient(L, s[t])
""",
    "auto": """symbols:
  x: vector(d)
  W: matrix(k, d)
  b: vector(k)
define:
  h: sigmoid(W @ x + b)
  xhat: W.T @ h
  L: 1/2 * sqnorm(xhat - x)
parts:
  - id: a
    ask: Gradient in W.
    find: gradient(L, W)
  - id: b
    ask: Gradient in b.
    find: gradient(L, b)
""",
    "fit": """symbols:
  X: matrix(m, n) full_column_rank
  w: vector(n)
  y: vector(m)
define:
  L: sqnorm(y - X @ w)
parts:
  - id: a
    ask: Minimise.
    find: argmin(L, w)
""",
    "odds": """symbols:
  p: scalar in (0, 1)
define:
  q: (1 - p) / p
parts:
  - id: a
    ask: Slope.
    find: gradient(q, p)
""",
    "cosine": """symbols:
  x: vector(d)
  y: vector(d)
define:
  c: x.T @ y / (norm(x) * norm(y))
parts:
  - id: a
    ask: Gradient.
    find: gradient(c, x)
""",
    "kl": """symbols:
  a: scalar positive
  b: scalar positive
  m: scalar
define:
  D: log(b / a) + (a**2 + m**2) / (2 * b**2) - 1/2
parts:
  - id: a
    ask: Show it.
    find: gradient(D, a)
""",
    "means": """index:
  i: 1..n
symbols:
  x[i]: scalar
define:
  xbar: 1/n * sum(x[i], i)
  v: 1/n * sum((x[i] - xbar)**2, i)
parts:
  - id: a
    ask: Slope.
    find: gradient(v, x[i])
""",
    "cov": """symbols:
  S: matrix(k, k) positive_determinant
  m: vector(k)
define:
  M: 1/2 * (trace(S) + m.T @ m - k - logdet(S))
parts:
  - id: a
    ask: Gradient.
    find: gradient(M, S)
""",
}


@cache
def problem(name: str) -> Problem:
    return loads(HEAD + SOURCES[name])


def judged(name: str, text: str) -> Report:
    return judge_text(text, "answer.md", [problem(name)])


def mended(report: Report) -> str | None:
    repaired = report.chains[0].repaired(report.claims[0])
    return None if repaired is None else re.sub(r"\\mathbf\{(\w+)\}", r"\1", repaired)


def said(report: Report) -> str:
    return "; ".join(spoken(r, in_text(report.chains[0].scope)) for r in report.claims[0].reasons)


MENDED = [
    # never the left side itself
    (
        "rnn",
        r"$$\frac{\partial L}{\partial s_t} = \frac{\partial l_t}{\partial s_t} + U^\top\left((1 - s_t \odot s_t)"
        r"\odot \frac{\partial L}{\partial s_{t+1}}\right)$$",
        "s[t] should be s[t+1]",
        r"\nabla_{s_{t}} l_{t} + U^{\top} ((\mathbf{1} - s_{t+1} \odot s_{t+1}) \odot \nabla_{s_{t+1}} L)",
    ),
    (
        "rnn",
        r"$$\frac{\partial L}{\partial W} = \sum_t \left((v^\top s_t) v \odot (1 - s_t \odot s_t)\right) x_t^\top$$",
        "is the gradient of l[t] alone: local, not total",
        None,
    ),
    (
        "rnn",
        r"$$\frac{\partial L}{\partial W} = \sum_{t=1}^{T-1} \left(\frac{\partial L}{\partial s_t} \odot"
        r"(1 - s_t \odot s_t)\right) x_t^\top$$",
        "the sum should end with T",
        None,
    ),
    # nothing that cancels or changes nothing
    (
        "odds",
        r"$$\frac{dq}{dp} = \frac{-p + (1 - p)}{p^2}$$",
        "wrong sign of 1 - p",
        r"\frac{-p - 1 + p}{p^{2}}",
    ),
    ("odds", r"$$p q = \frac{(1 - p)^2}{1}$$", "", r"1 - p"),
    (
        "cosine",
        r"$$\nabla_x c = \frac{1}{\|x\|}(I - x x^\top)\frac{y}{\|y\|}$$",
        "should be divided by sqnorm(x)",
        None,
    ),
    # the smaller cause
    ("means", r"$$v = \frac{1}{n-1}\sum_i (x_i - \bar x)^2$$", "n - 1 should be n", None),
    ("kl", r"$$D = \log\frac{a}{b} + \frac{b^2 + m^2}{2 a^2} - \frac12$$", "are exchanged", None),
    (
        "cov",
        r"$$M = \frac12(\operatorname{tr}(S) + m^\top m - k - \det S)$$",
        "should be logdet(S)",
        None,
    ),
    # layouts
    (
        "fit",
        r"$$\hat w = (X X^\top)^{-1} X^\top y$$",
        "missing transpose of X",
        r"(X^{\top} X)^{-1} X^{\top} y",
    ),
    (
        "auto",
        r"$$\nabla_W L = (\hat x - x) h^\top + ((W(\hat x - x)) \odot h \odot (1 - h)) x^\top$$",
        "missing transpose of",
        None,
    ),
    ("auto", r"$$\nabla_b L = h \odot (1 - h) \odot W^\top(\hat x - x)$$", "W is not to be transposed", None),
]


@pytest.mark.parametrize(("name", "line", "words", "right"), MENDED)
def test_the_right_line(name: str, line: str, words: str, right: str | None) -> None:
    report = judged(name, line)
    found = mended(report)
    assert found is not None
    assert words in said(report)
    if right is not None:
        assert found.replace(r"\mathbf{1}", "1") == right.replace(r"\mathbf{1}", "1")


def test_what_is_mended_holds_itself() -> None:
    """The planted wrong case beside it: the line that was mended does not."""
    for name, line, _, _ in MENDED:
        report = judged(name, line)
        left = line.strip("$").partition("=")[0]
        again = judged(name, f"$${left}= {report.chains[0].repaired(report.claims[0])}$$")
        assert report.claims[0].verdict in ("wrong", "ill-typed", "holds-only-if")
        assert [j.verdict in ("holds", "given") for j in again.claims] == [True], line


REACH = [
    (r"t = 1, \dots, T", "holds-only-if"),
    (r"t = 1, \dots, T - 1", "holds"),
    (r"t = T-1, \dots, 1", "holds"),
    (r"t = T, \dots, 1", "holds-only-if"),
    (r"t < T", "holds"),
    (r"1 \le t \le T", "holds-only-if"),
]
LINE = (
    r"$$\frac{\partial L}{\partial s_t} = (v^\top s_t) v + U^\top\operatorname{diag}(1 - s_{t+1} \odot s_{t+1})"
    r"\frac{\partial L}{\partial s_{t+1}}, \quad %s$$"
)


@pytest.mark.parametrize(("range_", "verdict"), REACH)
def test_a_stated_range_reaches_no_further_than_the_members(range_: str, verdict: str) -> None:
    report = judged("rnn", LINE % range_)
    assert report.claims[0].verdict == verdict
    assert ("s[T+1] does not exist" in said(report)) == (verdict != "holds")


def test_a_convention_for_the_end_is_read_as_one() -> None:
    report = judged("rnn", r"With $\frac{\partial L}{\partial s_{T+1}} = 0$, " + LINE % r"t = 1, \dots, T")
    assert report.claims[-1].verdict != "holds-only-if"


def test_a_convention_counts_downwards_too() -> None:
    report = judged("rnn", r"With $\frac{\partial L}{\partial s_{T+1}} = 0$, " + LINE % r"t = T, \dots, 1")
    assert report.claims[-1].verdict == "holds"


def test_an_end_that_is_said_on_its_own_is_not_meant() -> None:
    end = r"$$\frac{\partial L}{\partial s_T} = (v^\top s_T) v$$" + "\n"
    report = judged("rnn", end + LINE % r"t = 1, \dots, T")
    assert [c.verdict for c in report.claims] == ["holds", "holds"]
    assert any("read for t < T" in r.text for r in report.claims[-1].reasons)


NEAT = [
    ("w * 1", "w"),
    ("(-1) * w", "-w"),
    ("w**1", "w"),
    ("0 - 2 * w", "-2 * w"),
    ("w.T.T", "w"),
    ("(X.T @ y).T", "y.T @ X"),
    ("(X @ inv(X.T @ X)).T", "inv(X.T @ X) @ X.T"),
    ("norm(y) * norm(y) * w", "sqnorm(y) * w"),
    ("2 * w", "2 * w"),
    ("(X @ w).T @ y", "(X @ w).T @ y"),  # the student's own form
]


@pytest.mark.parametrize(("written", "neater"), NEAT)
def test_a_mended_line_as_one_would_write_it(written: str, neater: str) -> None:
    scope = problem("fit").scope
    assert neat(read(written, scope)) == read(neater, scope)
