"""What is kept for all paths: the values of what reads no member from outside of itself, and nothing else."""

from __future__ import annotations

import pytest
from cases_table import scope_of

from derive.notation.evaluate import Evaluator, draw
from derive.notation.reader import read

SCOPE = scope_of(
    "mu: vector(K); A: matrix(K, K); z[t]: integer in 1..K; u[t]: integer in 1..K; c: scalar",
    """f[t]: mu[z[1]] * prod(A[z[s-1], z[s]], s=2..t); alpha[t, j]: max(at(f[t], z[t] == j), z[1..t-1]);
    open[t]: max(f[t] * c, z[2..t]); both[t]: max(mu[u[1]] * f[t], z[1..t]); m[t]: argmax(alpha[t, j], j)""",
    "t: 1..T; i: 1..K; j: 1..K",
)
CLOSED = [  # the inner maximum is the same for every path
    "max(mu[z[1]] * alpha[T, 1], z[1..T])",
    "sum(max(alpha[T, j] * mu[z[2]], j), z[1..T])",
    "max(alpha[T, z[1]] + alpha[1, m[T]], z[1..T])",
    "max(at(alpha[T, z[1]], z[1] == 2), z[1..T])",
]
OPEN = [  # it reads what is set around it: z[1], u[1], a name that `at` sets
    "sum(open[T], z[1..1])",
    "sum(both[T], u[1..1])",
    "sum(at(open[T], c == mu[z[1]]), z[1..1])",
    "at(sum(alpha[T, j], j), c == 2) + sum(at(open[T], z[1] == 1), z[1..T])",
    "sum(at(mu[z[1]], z[1] == z[2]), z[1..2])",
    "max(sum(open[T], z[1..1]), u[1..1]) + max(open[T], z[1..T])",
]


@pytest.mark.parametrize("text", CLOSED + OPEN)
@pytest.mark.parametrize("seed", [0, 1])  # of few short paths
def test_values_are_those_of_every_path_anew(text: str, seed: int) -> None:
    node, instance = read(text, SCOPE), draw(SCOPE, frozenset(), seed)
    kept, anew = Evaluator(SCOPE, instance), Evaluator(SCOPE, instance)
    anew.paths.families = frozenset()
    assert kept.value(node) == pytest.approx(anew.value(node), rel=1e-12)


@pytest.mark.parametrize("text", CLOSED)
def test_a_closed_maximum_is_found_once(text: str) -> None:
    node, instance = read(text, SCOPE), draw(SCOPE, frozenset(), 1)
    kept, anew = Evaluator(SCOPE, instance), Evaluator(SCOPE, instance)
    anew.paths.families = frozenset()
    kept.value(node), anew.value(node)
    assert kept.walked < anew.walked


def test_what_is_open_differs_from_path_to_path() -> None:
    """The rows above would fail if everything were kept."""
    for text in OPEN[:2]:
        instance = draw(SCOPE, frozenset(), 1)
        careless = Evaluator(SCOPE, instance)
        careless.paths.read = lambda key, env: None  # type: ignore[method-assign]
        right = Evaluator(SCOPE, instance).value(read(text, SCOPE))
        assert careless.value(read(text, SCOPE)) != pytest.approx(right, rel=1e-6)
