"""Log-densities and divergences written out: the rows of `derive.rules.densities`, at every place."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from derive.errors import NotDerived
from derive.notation.derivation import Line, Reason, Step
from derive.notation.text import text
from derive.rewrite.chance import Randomness
from derive.rewrite.depend import graph_of
from derive.rewrite.reasons import joined
from derive.rewrite.tidy import tidy
from derive.rules import densities
from derive.rules.row import Rule
from derive.tree.nodes import Node, contains
from derive.vocabulary.build import transform
from derive.vocabulary.scope import Scope

DENSITIES = frozenset({"logpdf", "kl"})


@cache
def _rules() -> dict[str, tuple[Rule, ...]]:
    rows: dict[str, list[Rule]] = defaultdict(list)
    for rule in densities.ROWS:
        rows[rule.sides[0].op].append(rule)
    return {op: tuple(found) for op, found in rows.items()}


def written_out(left: Node, node: Node, scope: Scope) -> tuple[list[Line], Node]:
    """One line in which every density is its formula; none where there is no density."""
    if not contains(node, lambda n: n.op in DENSITIES):
        return [], node
    setting = Randomness(scope, graph_of(scope))
    steps: list[Step] = []
    reasons: list[Reason] = []

    def formula(n: Node) -> Node:
        if n.op not in DENSITIES:
            return n
        for rule in _rules()[n.op]:
            new = rule.apply(n, setting)
            if new is not None:
                steps.append(Step(rule.name, n, new))
                reasons.append(rule.reason())
                return new
        raise NotDerived(f"no rule for {text(n)}")

    new = tidy(transform(node, formula))
    return [Line(left, new, joined(reasons), steps=tuple(steps))], new
