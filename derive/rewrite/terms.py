"""A product as a term: number x scalar powers x array. Every product, quotient and sign is normalised here.

`split` reads a product-like node into a `Term`, `join` writes it back the way people do: the number first,
one fraction bar, scalars before arrays, a minus sign in front.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Iterable

from derive.rewrite.remember import remembered
from derive.tree.nodes import SCALAR, Node, Shape, contains, node_count
from derive.vocabulary.build import ONE, ZERO, T, add, build, count, div, matmul, mul, neg, num, power

Powers = tuple[tuple[Node, Fraction], ...]


@dataclass(frozen=True)
class Term:
    """`number * prod(base**exponent) * body`; `body` is None where the term is a scalar."""

    number: Fraction = Fraction(1)
    scalars: Powers = ()
    body: Node | None = None
    decimal: bool = False

    def times(self, other: Term) -> Term:
        """The product of scalar parts; at most one of the two has a body."""
        return Term(
            self.number * other.number,
            merge(self.scalars + other.scalars),
            self.body if other.body is None else other.body,
            self.decimal or other.decimal,
        )

    def inverse(self) -> Term:
        return Term(1 / self.number, tuple((b, -e) for b, e in self.scalars), None, self.decimal)

    @property
    def key(self) -> tuple[object, object]:
        """What like terms share: everything but the number; entrywise products commute."""
        body = self.body
        if body is not None and body.op == "mul":
            return frozenset(self.scalars), tuple(sorted(body.args, key=hash))
        return frozenset(self.scalars), body

    @property
    def coefficient(self) -> Term:
        return Term(self.number, self.scalars, None, self.decimal)


def merge(powers: Powers) -> Powers:
    """Equal bases brought together in the order they first appear."""
    sums: dict[Node, Fraction] = {}
    for base, exponent in powers:
        sums[base] = sums.get(base, Fraction(0)) + exponent
    for base in [b for b, e in sums.items() if b.op == "pow" and e == 1 and b.args[1].op != "num"]:
        below = sums.get(base.args[0], Fraction(0))
        if below and below.denominator == 1:  # x**(g - 1) * x is x**g
            del sums[base.args[0]], sums[base]
            raised = _raised_by(base, below)
            sums[raised] = sums.get(raised, Fraction(0)) + 1
    return tuple((b, e) for b, e in sums.items() if e)


def _raised_by(base: Node, more: Fraction) -> Node:
    """`x**(g + more)`, with the numbers of the exponent together."""
    exponent = base.args[1]
    parts = exponent.args if exponent.op == "add" else (exponent,)
    numbers = [a for a in parts if a.op == "num" or a.op == "neg" and a.args[0].op == "num"]
    total = more + sum((a.number if a.op == "num" else -a.args[0].number for a in numbers), Fraction(0))
    rest = [a for a in parts if a not in numbers]
    if total:
        rest.append(num(total) if total > 0 else neg(num(-total)))
    return power(base.args[0], add(*rest) if rest else num(total))


@remembered
def split(node: Node) -> Term:
    """The term a node stands for; a node that is no product is its own base or body."""
    op, args = node.op, node.args
    if op == "num":
        return Term(node.number, decimal=bool(node.data and node.data.decimal))  # type: ignore[attr-defined]
    if op == "neg":
        inner = split(args[0])
        return Term(-inner.number, inner.scalars, inner.body, inner.decimal)
    if op == "mul":
        return _split_product([split(a) for a in args])
    if op == "div":
        over, under = split(args[0]), split(args[1])
        if under.number == 0:
            return Term(scalars=((node, Fraction(1)),)) if node.shape.is_scalar else Term(body=node)
        if under.body is None:
            return over.times(under.inverse())
        top = over.body if over.body is not None else ONE
        whole = over.coefficient.times(under.coefficient.inverse())
        return replace(whole, body=_entrywise([build("div", top, under.body)]))
    if op == "matmul":
        return _split_chain(node, [split(a) for a in args])
    if node.shape.is_scalar:
        return _split_scalar(node)
    if op == "T":
        inner = split(args[0])
        return replace(inner, body=T(inner.body)) if inner.body is not None else Term(body=node)
    return Term(body=node)


def _split_scalar(node: Node) -> Term:
    op, args = node.op, node.args
    if op == "sqnorm":
        return Term(scalars=((build("norm", *args), Fraction(2)),))
    if op == "sqrt":
        inner = split(args[0])
        if inner.number == 1 and len(inner.scalars) == 1 and inner.scalars[0][0].op == "norm":
            base, exponent = inner.scalars[0]
            return Term(scalars=((base, exponent / 2),))
        return Term(scalars=((args[0], Fraction(1, 2)),))
    if op == "pow" and args[1].op == "num" and args[1].number.denominator == 1:
        k, inner = args[1].number, split(args[0])
        if inner.number or k > 0:
            return Term(
                inner.number ** int(k), tuple((b, e * k) for b, e in inner.scalars), None, inner.decimal
            )
    if op == "pow" and args[1].op == "num" and args[0].op != "num":  # c**(3/2), as sqrt(c)
        return Term(scalars=((args[0], args[1].number),))
    return Term(scalars=((node, Fraction(1)),))


def _coefficients(terms: list[Term]) -> Term:
    """The product of the scalar parts."""
    number, decimal = Fraction(1), False
    scalars: Powers = ()
    for t in terms:
        number = number if t.number == 1 else number * t.number
        scalars, decimal = scalars + t.scalars, decimal or t.decimal
    return Term(number, merge(scalars) if scalars else (), None, decimal)


def _split_product(terms: list[Term]) -> Term:
    """Scalars together, arrays in their order as one entrywise product."""
    bodies = [t.body for t in terms if t.body is not None]
    whole = _coefficients(terms)
    if not bodies:
        return whole
    return Term(whole.number, whole.scalars, _entrywise(bodies), whole.decimal)


def _entrywise(bodies: list[Node]) -> Node:
    """The entrywise product of arrays, with `P * (Y / P)` cancelled and factors of ones dropped."""
    powers = [p for body in bodies for p in entry_powers(body)]
    if not any(e < 0 for _, e in powers):
        factors = [f for body in bodies for f in (body.args if body.op == "mul" else (body,))]
        kept = [f for f in factors if not _is_ones(f)] or [bodies[0]]
        return kept[0] if len(kept) == 1 else mul(*kept)
    return of_entry_powers(powers, bodies[0].shape)


def of_entry_powers(powers: Iterable[tuple[Node, int]], shape: Shape) -> Node:
    """The entrywise product of powers, equal bases brought together."""
    sums: dict[Node, int] = {}
    for base, exponent in powers:
        if base.op != "ones":
            sums[base] = sums.get(base, 0) + exponent
    over = [b for b, e in sums.items() for _ in range(e)]
    under = [b for b, e in sums.items() for _ in range(-e)]
    if not over and not under:
        return build("ones", *(count(n) for n in shape.dims))
    top = ONE if not over else over[0] if len(over) == 1 else mul(*over)
    return build("div", top, under[0] if len(under) == 1 else mul(*under)) if under else top


def entry_powers(body: Node) -> list[tuple[Node, int]]:
    if body.op == "mul":
        return [p for a in body.args for p in entry_powers(a)]
    if body.op == "div" and not body.args[1].shape.is_scalar:
        over = [] if body.args[0].shape.is_scalar else entry_powers(body.args[0])
        return over + [(b, -e) for b, e in entry_powers(body.args[1])]
    if body.op == "pow" and body.args[1].op == "num" and body.args[1].number.denominator == 1:
        return [(b, e * int(body.args[1].number)) for b, e in entry_powers(body.args[0])]
    if _is_ones(body):
        return [(build("ones", *(count(n) for n in body.shape.dims)), 1)]
    return [(body, 1)]


def _is_ones(body: Node) -> bool:
    """All ones: also `ones(m) @ ones(n).T`."""
    parts = body.args if body.op == "matmul" else (body,)
    return all(a.op == "ones" or a.op == "T" and a.args[0].op == "ones" for a in parts) and (
        len(parts) == 1 or len(parts) == 2 and parts[0].shape.kind == "vector"
    )


def _split_chain(node: Node, terms: list[Term]) -> Term:
    whole = _coefficients(terms)
    factors = [
        f for t in terms for f in (t.body.args if t.body and t.body.op == "matmul" else (t.body,)) if f
    ]
    factors = [f for f in factors if f.op != "eye"] or factors[:1]
    chain = factors[0] if len(factors) == 1 else matmul(*factors)
    if chain.shape.is_scalar:
        return whole.times(Term(scalars=_inner_square(chain)))
    return Term(whole.number, whole.scalars, chain, whole.decimal)


def _inner_square(chain: Node) -> Powers:
    """`v.T @ v` is the squared norm of v; segments of a scalar chain stand for themselves."""
    if len(chain.args) == 2 and chain.args[0] == transposed(chain.args[1]):
        return ((build("norm", chain.args[1]), Fraction(2)),)
    return ((chain, Fraction(1)),)


@remembered
def transposed(node: Node) -> Node:
    """The transpose, with two transposes cancelled and products turned around."""
    if node.op == "T":
        return node.args[0]
    if node.op in ("diag", "eye") or node.op == "sym" and node.symbol.facts & {"symmetric", "spd"}:
        return node
    if node.op == "matmul":
        return matmul(*(transposed(a) for a in reversed(node.args)))
    if node.op == "add":  # (a - b)' stays; (A + A')' and symmetric terms are turned one by one
        turned = add(*(transposed(a) if not a.shape.is_scalar else a for a in node.args))
        if set(turned.args) == set(node.args):
            return node
        return turned if node_count(turned) <= node_count(node) else T(node)
    if node.op == "sum_over" and not node.shape.is_scalar:
        inside = transposed(node.args[0])
        return Node("sum_over", (inside,), node.data, inside.shape)
    if node.op in ("neg", "mul", "div") and sum(not a.shape.is_scalar for a in node.args) == 1:
        return build(node.op, *(a if a.shape.is_scalar else transposed(a) for a in node.args))
    if node.op in ("inv", "matpow") and transposed(node.args[0]) == node.args[0]:
        return node
    if node.op == "zeros" and len(node.args) == 2:
        return build("zeros", node.args[1], node.args[0])
    if node.op == "ones" and len(node.args) == 2:
        return build("ones", node.args[1], node.args[0])
    return node if node.shape.is_scalar else T(node)


def zero(shape: Shape) -> Node:
    if shape.is_scalar:
        return ZERO
    if shape.kind == "row":
        return T(build("zeros", count(shape.dims[0])))
    return build("zeros", *(count(n) for n in shape.dims))


def is_zero(node: Node) -> bool:
    if node.op == "T":
        return is_zero(node.args[0])
    return node.op == "zeros" or node.op == "num" and node.number == 0


def _raised(base: Node, exponent: Fraction) -> Node:
    if exponent == 1:
        return base
    if base.op == "norm" and exponent == 2:
        return build("sqnorm", *base.args)
    if exponent == Fraction(1, 2):
        return build("sqrt", base)
    return power(base, num(exponent))


def join(term: Term, shape: Shape = SCALAR) -> Node:
    """The node of a term, as people write it."""
    if term.number == 0:
        return zero(shape if term.body is None else term.body.shape)
    if term.body is None and not term.scalars:
        return num(term.number, term.decimal)
    if term.number < 0:
        return neg(join(replace(term, number=-term.number), shape))
    over = [_raised(b, e) for b, e in sorted(term.scalars, key=lambda p: _place(p[0])) if e > 0]
    under = [_raised(b, -e) for b, e in term.scalars if e < 0]
    number = term.number
    top, bottom = (
        (number, Fraction(1)) if term.decimal else (Fraction(number.numerator), Fraction(number.denominator))
    )
    body = term.body
    if body is not None and body.op == "mul":
        bodies = list(body.args)
    else:
        bodies = [body] if body is not None else []
    if not under and (over or bodies):  # 1/2 x, not x/2: the number stays in front
        front = [] if number == 1 else [num(number, term.decimal)]
        return _times(front + over + bodies)
    front = [] if top == 1 and (over or bodies) else [num(top, term.decimal)]
    below = _times(([num(bottom)] if bottom != 1 else []) + under) if under else None
    if below is None:
        return num(number, term.decimal)
    if bodies and _is_loose(bodies) and front + over:
        return _times([div(_times(front + over) if front + over else ONE, below), *bodies])
    return div(_times(front + over + bodies), below)


def _place(base: Node) -> int:
    """Counts first, differentials last, everything else as its author ordered it."""
    if base.op == "count":
        return 0
    return 2 if contains(base, lambda n: n.op == "d") else 1


def _is_loose(bodies: list[Node]) -> bool:
    """Whether the array part holds a bracket, so that its coefficient reads better as a factor of its own."""
    factors = [f for b in bodies for f in (b.args if b.op == "matmul" else (b,))]
    return any(f.op in ("add", "sum_over") for f in factors)


def _times(factors: list[Node]) -> Node:
    return factors[0] if len(factors) == 1 else mul(*factors)


def product(gradient: Node, differential: Node) -> Node:
    """`<gradient, differential>` in the form people use for the shape."""
    if gradient.shape.is_scalar:
        return mul(gradient, differential)
    if gradient.shape.kind == "vector":
        return matmul(T(gradient), differential)
    return build("inner", gradient, differential)
