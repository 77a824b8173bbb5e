r"""Names that no problem declares: sizes, \pi, e^{x}, I, \mathbf 1, e_i, Kronecker's delta, \mu_y of a random y,
\bar x of a sample."""

from __future__ import annotations

from dataclasses import replace

from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.entries import index
from derive.latexread.names import shown
from derive.latexread.patterns import TWINS, bare, pieces, spelled
from derive.latexread.surface import Name, Script
from derive.latexread.tokens import Span
from derive.notation.literals import as_size
from derive.tree.nodes import Node, Range
from derive.tree.sizes import Size
from derive.vocabulary.build import build, constant, count, num, sym


def moment(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    """`\\mu_y`, `\\sigma_y`, `\\sigma_y^2` of a random quantity y that the problem knows: its mean, its deviation."""
    if surface.letter not in ("mu", "sigma") or not surface.below or surface.accents:
        return None
    try:
        of = e.node(e.read(surface.below, surface.span))
    except Stop:
        return None
    if of.op != "sym" or not any(
        e.context.scope.is_random(n) for n in {of.symbol.name} | e.names.reach(of.symbol.name)
    ):
        return None
    above, written = surface.above, shown(surface)
    if surface.letter == "mu":
        e.note(f"{written} is read as the mean of {spelled(surface.below)}", surface.span)
        return build("E", of), above, surface.primes
    if spelled(above) == "2":
        e.note(f"{written} is read as the variance of {spelled(surface.below)}", surface.span)
        return build("Var", of), (), surface.primes
    e.note(f"{written} is read as the standard deviation of {spelled(surface.below)}", surface.span)
    return build("sqrt", build("Var", of)), above, surface.primes


def average(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    r"""`\bar x` of quantities x_1, ..., x_N that the problem declares: their mean."""
    if surface.accents not in (("bar",), ("overline",)) or surface.below:
        return None
    for match in e.names.matches(replace(surface, accents=(), above=())):
        name = match.pattern.name
        params, scope = e.known.params(name) or (), e.context.scope
        if len(params) != 1 or name not in scope.declarations or params[0] not in scope.indices:
            continue
        low, high = scope.indices[params[0]]
        if low != Size.of(1):
            continue
        shape, facts = e.known.meaning(name, (Size.of(params[0]),))
        member = sym(name, shape, (count(params[0]),), facts)
        e.note(f"{shown(surface)} is read as the mean of {name}[{low}..{high}]", surface.span, "mean")
        total = build("sum_over", member, data=Range(params[0], low, high))
        return build("div", total, count(high)), surface.above, surface.primes
    return None


def size(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    """A size or an index: `n`, `T`, `d_k`."""
    if surface.accents:
        return None
    letter = surface.letter
    if surface.below:
        letter = f"{letter}_{bare(spelled(surface.below))}"
    if letter in e.known.scope.indices or letter in e.context.indices or e.known.is_size(letter):
        return count(letter), surface.above, surface.primes
    twin = TWINS.get(letter, "")
    if twin in e.known.scope.indices and not e.names.patterns.get(letter):
        return count(twin), surface.above, surface.primes
    return None


def exponential(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    """`e^{x}`, also where a size is called e."""
    if surface.letter != "e" or surface.below or surface.accents or not surface.above:
        return None
    if surface.style not in ("", "roman"):
        return None
    return build("exp", e.node(e.read(surface.above, surface.span))), (), surface.primes


def constant_(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    letter, below = surface.letter, surface.below
    if surface.accents:
        return None
    if letter == "pi" and not below:
        return constant("pi"), surface.above, surface.primes
    if letter == "e" and not below and not surface.above and surface.style in ("", "roman"):
        return build("exp", num(1)), (), surface.primes
    delta = kronecker(e, surface)
    if delta is not None:
        return delta, (), surface.primes
    if letter in ("e",) and below:
        own = e.placeholder()
        at = index(e, below, surface.span, (Size.of(1), own))
        return build("onehot", at, count(own)), surface.above, surface.primes
    if letter == "I" or (letter == "1" and surface.style == "frak"):
        return build("eye", count(_told(e, below, surface.span))), surface.above, surface.primes
    if letter in ("0", "1"):
        op = "ones" if letter == "1" else "zeros"
        sizes = _many(e, below, surface.span)
        return build(op, *(count(s) for s in sizes)), surface.above, surface.primes
    return None


def kronecker(e: Elaborator, surface: Name) -> Node | None:
    """`\\delta_{ij}` as Kronecker's delta; None where the marks are no two indices."""
    below = pieces(surface.below)
    if len(below) == 1 and all(t.kind in ("name", "num") for t in below[0]):
        below = [(t,) for t in below[0]]
    if surface.letter != "delta" or surface.above or surface.accents or len(below) != 2:
        return None
    at, ends = [], []
    for script in below:
        own = e.placeholder()
        at.append(index(e, script, surface.span, (Size.of(1), own)))
        letter = script[0].text if len(script) == 1 else ""
        declared = e.known.scope.indices.get(letter)
        local = e.local.get(letter) or (declared[1] if declared else own)
        ends.append(e.bound[letter][1] if letter in e.bound else local)
    e.alike.append((ends[0], ends[1]))
    return build("kronecker", *at)


def _told(e: Elaborator, below: Script, span: Span) -> Size:
    """The size in `I_n`, or an open one."""
    return _many(e, below, span)[0]


def _many(e: Elaborator, below: Script, span: Span) -> tuple[Size, ...]:
    if not below:
        return (e.placeholder(),)
    cut = next((i for i, t in enumerate(below) if t.kind == "op" and t.text == "times"), None)
    if cut is not None:  # m × n
        return (*_many(e, below[:cut], span), *_many(e, below[cut + 1 :], span))
    if e.known.is_size(spelled(below)):
        return (Size.of(spelled(below)),)
    size = as_size(e.count(e.read(below, span)))
    if size is None:
        raise e.unreadable(f"{spelled(below)} is no size", span)
    return (size,)
