"""Rules: expectation, variance, covariance (Casella and Berger, Statistical Inference, ch. 4; Petersen and
Pedersen, The Matrix Cookbook, sec. 8.2). "constant" means: not random. To add one: a row in ROWS.
"""

from __future__ import annotations

from derive.rules.row import Rule

VECTOR = "x: vector(n) ~ moments(mean=ones(n), cov=eye(n))"
IID = "x: vector(n) ~ bernoulli(1/3)"
MASK = "R: matrix(m, n) ~ bernoulli(1/3)"


def _minor(statement: str, variables: str, *where: str) -> Rule:
    return Rule(
        "linearity of the expectation", statement, variables, where, "minor", True, group="expectation"
    )


def _major(name: str, statement: str, variables: str, *where: str, loose: bool = True) -> Rule:
    return Rule(name, statement, variables, where, "major", loose, group="expectation")


LINEAR = [
    _minor("E(a + b) == E(a) + E(b)", "a: vector(n) ~ bernoulli(1/3), b: vector(n)"),
    _minor("E(-x) == -E(x)", IID),
    _minor("E(c * x) == c * E(x)", f"c: vector(n), {IID}", "c constant"),
    _minor("E(x / c) == E(x) / c", f"{IID}, c: scalar nonzero", "c constant"),
    _minor("E(A @ x) == A @ E(x)", f"A: matrix(m, n), {IID}", "A constant"),
    _minor("E(R @ B) == E(R) @ B", f"{MASK}, B: matrix(n, k)", "B constant"),
    _minor("E(R.T) == E(R).T", MASK),
    _minor("E(sum(x)) == sum(E(x))", IID),
    _minor("E(mean(x)) == mean(E(x))", IID),
    _minor("E(trace(R)) == trace(E(R))", "R: matrix(n, n) ~ bernoulli(1/3)"),
    _minor("E(diag(x)) == diag(E(x))", IID),
    _minor("E(diagpart(R)) == diagpart(E(R))", "R: matrix(n, n) ~ bernoulli(1/3)"),
    _minor("E(x[j]) == E(x)[j]", f"{IID}, j: integer in 1..n"),
    _minor("Var(x[j]) == Var(x)[j]", f"{IID}, j: integer in 1..n"),
    _minor("E(inner(A, R)) == inner(A, E(R))", f"A: matrix(m, n), {MASK}", "A constant"),
    _minor("Var(c + x) == Var(x)", f"c: vector(n), {IID}", "c constant"),
    _minor("Var(x + c) == Var(x)", f"{IID}, c: vector(n)", "c constant"),
    _minor("Var(-x) == Var(x)", IID),
    _minor("Cov(c + x) == Cov(x)", f"c: vector(n), {VECTOR}", "c constant"),
    _minor("Cov(x + c) == Cov(x)", f"{VECTOR}, c: vector(n)", "c constant"),
    _minor("Cov(-x) == Cov(x)", VECTOR),
]  # fmt: skip

ROWS = [
    *LINEAR,
    _major("variance of a multiple", "Var(c * x) == c * c * Var(x)", f"c: vector(n), {IID}", "c constant"),
    _major("variance of a quotient", "Var(x / c) == Var(x) / c**2", f"{IID}, c: scalar nonzero", "c constant"),
    _major("mean and covariance", "E(sqnorm(v)) == sqnorm(E(v)) + trace(Cov(v))", "v: vector(n) ~ moments(mean=ones(n), cov=eye(n))", "v correlated"),
    _major("mean and variance", "E(sqnorm(v)) == sqnorm(E(v)) + sum(Var(v))", "v: vector(n) ~ bernoulli(1/3)"),
    _major("mean and variance", "E(x**2) == E(x)**2 + Var(x)", "x: vector(n) ~ bernoulli(1/3)"),
    _major("mean and variance", "E(x * x) == E(x) * E(x) + Var(x)", "x: vector(n) ~ bernoulli(1/3)"),
    _major("second moment", "E(x @ x.T) == Cov(x) + E(x) @ E(x).T", VECTOR),
    _major("quadratic form", "E(x.T @ A @ x) == E(x).T @ A @ E(x) + trace(A @ Cov(x))", f"{VECTOR}, A: matrix(n, n)", "A constant"),
    _major("independence", "E(a * b) == E(a) * E(b)", "a: vector(n) ~ bernoulli(1/3), b: vector(n) ~ bernoulli(1/4)", "a,b independent"),
    _major("independence", "E(A @ B) == E(A) @ E(B)", "A: matrix(m, n) ~ bernoulli(1/3), B: matrix(n, k) ~ bernoulli(1/4)", "A,B independent"),
    _major("variance of a linear form", "Var(a.T @ x) == a.T @ Cov(x) @ a", f"a: vector(n), {VECTOR}", "a constant", "x correlated"),
    _major("variance of a linear form", "Var(x.T @ a) == a.T @ Cov(x) @ a", f"{VECTOR}, a: vector(n)", "a constant", "x correlated"),
    _major("variance of a linear map", "Var(A @ x) == diagpart(A @ Cov(x) @ A.T)", f"A: matrix(m, n), {VECTOR}", "A constant", "x correlated"),
    _major("independent entries", "Var(a.T @ x) == (a * a).T @ Var(x)", f"a: vector(n), {IID}", "a constant", "x entrywise"),
    _major("independent entries", "Var(A @ x) == (A * A) @ Var(x)", f"A: matrix(m, n), {IID}", "A constant", "x entrywise"),
    _major("independent entries", "Var(R @ w) == Var(R) @ (w * w)", f"{MASK}, w: vector(n)", "w constant", "R entrywise"),
    _major("independent entries", "Var(sum(x)) == sum(Var(x))", IID, "x entrywise"),
    _major("variance of a sum", "Var(sum(x)) == sum(Cov(x))", VECTOR, "x correlated"),
    _major("variance of a mean", "Var(mean(x)) == Var(sum(x)) / n**2", "x: vector(n) ~ bernoulli(1/3)", loose=False),
    _major("independent summands", "Var(a + b) == Var(a) + Var(b)", "a: vector(n) ~ bernoulli(1/3), b: vector(n) ~ bernoulli(1/4)", "a,b independent"),
    _major("independent summands", "Cov(a + b) == Cov(a) + Cov(b)", "a: vector(n) ~ moments(mean=ones(n), cov=eye(n)), b: vector(n) ~ moments(mean=zeros(n), cov=eye(n))", "a,b independent"),
    _major("independent factors", "Var(a * b) == Var(a) * Var(b) + Var(a) * E(b) * E(b) + E(a) * E(a) * Var(b)", "a: vector(n) ~ bernoulli(1/3), b: vector(n) ~ bernoulli(1/4)", "a,b independent"),
    _major("covariance of a linear map", "Cov(A @ x) == A @ Cov(x) @ A.T", f"A: matrix(m, n), {VECTOR}", "A constant"),
    _major("covariance of a multiple", "Cov(c * x) == c**2 * Cov(x)", f"c: scalar, {VECTOR}", "c constant", loose=False),
    _major("covariance of a multiple", "Cov(c * x) == diag(c) @ Cov(x) @ diag(c)", f"c: vector(n), {VECTOR}", "c constant", loose=False),
    _major("independent entries", "Cov(x) == diag(Var(x))", IID, "x entrywise"),
]  # fmt: skip
