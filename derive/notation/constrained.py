"""Minimisers under equations on an instance: projected Newton steps (sequential quadratic programming).

Along the constraint the step is Newton's, with the absolute curvature of the Lagrangian, so that it leads to a
minimum and to no saddle; across it a Gauss-Newton step restores the constraint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.differentiate import derivative, second_derivative
from derive.notation.environment import Environment, Key
from derive.tree.nodes import Node
from derive.vocabulary.build import add, build, mul, neg, sym

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any
At = Mapping[str, int]
STARTS = 5
STEPS = 80
FLAT = 1e-10
SAME = 1e-6  # of two minimisers


def _definite(x: Array) -> Array:
    rows, columns = x.shape[-2:]
    return x @ np.swapaxes(x, -1, -2) + 0.3 * np.eye(rows) if rows == columns else np.abs(x)


# Where a search starts; after the first in the domains of logarithms: positive, below 1, positive definite.
INNER: tuple[Callable[[Array], Array], ...] = (
    lambda x: x,
    np.abs,
    lambda x: np.abs(x) / (1 + np.abs(x)),
    _definite,
)


class NoExtremum(NotEvaluated):
    """The function has no strict minimum (or maximum, as `what` says) on this instance."""

    what = "minimum"


@dataclass
class Lagrangian:
    """Values and derivatives of `sign * f` and of the constraints, along the directions of the variable."""

    ev: Evaluator
    body: Node
    key: Key
    constraints: tuple[Node, ...]
    directions: Array
    env: Environment
    at: At
    sign: float
    is_positive: bool = False

    def _here(self, x: Array) -> Environment:
        return Environment(self.env, {self.key: x})

    def height(self, x: Array) -> float:
        return self.sign * float(np.real(self.ev.evaluate(self.body, self._here(x), self.at))[0, 0])

    def excess(self, x: Array) -> Array:
        """What the left sides of the constraints have too much, in one long vector."""
        here = self._here(x)
        return np.concatenate([np.real(self.ev.evaluate(c, here, self.at)).ravel() for c in self.constraints])

    def _along(self, node: Node, x: Array) -> Array:
        found = derivative(self.ev, node, self.key, x, self.directions, self._here(x), self.at, settled=False)
        return found.reshape(len(self.directions), -1)

    def slope(self, x: Array) -> Array:
        return self.sign * self._along(self.body, x)[:, 0]

    def jacobian(self, x: Array) -> Array:
        """(constraints, directions)."""
        return np.concatenate([self._along(c, x) for c in self.constraints], axis=1).T

    def curvature(self, x: Array, multipliers: Array) -> Array:
        """The Hessian of `sign * f - multipliers . constraints`."""
        pins, start = {self.key: x}, 0
        total = self.body if self.sign > 0 else neg(self.body)
        for k, c in enumerate(self.constraints):
            name = sym(f"multiplier {k}", c.shape)
            shape = np.shape(self.ev.evaluate(c, self._here(x), self.at))[-2:]
            size = int(np.prod(shape))
            pins[name.symbol.name, ()] = multipliers[start : start + size].reshape(shape)
            start += size
            total = add(total, neg(mul(name, c) if c.shape.is_scalar else build("inner", name, c)))
        here = Environment(self.env, pins)
        found = second_derivative(self.ev, total, self.key, x, self.directions, here, self.at, settled=False)
        found = np.asarray(found).reshape(len(self.directions), -1)
        return (found + found.T) / 2

    def moved(self, x: Array, step: Array) -> Array:
        return x + np.tensordot(step, self.directions, 1)


def constrained(
    ev: Evaluator,
    body: Node,
    key: Key,
    constraints: tuple[Node, ...],
    start: Array,
    directions: Array,
    env: Environment,
    at: At,
    sign: float,
    is_positive: bool = False,
) -> Array:
    """The strict minimiser of sign * f where every constraint holds; of two opposite ones, that whose largest
    entry is positive."""
    work = Lagrangian(ev, body, key, constraints, directions, env, at, sign, is_positive)
    random = ev.instance.random("constrained starts", key)
    found: list[tuple[float, Array]] = []
    missing = NoExtremum("no minimiser was found")
    for attempt in range(STARTS):
        spread = random.uniform(-0.6, 0.6, start.shape) * (np.abs(start) + 0.1)
        work.is_positive = is_positive or attempt == 1
        try:
            x = _newton(work, INNER[attempt](start) if attempt < 2 else start + spread)
        except NoExtremum as error:
            missing = error
            continue
        found.append((work.height(x), x))
    if not found:
        raise missing
    lowest = min(height for height, _ in found)
    scale = max(1.0, abs(lowest))
    best = [x for height, x in found if height <= lowest + SAME * scale]
    return _one_of(best, work)


def _one_of(points: list[Array], work: Lagrangian) -> Array:
    """The only point; of x and -x the one whose largest entry is positive."""
    first = points[0]
    size = max(1.0, float(np.abs(first).max()))
    for other in points[1:]:
        if min(np.abs(other - first).max(), np.abs(other + first).max()) > SAME * size:
            raise NoExtremum("the minimiser is not unique")
    height, mirrored = work.height(first), work.height(-first)
    if np.abs(work.excess(-first)).max() > SAME or not abs(mirrored - height) <= SAME * max(1.0, abs(height)):
        return first
    return first * np.sign(first.flat[np.argmax(np.abs(first))])


def _restored(work: Lagrangian, x: Array) -> Array:
    """A point where the constraints hold, near x and inside the domain of f."""
    for _ in range(STEPS):
        excess, slopes = work.excess(x), work.jacobian(x)
        if not (np.isfinite(excess).all() and np.isfinite(slopes).all()):
            break
        if np.abs(excess).max() <= FLAT:
            return x
        weights = x.ravel() ** 2 if work.is_positive else np.ones(slopes.shape[1])  # keeps away from zero
        step = -weights * (slopes.T @ np.linalg.pinv((slopes * weights) @ slopes.T) @ excess)
        for halving in range(30):
            new = work.moved(x, step * 0.5**halving)
            if np.isfinite(work.height(new)) and np.abs(work.excess(new)).max() < np.abs(excess).max():
                break
        else:
            break
        x = new
    raise NoExtremum("no point satisfies the constraint")


def _newton(work: Lagrangian, x: Array) -> Array:
    """A point where the gradient is a combination of those of the constraints, and the curvature along them is
    positive."""
    x = _restored(work, x)
    for _ in range(STEPS):
        slope, slopes, excess = work.slope(x), work.jacobian(x), work.excess(x)
        if not (np.isfinite(slope).all() and np.isfinite(slopes).all()):
            break
        multipliers = np.linalg.lstsq(slopes.T, slope, rcond=None)[0]
        hessian = work.curvature(x, multipliers)
        if not np.isfinite(hessian).all():
            break
        _, singular, rows = np.linalg.svd(slopes)
        rank = int((singular > 1e-9 * max(singular.max(initial=0.0), 1e-12)).sum())
        along = rows[rank:].T
        values, vectors = np.linalg.eigh(along.T @ hessian @ along) if along.size else (np.ones(1), None)
        left_over = np.abs(slope - slopes.T @ multipliers).max()
        size = max(1.0, np.abs(slope).max(), np.abs(hessian).max())
        if max(left_over, np.abs(excess).max()) <= FLAT * size:
            return _judged(x, values)
        across = -np.linalg.pinv(slopes) @ excess
        step = across
        if vectors is not None:
            floor = np.maximum(np.abs(values), 1e-9 * max(np.abs(values).max(), 1e-12))
            step = across - along @ (vectors @ ((vectors.T @ (along.T @ (slope + hessian @ across))) / floor))
        new = _further(work, x, step, multipliers, left_over)
        if new is None:
            if max(left_over, np.abs(excess).max()) <= 1e3 * FLAT * size:
                return _judged(x, values)
            break
        x = new
    raise NoExtremum("no minimiser was found")


def _further(work: Lagrangian, x: Array, step: Array, multipliers: Array, left_over: float) -> Array | None:
    """The longest step of which the merit says that it helps."""
    weight = 2 * float(np.abs(multipliers).max(initial=0.0)) + 1

    def merit(point: Array) -> float:
        return work.height(point) + weight * float(np.abs(work.excess(point)).sum())

    before = merit(x)
    for halving in range(30):
        new = work.moved(x, step * 0.5**halving)
        after = merit(new)
        if np.isfinite(after) and after < before - 1e-15 * abs(before):
            return new
        if np.isfinite(after) and np.isfinite(slope := work.slope(new)).all():
            slopes = work.jacobian(new)
            rest = slope - slopes.T @ np.linalg.lstsq(slopes.T, slope, rcond=None)[0]
            if np.abs(rest).max() < 0.5 * left_over and np.abs(work.excess(new)).max() <= 1e-6:
                return new
    return None


def _judged(x: Array, values: Array) -> Array:
    if values.min() > 1e-7 * max(np.abs(values).max(), 1e-12):
        return x
    is_flat = values.min() > -1e-7 * np.abs(values).max()
    raise NoExtremum("the minimiser is not strict" if is_flat else "no minimiser was found")
