"""Reading the author's notation: expressions, equations, indices, ranges, keys.

`at(offset, width)` is where the characters of a text stand (`Text.at` of the YAML layer); without it errors
name `<text>`. The grammar is in `grammar.py`, types of symbols are in `types.py`.
"""

from __future__ import annotations

from derive.errors import ShapeError
from derive.notation.grammar import OPERATOR, Reader
from derive.notation.literals import zeros_beside
from derive.notation.text import text as text_of
from derive.notation.tokens import At
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.scope import Scope

RELATIONS = ("==", "<=", ">=")


def read(
    text: str, scope: Scope, at: At | None = None, *, differentials: bool = False, lists: bool = False
) -> Node:
    """The node that `text` says; `d(e)` is in the language only with `differentials`; with `lists`, `[1]` is a
    list and `(1, 2)` a tuple."""
    reader = Reader(text, scope, at, differentials, lists=lists)
    return reader.whole(reader.sum())


def read_equation(
    text: str, scope: Scope, at: At | None = None, *, differentials: bool = False
) -> tuple[Node, str, Node]:
    """`left == right` (or <=, >=); a 0 beside an array is the zero array."""
    reader = Reader(text, scope, at, differentials)
    left = reader.sum()
    relation = reader.token
    if relation.kind == "end":
        raise reader.fail("an equation is wanted here", relation, "write left == right")
    if relation.kind not in RELATIONS:
        raise reader.unexpected("expected == (or <=, >=)")
    reader.advance()
    right = reader.whole(reader.sum())
    left, right = zeros_beside(left, right.shape), zeros_beside(right, left.shape)
    if left.shape != right.shape:
        message = f"{relation.text} between {left.shape} and {right.shape}"
        raise reader.fail(message, relation, _filled(left, right), ShapeError)
    return left, relation.text, right


def _filled(left: Node, right: Node) -> str | None:
    """A number beside an array: how the array of equal entries is written."""
    number, array = (right, left) if right.shape.is_scalar else (left, right)
    if not number.shape.is_scalar or array.shape.kind not in ("vector", "row", "matrix"):
        return None
    dims = array.shape.dims[-1:] if array.shape.kind == "row" else array.shape.dims
    ones = f"ones({', '.join(map(str, dims))})" + (".T" if array.shape.kind == "row" else "")
    if number.op == "num" and number.number == 1:
        return f"write {ones}"
    simple = number.op in ("num", "sym", "count")
    return f"write {text_of(number) if simple else '(' + text_of(number) + ')'} * {ones}"


def _sizes(text: str, at: At | None) -> Reader:
    return Reader(text, Scope(), at, sizes=True)


def read_index(text: str, at: At | None = None) -> Size:
    """`t-1`, `T+1`, `2*k`."""
    reader = _sizes(text, at)
    return reader.size_of(reader.whole(reader.sum()), reader.tokens[0])


def read_range(text: str, at: At | None = None) -> tuple[Size, Size]:
    """`1..T`, `2..T-1`."""
    reader = _sizes(text, at)
    found = reader.range("1..T")
    if reader.token.kind != "end":
        raise reader.unexpected(OPERATOR)
    return found


def read_target(text: str, at: At | None = None) -> tuple[str, tuple[Size, ...]]:
    """A key of `symbols:` or `define:`: its name and its index (`h_f[t]`, `m[T+1]`, `W`)."""
    reader = _sizes(text, at)
    if reader.token.kind != "name" or reader.token.text.endswith("'"):
        raise reader.fail("a name is wanted here", reader.token, "letters, digits and _, as in W_f or h[t]")
    name, opener = reader.advance(), reader.token
    index = reader.indices() if opener.kind == "[" else []
    if reader.token.kind != "end":
        raise reader.unexpected("expected a name, or a name with its index")
    return name.text, tuple(reader.size_of(i, opener) for i in index)
