"""Conditions beside lines and claims of definiteness: right lines beside wrong ones."""

from __future__ import annotations

import pytest
from judging_problems import (
    DROP,
    NEGATIVES,
    QUAD,
    SEQ,
    SOFTMAX,
    judged,
)

from derive.judging.conditions import conditions_in

RIGHT = [
    (DROP, [r"$$E[m_i m_j] = p^2 \quad (i\neq j)$$"]),
    (DROP, [r"For $i \ne j$ we have $\mathrm{Cov}(m_i, m_j) = 0$."]),
    (DROP, [r"$$E[m_i m_j] = p \quad \text{if } i = j$$"]),
    (
        SEQ,
        [
            r"$$\frac{\partial L}{\partial h_t} = v + W^\top\operatorname{diag}(1-h_{t+1}^2)\frac{\partial L}{\partial h_{t+1}}, \quad t<T$$"
        ],
    ),
    (SEQ, [r"$$\frac{\partial L}{\partial h_t} = v \quad \text{for } t = T$$"]),
    (SEQ, [r"$$\frac{\partial L}{\partial h_t} = v \quad (t = T)$$"]),
    (QUAD, [r"$$\nabla_x^2 q = B^\top B + \mu I, \quad B^\top B \succeq 0$$"]),
    (DROP, [r"$$\mathrm{Cov}(m_i,m_j) = 0, \qquad i \neq j$$"]),
    (
        SEQ,
        [
            r"$$\frac{\partial h_{t+1}}{\partial h_t} = \operatorname{diag}(1-h_{t+1}^2)W, \quad 1\le t \le T-1$$"
        ],
    ),
    (
        SEQ,
        [
            r"For $t = 1,\dots,T-1$: $$\frac{\partial L}{\partial h_t} = v + W^\top\operatorname{diag}(1-h_{t+1}^2)\frac{\partial L}{\partial h_{t+1}}$$"
        ],
    ),
    (SEQ, [r"$$\begin{aligned}\frac{\partial L}{\partial h_t} &= v, && t = T\end{aligned}$$"]),
    (QUAD, [r"$$\nabla_x q = (B^\top B + \mu I)x$$"]),
]

RIGHT += [
    (SOFTMAX, [r"For $i \ne j$:", r"$$\frac{\partial p_i}{\partial z_j} = -p_ip_j$$"]),
    (SOFTMAX, [r"Case 2 ($i\neq j$). Here", r"$$\frac{\partial p_i}{\partial z_j} = -p_ip_j$$"]),
    (SOFTMAX, [r"For $i=j$: $\frac{\partial p_i}{\partial z_i} = p_i(1-p_i)$, and for $i\ne j$: $\frac{\partial p_i}{\partial z_j} = -p_ip_j$."]),
    (SOFTMAX, [r"- Case $i = j$: $\frac{\partial p_i}{\partial z_j} = p_i(1-p_i)$", r"- Case $i \neq j$: $\frac{\partial p_i}{\partial z_j} = -p_ip_j$"]),
    (NEGATIVES, [r"$$\nabla_{v_j}L = p_ju,\quad j\ne k$$"]),
    (NEGATIVES, [r"$$\nabla_{v_j}L = p_ju\quad(j\ne k), \qquad \nabla_{v_k}L = (p_k-1)u$$"]),
    (NEGATIVES, [r"For $j\neq k$, $\nabla_{v_j}L = p_ju$."]),
    (NEGATIVES, [r"For negatives ($j\neq k$) we get $\nabla_{v_j}L = p_ju$."]),
    (NEGATIVES, [r"Assume $\tau > 0$. At $u = v_k$ the loss is $L = \log\sum_j e^{u^\top v_j} - u^\top v_k$."]),
]  # fmt: skip

WRONG = [
    (SOFTMAX, [r"For $i = j$:", r"$$\frac{\partial p_i}{\partial z_j} = -p_ip_j$$"], [2]),
    (SOFTMAX, [r"Case 2 ($i\neq j$). Here", r"$$\frac{\partial p_i}{\partial z_j} = p_ip_j$$"], [2]),
    (NEGATIVES, [r"$$\nabla_{v_j}L = p_ju,\quad j = k$$"], [1]),
    (NEGATIVES, [r"$$\nabla_{v_j}L = -p_ju,\quad j\ne k$$"], [1]),
    (NEGATIVES, [r"$$\nabla_{v_j}L = p_ju$$"], [1]),
    (NEGATIVES, [r"so $\tau > 0$."], [1]),
    (DROP, [r"$$E[m_i m_j] = p \quad (i\neq j)$$"], [1]),
    (DROP, [r"$$E[m_i m_j] = p^2$$"], [1]),
    (DROP, [r"$$E[m_i m_j] = p^2 \quad \text{if } i = j$$"], [1]),
    (SEQ, [r"$$\frac{\partial L}{\partial h_t} = v \quad (t < T)$$"], [1]),
    (SEQ, [r"$$\frac{\partial L}{\partial h_t} = v$$"], [1]),
    (QUAD, [r"$$\nabla_x^2 q = B^\top B + \mu I \succ 0$$"], [1]),
    (QUAD, [r"$$B^\top B \succ 0$$"], [1]),
    (SEQ, [r"$$\frac{\partial h_{t+1}}{\partial h_t} = \operatorname{diag}(1-h_t^2)W, \quad t<T$$"], [1]),
    (
        SEQ,
        [
            r"$$\frac{\partial l_t}{\partial h_t} = 2v$$",
            r"$$\frac{\partial L}{\partial h_t} = 2v \quad (t = T)$$",
        ],
        [1],
    ),
    (QUAD, [r"$$B^\top B \preceq 0$$"], [1]),
]


@pytest.mark.parametrize(("source", "lines"), RIGHT)
def test_what_is_true_is_right(source: str, lines: list[str]) -> None:
    assert judged(source, lines).right is True


@pytest.mark.parametrize(("source", "lines", "wrong"), WRONG)
def test_what_is_wrong_is_found_at_its_line(source: str, lines: list[str], wrong: list[int]) -> None:
    assert sorted(set(judged(source, lines).first_wrong)) == wrong


SAID = [
    (DROP, r"$$E[m_i m_j] = p^2$$", "holds only if i ≠ j"),
    (SEQ, r"$$\frac{\partial L}{\partial h_t} = v$$", "holds only if"),
    (QUAD, r"$$B^\top B + \mu I \succ 0$$", "holds only if mu > 0"),
]


@pytest.mark.parametrize(("source", "line", "words"), SAID)
def test_a_condition_that_nobody_states(source: str, line: str, words: str) -> None:
    claim = judged(source, [line]).claims[0]
    assert claim.verdict == "holds-only-if"
    assert claim.reasons[0].text.startswith(words)


READ = [
    ("t < T", "t < T"),
    (r"(i \neq j)", "i ≠ j"),
    (r"1 \le t < T", "1 ≤ t, t < T"),
    (r"t = 1, \dots, T-1", "1 ≤ t, t ≤ T-1"),
    (r"t = T, T-1, \dots, 1", "1 ≤ t, t ≤ T"),
    (r"t \in \{1,\dots,T\}", "1 ≤ t, t ≤ T"),
    (r"\forall t > 1", "t > 1"),
    ("i = j", "i = j"),
    ("y = X w", ""),
    (r"t < \alpha", ""),
    ("", ""),
]


@pytest.mark.parametrize(("said", "read"), READ)
def test_conditions_are_read(said: str, read: str) -> None:
    assert ", ".join(map(str, conditions_in(said))) == read
