"""Constraints: those that a fact of a symbol states (a row in IMPLIED), and the Lagrangian of a minimiser under some."""

from __future__ import annotations

from typing import Callable

from derive.tree.nodes import Node
from derive.vocabulary.build import ONE, T, add, build, count, matmul, mul, neg, num

IMPLIED: dict[str, Callable[[Node], Node]] = {
    "simplex": lambda x: build("eq", build("sum", x), ONE),
    "unit": lambda x: build("eq", build("sqnorm", x), ONE),
    "stochastic": lambda x: build("eq", build("rowsum", x), build("ones", count(x.shape.dims[0]))),
}


def constraints_of(extremum: Node) -> tuple[Node, ...]:
    """The equations under which `argmin(f, x)` is taken: its own, or those that the facts of x state."""
    x = extremum.args[1]
    if extremum.args[2:] or x.op != "sym":
        return extremum.args[2:]
    return tuple(make(x) for fact, make in IMPLIED.items() if fact in x.symbol.facts)


def lagrangian_of(f: Node, constraints: tuple[Node, ...], names: tuple[Node, ...]) -> Node:
    """`f - lambda * (g - c)` for each constraint `g == c`."""
    parts = [f]
    for name, equation in zip(names, constraints, strict=True):
        left, right = equation.args
        opposite = num(-right.number) if right.op == "num" else neg(right)
        excess = left if _is_zero(right) else add(left, opposite)
        if excess.shape.is_scalar:
            parts.append(neg(mul(name, excess)))
        elif excess.shape.kind == "vector":
            parts.append(neg(matmul(T(name), excess)))
        else:
            parts.append(neg(build("inner", name, excess)))
    return add(*parts)


def _is_zero(node: Node) -> bool:
    return node.op == "zeros" or node.op == "num" and node.number == 0
