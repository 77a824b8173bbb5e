"""Lines that are written out in numbers: lists and matrices mended entry by entry, numbers by their value.

An edit of arithmetic explains little, so of numbers only signs, functions and the like are tried; what remains is
said by its value.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Callable, Iterator

import numpy as np

from derive.judging.closing import CLOSINGS, Known, close, closings
from derive.judging.edits import Edited, edits
from derive.judging.places import put
from derive.judging.pool import Pool, says_something
from derive.judging.site import SHOULD
from derive.notation.derivation import Reason
from derive.notation.rounding import digits_of
from derive.tree.nodes import Node, Number
from derive.vocabulary.build import build, neg, num

Array = Any
Value = Callable[[Node], Array | None]
Path = tuple[int, ...]

OF_NUMBERS = ("sign", "function", "transpose", "swap", "norm", "inverse", "drop", "parentheses")
OF_ENTRIES = ("sign", "factor", "index", "name", "power", "function", "drop", "parentheses")
MOST_WRONG = 3  # entries
LARGEST = 10_000  # denominator of a value that is said as a fraction


def entries(node: Node) -> dict[Path, tuple[int, int]] | None:
    """Where the entries of a list stand in its tree, and in its array; None where it is no list of numbers."""
    if node.op != "list" or node.shape.kind not in ("vector", "matrix"):
        return None
    if node.shape.kind == "vector":
        return {(i,): (i, 0) for i in range(len(node.args))}
    if any(row.op != "list" for row in node.args):
        return None
    return {(i, j): (i, j) for i, row in enumerate(node.args) for j in range(len(row.args))}


def entrywise(
    node: Node,
    array: Array,
    wanted: Array,
    target: Node,
    pool: Pool,
    known: Known | None,
    value: Value,
) -> Edited | None:
    """The list with its wrong entries mended, where they are few; `known` is None where it names nothing."""
    places = entries(node)
    if places is None or array.shape != wanted.shape:
        return None
    size = max(float(np.max(np.abs(wanted), initial=0.0)), 1e-9)
    wrong = [path for path, at in places.items() if abs(array[at] - wanted[at]) > 1e-7 * size]
    wrong = [path for path in wrong if not _is_as_printed(_at(node, path), wanted[places[path]])]
    if not 0 < len(wrong) <= MOST_WRONG:
        return None
    beside = entries(target) == places
    reasons: list[Reason] = []
    kinds: list[str] = []
    for path in wrong:
        old = _at(node, path)
        is_, goal = (a[places[path]].reshape(1, 1) for a in (array, wanted))
        new = next(_entry(old, is_, goal, pool, known, value), None)
        if new is None and beside:
            right = _in_kind(old, _at(target, path), goal) or old
            new = Edited(right, (Reason(SHOULD, (old, right)),), ("entry",))
        if new is None:
            exact = _in_kind(old, exactly(goal), goal)
            if exact is None:
                return None
            new = Edited(exact, (Reason(SHOULD, (old, exact)),), ("value",))
        node = put(node, path, new.node)
        reasons += new.reasons
        kinds += new.kinds
    return Edited(node, tuple(reasons), ("entry", *kinds))


def _entry(
    old: Node, is_: Array, goal: Array, pool: Pool, known: Known | None, value: Value
) -> Iterator[Edited]:
    for edited in edits(old, pool, OF_ENTRIES if says_something(old) else ("sign",)):
        found = value(edited.node)
        if found is not None and edited.node.shape.is_scalar and close(found, goal):
            yield edited
    if known is not None:
        for node, said in closings(old, is_, goal, old, known, CLOSINGS):
            yield Edited(node, said, ("closing",))


def by_value(node: Node, wanted: Array) -> Edited | None:
    """The value itself, where the line is arithmetic and the value a number that people write."""
    new = exactly(wanted)
    if new is None or new == node:
        return None
    return Edited(new, (Reason(SHOULD, (node, new)),), ("value",))


def exactly(value: Array) -> Node | None:
    """A number, a list or a matrix of fractions."""
    rows = [[_fraction(float(np.real(x))) for x in row] for row in value]
    if any(x is None for row in rows for x in row):
        return None
    numbers = [[num(x) for x in row if x is not None] for row in rows]
    if value.shape == (1, 1):
        return numbers[0][0]
    if value.shape[1] == 1:
        return build("list", *(row[0] for row in numbers))
    return build("list", *(build("list", *row) for row in numbers))


def _fraction(value: float) -> Fraction | None:
    exact = Fraction(value).limit_denominator(LARGEST)
    return exact if abs(float(exact) - value) <= 1e-13 * max(1.0, abs(value)) else None


def _at(node: Node, path: Path) -> Node:
    return node if not path else _at(node.args[path[0]], path[1:])


def rounded(node: Node, wanted: Array) -> Edited | None:
    """Printed decimals with a wrong sign or factor as a whole, or a few wrong entries, to the digits printed."""
    inner, reason = node, None
    if node.op == "neg":
        inner, reason = node.args[0], Reason("wrong sign of {0}", (node.args[0],))
    elif node.op == "mul" and node.args[0].op == "num" and len(node.args) == 2:
        inner, reason = node.args[1], Reason("a factor {0} too many", (node.args[0],))
    digits = [_digits(n) for n in _numbers(inner)]
    if not digits or max(digits) == 0:
        return None
    if reason is not None:
        return Edited(inner, (reason,), ("sign" if node.op == "neg" else "factor",))
    if node.op == "num":
        new = _to(float(np.real(wanted.flat[0])), max(digits))
        return Edited(new, (Reason(SHOULD, (node, new)),), ("value",))
    places = entries(node)
    if places is None:
        return None
    reasons: list[Reason] = []
    for path, at in places.items():
        old, new = _at(node, path), _to(float(np.real(wanted[at])), max(digits))
        if old.op != "num" or abs(float(old.number) - float(np.real(wanted[at]))) > 0.51 * 10.0 ** -max(
            digits
        ):
            node = put(node, path, new)
            reasons.append(Reason(SHOULD, (old, new)))
    return Edited(node, tuple(reasons), ("entry", "value")) if 0 < len(reasons) <= MOST_WRONG else None


def _numbers(node: Node) -> Iterator[Node]:
    if node.op == "num":
        yield node
    for arg in node.args:
        yield from _numbers(arg)


def _in_kind(old: Node, exact: Node | None, goal: Array) -> Node | None:
    """What no decimal of one digit more is, as a decimal of as many digits as what stands there."""
    if old.op == "num" and (digits := _digits(old)) and exact is not None:
        value = float(np.real(goal.flat[0]))
        return exact if round(value, digits + 1) == value else _to(value, digits)
    return exact


def _is_as_printed(node: Node, wanted: Array) -> bool:
    """Whether a decimal is right to its digits."""
    sign, node = (-1, node.args[0]) if node.op == "neg" else (1, node)
    if node.op != "num" or not (digits := _digits(node)):
        return False
    return bool(abs(sign * float(node.number) - wanted) <= 0.5 * 10.0**-digits * (1 + 1e-9))


def _digits(node: Node) -> int:
    assert isinstance(node.data, Number)
    return digits_of(node.data) if node.data.decimal else 0


def _to(value: float, digits: int) -> Node:
    shown = Fraction(round(value * 10**digits), 10**digits)
    new = num(abs(shown), True, digits)
    return neg(new) if shown < 0 else new


__all__ = ["OF_NUMBERS", "by_value", "entrywise", "exactly", "rounded"]
