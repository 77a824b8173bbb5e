r"""Atoms and their scripts: names, numbers, brackets, fractions, derivatives, functions, matrices.

To read one more form: a row in ATOMS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.latexread import tables
from derive.latexread.brackets import bars, bracketed
from derive.latexread.derivatives import differential, flat, fraction_of, nabla, partial, physics
from derive.latexread.environments import environment
from derive.latexread.operators import big, called, function
from derive.latexread.scripts import argument, scripts
from derive.latexread.surface import (
    Big,
    Derivative,
    Fraction,
    Group,
    Mark,
    Nabla,
    Name,
    Numeral,
    Root,
    Scripted,
    Surface,
    Words,
)

if TYPE_CHECKING:
    from derive.latexread.parse import Parser

INDICATORS = frozenset({"1", "I", "chi"})


def factor(parser: Parser) -> Surface:
    """An atom with everything that stands above, below and behind it."""
    start = parser.position
    read = ATOMS.get(parser.token.kind)
    if read is None:
        raise parser.unexpected()
    node = read(parser)
    if isinstance(node, (Big,)):
        return node
    below, above, primes = scripts(parser)
    if below or above or primes:
        span = parser.span(start)
        if isinstance(node, Name) and not (node.below or node.above or node.primes):
            node = replace(node, span=span, below=below, above=above, primes=primes)
        else:
            node = Scripted(span, node, below, above, primes)
    while (
        parser.token.kind == "bar"
        and parser.token.text == "|"
        and not parser.bars
        and _is_point(parser, node)
    ):
        parser.advance()
        group = Group(parser.span(start), ".", (node,), "|")
        parser.advance()
        at = argument(parser)
        node = Scripted(parser.span(start), group, at)
    if parser.token.kind == "bang":
        raise parser.fail("a factorial is not in the language")
    return node


# ---------------------------------------------------------------- leaves


def _name(parser: Parser) -> Surface:
    token = parser.token
    if token.text == "d":
        found = flat(parser)
        if found is not None:
            return found
        if token.style == "roman":
            return differential(parser)
    parser.advance()
    following = parser.token
    if token.text == "E" and token.style == "bb":
        return called(parser, "E", parser.position - 1)
    if token.text in INDICATORS and following.kind == "open" and _compares(parser):
        return called(parser, "indicator", parser.position - 1)
    return Name(token.span, token.text, token.style)


def _is_point(parser: Parser, node: Surface) -> bool:
    r"""Whether `\big|_{x = a}` stands here, or behind a derivative `\big|_{a}`."""
    at = parser.position + 2
    if parser.ahead().kind != "_" or at not in parser.closes:
        return False
    return isinstance(node, (Derivative, Nabla)) or any(
        t.kind == "rel" for t in parser.tokens[at : parser.closes[at]]
    )


def _compares(parser: Parser) -> bool:
    """Whether a comparison stands in the brackets that open here."""
    depth = 0
    for token in parser.tokens[parser.position :]:
        depth += (token.kind in ("open", "{")) - (token.kind in ("close", "}"))
        if depth <= 0 or (depth == 1 and token.kind == "rel"):
            return depth > 0
    return False


def _number(parser: Parser) -> Surface:
    token = parser.advance()
    return Numeral(token.span, token.text)


def _mark(parser: Parser) -> Surface:
    token = parser.advance()
    return Mark(token.span, token.text)


def _dots(parser: Parser) -> Surface:
    return Mark(parser.advance().span, "dots")


def _words(parser: Parser) -> Surface:
    token = parser.advance()
    return Words(token.span, token.text)


def _accent(parser: Parser) -> Surface:
    r"""`\hat y`, `\hat{y_t}`: the accent belongs to the letter."""
    start = parser.position
    accent = parser.advance().text
    inside = argument(parser)
    if not inside:
        raise parser.fail("an argument is missing here", parser.tokens[start])
    body = parser.part(inside)
    if isinstance(body, Numeral) and body.text in ("0", "1"):
        return Name(parser.span(start), body.text, "arrow")  # \vec 1
    if not isinstance(body, Name):
        if accent in ("vec", "underline"):
            return body
        raise parser.fail("an accent over more than a name is not read", parser.tokens[start])
    accents = body.accents if accent in tables.UNMARKED else (accent, *body.accents)
    style = "arrow" if accent in tables.UNMARKED else body.style
    return replace(body, span=parser.span(start), accents=accents, style=style)


# ---------------------------------------------------------------- braces, fractions, roots


def _braces(parser: Parser) -> Surface:
    """Braces that TeX does not print."""
    start = parser.position
    inside = argument(parser)
    if not inside:
        return Mark(parser.span(start), "nothing")
    body = parser.part(inside)
    return (
        replace(body, span=parser.span(start))
        if isinstance(body, Name)
        else Group(parser.span(start), "", (body,), "")
    )


def _fraction(parser: Parser) -> Surface:
    start = parser.position
    parser.advance()
    over, under = argument(parser), argument(parser)
    span = parser.span(start)
    derivative = fraction_of(parser, over, under, start)
    if derivative is not None:
        return derivative
    return Fraction(span, parser.part(over), parser.part(under))


def _root(parser: Parser) -> Surface:
    start = parser.position
    parser.advance()
    index = None
    if parser.token.kind == "open" and parser.token.text == "[":
        group = bracketed(parser)
        index = group.items[0] if isinstance(group, Group) and len(group.items) == 1 else None
    return Root(parser.span(start), parser.part(argument(parser)), index)


def _binomial(parser: Parser) -> Surface:
    raise parser.fail("a binomial coefficient is not in the language")


ATOMS: dict[str, Callable[[Parser], Surface]] = {
    "name": _name,
    "num": _number,
    "mark": _mark,
    "dots": _dots,
    "text": _words,
    "accent": _accent,
    "{": _braces,
    "open": bracketed,
    "bar": bars,
    "func": function,
    "big": big,
    "frac": _fraction,
    "sqrt": _root,
    "partial": partial,
    "nabla": nabla,
    "pdv": physics,
    "binom": _binomial,
    "begin": environment,
}
