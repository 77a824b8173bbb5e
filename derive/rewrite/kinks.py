"""Where an answer does not hold: the kinks of relu, abs, sign, max and case distinctions on the way to the variable.

At a kink the derivative is the one-sided one that the vocabulary row of the function names (relu'(0) = 0).
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.notation.derivation import Reason
from derive.rewrite.depend import Variation, graph_of
from derive.tree.nodes import Node
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import TABLE
from derive.vocabulary.scope import Scope

VANISHING = frozenset({"relu", "abs"})  # zero at their kink


def kinks(asked: Node, scope: Scope) -> tuple[Reason, ...]:
    """A sentence for each place where the function asked about has no derivative."""
    if asked.op not in DERIVATIVES:
        return ()
    f, x = asked.args[:2]
    x = x.args[0] if x.op == "entry" else x
    if x.op != "sym":
        return ()
    variation = Variation(scope, graph_of(scope), x)
    return tuple(dict.fromkeys(_found(f, variation, set())))


def _found(node: Node, variation: Variation, opened: set[str]) -> Iterator[Reason]:
    if not variation.varies(node) or node == variation.wrt:
        return
    row = TABLE.get(node.op)
    if _is_smooth_square(node):
        yield from _found(node.args[0].args[0], variation, opened)
        return
    if node.op == "sym":
        name = node.symbol.name
        body = _body(node, variation.scope) if name not in opened else None
        if body is not None:
            opened.add(name)
            yield from _found(body, variation, opened)
        return
    if node.op == "where" and variation.varies(node.args[0]):
        yield _boundary(node.args[0])
    elif node.op == "norm1" or row is not None and row.kinks:
        inside = node.args[0]
        yield Reason("{0} is not 0" if inside.shape.is_scalar else "no entry of {0} is 0", (inside,))
    for a in node.args[1:] if node.op == "where" else node.args:
        yield from _found(a, variation, opened)


def _is_smooth_square(node: Node) -> bool:
    """`relu(z)**2` has a derivative where z is 0."""
    if node.op == "sqnorm":
        return node.args[0].op in VANISHING
    raised = node.op == "pow" and node.args[1].op == "num" and node.args[1].number >= 2
    return raised and node.args[0].op in VANISHING


def _body(name: Node, scope: Scope) -> Node | None:
    """What a name is made of; of a family at its generic index, for the kink may lie at each."""
    definition = scope.definitions.get(name.symbol.name)
    if definition is not None and definition.params and definition.body is not None:
        return definition.body
    return scope.open(name)


def _boundary(condition: Node) -> Reason:
    """Where a case distinction changes over."""
    left, right = condition.args
    if condition.shape.is_scalar:
        return Reason("{0} differs from {1}", (left, right))
    return Reason(
        "no entry of {0} equals {1}" if right.shape.is_scalar else "no entries of {0} and {1} agree",
        (left, right),
    )
