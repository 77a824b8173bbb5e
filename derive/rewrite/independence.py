"""What an expression draws from chance: which random quantities, and which of their members.

Two expressions are independent where they share no member: `x[t-1]` of a recurrence reaches `e[s]` for s < t
only, so it is independent of `e[t]`. Laws whose parameters are random depend on these too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf

from derive.rewrite.depend import Graph, graph_of, index_of
from derive.tree.nodes import Node, Range, walk
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.asked import MOMENTS
from derive.vocabulary.build import reindex
from derive.vocabulary.scope import Declaration, Scope

Stretch = tuple[Size | None, Size | None]  # first and last index; None where there is no bound
Bound = dict[str, Stretch]
EVERYWHERE: Stretch = (None, None)


@dataclass(frozen=True)
class Member:
    """A random quantity, or the part of it whose indices (of a family, then of entries) lie in these stretches."""

    name: str
    at: tuple[Stretch, ...] = ()


def has_covariance(declared: Declaration) -> bool:
    """Whether the law of a vector is given by a covariance matrix, so that entries may be correlated."""
    law = declared.law
    return bool(law and "cov" in law.args and law.args["cov"].shape.kind == "matrix")


def parents(name: str, scope: Scope) -> frozenset[str]:
    """The random quantities that govern the law of `name`."""
    law = scope.declarations[name].law
    graph = graph_of(scope)
    mentioned = {n.symbol.name for a in (law.args.values() if law else ()) for n in walk(a) if n.op == "sym"}
    return frozenset(
        other for n in mentioned for other in graph.spans(n) if scope.is_random(other) and other != name
    )


@lru_cache(maxsize=4096)
def members(node: Node, scope: Scope, given: frozenset[Node] = frozenset()) -> frozenset[Member]:
    """Every random member behind an expression, but for the `given` names."""
    return frozenset(Search(scope, graph_of(scope), given).of(node, {}))


@dataclass(frozen=True)
class Search:
    scope: Scope
    graph: Graph
    given: frozenset[Node]

    def of(self, node: Node, bound: Bound) -> set[Member]:
        if node.op in MOMENTS:
            last = node.args[-1]  # E(f | x) is random through x alone
            return self.all(last.args[1:] if last.op == "given" else (), bound)
        if isinstance(node.data, Range):
            over = node.range
            low, high = _stretch(over.low, bound)[0], _stretch(over.high, bound)[1]
            return self.of(node.args[0], {**bound, over.var: (low, high)})
        if node.op == "entry" and node.args[0].op == "sym" and self.scope.is_random(node.args[0].symbol.name):
            return self.entry(node, bound)
        if node.op == "sym":
            return self.symbol(node, bound, ())
        return self.all(node.args, bound)

    def all(self, nodes: tuple[Node, ...], bound: Bound) -> set[Member]:
        return set[Member]().union(*(self.of(a, bound) for a in nodes))

    def entry(self, node: Node, bound: Bound) -> set[Member]:
        """An entry of an array with independent entries is a member of its own."""
        array, *indices = node.args
        declared = self.scope.declarations[array.symbol.name]
        law = declared.law
        whole = has_covariance(declared) or law is None or law.kind == "categorical"
        whole = whole or array.shape.kind == "matrix" and len(indices) < 2
        return self.symbol(array, bound, () if whole else tuple(indices)) | self.all(tuple(indices), bound)

    def symbol(self, node: Node, bound: Bound, entry: tuple[Node, ...]) -> set[Member]:
        if node in self.given:
            return set()
        name, body = node.symbol.name, self.scope.open(node)
        if self.scope.is_random(name) and body is None:
            return self.declared(node, bound, entry)
        spans = self.graph.spans(name)
        if not any(self.scope.is_random(n) for n in spans):
            return set()
        if body is None:  # a given boundary member, or an unspecified function
            return (
                self.all(self.scope.declarations[name].of, bound)
                if name in self.scope.declarations
                else set()
            )
        if not self.graph.is_recurrent(name):
            return self.of(body, bound)
        found: set[Member] = set()
        for other, (low, high) in spans.items():
            if self.scope.is_random(other):
                at = _index(node.args[0], bound) if len(node.args) == 1 else EVERYWHERE
                family = bool(self.scope.declarations[other].params)
                found.add(Member(other, (_shifted(at, low, high),) if family else ()))
                found |= {Member(p) for p in parents(other, self.scope)}
        return found

    def declared(self, node: Node, bound: Bound, entry: tuple[Node, ...]) -> set[Member]:
        """A random symbol, and what its law depends on."""
        declared = self.scope.declarations[node.symbol.name]
        found = {Member(node.symbol.name, tuple(_index(a, bound) for a in (*node.args, *entry)))}
        at = dict(zip(declared.params, index_of(node) or (), strict=False))
        for argument in declared.law.args.values() if declared.law else ():
            found |= self.of(reindex(argument, at), bound)
        return found


def _shifted(at: Stretch, low: float, high: float) -> Stretch:
    first = None if at[0] is None or low == -inf else at[0] + int(low)
    last = None if at[1] is None or high == inf else at[1] + int(high)
    return first, last


def _index(node: Node, bound: Bound) -> Stretch:
    sizes = index_of(Node("index", (node,), None, node.shape))
    return _stretch(sizes[0], bound) if sizes else EVERYWHERE


def _stretch(size: Size, bound: Bound) -> Stretch:
    """The least and the largest value of an index expression in which some indices run."""
    low: Size | None = size
    high: Size | None = size
    for name in size.names & bound.keys():
        step = size.coefficient(name)
        first, last = bound[name] if step > 0 else bound[name][::-1]
        low = None if low is None or first is None or not step else low.replace({name: first})
        high = None if high is None or last is None or not step else high.replace({name: last})
    return low, high


def disjoint(a: Member, b: Member, scope: Scope) -> bool:
    """Whether two members are certainly not the same (nor parts of one another)."""
    if a.name != b.name:
        return True
    return any(_before(p, q, scope) or _before(q, p, scope) for p, q in zip(a.at, b.at, strict=False))


def _before(first: Stretch, second: Stretch, scope: Scope) -> bool:
    end, start = first[1], second[0]
    return end is not None and start is not None and never_negative(start - end - 1, scope.bounds)


def apart(one: frozenset[Member], two: frozenset[Member], scope: Scope) -> bool:
    """Both random, with no random member in common."""
    return bool(one and two) and all(disjoint(p, q, scope) for p in one for q in two)
