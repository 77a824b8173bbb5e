"""Exact scalars: sums of rational multiples of products of roots, logarithms, exponentials and names.

`2*sqrt(2)*log(3)/5 + x[1]` is kept as it is; e^(log 2) becomes 2, sqrt(12) becomes 2 sqrt(3), terms with the same
factors are added, in the order in which they first appear. What would grow too long is a float from then on.
Functions of one scalar are in `functions.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from derive.errors import NotEvaluated
from derive.tree.nodes import Node, Number
from derive.values.wide import wide
from derive.vocabulary.build import add, build, div, mul, neg, num

Factors = tuple[tuple[Node, Fraction], ...]  # atoms with exponents, in order of first appearance
MOST_TERMS = 40  # of an exact sum
MOST_DIGITS = 120  # of an exact coefficient
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Exact:
    """`decimal`: made of numbers that their author wrote as decimals, so it is written as one."""

    terms: tuple[tuple[Factors, Fraction], ...]
    decimal: bool = False

    @property
    def rational(self) -> Fraction | None:
        if not self.terms:
            return Fraction(0)
        return self.terms[0][1] if len(self.terms) == 1 and not self.terms[0][0] else None


Scalar = Exact | float


class Symbolic(NotEvaluated):
    """A name without data stands where a number is needed."""


def of(value: int | Fraction, decimal: bool = False) -> Exact:
    return Exact((((), Fraction(value)),) if value else (), decimal)


def atom(node: Node, exponent: Fraction | int = 1) -> Exact:
    """What cannot be made simpler: a name, log(3), e^(1/2)."""
    return Exact(((((node, Fraction(exponent)),), Fraction(1)),))


def _gathered(terms: list[tuple[Factors, Fraction]], decimal: bool) -> Scalar:
    sums: dict[frozenset[tuple[Node, Fraction]], tuple[Factors, Fraction]] = {}
    for factors, coefficient in terms:
        key = frozenset(factors)
        seen = sums.get(key)
        sums[key] = (seen[0], seen[1] + coefficient) if seen else (factors, coefficient)
    kept = tuple((f, c) for f, c in sums.values() if c)
    result = Exact(kept, decimal)
    too_long = len(kept) > MOST_TERMS or any(
        c.numerator.bit_length() + c.denominator.bit_length() > 4 * MOST_DIGITS for _, c in kept
    )
    return approximate(result) if too_long and not is_symbolic(result) else result


# ---------------------------------------------------------------- arithmetic


def plus(*values: Scalar) -> Scalar:
    if any(isinstance(v, float) for v in values):
        return math.fsum(approximate(v) for v in values)
    terms = [t for v in values if isinstance(v, Exact) for t in v.terms]
    return _gathered(terms, any(v.decimal for v in values if isinstance(v, Exact)))


def minus(a: Scalar) -> Scalar:
    return -a if isinstance(a, float) else Exact(tuple((f, -c) for f, c in a.terms), a.decimal)


def times(a: Scalar, b: Scalar) -> Scalar:
    if isinstance(a, float) or isinstance(b, float):
        return 0.0 if a == of(0) or b == of(0) else approximate(a) * approximate(b)
    terms = [_scaled(_merged(f, g), c * d) for f, c in a.terms for g, d in b.terms]
    return _gathered(terms, a.decimal or b.decimal)


def _merged(f: Factors, g: Factors) -> Factors:
    exponents = dict(f)
    for node, exponent in g:
        exponents[node] = exponents.get(node, Fraction(0)) + exponent
    return tuple((node, e) for node, e in exponents.items() if e)


def _scaled(factors: Factors, coefficient: Fraction) -> tuple[Factors, Fraction]:
    """Whole powers of primes belong to the coefficient: 2^(3/2) is 2 sqrt(2)."""
    kept: list[tuple[Node, Fraction]] = []
    for node, exponent in factors:
        if node.op == "num":
            whole = math.floor(exponent)
            coefficient *= node.number**whole
            exponent -= whole
        if exponent:
            kept.append((node, exponent))
    return tuple(kept), coefficient


def inverse(a: Scalar) -> Scalar:
    if isinstance(a, float):
        if a == 0:
            raise NotEvaluated("division by 0")
        return 1 / a
    if not a.terms:
        raise NotEvaluated("division by 0")
    if len(a.terms) == 1:
        factors, coefficient = a.terms[0]
        inverted = tuple((node, -exponent) for node, exponent in factors)
        return _gathered([_scaled(inverted, 1 / coefficient)], a.decimal)
    if len(a.terms) == 2:
        first, second = (Exact((t,), a.decimal) for t in a.terms)
        below = plus(times(first, first), minus(times(second, second)))
        if isinstance(below, Exact) and below.rational:
            return times(plus(first, minus(second)), of(1 / below.rational))
    lead = a.terms[0][1]
    whole = Exact(tuple((f, c / lead) for f, c in a.terms), a.decimal)
    return Exact(((((node_of(whole), Fraction(-1)),), 1 / lead),), a.decimal)


def over(a: Scalar, b: Scalar) -> Scalar:
    return times(a, inverse(b))


def raised(a: Scalar, k: Scalar) -> Scalar:
    """a**k; integer powers of anything, roots of rationals, other powers of what is positive."""
    exponent = k.rational if isinstance(k, Exact) else None
    if isinstance(a, float) or isinstance(k, float):
        return _float_power(approximate(a), approximate(k))
    if exponent is None:
        return atom(build("pow", node_of(a), node_of(k)))
    if exponent.denominator == 1:
        if exponent < 0:
            return inverse(raised(a, of(-exponent)))
        if len(a.terms) > 1 and exponent > 6:
            return atom(node_of(a), exponent) if is_symbolic(a) else approximate(a) ** int(exponent)
        result: Scalar = of(1, a.decimal)
        for _ in range(int(exponent)):
            result = times(result, a)
        return result
    value = a.rational
    if value is None:
        if len(a.terms) == 1 and a.terms[0][1] == 1 and all(_positive(n) for n, _ in a.terms[0][0]):
            factors = tuple((n, e * exponent) for n, e in a.terms[0][0])
            return _gathered([_scaled(factors, Fraction(1))], a.decimal)
        return atom(build("sqrt", node_of(a))) if exponent == HALF else atom(node_of(a), exponent)
    if value < 0:
        raise NotEvaluated("a root of a negative number")
    if not value:
        return of(0)
    return root(value, exponent, a.decimal)


def root(value: Fraction, exponent: Fraction, decimal: bool = False) -> Scalar:
    """value**exponent of a positive rational, by its primes."""
    primes: dict[int, int] = {}
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime in factored(number):
            primes[prime] = primes.get(prime, 0) + sign
    factors = tuple((num(p), e * exponent) for p, e in primes.items() if e)
    return _gathered([_scaled(factors, Fraction(1))], decimal)


def factored(number: int, most: int = 10_000) -> list[int]:
    """The primes of a number, each as often as it divides; what has none below `most` stays as it is."""
    found: list[int] = []
    p = 2
    while p * p <= number and p < most:
        while number % p == 0:
            found.append(p)
            number //= p
        p += 1
    return found + [number] if number > 1 else found


def _float_power(a: float, k: float) -> float:
    try:
        return math.pow(a, k)
    except (OverflowError, ValueError):
        raise NotEvaluated(f"{a:g} to the power {k:g} has no value") from None


def _positive(node: Node) -> bool:
    if node.op == "num":
        return node.number > 0
    return node.op == "exp" or node.op == "const" or (node.op == "sym" and "positive" in node.symbol.facts)


# ---------------------------------------------------------------- values


def is_symbolic(a: Scalar) -> bool:
    """Whether names without data occur."""
    return isinstance(a, Exact) and any(_has_name(n) for f, _ in a.terms for n, _ in f)


def _has_name(node: Node) -> bool:
    return node.op in ("sym", "count", "entry", "apply") or any(_has_name(a) for a in node.args)


def approximate(a: Scalar) -> float:
    if isinstance(a, float):
        return a
    try:
        return math.fsum(
            float(c) * math.prod(_float_power(_float(n), float(e)) for n, e in f) for f, c in a.terms
        )
    except Symbolic:
        raise
    except (OverflowError, NotEvaluated):
        return wide(a.terms)


def _float(node: Node) -> float:
    from derive.values.functions import FLOATS  # the two define each other

    if node.op == "num":
        return float(node.number)
    if node.op == "const":
        return math.pi if node.data == "pi" else math.e
    if node.op not in FLOATS:
        raise Symbolic(f"{node.op} has no value here")
    try:
        return FLOATS[node.op](*(_float(a) for a in node.args))
    except (OverflowError, ValueError, ZeroDivisionError):
        raise NotEvaluated("a value is not finite") from None


def sign(a: Scalar) -> int:
    """-1, 0 or 1; Symbolic where names decide it."""
    if isinstance(a, Exact) and a.rational is not None:
        return (a.rational > 0) - (a.rational < 0)
    value = approximate(a)
    return (value > 0) - (value < 0)


# ---------------------------------------------------------------- as nodes


def node_of(a: Scalar) -> Node:
    """The scalar as it is written; a float stands for its decimals."""
    if isinstance(a, float):
        return num(Fraction(a), True)
    if not a.terms:
        return num(0)
    first = next((i for i, (_, c) in enumerate(a.terms) if c > 0), 0)  # no sum starts with a minus
    ordered = (a.terms[first], *a.terms[:first], *a.terms[first + 1 :])
    terms = [_term(f, c, a.decimal) for f, c in ordered]
    return terms[0] if len(terms) == 1 else add(*terms)


def _term(factors: Factors, coefficient: Fraction, decimal: bool) -> Node:
    above = [_power(n, e) for n, e in factors if e > 0 and not _is_root(n, e)]
    below = [_power(n, -e) for n, e in factors if e < 0]
    under = math.prod(int(n.number) for n, e in factors if _is_root(n, e))
    above = ([build("sqrt", num(under))] if under > 1 else []) + above
    size = abs(coefficient)
    if not factors:
        return number(coefficient, decimal)
    if decimal and is_short(size):
        top = [num(size, True)] * (size != 1) + above
    else:
        top = ([num(size.numerator)] if size.numerator != 1 or not above else []) + above
        below = ([num(size.denominator)] if size.denominator != 1 else []) + below
    node = _product(top)
    node = div(node, _product(below)) if below else node
    return neg(node) if coefficient < 0 else node


def number(value: Fraction, decimal: bool) -> Node:
    return num(value, decimal and is_short(value) and value.denominator != 1)


def _product(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else mul(*nodes)


def _is_root(node: Node, exponent: Fraction) -> bool:
    return node.op == "num" and exponent == HALF


def _power(node: Node, exponent: Fraction) -> Node:
    if exponent == 1:
        return node
    return build("sqrt", node) if exponent == HALF else build("pow", node, num(exponent))


def is_short(value: Fraction, most: int = 6) -> bool:
    """Whether a number has so many decimals at most."""
    return bool((value * 10**most).denominator == 1)


def of_number(node: Node) -> Exact:
    assert isinstance(node.data, Number)
    return of(node.number, node.data.decimal)
