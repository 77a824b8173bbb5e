"""The arguments of a call, and how many there may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.notation.tokens import Token
from derive.tree.nodes import Node
from derive.vocabulary.asked import MOMENTS

if TYPE_CHECKING:
    from derive.notation.grammar import Reader


def listed(reader: Reader) -> list[Node]:
    """The expressions between commas, up to what is neither."""
    found: list[Node] = []
    while reader.token.kind != ")":
        if found:
            if reader.token.kind != ",":
                break
            reader.advance()
        found.append(reader.sum())
    return found


def arguments(reader: Reader, token: Token, signature: str, allowed: tuple[int, ...]) -> list[Node]:
    """The arguments in parentheses; their number is checked against the signature."""
    opener = reader.advance()
    found = listed(reader)
    names = _given(reader) if token.text in MOMENTS and found else []
    reader.close(opener, ")")
    if names:
        found[-1] = reader.make("given", found[-1], *names, at=token)
    if len(found) not in allowed:
        s = "" if len(found) == 1 else "s"
        raise reader.fail(f"{token.text} does not take {len(found)} argument{s}", token, f"write {signature}")
    return found


def _given(reader: Reader) -> list[Node]:
    """The random names after the bar of `E(f | x, y)`."""
    found: list[Node] = []
    while reader.token.kind == ("," if found else "|"):
        reader.advance()
        token = reader.token
        name = reader.sum()
        if name.op != "sym" or not reader.scope.is_random(name.symbol.name):
            message = (
                "what stands after | is a random quantity" if name.op == "sym" else "a name is wanted after |"
            )
            raise reader.fail(message, token, "write E(f | x) with x: ... ~ law")
        found.append(name)
    return found
