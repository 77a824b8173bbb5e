"""`figure:` read: `graph(y[t], T=3)`, `tree(tree)`, `plot(sigmoid'(x), relu'(x), x=-4..4)`.

To add a figure: its class, its reader, its row in FIGURES, and its kind in `derive.kinds.figures`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from derive.errors import InputError, NotationError, UnknownName, nearest
from derive.notation.reader import read
from derive.notation.tokens import At
from derive.problem.data_tables import within
from derive.problem.drawings import Drawing, GraphOf, PlotOf, TreeOf
from derive.problem.fields import after, pieces, placed
from derive.problem.source import Text
from derive.tree.nodes import SCALAR, Node
from derive.vocabulary.build import sym
from derive.vocabulary.scope import Declaration, Scope

MOST_MEMBERS = 8  # unrolled steps that fit on a page


def read_figure(text: Text, scope: Scope) -> Drawing:
    match = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*\((.*)\)\s*", text.value, re.DOTALL)
    if match is None or match[1] not in FIGURES:
        name = match[1] if match else text.value.strip()
        hint = nearest(name, FIGURES) or "write graph(y[t], T=3), tree(data) or plot(f, x=-4..4)"
        raise InputError("a figure is wanted here", text.place, hint)
    inside = within(text, match.start(2), match.end(2))
    with placed(text):
        return FIGURES[match[1]](inside, scope)


def _options(inside: Text) -> tuple[list[tuple[str, At]], dict[str, tuple[str, At]]]:
    """What stands without and with `name=`."""
    plain: list[tuple[str, At]] = []
    named: dict[str, tuple[str, At]] = {}
    for piece, at in pieces(inside):
        match = re.match(r"\s*([A-Za-z_]\w*)\s*=(?!=)\s*", piece)
        if match is None:
            plain.append((piece, at))
        else:
            named[match[1]] = (piece[match.end() :].strip(), after(at, match.end()))
    return plain, named


def _graph(inside: Text, scope: Scope) -> GraphOf:
    plain, named = _options(inside)
    if len(plain) != 1:
        raise InputError("graph draws one quantity", inside.place, "write graph(y[t], T=3)")
    quantity = read(plain[0][0], scope, plain[0][1])
    if quantity.op != "sym":
        raise InputError("graph draws a defined name", inside.place, "write graph(y[t], T=3)")
    ends = {n for low, high in scope.indices.values() for n in low.names | high.names}
    sizes = []
    for name, (value, at) in named.items():
        if name not in ends:
            raise UnknownName(f"'{name}' is no length of an index", at(0, len(value)), nearest(name, ends))
        if not value.isdigit() or not 1 <= int(value) <= MOST_MEMBERS:
            message = f"{name} is a whole number from 1 to {MOST_MEMBERS} here, not {value or 'nothing'}"
            raise InputError(message, at(0, max(1, len(value))), "as in T=3; larger graphs are not legible")
        sizes.append((name, int(value)))
    return GraphOf(quantity, tuple(sizes))


def _tree(inside: Text, scope: Scope) -> TreeOf:
    plain, named = _options(inside)
    name = plain[0][0].strip() if len(plain) == 1 else ""
    if name not in scope.data:
        hint = nearest(name, scope.data) or "write tree(data), of a tree under data:"
        raise UnknownName(f"no data '{name}'", inside.place, hint)
    if unknown := set(named) - {"beam"}:
        raise InputError(f"tree has no option '{min(unknown)}'", inside.place, "write tree(data, beam=2)")
    beam = named["beam"][0] if "beam" in named else None
    if beam is not None and (not beam.isdigit() or int(beam) < 1):
        place = named["beam"][1](0, max(1, len(beam)))
        raise InputError(f"beam is a whole number from 1 on, not {beam}", place, "as in beam=2")
    return TreeOf(name, int(beam) if beam else None)


def _plot(inside: Text, scope: Scope) -> PlotOf:
    plain, named = _options(inside)
    if len(named) != 1 or not plain:
        raise InputError("plot takes expressions and one range", inside.place, "write plot(f, x=-4..4)")
    ((name, (range_, at)),) = named.items()
    low, dots, high = range_.partition("..")
    if not dots or not all(re.fullmatch(r"-?\d+(\.\d+)?(/\d+)?", end.strip()) for end in (low, high)):
        raise InputError("a range of numbers is wanted here", at(0, max(1, len(range_))), "as in x=-4..4")
    ends = Fraction(low.strip()), Fraction(high.strip())
    if ends[0] >= ends[1]:
        raise InputError(f"the range {range_} is empty", at(0, len(range_)), "write low..high")
    known = scope.declarations.get(name)
    if known is None:
        declarations = {**scope.declarations, name: Declaration(name, SCALAR)}
        scope = replace(scope, declarations=declarations)
    elif not known.shape.is_scalar or known.params or name in scope.definitions:
        raise InputError(
            f"'{name}' is no scalar of its own", at(0, len(range_)), "a curve runs over a scalar"
        )
    variable = sym(name, SCALAR, (), scope.declarations[name].facts)
    curves = tuple(_curve(piece, at, scope, variable) for piece, at in plain)
    return PlotOf(curves, variable, *ends, scope)


def _curve(piece: str, at: At, scope: Scope, variable: Node) -> Node:
    """An expression; `sigmoid'(x)` is its derivative in the variable."""
    match = re.fullmatch(r"\s*([A-Za-z_]\w*)'\((.*)\)\s*", piece, re.DOTALL)
    if match is not None and match[1] not in scope.declarations:
        piece = f"gradient({match[1]}({match[2]}), {variable.symbol.name})"
        width = len(match[0])
        whole = at(0, width)
        node = read(piece, scope, lambda offset, length: whole)
    else:
        node = read(piece, scope, at)
    if not node.shape.is_scalar:
        raise NotationError(f"a curve is a scalar, not a {node.shape}", at(0, max(1, len(piece))))
    return node


FIGURES: dict[str, Callable[[Text, Scope], Drawing]] = {"graph": _graph, "tree": _tree, "plot": _plot}
