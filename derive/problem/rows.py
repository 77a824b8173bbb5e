"""A line of YAML as its author sees it (dashes, key, value), and the same line with its value in quotes.

It is asked only after YAML has refused a file, so it reads lines alone and never judges them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from derive.problem.characters import Source, indent

LONGEST_REPAIR = 200
TEXT_KEYS = ("title", "source", "statement", "ask", "answer")  # a comment may not cut these off
QUOTED_KEY = re.compile(r"""(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*") *:(?= |$)""")


@dataclass(frozen=True)
class Row:
    """One line as its author sees it: `- key: value`; columns count from 0."""

    dash: int  # column of the last leading `-`, or -1
    column: int  # where the key stands, or the value where there is no key
    key: str  # raw; "" where there is none
    start: int  # where the value stands
    value: str

    @property
    def floor(self) -> int:
        """Lines indented more than this continue the value."""
        return self.column if self.key else self.dash


def row(line: str) -> Row:
    lead = re.match(r" *(?:- +)*(?:-$)?", line)
    column = lead.end() if lead else 0
    dash = line.rfind("-", 0, column)
    body = line[column:]
    if quoted_key := QUOTED_KEY.match(body):
        colon = quoted_key.end() - 1
    else:
        found = re.search(r":(?= |$)|(?:^| )#", body)
        plain = found and found.group() == ":" and body[0] not in "[{'\""
        colon = found.start() if found and plain else -1
    value = body[colon + 1 :]
    start = len(line) - len(value.lstrip())
    return Row(dash, column, body[: max(colon, 0)].rstrip(), start, value.strip())


def owner(source: Source, line: int, above: bool = False) -> int:
    """The line on which the value starts that `line` (or, with `above`, what stands before it) belongs to."""
    deep = indent(source.lines[line])
    for number in range(line - above, -1, -1):
        at = row(source.lines[number])
        if (at.key or at.dash >= 0) and (at.floor < deep or number == line):
            return number
    return line


def in_quotes(value: str) -> str:
    """The text between single quotes; the author's own around it are kept where they seem to belong."""
    if len(value) > 1 and value[0] == value[-1] == "'" and not re.search(r"\W'|'\W", value[1:-1]):
        value = value[1:-1]
    return "'" + value.replace("'", "''") + "'"


def repair(source: Source, line: int) -> str:
    """The hint that shows the value which starts on `line` in single quotes, continuation lines folded in."""
    at = row(source.lines[line])
    parts = [at.value]
    for below in source.lines[line + 1 :]:
        if (below.strip() and indent(below) <= at.floor) or sum(map(len, parts)) > LONGEST_REPAIR:
            break
        parts.append(below.strip())
    if at.key not in TEXT_KEYS:
        parts = [re.split(r"(?:^| )#", part)[0].rstrip() for part in parts]
    value = " ".join(part for part in parts if part)
    advice = "quote it, or put it in a `|` block"
    if len(value) > LONGEST_REPAIR:
        return advice
    return f"{advice}:\n    {at.key + ': ' if at.key else '- ' if at.dash >= 0 else ''}{in_quotes(value)}"
