r"""Which part's optimum a chain is about, where several parts optimise one variable (maximum likelihood, then MAP).

The part that is asked for says it, the part that the text names, the method in the words (`w_{MAP}`, "the ridge
solution"), the objective that stands there, or else what the chain before was about. To know one more method: a row
in METHODS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable, Sequence

from derive.judging.optima import Optima
from derive.judging.optimum import Optimum
from derive.latexread import Chain, Context, Elaborated, elaborate
from derive.problem.model import Part
from derive.tree.nodes import Node, names_in, walk

METHODS = (  # words for one and the same criterion
    frozenset({"ml", "mle", "likelihood"}),
    frozenset({"map", "posterior", "posteriori", "prior"}),
    frozenset({"ridge", "tikhonov"}),
    frozenset({"ls", "ols"}),
    frozenset({"lasso"}),
    frozenset({"decay"}),
)
PENALISED = frozenset({"map", "ridge", "lasso", "decay"})  # the others maximise the fit alone
Focus = frozenset[str]


@dataclass
class Focusing:
    """Of one answer to one problem; `part` is the one that is asked for."""

    parts: Sequence[Part]
    optima: Optima
    part: str | None = None

    def __post_init__(self) -> None:
        self._carried: Focus | None = None
        self._label = ""
        self._seen: Focus | None = None

    @property
    def candidates(self) -> list[Focus]:
        """The parts that a chain may be about, what was last spoken of first."""
        found = dict.fromkeys(frozenset({o.part.id}) for o in self.optima.rivals)
        return sorted(found, key=lambda f: f != self._seen)

    def of(self, chain: Chain, words: str, context: Context) -> Focus | None:
        """`words` are those from the formula before to the end of the chain; None where nothing tells."""
        if self.part is not None:
            return frozenset({self.part})
        if not self.optima.rivals:
            return None
        label = self.named(chain.label)
        if label != self._label:
            self._carried, self._label = None, label
        found = frozenset({label}) if label else None
        found = found or self._one(self.meant(words)) or self._one(self._about(chain, context))
        self._carried = found or self._carried
        return self._carried

    def seen(self, focus: Focus) -> None:
        """What a chain turned out to be about: later ones may be, too."""
        self._seen = focus

    def distance(self, nodes: Iterable[Node], focus: Focus) -> int:
        """In how many names lines differ from the optimum of a part."""
        names = frozenset().union(*map(names_in, nodes))
        apart = [names ^ names_in(o.value) for o in self.optima.rivals if o.part.id in focus]
        return min(map(len, apart), default=len(names))

    def named(self, label: str) -> str:
        """The part that a label of the text is."""
        ids = [p.id for p in self.parts]
        ways = (lambda i: i == label, lambda i: i.endswith(f".{label}"), lambda i: label.endswith(f".{i}"))
        return next((i for way in ways for i in ids if way(i)), "") if label else ""

    def meant(self, words: str) -> list[Optimum]:
        """The optima of the method that words name; none where they name several, or one that no part names."""
        said = methods(words)
        found = [o for o in self.optima.rivals if said & methods(f"{o.part.ask.text} {o.part.id}")]
        return found if len({o.part.id for o in found}) == 1 else []

    def by_name(self, shown: str, x: Node) -> list[Optimum] | None:
        r"""The optima of x that the method in a name speaks of, or that it may speak of: `\hat r_{ML}` is not that of
        the part which asks for the MAP estimate. None where it can be none of them."""
        said = methods(shown)
        by = {o: methods(f"{o.part.ask.text} {o.part.id}") for o in self.optima.all if o.x == x}
        if not said or not any(by.values()):
            return []
        found = [o for o in by if said & by[o]] or [o for o in by if not _exclude(said, by[o])]
        return None if not found else found if len({o.part.id for o in found}) == 1 else []

    def _about(self, chain: Chain, context: Context) -> list[Optimum]:
        """The optima of the objective that stands in a chain."""
        rivals = self.optima.rivals
        shared = frozenset.intersection(*(_marks(o) for o in rivals))
        sides = [s for c in chain.claims for s in (c.left, c.right) if c.refusal is None and s is not None]
        read = [r.node for side in sides if isinstance(r := elaborate(side, context), Elaborated)]
        nodes = {n for node in read for n in walk(node)}
        names = frozenset().union(*map(names_in, read))
        return [o for o in rivals if (_marks(o) - shared) & names or o.objective in nodes]

    def _one(self, found: Iterable[Optimum]) -> Focus | None:
        parts = {o.part.id for o in found}
        return frozenset(parts) if len(parts) == 1 else None


def _marks(optimum: Optimum) -> frozenset[str]:
    """The defined names that an objective is made of."""
    return names_in(optimum.objective) & frozenset(optimum.part.scope.definitions)


def _exclude(some: frozenset[int], others: frozenset[int]) -> bool:
    """Whether what is by some methods is not what is by others: only one of them has a penalty, or a prior."""
    kinds = [{bool(METHODS[i] & PENALISED) for i in rows} for rows in (some, others)]
    return all(kinds) and not kinds[0] & kinds[1]


def methods(words: str) -> frozenset[int]:
    said = set(re.findall(r"[a-z]+", re.sub(r"\\[A-Za-z]+", " ", words).lower()))
    return frozenset(i for i, row in enumerate(METHODS) if row & said)


__all__ = ["Focus", "Focusing", "methods"]
