r"""Arrays written out in LaTeX, reductions over axes, substitutions, layers.

A vector is a column, one of many entries a transposed row; a tensor is a list of matrices.
"""

from __future__ import annotations

from derive.notation.latex_names import named
from derive.notation.latex_pen import Pen, Tex, Writer, parentheses
from derive.tree.nodes import Node
from derive.vocabulary.arrays import axes_named
from derive.vocabulary.layers import Layer
from derive.vocabulary.op import ATOM, MUL, POW

TALLEST = 6  # entries of a column
LONG_CELL = 18  # characters of LaTeX


def _matrix(rows: list[list[Tex]]) -> Tex:
    """Tall cells get room, and long fractions the size they have on a line of their own."""
    tall = [cell for row in rows for cell in row if cell.tall]
    large = any(len(cell.text) > LONG_CELL for cell in tall)
    gap = r" \\[14pt] " if large else r" \\[7pt] " if tall else r" \\ "
    style = r"\displaystyle " if large else ""
    body = gap.join(" & ".join(style * cell.tall + cell.text for cell in row) for row in rows)
    return Tex(rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", ATOM, True)


def list_(pen: Pen, node: Node) -> Tex:
    kind = node.shape.kind
    if kind == "vector":
        cells = [pen.write(a) for a in node.args]
        if len(cells) > TALLEST:
            return Tex(_matrix([cells]).text + r"^{\top}", POW, True)
        return _matrix([[cell] for cell in cells])
    rows = [a for a in node.args]
    if kind == "matrix" and all(a.op == "list" for a in rows):
        return _matrix([[pen.write(e) for e in a.args] for a in rows])
    if kind == "matrix":
        return _matrix([[_as_row(pen, a)] for a in rows])
    inner = r",\; ".join(pen.plain(a) for a in rows)
    return Tex(rf"\left( {inner} \right)", ATOM, True)


def _as_row(pen: Pen, node: Node) -> Tex:
    tex = pen.at(node, ATOM, last=False)
    return Tex(rf"{tex.text}^{{\top}}", POW, tex.tall)


def row(pen: Pen, node: Node) -> Tex:
    """The transpose of a vector that is written out."""
    return _matrix([[pen.write(a) for a in node.args]])


def tuple_(pen: Pen, node: Node) -> Tex:
    texts = [pen.write(a) for a in node.args]
    return parentheses(Tex(r",\, ".join(t.text for t in texts), ATOM, any(t.tall for t in texts)))


def reduction(word: str) -> Writer:
    def write(pen: Pen, node: Node) -> Tex:
        axes = ",".join(rf"\mathrm{{{name}}}" if name.isalpha() else name for name in axes_named(node))
        inner = parentheses(pen.write(node.args[0]))
        return Tex(rf"\operatorname{{{word}}}_{{{axes}}} {inner.text}", MUL, inner.tall)

    return write


def put_in(pen: Pen, node: Node) -> Tex:
    body, name, value = node.args
    tex = pen.write(body)
    lying = pen.lying()
    under = rf"{lying.plain(name)} = {lying.plain(value)}"
    inner = tex if tex.binds >= ATOM and not tex.open else parentheses(tex, "[]")
    return Tex(rf"\left. {inner.text} \right|_{{{under}}}", MUL, True)


def layer(pen: Pen, node: Node) -> Tex:
    assert isinstance(node.data, Layer)
    own = pen.notation.filled(node.data.name, ())
    return Tex(own or str(named(node.data.name, "scalar")))


def layer_output(pen: Pen, node: Node) -> Tex:
    inner = pen.write(node.args[0])
    return Tex(layer(pen, node).text + parentheses(inner).text, ATOM, inner.tall)


WRITERS: dict[str, Writer] = {
    "list": list_,
    "tuple": tuple_,
    "sum_over_axes": reduction("sum"),
    "mean_over_axes": reduction("mean"),
    "var_over_axes": reduction("var"),
    "max_over_axes": reduction("max"),
    "at": put_in,
    "layer": layer,
    "layer_output": layer_output,
}
