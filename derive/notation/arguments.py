"""The arguments of a call, and how many there may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.notation.tokens import Token
from derive.tree.nodes import Node

if TYPE_CHECKING:
    from derive.notation.grammar import Reader


def arguments(reader: Reader, token: Token, signature: str, allowed: tuple[int, ...]) -> list[Node]:
    """The arguments in parentheses; their number is checked against the signature."""
    opener = reader.advance()
    found: list[Node] = []
    while reader.token.kind != ")":
        if found:
            if reader.token.kind != ",":
                break
            reader.advance()
        found.append(reader.sum())
    reader.close(opener, ")")
    if len(found) not in allowed:
        s = "" if len(found) == 1 else "s"
        raise reader.fail(f"{token.text} does not take {len(found)} argument{s}", token, f"write {signature}")
    return found
