r"""Surface trees: what a formula looks like, before anybody knows what its names mean.

Juxtaposition stays juxtaposition, scripts stay scripts: `W^T` is a name with a superscript, `f(x)` a name beside
brackets. Every tree knows its span, offsets into the text that was read. To add a form: a class here, a branch in
`atoms.py` (reading), a row in `elaborate.py` (meaning) and one in `relatex.py` (writing).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from derive.latexread.tokens import Span, Token

Script = tuple[Token, ...]  # what stands above or below, unread: `t-1`, `(f)`, `\top`


@dataclass(frozen=True, slots=True)
class Surface:
    span: Span


@dataclass(frozen=True, slots=True)
class Numeral(Surface):
    """Digits as they were printed: `2.583`."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Surface):
    r"""A letter, a Greek name (`sigma`) or an upright word (`loss`), with its marks.

    `style` is "", bold, roman, cal, bb or frak; `accents` are outermost first (`hat`, `vec`)."""

    letter: str
    style: str = ""
    accents: tuple[str, ...] = ()
    below: Script = ()
    above: Script = ()
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Scripted(Surface):
    """Anything but a name with scripts: `(A + B)^{-1}`, `\\|x\\|_2^2`."""

    base: Surface
    below: Script = ()
    above: Script = ()
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Group(Surface):
    """Brackets; `items` are what commas separate. `left` and `right` are (, [, {, <, |, || or a dot."""

    left: str
    items: tuple[Surface, ...]
    right: str


@dataclass(frozen=True, slots=True)
class Relation(Surface):
    """A relation inside brackets, a condition or an index: `x > 0`, `t = 1`."""

    left: Surface | None
    relation: str
    right: Surface | None


@dataclass(frozen=True, slots=True)
class Sum(Surface):
    """`terms` with their signs, "+" or "-"; the first sign may be "" (none written)."""

    terms: tuple[tuple[str, Surface], ...]


@dataclass(frozen=True, slots=True)
class Product(Surface):
    """`operators[i]` stands before `factors[i + 1]`: "" (side by side), times, cdot, odot, otimes or /."""

    factors: tuple[Surface, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Surface):
    over: Surface
    under: Surface


@dataclass(frozen=True, slots=True)
class Root(Surface):
    body: Surface
    index: Surface | None = None


@dataclass(frozen=True, slots=True)
class Big(Surface):
    r"""`\sum`, `\prod`, `\max`, `\min`, `\argmin`, ... with its scripts and everything in its scope."""

    command: str
    below: Script
    above: Script
    body: Surface


@dataclass(frozen=True, slots=True)
class Call(Surface):
    r"""A known function before its argument: `\log x`, `\tanh^2(x)`, `\operatorname{diag}(v)`, `\mathbb E[x]`."""

    function: str
    below: Script
    above: Script
    argument: Surface
    primes: int = 0
    bracketed: bool = True  # whether the argument was written in brackets


@dataclass(frozen=True, slots=True)
class Derivative(Surface):
    r"""`\frac{\partial y}{\partial x}`, or with `over` None the operator, whose body is `rest` (as far as it goes)."""

    over: Surface | None
    under: tuple[Surface, ...]
    order: int
    rest: Surface | None = None
    total: bool = False  # written with d


@dataclass(frozen=True, slots=True)
class Nabla(Surface):
    r"""`\nabla_{x} rest` (`order` 2: `\nabla^2_x`); how far it reaches is decided by types."""

    below: Script
    order: int
    rest: Surface


@dataclass(frozen=True, slots=True)
class Differential(Surface):
    r"""`\mathrm{d}x`, `\mathrm{d}(A x)\big|_{w}`."""

    body: Surface
    held: Script = ()


@dataclass(frozen=True, slots=True)
class Matrix(Surface):
    rows: tuple[tuple[Surface, ...], ...]
    brackets: str = "["


@dataclass(frozen=True, slots=True)
class Cases(Surface):
    """Pairs of a value and its condition; None for "otherwise"."""

    rows: tuple[tuple[Surface, Surface | None], ...]


@dataclass(frozen=True, slots=True)
class Words(Surface):
    r"""`\text{...}` inside a formula."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark(Surface):
    """A sign that stands for itself: an ellipsis, infinity, a set, an empty place, a bare operator."""

    text: str


def parts(surface: Surface) -> Iterator[Surface]:
    """A formula and everything inside it."""
    yield surface
    for inner in children(surface):
        yield from parts(inner)


def children(surface: Surface) -> Iterator[Surface]:
    """The formulas right inside a formula."""
    for row in fields(surface):
        yield from _inside(getattr(surface, row.name))


def _inside(value: object) -> Iterator[Surface]:
    if isinstance(value, Surface):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _inside(item)
