"""What depends on what: the dependence of definitions on a variable, through recurrences with a symbolic index.

Every mention of a family inside a definition is an edge with a shift: `h[t] = f(h[t-1], x[t])` gives
h -> h with shift -1. The set of shifts by which G[u] can reach F lies between the shortest and the longest
path, so `h_b[t]` is known not to depend on `h_f[t]`, and `loss[t]` to depend on `h[s]` only for s <= t.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import inf
from typing import Iterable

from derive.tree.nodes import Node, Range, free_indices, walk
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.asked import DERIVATIVES, MOMENTS, SOUGHT
from derive.vocabulary.build import rename_bound
from derive.vocabulary.scope import Definition, Scope

Span = tuple[float, float]


def index_of(node: Node) -> tuple[Size, ...] | None:
    """The indices of a family member as sizes; None where one of them is no integer expression."""
    sizes = []
    for arg in node.args:
        if arg.op == "count":
            sizes.append(arg.size)
        elif arg.op == "num":
            sizes.append(Size.of(int(arg.number)))
        else:
            return None
    return tuple(sizes)


@dataclass(frozen=True)
class Graph:
    """The mention graph of a scope's definitions."""

    scope: Scope

    @cached_property
    def edges(self) -> dict[str, dict[str, Span]]:
        """name -> mentioned name -> interval of shifts (infinite where the mention runs over a sum)."""
        edges = {name: _mentions(definition) for name, definition in self.scope.definitions.items()}
        for name, declaration in self.scope.declarations.items():
            if declaration.of:
                edges[name] = {argument.symbol.name: (0, 0) for argument in declaration.of}
        return edges

    @cached_property
    def _spans(self) -> dict[str, dict[str, Span]]:
        return {}

    def spans(self, name: str) -> dict[str, Span]:
        """Everything `name` reaches, with the interval of total shifts; itself at shift 0."""
        if name not in self._spans:
            self._spans[name] = _paths(name, self.edges)
        return self._spans[name]

    @cached_property
    def _users(self) -> dict[str, list[str]]:
        """Who mentions a name."""
        found: dict[str, list[str]] = {}
        for name, mentions in self.edges.items():
            for other in mentions:
                found.setdefault(other, []).append(name)
        return found

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        return {}

    def above(self, target: str) -> frozenset[str]:
        """All names that reach `target`, itself among them."""
        if target not in self._above:
            seen, waiting = {target}, [target]
            while waiting:
                for name in self._users.get(waiting.pop(), ()):
                    if name not in seen:
                        seen.add(name)
                        waiting.append(name)
            self._above[target] = frozenset(seen)
        return self._above[target]

    def below(self, names: Iterable[str]) -> frozenset[str]:
        """All names that these reach, themselves among them."""
        seen = set(names)
        waiting = list(seen)
        while waiting:
            for name in self.edges.get(waiting.pop(), {}):
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return frozenset(seen)

    def reaches(self, name: str, target: str) -> bool:
        return name in self.above(target)

    def is_recurrent(self, name: str) -> bool:
        """Whether the definition of `name` leads back to `name` at another index."""
        return any(self.reaches(next_, name) for next_ in self.edges.get(name, {}))

    @cached_property
    def states(self) -> frozenset[str]:
        """Families carried from one index to another inside a recurrence (h of an RNN; h and c of an LSTM)."""
        found = set()
        for name, mentions in self.edges.items():
            for other, (low, high) in mentions.items():
                if (low, high) != (0, 0) and self.reaches(other, name) and other in self.edges:
                    found.add(other)
        return frozenset(found)


@lru_cache(maxsize=64)
def graph_of(scope: Scope) -> Graph:
    """The mention graph of a scope, made once."""
    return Graph(scope)


def _mentions(definition: Definition) -> dict[str, Span]:
    found: dict[str, Span] = {}
    bodies = [(definition.body, definition.params)] if definition.body is not None else []
    bodies += [(body, ()) for _, body in definition.members]
    for body, params in bodies:
        for node in walk(body):
            if node.op == "sym" and node != definition.argument:
                low, high = _shift(node, params)
                old = found.get(node.symbol.name, (inf, -inf))
                found[node.symbol.name] = (min(old[0], low), max(old[1], high))
            elif node.op == "apply" and isinstance(node.data, tuple):
                found[node.data[0]] = (0, 0)
    return found


def _shift(node: Node, params: tuple[str, ...]) -> Span:
    if not node.args:
        return (0, 0)
    index = index_of(node)
    if index is None or not params:
        return (-inf, inf)
    shift = (index[0] - Size.of(params[0])).constant
    return (-inf, inf) if shift is None else (shift, shift)


def _paths(start: str, edges: dict[str, dict[str, Span]]) -> dict[str, Span]:
    """Shortest and longest total shifts by relaxation; a cycle that still improves goes to infinity."""
    spans: dict[str, Span] = {start: (0, 0)}
    for round_ in range(len(edges) + 2):
        changed = False
        for name, mentions in edges.items():
            if name not in spans:
                continue
            low, high = spans[name]
            for other, (a, b) in mentions.items():
                old = spans.get(other, (inf, -inf))
                new = (min(old[0], low + a), max(old[1], high + b))
                if new != old:
                    if round_ > len(edges):
                        new = (-inf if new[0] < old[0] else new[0], inf if new[1] > old[1] else new[1])
                    spans[other] = new
                    changed = True
        if not changed:
            break
    else:
        return _close(spans, edges)
    return spans


def _close(spans: dict[str, Span], edges: dict[str, dict[str, Span]]) -> dict[str, Span]:
    """Infinity, once reached, spreads to everything downstream."""
    for _ in range(len(edges) + 1):
        for name, mentions in edges.items():
            if name in spans:
                low, high = spans[name]
                for other, (a, b) in mentions.items():
                    old = spans.get(other, (inf, -inf))
                    spans[other] = (min(old[0], low + a), max(old[1], high + b))
    return spans


def random_names(node: Node, graph: Graph) -> frozenset[str]:
    """The random symbols that `node` depends on, through definitions. Of E, Var and Cov only what is given is left."""
    if node.op in MOMENTS:
        fixed = node.args[-1].args[1:] if node.args[-1].op == "given" else ()
        return frozenset[str]().union(*(random_names(a, graph) for a in fixed))
    if node.op == "sym":
        reached = graph.spans(node.symbol.name)
        return frozenset(n for n in reached if graph.scope.is_random(n))
    return frozenset[str]().union(*(random_names(a, graph) for a in node.args))


@dataclass(frozen=True)
class Variation:
    """What varies: `wrt`, with everything in `held` kept fixed. Implements the `Setting` of the rules.

    A held family member is a node such as `h[t-1]`; `held_families` are families fixed at every index
    except where `wrt` is one of their members.
    """

    scope: Scope
    graph: Graph
    wrt: Node
    held: frozenset[Node] = frozenset()
    held_families: frozenset[str] = frozenset()
    _memo: dict[Node, bool] = field(default_factory=dict, compare=False)

    def randomness(self, node: Node) -> frozenset[str]:
        return random_names(node, self.graph)

    def varies(self, node: Node) -> bool:
        known = self._memo.get(node)
        if known is None:
            known = self._memo[node] = self._varies(node)
        return known

    def _varies(self, node: Node) -> bool:
        if node == self.wrt or node.op == "d":
            return True
        if node.op == "sym":
            return self._name_varies(node)
        if node.op == "apply" and isinstance(node.data, tuple):
            function = self.scope.definitions.get(node.data[0])
            if function is not None and self.graph.reaches(function.name, self.wrt.symbol.name):
                return True
        if node.op in DERIVATIVES:
            return any(self.varies(a) for a in node.args[:1])
        if node.op in SOUGHT:
            return node.args[1] != self.wrt and any(self.varies(a) for a in node.args)
        if isinstance(node.data, Range):
            node = rename_bound(node, free_indices(self.wrt))
        return any(self.varies(a) for a in node.args)

    def _name_varies(self, node: Node) -> bool:
        name, target = node.symbol.name, self.wrt.symbol.name
        if node in self.held or (name in self.held_families and not self._may_be_wrt(node)):
            return False
        if name in self.held_families:
            return True
        declared = self.scope.declarations.get(name)
        if declared is not None and declared.of:
            return any(self.varies(argument) for argument in declared.of)
        if name == target:
            return self._member_varies(node, (0, 0)) if node.args else False
        if name not in self.scope.definitions or self.scope.open(node) is None:
            return False
        if not self.graph.reaches(name, target):
            return False
        if self.held_families and (
            not self.graph.is_recurrent(name) or self.held_families & self.graph.below((name,))
        ):
            body = self.scope.open(node)  # a path may end in a held state: look inside
            return body is not None and self.varies(body)
        if not self.wrt.args or not node.args:
            return True
        return self._member_varies(node, self.graph.spans(name)[target])

    def _member_varies(self, node: Node, span: Span) -> bool:
        """Whether `node` can reach `wrt` by a shift inside `span` (and, for itself, by its own recurrence)."""
        if not self.wrt.args:
            return True
        if not node.args:
            return True
        ours, theirs = index_of(self.wrt), index_of(node)
        if ours is None or theirs is None:
            return True
        if node.symbol.name == self.wrt.symbol.name:
            if not self.graph.is_recurrent(node.symbol.name):
                return self._may_equal(ours, theirs)
            span = cycle_span(self.graph, node.symbol.name)
        gap = (ours[0] - theirs[0]).constant
        if gap is not None:
            return span[0] <= gap <= span[1]
        low, high = span
        if high <= 0 and self._positive(ours[0] - theirs[0]):
            return False
        return not (low >= 0 and self._positive(theirs[0] - ours[0]))

    def _may_be_wrt(self, node: Node) -> bool:
        """Whether a family member can be the variable itself: `h[s]` under a sum over s can be `h[T]`."""
        if node == self.wrt or node.symbol.name != self.wrt.symbol.name or not node.args:
            return node == self.wrt
        ours, theirs = index_of(self.wrt), index_of(node)
        if ours is None or theirs is None:
            return True
        gap = ours[0] - theirs[0]
        return gap.constant is None and not self._positive(gap) and not self._positive(-gap)

    def _may_equal(self, ours: tuple[Size, ...], theirs: tuple[Size, ...]) -> bool:
        gaps = [a - b for a, b in zip(ours, theirs, strict=False)]
        return not any(g.constant or self._positive(g) or self._positive(-g) for g in gaps)

    def _positive(self, size: Size) -> bool:
        return never_negative(size - 1, self.scope.bounds)


def cycle_span(graph: Graph, name: str) -> Span:
    """The shifts by which a recurrent family reaches its own other members."""
    low, high = 0.0, 0.0
    for other, (a, b) in graph.edges[name].items():
        if graph.reaches(other, name):
            inner = graph.spans(other)[name]
            low, high = min(low, a + inner[0]), max(high, b + inner[1])
            if a < 0 or inner[0] < 0:
                low = -inf
            if b > 0 or inner[1] > 0:
                high = inf
    return low, high
