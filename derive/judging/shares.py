"""What of a tree an expression is: all of it, terms of a sum, factors of a product, neighbours in a matrix product.

Each gives the number by which the part is more than the expression, and what stands around the part. To look at one
more operation: a function in SHARES.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Callable

from derive.errors import DeriveError
from derive.judging.likeness import Form, form, terms
from derive.tree.nodes import Node, Shape
from derive.vocabulary.build import build, matmul

MOST_FACTORS = 12


@dataclass(frozen=True)
class Rest:
    """What stands around the part that is replaced: the operation, and its arguments before and behind."""

    op: str = ""
    before: tuple[Node, ...] = ()
    after: tuple[Node, ...] = ()

    def joined(self, part: Node, put: Callable[[Node], Node]) -> Node:
        if not self.op:
            return part
        return build(self.op, *(put(a) for a in self.before), part, *(put(a) for a in self.after))


Found = tuple[Fraction, Rest]


def _ratio(found: Form, wanted: Form) -> Fraction | None:
    same = found[1] == wanted[1] and wanted[0] and found[0]
    return found[0] / wanted[0] if same else None


def whole(node: Node, body: Node, flipped: bool) -> Found | None:
    """All of it; the transpose, where `flipped`."""
    shape = _turned(body.shape) if flipped else body.shape
    factor = _ratio(form(node), form(body, flipped)) if node.shape == shape else None
    return None if factor is None else (factor, Rest())


def _turned(shape: Shape) -> Shape:
    kind = {"vector": "row", "row": "vector"}.get(shape.kind, shape.kind)
    return Shape(kind, tuple(reversed(shape.dims)))


def some_terms(node: Node, body: Node, flipped: bool) -> Found | None:
    """Terms of a sum that are those of the body, up to one number."""
    wanted_terms = terms(body, flipped)
    if node.op != "add" or len(wanted_terms) < 2:
        return None
    here = [form(a) for a in node.args]
    left = list(range(len(here)))
    factor: Fraction | None = None
    for wanted in wanted_terms:
        ratios = {i: _ratio(here[i], wanted) for i in left}
        at = next((i for i, r in ratios.items() if r is not None and factor in (None, r)), None)
        if at is None:
            return None
        factor = ratios[at]
        left.remove(at)
    return None if factor is None else (factor, Rest("add", (), tuple(node.args[i] for i in left)))


def some_factors(node: Node, body: Node, flipped: bool) -> Found | None:
    """Factors of a product of numbers, or entry by entry."""
    if node.op != "mul" or body.op not in ("mul", "neg", "div"):
        return None
    coefficient, key = form(body, flipped)
    wanted = list(key[1:]) if key[0] == "mul" else [key]
    taken, found = [], Fraction(1)
    for i, arg in enumerate(node.args):
        own, its = form(arg)
        if its in wanted:
            wanted.remove(its)
            taken.append(i)
            found *= own
    if wanted or not taken or not coefficient:
        return None
    rest = tuple(a for i, a in enumerate(node.args) if i not in taken)
    return found / coefficient, Rest("mul", (), rest)


def neighbours(node: Node, body: Node, flipped: bool) -> Found | None:
    """Neighbouring factors of a matrix product."""
    if node.op != "matmul" or not 2 < len(node.args) <= MOST_FACTORS:
        return None
    wanted = form(body, flipped)
    for size in range(len(node.args) - 1, 1, -1):
        for start in range(len(node.args) - size + 1):
            try:
                run = matmul(*node.args[start : start + size])
            except DeriveError:
                continue
            factor = _ratio(form(run), wanted)
            if factor is not None:
                return factor, Rest("matmul", node.args[:start], node.args[start + size :])
    return None


SHARES: tuple[Callable[[Node, Node, bool], Found | None], ...] = (whole, some_terms, some_factors, neighbours)
