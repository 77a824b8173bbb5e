"""Known-correct closed forms in the author's notation, each with wrong variants that must be refused.

A row: symbols (one declaration per `;`), definitions, the index ranges, what is asked, its closed form,
wrong forms. To add a case: append a row. The engine's and the checker's tests both read this table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.notation.reader import read, read_equation, read_range, read_target
from derive.notation.types import read_type
from derive.rewrite.derived import Derived
from derive.tree.nodes import Node, Shape, node_count
from derive.vocabulary.build import num
from derive.vocabulary.scope import Declaration, Definition, Scope


@dataclass(frozen=True)
class Case:
    name: str
    symbols: str
    asked: str
    closed_form: str
    wrong: tuple[str, ...]
    define: str = ""
    index: str = ""
    where: str = ""  # for: t=1..T-1


def scope_of(symbols: str, define: str = "", index: str = "", constraints: str = "") -> Scope:
    """A scope from `x: vector(n); ...` (declarations), `w: u / norm(u); ...` (definitions) and `t: 1..T;
    ...`.

    A recurrent definition takes its shape from its declared boundary member.
    """
    scope = Scope(indices={key: read_range(text) for key, text in _rows(index)})
    declarations: dict[str, Declaration] = {}
    for passes in (False, True):  # laws and `of` may name later rows
        for key, text in _rows(symbols):
            name, indices = read_target(key)
            params = tuple(str(i) for i in indices)
            is_family = all(p in scope.indices for p in params)
            own = params if is_family else tuple(scope.indices)[: len(params)]
            found = read_type(text if passes else text.split("~")[0], name, own, scope, dependencies=passes)
            declarations[name] = found if is_family else replace(found, boundary=(indices,))
            scope = replace(scope, declarations=declarations)
        if not passes:
            scope = _defined(scope, define)
    return scope


def _rows(text: str) -> list[tuple[str, str]]:
    rows = [row.partition(":") for row in text.replace("\n", ";").split(";") if row.strip()]
    return [(key.strip(), value.strip()) for key, _, value in rows]


def _defined(scope: Scope, define: str) -> Scope:
    definitions: dict[str, Definition] = {}

    def put(name: str, params: tuple[str, ...], shape: Shape, body: Node) -> None:
        nonlocal scope
        definitions[name] = Definition(name, shape, params, body)
        scope = replace(scope, definitions=dict(definitions))

    for key, _ in _rows(define):  # names that are used before they are defined: recurrent states
        name, indices = read_target(key)
        if name in scope.declarations:
            put(name, tuple(map(str, indices)), scope.declarations[name].shape, num(0))
    for key, text in _rows(define):
        name, indices = read_target(key)
        body = read(text, scope)
        put(name, tuple(map(str, indices)), body.shape, body)
    return scope


def equation(case: Case, right: str | None = None) -> tuple[Scope, Node, str, Node]:
    scope = scope_of(case.symbols, case.define, case.index)
    return (scope, *read_equation(f"{case.asked} == {right or case.closed_form}", scope))


# What a closed form comes with: the right sides of the equations of its adjoints.
ADJOINTS: dict[str, tuple[str, ...]] = {
    "rnn_bptt_U": ("h[t] - y[t] + U.T @ (gradient(L, h[t+1]) * h[t+1] * (1 - h[t+1]))", "h[T] - y[T]"),
    "rnn_bptt_delta": ("h[T] - y[T]",),
    "wn_g": ("X.T @ (X @ w - y)",),
    "birnn_U2": ("V2.T @ e[t] + U2.T @ (gradient(L, b[t-1]) * b[t-1] * (1 - b[t-1]))", "V2.T @ e[1]"),
    "lstm_bptt_Uf": (
        "f[t+1] * gradient(L, c[t+1]) + o[t] * (1 - tanh(c[t])**2) * gradient(L, h[t])",
        "o[T] * (1 - tanh(c[T])**2) * a",
        "Ui.T @ (gradient(L, c[t+1]) * g[t+1] * i[t+1] * (1 - i[t+1]))"
        " + Uf.T @ (gradient(L, c[t+1]) * c[t] * f[t+1] * (1 - f[t+1]))"
        " + Uo.T @ (gradient(L, h[t+1]) * tanh(c[t+1]) * o[t+1] * (1 - o[t+1]))"
        " + Ug.T @ (gradient(L, c[t+1]) * i[t+1] * (1 - g[t+1]**2))",
        "a",
    ),
}
COMPACT = 1.25  # an answer may have that many times the nodes of the closed form


def counted(found: Derived) -> int:
    """The nodes of an answer and of whatever the engine introduced in its "where"."""
    return node_count(found.expression) + sum(node_count(right) for _, right in found.where)


def aim(case: Case, scope: Scope) -> int:
    """The nodes of the closed form with its adjoint's equations."""
    texts = (case.closed_form, *ADJOINTS.get(case.name, ()))
    return sum(node_count(read(text, scope)) for text in texts)


SIGMOID = "sigmoid(W @ x[t] + U @ h[t-1])"

CASES = [
    Case("lin", "a: vector(n); x: vector(n)", "gradient(a.T @ x, x)", "a", ("-a", "2 * a")),
    Case("lsq", "A: matrix(m, n); x: vector(n); b: vector(m)", "gradient(sqnorm(A @ x - b) / 2, x)", "A.T @ (A @ x - b)", ("2 * A.T @ (A @ x - b)", "A.T @ (A @ x + b)")),
    Case("bilin_affine", "B: matrix(m, n); b: vector(m); C: matrix(m, k); D: matrix(k, n); d: vector(k); x: vector(n)", "gradient((B @ x + b).T @ C @ (D @ x + d), x)", "B.T @ C @ (D @ x + d) + D.T @ C.T @ (B @ x + b)", ("B.T @ C @ (D @ x + d)", "B.T @ C @ (D @ x + d) - D.T @ C.T @ (B @ x + b)")),
    Case("aXTb", "a: vector(n); X: matrix(m, n); b: vector(m)", "gradient(a.T @ X.T @ b, X)", "b @ a.T", ("-b @ a.T", "2 * b @ a.T")),
    Case("affine_quad", "X: matrix(m, n); b: vector(n); c: vector(m); D: matrix(m, m)", "gradient((X @ b + c).T @ D @ (X @ b + c), X)", "(D + D.T) @ (X @ b + c) @ b.T", ("2 * D @ (X @ b + c) @ b.T", "(D + D.T) @ (X @ b - c) @ b.T")),
    Case("aX3b", "a: vector(n); X: matrix(n, n); b: vector(n)", "gradient(a.T @ X @ X @ X @ b, X)", "a @ b.T @ X.T @ X.T + X.T @ a @ b.T @ X.T + X.T @ X.T @ a @ b.T", ("a @ b.T @ X @ X + X @ a @ b.T @ X + X @ X @ a @ b.T", "3 * X.T @ a @ b.T @ X.T")),
    Case("trAX", "A: matrix(n, m); X: matrix(m, n)", "gradient(trace(A @ X), X)", "A.T", ("-A.T", "2 * A.T")),
    Case("trXAX", "X: matrix(m, n); A: matrix(m, m)", "gradient(trace(X.T @ A @ X), X)", "(A + A.T) @ X", ("2 * A @ X", "(A - A.T) @ X")),
    Case("trX3", "X: matrix(n, n)", "gradient(trace(X @ X @ X), X)", "3 * (X @ X).T", ("3 * X @ X", "(X @ X).T")),
    Case("tr_hadamard_sq", "A: matrix(n, m); X: matrix(m, n)", "gradient(trace(A @ (X * X)), X)", "2 * A.T * X", ("A.T * X", "2 * A.T")),
    Case("detAXB", "A: matrix(n, n); X: matrix(n, n) invertible; B: matrix(n, n)", "gradient(det(A @ X @ B), X)", "det(A @ X @ B) * inv(X).T", ("det(A @ X @ B) * inv(X)", "det(X) * inv(X).T")),
    Case("logdetXtX", "X: matrix(m, n) full_column_rank", "gradient(logdet(X.T @ X), X)", "2 * X @ inv(X.T @ X)", ("X @ inv(X.T @ X)", "-2 * X @ inv(X.T @ X)")),
    Case("aXinvb", "a: vector(n); X: matrix(n, n) invertible; b: vector(n)", "gradient(a.T @ inv(X) @ b, X)", "-inv(X).T @ a @ b.T @ inv(X).T", ("inv(X).T @ a @ b.T @ inv(X).T", "-inv(X) @ a @ b.T @ inv(X)")),
    Case("tr_inv_sum", "A: matrix(n, n); X: matrix(n, n)", "gradient(trace(inv(X + A)), X)", "-(matpow(X + A, -2)).T", ("-matpow(X + A, -2)", "(matpow(X + A, -2)).T")),
    Case("inv_by_matrix", "X: matrix(n, n) invertible; i: integer in 1..n; j: integer in 1..n; k: integer in 1..n; l: integer in 1..n", "gradient(inv(X)[i, j], X[k, l])", "-inv(X)[i, k] * inv(X)[l, j]", ("inv(X)[i, k] * inv(X)[l, j]", "-inv(X)[i, l] * inv(X)[k, j]")),
    Case("normF", "X: matrix(m, n) nonzero", "gradient(norm(X), X)", "X / norm(X)", ("X / sqnorm(X)", "2 * X")),
    Case("normalize_jac", "x: vector(n) nonzero", "jacobian(x / norm(x), x)", "1 / norm(x) * (eye(n) - x @ x.T / sqnorm(x))", ("1 / norm(x) * (eye(n) - x @ x.T)", "eye(n) / norm(x)")),
    Case("sum_sin_AXB", "A: matrix(k, m); X: matrix(m, n); B: matrix(n, p)", "gradient(sum(sin(A @ X @ B)), X)", "A.T @ cos(A @ X @ B) @ B.T", ("-A.T @ cos(A @ X @ B) @ B.T", "A.T @ sin(A @ X @ B) @ B.T")),
    Case("tanh_jac", "W: matrix(m, n); x: vector(n); b: vector(m)", "jacobian(tanh(W @ x + b), x)", "diag(1 - tanh(W @ x + b)**2) @ W", ("diag(1 - tanh(W @ x + b)) @ W", "diag(1 + tanh(W @ x + b)**2) @ W")),
    Case("gelu", "x: vector(n)", "gradient(sum(x * Phi(x)), x)", "Phi(x) + x * phi(x)", ("Phi(x) - x * phi(x)", "Phi(x)")),
    Case("masked_mf", "M: matrix(m, n); X: matrix(m, n); U: matrix(m, p); V: matrix(n, p)", "gradient(sqnorm(M * (X - U @ V.T)) / 2, U)", "-(M * M * (X - U @ V.T)) @ V", ("(M * M * (X - U @ V.T)) @ V", "-(M * (X - U @ V.T)) @ V")),
    Case("lse_affine", "A: matrix(m, n); x: vector(n); b: vector(m)", "gradient(log(sum(exp(A @ x + b))), x)", "A.T @ softmax(A @ x + b)", ("A.T @ exp(A @ x + b)", "A.T @ softmax(A @ x)")),
    Case("ce_logits", "y: vector(c) simplex; z: vector(c)", "gradient(-y.T @ log(softmax(z)), z)", "softmax(z) - y", ("y - softmax(z)", "softmax(z)")),
    Case("lse_hess", "A: matrix(m, n); x: vector(n)", "hessian(log(sum(exp(A @ x))), x)", "A.T @ (diag(p) - p @ p.T) @ A", ("A.T @ diag(p) @ A", "A.T @ (diag(p) + p @ p.T) @ A"), "p: softmax(A @ x)"),
    Case("quad_hess", "A: matrix(n, n); x: vector(n)", "hessian(x.T @ A @ x, x)", "A + A.T", ("2 * A", "A - A.T")),
    Case("sum_exp_hess", "A: matrix(m, n); x: vector(n)", "hessian(sum(exp(A @ x)), x)", "A.T @ diag(exp(A @ x)) @ A", ("A.T @ diag(A @ x) @ A", "2 * A.T @ diag(exp(A @ x)) @ A")),
    Case("quad_times_x", "A: matrix(n, n); x: vector(n)", "jacobian((x.T @ A @ x) * x, x)", "x @ x.T @ (A + A.T) + (x.T @ A @ x) * eye(n)", ("(A + A.T) @ x @ x.T + (x.T @ A @ x) * eye(n)", "x @ x.T @ (A + A.T)")),
    Case("hadamard_jac", "A: matrix(m, n); B: matrix(m, n); x: vector(n)", "jacobian((A @ x) * (B @ x), x)", "diag(B @ x) @ A + diag(A @ x) @ B", ("diag(A @ x) @ A + diag(B @ x) @ B", "diag(B @ x) @ A - diag(A @ x) @ B")),
    Case("rnn_bptt_U", "W: matrix(h, d); U: matrix(h, h); x[t]: vector(d); y[t]: vector(h); h[0]: vector(h)", "gradient(L, U)", "sum(outer(gradient(L, h[t]) * h[t] * (1 - h[t]), h[t-1]), t)", ("sum(outer(gradient(L, h[t]) * h[t] * (1 - h[t]), h[t]), t)", "sum(outer((h[t] - y[t]) * h[t] * (1 - h[t]), h[t-1]), t)", "sum(outer(h[t-1], gradient(L, h[t]) * h[t] * (1 - h[t])), t)"), f"h[t]: {SIGMOID}; L: sum(sqnorm(h[t] - y[t]), t) / 2", "t: 1..T"),
    Case("rnn_bptt_delta", "W: matrix(h, d); U: matrix(h, h); x[t]: vector(d); y[t]: vector(h); h[0]: vector(h)", "gradient(L, h[t])", "h[t] - y[t] + U.T @ (gradient(L, h[t+1]) * h[t+1] * (1 - h[t+1]))", ("h[t] - y[t] + U @ (gradient(L, h[t+1]) * h[t+1] * (1 - h[t+1]))", "h[t] - y[t]", "h[t] - y[t] + U.T @ (gradient(L, h[t+1]) * h[t] * (1 - h[t]))"), f"h[t]: {SIGMOID}; L: sum(sqnorm(h[t] - y[t]), t) / 2", "t: 1..T", "t=1..T-1"),
    Case("birnn_U2", "W: matrix(h, d); U: matrix(h, h); W2: matrix(h, d); U2: matrix(h, h); V: matrix(q, h); V2: matrix(q, h); x[t]: vector(d); y[t]: vector(q); f[0]: vector(h); b[T+1]: vector(h)", "gradient(L, U2)", "sum(outer(gradient(L, b[t]) * b[t] * (1 - b[t]), b[t+1]), t)", ("sum(outer(gradient(L, b[t]) * b[t] * (1 - b[t]), b[t]), t)", "sum(outer((V2.T @ e[t]) * b[t] * (1 - b[t]), b[t+1]), t)"), "f[t]: sigmoid(W @ x[t] + U @ f[t-1]); b[t]: sigmoid(W2 @ x[t] + U2 @ b[t+1]); e[t]: V @ f[t] + V2 @ b[t] - y[t]; L: sum(sqnorm(e[t]), t) / 2", "t: 1..T"),
    Case("lstm_bptt_Uf", "Wi: matrix(h, d); Wf: matrix(h, d); Wo: matrix(h, d); Wg: matrix(h, d); Ui: matrix(h, h); Uf: matrix(h, h); Uo: matrix(h, h); Ug: matrix(h, h); x[t]: vector(d); h[0]: vector(h); c[0]: vector(h); a: vector(h)", "gradient(L, Uf)", "sum(outer(gradient(L, c[t]) * c[t-1] * f[t] * (1 - f[t]), h[t-1]), t)", ("sum(outer(gradient(L, c[t]) * c[t] * f[t] * (1 - f[t]), h[t-1]), t)", "sum(outer(gradient(L, c[t]) * f[t] * (1 - f[t]), h[t-1]), t)"), "i[t]: sigmoid(Wi @ x[t] + Ui @ h[t-1]); f[t]: sigmoid(Wf @ x[t] + Uf @ h[t-1]); o[t]: sigmoid(Wo @ x[t] + Uo @ h[t-1]); g[t]: tanh(Wg @ x[t] + Ug @ h[t-1]); c[t]: f[t] * c[t-1] + i[t] * g[t]; h[t]: o[t] * tanh(c[t]); L: a.T @ h[T]", "t: 1..T"),
    Case("dropout_grad", "X: matrix(q, d); w: vector(d); y: vector(q); p: scalar in (0, 1); R: matrix(q, d) ~ bernoulli(p)", "gradient(E(sqnorm(y - (X * R) @ w)), w)", "-2 * p * X.T @ (y - p * X @ w) + 2 * p * (1 - p) * diag(diagpart(X.T @ X)) @ w", ("-2 * p * X.T @ (y - p * X @ w)", "-2 * p * X.T @ (y - X @ w) + 2 * p * (1 - p) * diag(diagpart(X.T @ X)) @ w")),
    Case("input_noise", "X: matrix(q, d); w: vector(d); y: vector(q); sigma: scalar positive; N: matrix(q, d) ~ normal(zeros(q, d), sigma**2)", "E(sqnorm(y - (X + N) @ w))", "sqnorm(y - X @ w) + q * sigma**2 * sqnorm(w)", ("sqnorm(y - X @ w) + d * sigma**2 * sqnorm(w)", "sqnorm(y - X @ w) + q * sigma * sqnorm(w)")),
    Case("wn_g", "X: matrix(N, d); u: vector(d) nonzero; g: scalar; y: vector(N)", "gradient(L, g)", "u.T @ gradient(L, w) / norm(u)", ("u.T @ gradient(L, w)", "-u.T @ gradient(L, w) / norm(u)"), "w: g * u / norm(u); L: sqnorm(X @ w - y) / 2"),
    Case("layernorm_jac", "x: vector(k); eps: scalar positive", "jacobian(z, x)", "1 / s * (eye(k) - ones(k) @ ones(k).T / k - z @ z.T / k)", ("1 / s * (eye(k) - ones(k) @ ones(k).T / k)", "1 / s * (eye(k) - z @ z.T / k)"), "m: x - mean(x) * ones(k); s: sqrt(sqnorm(m) / k + eps); z: m / s"),
    Case("rmsnorm_x", "x: vector(k) nonzero; a: vector(k)", "gradient(a.T @ x / r, x)", "1 / r * (a - (a.T @ x) / (k * r**2) * x)", ("1 / r * a", "1 / r * (a - (a.T @ x) / r**2 * x)"), "r: sqrt(x.T @ x / k)"),
    Case("attn_Q", "Q: matrix(m, p); K: matrix(k, p); V: matrix(k, n); G: matrix(m, n)", "gradient(inner(G, P @ V), Q)", "1 / sqrt(p) * (P * (G @ V.T - rowsum(P * (G @ V.T)) @ ones(k).T)) @ K", ("1 / sqrt(p) * (P * (G @ V.T)) @ K", "(P * (G @ V.T - rowsum(P * (G @ V.T)) @ ones(k).T)) @ K"), "P: softmax(Q @ K.T / sqrt(p), rows)"),
    Case("linear_sigmoid_mse_W", "X: matrix(N, d); W: matrix(d, c); b: vector(c); Y: matrix(N, c)", "gradient(sqnorm(S - Y) / N, W)", "2 / N * X.T @ ((S - Y) * S * (1 - S))", ("1 / N * X.T @ ((S - Y) * S * (1 - S))", "2 / N * X.T @ ((S - Y) * S)", "2 / d * X.T @ ((S - Y) * S * (1 - S))"), "S: sigmoid(X @ W + ones(N) @ b.T)"),
    Case("ridge_grad", "X: matrix(N, d); w: vector(d); y: vector(N); l: scalar positive", "gradient(sqnorm(X @ w - y) + l * sqnorm(w), w)", "2 * X.T @ (X @ w - y) + 2 * l * w", ("2 * X.T @ (X @ w - y) + l * w", "2 * X.T @ (y - X @ w) + 2 * l * w")),
    Case("logreg_grad", "x[i]: vector(d); w: vector(d); y[i]: scalar", "gradient(sum(log(1 + exp(x[i].T @ w)) - y[i] * x[i].T @ w, i), w)", "sum((sigmoid(x[i].T @ w) - y[i]) * x[i], i)", ("sum((sigmoid(x[i].T @ w) + y[i]) * x[i], i)", "sum((y[i] - sigmoid(x[i].T @ w)) * x[i], i)"), "", "i: 1..N"),
    Case("gauss_ll_S", "x[i]: vector(d); mu: vector(d); S: matrix(d, d)", "gradient(-N / 2 * logdet(S) - sum((x[i] - mu).T @ inv(S) @ (x[i] - mu), i) / 2, S)", "-N / 2 * inv(S).T + inv(S).T @ sum(outer(x[i] - mu, x[i] - mu), i) @ inv(S).T / 2", ("-N / 2 * inv(S) + inv(S) @ sum(outer(x[i] - mu, x[i] - mu), i) @ inv(S) / 2", "-N / 2 * inv(S).T - inv(S).T @ sum(outer(x[i] - mu, x[i] - mu), i) @ inv(S).T / 2"), "", "i: 1..N"),
    Case("pca_recon", "X: matrix(N, d); W: matrix(d, p)", "gradient(sqnorm(X - X @ W @ W.T), W)", "-4 * S @ W + 2 * S @ W @ W.T @ W + 2 * W @ W.T @ S @ W", ("-4 * S @ W + 4 * S @ W @ W.T @ W", "4 * S @ W + 2 * S @ W @ W.T @ W + 2 * W @ W.T @ S @ W"), "S: X.T @ X"),
]  # fmt: skip
