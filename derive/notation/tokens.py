"""Text to tokens: names (with primes), exact numbers, operators; `#` starts a comment.

To refuse one more character with its repair, add a row to REPAIRS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from derive.errors import NotationError, Place

LONGEST = 20_000  # characters in an expression
DIGITS = 1_000  # digits in a number
NAME_PARTS = "name its parts under define:"

At = Callable[[int, int], Place]


class Token(NamedTuple):
    """`kind` is name, number, end, or the operator itself; `start` counts characters from 0."""

    kind: str
    text: str
    start: int


_TOKEN = re.compile(
    r"""\s+|\#[^\n]*
    |(?P<name>[A-Za-z_][A-Za-z_0-9]*'*)
    |(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<op>\.T(?![A-Za-z_0-9])|\*\*|<=|>=|==|!=|\.\.|[-+*/@()\[\],<>=~:|])
    |(?P<bad>.)""",
    re.VERBOSE | re.DOTALL,
)

REPAIRS = {
    "^": "write ** for a power",
    "·": "write * for a product",
    "×": "write * for a product",
    "⊙": "write * for a product, entry by entry",
    "−": "write - (the minus of the keyboard)",
    "–": "write - (the minus of the keyboard)",
    "÷": "write /",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write != is not in the language",
    "²": "write **2",
    "³": "write **3",
    "⊤": "write .T",
    "ᵀ": "write .T",
    "√": "write sqrt(x)",
    "∑": "write sum(e, t)",
    "Σ": "write sum(e, t), or the name Sigma",
    "‖": "write norm(x)",
    "{": "write parentheses; braces are not in the language",
    "}": "write parentheses; braces are not in the language",
    "\\": "write names without a backslash, as in theta; expressions are not LaTeX",
    "$": "expressions are not LaTeX; write them without $",
    ".": "only .T may follow a dot; a range is written 1..T",
    "'": "f'(u) is the derivative of a declared function f",
    ";": "write a comma",
    "%": "write a * b / 100, or 0.9 for 90%",
    "!": "equations use ==",
    "&": "write the condition as nested where(...)",
    '"': "names are written without quotes",
}


def standalone(text: str) -> At:
    """Places in a text that stands in no file."""
    return lambda offset, width: Place("<text>", 1, offset + 1, text, width)


def tokens_of(text: str, at: At) -> list[Token]:
    """The tokens of `text`, closed by one of kind `end`; NotationError at a character that is none."""
    if len(text) > LONGEST:
        message = f"an expression of {len(text)} characters; the limit is {LONGEST}"
        raise NotationError(message, at(0, 1), NAME_PARTS)
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is None:
            continue
        word, start = match[0], match.start()
        if kind == "bad":
            raise NotationError(f"unexpected character '{word}'", at(start, 1), _repair(word))
        if kind == "number" and _too_large(word):
            raise NotationError("number too large", at(start, len(word)), f"at most {DIGITS} digits")
        found.append(Token(word if kind == "op" else kind, word, start))
    found.append(Token("end", "", len(text.rstrip())))
    return found


def _too_large(word: str) -> bool:
    digits, _, exponent = word.lower().partition("e")
    return len(digits) > DIGITS or len(exponent) > 5 or abs(int(exponent or 0)) > DIGITS


def _repair(character: str) -> str | None:
    words = unicodedata.name(character, "").split()
    if character not in REPAIRS and words[:1] == ["GREEK"] and "LETTER" in words:
        name = words[words.index("LETTER") + 1].lower().replace("lamda", "lambda")
        return f"write {name.capitalize() if 'CAPITAL' in words else name}"
    return REPAIRS.get(character)
