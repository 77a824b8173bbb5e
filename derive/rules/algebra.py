"""Rules: algebra of sums, diagonals and facts. To add one: a row in ROWS; the left side is the longer one."""

from __future__ import annotations

from derive.rules.row import Rule


def _row(
    name: str, statement: str, variables: str, *where: str, loose: bool = False, grade: str = "major"
) -> Rule:
    return Rule(name, statement, variables, where, grade, loose, group="algebra")


# Used only where two sides are compared: they do not make an expression shorter.
IDENTITIES = [
    _row("sigmoid of the opposite", "sigmoid(-z) == 1 - sigmoid(z)", "z: vector(n)", loose=True),
    _row("log of a softmax", "log(softmax(z)) == z - log(sum(exp(z))) * ones(n)", "z: vector(n)"),
    _row("log-sum-exp", "logsumexp(z) == log(sum(exp(z)))", "z: vector(n)"),
    _row("softplus", "softplus(z) == log(1 + exp(z))", "z: vector(n)", loose=True),
    _row("a mean", "mean(v) == sum(v) / n", "v: vector(n)"),
    _row("a variance", "var(v) == sum(v * v) / n - sum(v)**2 / n**2", "v: vector(n)"),
    _row("an inner product", "inner(A, B) == trace(A.T @ B)", "A: matrix(m, n), B: matrix(m, n)"),
    _row("a squared Frobenius norm", "sqnorm(X) == trace(X.T @ X)", "X: matrix(m, n)"),
    _row("a row sum", "rowsum(A) == A @ ones(n)", "A: matrix(m, n)"),
    _row("a column sum", "colsum(A) == A.T @ ones(m)", "A: matrix(m, n)"),
]  # fmt: skip

ROWS = [
    _row("a matrix of ones", "ones(m, n) @ v == sum(v) * ones(m)", "v: vector(n), w: vector(m)"),
    _row("a sum of ones", "sum(ones(n)) == n", "v: vector(n)"),
    _row("a sum of ones", "sum(ones(m, n)) == m * n", "v: matrix(m, n)"),
    _row("a sum of ones", "sqnorm(ones(n)) == n", "v: vector(n)"),
    _row("a sum of ones", "mean(ones(n)) == 1", "v: vector(n)"),
    _row("the diagonal of the identity", "diagpart(eye(n)) == ones(n)", "v: vector(n)"),
    _row("the identity", "diag(ones(n)) == eye(n)", "v: vector(n)"),
    _row("diagonal of an outer product", "diagpart(a @ b.T) == a * b", "a: vector(n), b: vector(n)"),
    _row("a squared Frobenius norm", "trace(X.T @ X) == sqnorm(X)", "X: matrix(m, n)"),
    _row("a squared Frobenius norm", "trace(X @ X.T) == sqnorm(X)", "X: matrix(m, n)"),
    _row("an entry of ones", "ones(n)[j] == 1", "v: vector(n), j: integer in 1..n"),
    _row("an entry of a sum", "(v + w)[j] == v[j] + w[j]", "v: vector(n), w: vector(n), j: integer in 1..n"),
    _row("an entry of a multiple", "(c * v)[j] == c * v[j]", "c: scalar, v: vector(n), j: integer in 1..n"),
    _row("an entry of a product", "(v * w)[j] == v[j] * w[j]", "v: vector(n), w: vector(n), j: integer in 1..n"),
    _row("an entry of a unit vector", "onehot(j, n).T @ v == v[j]", "v: vector(n), j: integer in 1..n"),
    _row("an entry of a unit vector", "v.T @ onehot(j, n) == v[j]", "v: vector(n), j: integer in 1..n"),
    _row("a row of a matrix", "A.T @ onehot(i, m) == A[i]", "A: matrix(m, n), i: integer in 1..m"),
    _row("a multiple of a unit vector", "v * onehot(j, n) == v[j] * onehot(j, n)", "v: vector(n), j: integer in 1..n"),
    _row("a unit vector", "sum(onehot(j, n)) == 1", "v: vector(n), j: integer in 1..n"),
    _row("a sum of squares", "sum(v * v) == sqnorm(v)", "v: vector(n)"),
    _row("a sum of squares", "ones(n).T @ (v * v) == sqnorm(v)", "v: vector(n)"),
    _row("sum of a product", "sum(A @ v) == colsum(A).T @ v", "A: matrix(m, n), v: vector(n)", "A single"),
    _row("column sums of squares", "colsum(X * X) == diagpart(X.T @ X)", "X: matrix(m, n)"),
    _row("product of diagonal matrices", "diag(a) @ diag(b) == diag(a * b)", "a: vector(n), b: vector(n)"),
    _row("product with a diagonal matrix", "diag(a) @ v == a * v", "a: vector(n), v: vector(n)"),
    _row("product with a diagonal matrix", "v.T @ diag(a) == (a * v).T", "a: vector(n), v: vector(n)"),
    _row("norm of an entrywise product", "sqnorm(a * v) == (a * a).T @ (v * v)", "a: vector(n), v: vector(n)"),
    _row("square of a root", "sqrt(a) * sqrt(a) == a", "a: vector(n) positive"),
    _row("trace of the identity", "trace(eye(n)) == n", "v: vector(n)"),
    _row("trace of an outer product", "trace(x @ y.T) == y.T @ x", "x: vector(n), y: vector(n)"),
    _row("sum of a diagonal", "sum(diagpart(A)) == trace(A)", "A: matrix(n, n)"),
    _row("a softmax sums to 1", "sum(softmax(z)) == 1", "z: vector(n)"),
    _row("a softmax sums to 1", "ones(n).T @ softmax(z) == 1", "z: vector(n)"),
    _row("a softmax sums to 1", "softmax(z).T @ ones(n) == 1", "z: vector(n)"),
    _row("entries that sum to 1", "ones(n).T @ y == 1", "y: vector(n) simplex", "y simplex"),
    _row("entries that sum to 1", "y.T @ ones(n) == 1", "y: vector(n) simplex", "y simplex"),
    _row("entries that sum to 1", "sum(y) == 1", "y: vector(n) simplex", "y simplex"),
    _row("rows that sum to 1", "rowsum(Y) == ones(m)", "Y: matrix(m, n) stochastic", "Y stochastic"),
    _row("rows that sum to 1", "Y @ ones(n) == ones(m)", "Y: matrix(m, n) stochastic", "Y stochastic"),
    _row("a row softmax sums to 1", "rowsum(softmax(Z, rows)) == ones(m)", "Z: matrix(m, n)"),
    _row("a row softmax sums to 1", "softmax(Z, rows) @ ones(n) == ones(m)", "Z: matrix(m, n)"),
    _row("column sums", "A.T @ ones(m) == colsum(A)", "A: matrix(m, n)", "A single"),
    _row("row sums", "A @ ones(n) == rowsum(A)", "A: matrix(m, n)", "A single"),
    _row("equal rows", "colsum(A / (ones(m) @ s.T)) == colsum(A) / s", "A: matrix(m, n), s: vector(n) nonzero"),
    _row("equal rows", "colsum(A * (ones(m) @ s.T)) == colsum(A) * s", "A: matrix(m, n), s: vector(n)"),
    _row("equal rows", "ones(m).T @ (A / (ones(m) @ s.T)) == (colsum(A) / s).T", "A: matrix(m, n), s: vector(n) nonzero"),
    _row("equal rows", "(ones(m) @ a.T) * (ones(m) @ b.T) == ones(m) @ (a * b).T", "a: vector(n), b: vector(n), c: vector(m)"),
    _row("equal columns", "rowsum(A / (s @ ones(n).T)) == rowsum(A) / s", "A: matrix(m, n), s: vector(m) nonzero"),
    _row("equal columns", "rowsum(A * (s @ ones(n).T)) == rowsum(A) * s", "A: matrix(m, n), s: vector(m)"),
    _row("equal columns", "(a @ ones(n).T) * (b @ ones(n).T) == (a * b) @ ones(n).T", "a: vector(m), b: vector(m), c: vector(n)"),
    _row("entries that sum to 0", "sum(v) == 0", "v: vector(n) centred", "v centred", loose=True),
    _row("columns that sum to 0", "colsum(C) == zeros(n)", "C: matrix(m, n) centred", "C columns_centred"),
    _row("columns that sum to 0", "ones(m).T @ C == zeros(n).T", "C: matrix(m, n) centred", "C columns_centred"),
    _row("rows that sum to 0", "rowsum(C) == zeros(m)", "C: matrix(m, n) centred_rows", "C rows_centred"),
    _row("rows that sum to 0", "C @ ones(n) == zeros(m)", "C: matrix(m, n) centred_rows", "C rows_centred"),
    _row("a sum", "ones(n).T @ v == sum(v)", "v: vector(n)", grade="silent"),
    _row("a sum", "v.T @ ones(n) == sum(v)", "v: vector(n)", grade="silent"),
    _row("an orthogonal matrix", "Q.T @ Q == eye(n)", "Q: matrix(n, n) orthogonal", "Q orthogonal"),
    _row("an orthogonal matrix", "Q @ Q.T == eye(n)", "Q: matrix(n, n) orthogonal", "Q orthogonal"),
    _row("inverse of a product", "inv(A @ B) @ A == inv(B)", "A: matrix(n, n) invertible, B: matrix(n, n) invertible"),
    _row("inverse of a product", "B @ inv(A @ B) == inv(A)", "A: matrix(n, n) invertible, B: matrix(n, n) invertible"),
    _row("inverse of a product", "A.T @ inv(A @ B).T == inv(B).T", "A: matrix(n, n) invertible, B: matrix(n, n) invertible"),
    _row("inverse of a product", "inv(A @ B).T @ B.T == inv(A).T", "A: matrix(n, n) invertible, B: matrix(n, n) invertible"),
    _row("an idempotent matrix", "P @ P == P", "P: matrix(n, n) idempotent", "P idempotent"),
    _row("a row softmax", "exp(S) * ((1 / rowsum(exp(S))) @ ones(n).T) == softmax(S, rows)", "S: matrix(m, n)"),
    _row("a row softmax", "exp(S) / (rowsum(exp(S)) @ ones(n).T) == softmax(S, rows)", "S: matrix(m, n)"),
    _row("a matrix and its inverse", "inv(A) @ A == eye(n)", "A: matrix(n, n) invertible"),
    _row("a matrix and its inverse", "A @ inv(A) == eye(n)", "A: matrix(n, n) invertible"),
    _row("a matrix and its inverse", "inv(A).T @ A.T == eye(n)", "A: matrix(n, n) invertible"),
    _row("a matrix and its inverse", "A.T @ inv(A).T == eye(n)", "A: matrix(n, n) invertible"),
]  # fmt: skip
