"""Values beyond the range of floats, by decimals of 60 digits with any exponent: e^800 / (e^800 + e^801).

Asked only where floats overflow (or underflow to a division by 0). To make it know one more function: a row in
WIDE; what has none is taken of a float.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, DecimalException, DivisionByZero, Overflow
from fractions import Fraction

from derive.errors import NotEvaluated
from derive.tree.nodes import Node

DIGITS = 60
LARGEST = 1e308
TOO_LARGE = "a value is not finite"
TOO_LARGE_HINT = "numbers go up to 1e308"
WORK = Context(prec=DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN)
Terms = tuple[tuple[tuple[tuple[Node, Fraction], ...], Fraction], ...]


def wide(terms: Terms) -> float:
    """The sum of products of atoms; NotEvaluated where it is no float in the end either."""
    try:
        total = Decimal(0)
        for factors, coefficient in terms:
            term = _fraction(coefficient)
            for node, exponent in factors:
                term = WORK.multiply(term, WORK.power(value(node), _fraction(exponent)))
            total = WORK.add(total, term)
    except (Overflow, DivisionByZero):
        raise NotEvaluated(TOO_LARGE, hint=TOO_LARGE_HINT) from None
    except (DecimalException, OverflowError, ValueError, ZeroDivisionError):
        raise NotEvaluated(TOO_LARGE) from None
    found = float(total)
    if not math.isfinite(found):
        raise NotEvaluated(TOO_LARGE, hint=TOO_LARGE_HINT)
    return found


def value(node: Node) -> Decimal:
    """The value of an atom."""
    from derive.values.functions import FLOATS  # the two define each other

    if node.op == "num":
        return _fraction(node.number)
    if node.op == "const":
        return Decimal(math.pi if node.data == "pi" else math.e)
    if node.op in WIDE:
        return WIDE[node.op](*map(value, node.args))
    if node.op not in FLOATS:
        raise NotEvaluated(f"{node.op} has no value here")
    return Decimal(FLOATS[node.op](*(float(value(a)) for a in node.args)))


def _fraction(number: Fraction) -> Decimal:
    return WORK.divide(Decimal(number.numerator), Decimal(number.denominator))


def _log(x: Decimal) -> Decimal:
    if x <= 0:
        raise NotEvaluated("log of 0" if x == 0 else "log of a negative number")
    return WORK.ln(x)


def _sigmoid(x: Decimal) -> Decimal:
    return WORK.divide(Decimal(1), WORK.add(Decimal(1), WORK.exp(-x)))


def _softplus(x: Decimal) -> Decimal:
    if x < -DIGITS:  # 1 + e^x has no room for e^x
        return WORK.exp(x)
    return WORK.ln(WORK.add(Decimal(1), WORK.exp(x)))


def _sum(*values: Decimal) -> Decimal:
    total = Decimal(0)
    for x in values:
        total = WORK.add(total, x)
    return total


def _product(*values: Decimal) -> Decimal:
    total = Decimal(1)
    for x in values:
        total = WORK.multiply(total, x)
    return total


WIDE: dict[str, Callable[..., Decimal]] = {
    "exp": WORK.exp,
    "log": _log,
    "sqrt": WORK.sqrt,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "logsigmoid": lambda x: -_softplus(-x),
    "add": _sum,
    "mul": _product,
    "neg": lambda x: -x,
    "div": WORK.divide,
    "pow": WORK.power,
}
