"""Formulas that know how tightly they bind, and the pen that puts parentheses around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from derive.notation.latex_names import Notation
from derive.tree.nodes import Node
from derive.vocabulary.build import TABLE
from derive.vocabulary.op import ATOM

SIGN = 15  # a sign binds looser than a product
ODOT = 18  # an entrywise product looser than a matrix product


class Tex(NamedTuple):
    """A formula. `binds` as in the vocabulary; `tall` asks for growing parentheses; `open` has no visible
    end, so that what follows would be read as part of it (sums, gradients)."""

    text: str
    binds: int = ATOM
    tall: bool = False
    open: bool = False


Writer = Callable[["Pen", Node], Tex]


class Pen:
    """How nodes are written: the rows of the writer, the author's notation, whether fractions lie flat."""

    def __init__(self, rows: Mapping[str, Writer], notation: Notation, flat: bool = False) -> None:
        self.rows = rows
        self.notation = notation
        self.flat = flat

    def lying(self) -> Pen:
        """The pen for scripts and for parts of fractions, where a fraction is `a/b`."""
        return self if self.flat else Pen(self.rows, self.notation, True)

    def write(self, node: Node) -> Tex:
        row = self.rows.get(node.op)
        return row(self, node) if row else self.template(node)

    def plain(self, node: Node) -> str:
        return self.write(node).text

    def at(self, node: Node, tightness: int, last: bool = True) -> Tex:
        """The node where something at least that tight is wanted; `last` says that nothing follows it."""
        tex = self.write(node)
        return tex if tex.binds >= tightness and (last or not tex.open) else parentheses(tex)

    def template(self, node: Node) -> Tex:
        """The row's template with the arguments put in; delimiters grow only around what is tall."""
        op = TABLE[node.op]
        text = op.latex or rf"\operatorname{{{node.op}}}\left(#*\right)"
        texts = [self.write(a) for a in node.args]
        tall = any(t.tall for t in texts)
        if not tall:
            text = text.replace(r"\left", "").replace(r"\right", "")
        text = text.replace("#*", ", ".join(t.text for t in texts))
        for i, (arg, tex) in enumerate(zip(node.args, texts, strict=True), 1):
            atom = self.at(arg, ATOM, last=False).text if f"@{i}" in text else ""
            text = text.replace(f"#{i}", tex.text).replace(f"@{i}", atom)
        return Tex(text, op.precedence, tall)


def parentheses(tex: Tex, kind: str = "()") -> Tex:
    left, right = kind[0], kind[1]
    if tex.tall:
        return Tex(rf"\left{left} {tex.text} \right{right}", ATOM, True)
    return Tex(f"{left}{tex.text}{right}")
