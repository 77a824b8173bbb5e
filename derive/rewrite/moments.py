"""Moments of laws. To add a law: its row in LAWS (mean, variance, higher moments, generating function).

A row gives nodes over the arguments of the law; `None` where a law does not determine a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, factorial, prod
from typing import Callable, Mapping

from derive.tree.nodes import Node
from derive.vocabulary.build import ONE, add, build, div, mul, neg, num, power

Arguments = Mapping[str, Node]
Moment = Callable[[Arguments], Node]


@dataclass(frozen=True)
class Moments:
    """`raw(args, k)` is E x^k of one entry, `generating(args, t)` is E exp(t x), `outcomes` lists (value, weight)."""

    mean: Moment
    variance: Moment | None = None
    covariance: Moment | None = None
    raw: Callable[[Arguments, int], Node] | None = None
    generating: Callable[[Arguments, Node], Node] | None = None
    outcomes: Callable[[Arguments], list[tuple[Node, Node]]] | None = None


def _powers(base: Node, k: int) -> Node:
    return ONE if k == 0 else base if k == 1 else power(base, k)


def _gaussian_variance(law: Arguments) -> Node:
    cov = law["cov"]
    return build("diagpart", cov) if cov.shape.kind == "matrix" else cov


def _normal_raw(law: Arguments, k: int) -> Node:
    """sum over even j of binom(k, j) (j-1)!! m^(k-j) v^(j/2)."""
    mean, variance = law["mean"], law["cov"]
    terms = [
        mul(num(comb(k, j) * prod(range(1, j, 2))), _powers(mean, k - j), _powers(variance, j // 2))
        for j in range(0, k + 1, 2)
    ]
    return add(*terms)


def _uniform_raw(law: Arguments, k: int) -> Node:
    low, high = law["low"], law["high"]
    over = add(power(high, k + 1), neg(power(low, k + 1)))
    return div(over, mul(num(k + 1), add(high, neg(low))))


def _uniform_generating(law: Arguments, t: Node) -> Node:
    low, high = law["low"], law["high"]
    over = add(build("exp", mul(t, high)), neg(build("exp", mul(t, low))))
    return div(over, mul(t, add(high, neg(low))))


def _poisson_raw(law: Arguments, k: int) -> Node:
    """Touchard's polynomial: sum of Stirling numbers of the second kind times r^j."""
    rate = law["rate"]
    stirling = [
        sum((-1) ** (j - i) * comb(j, i) * i**k for i in range(j + 1)) // factorial(j) for j in range(k + 1)
    ]
    return add(*(mul(num(s), _powers(rate, j)) for j, s in enumerate(stirling) if s))


def _one_minus(p: Node) -> Node:
    return add(ONE, neg(p))


LAWS: dict[str, Moments] = {
    "bernoulli": Moments(
        mean=lambda law: law["p"],
        variance=lambda law: mul(law["p"], _one_minus(law["p"])),
        raw=lambda law, k: law["p"],
        outcomes=lambda law: [(num(0), _one_minus(law["p"])), (num(1), law["p"])],
    ),
    "rademacher": Moments(
        mean=lambda law: num(0),
        variance=lambda law: num(1),
        raw=lambda law, k: num(1 - k % 2),
        outcomes=lambda law: [(num(-1), div(num(1), num(2))), (num(1), div(num(1), num(2)))],
    ),
    "normal": Moments(
        mean=lambda law: law["mean"],
        variance=_gaussian_variance,
        covariance=lambda law: law["cov"],
        raw=_normal_raw,
    ),
    "moments": Moments(
        mean=lambda law: law["mean"], variance=_gaussian_variance, covariance=lambda law: law["cov"]
    ),
    "uniform": Moments(
        mean=lambda law: div(add(law["low"], law["high"]), num(2)),
        variance=lambda law: div(power(add(law["high"], neg(law["low"])), 2), num(12)),
        raw=_uniform_raw,
        generating=_uniform_generating,
    ),
    "exponential": Moments(
        mean=lambda law: div(num(1), law["rate"]),
        variance=lambda law: div(num(1), power(law["rate"], 2)),
        raw=lambda law, k: div(num(factorial(k)), power(law["rate"], k)),
    ),
    "poisson": Moments(
        mean=lambda law: law["rate"],
        variance=lambda law: law["rate"],
        raw=_poisson_raw,
        generating=lambda law, t: build("exp", mul(law["rate"], add(build("exp", t), num(-1)))),
    ),
    "categorical": Moments(
        mean=lambda law: law["p"],
        covariance=lambda law: add(
            build("diag", law["p"]), neg(build("matmul", law["p"], build("T", law["p"])))
        ),
    ),
}
