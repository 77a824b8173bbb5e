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
from derive.render.breaks import breakable, framed
from derive.render.document import Algorithm, Block, Code, Display, Figure, Math, Prose, Table

_NUMBER = re.compile(r"\$?-?\d+(\.\d+)?\$?")
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
    for block in content:
        place = block.place if isinstance(block, Prose) and block.place else where
        if place:
            out.append(prose.marker(place))
        out.append(_LATEX[type(block)](block, place))
    return "\n".join(out)


def _prose(block: Prose, place: Place | None) -> str:
    try:
        found = prose.paragraphs(block.text, block.place)
        return found + r"\par\nobreak" if block.leads_in else found
    except DeriveError as error:
        raise error.at(place) from None


def _display(block: Display, place: Place | None) -> str:
    """The sides are measured first, so that all relations of the chain stand below each other."""
    lines = [r"\begin{chain}"]
    formulas = [
        [framed(prose.formula(side, place)) for side in (row.left, row.relation, row.right)]
        for row in block.rows
    ]
    for row, sides in zip(block.rows, formulas, strict=True):
        lines.append(r"\chainmeasure{%s}{%s}{%s}" % tuple(sides))
        if row.number:
            lines.append(rf"\chainmeasurenumber{{{prose.text(row.number, place)}}}")
    lines.append(r"\chainsettle")
    for row, sides in zip(block.rows, formulas, strict=True):
        note = prose.text(row.note, place)
        if row.mark == "not checked":
            note += r"\notchecked"
        if row.warns and note:
            note = rf"\textcolor{{warn}}{{{note}}}"
        if row.margin:
            lines.append(rf"\chainmargin{{\mark{row.margin}}}")
        number = prose.text(row.number, place) if row.number else ""
        lines.append(r"\chainrow{%s}{%s}{%s}{%s}{%s}{%s}" % (*sides, breakable(sides[-1]), note, number))
    lines.append(r"\end{chain}")
    return "\n".join(lines)


def _math(block: Math, place: Place | None) -> str:
    return prose.displayed(prose.formula(block.latex, place))


def _table(block: Table, place: Place | None) -> str:
    columns = list(zip(*([block.header] if block.header else []), *block.rows, strict=True))
    body = columns if not block.header else [column[1:] for column in columns]
    tabular = Tabular("".join(_alignment(column) for column in body), booktabs=True, width=len(columns))
    if block.header:
        tabular.add_row([NoEscape(rf"\tablehead{{{prose.text(cell, place)}}}") for cell in block.header])
        tabular.add_hline()
    for number, row in enumerate(block.rows):
        chosen = r"\chosencell " if number in block.chosen else ""
        tabular.add_row([NoEscape(chosen + _cell(cell, place)) for cell in row])
    return rf"\fitted{{{tabular.dumps()}}}{{}}"


def _cell(cell: str, place: Place | None) -> str:
    """A bare number is mathematics, for the sake of its minus sign."""
    bare = _NUMBER.fullmatch(cell.strip()) and "$" not in cell
    return prose.text(f"${cell.strip()}$" if bare else cell, place)


def _alignment(column: Sequence[str]) -> str:
    if column and all(_NUMBER.fullmatch(cell.strip()) for cell in column):
        return "r"
    if any(len(re.sub(r"\\[A-Za-z]+|[{}$]", "", cell)) > _WIDE_CELL for cell in column):
        return r"p{0.4\linewidth}"
    return "l"


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
