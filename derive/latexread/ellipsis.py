r"""What an ellipsis leaves out: `x_1 + \dots + x_n`, `(p_1, \dots, p_n)`, `\operatorname{diag}(p_1(1 - p_1), \dots)`.

The neighbours of the dots must be one expression whose indices and exponents move by equal steps; those before must be
it, too. What is no such series stays unreadable. `levels.py` says where a power is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.errors import DeriveError
from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.levels import has_power, levelled
from derive.latexread.surface import Mark, Surface
from derive.latexread.tokens import Span
from derive.latexread.vectors import matrix_of, vector_of
from derive.notation.literals import as_size
from derive.tree.nodes import Node, Range
from derive.tree.sizes import Size
from derive.vocabulary.build import T, count, rebuild, reindex

Series = tuple[Node, Range]  # a member at the index of the range
LARGE = 1000  # what a size is where it is asked which of two is larger; an index is smaller than its end


def is_dots(surface: Surface) -> bool:
    return isinstance(surface, Mark) and surface.text == "dots"


def listed(e: Elaborator, items: Sequence[Surface], span: Span, of: str = "scalar") -> Node:
    """A list with an ellipsis, as a vector; of rows or of vectors as the matrix with these rows."""
    kept = [i for i in items if not (isinstance(i, Mark) and i.text == "nothing")]
    at = next(i for i, item in enumerate(kept) if is_dots(item))
    if at == 0 or at != len(kept) - 2:
        raise unseen(e, kept[at].span)
    nodes = [e.settle(e.node(item)) for item in (*kept[:at], kept[-1])]
    found = series(e, nodes[:-1], nodes[-1])
    kind = nodes[-1].shape.kind
    if found is None or kind not in ("scalar", of):
        raise unseen(e, kept[at].span)
    body, range_ = found
    body = reindex(body, {range_.var: Size.of(range_.var) + range_.low - 1})
    high = range_.high - range_.low + 1
    if kind == "scalar":
        return vector_of(body, range_.var, high)
    return matrix_of(body if kind == "row" else T(body), range_.var, high)


def unseen(e: Elaborator, span: Span) -> Stop:
    return e.unreadable("an ellipsis stands for factors or terms that nobody can check", span)


def series(e: Elaborator, before: Sequence[Node], last: Node) -> Series | None:
    """The series that ends with `last`, of which all of `before` are the first members; None where they are not."""
    moving: list[tuple[Size, ...]] = []
    e.fresh += 1
    var = f"k{e.fresh}"
    form = last if has_power(last) else before[0]
    body = unified([levelled(node, form) for node in (*before, last)], var, moving)
    if body is None or not moving:
        return None
    steps = [_step(sizes, e) for sizes in moving]
    if None in steps:
        return None
    known = [s for s in steps if s is not None]
    if any(s.many != known[0].many for s in known) or (known[0].many - len(before) + 1).constant in range(
        -LARGE, 0
    ):
        return None
    base = next((s for s in known if s.by == 1), None)
    first, many = (base.first, known[0].many) if base else (Size.of(0), known[0].many)
    k = Size.of(var) - first
    values = {place(var, i): s.first + k * s.by for i, s in enumerate(known)}
    return reindex(body, values), Range(var, first, first + many)


def trailing(e: Elaborator, before: Sequence[Node], last: Node) -> tuple[int, Series] | None:
    """As `series`, of the longest end of `before` that belongs to it, and how many there are."""
    for length in range(len(before), 0, -1):
        found = series(e, before[-length:], last)
        if found is not None:
            return length, found
    return None


def place(var: str, number: int) -> str:
    """The name that stands for the size at a place of a tree that moves."""
    return f"{var}at{number}"


def unified(nodes: Sequence[Node], var: str, moving: list[tuple[Size, ...]]) -> Node | None:
    """The one expression that all the nodes are, with a name wherever their sizes differ; `moving` takes those."""
    last = nodes[-1]
    if all(n == last for n in nodes):
        return last
    sizes = [as_size(n) for n in nodes]
    if None not in sizes:
        moving.append(tuple(s for s in sizes if s is not None))
        return count(place(var, len(moving) - 1))
    if (
        any(n.op != last.op or n.data != last.data or len(n.args) != len(last.args) for n in nodes)
        or not last.args
    ):
        return None
    args = [unified(column, var, moving) for column in zip(*(n.args for n in nodes), strict=True)]
    try:
        return None if None in args else rebuild(last, tuple(a for a in args if a is not None))
    except DeriveError:
        return None


@dataclass(frozen=True)
class _Step:
    first: Size
    by: int
    many: Size


def _step(sizes: tuple[Size, ...], e: Elaborator) -> _Step | None:
    """How a size moves to its end: by equal steps, or by one where a single member stands before the dots."""
    *before, end = sizes
    first = before[0]
    apart = {(b - a).constant for a, b in zip(before, before[1:], strict=False)}
    if not apart:
        far = _large(end - first, e)
        apart = {1 if far > 0 else -1}
    by = apart.pop()
    if apart or not by:
        return None
    terms = (end - first).terms
    if any(c % by for _, c in terms):
        return None
    return _Step(first, by, Size(tuple((m, c // by) for m, c in terms)))


def _large(size: Size, e: Elaborator) -> int:
    """Which way a difference points where sizes are large."""
    indices = e.known.scope.indices.keys() | e.bound.keys()
    return size.value({name: LARGE // 10 if name in indices else LARGE for name in size.names})
