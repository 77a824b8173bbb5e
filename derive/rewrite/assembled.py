"""Sums over all entries said with vectors: `sum(a[k] * e_k, k)` is a, `sum(a[k] * b[k], k)` is sum(a * b)."""

from __future__ import annotations

from derive.rewrite.entries import PER_ENTRY
from derive.rewrite.terms import join, split
from derive.rewrite.tidy import filled, tidy
from derive.tree.nodes import Node, Range, free_indices
from derive.vocabulary.build import add, build, count, mul, transform


def assembled(node: Node) -> Node:
    """Every sum over the entries of vectors, where its terms are made entry by entry."""
    return tidy(transform(node, _assembled_one))


def _assembled_one(node: Node) -> Node:
    if node.op != "sum_over" or node.range.low.constant != 1:
        return node
    parts = [_term(t, node.range) for t in (node.args[0].args if node.args[0].op == "add" else node.args)]
    if any(p is None for p in parts):
        return node
    return add(*(p for p in parts if p is not None))


def _term(body: Node, bound: Range) -> Node | None:
    term = split(body)
    unit = build("onehot", count(bound.var), count(bound.high))
    if body.shape.is_scalar:
        whole = _whole(body, bound)
        return None if whole is None or whole.shape.is_scalar else build("sum", whole)
    if term.body != unit:
        return None
    whole = _whole(join(term.coefficient), bound)
    if whole is None:
        return None
    return whole if not whole.shape.is_scalar else mul(whole, filled(unit.shape))


def _whole(node: Node, bound: Range) -> Node | None:
    """The vector whose entry at the bound index is `node`."""
    if bound.var not in free_indices(node):
        return node
    if node.op == "entry" and node.args[1:] == (count(bound.var),):
        array = node.args[0]
        fits = array.shape.kind == "vector" and array.shape.dims[0] == bound.high
        return array if fits and bound.var not in free_indices(array) else None
    if node.op not in PER_ENTRY:
        return None
    parts = [_whole(a, bound) for a in node.args]
    if any(p is None for p in parts):
        return None
    return build(node.op, *(p for p in parts if p is not None), data=node.data)
