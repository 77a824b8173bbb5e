"""Expectations on an instance: over all outcomes of every random quantity that the expression depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.notation import laws
from derive.notation.environment import Environment, Key
from derive.tree.nodes import Node, Range
from derive.vocabulary.asked import MOMENTS

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any
At = Mapping[str, int]
Reduction = Callable[[list[Array], Array], Array]
AGREE = 1e-9  # of two quadrature rules
SMOOTH = 1e-12  # how much a panel may hide
HALVINGS = 48  # of a panel around a kink


class Members:
    """The random quantities that a node depends on, member by member, found by following definitions."""

    def __init__(self, ev: Evaluator, env: Environment) -> None:
        self.ev = ev
        self.env = env
        self.found: set[Key] = set()
        self.seen: set[object] = set()

    def visit(self, node: Node, at: At) -> None:
        ev = self.ev
        traits = ev.anatomy.of(node)
        mark = (node, *[at.get(name) for name in traits.indices])
        if mark in self.seen or not any(map(ev.anatomy.is_random, traits.names)):
            return
        self.seen.add(mark)
        if node.op in MOMENTS:  # of E(f | x) only x is left
            last = node.args[-1]
            for name in last.args[1:] if last.op == "given" else ():
                self.visit(name, at)
            return
        if isinstance(node.data, Range):
            for i in range(ev.count(node.data.low, at), ev.count(node.data.high, at) + 1):
                self.visit(node.args[0], {**at, node.data.var: i})
            return
        for arg in node.args:
            self.visit(arg, at)
        if node.op == "sym":
            self.follow(ev.key(node, self.env, at))

    def follow(self, key: Key) -> None:
        ev = self.ev
        if ev.anatomy.is_random(key[0]) and ev.opening.body(key) is None:
            if key not in self.found:
                self.found.add(key)
                self.visit_all(ev.opening.law(key).values())
        elif self.env.pinned(key) is None:
            opened = ev.opening.body(key)
            self.visit_all([opened] if opened is not None else ev.opening.arguments(key))

    def visit_all(self, places: Any) -> None:
        for node, at in places:
            self.visit(node, at)


def members(ev: Evaluator, nodes: tuple[Node, ...], env: Environment, at: At) -> list[Key]:
    """In a fixed order; not those that a condition (`E(f | x)`) holds fixed."""
    search = Members(ev, env)
    fixed = [ev.key(g, env, at) for node in nodes if node.op == "given" for g in node.args[1:]]
    search.found |= set(fixed)
    for node in nodes:
        search.visit(node.args[0] if node.op == "given" else node, at)
    for key in fixed:
        above = Members(ev, env)
        above.visit_all(ev.opening.law(key).values())
        if above.found & search.found - set(fixed):
            raise NotEvaluated(f"the law of '{key[0]}', which is given, depends on what is averaged")
    return sorted(search.found - set(fixed))


def outcomes(ev: Evaluator, keys: list[Key], order: laws.Order, env: Environment) -> Environment:
    """The environment in which the random quantities carry all their outcomes, with the weights of these."""
    name = ("outcomes", tuple(keys), order)
    if name in env.children:
        return env.children[name]
    quantities = {key: ev.quantity(key) for key in keys}
    most = laws.MOST_IN_BATCH if env.depth else laws.MOST_POINTS
    noise, masses = laws.noise(list(quantities.values()), order, ev.instance.variant, most)
    batch = (len(masses), *(1,) * env.depth)
    weights: Array = masses.reshape(*batch, 1, 1)
    child = Environment(env, {}, env.depth + 1, env.is_complex)
    child.names |= {key[0] for key in keys}
    for key in _parameters_first(ev, keys, env):
        q = quantities[key]
        own = noise[key].reshape(*batch, q.rows, q.columns)
        value, factor = laws.PLACES[q.kind](q, ev.law_values(key, child), own)
        child.pin(key, value)
        if factor is not None:
            weights = weights * factor
    child.weights = weights
    env.children[name] = child
    return child


def _parameters_first(ev: Evaluator, keys: list[Key], env: Environment) -> list[Key]:
    """Random parameters before what they govern: z before x ~ normal(z, 1)."""
    done: dict[Key, None] = {}

    def place(key: Key) -> None:
        search = Members(ev, env)
        search.visit_all(ev.opening.law(key).values())
        for other in sorted(search.found):
            if other not in done and other != key and other in keys:
                place(other)
        done[key] = None

    for key in keys:
        if key not in done:
            place(key)
    return list(done)


def _over_outcomes(ev: Evaluator, node: Node, env: Environment, at: At, reduce: Reduction) -> Array:
    """`reduce(values, weights)` over all outcomes; of continuous laws two rules must agree."""
    keys = members(ev, node.args, env, at)
    quantities = [ev.quantity(key) for key in keys]
    dimensions, kinks = laws.dimensions(quantities), ev.anatomy.has_kinks(*node.args)
    reason = f"quadrature in {dimensions} dimensions has too many nodes"
    for pair in laws.orders(quantities, kinks) if dimensions != 1 or not kinks else ():
        results = []
        for order in dict.fromkeys(pair):
            values, weights = _values(ev, node, keys, order, env, at)
            results.append(reduce(values, weights))
        scale = _scale(node.op, values, np.abs(weights))
        if len(results) == 1 or _agree(results[0], results[1], scale):
            return results[-1]
        if pair != laws.COARSE:
            reason = "quadrature did not converge"
    if dimensions == 1:
        return _adaptive(ev, node, keys, laws.panels(quantities), env, at, reduce)
    raise NotEvaluated(reason)


def _values(
    ev: Evaluator, node: Node, keys: list[Key], order: laws.Order, env: Environment, at: At
) -> tuple[list[Array], Array]:
    """The values of the arguments at all outcomes, outcomes in front, and the weights."""
    child = outcomes(ev, keys, order, env)
    return [_padded(ev.evaluate(a, child, at), child.depth) for a in node.args], child.weights


def _adaptive(
    ev: Evaluator, node: Node, keys: list[Key], edges: Array, env: Environment, at: At, reduce: Reduction
) -> Array:
    """One continuous dimension: panels are halved where they hide something, down to every kink."""
    for _ in range(HALVINGS):
        values, weights = _values(ev, node, keys, tuple(edges), env, at)
        del env.children["outcomes", tuple(keys), tuple(edges)]
        rough = _rough_panels(values, weights, len(edges) - 1)
        if not rough.any():
            return reduce(values, weights)
        edges = np.sort(np.concatenate([edges, ((edges[1:] + edges[:-1]) / 2)[rough]]))
    raise NotEvaluated("quadrature did not converge")


def _rough_panels(values: list[Array], weights: Array, panels: int) -> Array:
    """The panels in which the integrand is no polynomial yet, by what that can change in the mean of an
    entry.

    Nodes vary fastest among the outcomes, after all discrete ones.
    """
    rough = np.zeros(panels, dtype=bool)
    for value in values:
        value = np.broadcast_to(value, np.broadcast_shapes(value.shape, weights.shape))
        flat = value.reshape(-1, panels, laws.INNER + 2, value[0].size)
        masses = np.broadcast_to(np.abs(weights), value.shape).reshape(flat.shape)
        for part in (np.real(flat), np.imag(flat)):
            change = laws.ends_missed(part) * masses.sum(axis=2)
            scale = (np.abs(part) * masses).sum(axis=(0, 1, 2))
            rough |= (change > SMOOTH * scale + 1e-300).any(axis=(0, 2))
    return rough


def _padded(value: Array, depth: int) -> Array:
    return value.reshape((1,) * (depth + 2 - value.ndim) + value.shape)


def _absolute(value: Array) -> Array:
    """Absolute real and imaginary parts, of which a complex-step derivative is one."""
    return np.abs(np.real(value)) + 1j * np.abs(np.imag(value))


def _scale(op: str, values: list[Array], weights: Array) -> Array:
    """How large the numbers are that a mean adds up, over all entries of one value: an entry that vanishes by
    symmetry is rounding beside the others. Of products, the root mean squares of both factors."""
    if op == "E":
        return _widest(_mean(_absolute(values[0]), weights))
    squares = [[_mean(part(v) ** 2, weights) for part in (np.real, np.imag)] for v in (values[0], values[-1])]
    (a, da), (b, db) = ([np.sqrt(_widest(s)) for s in pair] for pair in squares)
    return a * b + 1j * (a * db + da * b)


def _widest(value: Array) -> Array:
    parts = [np.max(part(value), axis=(-1, -2), keepdims=True) for part in (np.real, np.imag)]
    return parts[0] + 1j * parts[1]


def _agree(a: Array, b: Array, scale: Array) -> bool:
    near = (np.abs(part(a) - part(b)) <= AGREE * np.abs(part(scale)) + 1e-300 for part in (np.real, np.imag))
    return all(bool(np.all(entries)) for entries in near)


def absolute_mean(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    """E |f|, with one rule of quadrature: how large the numbers are that an expectation averages."""
    keys = members(ev, node.args, env, at)
    order = next((pair[-1] for pair in laws.orders([ev.quantity(k) for k in keys], False)), 1)
    child = outcomes(ev, keys, order, env)
    values = [np.abs(_padded(ev.evaluate(a, child, at), child.depth)) for a in node.args]
    if node.op == "E":
        return _mean(values[0], child.weights)
    columns = values[-1].shape[-2] if node.op == "Cov" else values[0].shape[-1]
    bound = values[0].max() * values[-1].max()
    return _mean(bound * np.ones((len(child.weights), values[0].shape[-2], columns)), child.weights)


def _mean(value: Array, weights: Array) -> Array:
    return (weights * value).sum(axis=0)


# ---------------------------------------------------------------- verbs


def expectation(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    return _over_outcomes(ev, node, env, at, lambda v, w: _mean(v[0], w))


def variance(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    """Entry by entry."""
    return _over_outcomes(ev, node, env, at, lambda v, w: _mean((v[0] - _mean(v[0], w)) ** 2, w))


def covariance(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    """E (x - E x)(y - E y)'; of one vector with itself."""

    def reduce(values: list[Array], weights: Array) -> Array:
        left, right = values[0] - _mean(values[0], weights), values[-1] - _mean(values[-1], weights)
        return _mean(left @ np.swapaxes(right, -1, -2), weights)

    return _over_outcomes(ev, node, env, at, reduce)
