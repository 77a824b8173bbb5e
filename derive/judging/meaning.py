r"""What a letter has meant so far that several names of the problem are printed as: a bare \ell behind `\ell = ...`."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.latexread import Pair
from derive.tree.nodes import Node, names_in


@dataclass
class Spoken:
    """Names in the order in which an answer last spoke of them; the readings of its lines are tried in that order."""

    names: list[str] = field(default_factory=list)

    def first(self, readings: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """What was spoken of last comes first."""
        if len(readings) < 2 or not self.names:
            return readings
        return tuple(sorted(readings, key=lambda pair: self._rank(own_names(pair, readings))))

    def _rank(self, own: frozenset[str]) -> int:
        places = [i for i, name in enumerate(reversed(self.names)) if name in own]
        return min(places, default=len(self.names))

    def of(self, left: Node, right: Node, readings: tuple[Pair, ...]) -> None:
        """A line has been read in one of several ways."""
        pair = next((p for p in readings if (p.left, p.right) == (left, right)), None)
        own = own_names(pair, readings) if pair is not None else frozenset()
        self.names = [*(n for n in self.names if n not in own), *sorted(own)]


def own_names(pair: Pair, readings: tuple[Pair, ...]) -> frozenset[str]:
    """The names of one reading that not all have."""
    return _names(pair) - frozenset.intersection(*map(_names, readings))


def _names(pair: Pair) -> frozenset[str]:
    return names_in(pair.left) | names_in(pair.right)
