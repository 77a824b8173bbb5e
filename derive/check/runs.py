"""An algorithm run on random instances: whether it ends with values, and what it does at given sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.derivation import Verdict
from derive.notation.evaluate import Evaluator
from derive.notation.instance import Instance, draw
from derive.notation.interpret import Interpreter, Tally
from derive.notation.statements import Assign, For, Function, If, Statement, While
from derive.tree.nodes import Node, Range, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import count, sym
from derive.vocabulary.scope import Scope

SEEDS = range(6)
NEEDED = 3


def arguments(function: Function, scope: Scope) -> tuple[Node, ...]:
    """What a function is run on: what the problem declares under the names of its parameters."""
    found = []
    for name in function.params:
        declared = function.scope.declarations.get(name)
        definition = function.scope.definitions.get(name)
        shape = declared.shape if declared else definition.shape if definition else None
        found.append(count(name) if shape is None else sym(name, shape))
    return tuple(found)


def scope_of(function: Function, scope: Scope) -> Scope:
    """The problem's names and the function's parameters."""
    own = {n: d for n, d in function.scope.declarations.items() if n in function.params}
    return replace(scope, declarations={**scope.declarations, **own})


def runs(function: Function, scope: Scope) -> Verdict:
    """Whether the function returns finite values on random instances."""
    here = scope_of(function, scope)
    method = f"running {function.name} on random instances"
    done = 0
    reason = ""
    for seed in SEEDS:
        try:
            evaluator = Evaluator(here, draw(here, frozenset(), seed))
            values = tuple(evaluator.value(a) for a in arguments(function, scope))
            with np.errstate(all="ignore"):
                found = Interpreter(evaluator).call(function, values)
        except NotEvaluated as error:
            reason = str(error)
            if error.place is not None:
                return Verdict(
                    "fails", method, done + 1, reason=error.message, counterexample=f"line {error.place.line}"
                )
            continue
        if not np.isfinite(found).all():
            return Verdict(
                "fails", method, done + 1, reason=f"{function.name} returns a value that is not finite"
            )
        done += 1
    if done < NEEDED:
        return Verdict("not-checked", method, done, reason=reason or "no instance")
    return Verdict("holds", method, done)


def variables(function: Function, scope: Scope) -> list[str]:
    """The sizes that a run may depend on: of its parameters' shapes, of its loops, and whole-number parameters."""
    here = scope_of(function, scope)
    sizes = draw(here, frozenset(), 0).sizes
    found = set()
    for name in function.params:
        declared = function.scope.declarations.get(name)
        found |= {n for dim in declared.shape.dims for n in dim.names} if declared else {name} & sizes.keys()
        if declared and (declared.integers or "integer" in declared.facts):
            found.add(name)
    found |= {name for node in _nodes(function.body) for name in _mentioned(node)}
    known = sizes.keys() | set(function.params)
    return sorted(found & known, key=lambda n: (n not in function.params, n))


def _nodes(body: Iterable[Statement]) -> Iterator[Node]:
    """Every expression of a body."""
    for s in body:
        if isinstance(s, Assign):
            yield s.value
        elif isinstance(s, For):
            yield from (s.first, s.last)
            yield from _nodes(s.body)
        elif isinstance(s, While):
            yield from _nodes(s.body)
        elif isinstance(s, If):
            for _, inner in s.branches:
                yield from _nodes(inner)


def _mentioned(node: Node) -> Iterator[str]:
    for n in walk(node):
        if isinstance(n.data, Size):
            yield from n.data.names
        if isinstance(n.data, Range):
            yield from n.data.low.names | n.data.high.names
        for dim in n.shape.dims:
            yield from dim.names


def amount(tally: Tally, what: str) -> int:
    """What is counted: time, space or calls of functions."""
    return {"time": tally.cost, "space": tally.stored, "calls": sum(tally.calls.values())}[what]


def fits(
    function: Function, scope: Scope, what: str, points: Sequence[tuple[dict[str, int], Fraction]]
) -> Verdict:
    """Whether runs at these sizes count what is claimed, on other data than the first ones."""
    method = f"runs of {function.name} at {len(points)} larger sizes"
    for sizes, claimed in points:
        found = amount(tally_at(function, scope, sizes, seed=5), what)
        if found != claimed:
            at = ", ".join(f"{name} = {n}" for name, n in sizes.items())
            return Verdict(
                "fails", method, len(points), reason=f"{found} were counted at {at}, not {claimed}"
            )
    return Verdict("holds", method, len(points))


def tally_at(function: Function, scope: Scope, sizes: dict[str, int], seed: int = 0) -> Tally:
    """What a run at these sizes does."""
    here = scope_of(function, scope)
    drawn = draw(here, frozenset(), seed)
    evaluator = Evaluator(here, Instance(here, seed, {**drawn.sizes, **sizes}, {}))
    interpreter = Interpreter(evaluator)
    values = tuple(
        evaluator.xp.number(sizes[name]) if name in sizes else evaluator.value(a)
        for name, a in zip(function.params, arguments(function, scope), strict=True)
    )
    interpreter.call(function, values)
    return interpreter.tally
