"""The smallest instance on which a line fails, in whole numbers where the facts of the symbols allow them."""

from __future__ import annotations

from typing import Any, Callable, Mapping

import numpy as np

from derive.check.judge import TOLERANCE, Checker, Ranges
from derive.check.telling import told
from derive.errors import DeriveError
from derive.judging.definite import At, is_positive, pinned
from derive.judging.strict import SIGNS
from derive.notation.evaluate import Evaluator
from derive.notation.instance import Index, Instance, draw
from derive.tree.nodes import Node
from derive.vocabulary import domains
from derive.vocabulary.scope import Declaration

Array = Any
SEEDS = range(12)
STEPS = (1.0, 0.5, 0.1)  # whole numbers first
CLEAR = 1e-3  # relative: a difference that four digits show


class SmallInstance(Instance):
    """Values are rounded to few digits where what is declared of them still holds."""

    def _drawn(
        self, declared: Declaration, index: Index, at: Mapping[str, int], number: Callable[[Node], float]
    ) -> Array:
        value = super()._drawn(declared, index, at, number)
        for step in STEPS:
            rounded = np.round(2 * value) if step == 1.0 else np.round(value / step) * step
            rounded = np.where(rounded == 0, np.where(value < 0, -step, step), rounded)
            if self._fits(declared, rounded, number):
                return rounded
        return value

    def _fits(self, declared: Declaration, value: Array, number: Callable[[Node], float]) -> bool:
        if declared.integers is not None:
            return False
        if declared.interval is not None:
            low, high = (number(end) for end in declared.interval)
            return bool(np.all((value > low) & (value < high)))
        rows = [domains.DOMAINS.get(fact) for fact in declared.facts]
        return all(row is not None and row.holds(value) for row in rows)


def smallest(
    checker: Checker,
    left: Node,
    right: Node,
    ranges: Ranges,
    wrt: Node | None = None,
    at: At = (),
    given: tuple[Node, ...] = (),
    relation: str = "=",
) -> str | None:
    """`h = 2; t = 1; x = (1, -2); left = 3, right = 4`; None where no small instance tells the sides apart."""
    for seed in SEEDS:
        try:
            drawn = draw(checker.scope, frozenset(), seed, {**checker.ranges, **ranges}, smallest=True)
            instance = SmallInstance(checker.scope, seed, drawn.sizes, drawn.indices)
            evaluator = Evaluator(checker.scope, instance, wrt, checker.anatomy)
            if not all(is_positive(evaluator.value(condition)) for condition in given):
                continue
            evaluator = pinned(checker, evaluator, at) if at else evaluator
            a, b = evaluator.value(left), evaluator.value(right)
        except (DeriveError, RecursionError):
            continue
        if a.shape != b.shape:
            return told(evaluator, left, right, (a, b))
        size = max(float(np.max(np.abs(a))), float(np.max(np.abs(b))), TOLERANCE)
        wrong = SIGNS[relation] * np.real(a - b) if relation in SIGNS else np.abs(a - b)
        if float(np.max(wrong)) > CLEAR * size:
            return told(evaluator, left, right, (a, b))
    return None
