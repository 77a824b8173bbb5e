"""The one type of the house: a Derivation is made of chains of lines `left relation right`.

The engine writes one, an author writes one (`steps:`), a student writes one: the checker judges all three
alike and the renderers draw all three. Blocks are closed: a renderer knows `Chain` and `Remark`, no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping

from derive.errors import Place
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.scope import Introduced


@dataclass(frozen=True)
class Reason:
    """Why a line holds. `{0}`, `{1}` in the text stand for `nodes`, so every writer says it in its own notation."""

    text: str
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What the checker found. `max_error` is relative; `reason` says why a line is not checked or fails."""

    status: str  # holds, fails, not-checked
    method: str = ""
    instances: int = 0
    max_error: float = 0.0
    reason: str = ""
    counterexample: str = ""


@dataclass(frozen=True)
class Step:
    """One rewrite, kept whether or not it became a line of its own."""

    rule: str
    before: Node
    after: Node


@dataclass(frozen=True)
class Line:
    """`left relation right`. A printed chain shows `left` only where it differs from the line before."""

    left: Node
    right: Node
    reason: Reason
    relation: str = "=="
    steps: tuple[Step, ...] = ()
    verdict: Verdict | None = None
    place: Place | None = None  # where an author wrote it


@dataclass(frozen=True)
class Chain:
    """Lines that are read one after the other. `wrt` is the variable whose differential `d(...)` means."""

    lines: tuple[Line, ...]
    wrt: Node | None = None
    title: Reason | None = None
    ranges: Mapping[str, tuple[Size, Size]] = field(default_factory=dict)
    is_lemma: bool = False


@dataclass(frozen=True)
class Remark:
    """A sentence the reader needs (`{0}` independent of `{1}`); it claims nothing a line does not check."""

    reason: Reason


Block = Chain | Remark


@dataclass(frozen=True)
class Answer:
    """What was asked for. `where` are the equations of names that the engine itself introduced; those that
    the problem does not know at all are declared or defined in `introduced`."""

    expression: Node
    name: str | None = None
    where: tuple[tuple[Node, Node], ...] = ()
    introduced: tuple[Introduced, ...] = ()
    provided: tuple[Reason, ...] = ()  # what must hold for it: "no entry of W x is 0"


@dataclass(frozen=True)
class Derivation:
    blocks: tuple[Block, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def chains(self) -> tuple[Chain, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Chain))
