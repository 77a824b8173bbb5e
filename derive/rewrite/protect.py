"""Multiplying out in one name: what does not hold the name stays as its author wrote it."""

from __future__ import annotations

from dataclasses import replace

from derive.rewrite.polynomial import expanded, multiplied_out
from derive.rewrite.shorten import shorten
from derive.rewrite.terms import Term, join, split
from derive.rewrite.tidy import tidy
from derive.tree.nodes import SCALAR, Node, contains, free_indices, node_count
from derive.vocabulary.build import T, count, matmul, mul, rebuild, substitute, sym, transform

OPEN = frozenset({"mul", "neg", "div", "matmul", "T", "num", "count", "sym", "const", "eye", "ones", "zeros"})


def protected(node: Node, x: Node) -> tuple[Node, dict[Node, Node]]:
    """The node with names for its largest parts without x that are no products, and what these stand for."""
    names: dict[Node, Node] = {}
    return _protected(node, x, names), {name: part for part, name in names.items()}


def _protected(node: Node, x: Node, names: dict[Node, Node]) -> Node:
    if not node.args or node == x:
        return node
    number = node.op == "matmul" and node.shape.is_scalar
    if contains(node, lambda n: n == x) or node.op in OPEN and not number:
        return rebuild(node, tuple(_protected(a, x, names) for a in node.args))
    indices = tuple(count(i) for i in sorted(free_indices(node)))
    return names.setdefault(node, sym(f"part {len(names)}", node.shape, indices, frozenset()))


def multiplied_out_in(node: Node, x: Node) -> Node:
    """Brackets that hold x multiplied out."""
    short, back = protected(node, x)
    whole = substitute(transform(multiplied_out(short), inner_product), back)
    return tidy(transform(tidy(whole), constants_out))


def constants_out(node: Node) -> Node:
    """`sum(r[i] * A, i)` as `sum(r[i], i) * A`."""
    if node.op != "sum_over" or node.shape.is_scalar:
        return node
    term = split(node.args[0])
    if term.body is None or not term.scalars or node.range.var in free_indices(term.body):
        return node
    return mul(Node("sum_over", (join(term.coefficient),), node.data, SCALAR), term.body)


def expanded_in(node: Node, x: Node) -> list[Term] | None:
    """The terms of a scalar sum, in x."""
    short, back = protected(node, x)
    found = expanded(short)
    if found is None:
        return None
    return [
        replace(t, scalars=tuple((substitute(transform(b, inner_product), back), e) for b, e in t.scalars))
        for t in found
    ]


def inner_product(node: Node) -> Node:
    """`sum(u * v)` as `u.T @ v`."""
    if node.op != "sum" or node.args[0].op != "mul" or node.args[0].shape.kind != "vector":
        return node
    factors = node.args[0].args
    if len(factors) != 2 or any(f.shape.kind != "vector" for f in factors):
        return node
    return matmul(T(factors[0]), factors[1])


def least(node: Node) -> Node:
    """The shorter of a sum as it is and multiplied out."""
    plain = shorten(tidy(node))
    other = shorten(multiplied_out(plain))
    return other if node_count(other) < node_count(plain) else plain
