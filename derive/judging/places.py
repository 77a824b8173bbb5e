"""Where in a tree an edit applies: the places of a node, and the tree with another node at a place.

Putting a node of another shape somewhere may leave a product above it ill-typed; `mended` offers what its author may
have meant (`diag(v) @ M` for a vector times a matrix, an outer product for two vectors). To add one: a row in MEANT.
"""

from __future__ import annotations

from collections import Counter
from typing import Callable, Iterator, Mapping

from derive.errors import DeriveError, ShapeError
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, Shape, of_sides
from derive.vocabulary.asked import OPAQUE
from derive.vocabulary.build import T, build, matmul, mul, rebuild

Path = tuple[int, ...]
ARRAYS = frozenset({"vector", "row", "matrix"})
LEAVES = frozenset({"sym", "num", "count", "const"})
_ENDS = frozenset({"count", "num"})
HELD: dict[str, Mapping[int, frozenset[str]]] = {  # what alone may stand there: a name, the end of a path
    "at": {1: frozenset({"sym"})},
    **dict.fromkeys(("max_paths", "min_paths", "sum_paths"), {1: _ENDS, 2: _ENDS}),
    "count_paths": {0: _ENDS, 1: _ENDS},
}
CONDITIONS = frozenset({"lt", "le", "gt", "ge"})  # no quantities: their sides are


def places(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every subtree with its path, parents first; the indices of a name are no subtrees."""
    yield path, node
    if node.op not in LEAVES:
        for i, arg in enumerate(node.args):
            yield from places(arg, (*path, i))


def put(node: Node, path: Path, new: Node) -> Node:
    """The tree with `new` at the path; ShapeError where it does not fit."""
    if not path:
        return new
    i = path[0]
    inner = put(node.args[i], path[1:], new)
    if not _may_stand(node, i, inner):
        raise ShapeError(f"{inner.op} is no argument {i + 1} of {node.op}")
    return rebuild(node, (*node.args[:i], inner, *node.args[i + 1 :]))


def _may_stand(node: Node, i: int, inner: Node) -> bool:
    return inner.op in HELD.get(node.op, {}).get(i, (inner.op,))


def put_mended(node: Node, path: Path, new: Node) -> Iterator[tuple[Node, tuple[Reason, ...]]]:
    """As `put`; products that became ill-typed are mended in every way that is meant sometimes."""
    if not path:
        yield new, ()
        return
    i = path[0]
    for inner, said in put_mended(node.args[i], path[1:], new):
        if not _may_stand(node, i, inner):
            continue
        args = (*node.args[:i], inner, *node.args[i + 1 :])
        try:
            yield rebuild(node, args), said
        except DeriveError:
            if node.op in ("mul", "matmul"):
                for whole, reason in mended(args):
                    yield whole, (*said, reason)


def names_outside(node: Node) -> Iterator[Node]:
    """The names of a line as often as they stand in it, but for those in derivatives and moments."""
    if node.op == "sym":
        yield node
    elif node.op not in OPAQUE:
        for arg in node.args:
            yield from names_outside(arg)


def renamed(node: Node, names: Mapping[Node, Node]) -> Node:
    """With other names, all at once, but for those in derivatives and moments."""
    if node.op == "sym":
        return names.get(node, node)
    if node.op in OPAQUE or not node.args:
        return node
    args = tuple(renamed(arg, names) for arg in node.args)
    same = node.op in ("add", "mul") and Counter(args) == Counter(node.args)
    return node if same else rebuild(node, args)  # p + q stays as it is written


# ---------------------------------------------------------------- ill-typed products

OUTER = "no outer product"
DIAG = "no diag of {0}"
NO_DIAG = "diag does not belong there"
TRANSPOSE = "missing transpose of {0}"
NO_TRANSPOSE = "{0} is not to be transposed"
SWAP = "the factors {0} and {1} stand in the wrong order"


def meant(left: Node, right: Node) -> Iterator[tuple[Node, Reason]]:
    """What an ill-typed product of two factors may have meant."""
    for row in MEANT:
        yield from row(left, right)


def mended(factors: tuple[Node, ...]) -> Iterator[tuple[Node, Reason]]:
    """The products that factors may have meant: scalars in front, equal shapes together, two kinds left."""
    scalars = [f for f in factors if f.shape.is_scalar]
    arrays: list[Node] = []
    for factor in factors:
        if factor.shape.is_scalar:
            continue
        same = next(
            (i for i, a in enumerate(arrays) if a.shape == factor.shape and a.shape.kind == "vector"), None
        )
        if same is None:
            arrays.append(factor)
        else:
            arrays[same] = mul(arrays[same], factor)
    if len(arrays) != 2:
        return
    for node, reason in meant(*arrays):
        yield mul(*scalars, node), reason


def joins(a: Shape, b: Shape) -> bool:
    """Whether a product has them side by side: asked first, as most that are tried do not."""
    return a.kind in ARRAYS and b.kind in ARRAYS and a.columns == b.rows


def _typed(a: Node, b: Node, turn: Node | None = None) -> Iterator[Node]:
    """The product, with `turn` (one of the two) transposed."""
    left = of_sides(a.shape.columns, a.shape.rows) if turn is a else a.shape
    right = of_sides(b.shape.columns, b.shape.rows) if turn is b else b.shape
    if joins(left, right):
        yield matmul(over(a) if turn is a else a, over(b) if turn is b else b)


def _outer(u: Node, v: Node) -> Iterator[tuple[Node, Reason]]:
    if u.shape.kind == v.shape.kind == "vector":
        for a, b in ((u, v), (v, u)):
            yield matmul(a, T(b)), Reason(OUTER)


def _diag(u: Node, v: Node) -> Iterator[tuple[Node, Reason]]:
    """A vector beside a matrix: it scales the rows, or the columns; a vector beside an outer product joins it."""
    for a, m in ((u, v), (v, u)):
        if a.shape.kind != "vector" or m.shape.kind != "matrix":
            continue
        if m.op == "matmul" and m.args[0].shape == a.shape and len(m.args) == 2:
            yield matmul(mul(a, m.args[0]), m.args[1]), Reason(OUTER)
            continue
        if m.shape.rows == a.shape.rows:
            yield matmul(build("diag", a), m), Reason(DIAG, (a,))
        if m.shape.columns == a.shape.rows:
            yield matmul(m, build("diag", a)), Reason(DIAG, (a,))


def over(node: Node) -> Node:
    return node.args[0] if node.op == "T" else T(node)


def turning(node: Node) -> Reason:
    """That a factor stands there transposed, or is not."""
    return Reason(NO_TRANSPOSE, node.args) if node.op == "T" else Reason(TRANSPOSE, (node,))


def _transposed(u: Node, v: Node) -> Iterator[tuple[Node, Reason]]:
    if u.shape.kind == v.shape.kind == "vector":
        if u.shape == v.shape:
            yield matmul(T(u), v), turning(u)
        return
    for a in _typed(u, v, turn=u):
        yield a, turning(u)
    for a in _typed(u, v, turn=v):
        yield a, turning(v)


def _swapped(u: Node, v: Node) -> Iterator[tuple[Node, Reason]]:
    if u.shape.kind == v.shape.kind == "vector":
        return
    for a in _typed(v, u):
        yield a, Reason(SWAP, (u, v))
    for a in _typed(v, u, turn=v):
        yield a, turning(v)
    for a in _typed(v, u, turn=u):
        yield a, turning(u)


MEANT: tuple[Callable[[Node, Node], Iterator[tuple[Node, Reason]]], ...] = (
    _diag,
    _outer,
    _transposed,
    _swapped,
)
