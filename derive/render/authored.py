r"""An author's text as blocks of a page: `{{ define }}` opens to the definitions, `{{ X }}` to a quantity.

`$...$` is authored LaTeX and stays as it is, except for a `{{ X }}` set apart by blanks inside of it.
A further word that opens to something is a branch in `expanded`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Iterator

from derive.errors import DeriveError, Place
from derive.notation.latex import latex
from derive.notation.reader import read
from derive.problem.model import Prose
from derive.render import document as page
from derive.render.say import in_latex, say_ranges
from derive.vocabulary.scope import Definition, Scope

_PIECE = re.compile(
    r"\\.|`[^`\n]+`"
    r"|(?P<math>\$\$(?:[^$\\]|\\.)+?\$\$|\$(?:[^$\\]|\\.)+?\$)"
    r"|\{\{\s*(?P<name>[^{}]+?)\s*\}\}",
    re.DOTALL,
)
_IN_MATH = re.compile(r"\{\{\s+(?P<name>[^{}]+?)\s+\}\}")


def expanded(prose: Prose, scope: Scope) -> list[page.Block]:
    """The text as blocks, with its quantities in the notation of `scope`."""
    blocks: list[page.Block] = []
    piece, line = "", 0  # the text gathered, and the line of the source it begins on
    at = 0

    def close(upto: int) -> None:
        nonlocal piece, line
        if piece.strip():
            blank = len(piece) - len(piece.lstrip("\n"))
            blocks.append(page.Prose(piece.strip("\n"), _below(prose.place, line + blank)))
        piece, line = "", prose.text.count("\n", 0, upto)

    for match in _PIECE.finditer(prose.text):
        piece += prose.text[at : match.start()]
        at = match.end()
        place = _below(prose.place, prose.text.count("\n", 0, match.start()))
        if match["name"] == "define":
            close(at)
            rows = [row for d in scope.definitions.values() for row in definition_rows(d, scope)]
            blocks.append(page.Display(tuple(rows)))
        elif match["name"] and _alone(prose.text, match) and (row := _data_row(match["name"], scope)):
            close(at)
            blocks.append(page.Display((row,)))
        elif match["name"]:
            piece += f"${_quantity(match['name'], scope, place)}$"
        elif match["math"]:
            piece += _formula(match["math"], scope, place)
        else:
            piece += match[0]
    piece += prose.text[at:]
    close(len(prose.text))
    return blocks


def _alone(text: str, match: re.Match[str]) -> bool:
    """Whether a `{{ X }}` has a line of its own."""
    before, after = text[: match.start()].rpartition("\n")[2], text[match.end() :].partition("\n")[0]
    return not before.strip() and not after.strip()


def _data_row(name: str, scope: Scope) -> page.ChainRow | None:
    """`X = [...]`, of a name with data."""
    datum = scope.datum(name)
    if datum is None or datum.value is None:
        return None
    return page.ChainRow(latex(read(name, scope), scope.notation), "=", latex(datum.value, scope.notation))


def definition_rows(definition: Definition, scope: Scope) -> Iterator[page.ChainRow]:
    """`name = body`, with the range of its index beside it; then the members defined one by one."""
    index = f"[{', '.join(definition.params)}]" if definition.params else ""
    ranges = {p: scope.indices[p] for p in definition.params if p in scope.indices}
    if definition.body is not None:
        left = latex(read(definition.name + index, scope), scope.notation)
        note = say_ranges(ranges, in_latex(scope)).removeprefix("for ")
        yield page.ChainRow(left, "=", latex(definition.body, scope.notation), note)
    for member, body in definition.members:
        name = f"{definition.name}[{', '.join(map(str, member))}]"
        yield page.ChainRow(latex(read(name, scope), scope.notation), "=", latex(body, scope.notation))


def _formula(math: str, scope: Scope, place: Place) -> str:
    return _IN_MATH.sub(lambda match: _quantity(match["name"], scope, place), math)


def _quantity(name: str, scope: Scope, place: Place) -> str:
    try:
        return latex(read(name, scope), scope.notation)
    except DeriveError as error:
        error.place = place  # the reader knows no file here
        raise


def _below(place: Place, lines: int) -> Place:
    """The place so many lines further down; the column is that of the text's first character."""
    return replace(place, line=place.line + lines, text="") if lines else place
