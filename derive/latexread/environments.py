r"""Matrices and cases: rows and cells of an environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.latexread import tables
from derive.latexread.settle import settled
from derive.latexread.surface import (
    Cases,
    Group,
    Mark,
    Matrix,
    Surface,
    Words,
)
from derive.latexread.tokens import Span, Token, tokens_of

if TYPE_CHECKING:
    from derive.latexread.parse import Parser


def environment(parser: Parser) -> Surface:
    start = parser.position
    opener = parser.advance()
    if opener.text not in tables.MATRICES and opener.text not in tables.CASES:
        raise parser.fail(f"\\begin{{{opener.text}}} is not expected here", opener)
    outer = parser.bars, parser.given
    parser.bars, parser.given = [], frozenset()
    rows: list[list[Surface]] = [[]]
    while parser.token.kind != "end" or parser.token.text == "":
        token = parser.token
        if token.kind == "row":
            parser.advance()
            rows.append([])
        elif token.kind == "amp":
            parser.advance()
            if parser.token.kind in ("amp", "row") or (parser.token.kind == "end" and parser.token.text):
                rows[-1].append(Mark(token.span, "nothing"))
        elif token.kind in ("comma", "semi", "quad"):
            parser.advance()
        elif token.kind == "end":
            raise parser.fail(f"\\begin{{{opener.text}}} is never closed", opener)
        else:
            if not rows[-1] and parser.tokens[parser.position - 1].kind == "amp":
                rows[-1].append(Mark(token.span, "nothing"))
            rows[-1].append(_cell(parser))
    parser.advance()
    parser.bars, parser.given = outer
    filled = [row for row in rows if row]
    span = parser.span(start)
    if opener.text in tables.CASES:
        return cases_of(parser, span, filled)
    return Matrix(span, tuple(tuple(row) for row in filled), tables.MATRICES[opener.text] or "")


def cases_of(parser: Parser, span: Span, rows: Sequence[Sequence[Surface]]) -> Cases:
    return Cases(span, tuple((row[0], _condition(parser, row)) for row in rows))


def _cell(parser: Parser) -> Surface:
    if parser.token.kind == "text":
        start = parser.position
        token = parser.advance()
        words = Words(token.span, token.text)
        if parser.token.kind in ("amp", "row", "end", "comma", "semi", "quad"):
            return words
        body = parser.relation()
        return Group(parser.span(start), "words", (words, body), "words")
    return parser.relation()


def _condition(parser: Parser, row: Sequence[Surface]) -> Surface | None:
    """The condition of a case; None where it says "otherwise"."""
    for cell in row[1:]:
        if isinstance(cell, Group) and cell.left == "words":
            return cell.items[1]
        if not isinstance(cell, Words):
            return cell
        between = cell.text.split("$")
        if len(between) == 3:  # if $j = c$,
            said = [replace(t, start=cell.span.start, stop=cell.span.stop) for t in _tokens(between[1])]
            return parser.compared(said)
    return None


def _tokens(text: str) -> list[Token]:
    return settled(tokens_of(text, 0, len(text)))
