"""Expressions over families of finite index variables (`w[t]: integer in 1..N`), as they are read.

    max(p[T], w[1..T])      over all N**T paths; `min` and `sum` likewise
    at(p[t], w[t] == j)     p[t] where w[t] is j; at(p[T], w == viterbi(pi, P, T)) sets a whole path
    argmax(e, i)            the (first) index where e is largest; argmin likewise
    count(w[1..T])          how many paths there are

To add a reduction over paths: its name in REDUCTIONS, its row in the vocabulary, its value in `paths.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.errors import ShapeError
from derive.notation.arguments import listed
from derive.notation.binders import bound_over, commas
from derive.notation.statements import Function
from derive.notation.tokens import Token
from derive.tree.nodes import Node, Symbol
from derive.vocabulary.build import count

if TYPE_CHECKING:
    from derive.notation.grammar import Reader

REDUCTIONS = {"max": "max_paths", "min": "min_paths", "sum": "sum_paths"}


def over_paths(reader: Reader, token: Token) -> Node | None:
    """`max(e, w[1..t-1])`; None where no such range follows."""
    separators, end = commas(reader)
    if len(separators) != 1 or not _is_path(reader, separators[0] + 1, end):
        return None
    reader.advance()
    body = reader.sum()
    if not body.shape.is_scalar:
        raise reader.fail(
            f"{token.text} over paths takes a scalar, got {body.shape}", token, None, ShapeError
        )
    reader.advance()
    symbol, low, high = _path(reader)
    reader.close(reader.tokens[reader.position - 1], ")")
    return reader.make(REDUCTIONS[token.text], body, low, high, at=token, data=symbol)


def _is_path(reader: Reader, position: int, end: int) -> bool:
    """Whether `w[a..b]` stands there."""
    name, opener = reader.tokens[position], reader.tokens[position + 1]
    inside = reader.tokens[position:end]
    return name.kind == "name" and opener.kind == "[" and any(t.kind == ".." for t in inside)


def _path(reader: Reader) -> tuple[Symbol, Node, Node]:
    """`w[1..T]` of a family of integers in a range."""
    name = reader.advance()
    declared = reader.scope.declarations.get(name.text)
    if declared is None or declared.integers is None or len(declared.params) != 1:
        hint = f"declare it: {name.text}[t]: integer in 1..N"
        raise reader.fail(f"'{name.text}' is no family of integers in a range", name, hint)
    opener = reader.advance()
    low, high = reader.range(f"{name.text}[1..T]")
    reader.close(opener, "]")
    return Symbol(name.text, declared.facts), count(low), count(high)


def count_paths(reader: Reader, token: Token) -> Node:
    """`count(w[1..T])`."""
    reader.advance()
    if not _is_path(reader, reader.position, len(reader.tokens) - 1):
        raise reader.fail("count takes a range of a family", reader.token, "write count(w[1..T])")
    symbol, low, high = _path(reader)
    reader.close(reader.tokens[reader.position - 1], ")")
    return reader.make("count_paths", low, high, at=token, data=symbol)


def is_whole_family(reader: Reader) -> bool:
    """Whether `w` stands here without its index, as in at(e, w == path)."""
    declared = reader.scope.declarations.get(reader.token.text)
    return declared is not None and bool(declared.params) and reader.after().kind != "["


def on_path(reader: Reader, token: Token, body: Node) -> Node:
    """The rest of `at(e, w == path)`."""
    target = reader.advance()
    if reader.token.kind != "==":
        raise reader.unexpected("expected ==")
    operator = reader.advance()
    value = reader.sum()
    if value.shape.kind not in ("vector", "path"):
        raise reader.fail(f"a path is wanted here, not a {value.shape}", operator, None, ShapeError)
    return reader.make("at_path", body, value, at=token, data=Symbol(target.text))


def place_of_extremum(reader: Reader, token: Token) -> Node | None:
    """`argmax(e, i)` over an index; None for a name to optimise."""
    separators, _ = commas(reader)
    if len(separators) != 1:
        return None
    name, after = reader.tokens[separators[0] + 1], reader.tokens[separators[0] + 2]
    is_index = name.text in reader.scope.indices or name.text in reader.known.bound
    if not (after.kind == "=" or (is_index and after.kind == ")")):
        return None
    return bound_over(reader, token, f"{token.text}_over")


def invoked(reader: Reader, token: Token, function: Function) -> Node:
    """An algorithm called in an expression."""
    opener = reader.advance()
    found = listed(reader)
    reader.close(opener, ")")
    if len(found) != len(function.params):
        signature = f"{function.name}({', '.join(function.params)})"
        raise reader.fail(
            f"{function.name} does not take {len(found)} arguments", token, f"write {signature}"
        )
    for name, given in zip(function.params, found, strict=True):
        declared = function.scope.declarations.get(name) or function.scope.definitions.get(name)
        if declared is not None and declared.shape.kind != given.shape.kind:
            message = f"{function.name}: {name} is {declared.shape}, not {given.shape}"
            raise reader.fail(message, token, None, ShapeError)
    return Node("run", tuple(found), function.name, function.result)
