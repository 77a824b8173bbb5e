"""argmin and argmax on an instance: Newton's method on the evaluator's own derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.constrained import INNER, NoExtremum, constrained
from derive.notation.differentiate import basis, derivative, second_derivative
from derive.notation.environment import Environment, Key
from derive.tree.nodes import Node
from derive.vocabulary.constraints import constraints_of
from derive.vocabulary.domains import DOMAINS

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any
At = Mapping[str, int]
STARTS = 6
STEPS = 60
ROUNDING = 1e-9  # of two values of the function near its minimum
OUTSIDE = "the stationary point lies where the variable may not lie"
FAR = 1e4  # from the start: there a function that only flattens looks stationary
LEVELLED = 1e-4  # of the curvature at the start: a function with less only flattens towards infinity
FLAT = 1e-11  # gradient norm of a minimiser, relative to the curvature


def argmin(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    return _extremum(ev, node, env, at, 1.0)


def argmax(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    return _extremum(ev, node, env, at, -1.0)


def _extremum(ev: Evaluator, node: Node, env: Environment, at: At, sign: float) -> Array:
    """The strict minimiser of sign * f. NotEvaluated: none found, or f is flat there."""
    if node.args[1].op != "sym":
        raise NotEvaluated(f"{node.op} is evaluated in one name")
    body, x = node.args[:2]
    key = ev.key(x, env, at)
    plain = env
    while plain.parent is not None and (plain.depth or plain.is_complex):
        plain = plain.parent
    start = ev.evaluate(x, plain, at)
    directions = free_directions(start, x.symbol.facts)
    constraints, inside = constraints_of(node), domain_of(ev, x)
    is_positive = bool(x.symbol.facts & {"positive", "simplex"})
    if constraints and plain is not env:
        raise NotEvaluated("a constrained minimiser inside a derivative is not evaluated")
    try:
        if constraints:
            found = constrained(ev, body, key, constraints, start, directions, env, at, sign, is_positive)
        else:
            found = _search(ev, body, key, start, directions, plain, at, sign, inside)
        if not inside(found):
            raise NoExtremum(OUTSIDE)
    except NoExtremum as error:
        error.what = "minimum" if sign > 0 else "maximum"
        raise
    return found if plain is env else _polish(ev, body, key, found, directions, env, at)


def flat_point(ev: Evaluator, body: Node, x: Node) -> Array:
    """A stationary point of f where the variable may lie; others may stand beside it. NotEvaluated: none found."""
    key, inside = ev.key(x, ev.root, ev.outer), domain_of(ev, x)
    start = ev.evaluate(x, ev.root, ev.outer)
    directions = free_directions(start, x.symbol.facts)
    missing = NotEvaluated("no stationary point was found")
    for sign in (1.0, -1.0):
        try:
            return _search(ev, body, key, start, directions, ev.root, ev.outer, sign, inside, strict=False)
        except NotEvaluated as error:
            missing = error
    raise missing


Inside = Callable[[Array], bool]


def domain_of(ev: Evaluator, x: Node) -> Inside:
    """Whether a value has the facts of the variable and lies in its interval."""
    facts = [DOMAINS[fact] for fact in x.symbol.facts if fact in DOMAINS]
    declared = ev.scope.declarations.get(x.symbol.name)
    low, high = -np.inf, np.inf
    if declared is not None and declared.interval is not None:
        low, high = (float(ev.evaluate(end, ev.root, ev.outer).flat[0]) for end in declared.interval)

    def inside(value: Array) -> bool:
        value = np.real(value)
        return bool(low < value.min() and value.max() < high and all(f.holds(value) for f in facts))

    return inside


def free_directions(value: Array, facts: frozenset[str]) -> Array:
    """Unit directions; of a symmetric (diagonal) variable the symmetric (diagonal) ones."""
    rows, columns = value.shape[-2:]
    if "diagonal" in facts:
        return basis(rows, columns)[:: rows + 1]
    if not facts & {"symmetric", "spd"}:
        return basis(rows, columns)
    return np.stack(
        [(e + e.T) / 2 for e in basis(rows, columns) if np.argwhere(e)[0][0] <= np.argwhere(e)[0][1]]
    )


def _search(
    ev: Evaluator,
    body: Node,
    key: Key,
    start: Array,
    directions: Array,
    env: Environment,
    at: At,
    sign: float,
    inside: Inside,
    strict: bool = True,
) -> Array:
    """Damped Newton steps from a few starts, in one plain environment, where the variable may lie."""

    def height(x: Array) -> float:
        if not inside(x):
            return np.nan
        return sign * float(np.real(ev.evaluate(body, Environment(env, {key: x}), at))[0, 0])

    def slope(x: Array) -> Array:
        return sign * derivative(
            ev, body, key, x, directions, Environment(env, {key: x}), at, settled=False
        ).reshape(-1)

    def curvature(x: Array) -> Array:
        second = second_derivative(
            ev, body, key, x, directions, Environment(env, {key: x}), at, settled=False
        )
        return sign * second.reshape(len(directions), -1)

    random = ev.instance.random("starts", key)
    missing: NotEvaluated = NotEvaluated("no minimiser was found")
    for attempt in range(STARTS):
        moved = start * random.uniform(0.4, 1.8) + 0.1 * attempt * (start * 0 + 1)
        x = INNER[attempt](start) if attempt < len(INNER) else moved
        try:
            x, values = _newton(x, directions, height, slope, curvature)
        except NotEvaluated as error:
            missing = missing if isinstance(missing, NoExtremum) else error
            continue
        if values.min() > 1e-7 * values.max():
            return x
        if not strict and np.abs(values).max() > LEVELLED * np.abs(curvature(start)).max():
            return x
        is_flat = values.min() > -1e-7 * values.max()
        missing = NoExtremum("the minimiser is not strict" if is_flat else "no minimiser was found")
    raise missing


def _newton(
    x: Array,
    directions: Array,
    height: Callable[[Array], float],
    slope: Callable[[Array], Array],
    curvature: Callable[[Array], Array],
) -> tuple[Array, Array]:
    """A stationary point and the eigenvalues of the Hessian there."""
    level, gradient, far = height(x), slope(x), FAR * max(1.0, float(np.abs(x).max()))
    if not np.isfinite(level):
        raise NotEvaluated("a value is not finite")
    for _ in range(STEPS):
        if not (np.isfinite(level) and np.isfinite(gradient).all()):
            break
        hessian = curvature(x)
        if not np.isfinite(hessian).all() or np.abs(x).max() > far:
            break
        values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        floor = 1e-9 * max(np.abs(values).max(), 1e-12)
        flat = FLAT * max(1.0, np.abs(values).max())
        if np.abs(gradient).max() <= flat:
            return x, values
        step = -vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), floor))
        for halving in range(30):
            new = x + np.tensordot(step * 0.5**halving, directions, 1)
            new_level, new_gradient = height(new), slope(new)
            smaller = np.isfinite(new_gradient).all() and np.abs(new_gradient).max() < np.abs(gradient).max()
            smaller = smaller and new_level <= level + ROUNDING * max(1.0, abs(level))
            if np.isfinite(new_level) and (new_level < level or smaller):
                break
        else:
            if np.abs(gradient).max() <= 1e3 * flat:
                return x, values
            break
        x, level, gradient = new, new_level, new_gradient
    raise NoExtremum("no minimiser was found")


def _polish(
    ev: Evaluator, body: Node, key: Key, x: Array, directions: Array, env: Environment, at: At
) -> Array:
    """Newton steps in a batched or complex environment, from the minimiser of the plain one."""
    for _ in range(12):
        here = Environment(env, {key: x}, env.depth, env.is_complex)
        gradient = np.moveaxis(
            derivative(ev, body, key, x, directions, here, at, settled=False)[..., 0, 0], 0, -1
        )
        hessian = np.moveaxis(
            second_derivative(ev, body, key, x, directions, here, at, settled=False), (0, 1), (-2, -1)
        )
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        x = x - np.tensordot(step, directions, 1)
        if np.abs(np.real(step)).max() <= 1e-10 * max(1.0, np.abs(np.real(x)).max()):
            return x
    raise NotEvaluated("no minimiser was found")
