"""The evaluator: sizes, values of names, derivatives, expectations, minimisers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cases_table import scope_of

from derive.errors import NotEvaluated
from derive.notation.evaluate import Evaluator
from derive.notation.instance import Instance, draw
from derive.notation.reader import read, read_range
from derive.notation.space import NumpySpace
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.build import build, d, reindex, sym
from derive.vocabulary.scope import Scope

RNN = (
    "W: matrix(h, d); U: matrix(h, h); x[t]: vector(d); y[t]: vector(h); h[0]: vector(h)",
    "h[t]: tanh(W @ x[t] + U @ h[t-1]); L: sum(sqnorm(h[t] - y[t]), t)",
    "t: 1..T",
)


def evaluator(scope: Scope, seed: int = 0, wrt: Node | None = None, **free: str) -> Evaluator:
    ranges = {name: read_range(text) for name, text in free.items()}
    return Evaluator(scope, draw(scope, seed=seed, free=ranges), wrt)


def value(text: str, scope: Scope, seed: int = 0, **free: str) -> np.ndarray:
    return np.asarray(evaluator(scope, seed, **free).value(read(text, scope)))


# ---------------------------------------------------------------- instances


def test_sizes_are_distinct_and_obey_facts() -> None:
    scope = scope_of("A: matrix(n, d) full_column_rank; B: matrix(d, m); x[t]: vector(k)", "", "t: 1..T")
    for seed in range(30):
        sizes = draw(scope, seed=seed).sizes
        assert len({sizes[s] for s in "ndmkT"}) == 5
        assert sizes["n"] >= sizes["d"]
        assert min(sizes[s] for s in "ndmk") >= 2
    assert [draw(scope, seed=s).sizes["T"] for s in range(5)] == [3, 2, 4, 1, 3]


def test_random_quantities_are_small() -> None:
    scope = scope_of("A: matrix(a, b); C: matrix(e, f); p: scalar in (0, 1); R: matrix(q, r) ~ bernoulli(p)")
    for seed in range(20):
        sizes = draw(scope, seed=seed).sizes
        assert sizes["q"] * sizes["r"] <= 12


def test_an_instance_depends_on_its_seed_only() -> None:
    scope = scope_of("A: matrix(a, b); x: vector(b)")
    first, second = evaluator(scope), evaluator(scope)
    second.value(read("x", scope))  # another order of asking
    assert np.array_equal(first.value(read("A @ x", scope)), second.value(read("A @ x", scope)))
    assert not np.array_equal(value("sum(A)", scope, 0), value("sum(A)", scope, 4))


def test_data_override_sampling_and_fix_sizes() -> None:
    scope = scope_of("A: matrix(m, n); x: vector(n)")
    scope = Scope(scope.declarations, data={"A": [[1, 2, 3], [4, 5, 6]]})
    assert value("A", scope).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert value("x", scope).shape == (3, 1)


def test_free_indices_stay_in_their_range() -> None:
    scope = scope_of(*RNN)
    for seed in range(3):
        instance = draw(scope, seed=seed, free={"t": read_range("1..T-1")})
        assert 1 <= instance.indices["t"] <= instance.sizes["T"] - 1
    with pytest.raises(NotEvaluated, match="empty range t=1..T-1"):
        draw(scope, seed=3, free={"t": read_range("1..T-1")})


def test_an_index_outside_its_range_has_no_value() -> None:
    scope = scope_of(*RNN)
    beyond = reindex(read("h[t]", scope), {"t": Size.of("T") + 1})
    with pytest.raises(NotEvaluated, match=r"h\[4\] lies outside t=1..T"):
        evaluator(scope).value(beyond)


def test_empty_ranges() -> None:
    scope = scope_of("x[t]: scalar", "p[t]: prod(x[s], s=2..t)", "t: 1..T")
    with pytest.raises(NotEvaluated, match=r"empty range s=T\+1..T"):
        value("sum(x[1] * s, s=T+1..T)", scope)
    assert value("p[1]", scope) == 1.0  # inside a definition the empty product is 1


# ---------------------------------------------------------------- derivatives

X = np.array([[0.3], [-0.7], [1.1]])
DERIVATIVES = [  # in x = (0.3, -0.7, 1.1)
    ("gradient(sum(tanh(x)), x)", 1 - np.tanh(X) ** 2),
    ("gradient(norm(x), x)", X / np.linalg.norm(X)),
    ("gradient(norm1(x), x)", np.sign(X)),
    ("gradient(sum(relu(x)), x)", (X > 0) * 1.0),
    ("gradient(sum(x**3), x)", 3 * X**2),
    ("gradient(sum(x**(-2)), x)", -2 * X ** (-3)),
    ("gradient(sum(exp(x)**(1/2)), x)", np.exp(X / 2) / 2),
    ("gradient(sum(erf(x)), x)", 2 / math.sqrt(math.pi) * np.exp(-X * X)),
    ("gradient(sum(arctan(x)), x)", 1 / (1 + X * X)),
    ("gradient(x[2]**2, x[2])", np.array([[-1.4]])),
    ("gradient(x.T @ x, x[2])", np.array([[-1.4]])),
    ("jacobian(x * x, x)", np.diag(2 * X[:, 0])),
    ("hessian(sum(x**3), x)", np.diag(6 * X[:, 0])),
    ("jacobian(gradient(sum(x**3), x), x)", np.diag(6 * X[:, 0])),
    ("gradient(sum(gradient(sum(x**4), x)), x)", 12 * X**2),
]


@pytest.mark.parametrize(("text", "expected"), DERIVATIVES)
def test_derivatives(text: str, expected: np.ndarray) -> None:
    scope = scope_of("x: vector(n)")
    scope = Scope(scope.declarations, data={"x": [0.3, -0.7, 1.1]})
    second = "hessian" in text or text.count("gradient") > 1
    assert np.allclose(
        value(text, scope), expected, rtol=1e-9 if second else 1e-13, atol=1e-9 if second else 1e-13
    )


def test_every_elementwise_derivative_of_the_table_is_what_a_complex_step_gives() -> None:
    from derive.vocabulary.build import TABLE

    for row in TABLE.values():
        if row.kind == "elementwise" and row.derivative and row.name not in ("sign", "step"):
            scope = scope_of("z: vector(n) positive" if row.domain == "positive" else "z: vector(n)")
            step = value(f"gradient(sum({row.name}(z)), z)", scope)
            formula = value(f"({row.derivative}) * ones(n)", scope)
            assert np.allclose(step, formula, rtol=1e-12), row.name


def test_a_derivative_in_a_defined_name_is_total() -> None:
    scope = scope_of("u: vector(n) nonzero; g: scalar; L: scalar of w", "w: g * u / norm(u)")
    ev = evaluator(scope)
    chained = ev.value(read("jacobian(w, u).T @ gradient(L, w)", scope))
    assert np.allclose(ev.value(read("gradient(L, u)", scope)), chained, rtol=1e-12)


def test_held_names_stay_at_their_values() -> None:
    scope = scope_of("a: scalar; x: scalar", "y: a * x; z: y * x")
    x, y = read("x", scope), read("y", scope)
    ev = evaluator(scope, wrt=x)
    total, partial = build("gradient", read("z", scope), x), build("gradient", read("z", scope), x, y)
    assert np.allclose(ev.value(total), ev.value(read("2 * a * x", scope)))
    assert np.allclose(ev.value(partial), ev.value(y))
    assert np.allclose(ev.value(d(read("z", scope), y)), ev.value(build("mul", y, d(x))))


def test_differentials_follow_the_definitions() -> None:
    scope = scope_of(*RNN)
    u = read("U", scope)
    ev = evaluator(scope, wrt=u)
    left = ev.value(d(read("L", scope)))
    right = ev.value(build("inner", read("gradient(L, U)", scope), d(u)))
    assert np.allclose(left, right, rtol=1e-12)
    assert np.abs(ev.value(d(read("x[1]", scope)))).max() == 0


def test_unspecified_functions_have_exact_derivatives() -> None:
    scope = scope_of("f: function; u: vector(n)")
    ev = evaluator(scope)
    assert np.allclose(
        ev.value(read("gradient(sum(f(u)), u)", scope)), ev.value(read("f'(u)", scope)), rtol=1e-13
    )
    assert np.allclose(
        ev.value(read("gradient(sum(f'(u)), u)", scope)), ev.value(read("f''(u)", scope)), rtol=1e-13
    )


def test_logarithms_of_negative_numbers_have_no_value() -> None:
    scope = scope_of("x: vector(n)")
    scope = Scope(scope.declarations, data={"x": [0.3, -0.7]})
    for text in ("sum(log(x))", "gradient(sum(log(x)), x)", "gradient(sum(sqrt(x)), x)"):
        with pytest.raises(NotEvaluated, match="not finite"):
            value(text, scope)


def test_erf_is_right_at_complex_points() -> None:
    step = NumpySpace.erf(np.array([[0.5 + 1e-30j]]))
    assert np.isclose(step.imag[0, 0] / 1e-30, 2 / math.sqrt(math.pi) * math.exp(-0.25), rtol=1e-14)


# ---------------------------------------------------------------- expectations

RANDOM = "p: scalar in (0, 1); R: matrix(n, d) ~ bernoulli(p); w: vector(d); m: scalar; s: scalar positive; z: scalar ~ normal(m, s**2); S: matrix(k, k) spd; v: vector(k) ~ normal(ones(k), S); r: scalar ~ uniform(1, 3); q: vector(3) simplex; c: scalar ~ categorical(q); e: vector(3) ~ categorical(q); g: scalar ~ normal(z, 1)"
EXPECTATIONS = [
    ("E(R)", "p * ones(n, d)"),
    ("Var(R)", "p * (1 - p) * ones(n, d)"),
    ("E(sqnorm(R @ w))", "n * p**2 * sum(w)**2 + n * p * (1 - p) * sqnorm(w)"),
    ("E(z**2)", "m**2 + s**2"),
    ("E(exp(z))", "exp(m + s**2 / 2)"),
    ("gradient(E(exp(z)), m)", "exp(m + s**2 / 2)"),
    ("gradient(E(R[1, 1] * R[1, 2]), p)", "2 * p"),
    ("E(relu(z - m))", "s / sqrt(2 * pi)"),
    ("E(relu(z))", "m * Phi(m / s) + s * phi(m / s)"),
    ("gradient(E(relu(z)), m)", "Phi(m / s)"),
    ("E(step(z) * c)", "Phi(m / s) * (q[1] + 2 * q[2] + 3 * q[3])"),
    ("E(max(r, 2))", "9 / 4"),
    ("Cov(v)", "S"),
    ("E(v @ v.T)", "S + ones(k) @ ones(k).T"),
    ("Var(w[1] * z + w[2] * R[1, 1])", "w[1]**2 * s**2 + w[2]**2 * p * (1 - p)"),
    ("Cov(g, z)", "s**2"),
    ("Var(g)", "1 + s**2"),
    ("E(r)", "2"),
    ("Var(r)", "1 / 3"),
    ("E(c)", "q[1] + 2 * q[2] + 3 * q[3]"),
    ("E(e)", "q"),
    ("Cov(e)", "diag(q) - q @ q.T"),
    ("E(z * E(z))", "m**2"),
    ("E(w)", "w"),
]


@pytest.mark.parametrize(("left", "right"), EXPECTATIONS)
def test_expectations(left: str, right: str) -> None:
    scope = scope_of(RANDOM)
    for seed in range(3):
        assert np.allclose(value(left, scope, seed), value(right, scope, seed), rtol=1e-9, atol=1e-12)


def test_a_family_is_enumerated_member_by_member() -> None:
    scope = scope_of(
        "x[i]: vector(d) ~ normal(mu, S); mu: vector(d); S: matrix(d, d) spd",
        "m: sum(x[i], i) / N",
        "i: 1..N",
    )
    for seed in (0, 1):
        assert np.allclose(value("Cov(m)", scope, seed), value("S / N", scope, seed), rtol=1e-9)


def test_moments_are_met_by_every_law_that_is_tried() -> None:
    scope = scope_of(
        "x: vector(n) ~ moments(mean=a, cov=S); a: vector(n); S: matrix(n, n) spd; b: scalar; u: scalar ~ moments(mean=b, cov=2)"
    )
    fourth = set()
    for seed in range(3):
        assert np.allclose(value("E(x)", scope, seed), value("a", scope, seed))
        assert np.allclose(value("Cov(x)", scope, seed), value("S", scope, seed))
        assert np.allclose(value("Var(u)", scope, seed), 2)
        fourth.add(round(value("E((u - b)**4)", scope, seed).item(), 6))
    assert len(fourth) == 3


def test_a_random_quantity_outside_an_expectation_is_one_outcome() -> None:
    scope = scope_of(RANDOM)
    assert set(np.unique(value("R", scope))) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("symbols", "text", "message"),
    [
        ("R: matrix(9, 9) ~ bernoulli(1/2)", "E(sum(R))", "outcomes are too many"),
        ("z: vector(9) ~ normal(zeros(9), 1)", "E(sum(exp(z)))", "dimensions has too many nodes"),
        ("z: vector(2) ~ normal(ones(2), 1)", "E(relu(z[1] - z[2] - 0.3))", "did not converge"),
        ("k: scalar; z: scalar ~ normal(1, -1 - k**2)", "E(z)", "a variance is negative"),
    ],
)
def test_expectations_that_are_not_evaluated_say_why(symbols: str, text: str, message: str) -> None:
    with pytest.raises(NotEvaluated, match=message):
        value(text, scope_of(symbols))


# ---------------------------------------------------------------- minimisers


def test_minimisers() -> None:
    scope = scope_of(
        "X: matrix(n, d) full_column_rank; y: vector(n); l: scalar positive; w: vector(d); s: scalar positive; a[i]: scalar",
        "L: sqnorm(X @ w - y) + l * sqnorm(w); NLL: N / 2 * log(s) + sum(a[i]**2, i) / (2 * s)",
        "i: 1..N",
    )
    for left, right in [
        ("argmin(L, w)", "inv(X.T @ X + l * eye(d)) @ X.T @ y"),
        ("argmax(-L, w)", "inv(X.T @ X + l * eye(d)) @ X.T @ y"),
        ("argmin(NLL, s)", "sum(a[i]**2, i) / N"),
        ("jacobian(argmin(L, w), l)", "-inv(X.T @ X + l * eye(d)) @ argmin(L, w)"),
    ]:
        for seed in range(3):
            assert np.allclose(value(left, scope, seed), value(right, scope, seed), rtol=1e-8), left


@pytest.mark.parametrize(
    ("text", "message"), [("argmin(-sqnorm(w), w)", "no minimiser"), ("argmin(sum(w)**2, w)", "not strict")]
)
def test_minimisers_that_do_not_exist(text: str, message: str) -> None:
    with pytest.raises(NotEvaluated, match=message):
        value(text, scope_of("w: vector(d)"))


# ---------------------------------------------------------------- magnitude and speed


def test_magnitude_tells_cancellation_from_nothing() -> None:
    scope = scope_of("a: vector(n); b: scalar", "z: a - a")
    ev = evaluator(scope)
    assert ev.magnitude(read("a.T @ a - sqnorm(a)", scope)) > 0.1
    assert ev.magnitude(read("z", scope)) > 0.1
    assert ev.magnitude(read("gradient(b, a)", scope)) == 0
    assert ev.magnitude(read("E(b - b)", scope)) == 0


def test_symbols_nobody_declared() -> None:
    instance = Instance(Scope(), 0, {}, {})
    with pytest.raises(NotEvaluated, match="'q' has no value"):
        Evaluator(Scope(), instance).value(sym("q", read("1", Scope()).shape))


# ---------------------------------------------------------------- sizes, limits

SIZED = [
    ("A: matrix(n, n); s: scalar; e: vector(n) ~ normal(0, s**2)", ""),
    ("R: matrix(n, d) ~ bernoulli(1/2); y: vector(m)", ""),
    ("X: matrix(N, d) full_column_rank; e: vector(N) ~ normal(0, 1)", ""),
    ("x[t]: vector(d) ~ normal(0, 1); y: vector(m)", "t: 1..T"),
    ("A: matrix(n, m)", ""),
]


@pytest.mark.parametrize(("symbols", "index"), SIZED)
def test_every_size_varies_in_the_first_seeds(symbols: str, index: str) -> None:
    found = [draw(scope_of(symbols, "", index), seed=seed).sizes for seed in range(4)]
    for name in found[0]:
        assert len({sizes[name] for sizes in found}) > 1, name


def test_scalars_take_both_signs_in_two_seeds() -> None:
    scope = scope_of("; ".join(f"x{k}: scalar" for k in range(20)))
    for k in range(20):
        signs = [np.sign(value(f"x{k}", scope, seed)).item() for seed in (0, 1)]
        assert sum(signs) == 0


def test_a_numerically_singular_matrix_has_no_inverse() -> None:
    scope = scope_of("v: vector(n)")
    with pytest.raises(NotEvaluated):
        value("inv(v @ v.T / 3 + 2 * v @ v.T)", scope)
