r"""Indices that a sum lets run out of their range: the x_0 in `\sum_{i=1}^n a_i x_{i-k+1}` at k = 2.

Where such a member does not exist a line has no value, and instances without a value say nothing: the line would hold
by those on which nothing is missing (k = 1). So it is judged again with any values in these places, and holds where
they make no difference. An index that stands free limits a line instead (`ranges`).
To know one more way to say that what does not exist is 0: a word in SAID.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterator, Mapping

import numpy as np

from derive.check.judge import Checker, Ranges, Setting
from derive.errors import OutOfRange
from derive.judging.ranges import edges
from derive.latexread import Claim, Pair, Text
from derive.notation.derivation import Reason, Verdict
from derive.notation.environment import Environment
from derive.notation.evaluate import Evaluator, Instance
from derive.notation.names import Known
from derive.tree.nodes import Node, Range, free_indices
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import ZERO
from derive.vocabulary.scope import Scope

Array = Any
At = Mapping[str, int]
Ends = tuple[Size, Size]
SAID = re.compile(
    r"\b(?:outside|out of (?:the )?(?:range|bounds?)|padd(?:ed|ing)|convention|otherwise|beyond|exists?)\b",
    re.IGNORECASE,
)


SUBSCRIPT_ZERO = r"\s*\{?[^{}$=]{1,12}\}?\s*:?=\s*(?:\\(?:math|bold|vec)[a-z]*\s*\{?)?0(?![.\d])"
BEHIND = re.compile(
    r"[^.;\n$]{0,3}\$?[^.;$]{0,40}?\b(?:outside|out of|otherwise|beyond|else)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Escaped(Verdict):
    """A line that speaks of a member that does not exist, with any value there. `as_zero`: it holds if that is 0."""

    member: Node = ZERO
    at: str = ""
    as_zero: bool = False
    is_asked: bool = False  # it exists for some of the entries that the line is about

    @property
    def said(self) -> Reason:
        return Reason(f"{{0}} does not exist for {self.at}", (self.member,))


class Bounded(Checker):
    """A checker for which nothing holds by the instances alone on which all indices are in their ranges.

    `introduced` are names whose bodies belong to the line."""

    def __init__(self, scope: Scope, introduced: tuple[str, ...] = ()) -> None:
        super().__init__(scope)
        self._padded: dict[tuple[frozenset[Node], bool], Padded] = {}
        self._introduced = [d.body for n, d in scope.definitions.items() if n in introduced and d.body]

    def _line(self, left: Node, relation: str, right: Node, setting: Setting) -> Verdict:
        found = super()._line(left, relation, right, setting)
        if found.status == "fails":
            return found
        ranges = {**self.scope.indices, **setting.ranges}
        sides = (left, right, *self._introduced)
        beyond = frozenset(node for side in sides for node in escaping(side, self.scope, ranges))
        if not beyond:
            return found
        anything = self._with(beyond, is_zero=False)
        verdict = anything.line_on(left, relation, right, setting)
        if not anything.met:
            return found
        first, at = anything.first
        if verdict.status != "fails":
            return Escaped(**vars(verdict), member=first, at=at)
        zero = self._with(beyond, is_zero=True).line_on(left, relation, right, setting)
        free = free_indices(left) | free_indices(right)
        return Escaped(
            **{**vars(verdict), "counterexample": ""},
            member=first,
            at=at,
            as_zero=zero.status == "holds",
            is_asked=bool(free_indices(first) & free),
        )

    def _with(self, beyond: frozenset[Node], is_zero: bool) -> Padded:
        key = (beyond, is_zero)
        if key not in self._padded:
            self._padded[key] = Padded(self.scope, beyond, is_zero)
        return self._padded[key]


class Padded(Checker):
    """What lies beyond its range has a value: 0, or any."""

    def __init__(self, scope: Scope, beyond: frozenset[Node], is_zero: bool) -> None:
        super().__init__(scope)
        self.beyond, self.is_zero = beyond, is_zero
        self.met: list[tuple[Node, At, Instance]] = []

    def line_on(self, left: Node, relation: str, right: Node, setting: Setting) -> Verdict:
        return self._line(left, relation, right, setting)

    def values_on(self, instance: Instance, wrt: Node | None) -> Evaluator:
        return _Padding(self, instance, wrt)

    @property
    def first(self) -> tuple[Node, str]:
        """A member that does not exist, and for which indices."""
        node, at, instance = self.met[0]
        places = ", ".join(f"{name} = {at[name]}" for name in sorted(free_indices(node)) if name in at)
        sizes = {n for low, high in self.scope.indices.values() for n in low.names | high.names}
        told = ", ".join(f"{n} = {v}" for n, v in sorted(instance.sizes.items()) if n in sizes)
        return node, f"{places} ({told})" if told else places


class _Padding(Evaluator):
    """Values where those are given that do not exist."""

    def __init__(self, checker: Padded, instance: Instance, wrt: Node | None) -> None:
        super().__init__(checker.scope, instance, wrt, checker.anatomy)
        self.checker = checker

    def magnitude(self, node: Node) -> float:
        try:
            return super().magnitude(node)
        except OutOfRange:  # inside a name that is written out
            return float(np.max(np.abs(self.value(node)), initial=0.0))

    def _compute(self, node: Node, env: Environment, at: At) -> Array:
        if node not in self.checker.beyond:
            return super()._compute(node, env, at)
        try:
            if node.op in DERIVATIVES:
                super()._compute(node.args[1], env, at)
            return super()._compute(node, env, at)
        except OutOfRange:
            self.checker.met.append((node, dict(at), self.instance))
            rows, columns = self.instance.measure(node.shape, at)
            if self.checker.is_zero:
                return np.zeros((rows, columns))
            return self.instance.random("beyond", self._told(node, env, at)).normal(size=(rows, columns))

    def _told(self, node: Node, env: Environment, at: At) -> object:
        """Which of all the members it is: the same stands for the same value."""
        if node.op == "count":
            return self.count(node.size, at)
        return (node.op, node.data, *(self._told(a, env, at) for a in node.args))


def escaping(node: Node, scope: Scope, ranges: Ranges) -> Iterator[Node]:
    """Members and entries, and derivatives in them, at indices that a sum may lead out of their range."""
    known = Known(scope)

    def visit(node: Node, bound: frozenset[str], ends: dict[str, Ends]) -> Iterator[Node]:
        if isinstance(node.data, Range):
            bound, ends = bound | {node.data.var}, {**ends, node.data.var: (node.data.low, node.data.high)}
        escapes = any(
            size.names & bound and not _stays(size, within, ends)
            for size, within in _places(node, known, scope)
        )
        inside = [found for arg in node.args for found in visit(arg, bound, ends)]
        if escapes or (node.op in DERIVATIVES and node.args[1] in inside):
            yield node
        yield from inside

    return visit(node, frozenset(), dict(ranges))


def _places(node: Node, known: Known, scope: Scope) -> Iterator[tuple[Size, Ends]]:
    """Indices and the ranges that they must not leave."""
    if node.op == "entry":
        dims = node.args[0].shape.dims
        yield from (
            (size, (Size.of(1), n)) for a, n in zip(node.args[1:], dims, strict=False) for size in _size(a)
        )
    elif node.op == "sym" and node.args:
        params = known.params(node.symbol.name) or ()
        for arg, param in zip(node.args, params, strict=False):
            if param in scope.indices:
                low, high = scope.indices[param]
                first, last = edges(node.symbol.name, param, params, scope)
                yield from ((size, (low - first, high + last)) for size in _size(arg))


def _size(arg: Node) -> tuple[Size, ...]:
    """An index, where it does not vary with values."""
    return (arg.size,) if arg.op == "count" else (Size.of(int(arg.number)),) if arg.op == "num" else ()


def _stays(size: Size, within: Ends, ends: Mapping[str, Ends]) -> bool:
    low, high = within
    return never_negative(size - low, ends) and never_negative(high - size, ends)


def _is_beyond(size: Size, within: Ends, scope: Scope) -> bool:
    """Whether an index is outside whatever the sizes are."""
    low, high = within
    return any(never_negative(apart - 1, scope.indices) for apart in (low - size, size - high))


def says_zero(text: Text | None, member: Node) -> bool:
    r"""Whether an answer says that members are 0 that do not exist: in words, or by `g_{T+1} = 0`."""
    if text is None:
        return False
    name = next((n for n in (member, *member.args) if n.op == "sym"), None)
    letter = name.symbol.name.split("_")[0] if name is not None else "0"
    set_to_zero = re.compile(rf"(?<![A-Za-z]){re.escape(letter)}\s*_{SUBSCRIPT_ZERO}")
    return SAID.search(text.text) is not None or set_to_zero.search(text.text) is not None


def is_convention(claim: Claim, pair: Pair | None, text: Text | None, scope: Scope) -> bool:
    r"""Whether a claim only says what members are that do not exist: `\delta_s = 0` outside 1..n."""
    if text is None or pair is None or pair.left.op not in ("sym", "entry") or claim.relation != "=":
        return False
    if pair.right != ZERO and pair.right.op != "zeros":
        return False
    if any(_is_beyond(size, within, scope) for size, within in _places(pair.left, Known(scope), scope)):
        return True
    return bool(free_indices(pair.left)) and BEHIND.match(text.text, claim.span.stop) is not None


__all__ = ["Bounded", "Escaped", "is_convention", "says_zero"]
