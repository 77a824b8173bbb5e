r"""Which name a letter with marks is: `h_t^{(f)}`, `h^{(f)}_{t}` and `\mathbf h_{f,t}` are all the member h_f[t].

Each name of a scope has the pattern that the writer would print for it (the author's `notation:` included), and its
spelling. A written name is matched against the patterns of its letter; what a pattern does not explain must be
indices, an entry, or an operation above (`\top`, `-1`, `2`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from derive.latexread.parse import parse
from derive.latexread.paths import Along, along
from derive.latexread.patterns import TWINS, Match, Pattern, bare, index_above, matched, pieces, spelled
from derive.latexread.relatex import surface_latex
from derive.latexread.settle import settled
from derive.latexread.surface import Group, Name, Product, Script, Scripted, Surface
from derive.latexread.tokens import Token, Unread, tokens_of
from derive.notation.latex import latex
from derive.notation.latex_names import ACCENTS, GREEK
from derive.notation.names import Known
from derive.tree.nodes import Shape, names_in
from derive.vocabulary.build import count, sym
from derive.vocabulary.scope import Scope


class Names:
    """The patterns of a scope by letter, and the shapes of its names."""

    def __init__(self, scope: Scope, hidden: frozenset[tuple[str, str]] = frozenset()) -> None:
        self.scope, self.hidden = scope, hidden  # letters that are no longer those of a name
        self.known = Known(scope)
        self.patterns: dict[str, list[Pattern]] = {}
        self._matches: dict[Name, list[Match]] = {}  # a line is tried in many readings
        self.phrases: dict[str, str] = {}  # names whose notation is no letter with marks, by how it reads
        self.along: dict[str, list[Along]] = {}  # families that are written with a path: p(w_{1:t})
        self.called: frozenset[str] = (
            frozenset()
        )  # names whose notation ends in an argument: \\mathrm{GELU}(x)
        for name in (*scope.declarations, *scope.definitions):
            self._add(name)

    def shape(self, name: str) -> Shape:
        definition = self.scope.definitions.get(name)
        return definition.shape if definition else self.scope.declarations[name].shape

    def _add(self, name: str) -> None:
        params = self.known.params(name) or ()
        params = tuple(p if p.isidentifier() else f"index{i}" for i, p in enumerate(params))
        node = sym(name, self.shape(name), tuple(count(p) for p in params))
        for rank, notation in enumerate(({**self.scope.notation}, {})):
            surface = _surface(latex(node, notation))
            head = _head(surface)
            if (running := along(name, params, surface)) is not None:
                self.along.setdefault(running.head.letter, []).append(running)
            if head is not None and not params:
                surface, self.called = head, self.called | {name}
            pattern = None if surface is None else _pattern(name, params, surface, rank)
            if pattern is None and surface is not None and rank == 0:
                self.phrases[surface_latex(surface)] = name
            self._put(pattern)
        for pattern in _respelled(name, params):
            self._put(pattern)

    def _put(self, pattern: Pattern | None) -> None:
        if pattern is not None and (pattern.name, pattern.letter) in self.hidden:
            return
        if pattern is not None and not any(_same(pattern, p) for p in self.patterns.get(pattern.letter, ())):
            self.patterns.setdefault(pattern.letter, []).append(pattern)

    def matches(self, written: Name) -> list[Match]:
        """All the ways to read a written name, the likeliest first."""
        found = self._matches.get(written)
        if found is None:
            found = self._explained(written)
            twin = TWINS.get(written.letter)
            if twin is not None and not self.patterns.get(written.letter):
                alike = self._explained(replace(written, letter=twin))
                found = [m for m in alike if (m.pattern.name, written.letter) not in self.hidden]
            found.sort(key=lambda m: self._rank(m, written))
            self._matches[written] = found
        return found

    def _explained(self, written: Name) -> list[Match]:
        patterns = self.patterns.get(written.letter, ())
        return [m for how in (matched, index_above) for p in patterns for m in how(p, written)]

    def _rank(self, match: Match, written: Name) -> tuple[int, ...]:
        pattern = match.pattern
        fixed = len(pattern.below) + bool(pattern.above) + pattern.primes
        a_power = bool(match.slips) and any(mark.isdigit() for mark in pattern.below)  # w^2 is hardly w_2
        return (
            pattern.rank == 2 or a_power,
            match.primes,
            -fixed,
            match.slips,
            len(match.entries),
            pattern.rank,
            pattern.style != written.style,
            -len(pattern.holes),
        )

    def reach(self, name: str) -> frozenset[str]:
        """The names that a defined name is made of, through all definitions."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            definition = self.scope.definitions.get(waiting.pop())
            declared = self.scope.declarations.get(name)
            bodies = [] if definition is None else [definition.body, *(b for _, b in definition.members)]
            bodies += [] if declared is None else list(declared.of)
            for body in bodies:
                new = names_in(body) - found if body is not None else frozenset()
                found |= new
                waiting += new
        return frozenset(found)

    def letters(self) -> frozenset[str]:
        return frozenset(self.patterns)

    @cached_property
    def words(self) -> Mapping[str, list[Pattern]]:
        """Names of several letters, which may have been typed letter by letter."""
        return {
            letter: found for letter, found in self.patterns.items() if len(letter) > 1 and letter.isalpha()
        }


_FIRST = re.compile(rf"({'|'.join(sorted(GREEK, key=len, reverse=True))}|[A-Za-z])([A-Za-z0-9]+)")


def _respelled(name: str, params: tuple[str, ...]) -> Iterator[Pattern]:
    r"""A name of several letters as it is spelled, and with its end as a mark: `Uz`, `U_z`, `U^{(z)}`, `\hat{y}`."""
    found = _FIRST.fullmatch(name)
    if found is None or name in GREEK:
        return
    letter, rest = found.groups()
    holes = tuple((p, True) for p in params)
    yield Pattern(name, name, "roman", (), 0, (), "", holes, 1)
    yield Pattern(name, letter, "", (), 0, (rest,), "", holes, 2)
    if rest in ACCENTS:
        yield Pattern(name, letter, "", (rest,), 0, (), "", holes, 2)


def _same(a: Pattern, b: Pattern) -> bool:
    return (a.name, a.letter, a.accents, a.primes, a.below, a.above, a.holes) == (
        b.name, b.letter, b.accents, b.primes, b.below, b.above, b.holes,
    )  # fmt: skip


def _surface(written: str) -> Surface | None:
    try:
        return parse(settled(tokens_of(written, 0, len(written))))
    except Unread:
        return None


def _head(surface: Surface | None) -> Name | None:
    """The name in `f(x)`."""
    if isinstance(surface, Product) and len(surface.factors) == 2 and isinstance(surface.factors[1], Group):
        return _letter(surface.factors[0])
    return None


def _pattern(name: str, params: tuple[str, ...], surface: Surface, rank: int) -> Pattern | None:
    """The pattern of what the writer prints, or None where it is no letter with marks."""
    found = _letter(surface)
    if found is None:
        return None
    below, holes = [], []
    for piece in pieces(found.below):
        said = spelled(piece)
        if said in params and (said, True) not in holes:
            holes.append((said, True))
        else:
            below.append(said)
    above = spelled(found.above)
    if bare(above) in params and (bare(above), True) not in holes:
        holes.append((bare(above), False))
        above = ""
    if len(holes) != len(params):
        return None
    return Pattern(
        name, found.letter, found.style, found.accents, found.primes, tuple(below), above, tuple(holes), rank
    )


def _letter(surface: Surface) -> Name | None:
    """The letter with all its marks, also those outside of braces around it."""
    if isinstance(surface, Name):
        return surface
    if isinstance(surface, Scripted) and isinstance(surface.base, Group) and surface.base.left == "":
        inner = _letter(surface.base.items[0])
        if inner is not None:
            comma = Token("comma", ",", 0, 0)
            below = (*inner.below, comma, *surface.below) if inner.below else surface.below
            return Name(
                surface.span, inner.letter, inner.style, inner.accents, below, (*inner.above, *surface.above),
                inner.primes + surface.primes,
            )  # fmt: skip
    return None


def shown(surface: Name) -> str:
    """A name in a line: `h_{t}^{(f)}`."""
    letter = surface.letter
    for accent in reversed(surface.accents):
        letter = f"{accent}({letter})"
    below = f"_{_in_line(surface.below)}" if surface.below else ""
    above = f"^{_in_line(surface.above)}" if surface.above else ""
    return letter + below + above + "'" * surface.primes


def _in_line(script: Script) -> str:
    said = spelled(script)
    return said if len(said) == 1 or (said[:1] == "(" and said[-1:] == ")") else f"{{{said}}}"
