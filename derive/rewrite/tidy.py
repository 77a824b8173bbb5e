"""Bookkeeping: signs, numbers, zeros, ones, transposes of products, like terms. Never an idea of its own.

`tidy` is value-preserving on every instance (a property test evaluates both sides); what it does is merged
into the visible line it serves.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from fractions import Fraction

from derive.rewrite.remember import remembered
from derive.rewrite.terms import Term, is_zero, join, split, transposed, zero
from derive.tree.nodes import SCALAR, Node, Range, Shape
from derive.tree.sizes import Size
from derive.vocabulary.asked import DERIVATIVES, SOUGHT
from derive.vocabulary.build import ONE, ZERO, add, build, count, mul, neg, num, rebuild

PRODUCTS = frozenset({"mul", "div", "matmul", "neg"})
LINEAR = frozenset({"trace", "diag", "diagpart", "sum", "mean", "rowsum", "colsum", "d"})


@remembered
def tidy(node: Node) -> Node:
    """The same value with its bookkeeping done, children first."""
    if not node.args:
        return node
    if node.op in DERIVATIVES | SOUGHT:
        return node
    if node.op == "d":
        return node
    return head(rebuild(node, tuple(tidy(a) for a in node.args)))


def head(node: Node) -> Node:
    """Bookkeeping at the root of a node whose arguments are tidy."""
    if node.op in PRODUCTS:
        if any(is_zero(a) for a in (node.args[:1] if node.op == "div" else node.args)):
            return zero(node.shape)
        return join(split(node), node.shape)
    if node.op == "add":
        return tidy_sum(node)
    if node.op == "T":
        return _tidy_transpose(node)
    rule = HEADS.get(node.op)
    return rule(node) if rule else node


def _tidy_transpose(node: Node) -> Node:
    inner = node.args[0]
    if is_zero(inner):
        return zero(node.shape)
    turned = transposed(inner)
    return node if turned == node else (turned if turned.op == "T" else head(turned))


def terms(node: Node) -> list[Node]:
    """The summands of a node."""
    return list(node.args) if node.op == "add" else [node]


def tidy_sum(node: Node) -> Node:
    """Zeros dropped, like terms together where the first of them stands, numbers folded."""
    order: list[Term] = []
    at: dict[object, int] = {}
    for part in (p for a in node.args for p in (terms(a))):
        if is_zero(part):
            continue
        term = split(part)
        if term.key in at:
            i = at[term.key]
            order[i] = replace(
                order[i], number=order[i].number + term.number, decimal=order[i].decimal or term.decimal
            )
        else:
            at[term.key] = len(order)
            order.append(term)
    kept = _sizes_together([join(t) for t in order if t.number])
    if not kept:
        return zero(node.shape)
    if not node.shape.is_scalar and all(k.shape.is_scalar for k in kept):
        return head(mul(add(*kept), filled(node.shape)))
    return add(*kept)


def _sizes_together(parts: list[Node]) -> list[Node]:
    """`n - d` of two sizes as one."""
    sizes = [(p, -p.args[0].size if p.op == "neg" else p.size) for p in parts if _is_size(p)]
    if len(sizes) < 2:
        return parts
    total = count(sum((s for _, s in sizes[1:]), sizes[0][1]))
    mine = [p for p, _ in sizes]
    return [total if p is mine[0] else p for p in parts if p is mine[0] or p not in mine]


def _is_size(node: Node) -> bool:
    return node.op == "count" or node.op == "neg" and node.args[0].op == "count"


def filled(shape: Shape) -> Node:
    """All ones in this shape."""
    if shape.kind == "row":
        return build("T", build("ones", count(shape.dims[0])))
    return build("ones", *(count(n) for n in shape.dims))


def _linear_of_zero(node: Node) -> Node:
    return zero(node.shape) if is_zero(node.args[0]) else _scalars_out(node)


def _of_zero(node: Node) -> Node:
    """Of a mean, factors stay inside: which of them are random is not bookkeeping."""
    return zero(node.shape) if is_zero(node.args[0]) else node


def _scalars_out(node: Node) -> Node:
    """`trace(c * A)` is `c * trace(A)` for a linear function of one array."""
    term = split(node.args[0])
    if term.body is None or term.coefficient == Term():
        return node
    return join(Term.times(term.coefficient, split(head(rebuild(node, (term.body,))))), node.shape)


def _tidy_power(node: Node) -> Node:
    base, k = node.args
    if k.op != "num":
        return node
    if is_zero(base) and k.number > 0:
        return zero(node.shape)
    if k.number == 1 or base.op == "ones":
        return base
    if k.number == 0 and base.shape.is_scalar:
        return ONE
    return join(split(node)) if base.shape.is_scalar and k.number.denominator == 1 else node


def _tidy_inverse(node: Node) -> Node:
    inner = node.args[0]
    if inner.op == "inv":
        return inner.args[0]
    if inner.op == "eye":
        return inner
    term = split(inner)
    if term.body is None or term.coefficient == Term():
        return node
    return join(replace(term.coefficient.inverse(), body=build("inv", term.body)))


def _tidy_sum_over(node: Node) -> Node:
    """Constants leave the sum; a sum of zeros is zero; a sum of a constant counts its terms."""
    body, bound = node.args[0], node.range
    if is_zero(body):
        return zero(node.shape)
    if (whole := _all_entries(body, bound)) is not None:
        return whole
    term = split(body)
    loose = tuple((b, e) for b, e in term.scalars if not _mentions(b, bound))
    if term.body is None and len(loose) == len(term.scalars):
        return head(mul(join(term), count(bound.high - bound.low + 1)))
    if term.body is not None and len(loose) == len(term.scalars) and not _mentions(term.body, bound):
        return head(mul(count(bound.high - bound.low + 1), join(term)))
    if term.body is not None and not _mentions(term.body, bound):
        factors = Node("sum_over", (join(replace(term, body=None)),), bound, SCALAR)
        return head(mul(_tidy_sum_over(factors), term.body))
    if term.body is not None and term.body.op == "matmul":
        before, inside, after = _constant_ends(term.body, bound)
        if before or after:
            core = inside[0] if len(inside) == 1 else build("matmul", *inside)
            summed = _tidy_sum_over(Node("sum_over", (join(replace(term, body=core)),), bound, core.shape))
            return head(build("matmul", *before, summed, *after))
    if not loose and term.number == 1:
        return node
    inner = replace(
        term, number=Fraction(1), scalars=tuple(p for p in term.scalars if p not in loose), decimal=False
    )
    outer = Term(term.number, loose, None, term.decimal)
    summed = Node("sum_over", (join(inner),), bound, node.shape)
    return join(
        outer.times(Term(body=summed) if not node.shape.is_scalar else Term(scalars=((summed, Fraction(1)),)))
    )


def _all_entries(body: Node, bound: Range) -> Node | None:
    """`sum(p[s], s=1..n)` is `sum(p)`."""
    if body.op != "entry" or len(body.args) != 2 or body.args[0].shape.kind != "vector":
        return None
    array, index = body.args
    if index != count(bound.var) or _mentions(array, bound):
        return None
    full = bound.low == Size.of(1) and bound.high == array.shape.dims[0]
    return build("sum", array) if full else None


def _constant_ends(chain: Node, bound: Range) -> tuple[list[Node], list[Node], list[Node]]:
    """Matrices at the ends of a chain that do not depend on the bound index, and what is between them."""
    inside = list(chain.args)
    before: list[Node] = []
    after: list[Node] = []
    while len(inside) > 1 and inside[0].shape.kind == "matrix" and not _mentions(inside[0], bound):
        before.append(inside.pop(0))
    while len(inside) > 1 and inside[-1].shape.kind == "matrix" and not _mentions(inside[-1], bound):
        after.insert(0, inside.pop())
    return before, inside, after


def _mentions(node: Node, bound: Range) -> bool:
    if isinstance(node.data, Size) and bound.var in node.data.names:
        return True
    if isinstance(node.data, Range) and node.data.var == bound.var:  # an index of its own
        return bound.var in node.data.low.names | node.data.high.names
    return any(_mentions(a, bound) for a in node.args)


def _tidy_norm(node: Node) -> Node:
    """A norm forgets the sign, so that the author's order of a difference survives and `-v` does not."""
    inner = node.args[0]
    if is_zero(inner):
        return ZERO
    term = split(inner)
    if term.number < 0:
        return head(build(node.op, neg(inner) if inner.op != "neg" else inner.args[0]))
    if node.op == "sqnorm" and term.body is not None and term.coefficient != Term():
        outer = Term(term.number**2, tuple((b, 2 * e) for b, e in term.scalars), None, term.decimal)
        return join(outer.times(split(build("sqnorm", term.body))))
    return node


def _tidy_root(node: Node) -> Node:
    return join(split(node)) if node.shape.is_scalar else node


def _tidy_inner(node: Node) -> Node:
    if any(is_zero(a) for a in node.args):
        return ZERO
    a, b = split(node.args[0]), split(node.args[1])
    if a.body is None or b.body is None or (a.coefficient == Term() and b.coefficient == Term()):
        return node if a.body is not None and b.body is not None else head(mul(*node.args))
    return join(a.coefficient.times(b.coefficient).times(split(build("inner", a.body, b.body))))


def _tidy_logdet(node: Node) -> Node:
    return ZERO if node.args[0].op == "eye" else node


def _tidy_known(node: Node) -> Node:
    """Functions of a number with a value everyone knows: exp(0) is 1."""
    inner = node.args[0]
    if inner.op != "num" or inner.number.denominator != 1:
        return node
    return KNOWN.get((node.op, int(inner.number)), node)


def _tidy_where(node: Node) -> Node:
    """A comparison of two numbers is decided."""
    condition, yes, no = node.args
    if any(a.op != "num" for a in condition.args) or condition.op not in DECIDED:
        return node
    return yes if DECIDED[condition.op](*(a.number for a in condition.args)) else no


DECIDED = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
KNOWN = {
    ("exp", 0): ONE,
    ("log", 1): ZERO,
    ("tanh", 0): ZERO,
    ("relu", 0): ZERO,
    ("sigmoid", 0): num(Fraction(1, 2)),
}

HEADS = {
    **{op: _tidy_known for op, _ in KNOWN},
    **{op: _linear_of_zero for op in LINEAR},
    "E": _of_zero,
    "where": _tidy_where,
    "entry": _of_zero,
    "pow": _tidy_power,
    "inv": _tidy_inverse,
    "sum_over": _tidy_sum_over,
    "norm": _tidy_norm,
    "sqnorm": _tidy_norm,
    "sqrt": _tidy_root,
    "inner": _tidy_inner,
    "logdet": _tidy_logdet,
}
