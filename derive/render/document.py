"""What a page is made of: a document, its parts, and the closed set of blocks a part is printed with.

Blocks are closed: a new kind of question is made of these. To add one all the same, add a dataclass here, its
name to `Block`, and its row to `_LATEX` in `blocks.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from derive.errors import Place


@dataclass(frozen=True)
class Prose:
    """An author's text: paragraphs, `- ` lists, $mathematics$, `code`. `place` is where the text begins."""

    text: str
    place: Place | None = None
    leads_in: bool = False  # it is not parted from what follows


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
    """Cells are text with $mathematics$; an empty header leaves the table without one. `chosen` rows stand out,
    `headings` are rows whose first cell runs over all columns. `shares` of a line are the widths of the columns,
    where several tables stand below each other; without them the cells decide."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chosen: frozenset[int] = frozenset()
    headings: frozenset[int] = frozenset()
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class AlgorithmRow:
    """One line of an algorithm, in LaTeX that we made ourselves."""

    indent: int
    latex: str


@dataclass(frozen=True)
class Algorithm:
    """Numbered lines under a title, between rules."""

    title: str
    rows: tuple[AlgorithmRow, ...]


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


CHARACTERS = 88  # of a line of text

Block = Prose | Display | Math | Table | Algorithm | Code | Figure


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
    space: int = 0  # millimetres for an answer by hand

    @property
    def ask_room(self) -> float:
        """About how many lines the question takes."""
        lines = 0.0
        for block in self.ask:
            if isinstance(block, Prose):
                lines += 1 + len(block.text) // CHARACTERS + block.text.count("\n\n")
            else:
                lines += 2.5 * len(block.rows) if isinstance(block, (Display, Table)) else 3
        return lines + 0.5

    @property
    def room(self) -> float:
        """About how many lines of the answer must follow on the page, for papers that do not measure it."""
        rows = sum(len(block.rows) for block in self.answer if isinstance(block, (Display, Table)))
        code = sum(len(block.rows) for block in self.answer if isinstance(block, Algorithm))
        drawn = sum(isinstance(block, Figure) for block in self.answer)
        if drawn == 1 and rows + code == 0:
            return 18
        return 4 + 2.4 * rows + code + len(self.answer) if rows <= 5 and code <= 20 else 10


@dataclass(frozen=True)
class Sheet:
    """Several problems on one paper. `opening` stands before the first, `closing` behind the last."""

    title: str
    course: str
    documents: tuple[Document, ...]
    opening: tuple[Block, ...]
    closing: tuple[Block, ...]
    kind: Literal["key", "handout"]

    @property
    def total(self) -> str | None:
        """The sum of the points; None where a problem has none: it would not be the sum of the whole paper."""
        if any(document.total is None for document in self.documents):
            return None
        return points_of(part.points for document in self.documents for part in document.parts)


def points_of(given: Iterable[str | None]) -> str | None:
    """The sum of points, such as "16 points"; None where there are none or some are no number."""
    known = [points for points in given if points]
    try:
        total = sum((Fraction(points) for points in known), Fraction(0))
    except (ValueError, ZeroDivisionError):
        return None
    if not known:
        return None
    return f"{float(total):g} {'point' if total == 1 else 'points'}"


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
        return points_of(part.points for part in self.parts)
