"""Rules: adjoints. They move everything but the differential to the other side of an inner product,
and read a Jacobian off a differential. To add one: a row in ROWS (gradients) or JACOBIANS.

In a gradient row the last argument of `inner` on the left holds `z`, which carries the differential.
"""

from __future__ import annotations

from derive.rules.row import Rule


def _row(statement: str, variables: str) -> Rule:
    return Rule("adjoint", statement, variables, grade="minor", group="adjoints")


ROWS = [
    _row("inner(g, a.T @ z) == inner(g * a, z)", "g: scalar, a: vector(n), z: vector(n)"),
    _row("inner(g, z.T @ a) == inner(g * a, z)", "g: scalar, a: vector(n), z: vector(n)"),
    _row("inner(g, A @ z) == inner(A.T @ g, z)", "g: vector(m), A: matrix(m, n), z: vector(n)"),
    _row("inner(g, Z @ a) == inner(g @ a.T, Z)", "g: vector(m), Z: matrix(m, n), a: vector(n)"),
    _row("inner(G, A @ Z) == inner(A.T @ G, Z)", "G: matrix(m, k), A: matrix(m, n), Z: matrix(n, k)"),
    _row("inner(G, Z @ A) == inner(G @ A.T, Z)", "G: matrix(m, k), Z: matrix(m, n), A: matrix(n, k)"),
    _row("inner(G, z @ a.T) == inner(G @ a, z)", "G: matrix(m, n), z: vector(m), a: vector(n)"),
    _row("inner(G, a @ z.T) == inner(G.T @ a, z)", "G: matrix(m, n), z: vector(n), a: vector(m)"),
    _row("inner(G, Z.T) == inner(G.T, Z)", "G: matrix(m, n), Z: matrix(n, m)"),
    _row("inner(g, a * z) == inner(g * a, z)", "g: scalar, a: scalar, z: scalar"),
    _row("inner(g, a * z) == inner(a * g, z)", "g: vector(n), a: vector(n), z: vector(n)"),
    _row("inner(g, a * z) == inner(a * g, z)", "g: matrix(m, n), a: matrix(m, n), z: matrix(m, n)"),
    _row("inner(g, a * z) == inner(a * g, z)", "g: vector(n), a: scalar, z: vector(n)"),
    _row("inner(g, a * z) == inner(a * g, z)", "g: matrix(m, n), a: scalar, z: matrix(m, n)"),
    _row("inner(g, a * z) == inner(g.T @ a, z)", "g: vector(n), a: vector(n), z: scalar"),
    _row("inner(g, a * z) == inner(inner(g, a), z)", "g: matrix(m, n), a: matrix(m, n), z: scalar"),
    _row("inner(g, z / a) == inner(g / a, z)", "g: scalar, a: scalar, z: scalar"),
    _row("inner(g, z / a) == inner(g / a, z)", "g: vector(n), a: scalar, z: vector(n)"),
    _row("inner(g, z / a) == inner(g / a, z)", "g: vector(n), a: vector(n), z: vector(n)"),
    _row("inner(g, z / a) == inner(g / a, z)", "g: matrix(m, n), a: scalar, z: matrix(m, n)"),
    _row("inner(g, z / a) == inner(g / a, z)", "g: matrix(m, n), a: matrix(m, n), z: matrix(m, n)"),
    _row("inner(g, -z) == inner(-g, z)", "g: scalar, z: scalar"),
    _row("inner(g, -z) == inner(-g, z)", "g: vector(n), z: vector(n)"),
    _row("inner(g, -z) == inner(-g, z)", "g: matrix(m, n), z: matrix(m, n)"),
    _row("inner(g, trace(Z)) == inner(g * eye(n), Z)", "g: scalar, Z: matrix(n, n)"),
    _row("inner(g, sum(z)) == inner(g * ones(n), z)", "g: scalar, z: vector(n)"),
    _row("inner(g, sum(Z)) == inner(g * ones(m, n), Z)", "g: scalar, Z: matrix(m, n)"),
    _row("inner(g, mean(z)) == inner(g / n * ones(n), z)", "g: scalar, z: vector(n)"),
    _row("inner(g, mean(Z)) == inner(g / (m * n) * ones(m, n), Z)", "g: scalar, Z: matrix(m, n)"),
    _row("inner(g, inner(A, Z)) == inner(g * A, Z)", "g: scalar, A: matrix(m, n), Z: matrix(m, n)"),
    _row("inner(g, inner(a, z)) == inner(g * a, z)", "g: scalar, a: vector(n), z: vector(n)"),
    _row("inner(g, inner(Z, A)) == inner(g * A, Z)", "g: scalar, A: matrix(m, n), Z: matrix(m, n)"),
    _row("inner(g, rowsum(Z)) == inner(g @ ones(n).T, Z)", "g: vector(m), Z: matrix(m, n)"),
    _row("inner(g, colsum(Z)) == inner(ones(m) @ g.T, Z)", "g: vector(n), Z: matrix(m, n)"),
    _row("inner(g, z[j]) == inner(g * onehot(j, n), z)", "g: scalar, z: vector(n), j: integer in 1..n"),
    _row("inner(g, Z[i, j]) == inner(g * (onehot(i, m) @ onehot(j, n).T), Z)", "g: scalar, Z: matrix(m, n), i: integer in 1..m, j: integer in 1..n"),
    _row("inner(g, Z[i]) == inner(onehot(i, m) @ g.T, Z)", "g: vector(n), Z: matrix(m, n), i: integer in 1..m"),
    _row("inner(G, diag(z)) == inner(diagpart(G), z)", "G: matrix(n, n), z: vector(n)"),
    _row("inner(g, diagpart(Z)) == inner(diag(g), Z)", "g: vector(n), Z: matrix(n, n)"),
]  # fmt: skip


def _jacobian(statement: str, variables: str) -> Rule:
    return Rule("collect", statement, variables, grade="minor", group="jacobians")


JACOBIANS = [
    _jacobian("A @ (J @ z) == (A @ J) @ z", "A: matrix(k, m), J: matrix(m, n), z: vector(n)"),
    _jacobian("a * (J @ z) == (diag(a) @ J) @ z", "a: vector(m), J: matrix(m, n), z: vector(n)"),
    _jacobian("a * (j.T @ z) == (a @ j.T) @ z", "a: vector(m), j: vector(n), z: vector(n)"),
    _jacobian("sum(J @ z) == (ones(m).T @ J) @ z", "J: matrix(m, n), z: vector(n)"),
    _jacobian("diag(J @ z) @ a == (diag(a) @ J) @ z", "a: vector(m), J: matrix(m, n), z: vector(n)"),
]  # fmt: skip
