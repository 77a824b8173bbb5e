"""Whether the entries (columns, rows) of an expression sum to zero because of how it is defined: `x - mean(x)`."""

from __future__ import annotations

from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.terms import is_zero
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node
from derive.vocabulary.build import ONE, T, add, build, count, div, mul, neg
from derive.vocabulary.scope import Scope

DEEPEST = 6  # definitions opened inside each other


def is_centred(node: Node, scope: Scope, op: str = "sum") -> bool:
    """Whether `sum(node)` (or each entry of `colsum(node)`, `rowsum(node)`) is zero; False where that is unknown."""
    fact = "centred_rows" if op == "rowsum" else "centred"
    if node.op == "sym" and fact in node.symbol.facts:
        return True
    if op == "sum":
        return node.shape.kind == "vector" and _vanishes(_total(node, scope, DEEPEST))
    if node.shape.kind != "matrix":
        return False
    return _vanishes(_columns(node if op == "colsum" else tidy(T(node)), scope, DEEPEST))


def sums_to_one(node: Node, scope: Scope) -> bool:
    """Whether a defined vector has entries that sum to 1: a mixture `(1 - a) y + a/n` of such vectors."""
    if node.shape.kind != "vector" or scope.open(node) is None:
        return False
    total = _total(node, scope, DEEPEST)
    return total is not None and multiplied_out(total) == ONE


def _vanishes(total: Node | None) -> bool:
    return total is not None and is_zero(tidy(total))


def _total(node: Node, scope: Scope, depth: int) -> Node | None:
    """The sum of the entries of a vector, in sums of names; None where a factor stands in the way."""
    size = count(node.shape.dims[0])
    if node.op == "add":
        parts = [
            mul(size, _number(a, scope, depth)) if a.shape.is_scalar else _total(a, scope, depth)
            for a in node.args
        ]
        return None if any(p is None for p in parts) else add(*(p for p in parts if p is not None))
    if node.op == "neg":
        inner = _total(node.args[0], scope, depth)
        return None if inner is None else neg(inner)
    if node.op in ("mul", "div"):
        arrays = [a for a in node.args if not a.shape.is_scalar]
        if len(arrays) != 1 or node.op == "div" and arrays[0] is not node.args[0]:
            return None
        inner = _total(arrays[0], scope, depth)
        if inner is None:
            return None
        others = [_number(a, scope, depth) for a in node.args if a.shape.is_scalar]
        return div(inner, others[0]) if node.op == "div" else mul(*others, inner)
    if node.op == "ones":
        return size
    if node.op == "softmax" or node.op == "sym" and node.symbol.facts & {"simplex", "onehot"}:
        return ONE
    body = scope.open(node) if depth else None
    if body is not None:
        return _total(body, scope, depth - 1)
    return build("sum", node)


def _number(node: Node, scope: Scope, depth: int) -> Node:
    """A scalar with means as sums and names of means opened."""
    if node.op == "mean" and node.args[0].shape.kind == "vector":
        total = _total(node.args[0], scope, depth)
        return div(
            total if total is not None else build("sum", *node.args), count(node.args[0].shape.dims[0])
        )
    body = scope.open(node) if depth else None
    if body is not None and body.op in ("mean", "div", "mul", "sum"):
        return _number(body, scope, depth - 1)
    if node.op in ("div", "mul", "neg"):
        return build(node.op, *(_number(a, scope, depth) for a in node.args))
    return node


def _columns(node: Node, scope: Scope, depth: int) -> Node | None:
    """The column sums of a matrix, a vector in column sums of names; None where that is unknown."""
    if node.op == "add":
        if any(a.shape.is_scalar for a in node.args):
            return None
        parts = [_columns(a, scope, depth) for a in node.args]
        return None if any(p is None for p in parts) else add(*(p for p in parts if p is not None))
    if node.op == "neg":
        inner = _columns(node.args[0], scope, depth)
        return None if inner is None else neg(inner)
    if node.op in ("mul", "div"):
        return _scaled_columns(node, scope, depth)
    if node.op == "matmul" and len(node.args) == 2 and node.args[0].op == "ones":
        return mul(count(node.shape.dims[0]), _named_vector(tidy(T(node.args[1])), scope, depth))
    body = scope.open(node) if depth else None
    if body is not None:
        return _columns(body, scope, depth - 1)
    if node.op == "T" and node.args[0].op in ("add", "neg", "mul", "div"):
        inside = node.args[0]
        turned = (a if a.shape.is_scalar else tidy(T(a)) for a in inside.args)
        return _columns(build(inside.op, *turned), scope, depth)
    if node.op == "T":
        body = scope.open(node.args[0]) if depth else None
        return build("rowsum", node.args[0]) if body is None else _columns(tidy(T(body)), scope, depth - 1)
    return build("colsum", node)


def _scaled_columns(node: Node, scope: Scope, depth: int) -> Node | None:
    """A matrix times or over numbers, or over a matrix with equal rows (`ones(N) @ s.T`)."""
    first = next((a for a in node.args if not a.shape.is_scalar), node)
    inner = _columns(first, scope, depth) if first is not node else None
    rest = [a for a in node.args if a is not first]
    if inner is None or node.op == "div" and first is not node.args[0]:
        return None
    for other in rest:
        equal_rows = other.op == "matmul" and len(other.args) == 2 and other.args[0].op == "ones"
        if not other.shape.is_scalar and not equal_rows:
            return None
        factor = other if other.shape.is_scalar else tidy(T(other.args[1]))
        inner = div(inner, factor) if node.op == "div" else mul(factor, inner)
    return inner


def _named_vector(node: Node, scope: Scope, depth: int) -> Node:
    """A vector with the names of column means opened."""
    body = scope.open(node) if depth else None
    if body is None:
        return node
    return _named_vector(body, scope, depth - 1)
