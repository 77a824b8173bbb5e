"""Arrays written in decimals: how far a value may be from what is printed."""

from __future__ import annotations

from fractions import Fraction

from derive.tree.nodes import Node, Number

SLACK = 1e-9  # beside half a unit of the last digit


def decimals_in(node: Node) -> bool:
    """Whether an entry is written as a decimal."""
    return any(isinstance(e.data, Number) and e.data.decimal for e in entries(node))


def entries(node: Node) -> list[Node]:
    """The entries of an array that is written out, in the order of reading; a scalar is one."""
    if node.op == "T":
        return entries(node.args[0])
    return [e for a in node.args for e in entries(a)] if node.op in ("list", "tuple") else [node]


def half_units(node: Node) -> list[float]:
    """For every entry, half a unit of its last digit; 0 for exact ones."""
    return [_half_unit(e) for e in entries(node)]


def _half_unit(entry: Node) -> float:
    if not isinstance(entry.data, Number) or not entry.data.decimal:
        return 0.0
    return 0.5 * 10.0 ** -digits_of(entry.data)


def digits_of(number: Number) -> int:
    """Digits after the point: those written, or as many as the value needs."""
    if number.places is not None:
        return number.places
    digits, value = 0, number.value
    while (value * Fraction(10) ** digits).denominator != 1 and digits < 30:
        digits += 1
    return digits
