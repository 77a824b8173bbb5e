"""`P(y == 0 | x1 == 1)` in a table of data: how it is read and written.

The answers of `naive_bayes` have such names too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derive.errors import Place, UnknownName, nearest
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
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)  # of the columns


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
    columns: dict[str, Token] = {}
    event = _read(reader, columns)
    given: Event = ()
    if reader.token.kind == "|":
        reader.advance()
        given = _read(reader, columns)
    reader.close(opener, ")")
    tables = {name: known for name, known in reader.scope.columns.items() if known}
    places = {column: reader.spot(at) for column, at in columns.items()}
    for name, known in tables.items():
        if set(columns) <= set(known):
            return reader.make("P", at=token, data=Chance(event, given, name, places))
    form = "P(y == 0 | x1 == 1) is a share of the rows of a table"
    if not tables:
        raise reader.fail("there is no table of data", token, form, UnknownName)
    best = max(tables.values(), key=lambda known: len(set(columns) & set(known)))
    odd = next(column for column in columns if column not in best)
    hint = nearest(odd, best) or f"columns are {', '.join(best)}"
    raise reader.fail(f"no table of data has the column '{odd}'", columns[odd], hint, UnknownName)


def _read(reader: Reader, columns: dict[str, Token]) -> Event:
    found: list[tuple[str, str]] = []
    while True:
        if reader.token.kind != "name":
            raise reader.unexpected("expected the name of a column")
        column = reader.token.text
        columns.setdefault(column, reader.advance())
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
