"""`at(e, x == v)`: a value in place of a name, in everything that is defined through it."""

from __future__ import annotations

from dataclasses import replace

from derive.notation.derivation import Chain, Line, Reason
from derive.rewrite.algebra import simplified_line
from derive.rewrite.derived import Derived
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import substitute
from derive.vocabulary.scope import Scope

MOST_OPENED = 20  # definitions inside each other
MOST_NAMES = 200


def put_in(node: Node, found: Derived, scope: Scope) -> Derived:
    """`found` is the closed form of e; names in it that depend on x are opened, then v stands for x."""
    _, name, value = node.args
    body = found.expression
    for _ in range(MOST_OPENED):
        through = {n: b for n in walk(body) if n != name and (b := _through(n, name, scope)) is not None}
        if not through:
            break
        body = substitute(body, through)
    result = substitute(body, {name: value})
    line = Line(node, result, Reason("{0} = {1}", (name, value)))
    more, result = simplified_line(node, result, scope)
    return replace(found, expression=result, blocks=(*found.blocks, Chain((line, *more))))


def _through(node: Node, name: Node, scope: Scope) -> Node | None:
    """The body of a defined name that depends on `name`, else None."""
    body = scope.open(node) if node.op == "sym" else None
    if body is None:
        return None
    seen, open_ = {node}, [body]
    while open_:
        for part in walk(open_.pop()):
            if part == name:
                return body
            if part.op == "sym" and part not in seen and len(seen) < MOST_NAMES:
                seen.add(part)
                below = scope.open(part)
                open_ += [below] if below is not None else []
    return None
