"""What a wrong line states, and how a later line is judged under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Iterator

from derive.judging.bench import Bench
from derive.judging.optima import BINDING, At
from derive.latexread import Pair
from derive.tree.nodes import Node, free_indices, walk
from derive.vocabulary.build import add, neg, reindex, substitute

if TYPE_CHECKING:
    from derive.judging.beliefs import Beliefs


@dataclass(frozen=True)
class Belief:
    """What a wrong line states. `is_solved`: an equation that was meant to hold at the optimum only."""

    left: Node
    right: Node
    line: int
    is_solved: bool = False

    @property
    def error(self) -> Node:
        return add(self.right, neg(self.left))


@dataclass(frozen=True)
class Again:
    """How a line is judged under a belief: other sides, names at a value, another scope."""

    pair: Pair
    at: At = ()
    bench: Bench | None = None


Way = Callable[["Beliefs", Bench, Pair, Belief], Iterator[Again]]


def put_belief(node: Node, belief: Belief) -> Node:
    """The stated value wherever the quantity stands, at whatever index."""
    if belief.left.op == "sym" and any(n.op in BINDING and belief.left in n.args[1:] for n in walk(node)):
        return node
    free = sorted(free_indices(belief.left))
    table = {belief.left: belief.right}
    if len(free) == 1:
        for size in {a.size for n in walk(node) if n.op == "sym" for a in n.args if a.op == "count"}:
            at = {free[0]: size}
            table[reindex(belief.left, at)] = reindex(belief.right, at)
    return substitute(node, table)


__all__ = ["Again", "Belief", "Way", "put_belief"]
