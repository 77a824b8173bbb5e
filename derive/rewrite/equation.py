"""Solving `e == 0` for a name, line by line: linear in a vector or matrix, in an inverse, or entry by entry.

Every line is an equation that holds at the solution, so that the checker can evaluate both sides there.
Where none of the ways fits, NotDerived says why. To add a way: a function in WAYS.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from derive.errors import NotDerived
from derive.notation.derivation import Line, Reason
from derive.rewrite.algebra import simplify
from derive.rewrite.definite import positive
from derive.rewrite.forms import spread
from derive.rewrite.inverse import through_inverse
from derive.rewrite.isolate import Isolation
from derive.rewrite.linear import linear
from derive.rewrite.terms import is_zero, split, zero
from derive.rewrite.tidy import filled, tidy
from derive.rewrite.unknown import (
    INJECTIVE,
    INVERTIBLE,
    NotLinear,
    Solution,
    Unknown,
    is_invertible,
    line_with,
    not_linear,
)
from derive.tree.nodes import SCALAR, Node, contains, free_indices
from derive.vocabulary.build import (
    ELEMENTWISE,
    ONE,
    build,
    count,
    matmul,
    mul,
    substitute,
    sym,
    transform,
)
from derive.vocabulary.scope import Declaration, Scope


def solved(e: Node, x: Node, scope: Scope, named: tuple[Node, ...] = ()) -> Solution:
    """The solution of `e == 0` for x."""
    e = tidy(transform(e, lambda n: spread(n) if n.op == "add" else n))
    e, taken = _without_invertible_factors(e, x, scope)
    unknown = Unknown(e, x, scope, named)
    lines = [Line(e, zero(e.shape), Reason("{0} is invertible", (f,))) for f in taken[-1:]]
    why: NotDerived | None = None
    for way in WAYS:
        try:
            found = way(unknown)
        except NotDerived as error:
            why = error if why is None or not isinstance(error, NotLinear) else why
            continue
        return replace(found, lines=(*lines, *found.lines))
    assert why is not None
    raise why


def _without_invertible_factors(e: Node, x: Node, scope: Scope) -> tuple[Node, list[Node]]:
    """`A (...) == 0` without A, and the factors that were taken away."""
    taken: list[Node] = []
    while True:
        whole = split(e)
        chain = list(whole.body.args) if whole.body is not None and whole.body.op == "matmul" else []
        if len(chain) < 2:
            return e, taken
        first, last = chain[0], chain[-1]
        rest: list[Node] | None = None
        if is_invertible(first, x, scope, INJECTIVE):
            taken, rest = [*taken, first], chain[1:]
        elif is_invertible(last, x, scope, INVERTIBLE):
            taken, rest = [*taken, last], chain[:-1]
        if rest is None or not any(contains(r, lambda n: n == x) for r in rest):
            return e, taken[:-1] if rest is not None else taken
        e = tidy(matmul(*rest) if len(rest) > 1 else rest[0])


# ---------------------------------------------------------------- entry by entry


def entrywise(unknown: Unknown) -> Solution:
    """A scalar equation, or one that says the same of every entry of arrays."""
    x, scope = unknown.x, unknown.scope
    if x.shape.is_scalar:
        work = Isolation(x, scope)
        solution = unknown.simplified(work.solve(simplify(unknown.e, scope)[0]))
        lines = tuple(work.lines)
        if lines and lines[-1].right != solution:
            lines = (*lines, Line(x, solution, Reason("simplify")))
        return Solution(solution, lines, None, tuple(work.conditions), work.relation)
    names: dict[Node, Node] = {}
    entry, scope = _entry_of(x, scope)
    flat = _entry(simplify(unknown.e, scope)[0], x, entry, names, scope)
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
    lines = (*lines[:-1], replace(lines[-1], right=simple))
    return Solution(simple, lines, None, tuple(map(whole, work.conditions)), relation)


def _entry_of(x: Node, scope: Scope) -> tuple[Node, Scope]:
    """A name for one entry of x, declared where x may lie."""
    name = f"{x.symbol.name}_i"
    while name in scope.declarations or name in scope.definitions:
        name += "i"
    facts = x.symbol.facts | ({"positive"} if "simplex" in x.symbol.facts else frozenset())
    known = scope.declarations.get(x.symbol.name)
    declared = Declaration(name, SCALAR, (), facts, interval=known.interval if known else None)
    return sym(name, SCALAR, (), facts), replace(scope, declarations={**scope.declarations, name: declared})


def _entry(node: Node, x: Node, entry: Node, names: dict[Node, Node], scope: Scope) -> Node:
    """The equation of one entry: arrays without x are names of their own."""
    if node == x:
        return entry
    if not contains(node, lambda n: n == x):
        if node.shape.is_scalar:
            return node
        if node.op == "ones":
            return ONE
        if node.op in ("add", "neg", "mul", "div"):
            return rebuild_scalar(node, [_entry(a, x, entry, names, scope) for a in node.args])
        facts = frozenset({"positive"}) if positive(node, scope) else frozenset()
        indices = tuple(count(i) for i in sorted(free_indices(node)))
        return names.setdefault(node, sym(f"entry {len(names)}", SCALAR, indices, facts))
    if node.op == "sum_over" and node.shape == x.shape:
        inside = _entry(node.args[0], x, entry, names, scope)
        return Node("sum_over", (inside,), node.data, inside.shape)
    if node.shape == x.shape and (node.op in ("add", "neg", "mul", "div", "pow") or node.op in ELEMENTWISE):
        return rebuild_scalar(node, [_entry(a, x, entry, names, scope) for a in node.args])
    raise not_linear(x)


def rebuild_scalar(node: Node, args: list[Node]) -> Node:
    return build(node.op, *args, data=node.data)


WAYS: tuple[Callable[[Unknown], Solution], ...] = (linear, through_inverse, entrywise)
