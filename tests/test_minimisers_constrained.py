"""Minimisers under equations, and solutions of equations. To add a family: a row in ROWS or SOLUTIONS."""

from __future__ import annotations

from dataclasses import replace

import pytest
from minimisers import Asked, solved

from derive.check.judge import Checker
from derive.notation.derivation import Chain, Remark
from derive.notation.text import text
from derive.vocabulary.build import mul, num

ONE = "sum(w) == 1"
ROWS = [
    Asked("portfolio", "S: matrix(n, n) spd; w: vector(n)", "argmin(w.T @ S @ w, w)", "inv(S) @ ones(n) / (ones(n).T @ inv(S) @ ones(n))", subject_to=ONE),
    Asked("portfolio by a product with ones", "C: matrix(k, k) spd; a: vector(k)", "argmin(a.T @ C @ a / 2, a)", "inv(C) @ ones(k) / (ones(k).T @ inv(C) @ ones(k))", subject_to="ones(k).T @ a == 1", multiplier="nu"),
    Asked("efficient frontier", "S: matrix(n, n) spd; w: vector(n); m: vector(n); r: scalar", "argmin(w.T @ S @ w, w)", subject_to="sum(w) == 1; m.T @ w == r"),
    Asked("inverse variances", "s: vector(n) positive; w: vector(n)", "argmin(sum(s * w**2), w)", "(1 / s) / sum(1 / s)", subject_to=ONE),
    Asked("least norm", "X: matrix(m, n); y: vector(m); w: vector(n)", "argmin(sqnorm(w), w)", "X.T @ inv(X @ X.T) @ y", subject_to="X @ w == y", sizes="n > m"),
    Asked("least norm, full rank", "A: matrix(n, k) full_column_rank; b: vector(k); w: vector(n)", "argmin(sqnorm(w) / 2, w)", "A @ inv(A.T @ A) @ b", subject_to="A.T @ w == b"),
    Asked("projection on a plane", "a: vector(n) nonzero; x: vector(n); w: vector(n); b: scalar", "argmin(sqnorm(w - x), w)", "x - (a.T @ x - b) / sqnorm(a) * a", subject_to="a.T @ w == b"),
    Asked("constrained least squares", "X: matrix(n, d) full_column_rank; y: vector(n); w: vector(d); a: vector(d) nonzero; b: scalar", "argmin(sqnorm(X @ w - y), w)", "inv(X.T @ X) @ (X.T @ y + (b - a.T @ inv(X.T @ X) @ X.T @ y) / (a.T @ inv(X.T @ X) @ a) * a)", subject_to="a.T @ w == b"),
    Asked("categorical", "c: vector(K) positive; p: vector(K) positive", "argmax(c.T @ log(p), p)", "c / sum(c)", subject_to="sum(p) == 1"),
    Asked("categorical on the simplex", "c: vector(K) positive; p: vector(K) simplex", "argmax(sum(c * log(p)), p)", "c / sum(c)"),
    Asked("categorical in entries", "m: vector(K) positive; p: vector(K) positive", "argmax(sum(m[k] * log(p[k]), k), p)", "m / sum(m)", index="k: 1..K", subject_to="sum(p[k], k) == 1"),
    Asked("categorical of data", "y[i]: vector(K) onehot; p: vector(K) simplex", "argmax(sum(logpdf(categorical(p), y[i]), i), p)", "sum(y[i], i) / N", index="i: 1..N"),
    Asked("mixture weights", "R: matrix(n, K) positive; p: vector(K) simplex", "argmax(sum(R @ log(p)), p)", "colsum(R) / sum(R)"),
    Asked("cross-entropy", "y: vector(n) simplex; q: vector(n) simplex", "argmin(-y.T @ log(q), q)", "y"),
    Asked("divergence of categorical laws", "p: vector(n) simplex; q: vector(n) simplex", "argmin(kl(categorical(p), categorical(q)), q)", "p"),
    Asked("transition matrix", "P: matrix(m, n) stochastic; C: matrix(m, n) positive", "argmax(sum(C * log(P)), P)", "C / (rowsum(C) @ ones(n).T)"),
    Asked("rows that sum to one", "W: matrix(m, n); A: matrix(m, n)", "argmin(sqnorm(W - A), W)", "A + (ones(m) - rowsum(A)) @ ones(n).T / n", subject_to="rowsum(W) == ones(m)"),
    Asked("entropy without a fact", "p: vector(K)", "argmax(-sum(p * log(p)), p)", "ones(K) / K", subject_to="sum(p) == 1"),
    Asked("entropy", "p: vector(K) positive", "argmax(-p.T @ log(p), p)", "ones(K) / K", subject_to="sum(p) == 1"),
    Asked("free energy", "p: vector(K) positive; E_k: vector(K); t: scalar positive", "argmin(p.T @ E_k + t * p.T @ log(p), p)", "softmax(-E_k / t)", subject_to="sum(p) == 1"),
    Asked("softmax as a maximiser", "z: vector(n); p: vector(n) simplex", "argmax(p.T @ z - p.T @ log(p), p)", "softmax(z)"),
    Asked("importance sampling", "a: vector(n) positive; q: vector(n) positive", "argmin(sum(a**2 / q), q)", "a / sum(a)", subject_to="sum(q) == 1"),
    Asked("code lengths", "p: vector(n) simplex; l: vector(n)", "argmin(p.T @ l, l)", "-log(p)", subject_to="sum(exp(-l)) == 1"),
    Asked("steepest ascent", "m: vector(n) nonzero; w: vector(n)", "argmax(m.T @ w, w)", "m / norm(m)", subject_to="w.T @ w == 1"),
    Asked("steepest descent", "m: vector(n) nonzero; w: vector(n)", "argmin(m.T @ w, w)", "-m / norm(m)", subject_to="sqnorm(w) == 1"),
    Asked("natural direction", "S: matrix(n, n) spd; m: vector(n) nonzero; w: vector(n)", "argmax(m.T @ w, w)", "inv(S) @ m / sqrt(m.T @ inv(S) @ m)", subject_to="w.T @ S @ w == 1"),
    Asked("first principal direction", "S: matrix(n, n) symmetric; w: vector(n)", "argmax(w.T @ S @ w, w)", "eigvecmax(S)", subject_to="w.T @ w == 1"),
    Asked("principal direction of data", "X: matrix(m, n); u: vector(n)", "argmax(sqnorm(X @ u) / m, u)", "eigvecmax(X.T @ X)", subject_to="sqnorm(u) == 1"),
    Asked("last principal direction", "S: matrix(n, n) spd; w: vector(n) unit", "argmin(w.T @ S @ w, w)", "eigvecmin(S)"),
]  # fmt: skip

SOLUTIONS = [
    Asked("linear", "A: matrix(n, n) invertible; x: vector(n); b: vector(n)", "solve(A @ x == b, x)", "inv(A) @ b"),
    Asked("orthogonal", "Q: matrix(n, n) orthogonal; x: vector(n); b: vector(n)", "solve(Q @ x == b, x)", "Q.T @ b"),
    Asked("number", "a: scalar nonzero; x: scalar; b: scalar", "solve(a * x + b == 0, x)", "-b / a"),
    Asked("matrix", "A: matrix(n, n) invertible; X: matrix(n, k); B: matrix(n, k); c: scalar", "solve(A @ X + X * c == B, X)", "inv(A + c * eye(n)) @ B"),
    Asked("half-life", "k: scalar positive; t: scalar", "solve(exp(-k * t) == 1/2, t)", "log(2) / k"),
    Asked("root", "x: scalar positive; a: scalar positive", "solve(x**2 == a, x)", "sqrt(a)"),
    Asked("positive root", "a: scalar positive; b: scalar; c: scalar positive; x: scalar positive", "solve(a * x**2 + b * x == c, x)", "(-b + sqrt(b**2 + 4 * a * c)) / (2 * a)"),
    Asked("log-odds", "y: scalar in (0, 1); x: scalar", "solve(sigmoid(x) == y, x)", "log(y / (1 - y))"),
    Asked("entries", "p: vector(n) positive; l: scalar positive; c: vector(n) positive", "solve(c / p == l * ones(n), p)", "c / l"),
    Asked("normal equations", "X: matrix(n, d) full_column_rank; y: vector(n); w: vector(d)", "solve(gradient(sqnorm(X @ w - y), w) == 0, w)", "inv(X.T @ X) @ X.T @ y"),
    Asked("behind a name", "A: matrix(n, n) invertible; x: vector(n); b: vector(n)", "c.T @ z", "c.T @ inv(A) @ b", "z: solve(A @ x == b, x); c: 2 * b"),
]  # fmt: skip


@pytest.mark.parametrize("asked", [*ROWS, *SOLUTIONS], ids=lambda a: a.name)
def test_derived_checked_and_as_expected(asked: Asked) -> None:
    result = solved(asked)
    assert result.status == "checked", result.error
    wanted = ["holds"] if asked.answer else []
    assert [found.expect.status for found in result.answers if found.expect] == wanted


def _equations(result: object) -> list[str]:
    chains = [b for b in result.blocks if isinstance(b, Chain) and b.at]  # type: ignore[attr-defined]
    return [f"{text(line.left)} == {text(line.right)}" for line in chains[0].lines]


def test_the_multiplier_is_found_from_the_constraint() -> None:
    result = solved(next(a for a in ROWS if a.name == "categorical"))
    assert _equations(result) == [
        "c / p - lambda == zeros(K)",
        "c == lambda * p",
        "p == c / lambda",
        "sum(p) == 1",
        "sum(c) / lambda == 1",
        "sum(c) == lambda",
        "p == c / sum(c)",
    ]


def test_an_eigenvector_is_said_to_be_one() -> None:
    result = solved(next(a for a in ROWS if a.name == "first principal direction"))
    assert _equations(result)[1:] == [
        "S @ w == lambda * w",
        "w.T @ S @ w == lambda * sqnorm(w)",
        "w.T @ S @ w == lambda",
    ]
    said = " ".join(b.reason.text for b in result.blocks if isinstance(b, Remark))
    assert "largest eigenvalue" in said


def test_a_wrong_multiplier_or_line_is_refused() -> None:
    """The lines are evaluated at a numeric minimiser: a corrupted one fails, and so does a corrupted multiplier."""
    result = solved(next(a for a in ROWS if a.name == "portfolio"))
    (chain,) = [b for b in result.blocks if isinstance(b, Chain) and b.at]
    checker = Checker(result.part.scope)
    assert {line.verdict.status for line in checker.chain(chain).lines if line.verdict} == {"holds"}
    for i, line in enumerate(chain.lines[1:], 1):
        wrong = replace(line, right=mul(num(2), line.right))
        lines = (*chain.lines[:i], wrong, *chain.lines[i + 1 :])
        verdict = checker.chain(replace(chain, lines=lines)).lines[i].verdict
        assert verdict is not None
        assert verdict.status == "fails", text(wrong.right)
    (w, minimiser), (name, value) = chain.at
    doubled = replace(chain, at=((w, minimiser), (name, mul(num(2), value))))
    assert "fails" in {line.verdict.status for line in checker.chain(doubled).lines if line.verdict}


def test_what_is_assumed_must_hold_somewhere() -> None:
    """A chain under a condition that no instance meets is not checked."""
    result = solved(next(a for a in ROWS if a.name == "portfolio"))
    chain = result.blocks[-1]
    assert isinstance(chain, Chain)
    never = replace(chain, given=(num(-1),))
    (line,) = Checker(result.part.scope).chain(never).lines
    assert line.verdict is not None
    assert line.verdict.status == "not-checked"


BOTH = [
    (Asked("square", "x: scalar; a: scalar positive", "solve(x**2 == a, x)"), ["sqrt(a)", "-sqrt(a)"]),
    (Asked("quadratic", "x: scalar; b: scalar; c: scalar", "solve(x**2 + b * x + c == 0, x)"), ["1/2 * (-b + sqrt(b**2 - 4 * c))", "1/2 * (-b - sqrt(b**2 - 4 * c))"]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "roots"), BOTH, ids=lambda v: v.name if isinstance(v, Asked) else "")
def test_both_solutions_are_named_and_checked(asked: Asked, roots: list[str]) -> None:
    result = solved(asked)
    assert result.status == "checked", result.error
    assert [found.answer.name for found in result.answers] == ["x_1", "x_2"]
    assert [text(found.answer.expression) for found in result.answers] == roots
