r"""Which name a letter with marks is: `h_t^{(f)}`, `h^{(f)}_{t}` and `\mathbf h_{f,t}` are all the member h_f[t].

Each name of a scope has the pattern that the writer would print for it (the author's `notation:` included), and its
spelling. A written name is matched against the patterns of its letter; what a pattern does not explain must be
indices, an entry, or an operation above (`\top`, `-1`, `2`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.latexread.parse import parse
from derive.latexread.relatex import surface_latex
from derive.latexread.settle import settled
from derive.latexread.surface import Group, Name, Product, Script, Scripted, Surface
from derive.latexread.tokens import Token, Unread, tokens_of
from derive.notation.latex import latex
from derive.notation.names import Known
from derive.tree.nodes import Shape, names_in
from derive.vocabulary.build import count, sym
from derive.vocabulary.scope import Scope

_SPELLED = {"star": "*", "(": "(", ")": ")", "prime": "'", "top": "\\top"}


def spelled(tokens: Sequence[Token]) -> str:
    """A script as a string without fonts and braces: `(f)`, `L^2`, `t-1`."""
    return "".join(_SPELLED.get(t.text, t.text) for t in tokens if t.kind not in ("{", "}", "quad"))


def bare(text: str) -> str:
    """Without the brackets around it: `(f)` and `[f]` are `f`."""
    return text[1:-1] if text[:1] + text[-1:] in ("()", "[]") else text


def pieces(tokens: Sequence[Token]) -> list[Script]:
    """A script cut at its commas."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.kind in ("{", "open")) - (token.kind in ("}", "close"))
        if token.kind == "comma" and depth == 0:
            found.append([])
        else:
            found[-1].append(token)
    return [tuple(p) for p in found if p]


@dataclass(frozen=True)
class Pattern:
    """How a name is written. `holes` are its parameters in the order in which they stand, True for those below."""

    name: str
    letter: str
    style: str
    accents: tuple[str, ...]
    primes: int
    below: tuple[str, ...]
    above: str
    holes: tuple[tuple[str, bool], ...]
    rank: int = 0  # 0 as printed, 1 as spelled


@dataclass(frozen=True)
class Match:
    """A name and what is left of its marks: scripts for its parameters, for an entry, and above."""

    pattern: Pattern
    indices: tuple[Script, ...]  # in the order of the pattern's holes
    entries: tuple[Script, ...]
    above: Script
    primes: int
    slips: int = 0  # marks that stand elsewhere than printed


class Names:
    """The patterns of a scope by letter, and the shapes of its names."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.known = Known(scope)
        self.patterns: dict[str, list[Pattern]] = {}
        self.phrases: dict[str, str] = {}  # names whose notation is no letter with marks, by how it reads
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
            if head is not None and not params:
                surface, self.called = head, self.called | {name}
            pattern = None if surface is None else _pattern(name, params, surface, rank)
            if pattern is None and surface is not None and rank == 0:
                self.phrases[surface_latex(surface)] = name
            if pattern is not None and all(
                _same(pattern, p) is False for p in self.patterns.get(pattern.letter, [])
            ):
                self.patterns.setdefault(pattern.letter, []).append(pattern)

    def matches(self, written: Name) -> list[Match]:
        """All the ways to read a written name, the likeliest first."""
        found = [m for p in self.patterns.get(written.letter, ()) for m in _matched(p, written)]
        found += [m for p in self.patterns.get(written.letter, ()) for m in _index_above(p, written)]
        found.sort(key=lambda m: self._rank(m, written))
        return found

    def _rank(self, match: Match, written: Name) -> tuple[int, ...]:
        pattern = match.pattern
        fixed = len(pattern.below) + bool(pattern.above)
        return (
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

    def words(self) -> Mapping[str, list[Pattern]]:
        """Names of several letters, which may have been typed letter by letter."""
        return {
            letter: found for letter, found in self.patterns.items() if len(letter) > 1 and letter.isalpha()
        }


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


def _matched(pattern: Pattern, written: Name) -> Iterator[Match]:
    """Zero, one or two matches: a superscript in brackets may be an index."""
    if pattern.accents != written.accents or written.primes < pattern.primes:
        return
    primes = written.primes - pattern.primes
    below, above, slips = list(pieces(written.below)), written.above, 0
    if pattern.above:
        rest = _without_prefix(above, pattern.above)
        if rest is None:
            at = next((i for i, p in enumerate(below) if bare(spelled(p)) == bare(pattern.above)), None)
            if at is None:
                return
            del below[at]
            slips += 1
        else:
            above = rest
    for fixed in pattern.below:
        at = next((i for i, p in enumerate(below) if spelled(p) == fixed), None)
        if at is not None:
            del below[at]
            continue
        at = next((i for i, p in enumerate(below) if _starts_with(p, fixed)), None)
        if at is not None and pattern.holes:
            below[at] = _after(below[at], fixed)
            slips += 1
            continue
        rest = _without_prefix(above, f"({fixed})") or _without_prefix(above, fixed)
        if rest is None:
            return
        above = rest
        slips += 1
    holes = len(pattern.holes)
    if len(below) < holes and len(below) == 1 and _letters(below[0]) and len(below[0]) == holes:
        below = [(t,) for t in below[0]]
    indices = list(below[:holes])
    if len(indices) < holes and above and above[0].kind == "open":
        closed = _closing(above)
        if closed is not None:
            indices.append(above[1:closed])
            above, slips = above[closed + 1 :], slips + 1
    if len(indices) < holes and above and above[0].kind != "op":
        end = next((i for i, t in enumerate(above) if t.kind == "mark"), len(above))
        if end and not any(t.text == "T" for t in above[:end]):
            indices.append(above[:end])  # h^{t}
            above, slips = above[end:], slips + 2
    if len(indices) < holes:
        missing = holes - len(indices)
        yield Match(pattern, tuple(indices) + ((),) * missing, (), above, primes, slips + 10 * missing)
        return
    entries = tuple(below[holes:])
    yield Match(pattern, tuple(indices), entries, above, primes, slips)


def _index_above(pattern: Pattern, written: Name) -> Iterator[Match]:
    """`o_i^{(t)}` of a family o[t]: its index stands above, and below an entry."""
    above, below = written.above, pieces(written.below)
    closed = _closing(above) if above and above[0].kind == "open" and below else None
    if closed is None or len(pattern.holes) != 1 or above[1].text != pattern.holes[0][0]:
        return
    for match in _matched(pattern, replace(written, below=above[1:closed], above=above[closed + 1 :])):
        if not match.entries:
            yield replace(match, entries=tuple(below), slips=match.slips - 1)


def _letters(tokens: Script) -> bool:
    return all(t.kind in ("name", "num") for t in tokens)


def _closing(tokens: Script) -> int | None:
    depth = 0
    for i, token in enumerate(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            return i
    return None


def _without_prefix(tokens: Script, text: str) -> Script | None:
    """What follows a mark in a superscript; None where the superscript does not begin with it."""
    for k in range(1, len(tokens) + 1):
        said = spelled(tokens[:k])
        if said == text or (k > 0 and bare(said) == bare(text)):
            rest = tokens[k:]
            return () if all(t.kind in ("}",) for t in rest) else rest
        if len(said) > len(text) + 2:
            return None
    return None


def _starts_with(tokens: Script, text: str) -> bool:
    return any(spelled(tokens[:k]) == text for k in range(1, len(tokens)))


def _after(tokens: Script, text: str) -> Script:
    return next(tokens[k:] for k in range(1, len(tokens)) if spelled(tokens[:k]) == text)


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
