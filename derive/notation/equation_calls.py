"""Calls with equations in them: `solve(A @ x == b, x)`, `argmin(f, w, sum(w) == 1)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.notation.arguments import arguments
from derive.notation.binders import commas
from derive.notation.literals import zeros_beside
from derive.notation.tokens import Token
from derive.tree.nodes import Node
from derive.vocabulary.build import TABLE

if TYPE_CHECKING:
    from derive.notation.grammar import Reader


def _equation(reader: Reader) -> Node:
    """`left == right`; a 0 beside an array is the zero array."""
    left, sign = reader.sum(), reader.token
    if sign.kind != "==":
        raise reader.unexpected("expected '=='")
    reader.advance()
    right = reader.sum()
    left, right = zeros_beside(left, right.shape), zeros_beside(right, left.shape)
    return reader.make("eq", left, right, at=sign)


def _name_after_comma(reader: Reader, token: Token, what: str) -> Node:
    if reader.token.kind != ",":
        raise reader.unexpected("expected ','")
    reader.advance()
    at = reader.token
    x = reader.sum()
    if x.op not in ("sym", "entry"):
        raise reader.fail(f"the second argument of {token.text} is a name", at, f"write {what}")
    return x


def solve(reader: Reader, token: Token) -> Node:
    opener = reader.advance()
    equation = _equation(reader)
    x = _name_after_comma(reader, token, "solve(a == b, x)")
    reader.close(opener, ")")
    return reader.make("solve", equation, x, at=token)


def extremum(reader: Reader, token: Token) -> Node:
    """`argmin(f, w)`, and under constraints `argmin(f, w, sum(w) == 1)`."""
    signature = TABLE[token.text].signature
    separators = commas(reader)[0]
    if len(separators) == 1:
        name = reader.tokens[separators[0] + 1]
        if name.text in reader.scope.indices or reader.tokens[separators[0] + 2].kind == "=":
            raise reader.fail(f"{token.text} over an index is not in the language yet", name)
    if not separators:
        return reader.make(token.text, *arguments(reader, token, signature, (2,)), at=token)
    opener = reader.advance()
    f = reader.sum()
    x = _name_after_comma(reader, token, signature)
    constraints: list[Node] = []
    while reader.token.kind == ",":
        reader.advance()
        constraints.append(_equation(reader))
    reader.close(opener, ")")
    return reader.make(token.text, f, x, *constraints, at=token)
