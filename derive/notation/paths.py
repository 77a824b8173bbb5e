"""The values of expressions over families of finite index variables: by enumeration of all paths.

To add a reduction over paths: see `pathreader.py`; its value is a row in PATH_VALUES.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from derive.errors import NotEvaluated
from derive.notation.environment import Environment, Key
from derive.notation.interpret import Interpreter, reduced
from derive.notation.statements import algorithm_of
from derive.tree.nodes import Node
from derive.vocabulary.scope import Declaration

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any
At = Mapping[str, int]
MOST_PATHS = 20_000


def paths_value(evaluator: Evaluator, node: Node, env: Environment, at: At) -> Array:
    """The reduction over all values of w[low..high]; over none of them the body itself."""
    body, low, high = node.args
    first, last = evaluator.count_of(low, at), evaluator.count_of(high, at)
    if last < first - 1:
        raise NotEvaluated(f"empty range {node.symbol.name}[{first}..{last}]")
    name = node.symbol.name
    places = range(first, last + 1)
    choices = values_of(evaluator, evaluator.scope.declarations[name], at)
    if len(choices) ** len(places) > MOST_PATHS:
        raise NotEvaluated("too many paths to enumerate")
    evaluator.walked += len(choices) ** len(places)
    found = []
    for path in product(choices, repeat=len(places)):
        pinned: dict[Key, Array] = {
            (name, (s,)): evaluator.xp.number(i) for s, i in zip(places, path, strict=True)
        }
        found.append(
            evaluator.evaluate(body, Environment(env, pinned, env.depth, env.is_complex, is_path=True), at)
        )
    return reduced(node.op.replace("paths", "over"), found, 1, evaluator.xp)


def values_of(evaluator: Evaluator, declared: Declaration, at: At) -> range:
    assert declared.integers is not None
    low, high = (evaluator.count(end, at) for end in declared.integers)
    return range(low, high + 1)


def count_value(evaluator: Evaluator, node: Node, env: Environment, at: At) -> Array:
    """Counted one by one, not by a formula."""
    first, last = (evaluator.count_of(end, at) for end in node.args)
    choices = values_of(evaluator, evaluator.scope.declarations[node.symbol.name], at)
    if len(choices) ** max(0, last - first + 1) > MOST_PATHS:
        raise NotEvaluated("too many paths to enumerate")
    return evaluator.xp.number(sum(1 for _ in product(choices, repeat=max(0, last - first + 1))))


def at_path_value(evaluator: Evaluator, node: Node, env: Environment, at: At) -> Array:
    """Every member of the family set, from its first index on."""
    body, value = node.args
    declared = evaluator.scope.declarations[node.symbol.name]
    low = evaluator.count(evaluator.scope.indices[declared.params[0]][0], at)
    path = evaluator.evaluate(value, env, at)
    pinned: dict[Key, Array] = {
        (node.symbol.name, (low + n,)): path[..., n : n + 1, :] for n in range(path.shape[-2])
    }
    return evaluator.evaluate(body, Environment(env, pinned, env.depth, env.is_complex, is_path=True), at)


def run_value(evaluator: Evaluator, node: Node, env: Environment, at: At) -> Array:
    """An algorithm, run on the values of its arguments."""
    function = algorithm_of(evaluator.scope, str(node.data))
    evaluator.paths.lowest = 0  # it may read any member
    arguments = tuple(evaluator.evaluate(a, env, at) for a in node.args)
    return Interpreter(evaluator, env).call(function, arguments)


PATH_VALUES = {
    "max_paths": paths_value,
    "min_paths": paths_value,
    "sum_paths": paths_value,
    "count_paths": count_value,
    "at_path": at_path_value,
    "run": run_value,
}
