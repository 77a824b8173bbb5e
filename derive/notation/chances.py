"""`P(y == 0 | x1 == 1)` in a table of data: how it is read and written.

The answers of `naive_bayes` have such names too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.errors import UnknownName
from derive.notation.tokens import Token
from derive.tree.nodes import Node
from derive.vocabulary.build import build

if TYPE_CHECKING:
    from derive.notation.grammar import Reader

Event = tuple[tuple[str, str], ...]  # columns and their values


@dataclass(frozen=True)
class Chance:
    """The share of rows with `event` among those with `given`; `table` is "" in the name of an answer."""

    event: Event
    given: Event = ()
    table: str = ""


def chance(event: Event, given: Event = (), table: str = "") -> Node:
    return build("P", data=Chance(event, given, table))


def said(node: Node) -> Chance:
    assert isinstance(node.data, Chance)
    return node.data


def written(node: Node) -> str:
    """`P(y=0 | x1=1, x2=0)`."""
    one = said(node)
    given = f" | {_event(one.given)}" if one.given else ""
    return f"P({_event(one.event)}{given})"


def _event(event: Event) -> str:
    return ", ".join(f"{column}={value}" for column, value in event)


def read_chance(reader: Reader, token: Token) -> Node:
    opener = reader.advance()
    event = _read(reader)
    given: Event = ()
    if reader.token.kind == "|":
        reader.advance()
        given = _read(reader)
    reader.close(opener, ")")
    columns = [column for column, _ in (*event, *given)]
    for name in reader.scope.data:
        known = reader.scope.columns.get(name, ())
        if known and set(columns) <= set(known):
            return reader.make("P", at=token, data=Chance(event, given, name))
    message = f"no table of data has the column{'s' * (len(columns) > 1)} {', '.join(columns)}"
    raise reader.fail(message, token, "P(y == 0 | x1 == 1) is a share of the rows of a table", UnknownName)


def _read(reader: Reader) -> Event:
    found: list[tuple[str, str]] = []
    while True:
        if reader.token.kind != "name":
            raise reader.unexpected("expected the name of a column")
        column = reader.advance().text
        if reader.token.kind not in ("==", "="):
            raise reader.unexpected("expected ==")
        reader.advance()
        sign = "-" if reader.token.kind == "-" else ""
        if sign:
            reader.advance()
        if reader.token.kind not in ("name", "number"):
            raise reader.unexpected("expected a value")
        found.append((column, sign + reader.advance().text))
        if reader.token.kind != ",":
            return tuple(found)
        reader.advance()
