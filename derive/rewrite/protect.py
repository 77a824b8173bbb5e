"""Multiplying out in one name: what does not hold the name stays as its author wrote it."""

from __future__ import annotations

from derive.rewrite.polynomial import expanded, multiplied_out
from derive.rewrite.shorten import shorten
from derive.rewrite.terms import Term
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, contains, free_indices, node_count
from derive.vocabulary.build import count, rebuild, substitute, sym

OPEN = frozenset({"mul", "neg", "div", "matmul", "T", "num", "count", "sym", "const", "eye", "ones", "zeros"})


def protected(node: Node, x: Node) -> tuple[Node, dict[Node, Node]]:
    """The node with names for its largest parts without x that are no products, and what these stand for."""
    names: dict[Node, Node] = {}
    return _protected(node, x, names), {name: part for part, name in names.items()}


def _protected(node: Node, x: Node, names: dict[Node, Node]) -> Node:
    if not node.args or node == x:
        return node
    if contains(node, lambda n: n == x) or node.op in OPEN:
        return rebuild(node, tuple(_protected(a, x, names) for a in node.args))
    indices = tuple(count(i) for i in sorted(free_indices(node)))
    return names.setdefault(node, sym(f"part {len(names)}", node.shape, indices, frozenset()))


def multiplied_out_in(node: Node, x: Node) -> Node:
    """Brackets that hold x multiplied out."""
    short, back = protected(node, x)
    return tidy(substitute(multiplied_out(short), back))


def expanded_in(node: Node, x: Node) -> list[Term] | None:
    """The terms of a scalar sum, in x."""
    short, back = protected(node, x)
    found = expanded(short)
    if found is None:
        return None
    return [
        Term(t.number, tuple((substitute(b, back), e) for b, e in t.scalars), t.body, t.decimal) for t in found
    ]


def least(node: Node) -> Node:
    """The shorter of a sum as it is and multiplied out."""
    plain = shorten(tidy(node))
    other = shorten(multiplied_out(plain))
    return other if node_count(other) < node_count(plain) else plain
