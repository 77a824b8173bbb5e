"""Lines about data whose values overflow as floats, evaluated again in 50 digits with any exponent.

The same evaluator over SymPy numbers, as in `second_opinion`; SymPy is imported where it is needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from derive.check.second_opinion import ExactEvaluator
from derive.errors import NotEvaluated
from derive.notation.anatomy import Anatomy
from derive.notation.environment import Key
from derive.notation.evaluate import Instance
from derive.tree.nodes import Node
from derive.vocabulary.asked import MOMENTS, SOUGHT
from derive.vocabulary.scope import Scope

Array = Any
OVERFLOW = "a value is not finite"
SECONDS = 3.0


def values(
    scope: Scope,
    instance: Instance,
    anatomy: Anatomy,
    left: Node,
    right: Node,
    as_drawn: Mapping[Key, Array] | None = None,
) -> tuple[Array, Array, bool]:
    """Both sides as floats, of values drawn again unless they are given `as_drawn`;
    where they are no floats either, as multiples of the largest entry, and True."""
    from derive.tree.exact import WideSpace

    if {op for op, _ in anatomy.verbs(left, right)} & (MOMENTS | SOUGHT | {"d"}):
        raise NotEvaluated(OVERFLOW)
    fresh = Instance(scope, instance.seed, instance.sizes, instance.indices, dict(as_drawn or {}))
    evaluator = ExactEvaluator(scope, fresh, _until(SECONDS))
    evaluator.xp, evaluator._exact = WideSpace(), lambda given, facts: WideSpace.exact(given)
    try:
        with np.errstate(all="ignore"):
            a, b = (evaluator.evaluate(n, evaluator.root, evaluator.outer) for n in (left, right))
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        raise NotEvaluated(OVERFLOW) from None
    floats = [WideSpace.floats(x) for x in (a, b)]
    if any(np.isnan(x).any() for x in floats):
        raise NotEvaluated(OVERFLOW)
    if all(np.isfinite(x).all() for x in floats):
        return floats[0], floats[1], False
    scale = max(abs(x) for side in (a, b) for x in side.ravel())
    return WideSpace.floats(a / scale), WideSpace.floats(b / scale), True


def _until(seconds: float) -> Callable[[], None]:
    end = time.process_time() + seconds

    def between() -> None:
        if time.process_time() > end:
            raise NotEvaluated(OVERFLOW)

    return between
