r"""Letters of an answer that may have any value: the z of `\sigma(-z) = 1 - \sigma(z)`, the v of "for every
$v \in \mathbb R^d$".

A number is found by the functions it stands in, a vector by the words or the set that it is said to be from; its shape
is that of the set, else the one in which lines about it can be read. What is said to be special (an eigenvector, a unit
vector) is not just any, and stays unknown. To know one more such word: a row in SPECIAL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Iterable, Iterator, Sequence

from derive.latexread import (
    Claim,
    Context,
    IllTyped,
    Unreadable,
    elaborate_claim,
    is_known,
    letters_of,
    stands_in,
    with_number,
)
from derive.latexread.decorations import names_of
from derive.latexread.reaches import indices_of
from derive.latexread.surface import Call, Mark, Name, Numeral, Product, Surface
from derive.latexread.tables import GREEK_FUNCTIONS
from derive.latexread.tokens import Span
from derive.tree.nodes import SCALAR, Node, Shape, names_in, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import ELEMENTWISE
from derive.vocabulary.scope import Declaration

SPECIAL = re.compile(
    r"\b(?:eigenvectors?|unit|normali[sz]ed|orthogonal|kernel|null ?space|such|satisf\w+|suppose|assum\w+)\b",
    re.IGNORECASE,
)
_KIND = r"(?:(?:non-?zero|non-?trivial|real|column|fixed|arbitrary|given|other|the|choice|of|vectors?|direction)\s+)"
_EVERY = re.compile(
    rf"(?:\b(?:any|every|all|each|arbitrary)\s+{_KIND}{{0,4}}\$\s*|\\forall\s*)(?:0\s*\\neq?\s*)?"
    r"(?:\\(?:mathbf|boldsymbol|bm|vec)\s*\{?\s*)?([A-Za-z])(?![A-Za-z])\s*\}?\s*(?:\\neq?\s*(?:\\mathbf\s*)?0\s*)?(?=\$|,|:|\\)"
)
_LIST = re.compile(r"(?<![A-Za-z])((?:[A-Za-z]\s*,\s*)+)$")  # the u of `u, v \in \mathbb R^d`
FUNCTIONS = frozenset(GREEK_FUNCTIONS)  # \sigma before brackets
_SET = re.compile(
    r"\\in\s*(?:\\mathbb\s*\{?\s*R\s*\}?|\\R\b|\\Re\b|\\RR\b)\s*(?:\^\s*(?:\{([^{}]*)\}|([A-Za-z0-9])))?"
)


@dataclass(frozen=True)
class Anything:
    """The context that knows such letters, what they are, and the claims that say so, by id."""

    context: Context
    declared: tuple[Declaration, ...] = ()
    claims: frozenset[int] = frozenset()


def quantified(claims: Iterable[Claim], text: str) -> dict[str, Claim | None]:
    """The letters of which an answer says "for every", with the claim that gives the set they are from."""
    claims = list(claims)
    found: dict[str, Claim | None] = {m[1]: None for m in _EVERY.finditer(text)}
    for claim in claims:
        if claim.relation != "in" or _SET.search(claim.latex) is None:
            continue
        listed = _LIST.search(text, max(0, claim.span.start - 30), claim.span.start)
        letters = (*re.findall(r"[A-Za-z]", listed[1] if listed else ""), _letter(claim.written_left))
        found.update({letter: claim for letter in letters if letter is not None})
    return {k: c for k, c in found.items() if not any(_is_special(k, other) for other in claims)}


def _letter(surface: Surface | None) -> str | None:
    r"""The v of `v`, `\forall v`."""
    if isinstance(surface, Product) and len(surface.factors) == 2 and isinstance(surface.factors[0], Mark):
        surface = surface.factors[1]
    plain = isinstance(surface, Name) and not (surface.below or surface.above or surface.accents)
    return surface.letter if plain and isinstance(surface, Name) and not surface.primes else None


def _is_special(letter: str, claim: Claim) -> bool:
    """Whether a claim says what the letter is, rather than what holds for all: `with $\\|v\\| = 1$`."""
    name = Name(claim.span, letter)
    if claim.relation == "in" and _letter(claim.written_left) == letter:
        return SPECIAL.search(claim.words) is not None
    if claim.relation != "=" or not stands_in(name, claim.left):
        return False
    number = isinstance(claim.right, Numeral) and float(claim.right.text) != 0
    return number or SPECIAL.search(claim.words) is not None


def anything(context: Context, claims: Sequence[Claim], text: str) -> Anything:
    """What the answer may say of every number, every vector."""
    stating = [c for c in claims if c.refusal is None and c.relation != "in"]
    found = _numbers(Anything(context), stating)
    for letter, claim in quantified(claims, text).items():
        name = Name(Span(0, 0), letter)
        if is_known(name, found.context):
            continue
        shapes = _shapes(claim, found.context)
        if len(shapes) != 1 or claim is None:
            lines = [c for c in stating if stands_in(name, c.left) or stands_in(name, c.right)]
            shapes = _likeliest(letter, shapes, lines, found.context)
        if len(shapes) == 1:
            declared = Declaration(letter, shapes[0])
            wider = _declaring(found.context, declared)
            wider = replace(wider, anything=wider.anything | {letter})
            said = frozenset({id(claim)}) if claim is not None else frozenset()
            found = Anything(wider, (*found.declared, declared), found.claims | said)
    return found


def _declaring(context: Context, declared: Declaration) -> Context:
    wider, _ = with_number(Name(Span(0, 0), declared.name), context, declared.shape)
    return wider


def _shapes(claim: Claim | None, context: Context) -> list[Shape]:
    """The shape of the set, else those of the problem's vectors."""
    said = _SET.search(claim.latex) if claim is not None else None
    if said is not None:
        dims = [
            _size(d, context) for d in re.split(r"\\times|\s+x\s+", said[1] or said[2] or "") if d.strip()
        ]
        if all(d is not None for d in dims) and len(dims) <= 2:
            return [Shape(("scalar", "vector", "matrix")[len(dims)], tuple(d for d in dims if d))]
    scope = context.scope
    known = [d.shape for d in scope.declarations.values()] + [d.shape for d in scope.definitions.values()]
    return list(dict.fromkeys(s for s in known if s.kind == "vector"))


def _size(said: str, context: Context) -> Size | None:
    said = said.strip()
    if said.isdigit() and int(said):
        return Size.of(int(said))
    return next((Size.of(s) for s in (said, said.swapcase()) if context.names.known.is_size(s)), None)


def _likeliest(letter: str, shapes: Sequence[Shape], lines: Sequence[Claim], context: Context) -> list[Shape]:
    """The shapes in which most lines about a letter can be read."""
    read: dict[Shape, int] = {}
    for shape in shapes:
        wider = _declaring(context, Declaration(letter, shape))
        read[shape] = sum(isinstance(elaborate_claim(line, wider), tuple) for line in lines)
    most = max(read.values(), default=0)
    return [s for s in shapes if most and read[s] == most]


# ---------------------------------------------------------------- numbers


def _numbers(found: Anything, stating: Sequence[Claim]) -> Anything:
    r"""With the letters that only stand for any number: the z of `f'(z) = f(z)(1 - f(z))`. A letter that stands beside
    quantities of the problem is one of them, whichever, and stays unknown."""
    for claim in stating:
        for letters in _together(claim, found.context):
            wider, declared = found.context, []
            for letter in letters:
                wider, one = with_number(letter, wider)
                declared.append(one)
            written = {x.letter for x in letters}
            lines = [c for c in stating if any(written & dict(_letters(s)).keys() for s in _sides(c))]
            if all(_is_of_numbers(c, wider) for c in lines):
                found = Anything(wider, (*found.declared, *declared), found.claims)
    return found


def _together(claim: Claim, context: Context) -> Iterator[tuple[Name, ...]]:
    """Letters that are numbers where one of them is."""
    for letter in letters_of(claim.left, context):
        is_value = isinstance(claim.left, Call) and not claim.left.primes  # \log p = -2.9 is said of one p
        if not is_value or stands_in(letter, claim.right):
            yield (letter,)
    sides = [dict(_letters(side)) for side in _sides(claim)]
    below = frozenset[str]().union(*map(indices_of, _sides(claim)))
    names = {letter: n for side in sides for letter, n in side.items() if letter not in below | FUNCTIONS}
    unknown = tuple(n for n in names.values() if not is_known(n, context))
    if len(sides) == 2 and unknown and all(n.letter in side for n in unknown for side in sides):
        wider = context
        for name in unknown:
            wider, _ = with_number(name, wider)
        if all(_in_a_function(name, claim, wider) for name in unknown):
            yield unknown


def _sides(claim: Claim) -> tuple[Surface, ...]:
    return tuple(side for side in (claim.left, claim.right) if side is not None)


def _letters(surface: Surface) -> Iterator[tuple[str, Name]]:
    """The letters without marks in a formula, also those in the exponent of e."""
    for name in names_of(surface):
        if name.letter == "e" and name.above:
            yield from ((t.text, Name(name.span, t.text)) for t in name.above if t.kind == "name")
        elif not (name.below or name.accents or name.primes):
            yield name.letter, Name(name.span, name.letter, name.style)


def _in_a_function(name: Name, claim: Claim, context: Context) -> bool:
    """Whether a letter stands in a function of a number: an identity of letters alone may be about anything."""
    found = elaborate_claim(claim, context, "hadamard")
    nodes: Iterator[Node] = (
        n for pair in found for side in (pair.left, pair.right) for n in walk(side)
    ) if isinstance(found, tuple) else iter(())  # fmt: skip
    return any(name.letter in names_in(n) for n in nodes if n.op in ELEMENTWISE or n.op == "apply")


def _is_of_numbers(claim: Claim, context: Context) -> bool:
    """Whether a line holds or fails by functions and given numbers alone. What cannot be read is not judged anyway."""
    found = elaborate_claim(claim, context, "hadamard")
    if isinstance(found, IllTyped | Unreadable):
        return isinstance(found, Unreadable)
    names = {name for pair in found for side in (pair.left, pair.right) for name in names_in(side)}
    given = context.scope.declarations
    return all(n in given and given[n].shape == SCALAR and n not in context.scope.definitions for n in names)
