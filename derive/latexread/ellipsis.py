r"""What an ellipsis leaves out: `x_1 + \dots + x_n`, `(p_1, \dots, p_n)`, `\operatorname{diag}(p_1(1 - p_1), \dots)`.

The two neighbours of the dots must be one expression at two indices; those before must be it, too, at the indices
before. What is no such series stays unreadable.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import DeriveError
from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.surface import Mark, Surface
from derive.latexread.tokens import Span
from derive.latexread.vectors import vector_of
from derive.notation.literals import as_size
from derive.tree.nodes import Node, Range, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.build import count, rebuild, reindex

Series = tuple[Node, Range]  # a member at the index of the range


def is_dots(surface: Surface) -> bool:
    return isinstance(surface, Mark) and surface.text == "dots"


def listed(e: Elaborator, items: Sequence[Surface], span: Span) -> Node:
    """A list with an ellipsis, as a vector."""
    kept = [i for i in items if not (isinstance(i, Mark) and i.text == "nothing")]
    at = next(i for i, item in enumerate(kept) if is_dots(item))
    if at == 0 or at != len(kept) - 2:
        raise unseen(e, kept[at].span)
    nodes = [e.node(item) for item in (*kept[:at], kept[-1])]
    found = series(e, nodes[:-1], nodes[-1])
    if found is None or not nodes[-1].shape.is_scalar or found[1].low != Size.of(1):
        raise unseen(e, kept[at].span)
    body, range_ = found
    return vector_of(body, range_.var, range_.high)


def unseen(e: Elaborator, span: Span) -> Stop:
    return e.unreadable("an ellipsis stands for factors or terms that nobody can check", span)


def series(e: Elaborator, before: Sequence[Node], last: Node) -> Series | None:
    """The series that ends with `last`, of which all of `before` are the first members; None where they are not."""
    e.fresh += 1
    var = f"k{e.fresh}"
    found = _between(before[-1], last, var)
    if found is None:
        return None
    body, low, high = found
    for steps, node in enumerate(reversed(before)):
        if reindex(body, {var: low - steps}) != node:
            return None
    return body, Range(var, low - (len(before) - 1), high)


def trailing(e: Elaborator, before: Sequence[Node], last: Node) -> tuple[int, Series] | None:
    """As `series`, of the longest end of `before` that belongs to it, and how many there are."""
    for length in range(len(before), 0, -1):
        found = series(e, before[-length:], last)
        if found is not None:
            return length, found
    return None


def _between(a: Node, b: Node, var: str) -> tuple[Node, Size, Size] | None:
    """One expression in an index that is `a` at one end and `b` at the other."""
    ends: list[tuple[Size, Size]] = []

    def joined(x: Node, y: Node) -> Node | None:
        if x == y:
            return x
        low, high = as_size(x), as_size(y)
        if low is not None and high is not None and x.op in ("num", "count") and y.op in ("num", "count"):
            if not ends:
                ends.append((low, high))
            shift = low - ends[0][0]
            return count(Size.of(var) + shift) if high - ends[0][1] == shift else None
        if x.op != y.op or x.data != y.data or len(x.args) != len(y.args) or not x.args:
            return None
        args = [joined(p, q) for p, q in zip(x.args, y.args, strict=True)]
        if any(p is None for p in args):
            return None
        try:
            return rebuild(y, tuple(p for p in args if p is not None))
        except DeriveError:
            return None

    body = joined(a, b)
    if body is None or not ends or var not in free_indices(body):
        return None
    return body, *ends[0]
