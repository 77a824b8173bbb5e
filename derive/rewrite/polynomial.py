"""Multiplying out: an expression as a sum of terms, for comparing two sides and for cancelling.

Scalar chains are turned to one of their two readings, entrywise products sorted, `x y'z` read as `(y'z) x`.
Facts are not used: two equal expressions may still look different, two different ones never look equal.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Iterable

from derive.rewrite.terms import Term, join, merge, split, transposed
from derive.rewrite.tidy import filled, tidy
from derive.tree.nodes import Node
from derive.vocabulary.build import add, build, count, matmul, mul

LIMIT = 400  # terms; beyond that an expression is left as it is

Polynomial = dict[tuple[frozenset[tuple[Node, Fraction]], Node | None], Fraction]


class _TooLong(Exception):
    pass


def polynomial(node: Node) -> Polynomial | None:
    """The sum of terms of `node`: scalar powers and array -> number; None where there are too many."""
    sums: Polynomial = {}
    try:
        for term in _expand(node):
            key = (frozenset(term.scalars), term.body)
            sums[key] = sums.get(key, Fraction(0)) + term.number
    except _TooLong:
        return None
    return {k: v for k, v in sums.items() if v}


def expanded(node: Node) -> list[Term] | None:
    """The terms of `node` multiplied out, as they come; None where there are too many."""
    try:
        return _expand(node)
    except _TooLong:
        return None


def same_value(a: Node, b: Node) -> bool:
    """Whether both multiply out to the same terms."""
    one, two = polynomial(a), polynomial(b)
    return one is not None and one == two


def multiplied_out(node: Node) -> Node:
    """The sum of terms as a node, in the order in which they first appear."""
    return flattened(node)[0]


def flattened(node: Node) -> tuple[Node, bool]:
    """The same, and whether terms came together or cancelled."""
    try:
        terms = _expand(node)
    except _TooLong:
        return node, False
    sums: Polynomial = {}
    for term in terms:
        key = (frozenset(term.scalars), term.body)
        sums[key] = sums.get(key, Fraction(0)) + term.number
    sums = {k: v for k, v in sums.items() if v}
    return _sum_of_terms(node, sums), len(sums) < len(terms)


def _sum_of_terms(node: Node, sums: Polynomial) -> Node:
    if not sums:
        return tidy(add(node, build("neg", node)))
    return tidy(
        add(
            *(
                join(Term(number, tuple(sorted(s, key=lambda p: repr(p[0]))), body))
                for (s, body), number in sums.items()
            )
        )
    )


def _expand(node: Node) -> list[Term]:
    op, args = node.op, node.args
    if op == "add":
        whole = None if node.shape.is_scalar else filled(node.shape)
        return [_with_body(t, whole) if t.body is None else t for a in args for t in _expand(a)]
    if op == "neg":
        return [Term(-t.number, t.scalars, t.body) for t in _expand(args[0])]
    if op == "mul":
        return _limited(_entrywise(combo) for combo in product(*(_expand(a) for a in args)))
    if op == "matmul":
        return _limited(_chained(combo) for combo in product(*(_expand(a) for a in args)))
    if op == "div" and args[1].shape.is_scalar:
        below = _expand(args[1])
        if len(below) == 1 and below[0].body is None and below[0].number:
            return [t.times(below[0].inverse()) for t in _expand(args[0])]
        return [t.times(Term(scalars=((args[1], Fraction(-1)),))) for t in _expand(args[0])]
    if op == "T":
        return [_turned(t) for t in _expand(args[0])]
    if op == "sqnorm" and args[0].shape.kind == "vector":
        parts = _expand(args[0])
        return _limited(_chained((_turned(a), b)) for a, b in product(parts, parts))
    if op == "sum_over":
        return [split(tidy(Node(op, (join(t),), node.data, node.shape))) for t in _expand(args[0])]
    if op == "pow" and args[1].op == "num" and args[1].number in (2, 3, 4):
        parts = _expand(args[0])
        return _limited(_entrywise(combo) for combo in product(*[parts] * int(args[1].number)))
    if op == "trace":
        return [_traced(t) for t in _expand(args[0])]
    if op == "rowsum":
        return _limited(
            _chained((t, Term(body=build("ones", count(args[0].shape.dims[1]))))) for t in _expand(args[0])
        )
    if op == "sum" and args[0].shape.kind == "vector":
        return [_summed(t) for t in _expand(args[0])]
    if op in ("sum", "mean") and args[0].shape.kind in ("vector", "matrix"):
        return [_under(op, t, args[0]) for t in _expand(args[0])]
    return [split(node)]


def _limited(terms: Iterable[Term]) -> list[Term]:
    found = []
    for term in terms:
        found.append(term)
        if len(found) > LIMIT:
            raise _TooLong
    return found


def _coefficient(terms: tuple[Term, ...]) -> Term:
    whole = Term()
    for t in terms:
        whole = whole.times(t.coefficient)
    return whole


def _with_body(coefficient: Term, body: Node | None) -> Term:
    return Term(coefficient.number, coefficient.scalars, body, coefficient.decimal)


def _entrywise(terms: tuple[Term, ...]) -> Term:
    factors = [
        f for t in terms if t.body is not None for f in (t.body.args if t.body.op == "mul" else (t.body,))
    ]
    factors = [f for f in factors if f.op != "ones"] or factors[:1]
    if not factors:
        return _coefficient(terms)
    body = factors[0] if len(factors) == 1 else mul(*sorted(factors, key=repr))
    return _with_body(_coefficient(terms), body)


def _chained(terms: tuple[Term, ...]) -> Term:
    """A product of arrays; numbers inside it (a row before a column) become scalar factors."""
    factors = [
        f for t in terms if t.body is not None for f in (t.body.args if t.body.op == "matmul" else (t.body,))
    ]
    factors = [f for f in factors if f.op != "eye"] or factors[:1]
    if not factors:
        return _coefficient(terms)
    scalars: list[tuple[Node, Fraction]] = []
    segments: list[list[Node]] = [[]]
    for f in factors:
        if segments[-1] and f.shape.rows is None and segments[-1][-1].shape.columns is None:
            segments.append([])
        segments[-1].append(f)
    kept: list[Node] = []
    for segment in segments:
        if segment[0].shape.rows is None and segment[-1].shape.columns is None:
            scalars += _number(segment)
        else:
            kept += segment
    whole = _coefficient(terms).times(Term(scalars=merge(tuple(scalars))))
    return _with_body(whole, (kept[0] if len(kept) == 1 else matmul(*kept)) if kept else None)


def _number(segment: list[Node]) -> tuple[tuple[Node, Fraction], ...]:
    chain = matmul(*segment)
    if len(segment) == 2:
        left, right = transposed(segment[0]), segment[1]
        if left == right and left.op != "mul":
            return ((build("norm", right), Fraction(2)),)
        factors = [
            *(left.args if left.op == "mul" else (left,)),
            *(right.args if right.op == "mul" else (right,)),
        ]
        return _sum_of(factors)
    return ((min(chain, transposed(chain), key=repr), Fraction(1)),)


def _sum_of(factors: list[Node]) -> tuple[tuple[Node, Fraction], ...]:
    factors = [f for f in factors if f.op != "ones"] or factors[:1]
    if len(factors) == 2 and factors[0] == factors[1]:
        return ((build("norm", factors[0]), Fraction(2)),)
    body = factors[0] if len(factors) == 1 else mul(*sorted(factors, key=repr))
    return ((build("sum", body), Fraction(1)),)


def _turned(term: Term) -> Term:
    return term if term.body is None else _with_body(term.coefficient, tidy(transposed(term.body)))


def _summed(term: Term) -> Term:
    if term.body is None:
        return term
    if term.body.op == "matmul":
        return _chained((Term(body=build("T", build("ones", *_sizes(term.body)))), term))
    factors = list(term.body.args) if term.body.op == "mul" else [term.body]
    return term.coefficient.times(Term(scalars=_sum_of(factors)))


def _under(op: str, term: Term, array: Node) -> Term:
    """The sum or mean of a term, with its number outside."""
    if term.body is None:
        sizes = tuple((count(n), Fraction(1)) for n in array.shape.dims) if op == "sum" else ()
        return term.times(Term(scalars=sizes))
    return term.coefficient.times(Term(scalars=((build(op, term.body), Fraction(1)),)))


def _traced(term: Term) -> Term:
    """A trace may be turned around: the least of all rotations, of the chain and of its transpose."""
    if term.body is None:
        return term
    chain = list(term.body.args) if term.body.op == "matmul" else [term.body]
    if chain[0].shape.columns is None:  # tr(x y') is y'x
        return (
            _chained((term.coefficient, Term(body=matmul(*chain[1:], chain[0])))) if len(chain) > 1 else term
        )
    turned = transposed(term.body)
    back = list(turned.args) if turned.op == "matmul" else [turned]
    rotations = [r[i:] + r[:i] for r in (chain, back) for i in range(len(r))]
    readings = [matmul(*r) if len(r) > 1 else r[0] for r in rotations if r[0].shape.rows is not None]
    square = [r for r in readings if r.shape.kind == "matrix" and r.shape.dims[0] == r.shape.dims[1]]
    best = min(square or [term.body], key=repr)
    return term.coefficient.times(Term(scalars=((build("trace", best), Fraction(1)),)))


def _sizes(vector: Node) -> tuple[Node, ...]:
    return (count(vector.shape.dims[0]),)
