r"""Values at a point: `\left. f(u) \right|_{u = x}` is f with x for u, and for what is defined through u; a derivative
in u may leave the u out: `\left. \nabla_u f \right|_{x}`."""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator
from derive.latexread.over_paths import on_path
from derive.latexread.patterns import pieces
from derive.latexread.surface import Group, Script
from derive.latexread.tokens import Span
from derive.tree.nodes import Node, names_in
from derive.vocabulary.build import build

DERIVATIVES = frozenset({"gradient", "jacobian", "hessian"})


def at_point(e: Elaborator, group: Group, below: Script, span: Span) -> Node:
    parts = pieces(below)
    cut = next((i for i, token in enumerate(below) if token.kind == "rel"), None)
    if len(group.items) == len(parts) == 1 and cut is None:
        found = _derivative_at(e, e.node(group.items[0]), e.node(e.read(below, span)))
        if found is not None:
            return found
    if len(group.items) != 1 or len(parts) != 1 or cut is None or below[cut].text != "=":
        raise e.unreadable("a value is read at one point, as in f(x)|_{x = a}", span)
    body = e.node(group.items[0])
    along = on_path(e, body, below[:cut], below[cut + 1 :], span)
    if along is not None:
        return along
    name, value = (e.node(e.read(side, span)) for side in (below[:cut], below[cut + 1 :]))
    if name.op != "sym":
        raise e.unreadable("the value of a name is put in, and this is none", span)
    if not e.same_shape(name.shape, value.shape):
        raise e.ill_typed(f"{name.shape} has no value {value.shape}", span, name, value)
    return e.make("at", body, name, e.settle(value), span=span)


def _derivative_at(e: Elaborator, body: Node, value: Node) -> Node | None:
    """A derivative where its variable has a value; None where that may be a quantity that is held fixed."""
    if body.op not in DERIVATIVES or body.args[1].op != "sym":
        return None
    of, x = body.args[:2]
    inside = names_in(of).union(*(e.names.reach(n) for n in names_in(of)))
    if names_in(value) & inside or not e.same_shape(x.shape, value.shape):
        return None
    return build("at", body, x, e.settle(value))
