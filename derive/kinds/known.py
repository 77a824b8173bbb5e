"""What earlier parts have shown is not shown again: one line refers to the part.

Names on the way, lemmas, and the answers of earlier parts with all that led to them.
"""

from __future__ import annotations

from dataclasses import replace

from derive.kinds.result import PartResult
from derive.notation.derivation import Block, Chain, Line, Reason, Remark
from derive.tree.nodes import Node

Earlier = tuple[PartResult, ...]


def known_elsewhere(blocks: tuple[Block, ...], earlier: Earlier, answers: set[Node]) -> tuple[Block, ...]:
    """The blocks of a part whose answers are given, without what earlier parts have shown."""
    for name in dict.fromkeys(b.lines[-1].left for b in blocks if isinstance(b, Chain) and b.lines):
        blocks = _answered(name, blocks, earlier)
    return tuple(_referred(b, earlier, answers) for b in blocks if not _is_known(b, earlier, answers))


def _answered(name: Node, blocks: tuple[Block, ...], earlier: Earlier) -> tuple[Block, ...]:
    """The chain of a name that an earlier part has answered, as one line; what led to it is left out."""
    if name.op != "sym" or name.args:
        return blocks
    for result in earlier:
        for found in result.answers:
            closed = {found.answer.expression, found.answer.closed}
            at = [
                n
                for n, b in enumerate(blocks)
                if isinstance(b, Chain) and b.lines[-1].left == name and b.lines[-1].right in closed
            ]
            if found.answer.name != name.symbol.name or not at:
                continue
            shown = [_said(b) for b in result.blocks]
            before = tuple(b for b in blocks[: at[0]] if _said(b) not in shown)
            chain = blocks[at[0]]
            assert isinstance(chain, Chain)
            line = replace(chain.lines[-1], reason=Reason(f"part {result.part.id}"), steps=())
            return (*before, replace(chain, lines=(line,), title=None), *blocks[at[0] + 1 :])
    return blocks


def _said(block: Block) -> object:
    """What a chain or a remark says, whoever judged it."""
    if isinstance(block, Chain):
        return tuple((line.left, line.relation, line.right) for line in block.lines)
    return block.reason if isinstance(block, Remark) else block


def _is_known(block: Block, earlier: Earlier, answers: set[Node]) -> bool:
    """One line on the way to an answer, which an earlier part has shown on its way."""
    if not isinstance(block, Chain) or len(block.lines) > 1 or block.is_lemma or block.wrt is not None:
        return False
    line = block.lines[0]
    if line.right in answers or line.reason.text not in ("written out", "entry by entry"):
        return False
    shown = (b for result in earlier for b in result.blocks if isinstance(b, Chain))
    return any([(x.left, x.right) for x in chain.lines] == [(line.left, line.right)] for chain in shown)


ON_THE_WAY = ("sym", "shape", "params", "macs")  # what a chain on the way to an answer is about


def _referred(block: Block, earlier: Earlier, answers: set[Node]) -> Block:
    """A lemma, or a chain of a name on the way, whose lines an earlier part has shown already: one line that
    refers to it."""
    if not isinstance(block, Chain) or len(block.lines) < 2:
        return block
    if not block.is_lemma and (block.lines[0].left.op not in ON_THE_WAY or block.lines[-1].right in answers):
        return block
    said = [(line.left, line.right) for line in block.lines]
    for result in earlier:
        for chain in result.blocks:
            if (
                not isinstance(chain, Chain)
                or chain.wrt != block.wrt
                or chain.names != block.names
                or dict(chain.ranges) != dict(block.ranges)
            ):
                continue
            if [(line.left, line.right) for line in chain.lines][: len(said)] == said:
                last = block.lines[-1]
                line = Line(last.left, last.right, Reason(f"part {result.part.id}"), last.relation)
                return replace(block, lines=(line,), title=None, names=())
    return block
