"""Every fact: what its sampler draws satisfies its predicate, and something else does not."""

from __future__ import annotations

import numpy as np
import pytest

from derive.errors import NotEvaluated
from derive.notation.types import FACTS
from derive.vocabulary.domains import DOMAINS, TOGETHER, sample

VIOLATIONS = {
    "spd": np.diag([1.0, -1.0, 1.0]),
    "onehot": np.ones((3, 1)),
    "simplex": np.ones((3, 1)),
    "stochastic": np.ones((3, 3)),
    "idempotent": 2 * np.eye(3),
    "centred": np.ones((3, 3)),
    "centred_rows": np.ones((3, 3)),
    "diagonal": np.ones((3, 3)),
    "orthogonal": 2 * np.eye(3),
    "unit": np.ones((3, 1)),
    "symmetric": np.triu(np.ones((3, 3))),
    "positive_determinant": np.diag([1.0, -1.0, 1.0]),
    "invertible": np.ones((3, 3)),
    "full_column_rank": np.ones((3, 2)),
    "integer": np.full((3, 1), 0.5),
    "positive": np.array([[1.0], [0.0]]),
    "nonnegative": np.array([[1.0], [-1.0]]),
    "nonzero": np.zeros((3, 1)),
    "real": np.array([[np.inf]]),
}
VECTORS = {"onehot", "simplex", "unit"}


@pytest.mark.parametrize("fact", DOMAINS)
def test_samples_have_their_fact(fact: str) -> None:
    rows, columns = (3, 1) if fact in VECTORS else (3, 2) if fact == "full_column_rank" else (3, 3)
    for seed in range(20):
        values = sample({fact}, np.random.default_rng(seed), rows, columns)
        assert values.shape == (rows, columns)
        assert DOMAINS[fact].holds(values)


@pytest.mark.parametrize("fact", DOMAINS)
def test_predicates_refuse_what_lacks_the_fact(fact: str) -> None:
    assert not DOMAINS[fact].holds(VIOLATIONS[fact])


def test_a_permutation_is_not_the_identity() -> None:
    """Else a claim that holds for tokens in their own order only would pass."""
    facts = {"orthogonal", "stochastic"}
    for seed in range(20):
        values = sample(facts, np.random.default_rng(seed), 3, 3)
        assert sorted(map(tuple, values)) == sorted(map(tuple, np.eye(3)))
        assert not np.array_equal(values, np.eye(3))
    with pytest.raises(NotEvaluated, match="no 2 x 3 matrix"):
        sample(facts, np.random.default_rng(0), 2, 3)


def test_every_fact_of_the_notation_has_a_domain() -> None:
    assert set(FACTS) <= set(DOMAINS)


@pytest.mark.parametrize(
    "facts",
    [
        *TOGETHER,
        {"symmetric", "invertible"},
        {"symmetric", "positive"},
        {"integer", "positive"},
        {"simplex", "positive"},
        {"diagonal", "invertible"},
    ],
)
def test_facts_together(facts: set[str]) -> None:
    shape = (3, 1) if facts & VECTORS else (3, 3)
    values = sample(facts, np.random.default_rng(1), *shape)
    for fact in set(facts) - {"positive"}:
        assert DOMAINS[fact].holds(values)
    assert np.all(values > 0) or "positive" not in facts or np.all(np.diag(values) > 0)


@pytest.mark.parametrize(
    ("facts", "shape", "message"),
    [
        ({"hermitian"}, (2, 2), "no sampler for 'hermitian'"),
        ({"full_column_rank"}, (2, 3), "no 2 x 3 matrix has full column rank"),
        ({"onehot", "unit", "simplex", "integer", "positive"}, (3, 1), "no sample that is a unit vector e_j"),
    ],
)
def test_what_cannot_be_sampled_says_so(facts: set[str], shape: tuple[int, int], message: str) -> None:
    with pytest.raises(NotEvaluated, match=message):
        sample(facts, np.random.default_rng(0), *shape)


def test_real_values_are_moderate_and_never_near_zero() -> None:
    values = sample((), np.random.default_rng(0), 40, 40)
    assert np.abs(values).min() >= 0.15
    assert np.abs(values).max() < 5
