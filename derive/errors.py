"""Floor 0: one tree of errors. Every error knows its place (file, line, column) and the way out.

`str(error)` is what a user sees: place and message, the source line with a caret, a hint::

    problems/rnn.yaml:12:21: unknown symbol 'W_g'
        find: gradient(L, W_g)
                          ^^^
    did you mean 'W_f'?

To add an error: subclass the nearest class below and give it an exit code only if it differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Iterable


@dataclass(frozen=True)
class Place:
    """A span of one source line. `line` and `column` count from 1; `text` is the whole line."""

    file: str
    line: int
    column: int
    text: str = ""
    width: int = 1

    def shifted(self, columns: int, width: int = 1) -> Place:
        """The same line, `columns` further right."""
        return replace(self, column=self.column + columns, width=width)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def caret(self, room: int = 100) -> str:
        """The source line with carets below the span; a long line is cut around the span."""
        start = max(0, self.column - 1 - room // 2) if len(self.text) > room else 0
        shown = self.text[start : start + room].replace("\t", " ")
        at = self.column - 1 - start
        carets = "^" * max(1, min(self.width, len(shown) - at))
        return f"    {shown}\n    {' ' * at}{carets}"


class DeriveError(Exception):
    """Anything `derive` tells its user instead of a traceback."""

    exit_code = 2

    def __init__(self, message: str, place: Place | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def at(self, place: Place | None) -> DeriveError:
        """This error with a place, unless it already has one."""
        if self.place is None:
            self.place = place
        return self

    def __str__(self) -> str:
        return told(self.message, self.place, self.hint)


def told(message: str, place: Place | None, hint: str | None) -> str:
    """What a user reads: place and message, the line with carets, the way out."""
    lines = [f"{place}: {message}" if place else message]
    if place and place.text:
        lines.append(place.caret())
    if hint:
        lines.append(hint)
    return "\n".join(lines)


@dataclass(frozen=True)
class Notice:
    """What is odd but stops nothing: a warning. It is shown like an error."""

    message: str
    place: Place | None = None
    hint: str | None = None

    def __str__(self) -> str:
        return told(self.message, self.place, self.hint)


class InputError(DeriveError):
    """The user's file or argument is wrong (exit code 2)."""


class FileError(InputError):
    """A file that is missing, unreadable, not text, empty or too large."""


class YamlError(InputError):
    """The YAML does not say what its author meant."""


class NotationError(InputError):
    """An expression that cannot be read."""


class UnknownName(InputError):
    """A name that nothing declares."""


class ShapeError(InputError):
    """Operands whose shapes do not go together."""


class NotDerived(DeriveError):
    """The engine has no way to the answer and says so (exit code 1)."""

    exit_code = 1


class NotEvaluated(DeriveError):
    """A quantity has no value on this instance (empty range, no convergence, too many outcomes)."""

    exit_code = 1


class OutOfRange(NotEvaluated):
    """An index that leaves the range of a family, or its array."""


class TexError(DeriveError):
    """pdflatex refused a document (exit code 1)."""

    exit_code = 1


class MissingTool(DeriveError):
    """A program outside Python is not installed; the hint is the command that installs it."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The hint "did you mean ...?" for a misspelt name, or None where nothing is near."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else None
