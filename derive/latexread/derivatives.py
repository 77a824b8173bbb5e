r"""Derivatives as they are written: \frac{\partial y}{\partial x}, \frac{\partial}{\partial x} ..., dL/dx,
\partial_x f, \nabla_x f, \mathrm{d}x. How far an operator reaches is decided later, by types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.latexread.surface import Derivative, Differential, Nabla, Name, Scripted, Surface
from derive.latexread.tokens import Token

if TYPE_CHECKING:
    from derive.latexread.parse import Parser


def fraction_of(parser: Parser, over: Sequence[Token], under: Sequence[Token], start: int) -> Surface | None:
    """The derivative that a fraction is, or None: both parts begin with the same sign of differentiation."""
    sign = _sign(over)
    if sign is None or _sign(under) != sign or len(under) < 2 or under[1].kind in ("^", "_"):
        return None
    order, body = _order(over[1:])
    pieces = _pieces(under, sign)
    each = order if len(pieces) < order else 1
    variables = tuple(_variable(parser, piece, each) for piece in pieces)
    if sum(count for _, count in variables) != order:
        raise parser.fail("the orders of this derivative differ", parser.tokens[start])
    below = tuple(v for v, count in variables for _ in range(count))
    if body:
        return Derivative(parser.span(start), parser.part(body), below, order, None, sign == "d")
    rest = parser.scope() if parser.starts() else None
    if rest is None:
        raise parser.fail("nothing stands behind this derivative", parser.tokens[start])
    return Derivative(parser.span(start), None, below, order, rest, sign == "d")


def _sign(tokens: Sequence[Token]) -> str | None:
    if tokens and tokens[0].kind == "partial":
        return "partial"
    return "d" if tokens and tokens[0].kind == "name" and tokens[0].text == "d" else None


def _order(tokens: Sequence[Token]) -> tuple[int, Sequence[Token]]:
    """The order behind a sign of differentiation: `^2`, `^{2}`, or none."""
    if len(tokens) >= 2 and tokens[0].kind == "^":
        if tokens[1].kind == "num":
            return int(tokens[1].text[:1]), tokens[2:]
        if len(tokens) >= 4 and tokens[1].kind == "{" and tokens[2].kind == "num" and tokens[3].kind == "}":
            return int(tokens[2].text[:1]), tokens[4:]
    return 1, tokens


def _pieces(under: Sequence[Token], sign: str) -> list[Sequence[Token]]:
    r"""What stands behind each sign in `\partial x \partial y`."""
    depth, starts = 0, [0]
    for i, token in enumerate(under[1:], 1):
        depth += (token.kind in ("{", "open")) - (token.kind in ("}", "close"))
        if depth == 0 and _sign(under[i:]) == sign and sign == "partial":
            starts.append(i)
    return [under[a + 1 : b] for a, b in zip(starts, [*starts[1:], len(under)], strict=True)]


def _variable(parser: Parser, piece: Sequence[Token], order: int) -> tuple[Surface, int]:
    """A variable, and how often: `x^2` under a derivative of order 2 is x twice."""
    node = parser.part(piece)
    if order > 1 and isinstance(node, (Name, Scripted)) and "".join(t.text for t in node.above) == str(order):
        return replace(node, above=()), order
    return node, 1


def physics(parser: Parser) -> Surface:
    r"""`\pdv{f}{x}`, `\dv{f}{x}`."""
    start = parser.position
    token = parser.advance()
    if parser.token.kind != "{":
        raise parser.unexpected()
    over = parser.braces()
    if parser.token.kind != "{":
        below = (parser.part(over),)
        return Derivative(parser.span(start), None, below, 1, parser.scope(), token.text == "dv")
    under = parser.braces()
    return Derivative(
        parser.span(start), parser.part(over), (parser.part(under),), 1, None, token.text == "dv"
    )


def partial(parser: Parser) -> Surface:
    r"""`\partial y/\partial x` in a line, `\partial_x f`."""
    start = parser.position
    sign = parser.advance()
    order = 1
    if parser.token.kind == "^":
        order, _ = _order(parser.tokens[parser.position : parser.position + 4])
        parser.position += 2 if parser.ahead().kind == "num" else 4
    if parser.token.kind == "_":
        parser.advance()
        variable = parser.part(parser.script())
        return Derivative(parser.span(start), None, (variable,) * order, order, parser.scope())
    over = None if parser.token.kind == "op" and parser.token.text == "/" else parser.factor()
    if parser.token.kind != "op" or parser.token.text != "/" or parser.ahead().kind != "partial":
        if over is not None and order == 1:
            return Differential(parser.span(start), over)  # \partial X for dX
        raise parser.fail(r"\partial without \partial below it", sign, r"write \frac{\partial y}{\partial x}")
    parser.advance()
    parser.advance()
    variable, count = _power(parser.factor(), order)
    if count != order:
        raise parser.fail("the orders of this derivative differ", sign)
    span = parser.span(start)
    if over is not None:
        return Derivative(span, over, (variable,) * order, order)
    return Derivative(span, None, (variable,) * order, order, parser.scope())


def _power(node: Surface, order: int) -> tuple[Surface, int]:
    if order > 1 and isinstance(node, Name) and "".join(t.text for t in node.above) == str(order):
        return replace(node, above=()), order
    return node, 1


def flat(parser: Parser) -> Surface | None:
    """`dL/dx` in a line; None where it is something else."""
    start, first = parser.position, parser.token
    name = parser.ahead()
    if name.kind != "name" or name.text == "d" or (first.style != "roman" and name.start != first.stop):
        return None
    at = _behind_scripts(parser, start + 2)
    wanted = [t.text for t in parser.tokens[at : at + 2]]
    if (
        wanted != ["/", "d"]
        or at + 2 >= len(parser.tokens)
        or parser.tokens[at + 2].kind not in ("name", "accent")
    ):
        return None
    parser.advance()
    over = parser.factor()
    if parser.position != at:
        raise parser.unexpected()
    parser.position = at + 2
    under = parser.factor()
    return Derivative(parser.span(start), over, (under,), 1, None, True)


def _behind_scripts(parser: Parser, at: int) -> int:
    """Where the scripts end that begin at a position; nothing is read."""
    tokens = parser.tokens
    while at < len(tokens) and tokens[at].kind in ("_", "^", "prime"):
        at += 1
        if tokens[at - 1].kind != "prime":
            at = parser.closes.get(at, at) + 1
    return at


def differential(parser: Parser) -> Surface:
    r"""`\mathrm{d}x`, and what is held: `\mathrm{d}h\big|_{x}`."""
    start = parser.position
    parser.advance()
    body = parser.factor()
    held: tuple[Token, ...] = ()
    if parser.token.kind == "bar" and parser.ahead().kind == "_" and not parser.bars:
        parser.advance()
        parser.advance()
        held = parser.script()
    return Differential(parser.span(start), body, held)


def nabla(parser: Parser) -> Surface:
    r"""`\nabla_{x} f`, `\nabla^2_x f`."""
    start = parser.position
    sign = parser.advance()
    below, above = parser.marks()
    order = 1
    if above:
        if "".join(t.text for t in above) != "2":
            raise parser.fail(r"this power of \nabla is not read", sign)
        order = 2
    if not parser.starts():
        raise parser.fail("nothing stands behind this gradient", sign)
    return Nabla(parser.span(start), below, order, parser.scope())
