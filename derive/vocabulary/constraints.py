"""The constraints that a fact of a symbol states: a minimiser in it is one under these. To add one: a row in IMPLIED."""

from __future__ import annotations

from typing import Callable

from derive.tree.nodes import Node
from derive.vocabulary.build import ONE, build, count

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
