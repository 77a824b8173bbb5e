"""Sums, products and maxima over indices: `sum(e, t)`, `prod(e, s=2..t)`, `max(e, i, j=1..i)`.

The indices stand after the body that uses them, so they are read first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from derive.errors import DeriveError, UnknownName, nearest
from derive.notation.tokens import Token
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.build import over

if TYPE_CHECKING:
    from derive.notation.grammar import Reader


class Index(NamedTuple):
    name: str
    low: Size
    high: Size


def commas(reader: Reader) -> tuple[list[int], int]:
    """Where the arguments of the call that opens here are separated, and where it closes."""
    found: list[int] = []
    depth, position = 0, reader.position
    while True:
        kind = reader.tokens[position].kind
        depth += (kind in ("(", "[")) - (kind in (")", "]"))
        if kind == "end":
            raise reader.fail(f"'{reader.token.text}' is never closed", reader.token)
        if depth == 0:
            return found, position
        if kind == "," and depth == 1:
            found.append(position)
        position += 1


def bound_over(reader: Reader, token: Token, op: str) -> Node | None:
    """`f(body, i, j=1..i)`: a binder for each index, the first outermost; None for plain arguments."""
    separators, end = commas(reader)
    if not separators:
        return None
    start, outer = reader.position, dict(reader.known.bound)
    found: list[Index] = []
    for comma, stop in zip(separators, [*separators[1:], end], strict=True):
        index = _index(reader, comma + 1, stop)
        if index is None:
            break
        found.append(index)
        reader.known.bound[index.name] = (index.low, index.high)
    reader.move(start + 1)
    if len(found) < len(separators):
        reader.known.bound = outer
        reader.move(start)
        return None
    node = reader.sum()
    if reader.position != separators[0]:
        raise reader.unexpected("expected ','")
    reader.known.bound = outer
    reader.move(end + 1)
    for name, low, high in reversed(found):
        try:
            node = over(op, node, name, low, high)
        except DeriveError as error:
            raise error.at(reader.place(token.start, len(token.text))) from None
    return node


def _index(reader: Reader, position: int, stop: int) -> Index | None:
    """The index that an argument declares: `t`, or `s=2..t`."""
    name = reader.tokens[position]
    if position == stop:
        reader.move(position)
        raise reader.unexpected("expected an index")
    if name.kind != "name":
        return None
    if reader.tokens[position + 1].kind == "=":
        reader.move(position + 2)
        low, high = reader.range(f"{name.text}=1..T")
        if low.constant is not None and high.constant is not None and low.constant > high.constant:
            raise reader.fail(f"the range {low}..{high} is empty", name, "write low..high")
        if reader.position != stop:
            raise reader.unexpected("expected ',' or ')'")
        return Index(name.text, low, high)
    if position + 1 == stop and name.text in reader.scope.indices:
        return Index(name.text, *reader.scope.indices[name.text])
    return None


def refuse_indices(reader: Reader, token: Token) -> None:
    """An error where a later argument looks like an index that nothing declares."""
    for comma in commas(reader)[0]:
        name, after = reader.tokens[comma + 1], reader.tokens[comma + 2]
        if name.kind != "name":
            continue
        if after.kind == "[":
            raise reader.fail(f"{token.text} over {name.text}[...] is not in the language yet", name)
        hint = nearest(name.text, reader.scope.indices)
        hint = hint or f"declare it under index:, or write {token.text}(e, {name.text}=1..T)"
        raise reader.fail(f"'{name.text}' is no index", name, hint, UnknownName)
