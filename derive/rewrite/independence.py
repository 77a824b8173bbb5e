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
def members(node: Node, scope: Scope) -> frozenset[Member]:
    """Every random member behind an expression."""
    return frozenset(_members(node, scope, {}, graph_of(scope)))


def _members(node: Node, scope: Scope, bound: Bound, graph: Graph) -> set[Member]:
    if node.op in ("E", "Var", "Cov"):
        return set()
    if isinstance(node.data, Range):
        over = node.range
        low, high = _stretch(over.low, bound)[0], _stretch(over.high, bound)[1]
        return _members(node.args[0], scope, {**bound, over.var: (low, high)}, graph)
    if node.op == "entry" and node.args[0].op == "sym" and scope.is_random(node.args[0].symbol.name):
        array, *indices = node.args
        declared = scope.declarations[array.symbol.name]
        if not has_covariance(declared) and declared.law and declared.law.kind != "categorical":
            inner = array.shape.kind == "vector" or len(indices) == 2
            return _of_symbol(array, scope, bound, graph, tuple(indices) if inner else ())
    if node.op == "sym":
        return _of_symbol(node, scope, bound, graph, ())
    return set[Member]().union(*(_members(a, scope, bound, graph) for a in node.args))


def _of_symbol(
    node: Node, scope: Scope, bound: Bound, graph: Graph, entry: tuple[Node, ...]
) -> set[Member]:
    name = node.symbol.name
    if scope.is_random(name):
        found = {Member(name, tuple(_index(a, bound) for a in (*node.args, *entry)))}
        declared = scope.declarations[name]
        for argument in declared.law.args.values() if declared.law else ():
            at = index_of(node)
            placed = reindex(argument, dict(zip(declared.params, at or (), strict=False)))
            found |= _members(placed, scope, bound, graph)
        return found
    if not any(scope.is_random(n) for n in graph.spans(name)):
        return set()
    body = None if graph.is_recurrent(name) else scope.open(node)
    if body is not None:
        return _members(body, scope, bound, graph)
    found = set()
    for other, (low, high) in graph.spans(name).items():
        if scope.is_random(other):
            at = _index(node.args[0], bound) if len(node.args) == 1 else EVERYWHERE
            family = bool(scope.declarations[other].params)
            found.add(Member(other, (_shifted(at, low, high),) if family else ()))
            found |= {Member(p) for p in parents(other, scope)}
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


def covered(member: Member, by: Member) -> bool:
    """Whether `member` is a part of `by`."""
    return member.name == by.name and member.at[: len(by.at)] == by.at
