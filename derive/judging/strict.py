"""Strict inequalities: what the checker says of `<=`, and the two sides are nowhere equal on the instances."""

from __future__ import annotations

from typing import Container, Iterable, Sequence

import numpy as np

from derive.check.judge import Checker, Ranges
from derive.check.telling import told
from derive.errors import DeriveError
from derive.judging.definite import At, instances
from derive.notation.derivation import Verdict
from derive.notation.evaluate import Evaluator
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import add, build, neg

STRICT = {"<": "<=", ">": ">="}
SIGNS = {"<": 1, "<=": 1, ">": -1, ">=": -1}  # of right - left
SEEDS = range(20)
NEEDED = 3
EQUAL = 1e-12  # relative
TOUCHES = "the two sides are equal in some direction"
ROUNDING = 1e-9  # of a direction that is found numerically


def apart(
    checker: Checker,
    left: Node,
    relation: str,
    right: Node,
    ranges: Ranges,
    at: At,
    given: tuple[Node, ...],
    loose: Verdict,
    anything: Sequence[Node] = (),
) -> Verdict:
    """`loose` is the verdict on the inequality that allows equality. It is also tried in the direction in which the
    two sides are nearest, for each name that may be any vector."""
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
        if any(_touches(plain, left, relation, right, v, scale) for v in anything):
            return Verdict("fails", loose.method, found + 1, reason=TOUCHES)
        found += 1
    if found < NEEDED:
        return Verdict("not-checked", loose.method, found, reason="too few instances have values")
    return loose


def vectors_among(sides: Iterable[Node], names: Container[str]) -> tuple[Node, ...]:
    """The vectors in a line that are among some names."""
    found = (n for side in sides for n in walk(side) if n.op == "sym" and n.shape.kind == "vector")
    return tuple(dict.fromkeys(n for n in found if n.symbol.name in names))


def _touches(plain: Evaluator, left: Node, relation: str, right: Node, v: Node, scale: float) -> bool:
    r"""Whether a quadratic form such as v^\top A v has a direction in which the inequality is none."""
    apart_ = add(right, neg(left)) if SIGNS[relation] > 0 else add(left, neg(right))
    try:
        values, directions = np.linalg.eigh(np.real(plain.value(build("hessian", apart_, v))))
        length = float(np.linalg.norm(plain.value(v)))
        there = Evaluator(plain.scope, plain.instance, None, plain.anatomy)
        there.root.pin(plain.key(v, plain.root, plain.outer), length * directions[:, :1])
        return float(np.real(there.value(apart_)).min()) <= ROUNDING * scale
    except (DeriveError, RecursionError, np.linalg.LinAlgError, ValueError):
        return False


__all__ = ["SIGNS", "STRICT", "apart", "vectors_among"]
