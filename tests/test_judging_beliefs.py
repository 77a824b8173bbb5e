"""What follows from an earlier wrong line is inherited, what does not is another error."""

from __future__ import annotations

import pytest
from judging_problems import (
    DROP,
    PCA,
    RIDGE,
    SCALED,
    SIG,
    judged,
)

WRONG = [
    (
        DROP,
        [
            r"$$E[s] = (1-p)w^\top x$$",
            r"$$E[s]^2 = (1-p)^2(w^\top x)^2$$",
            r"$$\mathrm{Var}(s) = p(1-p)\|w\|^2$$",
        ],
        [1, 3],
    ),
    (
        SIG,
        [
            r"$$\frac{\partial L}{\partial z} = (y-t)\odot y\odot(1+y)$$",
            r"$$\frac{\partial L}{\partial W} = ((y-t)\odot y\odot(1+y)) x^\top$$",
        ],
        [1],
    ),
    (
        SIG,
        [
            r"$$\frac{\partial L}{\partial z} = (y-t)\odot y\odot(1+y)$$",
            r"$$\frac{\partial L}{\partial W} = -((y-t)\odot y\odot(1+y)) x^\top$$",
        ],
        [1, 2],
    ),
    (
        SIG,
        [
            r"$$\frac{\partial y}{\partial z} = \operatorname{diag}(y)$$",
            r"$$\frac{\partial L}{\partial z} = (y-t)\odot y$$",
            r"$$\frac{\partial L}{\partial b} = (y-t)\odot y$$",
        ],
        [1],
    ),
    (
        SIG,
        [
            r"$$\nabla_y L = 2(y-t)$$",
            r"$$\nabla_z L = 2(y-t)\odot y\odot(1-y)$$",
            r"$$\nabla_W L = 2((y-t)\odot y\odot(1-y))x^\top$$",
            r"$$\nabla_b L = (y-t)\odot y$$",
        ],
        [1, 4],
    ),
    (
        DROP,
        [
            r"$$E[s] = (1-p) w^\top x$$",
            r"$$E[s^2] - E[s]^2 = p(1-p)\sum_i w_i^2 x_i^2$$",
            r"$$E[s]^2 = (1-p)^2 w^\top x$$",
        ],
        [1, 3],
    ),
    (
        SIG,
        [
            r"$$\nabla_z L = (y-t)\odot y$$",
            r"$$\nabla_b L = (y-t)\odot y$$",
            r"$$\nabla_x L = W^\top((y-t)\odot y)$$",
            r"$$\nabla_W L = x((y-t)\odot y)^\top$$",
        ],
        [1, 4],
    ),
    # by components, then as a vector; an entry after the vector
    (
        RIDGE,
        [
            r"$$\frac{\partial J}{\partial w_j} = \sum_{i=1}^n X_{ij}((Xw)_i - y_i) - \lambda w_j$$",
            r"$$\nabla_w J = X^\top(Xw - y) - \lambda w$$",
        ],
        [1],
    ),
    (
        RIDGE,
        [
            r"$$\frac{\partial J}{\partial w_j} = \sum_{i=1}^n X_{ij}((Xw)_i - y_i) - \lambda w_j$$",
            r"$$\nabla_w J = X^\top(y - Xw) - \lambda w$$",
        ],
        [1, 2],
    ),
    (
        RIDGE,
        [
            r"$$\nabla_w J = X^\top(Xw - y)$$",
            r"$$\frac{\partial J}{\partial w_j} = \sum_{i=1}^n X_{ij}((Xw)_i - y_i)$$",
        ],
        [1],
    ),
    (
        RIDGE,
        [
            r"$$\nabla_w J = X^\top(Xw - y)$$",
            r"$$\frac{\partial J}{\partial w_j} = \sum_{i=1}^n X_{ij}(y_i - (Xw)_i)$$",
        ],
        [1, 2],
    ),
    # through a right line; by another name
    (
        SCALED,
        [
            r"$$\mathrm{Var}(y) = c^2\,\mathrm{Var}(s)$$",
            r"$$\mathrm{Var}(s) = 2 v$$",
            r"$$\mathrm{Var}(y) = 2 c^2 v$$",
        ],
        [2],
    ),
    (
        SCALED,
        [
            r"$$\mathrm{Var}(y) = c^2\,\mathrm{Var}(s)$$",
            r"$$\mathrm{Var}(s) = 2 v$$",
            r"$$\mathrm{Var}(y) = 2 c v$$",
        ],
        [2, 3],
    ),
    (SCALED, [r"$$\mathrm{E}[s + m] = 4m$$", r"$$\mathrm{E}[s] + m = 4m$$"], [1]),
    (SCALED, [r"$$\mathrm{E}[s + m] = 4m$$", r"$$\mathrm{E}[s] + m = 5m$$"], [1, 2]),
    # a wrong equation for the optimum, its terms on other sides and divided by a number
    (
        PCA,
        [
            r"$$\mathcal L(w,\lambda) = w^\top S w + \lambda(1-w^\top w)$$",
            r"$$\nabla_w\mathcal L = 2Sw - \lambda w = 0$$",
            r"$$\Rightarrow Sw = \tfrac{\lambda}{2}w$$",
        ],
        [2],
    ),
    (
        PCA,
        [
            r"$$\mathcal L(w,\lambda) = w^\top S w + \lambda(1-w^\top w)$$",
            r"$$\nabla_w\mathcal L = 2Sw - \lambda w = 0$$",
            r"$$\Rightarrow Sw = -\tfrac{\lambda}{2}w$$",
        ],
        [2, 3],
    ),
    (SIG, [r"$$y = \tanh(z)$$", r"$$\nabla_z L = (y-t)\odot(1-y\odot y)$$"], [1]),
]


@pytest.mark.parametrize(("source", "lines", "wrong"), WRONG)
def test_what_is_wrong_is_found_at_its_line(source: str, lines: list[str], wrong: list[int]) -> None:
    assert sorted(set(judged(source, lines).first_wrong)) == wrong


def test_the_line_it_comes_from_is_named() -> None:
    lines = [r"$$\nabla_z L = (y-t)\odot y$$", r"$$\nabla_W L = ((y-t)\odot y)x^\top$$"]
    report = judged(SIG, lines)
    assert [j.verdict for j in report.claims] == ["wrong", "inherited"]
    assert report.claims[1].reasons[0].text == "follows from line 1, which is wrong"


def test_a_slope_that_is_wrong_once() -> None:
    lines = [
        r"Since $\sigma'(z) = \sigma(z)(1+\sigma(z))$,",
        r"$$\nabla_z L = (y-t)\odot y\odot(1+y)$$",
        r"$$\nabla_W L = ((y-t)\odot y\odot(1+y))x^\top$$",
        r"$$\nabla_b L = (y-t)\odot y\odot(1-y)$$",
    ]
    assert [j.verdict for j in judged(SIG, lines).claims] == ["wrong", "inherited", "inherited", "holds"]
