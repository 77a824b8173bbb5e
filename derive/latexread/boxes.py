r"""Boxes and braces around equations: `\boxed{a = b}`, `{a = b}`, `a {=} b`, `\left\{ ... \right.` around a system.

An equation in a box is an equation; an expression in one stays in its braces. To know one more box: `tables.BOXES`.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.latexread.tokens import Token

Tokens = Sequence[Token]
MOST_LOOKED = 200_000  # tokens that are looked through for relations in one display


def without_system(tokens: list[Token]) -> list[Token]:
    """Without a brace around equations below each other: `\\left\\{ ... \\right.`"""
    end = len(tokens)
    while end and tokens[end - 1].kind in ("comma", "dot", "quad"):
        end -= 1
    tokens = tokens[:end]
    if len(tokens) < 3 or tokens[0].kind != "open" or tokens[0].text not in ("{", "."):
        return tokens
    last = tokens[-1]
    is_system = {tokens[0].text, last.text} in ({"{", "."}, {".", "}"}) and last.kind == "close"
    return tokens[1:-1] if is_system and any(t.kind == "rel" for t in tokens) else tokens


def unboxed(tokens: Tokens, keep: bool = False) -> list[Token]:
    """Without the braces of boxes that hold an equation (of one that holds an expression they stay braces, and the
    sign of the box if one is to `keep` it), those around a relation alone, and empty ones that nothing needs."""
    closes = _braces(tokens)
    dropped: set[int] = set()
    work = 0
    for i, token in enumerate(tokens):
        before = tokens[i - 1].kind if i else "row"
        opens = i + 1 if token.kind == "box" else i if token.kind == "{" else -1
        if opens not in closes:
            dropped |= {i} if token.kind == "box" else set()
            continue
        length = closes[opens] - opens - 1
        looked = length if token.kind == "box" or before in ("amp", "row", "quad") or length == 1 else 0
        work += looked
        relation = work < MOST_LOOKED and _relates(tokens[opens + 1 : opens + 1 + looked])
        if token.kind == "box":
            if relation and before not in ("^", "_"):
                dropped |= {i, opens, closes[opens]}
            elif not keep:
                dropped.add(i)
            if token.text != "boxed" and work < MOST_LOOKED:
                dropped |= {k for k in range(opens, closes[opens]) if tokens[k].text == "$"}
        elif (relation and before not in ("^", "_")) or (
            length == 0 and before not in _TAKES and _ends(tokens, i + 2)
        ):
            dropped |= {opens, closes[opens]}
    return [t for i, t in enumerate(tokens) if i not in dropped]


def _ends(tokens: Tokens, at: int) -> bool:
    """Whether no script stands behind empty braces, which they would carry."""
    return at < len(tokens) and tokens[at].kind not in ("^", "_")


def _relates(tokens: Tokens) -> bool:
    """Whether an equation stands there, outside of brackets."""
    depth = 0
    for token in tokens:
        if depth == 0 and token.kind in ("rel", "row", "begin"):
            return True
        depth += (token.kind in ("open", "{")) - (token.kind in ("close", "}"))
    return False


_TAKES = frozenset(
    {
        "^",
        "_",
        "}",
        "frac",
        "sqrt",
        "font",
        "accent",
        "overset",
        "underset",
        "brace",
        "binom",
        "pdv",
        "wrap",
        "over",
    }
)


def _braces(tokens: Tokens) -> dict[int, int]:
    """Where each brace is closed, as far as they are."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind == "{":
            stack.append(i)
        elif token.kind == "}" and stack:
            found[stack.pop()] = i
    return found
