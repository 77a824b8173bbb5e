"""Kind `find: count(w[1..T])`: how many paths there are, by the product rule; the check lists them."""

from __future__ import annotations

from derive.notation.derivation import Answer, Block, Chain, Line, Reason
from derive.problem.model import Named, Part
from derive.tree.sizes import Size
from derive.vocabulary.build import count, over, power, sym


def count_paths(part: Part, named: Named) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    node = named.expression
    family = node.symbol
    declared = part.scope.declarations[family.name]
    assert declared.integers is not None
    low, high = declared.integers
    first, last = (a.size if a.op == "count" else Size.of(int(a.number)) for a in node.args)
    choices = count(high - low + 1)
    index = declared.params[0]
    each = over("prod_over", choices, index, first, last)
    answer = power(choices, count(last - first + 1))
    member = sym(family.name, declared.shape, (count(index),), family.facts)
    lines = (
        Line(
            node,
            each,
            Reason("product rule: {0} is chosen in {1} ways, whatever the others are", (member, choices)),
        ),
        Line(node, answer, Reason("{0} equal factors", (count(last - first + 1),))),
    )
    return (Chain(lines),), (Answer(answer),)
