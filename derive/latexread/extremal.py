r"""Best points under a constraint: `\max_{\|u\| = 1} u^\top S u`, `\arg\max_{u : u^\top u = 1} u^\top S u`."""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.parse import parse_relation
from derive.latexread.patterns import pieces
from derive.latexread.settle import settled
from derive.latexread.surface import Big, Relation, Script
from derive.latexread.tokens import Unread
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import build

POINT = {"max": "argmax", "min": "argmin", "argmax": "argmax", "argmin": "argmin"}
MOST_CONSTRAINTS = 2


def constrained(e: Elaborator, surface: Big) -> Node | None:
    """The best point, or the value there; None where what stands below is no equation for a name of the body."""
    equations = [found for piece in pieces(surface.below) for found in _split(piece)]
    if surface.command not in POINT or surface.above or not 0 < len(equations) <= MOST_CONSTRAINTS:
        return None
    sides = [_equation(e, equation) for equation in equations]
    if any(side is None for side in sides):
        return None
    body = e.settle(e.node(surface.body))
    conditions = [build("eq", *side) for side in sides if side is not None]
    names = [
        {n for n in walk(c) if n.op == "sym" and not n.args and n.shape.dims} & set(walk(body))
        for c in conditions
    ]
    common = set.intersection(*names)
    if len(common) != 1:
        return None
    (x,) = common
    point = e.make(POINT[surface.command], body, x, *conditions, span=surface.span)
    return point if surface.command.startswith("arg") else e.make("at", body, x, point, span=surface.span)


def _split(piece: Script) -> list[Script]:
    r"""The equations in `u : \|u\| = 1`; the name before the colon says nothing else."""
    colon = next((i for i, t in enumerate(piece) if t.text == ":"), -1)
    rest = piece[colon + 1 :]
    return [rest] if any(t.kind == "rel" for t in rest) else []


def _equation(e: Elaborator, script: Script) -> tuple[Node, Node] | None:
    try:
        found = parse_relation(settled(script))
    except Unread:
        return None
    if not isinstance(found, Relation) or found.relation != "=" or found.left is None or found.right is None:
        return None
    try:
        left, right = e.node(found.left), e.node(found.right)
    except Stop:
        return None
    return (left, right) if left.shape.is_scalar and right.shape.is_scalar else None
