r"""An author's text as blocks of a page or as lines of text: `{{ define }}` opens to the definitions, `{{ X }}` to a
quantity, or to its data where these stand on a line of their own.

`$...$` is authored LaTeX and stays as it is, except for a `{{ X }}` set apart by blanks inside of it.
A further word that opens to something is a branch in `expanded` and in `told`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Iterator

from derive.errors import DeriveError, Place
from derive.notation.latex import latex
from derive.notation.reader import read
from derive.notation.text import text
from derive.problem.model import Prose
from derive.render import document as page
from derive.render.exhibits import lines_of_block
from derive.render.given import Uses, exhibit
from derive.render.plates import page_blocks
from derive.render.say import Ranges, in_latex, in_text, say_ranges
from derive.tree.nodes import SCALAR, Node
from derive.tree.sizes import Size
from derive.vocabulary.build import sym
from derive.vocabulary.scope import Definition, Scope

_PIECE = re.compile(
    r"\\.|`[^`\n]+`"
    r"|(?P<math>\$\$(?:[^$\\]|\\.)+?\$\$|\$(?:[^$\\]|\\.)+?\$)"
    r"|\{\{\s*(?P<name>[^{}]+?)\s*\}\}",
    re.DOTALL,
)
_IN_MATH = re.compile(r"\{\{\s+(?P<name>[^{}]+?)\s+\}\}")
_DEFINE = re.compile(r"define\b\s*(?P<some>.*)", re.DOTALL)
_ITEM = re.compile(r"\s*- ")

Row = tuple[Node, Node, Ranges]  # an equation, and the range of its index


def expanded(prose: Prose, scope: Scope, uses: Uses | None = None) -> list[page.Block]:
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
        if (rows := _rows(match, prose.text, scope)) is not None:
            close(at)
            blocks.append(page.Display(tuple(_page_row(row, scope) for row in rows)))
        elif match["name"] and (shown := exhibit(match["name"], scope, uses or {})):
            close(at)
            blocks += page_blocks(shown, scope)
        elif match["name"]:
            piece += f"${_quantity(match['name'], scope, place)}$"
        elif match["math"]:
            piece += _formula(match["math"], scope, place)
        else:
            piece += match[0]
    piece += prose.text[at:]
    close(len(prose.text))
    return blocks


def told(prose: Prose, scope: Scope, uses: Uses | None = None) -> Iterator[str | tuple[str, ...]]:
    """The text for the terminal: paragraphs and items to be wrapped, and lines that stay as they are."""
    piece, at = "", 0
    for match in _PIECE.finditer(prose.text):
        piece += prose.text[at : match.start()]
        at = match.end()
        place = _below(prose.place, prose.text.count("\n", 0, match.start()))
        lines: tuple[str, ...] = ()
        if (rows := _rows(match, prose.text, scope)) is not None:
            lines = tuple(_text_row(row, scope) for row in rows)
        elif match["name"] and (shown := exhibit(match["name"], scope, uses or {})):
            lines = tuple(lines_of_block(shown, scope))
        elif match["name"]:
            piece += text(_read(match["name"], scope, place), scope)
        else:
            piece += _formula(match[0], scope, place).replace("\n", " ") if match["math"] else match[0]
        if lines:
            yield from _paragraphs(piece)
            yield lines
            piece = ""
    yield from _paragraphs(piece + prose.text[at:])


def _paragraphs(said: str) -> Iterator[str]:
    """Paragraphs and items, each on one line."""
    gathered: list[str] = []
    for line in [*said.split("\n"), ""]:
        if gathered and (not line.strip() or _ITEM.match(line)):
            yield " ".join(" ".join(gathered).split())
            gathered = []
        if line.strip():
            gathered.append(line)


# ---------------------------------------------------------------- definitions and data


def _rows(match: re.Match[str], whole: str, scope: Scope) -> list[Row] | None:
    """The equations that `{{ define }}` stands for, or data alone on their line; None for anything else."""
    name = match["name"] or ""
    if defines := _DEFINE.fullmatch(name):
        some = re.findall(r"\w+", defines["some"]) or list(scope.definitions)
        return [row for name in some for row in definition_rows(scope.definitions[name], scope)]
    if name and _alone(whole, match):
        return _data_rows(name, scope) or None
    return None


def _alone(text: str, match: re.Match[str]) -> bool:
    """Whether a `{{ X }}` has a line of its own."""
    before, after = text[: match.start()].rpartition("\n")[2], text[match.end() :].partition("\n")[0]
    return not before.strip() and not after.strip()


def _data_rows(name: str, scope: Scope) -> list[Row]:
    """`X = [...]`, of a name with data; one row for each member where they are those of a family."""
    base, _, index = name.partition("[")
    datum = scope.datum(name.replace(" ", "")) or scope.datum(base)
    if datum is None or datum.value is None:
        return []
    declared = scope.declarations.get(base)
    if scope.datum(name) is None and index and declared and len(declared.params) == 1:
        members = (f"{base}[{n}]" for n in range(1, len(datum.value.args) + 1))
        return [(read(m, scope), v, {}) for m, v in zip(members, datum.value.args, strict=True)]
    return [(read(name, scope), datum.value, {})]


def definition_rows(definition: Definition, scope: Scope) -> Iterator[Row]:
    """`name = body`, with the range of its index; then the members defined one by one."""
    index = f"[{', '.join(definition.params)}]" if definition.params else ""
    if definition.body is not None:
        yield read(definition.name + index, scope), definition.body, _ranges(definition, scope)
    for member, body in definition.members:
        name = f"{definition.name}[{', '.join(map(str, member))}]"
        yield read(name, scope), body, {}


def _ranges(definition: Definition, scope: Scope) -> Ranges:
    """Where the body holds: the declared ranges without the members at their ends that are given or defined."""
    declared = scope.declarations.get(definition.name)
    single = {index for index, _ in definition.members} | set(declared.boundary if declared else ())
    ranges: dict[str, tuple[Size, Size]] = {}
    for n, param in enumerate(definition.params):
        if param not in scope.indices:
            continue
        taken = {
            i[n] for i in single if all(i[k].name == p for k, p in enumerate(definition.params) if k != n)
        }
        low, high = scope.indices[param]
        while low in taken:
            low = low + 1
        while high in taken:
            high = high - 1
        ranges[param] = (low, high)
    return ranges


def page_rows(definition: Definition, scope: Scope) -> Iterator[page.ChainRow]:
    return (_page_row(row, scope) for row in definition_rows(definition, scope))


def _page_row(row: Row, scope: Scope) -> page.ChainRow:
    left, body, ranges = row
    note = say_ranges(ranges, in_latex(scope)).removeprefix("for ")
    return page.ChainRow(latex(left, scope.notation), "=", latex(body, scope.notation), note)


def _text_row(row: Row, scope: Scope) -> str:
    left, body, ranges = row
    note = say_ranges(ranges, in_text(scope))
    return f"{text(left, scope)} = {text(body, scope)}" + (f", {note}" if note else "")


# ---------------------------------------------------------------- quantities


def _formula(math: str, scope: Scope, place: Place) -> str:
    return _IN_MATH.sub(lambda match: _quantity(match["name"], scope, place), math)


def _quantity(name: str, scope: Scope, place: Place) -> str:
    return latex(_read(name, scope, place), scope.notation)


def _read(name: str, scope: Scope, place: Place) -> Node:
    declared = scope.declarations.get(name)
    if declared is not None and declared.shape.kind == "function":
        return sym(name, SCALAR)  # its name, without an argument
    try:
        return read(name, scope)
    except DeriveError as error:
        error.place = place  # the reader knows no file here
        raise


def _below(place: Place, lines: int) -> Place:
    """The place so many lines further down; the column is that of the text's first character."""
    return replace(place, line=place.line + lines, text="") if lines else place
