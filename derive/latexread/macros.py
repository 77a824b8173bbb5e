r"""Commands that an answer defines itself: `\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}`.

Abbreviations only: a body of bounded length with up to nine arguments, put where the command stands, a bounded number
of times and to a bounded depth. TeX never sees any of it; inside a formula a definition stays unreadable. To know one
more way to define a command: a row in DEFINING.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST = 400  # characters of a body, and of all that a command becomes ten times as many
MOST = 200  # definitions in one answer
MOST_EXPANSIONS = 5_000  # in one answer
DEEPEST = 6

_NAME = r"\s*(?:\{\s*\\([A-Za-z]+)\s*\}|\\([A-Za-z]+))\s*"
DEFINING = (  # two groups for the name, one that says how many arguments, and what is put around the body
    (re.compile(r"\\(?:re)?newcommand\*?" + _NAME + r"(?:\[(\d)\])?\s*(?=\{)"), "{}"),
    (re.compile(r"\\providecommand\*?" + _NAME + r"(?:\[(\d)\])?\s*(?=\{)"), "{}"),
    (re.compile(r"\\def" + _NAME + r"((?:#\d){0,9})\s*(?=\{)"), "{}"),
    (re.compile(r"\\DeclareMathOperator" + _NAME + r"()(?=\{)"), r"\operatorname{{{}}}"),
    (re.compile(r"\\DeclareMathOperator\*" + _NAME + r"()(?=\{)"), r"\operatorname*{{{}}}"),
)


@dataclass(frozen=True)
class Macro:
    arguments: int
    body: str

    def put(self, arguments: list[str]) -> str:
        """The body with its arguments, or "" where it becomes too long."""
        said = re.sub(r"#(\d)", lambda m: _given(arguments, int(m[1])), self.body)
        return said if len(said) <= 10 * LONGEST else ""


def _given(arguments: list[str], number: int) -> str:
    return arguments[number - 1] if 0 < number <= len(arguments) else ""


@dataclass
class Macros:
    """The definitions of one answer, and how many expansions it has left."""

    known: Mapping[str, Macro] = field(default_factory=dict)
    left: int = MOST_EXPANSIONS

    def get(self, name: str) -> Macro | None:
        return self.known.get(name)


def macros_of(text: str, is_tex: bool) -> Macros:
    """All definitions of a text, wherever they stand; the last one of a name counts."""
    found: dict[str, Macro] = {}
    for pattern, around in DEFINING:
        for match in pattern.finditer(text):
            if len(found) >= MOST or (is_tex and _is_commented(text, match.start())):
                continue
            closed = closing(text, match.end(), match.end() + LONGEST)
            if closed is None:
                continue
            marks = match[3] or ""
            count = int(marks) if marks.isdigit() else marks.count("#")
            body = around.format(text[match.end() + 1 : closed])
            found[match[1] or match[2]] = Macro(count, body)
    return Macros(found)


def _is_commented(text: str, at: int) -> bool:
    line = text[max(text.rfind("\n", 0, at) + 1, at - 1000) : at]
    return re.search(r"(?<!\\)%", line) is not None


def closing(text: str, at: int, stop: int) -> int | None:
    """Where the brace at `at` is closed, before `stop`."""
    depth = 0
    i = at
    while i < min(stop, len(text)):
        if text[i] == "\\":
            i += 2
            continue
        depth += (text[i] == "{") - (text[i] == "}")
        if depth == 0:
            return i
        i += 1
    return None


def arguments_of(text: str, at: int, stop: int, wanted: int) -> tuple[list[str], int] | None:
    """So many arguments behind a command, and where they end: in braces, or one sign each."""
    found: list[str] = []
    for _ in range(wanted):
        while at < stop and text[at] in " \t\n":
            at += 1
        if at >= stop:
            return None
        if text[at] == "{":
            closed = closing(text, at, stop)
            if closed is None:
                return None
            found.append(text[at + 1 : closed])
            at = closed + 1
            continue
        sign = re.compile(r"\\[A-Za-z]+|.", re.DOTALL).match(text, at, stop)
        assert sign is not None
        found.append(sign.group())
        at = sign.end()
    return found, at
