"""Rules: differentials, in the style of Magnus and Neudecker (Matrix Differential Calculus, ch. 8-9).

To add one: a row in ROWS. The derivative of a scalar function is not here but in its vocabulary row.
"""

from __future__ import annotations

from derive.rules.row import Rule
from derive.vocabulary.build import TABLE


def _minor(name: str, statement: str, variables: str, *where: str, loose: bool = False) -> Rule:
    return Rule(name, statement, variables, where, "minor", loose, group="differentials")


def _major(
    name: str, statement: str, variables: str, *where: str, loose: bool = False, say: str = ""
) -> Rule:
    return Rule(name, statement, variables, where, "major", loose, say, group="differentials")


LINEAR = [
    _minor("linearity", "d(a + b) == d(a) + d(b)", "a: matrix(m, n), b: matrix(m, n)", loose=True),
    _minor("linearity", "d(-a) == -d(a)", "a: matrix(m, n)", loose=True),
    _minor("constant factor", "d(c * x) == c * d(x)", "c: scalar, x: matrix(m, n)", "c constant", loose=True),
    _minor("constant factor", "d(c * x) == c * d(x)", "c: matrix(m, n), x: matrix(m, n)", "c constant", loose=True),
    _minor("constant divisor", "d(x / c) == d(x) / c", "c: scalar, x: matrix(m, n)", "c constant", loose=True),
    _minor("constant factor", "d(A @ x) == A @ d(x)", "A: matrix(m, n), x: matrix(n, k)", "A constant", loose=True),
    _minor("constant factor", "d(x @ B) == d(x) @ B", "x: matrix(m, n), B: matrix(n, k)", "B constant", loose=True),
    _minor("transpose", "d(X.T) == d(X).T", "X: matrix(m, n)", loose=True),
    _minor("linearity of the trace", "d(trace(X)) == trace(d(X))", "X: matrix(n, n)"),
    _minor("linearity of diag", "d(diag(x)) == diag(d(x))", "x: vector(n)"),
    _minor("linearity of the diagonal", "d(diagpart(X)) == diagpart(d(X))", "X: matrix(n, n)"),
    _minor("linearity of the sum", "d(sum(x)) == sum(d(x))", "x: matrix(m, n)", loose=True),
    _minor("linearity of the mean", "d(mean(x)) == mean(d(x))", "x: matrix(m, n)", loose=True),
    _minor("linearity of the row sums", "d(rowsum(X)) == rowsum(d(X))", "X: matrix(m, n)"),
    _minor("linearity of the column sums", "d(colsum(X)) == colsum(d(X))", "X: matrix(m, n)"),
    _minor("linearity of an entry", "d(v[j]) == d(v)[j]", "v: vector(n), j: integer in 1..n"),
    _minor("linearity of an entry", "d(A[i, j]) == d(A)[i, j]", "A: matrix(m, n), i: integer in 1..m, j: integer in 1..n"),
    _minor("linearity of a row", "d(A[i]) == d(A)[i]", "A: matrix(m, n), i: integer in 1..m"),
    _minor("inner product with a constant", "d(inner(A, X)) == inner(A, d(X))", "A: matrix(m, n), X: matrix(m, n)", "A constant", loose=True),
    _minor("inner product with a constant", "d(inner(X, A)) == inner(A, d(X))", "A: matrix(m, n), X: matrix(m, n)", "A constant", loose=True),
]  # fmt: skip

PRODUCTS = [
    _major("squared norm", "d(v.T @ v) == 2 * v.T @ d(v)", "v: vector(n)"),
    _major("quadratic form", "d(v.T @ A @ v) == v.T @ (A + A.T) @ d(v)", "v: vector(n), A: matrix(n, n)", "A constant"),
    _major("product rule", "d(a * b) == d(a) * b + a * d(b)", "a: vector(n), b: vector(n)", "a varies", "b varies", loose=True, say="product rule"),
    _major("product rule", "d(A @ B) == d(A) @ B + A @ d(B)", "A: matrix(m, n), B: matrix(n, k)", "A varies", "B varies", loose=True, say="product rule"),
    _major("product rule", "d(inner(A, B)) == inner(B, d(A)) + inner(A, d(B))", "A: matrix(m, n), B: matrix(m, n)", loose=True, say="product rule"),
    _major("quotient rule", "d(a / b) == d(a) / b - a * d(b) / b**2", "a: vector(n), b: scalar nonzero", "a varies", "b varies", loose=True, say="quotient rule"),
    _major("reciprocal", "d(a / b) == -a * d(b) / b**2", "a: vector(n), b: scalar nonzero", "a constant", "b varies", loose=True, say="derivative of the reciprocal"),
    _major("exponential", "d(a**z) == log(a) * a**z * d(z)", "a: scalar positive, z: scalar", "a constant", "z varies", say="derivative of the exponential"),
    _major("power rule", "d(x**z) == x**z * (log(x) * d(z) + z * d(x) / x)", "x: scalar positive, z: scalar", "x varies", "z varies", say="derivative of x**z = exp(z log x)"),
    _major("power rule", "d(x**k) == k * x**(k - 1) * d(x)", "x: vector(n), k: integer", "k constant", loose=True, say="power rule"),
]  # fmt: skip

NORMS = [
    _major("squared norm", "d(sqnorm(v)) == 2 * v.T @ d(v)", "v: vector(n)"),
    _major("squared Frobenius norm", "d(sqnorm(V)) == 2 * inner(V, d(V))", "V: matrix(m, n)"),
    _major("norm", "d(norm(v)) == v.T @ d(v) / norm(v)", "v: vector(n)"),
    _major("Frobenius norm", "d(norm(V)) == inner(V, d(V)) / norm(V)", "V: matrix(m, n)"),
    _major("1-norm", "d(norm1(x)) == inner(sign(x), d(x))", "x: vector(n)", loose=True),
    _major("variance", "d(var(x)) == 2 * mean((x - mean(x)) * d(x))", "x: vector(n)", loose=True),
]  # fmt: skip

MATRICES = [
    _major("inverse", "d(inv(X)) == -inv(X) @ d(X) @ inv(X)", "X: matrix(n, n) invertible"),
    _major("determinant", "d(det(X)) == det(X) * trace(inv(X) @ d(X))", "X: matrix(n, n) invertible"),
    _major("log-determinant", "d(logdet(X)) == trace(inv(X) @ d(X))", "X: matrix(n, n) spd"),
]  # fmt: skip

SOFTMAX = [
    _major("log-sum-exp", "d(logsumexp(z)) == softmax(z).T @ d(z)", "z: vector(n)"),
    _major("log-sum-exp", "d(log(sum(exp(z)))) == softmax(z).T @ d(z)", "z: vector(n)"),
    _major("softplus", "d(log(1 + exp(z))) == sigmoid(z) * d(z)", "z: vector(n)", loose=True),
    _major("softmax", "d(softmax(z)) == softmax(z) * (d(z) - ones(n) * (softmax(z).T @ d(z)))", "z: vector(n)", say="derivative of the softmax"),
    _major("row softmax", "d(softmax(Z, rows)) == softmax(Z, rows) * (d(Z) - rowsum(softmax(Z, rows) * d(Z)) @ ones(n).T)", "Z: matrix(m, n)", say="derivative of the softmax of each row"),
    _major("log-sum-exp of rows", "d(logsumexp(Z, rows)) == rowsum(softmax(Z, rows) * d(Z))", "Z: matrix(m, n)"),
    _major("log-softmax", "d(log(softmax(z)[j])) == d(z)[j] - softmax(z).T @ d(z)", "z: vector(n), j: integer in 1..n", say="derivative of the log-softmax"),
    _major("log-softmax of rows", "d(log(softmax(Z, rows))) == d(Z) - rowsum(softmax(Z, rows) * d(Z)) @ ones(n).T", "Z: matrix(m, n)", say="derivative of the log-softmax of each row"),
    _major("log-softmax", "d(log(softmax(z))) == d(z) - ones(n) * (softmax(z).T @ d(z))", "z: vector(n)", say="derivative of the log-softmax"),
]  # fmt: skip


def _chain_rule(name: str) -> Rule:
    """The row of an elementwise function, made from its derivative in the vocabulary."""
    op = TABLE[name]
    fact = {"positive": " positive"}.get(op.domain, "")
    return Rule(
        f"derivative of {name}",
        f"d({name}(z)) == ({op.derivative}) * d(z)",
        f"z: vector(n){fact}",
        grade="major",
        loose=True,
        group="elementwise",
    )


# A step has no derivative where it matters: an expression that needs one has no rule, rather than zero.
ELEMENTWISE = [
    _chain_rule(op.name)
    for op in TABLE.values()
    if op.kind == "elementwise" and op.derivative not in ("", "0")
]
ROWS = [*LINEAR, *PRODUCTS, *NORMS, *SOFTMAX, *MATRICES, *ELEMENTWISE]
