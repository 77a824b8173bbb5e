"""The checker: right lines hold, planted wrong ones fail, and what says nothing is never a success."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from cases_table import CASES, Case, equation, scope_of

import derive.check
from derive.check import Checker
from derive.notation.derivation import Chain, Line, Reason, Verdict
from derive.notation.reader import read, read_equation, read_range
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.build import build, d, num
from derive.vocabulary.scope import Scope

RIGHT = [pytest.param(case, id=case.name) for case in CASES]
WRONG = [
    pytest.param(case, wrong, id=f"{case.name}-{k}") for case in CASES for k, wrong in enumerate(case.wrong)
]


def ranges_of(where: str) -> dict[str, tuple[Size, Size]]:
    """`t=1..T-1` as ranges."""
    name, _, text = where.partition("=")
    return {name: read_range(text)} if name else {}


def judge(claim: str, scope: Scope, where: str = "", wrt: Node | None = None) -> Verdict:
    left, relation, right = read_equation(claim, scope, differentials=True)
    return Checker(scope, ranges_of(where)).line(left, relation, right, wrt)


# ---------------------------------------------------------------- closed forms


@pytest.mark.parametrize("case", RIGHT)
def test_closed_forms_hold(case: Case) -> None:
    scope, *line = equation(case)
    verdict = Checker(scope, ranges_of(case.where)).line(*line)
    assert verdict.status == "holds", verdict
    assert verdict.instances >= 3
    assert verdict.max_error < 1e-8


@pytest.mark.parametrize(("case", "wrong"), WRONG)
def test_wrong_forms_fail(case: Case, wrong: str) -> None:
    scope, *line = equation(case, wrong)
    verdict = Checker(scope, ranges_of(case.where)).line(*line)
    assert verdict.status == "fails", verdict
    assert verdict.max_error > 1e-4
    assert "left = " in verdict.counterexample


# ---------------------------------------------------------------- claims

DROPOUT = "X: matrix(n, d) full_column_rank; y: vector(n); w: vector(d); p: scalar in (0, 1); R: matrix(n, d) ~ bernoulli(p); c: scalar positive; alpha: scalar positive"
DROPOUT_DEFINE = "L: sqnorm(y - (X * R) @ w); Gamma: diag(sqrt(diagpart(X.T @ X))); lambda: (1 - p) / p"
NORM = "x: vector(d) ~ moments(mean=zeros(d), cov=eye(d)); u: vector(d) nonzero; gamma: scalar; beta: scalar; L: scalar of w"
NORM_DEFINE = "y: u.T @ x; y_bn: gamma * (y - E(y)) / sqrt(Var(y)) + beta; w: gamma * u / norm(u)"
MANY = "a: vector(n); b: vector(n); A: matrix(n, n); s: scalar positive; Q: matrix(n, n) orthogonal; k: scalar; x[t]: vector(d); z: scalar ~ normal(0, s**2)"

CLAIMS = [  # symbols, definitions, claim, status
    (DROPOUT, DROPOUT_DEFINE, "E(L) == sqnorm(y - p * X @ w) + p * (1 - p) * sqnorm(Gamma @ w)", "holds"),
    (DROPOUT, DROPOUT_DEFINE, "E(L) == sqnorm(y - p * X @ w) + (1 - p) * sqnorm(Gamma @ w)", "fails"),
    (DROPOUT, DROPOUT_DEFINE, "p * argmin(E(L), w) == inv(X.T @ X + lambda * Gamma @ Gamma) @ X.T @ y", "holds"),
    (DROPOUT, DROPOUT_DEFINE, "argmin(E(L), w) == inv(X.T @ X + lambda * Gamma @ Gamma) @ X.T @ y", "fails"),
    (DROPOUT, DROPOUT_DEFINE, "R * R == R", "holds"),
    (DROPOUT, DROPOUT_DEFINE, "E(R) == R", "fails"),
    (NORM, NORM_DEFINE, "y_bn == w.T @ x + beta", "holds"),
    (NORM, NORM_DEFINE, "y_bn == w.T @ x", "fails"),
    (NORM, NORM_DEFINE, "E(y) == 0", "holds"),
    (NORM, NORM_DEFINE, "E(y**2) == sqnorm(u)", "holds"),
    (NORM, NORM_DEFINE, "E(y**3) == 0", "fails"),  # true of symmetric laws only
    (NORM, NORM_DEFINE, "E(y**4) == 3 * sqnorm(u)**2", "fails"),  # true of the normal law only
    (NORM, NORM_DEFINE, "E(x[1]**2 * x[2]**2) == 1", "fails"),  # needs independence
    (NORM, NORM_DEFINE, "gradient(L, u) == gamma / norm(u) * (eye(d) - u @ u.T / sqnorm(u)) @ gradient(L, w)", "holds"),
    (NORM, NORM_DEFINE, "gradient(L, u) == gamma / norm(u) * gradient(L, w)", "fails"),
    (NORM, NORM_DEFINE, "u.T @ gradient(L, u) == 0", "holds"),
    (NORM, NORM_DEFINE, "u.T @ gradient(L, w) == 0", "fails"),
    (NORM, NORM_DEFINE, "gradient(beta, u) == 0", "not-checked"),
    (MANY, "", "a.T @ b == b.T @ a", "holds"),
    (MANY, "", "A @ a == A.T @ a", "fails"),
    (MANY, "", "a == -a", "fails"),
    (MANY, "", "a - a == 0", "holds"),
    (MANY, "", "a - b == 0", "fails"),
    (MANY, "", "0 * a == 0", "not-checked"),
    (MANY, "", "sqnorm(Q @ a) == sqnorm(a)", "holds"),
    (MANY, "", "sqnorm(Q @ a) - sqnorm(a) == 0", "holds"),
    (MANY, "", "norm(a + b) <= norm(a) + norm(b)", "holds"),
    (MANY, "", "norm(a + b) >= norm(a) + norm(b)", "fails"),
    (MANY, "", "a.T @ b <= 0", "fails"),
    (MANY, "", "log(k) == log(2) + log(k / 2)", "holds"),  # instances with k < 0 say nothing
    (MANY, "", "log(-1 - s) == 0", "not-checked"),
    (MANY, "", "E(relu(z)) == s / sqrt(2 * pi)", "holds"),
    (MANY, "", "E(relu(z - 1/3)) == s / sqrt(2 * pi)", "fails"),
    (MANY, "", "gradient(E(step(k + z)), k) == phi(k / s) / s", "holds"),  # no complex step through a jump
    (MANY, "", "k + gradient(E(step(k + z)), k) == k", "fails"),
    (MANY, "", "sum(x[t], t) == sum(x[t], t=1..T-1) + x[T]", "holds"),
    (MANY, "", "sum(x[t], t=2..T) == x[T]", "fails"),
    (MANY, "", "sum(x[t], t=T+1..T) == 0", "not-checked"),
]  # fmt: skip


@pytest.mark.parametrize(("symbols", "define", "claim", "status"), CLAIMS, ids=[row[2] for row in CLAIMS])
def test_claims(symbols: str, define: str, claim: str, status: str) -> None:
    verdict = judge(claim, scope_of(symbols, define, "t: 1..T"))
    assert verdict.status == status, verdict
    if status == "holds":
        assert verdict.instances >= 3
    else:
        assert verdict.reason


def test_shapes_are_compared_before_values() -> None:
    scope = scope_of("a: vector(n); b: vector(m); A: matrix(n, n)")
    checker = Checker(scope)
    column, row, matrix = read("a", scope), read("a.T", scope), read("A", scope)
    scalar = read("a.T @ a", scope)
    for other in (row, matrix, scalar, read("b", scope), num(0)):
        verdict = checker.equal(column, other)
        assert verdict.status == "fails"
        assert verdict.reason == f"shapes differ: vector(n) and {other.shape}"


def test_shapes_may_agree_on_the_instance_only_where_data_fix_the_size() -> None:
    scope = scope_of("a: vector(n); b: vector(2)")
    fixed = Scope(scope.declarations, data={"a": [1, 2]})
    twice = build("add", read("b", scope), read("b", scope))
    assert Checker(fixed).equal(read("2 * a", scope), twice).status == "fails"
    assert "a = (1, 2)" in Checker(fixed).equal(read("2 * a", scope), twice).counterexample


def test_an_empty_range_is_inconclusive() -> None:
    scope = scope_of("x[t]: scalar", "", "t: 1..T")
    line = read_equation("x[t] + x[t+1] == x[t+1] + x[t]", scope)
    verdict = Checker(scope, ranges_of("t=1..T-1"), seeds=(3, 7, 11)).line(*line)  # T = 1
    assert verdict == Verdict("not-checked", "random instances", 0, reason="empty range t=1..T-1")
    assert Checker(scope, ranges_of("t=1..T-1")).line(*line).status == "holds"


def test_fewer_than_three_instances_do_not_suffice() -> None:
    scope = scope_of("a: vector(n)")
    line = read_equation("2 * a == a + a", scope)
    verdict = Checker(scope, seeds=(0, 1)).line(*line)
    assert verdict.status == "not-checked"
    assert verdict.reason.startswith("only 2 conclusive instances")
    assert Checker(scope, seeds=(0, 1, 2)).line(*line).status == "holds"


def test_equal_answers_need_no_instances() -> None:
    scope = scope_of("a: vector(n)")
    assert Checker(scope).equal(num(0), num(0)) == Verdict("holds", "identical expressions")
    assert Checker(scope).line(num(0), "==", num(0)).status == "not-checked"
    assert Checker(scope).equal(num(0), num(1)).status == "fails"
    assert Checker(scope).equal(read("2 * a", scope), read("a + a", scope)).instances >= 3


def test_moments_need_two_laws() -> None:
    scope = scope_of(NORM, NORM_DEFINE)
    line = read_equation("E(y**4) == E(y**4)", scope)
    assert Checker(scope, seeds=(0, 3, 6)).line(*line).status == "not-checked"
    assert Checker(scope, seeds=(0, 1, 2)).line(*line).status == "holds"


METHODS = [
    ("sqnorm(w) == w.T @ w", "random instances"),
    ("gradient(sqnorm(w), w) == 2 * w", "random instances, complex step"),
    ("hessian(sqnorm(w), w) == 2 * eye(d)", "random instances, 5-point differences"),
    ("E(R) == p * ones(n, d)", "random instances, exact enumeration"),
    ("argmin(sqnorm(w - X.T @ y), w) == X.T @ y", "random instances, numeric minimiser"),
    ("E(z**2) == 1", "random instances, quadrature"),
    ("Var(v) == 1", "random instances, finite laws with these moments"),
]


@pytest.mark.parametrize(("claim", "method"), METHODS)
def test_verdicts_name_their_method(claim: str, method: str) -> None:
    verdict = judge(
        claim, scope_of(DROPOUT + "; z: scalar ~ normal(0, 1); v: scalar ~ moments(mean=p, cov=1)")
    )
    assert (verdict.status, verdict.method) == ("holds", method)


def test_the_counterexample_is_small_and_complete() -> None:
    scope = scope_of("x[t]: scalar; a: vector(n)", "", "t: 1..T")
    verdict = judge("x[t] * sum(a) == x[t+1] * sum(a)", scope, "t=1..T-1")
    assert verdict.counterexample.startswith("T = 3, n = ")
    assert "x[" in verdict.counterexample
    assert "a = (" in verdict.counterexample
    assert verdict.counterexample.count("; ") == 3


# ---------------------------------------------------------------- what seems to hold

NOISE = "A: matrix(n, n); v: vector(n); s: scalar; e: vector(n) ~ normal(0, s**2)"
SIGNS = "x: scalar; a: scalar; p: scalar positive; y: vector(n)"
FITS = "a: scalar; p: scalar positive; x: scalar; X: matrix(N, d); y: vector(N); w: vector(d)"
OLS = "argmin(sqnorm(y - X @ w), w) == inv(X.T @ X) @ X.T @ y"
RIDGE = "argmin(sqnorm(y - X @ w) + p * sqnorm(w), w) == inv(X.T @ X + p * eye(d)) @ X.T @ y"

DECEPTIVE = [
    (NOISE, "A @ A == trace(A) * A - det(A) * eye(n)", "fails"),
    (NOISE, "sum(v) == v[1] + v[2]", "fails"),
    (NOISE, "n * s == 2 * s", "fails"),
    (SIGNS, "abs(x) == x", "fails"),
    (SIGNS, "sqrt(x**2) == x", "fails"),
    (SIGNS, "sqrt(x**2) == abs(x)", "holds"),
    (SIGNS, "relu(x) == x", "fails"),
    (SIGNS, "step(x) == 1", "fails"),
    (SIGNS, "log(x**2) == 2 * log(x)", "not-checked"),
    (SIGNS, "log(p**2) == 2 * log(p)", "holds"),
    (SIGNS, "gradient(log(x), x) == 1 / x", "holds"),
    (SIGNS, "x * (1 + 1 / 10**9) == x", "fails"),
    (SIGNS, "(x + 10**5) - 10**5 == x", "holds"),
    (FITS, "argmin(a * x**2 - x, x) == 1 / (2 * a)", "not-checked"),
    (FITS, "argmax(a * x**2 - x, x) == 1 / (2 * a)", "not-checked"),
    (FITS, "argmin(p * x**2 - x, x) == 1 / (2 * p)", "holds"),
    (FITS, OLS, "not-checked"),
    (FITS.replace("matrix(N, d)", "matrix(N, d) full_column_rank"), OLS, "holds"),
    (FITS, RIDGE, "holds"),
]


@pytest.mark.parametrize(("symbols", "claim", "status"), DECEPTIVE, ids=[row[1] for row in DECEPTIVE])
def test_what_holds_by_accident_does_not_hold(symbols: str, claim: str, status: str) -> None:
    verdict = judge(claim, scope_of(symbols))
    assert verdict.status == status, verdict
    if "arg" in claim and status == "not-checked":
        assert "is a fact missing (positive, full_column_rank, spd)?" in verdict.reason


LARGE = [
    ("W: matrix(10, 784); x: vector(784)", "gradient(sqnorm(W @ x), W) == 2 * W @ x @ x.T"),
    ("v: vector(20000)", "gradient(sqnorm(v), v) == 2 * v"),
    ("v: vector(20000)", "sum(v @ v.T) == sum(v)**2"),
    ("v: vector(1000000000)", "v + v == 2 * v"),
    ("v: vector(500)", "hessian(sqnorm(v), v) == 2 * eye(500)"),
]


@pytest.mark.parametrize(("symbols", "claim"), LARGE, ids=[row[1] for row in LARGE])
def test_large_arrays_are_refused(symbols: str, claim: str) -> None:
    verdict = judge(claim, scope_of(symbols))
    assert (verdict.status, verdict.reason) == ("not-checked", "too large to check; give the sizes names")


LAWS = [("eye(n)", "eye(n)"), ("s**2 * eye(n)", "s**2 * eye(n)"), ("S", "S"), ("s**2", "s**2 * eye(n)")]


@pytest.mark.parametrize(("law", "cov"), LAWS)
def test_second_moments_of_normal_vectors(law: str, cov: str) -> None:
    scope = scope_of(
        "s: scalar positive; S: matrix(n, n) spd; A: matrix(n, n); X: matrix(n, d); w: vector(d); y: vector(n); "
        f"e: vector(n) ~ normal(zeros(n), {law})"
    )
    for claim in (
        f"E(e @ e.T) == {cov}",
        f"E(e.T @ A @ e) == trace(A @ ({cov}))",
        f"E(sqnorm(y + e - X @ w)) == sqnorm(y - X @ w) + trace({cov})",
        f"Cov(A @ e) == A @ ({cov}) @ A.T",
    ):
        assert judge(claim, scope).status == "holds", claim


# ---------------------------------------------------------------- chains

W = "u: vector(d) nonzero; gamma: scalar; L: scalar of w"


def chain(scope: Scope, *lines: str) -> Chain:
    read_lines = [read_equation(line, scope, differentials=True) for line in lines]
    return Chain(tuple(Line(a, b, Reason("?"), r) for a, r, b in read_lines), wrt=read("u", scope))


def test_a_chain_of_differentials() -> None:
    scope = scope_of(W, "w: gamma * u / norm(u)")
    judged = Checker(scope).chain(
        chain(
            scope,
            "d(w) == gamma * d(u / norm(u))",
            "d(w) == gamma * (d(u) / norm(u) - u * d(norm(u)) / norm(u)**2)",
            "d(w) == gamma * (d(u) / norm(u) - u @ u.T @ d(u) / norm(u)**3)",
            "d(w) == gamma / norm(u) * (eye(d) - u @ u.T / norm(u)**2) @ d(u)",
            "d(L) == gradient(L, w).T @ d(w)",
            "d(L) == (gamma / norm(u) * (eye(d) - u @ u.T / norm(u)**2) @ gradient(L, w)).T @ d(u)",
            "d(w) == gamma * (d(u) / norm(u) + u * d(norm(u)) / norm(u)**2)",
            "d(L) == gradient(L, u) @ d(u)",
        )
    )
    statuses = [line.verdict.status for line in judged.lines if line.verdict]
    assert statuses == ["holds"] * 6 + ["fails", "holds"]
    assert all(line.verdict is not None for line in judged.lines)


def test_held_names_and_lemmas_with_ranges() -> None:
    scope = scope_of(
        "W: matrix(h, d); U: matrix(h, h); x[t]: vector(d); h[0]: vector(h)",
        "h[t]: tanh(W @ x[t] + U @ h[t-1])",
        "t: 1..T",
    )
    h, before, u = read("h[t]", scope), read("h[t-1]", scope), read("U", scope)
    slope = read("diag(1 - h[t]**2)", scope)
    right = build("matmul", slope, d(u), before)
    lemma = Chain(
        (Line(d(h, before), right, Reason("h_{t-1} is held")), Line(d(h), right, Reason("total"))),
        wrt=u,
        ranges=ranges_of("t=2..T"),
    )
    judged = Checker(scope).chain(lemma)
    assert [line.verdict.status for line in judged.lines if line.verdict] == ["holds", "fails"]
    assert "t = " in (judged.lines[1].verdict or Verdict("")).counterexample


def test_a_differential_needs_its_variable() -> None:
    scope = scope_of(W, "w: gamma * u / norm(u)")
    verdict = judge("d(w) == gamma * d(u)", scope)
    assert (verdict.status, verdict.reason) == ("not-checked", "d(...) needs the variable of its chain")


def test_an_unknown_relation_is_not_checked() -> None:
    scope = scope_of("a: scalar")
    a = read("a", scope)
    assert Checker(scope).line(a, "~", a).reason == "the relation '~' is not checked"


# ---------------------------------------------------------------- honesty


def test_the_checker_imports_no_rules() -> None:
    folder = Path(derive.check.__file__).parent
    imported = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    floors = {name.split(".")[1] for name in imported if name.startswith("derive.")}
    assert floors <= {"errors", "tree", "vocabulary", "notation", "check"}


def test_a_planted_definition_changes_the_verdict() -> None:
    case = next(case for case in CASES if case.name == "wn_g")
    scope, *line = equation(case)
    assert Checker(scope).line(*line).status == "holds"
    wrong = scope_of(case.symbols, case.define.replace("norm(u)", "sqnorm(u)"))
    assert Checker(replace(scope, definitions=wrong.definitions)).line(*line).status == "fails"
