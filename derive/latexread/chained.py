r"""Matrix products over an index: \prod_{t=k+1}^{T} \frac{\partial h_t}{\partial h_{t-1}}.

What stands there says nothing of the order. Textbooks mean that of the chain rule, the last factor on the left, so
both orders are readings.
"""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator
from derive.latexread.tokens import Span
from derive.tree.nodes import Node, Range, free_indices
from derive.vocabulary.build import T

ORDERS = ("the factors in ascending order", "the factors in descending order")


def joined(e: Elaborator, op: str, body: Node, range_: Range, span: Span) -> Node:
    """The sum, the product, the maximum of a body over a range."""
    if op != "prod_over" or body.shape.kind != "matrix":
        return e.make(op, body, span=span, data=range_)
    if _falls(e, range_):
        return _descending(e, body, Range(range_.var, range_.high, range_.low), span)
    if range_.var in free_indices(body) and e.choose(span, "the order of a product", ORDERS) == 1:
        return _descending(e, body, range_, span)
    return e.make("chain_over", body, span=span, data=range_)


def _falls(e: Elaborator, range_: Range) -> bool:
    r"""Whether a range is written from its end: \prod_{t=T}^{k+1}."""
    ends = {high for _, high in e.known.scope.indices.values()}
    apart = (range_.high - range_.low).constant
    return apart < -1 if apart is not None else range_.low in ends and range_.high not in ends


def _descending(e: Elaborator, body: Node, range_: Range, span: Span) -> Node:
    return T(e.make("chain_over", T(body), span=span, data=range_))
