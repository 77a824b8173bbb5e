"""Algorithms as listings: the printed one is made of the statements that were run.

To add a statement: its row in WRITERS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from derive.notation.derivation import Listing, ListingRow, Words
from derive.notation.statements import Assign, Condition, For, Function, If, Return, Statement, While
from derive.tree.nodes import SCALAR, Node
from derive.tree.sizes import Size
from derive.vocabulary.build import sym, words

RELATION = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}


def listing(function: Function) -> Listing:
    """Its head and its lines."""
    params = [
        piece
        for n, name in enumerate(function.params)
        for piece in [", "] * bool(n) + [_named(name, function)]
    ]
    head = ListingRow(
        0, (key("function "), Words(words(function.name)), Words("("), *map(Words, params), Words(")"))
    )
    return Listing("", (head, *_rows(function.body, 1, function)))


def key(word: str) -> Words:
    return Words(word, True)


def _named(name: str, function: Function) -> Node | str:
    declared = function.scope.declarations.get(name)
    if declared is not None:
        return sym(name, declared.shape)
    definition = function.scope.definitions.get(name)
    return (
        sym(name, definition.shape)
        if definition
        else name
        if len(name) > 1
        else Node("count", (), Size.of(name), SCALAR)
    )


def _rows(body: Sequence[Statement], indent: int, function: Function) -> Iterator[ListingRow]:
    for statement in body:
        yield from WRITERS[type(statement)](statement, indent, function)


def _assign(s: Assign, indent: int, function: Function) -> Iterator[ListingRow]:
    target = sym(s.target.name, s.value.shape, s.target.indices)
    yield ListingRow(indent, (Words(target), Words(" ← "), Words(s.value)))


def _for(s: For, indent: int, function: Function) -> Iterator[ListingRow]:
    var = Node("count", (), Size.of(s.var), s.first.shape)
    word = " downto " if s.step < 0 else " to "
    yield ListingRow(
        indent, (key("for "), Words(var), Words(" = "), Words(s.first), key(word), Words(s.last), key(" do"))
    )
    yield from _rows(s.body, indent + 1, function)


def _while(s: While, indent: int, function: Function) -> Iterator[ListingRow]:
    yield ListingRow(indent, (key("while "), *_condition(s.condition), key(" do")))
    yield from _rows(s.body, indent + 1, function)


def _if(s: If, indent: int, function: Function) -> Iterator[ListingRow]:
    for n, (condition, body) in enumerate(s.branches):
        if condition is None:
            yield ListingRow(indent, (key("else"),))
        else:
            word = "else if " if n else "if "
            yield ListingRow(indent, (key(word), *_condition(condition), key(" then")))
        yield from _rows(body, indent + 1, function)


def _condition(condition: Condition) -> Iterator[Words]:
    for n, group in enumerate(condition.alternatives):
        if n:
            yield key(" or ")
        for m, compare in enumerate(group):
            if m:
                yield key(" and ")
            yield Words(compare.left)
            yield Words(f" {RELATION[compare.relation]} ")
            yield Words(compare.right)


def _return(s: Return, indent: int, function: Function) -> Iterator[ListingRow]:
    pieces: list[Words] = []
    for n, value in enumerate(s.values):
        pieces += [Words(", ")] * bool(n)
        pieces.append(
            Words(sym(value, function.scope.declarations[value].shape) if isinstance(value, str) else value)
        )
    yield ListingRow(indent, (key("return "), *pieces))


WRITERS: dict[type, Callable[[Any, int, Function], Iterator[ListingRow]]] = {
    Assign: _assign,
    For: _for,
    While: _while,
    If: _if,
    Return: _return,
}
