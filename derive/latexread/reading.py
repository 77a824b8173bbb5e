"""What elaboration says: a typed node, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from derive.latexread.tokens import Span
from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size


@dataclass(frozen=True)
class Note:
    """Something the reader did that the writer should know: a case slip, a dropped arrow, a word for a letter."""

    text: str
    span: Span
    kind: str = "reading"  # case, twin, style, scope, layout, reading


@dataclass(frozen=True)
class Elaborated:
    """`indices` are letters such as the i of `x_i` that nothing declares or binds, with their ranges."""

    node: Node
    notes: tuple[Note, ...] = ()
    indices: Mapping[str, tuple[Size, Size]] = field(default_factory=dict)


@dataclass(frozen=True)
class IllTyped:
    """The names are known, the shapes do not go together. `span` covers both operands, `spans` are theirs."""

    message: str
    span: Span
    shapes: tuple[Shape | None, Shape | None] = (None, None)
    spans: tuple[Span, Span] | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    message: str
    span: Span
    hint: str | None = None


@dataclass(frozen=True)
class Ambiguous:
    """Several readings, the likeliest first; `how` says what sets each apart."""

    readings: tuple[Elaborated, ...]
    how: tuple[str, ...]
    span: Span


Outcome = Elaborated | IllTyped | Unreadable | Ambiguous

# Asked where two typed operands do not go together; a node instead of them, or None: ill-typed as before.
# The operator is juxtapose, times, cdot, odot, add or relation.
Hook = Callable[[Node, Node, str], Node | None]


@dataclass(frozen=True)
class Pair:
    """Both sides of a claim in one reading, with sizes of `0`, `1` and `I` taken from each other."""

    left: Node
    right: Node
    notes: tuple[Note, ...] = ()
    how: str = ""
    indices: Mapping[str, tuple[Size, Size]] = field(default_factory=dict)  # see Elaborated
