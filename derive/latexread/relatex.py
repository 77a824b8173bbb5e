r"""Surface trees back to LaTeX, in our own commands only: what was read, printed without anything that was typed.

Text that comes from an answer is letters, digits and spaces here; nothing of it reaches TeX as a command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from derive.latexread import surface as s
from derive.latexread.parse import parse
from derive.latexread.settle import settled
from derive.latexread.tokens import Token, Unread
from derive.notation.latex_names import GREEK

STYLES = {
    "bold": "mathbf",
    "roman": "mathrm",
    "cal": "mathcal",
    "bb": "mathbb",
    "frak": "mathfrak",
    "function": "mathrm",
}
ACCENTS = {"hat", "bar", "tilde", "dot", "ddot", "check", "breve"}
OPERATORS = {
    "": " ", "times": r" \times ", "star": " * ", "cdot": r" \cdot ", "odot": r" \odot ", "/": " / ",
    "otimes": r" \otimes ",
}  # fmt: skip
RELATIONS = {
    "=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">", "!=": r"\ne", "~=": r"\approx", "prop": r"\propto",
    "=c": r"\overset{c}{=}",
    ":=": ":=", "in": r"\in", "~": r"\sim", "<-": r"\leftarrow", "to": r"\to", "perp": r"\perp",
}  # fmt: skip
LEFT = {
    "(": "(", "[": "[", "{": r"\{", "<": r"\langle", "|": r"\lvert", "||": r"\lVert", ".": ".",
    "floor": r"\lfloor", "ceil": r"\lceil", "[[": "[", ")": ")", "]": "]",
}  # fmt: skip
RIGHT = {
    ")": ")", "]": "]", "}": r"\}", ">": r"\rangle", "|": r"\rvert", "||": r"\rVert", ".": ".",
    "floor": r"\rfloor", "ceil": r"\rceil", "[[": "]",
}  # fmt: skip
MARKS = {
    "dots": r"\dots", "inf": r"\infty", "top": r"\top", "star": r"\star", "bot": r"\perp", "forall": r"\forall",
    "|": r"\mid", "nothing": "{}", "dagger": r"\dagger", "exists": r"\exists", "empty": r"\emptyset",
    "*": r"\star", "-": "-", "+": "+", ":": ":",
}  # fmt: skip
FUNCTIONS = {
    "exp",
    "log",
    "sin",
    "cos",
    "sinh",
    "cosh",
    "tanh",
    "arctan",
    "det",
    "max",
    "min",
    "tan",
    "arcsin",
    "arccos",
}
BIG = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min", "int": r"\int", "lim": r"\lim"}


def surface_latex(surface: s.Surface) -> str:
    return WRITERS[type(surface)](surface) if type(surface) in WRITERS else r"\square"


def words(text: str) -> str:
    r"""Prose as data: `\text{...}` of letters, digits and a few signs."""
    kept = re.sub(r"[^A-Za-z0-9 .,:;()+=/!?-]", " ", text)[:200]
    return rf"\text{{{kept}}}"


def _letters(text: str) -> str:
    if text in GREEK:
        return f"\\{text}"
    kept = re.sub(r"[^A-Za-z0-9]", "", text)[:40]
    return kept if len(kept) == 1 or kept.isdigit() else rf"\mathrm{{{kept or '?'}}}"


def _script(tokens: tuple[Token, ...]) -> str:
    try:
        return surface_latex(parse(settled(tokens)))
    except Unread:
        return " ".join(_token(t) for t in tokens)


def _token(token: Token) -> str:
    if token.kind in ("name", "func", "big"):
        return _letters(token.text)
    if token.kind == "num":
        return re.sub(r"[^0-9.]", "", token.text)
    if token.kind == "open":
        return LEFT.get(token.text, "(")
    if token.kind == "close":
        return RIGHT.get(token.text, ")")
    if token.kind == "rel":
        return RELATIONS.get(token.text, "=")
    if token.kind == "op":
        return {"+": "+", "-": "-", "star": r"\star"}.get(token.text, OPERATORS.get(token.text, " ").strip())
    return {
        "comma": ",",
        "prime": r"\prime",
        "mark": MARKS.get(token.text, ""),
        "semi": ":",
        "dots": r"\dots",
    }.get(token.kind, "")


def _marks(base: str, below: tuple[Token, ...], above: tuple[Token, ...], primes: int) -> str:
    up = (_script(above) if above else "") + r"\prime" * min(primes, 9)
    return base + (f"_{{{_script(below)}}}" if below else "") + (f"^{{{up}}}" if up else "")


def _name(x: s.Surface) -> str:
    assert isinstance(x, s.Name)
    base = _letters(x.letter)
    if x.style in STYLES and not base.startswith("\\"):
        base = rf"\{STYLES[x.style]}{{{base}}}"
    for accent in reversed(x.accents):
        base = rf"\{accent if accent in ACCENTS else 'hat'}{{{base}}}"
    return _marks(base, x.below, x.above, x.primes)


def _group(x: s.Surface) -> str:
    assert isinstance(x, s.Group)
    inside = ", ".join(map(surface_latex, x.items))
    if x.left in ("", "words"):
        return inside
    return rf"\left{LEFT.get(x.left, '(')} {inside} \right{RIGHT.get(x.right, ')')}"


def _scripted(x: s.Surface) -> str:
    assert isinstance(x, s.Scripted)
    base = surface_latex(x.base)
    bracketed = isinstance(x.base, s.Group) and x.base.left not in ("", "words")
    return _marks(base if bracketed else f"{{{base}}}", x.below, x.above, x.primes)


def _sum(x: s.Surface) -> str:
    assert isinstance(x, s.Sum)
    return " ".join(f"{sign} {surface_latex(term)}".strip() for sign, term in x.terms)


def _product(x: s.Surface) -> str:
    assert isinstance(x, s.Product)
    before = x.factors[0]
    written = [surface_latex(before)]
    for sign, factor in zip(x.operators, x.factors[1:], strict=True):
        right = surface_latex(factor)
        if isinstance(factor, s.Sum):
            right = f"({right})" if sign else right
        if not sign and isinstance(factor, s.Numeral):
            sign = "cdot"
        typed = not sign and before.span.stop == factor.span.start  # letters of a word stay together
        word = typed and len(written[-1]) == 1 and len(right) == 1
        written += ["" if word else OPERATORS.get(sign, " "), right]
        before = factor
    return "".join(written)


def _fraction(x: s.Surface) -> str:
    assert isinstance(x, s.Fraction)
    return rf"\frac{{{surface_latex(x.over)}}}{{{surface_latex(x.under)}}}"


def _root(x: s.Surface) -> str:
    assert isinstance(x, s.Root)
    index = f"[{surface_latex(x.index)}]" if x.index is not None else ""
    return rf"\sqrt{index}{{{surface_latex(x.body)}}}"


def _big(x: s.Surface) -> str:
    assert isinstance(x, s.Big)
    sign = BIG.get(x.command, rf"\operatorname*{{{_plain(x.command)}}}")
    return f"{_marks(sign, x.below, x.above, 0)} {surface_latex(x.body)}"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z]", "", text) or "f"


def _call(x: s.Surface) -> str:
    assert isinstance(x, s.Call)
    name = f"\\{x.function}" if x.function in FUNCTIONS else rf"\operatorname{{{_plain(x.function)}}}"
    name = {"E": r"\mathbb{E}", "indicator": r"\mathbf{1}"}.get(x.function, name)
    argument = surface_latex(x.argument)
    return f"{_marks(name, x.below, x.above, x.primes)} {argument}"


def _derivative(x: s.Surface) -> str:
    assert isinstance(x, s.Derivative)
    sign = r"\mathrm{d}" if x.total else r"\partial"
    power = f"^{{{x.order}}}" if x.order > 1 else ""
    under = " ".join(f"{sign} {surface_latex(v)}" for v in x.under)
    over = f"{sign}{power} {surface_latex(x.over)}" if x.over is not None else f"{sign}{power}"
    rest = f" {surface_latex(x.rest)}" if x.rest is not None else ""
    return rf"\frac{{{over}}}{{{under}}}{rest}"


def _nabla(x: s.Surface) -> str:
    assert isinstance(x, s.Nabla)
    sign = _marks(r"\nabla", x.below, (), 0) + ("^{2}" if x.order == 2 else "")
    return f"{sign} {surface_latex(x.rest)}"


def _matrix(x: s.Surface) -> str:
    assert isinstance(x, s.Matrix)
    rows = r" \\ ".join(" & ".join(map(surface_latex, row)) for row in x.rows)
    kind = {"(": "pmatrix", "[": "bmatrix", "{": "Bmatrix", "|": "vmatrix", "||": "Vmatrix"}.get(
        x.brackets, "matrix"
    )
    return rf"\begin{{{kind}}} {rows} \end{{{kind}}}"


def _cases(x: s.Surface) -> str:
    assert isinstance(x, s.Cases)
    rows = [
        rf"{surface_latex(v)} & "
        + (rf"\text{{if }} {surface_latex(c)}" if c is not None else r"\text{otherwise}")
        for v, c in x.rows
    ]
    inside = r" \\ ".join(rows)
    return rf"\begin{{cases}} {inside} \end{{cases}}"


def _relation(x: s.Surface) -> str:
    assert isinstance(x, s.Relation)
    sides = [surface_latex(v) if v is not None else "" for v in (x.left, x.right)]
    return f"{sides[0]} {RELATIONS.get(x.relation, '=')} {sides[1]}".strip()


WRITERS: Mapping[type[s.Surface], Callable[[s.Surface], str]] = {
    s.Numeral: lambda x: re.sub(r"[^0-9.]", "", cast(s.Numeral, x).text),
    s.Name: _name,
    s.Scripted: _scripted,
    s.Group: _group,
    s.Relation: _relation,
    s.Sum: _sum,
    s.Product: _product,
    s.Fraction: _fraction,
    s.Root: _root,
    s.Big: _big,
    s.Call: _call,
    s.Derivative: _derivative,
    s.Nabla: _nabla,
    s.Differential: lambda x: rf"\mathrm{{d}} {surface_latex(cast(s.Differential, x).body)}",
    s.Matrix: _matrix,
    s.Cases: _cases,
    s.Words: lambda x: words(cast(s.Words, x).text),
    s.Mark: lambda x: MARKS.get(cast(s.Mark, x).text, r"\square"),
}  # fmt: skip
