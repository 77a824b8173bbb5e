"""Data that are the parameters of a law: probabilities, rates, variances.

To check the parameter of one more law: a row in WRONG.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.errors import DeriveError, InputError
from derive.tree.nodes import Node, names_in
from derive.values.arrays import Grid
from derive.values.evaluate import Explicit
from derive.values.scalars import approximate, is_symbolic
from derive.vocabulary.scope import Datum, Scope

SMALL = 1e-9


def check_laws(scope: Scope) -> None:
    """Every parameter whose value the data fix may be one of its law."""
    explicit: Explicit | None = None
    for declared in scope.declarations.values():
        for name, argument in declared.law.args.items() if declared.law is not None else ():
            datum = _datum(argument, scope)
            wrong = WRONG.get((declared.law.kind if declared.law else "", name)) or WRONG.get(("", name))
            if datum is None or wrong is None:
                continue
            explicit = explicit or Explicit(scope)
            try:
                value = explicit.value(argument)
                if any(map(is_symbolic, value.items)):
                    continue
                problem = wrong(value)
            except DeriveError:
                continue  # it depends on more than the data
            if problem:
                law = f"the law of '{declared.name}'"
                raise InputError(f"{problem} in {law}", datum.place, "correct the data, or the law")


def _datum(argument: Node, scope: Scope) -> Datum | None:
    found = [scope.data[name] for name in sorted(names_in(argument)) if name in scope.data]
    return next((datum for datum in found if isinstance(datum, Datum)), None)


def _numbers(value: Grid) -> list[float]:
    return [approximate(x) for x in value.items]


def _probability(value: Grid) -> str:
    odd = next((x for x in _numbers(value) if not 0 <= x <= 1), None)
    return f"{odd:g} is no probability" if odd is not None else ""


def _shares(value: Grid) -> str:
    total = sum(_numbers(value))
    return _probability(value) or (f"the probabilities sum to {total:g}" if abs(total - 1) > SMALL else "")


def _rate(value: Grid) -> str:
    odd = next((x for x in _numbers(value) if x <= 0), None)
    return f"the rate {odd:g} is not positive" if odd is not None else ""


def _variance(value: Grid) -> str:
    numbers = _numbers(value)
    if len(value.dims) < 2:
        odd = next((x for x in numbers if x < 0), None)
        return f"the variance {odd:g} is negative" if odd is not None else ""
    import numpy as np  # a problem without such data needs no NumPy

    matrix = np.array(numbers).reshape(value.dims)
    if not np.allclose(matrix, matrix.T):
        return "the covariance is not symmetric"
    return "the covariance is not positive definite" if np.linalg.eigvalsh(matrix)[0] < -SMALL else ""


WRONG: dict[tuple[str, str], Callable[[Grid], str]] = {
    ("bernoulli", "p"): _probability,
    ("categorical", "p"): _shares,
    ("", "rate"): _rate,
    ("", "cov"): _variance,
}
