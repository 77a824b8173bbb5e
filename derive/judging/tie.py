"""Which part of the problem a chain answers: by what its left side asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

from derive.problem.model import Part
from derive.tree.nodes import Node, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import reindex


@dataclass(frozen=True)
class Tie:
    """`exact`: the left side is what the part asks. Otherwise it asks for the same in another variable."""

    part: Part
    asked: Node
    head: Node
    exact: bool = True
    name: str | None = None


def tie(heads: Iterable[Node], parts: Iterable[Part]) -> Tie | None:
    """The part whose question one of the left sides is; else one that asks for the same of another variable."""
    heads, parts = list(heads), list(parts)
    for exact in (True, False):
        for head in heads:
            for part in parts:
                for asked, name in questions(part):
                    if same_question(head, asked) if exact else _alike(head, asked):
                        return Tie(part, asked, head, exact, name)
    return None


def questions(part: Part) -> list[tuple[Node, str | None]]:
    found = [(named.expression, named.name) for named in part.find]
    if part.show is not None and part.show.left is not None:
        found.append((part.show.left, None))
    return found


def same_question(head: Node, asked: Node) -> bool:
    if head == asked:
        return True
    if head.op != asked.op or head.shape.kind != asked.shape.kind:
        return False
    mine, theirs = sorted(free_indices(head)), sorted(free_indices(asked))
    if len(mine) == len(theirs) == 1 and mine != theirs:
        return reindex(head, {mine[0]: Size.of(theirs[0])}) == asked
    return False


def _alike(head: Node, asked: Node) -> bool:
    """The same derivative in another variable of the same kind."""
    if head.op != asked.op or head.op not in DERIVATIVES or head.args[0] != asked.args[0]:
        return False
    a, b = head.args[1], asked.args[1]
    return a.op == b.op == "sym" and a.shape.kind == b.shape.kind and len(a.args) == len(b.args)
