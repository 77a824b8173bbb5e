"""Laws as finite weighted points: exact for discrete laws, quadrature for continuous ones.

An outcome of a random quantity has two halves. Its *noise* is parameter-free (bits, signs, standard normal
nodes); `place` turns noise into values and weights with the parameters, which may be complex or batched, so
expectations can be differentiated in them. To add a law: its noise in `noise`, its row in PLACES, its
arguments in the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Callable, Iterable, Mapping, Sequence

import numpy as np

from derive.errors import NotEvaluated

Array = Any
MOST_POINTS = 270_000
MOST_IN_BATCH = 20_000  # inside a batch of directions, which multiplies the work
MOST_NODES = 70_000
Order = int | tuple[float, ...]  # nodes of a Gauss rule, or the edges of the panels of a composite one
CONTINUOUS = frozenset({"normal", "uniform", "exponential"})
COUNTS = 60  # terms of a Poisson series
ORDERS = ((3, 4), (6, 7), (12, 13), (24, 25), (60, 61))  # nodes per dimension, two rules that must agree
COARSE = (2, 3)
FAR = 12  # nodes whose outermost lies beyond 6 sigma
INNER = 8  # nodes inside one panel of a composite rule
SKEWED = (0.5, 0.2, 0.65)  # the two-point laws tried for quantities known by their moments


@dataclass(frozen=True)
class Random:
    """One random quantity: its law, its shape, whether its covariance is a matrix, how many categories."""

    key: tuple[str, tuple[int, ...]]
    kind: str
    rows: int
    columns: int
    matrix_cov: bool = False
    categories: int = 0

    @property
    def entries(self) -> int:
        return self.rows * self.columns


# ---------------------------------------------------------------- noise


def noise(
    quantities: Iterable[Random], order: Order, variant: int, most: int = MOST_POINTS
) -> tuple[dict[tuple[str, tuple[int, ...]], Array], Array]:
    """Noise of each quantity, (points, rows, columns), jointly independent, and the weights (points,)."""
    tables: list[tuple[list[Random], Array, Array]] = []
    smooth = [q for q in quantities if q.kind in CONTINUOUS]
    for quantity in quantities:
        if quantity.kind not in CONTINUOUS:
            tables.append(([quantity], *_finite(quantity, variant)))
    if smooth:
        kinds = tuple(q.kind for q in smooth for _ in range(q.entries))
        tables.append((smooth, *_tensor(kinds, order)))
    if not tables:
        return {}, np.ones(1)
    total = 1
    for _, points, _ in tables:
        total *= len(points)
    if total > most:
        raise NotEvaluated(f"{total} outcomes are too many to enumerate")
    at = np.unravel_index(np.arange(total), tuple(len(points) for _, points, _ in tables))
    found: dict[tuple[str, tuple[int, ...]], Array] = {}
    weights = np.ones(total)
    for (members, points, own), picked in zip(tables, at, strict=False):
        weights = weights * own[picked]
        start = 0
        for q in members:
            found[q.key] = points[picked][:, start : start + q.entries].reshape(total, q.rows, q.columns)
            start += q.entries
    return found, weights


def _finite(q: Random, variant: int) -> tuple[Array, Array]:
    """All outcomes, (points, entries), with the part of their weights that needs no parameter."""
    if q.kind == "categorical":
        return np.repeat(np.arange(q.categories)[:, None], q.entries, axis=1), np.ones(q.categories)
    if q.kind == "moments" and q.matrix_cov and variant == 2:
        # uncorrelated but dependent entries: a claim that needs independence fails here
        axes = np.sqrt(q.entries) * np.eye(q.entries)
        return np.concatenate([axes, -axes]), np.full(2 * q.entries, 0.5 / q.entries)
    if q.kind == "poisson":
        if COUNTS**q.entries > MOST_POINTS:
            raise NotEvaluated(f"{COUNTS}**{q.entries} outcomes are too many to enumerate")
        counts = np.array(list(product(range(COUNTS), repeat=q.entries)), dtype=float)
        return counts, np.ones(len(counts))
    if 2**q.entries > MOST_POINTS:
        raise NotEvaluated(f"2**{q.entries} outcomes are too many to enumerate")
    bits = np.array(list(product((0.0, 1.0), repeat=q.entries)))
    if q.kind == "bernoulli":
        return bits, np.ones(len(bits))
    if q.kind == "rademacher":
        return 2 * bits - 1, np.full(len(bits), 0.5**q.entries)
    p = SKEWED[variant]
    high, low = np.sqrt((1 - p) / p), -np.sqrt(p / (1 - p))
    return np.where(bits > 0, high, low), np.where(bits > 0, p, 1 - p).prod(axis=1)


@lru_cache(maxsize=64)
def _tensor(kinds: tuple[str, ...], order: Order) -> tuple[Array, Array]:
    """The tensor rule over standard normal and uniform (0, 1) coordinates."""
    rules = [_rule(kind, order) for kind in kinds]
    total = 1
    for nodes, _ in rules:
        total *= len(nodes)
    if total > MOST_NODES:
        raise NotEvaluated(f"quadrature in {len(kinds)} dimensions needs {total} nodes")
    grid = np.meshgrid(*(nodes for nodes, _ in rules), indexing="ij")
    masses = np.meshgrid(*(weights for _, weights in rules), indexing="ij")
    points = np.stack([g.ravel() for g in grid], axis=1)
    return points, np.prod(np.stack([m.ravel() for m in masses]), axis=0)


def _rule(kind: str, order: Order) -> tuple[Array, Array]:
    """One dimension: Gauss-Hermite or Gauss-Legendre; or Gauss-Legendre panel by panel, the panels' ends with
    weight 0."""
    if isinstance(order, int):
        if kind == "normal":
            nodes, weights = np.polynomial.hermite_e.hermegauss(order)
            return nodes, weights / weights.sum()
        if kind == "exponential":
            nodes, weights = np.polynomial.laguerre.laggauss(order)
            return nodes, weights / weights.sum()
        nodes, weights = np.polynomial.legendre.leggauss(order)
        return (nodes + 1) / 2, weights / 2
    edges = np.array(order)
    inner, masses = np.polynomial.legendre.leggauss(INNER)
    inner, masses = np.array([-1.0, *inner, 1.0]), np.array([0.0, *masses, 0.0])
    half = (edges[1:] - edges[:-1]) / 2
    points = (((edges[1:] + edges[:-1]) / 2)[:, None] + half[:, None] * inner).ravel()
    weights = (half[:, None] * masses).ravel()
    if kind in DENSITIES:
        weights = weights * DENSITIES[kind](points)
    return points, weights / weights.sum()


def orders(quantities: Sequence[Random], kinks: bool) -> Iterable[tuple[int, int]]:
    """Pairs of rules to compare, cheap ones first; one pair of equal rules where every law is discrete.

    Two coarse rules may agree because both miss a kink far out, so with kinks only rules that reach 6 sigma
    count.
    """
    count = dimensions(quantities)
    if count == 0:
        yield 1, 1
        return
    if ORDERS[0][1] ** count > MOST_NODES and not kinks:
        if COARSE[1] ** count <= MOST_NODES:
            yield COARSE  # of moments of second order exact, and all that can be afforded
        return
    yield from (p for p in ORDERS if p[1] ** count <= MOST_NODES and (not kinks or p[0] >= FAR))


def dimensions(quantities: Iterable[Random]) -> int:
    return sum(q.entries for q in quantities if q.kind in CONTINUOUS)


def panels(quantities: Iterable[Random]) -> Array:
    """The edges of the panels with which an adaptive rule over the only continuous dimension starts."""
    kind = next(q.kind for q in quantities if q.kind in CONTINUOUS)
    return np.linspace(*PANELS[kind])


PANELS = {"normal": (-10, 10, 25), "uniform": (0, 1, 9), "exponential": (0, 50, 49)}
DENSITIES: dict[str, Callable[[Array], Array]] = {  # up to a constant; of a uniform law it is one
    "normal": lambda z: np.exp(-z * z / 2),
    "exponential": lambda u: np.exp(-u),
}


def ends_missed(values: Array) -> Array:
    """By how much the values at a panel's ends miss the polynomial through those inside: (..., nodes,
    entries) to (..., entries). A kink inside a panel, or between an end and the first node, shows here."""
    nodes = np.polynomial.legendre.leggauss(INNER)[0]
    predicted = [np.tensordot(_lagrange(nodes, end), values[..., 1:-1, :], (0, -2)) for end in (-1.0, 1.0)]
    return np.maximum(np.abs(values[..., 0, :] - predicted[0]), np.abs(values[..., -1, :] - predicted[1]))


def _lagrange(nodes: Array, at: float) -> Array:
    """The weights of the values at `nodes` in the value of their polynomial at a point."""
    others = [np.delete(nodes, i) for i in range(len(nodes))]
    return np.array([np.prod((at - rest) / (x - rest)) for x, rest in zip(nodes, others, strict=True)])


# ---------------------------------------------------------------- values and weights


def cholesky(a: Array) -> Array:
    """L with L L' = A over the last two axes, for complex-step entries too (no conjugates). A step in one entry of a
    covariance is one of half the size in both entries that are equal by symmetry."""
    a = (a + np.swapaxes(a, -1, -2)) / 2
    n = a.shape[-1]
    lower = np.zeros(a.shape, dtype=a.dtype)
    for j in range(n):
        diagonal = a[..., j, j] - (lower[..., j, :j] ** 2).sum(axis=-1)
        if np.any(diagonal.real <= 0):
            raise NotEvaluated("a covariance is not positive definite")
        lower[..., j, j] = np.sqrt(diagonal)
        for i in range(j + 1, n):
            dot = (lower[..., i, :j] * lower[..., j, :j]).sum(axis=-1)
            lower[..., i, j] = (a[..., i, j] - dot) / lower[..., j, j]
    return lower


def _spread(q: Random, args: Mapping[str, Array], z: Array) -> Array:
    """mean + cov^(1/2) z: a scalar cov is the variance of every entry, a matrix mixes the entries of a
    vector."""
    cov = args["cov"]
    if q.matrix_cov:
        return args["mean"] + cholesky(cov) @ z
    if np.any(cov.real < 0):
        raise NotEvaluated("a variance is negative")
    return args["mean"] + np.sqrt(cov) * z


def _bernoulli(q: Random, args: Mapping[str, Array], bits: Array) -> tuple[Array, Array | None]:
    p = args["p"]
    weights = bits * p + (1 - bits) * (1 - p)
    return bits, weights.prod(axis=(-1, -2), keepdims=True)


def _categorical(q: Random, args: Mapping[str, Array], category: Array) -> tuple[Array, Array | None]:
    """A number 1..n, or for a vector the unit vector."""
    ids = np.arange(q.categories)[:, None]
    chosen = (category[..., :1, :1] == ids).astype(float)
    weights = (chosen * args["p"]).sum(axis=(-1, -2), keepdims=True)
    return (chosen if q.entries > 1 else category + 1.0), weights


def _rate(args: Mapping[str, Array]) -> Array:
    if np.any(args["rate"].real <= 0):
        raise NotEvaluated("a rate is not positive")
    return args["rate"]


def _poisson(q: Random, args: Mapping[str, Array], counts: Array) -> tuple[Array, Array | None]:
    rate = _rate(args)
    if np.any(rate.real > COUNTS / 4):
        raise NotEvaluated(f"a rate is too large for a series of {COUNTS} terms")
    factorials = np.cumprod(np.maximum(np.arange(COUNTS, dtype=float), 1.0))
    weights = np.exp(-rate) * rate**counts / factorials[counts.astype(int)]
    return counts, weights.prod(axis=(-1, -2), keepdims=True)


Place = Callable[[Random, Mapping[str, Array], Array], tuple[Array, "Array | None"]]

PLACES: dict[str, Place] = {
    "bernoulli": _bernoulli,
    "categorical": _categorical,
    "normal": lambda q, args, z: (_spread(q, args, z), None),
    "moments": lambda q, args, z: (_spread(q, args, z), None),
    "rademacher": lambda q, args, signs: (signs, None),
    "exponential": lambda q, args, u: (u / _rate(args), None),
    "poisson": _poisson,
    "uniform": lambda q, args, u: (args["low"] + (args["high"] - args["low"]) * u, None),
}


def draw(q: Random, args: Mapping[str, Array], random: np.random.Generator) -> Array:
    """One outcome, for random quantities outside every expectation."""
    if q.kind == "bernoulli":
        return (random.random((q.rows, q.columns)) < args["p"].real).astype(float)
    if q.kind == "categorical":
        chosen = int(random.choice(q.categories, p=args["p"].real.ravel()))
        return PLACES[q.kind](q, args, np.full((q.rows, q.columns), chosen))[0]
    if q.kind == "rademacher":
        return random.choice((-1.0, 1.0), (q.rows, q.columns))
    if q.kind == "poisson":
        return random.poisson(_rate(args).real, (q.rows, q.columns)).astype(float)
    if q.kind == "exponential":
        return PLACES[q.kind](q, args, random.exponential(1.0, (q.rows, q.columns)))[0]
    if q.kind == "uniform":
        return PLACES[q.kind](q, args, random.random((q.rows, q.columns)))[0]
    return _spread(q, args, random.standard_normal((q.rows, q.columns)))
