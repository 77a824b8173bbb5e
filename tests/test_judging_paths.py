r"""Paths in answers: p(w_{1:t}), maxima and sums over w_{1:t-1}, values of one member, indices that are names.

One more is a row: what is right in RIGHT, the same with an error in WRONG, what nobody can judge in UNREAD.
"""

from __future__ import annotations

from functools import cache

import pytest

from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.problem.load import loads
from derive.problem.model import Problem

CHAIN = """format: 1
title: chain
index:
  t: 1..T
  i: 1..K
  j: 1..K
symbols:
  mu: vector(K) simplex
  A: matrix(K, K) stochastic
  z[t]: integer in 1..K
define:
  f[t]: mu[z[1]] * prod(A[z[s-1], z[s]], s=2..t)
  alpha[t, j]: max(at(f[t], z[t] == j), z[1..t-1])
  m[t]: argmax(alpha[t, j], j)
notation:
  f[t]: f(z_{1:{t}})
  alpha[t, j]: \\alpha_{t}({j})
parts:
  - id: a
    ask: q
    find: alpha[t, j]
    in_terms_of: alpha[t-1, i]
    for: t=2..T
  - id: b
    ask: q
    show: max(f[T], z[1..T]) == max(alpha[T, j], j)
  - id: c
    ask: q
    find: count(z[1..T])
"""


@cache
def problem() -> Problem:
    return loads(CHAIN)


def judged(text: str) -> Report:
    return judge_text(text, "answer.md", [problem()])


# fmt: off
RIGHT = [
    r"$$\alpha_t(j) = \max_{z_{1:t-1}} f(z_{1:t-1}, z_t = j)$$",
    r"$$\alpha_t(j) = \max_{z_1, \dots, z_{t-1}} f(z_1, \dots, z_{t-1}, z_t = j) = \max_i \alpha_{t-1}(i) A_{ij}$$",
    r"$$\alpha_t(j) = \left. \max_{z_{1:t-1}} f(z_{1:t}) \right|_{z_t = j}$$",
    r"$$\alpha_1(j) = \mu_j$$",
    r"$$f(z_{1:t+1}) = f(z_{1:t}) A_{z_t z_{t+1}}$$",
    r"$$f(z_1, \ldots, z_T) = \mu_{z_1} \prod_{t=2}^T A_{z_{t-1}, z_t}$$",
    r"$$f(z_{1:2}) = \mu_{z_1} A_{z_1 z_2}$$",
    r"$$\max_{z_{1:T}} f(z_{1:T}) = \max_j \alpha_T(j) = \alpha_T(m_T)$$",
    r"$$\max_{z_{1:t-1}} f(z_{1:t}) = \max_{z_{t-1}} A_{z_{t-1} z_t} \max_{z_{1:t-2}} f(z_{1:t-1})$$",
    r"$$\sum_{z_{1:T}} f(z_{1:T}) = 1$$",
    r"$$\lvert \{ z_{1:T} \} \rvert = K^T$$",
    r"$$\alpha_t(m_t) = \max_j \alpha_t(j)$$",
]
WRONG = [  # and the line with the error
    (r"$$\alpha_t(j) = \max_{z_{1:t-1}} f(z_{1:t})$$", 1),
    ("$$\\begin{aligned}\\alpha_t(j) &= \\max_{z_{1:t-1}} f(z_{1:t-1}, z_t = j) \\\\\n"
     "&= \\max_i \\max_{z_{1:t-2}} f(z_{1:t-2}, z_{t-1} = i) A_{ij} \\\\\n"
     "&= \\max_i \\alpha_{t-1}(i) A_{ji}\\end{aligned}$$", 3),
    (r"$$\alpha_t(j) = \max_{z_{1:t-2}} f(z_{1:t-1}, z_t = j)$$", 1),
    (r"$$\alpha_1(j) = A_{1j}$$", 1),
    (r"$$\alpha_1(j) = 1$$", 1),
    ("$$\\alpha_t(j) = \\max_i \\alpha_{t-1}(i) A_{ij}$$\n$$\\alpha_1(j) = \\frac1K$$", 2),
    (r"$$f(z_{1:t+1}) = f(z_{1:t}) A_{z_{t+1} z_t}$$", 1),
    (r"$$f(z_1, \ldots, z_T) = \mu_{z_T} \prod_{t=2}^T A_{z_{t-1}, z_t}$$", 1),
    (r"$$\max_{z_{1:T}} f(z_{1:T}) = \max_j \alpha_{T-1}(j)$$", 1),
    (r"$$\sum_{z_{1:T}} f(z_{1:T}) = K$$", 1),
    (r"$$\lvert \{ z_{1:T} \} \rvert = T^K$$", 1),
    (r"$$\alpha_t(m_{t-1}) = \max_j \alpha_t(j)$$", 1),
]
UNREAD = [
    r"$$f(z_{1:t-1}, z_{t+1} = j) = 1$$",  # z_t is left out
    r"$$\max_{u_{1:t}} f(z_{1:t}) = 1$$",
    r"$$f(z_{2:t}) = 1$$",
    r"$$f(z_t \mid z_{1:t-1}) = A_{z_{t-1} z_t}$$",
    r"$$A_{\mu_1 j} = 1$$",  # no whole number
]
# fmt: on


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_holds(text: str) -> None:
    assert {j.verdict for j in judged(text).claims} <= {"holds", "given", "restated"}


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_what_is_wrong_is_caught(text: str, line: int) -> None:
    assert judged(text).first_wrong[:1] == [line]


@pytest.mark.parametrize("text", UNREAD)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    assert {j.verdict for j in judged(text).claims} == {"unreadable"}
