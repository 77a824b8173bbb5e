r"""Where formulas stand in .tex and .md: displays, inline mathematics, and the prose between them.

Nothing is expanded. What is never closed, and what goes beyond the bounds, is left out with a note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from derive.latexread import tables
from derive.latexread.answer import Refusal
from derive.latexread.tokens import Span

MOST_MATHEMATICS = 300_000  # characters
MOST_DISPLAYS = 4_000
LONGEST = 60_000
MOST_NOTES = 50

_ENVIRONMENTS = "|".join(
    sorted(
        (
            "align",
            "alignat",
            "flalign",
            "eqnarray",
            "gather",
            "multline",
            "equation",
            "displaymath",
            "math",
            "aligned",
            "dmath",
            "IEEEeqnarray",
        ),
        key=len,
        reverse=True,
    )
)
_OPENER = re.compile(
    r"(?P<fence>^[ \t]*(?:```|~~~))"
    r"|(?P<verbatim>\\begin\{(?:verbatim|lstlisting|minted|comment)\*?\})"
    r"|(?P<twice>\\\\[\[(])"
    r"|(?P<escaped>\\[\\$%`])"
    r"|(?P<display>\$\$)"
    r"|(?P<bracket>\\\[)"
    r"|(?P<round>\\\()"
    rf"|(?P<environment>\\begin\{{(?:{_ENVIRONMENTS})\*?\}})"
    r"|(?P<inline>\$)"
    r"|(?P<code>`+)"
    r"|(?P<comment>%)",
    re.MULTILINE,
)


_FORMULA = re.compile(r"(?:math|latex|tex)\b(?=[^\n]*\n|[^\n]*\Z)")


@dataclass(frozen=True)
class Display:
    """A formula's span and the prose before it, back to the formula before."""

    span: Span
    prose: Span
    inline: bool = False


def unquoted(text: str) -> str:
    """A Markdown text with spaces for the `>` of quotes, so that offsets stay."""
    lines = text.split("\n")
    quoted, before = False, ""
    for i, line in enumerate(lines):
        mark = _QUOTE.match(line)
        quoted = mark is not None and (quoted or not before.strip())
        before = line
        if quoted and mark is not None:
            lines[i] = " " * mark.end() + line[mark.end() :]
    return "\n".join(lines)


_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")


def displays(text: str, is_tex: bool) -> tuple[list[Display], list[Refusal]]:
    found: list[Display] = []
    notes: list[Refusal] = []
    missing: set[str] = set()  # closers that do not occur any more
    at = after = used = 0
    begin = text.find("\\begin{document}") if is_tex else -1
    if begin >= 0:
        at = after = begin + len("\\begin{document}")

    def closer(wanted: str, start: int) -> int:
        if wanted in missing:
            return -1
        position = text.find(wanted, start)
        while position > 0 and text[position - 1] == "\\" and wanted[0] == "$":
            position = text.find(wanted, position + 1)
        if position < 0:
            missing.add(wanted)
        return position

    while True:
        match = _OPENER.search(text, at)
        if match is None:
            return found, notes
        kind, start, inside = match.lastgroup, match.start(), match.end()
        if kind == "comment":
            at = _end_of_line(text, inside) if is_tex else inside
            continue
        if kind in ("escaped",) or (kind == "twice" and is_tex):
            at = inside
            continue
        if kind == "fence" and not is_tex:
            said = _FORMULA.match(text, inside)
            stop = closer(match.group().strip(), inside) if said else -1
            if said is not None and stop >= 0:
                if _OPENER.search(text, said.end(), stop) is not None:
                    at = said.end()  # displays of its own
                    continue
                found.append(Display(Span(said.end(), stop), Span(after, start)))
                at = after = stop + 3
                continue
        if kind in ("fence", "code", "verbatim"):
            mark = match.group().strip()
            mark = mark.replace("begin", "end") if kind == "verbatim" else mark
            end = -1 if kind != "verbatim" and is_tex else closer(mark, inside)
            if kind == "code" and end > _end_of_paragraph(text, inside):
                end = -1
            at = end + len(mark) if end >= 0 else inside
            continue
        if kind == "inline":
            stop = closer("$", inside)
            limit = _end_of_paragraph(text, inside)
            if stop < 0 or stop > limit or stop == inside:
                at = inside
                continue
            ticks = text[inside] == text[stop - 1] == "`" and stop - inside > 2  # $`a`$
            span, end = Span(inside + ticks, stop - ticks), stop + 1
        else:
            wanted = {"display": "$$", "bracket": r"\]", "round": r"\)"}.get(kind or "", "")
            if kind == "twice":
                wanted = r"\\]" if match.group().endswith("[") else r"\\)"
            wanted = wanted or match.group().replace("begin", "end")
            stop = closer(wanted, inside)
            if stop < 0:
                if len(notes) < MOST_NOTES:
                    notes.append(Refusal(f"'{match.group()}' is never closed", Span(start, inside)))
                at = inside
                continue
            end = stop + len(wanted)
            span = Span(start, end) if kind == "environment" else Span(inside, stop)
        if span.stop - span.start > LONGEST:
            notes.append(
                Refusal(f"a formula of more than {LONGEST} characters is not read", Span(start, inside))
            )
        else:
            used += span.stop - span.start
            if used > MOST_MATHEMATICS or len(found) >= MOST_DISPLAYS:
                notes.append(Refusal("the rest is not read: there is too much of it", Span(start, inside)))
                return found, notes
            inline = kind in ("inline", "round") or match.group().endswith("(")
            found.append(Display(span, Span(after, start), inline))
        at = after = end


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


_BLANK = re.compile(r"\n[ \t]*\n")


def _end_of_paragraph(text: str, at: int) -> int:
    match = _BLANK.search(text, at, at + LONGEST)
    return match.start() if match else min(len(text), at + LONGEST)


# ---------------------------------------------------------------- which part the prose names

_TOP = re.compile(
    r"(?:answer|question|problem|exercise|solution|part|task|aufgabe|section|subsection|subsubsection)\*?\W{0,4}"
    r"(\d+(?:\.(?:\d+|[a-z])\b)*)\.?[^\w(]{0,4}(?:(\d+)\b\.?)?[^\w(]{0,3}(?:\(([a-z])\))?",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^[\s>*#\-+]*(?:\\item\s*)?(?:\[)?(?:\*\*|\\textbf\{|\\paragraph\{)?(\d+)[.)](?:(\d+|[a-z])\b)?(?!\d)"
)
_LETTER = re.compile(r"^[\s>*#\-+]*(?:\\item\s*)?(?:\[)?(?:\*\*|\\textbf\{)?\(?([a-z])\)")


class Labels:
    """The part that the text has named last: "1.2", "2.a"."""

    def __init__(self) -> None:
        self.top: list[str] = []
        self.item = ""
        self.letter = ""
        self.title = ""

    def read(self, prose: str) -> None:
        for line in prose.splitlines():
            stripped = line.strip()
            if not stripped or stripped.startswith("%"):
                continue
            top = _TOP.search(stripped) if len(stripped) < 300 else None
            item = _ITEM.match(stripped)
            letter = _LETTER.match(stripped)
            if top and top.start() < 40:
                self.top = [p for p in top[1].split(".") if p]
                self.item, self.letter = top[2] or "", top[3] or ""
                self.title = stripped
            elif item:
                self.item, self.letter = item[1], item[2] or ""
                self.title = stripped
            elif letter:
                self.letter = letter[1]
                self.title = stripped

    @property
    def label(self) -> str:
        return ".".join(
            [*self.top, *([self.item] if self.item else []), *([self.letter] if self.letter else [])]
        )


def names_a_part(prose: str) -> bool:
    probe = Labels()
    probe.read(prose)
    return bool(probe.title)


def last_words(prose: str) -> str:
    """The last words of the sentence that leads to a formula."""
    last = prose.rsplit("\n\n", 1)[-1].replace("\n", " ").replace("*", " ")
    for end in (". ", "; "):
        last = last.rsplit(end, 1)[-1]
    return " ".join(last.split()[-8:])


assert set(_ENVIRONMENTS.split("|")) <= set(tables.ALIGNED)
