r"""What the LaTeX writer writes, what it never writes, and that TeX takes all of it.

To cover one more form, a row in FORMULAS (the symbols are in SYMBOLS, the author's own notation in NOTATION).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from notation import grown, nodes

from derive.notation.latex import latex
from derive.notation.latex_names import Notation, named, raised, scripts, size_latex
from derive.notation.reader import read, read_index, read_range, read_target
from derive.notation.types import read_type
from derive.tree.nodes import Node
from derive.vocabulary import Declaration, Scope
from derive.vocabulary.build import add, build, div, matmul, mul, neg, num, sym

SYMBOLS = {
    "scalar": "a b p q gamma beta lambda alpha n_k sigma y_bn loss[t]",
    "vector(d)": "x[t] u w v theta theta_hat w_star mu",
    "vector(o)": "z[t]",
    "vector(h)": "h_f[t]",
    "vector(n)": "y",
    "vector(N)": "pi",
    "matrix(h, d)": "W_f",
    "matrix(h, h)": "U_f",
    "matrix(o, h)": "V_f",
    "matrix(n, d)": "X R",
    "matrix(n, n)": "S",
    "matrix(N, N)": "P",
    "matrix(d, d)": "A B W1 Gamma Sigma",
    "integer in 1..N": "c k[t]",
    "scalar of w": "L",
    "function": "f",
}
NOTATION = {
    "W_f": r"\mathbf W^{(f)}",
    "h_f[t]": r"\mathbf h^{(f)}_{t}",
    "lambda": r"\lambda^{\mathrm{dropout}}",
    "loss[t]": "L_{t}",
}


def _scope() -> Scope:
    indices = {"t": read_range("1..T"), "i": read_range("1..N"), "j": read_range("1..N")}
    declarations: dict[str, Declaration] = {}
    for kind, keys in SYMBOLS.items():
        for key in keys.split():
            name, index = read_target(key)
            params = tuple(map(str, index))
            declarations[name] = read_type(kind, name, params, Scope(declarations), dependencies=False)
    return Scope(declarations, indices=indices)


HERE = _scope()
# fmt: off
FORMULAS = [
    ('sqnorm(y - X @ w)', r'\lVert \mathbf{y} - \mathbf{X} \mathbf{w} \rVert^{2}'),
    ('sum((h_f[t] * (1 - h_f[t]) * gradient(L, h_f[t])) @ x[t].T, t)', r'\sum_{t=1}^{T} (\mathbf h^{(f)}_{t} \odot (\mathbf{1} - \mathbf h^{(f)}_{t}) \odot \nabla_{\mathbf h^{(f)}_{t}} L) \mathbf{x}_{t}^{\top}'),
    ('W_f @ x[t] + U_f @ h_f[t-1]', r'\mathbf W^{(f)} \mathbf{x}_{t} + \mathbf{U}_{f} \mathbf h^{(f)}_{t-1}'),
    ('2 * V_f.T @ (V_f @ h_f[t] - z[t])', r'2 \mathbf{V}_{f}^{\top} (\mathbf{V}_{f} \mathbf h^{(f)}_{t} - \mathbf{z}_{t})'),
    ('-1/2 * y.T @ y - 1/3', r'-\tfrac{1}{2} \mathbf{y}^{\top} \mathbf{y} - \frac{1}{3}'),
    ('E(sqnorm(y - (X * R) @ w)) + p * (1 - p) * sqnorm(Gamma @ w)', r'\mathbb{E}[\lVert \mathbf{y} - (\mathbf{X} \odot \mathbf{R}) \mathbf{w} \rVert^{2}] + p (1 - p) \lVert \boldsymbol{\Gamma} \mathbf{w} \rVert^{2}'),
    ('p * argmin(sqnorm(y - X @ w) + alpha * sqnorm(w), w)', r'p \operatorname*{arg\,min}_{\mathbf{w}} (\lVert \mathbf{y} - \mathbf{X} \mathbf{w} \rVert^{2} + \alpha \lVert \mathbf{w} \rVert^{2})'),
    ('inv(X.T @ X + lambda * Gamma @ Gamma) @ X.T @ y', r'(\mathbf{X}^{\top} \mathbf{X} + \lambda^{\mathrm{dropout}} \boldsymbol{\Gamma}^{2})^{-1} \mathbf{X}^{\top} \mathbf{y}'),
    ('pi[k[1]] * prod(P[k[s-1], k[s]], s=2..t)', r'\pi_{k_{1}} \prod_{s=2}^{t} P_{k_{s-1},k_{s}}'),
    ('max(P[i, j] * p, i)', r'\max_{i} P_{ij} p'),
    ('where(a > b, a / b, 0)', r'\begin{cases} a/b & \text{if } a > b \\ 0 & \text{otherwise} \end{cases}'),
    ("f''(a * b) + f'(a)**2", "f''(a b) + f'(a)^{2}"),
    ('x[t][2] + A[1, 2] * A[i, j-1] * W1[1,2]', r'(\mathbf{x}_{t})_{2} + A_{12} A_{i,j-1} (\mathbf{W}_{1})_{12}'),
    ('P[c] + P.T[c]', r'\mathbf{P}_{c,:} + (\mathbf{P}^{\top})_{c,:}'),
    ('-1 / p**2 + (1 - p) / p', r'-\frac{1}{p^{2}} + \frac{1 - p}{p}'),
    ('gamma / norm(u) * (eye(d) - u @ u.T / sqnorm(u)) @ gradient(L, w)', r'\frac{\gamma}{\lVert \mathbf{u} \rVert} \left( \mathbf{I} - \frac{\mathbf{u} \mathbf{u}^{\top}}{\lVert \mathbf{u} \rVert^{2}} \right) \nabla_{\mathbf{w}} L'),
    ('(eye(d) - u @ u.T / sqnorm(u)) @ w / norm(u)', r'\frac{1}{\lVert \mathbf{u} \rVert} \left( \mathbf{I} - \frac{\mathbf{u} \mathbf{u}^{\top}}{\lVert \mathbf{u} \rVert^{2}} \right) \mathbf{w}'),
    ('gamma * (a - E(a)) / sqrt(Var(a)) + beta', r'\frac{\gamma (a - \mathbb{E}[a])}{\sqrt{\operatorname{Var}[a]}} + \beta'),
    ('softmax(S, rows) @ y - y * softmax(y)', r'\operatorname{softmax}_{\mathrm{row}}(\mathbf{S}) \mathbf{y} - \mathbf{y} \odot \operatorname{softmax}(\mathbf{y})'),
    ('jacobian(h_f[t+1], h_f[t]) @ diag(h_f[t] * (1 - h_f[t])) @ U_f', r'\frac{\partial \mathbf h^{(f)}_{t+1}}{\partial \mathbf h^{(f)}_{t}} \operatorname{diag}(\mathbf h^{(f)}_{t} \odot (\mathbf{1} - \mathbf h^{(f)}_{t})) \mathbf{U}_{f}'),
    ('hessian(L, w) @ w + gradient(sqnorm(w) + a, w)', r'(\nabla^{2}_{\mathbf{w}} L) \mathbf{w} + \nabla_{\mathbf{w}} [\lVert \mathbf{w} \rVert^{2} + a]'),
    ('gradient(L, gamma) * gradient(a * b, a)', r'\frac{\partial L}{\partial \gamma} \frac{\partial}{\partial a} [a b]'),
    ('d(w) + d(u / norm(u)) + A @ d(w) * a - d(norm(u)) * u / sqnorm(u)', r'\mathrm{d}\mathbf{w} + \mathrm{d}\left( \frac{\mathbf{u}}{\lVert \mathbf{u} \rVert} \right) + a \mathbf{A} \, \mathrm{d}\mathbf{w} - \frac{\mathrm{d}\lVert \mathbf{u} \rVert \, \mathbf{u}}{\lVert \mathbf{u} \rVert^{2}}'),
    ('d(A) @ w + trace(d(A) @ B) * w', r'\mathrm{d}\mathbf{A} \, \mathbf{w} + \operatorname{tr}(\mathrm{d}\mathbf{A} \, \mathbf{B}) \mathbf{w}'),
    ('(u - w).T @ A.T @ inv(A.T) @ inv(A).T @ (A @ B).T @ w', r'(\mathbf{u} - \mathbf{w})^{\top} \mathbf{A}^{\top} \mathbf{A}^{-\top} \mathbf{A}^{-\top} (\mathbf{A} \mathbf{B})^{\top} \mathbf{w}'),
    ('matpow(A, 3) @ matpow(A + B, 2) @ inv(A @ B)', r'\mathbf{A}^{3} (\mathbf{A} + \mathbf{B})^{2} (\mathbf{A} \mathbf{B})^{-1}'),
    ('exp(-a**2 / (2 * sigma**2)) + exp(a * b) * exp(-sum(w[j], j=1..d))', r'\exp\left( -\frac{a^{2}}{2 \sigma^{2}} \right) + e^{a b} \exp\left( -\sum_{j=1}^{d} w_{j} \right)'),
    ('exp(u) * tanh(w)**2 * sigmoid(w)**2 * w**2', r'\exp(\mathbf{u}) \odot \tanh^{2}(\mathbf{w}) \odot \sigma(\mathbf{w})^{\odot 2} \odot \mathbf{w}^{\odot 2}'),
    ('tanh(a)**2 + log(a)**2 + log(a / b) * sqrt(a / b)', r'\tanh^{2}(a) + \log^{2}(a) + \log\left(\frac{a}{b}\right) \sqrt{\frac{a}{b}}'),
    ('sum(sum(loss[t] * w[j], j=1..d) + a, t) * b', r'\left( \sum_{t=1}^{T} \left( \sum_{j=1}^{d} L_{t} w_{j} + a \right) \right) b'),
    ('sum(w) * a + sum(A)', r'(\mathbf{1}^{\top} \mathbf{w}) a + \mathbf{1}^{\top} \mathbf{A} \mathbf{1}'),
    ('a - (-b) - (a - b) - (-2) * b - 3 * a * 2 * b', r'a - (-b) - (a - b) - (-2 b) - 3 a \cdot 2 b'),
    ('2 * 3 * a + a * 2 * 3**b', r'2 \cdot 3 a + a \cdot 2 \cdot 3^{b}'),
    ('(-a) * b - (-a) / b', r'-a b - \left( -\frac{a}{b} \right)'),
    ('-(a + b) * c', r'-(a + b) c'),
    ('w - a + b * u', r'\mathbf{w} - a \mathbf{1} + b \mathbf{u}'),
    ('2 * a * u * w * (u - w)', r'2 a \mathbf{u} \odot \mathbf{w} \odot (\mathbf{u} - \mathbf{w})'),
    ('norm(A) * sqnorm(A) + norm(w / a)', r'\lVert \mathbf{A} \rVert_{F} \lVert \mathbf{A} \rVert_{F}^{2} + \left\lVert \frac{\mathbf{w}}{a} \right\rVert'),
    ('inner(A, B / a) + trace(A @ B) + logdet(Sigma) - det(A)', r'\left\langle \mathbf{A}, \frac{\mathbf{B}}{a}\right\rangle + \operatorname{tr}(\mathbf{A} \mathbf{B}) + \log\det(\boldsymbol{\Sigma}) - \det(\mathbf{A})'),
    ('(w - mu).T @ inv(Sigma) @ (w - mu) / 2', r'\frac{(\mathbf{w} - \boldsymbol{\mu})^{\top} \boldsymbol{\Sigma}^{-1} (\mathbf{w} - \boldsymbol{\mu})}{2}'),
    ('1 / N * sum(loss[t], t) + sum(loss[t], t) / N + sum(loss[t], t) / (2 * N)', r'\frac{1}{N} \sum_{t=1}^{T} L_{t} + \frac{1}{N} \sum_{t=1}^{T} L_{t} + \frac{1}{2 N} \sum_{t=1}^{T} L_{t}'),
    ('1/2 * sum(sqnorm(x[t]), t) - T * log(2 * pi[1]) / 2', r'\tfrac{1}{2} \sum_{t=1}^{T} \lVert \mathbf{x}_{t} \rVert^{2} - \frac{T \log(2 \pi_{1})}{2}'),
    ('w_star.T @ theta_hat + theta.T @ theta + (w_star.T @ w)**2', r'\mathbf{w}^{\star\top} \hat{\boldsymbol{\theta}} + \boldsymbol{\theta}^{\top} \boldsymbol{\theta} + (\mathbf{w}^{\star\top} \mathbf{w})^{2}'),
    ('n_k * y_bn + loss[t] * loss[t-1] * a', r'n_{k} y_{\mathrm{bn}} + L_{t} L_{t-1} a'),
    ('-A @ w - -A @ u', r'-\mathbf{A} \mathbf{w} - (-\mathbf{A} \mathbf{u})'),
    ('u @ u.T @ w * a', r'a \mathbf{u} \mathbf{u}^{\top} \mathbf{w}'),
    ('(2 * A) @ (a * w) @ u.T', r'2 \mathbf{A} (a \mathbf{w}) \mathbf{u}^{\top}'),
    ('a**b**c + (a**b)**c + a**(1/2) + a**-1 + a**(b + 1)', r'a^{b^{c}} + (a^{b})^{c} + a^{1/2} + a^{-1} + a^{b + 1}'),
    ('Cov(u, w) + Cov(u) / a + Var(u) @ ones(d).T', r'\operatorname{Cov}[\mathbf{u}, \mathbf{w}] + \frac{\operatorname{Cov}[\mathbf{u}]}{a} + \operatorname{Var}[\mathbf{u}] \mathbf{1}^{\top}'),
    ('ones(d).T @ w + onehot(c, N).T @ pi + onehot(t, N).T @ pi + zeros(d).T @ w', r'\mathbf{1}^{\top} \mathbf{w} + \mathbf{e}_{c}^{\top} \boldsymbol{\pi} + \mathbf{e}_{t}^{\top} \boldsymbol{\pi} + \mathbf{0}^{\top} \mathbf{w}'),
    ('abs(a / b) + relu(a) + softplus(a) + step(a) + phi(a) + Phi(a) + erf(a) + sign(a) + arctan(a)', r'\left|\frac{a}{b}\right| + \operatorname{relu}(a) + \operatorname{softplus}(a) + \mathbf{1}[a > 0] + \varphi(a) + \Phi(a) + \operatorname{erf}(a) + \operatorname{sign}(a) + \arctan(a)'),
    ('mean(u) + var(u) + logsumexp(u) + rowsum(A).T @ colsum(A) + diagpart(A).T @ u + norm1(u)', r'\operatorname{mean}(\mathbf{u}) + \operatorname{var}(\mathbf{u}) + \operatorname{logsumexp}(\mathbf{u}) + \operatorname{rowsum}(\mathbf{A})^{\top} \operatorname{colsum}(\mathbf{A}) + \operatorname{diagpart}(\mathbf{A})^{\top} \mathbf{u} + \lVert \mathbf{u}\rVert_{1}'),
    ('lambda**2 + lambda * a', r'(\lambda^{\mathrm{dropout}})^{2} + \lambda^{\mathrm{dropout}} a'),
    ('h_f[t].T @ W_f @ W_f.T @ h_f[T] + h_f[t][2]', r'\mathbf h^{(f)\top}_{t} \mathbf W^{(f)} \mathbf W^{(f)\top} \mathbf h^{(f)}_{T} + (\mathbf h^{(f)}_{t})_{2}'),
    ('u / (1 + exp(-u))', r'\frac{\mathbf{u}}{\mathbf{1} + \exp(-\mathbf{u})}'),
    ('sqrt(a)**2 + (a / b)**2 + E(a)**2', r'(\sqrt{a})^{2} + \left( \frac{a}{b} \right)^{2} + \mathbb{E}[a]^{2}'),
    ('(a + b / c) * u / (a * b)', r'\frac{a + b/c}{a b} \mathbf{u}'),
    ('0.9 * a - 0.05 + a * 0.5', r'0.9 a - 0.05 + a \cdot 0.5'),
    ('[2*t-1] * a + T * (T - 1) / 2', r'(2t-1) a + \frac{T (T-1)}{2}'),
    ('u.T @ v * w + a * u.T @ v', r'(\mathbf{u}^{\top} \mathbf{v}) \mathbf{w} + (a \mathbf{u}^{\top} \mathbf{v}) \mathbf{1}'),
    ('(u * w) @ v.T @ (A * B)', r'(\mathbf{u} \odot \mathbf{w}) \mathbf{v}^{\top} (\mathbf{A} \odot \mathbf{B})'),
    ('A * (B @ W1) - (A @ B) * W1', r'\mathbf{A} \odot (\mathbf{B} \mathbf{W}_{1}) - (\mathbf{A} \mathbf{B}) \odot \mathbf{W}_{1}'),
    ('u - 1', r'\mathbf{u} - \mathbf{1}'),
    ('2 - u', r'2 \mathbf{1} - \mathbf{u}'),
    ('1 - t', r'1-t'),
    ('sum(a, t) + b', r'\sum_{t=1}^{T} a + b'),
    ('sum(a, t) * sum(b, j)', r'\left( \sum_{t=1}^{T} a \right) \sum_{j=1}^{N} b'),
    ('(a - b) * (a + b)', r'(a - b) (a + b)'),
    ('u.T', r'\mathbf{u}^{\top}'),
    ('inv(A).T', r'\mathbf{A}^{-\top}'),
    ('A.T**2', r'(\mathbf{A}^{\top})^{\odot 2}'),
    ('sqrt(a * b)', r'\sqrt{a b}'),
    ('norm(u - w)**2', r'\lVert \mathbf{u} - \mathbf{w} \rVert^{2}'),
    ('sqnorm(A)**2', r'(\lVert \mathbf{A} \rVert_{F}^{2})^{2}'),
    ('gradient(L, w).T @ u', r'(\nabla_{\mathbf{w}} L)^{\top} \mathbf{u}'),
    ('gradient(sqnorm(u) / a, u)', r'\nabla_{\mathbf{u}} \left[ \frac{\lVert \mathbf{u} \rVert^{2}}{a} \right]'),
    ('exp(-norm(u)**2 / 2)', r'\exp\left( -\frac{\lVert \mathbf{u} \rVert^{2}}{2} \right)'),
    ('loss[t]**2', r'L_{t}^{2}'),
    ('abs(u)', r'|\mathbf{u}|'),
    ('a * (b * u + w)', r'a (b \mathbf{u} + \mathbf{w})'),
    ('a / 2 * b', r'\frac{a}{2} b'),
    ('2 / 3 * a', r'\tfrac{2}{3} a'),
    ('W1.T @ u', r'\mathbf{W}_{1}^{\top} \mathbf{u}'),
    ('log(2) * a', r'\log(2) a'),
    ('sum(x[t] @ x[t].T, t) @ u', r'\left( \sum_{t=1}^{T} \mathbf{x}_{t} \mathbf{x}_{t}^{\top} \right) \mathbf{u}'),
    ('E(u @ u.T) - E(u) @ E(u).T', r'\mathbb{E}[\mathbf{u} \mathbf{u}^{\top}] - \mathbb{E}[\mathbf{u}] \mathbb{E}[\mathbf{u}]^{\top}'),
    ('where(u > 0, u, 0) * w', r'\left( \begin{cases} \mathbf{u} & \text{if } \mathbf{u} > 0 \\ 0 & \text{otherwise} \end{cases} \right) \odot \mathbf{w}'),
    ('d(a * b) + d(a)**2', r'\mathrm{d}(a b) + (\mathrm{d}a)^{2}'),
    ('A @ d(B) @ u', r'\mathbf{A} \, \mathrm{d}\mathbf{B} \, \mathbf{u}'),
    ('prod(a, t)**2', r'\left( \prod_{t=1}^{T} a \right)^{2}'),
    ('p**k[t] * (1 - p)**(1 - k[t])', r'p^{k_{t}} (1 - p)^{1 - k_{t}}'),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), FORMULAS)
def test_formulas(text: str, expected: str) -> None:
    assert latex(read(text, HERE, differentials=True), NOTATION) == expected


A, U, W = (sym(n, HERE.declarations[n].shape) for n in ("A", "u", "w"))
a, b = (sym(n, HERE.declarations[n].shape) for n in ("a", "b"))
MADE = [  # nodes that only the engine makes
    (mul(num(-1), a), "-a"),
    (mul(num(-1), A), r"-\mathbf{A}"),
    (add(b, mul(num(-1), a)), "b - a"),
    (add(b, mul(num(-2), a, b)), "b - 2 a b"),
    (add(U, matmul(neg(A), U)), r"\mathbf{u} - \mathbf{A} \mathbf{u}"),
    (add(b, div(neg(a), b)), r"b - \frac{a}{b}"),
    (add(b, neg(neg(a))), "b - (-a)"),
    (neg(add(a, b)), "-(a + b)"),
    (mul(a, neg(b)), "a (-b)"),
    (mul(a, num(-2)), "a (-2)"),
    (build("pow", num(-2), num(2)), "(-2)^{2}"),
    (mul(num(2), num(3)), r"2 \cdot 3"),
    (build("d", matmul(A, U), W), r"\mathrm{d}(\mathbf{A} \mathbf{u})\big|_{\mathbf{w}}"),
    (build("T", neg(U)), r"(-\mathbf{u})^{\top}"),
]


@pytest.mark.parametrize(("node", "expected"), MADE)
def test_what_the_engine_makes(node: Node, expected: str) -> None:
    assert latex(node) == expected


NAMES = [
    ("x", "vector", r"\mathbf{x}"),
    ("X", "matrix", r"\mathbf{X}"),
    ("x", "scalar", "x"),
    ("X", "tensor", r"\mathsf{X}"),
    ("theta", "vector", r"\boldsymbol{\theta}"),
    ("Sigma", "matrix", r"\boldsymbol{\Sigma}"),
    ("sigma", "scalar", r"\sigma"),
    ("W_f", "matrix", r"\mathbf{W}_{f}"),
    ("W1", "matrix", r"\mathbf{W}_{1}"),
    ("W_f1", "matrix", r"\mathbf{W}_{\mathrm{f1}}"),
    ("loss", "scalar", r"\mathrm{loss}"),
    ("loss", "vector", r"\mathbf{loss}"),
    ("y_hat", "scalar", r"\hat{y}"),
    ("theta_hat", "vector", r"\hat{\boldsymbol{\theta}}"),
    ("loss_bar", "scalar", r"\overline{\mathrm{loss}}"),
    ("x_tilde_k", "vector", r"\tilde{\mathbf{x}}_{k}"),
    ("w_star", "vector", r"\mathbf{w}^{\star}"),
    ("mu_batch", "scalar", r"\mu_{\mathrm{batch}}"),
    ("a_alpha_2", "scalar", r"a_{\alpha,2}"),
    ("t'", "scalar", r"t^{\prime}"),
    ("_", "scalar", "_"),
]


@pytest.mark.parametrize(("name", "kind", "expected"), NAMES)
def test_names(name: str, kind: str, expected: str) -> None:
    assert str(named(name, kind)) == expected


def test_sizes() -> None:
    sizes = {
        "t-1": "t-1",
        "1-t": "1-t",
        "2*k-1": "2k-1",
        "n*d": "d n",
        "n_h+1": "n_{h}+1",
        "-t": "-t",
        "0": "0",
    }
    assert {text: size_latex(read_index(text)) for text in sizes} == sizes


def test_notation_of_families() -> None:
    notation = Notation(
        {"h[t]": r"h^{(f)}_{t}", "p[t]": r"p(w_{1:{t}})", "d[t, j]": r"\delta_{t}({j})", "c": r"\gamma_x"}
    )
    assert notation.filled("h", ("t-1",)) == r"h^{(f)}_{t-1}"
    assert notation.filled("p", ("T",)) == r"p(w_{1:{T}})"
    assert notation.filled("d", ("t", "w_{t}")) == r"\delta_{t}({w_{t}})"
    assert notation.filled("c", ("1",)) == r"{\gamma_x}_{1}"
    assert notation.filled("x", ()) is None


def test_superscripts_meet() -> None:
    assert raised(r"\mathbf W^{(f)}", r"\top") == r"\mathbf W^{(f)\top}"
    assert raised(r"\mathbf h^{(f)}_{t}", r"\top") == r"\mathbf h^{(f)\top}_{t}"
    assert raised(r"\mathbf x_{i^{2}}", r"\top") == r"\mathbf x_{i^{2}}^{\top}"
    assert scripts(r"a_{i^2}") == {"_"}
    assert scripts(r"\lambda^{L^2}") == {"^"}


NEVER = ["+ -", "- -", "--", "+ +", "_{}", "^{}", "None", "#"]


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(nodes())
def test_what_is_never_written(node: Node) -> None:
    written = latex(node)
    assert written.count("{") == written.count("}")
    assert written.count(r"\left") == written.count(r"\right")
    assert not re.search(r"\}\^\{[^{}]*\}\^", written)
    assert [wrong for wrong in NEVER if wrong in written] == []


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_tex_takes_it(tmp_path: Path) -> None:
    written = [latex(read(text, HERE, differentials=True), NOTATION) for text, _ in FORMULAS]
    written += [latex(grown(seed)) for seed in range(300)]
    lines = "\n".join(rf"$\displaystyle {line}$\par" for line in written)
    packages = r"\documentclass{article}\usepackage{amsmath,amssymb}\hfuzz=\maxdimen\vfuzz=\maxdimen"
    (tmp_path / "all.tex").write_text(rf"{packages}\begin{{document}}{lines}\end{{document}}")
    run = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )
    assert run.returncode == 0, run.stdout[-1500:]
