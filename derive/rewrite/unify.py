"""Is an expression a definition's body at some index? `folded(e, scope)` finds the name it is."""

from __future__ import annotations

from derive.tree.nodes import Node, Range
from derive.tree.sizes import Size
from derive.vocabulary.build import count, reindex, substitute, sym
from derive.vocabulary.scope import Scope

Found = dict[str, Node]


def folded(node: Node, scope: Scope) -> Node | None:
    """The defined name whose body, at some index, is `node`; None where there is none."""
    for definition in scope.definitions.values():
        bodies = [(tuple(map(count, definition.params)), definition.body), *_members(definition.members)]
        for index, body in bodies:
            if body is None or body.op != node.op:
                continue
            found = unified(body, node, definition.params)
            if found is not None and all(p in found for p in definition.params if count(p) in index):
                return sym(definition.name, definition.shape, tuple(found.get(_name(i), i) for i in index))
    return None


def _members(members: tuple[tuple[tuple[Size, ...], Node], ...]) -> list[tuple[tuple[Node, ...], Node]]:
    return [(tuple(map(count, index)), body) for index, body in members]


def _name(index: Node) -> str:
    return index.size.name or "" if index.op == "count" else ""


def unified(pattern: Node, node: Node, params: tuple[str, ...]) -> Found | None:
    """Values of the index names `params` that make the pattern the node; bound indices may have other names."""
    found: Found = {}
    return found if _unify(pattern, node, params, found, {}) else None


def _unify(a: Node, b: Node, params: tuple[str, ...], found: Found, bound: dict[str, str]) -> bool:
    if a.op == "count" and a.size.names & set(params):
        return _solve(a.size, b, params, found, bound)
    if isinstance(a.data, Size) and isinstance(b.data, Size):
        return _renamed(a.data, bound) == b.data
    if a.op != b.op or len(a.args) != len(b.args):
        return False
    if isinstance(a.data, Range) and isinstance(b.data, Range):
        ends = ((a.data.low, b.data.low), (a.data.high, b.data.high))
        if not all(_unify(count(x), count(y), params, found, bound) for x, y in ends):
            return False
        bound = {**bound, a.data.var: b.data.var}
    elif a.data != b.data:
        return False
    return all(_unify(x, y, params, found, bound) for x, y in zip(a.args, b.args, strict=True))


def _renamed(size: Size, bound: dict[str, str]) -> Size:
    return size.replace({k: Size.of(v) for k, v in bound.items()})


def _solve(size: Size, node: Node, params: tuple[str, ...], found: Found, bound: dict[str, str]) -> bool:
    """One index name from `t-1 == s`; a bare `t` may be any number, such as v[t+1]."""
    name = next(n for n in params if n in size.names)
    if size.names & set(bound):
        size = _renamed(size, bound)
    if size.name == name:
        value = node
    elif size.coefficient(name) == 1 and node.op in ("count", "num"):
        own = node.size if node.op == "count" else Size.of(int(node.number))
        value = count(own - (size - Size.of(name)))
    else:
        return (
            node.op == "count"
            and name in found
            and found[name].op == "count"
            and (size.replace({name: found[name].size}) == node.size)
        )
    if name in found:
        return found[name] == value
    found[name] = value
    return True


def opened(node: Node, scope: Scope) -> Node | None:
    """The body of a defined name; its index may be any number (`delta[t+1, v[t+1]]`)."""
    if node.op != "sym":
        return None
    body = scope.open(node)
    if body is not None:
        return body
    definition = scope.definitions.get(node.symbol.name)
    if definition is None or definition.body is None or len(node.args) != len(definition.params):
        return None
    sizes = {p: a.size for p, a in zip(definition.params, node.args, strict=True) if a.op == "count"}
    others = {p: a for p, a in zip(definition.params, node.args, strict=True) if a.op != "count"}
    free = {p: f"{p}*" for p in others}
    body = reindex(definition.body, {**sizes, **{p: Size.of(f) for p, f in free.items()}})
    return substitute(body, {count(f): others[p] for p, f in free.items()})
