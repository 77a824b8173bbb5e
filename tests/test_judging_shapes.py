r"""Sizes, points, ranges and directions that a line leaves to its neighbours: each row has a right line and wrong ones.

To cover one more way of leaving something out: a row in ROWS.
"""

from __future__ import annotations

import pytest
from judging_problems import judged
from shape_problems import (
    ATTENTION,
    BAGGING,
    CELLS,
    DESCENT,
    LAW,
    MOMENTUM,
    OVER_COLUMNS,
    POLICY,
    PRIOR,
    ROWWISE,
    SPREAD,
)

FINE = {"holds", "notation", "given", "restated"}
CAUGHT = {"wrong", "ill-typed", "holds-only-if"}
# fmt: off
ROWS = [
    # a plain 0 in a product is the zero that fits
    (POLICY, r"$$\mathbb E[b(a-\pi)] = b\,(\pi - \pi) = b\cdot 0 = 0$$", [
        r"$$\mathbb E[b(a-\pi)] = b\cdot 1$$", r"$$\mathbb E[b\,a] = b\cdot 0$$", r"$$\mathbb E[b\,a] = -0$$"]),
    (POLICY, r"$$\mathbb E[W(a-\pi) + c] = W 0 + c = c$$", [
        r"$$\mathbb E[W(a-\pi) + c] = W 0 + 2c$$", r"$$\mathbb E[W a + c] = W \cdot 0 + c$$"]),
    (POLICY, r"$$\theta^\top(\pi - \pi) = \theta^\top 0 = 0$$", [r"$$\theta^\top\pi = \theta^\top 0$$"]),
    (POLICY, r"$$b^2\theta - b^2\theta = -\frac{b \cdot 0}{2}$$", [r"$$b^2\theta = -\frac{b \cdot 0}{2}$$"]),
    # ones whose size the other side tells, inside of a sum
    (MOMENTUM, r"$$\operatorname{Var}(v_t) = s^2\sum_{i=0}^{t-1}\beta^{2i}\,\mathbf 1$$", [
        r"$$\operatorname{Var}(v_t) = s^2\sum_{i=0}^{t}\beta^{2i}\,\mathbf 1$$",
        r"$$\operatorname{Var}(v_t) = s^2\sum_{i=0}^{t-1}\beta^{i}\,\mathbf 1$$"]),
    # the softmax of a matrix
    (ATTENTION, r"$$Z = \operatorname{softmax}\left(\frac{QK^\top}{\sqrt k}\right)V$$", [
        r"$$Z = \operatorname{softmax}\left(\frac{QK^\top}{k}\right)V$$",
        r"$$Z = \operatorname{softmax}_{\mathrm{col}}\left(\frac{QK^\top}{\sqrt k}\right)V$$",
        r"$$C = \operatorname{softmax}(S)$$"]),
    (ATTENTION, r"$$A_{ij} = \operatorname{softmax}(S)_{ij}$$", [r"$$A_{ij} = \operatorname{softmax}(2S)_{ij}$$"]),
    (ATTENTION, r"$$C = \operatorname{softmax}_{\text{col}}(S)$$", [r"$$C = \operatorname{softmax}_{\text{row}}(S)$$"]),
    (OVER_COLUMNS, r"$$A = \operatorname{softmax}(S)$$", [r"$$A = \operatorname{softmax}_{\text{rows}}(S)$$"]),
    # gradients at a point
    (DESCENT, r"$$x_t = x_{t-1} - \gamma\nabla_u L(x_{t-1})$$", [r"$$x_t = x_{t-1} - \gamma\nabla_u L(x_t)$$"]),
    (DESCENT, r"$$x_t = x_{t-1} - \gamma\nabla L(x_{t-1})$$", [
        r"$$x_t = x_{t-1} - \gamma\nabla L(x_t)$$", r"$$x_t = x_{t-1} + \gamma\nabla L(x_{t-1})$$"]),
    (DESCENT, r"$$x_t = x_{t-1} - \gamma\,\frac{\partial L}{\partial u}\Big|_{x_{t-1}}$$", [
        r"$$x_t = x_{t-1} - \gamma\,\frac{\partial L}{\partial u}\Big|_{x_t}$$"]),
    (DESCENT, r"$$x_t = x_{t-1} - \gamma\left.\nabla_u L\right|_{x_{t-1}}$$", [
        r"$$x_t = x_{t-1} - \left.\nabla_u L\right|_{x_{t-1}}$$"]),
    # members of a family by their digits
    (CELLS, r"$$Y_{11} = 72 - 4 + 2 = 70$$", [r"$$Y_{11} = 72 - 4 = 68$$", r"$$Y_{11} = 71$$", r"$$Y_{12} = 70$$"]),
    (CELLS, r"$$\frac{\partial L}{\partial X_{11}} = \frac{\partial L}{\partial Y_{11}}"
            r"\frac{\partial Y_{11}}{\partial X_{11}} = -Y_{11}$$", [
        r"$$\frac{\partial L}{\partial X_{11}} = \frac{\partial L}{\partial Y_{12}}"
        r"\frac{\partial Y_{11}}{\partial X_{11}}$$",
        r"$$\frac{\partial L}{\partial X_{11}} = Y_{11}$$"]),
    # a sum over two arrays of known sizes
    (CELLS, r"$$Y_{12} = \sum_{k,l} F_{kl} X_{k,l+1} + c$$", [
        r"$$Y_{12} = \sum_{k,l} F_{kl} X_{k,l} + c$$", r"$$Y_{12} = \sum_{k,l} F_{kl} X_{k,l+1}$$"]),
    # the parameters of a law
    (LAW, r"$$\log\mathcal N(x; g, vI) = -\frac1{2v}\|x - g\|^2 - \frac d2\log(2\pi v)$$", [
        r"$$\log\mathcal N(x; g, vI) = -\frac1{2v}\|x - g\|^2 - \frac12\log(2\pi v)$$",
        r"$$\log\mathcal N(x; g, v^2I) = -\frac1{2v}\|x - g\|^2 - \frac d2\log(2\pi v)$$"]),
    (LAW, r"$$\log\mathcal N(0; g, I) = -\frac12\|g\|^2 - \frac d2\log(2\pi)$$", [
        r"$$\log\mathcal N(0; x, I) = -\frac12\|g\|^2 - \frac d2\log(2\pi)$$"]),
    (LAW, r"$$\log\mathcal N(y; 0, vI) = -\frac{y^2}{2v} - \frac12\log(2\pi v)$$", [
        r"$$\log\mathcal N(y; 0, vI) = -\frac{y^2}{v} - \frac12\log(2\pi v)$$"]),
    # sums that nothing limits but the one size there is
    (BAGGING, r"$$\operatorname{Var}(\bar h) = \frac1{K^2}\left(K\sigma^2 + \sum_{i\ne j}\rho\sigma^2\right)$$", [
        r"$$\operatorname{Var}(\bar h) = \frac1{K^2}\left(K\sigma^2 + 2\sum_{i\ne j}\rho\sigma^2\right)$$",
        r"$$\operatorname{Var}(\bar h) = \frac1{K^2}\left(\sigma^2 + \sum_{i\ne j}\rho\sigma^2\right)$$"]),
    (BAGGING, r"$$\operatorname{Var}(\bar h) = \frac1{K^2}\Big(\sum_i\sigma^2 + 2\sum_{i<j}\rho\sigma^2\Big)$$", [
        r"$$\operatorname{Var}(\bar h) = \frac1{K^2}\Big(\sum_i\sigma^2 + \sum_{i<j}\rho\sigma^2\Big)$$"]),
    # a name whose size only shows where it is used
    (PRIOR, r"With $R = \lambda I$: $$\nabla_w J = X^\top(Xw - y) + Rw$$", [
        r"With $R = 2\lambda I$: $$\nabla_w J = X^\top(Xw - y) + Rw$$",
        r"With $R = \lambda I$: $$\nabla_w J = X^\top(Xw - y) + 2Rw$$"]),
    (PRIOR, r"With $A = X^\top X + R$, where $R = \lambda I$: $$\nabla_w J = Aw - X^\top y$$", [
        r"With $A = X^\top X + R$, where $R = \lambda I$: $$\nabla_w J = Aw + X^\top y$$"]),
    (PRIOR, r"Let $u = \mathbf 1$. Then $$u^\top Xw = \sum_i (Xw)_i$$", [
        r"Let $u = \mathbf 1$. Then $$u^\top Xw = 2\sum_i (Xw)_i$$"]),
    # eigenvalues, and best values under a constraint
    (PRIOR, r"$$\max_{\|w\|=1} w^\top Sw = \lambda_{\max}(S)$$", [
        r"$$\max_{\|w\|=1} w^\top Sw = \lambda_{\min}(S)$$", r"$$\max_{\|w\|=2} w^\top Sw = \lambda_{\max}(S)$$",
        r"$$\max_{\|w\|=1} w^\top Sw = \operatorname{tr}(S)$$"]),
    (PRIOR, r"$$\min_{w :\, w^\top w = 1} w^\top Sw = \lambda_{\min}(S)$$", [
        r"$$\min_{w :\, w^\top w = 1} w^\top Sw = \lambda_1(S)$$"]),
    (PRIOR, r"$$\lambda_{\max}(X^\top X + \lambda I) = \lambda_{\max}(X^\top X) + \lambda$$", [
        r"$$\lambda_{\max}(X^\top X + \lambda I) = \lambda_{\max}(X^\top X)$$"]),
    (PRIOR, r"$$\sigma_{\max}(X)^2 = \lambda_{\max}(X^\top X)$$", [r"$$\sigma_{\max}(X) = \lambda_{\max}(X^\top X)$$"]),
    (PRIOR, r"$$\lambda_{\max}(B + B^\top) = \lambda_{\max}(B^\top + B)$$", [
        r"$$\lambda_{\max}(B + B^\top) = 2\lambda_{\max}(B^\top B)$$"]),
    # ellipses
    (MOMENTUM, r"$$v_t = e_t + \beta e_{t-1} + \dots + \beta^{t-1}e_1$$", [
        r"$$v_t = e_1 + \beta e_2 + \dots + \beta^{t-1}e_t$$", r"$$v_t = e_t + \beta e_{t-1} + \dots + \beta^{t-2}e_2$$"]),
    (MOMENTUM, r"$$v_t = \beta^{t-1}e_1 + \beta^{t-2}e_2 + \dots + e_t$$", [
        r"$$v_t = \beta^te_1 + \beta^{t-1}e_2 + \dots + \beta e_t$$"]),
    (MOMENTUM, r"$$\mathbb E[v_t] = (1 + \beta + \dots + \beta^{t-1})m$$", [
        r"$$\mathbb E[v_t] = (1 + \beta + \dots + \beta^t)m$$", r"$$\mathbb E[v_t] = (\beta + \dots + \beta^{t-1})m$$"]),
    (MOMENTUM, r"$$\operatorname{Var}(v_t) = s^2(1 + \beta^2 + \beta^4 + \dots + \beta^{2(t-1)})\mathbf 1$$", [
        r"$$\operatorname{Var}(v_t) = s^2(1 + \beta^2 + \beta^4 + \dots + \beta^{2t})\mathbf 1$$"]),
    (ROWWISE, r"$$a^\top a = a_n^2 + a_{n-1}^2 + \dots + a_1^2$$", [r"$$a^\top a = a_n^2 + a_{n-1}^2 + \dots + a_2^2$$"]),
    (ROWWISE, r"$$\frac{\partial p}{\partial s} = \begin{pmatrix}p_1(1-p_1)&-p_1p_2&\cdots&-p_1p_n\\"
              r"\vdots&\vdots&\ddots&\vdots\\-p_np_1&-p_np_2&\cdots&p_n(1-p_n)\end{pmatrix}$$", [
        r"$$\frac{\partial p}{\partial s} = \begin{pmatrix}p_1(1-p_1)&p_1p_2&\cdots&p_1p_n\\"
        r"\vdots&\vdots&\ddots&\vdots\\p_np_1&p_np_2&\cdots&p_n(1-p_n)\end{pmatrix}$$",
        r"$$\frac{\partial p}{\partial s} = \begin{pmatrix}p_1&\cdots&-p_1p_n\\"
        r"\vdots&\ddots&\vdots\\-p_np_1&\cdots&p_n\end{pmatrix}$$"]),
    (ROWWISE, r"$$M = \begin{bmatrix}a_1b_1&\cdots&a_1b_m\\\vdots&\ddots&\vdots\\a_nb_1&\cdots&a_nb_m\end{bmatrix}$$", [
        r"$$M = \begin{bmatrix}a_1b_1&\cdots&a_nb_1\\\vdots&\ddots&\vdots\\a_1b_m&\cdots&a_nb_m\end{bmatrix}$$",
        r"$$M = \begin{bmatrix}2a_1b_1&\cdots&2a_1b_m\\\vdots&\ddots&\vdots\\2a_nb_1&\cdots&2a_nb_m\end{bmatrix}$$"]),
    (ROWWISE, r"$$X = \begin{pmatrix}x_1^\top\\ \vdots\\ x_n^\top\end{pmatrix} = [x_1, \dots, x_n]^\top$$", [
        r"$$X = \begin{pmatrix}x_1&\cdots&x_n\end{pmatrix}$$", r"$$X = [x_1, \dots, x_n]$$"]),
    (PRIOR, r"$$\lambda_{\max}(S^2 + 2B^\top SB) = \lambda_{\max}(2B^\top SB + SS)$$", [
        r"$$\lambda_{\max}(S^2) = \lambda_{\max}(S)$$"]),
    # a name that is printed with a power is no function
    (SPREAD, r"$$\frac{\partial\sigma^2}{\partial x} = \frac2dx$$", [r"$$\frac{\partial\sigma^2}{\partial x} = \frac1dx$$"]),
    # whole numbers
    (CELLS, r"$$\lfloor 7/2\rfloor = 3$$", [r"$$\lfloor 7/2\rfloor = 4$$"]),
    (CELLS, r"$$\left\lceil\frac72\right\rceil = 4$$", [r"$$\left\lceil\frac72\right\rceil = 3$$"]),
]
# fmt: on


@pytest.mark.parametrize(("source", "right"), [row[:2] for row in ROWS])
def test_what_is_left_out_is_found(source: str, right: str) -> None:
    found = [c.verdict for c in judged(source, [right]).claims]
    assert found
    assert set(found) <= FINE, found


@pytest.mark.parametrize(("source", "wrong"), [(row[0], line) for row in ROWS for line in row[2]])
def test_what_is_wrong_beside_it_is_caught(source: str, wrong: str) -> None:
    found = [c.verdict for c in judged(source, [wrong]).claims]
    assert set(found) & CAUGHT, found


SAID = [
    (ATTENTION, r"$$A = \operatorname{softmax}(S)$$", "read as the softmax of each of the rows"),
    (OVER_COLUMNS, r"$$A = \operatorname{softmax}(S)$$", "read as the softmax of each of the columns"),
    (DESCENT, r"$$x_t = x_{t-1} - \gamma\nabla L(x_{t-1})$$", "read as: L at another point"),
]


@pytest.mark.parametrize(("source", "line", "note"), SAID)
def test_a_looser_reading_is_said(source: str, line: str, note: str) -> None:
    (claim,) = judged(source, [line]).claims
    assert note in [reason.text for reason in claim.reasons]


UNREAD = [
    (
        PRIOR,
        r"$$\lambda_{\max}(SB) = \lambda_{\max}(BS)$$",
        "eigenvalues are in the language where a matrix is symmetric",
    ),
    (PRIOR, r"$$\sigma_{\min}(X) = 1$$", "the least singular value is read of a square matrix"),
    (ATTENTION, r"$$A = \operatorname{softmax}_k(S)$$", "what stands below softmax is not read"),
    (
        ROWWISE,
        r"$$M = \begin{bmatrix}a_1b_1&\cdots&-a_1b_m\\\vdots&\ddots&\vdots\\a_nb_1&\cdots&a_nb_m\end{bmatrix}$$",
        "an ellipsis stands for factors or terms that nobody can check",
    ),
    (
        ROWWISE,
        r"$$a^\top a = a_1^2 + 2a_2^2 + \dots + 4a_n^2$$",
        "an ellipsis stands for factors or terms that nobody can check",
    ),
    (PRIOR, r"Let $R = \lambda I$.", "the size of this does not show"),
]


@pytest.mark.parametrize(("source", "line", "message"), UNREAD)
def test_what_nothing_tells_is_not_read(source: str, line: str, message: str) -> None:
    (claim,) = judged(source, [line]).claims
    assert claim.verdict == "unreadable"
    assert message in [reason.text for reason in claim.reasons]
