"""Which rows of `derive.rules.expectation` fit a moment, and moments with values or bodies put in."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from derive.errors import ShapeError
from derive.rewrite.chance import Randomness
from derive.rules import densities, expectation
from derive.rules.row import Rule
from derive.tree.nodes import Node, Range
from derive.vocabulary.build import rename_bound, transform

SCALING = frozenset(  # rows that one line may use side by side
    {
        "variance of a multiple",
        "variance of a quotient",
        "covariance of a multiple",
        "covariance of a quotient",
        "linearity of the covariance",
    }
)
LATE = frozenset(rule.statement for rule in expectation.LATE)


@cache
def rows(grade: str) -> dict[str, tuple[Rule, ...]]:
    rows: dict[str, list[Rule]] = defaultdict(list)
    for rule in (*expectation.ROWS, *densities.EXPECTATIONS):
        if ("late" if rule.statement in LATE else rule.grade) == grade:
            rows[rule.sides[0].op].append(rule)
    return {op: tuple(found) for op, found in rows.items()}


def applied(rule: Rule, node: Node, setting: Randomness) -> Node | None:
    """The right side of a row; None where it does not fit, by shape or otherwise."""
    try:
        return rule.apply(node, setting)
    except ShapeError:
        return None


def replaced(node: Node, values: dict[Node, Node]) -> Node:
    """Moments by their values, innermost first."""
    return transform(node, lambda n: values.get(n, n))


def opened_in(node: Node, bodies: dict[Node, Node], taken: frozenset[str]) -> Node:
    """Names opened; sums in their bodies run over indices that are not `taken` around them."""
    own = {
        name: transform(body, lambda n: rename_bound(n, taken) if isinstance(n.data, Range) else n)
        for name, body in bodies.items()
    }
    return transform(node, lambda n: own.get(n, n))
