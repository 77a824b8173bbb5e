"""What the definition of a matrix says about it: symmetric (`K.T @ K / n`), idempotent (a hat matrix and its rest).

To add a property: a function `(node, scope) -> bool` here and its condition in `derive.rules.row`.
"""

from __future__ import annotations

from derive.rewrite.polynomial import expanded, polynomial
from derive.rewrite.terms import join, transposed
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, contains, node_count, walk
from derive.vocabulary.build import add, build, count, matmul, substitute
from derive.vocabulary.scope import Scope

DEEPEST = 4  # definitions opened inside each other
LARGEST = 60  # nodes of a matrix that is multiplied with itself


def opened(node: Node, scope: Scope) -> Node:
    """A node with the plain names in it opened, and the names in their definitions."""
    for _ in range(DEEPEST):
        names = {n for n in walk(node) if n.op == "sym" and not n.args}
        bodies = {n: body for n in names if (body := scope.open(n)) is not None}
        if not bodies or node_count(node) > LARGEST:
            return node
        node = substitute(node, bodies)
    return node


def is_symmetric(node: Node, scope: Scope) -> bool:
    """Whether a square matrix is its transpose, as it stands or by the definitions of its names."""
    if node.shape.kind != "matrix" or node.shape.dims[0] != node.shape.dims[1]:
        return False
    whole = tidy(opened(node, scope))
    return tidy(transposed(whole)) == whole


def is_idempotent(node: Node, scope: Scope) -> bool:
    """Whether a matrix that holds inverses is its own square."""
    if node.shape.kind != "matrix" or node.op not in ("sym", "add", "matmul"):
        return False
    whole = opened(node, scope)
    if node_count(whole) > LARGEST or not contains(whole, lambda n: n.op == "inv"):
        return False
    once, twice = expanded(tidy(whole)), expanded(tidy(matmul(whole, whole)))
    if once is None or twice is None:
        return False
    square = add(*(join(t) if t.body is None else _cancelled(join(t)) for t in twice))
    found = polynomial(square)
    return found is not None and found == polynomial(add(*map(join, once)))


def _cancelled(node: Node) -> Node:
    """A term without inverses that stand beside what they invert."""
    if node.op in ("neg", "mul"):
        return build(node.op, *map(_cancelled, node.args))
    if node.op != "matmul":
        return node
    factors = list(node.args)
    for i, factor in enumerate(factors):
        if factor.op != "inv":
            continue
        inside = factor.args[0]
        parts = list(inside.args) if inside.op == "matmul" else [inside]
        for first in (i + 1, i - len(parts)):
            if first >= 0 and factors[first : first + len(parts)] == parts:
                start, end = min(i, first), max(i + 1, first + len(parts))
                rest = [*factors[:start], *factors[end:]]
                if not rest:
                    return build("eye", count(factor.shape.dims[0]))
                return _cancelled(matmul(*rest) if len(rest) > 1 else rest[0])
    return node
