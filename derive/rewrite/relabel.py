"""Left sides said by the author's names: `E(L)` and not its closed form, `l` and not its definition."""

from __future__ import annotations

from dataclasses import replace

from derive.notation.derivation import Block, Chain, Line, Reason
from derive.rewrite.derived import Derived
from derive.tree.nodes import Node
from derive.vocabulary.asked import DERIVATIVES, EXTREMA, MOMENTS
from derive.vocabulary.build import rebuild, substitute

ASKING = DERIVATIVES | MOMENTS | EXTREMA


def relabelled(found: Derived, closed: Node, original: Node) -> Derived:
    """Left sides say `E(L)`, not its closed form."""
    if closed == original:
        return found
    swap = {closed: original}
    blocks: list[Block] = []
    for block in found.blocks:
        if isinstance(block, Chain):
            lines = tuple(replace(line, left=_asks_about(line.left, swap)) for line in block.lines)
            block = replace(block, lines=lines)
        blocks.append(block)
    return replace(found, blocks=tuple(blocks))


def _asks_about(left: Node, swap: dict[Node, Node]) -> Node:
    """The function of a verb swapped, not the variable: the mean m of a, differentiated in m."""
    if left.op in ASKING:
        return rebuild(left, (substitute(left.args[0], swap), *left.args[1:]))
    return substitute(left, swap)


def from_the_name(chain: Chain, name: Node, body: Node) -> Chain:
    """A chain about the definition of a name, as one about the name."""
    if name.op != "sym" or chain.lines[0].left != body:
        return chain
    lines = (replace(line, left=name) if line.left == body else line for line in chain.lines)
    return replace(chain, lines=(Line(name, body, Reason("definition of {0}", (name,))), *lines))
