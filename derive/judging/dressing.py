"""Mended lines that are no repair: the left side itself, or the right answer with something around it.

What is added to a line must change what is wrong with it. So a line is refused that names what is asked for, that has
what is right as a part, whose new factors cancel, that a term or factor may be dropped from, that has no
value where the right one has (it divides by what may be zero), or that is much longer than the line was. To add one
more: a method in `of`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Callable, Iterator

import numpy as np

from derive.errors import DeriveError
from derive.judging.closing import close
from derive.judging.places import LEAVES, places, put
from derive.judging.pool import weight
from derive.tree.nodes import Node, Range, walk
from derive.vocabulary.asked import OPAQUE
from derive.vocabulary.build import build, count, mul, num, reindex

Array = Any
MOST_LONGER = 2  # times what is there
VANISHING = 1e-6
LITERALS = LEAVES - {"sym"}
TRANSPARENT = frozenset({"T", "neg", "entry"})
Pair = tuple[Node, Node]


@dataclass(frozen=True)
class Dressing:
    """`value` is that on one instance, `same` asks the checker whether two nodes are equal, `there` is the
    value at the optimum that the line may be about."""

    line: Node
    target: Node
    head: Node | None
    value: Callable[[Node], Array | None]
    same: Callable[[Node, Node], bool]
    there: Callable[[Node], Array | None] = lambda node: None
    is_undefined: Callable[[Node], bool] = lambda node: False

    def of(self, node: Node) -> bool:
        if self._tells(node):
            return True
        if node == self.target:
            return False
        if weight(node) > MOST_LONGER * weight(self.line) + 8:
            return True
        ways = (self._is_around, self._cancels, self._is_redundant, self._vanishes, self.is_undefined)
        return any(way(node) for way in ways)

    @cached_property
    def own(self) -> frozenset[Node]:
        return frozenset(walk(self.line))

    def _tells(self, node: Node) -> bool:
        """Whether it says what is asked for by its own name."""
        asked = _core(self.head) if self.head is not None else None
        if asked is None or not (asked.op == "sym" or asked.op in OPAQUE):
            return False
        return asked not in self.own and asked in walk(node)

    def _is_around(self, node: Node) -> bool:
        """Whether a part that the line does not have is what is right."""
        if self.target not in self.own and self.target in walk(node):
            return True
        wanted = self.value(self.target)
        return wanted is not None and any(
            part is not node
            and part.shape == self.target.shape
            and part not in self.own
            and part.op not in LITERALS
            and (value := self.value(part)) is not None
            and close(value, wanted)
            and self.same(self.target, part)
            for _, part in places(node)
        )

    # ------------------------------------------------------------ what cancels

    def _cancels(self, node: Node) -> bool:
        return any(pair not in self._cancelling for pair in self._pairs(node))

    @cached_property
    def _cancelling(self) -> frozenset[Pair]:
        return frozenset(self._pairs(self.line))

    def _pairs(self, node: Node) -> Iterator[Pair]:
        """Factors of a product with the equal factor that it is divided by."""
        for _, part in places(node):
            if part.op in ("mul", "div", "pow"):
                above, below = _fraction(part)
                yield from ((a, b) for a in above for b in below if self._alike(a, b))

    def _alike(self, a: Node, b: Node) -> bool:
        if a == b:
            return True
        if {a.op, b.op} & {"count", "num"}:
            return False
        first, second = self.value(a), self.value(b)
        if first is None or second is None:
            return False
        return close(first, second) and self.same(a, b)

    # ------------------------------------------------------------ what may be dropped

    def _is_redundant(self, node: Node) -> bool:
        wanted = self.value(self.target)
        return wanted is not None and any(
            arg not in self._droppable and self.same(self.target, rest)
            for arg, rest in self._shorter(node, wanted)
        )

    @cached_property
    def _droppable(self) -> frozenset[Node]:
        value = self.value(self.line)
        return frozenset() if value is None else frozenset(arg for arg, _ in self._shorter(self.line, value))

    def _vanishes(self, node: Node) -> bool:
        """Whether a new term is zero at the optimum: the equation that is solved, added to a line of it."""
        new = [t for part in walk(node) if part.op == "add" for t in part.args if t not in self.own]
        return any(
            value is not None and float(np.max(np.abs(value), initial=0.0)) < VANISHING
            for value in map(
                self.there, (t for t in new if t.op not in LEAVES and t.shape == self.target.shape)
            )
        )

    def _shorter(self, node: Node, wanted: Array) -> Iterator[tuple[Node, Node]]:
        """Factors and terms without which the value is the same, and what is left then."""
        for path, part in places(node):
            if part.op not in ("mul", "matmul", "add"):
                continue
            for i, arg in enumerate(part.args):
                try:
                    rest = put(node, path, build(part.op, *part.args[:i], *part.args[i + 1 :]))
                except DeriveError:
                    continue
                if rest.shape == self.target.shape:
                    value = self.value(rest)
                    if value is not None and close(value, wanted):
                        yield arg, rest


def _core(node: Node) -> Node:
    """What is asked for, without a sign or a number before it."""
    arrays = [a for a in node.args if not a.shape.is_scalar] if node.op == "mul" else []
    if node.op in TRANSPARENT or len(arrays) == 1:
        return _core(arrays[0] if arrays else node.args[0])
    return node


def has_equal_terms(node: Node, value: Callable[[Node], Array | None]) -> bool:
    """Whether a sum adds up what does not change along it, though it is written with the index: then its range is an
    accident."""
    if node.op != "sum_over" or not isinstance(node.data, Range):
        return False
    range_ = node.data
    first = reindex(node.args[0], {range_.var: range_.low})
    if first == node.args[0]:
        return False
    length = count(range_.high - range_.low + 1)
    terms, a, b = value(length), value(node), value(mul(length, first))
    if terms is None or a is None or b is None or float(terms.real.flat[0]) < 2:
        return False
    return close(a, b)


def _fraction(node: Node) -> tuple[list[Node], list[Node]]:
    """The scalar factors of a product, and those it is divided by."""
    if node.op == "neg":
        return _fraction(node.args[0])
    if node.op == "mul":
        found = [_fraction(arg) for arg in node.args]
        return [a for above, _ in found for a in above], [b for _, below in found for b in below]
    if node.op == "div":
        (above, over), (below, under) = _fraction(node.args[0]), _fraction(node.args[1])
        return above + under, over + below
    if node.op == "pow" and node.args[1].op == "num" and abs(node.args[1].number) in (1, 2, 3, 4):
        above, below = _fraction(node.args[0])
        times = int(abs(node.args[1].number))
        return (above * times, below * times) if node.args[1].number > 0 else (below * times, above * times)
    if node.op == "num":
        literals = (abs(node.number.numerator), node.number.denominator)
        above, below = ([num(n)] if n > 1 else [] for n in literals)
        return above, below
    if not node.shape.is_scalar:
        return [], []
    return [node], []


__all__ = ["Dressing", "has_equal_terms"]
