"""Subscripts, superscripts and arguments: which tokens belong to them. They are read later, by what they stand at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.latexread.surface import (
    Script,
)
from derive.latexread.tokens import Token

if TYPE_CHECKING:
    from derive.latexread.parse import Parser


def scripts(parser: Parser) -> tuple[Script, Script, int]:
    """Subscripts, superscripts and primes, in any order; two of one kind stand side by side."""
    below: list[Token] = []
    above: list[Token] = []
    primes = 0
    while parser.token.kind in ("_", "^", "prime") or _is_empty(parser):
        if _is_empty(parser):  # x{}^\top
            parser.position += 2
        token = parser.advance()
        if token.kind == "prime":
            primes += len(token.text) if token.text == "'" else 1
            continue
        taken = argument(parser)
        if token.kind == "^" and taken and all(t.kind == "prime" for t in taken):
            primes += len(taken)
            continue
        (below if token.kind == "_" else above).extend(taken)
    return tuple(below), tuple(above), primes


def _is_empty(parser: Parser) -> bool:
    """Whether empty braces stand here, with a script behind them."""
    kinds = [t.kind for t in parser.tokens[parser.position : parser.position + 3]]
    return kinds[:2] == ["{", "}"] and kinds[2:] in (["^"], ["_"])


def argument(parser: Parser) -> Script:
    r"""The argument of a command or a script: braces, or the next sign (`x^12` is x^1 2)."""
    token = parser.token
    if token.kind == "{":
        start, stop = parser.position, parser.closes[parser.position]
        parser.position = stop + 1
        return tuple(parser.tokens[start + 1 : stop])
    if token.kind == "end" or token.kind in ("_", "^", "amp", "row", "rel", "}"):
        raise parser.fail("an argument is missing here")
    if token.kind == "num" and len(token.text) > 1 and token.text.isdigit():
        rest = replace(token, text=token.text[1:], start=token.start + 1)
        parser.tokens[parser.position] = rest
        return (replace(token, text=token.text[0], stop=token.start + 1),)
    if token.kind in ("frac", "sqrt"):
        start = parser.position
        parser.nest()
        parser.advance()
        argument(parser)
        if token.kind == "frac":
            argument(parser)
        parser.depth -= 1
        return tuple(parser.tokens[start : parser.position])
    parser.advance()
    return (token,)
