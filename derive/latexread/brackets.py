r"""Brackets and bars: which closes which, and where a bar means "given"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.latexread import tables
from derive.latexread.environments import cases_of
from derive.latexread.surface import (
    Cases,
    Group,
    Mark,
    Matrix,
    Surface,
)
from derive.latexread.tokens import Span, Token

if TYPE_CHECKING:
    from derive.latexread.parse import Parser


def bracketed(parser: Parser) -> Group | Cases:
    """Brackets and the items in them, separated by commas, semicolons or a bar that means "given"."""
    start = parser.position
    opener = parser.advance()
    outer = parser.bars, parser.given
    parser.bars, parser.given = [], _left_over(parser) if opener.text in ("(", "[", "{") else frozenset()
    items: list[Surface] = []
    while parser.token.kind not in ("close", "end"):
        if opener.text == "[" and _is_whole(parser):
            items.append(Mark(parser.advance().span, ":"))
        elif parser.token.kind in ("comma", "semi", "quad"):
            parser.advance()
        elif parser.token.kind == "bar" and not opens_bars(parser):
            if opener.text == "." and not parser.bars:
                break  # \left. ... \right|
            items.append(Mark(parser.advance().span, "|"))
        else:
            items.append(parser.relation())
            if parser.token.kind not in ("comma", "semi", "quad", "close", "bar", "end"):
                raise parser.unexpected()
    if parser.token.kind == "end" or (parser.token.kind == "close" and not _matches(opener, parser.token)):
        raise parser.fail(f"'{opener.text}' is never closed", opener)
    closer = parser.advance()
    parser.bars, parser.given = outer
    only = items[0] if len(items) == 1 else None
    if opener.text == "{" and closer.text == "." and isinstance(only, Matrix):
        return cases_of(parser, parser.span(start), only.rows)  # \left\{ \begin{array}{ll} ... \right.
    return Group(parser.span(start), opener.text, tuple(items), closer.text)


def _is_whole(parser: Parser) -> bool:
    """Whether a colon stands for all entries: `W[c, :]`."""
    before, after = parser.ahead(-1).kind, parser.ahead().kind
    return parser.token.text == ":" and before in ("open", "comma") and after in ("comma", "close")


def _matches(opener: Token, closer: Token) -> bool:
    if "." in (opener.text, closer.text):
        return True
    return tables.CLOSERS.get(opener.text) == closer.text or {opener.text, closer.text} <= {
        "(",
        ")",
        "[",
        "]",
    }


def _left_over(parser: Parser) -> frozenset[str]:
    """The kinds of bars that are left over in these brackets once bars are paired: they mean "given"."""
    depth = 1
    found = {"|": 0, "||": 0}
    for token in parser.tokens[parser.position :]:
        depth += (token.kind in ("open", "{")) - (token.kind in ("close", "}"))
        if depth == 0:
            break
        if depth == 1 and token.kind == "bar":
            found[token.text] += 1
    return frozenset(kind for kind, count in found.items() if count % 2)


def opens_bars(parser: Parser) -> bool:
    """Whether the bar here opens: a bar of its kind that is open would be closed by it."""
    token = parser.token
    if token.style in ("open", "close"):
        return token.style == "open"
    if token.text in parser.given and token.text not in parser.bars:
        return False
    if parser.ahead().kind == "_" and token.text == "|" and not parser.bars:
        return False  # \big|_{x}
    return not (parser.bars and (parser.bars[-1] == token.text or token.style == "merged"))


def bars(parser: Parser) -> Surface:
    r"""`|x|`, `\|x\|`, `||x||`."""
    start = parser.position
    if not opens_bars(parser):
        raise parser.unexpected()
    opener = parser.advance()
    parser.bars.append(opener.text)
    items = [parser.relation()]
    while parser.token.kind == "comma":
        parser.advance()
        items.append(parser.relation())
    closer = parser.token
    if closer.kind == "bar" and closer.text == "||" and opener.text == "|":  # |a||b| typed without a space
        middle = closer.start + 1
        parser.tokens[parser.position] = replace(closer, text="|", start=middle, style="")
        parser.bars.pop()
        return Group(parser.span(start).to(Span(closer.start, middle)), "|", tuple(items), "|")
    if closer.kind != "bar" or closer.text != opener.text:
        raise parser.fail("this bar is never closed", opener)
    parser.advance()
    parser.bars.pop()
    return Group(parser.span(start), opener.text, tuple(items), opener.text)
