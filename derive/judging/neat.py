"""A mended line as one would write it: no factor 1, no double transpose or sign, counts added up. Nothing else of the
student's form changes.
"""

from __future__ import annotations

from functools import reduce

from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.build import ONE, count, mul, num, rebuild


def neat(node: Node) -> Node:
    """The same value, children first; names and what they are indexed by stay."""
    if not node.args or node.op == "sym":
        return node
    node = rebuild(node, tuple(neat(a) for a in node.args))
    first = node.args[0]
    if node.op in ("T", "neg") and first.op == node.op:
        return first.args[0]
    if node.op == "mul" and ONE in node.args:
        kept = [a for a in node.args if a != ONE]
        whole = mul(*kept) if kept else ONE
        return whole if whole.shape == node.shape else node
    if node.op == "div" and node.args[1] == ONE and first.shape == node.shape:
        return first
    if node.op == "add" and any(a.op == "count" for a in node.args) and all(map(_size, node.args)):
        return _counted(reduce(lambda a, b: a + b, (_size(a) or Size.of(0) for a in node.args)))
    return node


def _size(node: Node) -> Size | None:
    if node.op == "count":
        return node.size
    return Size.of(int(node.number)) if node.op == "num" and node.number.denominator == 1 else None


def _counted(size: Size) -> Node:
    return num(size.constant) if size.constant is not None else count(size)
