"""What a fact of a symbol means: a predicate, a sampler and its wording (`spd`, `simplex`, `onehot`, ...).

Values follow the numeric convention of `op.py`: a scalar is (1, 1), a vector (n, 1), a matrix (m, n).
To add a fact: one row in ROWS; rows further up are sampled from first where a symbol has several facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterable

import numpy as np

from derive.errors import NotEvaluated

Values = np.ndarray[Any, np.dtype[Any]]
Random = np.random.Generator
Sampler = Callable[[Random, int, int], Values]
TRIES = 200


@dataclass(frozen=True)
class Domain:
    """`holds(values)` and `sample(random, rows, columns)`; `latex` is written after `#1`, the symbol."""

    fact: str
    phrase: str
    latex: str
    holds: Callable[[Values], bool]
    sample: Sampler


def _is_square(a: Values) -> bool:
    return bool(a.shape[0] == a.shape[1])


def _close(a: Values, b: Values | float) -> bool:
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-9))


def real(random: Random, rows: int, columns: int) -> Values:
    """Moderate, never near 0, so that no product vanishes by accident."""
    values = 0.75 * random.standard_normal((rows, columns))
    return values + np.where(values >= 0, 0.15, -0.15)


def positive(random: Random, rows: int, columns: int) -> Values:
    return random.uniform(0.4, 1.9, (rows, columns))


def unit_interval(random: Random, low: float, high: float, rows: int, columns: int) -> Values:
    """Inside (low, high), away from both ends."""
    return low + (high - low) * random.uniform(0.15, 0.85, (rows, columns))


def _symmetric(random: Random, rows: int, columns: int) -> Values:
    values = real(random, rows, columns)
    return (values + values.T) / 2


def _orthogonal(random: Random, rows: int, columns: int) -> Values:
    return np.linalg.qr(random.standard_normal((max(rows, columns),) * 2))[0][:rows, :columns]


def _spd(random: Random, rows: int, columns: int) -> Values:
    q = _orthogonal(random, rows, rows)
    values = (q * random.uniform(0.5, 2.5, rows)) @ q.T
    return (values + values.T) / 2


def _invertible(random: Random, rows: int, columns: int) -> Values:
    """Singular values between 0.5 and 2, either sign of the determinant."""
    return (_orthogonal(random, rows, rows) * random.uniform(0.5, 2.0, rows)) @ _orthogonal(
        random, rows, rows
    )


def _right_handed(random: Random, rows: int, columns: int) -> Values:
    values = _invertible(random, rows, columns)
    values[0] *= np.sign(np.linalg.det(values))
    return values


def _injective(random: Random, rows: int, columns: int) -> Values:
    if rows < columns:
        raise NotEvaluated(f"no {rows} x {columns} matrix has full column rank")
    q = _orthogonal(random, rows, columns)
    return (q * random.uniform(0.6, 2.0, columns)) @ _orthogonal(random, columns, columns)


def _onehot(random: Random, rows: int, columns: int) -> Values:
    values = np.zeros((rows, columns))
    values[random.integers(rows), 0] = 1.0
    return values


def _shares(random: Random, rows: int, columns: int) -> Values:
    values = random.uniform(0.3, 1.7, (rows, columns))
    return np.asarray(values / values.sum(axis=-1, keepdims=True))


def _unit(random: Random, rows: int, columns: int) -> Values:
    values = real(random, rows, columns)
    return np.asarray(values / np.sqrt((values * values).sum()))


def _idempotent(random: Random, rows: int, columns: int) -> Values:
    """An oblique projection, so that nothing symmetric holds by accident."""
    rank = int(random.integers(1, max(2, rows)))
    basis = _invertible(random, rows, rows)
    return basis[:, :rank] @ np.linalg.inv(basis)[:rank]


def _projection(random: Random, rows: int, columns: int) -> Values:
    q = _orthogonal(random, rows, rows)[:, : int(random.integers(1, max(2, rows)))]
    return q @ q.T


def _reflection(random: Random, rows: int, columns: int) -> Values:
    v = _unit(random, rows, 1)
    return np.asarray(np.eye(rows) - 2 * v @ v.T)


def _permutation(random: Random, rows: int, columns: int) -> Values:
    """Not the identity, where there is another one."""
    if rows != columns:
        raise NotEvaluated(f"no {rows} x {columns} matrix is a permutation")
    order = np.roll(np.arange(rows), 1)
    for _ in range(TRIES):
        drawn = random.permutation(rows)
        if (drawn != np.arange(rows)).any():
            order = drawn
            break
    return np.eye(rows)[order]


def _simplex(random: Random, rows: int, columns: int) -> Values:
    return _shares(random, columns, rows).T


def _centred(random: Random, rows: int, columns: int) -> Values:
    values = real(random, rows, columns)
    return np.asarray(values - values.mean(axis=0))


def _centred_rows(random: Random, rows: int, columns: int) -> Values:
    return _centred(random, columns, rows).T


def _integers(random: Random, rows: int, columns: int) -> Values:
    return random.integers(-3, 5, (rows, columns)).astype(float)


def _diagonal(random: Random, rows: int, columns: int) -> Values:
    return np.diag(real(random, 1, rows)[0])


def _positive_diagonal(random: Random, rows: int, columns: int) -> Values:
    return np.diag(positive(random, 1, rows)[0])


# ---------------------------------------------------------------- predicates


def _conditioned(a: Values) -> bool:
    return bool(np.linalg.cond(a) < 1e4)


def _is_symmetric(a: Values) -> bool:
    return _is_square(a) and _close(a, a.T)


def _is_spd(a: Values) -> bool:
    return _is_symmetric(a) and bool(np.linalg.eigvalsh(a).min() > 0)


def _is_onehot(a: Values) -> bool:
    return bool(((a == 0) | (a == 1)).all() and a.sum() == 1)


def _is_simplex(a: Values) -> bool:
    return bool((a >= 0).all()) and _close(a.sum(), 1.0)


def _is_stochastic(a: Values) -> bool:
    return bool((a >= 0).all()) and _close(a.sum(axis=1), 1.0)


def _sums_to_zero(a: Values) -> bool:
    return bool(np.abs(a.sum(axis=0)).max() < 1e-9)


def _is_idempotent(a: Values) -> bool:
    return _is_square(a) and _close(a @ a, a)


def _is_diagonal(a: Values) -> bool:
    return _is_square(a) and not np.any(a - np.diag(np.diag(a)))


def _is_orthogonal(a: Values) -> bool:
    return _close(a.T @ a, np.eye(a.shape[1]))


def _is_right_handed(a: Values) -> bool:
    return _is_square(a) and bool(np.linalg.det(a) > 0)


def _is_invertible(a: Values) -> bool:
    return _is_square(a) and _conditioned(a)


def _is_injective(a: Values) -> bool:
    return bool(a.shape[0] >= a.shape[1]) and _conditioned(a)


# ---------------------------------------------------------------- the table


ROWS = [
    Domain("spd", "symmetric positive definite", r"#1 \succ 0", _is_spd, _spd),
    Domain("onehot", "a unit vector e_j", r"#1 \in \{\mathbf e_1, \dots\}", _is_onehot, _onehot),
    Domain("simplex", "with sum 1", r"#1 \ge 0, \mathbf 1^\top #1 = 1", _is_simplex, _simplex),
    Domain("stochastic", "rows of sum 1", r"#1 \ge 0, #1 \mathbf 1 = \mathbf 1", _is_stochastic, _shares),
    Domain("idempotent", "idempotent", r"#1^2 = #1", _is_idempotent, _idempotent),
    Domain("centred", "with columns of sum 0", r"\mathbf 1^\top #1 = 0", _sums_to_zero, _centred),
    Domain("centred_rows", "with rows of sum 0", r"#1 \mathbf 1 = 0", lambda a: _sums_to_zero(a.T), _centred_rows),
    Domain("diagonal", "diagonal", r"#1 \text{ diagonal}", _is_diagonal, _diagonal),
    Domain("orthogonal", "orthogonal", r"#1^{\top} #1 = \mathbf I", _is_orthogonal, _orthogonal),
    Domain("unit", "of norm 1", r"\lVert #1 \rVert = 1", lambda a: _close((a * a).sum(), 1.0), _unit),
    Domain("symmetric", "symmetric", r"#1^{\top} = #1", _is_symmetric, _symmetric),
    Domain("positive_determinant", "with det > 0", r"\det #1 > 0", _is_right_handed, _right_handed),
    Domain("invertible", "invertible", r"\det #1 \ne 0", _is_invertible, _invertible),
    Domain("full_column_rank", "of full column rank", r"\operatorname{rk} #1 = d", _is_injective, _injective),
    Domain("integer", "an integer", r"#1 \in \mathbb Z", lambda a: bool((a == np.round(a)).all()), _integers),
    Domain("positive", "positive", "#1 > 0", lambda a: bool((a > 0).all()), positive),
    Domain("nonnegative", "non-negative", r"#1 \ge 0", lambda a: bool((a >= 0).all()), positive),
    Domain("nonzero", "not zero", r"#1 \ne 0", lambda a: bool(np.any(a)), real),
    Domain("real", "real", r"#1 \in \mathbb R", lambda a: bool(np.isfinite(a).all()), real),
]  # fmt: skip
DOMAINS: dict[str, Domain] = {row.fact: row for row in ROWS}

# Facts together that no sampler of one of them meets.
TOGETHER: dict[frozenset[str], Sampler] = {
    frozenset({"idempotent", "symmetric"}): _projection,
    frozenset({"orthogonal", "symmetric"}): _reflection,
    frozenset({"orthogonal", "stochastic"}): _permutation,
    frozenset({"diagonal", "positive"}): _positive_diagonal,
    frozenset({"diagonal", "spd"}): _positive_diagonal,
}


def sample(facts: Iterable[str], random: Random, rows: int, columns: int) -> Values:
    """Values with all the facts: the first row's sampler, symmetrised where asked, kept when all predicates
    hold.

    NotEvaluated names facts that no row knows, or that no sample satisfies together.
    """
    names = frozenset(facts)
    unknown = sorted(names - DOMAINS.keys())
    if unknown:
        raise NotEvaluated(f"no sampler for '{unknown[0]}'")
    if names in TOGETHER:
        return TOGETHER[names](random, rows, columns)
    wanted = [row for row in ROWS if row.fact in names] or [DOMAINS["real"]]
    for attempt in range(TRIES):
        values = wanted[attempt * len(wanted) // TRIES].sample(random, rows, columns)
        if "symmetric" in names and rows == columns:
            values = (values + values.T) / 2
        if names & {"positive", "nonnegative"}:
            values = np.abs(values)
        if all(row.holds(values) for row in wanted):
            return values
    raise NotEvaluated(f"no sample that is {' and '.join(row.phrase for row in wanted)}")
