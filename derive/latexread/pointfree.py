r"""Claims about functions without their argument: `\tanh' = 1 - \tanh^2`, `\sigma' = \sigma(1 - \sigma)`; or at a
letter that is a family elsewhere: `\sigma'(z) = \sigma(z)(1 - \sigma(z))` beside z_i.

Both sides are read at one argument that nothing else is called. What marks such a claim is its left side: a function
with primes and nothing behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, cast

from derive.latexread import tables
from derive.latexread.answer import Answer, Chain, Claim
from derive.latexread.context import Context
from derive.latexread.decorations import names_of
from derive.latexread.surface import Call, Derivative, Group, Name, Product, Surface, parts
from derive.latexread.tokens import Token
from derive.vocabulary.build import ELEMENTWISE

CONSTANTS = frozenset({"e", "pi"})
ARGUMENTS = ("u", "z", "s", "v", "x")
WHOLE = frozenset({"KL", "E", "Var", "Cov", "Std", "std"})  # of no argument that is a number


def with_arguments(answer: Answer, contexts: Sequence[Context]) -> Answer:
    """The answer, with an argument behind functions that are equated without one; it may be about several problems."""
    context = contexts[0]
    own: set[str] = set()
    chains: list[Chain] = []
    for chain in answer.chains:
        claims: list[Claim] = []
        letter: str | None = None
        for claim in chain.claims:
            own |= {claim.left.factors[0].letter} if _defines(claim.left) else set()  # type: ignore[union-attr]
            if not claim.continues:
                letter = _argument(claim, contexts, own) if _is_primed(claim.left, context, own) else None
            now = _at(claim, letter, context, own) if letter is not None else claim
            claims.append(_of_a_number(now, contexts, own))
        chains.append(replace(chain, claims=tuple(claims)))
    return replace(answer, chains=tuple(chains))


def _defines(left: Surface | None) -> bool:
    """`f(u) = ...`"""
    return (
        isinstance(left, Product)
        and len(left.factors) == 2
        and isinstance(left.factors[0], Name)
        and isinstance(left.factors[1], Group)
        and len(left.factors[1].items) == 1
        and isinstance(left.factors[1].items[0], Name)
    )


def _is_function(surface: Surface, context: Context, own: Iterable[str]) -> bool:
    if not isinstance(surface, Name) or surface.accents or surface.below:
        return False
    if surface.style == "function":
        return surface.letter not in WHOLE
    bare = replace(surface, primes=0)
    found = context.names.matches(bare) or context.names.matches(
        replace(bare, above=())
    )  # \sigma^2 may be a name
    if found:
        return context.names.shape(found[0].pattern.name).kind == "function"
    return surface.letter in tables.GREEK_FUNCTIONS or surface.letter in own


def _is_primed(left: Surface | None, context: Context, own: Iterable[str]) -> bool:
    if isinstance(left, Derivative) and left.order == 1 and len(left.under) == 1:
        return (
            left.over is not None
            and _is_function(left.over, context, own)
            and isinstance(left.under[0], Name)
        )
    return isinstance(left, Name) and left.primes > 0 and not left.above and _is_function(left, context, own)


def _is_applied(side: Surface | None, context: Context, own: Iterable[str]) -> bool:
    """Whether a function stands before brackets that speak of no function, and so before its argument."""
    for part in parts(side) if side is not None else ():
        factors = part.factors if isinstance(part, Product) else ()
        for name, group in zip(factors, factors[1:], strict=False):
            is_called = _is_function(name, context, own) and isinstance(group, Group)
            if is_called and not any(_is_function(n, context, own) for n in names_of(group)):
                return True
    return False


def _argument(claim: Claim, contexts: Sequence[Context], own: Iterable[str]) -> str | None:
    """What is differentiated in, or a letter that neither the problem nor the claim knows."""
    if any(_is_applied(side, contexts[0], own) for side in (claim.left, claim.right)):
        return None
    if isinstance(claim.left, Derivative):
        return cast(Name, claim.left.under[0]).letter
    return _fresh(claim, contexts, own)


def _fresh(claim: Claim, contexts: Sequence[Context], own: Iterable[str]) -> str | None:
    """A letter that neither a problem nor the claim knows."""
    used = {n.letter for side in (claim.left, claim.right) for n in names_of(side)} | set(own)
    return next((a for a in ARGUMENTS if a not in used and not any(_knows(c, a) for c in contexts)), None)


def _knows(context: Context, letter: str) -> bool:
    is_size = context.names.known.is_size(letter)
    return is_size or letter in context.scope.indices or bool(context.names.patterns.get(letter))


def _of_a_number(claim: Claim, contexts: Sequence[Context], own: Iterable[str]) -> Claim:
    """With a fresh letter for one that is a family of the problem, and stands here alone and without any index."""
    context = contexts[0]
    every = [part for side in (claim.left, claim.right) if side is not None for part in parts(side)]
    names = [part for part in every if isinstance(part, Name)]
    called = {part.function for part in every if isinstance(part, Call)}
    if called - ELEMENTWISE or not (called or any(_is_function(n, context, own) for n in names)):
        return claim
    letters = {n.letter for n in names if not _is_function(n, context, own)}
    letters |= {t.text for n in names for t in n.above if t.kind == "name"}
    letters -= CONSTANTS
    if len(letters) != 1 or claim.continues or any(n.below or n.accents for n in names):
        return claim
    (letter,) = letters
    if not any(p.holes for p in context.names.patterns.get(letter, ())):
        return claim
    fresh = _fresh(claim, contexts, own)
    if fresh is None:
        return claim

    return _everywhere(claim, lambda side: _lettered(side, letter, fresh))


def _everywhere(claim: Claim, change: Callable[[Surface], object]) -> Claim:
    """Both sides changed, and what the claim knows of the line before."""

    def put(side: Surface | None) -> Surface | None:
        return None if side is None else cast(Surface, change(side))

    return replace(
        claim,
        left=put(claim.left),
        right=put(claim.right),
        written_left=put(claim.written_left),
        previous=put(claim.previous),
    )


def _lettered(part: object, old: str, new: str) -> object:
    if isinstance(part, tuple):
        return tuple(_lettered(p, old, new) for p in part)
    if isinstance(part, Token):
        return replace(part, text=new) if part.kind == "name" and part.text == old else part
    if not isinstance(part, Surface):
        return part
    if isinstance(part, Name) and part.letter == old:
        part = replace(part, letter=new)
    kept: dict[str, Any] = {
        f.name: _lettered(getattr(part, f.name), old, new) for f in fields(part) if f.name != "span"
    }
    return replace(part, **kept)


def _at(claim: Claim, letter: str, context: Context, own: Iterable[str]) -> Claim:
    return _everywhere(claim, lambda side: _applied(side, letter, context, own))


def _applied(part: object, letter: str, context: Context, own: Iterable[str]) -> object:
    """Functions at the argument; what stands in brackets behind one, and speaks of functions, is a factor."""
    if isinstance(part, tuple):
        return tuple(_applied(p, letter, context, own) for p in part)
    if not isinstance(part, Surface):
        return part
    at = Group(part.span, "(", (Name(part.span, letter),), ")")
    if isinstance(part, Name) and _is_function(part, context, own):
        if part.style == "function":
            return Call(part.span, part.letter, part.below, part.above, at, part.primes)
        return Product(part.span, (part, at), ("",))
    if isinstance(part, Call) and any(_is_function(n, context, own) for n in names_of(part.argument)):
        function = Call(part.span, part.function, part.below, part.above, at, part.primes)
        return Product(
            part.span, (function, cast(Surface, _applied(part.argument, letter, context, own))), ("",)
        )
    kept: dict[str, Any] = {
        f.name: _applied(getattr(part, f.name), letter, context, own)
        for f in fields(part)
        if f.name != "span"
    }
    return replace(part, **kept)
