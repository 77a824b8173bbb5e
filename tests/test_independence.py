"""Which expressions share no chance: members of families, entries, recurrences, laws with random parameters."""

from __future__ import annotations

import pytest
from cases_table import scope_of

from derive.notation.reader import read
from derive.rewrite.chance import Randomness, is_affine, is_entrywise, is_even, is_gaussian
from derive.rewrite.depend import graph_of
from derive.rewrite.independence import apart

SYMBOLS = """e[t]: scalar ~ normal(0, 1); x[0]: scalar; R: matrix(m, n) ~ bernoulli(1/3); w: vector(n) ~ normal(k, S);
k: vector(n); S: matrix(n, n) spd; z: scalar ~ normal(0, 1); y: scalar ~ normal(z, 1); q: scalar ~ normal(z, 1);
u: vector(n) ~ uniform(-1, 1); c: vector(n); a: scalar ~ rademacher(); i: integer in 1..n"""
SCOPE = scope_of(SYMBOLS, "x[t]: x[t-1] / 2 + e[t]; s: z + 1; r: z * a; v: z * a + z + a", "t: 1..T")
CHANCE = Randomness(SCOPE, graph_of(SCOPE))

PAIRS = [
    ("x[t-1]", "e[t]", True),  # x[t-1] reaches e[1], ..., e[t-1]
    ("x[t]", "e[t]", False),
    ("x[t]", "e[t+1]", True),
    ("x[t-1]", "x[t]", False),
    ("e[t-1]", "e[t]", True),
    ("sum(e[s], s=1..t-1)", "e[t]", True),
    ("sum(e[s], s=1..t)", "e[t]", False),
    ("R[1, 1]", "R[1, 2]", True),
    ("R[1, 1]", "R[1]", False),  # an entry and its row
    ("w[1]", "w[2]", False),  # their covariance may be anything
    ("u[1]", "u[2]", True),
    ("u[i]", "u[2]", False),  # i may be 2
    ("y", "z", False),  # z is the mean of y
    ("y", "q", False),  # through z
    ("s", "y", False),
    ("u", "w", True),
    ("u", "c", False),  # c is not random
]


@pytest.mark.parametrize(("one", "two", "expected"), PAIRS)
def test_apart(one: str, two: str, expected: bool) -> None:
    sides = [CHANCE.members(read(side, SCOPE)) for side in (one, two)]
    assert apart(sides[0], sides[1], SCOPE) is expected
    assert apart(sides[1], sides[0], SCOPE) is expected


def test_what_is_given_is_no_chance() -> None:
    """Given z, its children are independent."""
    given = Randomness(SCOPE, graph_of(SCOPE), frozenset({read("z", SCOPE)}))
    one, two = (given.members(read(side, SCOPE)) for side in ("y + z", "q"))
    assert apart(one, two, SCOPE)
    assert not given.varies(read("s", SCOPE))


CONDITIONS = [
    (is_even, "z", True),
    (is_even, "w", False),  # its mean is k
    (is_even, "c.T @ u", True),
    (is_even, "r", True),  # turn z, or a
    (is_even, "v", False),  # no turn changes its sign
    (is_even, "z + 1", False),
    (is_even, "y", False),  # its mean is random
    (is_gaussian, "c.T @ w + e[1]", True),
    (is_gaussian, "c.T @ u", False),
    (is_gaussian, "z * a", False),
    (is_affine, "2 * z - a", True),
    (is_affine, "z * a", False),
    (is_affine, "z / a", False),
    (is_entrywise, "c * u", True),
    (is_entrywise, "u + u", False),
    (is_entrywise, "w", False),
    (is_entrywise, "z * u", False),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "expression", "expected"), CONDITIONS)
def test_conditions(condition, expression: str, expected: bool) -> None:  # type: ignore[no-untyped-def]
    assert bool(condition(read(expression, SCOPE), CHANCE)) is expected
