"""SymPy's second opinion, and answers as SymPy expressions."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest
from cases_table import CASES, Case, equation, scope_of

from derive.check.second_opinion import Opinion, second_opinion
from derive.errors import NotDerived
from derive.notation.evaluate import Evaluator
from derive.notation.instance import draw
from derive.notation.reader import read, read_equation, read_range

RANDOM = {"dropout_grad", "input_noise"}
SLOW = {"lstm_bptt_Uf"}
COINCIDENCES = {
    ("inv_by_matrix", 1),
    ("linear_sigmoid_mse_W", 2),
}  # equal at the one small point: sizes, indices
QUICK = [case for case in CASES if case.name not in RANDOM | SLOW]


def opinion(case: Case, right: str | None = None, seconds: float = 20.0) -> Opinion:
    scope, asked, _, answer = equation(case, right)
    ranges = {"t": read_range(case.where[2:])} if case.where else {}
    return second_opinion(scope, asked, answer, ranges, seconds)


@pytest.mark.parametrize("case", QUICK, ids=[case.name for case in QUICK])
def test_sympy_agrees_with_closed_forms(case: Case) -> None:
    assert opinion(case) == Opinion("agrees")


@pytest.mark.parametrize("case", QUICK, ids=[case.name for case in QUICK])
def test_sympy_differs_from_wrong_forms(case: Case) -> None:
    for k, wrong in enumerate(case.wrong):
        if (case.name, k) not in COINCIDENCES:
            assert opinion(case, wrong).status == "differs", wrong


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # an alarm during garbage collection
def test_the_time_limit() -> None:
    case = next(case for case in CASES if case.name == "lstm_bptt_Uf")
    assert opinion(case, seconds=0.05) == Opinion("skipped", "SymPy took longer than 0.05 s")
    found: list[Opinion] = []
    thread = threading.Thread(target=lambda: found.append(opinion(case, seconds=0.05)))
    thread.start()
    thread.join()
    assert found == [Opinion("skipped", "SymPy took longer than 0.05 s")]


SKIPPED = [
    ("x: vector(n)", "", "sqnorm(x) == x.T @ x", "'sqnorm' is no derivative"),
    ("x: vector(n)", "", "gradient(sum(relu(x)), x) == step(x)", "no derivative at a kink"),
    ("u: vector(n); L: scalar of u", "", "gradient(L, u) == u", "unspecified function"),
    ("u: vector(n); f: function", "", "gradient(sum(f(u)), u) == f'(u)", "unspecified function"),
    (
        "Q: matrix(n, n) orthogonal; x: vector(n)",
        "",
        "gradient(sqnorm(Q @ x), x) == 2 * x",
        "'Q' has no exact value that is orthogonal",
    ),
    ("p: scalar in (0, 1); r: scalar ~ bernoulli(p)", "", "gradient(E(r), p) == 1", "an expectation"),
    ("S: matrix(m, m) spd", "", "gradient(logdet(S), S) == inv(S)", "the gradient is symmetrised"),
    ("r: vector(n) ~ bernoulli(1/2); w: vector(n)", "", "gradient(r.T @ w, w) == r", "a random quantity"),
    ("x: vector(n); y: vector(n)", "", "gradient(sqnorm(y), x) == zeros(n)", "both sides vanish"),
]


@pytest.mark.parametrize(("symbols", "define", "claim", "reason"), SKIPPED, ids=[row[2] for row in SKIPPED])
def test_what_is_skipped_says_why(symbols: str, define: str, claim: str, reason: str) -> None:
    scope = scope_of(symbols, define)
    left, _, right = read_equation(claim, scope)
    assert second_opinion(scope, left, right) == Opinion("skipped", reason)


def test_facts_survive_the_rounding_to_rationals() -> None:
    scope = scope_of(
        "y: vector(c) simplex; z: vector(c); S: matrix(m, m) spd; P: matrix(m, m) stochastic; X: matrix(m, m); v: vector(m)"
    )
    for claim in (
        "gradient(-y.T @ log(softmax(z)), z) == softmax(z) - y",
        "gradient(v.T @ inv(S) @ v, v) == 2 * inv(S) @ v",
        "gradient(trace(P @ X), X) == P.T",
        "gradient(sum(P @ X), X) == ones(m, m) - ones(m, m) + P.T @ ones(m, m)",
    ):
        left, _, right = read_equation(claim, scope)
        assert second_opinion(scope, left, right) == Opinion("agrees"), claim


def test_the_checker_does_not_load_sympy() -> None:
    code = "import sys, derive.check, derive.check.second_opinion; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---------------------------------------------------------------- answers as SymPy expressions

SYMBOLS = "A: matrix(n, n) invertible; B: matrix(n, m); x: vector(n); y: vector(n); s: scalar positive; k: scalar; a[i]: scalar; W: matrix(m, m)"
EXPRESSIONS = [
    "A.T @ (A @ x - y)",
    "2 * inv(A) @ x / s",
    "x.T @ A @ x + s",
    "1 - x * y",
    "tanh(A @ x) / (1 + x * x)",
    "sigmoid(x)**2",
    "diag(x) @ A",
    "trace(A) * log(s) + logdet(A.T @ A) + det(A)",
    "norm(x) + sqnorm(B) + sum(B) + mean(x) + inner(x, y)",
    "rowsum(B) * x",
    "colsum(B)",
    "(eye(n) - x @ x.T / sqnorm(x)) @ ones(n)",
    "zeros(n) - x",
    "matpow(A, 3)",
    "A[1, 2] + x[2]",
    "sum(a[i]**2, i) / N",
    "prod(s + i, i)",
    "Phi(k) + phi(k)",
    "n * k",
    "where(k < s, k, s)",
    "exp(k) / (1 + exp(k))",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_to_sympy_has_the_same_value(text: str) -> None:
    import sympy as sp

    from derive.tree.border import to_sympy

    scope = scope_of(SYMBOLS, "", "i: 1..N")
    node = read(text, scope)
    expression = to_sympy(node)
    ev = Evaluator(scope, draw(scope, seed=0))
    values = {sp.Symbol(name, integer=True, positive=True): n for name, n in ev.instance.sizes.items()}
    found = expression.subs(values).replace(lambda e: isinstance(e, (sp.Sum, sp.Product)), lambda e: e.doit())
    for name in ("A", "B", "x", "y", "W"):
        array = ev.value(read(name, scope))
        found = found.subs(sp.MatrixSymbol(name, *array.shape), sp.ImmutableMatrix(array.tolist()))
    found = found.subs(
        {
            sp.Symbol("s", real=True, positive=True): ev.value(read("s", scope)).item(),
            sp.Symbol("k", real=True): ev.value(read("k", scope)).item(),
        }
    )
    base = sp.IndexedBase("a", real=True)
    found = found.subs(
        {base[i]: ev.value(read(f"a[{i}]", scope)).item() for i in range(1, ev.instance.sizes["N"] + 1)}
    ).doit()
    value = np.array(sp.Matrix(found) if hasattr(found, "shape") else [[found]], dtype=object)
    assert np.allclose(np.vectorize(lambda e: float(sp.N(e)))(value), ev.value(node), rtol=1e-9)


def test_to_sympy_keeps_the_author_order() -> None:
    from derive.tree.border import to_sympy

    scope = scope_of(SYMBOLS, "", "i: 1..N")
    assert str(to_sympy(read("A.T @ (A @ x - y)", scope))) == "A.T*(A*x - y)"
    assert to_sympy(read("diagpart(A) * y", scope)).shape == to_sympy(read("y", scope)).shape


def test_the_gradient_of_an_unspecified_function_is_a_name() -> None:
    from derive.tree.border import to_sympy

    scope = scope_of("w: vector(n); L: scalar of w; f: function; z: vector(n)")
    assert str(to_sympy(read("gradient(L, w)", scope))) == "gradient(L, w)"
    assert to_sympy(read("f'(z) * z", scope)).shape == to_sympy(read("z", scope)).shape


NO_COUNTERPART = [
    ("E(sum(x))", "'E' has no counterpart in SymPy"),
    ("sum(v[i], i)", "a sum over a family of vectors has no counterpart in SymPy"),
    ("max(a[i], i)", "'max_over' has no counterpart in SymPy"),
    ("W[1]", "a row of a matrix has no counterpart in SymPy"),
]


@pytest.mark.parametrize(("text", "message"), NO_COUNTERPART)
def test_what_sympy_cannot_say(text: str, message: str) -> None:
    from derive.tree.border import to_sympy

    scope = scope_of(SYMBOLS + "; v[i]: vector(n)", "", "i: 1..N")
    with pytest.raises(NotDerived, match=message):
        to_sympy(read(text, scope))
