"""The cases of cases_table as a user of tensorgrad writes them: `name: () -> (expression, variable, times, edges)`.

Edges have names there, and a product contracts those that two factors share. `edges` are the free edges of the
result in the order of our shape; a derivative in `x` has the edge of `x` with a prime. Scalars are variables without
edges (`rp` is 1/sqrt(p)). What the system cannot say (recurrences with symbolic T, Bernoulli masks) has no row.
"""

from __future__ import annotations

from typing import Any

import tensorgrad.functions as F
from sympy import symbols
from tensorgrad import Expectation, Ones, Variable, frobenius2
from tensorgrad.tensor import Function

c, d, h, k, m, n, p, q, N = symbols("c d h k m n p q N")
Asked = tuple[Any, Any, int, list[str]]


def sin(t: Any) -> Any:
    return Function(F._SimpleFunction("sin", F._SimpleFunction("cos", None)), [t], {})


def V(name: str, *sizes: Any, **edges: Any) -> Any:
    return Variable(name, *sizes, **edges)


def lin() -> Asked:
    a, x = V("a", n), V("x", n)
    return a @ x, x, 1, ["n'"]


def lsq() -> Asked:
    A, x, b = V("A", m, n), V("x", n), V("b", m)
    return frobenius2(A @ x - b) / 2, x, 1, ["n'"]


def bilin_affine() -> Asked:
    B, b, C, D, e, x = V("B", m, n), V("b", m), V("C", m, k), V("D", k, n), V("d", k), V("x", n)
    return (B @ x + b) @ C @ (D @ x + e), x, 1, ["n'"]


def aXTb() -> Asked:
    a, X, b = V("a", n), V("X", m, n), V("b", m)
    return a @ X @ b, X, 1, ["m'", "n'"]


def affine_quad() -> Asked:
    X, b, e, D = V("X", m, n), V("b", n), V("c", m), V("D", m, m2=m)
    r = X @ b + e
    return r @ D @ r.rename(m="m2"), X, 1, ["m'", "n'"]


def aX3b() -> Asked:
    a, X, b = V("a", i=n), V("X", i=n, j=n), V("b", l=n)
    return a @ X @ X.rename(i="j", j="k") @ X.rename(i="k", j="l") @ b, X, 1, ["i'", "j'"]


def trAX() -> Asked:
    A, X = V("A", n, m), V("X", m, n)
    return A @ X, X, 1, ["m'", "n'"]


def trXAX() -> Asked:
    X, A = V("X", m, n), V("A", m, m2=m)
    return X @ A @ X.rename(m="m2"), X, 1, ["m'", "n'"]


def trX3() -> Asked:
    X = V("X", i=n, j=n)
    return X @ X.rename(i="j", j="k") @ X.rename(i="k", j="i"), X, 1, ["i'", "j'"]


def tr_hadamard_sq() -> Asked:
    A, X = V("A", n, m), V("X", m, n)
    return A @ (X * X), X, 1, ["m'", "n'"]


def detAXB() -> Asked:
    A, X, B = V("A", i=n, j=n), V("X", j=n, k=n), V("B", k=n, l=n)
    return F.det(A @ X @ B), X, 1, ["j'", "k'"]


def logdetXtX() -> Asked:
    X = V("X", m, n)
    return F.log(F.det(X @ X.rename(n="n2"))), X, 1, ["m'", "n'"]


def aXinvb() -> Asked:
    a, X, b = V("a", j=n), V("X", i=n, j=n), V("b", i=n)
    return a @ F.inverse(X) @ b, X, 1, ["i'", "j'"]


def tr_inv_sum() -> Asked:
    A, X = V("A", i=n, j=n), V("X", i=n, j=n)
    return F.trace(F.inverse(X + A)), X, 1, ["i'", "j'"]


def normF() -> Asked:
    X = V("X", m, n)
    return F.sqrt(frobenius2(X)), X, 1, ["m'", "n'"]


def normalize_jac() -> Asked:
    x = V("x", n)
    return x / F.sqrt(frobenius2(x)), x, 1, ["n", "n'"]


def sum_sin_AXB() -> Asked:
    A, X, B = V("A", k, m), V("X", m, n), V("B", n, p)
    return F.sum(sin(A @ X @ B)), X, 1, ["m'", "n'"]


def tanh_jac() -> Asked:
    W, x, b = V("W", m, n), V("x", n), V("b", m)
    return F.tanh(W @ x + b), x, 1, ["m", "n'"]


def gelu() -> Asked:
    x = V("x", n)
    return F.sum(F.gelu(x)), x, 1, ["n'"]


def masked_mf() -> Asked:
    Mask, X, U, W = V("M", m, n), V("X", m, n), V("U", m, p), V("V", n, p)
    return frobenius2(Mask * (X - U @ W)) / 2, U, 1, ["m'", "p'"]


def lse_affine() -> Asked:
    A, x, b = V("A", m, n), V("x", n), V("b", m)
    return F.log(F.sum(F.exp(A @ x + b))), x, 1, ["n'"]


def ce_logits() -> Asked:
    y, z = V("y", c), V("z", c)
    y = y.with_constraint(F.sum(y), Ones()) if hasattr(y, "with_constraint") else y
    return -(y @ F.log(F.softmax(z, "c"))), z, 1, ["c'"]


def lse_hess() -> Asked:
    A, x = V("A", m, n), V("x", n)
    return F.log(F.sum(F.exp(A @ x))), x, 2, ["n'", "n''"]


def quad_hess() -> Asked:
    A, x = V("A", n, n2=n), V("x", n)
    return x @ A @ x.rename(n="n2"), x, 2, ["n'", "n''"]


def sum_exp_hess() -> Asked:
    A, x = V("A", m, n), V("x", n)
    return F.sum(F.exp(A @ x)), x, 2, ["n'", "n''"]


def quad_times_x() -> Asked:
    A, x = V("A", i=n, j=n), V("x", n)
    return (x.rename(n="i") @ A @ x.rename(n="j")) @ x, x, 1, ["n", "n'"]


def hadamard_jac() -> Asked:
    A, B, x = V("A", m, n), V("B", m, n), V("x", n)
    return (A @ x) * (B @ x), x, 1, ["m", "n'"]


def input_noise() -> Asked:
    X, E, w, y, sigma = V("X", q, d), V("E", q, d), V("w", d), V("y", q), V("sigma")
    return Expectation.gaussian(frobenius2(y - (X + E) @ w), E, std=sigma), None, 0, []


def wn_g() -> Asked:
    X, u, y, g = V("X", N, d), V("u", d), V("y", N), V("g")
    return frobenius2(X @ (g @ u / F.sqrt(frobenius2(u))) - y) / 2, g, 1, []


def layernorm_jac() -> Asked:
    x, eps = V("x", k), V("eps")
    centred = x - F.mean(x, keepdims=True)
    return centred / F.sqrt(F.mean(centred * centred) + eps), x, 1, ["k", "k'"]


def rmsnorm_x() -> Asked:
    x, a = V("x", k), V("a", k)
    return a @ x / F.sqrt(F.mean(x * x)), x, 1, ["k'"]


def attn_Q() -> Asked:
    Q, K, W, G, rp = V("Q", m, p), V("K", k, p), V("V", k, n), V("G", m, n), V("rp")
    return G @ F.softmax(rp @ Q @ K, "k") @ W, Q, 1, ["m'", "p'"]


def linear_sigmoid_mse_W() -> Asked:
    X, W, b, Y = V("X", N, d), V("W", d, c), V("b", c), V("Y", N, c)
    S = F.sigmoid(X @ W + b @ Ones(N))
    return F.mean(F.sum((S - Y) * (S - Y), "c")), W, 1, ["d'", "c'"]


def ridge_grad() -> Asked:
    X, w, y, l = V("X", N, d), V("w", d), V("y", N), V("l")
    return frobenius2(X @ w - y) + l @ frobenius2(w), w, 1, ["d'"]


def logreg_grad() -> Asked:
    X, w, y = V("x", N, d), V("w", d), V("y", N)
    return F.sum(F.log(1 + F.exp(X @ w))) - y @ X @ w, w, 1, ["d'"]


def gauss_ll_S() -> Asked:
    X, mu, S = V("x", N, d), V("mu", d), V("S", d, d2=d)
    E = X - mu @ Ones(N)
    return (
        -F.sum(Ones(N)) @ F.log(F.det(S)) / 2 - E @ F.inverse(S) @ E.rename(d="d2") / 2,
        S,
        1,
        ["d'", "d2'"],
    )


def pca_recon() -> Asked:
    X, W = V("X", N, d), V("W", d, p)
    return frobenius2(X - (X @ W @ W.rename(d="d2")).rename(d2="d")), W, 1, ["d'", "p'"]


def inv_by_matrix() -> Asked:
    X = V("X", i=n, j=n)
    return F.inverse(X), X, 1, ["j", "i", "i'", "j'"]
