"""What an inverse is applied to, about a point: `inv(H + a I) @ (H @ u + a * u - g)` is `u - inv(H + a I) @ g`."""

from __future__ import annotations

from derive.rewrite.plain import outside_verbs
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.terms import split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node
from derive.vocabulary.build import add, matmul


def about(node: Node) -> Node:
    """The same value, with every product `inv(M) @ (M @ u + r)` as `u + inv(M) @ r`."""
    return outside_verbs(node, _about)


def _about(node: Node) -> Node:
    if node.op != "matmul" or node.args[0].op != "inv" or len(node.args) != 2 or node.args[1].op != "add":
        return node
    inverse, target = node.args
    parts = terms(multiplied_out(target))
    for point in (p for p in _ends(parts) if p.shape == node.shape):
        whole = terms(multiplied_out(matmul(inverse.args[0], point)))
        if len(whole) < 2 or not all(p in parts for p in whole):
            continue
        rest = [p for p in parts if p not in whole]
        return tidy(add(point, matmul(inverse, tidy(add(*rest))))) if rest else point
    return node


def _ends(parts: list[Node]) -> list[Node]:
    """The vectors (or matrices) at the right ends of the terms."""
    bodies = [b for b in (split(p).body for p in parts) if b is not None]
    return list(dict.fromkeys(b.args[-1] if b.op == "matmul" else b for b in bodies))
