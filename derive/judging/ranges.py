"""What a line leaves open: the range of a free index, the variable of its differentials."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable

from derive.check.judge import Ranges
from derive.latexread import Pair
from derive.notation.anatomy import Anatomy
from derive.notation.names import Known
from derive.tree.nodes import Node, Range, contains, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import count, sym
from derive.vocabulary.scope import Declaration, Scope


def ranges_of(nodes: Iterable[Node], scope: Scope) -> dict[str, tuple[Size, Size]]:
    """The smaller range in which every member exists: `t = 1..T-1` beside x[t+1]; empty where nothing is narrowed."""
    known = Known(scope)
    below: dict[str, int] = {}
    above: dict[str, int] = {}
    for node in nodes:
        for member in _members(node, frozenset()):
            params = known.params(member.symbol.name) or ()
            for param, arg in zip(params, member.args, strict=False):
                if arg.op != "count" or param not in scope.indices:
                    continue
                for name in arg.size.names & scope.indices.keys():
                    offset = (arg.size - Size.of(name)).constant
                    if offset is None or scope.indices[name] != scope.indices[param]:
                        continue
                    first, last = edges(member.symbol.name, param, params, scope)
                    below[name] = max(below.get(name, 0), -offset - first)
                    above[name] = max(above.get(name, 0), offset - last)
    found = {}
    for name in below.keys() | above.keys():
        low, high = scope.indices[name]
        if below[name] > 0 or above[name] > 0:
            found[name] = (low + max(0, below[name]), high - max(0, above[name]))
    return found


def _members(node: Node, bound: frozenset[str]) -> Iterable[Node]:
    """Members of families at indices that no sum binds."""
    if isinstance(node.data, Range):
        bound |= {node.data.var}
    if (
        node.op == "sym"
        and node.args
        and not any(a.op == "count" and a.size.names & bound for a in node.args)
    ):
        yield node
    for arg in node.args:
        yield from _members(arg, bound)


def edges(name: str, param: str, params: tuple[str, ...], scope: Scope) -> tuple[int, int]:
    """How many boundary members stand before and behind the range: (1, 0) where h[0] is given."""
    low, high = scope.indices[param]
    declared, defined = scope.declarations.get(name), scope.definitions.get(name)
    members = [
        *(declared.boundary if declared else ()),
        *(m for m, _ in (defined.members if defined else ())),
    ]
    at = {member[params.index(param)] for member in members if len(member) == len(params)}
    first = last = 0
    while low - (first + 1) in at:
        first += 1
    while high + (last + 1) in at:
        last += 1
    return first, last


def outside(nodes: Iterable[Node], scope: Scope) -> tuple[Node, ...]:
    """Members that a sum reaches and that do not exist: h_b[0] in the sum of h_b[t-1] over t = 1..T."""
    known = Known(scope)
    found: dict[Node, None] = {}

    def visit(node: Node, bound: dict[str, tuple[Size, Size]]) -> None:
        if isinstance(node.data, Range):
            bound = {**bound, node.data.var: (node.data.low, node.data.high)}
        if node.op == "sym" and len(node.args) == 1 and node.args[0].op in ("count", "num"):
            params = known.params(node.symbol.name) or ()
            for member in _ends(node, bound):
                if (
                    len(params) == 1
                    and params[0] in scope.indices
                    and _is_outside(node.symbol.name, params[0], member, scope)
                ):
                    found[sym(node.symbol.name, node.shape, (count(member),), node.symbol.facts)] = None
        for arg in node.args:
            visit(arg, bound)

    for node in nodes:
        visit(node, {})
    return tuple(found)


def _ends(node: Node, bound: dict[str, tuple[Size, Size]]) -> list[Size]:
    arg = node.args[0]
    size = arg.size if arg.op == "count" else Size.of(int(arg.number))
    if size.constant is not None:
        return [size]
    names = [name for name in bound if name in size.names]
    return [size.replace({names[0]: end}) for end in bound[names[0]]] if len(names) == 1 else []


def _is_outside(name: str, param: str, at: Size, scope: Scope) -> bool:
    low, high = scope.indices[param]
    first, last = edges(name, param, (param,), scope)
    below, above = (low - first - at).constant, (at - high - last).constant
    return (below is not None and below > 0) or (above is not None and above > 0)


def extended(scope: Scope, members: tuple[Node, ...]) -> Scope:
    """The scope in which these members are given, so that what is said of them has a value."""
    declarations = dict(scope.declarations)
    for member in members:
        name = member.symbol.name
        params = Known(scope).params(name) or ()
        declared = declarations.get(name) or Declaration(name, member.shape, params)
        index = tuple(a.size if a.op == "count" else Size.of(int(a.number)) for a in member.args)
        declarations[name] = replace(declared, boundary=(*declared.boundary, index))
    return replace(scope, declarations=declarations)


def together(*several: Ranges) -> dict[str, tuple[Size, Size]]:
    """The smaller of ranges of the same index, where they can be told apart."""
    found: dict[str, tuple[Size, Size]] = {}
    for ranges in several:
        for name, (low, high) in ranges.items():
            if name in found:
                low = _larger(found[name][0], low)
                high = -_larger(-found[name][1], -high)
            found[name] = (low, high)
    return found


def _larger(a: Size, b: Size) -> Size:
    apart = (a - b).constant
    return b if apart is not None and apart < 0 else a


def _is_unspecified(name: Node, scope: Scope) -> bool:
    """Q of `Q: scalar of theta`: what varies is theta."""
    declared = scope.declarations.get(name.symbol.name)
    return declared is not None and bool(declared.of)


def of_entries(nodes: Iterable[Node]) -> dict[str, tuple[Size, Size]]:
    """The ranges that the sizes of arrays give the indices of their entries."""
    found: dict[str, tuple[Size, Size]] = {}
    for node in (n for whole in nodes for n in walk(whole) if n.op == "entry"):
        for at, size in zip(node.args[1:], node.args[0].shape.dims, strict=False):
            if at.op == "count" and at.size.name is not None:
                found.setdefault(at.size.name, (Size.of(1), size))
    return found


def variables(
    nodes: Iterable[Node], asked: Node | None, scope: Scope, likely: Iterable[Node] = ()
) -> tuple[Node, ...]:
    """The variables that `d(...)` may mean: what is asked, or the names under a d that do not depend on others there.

    In dL = g' dW + h' db both W and b are free; the line must hold for each with the other fixed. `asked` is what is
    varied unless it is one of them; `likely` are the
    variables that the parts of the problem ask about.
    """
    under: dict[Node, None] = {}
    last: dict[Node, None] = {}
    for node in nodes:
        found = dict.fromkeys(_untransposed(part.args[0]) for part in walk(node) if part.op == "d")
        under |= found
        last = found or last
    if not under:
        return ()
    anatomy = Anatomy(scope)
    reached = frozenset().union(*(anatomy.of(body).names for body in under))
    inside = frozenset().union(*(anatomy.of(body).names for body in under if body.op != "sym"))
    names = [body for body in last if body.op == "sym" and (not inside or body.symbol.name in inside)]
    names = [body for body in names if not _is_unspecified(body, scope)]
    names = names or [name for name in likely if name.symbol.name in reached][:1]
    names = names or [body for body in under if body.op == "sym"]
    independent = tuple(
        name
        for name in names
        if not any(
            other.symbol.name != name.symbol.name and other.symbol.name in anatomy.of(name).names
            for other in names
        )
    )
    return independent if asked is None or asked in independent else (asked,)


def differentials(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """Of several readings of `dL = 2 r' dr`, where d is a size, too, the one in which d is no number."""
    found = tuple(p for p in pairs if p.left.op == "d" and contains(p.right, lambda n: n.op == "d"))
    return found or pairs


def _untransposed(body: Node) -> Node:
    return body.args[0] if body.op == "T" else body
