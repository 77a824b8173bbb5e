"""A place of a line that an edit changes, and the words edits share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator

from derive.judging.places import Path
from derive.judging.pool import Pool
from derive.notation.derivation import Reason
from derive.tree.nodes import Node

SHOULD = "{0} should be {1}"
MISSING = "missing {0}"
TOO_MANY = "{0} is one factor too many"
PARENTHESES = "parentheses are lost: {0}"
SIGN = "wrong sign of {0}"


@dataclass(frozen=True)
class Place:
    """A subtree, its parent, the position in the parent."""

    node: Node
    parent: Node | None
    position: int
    path: Path

    @property
    def is_factor(self) -> bool:
        return self.parent is None or self.parent.op in (
            "matmul",
            "mul",
            "add",
            "neg",
            "div",
            "sum_over",
            "T",
        )

    @property
    def is_transposed(self) -> bool:
        return self.parent is not None and self.parent.op == "T"

    @property
    def is_term(self) -> bool:
        return self.parent is None or self.parent.op in ("add", "sum_over")


Change = tuple[Node, Reason]
Row = Callable[[Place, Pool], Iterator[Change]]
