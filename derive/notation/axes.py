"""Calls with a syntax of their own: reductions over axes (`mean(X, over=feature)`), layers, `at(e, x == v)`.

They are rows of `derive.notation.calls.CALLS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.errors import ShapeError, UnknownName, nearest
from derive.notation.binders import commas
from derive.notation.pathreader import is_whole_family, on_path
from derive.notation.tokens import Token
from derive.tree.nodes import Node
from derive.vocabulary.arrays import REDUCTIONS
from derive.vocabulary.build import add
from derive.vocabulary.layers import LAYER, Layer

if TYPE_CHECKING:
    from derive.notation.grammar import Reader


def over_axes(reader: Reader, token: Token) -> Node | None:
    """`mean(X, over=(batch, feature))`; None where the call has no `over=`."""
    separators, _ = commas(reader)
    named = [
        c for c in separators if reader.tokens[c + 1].text == "over" and reader.tokens[c + 2].kind == "="
    ]
    if not named:
        return None
    opener = reader.advance()
    array = reader.sum()
    if reader.position != named[0]:
        raise reader.unexpected("expected ','")
    reader.move(named[0] + 3)
    listed = reader.token.kind == "("
    if listed:
        bracket = reader.advance()
    axes: list[int] = []
    while True:
        axes.append(_axis(reader, reader.advance(), array))
        if axes[-1] in axes[:-1]:
            raise reader.fail("this axis stands twice", reader.tokens[reader.position - 1])
        if not listed or reader.token.kind != ",":
            break
        reader.advance()
    if listed:
        reader.close(bracket, ")")
    reader.close(opener, ")")
    return reader.make(REDUCTIONS[token.text], array, at=token, data=tuple(sorted(axes)))


def _axis(reader: Reader, token: Token, array: Node) -> int:
    """The place of an axis, from its name or its number (from 1)."""
    shape = array.shape
    if not shape.dims or shape.kind == "row":
        raise reader.fail(f"{shape} has no axes", token, None, ShapeError)
    if token.kind == "name" and token.text in shape.axes:
        return shape.axes.index(token.text)
    if token.kind == "number" and token.text.isdigit() and 1 <= int(token.text) <= len(shape.dims):
        return int(token.text) - 1
    if not shape.axes:
        hint = f"its axes are 1..{len(shape.dims)}; names are given as in tensor(batch=4, feature=3)"
    else:
        hint = nearest(token.text, shape.axes) or f"its axes are {', '.join(shape.axes)}"
    raise reader.fail(f"'{token.text}' is no axis of {shape}", token, hint, UnknownName)


def layer_output(reader: Reader, token: Token, layer: Layer) -> Node:
    """`conv(X)`; a Sequence applies its layers one after the other."""
    opener = reader.advance()
    node = reader.sum()
    reader.close(opener, ")")
    stages = layer.inner or (layer,)
    for stage in stages:
        node = reader.make("layer_output", node, at=token, data=stage)
    if layer.inner:
        reader.stages[node] = len(stages)
    return node


def params(reader: Reader, token: Token) -> Node:
    opener = reader.advance()
    inner = reader.token
    node = reader.sum()
    reader.close(opener, ")")
    if isinstance(node.data, Layer) and node.op == "layer" and node.data.inner:
        held = [Node("layer", (), stage, LAYER) for stage in node.data.inner]
        return add(*(reader.make("params", leaf, at=inner) for leaf in held))
    return reader.make("params", node, at=inner)


def macs(reader: Reader, token: Token) -> Node:
    opener = reader.advance()
    inner = reader.token
    node = reader.sum()
    reader.close(opener, ")")
    counted = []
    for _ in range(reader.stages.get(node, 1)):
        counted.append(reader.make("macs", node, at=inner))
        node = node.args[0]
    return add(*reversed(counted))


def shape(reader: Reader, token: Token) -> Node:
    opener = reader.advance()
    node = reader.sum()
    reader.close(opener, ")")
    return reader.make("shape", node, at=token)


def put_in(reader: Reader, token: Token) -> Node:
    """`at(e, x == v, ...)`: e where the name x has the value v; what is defined through x follows."""
    opener = reader.advance()
    body = reader.sum()
    values: list[tuple[Node, Node]] = []
    given = False
    while reader.token.kind == ",":
        reader.advance()
        first = reader.token
        if is_whole_family(reader):
            body = on_path(reader, token, body)
            given = True
            continue
        name = reader.sum()
        if reader.token.kind != "==":
            raise reader.unexpected("expected ==")
        if name.op != "sym":
            raise reader.fail("a name is wanted before ==", first, "write at(e, x == v)")
        sign = reader.advance()
        value = reader.sum()
        if value.shape != name.shape:
            message = f"{name.symbol.name} is {name.shape}, its value {value.shape}"
            raise reader.fail(message, sign, None, ShapeError)
        values.append((name, value))
    reader.close(opener, ")")
    if not values and not given:
        raise reader.fail("at takes an expression and values", token, "write at(e, x == v)")
    for name, value in reversed(values):
        body = reader.make("at", body, name, value, at=token)
    return body
