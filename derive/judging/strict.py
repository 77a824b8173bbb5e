"""Strict inequalities: what the checker says of `<=`, and the two sides are nowhere equal on the instances."""

from __future__ import annotations

import numpy as np

from derive.check.judge import Checker, Ranges
from derive.check.telling import told
from derive.errors import DeriveError
from derive.judging.definite import At, instances
from derive.notation.derivation import Verdict
from derive.tree.nodes import Node

STRICT = {"<": "<=", ">": ">="}
SIGNS = {"<": 1, "<=": 1, ">": -1, ">=": -1}  # of right - left
SEEDS = range(20)
NEEDED = 3
EQUAL = 1e-12  # relative


def apart(
    checker: Checker,
    left: Node,
    relation: str,
    right: Node,
    ranges: Ranges,
    at: At,
    given: tuple[Node, ...],
    loose: Verdict,
) -> Verdict:
    """`loose` is the verdict on the inequality that allows equality."""
    if loose.status not in ("holds", "not-checked"):
        return loose
    found = 0
    for plain in instances(checker, ranges, at, given, SEEDS):
        try:
            a, b = (np.real(plain.value(side)) for side in (left, right))
        except (DeriveError, RecursionError):
            continue
        scale = max(float(np.abs(a).max()), float(np.abs(b).max()))
        if float((SIGNS[relation] * (b - a)).min()) <= EQUAL * scale:
            shown = told(plain, left, right, None)
            reason = "the two sides may be equal"
            return Verdict("fails", loose.method, found + 1, reason=reason, counterexample=shown)
        found += 1
    if found < NEEDED:
        return Verdict("not-checked", loose.method, found, reason="too few instances have values")
    return loose


__all__ = ["SIGNS", "STRICT", "apart"]
