r"""Formulas to tokens. Spacing, sizes and fonts are gone; every token knows its offsets; nothing is expanded.

Kinds: name, num, func, big, rel, op, open, close, bar, arrow, dots, mark, prime, text, comma, semi, bang, amp, row,
quad, begin, end, `{`, `}`, `^`, `_`, frac, sqrt, partial, nabla, accent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from derive.latexread import tables
from derive.latexread.macros import DEEPEST, Macro, Macros, arguments_of


class Span(NamedTuple):
    """Offsets into the text that was read; `stop` is exclusive."""

    start: int
    stop: int

    def to(self, other: Span) -> Span:
        return Span(min(self.start, other.start), max(self.stop, other.stop))


@dataclass(frozen=True, slots=True)
class Token:
    """`style` is the font of a name, or open / close for a bar that says which it is."""

    kind: str
    text: str
    start: int
    stop: int
    style: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.stop)


class Unread(Exception):
    """This formula cannot be read, because of what stands at `span`."""

    def __init__(self, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


_PIECE = re.compile(
    r"(?P<space>\s+|~|%[^\n]*)"
    r"|(?P<num>\d+(?:\{,\}\d{3})*(?:\.\d+)?|\.\d+)"
    r"|(?P<row>\\\\\*?(?:\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?|\\cr\b)"
    r"|(?P<cmd>\\(?:[A-Za-z]+\*?|[^A-Za-z]|$))"
    r"|(?P<define>::?=|=:)"
    r"|(?P<word>const(?:ant)?(?![A-Za-z]))"
    r"|(?P<letter>[A-Za-z])"
    r"|(?P<char>.)",
    re.DOTALL,
)
_CHARACTERS = {
    "{": "{", "}": "}", "^": "^", "_": "_", "&": "amp", "'": "prime", ",": "comma", ";": "semi", "!": "bang",
    ":": "semi", "?": "mark", "*": "op", "\"": "prime", "`": "mark", "@": "mark", "#": "mark", "$": "mark",
}  # fmt: skip
MOST_TOKENS = 20_000


def tokens_of(text: str, start: int, stop: int, macros: Macros | None = None, depth: int = 0) -> list[Token]:
    """The tokens of `text[start:stop]`; Unread where something is no formula."""
    found: list[Token] = []
    at = start
    side = ""  # "open" after \left, "close" after \right
    while at < stop:
        match = _PIECE.match(text, at, stop)
        if match is None:  # a lone backslash at the end
            break
        kind, piece, end = match.lastgroup, match.group(), match.end()
        if kind == "char" and piece in tables.UNICODE:
            said = tables.UNICODE[piece]
            found += [replace(t, start=at, stop=end) for t in tokens_of(said, 0, len(said))]
        elif kind == "num":
            found.append(Token("num", piece.replace("{,}", ""), at, end))
        elif kind == "row":
            found.append(Token("row", piece, at, end))
        elif kind == "define":
            found.append(Token("rel", ":=", at, end))
        elif kind == "word":
            found.append(Token("name", "const", at, end, "roman"))
        elif kind == "letter":
            found.append(Token("name", piece, at, end))
        elif kind == "char":
            token = _character(piece, at, end, side)
            if token.kind == "bar" and side == "close" and _opened_by_a_dot(found):
                token = Token("close", "|", at, end)  # \left. ... \right|
            found.append(token)
            side = ""
        elif kind == "cmd":
            name = piece[1:]
            if name.rstrip("*") in ("left", "right") or re.fullmatch(r"[bB]igg?[lrm]?", name):
                side = {"left": "open", "right": "close"}.get(name) or {"l": "open", "r": "close"}.get(
                    name[-1], ""
                )
                dot = re.compile(r"\s*\.").match(text, end, stop)
                if name in ("left", "right") and dot:
                    found.append(Token(side, ".", at, dot.end()))
                    end, side = dot.end(), ""
            elif macros is not None and (macro := macros.get(name)) is not None:
                end = _expanded(macro, macros, text, Span(at, end), stop, depth, found)
            else:
                end = _command(text, name, at, end, stop, side, found)
                side = ""
        at = end
        if len(found) > MOST_TOKENS:
            raise Unread("the formula is too long to be read", Span(start, at))
    return found


def _expanded(
    macro: Macro, macros: Macros, text: str, span: Span, stop: int, depth: int, found: list[Token]
) -> int:
    """Append what a command of the answer's own stands for, all of it where the command stands; where that ends."""
    macros.left -= 1
    given = arguments_of(text, span.stop, stop, macro.arguments)
    said = macro.put(given[0]) if given is not None else ""
    if macros.left < 0 or depth >= DEEPEST or given is None or (macro.body and not said):
        raise Unread(f"what {text[span.start : span.stop]} stands for is not read", span)
    try:
        inside = tokens_of(said, 0, len(said), macros, depth + 1)
    except Unread as error:
        raise Unread(error.message, span, error.hint) from None
    found += [replace(t, start=span.start, stop=given[1]) for t in inside]
    return given[1]


FARTHEST_DOT = 400  # tokens behind which an opening dot is not looked for


def _opened_by_a_dot(found: list[Token]) -> bool:
    depth = 0
    for token in reversed(found[-FARTHEST_DOT:]):
        depth += (token.kind == "close") - (token.kind == "open")
        if depth < 0:
            return token.text == "."
    return False


def _character(piece: str, at: int, end: int, side: str) -> Token:
    if piece in "()[]":
        return Token(*tables.BRACKETS[piece], at, end)
    if piece == "|":
        return Token("bar", "|", at, end, side)
    if piece in "=<>":
        if side:
            return Token(side, "<" if side == "open" else ">", at, end)
        return Token("rel", piece, at, end)
    if piece in "+-/":
        return Token("op", piece, at, end)
    if piece == ".":
        return Token("dot", piece, at, end)
    kind = _CHARACTERS.get(piece)
    return Token(kind or "mark", "star" if piece == "*" else piece, at, end)


def _command(text: str, name: str, at: int, end: int, stop: int, side: str, found: list[Token]) -> int:
    """Append what a command is; where the next piece begins."""
    bare = name.rstrip("*")
    if bare in tables.FORBIDDEN:
        raise Unread(f"\\{name} is not read: nothing is expanded or executed", Span(at, end))
    if bare in tables.TEXTS:
        return _prose(text, at, end, stop, found)
    if bare in ("begin", "end"):
        return _environment(text, bare, at, end, stop, found)
    if name in tables.DROPPED_WITH_ARGUMENT or bare in tables.DROPPED_WITH_ARGUMENT:
        if name == "colorbox":
            found.append(Token("box", name, at, end))
        return _argument(text, end, stop)[1]
    if name in ("eqno", "leqno"):
        return stop
    if name in tables.BOXES:
        found.append(Token("box", name, at, end))
        return end
    if name in ("xlongequal", "xlongequals"):
        found.append(Token("rel", "=", at, end))
        return _argument(text, end, stop)[1]
    if name in ("quad", "qquad"):
        found.append(Token("quad", name, at, end))
    elif bare in tables.FONTS:
        found.append(
            Token("font", tables.FONTS[bare], at, end, "word" if bare.startswith("operator") else "")
        )
    elif name in tables.BRACKETS:
        kind, bracket = tables.BRACKETS[name]
        found.append(Token(kind, bracket, at, end, side if kind == "bar" else ""))
    elif name in tables.DROPPED or name in tables.SWITCHES:
        if name in ("underbrace", "overbrace", "substack", "boxed", "fbox"):
            found.append(Token("brace", name, at, end))
    elif name == "perp" and _raised(found):
        found.append(Token("mark", "bot", at, end))
    else:
        found.append(_meaning(name, at, end))
    return end


def _raised(found: list[Token]) -> bool:
    """Whether the next token stands right behind `^` or `^{`."""
    before = [t.kind for t in found[-2:]]
    return before[-1:] == ["^"] or before == ["^", "{"]


_KINDS: list[tuple[str, dict[str, str]]] = [
    ("name", tables.LETTERS),
    ("big", tables.BIG),
    ("rel", tables.RELATIONS),
    ("op", tables.OPERATORS),
    ("func", tables.FUNCTIONS),
    ("accent", tables.ACCENTS),
    ("mark", tables.MARKS),
]
_OWN = {
    "frac": "frac", "tfrac": "frac", "dfrac": "frac", "cfrac": "frac", "nicefrac": "frac", "sfrac": "frac",
    "sqrt": "sqrt", "partial": "partial", "nabla": "nabla", "grad": "nabla", "arg": "arg", "binom": "binom",
    "overset": "overset", "stackrel": "overset", "underset": "underset", "prime": "prime", "pdv": "pdv", "dv": "pdv",
    "norm": "wrap", "abs": "wrap", "dd": "dd", "not": "not", "E": "E", "over": "over", "atop": "over",
    "xrightarrow": "overset", "pmod": "mark", "mod": "mark",
}  # fmt: skip


def _meaning(name: str, at: int, end: int) -> Token:
    if name in tables.ACCENTS:
        return Token("accent", tables.ACCENTS[name], at, end)
    if name in _OWN:
        kind = _OWN[name]
        return Token(kind, name, at, end) if kind != "E" else Token("name", "E", at, end, "bb")
    if name in tables.ARROWS:
        return Token("arrow", name, at, end)
    if name in tables.DOTS:
        return Token("dots", name, at, end)
    for kind, table in _KINDS:
        if name in table:
            return Token(kind, table[name], at, end)
    return Token("name", f"\\{name}" if len(name) > 1 else name, at, end, "command")


def _argument(text: str, at: int, stop: int) -> tuple[str, int]:
    """The braces that follow (and a star or an optional argument before them), and where they end."""
    while at < stop and text[at] in " \t\n*":
        at += 1
    if at < stop and text[at] == "[":
        close = text.find("]", at, min(stop, at + 200))
        at = close + 1 if close >= 0 else at
    if at >= stop or text[at] != "{":
        return "", at
    depth, i = 0, at
    while i < stop:
        c = text[i]
        if c == "\\":
            i += 2
            continue
        depth += (c == "{") - (c == "}")
        i += 1
        if depth == 0:
            return text[at + 1 : i - 1], i
    raise Unread("'{' is never closed", Span(at, at + 1))


def _prose(text: str, at: int, end: int, stop: int, found: list[Token]) -> int:
    inside, after = _argument(text, end, stop)
    found.append(Token("text", inside.strip(), at, after))
    return after


def _environment(text: str, which: str, at: int, end: int, stop: int, found: list[Token]) -> int:
    inside, after = _argument(text, end, stop)
    name = inside.strip().rstrip("*")
    if which == "begin" and name in ("array", "alignat", "alignedat", "tabular", "IEEEeqnarray"):
        after = _argument(text, after, stop)[1]
    elif which == "begin" and name in tables.ALIGNED:
        option = re.compile(r"\[[tbc]\]").match(text, after, stop)
        after = option.end() if option else after
    found.append(Token(which, name, at, after))
    return after
