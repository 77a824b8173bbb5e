"""Derivatives on an instance: complex steps, all directions in one batch; 5-point differences where a
complex step is already under way or the expression refuses complex points.

Error of a complex step: rounding only. Of a 5-point difference of width h = 1e-3: about 1e-12 relative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.environment import Environment, Key
from derive.notation.extents import TOO_LARGE
from derive.tree.nodes import Node
from derive.vocabulary.build import TABLE

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any
At = Mapping[str, int]
Held = Mapping[Key, Array]

MOST_DIRECTIONS = 600
MOST_WORK = 10_000_000  # entries of the largest value, in all directions
STEP = 1e-30
WIDTH = 1e-3
OFFSETS = (-4.0, -2.0, -1.0, 1.0, 2.0, 4.0)
COEFFICIENTS = (1 / 12, -8 / 12, 8 / 12, -1 / 12)  # (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h
NOTHING = 1e-6  # below this a difference is rounding
SETTLED = 1e-7  # how well the rules of widths h and 2h agree, or the difference has no value


def derivative(
    ev: Evaluator,
    body: Node,
    key: Key,
    base: Array,
    directions: Array,
    env: Environment,
    at: At,
    held: Held | None = None,
    name: object = None,
    settled: bool = True,
) -> Array:
    """d/ds body where the name `key` is base + s direction, for K directions at once: (K, *batch, rows,
    columns).

    `name` identifies the perturbation, so that all derivatives along it share one environment and its memo.
    """
    exact = not env.is_complex and ev.anatomy.is_holomorphic(body)
    child = env.children.get((name, exact)) if name is not None else None
    if child is None:
        spread = _spread(directions, env)
        moved = base + 1j * STEP * spread if exact else _stencil(base, spread)
        child = Environment(env, {key: moved, **(held or {})}, env.depth + 1, env.is_complex or exact)
        if name is not None:
            env.children[name, exact] = child
    if ev.largest(body, at) * len(directions) * (1 if exact else len(OFFSETS)) > MOST_WORK:
        raise NotEvaluated(TOO_LARGE)
    value = ev.evaluate(body, child, at)
    if value.ndim < env.depth + 3:  # the new batch axis is missing: no dependence
        return np.zeros((len(directions), *(1,) * env.depth, *value.shape[-2:]))
    if exact:
        return np.where(np.isfinite(np.real(value)), np.imag(value) / STEP, np.nan)
    return _difference(value.reshape(len(OFFSETS), -1, *value.shape[1:]), base, settled)


def second_derivative(
    ev: Evaluator,
    body: Node,
    key: Key,
    base: Array,
    directions: Array,
    env: Environment,
    at: At,
    held: Held | None = None,
    settled: bool = True,
) -> Array:
    """(K, K, *batch) of a scalar: 5-point differences of complex-step derivatives; for Newton's method (not
    `settled`) plain central ones, which are enough to get there."""
    count, offsets = len(directions), OFFSETS if settled else (-1.0, 1.0)
    moved = _stencil(base, _spread(directions, env), offsets)
    if ev.largest(body, at) * len(moved) * count > MOST_WORK:
        raise NotEvaluated(TOO_LARGE)
    child = Environment(env, {key: moved, **(held or {})}, env.depth + 1, env.is_complex)
    slopes = derivative(ev, body, key, moved, directions, child, at)[..., 0, 0]
    slopes = np.broadcast_to(slopes, (count, len(offsets) * count, *slopes.shape[2:]))
    parts = np.moveaxis(slopes.reshape(count, len(offsets), count, *slopes.shape[2:]), 1, 0)
    return _difference(parts, base) if settled else (parts[1] - parts[0]) / (2 * _width(base))


def _spread(directions: Array, env: Environment) -> Array:
    """(K, 1 for each batch axis, rows, columns)."""
    return directions.reshape(len(directions), *(1,) * env.depth, *directions.shape[1:])


def _stencil(base: Array, spread: Array, offsets: tuple[float, ...] = OFFSETS) -> Array:
    return np.concatenate([base + offset * _width(base) * spread for offset in offsets])


def _width(base: Array) -> float:
    return WIDTH * max(1.0, float(np.max(np.abs(np.real(base)))))


def _difference(parts: Array, base: Array, settled: bool = True) -> Array:
    """The 5-point rule over the first axis, for values at `_stencil(base, ...)`."""
    near, far = parts[1:5], (parts[0], parts[1], parts[4], parts[5])
    narrow = sum(c * part for c, part in zip(COEFFICIENTS, near, strict=True)) / _width(base)
    wide = sum(c * part for c, part in zip(COEFFICIENTS, far, strict=True)) / (2 * _width(base))
    apart, size = np.max(np.abs(narrow - wide), initial=0.0), np.max(np.abs(narrow), initial=0.0)
    unclear = settled and not apart <= SETTLED * max(size, NOTHING)
    return np.full_like(narrow, np.nan) if unclear else narrow


def basis(rows: int, columns: int) -> Array:
    """All unit directions of an array, (rows * columns, rows, columns)."""
    return np.eye(rows * columns).reshape(-1, rows, columns)


# ---------------------------------------------------------------- verbs


def variable(ev: Evaluator, x: Node, env: Environment, at: At) -> tuple[Key, Array, Array, tuple[int, int]]:
    """The name to perturb, its value, the directions (all entries, or those `x` picks) and their layout."""
    target = x.args[0] if x.op == "entry" else x
    if target.op != "sym":
        raise NotEvaluated("a derivative is taken in a name")
    base = ev.evaluate(target, env, at)
    rows, columns = base.shape[-2:]
    if rows * columns > MOST_DIRECTIONS:
        raise NotEvaluated(TOO_LARGE)
    directions = basis(rows, columns)
    if x.op == "entry":
        numeric = TABLE["entry"].numeric
        assert numeric is not None
        places = np.arange(float(rows * columns)).reshape(rows, columns)
        picked = numeric(ev, x, places, *(ev.evaluate(a, env, at) for a in x.args[1:]))
        rows, columns = picked.shape
        directions = directions[picked.ravel().astype(int)]
    return ev.key(target, env, at), base, directions, (rows, columns)


def held_fixed(
    ev: Evaluator, nodes: tuple[Node, ...], env: Environment, at: At, free: Key
) -> dict[Key, Array]:
    """Held names at their unperturbed values."""
    found: dict[Key, Array] = {}
    for node in nodes:
        if node.op != "sym":
            raise NotEvaluated("only names are held fixed")
        key = ev.key(node, env, at)
        if key != free:
            found[key] = ev.evaluate(node, env, at)
    return found


def _along(ev: Evaluator, node: Node, env: Environment, at: At) -> tuple[Array, tuple[int, int]]:
    """The derivatives of args[0] in all entries of args[1], the rest held; and the layout of args[1]."""
    body, x, *rest = node.args
    key, base, directions, layout = variable(ev, x, env, at)
    held = held_fixed(ev, tuple(rest), env, at, key)
    name = ("along", key, None if x.op == "sym" else directions.tobytes(), tuple(sorted(held)))
    return derivative(ev, body, key, base, directions, env, at, held, name), layout


def gradient(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    slopes, layout = _along(ev, node, env, at)
    return np.moveaxis(slopes[..., 0, 0], 0, -1).reshape(*slopes.shape[1:-2], *layout)


def jacobian(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    slopes, _ = _along(ev, node, env, at)
    return slopes[0] if node.args[1].shape.is_scalar else np.moveaxis(slopes[..., 0], 0, -1)


def hessian(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    body, x, *rest = node.args
    key, base, directions, _ = variable(ev, x, env, at)
    held = held_fixed(ev, tuple(rest), env, at, key)
    return np.moveaxis(second_derivative(ev, body, key, base, directions, env, at, held), (0, 1), (-2, -1))


def differential(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    """d(e): the derivative along one random direction of the chain's variable, held names fixed."""
    if ev.wrt is None:
        raise NotEvaluated("d(...) needs the variable of its chain")
    key, base, directions, _ = variable(ev, ev.wrt, env, ev.outer)
    held = held_fixed(ev, node.args[1:], env, at, key)
    amounts = ev.instance.random("direction", key).standard_normal(len(directions))
    direction = np.tensordot(amounts, directions, 1)[None]
    name = ("differential", key, tuple(sorted(held)))
    return derivative(ev, node.args[0], key, base, direction, env, at, held, name)[0]
