"""Equations that say the same of every entry of arrays, and scalar equations: solved for one entry."""

from __future__ import annotations

from dataclasses import replace

from derive.notation.derivation import Line, Reason
from derive.rewrite.algebra import simplify
from derive.rewrite.definite import positive
from derive.rewrite.isolate import Isolation
from derive.rewrite.terms import is_zero, zero
from derive.rewrite.tidy import filled, tidy
from derive.rewrite.unknown import (
    Solution,
    Unknown,
    line_with,
    not_linear,
)
from derive.tree.nodes import SCALAR, Node, contains, free_indices
from derive.vocabulary.build import (
    ELEMENTWISE,
    ONE,
    build,
    count,
    mul,
    substitute,
    sym,
)
from derive.vocabulary.scope import Declaration, Scope


def entrywise(unknown: Unknown) -> Solution:
    """A scalar equation, or one that says the same of every entry of arrays."""
    x, scope = unknown.x, unknown.scope
    if x.shape.is_scalar:
        work = Isolation(x, scope)
        solution = unknown.simplified(work.solve(simplify(unknown.e, scope)[0]))
        lines = tuple(work.lines)
        if lines and solution not in (lines[-1].left, lines[-1].right):
            lines = (*lines, Line(x, solution, Reason("simplify")))
        return Solution(solution, lines, None, tuple(work.conditions), work.relation)
    names: dict[Node, Node] = {}
    entry, scope = entry_of(x, scope)
    flat = entry_equation(simplify(unknown.e, scope)[0], x, entry, names, scope)
    work = Isolation(entry, scope)
    back = {entry: x, **{v: k for k, v in names.items()}}

    def whole(node: Node) -> Node:
        if is_zero(node):
            return zero(x.shape)
        array = tidy(substitute(node, back))
        return array if array.shape == x.shape else mul(array, filled(x.shape))

    solution = whole(work.solve(flat))
    lines = tuple(replace(line_with(n, back), left=whole(n.left), right=whole(n.right)) for n in work.lines)
    simple = unknown.simplified(solution)
    relation = (whole(work.relation[0]), whole(work.relation[1])) if work.relation else None
    if lines[-1].left == x:
        lines = (*lines[:-1], replace(lines[-1], right=simple))
    return Solution(simple, lines, None, tuple(map(whole, work.conditions)), relation)


def entry_of(x: Node, scope: Scope) -> tuple[Node, Scope]:
    """A name for one entry of x, declared where x may lie."""
    name = f"{x.symbol.name}_i"
    while name in scope.declarations or name in scope.definitions:
        name += "i"
    facts = x.symbol.facts | ({"positive"} if "simplex" in x.symbol.facts else frozenset())
    known = scope.declarations.get(x.symbol.name)
    declared = Declaration(name, SCALAR, (), facts, interval=known.interval if known else None)
    return sym(name, SCALAR, (), facts), replace(scope, declarations={**scope.declarations, name: declared})


def entry_equation(node: Node, x: Node, entry: Node, names: dict[Node, Node], scope: Scope) -> Node:
    """The equation of one entry: arrays without x are names of their own."""
    if node == x:
        return entry
    if not contains(node, lambda n: n == x):
        if node.shape.is_scalar:
            return node
        if node.op == "ones":
            return ONE
        if node.op in ("add", "neg", "mul", "div"):
            return build_alike(node, [entry_equation(a, x, entry, names, scope) for a in node.args])
        facts = frozenset({"positive"}) if positive(node, scope) else frozenset()
        indices = tuple(count(i) for i in sorted(free_indices(node)))
        return names.setdefault(node, sym(f"entry {len(names)}", SCALAR, indices, facts))
    if node.op == "sum_over" and node.shape == x.shape:
        inside = entry_equation(node.args[0], x, entry, names, scope)
        return Node("sum_over", (inside,), node.data, inside.shape)
    if node.shape == x.shape and (node.op in ("add", "neg", "mul", "div", "pow") or node.op in ELEMENTWISE):
        return build_alike(node, [entry_equation(a, x, entry, names, scope) for a in node.args])
    raise not_linear(x)


def build_alike(node: Node, args: list[Node]) -> Node:
    return build(node.op, *args, data=node.data)
