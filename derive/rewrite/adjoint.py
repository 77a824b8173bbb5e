"""Gradients through recurrences: the adjoint recursion once, symbolically in the index.

With a cut set of names c (the states of a recurrence, or names whose gradients the author keeps),
`dL = d+L + sum_c <grad_c L, d+c>`, where d+ varies the variable and keeps every other name of the cut fixed
(the chain rule on the graph of definitions; Goodfellow et al., Deep Learning, sec. 10.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from derive.errors import NotDerived
from derive.notation.text import text
from derive.rewrite.depend import Graph, Variation, index_of
from derive.rewrite.hits import IndexUnclear, direct_shifts, index_gap, inside, refuse_unclear
from derive.rewrite.terms import is_zero, product
from derive.tree.nodes import Node, free_indices, walk
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.build import ELEMENTWISE, add, build, count, fresh, over, sym
from derive.vocabulary.scope import Scope

DEEP = 8  # names of a chain from which on they are stopped at
BENDING = ELEMENTWISE | {"softmax", "softmax_rows", "pow", "norm"}


@dataclass(frozen=True)
class User:
    """A name of the cut that the variable acts on directly; `bound` is its index where it runs over a range."""

    name: Node
    bound: tuple[str, Size, Size] | None = None


def cut_names(f: Node, x: Node, kept: tuple[Node, ...], graph: Graph) -> frozenset[str]:
    """The names to stop at: recurrent states between f and x, names whose gradient of f is kept, and quantities
    such as a mean over all states, whose differential is not that of one state."""
    names = {n.symbol.name for n in walk(f) if n.op == "sym"}
    reached = set(graph.below(names))
    states = {s for s in graph.states & reached if graph.reaches(s, x.symbol.name)}
    if states and not _needs_recursion(f, x, graph):
        states = set()
    states |= _layers(x, reached, graph)
    wanted = {g.args[1].symbol.name for g in kept if g.args[0] == f and g.args[1] != x}
    wanted = {w for w in wanted if w in reached and (w == x.symbol.name or graph.reaches(w, x.symbol.name))}
    if wanted & graph.below(states):
        states = {s for s in states if s in wanted or _on_cycle_without(s, wanted | {x.symbol.name}, graph)}
    return frozenset(states | wanted | (_aggregates(f, states, reached, graph) if states else set()))


def _layers(x: Node, reached: set[str], graph: Graph) -> set[str]:
    """The names of a deep chain that is written out layer by layer (h1, h2, ...), where nothing is short without
    stopping at them; none in a chain of a few."""
    found = set()
    for name in reached:
        definition = graph.scope.definitions.get(name)
        if definition is None or definition.params or definition.body is None or definition.shape.is_scalar:
            continue
        bends = any(n.op in BENDING for n in walk(definition.body))
        if bends and name != x.symbol.name and graph.reaches(name, x.symbol.name):
            found.add(name)
    return found if len(found) >= DEEP else set()


def _on_cycle_without(name: str, avoided: set[str], graph: Graph) -> bool:
    """Whether a recurrence leads from `name` back to itself without the names avoided."""
    seen: set[str] = set()
    waiting = [m for m in graph.edges.get(name, {}) if m not in avoided]
    while waiting:
        n = waiting.pop()
        if n == name:
            return True
        if n not in seen:
            seen.add(n)
            waiting += [m for m in graph.edges.get(n, {}) if m not in avoided]
    return False


def _aggregates(f: Node, states: set[str], reached: set[str], graph: Graph) -> set[str]:
    """Names without an index, other than f, that depend on states at all indices."""
    found = set()
    states = {s for s in states if (d := graph.scope.definitions.get(s)) is not None and d.params}
    for name in reached if states else ():
        definition = graph.scope.definitions.get(name)
        if definition is None or definition.params or name == (f.symbol.name if f.op == "sym" else ""):
            continue
        if any(abs(end) == inf for s in states if s in graph.spans(name) for end in graph.spans(name)[s]):
            found.add(name)
    return found


def _needs_recursion(f: Node, x: Node, graph: Graph) -> bool:
    """Whether the way from f to x has no fixed number of steps."""
    for node in walk(f):
        if node.op != "sym" or not graph.reaches(node.symbol.name, x.symbol.name):
            continue
        low, high = graph.spans(node.symbol.name)[x.symbol.name]
        if node.symbol.name == x.symbol.name:
            if node != x and (index_gap(node, x) is None):
                return True
            continue
        if abs(low) == float("inf") or abs(high) == float("inf"):
            if not x.args or not node.args or index_gap(node, x) is None:
                return True
        elif not x.args and any(
            graph.reaches(node.symbol.name, s) and graph.reaches(s, x.symbol.name) for s in graph.states
        ):
            return True
    return False


@dataclass(frozen=True)
class Cut:
    """The cut set of one gradient: who uses the variable directly, and over which indices."""

    f: Node
    variation: Variation

    @property
    def scope(self) -> Scope:
        return self.variation.scope

    def family_range(self, name: str) -> tuple[Size, Size]:
        """The indices at which `f` can depend on the family."""
        definition = self.scope.definitions[name]
        low, high = self.scope.indices[definition.params[0]]
        if self.f.op == "sym" and self.f.args and (index := index_of(self.f)):
            span = self.variation.graph.spans(self.f.symbol.name).get(name)
            if span and abs(span[1]) != float("inf"):
                high = index[0] + int(span[1])
            if span and abs(span[0]) != float("inf"):
                low = index[0] + int(span[0])
        ends = self._ends(name)
        while low in ends and not never_negative(low - high, {}):
            low = low + 1
        while high in ends and not never_negative(low - high, {}):
            high = high - 1
        return low, high

    def _ends(self, name: str) -> set[Size]:
        """Indices at which members of a family are given or have a body of their own."""
        definition, declared = self.scope.definitions[name], self.scope.declarations.get(name)
        ends = {index[0] for index, _ in definition.members}
        return ends | ({index[0] for index in declared.boundary} if declared else set())

    def _own_members(self, name: str) -> list[User]:
        """Members with a body of their own in which the variable stands."""
        definition = self.scope.definitions[name]
        return [
            User(sym(name, definition.shape, (count(index[0]),)))
            for index, body in definition.members
            if self.variation.varies(body)
        ]

    def users(self) -> list[User]:
        """Members of the cut whose definition mentions the variable, in the order of the definitions."""
        found: list[User] = []
        for name in self.scope.definitions:
            if name in self.variation.held_families:
                found += self._users_of(name)
        return found

    def _users_of(self, name: str) -> list[User]:
        definition, wrt = self.scope.definitions[name], self.variation.wrt
        if definition.body is None:
            return []
        if not definition.params:
            return [User(sym(name, definition.shape))] if self.variation.varies(definition.body) else []
        var = definition.params[0]
        low, high = self.family_range(name)
        if not wrt.args:
            own = self._own_members(name)
            if not self.variation.varies(definition.body):
                return own
            taken = free_indices(self.f) | low.names | high.names
            bound = fresh(var, taken | {var}) if var in taken else var
            return [*own, User(sym(name, definition.shape, (count(bound),)), (bound, low, high))]
        return self._member_users(name, var, low, high)

    def _member_users(self, name: str, var: str, low: Size, high: Size) -> list[User]:
        definition, wrt = self.scope.definitions[name], self.variation.wrt
        at = index_of(wrt)
        assert definition.body is not None
        assert at is not None
        open_var = fresh(var, frozenset(at[0].names) | {var})
        body = self.scope.open(sym(name, definition.shape, (count(open_var),)))
        shifts = direct_shifts(body, open_var, self.variation) if body is not None else set()
        if shifts is None:
            raise NotDerived(f"how {name} depends on {text(wrt)} is not a fixed number of steps")
        users = [user for user in self._own_members(name) if user.name != wrt]
        for shift in sorted(shifts):
            index = at[0] - shift
            member = sym(name, definition.shape, (count(index),))
            if member == wrt:
                continue
            there = inside(index, low, high, self.scope)
            if there is None:
                raise IndexUnclear(
                    f"whether {text(member)} exists depends on the index",
                    (index - low, high - index),
                    hint=f"restrict the part with a range, such as for: {var}={low}..{high - 1}",
                )
            if there:
                refuse_unclear(member, self.variation, families=False)
                users.append(User(member))
        return users

    def interior(self) -> tuple[Size, Size, list[Size]] | None:
        """For a variable at a free index: the range in which all its users exist, and the ends left over."""
        wrt, at = self.variation.wrt, index_of(self.variation.wrt)
        if not wrt.args or at is None or (var := at[0].name) is None or var not in self.scope.indices:
            return None
        start, stop = self.scope.bounds[var]
        low, high = start, stop
        for name in self.variation.held_families:
            definition = self.scope.definitions.get(name)
            if definition is None or definition.body is None or not definition.params:
                continue
            first, last = self.family_range(name)
            open_var = fresh(definition.params[0], frozenset({var, definition.params[0]}))
            body = self.scope.open(sym(name, definition.shape, (count(open_var),)))
            for shift in (direct_shifts(body, open_var, self.variation) if body is not None else None) or ():
                if shift == 0 and name == wrt.symbol.name:
                    continue
                new_high, new_low = last + shift, first + shift
                if never_negative(high - new_high, {}):
                    high = new_high
                if never_negative(new_low - low, {}):
                    low = new_low
        ends = [start + i for i in range((low - start).constant or 0)]
        ends += [high + 1 + i for i in range((stop - high).constant or 0)]
        return (low, high, ends) if ends else None


def total_differential(cut: Cut, direct: Node, users: list[User], differentials: list[Node]) -> Node:
    """`d+f + sum <grad_user f, d user>` with the given differentials of the users."""
    parts = [] if is_zero(direct) else [direct]
    for user, differential in zip(users, differentials, strict=False):
        term = product(build("gradient", cut.f, user.name), differential)
        if user.bound:
            var, low, high = user.bound
            term = over("sum_over", term, var, low, high)
        parts.append(term)
    return add(*parts)
