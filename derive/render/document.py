"""What a page is made of: a document, its parts, and the closed set of blocks a part is printed with.

Blocks are closed: a new kind of question is made of these. To add one all the same, add a dataclass here, its
name to `Block`, and its row to `_LATEX` in `blocks.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from derive.errors import Place


@dataclass(frozen=True)
class Prose:
    """An author's text: paragraphs, `- ` lists, $mathematics$, `code`. `place` is where the text begins."""

    text: str
    place: Place | None = None


@dataclass(frozen=True)
class ChainRow:
    """One line `left relation right` in LaTeX; `note` is its justification, text with $mathematics$.

    `margin` is the mark of a judged line (tick, cross, ...), `warns` that its note is to be seen."""

    left: str
    relation: str
    right: str
    note: str = ""
    mark: Literal["holds", "not checked", ""] = ""
    number: str | None = None
    margin: Literal["tick", "cross", "follows", "nearly", "query", "dot", "mend", ""] = ""
    warns: bool = False


@dataclass(frozen=True)
class Display:
    """A derivation: lines aligned at their relations."""

    rows: tuple[ChainRow, ...]


@dataclass(frozen=True)
class Math:
    """One displayed formula."""

    latex: str


@dataclass(frozen=True)
class Table:
    """Cells are text with $mathematics$; an empty header leaves the table without one."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Code:
    """Program text, printed as it is."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing in LaTeX (TikZ) that we made ourselves, without definitions or loops; the caption is text."""

    latex: str
    caption: str = ""


Block = Prose | Display | Math | Table | Code | Figure


@dataclass(frozen=True)
class PartView:
    """One part: `id` and `points` as the author wrote them, `mark` how the answer was checked.

    `status` colours the mark: "holds" is grey with a tick, "" grey without, anything else stands out.
    """

    id: str
    points: str | None
    ask: tuple[Block, ...]
    answer: tuple[Block, ...]
    status: str
    mark: str
    where: Place


@dataclass(frozen=True)
class Document:
    """One problem, ready to be printed."""

    title: str
    source: str
    statement: tuple[Block, ...]
    parts: tuple[PartView, ...]
    checked_summary: str
    kind: Literal["key", "handout"]

    @property
    def total(self) -> str | None:
        """The sum of the points, such as "16 points"; None where there are none or some are no number."""
        given = [part.points for part in self.parts if part.points]
        try:
            total = sum((Fraction(points) for points in given), Fraction(0))
        except (ValueError, ZeroDivisionError):
            return None
        if not given:
            return None
        return f"{float(total):g} {'point' if total == 1 else 'points'}"
