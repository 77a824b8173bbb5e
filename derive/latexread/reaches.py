r"""Sums written without brackets: `\sum_k p_k \log D_k + q_k \log E_k`, where the k behind the plus is the sum's.

The sum ends before the plus as everywhere, or goes on to the last term that speaks of its index; both are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.latexread.elaborator import Elaborator
from derive.latexread.entries import FREE, SELDOM
from derive.latexread.patterns import pieces
from derive.latexread.surface import (
    Big,
    Call,
    Derivative,
    Fraction,
    Group,
    Nabla,
    Name,
    Product,
    Root,
    Scripted,
    Sum,
    Surface,
)

SAID = "without brackets the sum ends before the + or -: it is read as if brackets stood around all its terms"
OPTIONS = ("the sum ends before the sign", "the sum goes on behind the sign")


def reaching(e: Elaborator, surface: Sum) -> Sum:
    """The sum as it is written, or with the terms that belong to a big operator inside it."""
    for i, (sign, term) in enumerate(surface.terms[:-1]):
        last = _last(term)
        if last is None:
            continue
        letters = frozenset(t.text for piece in pieces(last.below) for t in piece[:1])
        speaking = [k for k, (_, t) in enumerate(surface.terms) if k > i and letters & indices_of(t)]
        if not speaking:
            continue
        unbound = all(k not in e.bound and k not in e.known.scope.indices for k in letters)
        order = (1, 0) if unbound else (0, 1)  # an index that nothing else binds is the sum's
        if order[e.choose(surface.span, "terms", tuple(OPTIONS[k] for k in order))] == 0:
            return surface
        e.note(SAID, last.span, "scope")
        end = speaking[-1] + 1
        body = (("", last.body), *surface.terms[i + 1 : end])
        taken = Sum(last.body.span.to(surface.terms[end - 1][1].span), body)
        whole = _with_last(term, replace(last, body=taken, span=last.span.to(taken.span)))
        return replace(surface, terms=(*surface.terms[:i], (sign, whole), *surface.terms[end:]))
    return surface


def _last(term: Surface) -> Big | None:
    """The sum that a term ends with, the innermost one."""
    if isinstance(term, Product):
        return _last(term.factors[-1])
    if not isinstance(term, Big) or term.command not in ("sum", "prod"):
        return None
    return _last(term.body) or term


def _with_last(term: Surface, new: Big) -> Surface:
    if isinstance(term, Product):
        inner = _with_last(term.factors[-1], new)
        return replace(term, factors=(*term.factors[:-1], inner), span=term.span.to(inner.span))
    assert isinstance(term, Big)
    if _last(term.body) is None:
        return new
    inner = _with_last(term.body, new)
    return replace(term, body=inner, span=term.span.to(inner.span))


def indices_of(surface: Surface) -> frozenset[str]:
    """The letters that stand below names in a formula, outside of sums of their own."""
    match surface:
        case Name(below=below, above=above):
            marked = above if above and above[0].kind == "open" else ()
            return frozenset(t.text for t in (*below, *marked) if t.kind == "name")
        case Big(below=below, body=body):
            return indices_of(body) - {t.text for t in below if t.text in FREE}
        case Scripted(base=base, below=below):
            return indices_of(base) | frozenset(t.text for t in below if t.kind == "name")
        case Sum(terms=terms):
            return _all([t for _, t in terms])
        case Product(factors=factors):
            return _all(factors)
        case Group(items=items):
            return _all(items)
        case Fraction(over=over, under=under):
            return _all((over, under))
        case Root(body=body):
            return indices_of(body)
        case Call(argument=argument):
            return indices_of(argument)
        case Derivative(over=over, under=under, rest=rest):
            return _all([s for s in (over, *under, rest) if s is not None])
        case Nabla(rest=rest):
            return indices_of(rest)
    return frozenset()


def _all(surfaces: Sequence[Surface]) -> frozenset[str]:
    return frozenset().union(*map(indices_of, surfaces))


def counting(left: Surface, right: Surface | None = None) -> frozenset[str]:
    """Letters that are seldom indices, and are here: on both sides, or below what is differentiated in."""
    here = (
        _below(left)
        if right is None
        else (indices_of(left) & indices_of(right)) | _below(left) | _below(right)
    )
    return here & SELDOM


def _below(surface: Surface) -> frozenset[str]:
    return _all(surface.under) if isinstance(surface, Derivative) else frozenset()
