r"""The rows of a display and the segments of a row: the main formula, remarks, words.

h &= \sigma(W x) \quad (\text{since } b = 0)      segments: `h = \sigma(W x)` and, a remark, `b = 0`
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive.latexread import tables
from derive.latexread.boxes import unboxed, without_system
from derive.latexread.settle import PROSE, settled
from derive.latexread.tokens import Span, Token, Unread

Tokens = Sequence[Token]


@dataclass
class Segment:
    """Tokens between separators; `words` stood before them; `separator` is what came before: "" at the start of a
    row, else comma, quad, arrow, text or group."""

    tokens: list[Token]
    words: str = ""
    separator: str = ""
    remark: str = ""
    inner: list[Span] = field(default_factory=list)  # `$...$` inside the words of this segment


def rows_of(tokens: Tokens) -> Iterator[list[Token]]:
    """The rows of a display; environments that only align are gone, a row that goes on is joined to its start."""
    pending: list[Token] = []
    for row in _rows(_opened(tokens)):
        if pending and (_goes_on(row) or _expects_more(pending)):
            pending = _joined(pending, row)
            continue
        if pending:
            yield pending
        pending = row
    if pending:
        yield pending


def _joined(pending: list[Token], row: list[Token]) -> list[Token]:
    """Two rows that are one; `\\right. \\\\ \\left.` between them are no brackets."""
    start = next((i for i, t in enumerate(row) if t.kind not in ("amp", "quad")), len(row))
    rest = row[start:]
    before = next((i for i in range(len(pending) - 1, -1, -1) if pending[i].kind not in ("amp", "quad")), -1)
    if rest and before >= 0 and _null(pending[before], "close") and _null(rest[0], "open"):
        return [*pending[:before], *pending[before + 1 :], *rest[1:]]
    return [*pending, *rest]


def _null(token: Token, kind: str) -> bool:
    return token.kind == kind and token.text == "."


def _expects_more(row: Tokens) -> bool:
    """Whether a row ends in the middle of a formula: a bracket is open, or an operator is last."""
    last = next((t for t in reversed(row) if t.kind not in ("amp", "quad")), None)
    ends_open = last is not None and (last.kind == "rel" or (last.kind == "op" and last.text != "star"))
    return ends_open or _unbalanced(row) > 0


def _opened(tokens: Tokens) -> Tokens:
    """Without the \\begin and \\end of alignments; an array or cases that is the whole display is one too."""
    inner = [
        t for t in unboxed(tokens, keep=True) if not (t.kind in ("begin", "end") and t.text in tables.ALIGNED)
    ]
    inner = without_system(inner)
    if not inner or inner[0].kind != "begin" or inner[0].text not in ("array", *tables.CASES):
        return inner
    depth = 0
    relations = False
    for i, token in enumerate(inner):
        depth += (token.kind == "begin") - (token.kind == "end")
        relations = relations or (depth == 1 and token.kind == "rel")
        if depth == 0:
            behind = [t for t in inner[i + 1 :] if t.kind not in ("comma", "dot", "text", "quad")]
            return [*inner[1:i], *inner[i + 1 :]] if relations and not behind else inner
    return inner


def _rows(tokens: Tokens) -> Iterator[list[Token]]:
    row: list[Token] = []
    braces = sum((t.kind == "{") - (t.kind == "}") for t in tokens)
    depth = 0
    for token in tokens:
        if braces == 0 or token.kind in ("begin", "end"):
            depth += (token.kind in ("{", "begin")) - (token.kind in ("}", "end"))
        if token.kind == "row" and depth <= 0:
            yield row
            row = []
        else:
            row.append(token)
    yield row


def _goes_on(row: Tokens) -> bool:
    """Whether a row continues the formula of the row above: it begins with an operator."""
    visible = [t for t in row if t.kind not in ("amp", "quad")]
    while len(visible) > 2 and visible[0].kind == "{" and visible[1].kind == "}":
        visible = visible[2:]
    return bool(visible) and (
        _null(visible[0], "open") or (visible[0].kind == "op" and visible[0].text != "star")
    )


def _unbalanced(row: Tokens) -> int:
    """How many brackets a row leaves open, where it closes none that it did not open."""
    depth = 0
    for token in row:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            return 0
    return depth if depth <= 2 and len(row) < 2000 else 0


def segments_of(row: Tokens, text: str) -> list[Segment]:
    """The segments of a row, in order. Unread where its braces or fonts cannot be settled."""
    found = settled(_columns(unboxed(row)))
    if found and found[0].kind == "rel" and found[0].text == "to":
        found[0] = replace(found[0], kind="arrow")  # \\to \\nabla L = ...
    return list(_split(found, text, ""))


def _columns(row: Tokens) -> list[Token]:
    """Alignment marks: the first, and those beside a relation, mean nothing; others separate columns."""
    out: list[Token] = []
    depth = 0
    seen = False
    for i, token in enumerate(row):
        depth += (token.kind in ("begin", "{")) - (token.kind in ("end", "}"))
        if token.kind != "amp" or depth > 0:
            out.append(token)
            continue
        beside = [row[j].kind for j in (i - 1, i + 1) if 0 <= j < len(row)]
        if seen and "rel" not in beside and out and out[-1].kind != "quad":
            out.append(replace(token, kind="quad"))
        seen = True
    return out


_SEPARATORS = {"quad", "comma", "semi", "arrow", "text"}


def _split(tokens: Tokens, text: str, separator: str) -> Iterator[Segment]:
    current = Segment([], separator=separator)
    for i, (token, depth) in enumerate(_depths(tokens)):
        if token.kind == "quad" and i + 1 < len(tokens) and tokens[i + 1].kind == "op" and current.tokens:
            continue  # `a = b \\quad + c`
        if depth > 0 or token.kind not in _SEPARATORS:
            current.tokens.append(token)
            continue
        if token.kind == "quad" and not current.tokens and current.separator == "arrow":
            continue  # `\quad \Rightarrow \quad`
        if token.kind == "text":
            said = token.text.strip()
            inner = _inner(token, text)
            if current.tokens:
                if said.strip(".,;: ").lower() in ("and", "or", ""):
                    yield from _finished(current, text)
                    current = Segment([], separator="comma")
                elif inner or said.rstrip(" (").split()[-1:] and _leads(said):
                    yield from _finished(current, text)
                    current = Segment([], words=said, separator="text", inner=inner)
                else:
                    current.remark = f"{current.remark} {said}".strip()
                    yield from _finished(current, text)
                    current = Segment([], separator="text")
            else:
                current.words = f"{current.words} {said}".strip()
                current.inner += inner
            continue
        if current.tokens or current.words:
            yield from _finished(current, text)
            current = Segment([], separator=token.kind)
        elif token.kind == "arrow" or current.separator in ("", "comma", "semi"):
            current.separator = (
                token.kind if current.separator != "comma" or token.kind == "arrow" else "comma"
            )
        if token.kind == "arrow":
            current.separator = "arrow"
            current.words = token.text
    if current.tokens or current.words or current.inner:
        yield from _finished(current, text)


def _leads(said: str) -> bool:
    """Whether words lead over to a formula (`since`, `where`), rather than comment on the one before."""
    last = said.rstrip(" :,(").split()[-1:] or [""]
    return last[0].lower() in PROSE or said.rstrip().endswith(("(", ":"))


def _inner(token: Token, text: str) -> list[Span]:
    """Formulas between dollars inside words."""
    source = text[token.start : token.stop]
    places = [i for i, c in enumerate(source) if c == "$" and (i == 0 or source[i - 1] != "\\")]
    return [
        Span(token.start + a + 1, token.start + b) for a, b in zip(places[::2], places[1::2], strict=False)
    ]


def _depths(tokens: Tokens) -> Iterator[tuple[Token, int]]:
    """Each token with the number of brackets around it."""
    depth = 0
    for token in tokens:
        if token.kind in ("close", "}", "end"):
            depth -= 1
        yield token, depth + (token.kind in ("close", "}", "end"))
        if token.kind in ("open", "{", "begin"):
            depth += 1


def _finished(segment: Segment, text: str) -> Iterator[Segment]:
    """A segment, and the remark in brackets at its end (or all of it) as segments of their own."""
    tokens = segment.tokens
    while tokens and tokens[-1].kind in ("comma", "semi", "quad", "dot"):
        tokens.pop()
    opener = _last_group(tokens)
    if opener is None or not _is_remark(tokens, opener):
        yield segment
        return
    before, inside = tokens[:opener], tokens[opener + 1 : -1]
    if before:
        yield replace(segment, tokens=before)
    elif segment.words:
        yield replace(segment, tokens=[])
    for found in _split(inside, text, "group"):
        yield replace(found, separator="group")


def _last_group(tokens: Tokens) -> int | None:
    """Where the brackets open that close at the very end."""
    if not tokens or tokens[-1].kind != "close" or tokens[-1].text not in (")", "]"):
        return None
    depth = 0
    for i in range(len(tokens) - 1, -1, -1):
        depth += (tokens[i].kind in ("close", "}", "end")) - (tokens[i].kind in ("open", "{", "begin"))
        if depth == 0:
            return i
    return None


_ASKING = frozenset({"P", "p", "Pr", "E", "1", "I", "Var", "q", "Q", "Prob", "indicator", "delta", "chi"})


def _is_remark(tokens: Tokens, opener: int) -> bool:
    inside = [token for token, depth in _depths(tokens[opener + 1 : -1]) if depth == 0]
    if any(t.kind == "text" for t in inside):
        return True
    if not any(t.kind == "rel" for t in inside):
        return False
    before = tokens[opener - 1] if opener else None
    if before is None:
        return True
    if tokens[opener].text in ("[", "[["):
        return False  # Iverson's brackets
    if before.kind in ("func", "big", "^", "_", "op", "rel") or before.text in _ASKING:
        return False
    return before.stop < tokens[opener].start or before.kind != "name"


__all__ = ["Segment", "Unread", "rows_of", "segments_of"]
