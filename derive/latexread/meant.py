r"""Which of several readings makes sense: \partial\ell/\partial v is of the \ell that depends on v."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from derive.latexread.names import Names
from derive.tree.nodes import Node, names_in, walk
from derive.vocabulary.asked import DERIVATIVES

Reading = TypeVar("Reading")


def sensible(
    readings: Sequence[Reading], nodes: Callable[[Reading], Sequence[Node]], names: Names
) -> tuple[Reading, ...]:
    """Those in which nothing is differentiated in what it does not depend on; all, where there are none."""
    if len(readings) < 2:
        return tuple(readings)
    found = tuple(r for r in readings if not any(_is_idle(part, names) for n in nodes(r) for part in walk(n)))
    return found or tuple(readings)


def _is_idle(node: Node, names: Names) -> bool:
    """A derivative of a defined name that is 0 because nothing that it is made of is the variable."""
    if node.op not in DERIVATIVES or node.args[0].op != "sym":
        return False
    body, wanted = node.args[0], names_in(node.args[1])
    defined = body.symbol.name in names.scope.definitions
    return defined and not wanted & (names_in(body) | names.reach(body.symbol.name))
