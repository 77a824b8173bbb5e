"""Which ordinary facts make two forms one: the order of terms and factors, transposes of numbers, symmetry, the trace.

Normal forms know these silently; a reader wants them named. The fewest that do are said. To add one: a row in FACTS
and what it does to one node in `_changed`.
"""

from __future__ import annotations

from itertools import combinations

from derive.notation.derivation import Reason
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.reasons import joined
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, node_count, walk
from derive.vocabulary.build import T, build, rebuild

MOST_NODES = 120
SYMMETRIC = frozenset({"symmetric", "spd"})

TERMS, FACTORS, NUMBER, SYMMETRY, CYCLIC, TRANSPOSED, OUT = range(7)
FACTS = {
    TERMS: "order of the terms",
    FACTORS: "order of the factors",
    NUMBER: "a number is its own transpose",
    SYMMETRY: "{0} is symmetric",
    CYCLIC: "factors move around inside a trace",
    TRANSPOSED: "a matrix and its transpose have one trace",
    OUT: "multiply out",
}


def ordinary(mine: Node, theirs: Node) -> Reason | None:
    """Why two forms are the same value; None where these facts alone do not say it."""
    if node_count(mine) + node_count(theirs) > MOST_NODES:
        return None
    orders = [fact for fact in FACTS if fact != OUT]
    choices = [chosen for size in range(1, len(orders) + 1) for chosen in combinations(orders, size)]
    for chosen in (*choices, (OUT,)):  # multiplying out does the others silently
        if _in_order(mine, frozenset(chosen)) == _in_order(theirs, frozenset(chosen)):
            return joined([r for fact in chosen for r in _said(fact, mine, theirs)])
    return None


def _said(fact: int, mine: Node, theirs: Node) -> list[Reason]:
    if fact != SYMMETRY:
        return [Reason(FACTS[fact])]
    found = dict.fromkeys(n for side in (mine, theirs) for n in walk(side) if _is_symmetric(n))
    return [Reason(FACTS[SYMMETRY], (n,)) for n in found]


def _is_symmetric(node: Node) -> bool:
    return node.op == "sym" and bool(node.symbol.facts & SYMMETRIC)


def _in_order(node: Node, facts: frozenset[int]) -> Node:
    """The same in an order that does not depend on how it was written, as far as the facts allow."""
    node = tidy(multiplied_out(node)) if OUT in facts else tidy(node)
    return _ordered(node, facts)


def _ordered(node: Node, facts: frozenset[int]) -> Node:
    if not node.args:
        return node
    return _changed(rebuild(node, tuple(_ordered(a, facts) for a in node.args)), facts)


def _changed(node: Node, facts: frozenset[int]) -> Node:
    if node.op == "add" and TERMS in facts or node.op == "mul" and FACTORS in facts:
        return build(node.op, *sorted(node.args, key=repr), data=node.data)
    if node.op == "matmul" and node.shape.is_scalar and NUMBER in facts:
        chain = build("matmul", *(link for a in node.args for link in _links(a)))
        return _least(chain, _turned(chain, facts))
    if node.op == "trace":
        found = [node.args[0]]
        if TRANSPOSED in facts:
            found += [t for t in (_turned(found[0], facts),) if t is not None]
        if CYCLIC in facts:
            found = [rotated for inside in found for rotated in _rotations(inside)]
        return build("trace", min(found, key=repr))
    return node


def _links(node: Node) -> list[Node]:
    """The factors of a product, `(A B)'` taken apart."""
    if node.op == "T" and node.args[0].op == "matmul":
        return [_transposed(a) for a in reversed(node.args[0].args)]
    return [node]


def _least(node: Node, other: Node | None) -> Node:
    return node if other is None else min(node, other, key=repr)


def _turned(node: Node, facts: frozenset[int]) -> Node | None:
    """The transpose; None where it would use a symmetry that is not among the facts."""
    uses = any(map(_is_symmetric, walk(node)))
    if uses and SYMMETRY not in facts:
        return None
    if node.op != "matmul":
        return tidy(T(node))
    return tidy(build("matmul", *(_transposed(a) for a in reversed(node.args))))


def _transposed(node: Node) -> Node:
    return node if node.shape.is_scalar or _is_symmetric(node) else tidy(T(node))


def _rotations(node: Node) -> list[Node]:
    if node.op != "matmul":
        return [node]
    args = node.args
    return [build("matmul", *args[i:], *args[:i]) for i in range(len(args))]
