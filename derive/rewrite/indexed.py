"""Derivatives asked per entry (`gradient(L, a[i, j])`) and those that have no matrix form (a matrix in a matrix).

The derivative in the whole variable is derived first, as always; the last line reads one entry of it in
index notation (`derive.rewrite.entries`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason, Remark
from derive.rewrite.derived import Derived
from derive.rewrite.entries import entry
from derive.tree.nodes import Node, Shape, free_indices, names_in
from derive.tree.sizes import Size
from derive.vocabulary.build import T, build, count, matmul

Derive = Callable[[Node], Derived]
LETTERS = ("i", "j", "k", "l", "p", "q", "r", "s")


def per_entry(node: Node, derive: Derive) -> Derived:
    """`gradient(f, X[k, l])` as the entry (k, l) of the gradient in X."""
    f, x = node.args[:2]
    whole, at = x.args[0], x.args[1:]
    if node.op != "gradient" or not x.shape.is_scalar:
        raise NotDerived("per entry a gradient is asked", hint="ask for gradient(f, X[k, l]) of a scalar f")
    found = derive(build("gradient", f, whole, *node.args[2:]))
    answer = entry(found.expression, at)
    line = Line(node, answer, Reason("the entry of {0} in index notation", (build("gradient", f, whole),)))
    return replace(found, expression=answer, blocks=(*found.blocks, Chain((line,))))


def indexed_jacobian(node: Node, derive: Derive) -> Derived:
    """The derivative of a vector or matrix Y in a matrix X (or of a matrix in a vector), entry by entry.

    An entry of Y is `e_i' Y e_j`, a scalar; its gradient in X, read at (k, l), is the answer with the free
    indices i, j, k, l.
    """
    y, x = node.args[:2]
    names = _letters(node, len(y.shape.dims) + len(x.shape.dims))
    letters = tuple(count(n) for n in names)
    at, to = letters[: len(y.shape.dims)], letters[len(y.shape.dims) :]
    ranges = {name: (Size.of(1), size) for name, size in zip(names, y.shape.dims + x.shape.dims, strict=True)}
    one = _picked(y, at)
    found = derive(build("gradient", one, x))
    found = _as_read_off(found)
    answer = entry(found.expression, to)
    left = build("gradient", build("entry", y, *at), build("entry", x, *to))
    line = Line(left, answer, Reason("the entry of the gradient in index notation"))
    remark = Remark(
        Reason(
            "The derivative of {0} in {1} has no matrix form: it is given entry by entry, in index notation"
            " with the Kronecker delta",
            (y, x),
        )
    )
    blocks = (remark, *(_ranged(b, ranges) for b in found.blocks), Chain((line,), ranges=ranges))
    return replace(found, expression=answer, blocks=blocks)


def _as_read_off(found: Derived) -> Derived:
    """Without what was made of the gradient afterwards: unit vectors are taken away by the entry."""
    last = found.blocks[-1]
    if not isinstance(last, Chain) or len(last.lines) < 2 or last.lines[-1].left != last.lines[-2].left:
        return found
    chain = replace(last, lines=last.lines[:-1])
    return replace(found, expression=chain.lines[-1].right, blocks=(*found.blocks[:-1], chain))


def _picked(y: Node, at: tuple[Node, ...]) -> Node:
    """The scalar `e_i' y` or `e_i' Y e_j`."""
    units = [build("onehot", i, count(n)) for i, n in zip(at, y.shape.dims, strict=True)]
    return matmul(T(units[0]), y, *units[1:])


def _ranged(block: Block, ranges: dict[str, tuple[Size, Size]]) -> Block:
    return replace(block, ranges={**ranges, **block.ranges}) if isinstance(block, Chain) else block


def _letters(node: Node, wanted: int) -> tuple[str, ...]:
    """Index names that are no size, index or symbol of the expression."""
    taken = free_indices(node) | names_in(node) | _sizes(node.shape)
    return tuple([n for n in LETTERS if n not in taken][:wanted])


def _sizes(shape: Shape) -> frozenset[str]:
    return frozenset[str]().union(*(d.names for d in shape.dims))
