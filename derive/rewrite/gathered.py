"""Sums over all entries of vectors, without the index: `sum(p[s] * f[s], s)` is `p.T @ f`, with rows of W `W.T @ p`."""

from __future__ import annotations

from dataclasses import replace

from derive.rewrite.plain import outside_verbs
from derive.rewrite.terms import Term, join, of_entry_powers, split, transposed
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, Range, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import ELEMENTWISE, build, count, matmul, mul


def gathered(node: Node) -> Node:
    """The same value with every sum over all entries in vector form."""
    return outside_verbs(node, _gathered)


def _gathered(node: Node) -> Node:
    if node.op != "sum_over" or node.range.low != Size.of(1):
        return node
    term, bound = split(node.args[0]), node.range
    entries: list[tuple[Node, int]] = []
    loose = []
    for base, exponent in term.scalars:
        array = _entries_of(base, bound)
        if array is not None and exponent.denominator == 1:
            entries.append((array, int(exponent)))
        elif _mentions(base, bound):
            return node
        else:
            loose.append((base, exponent))
    turned = term.body is not None and term.body.op == "T"
    if turned and term.body is not None:
        term = replace(term, body=term.body.args[0])
    rows = [_row_of(a, bound) for a in _links(term.body)]
    if not entries and len(rows) < 2 or None in rows:
        return node
    outer = Term(term.number, tuple(loose), None, term.decimal)
    whole = _product(entries, [r for r in rows if r is not None])
    whole = build("T", whole) if turned else whole
    new = split(whole) if whole.shape.is_scalar else Term(body=whole)
    return tidy(join(outer.times(new)))


def _links(body: Node | None) -> tuple[Node, ...]:
    """`W[s]` as itself, `V[s] @ W[s].T` as two rows, `V[s] * W[s]` as the row of a product."""
    if body is None:
        return ()
    entries = body.op == "mul" and all(a.op == "entry" and len(a.args) == 2 for a in body.args)
    if entries and len({a.args[1] for a in body.args}) == 1:
        return (build("entry", mul(*(a.args[0] for a in body.args)), body.args[0].args[1]),)
    if body.op == "matmul" and len(body.args) == 2 and body.args[1].op == "T":
        return body.args[0], body.args[1].args[0]
    return (body,)


def _product(entries: list[tuple[Node, int]], rows: list[Node]) -> Node:
    """The scalar product of the first entry with the others, their sum, or the rows times all of them."""
    if len(rows) == 2:
        middle = [build("diag", of_entry_powers(entries, entries[0][0].shape))] if entries else []
        return matmul(transposed(rows[0]), *middle, rows[1])
    shape = entries[0][0].shape
    if rows:
        return matmul(transposed(rows[0]), of_entry_powers(entries, shape))
    (first, exponent), *rest = entries
    if exponent == 1 and rest:
        return matmul(build("T", first), of_entry_powers(rest, shape))
    return build("sum", of_entry_powers(entries, shape))


def _entries_of(node: Node, bound: Range) -> Node | None:
    """p of `p[s]`, where s runs over all of it, log(p) of `log(p[s])`; the diagonal of S for `S[s, s]`."""
    if node.op == "entry" and len(node.args) == 3 and node.args[1] == node.args[2]:
        whole = (
            _all_of(build("entry", *node.args[:2]), bound) if node.args[0].shape.kind == "matrix" else None
        )
        return whole and build("diagpart", whole)
    if node.op == "entry":
        is_vector = len(node.args) == 2 and node.args[0].shape.kind == "vector"
        return _all_of(node, bound) if is_vector else None
    if node.op not in ELEMENTWISE and node.op not in ("add", "mul", "div", "neg", "pow", "sqrt"):
        return None
    args = [_entries_of(a, bound) if _mentions(a, bound) else a for a in node.args]
    if any(a is None for a in args) or node.op == "pow" and _mentions(node.args[1], bound):
        return None
    return build(node.op, *(a for a in args if a is not None))


def _row_of(node: Node, bound: Range) -> Node | None:
    """W of the row `W[s]`, where s runs over all of them."""
    if node.op != "entry" or len(node.args) != 2 or node.args[0].shape.kind != "matrix":
        return None
    return _all_of(node, bound)


def _all_of(node: Node, bound: Range) -> Node | None:
    array, index = node.args
    full = index == count(bound.var) and bound.high == array.shape.dims[0]
    return array if full and not _mentions(array, bound) else None


def _mentions(node: Node, bound: Range) -> bool:
    return any(isinstance(n.data, Size) and bound.var in n.data.names for n in walk(node))
