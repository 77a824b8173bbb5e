"""What a `figure:` asks to be drawn. `figures.py` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from derive.tree.nodes import Node
from derive.vocabulary.scope import Scope


@dataclass(frozen=True)
class GraphOf:
    """The definitions that lead to `quantity`, unrolled at these sizes."""

    quantity: Node
    sizes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class TreeOf:
    """A tree of data; with `beam`, the paths that a search keeps."""

    data: str
    beam: int | None = None


@dataclass(frozen=True)
class PlotOf:
    """Expressions over a scalar from low to high."""

    curves: tuple[Node, ...]
    variable: Node
    low: Fraction
    high: Fraction
    scope: Scope


Drawing = GraphOf | TreeOf | PlotOf
