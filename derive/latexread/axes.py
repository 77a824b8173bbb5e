r"""Reductions over some axes of an array: `\operatorname{mean}_{\mathrm{row},\mathrm{column}}(X)`.

The marks below are names of axes, or their numbers where the axes have no names. To read one more reduction: a row
in `derive.vocabulary.arrays.REDUCTIONS`.
"""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator
from derive.latexread.patterns import pieces, spelled
from derive.latexread.surface import Script
from derive.latexread.tokens import Span
from derive.tree.nodes import Node, walk
from derive.vocabulary.arrays import REDUCTIONS
from derive.vocabulary.build import TABLE, T

EACH = {"row": "rows", "rows": "rows", "col": "columns", "column": "columns", "columns": "columns"}

SLICED = frozenset({"softmax", "logsumexp"})  # which of a matrix are taken slice by slice


def sliced(e: Elaborator, function: str, array: Node, said: str, span: Span) -> Node:
    r"""`\operatorname{softmax}(Q K^\top)`: of each row or column, as the mark says, else as the problem has it; of each
    row where it does not say."""
    op = f"{function}_rows"
    direction = EACH.get(said)
    if said and direction is None:
        raise e.unreadable(f"what stands below {function} is not read", span)
    if direction is None:
        direction = "columns" if _has_columns(e, op) else "rows"
        e.note(f"read as the {function} of each of the {direction}", span, "scope")
    if direction == "rows":
        return e.make(op, array, span=span)
    columns = e.make(op, T(array), span=span)
    return T(columns) if columns.shape.kind == "matrix" else columns


def _has_columns(e: Elaborator, op: str) -> bool:
    """Whether the problem knows a function of rows on transposed arrays only."""
    scope = e.context.scope
    bodies = [d.body for d in scope.definitions.values() if d.body is not None]
    found = [n.args[0].op == "T" for body in bodies for n in walk(body) if n.op == op]
    return bool(found) and all(found)


def names_axes(e: Elaborator, below: Script) -> bool:
    """Whether all the marks are axes that some array of the problem has."""
    scope = e.context.scope
    shapes = [d.shape for d in scope.declarations.values()] + [d.shape for d in scope.definitions.values()]
    known = {axis for shape in shapes for axis in shape.axes}
    said = [spelled(p) for p in pieces(below)]
    return bool(said) and all(s in known or s.isdigit() for s in said)


def reduced(e: Elaborator, function: str, array: Node, below: Script, span: Span) -> Node:
    """The reduction of an array over the axes that stand below the function."""
    shape = array.shape
    known = shape.axes or tuple(str(i) for i in range(1, len(shape.dims) + 1))
    said = [spelled(p) for p in pieces(below)]
    each = f"{function}_{EACH[said[0]]}" if len(said) == 1 and said[0] in EACH else ""
    if each in TABLE and said[0] not in known:
        return e.make(each, array, span=span)
    if function not in REDUCTIONS or not shape.dims or len(set(said)) != len(said):
        raise e.unreadable(f"what stands below {function} is not read", span)
    for axis in said:
        if axis not in known:
            raise e.unreadable(f"{axis} is no axis of {shape}", span, f"its axes are {', '.join(known)}")
    return e.make(REDUCTIONS[function], array, span=span, data=tuple(known.index(axis) for axis in said))
