r"""Functions without brackets: `\log\pi_a r_a` is the logarithm of both, or of the first of them."""

from __future__ import annotations

from dataclasses import replace

from derive.latexread.elaborator import Elaborator
from derive.latexread.surface import Call, Fraction, Group, Name, Numeral, Product, Scripted, Surface
from derive.latexread.tokens import Span

Written = tuple[str, Surface]


def opened(e: Elaborator, pair: Written) -> list[Written]:
    r"""`\log\pi_a r_a` as the logarithm of both, or of the first of them; a function without brackets."""
    sign, call = pair
    if not isinstance(call, Call) or call.bracketed or not isinstance(call.argument, Product):
        return [pair]
    whole = call.argument
    first = whole.factors[0]
    if isinstance(first, Numeral) or not isinstance(first, (Name, Fraction, Scripted)):
        return [pair]
    end = 2 if isinstance(whole.factors[1], Group) else 1  # \\log \\pi(a) r
    if end == len(whole.factors) or "/" in whole.operators[:end]:
        return [pair]
    options = (f"{call.function} of all that follows", f"{call.function} of the first factor")
    if e.choose(call.span, "argument", options) == 0:
        return [pair]
    e.note(f"without brackets: read as the {call.function} of the first factor alone", call.span, "scope")
    span = first.span.to(whole.factors[end - 1].span)
    argument = first if end == 1 else Product(span, whole.factors[:end], whole.operators[: end - 1])
    short = replace(call, argument=argument, span=Span(call.span.start, span.stop))
    return [(sign, short), *zip(whole.operators[end - 1 :], whole.factors[end:], strict=True)]
