"""The one type of the house: a Derivation is made of chains of lines `left relation right`.

The engine writes one, an author writes one (`steps:`), a student writes one: the checker judges all three
alike and the renderers draw all three. Blocks are closed: chains, remarks, tables, listings, drawings, and
findings (what an independent computation said about them). A new kind of question is made of these.
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
    """Lines that are read one after the other. `wrt` is the variable whose differential `d(...)` means.

    `at` gives names a value in these lines, in order: the stationary point, its multiplier. `given` are numbers
    that must be positive (matrices positive definite) where the lines are claimed, as a remark says.
    `names` are names of these lines alone, with their meanings: k of a formula, the name of an answer.
    """

    lines: tuple[Line, ...]
    wrt: Node | None = None
    title: Reason | None = None
    ranges: Mapping[str, tuple[Size, Size]] = field(default_factory=dict)
    is_lemma: bool = False
    at: tuple[tuple[Node, Node], ...] = ()
    given: tuple[Node, ...] = ()
    names: tuple[tuple[Node, Node], ...] = ()


@dataclass(frozen=True)
class Remark:
    """A sentence the reader needs (`{0}` independent of `{1}`); it claims nothing a line does not check."""

    reason: Reason


Cell = str | Node  # words, or a quantity


@dataclass(frozen=True)
class Table:
    """Rows of words and quantities; `chosen` are the rows that are kept, and stand out."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: Reason | None = None
    chosen: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Words:
    """A piece of a listing: words as they are, a `keyword`, or a quantity."""

    said: Cell
    is_keyword: bool = False


@dataclass(frozen=True)
class ListingRow:
    """One line of an algorithm or a program, `indent` levels in."""

    indent: int
    pieces: tuple[Words, ...]


@dataclass(frozen=True)
class Listing:
    """An algorithm (numbered lines with mathematics) or a program in `language`."""

    title: str
    rows: tuple[ListingRow, ...]
    language: str = "pseudocode"


@dataclass(frozen=True)
class Vertex:
    """A node of a drawing at (x, y), in steps of the drawing's grid; `kind` is state, given, output or word."""

    name: str
    label: Cell
    x: float
    y: float
    kind: str = "state"
    is_chosen: bool = False


@dataclass(frozen=True)
class Edge:
    """From one vertex to another, by their names; `label` is what is applied on the way."""

    start: str
    end: str
    label: Cell = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Graph:
    """Vertices and the arrows between them; `is_tree` hangs down from its first vertex."""

    vertices: tuple[Vertex, ...]
    edges: tuple[Edge, ...]
    caption: str = ""
    is_tree: bool = False


@dataclass(frozen=True)
class Jump:
    """Where a curve jumps from `before` to `after` (None: it has a pole there), and its value at the place;
    `behind` is the last point before it."""

    at: float
    behind: float
    before: float | None
    after: float | None
    value: float | None


@dataclass(frozen=True)
class Curve:
    label: Node
    points: tuple[tuple[float, float], ...]
    jumps: tuple[Jump, ...] = ()


@dataclass(frozen=True)
class Plot:
    """Curves over one variable."""

    variable: Node
    curves: tuple[Curve, ...]
    caption: str = ""


@dataclass(frozen=True)
class Finding:
    """What an independent computation said about the blocks before it; `what` names it, as in "the best path"."""

    what: str
    verdict: Verdict


Block = Chain | Remark | Table | Listing | Graph | Plot | Finding


@dataclass(frozen=True)
class Answer:
    """What was asked for. `where` are the equations of names that the engine itself introduced; those that
    the problem does not know at all are declared or defined in `introduced`. `closed` is the closed form of a
    value, before the data were put in. A value is exact, or has all digits of a float."""

    expression: Node
    name: str | None = None
    where: tuple[tuple[Node, Node], ...] = ()
    introduced: tuple[Introduced, ...] = ()
    provided: tuple[Reason, ...] = ()  # what must hold for it: "no entry of W x is 0"
    closed: Node | None = None
    decimals: Node | None = None  # what is printed, where the exact value is too long
    label: Node | None = None  # its left side, where it is neither its name nor what was asked
    ties: tuple[Node, ...] = ()  # others that are as good: an expectation may be any of them

    @property
    def shown(self) -> Node:
        return self.expression if self.decimals is None else self.decimals


@dataclass(frozen=True)
class Derivation:
    blocks: tuple[Block, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def chains(self) -> tuple[Chain, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Chain))
