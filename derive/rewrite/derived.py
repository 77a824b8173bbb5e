"""What a derivation of one expression returns: its closed form, the blocks that lead there, introduced names."""

from __future__ import annotations

from dataclasses import dataclass

from derive.notation.derivation import Block
from derive.tree.nodes import Node
from derive.vocabulary.scope import Introduced


@dataclass(frozen=True)
class Derived:
    """`where` are equations of names the engine introduced (adjoints with their recursion and boundary);
    `others` are further solutions of an equation, beside `expression`."""

    expression: Node
    blocks: tuple[Block, ...] = ()
    where: tuple[tuple[Node, Node], ...] = ()
    introduced: tuple[Introduced, ...] = ()
    others: tuple[Node, ...] = ()
