r"""The summation convention, where an answer says that it follows it: `o_j = V_{ij} a_i` is a sum over i.

An index that stands in several factors of a product is summed over, unless the other side has it once.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Mapping

from derive.latexread import Pair, Text
from derive.tree.nodes import Node, Range, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.build import build

SAID = re.compile(r"summation convention|einstein|(?:repeated|double|twice) ind(?:ex|ices)", re.IGNORECASE)
Ends = Mapping[str, tuple[Size, Size]]


@lru_cache(8)
def follows_it(text: Text | None) -> bool:
    return text is not None and SAID.search(text.text) is not None


def summed(pair: Pair, declared: Ends) -> Pair | None:
    """Both sides with the sums that nobody wrote; None where there are none."""
    ends = {**declared, **pair.indices}
    left = _side(pair.left, ends, frozenset())
    right = _side(pair.right, ends, free_indices(left))
    return None if left == pair.left and right == pair.right else replace(pair, left=left, right=right)


def _side(node: Node, ends: Ends, kept: frozenset[str]) -> Node:
    if node.op in ("add", "neg"):
        return build(node.op, *(_side(a, ends, kept) for a in node.args))
    factors = node.args if node.op == "mul" else ()
    letters = [letter for f in factors for letter in free_indices(f)]
    for letter in dict.fromkeys(letters):
        if letters.count(letter) > 1 and letter in ends and letter not in kept:
            node = build("sum_over", node, data=Range(letter, *ends[letter]))
    return node
