"""Rules: expectation, variance, covariance (Casella and Berger, Statistical Inference, ch. 4; Petersen and
Pedersen, The Matrix Cookbook, ch. 8). "constant" means: not random. To add one: a row in ROWS, or in LATE where
it shall be used only after the definitions are open and nothing else fits.
"""

from __future__ import annotations

from derive.rules.row import Rule

VECTOR = "x: vector(n) ~ moments(mean=ones(n), cov=eye(n))"
IID = "x: vector(n) ~ bernoulli(1/3)"
MASK = "R: matrix(m, n) ~ bernoulli(1/3)"
NORMAL = "m: vector(n), S: matrix(n, n) spd, x: vector(n) ~ normal(m, S)"
PAIR = "a: scalar ~ bernoulli(1/3), b: scalar ~ bernoulli(1/4)"
SIGNS = "x: vector(n) ~ rademacher()"
Z = "M: matrix(m, n), v: scalar positive, Z: matrix(m, n) ~ moments(mean=M, cov=v)"


def _minor(statement: str, variables: str, *where: str) -> Rule:
    return Rule(
        "linearity of the expectation", statement, variables, where, "minor", True, group="expectation"
    )


def _major(name: str, statement: str, variables: str, *where: str, loose: bool = True) -> Rule:
    return Rule(name, statement, variables, where, "major", loose, group="expectation")


def _bilinear(statement: str, variables: str, *where: str) -> Rule:
    say = "the covariance is linear in each argument"
    return Rule(
        "linearity of the covariance", statement, variables, where, "major", True, say, group="expectation"
    )


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
    _minor("E(rowsum(R)) == rowsum(E(R))", MASK),
    _minor("E(colsum(R)) == colsum(E(R))", MASK),
    _minor("E(trace(R)) == trace(E(R))", "R: matrix(n, n) ~ bernoulli(1/3)"),
    _minor("E(diag(x)) == diag(E(x))", IID),
    _minor("E(diagpart(R)) == diagpart(E(R))", "R: matrix(n, n) ~ bernoulli(1/3)"),
    _minor("E(x[j]) == E(x)[j]", f"{IID}, j: integer in 1..n", "j constant"),
    _minor("Var(x[j]) == Var(x)[j]", f"{IID}, j: integer in 1..n", "x entrywise", "j constant"),
    _minor("Var(x[j]) == Cov(x)[j, j]", f"{VECTOR}, j: integer in 1..n", "x correlated", "j constant"),
    _minor("Cov(x[i], x[j]) == Cov(x)[i, j]", f"{NORMAL}, i: integer in 1..n, j: integer in 1..n", "x correlated", "i constant", "j constant"),
    _minor("E(inner(A, R)) == inner(A, E(R))", f"A: matrix(m, n), {MASK}", "A constant"),
    _minor("Var(c + x) == Var(x)", f"c: vector(n), {IID}", "c constant"),
    _minor("Var(x + c) == Var(x)", f"{IID}, c: vector(n)", "c constant"),
    _minor("Var(-x) == Var(x)", IID),
    _minor("Var(R.T) == Var(R).T", MASK),
    _minor("Cov(c + x) == Cov(x)", f"c: vector(n), {VECTOR}", "c constant"),
    _minor("Cov(x + c) == Cov(x)", f"{VECTOR}, c: vector(n)", "c constant"),
    _minor("Cov(-x) == Cov(x)", VECTOR),
    _minor("Cov(c + x, y) == Cov(x, y)", "x: vector(n) ~ bernoulli(1/3), c: vector(n), y: vector(n) ~ normal(x, 1)", "c constant"),
    _minor("Cov(x + c, y) == Cov(x, y)", "x: vector(n) ~ bernoulli(1/3), c: vector(n), y: vector(n) ~ normal(x, 1)", "c constant"),
    _minor("Cov(y, c + x) == Cov(y, x)", "x: vector(n) ~ bernoulli(1/3), c: vector(n), y: vector(n) ~ normal(x, 1)", "c constant"),
    _minor("Cov(y, x + c) == Cov(y, x)", "x: vector(n) ~ bernoulli(1/3), c: vector(n), y: vector(n) ~ normal(x, 1)", "c constant"),
]  # fmt: skip

# x and y of one law, in the rows about covariances
BOTH = "x: vector(n) ~ bernoulli(1/3), y: vector(n) ~ normal(x, 1)"
SCALARS = "a: scalar ~ bernoulli(1/3), b: scalar ~ normal(a, 1)"

FOURTH = [
    _major("fourth moments of a normal vector", "E((x.T @ A @ x) * x @ x.T) == (Cov(x) + E(x) @ E(x).T) @ (A + A.T) @ (Cov(x) + E(x) @ E(x).T) + (E(x).T @ A @ E(x)) * (Cov(x) - E(x) @ E(x).T) + trace(A @ Cov(x)) * (Cov(x) + E(x) @ E(x).T)", f"{NORMAL}, A: matrix(n, n)", "x gaussian", "A constant"),
    _major("fourth moments of a normal vector", "E(sqnorm(x) * x @ x.T) == 2 * (Cov(x) + E(x) @ E(x).T) @ (Cov(x) + E(x) @ E(x).T) + sqnorm(E(x)) * (Cov(x) - E(x) @ E(x).T) + trace(Cov(x)) * (Cov(x) + E(x) @ E(x).T)", NORMAL, "x gaussian"),
    _major("fourth moments of independent entries", "Var(x.T @ A @ x) == 2 * trace(A @ Cov(x) @ A @ Cov(x)) + (diagpart(A) * diagpart(A)).T @ (E(x**4) - 3 * Var(x)**2)", f"{SIGNS}, A: matrix(n, n) symmetric", "x entrywise", "x even", "A constant", "A symmetric"),
    _major("fourth moments of independent entries", "Var(x.T @ A @ x) == trace(A @ Cov(x) @ (A + A.T) @ Cov(x)) + (diagpart(A) * diagpart(A)).T @ (E(x**4) - 3 * Var(x)**2)", f"{SIGNS}, A: matrix(n, n)", "x entrywise", "x even", "A constant"),
    _major("fourth moments of independent entries", "Cov(x.T @ A @ x, x.T @ B @ x) == trace(A @ Cov(x) @ (B + B.T) @ Cov(x)) + (diagpart(A) * diagpart(B)).T @ (E(x**4) - 3 * Var(x)**2)", f"{SIGNS}, A: matrix(n, n), B: matrix(n, n)", "x entrywise", "x even", "A constant", "B constant"),
    _major("fourth moments of independent entries", "Var(sqnorm(x)) == sum(E(x**4) - Var(x)**2)", "x: vector(n) ~ uniform(-1, 1)", "x entrywise", "x even"),
    _major("fourth moments of independent entries", "E((x.T @ A @ x) * x @ x.T) == Cov(x) @ (A + A.T) @ Cov(x) + trace(A @ Cov(x)) * Cov(x) + diag(diagpart(A) * (E(x**4) - 3 * Var(x)**2))", f"{SIGNS}, A: matrix(n, n)", "x entrywise", "x even", "A constant"),
    _major("fourth moments of independent entries", "E(sqnorm(x) * x @ x.T) == 2 * Cov(x) @ Cov(x) + trace(Cov(x)) * Cov(x) + diag(E(x**4) - 3 * Var(x)**2)", SIGNS, "x entrywise", "x even"),
    _major("fourth moments of independent entries", "E(sum(x)**4) == 3 * sum(Var(x))**2 + sum(E(x**4) - 3 * Var(x)**2)", SIGNS, "x entrywise", "x even"),
]  # fmt: skip

COVARIANCES = [
    _bilinear("Cov(A @ x, y) == A @ Cov(x, y)", f"A: matrix(m, n), {BOTH}", "A constant"),
    _bilinear("Cov(y, A @ x) == Cov(y, x) @ A.T", f"A: matrix(m, n), {BOTH}", "A constant"),
    _bilinear("Cov(u.T @ x, v.T @ y) == u.T @ Cov(x, y) @ v", f"u: vector(n), v: vector(n), {BOTH}", "u constant", "v constant"),
    _bilinear("Cov(y, (r.T @ x) * c) == Cov(y, x) @ r @ c.T", f"r: vector(n), c: vector(m), {BOTH}", "r constant", "c constant"),
    _bilinear("Cov(y, (x.T @ r) * c) == Cov(y, x) @ r @ c.T", f"r: vector(n), c: vector(m), {BOTH}", "r constant", "c constant"),
    _bilinear("Cov((x.T @ r) * c, y) == c @ r.T @ Cov(x, y)", f"r: vector(n), c: vector(m), {BOTH}", "r constant", "c constant"),
    _bilinear("Cov((r.T @ x) * c, y) == c @ r.T @ Cov(x, y)", f"r: vector(n), c: vector(m), {BOTH}", "r constant", "c constant"),
    _bilinear("Cov(-a, b) == -Cov(a, b)", SCALARS),
    _bilinear("Cov(b, -a) == -Cov(b, a)", SCALARS),
    _bilinear("Cov(c * a, b) == c * Cov(a, b)", f"{SCALARS}, c: scalar", "c constant"),
    _bilinear("Cov(b, c * a) == c * Cov(b, a)", f"{SCALARS}, c: scalar", "c constant"),
    _bilinear("Cov(a / c, b) == Cov(a, b) / c", f"{SCALARS}, c: scalar nonzero", "c constant"),
    _bilinear("Cov(b, a / c) == Cov(b, a) / c", f"{SCALARS}, c: scalar nonzero", "c constant"),
]  # fmt: skip

QUADRATIC = [
    _major("mean and covariance", "E(sqnorm(v)) == sqnorm(E(v)) + trace(Cov(v))", "v: vector(n) ~ moments(mean=ones(n), cov=eye(n))", "v correlated"),
    _major("mean and covariance", "E(sqnorm(v)) == sqnorm(E(v)) + trace(Cov(v))", "v: vector(n) ~ moments(mean=ones(n), cov=2)", "v white"),
    _major("mean and variance", "E(sqnorm(v)) == sqnorm(E(v)) + sum(Var(v))", "v: vector(n) ~ bernoulli(1/3)"),
    _major("mean and variance", "E(norm(x)**4) == E(sqnorm(x))**2 + Var(sqnorm(x))", "x: vector(n) ~ bernoulli(1/3)"),
    _major("mean and variance", "E(x**2) == E(x)**2 + Var(x)", "x: vector(n) ~ bernoulli(1/3)"),
    _major("mean and variance", "E(x * x) == E(x) * E(x) + Var(x)", "x: vector(n) ~ bernoulli(1/3)"),
    _major("second moment", "E(x @ x.T) == Cov(x) + E(x) @ E(x).T", VECTOR),
    _major("quadratic form", "E(x.T @ A @ x) == E(x).T @ A @ E(x) + trace(A @ Cov(x))", f"{VECTOR}, A: matrix(n, n)", "A constant"),
    _major("second moment of independent entries", "E(Z.T @ Z) == E(Z).T @ E(Z) + diag(colsum(Var(Z)))", Z, "Z entrywise"),
    _major("second moment of independent entries", "E(Z @ Z.T) == E(Z) @ E(Z).T + diag(rowsum(Var(Z)))", Z, "Z entrywise"),
    _major("second moment of independent entries", "E(Z.T @ A @ Z) == E(Z).T @ A @ E(Z) + diag(Var(Z).T @ diagpart(A))", f"{Z}, A: matrix(m, m)", "Z entrywise", "A constant"),
    _major("second moment of independent entries", "E(Z @ A @ Z.T) == E(Z) @ A @ E(Z).T + diag(Var(Z) @ diagpart(A))", f"{Z}, A: matrix(n, n)", "Z entrywise", "A constant"),
    _major("second moment of independent entries", "E(Z @ A @ Z) == E(Z) @ A @ E(Z) + Var(Z) * A.T", f"{Z}, A: matrix(n, m)", "Z entrywise", "A constant"),
    _major("an empirical variance", "E(var(x)) == E(sum(x * x)) / n - E(mean(x)**2)", "x: vector(n) ~ bernoulli(1/3)", loose=False),
    _major("independence", "E(a * b) == E(a) * E(b)", "a: vector(n) ~ bernoulli(1/3), b: vector(n) ~ bernoulli(1/4)", "a,b independent"),
    _major("independence", "E(A @ B) == E(A) @ E(B)", "A: matrix(m, n) ~ bernoulli(1/3), B: matrix(n, k) ~ bernoulli(1/4)", "A,B independent"),
    _major("a scalar product moves", "E(sum(r * x) * x) == E(x @ x.T) @ r", f"{NORMAL}, r: vector(n)", "r constant"),
    _major("a scalar product moves", "E((r.T @ x) * x) == E(x @ x.T) @ r", f"{NORMAL}, r: vector(n)", "r constant"),
]  # fmt: skip

GAUSSIAN = [
    _major("moments of a normal variable", "E(x**3) == E(x)**3 + 3 * E(x) * Var(x)", "x: vector(n) ~ normal(ones(n), 2)", "x gaussian"),
    _major("moments of a normal variable", "E(x**4) == E(x)**4 + 6 * E(x)**2 * Var(x) + 3 * Var(x)**2", "x: vector(n) ~ normal(ones(n), 2)", "x gaussian"),
    _major("moments of a normal variable", "E(x**5) == E(x)**5 + 10 * E(x)**3 * Var(x) + 15 * E(x) * Var(x)**2", "x: vector(n) ~ normal(ones(n), 2)", "x gaussian"),
    _major("moments of a normal variable", "E(x**6) == E(x)**6 + 15 * E(x)**4 * Var(x) + 45 * E(x)**2 * Var(x)**2 + 15 * Var(x)**3", "x: vector(n) ~ normal(ones(n), 2)", "x gaussian"),
    _major("moment generating function of a normal variable", "E(exp(x)) == exp(E(x) + Var(x) / 2)", "x: vector(n) ~ normal(ones(n), 2)", "x gaussian"),
    _major("variance of a normal square", "Var(sqnorm(x)) == 2 * sqnorm(Cov(x)) + 4 * E(x).T @ Cov(x) @ E(x)", NORMAL, "x gaussian"),
    _major("variance of a normal square", "Var(x**2) == 2 * Var(x)**2 + 4 * E(x)**2 * Var(x)", "x: vector(n) ~ normal(ones(n), 2)", "x gaussian"),
    _major("variance of a normal quadratic form", "Var(x.T @ A @ x) == 2 * trace(A @ Cov(x) @ A @ Cov(x)) + 4 * E(x).T @ A @ Cov(x) @ A @ E(x)", f"{NORMAL}, A: matrix(n, n) symmetric", "x gaussian", "A constant", "A symmetric"),
    _major("variance of a normal quadratic form", "Var(x.T @ A @ x) == trace(A @ Cov(x) @ (A + A.T) @ Cov(x)) + E(x).T @ (A + A.T) @ Cov(x) @ (A + A.T) @ E(x)", f"{NORMAL}, A: matrix(n, n)", "x gaussian", "A constant"),
    _major("covariance of normal quadratic forms", "Cov(x.T @ A @ x, x.T @ B @ x) == 2 * trace(A @ Cov(x) @ B @ Cov(x)) + 4 * E(x).T @ A @ Cov(x) @ B @ E(x)", f"{NORMAL}, A: matrix(n, n) symmetric, B: matrix(n, n) symmetric", "x gaussian", "A constant", "B constant", "A symmetric", "B symmetric"),
    _major("third moment of a normal vector", "E((x.T @ A @ x) * x) == (E(x).T @ A @ E(x) + trace(A @ Cov(x))) * E(x) + Cov(x) @ (A + A.T) @ E(x)", f"{NORMAL}, A: matrix(n, n)", "x gaussian", "A constant"),
    _major("half of a symmetric law", "E(relu(x) * relu(x)) == Var(x) / 2", "x: vector(n) ~ normal(zeros(n), 2)", "x even"),
    _major("mean and variance", "Var(relu(x)) == E(relu(x)**2) - E(relu(x))**2", "x: scalar ~ normal(0, 2)", "x even"),
    _major("half of a symmetric law", "E(relu(x)**2) == Var(x) / 2", "x: vector(n) ~ normal(zeros(n), 2)", "x even"),
    _major("mean absolute value of a centred normal variable", "E(abs(x)) == sqrt(2 * Var(x) / pi)", "x: scalar ~ normal(0, 2)", "x gaussian", "x even"),
    _major("half of a symmetric law", "E(relu(x)) == E(abs(x)) / 2", "x: scalar ~ normal(0, 2)", "x even"),
]  # fmt: skip

VARIANCES = [
    _major("variance of a multiple", "Var(c * a) == c**2 * Var(a)", "c: scalar, a: scalar ~ bernoulli(1/3)", "c constant", loose=False),
    _major("variance of a multiple", "Var(c * x) == c**2 * Var(x)", f"c: scalar, {IID}", "c constant", loose=False),
    _major("variance of a multiple", "Var(c * x) == c * c * Var(x)", f"c: vector(n), {IID}", "c constant"),
    _major("variance of a quotient", "Var(x / c) == Var(x) / c**2", f"{IID}, c: scalar nonzero", "c constant"),
    _major("variance of a linear form", "Var(a.T @ x) == a.T @ Cov(x) @ a", f"a: vector(n), {VECTOR}", "a constant", "x correlated"),
    _major("variance of a linear form", "Var(x.T @ a) == a.T @ Cov(x) @ a", f"{VECTOR}, a: vector(n)", "a constant", "x correlated"),
    _major("variance of a linear map", "Var(A @ x) == diagpart(A @ Cov(x) @ A.T)", f"A: matrix(m, n), {VECTOR}", "A constant", "x correlated"),
    _major("independent entries", "Var(a.T @ x) == (a * a).T @ Var(x)", f"a: vector(n), {IID}", "a constant", "x entrywise"),
    _major("independent entries", "Var(x.T @ a) == (a * a).T @ Var(x)", f"{IID}, a: vector(n)", "a constant", "x entrywise"),
    _major("independent entries", "Var(A @ x) == (A * A) @ Var(x)", f"A: matrix(m, n), {IID}", "A constant", "x entrywise"),
    _major("independent entries", "Var(R @ w) == Var(R) @ (w * w)", f"{MASK}, w: vector(n)", "w constant", "R entrywise"),
    _major("independent entries", "Var(sum(x)) == sum(Var(x))", IID, "x entrywise"),
    _major("law of total variance", "Var(w.T @ (r * x)) == (w * w).T @ (Var(r) * E(x * x)) + Var(w.T @ (E(r) * x))", f"w: vector(n), r: vector(n) ~ bernoulli(1/4), {VECTOR}", "r,x independent", "r entrywise", "w constant"),
    _major("law of total variance", "Var(W @ (r * x)) == (W * W) @ (Var(r) * E(x * x)) + Var(W @ (E(r) * x))", f"W: matrix(m, n), r: vector(n) ~ bernoulli(1/4), {VECTOR}", "r,x independent", "r entrywise", "W constant"),
    _major("law of total variance", "Var(w.T @ x) == Var(w).T @ E(x * x) + Var(E(w).T @ x)", f"w: vector(n) ~ bernoulli(1/4), {VECTOR}", "w,x independent", "w entrywise"),
    _major("law of total variance", "Var(W @ x) == Var(W) @ E(x * x) + Var(E(W) @ x)", f"W: matrix(m, n) ~ bernoulli(1/4), {VECTOR}", "W,x independent", "W entrywise"),
    _major("law of total variance", "Var(w.T @ x) == E(x.T @ Cov(w) @ x) + Var(E(w).T @ x)", f"w: vector(n) ~ moments(mean=ones(n), cov=2 * eye(n)), {VECTOR}", "w,x independent", "w correlated"),
    _major("variance of a sum", "Var(sum(x)) == sum(Cov(x))", VECTOR, "x correlated"),
    _major("variance of a mean", "Var(mean(x)) == Var(sum(x)) / n**2", "x: vector(n) ~ bernoulli(1/3)", loose=False),
    _major("independent summands", "Var(a + b) == Var(a) + Var(b)", "a: vector(n) ~ bernoulli(1/3), b: vector(n) ~ bernoulli(1/4)", "a,b independent"),
    _major("independent summands", "Cov(a + b) == Cov(a) + Cov(b)", "a: vector(n) ~ moments(mean=ones(n), cov=eye(n)), b: vector(n) ~ moments(mean=zeros(n), cov=eye(n))", "a,b independent"),
    _major("independent factors", "Var(a * b) == Var(a) * Var(b) + Var(a) * E(b)**2 + E(a)**2 * Var(b)", PAIR, "a,b independent", loose=False),
    _major("independent factors", "Var(a * b) == Var(a) * Var(b) + Var(a) * E(b) * E(b) + E(a) * E(a) * Var(b)", "a: vector(n) ~ bernoulli(1/3), b: vector(n) ~ bernoulli(1/4)", "a,b independent"),
    _major("covariance of a linear map", "Cov(A @ x) == A @ Cov(x) @ A.T", f"A: matrix(m, n), {VECTOR}", "A constant"),
    _major("covariance of a multiple", "Cov(c * x) == c**2 * Cov(x)", f"c: scalar, {VECTOR}", "c constant", loose=False),
    _major("covariance of a multiple", "Cov(c * x) == diag(c) @ Cov(x) @ diag(c)", f"c: vector(n), {VECTOR}", "c constant", loose=False),
    _major("covariance of a multiple", "Cov(b * x) == Var(b) * x @ x.T", "x: vector(n), b: scalar ~ bernoulli(1/3)", "x constant", loose=False),
    _major("covariance of a random multiple", "Cov(b * x) == E(b)**2 * Cov(x) + Var(b) * E(x @ x.T)", f"b: scalar ~ bernoulli(1/3), {VECTOR}", "b,x independent", loose=False),
    _major("covariance of a quotient", "Cov(x / c) == Cov(x) / c**2", f"{VECTOR}, c: scalar nonzero", "c constant", loose=False),
    _major("independent entries", "Cov(Z @ w) == diag(Var(Z) @ (w * w))", f"{Z}, w: vector(n)", "w constant", "Z entrywise"),
    _major("independent entries", "Cov(x) == diag(Var(x))", IID, "x entrywise"),
]  # fmt: skip

LATE = [
    _major("mean of a product", "E(a * b) == E(a) * E(b) + Cov(a, b)", SCALARS, "a,b dependent", "a affine", "b affine"),
    _major("variance of a sum", "Var(a + b) == Var(a) + Var(b) + 2 * Cov(a, b)", SCALARS, "a,b dependent"),
    _major("covariance of a sum", "Cov(x + y) == Cov(x) + Cov(y) + Cov(x, y) + Cov(y, x)", BOTH, "x,y dependent"),
    _major("variances are on the diagonal", "Var(x) == diagpart(Cov(x))", NORMAL, "x correlated"),
    _bilinear("Cov(a + b, c) == Cov(a, c) + Cov(b, c)", f"{SCALARS}, c: scalar ~ normal(a - b, 1)"),
    _bilinear("Cov(c, a + b) == Cov(c, a) + Cov(c, b)", f"{SCALARS}, c: scalar ~ normal(a - b, 1)"),
]  # fmt: skip

ROWS = [*LINEAR, *GAUSSIAN, *QUADRATIC, *FOURTH, *COVARIANCES, *VARIANCES, *LATE]
