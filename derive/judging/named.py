"""A name of the answer's own that stands for what a part asks: `g = A = B`, where nothing says what g is but A.

Every line of such a chain is held against what the part asks, and not against the first of them.
"""

from __future__ import annotations

from dataclasses import replace

from derive.judging.bench import Bench
from derive.judging.finals import Final
from derive.latexread import Elaborated, elaborate
from derive.tree.nodes import Node


def naming_the_answer(bench: Bench, final: Final) -> tuple[Bench, Node | None]:
    """The bench on which the name is what the part asks, and the name; None where it is no name of that shape."""
    left = final.claim.written_left
    name = elaborate(left, bench.context) if left is not None else None
    asked = final.tie.asked
    if not isinstance(name, Elaborated) or name.node.op != "sym" or name.node.args:
        return bench, None
    own, scope = name.node.symbol.name, bench.scope
    definition = scope.definitions.get(own)
    if definition is None or definition.params or definition.shape != asked.shape:
        return bench, None
    new = replace(definition, body=asked, members=())
    context = bench.context.within(replace(scope, definitions={**scope.definitions, own: new}))
    others = tuple(n for n in bench.introduced if n != own)
    found = Bench(context, bench.ranges, bench.text, others)
    found.given = bench.given
    return found, name.node


__all__ = ["naming_the_answer"]
