r"""Members of a family that a formula defines: e_t = m_t - \mu has an e_0 where the problem declares m_0."""

from __future__ import annotations

from derive.latexread.context import Context
from derive.notation.literals import as_size
from derive.tree.nodes import Node, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import reindex

Member = tuple[tuple[Size, ...], Node]


def first_member(param: str, body: Node, context: Context) -> tuple[Member, ...]:
    """The member right before the range of the index, where what the family is made of has one."""
    low = context.scope.indices[param][0]
    node = reindex(body, {param: low - 1})
    told = [_is_boundary(n, context) for n in walk(node) if n.op == "sym" and n.args]
    return (((low - 1,), node),) if None not in told and any(told) else ()


def _is_boundary(member: Node, context: Context) -> bool | None:
    """Whether a member stands at the boundary; None where the family has no such member."""
    known = context.names.known
    params = known.params(member.symbol.name) or ()
    index = tuple(size for a in member.args if (size := as_size(a)) is not None)
    if len(index) == len(params) and known.is_boundary(member.symbol.name, params, index):
        return True
    lows = [context.scope.indices[p][0] if p in context.scope.indices else Size.of(1) for p in params]
    gaps = [(at - low).constant for at, low in zip(index, lows, strict=False)]
    return None if any(gap is not None and gap < 0 for gap in gaps) else False
