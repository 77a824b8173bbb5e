"""What one more factor or term would make of a wrong value: looked up, not searched.

On one instance the value of a line and the value it should have are compared: their ratio may be a small number, a
scalar of the problem (a norm), or a vector of it; their difference may be a term; a matrix may take one to the
other. Each gives the line with that factor or term. To add a way: a function in CLOSINGS.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Callable, Iterator

import numpy as np

from derive.errors import DeriveError
from derive.judging.places import TRANSPOSE
from derive.judging.pool import Pool, weight
from derive.judging.site import MISSING, SIGN
from derive.notation.derivation import Reason
from derive.notation.rounding import digits_of
from derive.tree.nodes import Node, Number
from derive.vocabulary.build import T, add, build, count, div, matmul, mul, neg, num, power

Array = Any
PLAIN = (Fraction(1), None, False)
CLOSE = 1e-7  # relative
MOST_NAMED = 3
SIMPLE = tuple(sign * f for f in map(Fraction, ("1", "2", "1/2", "4", "1/4", "3", "1/3")) for sign in (1, -1))


Closing = tuple[Node, tuple[Reason, ...]]
Value = Callable[[Node], Array | None]
Factor = tuple[Fraction, Node | None, bool]  # a number, a scalar of the problem, whether that divides


@dataclass(frozen=True)
class Known:
    """Values of what the pool offers on one instance. `sizes` are those of the named factors, in order, for
    looking up; `order` says which factor each is."""

    scalars: tuple[tuple[Node, float], ...]
    sizes: Array
    order: Array
    factors: Pool
    value: Value

    @cached_property
    def arrays(self) -> tuple[tuple[Node, Array], ...]:
        """Looked at last: most lines are mended without."""
        found = [(n, self.value(n)) for n in self.factors.factors if not n.shape.is_scalar]
        return tuple((n, v) for n, v in found if v is not None)

    def factor(self, at: int) -> Factor:
        which, divides = divmod(int(self.order[at]), 2)
        number, scalar = divmod(which, len(self.scalars))
        return SIMPLE[number], self.scalars[scalar][0], bool(divides)

    def alike(self, a: Node, b: Node) -> bool:
        """Whether two scalars have the same value here."""
        if a == b or not a.shape.is_scalar:
            return a == b
        first, second = self.value(a), self.value(b)
        return first is not None and second is not None and close(first, second)


def known(pool: Pool, value: Value) -> Known:
    scalars = [(n, v) for n in pool.scalars if (v := value(n)) is not None]
    numbers = tuple((n, float(v.real.flat[0])) for n, v in scalars if abs(float(v.real.flat[0])) > 1e-9)
    own = np.array([s for _, s in numbers])
    ratios = np.array([(float(f) * own, float(f) / own) for f in SIMPLE]).transpose(0, 2, 1).ravel()
    order = np.argsort(ratios, kind="stable")
    return Known(numbers, ratios[order], order, pool, value)


def close(a: Array, b: Array) -> bool:
    if a.shape != b.shape:
        return False
    size = float(np.max(np.abs(b), initial=0.0))
    return bool(np.all(np.isfinite(a))) and float(np.max(np.abs(a - b), initial=0.0)) <= CLOSE * max(
        size, 1e-9
    )


def closings(
    node: Node,
    value: Array,
    target: Array,
    target_node: Node,
    pool: Known,
    rows: tuple[Callable[..., Iterator[Closing]], ...],
) -> Iterator[Closing]:
    """The node with what is missing, where one thing is."""
    for row in rows:
        try:
            yield from row(node, value, target, target_node, pool)
        except DeriveError:
            continue


def ratio(value: Array, target: Array) -> float | None:
    """c where target = c value, else None."""
    if value.shape != target.shape:
        return None
    at = int(np.argmax(np.abs(value)))
    base = float(value.real.flat[at])
    if abs(base) < 1e-9:
        return None
    c = float(target.real.flat[at]) / base
    return c if abs(c) > 1e-9 and close(c * value, target) else None


def named_ratio(c: float, pool: Known) -> Factor | None:
    """c as a simple number, or that times a scalar of the problem, or divided by one."""
    return next(named_ratios(c, pool), None)


def named_ratios(c: float, pool: Known) -> Iterator[Factor]:
    """On one instance a size may be a simple number: both, the plainest first."""
    for f in SIMPLE:
        if abs(c - f) <= CLOSE * abs(c):
            yield f, None, False
    off = CLOSE * abs(c)
    first = int(np.searchsorted(pool.sizes, c - off))
    found = [
        pool.factor(i) for i in range(first, min(first + 8, len(pool.sizes))) if pool.sizes[i] <= c + off
    ]
    yield from sorted(found, key=_plainness)[:MOST_NAMED]


def _plainness(found: Factor) -> tuple[bool, Fraction, int]:
    number, factor, divides = found
    return divides, abs(number - 1), weight(factor) if factor is not None else 0


def scaled(node: Node, found: Factor, pool: Known) -> Closing:
    """The node times a named ratio; a denominator that the factor cancels is dropped."""
    number, factor, divides = found
    reasons: list[Reason] = []
    new = node
    if factor is not None and not divides and node.op == "div" and pool.alike(node.args[1], factor):
        new = node.args[0]
    elif factor is not None and not divides and node.op == "div" and factor in _factors(node.args[1]):
        below = list(_factors(node.args[1]))
        below.remove(factor)
        new = div(node.args[0], mul(*below))
    elif factor is not None:
        new = _divided(new, factor) if divides else _multiplied(factor, new)
    if number < 0:
        reasons.append(
            Reason("wrong sign" if node.op != "neg" else SIGN, (node.args[0],) if node.op == "neg" else ())
        )
    if abs(number) != 1:
        new = times(abs(number), new)
    if number < 0:
        new = new.args[0] if new.op == "neg" else neg(new)
    if factor is not None:
        said = mul(num(abs(number)), factor) if abs(number) != 1 else factor
        if divides and factor.op == "count":
            reasons.append(Reason("missing a factor {0}", (div(num(1), factor),)))
        elif divides:
            reasons.append(Reason("division by {0} is missing", (factor,)))
        else:
            reasons.append(Reason("missing a factor {0}", (said,)))
        if divides and abs(number) != 1:
            reasons.append(Reason("missing a factor {0}", (num(abs(number)),)))
    elif abs(number) != 1:
        reasons.append(
            Reason(
                "missing a factor {0}" if abs(number) > 1 else "a factor {0} too many",
                (num(max(abs(number), 1 / abs(number))),),
            )
        )
    return new, tuple(reasons)


def _multiplied(factor: Node, node: Node) -> Node:
    """A number stays in front; one over something is a division."""
    if factor.op == "div" and factor.args[0] == num(1):
        return _divided(node, factor.args[1])
    if node.op == "mul" and node.args[0].op == "num":
        return mul(node.args[0], factor, *node.args[1:])
    return mul(factor, node)


def _divided(node: Node, factor: Node) -> Node:
    """A power of the factor loses one, a denominator gets it; else a fraction."""
    if node.op == "neg":
        return neg(_divided(node.args[0], factor))
    for i, one in enumerate(node.args if node.op == "mul" else ()):
        rest = None
        if one.op == "pow" and one.args[0] == factor and one.args[1].op == "num":
            left = one.args[1].number - 1
            rest = factor if left == 1 else power(factor, num(left))
        elif one.op == "div":
            rest = div(one.args[0], _below(one.args[1], factor))
        if rest is not None:
            return mul(*node.args[:i], rest, *node.args[i + 1 :])
    return div(node.args[0], _below(node.args[1], factor)) if node.op == "div" else div(node, factor)


def _below(denominator: Node, factor: Node) -> Node:
    if denominator == factor:
        return power(factor, num(2))
    return mul(*_factors(denominator), factor)


def _factors(node: Node) -> tuple[Node, ...]:
    return node.args if node.op == "mul" else (node,)


def times(number: Fraction, node: Node) -> Node:
    """A number in front; one that stands there is multiplied with it."""
    if node.op == "mul" and node.args[0].op == "num":
        whole = number * node.args[0].number
        return mul(*node.args[1:]) if whole == 1 else mul(num(whole), *node.args[1:])
    if node.op == "mul" and (first := _in_literals(number, node.args[0])) is not None:
        return mul(first, *node.args[1:])
    return _in_literals(number, node) or mul(num(number), node)


def _in_literals(number: Fraction, node: Node) -> Node | None:
    """A fraction whose literals take the number in: twice 1 / (2 a) is 1 / a."""
    if node.op != "div":
        return None
    above, below = node.args
    literal = next((a for a in _factors(below) if a.op == "num"), None)
    if literal is not None and (literal.number / number).denominator == 1:
        rest = [a for a in _factors(below) if a is not literal]
        left = literal.number / number
        if left == 1:
            return div(above, mul(*rest)) if rest else above
        return div(above, mul(num(left), *rest) if rest else num(left))
    return div(_literal(number, above), below) if above.op == "num" else None


def _literal(number: Fraction, node: Node) -> Node:
    """As exact as it was written: 0.8 becomes 0.2, 1 becomes 1/4."""
    assert isinstance(node.data, Number)
    value = number * node.number
    if node.data.decimal:
        digits = digits_of(node.data)
        digits = next((d for d in range(digits, digits + 3) if (value * 10**d).denominator == 1), -1)
        if digits >= 0:
            return num(value, True, digits)
    return num(value)


# ---------------------------------------------------------------- ways


def _scalar(node: Node, value: Array, target: Array, wanted: Node, pool: Known) -> Iterator[Closing]:
    c = ratio(value, target)
    for found in named_ratios(c, pool) if c is not None else ():
        if found != PLAIN:
            yield scaled(node, found, pool)


def _hadamard(node: Node, value: Array, target: Array, wanted: Node, pool: Known) -> Iterator[Closing]:
    if wanted.shape.is_scalar or not (node.shape.is_scalar or node.shape == wanted.shape):
        return
    for factor, v in pool.arrays:
        if v.shape == target.shape and factor.shape == wanted.shape:
            c = ratio(value * v, target)
            if c is not None and (found := named_ratio(c, pool)) is not None:
                new, reasons = scaled(mul(node, factor), found, pool)
                yield new, (Reason(MISSING, (factor,)), *reasons)


def _matrix(node: Node, value: Array, target: Array, wanted: Node, pool: Known) -> Iterator[Closing]:
    """A missing matrix (row, vector) in front or behind."""
    if node.shape.is_scalar:
        return
    for factor, m in pool.arrays:
        for product, order in ((matmul, True), (matmul, False)):
            a, b = (m, value) if order else (value, m)
            if a.shape[-1] != b.shape[-2]:
                continue
            c = ratio(a @ b, target)
            found = named_ratio(c, pool) if c is not None else None
            if found is None:
                continue
            try:
                scalars, below, base = _apart(node)
                made = product(factor, base) if order else product(base, factor)
                made = mul(*scalars, made) if scalars else made
            except DeriveError:
                continue
            if made.shape == wanted.shape:
                new, reasons = scaled(div(made, below) if below is not None else made, found, pool)
                yield new, (Reason(MISSING, (factor,)), *reasons)


def _apart(node: Node) -> tuple[tuple[Node, ...], Node | None, Node]:
    """Scalar factors and a scalar denominator stay outside a product: they, it, and the rest."""
    if node.op == "div" and node.args[1].shape.is_scalar:
        scalars, _, base = _apart(node.args[0])
        return scalars, node.args[1], base
    if node.op == "mul":
        scalars = tuple(a for a in node.args if a.shape.is_scalar)
        return scalars, None, mul(*(a for a in node.args if not a.shape.is_scalar))
    return (), None, node


def _difference(node: Node, value: Array, target: Array, wanted: Node, pool: Known) -> Iterator[Closing]:
    """A missing term, or the number 1."""
    if value.shape != target.shape or node.shape != wanted.shape:
        return
    rest = target - value
    if node.shape.is_scalar:
        found = named_ratio(float(rest.real.flat[0]), pool)
        if found is not None and not found[2] and not (found[1] is None and abs(found[0]) not in (1, 2)):
            yield _with_term(node, found[0], found[1])
        return
    terms = [*pool.arrays]
    rows = wanted.shape.rows
    if wanted.shape.kind == "matrix" and rows is not None and rows == wanted.shape.columns:
        terms.append((build("eye", count(rows)), np.eye(value.shape[-1])))
    for term, v in terms:
        c = ratio(v, rest) if term.shape == node.shape else None
        found = named_ratio(c, pool) if c is not None else None
        if found is None or found[2]:
            continue
        if found[1] is not None:
            yield _with_term(node, found[0], mul(found[1], term))
        elif found[0] in SIMPLE[:6]:
            yield _with_term(node, found[0], term)


def _with_term(node: Node, number: Fraction, term: Node | None) -> Closing:
    said = num(abs(number)) if term is None else term if abs(number) == 1 else mul(num(abs(number)), term)
    said = said if number > 0 else neg(said)
    return add(node, said), (Reason("the term {0} is missing", (said,)),)


def _transposed(node: Node, value: Array, target: Array, wanted: Node, pool: Known) -> Iterator[Closing]:
    if node.shape.kind in ("vector", "row", "matrix") and value.swapaxes(-1, -2).shape == target.shape:
        c = ratio(value.swapaxes(-1, -2), target)
        found = named_ratio(c, pool) if c is not None else None
        if found is not None and T(node).shape == wanted.shape:
            new, reasons = scaled(T(node), found, pool)
            yield new, (Reason(TRANSPOSE, (node,)), *reasons)


FACTORS = (_scalar, _transposed)
PRODUCTS = (_scalar, _transposed, _hadamard, _matrix)  # a factor only
CLOSINGS = (_scalar, _transposed, _difference, _hadamard, _matrix)
