r"""Formulas as people write them, and the typed reading of each.

To cover one more way of writing: a row in READ (what it means, in the notation of problem files), one in AMBIGUOUS, or,
where it must not be read as a quantity, one in REFUSED. Declarations are in SYMBOLS.
"""

from __future__ import annotations

import pytest
from cases_table import scope_of

from derive.latexread import Ambiguous, Context, Elaborated, IllTyped, Unreadable, elaborate, surface_latex
from derive.latexread.parse import parse
from derive.latexread.reading import Outcome
from derive.latexread.settle import settled
from derive.latexread.surface import Surface
from derive.latexread.tokens import Unread, tokens_of
from derive.notation.text import text

SYMBOLS = """x: vector(n); y: vector(m); u: vector(n); w: vector(n); v: vector(k); A: matrix(n, n); B: matrix(m, n);
W_f: matrix(h, M); S: matrix(n, n) spd; a: scalar; b: scalar positive; gamma: scalar; lambda: scalar; p: scalar in (0, 1);
z[t]: vector(o); s[t]: scalar; delta[t, j]: scalar; P: matrix(N, N); y_hat: vector(m); w_star: vector(n); f: function;
c: integer in 1..N; loss: scalar of w; q[t]: vector(M); X: matrix(N, n)"""
DEFINE = "r: B @ x - y; L: sqnorm(r); g[t]: W_f @ q[t]; l[t]: sqnorm(g[t])"
SCOPE = scope_of(SYMBOLS, DEFINE, "t: 1..T; i: 1..n; j: 1..N")
HERE = Context.of(SCOPE)


def surface(written: str) -> Surface:
    return parse(settled(tokens_of(written, 0, len(written))))


def outcome(written: str, mode: str = "declared") -> Outcome:
    return elaborate(surface(written), HERE, mode)


# fmt: off
READ = [
    # names and marks
    (r"z_t", "z[t]"), (r"\mathbf{z}_{t-1}", "z[t-1]"), (r"\mathbf z_{t+1}", "z[t+1]"), (r"{\bf z}_t", "z[t]"),
    (r"W_f", "W_f"), (r"\mathbf{W}_{f}", "W_f"), (r"W^{(f)}", "W_f"), (r"W^f", "W_f"), (r"\boldsymbol{W}_\text{f}", "W_f"),
    (r"w^{(f)}", "W_f"), (r"\mathbf{W_f}", "W_f"), (r"\hat y", "y_hat"), (r"\hat{\mathbf{y}}", "y_hat"), (r"\widehat{y}", "y_hat"),
    (r"w^*", "w_star"), (r"w^\star", "w_star"), (r"w_\star", "w_star"), (r"{w^*}^\top x", "w_star.T @ x"), (r"w^{*\top} x", "w_star.T @ x"),
    (r"\vec{x}", "x"), (r"\delta_t(j)", "delta[t, j]"), (r"\delta_{t,j}", "delta[t, j]"), (r"\delta_{tj}", "delta[t, j]"),
    (r"P_{ij}", "P[i, j]"), (r"P_{i,j}", "P[i, j]"), (r"[P]_{ij}", "P[i, j]"), (r"x_i", "x[i]"), (r"x_{i+1}", "x[i+1]"),
    (r"(z_t)_i", "z[t][i]"), (r"A_{12}", "A[1, 2]"), (r"X_{i,:}", "X[i]"), (r"X_{:,j}", "X.T[j]"), (r"P_c", "P[c]"),
    (r"\mathrm{loss}", "loss"), (r"loss + 1", "loss + 1"), (r"N", "N"), (r"\ell_t", "l[t]"), (r"\kappa_t", None),
    (r"W^{[f]}", "W_f"), (r"q^{(t)}", "q[t]"), (r"q^{t}", "q[t]"), (r"q^{t\top} q^{(t)}", "q[t].T @ q[t]"), (r"s[t]", "s[t]"), (r"s(t)", "s[t]"), (r"\mathcal{L}", "L"), (r"x_k", "x[k]"), (r"B_{1i}", "B[1, i]"),
    # sums, products, powers
    (r"2 a - 3b", "2 * a - 3 * b"), (r"t-1", "t - 1"), (r"a \times b", "a * b"), (r"a \cdot b", "a * b"), (r"a*b", "a * b"),
    (r"-a b", "-a * b"), (r"a - -b", None), (r"A x + x", "A @ x + x"), (r"x^\top A x", "x.T @ A @ x"), (r"x^T x", "x.T @ x"),
    (r"x' x", "x.T @ x"), (r"x^{\intercal} x", "x.T @ x"), (r"x \cdot u", "x.T @ u"), (r"\langle x, u\rangle", "inner(x, u)"),
    (r"x \odot u", "x * u"), (r"x * u", "x * u"), (r"A * x", "A @ x"), (r"\operatorname{diag}(x)^{1/2}", "diag(x**(1/2))"), (r"x \circ u", "x * u"), (r"x u^\top", "x @ u.T"), (r"x \otimes u", "x @ u.T"),
    (r"N^T", "N**T"), (r"a^T", "a**T"), (r"A^T", "A.T"), (r"A^{-1}", "inv(A)"), (r"A^{-T}", "inv(A).T"), (r"A^{-\top} x", "inv(A).T @ x"),
    (r"A^2", "matpow(A, 2)"), (r"a^2", "a**2"), (r"a^{-1}", "a**(-1)"), (r"a^{\frac12}", "a**(1/2)"), (r"u^{\odot 2}", "u**2"), (r"a^bc", "a**b * c"),
    (r"A u^\top x", "(u.T @ x) * A"), (r"w u^\top x", "w @ u.T @ x"), (r"u^\top x\, w", "(u.T @ x) * w"), (r"B^\top (B x - y)", "B.T @ (B @ x - y)"),
    (r"\frac12 a", "1/2 * a"), (r"\frac{a}{b}", "a / b"), (r"a/b", "a / b"), (r"\tfrac1N \sum_t s_t", "sum(s[t], t=1..T) / N"), (r"0.5 a", "0.5 * a"), (r"x / \|x\|", "1 / norm(x) * x"),
    (r"\frac{u}{1 + e^{-u}}", "u / (1 + exp(-u))"), (r"10^{-3}", "10**(-3)"), (r"1{,}000", "1000"), (r"2.583", "2.583"),
    (r"\begin{bmatrix} 1 & 2 \end{bmatrix}", "[1, 2].T"),
    (r"x \odot u y^\top", "(x * u) @ y.T"), (r"(x - u) \odot x \odot (1 - x) y^\top", "((x - u) * x * (1 - x)) @ y.T"), (r"B x \odot u", "B @ (x * u)"),
    # ones, zeros, identities
    (r"1 - x", "1 - x"), (r"\mathbf 1 - x", "1 - x"), (r"x - a \mathbf{1}", "x - a"), (r"\mathbf{1}^\top x", "ones(n).T @ x"), (r"(A + \lambda I)^{-1}", "inv(A + lambda * eye(n))"),
    (r"(I - x x^\top) u", "(eye(n) - x @ x.T) @ u"), (r"I_n + A", "eye(n) + A"), (r"A - \frac1n \mathbf 1 \mathbf 1^\top", "A - 1 / n * ones(n) @ ones(n).T"),
    (r"e_2^\top x", "onehot(2, n).T @ x"), (r"\mathbf{1}_n^\top x", "ones(n).T @ x"),
    # functions
    (r"\sigma(W_f q_t)", "sigmoid(W_f @ q[t])"), (r"\sigma'(a)", "sigmoid(a) * (1 - sigmoid(a))"), (r"\tanh x", "tanh(x)"), (r"\tanh^2(a)", "tanh(a)**2"), (r"\log a b", "log(a * b)"),
    (r"\log a + b", "log(a) + b"), (r"\ln(a)", "log(a)"), (r"\log\det(S)", "logdet(S)"), (r"\log_2 b", "log(b) / log(2)"), (r"\exp(-a)", "exp(-a)"), (r"e^{-a}", "exp(-a)"), (r"e^a b", "exp(a) * b"),
    (r"\operatorname{diag}(x)", "diag(x)"), (r"\text{diag}(x) A", "diag(x) @ A"), (r"\mathrm{diag}(x)", "diag(x)"), (r"diag(x)", "diag(x)"), (r"\operatorname{tr}(A S)", "trace(A @ S)"), (r"\text{Tr}(A)", "trace(A)"),
    (r"\operatorname{softmax}(x)", "softmax(x)"), (r"\text{ReLU}(x)", "relu(x)"), (r"\max(0, a)", "relu(a)"), (r"\max(a, b)", "max(a, b)"), (r"\sqrt{a}", "sqrt(a)"), (r"\sqrt[3]{a}", "a**(1/3)"),
    (r"\|x\|_2^2", "sqnorm(x)"), (r"\lVert x \rVert", "norm(x)"), (r"||x - u||^2", "sqnorm(x - u)"), (r"\|A\|_F^2", "sqnorm(A)"), (r"\|x\|_1", "norm1(x)"), (r"\norm{x}", "norm(x)"), (r"\|x\|^3", "norm(x)**3"), (r"|a|", "abs(a)"), (r"|a||b|", "abs(a) * abs(b)"),
    (r"f(a)", "f(a)"), (r"f'(a b)", "f'(a * b)"), (r"f''(a)^2", "f''(a)**2"), (r"L(x)", "L"), (r"a(b + 1)", "a * (b + 1)"), (r"a \left(b\right)", "a * b"),
    (r"\begin{cases} a & \text{if } a > 0 \\ 0 & \text{otherwise} \end{cases}", "where(a > 0, a, 0)"), (r"\begin{cases} a, & a \ge 0, \\ -a, & \text{else} \end{cases}", "where(a >= 0, a, -a)"), (r"\mathbb{1}[a > 0]", "where(a > 0, 1, 0)"),
    # binders
    (r"\sum_{t=1}^T s_t", "sum(s[t], t=1..T)"), (r"\sum_t s_t + a", "sum(s[t], t=1..T) + a"), (r"\sum\limits_{t=2}^{T} a s_{t-1}", "sum(a * s[t-1], t=2..T)"), (r"\sum_{k=1}^n x_k u_k", "sum(x[k] * u[k], k=1..n)"),
    (r"\sum_k x_k u_k", "sum(x[k] * u[k], k=1..n)"), (r"\sum_{i,j} P_{ij}", "sum(P[i, j], i=1..N, j=1..N)"), (r"\sum_{t=1}^T \sum_{j=1}^N \delta_t(j)", "sum(delta[t, j], t=1..T, j=1..N)"), (r"\prod_{t=1}^T N", "prod(N, t=1..T)"),
    (r"\max_j P_{1j}", "max(P[1, j], j=1..N)"), (r"\sum_{t \in \{1, \dots, T\}} s_t", "sum(s[t], t=1..T)"), (r"\arg\min_w \|w - x\|^2 + a \|w\|^2", "argmin(sqnorm(w - x) + a * sqnorm(w), w)"), (r"\operatorname*{argmin}_w \|w\|^2", "argmin(sqnorm(w), w)"), (r"\underset{w}{\arg\min} \|w\|^2", "argmin(sqnorm(w), w)"),
    # indices and conditions
    (r"\sum_{k \ne j} x_k", "sum((1 - kronecker(k, j)) * x[k], k=1..n)"), (r"\sum_{k<i} x_k", "sum(where(k < i, 1, 0) * x[k], k=1..n)"), (r"\sum_j x_j", "sum(x[j], j=1..n)"), (r"\mathbb{1}_{a = 1}", "kronecker(a, 1)"), (r"[a > 0]", "where(a > 0, 1, 0)"), (r"[i = j]", "kronecker(i, j)"), (r"\mathbf 1[0 < a < 1]", "where(0 < a, where(a < 1, 1, 0), 0)"),
    (r"\operatorname{diag}(x_i u_i)", "diag(x * u)"), (r"x_1 + \dots + x_n", "sum(x[k1], k1=1..n)"), (r"x_1 \cdots x_n", "prod(x[k1], k1=1..n)"), (r"\begin{pmatrix} x_1 \\ \vdots \\ x_n \end{pmatrix}", "x"), (r"X[1,:]", "X[1]"), (r"\mathbb{E}_{k \sim x}[u_k]", "sum(x[k] * u[k], k=1..n)"), (r"\begin{cases} a & i = j \\ 0 & i \ne j \end{cases}", "kronecker(i, j) * a"),
    (r"\operatorname{sech}^2 a", "(1 / cosh(a))**2"), (r"\mathrm{KL}(x \| u)", "sum(x * log(x / u))"), (r"(a)_+", "relu(a)"), (r"1^\top x", "ones(n).T @ x"), (r"\vec 1^\top x", "ones(n).T @ x"), (r"x{}^\top u", "x.T @ u"), (r"\langle A, A\rangle_F", "inner(A, A)"), (r"x \oslash u", "x / u"), (r"\log\lvert S\rvert", "logdet(S)"), (r"\frac{L}{a}\Big|_{x=u}", "at(L / a, x == u)"),
    (r"\nabla_{xx} L", "hessian(L, x)"), (r"\frac{\partial^2 L}{\partial x \partial x^\top}", "hessian(L, x)"),
    # derivatives
    (r"\nabla_x L", "gradient(L, x)"), (r"\nabla_{x} L", "gradient(L, x)"), (r"\nabla_x \|x\|^2", "gradient(sqnorm(x), x)"), (r"\nabla_x x^\top A x", "gradient(x.T @ A @ x, x)"), (r"a \nabla_x L", "a * gradient(L, x)"),
    (r"\frac{\partial L}{\partial x}", "gradient(L, x)"), (r"\frac{\partial}{\partial x} L", "gradient(L, x)"), (r"\frac{\partial r}{\partial x}", "jacobian(r, x)"), (r"\partial L/\partial x", "gradient(L, x)"), (r"\frac{dL}{dx}", "gradient(L, x)"), (r"\frac{\mathrm{d}L}{\mathrm{d}x}", "gradient(L, x)"), (r"dL/da", "gradient(L, a)"),
    (r"\frac{\partial L}{\partial r} \cdot r", "gradient(L, r).T @ r"), (r"\left(\frac{\partial r}{\partial x}\right)^\top \nabla_r L", "jacobian(r, x).T @ gradient(L, r)"), (r"\frac{\partial^2 L}{\partial x^2}", "hessian(L, x)"), (r"\nabla^2_x L", "hessian(L, x)"), (r"\nabla_x^2 L", "hessian(L, x)"), (r"\frac{\partial^2 L}{\partial x \partial y}", "jacobian(gradient(L, y), x)"),
    (r"\frac{\partial L}{\partial x^\top}", "gradient(L, x).T"), (r"\pdv{L}{x}", "gradient(L, x)"), (r"\frac{\partial}{\partial a} a^2 b", "gradient(a**2 * b, a)"), (r"\frac{\partial L(x, y)}{\partial x}", "gradient(L, x)"), (r"\frac{\partial L}{\partial x_i}", "gradient(L, x[i])"),
    (r"\frac{\partial l_t}{\partial g_t} \frac{\partial g_t}{\partial W_f}", "sum(gradient(l[t], g[t])[k1] * gradient(g[t][k1], W_f), k1=1..h)"), (r"\mathrm{d}x", "d(x)"), (r"\mathrm{d}(A x)", "d(A @ x)"), (r"d L", "d(L)"),
    (r"\nabla L(x)", "gradient(L, x)"), (r"\nabla^2 L(x)", "hessian(L, x)"), (r"L'(x)", "gradient(L, x)"), (r"\partial x", "d(x)"), (r"\mathrm{d}L(x)", "d(L)"),
    # expectations
    (r"\mathbb{E}[x]", "E(x)"), (r"\mathbb E\left[x x^\top\right]", "E(x @ x.T)"), (r"E[a]", "E(a)"), (r"\operatorname{Var}(a)", "Var(a)"), (r"\text{Var}(a)", "Var(a)"), (r"Var(a)", "Var(a)"), (r"\mathrm{Cov}(x, u)", "Cov(x, u)"), (r"E[a]^2", "E(a)**2"), (r"\mathbb{V}\mathrm{ar}(a)", "Var(a)"), (r"\mathbf{E}[a]", "E(a)"), (r"\mathbb{E}_x[a]", "E(a)"),
]
AMBIGUOUS = [  # the first reading, and another one
    (r"1/2a", "1/2 * a", "1 / (2 * a)"), (r"x^2", "x**2", "sqnorm(x)"), (r"|A|", "det(A)", "abs(A)"), (r"\operatorname{diag}(A)", "diagpart(A)", "diag(diagpart(A))"), (r"\operatorname{Var}(x)", "Var(x)", "Cov(x)"),
    (r"A u \odot x", "(A @ u) * x", "A @ (u * x)"), (r"\nabla_x L b", "b * gradient(L, x)", "gradient(L * b, x)"), (r"\frac{\partial}{\partial a} (a + b) a", "gradient(a + b, a) * a", "gradient((a + b) * a, a)"), (r"\frac{\partial}{\partial a} a b", "gradient(a * b, a)", "gradient(a, a) * b"),
]
REFUSED = [  # the outcome, a part of its message, where
    (r"W_g", Unreadable, "unknown name W_g", "W_g"), (r"\foo x", Unreadable, r"unknown command \foo", r"\foo"), (r"z + 1", Unreadable, "family", "z"), (r"A x y", IllTyped, "vector(n) and vector(m)", "A x y"), (r"A + x", IllTyped, "the sum of matrix(n, n) and vector(n)", "A + x"),
    (r"x u", IllTyped, "the product of vector(n) and vector(n)", "x u"), (r"x \odot y", IllTyped, "entry by entry", r"x \odot y"), (r"\nabla_x r \odot", None, "", ""), (r"\frac{\partial g_t}{\partial W_f}", IllTyped, "no matrix", r"\frac{\partial g_t}{\partial W_f}"),
    (r"a \times b \times \dots", Unreadable, "ellipsis", r"\dots"), (r"\int_0^1 a", Unreadable, "not in the language", r"\int_0^1 a"), (r"P(a = 1)", Unreadable, "relation", "(a = 1)"), (r"A^{1/2}", Unreadable, "whole number", "A^{1/2}"), (r"x^\perp", Unreadable, "mark", r"x^\perp"), (r"a^{(3)}", Unreadable, "mark", "a^{(3)}"),
    (r"9^{9^9}", Unreadable, "too large", r"9^{9^9}"), (r"\sum_{k \in S} x_k", Unreadable, "range", r"\sum_{k \in S} x_k"), (r"\sum_{k} a", Unreadable, "does not show", r"\sum_{k} a"), (r"x_\kappa", Unreadable, "unknown name kappa", r"\kappa"), (r"\mathbf{1}", Unreadable, "size", r"\mathbf{1}"), (r"\lim_{a \to 0} b", Unreadable, "language", r"\lim_{a \to 0} b"), (r"\max_{t} z_t", IllTyped, "scalar", r"\max_{t} z_t"),
    (r"\frac{L}{A}\Big|_{x}", None, "", ""), (r"\frac{L}{a}\Big|_{x=0}", IllTyped, "has no value", r"\frac{L}{a}\Big|_{x=0}"), (r"A \otimes A", Unreadable, "Kronecker product", r"A \otimes A"), (r"D x", Unreadable, "the operator D", "D"), (r"x_1 + y_2 + \dots + x_n", Unreadable, "ellipsis", r"\dots"), (r"x_j y_j", IllTyped, "the index j runs", "y_j"), (r"a!", None, "", ""), (r"\binom{n}{k}", None, "", ""), (r"(a + b", None, "", ""), (r"a + b)", None, "", ""), (r"{a", None, "", ""), (r"|a + b", None, "", ""), (r"\begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}", Unreadable, "rows", r"\begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}"), (r"\text{const}", Unreadable, "words", r"\text{const}"), (r"\frac{\partial L}{\partial (x + u)}", Unreadable, "name", "(x + u)"), (r"\sigma^{-1}(a)", Unreadable, "inverse", r"\sigma^{-1}(a)"),
]
MODES = [  # what the layouts change
    (r"\nabla_r L \frac{\partial r}{\partial x}", "rows", "gradient(L, r).T @ jacobian(r, x)"), (r"\frac{\partial L}{\partial r} \frac{\partial r}{\partial x}", "partial_rows", "gradient(L, r).T @ jacobian(r, x)"), (r"\frac{\partial r}{\partial x} \frac{\partial L}{\partial r}", "columns", "jacobian(r, x).T @ gradient(L, r)"),
    (r"A x (1 - u)", "hadamard", "(A @ x) * (1 - u)"), (r"x \times u", "hadamard", "x * u"), (r"x (1 - x) q_t^\top", "hadamard", "(x * (1 - x)) @ q[t].T"), (r"x^2 \cdot u", "hadamard", "x**2 * u"),
]
# fmt: on


@pytest.mark.parametrize(("written", "meant"), READ)
def test_what_is_read(written: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises((Unread, AssertionError)):
            assert isinstance(outcome(written), (Elaborated, Ambiguous))
        return
    found = outcome(written)
    node = (
        found.node
        if isinstance(found, Elaborated)
        else found.readings[0].node
        if isinstance(found, Ambiguous)
        else None
    )
    assert node is not None, found
    assert text(node) == meant


@pytest.mark.parametrize(("written", "first", "other"), AMBIGUOUS)
def test_two_readings_are_both_shown(written: str, first: str, other: str) -> None:
    found = outcome(written)
    assert isinstance(found, Ambiguous)
    said = [text(r.node) for r in found.readings]
    assert said[0] == first
    assert other in said
    assert len(set(found.how)) == len(found.how)


@pytest.mark.parametrize(("written", "kind", "message", "where"), REFUSED)
def test_what_is_refused(written: str, kind: type | None, message: str, where: str) -> None:
    if kind is None:  # not even a formula
        with pytest.raises(Unread):
            surface(written)
        return
    found = outcome(written)
    assert isinstance(found, kind), found
    assert message in found.message
    assert written[found.span.start : found.span.stop] == where


@pytest.mark.parametrize(("written", "mode", "meant"), MODES)
def test_layouts(written: str, mode: str, meant: str) -> None:
    assert not isinstance(outcome(written), (Elaborated, Ambiguous)) or "x^2" in written
    found = outcome(written, mode)
    node = (
        found.node
        if isinstance(found, Elaborated)
        else found.readings[0].node
        if isinstance(found, Ambiguous)
        else None
    )
    assert node is not None, found
    assert text(node) == meant


def test_an_ill_typed_product_names_both_shapes_and_asks_for_help() -> None:
    found = outcome("A x y")
    assert isinstance(found, IllTyped)
    assert [str(s) for s in found.shapes] == ["vector(n)", "vector(m)"]
    assert found.spans is not None
    assert [s.start for s in found.spans] == [0, 4]
    asked: list[str] = []

    def outer(left: object, right: object, operator: str) -> None:
        asked.append(operator)

    elaborate(surface("A x y"), HERE, "declared", outer)
    assert asked == ["juxtapose"]


NOTES = [
    (r"w^{(f)}", "case", "w^(f) is read as W^(f)"), (r"u^2", "entrywise", "a power of a vector is read entry by entry"), (r"\mathrm{diag}(a)", "scalar", "diag of a number"), (r"L(x)", "reading", "what L depends on is not read"), (r"x + a", "broadcast", "a number added to an array is added to every entry"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "kind", "said"), NOTES)
def test_what_the_reader_does_on_its_own_is_said(written: str, kind: str, said: str) -> None:
    found = outcome(written)
    notes = (
        found.notes
        if isinstance(found, Elaborated)
        else found.readings[0].notes
        if isinstance(found, Ambiguous)
        else ()
    )
    assert (kind, said) in [(n.kind, n.text) for n in notes]


@pytest.mark.parametrize("written", [row[0] for row in READ if row[1] is not None])
def test_what_is_printed_again_reads_the_same(written: str) -> None:
    """A surface tree written in our own commands is the same formula."""
    first, again = outcome(written), outcome(surface_latex(surface(written)))
    nodes = [
        o.node if isinstance(o, Elaborated) else o.readings[0].node if isinstance(o, Ambiguous) else o
        for o in (first, again)
    ]
    assert nodes[0] == nodes[1]
