"""Conditions with multipliers, and strict inequalities: right lines beside wrong ones."""

from __future__ import annotations

import pytest
from judging_problems import CLS, GAN, LAGRANGE, MEAN, problem

from derive.judging.answer import judge_text


def right(source: str, part: str | None, text: str) -> bool | None:
    return judge_text(text, "answer.md", [problem(source)], part).right


RIGHT = [
    (LAGRANGE, "a", r"$$2Cw - 2\lambda w = 0$$"),
    (LAGRANGE, None, r"$$2Cw - 2\lambda w = 0$$"),
    (LAGRANGE, "a", r"$$\nabla_w J = \lambda\nabla_w(w^\top w)$$ $$Cw = \lambda w$$ $$w^\top C w = \lambda$$"),
    (LAGRANGE, "a", r"$$Cw = \lambda w$$"),
    (LAGRANGE, "a", r"$$\mathcal L(w,\lambda) = w^\top Cw - \lambda(w^\top w - 1)$$ $$\nabla_w\mathcal L = 2Cw - 2\lambda w = 0$$"),
    (LAGRANGE, "b", r"$$\frac{a_k}{p_k} - \lambda = 0$$ $$p_k = \frac{a_k}{\lambda}$$ $$\lambda = \sum_k a_k$$"),
    (LAGRANGE, "b", r"$$\frac{a_k}{p_k} + \lambda = 0$$ $$\lambda = -\sum_k a_k$$"),
    (LAGRANGE, None, "(a) $$Cw = \\lambda w$$\n\n(b) $$p_k = \\frac{a_k}{\\lambda}$$ $$\\lambda = \\sum_k a_k$$"),
    (CLS, "a", r"$$A^\top(Ax-b) + \lambda c = 0$$"),
    (CLS, "a", r"$$\mathcal L(x,\lambda) = \frac12\|Ax-b\|^2 + \lambda(c^\top x-1)$$ $$\nabla_x\mathcal L = A^\top(Ax-b)+\lambda c = 0$$ $$\lambda = \frac{c^\top(A^\top A)^{-1}A^\top b-1}{c^\top(A^\top A)^{-1}c}$$"),
    (CLS, "a", r"$$\mathcal L = \frac12\|Ax-b\|^2 - \lambda(c^\top x-1)$$ $$\nabla_x\mathcal L = A^\top(Ax-b)-\lambda c = 0$$"),
    (LAGRANGE, "a", r"$$\nabla_w\left(w^\top Cw + \lambda(1 - w^\top w)\right) = 2Cw - 2\lambda w = 0$$ $$Cw = \lambda w$$"),
    (LAGRANGE, "a", r"$$0 = \nabla_w\left(w^\top Cw - \lambda(w^\top w - 1)\right) = 2Cw - 2\lambda w$$"),
    (LAGRANGE, "a", r"$$\frac{\partial}{\partial\lambda}\left(w^\top Cw - \lambda(w^\top w - 1)\right) = 1 - w^\top w = 0$$"),
    (LAGRANGE, "a", r"$$\nabla_w(w^\top Cw) = 2\lambda w$$"),
    (MEAN, None, r"$$\operatorname{Var}(\bar x) = \frac{\sigma^2}{n} > 0$$"),
    (MEAN, None, r"$$\operatorname{Var}(\bar x) = \frac{\sigma^2}{n} < \sigma^2$$"),
    (MEAN, None, r"$$0 < \frac{\sigma^2}{n}$$"),
    (GAN, None, r"$$\frac{\partial^2 V}{\partial D_k^2} = -\frac{p_k}{D_k^2} - \frac{q_k}{(1-D_k)^2} < 0$$"),
]  # fmt: skip

WRONG = [
    (LAGRANGE, "a", r"$$2Cw - 2\lambda \mathbf 1 = 0$$"),
    (LAGRANGE, "a", r"$$2Cw = \lambda w$$ $$Cw = \lambda w$$"),
    (LAGRANGE, "a", r"$$Cw = \lambda w$$ $$w^\top C w = 2\lambda$$"),
    (LAGRANGE, "a", r"$$\mathcal L = w^\top Cw - \lambda(w^\top w - 1)$$ $$Cw = -\lambda w$$"),
    (LAGRANGE, "a", r"$$\mathcal L = w^\top Cw - \lambda(w^\top w - 1)$$ $$\nabla_w\mathcal L = 2Cw - \lambda w$$"),
    (LAGRANGE, "a", r"$$\frac{\partial}{\partial\lambda}\left(w^\top Cw - \lambda(w^\top w - 1)\right) = w^\top w - 2 = 0$$"),
    (LAGRANGE, "b", r"$$a_k p_k = \lambda$$"),
    (LAGRANGE, "b", r"$$\frac{a_k}{p_k} - \lambda = 0$$ $$\lambda = -\sum_k a_k$$"),
    (LAGRANGE, "b", r"$$\frac{a_k}{p_k} - \lambda = 0$$ $$p_k = \lambda a_k$$"),
    (CLS, "a", r"$$A^\top(Ax+b) + \lambda c = 0$$"),
    (CLS, "a", r"$$A^\top(Ax-b) + \lambda x = 0$$"),
    (CLS, "a", r"$$\mathcal L = \frac12\|Ax-b\|^2 + \lambda(c^\top x-1)$$ $$A^\top(Ax-b) = \lambda c$$"),
    (MEAN, None, r"$$\operatorname{Var}(\bar x) = \frac{\sigma^2}{n} < 0$$"),
    (MEAN, None, r"$$\operatorname{Var}(\bar x) = \frac{\sigma^2}{n} > \sigma^2$$"),
    (MEAN, None, r"$$\operatorname{Var}(\bar x) < \frac{\sigma^2}{n}$$"),
    (MEAN, None, r"$$\sigma > \sigma$$"),
    (GAN, None, r"$$\frac{\partial^2 V}{\partial D_k^2} = -\frac{p_k}{D_k^2} - \frac{q_k}{(1-D_k)^2} > 0$$"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "part", "text"), RIGHT)
def test_what_is_true_is_right(source: str, part: str | None, text: str) -> None:
    assert right(source, part, text) is True


@pytest.mark.parametrize(("source", "part", "text"), WRONG)
def test_what_is_false_is_wrong(source: str, part: str | None, text: str) -> None:
    assert right(source, part, text) is False


UNNAMED = [
    (r"\nabla_w\left(w^\top Cw + \lambda(1 - w^\top w)\right) &= 2Cw - \lambda w", ["wrong", "holds"]),
    (r"\nabla_w\left(w^\top Cw + \lambda(w^\top w - 1)\right) &= 2Cw - 2\lambda w", ["wrong", "holds"]),
    (r"\nabla_w\left(w^\top Cw - \lambda(w^\top w - 1)\right) &= 2Cw - 2\lambda w", ["holds", "holds"]),
]


@pytest.mark.parametrize(("line", "verdicts"), UNNAMED)
def test_the_derivative_of_a_lagrangian_is_an_identity_and_zero_the_condition(
    line: str, verdicts: list[str]
) -> None:
    text = "\n".join([r"$$\begin{aligned}", line + r" \\", r"&= 0", r"\end{aligned}$$"])
    claims = judge_text(text, "answer.md", [problem(LAGRANGE)], "a").claims
    assert [c.verdict for c in claims] == verdicts
