r"""Paths as they are written: `w_{1:t}`, `w_1, \dots, w_t`, `w_{1:t-1}, w_t = j`; names of what runs along one.

What they mean is `over_paths.py`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.latexread.patterns import Match, Pattern, pieces, spelled
from derive.latexread.surface import Group, Mark, Name, Product, Relation, Script, Surface


@dataclass(frozen=True)
class Path:
    """Stretches `(1, t)` of one family, each with whether dots stand before it; members that are set to a value."""

    name: Name  # without its index
    stretches: tuple[tuple[Script, Script, bool], ...]
    values: tuple[tuple[Name, Surface], ...] = ()

    @property
    def low(self) -> Script:
        return self.stretches[0][0]

    @property
    def high(self) -> Script:
        return self.stretches[-1][1]

    @property
    def is_member(self) -> bool:
        """One member, and no range."""
        return len(self.stretches) == 1 and self.low is self.high


def path_of(items: Sequence[Surface]) -> Path | None:
    """The path that items between commas are, of which no end is left out."""
    name: Name | None = None
    stretches: list[tuple[Script, Script, bool]] = []
    values: list[tuple[Name, Surface]] = []
    dots = False
    for item in items:
        if isinstance(item, Mark) and item.text == "dots" and stretches and not dots:
            dots = True
            continue
        if isinstance(item, Relation) and item.relation == "=" and isinstance(item.left, Name):
            if item.right is None:
                return None
            values.append((item.left, item.right))
            item = item.left
        if not isinstance(item, Name) or len(pieces(item.below)) != 1:
            return None
        plain, ends = replace(item, below=()), _ends(item.below)
        name = name or plain
        if ends is None or said(plain) != said(name):
            return None
        stretches.append((*ends, dots))
        dots = False
    return None if name is None or dots else Path(name, tuple(stretches), tuple(values))


def _ends(below: Script) -> tuple[Script, Script] | None:
    """The ends of `1:t`; both are t where no colon stands."""
    cuts = [i for i, t in enumerate(below) if t.text == ":"]
    if not cuts:
        return below, below
    low, high = below[: cuts[0]], below[cuts[0] + 1 :]
    return (low, high) if len(cuts) == 1 and low and high else None


@dataclass(frozen=True)
class Along:
    """A family `p[t]` that its author writes `p(w_{1:t})`: the pattern of its head, the path in the brackets."""

    head: Name
    path: Path
    pattern: Pattern

    def match(self, written: Name, group: Group) -> tuple[Match, Path] | None:
        """What stands for the parameters in `p(w_{1:t-1})`."""
        path = path_of(group.items) if said(written) == said(self.head) else None
        if path is None or said(path.name) != said(self.path.name):
            return None
        given: dict[str, Script] = {}
        params = {p for p, _ in self.pattern.holes}
        for own, script in ((self.path.low, path.low), (self.path.high, path.high)):
            if spelled(own) in params:
                given[spelled(own)] = script
            elif spelled(own) != spelled(script):
                return None
        indices = tuple(given[p] for p, _ in self.pattern.holes)
        return Match(self.pattern, indices, (), (), 0), path


def along(name: str, params: tuple[str, ...], surface: Surface | None) -> Along | None:
    """How a family is written that runs along a path; None where it is written otherwise."""
    if not isinstance(surface, Product) or len(surface.factors) != 2 or not params:
        return None
    head, group = surface.factors
    if not isinstance(head, Name) or not isinstance(group, Group) or group.left != "(":
        return None
    path = path_of(group.items)
    if path is None or path.is_member or path.values:
        return None
    ends = [spelled(path.low), spelled(path.high)]
    if any(ends.count(p) != 1 for p in params):
        return None
    pattern = Pattern(name, head.letter, head.style, (), 0, (), "", tuple((p, True) for p in params))
    return Along(head, path, pattern)


def said(name: Name) -> tuple[object, ...]:
    """The letter and its marks, wherever they stand and in whatever font."""
    return name.letter, name.accents, spelled(name.below), spelled(name.above), name.primes
