r"""Names before brackets: `f(x)`, `\sigma(x)`, `\delta_t(j)`, `L(u, v)`; or a product after all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.latexread import tables
from derive.latexread.called import elsewhere, function_name, given_at, of_a_number
from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.entries import entry
from derive.latexread.functions import applied, items
from derive.latexread.laws import density, divergence, is_divergence, law_of
from derive.latexread.layers import called_layer, of_layer
from derive.latexread.naming import resolved
from derive.latexread.over_paths import along, runs_along
from derive.latexread.patterns import spelled
from derive.latexread.powers import raised
from derive.latexread.spectra import eigenvalue, spectral
from derive.latexread.surface import (
    Call,
    Group,
    Mark,
    Name,
    Numeral,
    Script,
    Scripted,
    Surface,
)
from derive.latexread.tokens import Token
from derive.latexread.unspecified import density_at, share
from derive.tree.nodes import Node
from derive.vocabulary.build import sym

Written = tuple[str, Surface]


@dataclass(frozen=True, slots=True)
class Application(Surface):
    """A name before brackets that turn out to be its arguments."""

    name: Name
    group: Group
    derived: bool = False  # right behind a \\nabla


def is_application(e: Elaborator, factor: Surface, following: Surface, derived: bool = False) -> bool:
    group = following.base if isinstance(following, Scripted) else following
    if not isinstance(factor, Name) or not isinstance(group, Group) or group.left not in ("(", "["):
        return False
    if factor.letter in e.bound:
        return False
    if law_of(e, factor) is not None or is_divergence(e, factor) or spectral(e, factor, group) is not None:
        return True
    if runs_along(e, factor, group):
        return True
    if group.left == "(" and called_layer(e, factor) is not None:
        return True
    meant = function_name(e, factor)
    if (
        meant is not None
        or given_at(e, factor) is not None
        or _greek(e, factor) is not None
        or _asks(e, factor) is not None
    ):
        return True
    if group.left != "(":
        return _indexed(e, factor, group) or _subscripts(e, factor, group) is not None
    if len(group.items) > 1 and any(isinstance(i, Mark) for i in group.items):
        return True
    if _indexed(e, factor, group) or _at_index(e, factor, group):
        return True
    return _lists_dependencies(e, factor, group, derived) and not _times(e, factor, following)


def _times(e: Elaborator, factor: Name, following: Surface) -> bool:
    r"""Whether `\delta_t (h_t)^\top` is a product after all: what is transposed in brackets may be a factor."""
    if not isinstance(following, Scripted) or spelled(following.above) not in ("\\top", "T"):
        return False
    options = ("a product with the brackets", "in brackets what it depends on")
    options = options if factor.below else options[::-1]
    return (
        options[e.choose(factor.span, f"what stands behind {factor.letter}", options)]
        == "a product with the brackets"
    )


def _greek(e: Elaborator, factor: Name) -> str | None:
    """`\\sigma(x)` where no sigma is declared."""
    if factor.letter not in tables.GREEK_FUNCTIONS or factor.below or factor.accents:
        return None
    function = tables.GREEK_FUNCTIONS[factor.letter]
    if e.names.matches(factor):
        options = (f"{factor.letter} times the brackets", f"{function} of the brackets")
        return function if e.choose(factor.span, "function", options) == 1 else None
    return function


def _asks(e: Elaborator, factor: Name) -> str | None:
    """E, P and the like, where they are no names."""
    if (
        factor.letter not in ("E", "V", "P", "p", "Pr")
        or e.names.matches(factor)
        or e.known.is_size(factor.letter)
    ):
        return None
    return factor.letter


def _indexed(e: Elaborator, factor: Name, group: Group) -> bool:
    """`\\delta_t(j)`: a family that still needs its index."""
    found = e.names.matches(factor)
    if not found:
        return False
    return sum(not s for s in found[0].indices) == len(group.items) and bool(found[0].indices)


def _counts(e: Elaborator, letter: str) -> bool:
    """Whether a letter is an index, or a declared whole number."""
    if letter in e.bound or letter in e.known.scope.indices:
        return True
    declared = e.context.scope.declarations.get(letter)
    return declared is not None and declared.integers is not None


def _at_index(e: Elaborator, factor: Name, group: Group) -> bool:
    r"""`D(k)` of a vector where k counts: `\sum_k p(k) \log D(k)`, `p(c)`."""
    only = group.items[0] if len(group.items) == 1 else None
    found = e.names.matches(factor)
    if not isinstance(only, Name) or not found or found[0].entries or not _counts(e, only.letter):
        return False
    return only == Name(only.span, only.letter, only.style) and (
        e.names.shape(found[0].pattern.name).kind == "vector" and not found[0].pattern.holes
    )


def _subscripts(e: Elaborator, factor: Name, group: Group) -> tuple[Script, ...] | None:
    """The indices in `W[c, :]`, typed right behind the name of an array."""
    found = e.names.matches(factor)
    apart = factor.span.stop != group.span.start and not any(isinstance(i, Mark) for i in group.items)
    if not found or found[0].pattern.holes or found[0].entries or apart:
        return None
    if len(group.items) > len(e.names.shape(found[0].pattern.name).dims):
        return None
    scripts = []
    for item in group.items:
        if isinstance(item, Mark) and item.text == ":":
            token = Token("semi", ":", *item.span)
        elif isinstance(item, Numeral):
            token = Token("num", item.text, *item.span)
        elif isinstance(item, Name) and not (item.below or item.above or item.primes or item.accents):
            token = Token("name", item.letter, *item.span)
        else:
            return None
        scripts.append((token,))
    return tuple(scripts)


def _lists_dependencies(e: Elaborator, factor: Name, group: Group, derived: bool) -> bool:
    """`L(u, \\gamma, \\beta)`: the names in brackets are what a defined quantity depends on."""
    found = e.names.matches(factor)
    scope = e.context.scope
    if not found or factor.above:
        return False
    name = found[0].pattern.name
    declared = scope.declarations.get(name)
    if name in e.names.called:
        return True
    depends = name in scope.definitions or (declared is not None and bool(declared.of))
    if not depends or not group.items:
        return False
    from_names = [plain_symbol(e, i) for i in group.items]
    if any(n is None for n in from_names):
        return _point(e, factor, group, derived) is not None
    if len(from_names) > 1:
        return True
    known = {e.context.optima.get(n, n) for n in from_names if n}
    return bool(e.names.reach(name) & known) or _point(e, factor, group, derived) is not None


def _point(e: Elaborator, factor: Name, group: Group, derived: bool) -> tuple[Node, Node] | None:
    r"""The name in `J(w^\star)`, `L(\hat\mu)`, `J(x + u)` and the value that it has there."""
    only = group.items[0] if len(group.items) == 1 else None
    found = e.names.matches(factor)
    if (
        only is None
        or not found
        or found[0].entries
        or found[0].pattern.name not in e.context.scope.definitions
    ):
        return None
    reach = e.names.reach(found[0].pattern.name)
    if isinstance(only, Name) and (only.accents or only.above or only.below):
        bare = Name(only.span, only.letter, only.style)
        plain = plain_symbol(e, bare)
        if plain is not None and plain in reach and plain_symbol(e, only) not in (None, plain):
            name, value = e.node(bare), e.node(only)
            return (name, value) if e.same_shape(name.shape, value.shape) else None
    if factor.span.stop != group.span.start:
        return None
    try:
        there = e.value(only)
    except Stop:
        return None
    derived = derived and isinstance(only, Name)
    if not isinstance(there, Node) or (there.shape.is_scalar and not derived):
        return None
    if derived and there.op == "sym" and there.symbol.name in reach:
        return None  # what it depends on
    moved = _moved(e, reach, there)
    options = (f"{factor.letter} times the brackets", f"{factor.letter} at another point")
    options = options[::-1] if derived else options
    if moved is None or moved == there:
        return None
    return None if options[e.choose(factor.span, "point", options)].endswith("brackets") else (moved, there)


def _moved(e: Elaborator, reach: frozenset[str], there: Node) -> Node | None:
    """What has a value at another point: what the problem derives in, else the one free name of that shape."""
    asked = [v for v in e.context.variables if v.symbol.name in reach and e.same_shape(v.shape, there.shape)]
    if asked:
        return asked[0] if len(asked) == 1 else None
    scope = e.context.scope
    plain = {n: d for n, d in scope.declarations.items() if n in reach and not (d.of or e.known.params(n))}
    free = [n for n, d in plain.items() if n not in scope.data and e.same_shape(d.shape, there.shape)]
    return e.named(free[0]) if len(free) == 1 else None


def plain_symbol(e: Elaborator, surface: Surface) -> str | None:
    if not isinstance(surface, Name):
        return None
    try:
        value = e.value(surface)
    except Stop:
        return None
    return value.symbol.name if isinstance(value, Node) and value.op == "sym" else None


def application(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Application)
    name, group = surface.name, surface.group
    law = law_of(e, name)
    if law is not None:
        return density(e, law, group, surface.span)
    if is_divergence(e, name):
        return divergence(e, group.items, Call(surface.span, "KL", (), (), group), surface.span)
    if runs_along(e, name, group):
        return along(e, name, group, surface.span)
    called = called_layer(e, name)
    if called is not None:
        return of_layer(e, called, group, surface.span)
    matrix = spectral(e, name, group)
    if matrix is not None:
        return raised(e, eigenvalue(e, name, matrix, surface.span), name.above, name.primes, surface.span)
    declared = function_name(e, name)
    if declared is not None:
        return of_a_number(e, declared, name, group, surface.span)
    argument = given_at(e, name)
    if argument is not None and not name.primes:
        return elsewhere(e, argument, name, group, surface.span)
    greek = _greek(e, name)
    if greek is not None:
        marks = Call(surface.span, greek, (), name.above, group, name.primes)
        return applied(e, greek, items(group), marks, surface.span)
    asked = _asks(e, name)
    if asked == "E" or asked == "V":
        marks = Call(surface.span, "E" if asked == "E" else "Var", name.below, name.above, group)
        return applied(e, marks.function, items(group), marks, surface.span)
    subscripts = _subscripts(e, name, group) if group.left == "[" else None
    if subscripts is not None:
        return entry(e, e.node(name), subscripts, surface.span)
    if asked is not None or any(isinstance(i, Mark) for i in group.items):
        density_of_one = density_at(e, name, group)
        density_of_one = share(e, name, group) if density_of_one is None else density_of_one
        if density_of_one is not None:
            return raised(e, density_of_one, name.above, name.primes, surface.span)
        raise e.unreadable("probabilities of events are not in the language", surface.span)
    if _at_index(e, name, group):
        index = group.items[0]
        assert isinstance(index, Name)
        at = (Token("name", index.letter, *index.span),)
        array, above, primes = resolved(e, name)
        return raised(e, entry(e, array, (at,), surface.span), above, primes, surface.span)
    if _indexed(e, name, group):
        node, above, primes = resolved(e, name, group.items)
        return raised(e, node, above, primes, surface.span)
    if name.primes in (1, 2) and len(group.items) == 1:  # L'(w)
        node, x = e.node(replace(name, primes=0)), e.node(group.items[0])
        for _ in range(name.primes):
            node = e.make("gradient", node, x, span=surface.span)
        return node
    point = _point(e, name, group, surface.derived)
    if point is not None:
        return e.make("at", e.node(name), point[0], e.settle(point[1]), span=surface.span)
    value = _at_the_optimum(e, e.node(name), group)
    if value is not None:
        return value
    e.note(f"what {name.letter} depends on is not read", group.span)
    return e.node(name)


def _at_the_optimum(e: Elaborator, node: Node, group: Group) -> Node | None:
    """`J(\\hat w)`: the value where its variables have the values of the names in brackets."""
    found: Node | None = None
    for item in group.items:
        written = plain_symbol(e, item)
        if written is not None and written in e.context.optima:
            value = e.node(item)
            variable = sym(e.context.optima[written], value.shape, value.args)
            found = e.make("at", node if found is None else found, variable, value, span=group.span)
    return found
