"""Eigenvalues of symmetric matrices: exact of at most two rows, else in floats, by Jacobi's rotations."""

from __future__ import annotations

import math
from fractions import Fraction

from derive.errors import NotEvaluated
from derive.tree.nodes import Node
from derive.values.arrays import Grid, single
from derive.values.scalars import Scalar, approximate, minus, of, over, plus, raised, sign, times

SWEEPS = 60
SMALL = 1e-15  # what is left beside the diagonal
CLOSE = 1e-9  # eigenvalues, or entries, that cannot be told apart


def eigen(node: Node, a: Grid) -> Grid:
    """The largest or smallest eigenvalue, or its unit eigenvector, of which the largest entry is positive."""
    if any(sign(plus(a.at(i, j), minus(a.at(j, i)))) for i, j in _above(a.dims[0])):
        raise NotEvaluated("the matrix is not symmetric", hint="eigenvalues are of symmetric matrices")
    largest = node.op.endswith("max")
    if node.op in ("eigmax", "eigmin"):
        if a.dims[0] == 1:
            return single(a.items[0])
        return single(_of_two(a, largest) if a.dims[0] == 2 else _extreme(a, largest)[0])
    value, vector, others = _extreme(a, largest)
    if any(abs(value - other) <= CLOSE * max(1.0, abs(value)) for other in others):
        raise NotEvaluated("the eigenvalue is a multiple one: it has several eigenvectors")
    top = max(vector, key=abs)
    if any(abs(x + top) <= CLOSE for x in vector):
        raise NotEvaluated("the sign of the eigenvector is not fixed: its largest entries are x and -x")
    return Grid((a.dims[0],), tuple(math.copysign(1.0, top) * x for x in vector))


def _above(n: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(n) for j in range(i + 1, n)]


def _of_two(a: Grid, largest: bool) -> Scalar:
    """The root of x^2 - trace x + det."""
    (p, q), (_, s) = a.lines()
    middle = over(plus(p, s), of(2))
    half = over(plus(p, minus(s)), of(2))
    root = raised(plus(times(half, half), times(q, q)), of(Fraction(1, 2)))
    return plus(middle, root if largest else minus(root))


def _extreme(a: Grid, largest: bool) -> tuple[float, list[float], list[float]]:
    """The eigenvalue, its eigenvector, and the other eigenvalues."""
    values, vectors = _rotated([[approximate(x) for x in line] for line in a.lines()])
    at = (max if largest else min)(range(len(values)), key=values.__getitem__)
    return values[at], [row[at] for row in vectors], values[:at] + values[at + 1 :]


def _rotated(a: list[list[float]]) -> tuple[list[float], list[list[float]]]:
    n = len(a)
    vectors = [[float(i == j) for j in range(n)] for i in range(n)]
    size = max((abs(x) for row in a for x in row), default=0.0)
    for _ in range(SWEEPS):
        if all(abs(a[i][j]) <= SMALL * size for i, j in _above(n)):
            break
        for p, q in _above(n):
            if a[p][q]:
                _rotate(a, vectors, p, q)
    return [a[i][i] for i in range(n)], vectors


def _rotate(a: list[list[float]], vectors: list[list[float]], p: int, q: int) -> None:
    """The rotation in the plane of p and q after which a[p][q] is zero."""
    theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
    t = math.copysign(1.0, theta) / (abs(theta) + math.hypot(theta, 1.0))
    c = 1 / math.hypot(t, 1.0)
    s = t * c
    for rows in (a, vectors):
        for row in rows:
            row[p], row[q] = c * row[p] - s * row[q], s * row[p] + c * row[q]
    for k in range(len(a)):
        a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]
