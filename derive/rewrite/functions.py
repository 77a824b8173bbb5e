"""Inverse functions: `f(u) == r` as `u == ...`. To invert one more function: a row in INVERSE."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Callable

from derive.rewrite.protect import least
from derive.tree.nodes import Node
from derive.vocabulary.build import ONE, add, build, div, mul, neg, num, power


@dataclass(frozen=True)
class Inverse:
    """`f(u) == r` says `u == of(r)`, for real u where every number of `needs(r)` is positive."""

    of: Callable[[Node], Node]
    needs: Callable[[Node], tuple[Node, ...]]
    say: str


def _beside_one(r: Node) -> tuple[Node, Node]:
    """b - a for r = a / b, and b."""
    over, under = r.args if r.op == "div" else (r, ONE)
    return least(add(under, neg(over))), under


def _log(r: Node) -> Node:
    """log(r); of 1/2 it is -log(2)."""
    small = r.op == "num" and 0 < r.number < 1 and r.number.numerator == 1
    return neg(build("log", num(1 / r.number))) if small else build("log", r)


def _log_odds(r: Node) -> Node:
    """log(r / (1 - r)), of a quotient a / b as log(a / (b - a))."""
    return build("log", div(r.args[0] if r.op == "div" else r, _beside_one(r)[0]))


INVERSE = {
    "log": Inverse(lambda r: build("exp", r), lambda r: (), "exponentiate both sides"),
    "exp": Inverse(_log, lambda r: (r,), "take logarithms"),
    "sqrt": Inverse(lambda r: power(r, 2), lambda r: (r,), "square both sides"),
    "sigmoid": Inverse(_log_odds, lambda r: (r, add(ONE, neg(r))), "the log-odds invert the sigmoid"),
    "tanh": Inverse(
        lambda r: mul(num(Fraction(1, 2)), build("log", div(add(ONE, r), add(ONE, neg(r))))),
        lambda r: (add(ONE, r), add(ONE, neg(r))),
        "invert the hyperbolic tangent",
    ),
    "softplus": Inverse(
        lambda r: build("log", add(build("exp", r), num(-1))), lambda r: (r,), "invert the softplus"
    ),
}
