"""Counterexamples to an inequality: extreme values of its names, then small steps from those nearest to breaking it.

A violation counts when 50 digits confirm it; where these have no value, when it is far above what values that
differ in their last digits change. Random values of moderate size rarely break a wrong inequality.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Iterator

import numpy as np

from derive.check import wide
from derive.errors import NotEvaluated
from derive.notation.environment import Key
from derive.notation.evaluate import Evaluator, Instance, draw
from derive.tree.nodes import Node
from derive.vocabulary.extremes import MANNERS, inside, keeping

if TYPE_CHECKING:
    from derive.check.judge import Checker, Setting, Trial

Array = Any
Found = tuple[Evaluator, "Trial"]

INEQUALITIES = {"<=": 1.0, ">=": -1.0}  # the sign of left - right where it is broken
SEEDS = (0, 1)  # of each manner
STARTS, STEPS = 3, 40
SECONDS = 0.5  # of computing, for a line that is slow to evaluate
TOLERANCE = 1e-8  # of a violation, relative to the sides
JITTER, JITTERS, CLEAR = 4e-15, 6, 100.0


def violation(checker: Checker, left: Node, relation: str, right: Node, setting: Setting) -> Found | None:
    """An instance on which the inequality is wrong, with its values."""
    sign = INEQUALITIES[relation]
    end = time.process_time() + SECONDS
    seen: list[tuple[float, Instance]] = []

    def look(instance: Instance, part: int) -> tuple[float, Found | None]:
        """How near the instance is to breaking it, and the violation."""
        tried = checker.attempt(instance, left, relation, right, setting)
        if tried is None:
            return -np.inf, None
        evaluator, trial, (a, b) = tried
        if trial.error is not None and not trial.error <= TOLERANCE:
            if confirmed(checker, evaluator, left, relation, right, setting):
                return np.inf, (evaluator, trial)
            return -np.inf, None
        apart = sign * (a - b)
        relative = apart / (np.abs(a) + np.abs(b) + np.finfo(float).tiny)
        return float(np.max(apart if part else relative)), None

    for instance in _extreme(checker, setting):
        nearness, found = look(instance, part=0)
        if found is not None:
            return found
        if np.isfinite(nearness):
            seen.append((nearness, instance))
        if time.process_time() > end:
            return None
    seen.sort(key=lambda pair: -pair[0])
    for start, (_, instance) in enumerate(seen[:STARTS]):
        now, _ = look(instance, start % 2)
        random = np.random.default_rng([start, 30])
        for _ in range(STEPS):
            moved = _moved(instance, random)
            then, found = look(moved, start % 2)
            if found is not None:
                return found
            if then > now:
                now, instance = then, moved
            if time.process_time() > end:
                return None
    return None


def _extreme(checker: Checker, setting: Setting) -> Iterator[Instance]:
    free = {**checker.ranges, **setting.ranges}
    for manner in MANNERS:
        for seed in SEEDS:
            try:
                drawn = draw(checker.scope, frozenset(), seed, free, roomy=seed > 0)
            except NotEvaluated:
                continue
            yield replace(drawn, manner=manner)


def _moved(instance: Instance, random: np.random.Generator) -> Instance:
    """The instance with one name, or one entry of it, at other values that keep its facts."""
    values = dict(instance.values)
    own = [key for key in values if _is_free(instance, key)]
    if not own:
        return instance
    key = own[int(random.integers(len(own)))]
    old = values[key]
    size = float(np.max(np.abs(old))) or 1.0
    step = random.standard_normal(old.shape) * size * 10.0 ** random.uniform(-3, 0.5)
    way = int(random.integers(4))
    if way == 0:
        new = old + step
    elif way == 1:
        new = old * 2.0 ** random.uniform(-3, 3)
    else:
        new = old.copy()
        place = int(random.integers(old.size))
        others = values[own[int(random.integers(len(own)))]]
        new.flat[place] = old.flat[place] + step.flat[place] if way == 2 else others.flat[place % others.size]
    declared = instance.scope.declarations[key[0]]
    if key in instance.ends:
        values[key] = inside(*instance.ends[key], new)
    else:
        values[key] = keeping(declared.facts, new, old)
    return replace(instance, values=values)


def _is_free(instance: Instance, key: Key) -> bool:
    """Whether a value is the search's to choose: no data, no outcome, no whole number of a range."""
    declared = instance.scope.declarations.get(key[0])
    if declared is None or declared.law is not None or declared.integers is not None:
        return False
    return not any(name.partition("[")[0] == key[0] for name in instance.scope.data)


# ---------------------------------------------------------------- rounding


def confirmed(
    checker: Checker, evaluator: Evaluator, left: Node, relation: str, right: Node, setting: Setting
) -> bool:
    """Whether a violation is one of the numbers and not of their rounding."""
    sign, instance = INEQUALITIES[relation], evaluator.instance
    if not _stands_jitter(checker, evaluator, left, right, sign, setting):
        return False
    try:
        a, b, _ = wide.values(checker.scope, instance, checker.anatomy, left, right, instance.values)
    except NotEvaluated:
        return True
    scale = float(np.max(np.maximum(np.abs(a), np.abs(b))))
    return float(np.max(sign * (a - b))) > TOLERANCE * scale


def _stands_jitter(
    checker: Checker, evaluator: Evaluator, left: Node, right: Node, sign: float, setting: Setting
) -> bool:
    a, b = evaluator.value(left), evaluator.value(right)
    worst = int(np.argmax(sign * (a - b)))
    apart = float((sign * (a - b)).flat[worst])
    for seed in range(JITTERS):
        random = np.random.default_rng([seed, 40])
        near = {
            key: value * (1 + JITTER * random.standard_normal(value.shape))
            if _is_free(evaluator.instance, key)
            else value
            for key, value in evaluator.instance.values.items()
        }
        other = Evaluator(
            checker.scope, replace(evaluator.instance, values=near), setting.wrt, checker.anatomy
        )
        try:
            there = sign * (other.value(left) - other.value(right))
        except NotEvaluated:
            return False
        if abs(float(there.flat[worst]) - apart) * CLEAR > apart:
            return False
    return True
