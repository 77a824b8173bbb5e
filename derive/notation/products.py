"""Products: `a * b`, `a / b`, chains of `@`; and the check of shapes that sums share.

Scalar factors in front of a chain multiply the whole chain: `2 * A @ x` is 2 (A x).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.errors import ShapeError
from derive.notation.literals import is_integer
from derive.notation.tokens import Token
from derive.tree.nodes import SCALAR, Node, of_sides
from derive.vocabulary.build import TABLE, T, build, matmul, num

if TYPE_CHECKING:
    from derive.notation.grammar import Reader

SAME = TABLE["add"].shape
MULTIPLY = ("vector", "row", "matrix")


def product(reader: Reader) -> Node:
    left = reader.factor()
    opened: Node | None = None  # a product without parentheses: its scalars multiply a whole chain of @
    while reader.token.kind in ("*", "/", "@"):
        bare = reader.bare is left
        operator = reader.advance()
        right = reader.factor()
        if operator.kind == "@":
            scalars = left.args[:-1] if left is opened else ()
            if not all(s.shape.is_scalar for s in scalars):
                scalars = ()
            chain = _chain(reader, left.args[-1] if scalars else left, right, operator)
            left = opened = build("mul", *scalars, chain)
        elif operator.kind == "*":
            left = opened = _factors(reader, left, right, operator)
        elif bare and reader.bare is right and is_integer(left) and is_integer(right):
            if right.number == 0:
                raise reader.fail("division by zero", operator)
            left = reader.bare = num(left.number / right.number)
            continue
        else:
            check_shapes(reader, left, right, operator)
            left = build("div", left, right)
        reader.bare = None
    return left


def _factors(reader: Reader, left: Node, right: Node, operator: Token) -> Node:
    factors, probe = [left, right], left
    check_shapes(reader, left, right, operator)
    while reader.token.kind == "*":
        probe = right if probe.shape.is_scalar else probe
        operator = reader.advance()
        right = reader.factor()
        check_shapes(reader, probe, right, operator)
        factors.append(right)
    return build("mul", *factors)


def _chain(reader: Reader, left: Node, right: Node, operator: Token) -> Node:
    """`left @ right @ ...`; of two vectors the dot product."""
    links, a = [left], left.shape
    while True:
        b, hint = right.shape, None
        if a.kind == b.kind == "vector" and a.dims == b.dims:
            links, a = [T(matmul(*links))], SCALAR
        elif a.kind in MULTIPLY and b.kind in MULTIPLY and a.columns == b.rows:
            a = of_sides(a.rows, b.columns)
        else:
            if a.is_scalar or b.is_scalar:
                hint = "a scalar multiplies with *"
            elif a.kind == b.kind == "vector":
                hint = "outer(u, v) is the outer product"
            elif a.kind == "vector" and a.rows == b.rows:
                hint = "a vector is a column; write v.T @ A"
            raise reader.fail(f"@ of {a} and {b}", operator, hint, ShapeError)
        links.append(right)
        if reader.token.kind != "@":
            return matmul(*links)
        operator = reader.advance()
        right = reader.factor()


def check_shapes(reader: Reader, left: Node, right: Node, operator: Token) -> None:
    """Equal shapes (or a scalar with an array), or a ShapeError at the operator."""
    if left.shape is right.shape:
        return
    try:
        SAME((left, right), None)
    except ShapeError as error:
        hint = error.hint
        if {left.shape.kind, right.shape.kind} == {"vector", "row"}:
            hint = "a vector is a column, v.T a row"
        message = f"{operator.text} of {left.shape} and {right.shape}"
        raise reader.fail(message, operator, hint, ShapeError) from None
