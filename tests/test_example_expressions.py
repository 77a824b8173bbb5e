"""The expressions of the example files read, with the symbols of their files, and read fast."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from derive.errors import InputError
from derive.notation.reader import read, read_equation, read_range, read_target
from derive.notation.types import read_type
from derive.vocabulary import Declaration, Definition, Scope


def problem(index: Mapping[str, str], symbols: Mapping[str, str], define: Mapping[str, str]) -> Scope:
    """A symbol table as the problem layer makes it: declarations, then definitions in order."""
    scope = Scope(indices={name: read_range(text) for name, text in index.items()})
    declarations: dict[str, Declaration] = {}
    definitions: dict[str, Definition] = {}
    for key, kind in symbols.items():
        name, at = read_target(key)
        here = Scope(declarations, definitions, scope.indices)
        is_member = any(size.name is None for size in at)
        params = () if is_member else tuple(map(str, at))
        found = read_type(kind, name, params, here, dependencies=False)
        boundary = (at,) if is_member else ()
        declarations[name] = Declaration(name, found.shape, params, found.facts, found.law, boundary=boundary)
    for key, body in define.items():
        name, at = read_target(key)
        node = read(body, Scope(declarations, definitions, scope.indices))
        definitions[name] = Definition(name, node.shape, tuple(map(str, at)), node)
    return Scope(declarations, definitions, scope.indices)


BIRNN = problem(
    {"t": "1..T"},
    {
        "x[t]": "vector(d)",
        "z[t]": "vector(o)",
        **{f"W_{k}": "matrix(h, d)" for k in "fb"},
        **{f"U_{k}": "matrix(h, h)" for k in "fb"},
        **{f"V_{k}": "matrix(o, h)" for k in "fb"},
        "h_f[0]": "vector(h)",
        "h_b[T+1]": "vector(h)",
    },
    {
        "h_f[t]": "sigmoid(W_f @ x[t] + U_f @ h_f[t-1])",
        "h_b[t]": "sigmoid(W_b @ x[t] + U_b @ h_b[t+1])",
        "y[t]": "V_f @ h_f[t] + V_b @ h_b[t]",
        "loss[t]": "sqnorm(z[t] - y[t])",
        "L": "sum(loss[t], t)",
    },
)
DROPOUT = problem(
    {},
    {
        "X": "matrix(n, d) full_column_rank",
        "y": "vector(n)",
        "w": "vector(d)",
        "p": "scalar in (0, 1)",
        "R": "matrix(n, d) ~ bernoulli(p)",
        "c": "scalar positive",
        "alpha": "scalar positive",
        "A": "matrix(n, d) full_column_rank",
    },
    {
        "L": "sqnorm(y - (X * R) @ w)",
        "Gamma": "diag(sqrt(diagpart(X.T @ X)))",
        "lambda": "(1 - p) / p",
        "L2": "sqnorm(y - X @ w) + alpha * sqnorm(w)",
    },
)
WEIGHTNORM = problem(
    {},
    {
        "x": "vector(d) ~ moments(mean=zeros(d), cov=eye(d))",
        "u": "vector(d) nonzero",
        "gamma": "scalar",
        "beta": "scalar",
        "L": "scalar of w",
    },
    {
        "y": "u.T @ x",
        "y_bn": "gamma * (y - E(y)) / sqrt(Var(y)) + beta",
        "w": "gamma * u / norm(u)",
        "s": "gamma / norm(u)",
    },
)
VITERBI = problem(
    {"t": "1..T", "i": "1..N", "j": "1..N"},
    {"pi": "vector(N) simplex", "P": "matrix(N, N) stochastic", "w[t]": "integer in 1..N"},
    {"p[t]": "pi[w[1]] * prod(P[w[s-1], w[s]], s=2..t)"},
)
ATTENTION = problem(
    {},
    {"Q": "matrix(2, 2)", "K": "matrix(2, 2)", "V": "matrix(2, 2)"},
    {"A": "softmax(Q @ K.T / sqrt(2), rows)", "O": "A @ V"},
)

EXAMPLES: list[tuple[Scope, str]] = [
    (BIRNN, "gradient(loss[t], h_f[t]) == 2 * V_f.T @ (y[t] - z[t])"),
    (BIRNN, "gradient(loss[t], h_b[t]) == 2 * V_b.T @ (y[t] - z[t])"),
    (BIRNN, "jacobian(h_f[t+1], h_f[t]) == diag(h_f[t+1] * (1 - h_f[t+1])) @ U_f"),
    (BIRNN, "jacobian(h_b[t-1], h_b[t]) == diag(h_b[t-1] * (1 - h_b[t-1])) @ U_b"),
    (
        BIRNN,
        """gradient(L, h_f[t]) == gradient(loss[t], h_f[t])
      + U_f.T @ (h_f[t+1] * (1 - h_f[t+1]) * gradient(L, h_f[t+1]))""",
    ),
    (BIRNN, "gradient(L, h_f[T]) == 2 * V_f.T @ (y[T] - z[T])"),
    (
        BIRNN,
        """gradient(L, h_b[t]) == gradient(loss[t], h_b[t])
      + U_b.T @ (h_b[t-1] * (1 - h_b[t-1]) * gradient(L, h_b[t-1]))""",
    ),
    (BIRNN, "gradient(L, h_b[1]) == 2 * V_b.T @ (y[1] - z[1])"),
    (BIRNN, "gradient(L, W_f) == sum(outer(h_f[t] * (1 - h_f[t]) * gradient(L, h_f[t]), x[t]), t)"),
    (BIRNN, "gradient(L, U_b) == sum(outer(h_b[t] * (1 - h_b[t]) * gradient(L, h_b[t]), h_b[t+1]), t)"),
    (BIRNN, "h_f[0] == h_b[T+1]"),
    (DROPOUT, "E(L) == sqnorm(y - p * X @ w) + p * (1 - p) * sqnorm(Gamma @ w)"),
    (DROPOUT, "p * argmin(E(L), w) == inv(X.T @ X + lambda * Gamma @ Gamma) @ X.T @ y"),
    (DROPOUT, "gradient(lambda, p) == -1 / p**2"),
    (DROPOUT, "argmin(L2, w) == inv(X.T @ X + alpha * eye(d)) @ X.T @ y"),
    (DROPOUT, "X == sqrt(c) * A @ diag(1 / sqrt(diagpart(A.T @ A)))"),
    (DROPOUT, "alpha == c * (1 - p) / p"),
    (WEIGHTNORM, "y_bn == w.T @ x + beta"),
    (WEIGHTNORM, "E(y) == 0"),
    (WEIGHTNORM, "Var(y) == sqnorm(u)"),
    (WEIGHTNORM, "gradient(L, u) == s * (eye(d) - u @ u.T / sqnorm(u)) @ gradient(L, w)"),
    (WEIGHTNORM, "gradient(L, gamma) == u.T @ gradient(L, w) / norm(u)"),
    (WEIGHTNORM, "u.T @ gradient(L, u) == 0"),
    (VITERBI, "p[t] == pi[w[1]]"),
    (VITERBI, "max(P[i, j] * p[t], i) == 1"),
    (VITERBI, "N**T == T * N**2"),
    (ATTENTION, "A == O"),
]


@pytest.mark.parametrize(("scope", "text"), EXAMPLES)
def test_expressions_of_the_examples(scope: Scope, text: str) -> None:
    left, _, right = read_equation(text, scope)
    assert left.shape == right.shape


MISSING = [
    ("U_f @ h_f[T+1]", "index T+1 is outside h_f[1..T]", "declare the boundary member h_f[T+1]"),
    ("h_b[0]", "index 0 is outside h_b[1..T]", "declare the boundary member h_b[0]"),
]


@pytest.mark.parametrize(("text", "message", "hint"), MISSING)
def test_boundary_members_are_needed(text: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text, BIRNN)
    assert (caught.value.message, caught.value.hint) == (message, hint)
