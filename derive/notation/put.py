"""The value of `at(e, x == v)`: e in an environment where the name x has the value v."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from derive.notation.environment import Environment
from derive.tree.nodes import Node

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any


def at(ev: Evaluator, node: Node, env: Environment, at: Mapping[str, int]) -> Array:
    """The name is free inside: what is defined through it follows, what it was defined as does not count."""
    body, name, value = node.args
    put = ev.evaluate(value, env, at)
    is_path = name.symbol.name in ev.paths.families
    child = Environment(env, {ev.key(name, env, at): put}, env.depth, env.is_complex, is_path)
    return ev.evaluate(body, child, at)
