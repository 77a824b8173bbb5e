r"""Claims that name something, turned so that the name stands alone on the left: `W x =: a`, `\bar z := ...` inside a
chain, `\sigma^2 = ...`, `\log p = ...`, `\mathcal L(x, \lambda) = ...`.

To read one more function that a name may be given under: a row in UNDONE.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from derive.judging.conditions import conditions_in
from derive.latexread import Claim, Context, Own, is_known, own_function, own_name, stands_in, surface_latex
from derive.latexread.patterns import spelled
from derive.latexread.surface import Call, Group, Name, Product, Root, Surface
from derive.latexread.tables import GREEK_FUNCTIONS

MULTIPLIERS = frozenset({"lambda", "nu", "alpha", "beta", "gamma", "eta", "mu", "xi", "kappa"})
IF = frozenset({"if", "when", "whenever", "unless", "case", "cases", "provided", "iff", "once", "until"})
FOR = frozenset({"for", "case", "assume", "assuming", "suppose", "supposing", "at"})  # before an index
UNDONE: dict[str, Callable[[Surface], Surface]] = {  # of f(a) = b, the a that b is of
    "log": lambda b: Call(b.span, "exp", (), (), b),
    "exp": lambda b: Call(b.span, "log", (), (), b),
    "2": lambda b: Root(b.span, b),
}


def named(surface: Surface | None, context: Context) -> Own | None:
    """What a left side would be as a new name, of a quantity or a function."""
    return own_name(surface, context, primed=True) or own_function(surface, context)


def turned(claim: Claim, context: Context) -> Claim:
    """The claim with what may be a new name on its left."""
    return _undone(_reversed(_without_multipliers(claim, context), context), context)


def is_case(claim: Claim) -> bool:
    """Whether `if $i = c$` says when something holds: that names nothing."""
    words = claim.words.lower().replace(",", " ").replace(":", " ").split()
    last = words[-1] if words else ""
    return last in IF or (last in FOR and claim.inline and bool(conditions_in(claim.latex)))


def _without_multipliers(claim: Claim, context: Context) -> Claim:
    r"""`\mathcal L(x, \lambda) = ...` names a Lagrangian."""
    left = claim.written_left
    if not isinstance(left, Product) or len(left.factors) != 2:
        return claim
    name, group = left.factors
    if not isinstance(name, Name) or not isinstance(group, Group) or is_known(name, context):
        return claim
    letters = {item.letter for item in group.items if isinstance(item, Name)}
    is_lagrangian = len(group.items) > 1 and bool(letters & MULTIPLIERS)
    return replace(claim, written_left=name, left=name) if is_lagrangian else claim


def _reversed(claim: Claim, context: Context) -> Claim:
    r"""`W x =: a` is `a := W x`, `\sigma(z) =: f(z)` is `f(z) := \sigma(z)`; in `a = b := c`, b is named."""
    left = claim.written_left or claim.previous
    if claim.relation != ":=" or left is None:
        return claim
    if named(claim.right, context) is None:
        if claim.continues and named(left, context) is not None:
            return _renamed(claim, left, claim.right)
        return _without_what_both_end_in(claim, left, context)
    new = named(claim.written_left, context)
    if new is not None and not (new.letter in GREEK_FUNCTIONS and own_function(left, context) is not None):
        return claim
    return _renamed(claim, claim.right, left)


def _without_what_both_end_in(claim: Claim, left: Surface, context: Context) -> Claim:
    r"""`(I - P) x =: C x` is `C := I - P`."""
    right = claim.right
    if not isinstance(left, Product) or not isinstance(right, Product) or len(right.factors) != 2:
        return claim
    name, *behind = right.factors
    same = [surface_latex(f) for f in left.factors[-len(behind) :]] == [surface_latex(f) for f in behind]
    before = left.factors[: -len(behind)]
    if not same or not before or any(right.operators) or any(left.operators) or named(name, context) is None:
        return claim
    body = (
        before[0]
        if len(before) == 1
        else replace(left, factors=before, operators=left.operators[: len(before) - 1])
    )
    return _renamed(claim, name, body)


def _undone(claim: Claim, context: Context) -> Claim:
    r"""`\sigma^2 = v` says what \sigma is, `\log p = v` what p is, where nobody else does."""
    left, right = claim.written_left, claim.right
    if right is None:
        return claim
    name: Surface | None = None
    kind = ""
    if isinstance(left, Call) and not (left.below or left.above or left.primes):
        name, kind = left.argument, left.function
        if isinstance(name, Group) and len(name.items) == 1 and name.left in ("(", "[", ""):
            name = name.items[0]
    elif isinstance(left, Name) and spelled(left.above) == "2":
        name, kind = replace(left, above=()), "2"
    if not isinstance(name, Name) or kind not in UNDONE or named(name, context) is None:
        return claim
    names = [name, left] if isinstance(left, Name) else [name]
    if any(is_known(n, context) and not claim.defines for n in names) or stands_in(name, right):
        return claim
    if isinstance(left, Name) and any(m.pattern.above for m in context.names.matches(left)):
        return claim  # the problem's own \sigma^2
    return _renamed(claim, name, UNDONE[kind](right))


def _renamed(claim: Claim, name: Surface | None, right: Surface | None) -> Claim:
    return replace(claim, written_left=name, left=name, right=right)
