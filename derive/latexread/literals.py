"""Cases, matrices written out, numbers."""

from __future__ import annotations

from fractions import Fraction as Rational

from derive.latexread.elaborator import Elaborator
from derive.latexread.fitting import fitted
from derive.latexread.surface import (
    Cases,
    Matrix,
    Numeral,
    Relation,
    Surface,
)
from derive.latexread.tokens import Span
from derive.tree.nodes import Node
from derive.vocabulary.build import T, build, num

MOST_ENTRIES = 100
COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def condition(e: Elaborator, surface: Surface) -> Node:
    if not isinstance(surface, Relation) or surface.left is None or surface.right is None:
        raise e.unreadable("a condition is a comparison", surface.span)
    op = COMPARISONS.get(surface.relation)
    if op is None or isinstance(surface.left, Relation):
        raise e.unreadable("a condition is one of <, <=, >, >=", surface.span)
    return e.make(op, e.node(surface.left), e.node(surface.right), span=surface.span)


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
        node = e.make("where", condition(e, test), meant, node, span=surface.span)
    return node


def matrix(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Matrix)
    if surface.brackets in ("|", "||"):
        inside = literal(e, surface.rows, surface.span)
        return e.make("det", inside, span=surface.span) if inside.shape.kind == "matrix" else inside
    return literal(e, surface.rows, surface.span)


def literal(e: Elaborator, rows: tuple[tuple[Surface, ...], ...], span: Span) -> Node:
    """A matrix of numbers written out: a list of its rows; a column is a list, a row its transpose."""
    if not rows or len({len(r) for r in rows}) != 1:
        raise e.unreadable("the rows of this matrix differ in length", span)
    if len(rows) * len(rows[0]) > MOST_ENTRIES:
        raise e.unreadable(f"a matrix of more than {MOST_ENTRIES} entries is not read", span)
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


def numeral(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Numeral)
    if len(surface.text) > 200:
        raise e.unreadable("number too large", surface.span)
    return num(Rational(surface.text), not surface.text.isdigit())
