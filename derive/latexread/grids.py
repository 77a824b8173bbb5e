r"""Matrices with ellipses, whose rule shows from what is written out: the Jacobian of a softmax, an outer product.

The entries must be one expression in the numbers of their row and column; those on the diagonal may be another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from derive.latexread.elaborator import Elaborator
from derive.latexread.ellipsis import is_dots, place, unified, unseen
from derive.latexread.surface import Mark, Surface
from derive.latexread.tokens import Span
from derive.latexread.vectors import grid_of, vector_of
from derive.notation.literals import as_size
from derive.tree.nodes import Node, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import add, build, neg, reindex

Cell = tuple[Size, Size, Node]  # the numbers of its row and column, and what stands there
MOST_ENDS = 4
ROW, COLUMN = "row", "column"


def grid(e: Elaborator, rows: Sequence[Sequence[Surface]], span: Span) -> Node:
    dots = next(cell for row in rows for cell in row if is_dots(cell))
    down, across = _before_the_end(rows), _before_the_end(list(zip(*rows, strict=True)))
    kept = [
        [cell for j, cell in enumerate(row) if j not in across] for i, row in enumerate(rows) if i not in down
    ]
    if len(down) > 1 or len(across) > 1 or any(_is_filling(cell) for row in kept for cell in row):
        raise unseen(e, dots.span)
    nodes = [[e.settle(e.node(cell)) for cell in row] for row in kept]
    if any(not node.shape.is_scalar for row in nodes for node in row):
        raise unseen(e, dots.span)
    last_row, last_column = nodes[-1], [row[-1] for row in nodes]
    for m, n in product(
        _ends(last_row, len(nodes), bool(down)), _ends(last_column, len(nodes[0]), bool(across))
    ):
        numbers = [*map(Size.of, range(1, len(nodes))), m]
        letters = [*map(Size.of, range(1, len(nodes[0]))), n]
        cells = [(i, j, nodes[a][b]) for a, i in enumerate(numbers) for b, j in enumerate(letters)]
        found = _whole(e, cells, m, n)
        if found is not None:
            return found
    raise unseen(e, dots.span)


def _before_the_end(rows: Sequence[Sequence[Surface]]) -> tuple[int, ...]:
    """The rows that hold ellipses only."""
    return tuple(i for i, row in enumerate(rows) if all(map(_is_filling, row)) and 0 < i == len(rows) - 2)


def _is_filling(cell: Surface) -> bool:
    return is_dots(cell) or (isinstance(cell, Mark) and cell.text == "nothing")


def _ends(last: Sequence[Node], written: int, is_open: bool) -> Iterator[Size]:
    """What the last row or column may be: the number of those that are written, or a size that stands in each of its
    entries, counted from 1 or from 0."""
    if not is_open:
        yield Size.of(written)
        return
    sizes = [
        dict.fromkeys(s for n in walk(node) if (s := as_size(n)) is not None and s.names) for node in last
    ]
    common = [s for s in sizes[0] if all(s in others for others in sizes)][:MOST_ENDS]
    yield from common
    yield from (s + 1 for s in common)


def _whole(e: Elaborator, cells: Sequence[Cell], m: Size, n: Size) -> Node | None:
    e.fresh += 1
    i, j = f"k{e.fresh}{ROW}", f"k{e.fresh}{COLUMN}"
    entry = _rule(cells, i, j)
    if entry is not None:
        return grid_of(entry, (i, m), (j, n))
    diagonal = _rule([c for c in cells if c[0] == c[1]], i, j)
    entry = _rule([c for c in cells if c[0] != c[1]], i, j)
    if m != n or diagonal is None or entry is None:
        return None
    on = [reindex(rule, {j: Size.of(i)}) for rule in (diagonal, entry)]
    return add(grid_of(entry, (i, m), (j, n)), build("diag", vector_of(add(on[0], neg(on[1])), i, m)))


def _rule(cells: Sequence[Cell], i: str, j: str) -> Node | None:
    """The expression in i and j that all the cells are."""
    moving: list[tuple[Size, ...]] = []
    body = unified([node for _, _, node in cells], i, moving) if len(cells) > 1 else None
    if body is None:
        return None
    values: dict[str, Size] = {}
    for at, sizes in enumerate(moving):
        along = ((i, [c[0] for c in cells]), (j, [c[1] for c in cells]))
        fits = [
            Size.of(letter) + gaps.pop()
            for letter, numbers in along
            if len(gaps := {size - number for size, number in zip(sizes, numbers, strict=True)}) == 1
        ]
        if not fits:
            return None
        values[place(i, at)] = fits[0]
    return reindex(body, values)
