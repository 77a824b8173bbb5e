"""Index notation: one entry of an expression, with sums over bound indices and the Kronecker delta.

`entry(A @ x, i)` is `sum(A[i, r] * x[r], r=1..n)`, an entry of the identity is `kronecker(i, j)`, and a sum over a
Kronecker delta is its one term. To add an operation: a row in ENTRIES.
"""

from __future__ import annotations

from typing import Callable, Mapping

from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, contains, free_indices, names_in
from derive.tree.sizes import Size
from derive.vocabulary.build import (
    ELEMENTWISE,
    ONE,
    ZERO,
    build,
    count,
    fresh,
    matmul,
    mul,
    over,
    rebuild,
    reindex,
    substitute,
    transform,
)
from derive.vocabulary.op import the_size

Index = tuple[Node, ...]
PER_ENTRY = frozenset({"add", "neg", "mul", "div", "pow", "where", "lt", "le", "gt", "ge"}) | ELEMENTWISE


def entry(node: Node, at: Index) -> Node:
    """The entry of a vector at (i,), of a row at (j,), of a matrix at (i, j), in index notation."""
    return transform(tidy(_entry(node, at)), _deltas_first)


def _deltas_first(node: Node) -> Node:
    """Numbers, then Kronecker deltas, then what is left of a product."""
    if node.op != "mul":
        return node
    return mul(*sorted(node.args, key=lambda a: 0 if a.op == "num" else 1 if a.op == "kronecker" else 2))


def _entry(node: Node, at: Index) -> Node:
    if node.shape.is_scalar:
        return _scalar(node)
    if node.op in PER_ENTRY or node.op == "apply":
        return build(node.op, *(_entry(a, at) for a in node.args), data=node.data)
    if node.op in ENTRIES:
        return ENTRIES[node.op](node, at)
    return build("entry", node, *at)


def _scalar(node: Node) -> Node:
    """A number stays as it is, but for unit vectors in it: `e_i' x` is `x[i]`."""
    if not contains(node, lambda n: n.op == "onehot"):
        return node
    if node.op in ("matmul", "inner"):
        a, b = (node.args[0], matmul(*node.args[1:])) if node.op == "matmul" else node.args
        return (
            _contracted(lambda k: mul(_entry(a, (k,)), _entry(b, (k,))), b.shape.dims[0], _taken(node, ()))
            if b.shape.kind == "vector"
            else node
        )
    return rebuild(node, tuple(_entry(x, ()) if x.shape.is_scalar else x for x in node.args))


def _transposed(node: Node, at: Index) -> Node:
    return _entry(node.args[0], at[::-1])


def _sum_over(node: Node, at: Index) -> Node:
    bound = node.range
    taken = frozenset().union(*(free_indices(a) for a in at))
    body = node.args[0]
    if bound.var in taken:
        var = fresh(bound.var, taken | free_indices(body))
        body = reindex(body, {bound.var: Size.of(var)})
        return over("sum_over", _entry(body, at), var, bound.low, bound.high)
    return over("sum_over", _entry(body, at), bound.var, bound.low, bound.high)


def _chain(node: Node, at: Index) -> Node:
    """A product: the first factor, then a sum over each inner index; outer products have none."""
    first, rest = node.args[0], matmul(*node.args[1:])
    inner = first.shape.columns
    row = at[:1] if first.shape.rows is not None else ()
    column = at[len(row) :]
    if inner is None:  # an outer product
        return mul(_entry(first, row), _entry(rest, column))
    return _contracted(
        lambda k: mul(_entry(first, (*row, k)), _entry(rest, (k, *column))), inner, _taken(node, at)
    )


def _taken(node: Node, at: Index) -> frozenset[str]:
    return free_indices(node) | names_in(node) | frozenset().union(*(free_indices(a) for a in at))


def _contracted(body: Callable[[Node], Node], size: Size, taken: frozenset[str]) -> Node:
    """The sum over an inner index of 1..size; a Kronecker delta leaves one term."""
    var = fresh("", taken)
    inside = tidy(body(count(var)))
    factors = inside.args if inside.op == "mul" else (inside,)
    for factor in factors:
        if factor.op != "kronecker" or var not in free_indices(factor):
            continue
        other = factor.args[0] if factor.args[1] == count(var) else factor.args[1]
        rest = [f for f in factors if f is not factor]
        if not rest:
            return ONE
        if other.op == "sym":  # an index that is a declared integer
            return tidy(substitute(mul(*rest), {count(var): other}))
        return tidy(reindex(mul(*rest), {var: the_size(other)}))
    return over("sum_over", inside, var, Size.of(1), size)


def _kronecker(i: Node, j: Node) -> Node:
    return ONE if i == j else build("kronecker", i, j)


def _diagonal(node: Node, at: Index) -> Node:
    return mul(_kronecker(*at), _entry(node.args[0], at[:1]))


def _row_sum(node: Node, at: Index) -> Node:
    inside = node.args[0]
    return _contracted(lambda k: _entry(inside, (at[0], k)), inside.shape.dims[1], _taken(node, at))


def _column_sum(node: Node, at: Index) -> Node:
    inside = node.args[0]
    return _contracted(lambda k: _entry(inside, (k, at[0])), inside.shape.dims[0], _taken(node, at))


ENTRIES: Mapping[str, Callable[[Node, Index], Node]] = {
    "T": _transposed,
    "matmul": _chain,
    "sum_over": _sum_over,
    "eye": lambda node, at: _kronecker(*at),
    "ones": lambda node, at: ONE,
    "zeros": lambda node, at: ZERO,
    "onehot": lambda node, at: _kronecker(node.args[0], at[0]),
    "diag": _diagonal,
    "diagpart": lambda node, at: _entry(node.args[0], (at[0], at[0])),
    "entry": lambda node, at: build("entry", *node.args, *at),  # an entry of a row
    "rowsum": _row_sum,
    "colsum": _column_sum,
}
