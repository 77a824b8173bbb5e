"""The readings in which a comparison is tried, the strictest first, and what one of them found."""

from __future__ import annotations

from dataclasses import dataclass

from derive.latexread import IllTyped, Pair, Unreadable
from derive.notation.derivation import Reason, Verdict
from derive.tree.nodes import Node

Reading = tuple[Pair, ...] | IllTyped | Unreadable


@dataclass(frozen=True)
class Rung:
    """One reading. `units` are the sizes that are 1 in it; `outcome` is what holding there means."""

    mode: str
    outcome: str
    said: str = ""
    units: frozenset[str] = frozenset()
    is_layout: bool = False  # it differs for derivatives only


RUNGS = (
    Rung("declared", "holds"),
    Rung("rows", "holds", "gradients read as rows", is_layout=True),
    Rung("partial_rows", "holds", "partial derivatives read as rows", is_layout=True),
    Rung("hadamard", "notation", "products of equal shapes read entry by entry"),
    Rung("columns", "notation", "the Jacobian read in × out (transposed layout)", is_layout=True),
)
DECLARED = RUNGS[0]


@dataclass(frozen=True)
class Comparison:
    """Whether two sides agree: holds, notation, only-if, fails, ill-typed, not-checked or unreadable.

    `pair` are the nodes that were compared (those of the rung where it held, else of the strictest that could be read).
    """

    outcome: str
    rung: Rung = DECLARED
    pair: Pair | None = None
    verdict: Verdict | None = None
    reason: str = ""
    flipped: bool = False  # holds with a row for a column
    remark: str = ""
    wrt: Node | None = None
    failure: IllTyped | Unreadable | None = None
    is_of_the_right: bool = False  # the failure is one of the right side
    notes: tuple[Reason, ...] = ()  # how it must be read to hold
    missing: tuple[Node, ...] = ()  # members that do not exist, which the line speaks of
    at: tuple[tuple[Node, Node], ...] = ()  # names at a value: the minimiser
    given: tuple[Node, ...] = ()  # what is positive on the instances that were tried

    @property
    def holds(self) -> bool:
        return self.outcome in ("holds", "notation")
