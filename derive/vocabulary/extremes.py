"""Extreme values of a symbol that keep its facts: large, tiny, zero, equal, in one entry only, at the ends of an interval.

What random values leave out, where wrong inequalities show. To add a manner: one row in MANNERS; for a new fact a
row in KEEPING, without which its symbols keep their ordinary values unless the manner happens to keep the fact.
"""

from __future__ import annotations

from typing import Callable, Iterable

import numpy as np

from derive.vocabulary.domains import DOMAINS, ROWS, Random, Values

# own random stream, a stream that all names share, ordinary values -> other values
Manner = Callable[[Random, Random, Values], Values]
LEAST = 1e-6  # what a positive value is instead of zero
NEAREST = 1e-6  # to the ends of an interval, relative to its length


def _scaled(factor: float) -> Manner:
    return lambda own, shared, a: factor * a


def _mixed(own: Random, shared: Random, a: Values) -> Values:
    return np.asarray(a * 10.0 ** own.uniform(-4, 3, a.shape))


def _by_name(own: Random, shared: Random, a: Values) -> Values:
    return np.asarray(a * 10.0 ** own.uniform(-3, 3))


def _spike(own: Random, shared: Random, a: Values) -> Values:
    found = np.zeros(a.shape)
    found.flat[int(own.integers(a.size))] = 10.0 ** own.uniform(-1, 2)
    return found


def _holes(own: Random, shared: Random, a: Values) -> Values:
    return np.asarray(a * own.integers(0, 2, a.shape))


def _equal(own: Random, shared: Random, a: Values) -> Values:
    return np.full(a.shape, shared.standard_normal() * 2)


def _equal_large(own: Random, shared: Random, a: Values) -> Values:
    return np.full(a.shape, shared.standard_normal() * 30)


def _twins(own: Random, shared: Random, a: Values) -> Values:
    """The same for all names of one shape."""
    return np.asarray(shared.standard_normal(a.shape) * 2)


def _mirrored(own: Random, shared: Random, a: Values) -> Values:
    return np.asarray(shared.standard_normal(a.shape) * float(own.choice((-1.0, 1.0))))


def _any(own: Random, shared: Random, a: Values) -> Values:
    """Each name in a manner of its own."""
    return list(MANNERS.values())[int(own.integers(len(MANNERS) - 1))](own, shared, a)


MANNERS: dict[str, Manner] = {
    "thousandfold": _scaled(1e3),
    "thirtyfold": _scaled(30.0),
    "tenfold": _scaled(10.0),
    "a tenth": _scaled(0.1),
    "a thousandth": _scaled(1e-3),
    "zero": _scaled(0.0),
    "ones": lambda own, shared, a: np.ones(a.shape),
    "large and positive": lambda own, shared, a: 30 * np.abs(a),
    "large and negative": lambda own, shared, a: -30 * np.abs(a),
    "mixed scales": _mixed,
    "a scale by name": _by_name,
    "one entry": _spike,
    "some entries": _holes,
    "equal": _equal,
    "equal and large": _equal_large,
    "twins": _twins,
    "mirrored twins": _mirrored,
    "any": _any,
}


# ---------------------------------------------------------------- facts


def _shares(a: Values) -> Values:
    """Non-negative, with sums 1 by column."""
    sizes = np.abs(a) + LEAST * LEAST
    return np.asarray(sizes / sizes.sum(axis=0))


def _spd(a: Values) -> Values:
    gram = a @ a.T
    return np.asarray(gram + (LEAST + 1e-4 * np.trace(gram)) * np.eye(len(a)))


def _orthogonal(a: Values) -> Values:
    rows, columns = a.shape
    return np.linalg.qr(a + LEAST * np.eye(rows, columns))[0][:, :columns] if rows >= columns else a


def _unit(a: Values) -> Values:
    norm = float(np.sqrt((a * a).sum()))
    return a / norm if norm > 0 else a


KEEPING: dict[str, Callable[[Values], Values]] = {
    "simplex": _shares,
    "stochastic": lambda a: _shares(a.T).T,
    "integer": np.round,
    "symmetric": lambda a: (a + a.T) / 2,
    "diagonal": lambda a: np.diag(np.diag(a)),
    "spd": _spd,
    "centred": lambda a: np.asarray(a - a.mean(axis=0)),
    "centred_rows": lambda a: np.asarray(a - a.mean(axis=1, keepdims=True)),
    "orthogonal": _orthogonal,
    "unit": _unit,
    "positive": lambda a: np.where(a == 0, LEAST, np.abs(a)),
    "nonnegative": np.abs,
}


def keeping(facts: Iterable[str], proposed: Values, otherwise: Values) -> Values:
    """The proposed values, changed so that all facts hold; `otherwise` where that cannot be."""
    wanted = [row.fact for row in ROWS if row.fact in facts]
    for fact in wanted:
        proposed = KEEPING[fact](proposed) if fact in KEEPING else proposed
    return proposed if all(DOMAINS[fact].holds(proposed) for fact in wanted) else otherwise


def extreme(manner: str, own: Random, shared: Random, ordinary: Values, facts: Iterable[str]) -> Values:
    """Values in a manner."""
    return keeping(facts, MANNERS[manner](own, shared, ordinary), ordinary)


def between(low: float, high: float, own: Random, shared: Random, rows: int, columns: int) -> Values:
    """Inside an interval: near one end, near any end in every entry, or everywhere the same."""
    ends = np.array([NEAREST, 1e-3, 0.5, 1 - 1e-3, 1 - NEAREST])
    way = int(shared.integers(3))
    one = ends[int((shared if way == 2 else own).integers(len(ends)))]
    at = np.full((rows, columns), one) if way else own.choice(ends, (rows, columns))
    return np.asarray(low + (high - low) * at)


def inside(low: float, high: float, proposed: Values) -> Values:
    """Not beyond the ends of an interval, nor at them."""
    near = NEAREST * (high - low)
    return np.clip(proposed, low + near, high - near)
