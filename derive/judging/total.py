"""Total and partial derivatives: a line whose derivatives go through a recurrence may hold for total ones only.

In the sum over t of (dL_t/dh_t)(dh_t/dW) the second factor must reach W through h_{t-1} too. The line is judged with
total derivatives, as the problem means them; where it would fail with the states before held fixed, that is said.
"""

from __future__ import annotations

from typing import Iterator

from derive.errors import DeriveError
from derive.judging.bench import Bench
from derive.judging.ranges import of_entries
from derive.judging.rungs import DECLARED
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import build, transform

STEPS = "{0} is read as that of one step: what {1} carries over is held fixed"
LOCAL = "it is the derivative of that step alone: {0} reaches {1} through {2} too"
STEP = "as the derivative of that step: {0} is held fixed"
TOTAL = "holds only if the derivatives are total: {0} reaches {1} through {2} too"


def total_remark(bench: Bench, left: Node, right: Node, said: set[Node]) -> Reason | None:
    """The remark, where it is due and not said yet in this chain."""
    if said:
        return None
    found: list[tuple[Node, tuple[Node, ...]]] = []

    def local(node: Node) -> Node:
        if node.op not in ("gradient", "jacobian") or len(node.args) > 2:
            return node
        held = tuple(dict.fromkeys(_states(bench, *map(_name, node.args))))
        if not held:
            return node
        found.append((node, held))
        try:
            return build(node.op, *node.args, *held)
        except DeriveError:
            return node

    partial = transform(right, local)
    if not found or partial == right:
        return None
    checker = bench.checker_of(DECLARED)
    if left.shape != partial.shape:
        return None
    if checker.line(left, "==", partial, None, bench.ranges_for(left, partial)).status != "fails":
        return None
    node, held = found[0]
    said.add(node)
    return Reason(TOTAL, (_name(node.args[0]), node.args[1], held[0]))


def as_steps(bench: Bench, side: Node) -> tuple[Node, Node] | None:
    r"""A sum of the chain rule, (\partial L/\partial a_t)(\partial a_t/\partial W), with the second factor as it
    must be meant: what a_t carries over from the step before is in the first one already. And that factor."""
    inner = {_name(n.args[1]) for n in walk(side) if n.op in ("gradient", "jacobian")}
    found: list[Node] = []

    def local(node: Node) -> Node:
        if node.op not in ("gradient", "jacobian") or len(node.args) > 2 or _name(node.args[0]) not in inner:
            return node
        if _name(node.args[1]).args:
            return node  # \partial h_t / \partial h_k is what goes through the steps between
        held = tuple(dict.fromkeys(_states(bench, *map(_name, node.args))))
        if not held:
            return node
        found.append(node)
        try:
            return build(node.op, *node.args, *held)
        except DeriveError:
            return node

    steps = transform(side, local)
    return (steps, found[0]) if found and steps != side else None


def as_step(bench: Bench, left: Node) -> tuple[Node, Node] | None:
    r"""The derivative of one step, \partial a_t/\partial W for a_t = W x_t + U h_{t-1}, with what a_t carries over held
    fixed; and what that is."""
    if left.op not in ("gradient", "jacobian") or len(left.args) > 2:
        return None
    base, x = map(_name, left.args)
    if base.op != "sym":
        return None
    body = bench.scope.open(base)
    held = tuple(dict.fromkeys(_states(bench, base, x)))
    if body is None or body.op == "sym" or x.args or not held:
        return None
    try:
        return build(left.op, *left.args, *held), held[0]
    except DeriveError:
        return None


def is_own_step(bench: Bench, left: Node) -> bool:
    """Whether a derivative is of a name of the answer's own, which may mean its step."""
    return _name(left.args[0]).symbol.name in bench.introduced


def local_remark(bench: Bench, left: Node, right: Node) -> Reason | None:
    """That a false derivative is right with the state before held fixed."""
    step = as_step(bench, left)
    if step is None or left.shape != right.shape:
        return None
    ranges = {**of_entries((left, right)), **bench.ranges_for(*step, right)}
    if bench.checker_of(DECLARED).line(step[0], "==", right, None, ranges).status != "holds":
        return None
    return Reason(LOCAL, (_name(left.args[0]), _name(left.args[1]), step[1]))


def _name(body: Node) -> Node:
    return body.args[0] if body.op == "entry" else body


def _states(bench: Bench, body: Node, x: Node) -> Iterator[Node]:
    """Members of recurrences, one step down, that depend on x."""
    anatomy = bench.checker_of(DECLARED).anatomy
    scope = bench.scope
    base = _name(body)
    opened = scope.open(base) if base.op == "sym" else base
    if opened is None:
        return
    for part in walk(opened):
        if part.op != "sym" or not part.args or part in (x, base) or x.op != "sym":
            continue
        definition = scope.definitions.get(part.symbol.name)
        if definition is None or definition.body is None:
            continue
        reaches = anatomy.of(definition.body).names
        if part.symbol.name in reaches and x.symbol.name in reaches:
            yield part
