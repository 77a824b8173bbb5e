r"""What runs over paths or along them: `\max_{w_{1:t-1}} f`, `|\{w_{1:T}\}|`, `p(w_{1:t})`, f on a given path.

To read one more reduction over paths: a row in OVER_PATHS.
"""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.entries import index
from derive.latexread.naming import member
from derive.latexread.paths import Path, path_of
from derive.latexread.patterns import pieces
from derive.latexread.surface import Big, Group, Name, Script, Surface
from derive.latexread.tokens import Span
from derive.notation.literals import as_size
from derive.tree.nodes import Node, Symbol
from derive.vocabulary.scope import Declaration

OVER_PATHS = {"max": "max_paths", "min": "min_paths", "sum": "sum_paths"}


def over_paths(e: Elaborator, surface: Big) -> Node | None:
    r"""`\max_{w_{1:t-1}} f`, `\max_{w_1, \dots, w_{t-1}} f`; None where no such path stands below."""
    if surface.command not in OVER_PATHS or surface.above or any(t.kind == "rel" for t in surface.below):
        return None
    try:
        path = path_of([e.read(piece, surface.span) for piece in pieces(surface.below)])
    except Stop:
        return None
    family = _family(e, path) if path is not None else None
    if path is None or family is None:
        return None
    low, high = _ends(e, path, surface.span)
    body = e.settle(e.node(surface.body))
    return e.make(OVER_PATHS[surface.command], body, low, high, span=surface.span, data=family)


def how_many(e: Elaborator, group: Group) -> Node | None:
    r"""`|\{w_{1:T}\}|`; None where no set of paths stands between the bars."""
    inner = group.items[0] if len(group.items) == 1 else None
    path = path_of(inner.items) if isinstance(inner, Group) and inner.left == "{" else None
    family = _family(e, path) if path is not None else None
    if path is None or family is None or path.is_member:
        return None
    return e.make("count_paths", *_ends(e, path, group.span), span=group.span, data=family)


def runs_along(e: Elaborator, name: Name, group: Group) -> bool:
    """Whether this is a family that its author writes with a path in brackets."""
    return any(row.match(name, group) for row in e.names.along.get(name.letter, ()))


def along(e: Elaborator, name: Name, group: Group, span: Span) -> Node:
    """`p(w_{1:t})`; `p(w_{1:t-1}, w_t = j)` is that with a value for one member."""
    found = (row.match(name, group) for row in e.names.along.get(name.letter, ()))
    match, path = next(m for m in found if m is not None)
    _ends(e, path, span)
    node = member(e, match, span)
    for one, value in path.values:
        node = e.make("at", node, e.node(one), e.node(value), span=span)
    return node


def on_path(e: Elaborator, body: Node, name: Script, value: Script, span: Span) -> Node | None:
    r"""`f|_{w = (1, 2, 1)}`, all members of w set; None where this is no family of whole numbers."""
    written = e.read(name, span)
    declared = _declared(e, written) if isinstance(written, Name) and not written.below else None
    if declared is None:
        return None
    path = e.settle(e.node(e.read(value, span)))
    if path.shape.kind not in ("vector", "path"):
        raise e.unreadable(f"a path is wanted here, not a {path.shape}", span)
    return e.make("at_path", body, path, span=span, data=Symbol(declared.name))


def _family(e: Elaborator, path: Path) -> Symbol | None:
    declared = _declared(e, path.name)
    return None if declared is None or path.values else Symbol(declared.name, declared.facts)


def _declared(e: Elaborator, name: Surface) -> Declaration | None:
    """The family of whole numbers in a range that a name without its index is."""
    for match in e.names.matches(name) if isinstance(name, Name) else ():
        declared = e.context.scope.declarations.get(match.pattern.name)
        if declared is not None and declared.integers is not None and len(declared.params) == 1:
            return None if match.above else declared
    return None


def _ends(e: Elaborator, path: Path, span: Span) -> tuple[Node, Node]:
    """The first and the last index; without dots one stretch begins where the one before ends."""
    ends = [(index(e, low, span), index(e, high, span), dots) for low, high, dots in path.stretches]
    for (_, before, _), (after, _, dots) in zip(ends, ends[1:], strict=False):
        a, b = as_size(before), as_size(after)
        if not dots and (a is None or b is None or b != a + 1):
            raise e.unreadable("a path without gaps is wanted here", span)
    return ends[0][0], ends[-1][1]
