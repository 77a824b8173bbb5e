"""Sums over a family that holds the variable: `sum(c[s] * d(r[s]), s)` is `c[i] * d(r[i])` where r[i] is the
variable, because the other members do not vary."""

from __future__ import annotations

from derive.errors import NotDerived
from derive.notation.text import text
from derive.rewrite.depend import Variation, index_of
from derive.rewrite.hits import IndexUnclear, inside
from derive.rewrite.terms import zero
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, contains, free_indices, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import add, d, rebuild, reindex, rename_bound


def is_member(node: Node, variation: Variation) -> bool:
    """`d(r[s])` under a sum over s, where r[i] is the variable: it is d(r[i]) for s = i and else zero."""
    if node.op != "d" or node == d(variation.wrt) or node.args[0].op != "sym":
        return False
    name = node.args[0].symbol.name
    still = name in variation.held_families or not variation.graph.is_recurrent(name)
    return name == variation.wrt.symbol.name and still


def collapsed(node: Node, variation: Variation) -> Node:
    """Terms of a sum that hold such a differential: the one term in which it is not zero."""
    if not node.args or node.op == "d":
        return node
    node = rebuild(node, tuple(collapsed(a, variation) for a in node.args))
    if node.op != "sum_over" or not contains(node, lambda n: is_member(n, variation)):
        return node
    node = rename_bound(node, free_indices(variation.wrt))
    kept: list[Node] = []
    picked: list[Node] = []
    for term in terms(_distributed(node.args[0], variation)):
        members = [n for n in walk(term) if is_member(n, variation)]
        if not members:
            kept.append(term)
            continue
        picked += _picked(node, term, members, variation)
    total = add(*kept) if kept else None
    parts = ([Node("sum_over", (total,), node.data, node.shape)] if total is not None else []) + picked
    return add(*parts) if parts else zero(node.shape)


def _picked(total: Node, term: Node, members: list[Node], variation: Variation) -> list[Node]:
    at, bound = index_of(variation.wrt), total.range
    index = index_of(members[0].args[0])
    assert at is not None
    if index is None or len(set(members)) > 1 or (index[0] - Size.of(bound.var)).constant is None:
        raise NotDerived(f"how {text(total)} depends on {text(variation.wrt)} is not clear")
    hit = at[0] - (index[0] - Size.of(bound.var))
    there = inside(hit, bound.low, bound.high, variation.scope)
    if there is None:
        raise IndexUnclear(
            f"whether {text(variation.wrt)} occurs in {text(total)} depends on the index",
            (hit - bound.low, bound.high - hit),
        )
    return [reindex(term, {bound.var: hit})] if there else []


def _distributed(body: Node, variation: Variation) -> Node:
    """A product with a bracket of differentials, multiplied out as far as the members in it need."""
    if body.op in ("mul", "matmul", "neg", "div"):
        for i, a in enumerate(body.args):
            if (
                a.op == "add"
                and contains(a, lambda n: is_member(n, variation))
                and not (body.op == "div" and i)
            ):
                parts = [rebuild(body, (*body.args[:i], x, *body.args[i + 1 :])) for x in a.args]
                return _distributed(tidy(add(*(tidy(p) for p in parts))), variation)
    if body.op == "add":
        return add(*(_distributed(a, variation) for a in body.args))
    return body


def held_names(node: Node, variation: Variation) -> tuple[Node, ...]:
    """The held family members that `node` mentions, through the names it opens."""
    total = Variation(variation.scope, variation.graph, variation.wrt)
    found: dict[Node, None] = {}
    seen, waiting = {node}, [node]
    while waiting:
        top = waiting.pop()
        if top == node and top.op == "sym":
            waiting += _behind(top, variation)
            continue
        for n in walk(top):
            if n.op != "sym" or n in seen or n == variation.wrt or not total.varies(n):
                continue
            seen.add(n)
            if not variation.varies(n):
                found[n] = None
            elif n.symbol.name != variation.wrt.symbol.name:
                waiting += _behind(n, variation)
    return tuple(found)


def _behind(name: Node, variation: Variation) -> list[Node]:
    """What a name is made of: its body, or the arguments of an unspecified function."""
    declared = variation.scope.declarations.get(name.symbol.name)
    body = variation.scope.open(name)
    return [body] if body is not None else list(declared.of) if declared is not None else []
