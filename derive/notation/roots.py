"""solve(a == b, x) on an instance: Newton's method from a few starts; the solution must be the only one found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.differentiate import derivative
from derive.notation.environment import Environment, Key
from derive.notation.minimise import domain_of, free_directions
from derive.tree.nodes import Node

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any
At = Mapping[str, int]
STARTS, STEPS = 12, 60
FLAT = 1e-11
SAME = 1e-7  # of two solutions


def solve(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    """The only x with a == b that has the facts of x."""
    equation, x = node.args
    if x.op != "sym":
        raise NotEvaluated("an equation is solved for one name")
    if env.parent is not None and (env.depth or env.is_complex):
        raise NotEvaluated("the solution of an equation inside a derivative is not evaluated")
    key = ev.key(x, env, at)
    start = np.real(ev.evaluate(x, env, at))
    directions, inside = free_directions(start, x.symbol.facts), domain_of(ev, x)
    random = ev.instance.random("roots", key)
    found: list[Array] = []
    for attempt in range(STARTS):
        moved = start if attempt == 0 else start * random.uniform(-2.5, 2.5, start.shape)
        moved = moved if inside(moved) else start * random.uniform(0.3, 2.5)
        root = _newton(ev, equation, key, moved, directions, env, at)
        if root is not None and inside(root):
            found.append(root)
    if not found:
        raise NotEvaluated("no solution was found")
    size = max(1.0, float(np.abs(found[0]).max()))
    if any(np.abs(other - found[0]).max() > SAME * size for other in found[1:]):
        raise NotEvaluated("the equation has several solutions")
    return found[0]


def _newton(
    ev: Evaluator, equation: Node, key: Key, x: Array, directions: Array, env: Environment, at: At
) -> Array | None:
    def excess(point: Array) -> Array:
        return np.real(ev.evaluate(equation, Environment(env, {key: point}), at)).ravel()

    value = excess(x)
    for _ in range(STEPS):
        if not np.isfinite(value).all():
            return None
        here = Environment(env, {key: x})
        slopes = derivative(ev, equation, key, x, directions, here, at, settled=False)
        slopes = slopes.reshape(len(directions), -1).T
        if not np.isfinite(slopes).all() or np.linalg.matrix_rank(slopes) < len(directions):
            return None
        step = -np.linalg.lstsq(slopes, value, rcond=None)[0]
        if np.abs(step).max() <= FLAT * max(1.0, np.abs(x).max()):
            return x if np.abs(value).max() <= 1e-8 * max(1.0, np.abs(slopes).max()) else None
        for halving in range(40):
            new = x + np.tensordot(step * 0.5**halving, directions, 1)
            after = excess(new)
            if np.isfinite(after).all() and np.abs(after).max() < np.abs(value).max():
                break
        else:
            return x if np.abs(value).max() <= 1e-9 * max(1.0, np.abs(slopes).max()) else None
        x, value = new, after
    return None
