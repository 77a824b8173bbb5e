"""Lines that hold at an optimum only, names of optima, final answers: right ones beside wrong ones."""

from __future__ import annotations

import re

import pytest
from judging_problems import (
    BERN,
    DROP,
    GAN,
    GAUSS,
    LOGOPT,
    LOGREG,
    MEAN,
    PCA,
    POISSON,
    PORT,
    RIDGE,
    SIMPLEX,
    judged,
)

RIGHT = [
    (RIDGE, [r"At the minimiser, $$J = \frac12 y^\top y - \frac12 w^\top X^\top y$$"]),
    (RIDGE, [r"$$J(\hat w) = \frac12 y^\top y - \frac12 \hat w^\top X^\top y$$"]),
    (RIDGE, [r"$$\nabla_w J = X^\top(Xw-y)+\lambda w \stackrel{!}{=} 0$$"]),
    (RIDGE, [r"$$\nabla_w J \overset{!}{=} 0 \iff X^\top X w + \lambda w = X^\top y$$"]),
    (
        RIDGE,
        [
            r"Setting this to zero, $(X^\top X + \lambda I) w = X^\top y$, so $\hat w = (X^\top X+\lambda I)^{-1}X^\top y$."
        ],
    ),
    (RIDGE, [r"$$w_{\text{ridge}} = X^\top (X X^\top + \lambda I)^{-1} y$$"]),
    (RIDGE, [r"$$w^{*} = \arg\min_w J(w) = (X^\top X+\lambda I)^{-1}X^\top y$$"]),
    (RIDGE, [r"$$\operatorname*{argmin}_w J = (\lambda I + X^TX)^{-1}X^Ty$$"]),
    (RIDGE, [r"$$\nabla_w J(w^\star) = 0 \Rightarrow X^\top(y - Xw^\star) = \lambda w^\star$$"]),
    (RIDGE, [r"$$\lambda w = X^\top(y - Xw)$$", r"so $w = \frac1\lambda X^\top (y - Xw)$."]),
    (RIDGE, [r"$$\min_w J = \tfrac12 y^\top y - \tfrac12 y^\top X(X^\top X+\lambda I)^{-1}X^\top y$$"]),
    (RIDGE, [r"$$J(\hat w) = \tfrac12 y^\top (y - X\hat w)$$"]),
    (RIDGE, [r"$$\hat y = X\hat w = X(X^\top X+\lambda I)^{-1}X^\top y$$"]),
    (RIDGE, [r"The answer is $$\boxed{(X^\top X+\lambda I)^{-1}X^\top y}$$"]),
    (RIDGE, [r"so the gradient is $$g = X^\top(Xw - y) + \lambda w$$"]),
    (RIDGE, [r"$$\nabla^2 J(w) = X^\top X + \lambda I \succ 0$$"]),
    (
        GAUSS,
        [
            r"$$\nabla_\mu \ell = \Sigma^{-1}\sum_i (x_i - \mu) = 0$$",
            r"$$\sum_i x_i = N\mu$$",
            r"$$\mu_{ML} = \frac1N\sum_i x_i$$",
        ],
    ),
    (
        GAUSS,
        [
            r"$$\hat\Sigma_{MLE} = \frac1N\sum_i (x_i-\hat\mu)(x_i-\hat\mu)^\top$$ with $\hat\mu = \frac1N\sum_i x_i$"
        ],
    ),
    (
        GAUSS,
        [
            r"$$\nabla_\Sigma \ell = -\frac N2\Sigma^{-1} + \frac12\Sigma^{-1}\sum_i(x_i-\mu)(x_i-\mu)^\top\Sigma^{-1} = 0$$",
            r"$$N\Sigma = \sum_i(x_i-\mu)(x_i-\mu)^\top$$",
        ],
    ),
    (
        POISSON,
        [
            r"$$\frac{d\ell}{d\lambda} = \sum_i\left(\frac{x_i}{\lambda} - 1\right) = 0$$",
            r"$$\lambda = \frac1N\sum_i x_i$$",
        ],
    ),
    (POISSON, [r"$$\hat\lambda = \frac1N\sum_{i=1}^N x_i$$"]),
    (
        BERN,
        [
            r"$$\frac{\partial\ell}{\partial p} = \frac{\sum_i x_i}{p} - \frac{N - \sum_i x_i}{1-p} = 0$$",
            r"$$(1-p)\sum_i x_i = p\left(N - \sum_i x_i\right)$$",
            r"$$\hat p = \frac1N\sum_i x_i$$",
        ],
    ),
    (GAN, [r"$$\frac{p}{D} - \frac{q}{1-D} = 0$$", r"$$D^* = \frac{p}{p+q}$$"]),
    (GAN, [r"$$D_k = \frac{p_k}{p_k+q_k}$$"]),
    (
        GAN,
        [
            r"$$\frac{\partial V}{\partial D_k} = \frac{p_k}{D_k} - \frac{q_k}{1-D_k} = 0 \implies p_k(1-D_k) = q_k D_k$$"
        ],
    ),
    (LOGREG, [r"$$\nabla_w L = X^\top(p - y) + \lambda w = 0$$"]),
    (
        LOGOPT,
        [
            r"$$\nabla_w L = X^\top(p - y) + \lambda w = 0$$",
            r"so at the minimiser $$\lambda w = X^\top (y - p)$$",
        ],
    ),
    (LOGOPT, [r"$$\nabla_w^2 L = X^\top \operatorname{diag}(p\odot(1-p)) X + \lambda I \succ 0$$"]),
    (
        SIMPLEX,
        [
            r"With a multiplier $\nu$,",
            r"$$\nabla_p \ell = \nu \mathbf 1, \quad \sum_k p_k = 1$$",
            r"$$\frac{c_k}{p_k} = \nu$$",
            r"$$\nu = \sum_k c_k$$",
            r"$$p_k = \frac{c_k}{\sum_j c_j}$$",
        ],
    ),
    (SIMPLEX, [r"$$\hat p = \frac{c}{\mathbf 1^\top c}$$"]),
    (
        PORT,
        [
            r"$$2 S w = \nu \mathbf 1$$",
            r"$$\mathbf 1^\top w = 1$$",
            r"$$w = \frac{\nu}{2} S^{-1}\mathbf 1$$",
            r"$$w^\star = \frac{S^{-1}\mathbf 1}{\mathbf 1^\top S^{-1}\mathbf 1}$$",
        ],
    ),
    (
        PORT,
        [
            r"$$\mathcal L = w^\top S w - \nu(\mathbf 1^\top w - 1)$$",
            r"$$\nabla_w \mathcal L = 2 S w - \nu\mathbf 1 = 0$$",
            r"$$\nu = 2 w^\top S w$$",
        ],
    ),
    (PCA, [r"$$2 S w - 2\lambda w = 0$$", r"$$S w = \lambda w$$", r"$$w^\top S w = \lambda$$"]),
    (DROP, [r"so the variance is $$v = p(1-p)\sum_i w_i^2x_i^2$$"]),
    (RIDGE, [r"Let $\hat w = \frac{w}{\|w\|}$. Then", r"$$\hat w^\top w = \|w\|$$"]),
    (
        RIDGE,
        [
            r"The normal equations are $(X^TX + \lambda I)\, w^* = X^T y$, thus",
            r"$$w^* = (X^TX+\lambda I)^{-1}X^Ty.$$",
        ],
    ),
    (
        RIDGE,
        [
            r"$$\nabla_w J = -X^\top(y - Xw) + \lambda w$$",
            r"At the optimum,",
            r"$$X^\top(y - X\hat w) = \lambda\hat w$$",
            r"$$\hat w = \frac{1}{\lambda}X^\top(y - X\hat w)$$",
        ],
    ),
    (
        RIDGE,
        [
            r"$$\begin{aligned}\nabla_w J &= 0 \\ X^\top X w - X^\top y + \lambda w &= 0 \\ w &= (X^\top X+\lambda I)^{-1}X^\top y\end{aligned}$$"
        ],
    ),
    (
        RIDGE,
        [
            r"$$\begin{aligned}\nabla_w J &= X^\top(Xw-y)+\lambda w \\ &= (X^\top X+\lambda I)w - X^\top y \\ &= 0\end{aligned}$$"
        ],
    ),
    (RIDGE, [r"$$0 = \nabla_w J = X^\top(Xw - y)+\lambda w$$"]),
    (
        RIDGE,
        [r"$$0 = X^\top(Xw - y)+\lambda w \quad\Leftrightarrow\quad w = (X^\top X+\lambda I)^{-1}X^\top y$$"],
    ),
    (RIDGE, [r"$$\hat w = A^{-1}X^\top y, \quad A = X^\top X+\lambda I$$"]),
    (RIDGE, [r"$$w_{opt} = \lambda^{-1}X^\top\alpha, \quad \alpha = \lambda (XX^\top+\lambda I)^{-1}y$$"]),
    (RIDGE, [r"The Hessian is $H = X^\top X + \lambda I$, and $H \succ 0$."]),
    (RIDGE, [r"$$\|y - X\hat w\|^2 + \lambda\|\hat w\|^2 = y^\top(y - X\hat w)$$"]),
    (RIDGE, [r"$$J(w) \ge J(\hat w)$$"]),
    (RIDGE, [r"$$J(w) - J(w^\star) = \tfrac12 (w - w^\star)^\top(X^\top X+\lambda I)(w-w^\star)$$"]),
    (
        GAUSS,
        [
            r"Let $\bar x = \frac1N\sum_i x_i$. Then $\hat\mu = \bar x$ and",
            r"$$\hat\Sigma = \frac1N\sum_i(x_i-\bar x)(x_i-\bar x)^\top$$",
        ],
    ),
    (GAUSS, [r"$$\hat\mu = \bar x, \quad \bar x = \frac1N\sum_{i=1}^N x_i$$"]),
    (GAUSS, [r"$$\hat\Sigma = \frac1N\sum_i x_ix_i^\top - \hat\mu\hat\mu^\top$$"]),
    (GAUSS, [r"$$\sum_i (x_i - \hat\mu) = 0$$"]),
    (
        POISSON,
        [
            r"$$\ell = \log\lambda\sum_i x_i - N\lambda$$",
            r"Setting the derivative to zero gives $$N = \frac1\lambda\sum_i x_i$$ and $\lambda_{\text{MLE}} = \frac1N\sum_i x_i$.",
        ],
    ),
    (POISSON, [r"$$\frac{\partial^2\ell}{\partial\lambda^2} = -\frac{1}{\lambda^2}\sum_i x_i \prec 0$$"]),
    (BERN, [r"$$\frac{p}{1-p} = \frac{\sum_i x_i}{N-\sum_i x_i}$$"]),
    (BERN, [r"$$\log\frac{\hat p}{1-\hat p} = \log\sum_i x_i - \log\left(N - \sum_i x_i\right)$$"]),
    (GAN, [r"$$1 - D^* = \frac{q}{p+q}$$"]),
    (GAN, [r"$$V(D^*) = \sum_k p_k\log\frac{p_k}{p_k+q_k} + \sum_k q_k\log\frac{q_k}{p_k+q_k}$$"]),
    (GAN, [r"For every $k$, $D_k(p_k+q_k) = p_k$."]),
    (LOGREG, [r"Let $\hat p = \sigma(Xw)$; then $\nabla_w L = X^\top(\hat p - y) + \lambda w$."]),
    (LOGOPT, [r"$$\hat w = \frac1\lambda X^\top(y - \sigma(X\hat w))$$"]),
    (
        SIMPLEX,
        [
            r"$$\mathcal L = \sum_k c_k\log p_k + \nu\left(1 - \sum_k p_k\right)$$",
            r"$$\frac{\partial\mathcal L}{\partial p_k} = \frac{c_k}{p_k} - \nu = 0$$",
            r"$$p_k = \frac{c_k}{\nu}$$",
            r"$$\sum_k \frac{c_k}{\nu} = 1$$",
            r"$$\nu = \sum_k c_k$$",
            r"$$p_k^* = \frac{c_k}{\sum_j c_j}$$",
        ],
    ),
    (
        PCA,
        [
            r"$$\mathcal L = w^\top S w - \lambda(w^\top w - 1)$$",
            r"$$\nabla_w\mathcal L = 2Sw - 2\lambda w = 0 \iff Sw = \lambda w$$",
            r"$$\lambda = w^\top S w$$",
            r"$$w^\top w = 1$$",
        ],
    ),
    (
        DROP,
        [
            r"$$\mathrm{Var}(s) = \sum_i w_i^2x_i^2 p(1-p)$$ and therefore $$E[s^2] = p^2(w^\top x)^2 + p(1-p)\sum_i w_i^2x_i^2$$"
        ],
    ),
]

WRONG = [
    (RIDGE, [r"$$J = \frac12 y^\top y - \frac12 w^\top X^\top y$$"], [1]),  # so it is at the minimiser only
    (
        RIDGE,
        [
            r"$$\frac12\|Xw - y\|^2 + \frac\lambda2\|w\|^2 = \frac12 y^\top y - \frac12 w^\top X^\top y$$",
            r"$$X^\top X w + \lambda w = X^\top y$$",
        ],
        [1],
    ),
    (RIDGE, [r"$$\hat w_\lambda = (X^\top X - \lambda I)^{-1}X^\top y$$"], [1]),
    (RIDGE, [r"$$\nabla_w J = 0 \quad\Rightarrow\quad X^\top X w = X^\top y$$"], [1]),
    (DROP, [r"The expectation is $$\boxed{(1-p)\, w^\top x}$$"], [1]),
    (RIDGE, [r"$$\nabla_w J = X^\top(Xw-y)+2\lambda w = 0$$"], [1]),
    (RIDGE, [r"$$X^\top X w - \lambda w = X^\top y$$"], [1]),
    (RIDGE, [r"$$X^\top X w = X^\top y$$"], [1]),
    (RIDGE, [r"$$X X^\top w + \lambda w = X^\top y$$"], [1]),
    (RIDGE, [r"$$2X^\top X w + \lambda w = X^\top y$$"], [1]),
    (RIDGE, [r"$$\hat w = (X^\top X+\lambda I)^{-1}y$$"], [1]),
    (RIDGE, [r"$$w_{\text{MAP}} = (X^\top X+2\lambda I)^{-1}X^\top y$$"], [1]),
    (RIDGE, [r"$$\arg\min_w J = (X^\top X)^{-1}X^\top y$$"], [1]),
    (RIDGE, [r"$$\min_w J = \tfrac12 y^\top y + \tfrac12 y^\top X(X^\top X+\lambda I)^{-1}X^\top y$$"], [1]),
    (RIDGE, [r"$$J(\hat w) = \tfrac12 y^\top (y + X\hat w)$$"], [1]),
    (RIDGE, [r"The minimiser is $$\boxed{(X^\top X-\lambda I)^{-1}X^\top y}$$"], [1]),
    (RIDGE, [r"so the gradient is $$g = X^\top(Xw - y) - \lambda w$$"], [1]),
    (RIDGE, [r"$$\nabla^2 J(w) = X^\top X + \lambda I \prec 0$$"], [1]),
    (
        RIDGE,
        [
            r"$$\nabla_w J = X^\top(Xw-y) = 0$$",
            r"$$X^\top X w = X^\top y$$",
            r"$$\hat w = (X^\top X)^{-1}X^\top y$$",
        ],
        [1],
    ),
    (
        RIDGE,
        [
            r"$$\nabla_w J = X^\top(Xw-y) = 0$$",
            r"$$X^\top X w = X^\top y$$",
            r"$$\hat w = (X^\top X)^{-1} X^\top y + w$$",
        ],
        [1, 3],
    ),
    (RIDGE, [r"$$\nabla_w J = X^\top(Xw-y)-\lambda w$$", r"$$(X^\top X - \lambda I)w = 2X^\top y$$"], [1, 2]),
    (GAUSS, [r"$$\mu_{ML} = \frac1{N-1}\sum_i x_i$$"], [1]),
    (GAUSS, [r"$$\Sigma_{ML} = \frac{1}{N-1}\sum_i (x_i-\mu)(x_i-\mu)^\top$$"], [1]),
    (GAUSS, [r"$$\nabla_\mu\ell = -\Sigma^{-1}\sum_i(x_i-\mu) = 0$$"], [1]),
    (POISSON, [r"$$\hat\lambda = \frac{N}{\sum_i x_i}$$"], [1]),
    (POISSON, [r"$$\frac{\sum_i x_i}{\lambda} = N - 1$$"], [1]),
    (BERN, [r"$$\frac{\sum_i x_i}{p} = \frac{N + \sum_i x_i}{1-p}$$"], [1]),
    (GAN, [r"$$D^* = \frac{q}{p+q}$$"], [1]),
    (GAN, [r"$$D_k = \frac{p_k}{p_k-q_k}$$"], [1]),
    (GAN, [r"$$\frac{p}{D} + \frac{q}{1-D} = 0$$"], [1]),
    (LOGREG, [r"$$\nabla_w L = X^\top(y - p) + \lambda w = 0$$"], [1]),
    (LOGOPT, [r"$$\lambda w = X^\top (p - y)$$"], [1]),
    (SIMPLEX, [r"$$\nabla_p\ell = \nu\mathbf 1$$", r"$$\nu = \frac1K\sum_k c_k$$"], [2]),
    (SIMPLEX, [r"$$\hat p = \frac{c}{K}$$"], [1]),
    (SIMPLEX, [r"$$c_k p_k = \nu$$"], [1]),
    (PORT, [r"$$2 S w = \nu w$$"], [1]),
    (PORT, [r"$$w^\star = \frac{S\mathbf 1}{\mathbf 1^\top S\mathbf 1}$$"], [1]),
    (PCA, [r"$$S w = \lambda w$$", r"$$w^\top S w = 2\lambda$$"], [2]),
    (DROP, [r"so the variance is $$v = p^2\sum_i w_i^2x_i^2$$"], [1]),
    (RIDGE, [r"$$0 = \nabla_w J = X^\top(Xw - y)-\lambda w$$"], [1]),
    (RIDGE, [r"$$0 = X^\top(Xw - y)-\lambda w$$"], [1]),
    (
        RIDGE,
        [
            r"$$\begin{aligned}\nabla_w J &= 0 \\ X^\top X w - X^\top y + 2\lambda w &= 0 \\ w &= (X^\top X+2\lambda I)^{-1}X^\top y\end{aligned}$$"
        ],
        [1],
    ),
    (
        RIDGE,
        [
            r"$$\begin{aligned}\nabla_w J &= 0 \\ X^\top X w - X^\top y + 2\lambda w &= 0 \\ w &= (X^\top X+\lambda I)^{-1}X y\end{aligned}$$"
        ],
        [1],
    ),
    (RIDGE, [r"$$(X^\top X+\lambda^2 I)\hat w = X^\top y$$"], [1]),
    (
        RIDGE,
        [r"$$\hat w = (X^\top X+\lambda I)^{-1}X^\top y$$", r"$$X\hat w = X(X^\top X)^{-1}X^\top y$$"],
        [2],
    ),
    (RIDGE, [r"$$\hat w = (X^\top X)^{-1}X^\top y$$", r"$$X\hat w = X(X^\top X)^{-1}X^\top y$$"], [1]),
    (RIDGE, [r"$$\hat w = (X^\top X)^{-1}X^\top y$$", r"$$X\hat w = -X(X^\top X)^{-1}X^\top y$$"], [1, 2]),
    (RIDGE, [r"$$\hat w = A^{-1}X^\top y, \quad A = X^\top X-\lambda I$$"], [1]),
    (RIDGE, [r"$$J(w) - J(w^\star) = (w - w^\star)^\top(X^\top X+\lambda I)(w-w^\star)$$"], [1]),
    (RIDGE, [r"$$J(w) \le J(\hat w)$$"], [1]),
    (
        RIDGE,
        [
            r"$$J = \|Xw-y\|^2+\lambda\|w\|^2$$",
            r"$$\nabla_w J = 2X^\top(Xw-y)+2\lambda w$$",
            r"$$\hat w = (X^\top X+2\lambda I)^{-1}X^\top y$$",
        ],
        [1, 3],
    ),
    (GAUSS, [r"Let $\bar x = \frac1N\sum_i x_i$. Then $\hat\mu = N\bar x$."], [1]),
    (GAUSS, [r"$$\hat\Sigma = \frac1N\sum_i x_ix_i^\top + \hat\mu\hat\mu^\top$$"], [1]),
    (GAUSS, [r"$$\nabla_\mu\ell = \Sigma\sum_i(x_i-\mu) = 0$$", r"$$\hat\mu=\frac1N\sum_i x_i$$"], [1]),
    (POISSON, [r"$$N = \lambda\sum_i x_i$$"], [1]),
    (
        POISSON,
        [
            r"$$\ell = \log\lambda\sum_i x_i - \lambda$$",
            r"$$\frac{d\ell}{d\lambda} = \frac{\sum_i x_i}{\lambda} - 1 = 0$$",
            r"$$\lambda = \sum_i x_i$$",
        ],
        [1],
    ),
    (
        POISSON,
        [
            r"$$\ell = \log\lambda\sum_i x_i - \lambda$$",
            r"$$\frac{d\ell}{d\lambda} = \frac{\sum_i x_i}{\lambda} - 1 = 0$$",
            r"$$\lambda = 2\sum_i x_i$$",
        ],
        [1, 3],
    ),
    (BERN, [r"$$\hat p = \frac{1}{N-1}\sum_i x_i$$"], [1]),
    (GAN, [r"$$D_k(p_k+q_k) = q_k$$"], [1]),
    (GAN, [r"$$V(D^*) = \sum_k p_k\log\frac{p_k}{p_k+q_k} - \sum_k q_k\log\frac{q_k}{p_k+q_k}$$"], [1]),
    (LOGOPT, [r"$$\hat w = \frac1\lambda X^\top(\sigma(X\hat w) - y)$$"], [1]),
    (GAN, [r"$$p_kD_k = q_k(1-D_k)$$", r"$$D_k = \frac{q_k}{p_k+q_k}$$"], [1]),
    (GAN, [r"$$p_kD_k = q_k(1-D_k)$$", r"$$D_k = \frac{2q_k}{p_k+q_k}$$"], [1, 2]),
    (MEAN, [r"$$E\Bigl[\sum_i(x_i-\bar x)^2\Bigr] = n\sigma^2$$", r"$$E[v] = \sigma^2$$"], [1]),
    (MEAN, [r"$$E\Bigl[\sum_i(x_i-\bar x)^2\Bigr] = n\sigma^2$$", r"$$E[v] = 2\sigma^2$$"], [1, 2]),
    (
        SIMPLEX,
        [
            r"$$\mathcal L = \sum_k c_k\log p_k + \nu\left(1 - \sum_k p_k\right)$$",
            r"$$\frac{\partial\mathcal L}{\partial p_k} = \frac{c_k}{p_k} + \nu = 0$$",
        ],
        [2],
    ),
    (SIMPLEX, [r"$$p_k = \frac{c_k}{\nu}$$", r"$$\nu = K$$"], [2]),
    (PORT, [r"$$w^\star = \frac{S^{-1}\mathbf 1}{\mathbf 1^\top S\mathbf 1}$$"], [1]),
    (
        DROP,
        [
            r"$$\mathrm{Var}(s) = p^2\sum_i w_i^2x_i^2$$",
            r"$$E[s^2] = p^2(w^\top x)^2 + p^2\sum_i w_i^2x_i^2$$",
        ],
        [1],
    ),
]


@pytest.mark.parametrize(("source", "lines"), RIGHT)
def test_what_is_true_is_right(source: str, lines: list[str]) -> None:
    assert judged(source, lines).right is True


@pytest.mark.parametrize(("source", "lines", "wrong"), WRONG)
def test_what_is_wrong_is_found_at_its_line(source: str, lines: list[str], wrong: list[int]) -> None:
    assert sorted(set(judged(source, lines).first_wrong)) == wrong


SAID = [
    (RIDGE, r"$$X^\top X w = X^\top y$$", r"X^{\top} y - \lambda w"),
    (
        RIDGE,
        r"$$w^\star = (X^\top X - \lambda I)^{-1}X^\top y$$",
        r"(X^{\top} X + \lambda I)^{-1} X^{\top} y",
    ),
    (GAN, r"$$D^\star = \frac{q}{p+q}$$", r"\frac{p}{p + q}"),
]


@pytest.mark.parametrize(("source", "line", "right"), SAID)
def test_the_right_line_is_found(source: str, line: str, right: str) -> None:
    report = judged(source, [line])
    repaired = report.chains[0].repaired(report.claims[0])
    assert repaired is not None
    assert re.sub(r"\\mathbf\{(\w)\}", r"\1", repaired) == right


@pytest.mark.parametrize("part", [None, "grad", "hess", "opt"])
def test_the_part_that_is_named_does_not_matter(part: str | None) -> None:
    lines = [r"$$\nabla_w J = 0$$", r"$$X^\top X w + \lambda w = X^\top y$$", r"$$X^\top X w = X^\top y$$"]
    assert [j.verdict for j in judged(RIDGE, lines, part).claims] == ["holds", "holds", "wrong"]


def test_both_values_at_the_optimum_are_shown() -> None:
    found = judged(RIDGE, [r"$$X^\top X w = X^\top y$$"]).claims[0].counterexample
    assert found is not None
    assert found.startswith("at the optimum: ")


def test_an_answer_to_a_derivative_gets_no_excuse() -> None:
    """Twice a gradient vanishes where the gradient does."""
    lines = [r"$$\nabla_w J = 2X^\top(Xw - y) + 2\lambda w$$", r"$$\nabla_w J = 0$$"]
    assert [j.verdict for j in judged(RIDGE, lines).claims] == ["wrong", "holds"]


def test_a_name_of_another_thing_is_no_optimum() -> None:
    report = judged(RIDGE, [r"Let $\hat w = w / \|w\|$."])
    assert [j.verdict for j in report.claims] == ["given"]
    assert report.right is None  # nothing was judged
    assert "not compared with any part" in report.claims[0].reasons[0].text


def test_two_objectives_of_one_variable() -> None:
    source = RIDGE + "  - id: plain\n    ask: q\n    find: argmin(sqnorm(X @ w - y), w)\n"
    for system in (r"X^\top X + \lambda I", r"X^\top X"):
        assert judged(source, [rf"$$w^\star = ({system})^{{-1}}X^\top y$$"]).right is True
    assert judged(source, [r"$$w^\star = (X^\top X - \lambda I)^{-1}X^\top y$$"]).right is False
