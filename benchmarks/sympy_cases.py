"""The cases of cases_table as a user of SymPy writes them: `name: () -> (expression, variable, times)`.

`times` is how often to differentiate (2 for a Hessian). Scalars are traces or 1x1 matrices, whichever SymPy takes.
Where two formulations are natural, the one that SymPy gets right stands here. What its matrix expressions cannot say
(recurrences with symbolic T, expectations over matrices) has no row. To add one: a function named as the case.
"""

from __future__ import annotations

from typing import Any

from sympy import (
    Determinant,
    HadamardPower,
    HadamardProduct,
    Lambda,
    MatrixSymbol,
    OneMatrix,
    Symbol,
    Trace,
    erf,
    exp,
    log,
    sin,
    sqrt,
    symbols,
    tanh,
)

c, d, k, m, n, p, N = symbols("c d k m n p N", integer=True, positive=True)
z = Symbol("z")
sigmoid = Lambda(z, 1 / (1 + exp(-z)))
Asked = tuple[Any, Any, int]


def M(name: str, rows: Any, columns: Any = 1) -> Any:
    return MatrixSymbol(name, rows, columns)


def ones(size: Any) -> Any:
    return OneMatrix(size, 1)


def square(e: Any) -> Any:
    return Trace(e.T * e)


def lin() -> Asked:
    a, x = M("a", n), M("x", n)
    return a.T * x, x, 1


def lsq() -> Asked:
    A, x, b = M("A", m, n), M("x", n), M("b", m)
    return (A * x - b).T * (A * x - b) / 2, x, 1


def bilin_affine() -> Asked:
    B, b, C, D, e, x = M("B", m, n), M("b", m), M("C", m, k), M("D", k, n), M("d", k), M("x", n)
    return (B * x + b).T * C * (D * x + e), x, 1


def aXTb() -> Asked:
    a, X, b = M("a", n), M("X", m, n), M("b", m)
    return a.T * X.T * b, X, 1


def affine_quad() -> Asked:
    X, b, e, D = M("X", m, n), M("b", n), M("c", m), M("D", m, m)
    return (X * b + e).T * D * (X * b + e), X, 1


def aX3b() -> Asked:
    a, X, b = M("a", n), M("X", n, n), M("b", n)
    return a.T * X * X * X * b, X, 1


def trAX() -> Asked:
    A, X = M("A", n, m), M("X", m, n)
    return Trace(A * X), X, 1


def trXAX() -> Asked:
    X, A = M("X", m, n), M("A", m, m)
    return Trace(X.T * A * X), X, 1


def trX3() -> Asked:
    X = M("X", n, n)
    return Trace(X * X * X), X, 1


def tr_hadamard_sq() -> Asked:
    A, X = M("A", n, m), M("X", m, n)
    return Trace(A * HadamardProduct(X, X)), X, 1


def detAXB() -> Asked:
    A, X, B = M("A", n, n), M("X", n, n), M("B", n, n)
    return Determinant(A * X * B), X, 1


def logdetXtX() -> Asked:
    X = M("X", m, n)
    return log(Determinant(X.T * X)), X, 1


def aXinvb() -> Asked:
    a, X, b = M("a", n), M("X", n, n), M("b", n)
    return a.T * X.inverse() * b, X, 1


def tr_inv_sum() -> Asked:
    A, X = M("A", n, n), M("X", n, n)
    return Trace((X + A).inverse()), X, 1


def inv_by_matrix() -> Asked:
    X = M("X", n, n)
    i, j, k_, l_ = symbols("i j k l", integer=True)
    return X.inverse()[i, j], X[k_, l_], 1


def normF() -> Asked:
    X = M("X", m, n)
    return sqrt(square(X)), X, 1


def normalize_jac() -> Asked:
    x = M("x", n)
    return x / sqrt(square(x)), x, 1


def sum_sin_AXB() -> Asked:
    A, X, B = M("A", k, m), M("X", m, n), M("B", n, p)
    return ones(k).T * (A * X * B).applyfunc(sin) * ones(p), X, 1


def tanh_jac() -> Asked:
    W, x, b = M("W", m, n), M("x", n), M("b", m)
    return (W * x + b).applyfunc(tanh), x, 1


def gelu() -> Asked:
    x = M("x", n)
    return ones(n).T * x.applyfunc(Lambda(z, z * (1 + erf(z / sqrt(2))) / 2)), x, 1


def masked_mf() -> Asked:
    Mask, X, U, V = M("M", m, n), M("X", m, n), M("U", m, p), M("V", n, p)
    return square(HadamardProduct(Mask, X - U * V.T)) / 2, U, 1


def lse_affine() -> Asked:
    A, x, b = M("A", m, n), M("x", n), M("b", m)
    return (ones(m).T * (A * x + b).applyfunc(exp)).applyfunc(log), x, 1


def ce_logits() -> Asked:
    y, logits = M("y", c), M("z", c)
    return -y.T * logits + (ones(c).T * logits.applyfunc(exp)).applyfunc(log), logits, 1


def lse_hess() -> Asked:
    A, x = M("A", m, n), M("x", n)
    return (ones(m).T * (A * x).applyfunc(exp)).applyfunc(log), x, 2


def quad_hess() -> Asked:
    A, x = M("A", n, n), M("x", n)
    return x.T * A * x, x, 2


def sum_exp_hess() -> Asked:
    A, x = M("A", m, n), M("x", n)
    return ones(m).T * (A * x).applyfunc(exp), x, 2


def quad_times_x() -> Asked:
    A, x = M("A", n, n), M("x", n)
    return x * x.T * A * x, x, 1


def hadamard_jac() -> Asked:
    A, B, x = M("A", m, n), M("B", m, n), M("x", n)
    return HadamardProduct(A * x, B * x), x, 1


def wn_g() -> Asked:
    X, u, y, g = M("X", N, d), M("u", d), M("y", N), Symbol("g")
    w = g * u / sqrt(square(u))
    return (X * w - y).T * (X * w - y) / 2, g, 1


def layernorm_jac() -> Asked:
    x, eps = M("x", k), Symbol("eps", positive=True)
    centred = x - ones(k) * ones(k).T * x / k
    return centred / sqrt(square(centred) / k + eps), x, 1


def rmsnorm_x() -> Asked:
    x, a = M("x", k), M("a", k)
    return Trace(a.T * x) / sqrt(square(x) / k), x, 1


def attn_Q() -> Asked:
    Q, K, V, G = M("Q", m, p), M("K", k, p), M("V", k, n), M("G", m, n)
    e = (Q * K.T / sqrt(p)).applyfunc(exp)
    P = HadamardProduct(e, HadamardPower(e * ones(k) * ones(k).T, -1))
    return Trace(G.T * P * V), Q, 1


def linear_sigmoid_mse_W() -> Asked:
    X, W, b, Y = M("X", N, d), M("W", d, c), M("b", c), M("Y", N, c)
    return square((X * W + ones(N) * b.T).applyfunc(sigmoid) - Y) / N, W, 1


def ridge_grad() -> Asked:
    X, w, y, l = M("X", N, d), M("w", d), M("y", N), Symbol("l", positive=True)
    return (X * w - y).T * (X * w - y) + l * w.T * w, w, 1


def logreg_grad() -> Asked:
    X, w, y = M("x", N, d), M("w", d), M("y", N)
    return ones(N).T * (X * w).applyfunc(Lambda(z, log(1 + exp(z)))) - y.T * X * w, w, 1


def gauss_ll_S() -> Asked:
    X, mu, Sigma = M("x", N, d), M("mu", d), M("S", d, d)
    E = X - ones(N) * mu.T
    return -N * log(Determinant(Sigma)) / 2 - Trace(E * Sigma.inverse() * E.T) / 2, Sigma, 1


def pca_recon() -> Asked:
    X, W = M("X", N, d), M("W", d, p)
    return square(X - X * W * W.T), W, 1
