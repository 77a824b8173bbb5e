r"""Which equation a line goes on with: in `A = f(c), \quad c = d`, below which `= E` stands, the second equation
explains the first, and so does what a row says with `\because` or "since" in front.
What "where" begins explains the sentence before it.
"""

from __future__ import annotations

from derive.latexread.answer import Chain
from derive.latexread.relatex import surface_latex
from derive.latexread.rows import Segment
from derive.latexread.surface import Derivative, Group, Name, Product, Surface, parts

REASONS = frozenset({"because", "since"})  # words in front of an equation

EXPLAINING = frozenset({"where", "with", "since", "because", "as"})  # words in front of inline formulas


def only_explains(chain: Chain) -> bool:
    """Whether a chain says only, in the sentence of another one, what something is there: "where $r = y - x$"."""
    return all(c.inline and set(c.words.lower().split()) & EXPLAINING for c in chain.claims)


def gives_a_reason(segment: Segment) -> bool:
    words = segment.words.lower().replace(",", " ").split()
    return bool(words) and words[-1] in REASONS


def explains(left: Surface | None, right: Surface | None) -> bool:
    """Whether an equation with this left side says what something in another's right side is."""
    if left is None or right is None:
        return False
    wanted = _key(left)
    return any(_key(part) == wanted for part in parts(right))


def _key(surface: Surface) -> object:
    r"""What it is the value of, whatever its index: `\delta_j` is `\delta_i`, `f(z)` is `f`."""
    if isinstance(surface, Name):
        return surface.letter, surface.accents, surface.primes
    if isinstance(surface, Product) and len(surface.factors) == 2:
        name, group = surface.factors
        if isinstance(name, Name) and isinstance(group, Group):
            return _key(name)
    if isinstance(surface, Derivative) and surface.over is not None:
        return _key(surface.over), tuple(_key(x) for x in surface.under)
    return surface_latex(surface)


__all__ = ["explains", "gives_a_reason", "only_explains"]
