"""A generated program against the interpreter: both run on the same random instances."""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.check.coded import run_function
from derive.check.runs import NEEDED, SEEDS, arguments, scope_of
from derive.errors import NotEvaluated
from derive.notation.derivation import Verdict
from derive.notation.evaluate import Evaluator
from derive.notation.instance import draw
from derive.notation.interpret import Interpreter
from derive.notation.numpy_code import identifier
from derive.notation.statements import Function
from derive.tree.nodes import Shape
from derive.vocabulary.scope import Scope

Array = Any
TOLERANCE = 1e-9


def agrees(function: Function, text: str, scope: Scope) -> Verdict:
    """Whether the program returns what the statements mean."""
    here = scope_of(function, scope)
    method = f"running the program {function.name} beside its meaning, on random instances"
    errors: list[float] = []
    reason = ""
    for seed in SEEDS:
        try:
            evaluator = Evaluator(here, draw(here, frozenset(), seed))
            nodes = arguments(function, scope)
            values = tuple(evaluator.value(a) for a in nodes)
            wanted = Interpreter(evaluator).call(function, values)
            given = tuple(plain(v, n.shape) for v, n in zip(values, nodes, strict=True))
            found = standard(run_function(text, identifier(function.name), given), function.result)
        except NotEvaluated as error:
            reason = error.message
            if "does not run" in reason:
                return Verdict("fails", method, len(errors) + 1, reason=reason)
            continue
        if found.shape != wanted.shape:
            return Verdict(
                "fails", method, len(errors) + 1, reason=f"shapes {found.shape} and {wanted.shape}"
            )
        scale = max(1.0, float(np.max(np.abs(wanted))))
        error_ = float(np.max(np.abs(found - wanted))) / scale
        if not error_ <= TOLERANCE:
            return Verdict("fails", method, len(errors) + 1, error_, f"the values differ by {error_:.2g}")
        errors.append(error_)
    if len(errors) < NEEDED:
        return Verdict("not-checked", method, len(errors), reason=reason or "no instance")
    return Verdict("holds", method, len(errors), max(errors))


def plain(value: Array, shape: Shape) -> Array:
    """A value as a program takes it: numbers, 1-D vectors, matrices."""
    if shape.is_scalar:
        number = float(value.flat[0])
        return int(number) if number.is_integer() else number
    return value.reshape(-1) if shape.kind in ("vector", "row") else value


def standard(value: Array, shape: Shape) -> Array:
    """What a program returns as (rows, columns)."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, tuple):
        return np.concatenate([standard(v, shape).reshape(-1, 1) for v in value])
    array = np.asarray(value, dtype=float)
    if shape.kind == "row":
        return array.reshape(1, -1)
    return array.reshape(-1, 1) if array.ndim < 2 else array
