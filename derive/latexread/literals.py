"""Cases, matrices written out, numbers."""

from __future__ import annotations

from fractions import Fraction as Rational

from derive.latexread.conditions import chosen
from derive.latexread.elaborator import Elaborator
from derive.latexread.ellipsis import is_dots, listed
from derive.latexread.fitting import fitted
from derive.latexread.grids import grid
from derive.latexread.surface import (
    Cases,
    Mark,
    Matrix,
    Numeral,
    Surface,
)
from derive.latexread.tokens import Span
from derive.tree.nodes import Node
from derive.vocabulary.build import T, build, num

MOST_ENTRIES = 100


def cases(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Cases)
    rows = list(surface.rows)
    if len(rows) < 2 or len(rows) > 8:
        raise e.unreadable("cases have at least two rows", surface.span)
    values = fitted(e, [e.node(value) for value, _ in rows])
    node = values[-1]
    for (value, test), meant in reversed(list(zip(rows[:-1], values, strict=False))):
        if test is None:
            raise e.unreadable("this case has no condition", value.span)
        node = chosen(e, test, meant, node)
    return node


def matrix(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Matrix)
    if surface.brackets in ("|", "||"):
        inside = literal(e, surface.rows, surface.span)
        return e.make("det", inside, span=surface.span) if inside.shape.kind == "matrix" else inside
    return literal(e, surface.rows, surface.span)


def literal(e: Elaborator, rows: tuple[tuple[Surface, ...], ...], span: Span) -> Node:
    """A matrix of numbers written out: a list of its rows; a column is a list, a row its transpose."""
    diagonal = _diagonal(rows)
    if diagonal is not None:
        return build("diag", listed(e, diagonal, span))
    if not rows or len({len(r) for r in rows}) != 1:
        raise e.unreadable("the rows of this matrix differ in length", span)
    if len(rows) * len(rows[0]) > MOST_ENTRIES:
        raise e.unreadable(f"a matrix of more than {MOST_ENTRIES} entries is not read", span)
    cells = [cell for row in rows for cell in row]
    if 1 in (len(rows), len(rows[0])) and any(is_dots(c) for c in cells):
        column = listed(e, cells, span, "row" if len(rows[0]) == 1 else "vector")
        return column if len(rows[0]) == 1 else T(column)
    if any(is_dots(c) for c in cells):
        return grid(e, rows, span)
    numbers = [[_entry(e, cell) for cell in row] for row in rows]
    if len(rows) == 1 and len(rows[0]) > 1:
        return T(build("list", *numbers[0]))
    if len(rows[0]) == 1:
        return build("list", *(row[0] for row in numbers))
    return build("list", *(build("list", *row) for row in numbers))


def _entry(e: Elaborator, cell: Surface) -> Node:
    value = e.node(cell)
    if not value.shape.is_scalar:
        raise e.unreadable("a matrix of vectors or matrices is not read", cell.span)
    return value


def _diagonal(rows: tuple[tuple[Surface, ...], ...]) -> list[Surface] | None:
    """The entries of a diagonal matrix with an ellipsis: zeros or nothing stand beside them."""
    kept = [
        (i, j, cell)
        for i, row in enumerate(rows)
        for j, cell in enumerate(row)
        if not (is_dots(cell) or (isinstance(cell, Mark) and cell.text == "nothing") or _is_zero(cell))
    ]
    dots = next((cell for row in rows for cell in row if is_dots(cell)), None)
    if dots is None or len(rows) < 3 or len(kept) < 2:
        return None
    last = (len(rows) - 1, len(rows[-1]) - 1)
    if any(i != j for i, j, _ in kept[:-1]) or kept[-1][:2] != last or min(len(row) for row in rows) < 2:
        return None
    return [*(cell for _, _, cell in kept[:-1]), dots, kept[-1][2]]


def _is_zero(cell: Surface) -> bool:
    return isinstance(cell, Numeral) and cell.text == "0"


def numeral(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Numeral)
    if len(surface.text) > 200:
        raise e.unreadable("number too large", surface.span)
    return num(Rational(surface.text), not surface.text.isdigit())
