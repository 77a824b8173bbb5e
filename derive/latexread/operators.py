r"""Functions and big operators with their marks and what they act on: `\log a b`, `\sum_{t=1}^{T} ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.latexread import tables
from derive.latexread.surface import (
    Big,
    Call,
    Name,
    Surface,
)
from derive.latexread.tokens import Token
from derive.vocabulary.asked import SOUGHT

if TYPE_CHECKING:
    from derive.latexread.parse import Parser


from derive.latexread.brackets import bracketed
from derive.latexread.scripts import scripts


def called(parser: Parser, function: str, start: int) -> Surface:
    r"""A function, its marks and its argument: brackets, or everything side by side with it (`\log a b`)."""
    below, above, primes = scripts(parser)
    if parser.token.kind == "open" and parser.token.text in ("(", "[", "{", "."):
        group = bracketed(parser)
        return Call(parser.span(start), function, below, above, group, primes)
    if not parser.starts() and not (parser.token.kind == "op" and parser.token.text == "-"):
        return Name(parser.span(start), function, "function", (), below, above, primes)
    if function == "E":
        return Call(parser.span(start), function, below, above, parser.factor(), primes, False)
    first = parser.position
    factors = [parser.signed()]
    while parser.starts() and not isinstance(factors[-1], Call):
        following = parser.token
        argued = following.kind == "open" and isinstance(factors[-1], Name) and _calls(factors[-1], following)
        if following.kind in ("func", "big", "open") and not argued:
            break
        factors.append(parser.factor())
    body = factors[0] if len(factors) == 1 else parser.join(parser.span(first), factors)
    return Call(parser.span(start), function, below, above, body, primes, False)


def _calls(name: Name, opener: Token) -> bool:
    """Whether brackets may be the argument of a name before them: `\\log p(x)`, `\\log\\sigma (x)`."""
    return opener.text == "(" and (name.span.stop == opener.start or name.letter in tables.GREEK_FUNCTIONS)


def function(parser: Parser) -> Surface:
    start = parser.position
    token = parser.advance()
    if token.text in SOUGHT:
        return _operator(parser, token.text, start)
    return called(parser, token.text, start)


def big(parser: Parser) -> Surface:
    start = parser.position
    return _operator(parser, parser.advance().text, start)


def _operator(parser: Parser, command: str, start: int) -> Surface:
    r"""`\sum_{t=1}^{T} ...`; `\max(a, b)` without an index is a function."""
    below, above, _ = scripts(parser)
    if command in ("max", "min") and not below and parser.token.kind == "open":
        return Call(parser.span(start), command, below, above, bracketed(parser))
    if not parser.starts() and not (parser.token.kind == "op" and parser.token.text in ("+", "-")):
        raise parser.fail("nothing stands in the scope of this", parser.tokens[start])
    body = parser.sum() if command in SOUGHT else parser.scope()
    return Big(parser.span(start), command, below, above, body)
