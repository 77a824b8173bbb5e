"""Sums and multiples of word vectors: what `king - man + woman` comes to, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derive.errors import InputError, Place
from derive.tree.nodes import Node

Vector = tuple[Fraction, ...]
FORM = "words are added and multiplied by numbers, as in king - man + woman"


def combined(node: Node, table: Mapping[str, Vector], place: Place | None = None) -> Vector:
    if node.op == "sym":
        return table[node.symbol.name]
    if node.op == "neg":
        return tuple(-x for x in combined(node.args[0], table, place))
    if node.op == "add":
        parts = [combined(a, table, place) for a in node.args]
        return tuple(sum(xs, Fraction(0)) for xs in zip(*parts, strict=True))
    numbers = [a for a in node.args if a.op == "num"]
    words = [a for a in node.args if a.op != "num"]
    if node.op not in ("mul", "div") or len(words) != 1 or (node.op == "div" and node.args[0] in numbers):
        raise InputError("this is no sum of words", place, FORM)
    scale = Fraction(1)
    for number in numbers:
        scale = scale / number.number if node.op == "div" else scale * number.number
    return tuple(scale * x for x in combined(words[0], table, place))
