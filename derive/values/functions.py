"""Functions of one exact scalar: what e^(log 2), log(8), sigmoid(0) come to, and derivatives of sums of products.

To add a function that has exact values: a row in EXACT; its float meaning is a row in FLOATS. A function of the
vocabulary without a row in EXACT stays as it is written.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from derive.errors import NotDerived, NotEvaluated
from derive.notation.reader import read
from derive.tree.nodes import SCALAR, Node
from derive.values.scalars import (
    Exact,
    Factors,
    Scalar,
    approximate,
    atom,
    inverse,
    is_symbolic,
    minus,
    node_of,
    of,
    of_number,
    over,
    plus,
    raised,
    sign,
    times,
)
from derive.vocabulary.build import TABLE, build, num, substitute, sym
from derive.vocabulary.scope import Declaration, Scope


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _log(x: float) -> float:
    if x <= 0:
        raise NotEvaluated("log of 0" if x == 0 else "log of a negative number")
    return math.log(x)


FLOATS: dict[str, Callable[..., float]] = {
    "exp": math.exp,
    "log": _log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "arctan": math.atan,
    "erf": math.erf,
    "sigmoid": _sigmoid,
    "softplus": lambda x: math.log1p(math.exp(-abs(x))) + max(x, 0.0),
    "logsigmoid": lambda x: -math.log1p(math.exp(-abs(x))) + min(x, 0.0),
    "phi": lambda x: math.exp(-x * x / 2) / math.sqrt(2 * math.pi),
    "Phi": lambda x: (1 + math.erf(x / math.sqrt(2))) / 2,
    "logfactorial": lambda x: math.lgamma(x + 1),
    "abs": abs,
    "floor": lambda x: float(math.floor(x)),
    "add": lambda *a: math.fsum(a),
    "mul": lambda *a: math.prod(a),
    "neg": lambda a: -a,
    "div": lambda a, b: a / b,
    "pow": math.pow,
}


def applied(op: str, a: Scalar) -> Scalar:
    """f(a), as exact as it can be said."""
    if isinstance(a, float):
        return _checked(op, a)
    found = EXACT[op](a) if op in EXACT else None
    if found is None and a == of(0) and op in AT_ZERO:
        found = of(AT_ZERO[op])
    return atom(build(op, node_of(a))) if found is None else found


def _checked(op: str, a: float) -> float:
    try:
        if op in BY_SIGN:
            return float(approximate(_by_sign(op, a)))
        return FLOATS[op](a)
    except (OverflowError, ValueError):
        raise NotEvaluated(f"{op} of {a:g} has no value") from None


AT_ZERO: dict[str, int | Fraction] = {
    **dict.fromkeys(("sin", "sinh", "tanh", "arctan", "erf"), 0),
    **dict.fromkeys(("cos", "cosh"), 1),
    **dict.fromkeys(("sigmoid", "Phi"), Fraction(1, 2)),
}


def _exp(a: Exact) -> Scalar | None:
    """Multiples of logarithms come out as powers."""
    result: Scalar = of(1)
    rest: Scalar = of(0)
    for factors, c in a.terms:
        if len(factors) == 1 and factors[0][0].op == "log" and factors[0][1] == 1:
            inside = exact_of(factors[0][0].args[0])
            result = times(result, raised(inside, of(c)))
        else:
            rest = plus(rest, Exact(((factors, c),), a.decimal))
    if rest == of(0):
        return result
    return times(result, atom(build("exp", node_of(rest))))


def _logarithm(a: Exact) -> Scalar | None:
    if not a.terms:
        raise NotEvaluated("log of 0")
    if len(a.terms) > 1:
        return None
    factors, c = a.terms[0]
    if c < 0 and not is_symbolic(a):
        raise NotEvaluated("log of a negative number")
    if c < 0 or any(n.op not in ("num", "exp") for n, _ in factors):
        return None
    parts: list[Scalar] = [_log_whole(c.numerator), minus(_log_whole(c.denominator))]
    for node, exponent in factors:
        inner = exact_of(node.args[0]) if node.op == "exp" else _log_whole(int(node.number))
        parts.append(times(of(exponent), inner))
    return plus(*parts)


def _log_whole(n: int) -> Scalar:
    """log 8 is 3 log 2."""
    if n == 1:
        return of(0)
    for k in range(n.bit_length(), 1, -1):
        base = round(n ** (1 / k)) if n < 2**52 else 0
        if base > 1 and base**k == n:
            return times(of(k), atom(build("log", num(base))))
    return atom(build("log", num(n)))


def _sigmoid_exact(a: Exact) -> Scalar | None:
    """1 / (1 + e^-a), where that is a rational number."""
    tail = _exp(minus(a)) if isinstance(minus(a), Exact) else None  # type: ignore[arg-type]
    if isinstance(tail, Exact) and tail.rational is not None:
        return inverse(plus(of(1), tail))
    return None


def _by_sign(op: str, a: Scalar) -> Scalar:
    which = sign(a)
    return BY_SIGN[op](a, which)


BY_SIGN: dict[str, Callable[[Scalar, int], Scalar]] = {
    "relu": lambda a, s: a if s > 0 else of(0),
    "step": lambda a, s: of(1 if s > 0 else 0),
    "abs": lambda a, s: a if s >= 0 else minus(a),
    "sign": lambda a, s: of(s),
}


def _signed(op: str) -> Callable[[Exact], Scalar | None]:
    return lambda a: None if is_symbolic(a) else _by_sign(op, a)


def _floor(a: Exact) -> Scalar | None:
    if a.rational is not None:
        return of(math.floor(a.rational))
    if all(c.denominator == 1 and all(n.op == "count" and e >= 0 for n, e in f) for f, c in a.terms):
        return a  # sizes are whole
    return None if is_symbolic(a) else of(math.floor(approximate(a)))


def _log_factorial(a: Exact) -> Scalar | None:
    whole = a.rational is not None and a.rational.denominator == 1 and 0 <= a.rational <= LARGEST_FACTORIAL
    return _log_whole(math.factorial(int(a.rational))) if whole and a.rational is not None else None


LARGEST_FACTORIAL = 10

EXACT: dict[str, Callable[[Exact], Scalar | None]] = {
    "exp": _exp,
    "log": _logarithm,
    "sqrt": lambda a: raised(a, of(Fraction(1, 2))),
    "sigmoid": _sigmoid_exact,
    "floor": _floor,
    "logfactorial": _log_factorial,
    **{op: _signed(op) for op in BY_SIGN},
}


def exact_of(node: Node) -> Scalar:
    """The exact scalar that a scalar node says; names are atoms."""
    if node.op == "num":
        return of_number(node)
    values = [exact_of(a) for a in node.args] if node.op in (*ARITHMETIC, *EXACT) else []
    if node.op in ARITHMETIC:
        return ARITHMETIC[node.op](*values)
    if node.op in EXACT:
        return applied(node.op, values[0])
    if TABLE[node.op].kind == "elementwise":
        return applied(node.op, exact_of(node.args[0]))
    return atom(node)


def _product(*values: Scalar) -> Scalar:
    result = values[0]
    for value in values[1:]:
        result = times(result, value)
    return result


ARITHMETIC: dict[str, Callable[..., Scalar]] = {
    "add": plus,
    "mul": _product,
    "neg": minus,
    "div": over,
    "pow": raised,
}


# ---------------------------------------------------------------- derivatives


def derivative(a: Scalar, variable: Node) -> Scalar:
    """d a / d variable, of a sum of products whose other names are constants."""
    if isinstance(a, float):
        return of(0)
    return plus(of(0), *(part for f, c in a.terms for part in _term(f, c, variable, a.decimal)))


def _term(factors: Factors, c: Fraction, variable: Node, decimal: bool) -> list[Scalar]:
    found: list[Scalar] = []
    for i, (node, exponent) in enumerate(factors):
        inner = _of_atom(node, variable)
        if inner == of(0):
            continue
        others = Exact(((factors[:i] + factors[i + 1 :], c * exponent),), decimal)
        lowered = raised(atom(node), of(exponent - 1))
        found.append(times(times(others, lowered), inner))
    return found


def _of_atom(node: Node, variable: Node) -> Scalar:
    """The derivative of an atom: 1 of the variable, 0 without it, the chain rule through a function."""
    if node == variable:
        return of(1)
    if not _mentions(node, variable):
        return of(0)
    if node.op in ARITHMETIC and node.op != "pow":
        return derivative(exact_of(node), variable)
    row = TABLE[node.op]
    if row.kind != "elementwise" or not row.derivative:
        raise NotDerived(f"no derivative of {node.op} entry by entry")
    z = sym("z", SCALAR)
    scope = Scope({"z": Declaration("z", SCALAR)})
    outer = exact_of(substitute(read(row.derivative, scope), {z: node.args[0]}))
    return times(outer, derivative(exact_of(node.args[0]), variable))


def _mentions(node: Node, variable: Node) -> bool:
    return node == variable or any(_mentions(a, variable) for a in node.args)


__all__ = ["ARITHMETIC", "FLOATS", "applied", "derivative", "exact_of"]
