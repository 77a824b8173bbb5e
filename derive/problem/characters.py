"""The characters of a file: where each stands, and the ones nobody can see, which are refused.

To refuse one more character: its range in `FORBIDDEN`, and a row in `INVISIBLE` if it needs words of its own.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from derive.errors import FileError, Place, YamlError

MAX_BYTES = 2**20
MAX_WORDS = 60_000  # the YAML scanner takes about 3 us for a word or a blank line
MAX_LINE = 20_000
MAX_DEPTH = 50
ONE_FILE = "one file is one problem"

DEEP = re.compile(rf"(?:[\[{{]\s*){{{MAX_DEPTH + 1}}}")
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
INVISIBLE = {  # Unicode category (or the character): what it is, the way out
    "\t": ("a tab", "use spaces"),
    "\r": ("a carriage return that ends no line", "save the file with ordinary line ends"),
    "Cc": ("a control character", "delete it"),
    "Zs": ("a special space", "type an ordinary space"),
    "Zl": ("a special line break", "press Enter instead"),
    "Zp": ("a special line break", "press Enter instead"),
    "Cf": ("an invisible character", "delete it"),
}


@dataclass(frozen=True)
class Source:
    """The text of a file and the places in it; an index counts characters of `text`."""

    file: str
    text: str
    lines: tuple[str, ...]
    starts: tuple[int, ...]

    def line(self, index: int) -> int:
        """The number (from 0) of the line that holds `index`."""
        return bisect_right(self.starts, index) - 1

    def place(self, index: int, stop: int | None = None) -> Place:
        """The place of the characters `index` to `stop`, as far as they stand on one line."""
        index = min(index, len(self.text))
        line = self.line(index)
        column = index - self.starts[line]
        end = min(len(self.lines[line]), (index + 1 if stop is None else stop) - self.starts[line])
        return Place(self.file, line + 1, column + 1, self.lines[line], max(1, end - column))


def checked(text: str, file: str) -> Source:
    """The source, if YAML may see it: right size, no character that does not show."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    lines = text.split("\n")
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    source = Source(file, text, tuple(lines), tuple(starts))
    if len(text) > MAX_BYTES:
        raise FileError(f"{file}: larger than {MAX_BYTES} bytes", hint=ONE_FILE)
    if found := FORBIDDEN.search(text):
        raise _invisible(source, found.start())
    if len(lines) + len(text.split()) > MAX_WORDS:
        raise YamlError(f"{file}: more than {MAX_WORDS} words and lines", hint=ONE_FILE)
    for number, line in enumerate(lines):
        if line.startswith("%"):
            place = source.place(starts[number])
            raise YamlError("a line may not start with `%`", place, "YAML directives are not used here")
        if len(line) > MAX_LINE:
            place = source.place(starts[number] + MAX_LINE)
            raise YamlError(f"a line of more than {MAX_LINE} characters", place, "break it into several")
    if deep := DEEP.search(text):
        raise too_deep(source.place(deep.start()))
    return source


def too_deep(place: Place) -> YamlError:
    return YamlError(f"nested more than {MAX_DEPTH} deep", place, "give parts of it names of their own")


def _invisible(source: Source, index: int) -> YamlError:
    char = source.text[index]
    category = unicodedata.category(char)
    what, remedy = INVISIBLE.get(char) or INVISIBLE.get(category) or INVISIBLE["Cf"]
    code = "" if char in INVISIBLE else f" (U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip() + ")"
    line = source.line(index)
    shown = FORBIDDEN.sub("\ufffd", source.lines[line].replace("\t", " "))
    place = Place(source.file, line + 1, index - source.starts[line] + 1, shown)
    return YamlError(what + code, place, remedy)


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())
