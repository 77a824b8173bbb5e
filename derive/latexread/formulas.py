r"""Functions that an answer introduces by a formula: `f(z) = \sigma(z)`, `\phi(a) = \tanh(a)`.

The letter in brackets is a number inside the formula, whatever it is elsewhere. What is no function of one number,
`f(w) = \|w\|^2` of a vector, is a name for its right side. What makes a function of a formula the caller knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from derive.latexread import tables
from derive.latexread.answer import Claim
from derive.latexread.applications import plain_symbol
from derive.latexread.context import MODES, Context
from derive.latexread.elaborate import MEANINGS, elaborate
from derive.latexread.elaborator import Elaborator
from derive.latexread.entries import FREE
from derive.latexread.introducing import introduce, is_known
from derive.latexread.laws import is_divergence, law_of
from derive.latexread.layers import called_layer
from derive.latexread.own import Own, internal_name, own_name, written_name
from derive.latexread.patterns import pieces
from derive.latexread.reading import Ambiguous, Elaborated, IllTyped, Outcome, Unreadable
from derive.latexread.spectra import is_spectral
from derive.latexread.surface import Call, Derivative, Group, Nabla, Name, Product, Scripted, Surface, parts
from derive.tree.nodes import SCALAR, Node, Shape, names_in, walk
from derive.vocabulary.build import ELEMENTWISE, TABLE, sym
from derive.vocabulary.scope import Declaration, Definition, Scope

ByFormula = Callable[[str, Node, Node, Scope], Definition | None]  # of a name, its argument and its body
CLAIMED = frozenset(
    {"E", "V", "P", "p", "Pr", "d", "D", "o", "O"}
)  # before brackets they mean something else
PLAIN = frozenset(
    "sym num const count add neg mul div pow where lt le gt ge ones apply".split()
)  # entry by entry
NORMS = frozenset({"norm", "norm1", "sqnorm"})


@dataclass(frozen=True)
class Head:
    """`f(z)`: the name of a function and the letter of its argument."""

    name: Name
    argument: Name


def head_of(surface: Surface | None) -> Head | None:
    """The name and the letter, where this is a name before a letter in brackets."""
    if not isinstance(surface, Product) or len(surface.factors) != 2 or surface.operators != ("",):
        return None
    name, group = surface.factors
    letter = _letter(group) if isinstance(group, Group) and group.left in ("(", "[") else None
    return Head(name, letter) if isinstance(name, Name) and letter is not None else None


def _letter(surface: Surface) -> Name | None:
    if isinstance(surface, Group) and surface.left in ("(", "[", "") and len(surface.items) == 1:
        surface = surface.items[0]
    if not isinstance(surface, Name) or surface.style == "function" or surface.letter.startswith("\\"):
        return None
    marks = surface.accents or surface.below or surface.above or surface.primes
    return None if marks else surface


def own_function(surface: Surface | None, context: Context) -> Own | None:
    """What the name of a function would be as a new one."""
    head = head_of(surface)
    if head is None or tables.DOTTED.keys() & set(head.name.accents):
        return None  # \dot f is a derivative
    own = own_name(head.name, context)
    return None if own is None or own.params or own.primes else own


def introduce_function(
    claim: Claim, context: Context, by_formula: ByFormula
) -> Context | IllTyped | Unreadable | None:
    """The context in which the left side `f(z)` of a claim is read; None where it is nothing new."""
    head, own = head_of(claim.written_left), own_function(claim.written_left, context)
    if head is None or own is None or claim.right is None or claim.relation not in ("=", ":="):
        return None
    if (
        head.name.letter in CLAIMED
        or is_spectral(head.name)
        or is_known(head.name, context)
        or _is_taken(head.name, context)
    ):
        return None
    known = _symbol(head.argument, context)
    if known is not None:
        outcome = elaborate(claim.right, context)
        if not all(_is_of_entries(r, known, context) for r in _readings(outcome)):
            return _of_a_name(claim, head, own, known, outcome, context)
    inner, argument = _inside(head.argument, context)
    outcome = elaborate(claim.right, inner)
    found = outcome.readings[0] if isinstance(outcome, Ambiguous) else outcome
    if not isinstance(found, Elaborated):
        return found
    of_numbers = not any(note.kind == "scalar" for note in found.notes) and not _has_norm(claim.right)
    if not of_numbers or found.indices or not found.node.shape.is_scalar:
        return Unreadable("not a function of a number", claim.right.span)
    internal = internal_name(own, context, TABLE)
    definition = by_formula(internal, argument, found.node, inner.scope)
    if definition is None:
        return Unreadable("not a function of a number", claim.right.span)
    scope = replace(
        context.scope,
        definitions={**context.scope.definitions, internal: definition},
        notation={**context.scope.notation, internal: written_name(own)},
    )
    return context.within(scope)


def _of_a_name(
    claim: Claim, head: Head, own: Own, known: Node, outcome: Outcome, context: Context
) -> Context | IllTyped | Unreadable | None:
    r"""The name of `f(w) = \|w\|^2`, with what it is a function of."""
    if not isinstance(outcome, Elaborated):
        return (
            outcome if not isinstance(outcome, Ambiguous) else Unreadable("a square of a vector", claim.span)
        )
    names = names_in(outcome.node)
    if known.symbol.name not in names.union(*(context.names.reach(n) for n in names)):
        return Unreadable("not a function of its argument", claim.span)
    found = introduce(replace(claim, written_left=head.name, left=head.name), context)
    if not isinstance(found, Context):
        return found
    return replace(found, functions={**context.functions, internal_name(own, context): known})


def _is_taken(name: Name, context: Context) -> bool:
    """Whether a name means something before brackets: a law, a divergence, a question about layers, a member of a
    family whose last index stands in brackets."""
    e = _elaborator(context)
    marks = len(pieces(name.below))
    if marks and any(len(p.holes) == marks + 1 for p in context.names.patterns.get(name.letter, ())):
        return True
    return law_of(e, name) is not None or is_divergence(e, name) or called_layer(e, name) is not None


def _elaborator(context: Context) -> Elaborator:
    return Elaborator(context, MODES["declared"], None, {}, MEANINGS)


def _symbol(letter: Name, context: Context) -> Node | None:
    """The declared or defined name that a letter is."""
    name = plain_symbol(_elaborator(context), letter) if context.names.matches(letter) else None
    return sym(name, context.names.shape(name)) if name is not None else None


def _readings(outcome: Outcome) -> tuple[Elaborated, ...]:
    if isinstance(outcome, Ambiguous):
        return outcome.readings
    return (outcome,) if isinstance(outcome, Elaborated) else ()


def _is_of_entries(reading: Elaborated, x: Node, context: Context) -> bool:
    """Whether a formula of a name is one of its entries: nothing in it is summed, nothing else has its shape, and
    nothing else is made of it."""
    if reading.node.shape != x.shape:
        return False
    others = names_in(reading.node) - {x.symbol.name}
    if any(x.symbol.name in context.names.reach(n) for n in others):
        return False
    return all(
        (n.op in PLAIN or n.op in ELEMENTWISE) and (n.shape.is_scalar or n.op != "sym" or n == x)
        for n in walk(reading.node)
    )


def _has_norm(surface: Surface) -> bool:
    return any(
        (isinstance(s, Group) and s.left == "||") or (isinstance(s, Call) and s.function in NORMS)
        for s in parts(surface)
    )


def _inside(letter: Name, context: Context) -> tuple[Context, Node]:
    """The context in which a letter is a number, and that number."""
    scope = context.scope
    hidden = {m.pattern.name for m in context.names.matches(letter)} | {letter.letter}
    declarations = {n: d for n, d in scope.declarations.items() if n not in hidden}
    inner = replace(
        scope,
        declarations={**declarations, letter.letter: Declaration(letter.letter, SCALAR)},
        definitions={n: d for n, d in scope.definitions.items() if n not in hidden},
        indices={n: ends for n, ends in scope.indices.items() if n != letter.letter},
        notation={key: tex for key, tex in scope.notation.items() if key.partition("[")[0] not in hidden},
    )
    return context.within(inner), sym(letter.letter, SCALAR)


# ---------------------------------------------------------------- letters that only functions have


def letters_of(left: Surface | None, context: Context) -> Iterator[Name]:
    r"""The unknown z in `f'(z) = ...`, `\sigma'(z) = ...`, `\frac{df}{dz} = ...`: a number that may have any value."""
    derived = isinstance(left, Derivative | Nabla) or (isinstance(left, Scripted) and left.primes > 0)
    for part in parts(left) if left is not None else ():
        letter: Name | None = None
        if isinstance(part, Product) and (part is left or derived):
            head = head_of(part)
            letter = head.argument if head is not None and _takes_a_number(head.name, context) else None
        elif isinstance(part, Call) and part.function in ELEMENTWISE and (part is left or derived):
            letter = _letter(part.argument)
        if letter is not None and not _may_count(letter, context) and not is_known(letter, context):
            yield letter
    if isinstance(left, Derivative) and isinstance(left.over, Name) and len(left.under) == 1:
        letter = _letter(left.under[0])
        if letter is not None and _takes_a_number(left.over, context) and not is_known(letter, context):
            yield letter


def _may_count(letter: Name, context: Context) -> bool:
    """Whether a letter rather is an index: the problem gives no function by a formula in it."""
    given = {d.argument.symbol.name for d in context.scope.definitions.values() if d.argument is not None}
    return letter.letter in FREE - given


def _takes_a_number(name: Name, context: Context) -> bool:
    plain = replace(name, primes=0, accents=tuple(a for a in name.accents if a not in tables.DOTTED))
    found = context.names.matches(plain)
    if found:
        return context.names.shape(found[0].pattern.name).kind == "function"
    return plain.letter in tables.GREEK_FUNCTIONS and not (plain.below or plain.accents)


def stands_in(letter: Name, surface: Surface | None) -> bool:
    return surface is not None and any(
        isinstance(p, Name) and p.letter == letter.letter for p in parts(surface)
    )


def with_number(letter: Name, context: Context, shape: Shape = SCALAR) -> tuple[Context, Declaration]:
    """The context in which an unknown letter is a number, or a vector that is nothing else."""
    declared = Declaration(letter.letter, shape)
    scope = replace(context.scope, declarations={**context.scope.declarations, declared.name: declared})
    return context.within(scope), declared
