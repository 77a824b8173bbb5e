"""Identities with inverses and denominators: both sides are multiplied by what is inverted, then compared.

`inv(M) @ B == C` holds where `B == M @ C` does (M is invertible), and `a / s == b` where `a == s * b` does.
"""

from __future__ import annotations

from itertools import product

from derive.notation.derivation import Line, Reason
from derive.rewrite.algebra import simplify
from derive.rewrite.polynomial import multiplied_out, same_value
from derive.rewrite.reasons import joined
from derive.rewrite.terms import split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, node_count, walk
from derive.vocabulary.build import add, matmul, mul
from derive.vocabulary.scope import Scope

MOST = 4  # inverses on one side


def cleared(left: Node, right: Node, scope: Scope) -> list[Line]:
    """The lines that prove `left == right` after multiplying by what is inverted; none where that fails."""
    scalars = _denominators(left, right)
    inverses = _inverses(left, right) if left.shape.kind in ("matrix", "vector", "row") else []
    before = (
        [k for k in inverses if k.shape.columns == left.shape.rows] if left.shape.rows is not None else []
    )
    after = (
        [k for k in inverses if k.shape.rows == left.shape.columns] if left.shape.columns is not None else []
    )
    for first, last in product([None, *before], [None, *after]):
        if first is None and last is None and not scalars:
            continue
        mine, theirs = (_multiplied(side, scalars, first, last, scope) for side in (left, right))
        if same_value(mine, theirs):
            return _lines(left, right, scalars, first, last, min(mine, theirs, key=node_count))
    return []


def _denominators(*sides: Node) -> list[Node]:
    """Sums that something is divided by."""
    found: dict[Node, None] = {}
    for side in sides:
        for term in map(split, terms(side)):
            found.update((b, None) for b, e in term.scalars if e < 0 and b.op == "add")
    return list(found)


def _inverses(*sides: Node) -> list[Node]:
    found = dict.fromkeys(n.args[0] for side in sides for n in walk(side) if n.op == "inv")
    return list(found)[:MOST]


def _around(node: Node, scalars: list[Node], first: Node | None, last: Node | None) -> Node:
    links = [k for k in (first, node, last) if k is not None]
    chain = matmul(*links) if len(links) > 1 else node
    return mul(*scalars, chain) if scalars else chain


def _multiplied(side: Node, scalars: list[Node], first: Node | None, last: Node | None, scope: Scope) -> Node:
    """Term by term, so that an inverse meets what it inverts before anything is multiplied out."""
    parts = [simplify(tidy(_around(t, scalars, first, last)), scope)[0] for t in terms(side)]
    whole = add(*parts) if len(parts) > 1 else parts[0]
    for _ in range(3):
        new = simplify(multiplied_out(whole), scope)[0]
        if new == whole:
            break
        whole = new
    return whole


def _lines(
    left: Node, right: Node, scalars: list[Node], first: Node | None, last: Node | None, common: Node
) -> list[Line]:
    one, two = (_around(side, scalars, first, last) for side in (left, right))
    cancelled = Reason("an inverse cancels what it inverts")
    middle = [Line(one, common, cancelled)] if common != one else []
    equal = Line(one, two, Reason("multiply out") if middle else cancelled)
    said = [Reason("divide by {0}", (s,)) for s in scalars]
    said += [Reason("multiply by the inverse of {0} from the left", (first,))] if first is not None else []
    said += [Reason("multiply by the inverse of {0} from the right", (last,))] if last is not None else []
    return [*middle, equal, Line(left, right, joined(said))]
