r"""Entries to arrays: z_k = \sum_j W_{kj} x_j + b_k says what the vector z is, W x + b.

`lifted` gives the array whose entries an expression in free indices is, or None. To lift one more operation: a row in
LIFTED.
"""

from __future__ import annotations

from typing import Callable

from derive.errors import DeriveError
from derive.tree.nodes import Node, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.build import ELEMENTWISE, T, build, count, matmul, mul, over

Indices = tuple[tuple[str, Size], ...]  # one, of a vector, or two, of a matrix, with their upper ends
PER_ENTRY = frozenset({"add", "neg", "mul", "div", "pow"}) | ELEMENTWISE


def lifted(node: Node, indices: Indices) -> Node | None:
    """The array with these indices, or None where the expression has no such form."""
    try:
        found = _lift(node, indices)
    except (DeriveError, _NoForm):
        return None
    if free_indices(found) & {name for name, _ in indices}:
        return None
    dims = tuple(end for _, end in indices)
    kind = "vector" if len(indices) == 1 else "matrix"
    return found if (found.shape.kind, found.shape.dims) == (kind, dims) else None


class _NoForm(Exception):
    """An expression that is no array of the table."""


def _lift(node: Node, indices: Indices) -> Node:
    used = [name for name, _ in indices if name in free_indices(node)]
    if not used:
        return node
    if len(used) < len(indices):
        return _spread(_lift(node, tuple(i for i in indices if i[0] in used)), indices, used[0])
    if node.op in PER_ENTRY:
        return build(node.op, *(_lift(a, indices) for a in node.args), data=node.data)
    row = LIFTED.get(node.op)
    if row is None:
        raise _NoForm
    return row(node, indices)


def _spread(vector: Node, indices: Indices, name: str) -> Node:
    """A vector along one side of a matrix."""
    (first, m), (_, n) = indices
    if name == first:
        return matmul(vector, T(build("ones", count(n))))
    return matmul(build("ones", count(m)), T(vector))


def _at(node: Node) -> str:
    """The letter that an index is."""
    return node.size.name or "" if node.op == "count" else ""


def _entry(node: Node, indices: Indices) -> Node:
    array, *at = node.args
    letters = [_at(a) for a in at]
    names = [name for name, _ in indices]
    if any(name in free_indices(array) for name in names):
        raise _NoForm
    if letters == names and len(letters) == len(array.shape.dims):
        return array
    if len(names) == 2 and letters == names[::-1]:
        return T(array)
    if len(names) == 1 and len(letters) == 2 and names[0] in letters:
        fixed = at[1 - letters.index(names[0])]
        if names[0] in free_indices(fixed):
            raise _NoForm
        return build("entry", T(array) if letters[0] == names[0] else array, fixed)
    raise _NoForm


def _matmul(node: Node, indices: Indices) -> Node:
    """A row of a matrix times a vector: the matrix times it."""
    if not node.shape.is_scalar or len(indices) != 1:
        raise _NoForm
    name = indices[0][0]
    for factors in (node.args, tuple(T(a) for a in reversed(node.args))):
        first, *rest = factors
        row = first.args[0] if first.op == "T" else first
        row = row.args[0] if row.op == "T" else row
        free = any(name in free_indices(a) for a in rest)
        if row.op == "entry" and [_at(a) for a in row.args[1:]] == [name] and not free:
            return matmul(
                row.args[0],
                *(a.args[0] if a.op == "T" and a.args[0].op == "T" else a for a in map(_plain, rest)),
            )
    raise _NoForm


def _plain(node: Node) -> Node:
    return node.args[0].args[0] if node.op == "T" and node.args[0].op == "T" else node


def _sum(node: Node, indices: Indices) -> Node:
    r"""`\sum_j A_{kj} x_j` is a matrix product; what does not contain j stands before it."""
    range_, body = node.range, node.args[0]
    if range_.low != Size.of(1):
        raise _NoForm
    factors = body.args if body.op == "mul" else (body,)
    inner = (range_.var, range_.high)
    outside = [f for f in factors if range_.var not in free_indices(f)]
    inside = [f for f in factors if f not in outside]
    names = [name for name, _ in indices]
    both = [f for f in inside if any(name in free_indices(f) for name in names)]
    rest = [f for f in inside if f not in both]
    if len(indices) == 1 and len(both) == 1:
        matrix = _lift(both[0], (indices[0], inner))
        beside = _lift(mul(*rest), (inner,)) if rest else build("ones", count(range_.high))
        value = matmul(matrix, beside)
    elif len(indices) == 2 and len(both) == 2 and not rest:
        left = next(
            (f for f in both if names[0] in free_indices(f) and names[1] not in free_indices(f)), None
        )
        right = next((f for f in both if f is not left), None)
        if left is None or right is None:
            raise _NoForm
        value = matmul(_lift(left, (indices[0], inner)), _lift(right, (inner, indices[1])))
    else:
        value = over("sum_over", _lift(body, indices), range_.var, range_.low, range_.high)
        return value
    return mul(*(_lift(f, indices) for f in outside), value)


def _gradient(node: Node, indices: Indices) -> Node:
    """The derivatives in all entries of an array."""
    y, x, *held = node.args
    if any(name in free_indices(a) for name, _ in indices for a in (y, *held)):
        raise _NoForm
    return build("gradient", y, _lift(x, indices), *held)


LIFTED: dict[str, Callable[[Node, Indices], Node]] = {
    "entry": _entry,
    "gradient": _gradient,
    "matmul": _matmul,
    "sum_over": _sum,
}
