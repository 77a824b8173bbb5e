"""What the lines of one part are judged on: names, definitions and checkers, also where sizes are 1."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Iterator

from derive.check.judge import Checker, Ranges
from derive.errors import DeriveError
from derive.judging.escaping import Bounded
from derive.judging.inverting import inverted, left_over
from derive.judging.linking import apart, linked
from derive.judging.meaning import Spoken
from derive.judging.ranges import differentials, extended, ranges_of, together
from derive.judging.rungs import Reading, Rung
from derive.judging.units import collapse, node_in
from derive.latexread import Claim, Context, IllTyped, Pair, Text, elaborate_claim
from derive.latexread.reading import Hook
from derive.latexread.surface import Surface
from derive.notation.anatomy import DIFFERENTIAL
from derive.tree.nodes import Node, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import transform
from derive.vocabulary.scope import Scope

_DERIVATIVE = re.compile(r"nabla|partial|∇|∂|(?<![A-Za-z\\])d|mathrm\s*\{?d")
SINGLE = 5  # sizes that are tried alone


@dataclass
class Bench:
    """What the lines of one part are judged on: scopes, contexts and checkers, one for each set of unit sizes."""

    context: Context
    ranges: Ranges = field(default_factory=dict)
    text: Text | None = None  # the answer, where it is known
    introduced: tuple[str, ...] = ()  # names of the answer's own
    varied: frozenset[str] = frozenset()  # those that it differentiates in
    spoken: Spoken = field(default_factory=Spoken)  # which of several names one letter has meant so far

    def __post_init__(self) -> None:
        own = linked(self.scope, self.introduced)
        self.linked = inverted(own, self.introduced, self.varied)  # what is evaluated
        self._contexts: dict[frozenset[str], Context] = {frozenset(): self.context}
        self._checkers: dict[frozenset[str], Checker] = {}
        self._extended: dict[tuple[frozenset[str], tuple[Node, ...]], Checker] = {}
        self.given: tuple[Node, ...] = ()  # conditions under which the engine's own optimum stands
        self.needed: set[Rung] = set()  # special cases in which lines held
        self._readings: dict[tuple[int, Rung, str], Reading] = {}

    @property
    def scope(self) -> Scope:
        return self.context.scope

    @cached_property
    def stated(self) -> Scope:
        """The scope without the names of optima: what is sought is no part of an answer."""
        kept = {n: d for n, d in self.scope.definitions.items() if n not in self.context.optima}
        return replace(self.scope, definitions=kept)

    def context_of(self, rung: Rung) -> Context:
        found = self._contexts.get(rung.units)
        if found is None:
            scope = self.scope
            shapes = {name: d.shape for name, d in scope.declarations.items()}
            shapes |= {name: d.shape for name, d in scope.definitions.items()}
            arrays = frozenset(name for name, shape in shapes.items() if not shape.is_scalar)
            variables = tuple(self.in_rung(v, rung) for v in self.context.variables)
            functions = {name: self.in_rung(x, rung) for name, x in self.context.functions.items()}
            found = Context.of(collapse(scope, rung.units), arrays, variables, self.context.hidden)
            found = replace(found, functions=functions, own=self.context.own)
            self._contexts[rung.units] = found
        return found

    def checker_of(self, rung: Rung) -> Checker:
        found = self._checkers.get(rung.units)
        if found is None:
            found = self._checkers[rung.units] = Bounded(self._judged(rung), self.introduced)
        return found

    def derives(self, *sides: Surface | None) -> bool:
        """Whether a derivative may be written in one of them, so that layouts of derivatives matter."""
        if self.text is None:
            return True
        return any(_DERIVATIVE.search(self.text.slice(side.span)) for side in sides if side is not None)

    def extended(self, rung: Rung, members: tuple[Node, ...]) -> Checker:
        """A checker on whose instances members that do not exist have values."""
        key = (rung.units, members)
        if key not in self._extended:
            self._extended[key] = Bounded(extended(self._judged(rung), members), self.introduced)
        return self._extended[key]

    def _judged(self, rung: Rung) -> Scope:
        return collapse(self.linked, rung.units) if rung.units else self.linked

    def apart(self, *nodes: Node) -> tuple[Node, Node] | None:
        """A quantity that a line differentiates in a name of the answer's that it is not made of, and the name."""
        return apart(nodes, self.linked, self.introduced) if self.introduced else None

    def left_over(self, *nodes: Node) -> tuple[Node, Node, Node] | None:
        """A quantity, a name that stands for all of another one, and that one, of which something is left."""
        return left_over(nodes, self.linked, self.varied) if self.varied else None

    def opened(self, node: Node) -> Node:
        """A node in which the answer's own names are written out, where they stand for derivatives."""

        def written(part: Node) -> Node:
            own = part.op == "sym" and part.symbol.name in self.introduced
            body = self.scope.open(part) if own else None
            has = body is not None and any(n.op in DIFFERENTIAL for n in walk(body))
            return body if body is not None and has else part

        return transform(node, written) if self.introduced else node

    def in_rung(self, node: Node, rung: Rung) -> Node:
        """A node of the declared scope, in that of the rung."""
        return node_in(node, {name: Size.of(1) for name in rung.units}) if rung.units else node

    def read(self, claim: Claim, rung: Rung, against: str = "left", hook: Hook | None = None) -> Reading:
        """Both sides in one reading, also where they have different shapes."""
        if hook is not None:
            return elaborate_claim(claim, self.context_of(rung), rung.mode, hook, against)
        key = (id(claim), rung, against)
        if key not in self._readings:
            self._readings[key] = self._sides(claim, rung, against)
        found = self._readings[key]
        return self.spoken.first(found) if isinstance(found, tuple) else found

    def _sides(self, claim: Claim, rung: Rung, against: str) -> Reading:
        seen: list[Pair] = []

        def relation(left: Node, right: Node, op: str) -> Node | None:
            if op == "relation":
                seen.append(Pair(left, right))
            return None

        reading = elaborate_claim(claim, self.context_of(rung), rung.mode, relation, against)
        if isinstance(reading, IllTyped) and seen:
            return (replace(seen[0], notes=reading.notes),)
        return differentials(reading) if isinstance(reading, tuple) else reading

    def ranges_for(self, *nodes: Node, beyond: frozenset[str] = frozenset()) -> dict[str, tuple[Size, Size]]:
        """The ranges of free indices; those of the part do not bind indices that the line itself limits."""
        own = {name: ends for name, ends in self.ranges.items() if name not in beyond}
        full = {name: ends for name, ends in self.scope.indices.items() if name in beyond}
        return {**full, **together(own, ranges_of(nodes, self.scope))}

    def has(self, rung: Rung) -> bool:
        """Whether all definitions have a meaning on it."""
        try:
            self.context_of(rung)
        except DeriveError:
            return False
        return True

    def special(self) -> Iterator[Rung]:
        """Rungs on which sizes are 1: each alone, then all."""
        names = sorted(self.sizes())
        for name in names[:SINGLE] if len(names) > 1 else ():
            yield Rung("hadamard", "only-if", f"{name} = 1", frozenset({name}))
        if names:
            yield Rung("hadamard", "only-if", " and ".join(f"{n} = 1" for n in names), frozenset(names))

    @cached_property
    def lengths(self) -> frozenset[str]:
        """Names in the ranges of indices."""
        return frozenset(n for ends in self.scope.indices.values() for end in ends for n in end.names)

    @cached_property
    def dimensions(self) -> frozenset[str]:
        """Names in shapes."""
        known = [d.shape for d in self.scope.declarations.values()]
        known += [d.shape for d in self.scope.definitions.values()]
        return frozenset(n for shape in known for size in shape.dims for n in size.names)

    def sizes(self) -> frozenset[str]:
        """Sizes of vectors and matrices that are no length of a sequence."""
        return self.dimensions - self.lengths - self.scope.indices.keys()
