r"""Blocks to LaTeX, one function for each kind of block.

A new kind of block is a function here and a row in `_LATEX`. The commands written here (`\chainrow`,
`\displayed`, `\fitted`, `codelines`, `algorithmlines`) are defined in `templates/chain.tex.j2` and
`templates/base.tex.j2`.
"""

from __future__ import annotations

import keyword
import re
from typing import Any, Callable, Sequence

from pylatex import NoEscape, Tabular

from derive.errors import DeriveError, Place
from derive.render import prose
from derive.render.breaks import aligned, breakable, framed, grouped
from derive.render.document import (
    CHARACTERS,
    Algorithm,
    Block,
    Code,
    Display,
    Figure,
    Math,
    Prose,
    Table,
)

_NUMBER = re.compile(r"\$?-?\d+(\.\d+|/\d+)?\$?")
_WIDE_CELL = 34

_KEYWORDS = {
    "python": frozenset(keyword.kwlist),
    "pseudocode": frozenset(
        "algorithm input output for each to downto in do end while repeat until if then else return and or "
        "not function procedure let".split()
    ),
}


def blocks(content: Sequence[Block], where: Place | None = None) -> str:
    """Blocks one after the other, each behind the marker of its place in the YAML."""
    out = []
    for n, block in enumerate(content):
        after = content[n + 1] if n + 1 < len(content) else None
        place = block.place if isinstance(block, Prose) and block.place else where
        if place:
            out.append(prose.marker(place))
        keeps = n + 2 == len(content) and isinstance(after, Display) and len(after.rows) <= SHORT_END
        written = _display(block, place, keeps) if isinstance(block, Display) else None
        out.append(written or _LATEX[type(block)](block, place))
    return "\n".join(out)


SHORT_END = 2  # rows of a last display that do not stand alone on a page
UNBROKEN = 4  # rows of a chain that is not broken over pages


def _prose(block: Prose, place: Place | None) -> str:
    try:
        found = prose.paragraphs(block.text, block.place)
        return found + r"\par\nobreak" if block.leads_in else found
    except DeriveError as error:
        raise error.at(place) from None


def _display(block: Display, place: Place | None, keeps: bool = False) -> str:
    """The sides are measured first, so that all relations of the chain stand below each other. A page does not
    end behind its first row or before its last; with `keeps` not behind it either."""
    lines = [r"\begin{chain}"]
    formulas = [
        [aligned(framed(grouped(prose.formula(side, place)))) for side in (row.left, row.relation, row.right)]
        for row in block.rows
    ]
    for row, sides in zip(block.rows, formulas, strict=True):
        lines.append(r"\chainmeasure{%s}{%s}{%s}" % tuple(sides))
        if row.number:
            lines.append(rf"\chainmeasurenumber{{{prose.text(row.number, place)}}}")
    lines.append(r"\chainsettle")
    last = len(block.rows) - 1
    for n, (row, sides) in enumerate(zip(block.rows, formulas, strict=True)):
        note = prose.text(row.note, place)
        if row.mark == "not checked":
            note += r"\notchecked"
        if row.warns and note:
            note = rf"\textcolor{{warn}}{{{note}}}"
        if row.margin:
            lines.append(rf"\chainmargin{{\mark{row.margin}}}")
        number = prose.text(row.number, place) if row.number else ""
        inside = _inside_box(sides[-1])
        if inside is not None:
            lines.append(r"\chainframed")
        parts = (*sides, breakable(inside or sides[-1]), note, number)
        lines.append(r"\chainrow{%s}{%s}{%s}{%s}{%s}{%s}" % parts)
        if (keeps and n == last) or (n < last and (n in (0, last - 1) or last < UNBROKEN)):
            lines.append(r"\nobreak")
    lines.append(r"\end{chain}")
    return "\n".join(lines)


def _inside_box(latex: str) -> str | None:
    """What a formula that is one box has in it."""
    return latex[len(BOX) : -1] if latex.startswith(BOX) and latex.endswith("}") else None


BOX = r"\boxed{"


def _math(block: Math, place: Place | None) -> str:
    return prose.displayed(aligned(grouped(prose.formula(block.latex, place))))


def _table(block: Table, place: Place | None) -> str:
    said = [row for n, row in enumerate(block.rows) if n not in block.headings]
    columns = list(zip(*([block.header] if block.header else []), *said, strict=True))
    body = columns if not block.header else [column[1:] for column in columns]
    broken = "".join(_broken(share) for share in block.shares)
    tabular = Tabular(broken or _alignments(body, block.header), booktabs=True, width=len(columns))
    if block.header:
        tabular.add_row([NoEscape(rf"\tablehead{{{prose.text(cell, place)}}}") for cell in block.header])
        tabular.add_hline()
    for number, row in enumerate(block.rows):
        if number in block.headings:
            over = rf"\addlinespace[2pt]\multicolumn{{{len(columns)}}}{{@{{}}l}}"
            tabular.append(NoEscape(rf"{over}{{\chosencell {prose.text(row[0], place)}}}\\"))
            continue
        chosen = r"\chosencell " if number in block.chosen else ""
        tabular.add_row([NoEscape(chosen + _cell(cell, place)) for cell in row])
    return rf"\fitted{{{tabular.dumps()}}}{{}}"


def _cell(cell: str, place: Place | None) -> str:
    """A bare number is mathematics, for the sake of its minus sign."""
    bare = _NUMBER.fullmatch(cell.strip()) and "$" not in cell
    return prose.text(f"${cell.strip()}$" if bare else cell, place)


def _alignments(columns: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """Numbers to the right, words to the left; where a row is too long for a line, its wide cells are broken."""
    widths = [
        max((_width(cell) for cell in (*column, *header[n : n + 1])), default=0)
        for n, column in enumerate(columns)
    ]
    room = CHARACTERS - GAP * len(columns)
    wide = [n for n, width in enumerate(widths) if width > _WIDE_CELL]
    rest = sum(width for n, width in enumerate(widths) if n not in wide)
    if sum(widths) <= room:
        wide = []
    share = max(room - rest, LEAST * len(wide))
    total = sum(widths[n] for n in wide) or 1
    return "".join(
        _broken(share * widths[n] / total / CHARACTERS)
        if n in wide
        else "r"
        if any(cell.strip() for cell in column)
        and all(_NUMBER.fullmatch(c.strip()) for c in column if c.strip())
        else "l"
        for n, column in enumerate(columns)
    )


def _broken(share: float) -> str:
    """A column of that share of a line, whose cells are broken."""
    return rf">{{\raggedright\arraybackslash}}p{{{share:.3f}\linewidth}}"


GAP = 3  # characters between two columns
LEAST = 18  # characters of a column that is broken


def _width(cell: str) -> int:
    return len(re.sub(r"\\[A-Za-z]+|[{}$]", "", cell))


def _algorithm(block: Algorithm, place: Place | None) -> str:
    lines = [rf"\begin{{algorithmlines}}{{{prose.text(block.title, place)}}}"]
    lines += [rf"\algorithmline{{{row.indent}}}{{{row.latex}}}" for row in block.rows]
    return "\n".join([*lines, r"\end{algorithmlines}"])


def _code(block: Code, place: Place | None) -> str:
    words = _KEYWORDS.get(block.language, frozenset())
    lines = [r"\begin{codelines}"]
    for line in block.text.expandtabs(4).strip("\n").split("\n"):
        indent = len(line) - len(line.lstrip())
        pieces = re.split(r"([A-Za-z_]\w*)", line.strip())
        shown = "".join(rf"\textbf{{{piece}}}" if piece in words else _spaced(piece) for piece in pieces)
        lines.append(rf"\codeline{{{indent}}}{{{shown}}}")
    lines.append(r"\end{codelines}")
    return "\n".join(lines)


def _spaced(piece: str) -> str:
    """Runs of blanks keep their width; a long line may break after a comma or an opening bracket."""
    shown = re.sub(r" (?= )", r"\\ ", prose.code(piece))
    return re.sub(r"([,(=])", r"\1\\allowbreak{}", shown)


def _figure(block: Figure, place: Place | None) -> str:
    prose.guard_commands(block.latex, place)
    return rf"\fitted{{{block.latex}}}{{{prose.text(block.caption, place)}}}"


_LATEX: dict[type, Callable[[Any, Place | None], str]] = {
    Prose: _prose,
    Display: _display,
    Math: _math,
    Table: _table,
    Algorithm: _algorithm,
    Code: _code,
    Figure: _figure,
}
