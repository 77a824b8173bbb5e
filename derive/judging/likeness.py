"""Forms of expressions that are equal up to what people reorder: terms, factors, signs, transposes of products.

A form is a number and a key: expressions with one key differ by a number. To see through one more operation, a row in
FORMS.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Callable

from derive.latexread.lifting import lifted
from derive.tree.nodes import Node, Range
from derive.tree.sizes import Size
from derive.vocabulary.build import TABLE, T, build, count, num, reindex

Key = tuple[object, ...]
Form = tuple[Fraction, Key]
ONE: Key = ("one",)
TWO = num(2)
UNMOVED = frozenset({"symmetric", "spd", "psd", "diagonal"})  # facts of matrices that are their own transpose
MOST_POWER = 4


def form(node: Node, flipped: bool = False) -> Form:
    """The form of a node, or of its transpose."""
    flipped = flipped and not node.shape.is_scalar
    row = FORMS.get(node.op)
    found = row(node, flipped) if row is not None else None
    if found is not None:
        return found
    if isinstance(node.data, Range):
        return _bound(node, flipped)
    if TABLE[node.op].kind == "elementwise" or node.op == "inv":
        return Fraction(1), (node.op, *(form(a, flipped) for a in node.args))
    return Fraction(1), (node.op, repr(node.data), tuple(form(a) for a in node.args), flipped)


def terms(node: Node, flipped: bool = False) -> list[Form]:
    """The forms of the terms of a sum."""
    coefficient, key = form(node, flipped)
    if key[0] != "add":
        return [(coefficient, key)]
    return [(coefficient * c, k) for k, c in key[1:]]  # type: ignore[misc,has-type]


def _times(forms: list[Form]) -> Form:
    """A product of numbers, or entry by entry."""
    factor = Fraction(1)
    keys: list[Any] = []
    for coefficient, key in forms:
        factor *= coefficient
        keys += [] if key == ONE else list(key[1:]) if key[0] == "mul" else [key]
    if len(keys) < 2:
        return factor, keys[0] if keys else ONE
    return factor, ("mul", *sorted(keys, key=repr))


def _num(node: Node, flipped: bool) -> Form:
    return node.number, ONE


def _neg(node: Node, flipped: bool) -> Form:
    coefficient, key = form(node.args[0], flipped)
    return -coefficient, key


def _transposed(node: Node, flipped: bool) -> Form:
    return form(node.args[0], not flipped)


def _add(node: Node, flipped: bool) -> Form:
    found: dict[Key, Fraction] = {}
    for coefficient, key in (form(a, flipped) for a in node.args):
        found[key] = found.get(key, Fraction(0)) + coefficient
    kept = sorted(((k, c) for k, c in found.items() if c), key=repr)
    if not kept:
        return Fraction(0), ONE
    lead = kept[0][1]
    return lead, kept[0][0] if len(kept) == 1 else ("add", *((k, c / lead) for k, c in kept))


def _mul(node: Node, flipped: bool) -> Form:
    return _times([form(a, flipped) for a in node.args])


def _div(node: Node, flipped: bool) -> Form:
    over, under = (form(a, flipped) for a in node.args)
    if under[1] == ONE and under[0]:
        return over[0] / under[0], over[1]
    return _times([over, (Fraction(1), ("div", under))])


def _pow(node: Node, flipped: bool) -> Form | None:
    k = node.args[1]
    if k.op != "num" or k.number.denominator != 1 or not 1 < k.number <= MOST_POWER:
        return None
    return _times([form(node.args[0], flipped)] * int(k.number))


def _matmul(node: Node, flipped: bool) -> Form:
    return _chain(node.args, flipped, node.shape.is_scalar)


def _chain(factors: tuple[Node, ...], flipped: bool, is_scalar: bool) -> Form:
    """A number is the same from either side."""
    found = [_along(factors, turned) for turned in ((False, True) if is_scalar else (flipped,))]
    return min(found, key=lambda product: repr(product[1]))


def _along(factors: tuple[Node, ...], turned: bool) -> Form:
    factor = Fraction(1)
    keys: list[Any] = []
    for node in reversed(factors) if turned else factors:
        coefficient, key = form(node, turned)
        factor *= coefficient
        keys += key[1:] if key[0] == "matmul" and not node.shape.is_scalar else [key]
    return factor, ("matmul", *keys)


def _sqnorm(node: Node, flipped: bool) -> Form | None:
    arg = node.args[0]
    if arg.shape.kind != "vector":
        coefficient, key = form(arg)
        return coefficient**2, ("sqnorm", key)
    return _dot(arg, arg)


def _inner(node: Node, flipped: bool) -> Form | None:
    return _dot(*node.args) if node.args[0].shape.kind == "vector" else None


def _sum(node: Node, flipped: bool) -> Form | None:
    """Of a product of two vectors; a sum over an index is one of entries."""
    arg = node.args[0]
    if arg.op == "pow" and arg.shape.kind == "vector" and arg.args[1] == TWO:
        return _dot(arg.args[0], arg.args[0])
    if arg.op != "mul" or len(arg.args) != 2 or any(a.shape.kind != "vector" for a in arg.args):
        return None
    return _dot(*arg.args)


def _dot(a: Node, b: Node) -> Form:
    return _chain((T(a), b), False, True)


def _mean(node: Node, flipped: bool) -> Form:
    """The sum over the number of entries."""
    numbers = [count(d) for d in node.args[0].shape.dims]
    total = form(build("sum", node.args[0]))
    return _times([total, *((Fraction(1), ("div", form(n))) for n in numbers)])


def _var(node: Node, flipped: bool) -> Form | None:
    """The mean of the squared distances from the mean."""
    if node.args[0].shape.kind != "vector":
        return None
    apart = build("add", node.args[0], build("neg", build("mean", node.args[0])))
    return _mean(build("mean", build("pow", apart, TWO)), flipped)


def _softmax(node: Node, flipped: bool) -> Form:
    """e^z over its sum."""
    exponentials = build("exp", node.args[0])
    return _times([form(exponentials, flipped), (Fraction(1), ("div", form(build("sum", exponentials))))])


def _sym(node: Node, flipped: bool) -> Form:
    symbol = node.symbol
    flipped = flipped and not (UNMOVED & symbol.facts)
    return Fraction(1), ("sym", symbol.name, tuple(form(a) for a in node.args), flipped)


def _bound(node: Node, flipped: bool) -> Form:
    """The name of a bound index does not matter."""
    range_ = node.range
    array = lifted(node.args[0], ((range_.var, range_.high),)) if range_.low == Size.of(1) else None
    if node.op == "sum_over" and array is not None:
        return form(build("sum", array))
    body = reindex(node.args[0], {range_.var: Size.of(f"#{_depth(node)}")})
    coefficient, key = form(body, flipped)
    bound = (node.op, str(range_.low), str(range_.high))
    if node.op == "sum_over":
        return coefficient, (*bound, key)
    return Fraction(1), (*bound, coefficient, key)


def _depth(node: Node) -> int:
    return isinstance(node.data, Range) + max((_depth(a) for a in node.args), default=0)


def _plain(node: Node, flipped: bool) -> Form:
    return Fraction(1), (node.op, repr(node.data), tuple(form(a) for a in node.args))


FORMS: dict[str, Callable[[Node, bool], Form | None]] = {
    "num": _num,
    "sym": _sym,
    "neg": _neg,
    "T": _transposed,
    "add": _add,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "matmul": _matmul,
    "sqnorm": _sqnorm,
    "inner": _inner,
    "sum": _sum,
    "mean": _mean,
    "var": _var,
    "softmax": _softmax,
    "diag": _plain,
    "eye": _plain,
}
