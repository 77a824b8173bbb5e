r"""Atoms and their scripts: names, numbers, brackets, fractions, derivatives, functions, matrices.

To read one more form: a row in ATOMS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.latexread import tables
from derive.latexread.derivatives import differential, flat, fraction_of, nabla, partial, physics
from derive.latexread.surface import (
    Big,
    Call,
    Cases,
    Fraction,
    Group,
    Mark,
    Matrix,
    Name,
    Numeral,
    Root,
    Script,
    Scripted,
    Surface,
    Words,
)
from derive.latexread.tokens import Span, Token

if TYPE_CHECKING:
    from derive.latexread.parse import Parser


def factor(parser: Parser) -> Surface:
    """An atom with everything that stands above, below and behind it."""
    start = parser.position
    read = ATOMS.get(parser.token.kind)
    if read is None:
        raise parser.unexpected()
    node = read(parser)
    if isinstance(node, (Big,)):
        return node
    below, above, primes = scripts(parser)
    if below or above or primes:
        span = parser.span(start)
        if isinstance(node, Name) and not (node.below or node.above or node.primes):
            node = replace(node, span=span, below=below, above=above, primes=primes)
        else:
            node = Scripted(span, node, below, above, primes)
    if parser.token.kind == "bang":
        raise parser.fail("a factorial is not in the language")
    return node


def scripts(parser: Parser) -> tuple[Script, Script, int]:
    """Subscripts, superscripts and primes, in any order; two of one kind stand side by side."""
    below: list[Token] = []
    above: list[Token] = []
    primes = 0
    while parser.token.kind in ("_", "^", "prime"):
        token = parser.advance()
        if token.kind == "prime":
            primes += len(token.text) if token.text == "'" else 1
            continue
        taken = argument(parser)
        if token.kind == "^" and taken and all(t.kind == "prime" for t in taken):
            primes += len(taken)
            continue
        (below if token.kind == "_" else above).extend(taken)
    return tuple(below), tuple(above), primes


def argument(parser: Parser) -> Script:
    r"""The argument of a command or a script: braces, or the next sign (`x^12` is x^1 2)."""
    token = parser.token
    if token.kind == "{":
        start, stop = parser.position, parser.closes[parser.position]
        parser.position = stop + 1
        return tuple(parser.tokens[start + 1 : stop])
    if token.kind == "end" or token.kind in ("_", "^", "amp", "row", "rel", "}"):
        raise parser.fail("an argument is missing here")
    if token.kind == "num" and len(token.text) > 1 and token.text.isdigit():
        rest = replace(token, text=token.text[1:], start=token.start + 1)
        parser.tokens[parser.position] = rest
        return (replace(token, text=token.text[0], stop=token.start + 1),)
    if token.kind in ("frac", "sqrt"):
        start = parser.position
        parser.nest()
        parser.advance()
        argument(parser)
        if token.kind == "frac":
            argument(parser)
        parser.depth -= 1
        return tuple(parser.tokens[start : parser.position])
    parser.advance()
    return (token,)


# ---------------------------------------------------------------- leaves


def _name(parser: Parser) -> Surface:
    token = parser.token
    if token.text == "d":
        found = flat(parser)
        if found is not None:
            return found
        if token.style == "roman":
            return differential(parser)
    parser.advance()
    following = parser.token
    if token.text == "E" and token.style == "bb":
        return _called(parser, "E", parser.position - 1)
    if token.text == "I" and token.style == "bb" and following.kind == "open":
        return _called(parser, "indicator", parser.position - 1)
    if token.text == "1" and following.kind == "open" and following.text in ("[", "{"):
        return _called(parser, "indicator", parser.position - 1)
    return Name(token.span, token.text, token.style)


def _number(parser: Parser) -> Surface:
    token = parser.advance()
    return Numeral(token.span, token.text)


def _mark(parser: Parser) -> Surface:
    token = parser.advance()
    return Mark(token.span, token.text)


def _dots(parser: Parser) -> Surface:
    return Mark(parser.advance().span, "dots")


def _words(parser: Parser) -> Surface:
    token = parser.advance()
    return Words(token.span, token.text)


def _accent(parser: Parser) -> Surface:
    r"""`\hat y`, `\hat{y_t}`: the accent belongs to the letter."""
    start = parser.position
    accent = parser.advance().text
    inside = argument(parser)
    if not inside:
        raise parser.fail("an argument is missing here", parser.tokens[start])
    body = parser.part(inside)
    if not isinstance(body, Name):
        if accent in ("vec", "underline"):
            return body
        raise parser.fail("an accent over more than a name is not read", parser.tokens[start])
    accents = body.accents if accent in tables.UNMARKED else (accent, *body.accents)
    style = "arrow" if accent in tables.UNMARKED else body.style
    return replace(body, span=parser.span(start), accents=accents, style=style)


# ---------------------------------------------------------------- brackets


def _braces(parser: Parser) -> Surface:
    """Braces that TeX does not print."""
    start = parser.position
    inside = argument(parser)
    if not inside:
        return Mark(parser.span(start), "nothing")
    body = parser.part(inside)
    return (
        replace(body, span=parser.span(start))
        if isinstance(body, Name)
        else Group(parser.span(start), "", (body,), "")
    )


def _brackets(parser: Parser) -> Surface:
    return bracketed(parser)


def bracketed(parser: Parser) -> Group:
    """Brackets and the items in them, separated by commas, semicolons or a bar that means "given"."""
    start = parser.position
    opener = parser.advance()
    outer = parser.bars, parser.given
    parser.bars, parser.given = [], _left_over(parser) if opener.text in ("(", "[", "{") else frozenset()
    items: list[Surface] = []
    while parser.token.kind not in ("close", "end"):
        if parser.token.kind in ("comma", "semi", "quad"):
            parser.advance()
        elif parser.token.kind == "bar" and not opens_bars(parser):
            if opener.text == "." and not parser.bars:
                break  # \left. ... \right|
            items.append(Mark(parser.advance().span, "|"))
        else:
            items.append(parser.relation())
            if parser.token.kind not in ("comma", "semi", "quad", "close", "bar", "end"):
                raise parser.unexpected()
    if parser.token.kind == "end" or (parser.token.kind == "close" and not _matches(opener, parser.token)):
        raise parser.fail(f"'{opener.text}' is never closed", opener)
    closer = parser.advance()
    parser.bars, parser.given = outer
    return Group(parser.span(start), opener.text, tuple(items), closer.text)


def _matches(opener: Token, closer: Token) -> bool:
    if "." in (opener.text, closer.text):
        return True
    return tables.CLOSERS.get(opener.text) == closer.text or {opener.text, closer.text} <= {
        "(",
        ")",
        "[",
        "]",
    }


def _left_over(parser: Parser) -> frozenset[str]:
    """The kinds of bars that are left over in these brackets once bars are paired: they mean "given"."""
    depth = 1
    found = {"|": 0, "||": 0}
    for token in parser.tokens[parser.position :]:
        depth += (token.kind in ("open", "{")) - (token.kind in ("close", "}"))
        if depth == 0:
            break
        if depth == 1 and token.kind == "bar":
            found[token.text] += 1
    return frozenset(kind for kind, count in found.items() if count % 2)


def opens_bars(parser: Parser) -> bool:
    """Whether the bar here opens: a bar of its kind that is open would be closed by it."""
    token = parser.token
    if token.style in ("open", "close"):
        return token.style == "open"
    if token.text in parser.given and token.text not in parser.bars:
        return False
    if parser.ahead().kind == "_" and token.text == "|" and not parser.bars:
        return False  # \big|_{x}
    return not (parser.bars and (parser.bars[-1] == token.text or token.style == "merged"))


def _bars(parser: Parser) -> Surface:
    r"""`|x|`, `\|x\|`, `||x||`."""
    start = parser.position
    if not opens_bars(parser):
        raise parser.unexpected()
    opener = parser.advance()
    parser.bars.append(opener.text)
    items = [parser.relation()]
    while parser.token.kind == "comma":
        parser.advance()
        items.append(parser.relation())
    closer = parser.token
    if closer.kind == "bar" and closer.text == "||" and opener.text == "|":  # |a||b| typed without a space
        middle = closer.start + 1
        parser.tokens[parser.position] = replace(closer, text="|", start=middle, style="")
        parser.bars.pop()
        return Group(parser.span(start).to(Span(closer.start, middle)), "|", tuple(items), "|")
    if closer.kind != "bar" or closer.text != opener.text:
        raise parser.fail("this bar is never closed", opener)
    parser.advance()
    parser.bars.pop()
    return Group(parser.span(start), opener.text, tuple(items), opener.text)


# ---------------------------------------------------------------- functions and operators


def _called(parser: Parser, function: str, start: int) -> Surface:
    r"""A function, its marks and its argument: brackets, or everything side by side with it (`\log a b`)."""
    below, above, primes = scripts(parser)
    if parser.token.kind == "open":
        group = bracketed(parser)
        return Call(parser.span(start), function, below, above, group, primes)
    if not parser.starts() and not (parser.token.kind == "op" and parser.token.text == "-"):
        return Name(parser.span(start), function, "function", (), below, above, primes)
    if function == "E":
        return Call(parser.span(start), function, below, above, parser.factor(), primes, False)
    first = parser.position
    factors = [parser.signed()]
    while parser.starts() and not isinstance(factors[-1], Call):
        following = parser.token
        argued = following.kind == "open" and isinstance(factors[-1], Name) and _calls(factors[-1], following)
        if following.kind in ("func", "big", "open") and not argued:
            break
        factors.append(parser.factor())
    body = factors[0] if len(factors) == 1 else parser.join(parser.span(first), factors)
    return Call(parser.span(start), function, below, above, body, primes, False)


def _calls(name: Name, opener: Token) -> bool:
    """Whether brackets may be the argument of a name before them: `\\log p(x)`, `\\log\\sigma (x)`."""
    return opener.text == "(" and (name.span.stop == opener.start or name.letter in tables.GREEK_FUNCTIONS)


def _function(parser: Parser) -> Surface:
    start = parser.position
    token = parser.advance()
    if token.text in ("argmin", "argmax"):
        return _operator(parser, token.text, start)
    return _called(parser, token.text, start)


def _big(parser: Parser) -> Surface:
    start = parser.position
    return _operator(parser, parser.advance().text, start)


def _operator(parser: Parser, command: str, start: int) -> Surface:
    r"""`\sum_{t=1}^{T} ...`; `\max(a, b)` without an index is a function."""
    below, above, _ = scripts(parser)
    if command in ("max", "min") and not below and parser.token.kind == "open":
        return Call(parser.span(start), command, below, above, bracketed(parser))
    if not parser.starts() and not (parser.token.kind == "op" and parser.token.text in ("+", "-")):
        raise parser.fail("nothing stands in the scope of this", parser.tokens[start])
    body = parser.sum() if command in ("argmin", "argmax") else parser.scope()
    return Big(parser.span(start), command, below, above, body)


def _fraction(parser: Parser) -> Surface:
    start = parser.position
    parser.advance()
    over, under = argument(parser), argument(parser)
    span = parser.span(start)
    derivative = fraction_of(parser, over, under, start)
    if derivative is not None:
        return derivative
    return Fraction(span, parser.part(over), parser.part(under))


def _root(parser: Parser) -> Surface:
    start = parser.position
    parser.advance()
    index = None
    if parser.token.kind == "open" and parser.token.text == "[":
        group = bracketed(parser)
        index = group.items[0] if len(group.items) == 1 else None
    return Root(parser.span(start), parser.part(argument(parser)), index)


def _binomial(parser: Parser) -> Surface:
    raise parser.fail("a binomial coefficient is not in the language")


# ---------------------------------------------------------------- environments


def _environment(parser: Parser) -> Surface:
    start = parser.position
    opener = parser.advance()
    if opener.text not in tables.MATRICES and opener.text not in tables.CASES:
        raise parser.fail(f"\\begin{{{opener.text}}} is not expected here", opener)
    outer = parser.bars, parser.given
    parser.bars, parser.given = [], frozenset()
    rows: list[list[Surface]] = [[]]
    while parser.token.kind != "end" or parser.token.text == "":
        token = parser.token
        if token.kind == "row":
            parser.advance()
            rows.append([])
        elif token.kind == "amp":
            parser.advance()
            if parser.token.kind in ("amp", "row") or (parser.token.kind == "end" and parser.token.text):
                rows[-1].append(Mark(token.span, "nothing"))
        elif token.kind in ("comma", "semi", "quad"):
            parser.advance()
        elif token.kind == "end":
            raise parser.fail(f"\\begin{{{opener.text}}} is never closed", opener)
        else:
            if not rows[-1] and parser.tokens[parser.position - 1].kind == "amp":
                rows[-1].append(Mark(token.span, "nothing"))
            rows[-1].append(_cell(parser))
    parser.advance()
    parser.bars, parser.given = outer
    filled = [row for row in rows if row]
    span = parser.span(start)
    if opener.text in tables.CASES:
        return Cases(span, tuple((row[0], _condition(row)) for row in filled))
    return Matrix(span, tuple(tuple(row) for row in filled), tables.MATRICES[opener.text] or "")


def _cell(parser: Parser) -> Surface:
    if parser.token.kind == "text":
        start = parser.position
        words = _words(parser)
        if parser.token.kind in ("amp", "row", "end", "comma", "semi", "quad"):
            return words
        body = parser.relation()
        return Group(parser.span(start), "words", (words, body), "words")
    return parser.relation()


def _condition(row: Sequence[Surface]) -> Surface | None:
    """The condition of a case; None where it says "otherwise"."""
    for cell in row[1:]:
        if isinstance(cell, Group) and cell.left == "words":
            return cell.items[1]
        if not isinstance(cell, Words):
            return cell
    return None


ATOMS: dict[str, Callable[[Parser], Surface]] = {
    "name": _name,
    "num": _number,
    "mark": _mark,
    "dots": _dots,
    "text": _words,
    "accent": _accent,
    "{": _braces,
    "open": _brackets,
    "bar": _bars,
    "func": _function,
    "big": _big,
    "frac": _fraction,
    "sqrt": _root,
    "partial": partial,
    "nabla": nabla,
    "pdv": physics,
    "binom": _binomial,
    "begin": _environment,
}
