"""Names with marks to nodes: members of families, entries, sizes, constants. What stands above is `powers.py`'s."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.errors import nearest
from derive.latexread.conditions import indicator_below
from derive.latexread.constants import average, constant_, exponential, kronecker, moment
from derive.latexread.constants import size as size_
from derive.latexread.elaborator import Elaborator, Stop, is_open
from derive.latexread.entries import entry, index, told_range
from derive.latexread.laws import is_divergence
from derive.latexread.names import shown
from derive.latexread.patterns import Match, spelled
from derive.latexread.powers import is_mark, raised
from derive.latexread.surface import Name, Script, Surface
from derive.latexread.tokens import Span
from derive.latexread.unspecified import only_divergence
from derive.notation.literals import as_size
from derive.tree.nodes import Node, Shape
from derive.vocabulary.build import count, sym
from derive.vocabulary.layers import LAYER


def name(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Name)
    found = indicator_below(e, surface, surface.below)
    if found is not None:
        return raised(e, found, surface.above, surface.primes, surface.span)
    only = only_divergence(e, surface.span) if is_divergence(e, surface) else None
    if only is not None:
        return raised(e, only, surface.above, surface.primes, surface.span)
    node, above, primes = resolved(e, surface)
    if node.shape.kind == "function":
        raise e.unreadable(f"{shown(surface)} is a function: it needs its argument", surface.span)
    return raised(e, node, above, primes, surface.span)


def resolved(e: Elaborator, surface: Name, arguments: tuple[Surface, ...] = ()) -> tuple[Node, Script, int]:
    """The name, and the marks that it does not explain. `arguments` may serve as indices: `\\delta_t(j)`."""
    written = shown(surface)
    primed = surface.letter + "'" * surface.primes
    if surface.primes and primed in e.bound and not surface.accents and not surface.below:
        return count(primed), surface.above, 0
    if surface.letter in e.bound and not surface.accents and not surface.below:
        return count(surface.letter), surface.above, surface.primes
    if surface.letter == "delta" and e.names.patterns.get("delta") and not arguments:
        options = ("the declared delta", "Kronecker's delta")
        delta = kronecker(e, surface)
        if delta is not None and e.choose(surface.span, "delta", options) == 1:
            return delta, (), surface.primes
    power = _power(e, surface)
    if power is not None:
        return power
    first: Stop | None = None
    marked: tuple[Node, Script, int] | None = None  # a name with a mark above that it is not known with
    matches = _first_meant(e, surface)
    if matches is None:
        meant = size_(e, surface)
        assert meant is not None
        return meant
    for match in (_numbered(e, m) for m in matches):
        try:
            node = member(e, match, surface.span, arguments)
        except Stop as stop:
            first = first or stop
            continue
        if not match.above or not is_mark(match.above):
            if match.pattern.letter != surface.letter:
                e.note(f"{surface.letter} is read as {match.pattern.letter}", surface.span, "twin")
            return _itself(e, node, matches, surface.span), match.above, match.primes
        marked = marked or (node, match.above, match.primes)
    found = exponential(e, surface) if first is None and marked is None else None
    found = found or size_(e, surface)
    if found is not None:
        _refuse_family(e, surface, found[0])
        return found
    if first is not None and marked is None:
        raise first
    found = None if marked is not None else constant_(e, surface) or moment(e, surface) or average(e, surface)
    if found is not None:
        return found
    slipped = surface.letter.swapcase() if len(surface.letter) == 1 else _swapped(surface.letter)
    other = Name(
        surface.span, slipped, surface.style, surface.accents, surface.below, surface.above, surface.primes
    )
    for match in (_numbered(e, m) for m in e.names.matches(other)):
        if match.pattern.name in e.context.own:
            continue  # who calls a thing c means another one by C
        try:
            node = member(e, match, surface.span, arguments)
        except Stop:
            continue
        if marked is not None and match.above and is_mark(match.above):
            continue
        e.note(f"{written} is read as {shown(other)}", surface.span, "case")
        return node, match.above, match.primes
    if marked is not None:
        return marked
    size = size_(e, other)
    if size is not None and not surface.below:
        e.note(f"{written} is read as {shown(other)}", surface.span, "case")
        return size
    raise unknown(e, surface)


def _itself(e: Elaborator, node: Node, matches: list[Match], span: Span) -> Node:
    """A name that a part gives to the member that is written so, `Y_{11}` for Y[1, 1], is that member."""
    definition = e.context.scope.definitions.get(node.symbol.name) if node.op == "sym" else None
    body = definition.body if definition is not None and not definition.params else None
    if body is None or body.op != "sym" or not body.args:
        return node
    for match in matches:
        if match.pattern.name == body.symbol.name:
            try:
                return body if member(e, match, span) == body else node
            except Stop:
                return node
    return node


def _power(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    """`e^{z_k}` where an e is declared: a vector has no such power, of a number it may be one."""
    if (
        surface.letter != "e"
        or not surface.above
        or is_mark(surface.above)
        or any(t.kind == "mark" for t in surface.above)
    ):
        return None
    if re.fullmatch(r"T|-?1|\d+|-\s*T", spelled(surface.above)):
        return None
    matches = [m for m in e.names.matches(surface) if m.above and not m.entries and not m.pattern.holes]
    if not matches:
        return None
    try:
        found = exponential(e, surface)
    except Stop:
        return None
    if found is None or not found[0].shape.is_scalar:
        return None
    options = ("the exponential", "a power of the declared e")
    options = options[::-1] if e.names.shape(matches[0].pattern.name).is_scalar else options
    chosen = options[e.choose(surface.span, "which e", options)]
    return found if chosen == "the exponential" else None


def _first_meant(e: Elaborator, surface: Name) -> list[Match] | None:
    """The matches of a name, or None for the size; where the author's notation prints two alike, each is a reading."""
    matches = e.names.matches(surface)
    if not matches or matches[0].pattern.rank or surface.below:
        return matches
    alike = [m for m in matches if printed_as(m) == printed_as(matches[0])]
    options = [m.pattern.name for m in alike]
    sized = (
        not surface.accents
        and not alike[0].indices
        and alike[0].pattern.name != surface.letter
        and e.known.is_size(surface.letter)
    )
    options += [f"the size {surface.letter}"] if sized else []
    if len(options) == 1:
        return matches
    chosen = e.choose(surface.span, f"which {surface.letter}", tuple(options))
    return None if chosen == len(alike) else [alike[chosen]]


def _numbered(e: Elaborator, match: Match) -> Match:
    """`x^{(i)}` of an array whose rows or entries an index counts: the mark above is that index."""
    above, dims = match.above, e.names.shape(match.pattern.name).dims
    if len(above) < 3 or above[0].text != "(" or above[2].text != ")" or match.pattern.holes:
        return match
    if len(match.entries) > 1 or (match.entries and len(dims) != 2):
        return match
    letter = above[1].text
    ends = e.bound.get(letter) or e.known.scope.indices.get(letter)
    if ends is None or not dims or not (is_open(ends[1]) or ends[1].replace(e.found) == dims[0]):
        return match
    return replace(match, entries=(above[1:2], *match.entries), above=above[3:])


def printed_as(match: Match) -> tuple[object, ...]:
    p = match.pattern
    return (p.style, p.accents, p.primes, p.below, p.above, p.rank, len(p.holes), match.slips, match.entries)


def _refuse_family(e: Elaborator, surface: Name, node: Node) -> None:
    """A letter that is a size, and a family without its marks: somebody forgot the marks, unless sizes are meant."""
    family = any(p.holes for p in e.names.patterns.get(surface.letter, ()))
    if node.op == "count" and family and not surface.below and not e.counting:
        raise e.unreadable(
            f"{surface.letter} is a family: it needs its index",
            surface.span,
            f"{surface.letter} is a size, too",
        )


def unknown(e: Elaborator, surface: Name) -> Stop:
    if surface.style == "command" or surface.letter.startswith("\\"):
        return e.unreadable(f"unknown command {surface.letter}", surface.span)
    if surface.style == "function":
        return e.unreadable(f"{surface.letter} needs an argument", surface.span)
    known = {p.letter for ps in e.names.patterns.values() for p in ps}
    same = [p for p in e.names.patterns.get(surface.letter, ())]
    hint = (
        f"{surface.letter} is known with other marks: {', '.join(sorted({p.name for p in same}))}"
        if same
        else None
    )
    hint = hint or (nearest(surface.letter, known) if len(surface.letter) > 3 else None)
    return e.unreadable(f"unknown name {shown(surface)}", surface.span, hint)


def _swapped(letter: str) -> str:
    return letter[:1].swapcase() + letter[1:]


# ---------------------------------------------------------------- members and entries


def member(e: Elaborator, match: Match, span: Span, arguments: tuple[Surface, ...] = ()) -> Node:
    """The node of a match: its indices in the order of the family's parameters, then an entry."""
    known, pattern = e.known, match.pattern
    params = known.params(pattern.name) or ()
    order = [p for p, _ in pattern.holes]
    waiting = list(arguments)
    given: dict[str, Node] = {}
    for param, script in zip(order, match.indices, strict=True):
        if script:
            given[param] = index(e, script, span, known.scope.indices.get(param))
        elif waiting:
            given[param] = e.node(waiting.pop(0))
            if not given[param].shape.is_scalar:
                raise e.unreadable("an index is a number", span)
        else:
            raise e.unreadable(f"{pattern.letter} is a family: it needs its index", span)
    if waiting:
        raise e.unreadable(f"{pattern.letter} takes no argument", span)
    names = [p if p.isidentifier() else f"index{i}" for i, p in enumerate(params)]
    indices = tuple(given[n] for n in names)
    for param, at in zip(params, indices, strict=True):
        if param in known.scope.indices:
            told_range(e, at, known.scope.indices[param][1], span)
    sizes = tuple(as_size(i) for i in indices)
    shape, facts = known.meaning(pattern.name, sizes)
    values = {p: s for p, s in zip(params, sizes, strict=True) if s is not None}
    dims = tuple(d.replace(values) for d in shape.dims)
    layer = known.layer(pattern.name)
    if layer is not None:
        return Node("layer", (), layer, LAYER)
    node = sym(
        pattern.name, shape if dims == shape.dims else Shape(shape.kind, dims, shape.axes), indices, facts
    )
    return entry(e, node, match.entries, span) if match.entries else node
