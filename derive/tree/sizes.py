"""Sizes and indices: integer polynomials in names (`n`, `t-1`, `m+k-1`, `n*d`), always in one normal form.

Two sizes are equal exactly when they are equal as polynomials, so `t-1+1` is `t` without asking anyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Iterable, Mapping

from derive.errors import InputError

Monomial = tuple[str, ...]
MOST_TERMS = 100


@dataclass(frozen=True, slots=True)
class Size:
    """A polynomial: sorted (monomial, coefficient) pairs, no zero coefficients; `()` is the constant monomial."""

    terms: tuple[tuple[Monomial, int], ...]

    @staticmethod
    def of(value: int | str | Size) -> Size:
        if isinstance(value, Size):
            return value
        if isinstance(value, str):
            return Size((((value,), 1),))
        return Size((((), value),) if value else ())

    def __add__(self, other: int | Size) -> Size:
        return _collect(self.terms + Size.of(other).terms)

    def __neg__(self) -> Size:
        return Size(tuple((m, -c) for m, c in self.terms))

    def __sub__(self, other: int | Size) -> Size:
        return self + (-Size.of(other))

    def __mul__(self, other: int | Size) -> Size:
        if len(self.terms) * len(Size.of(other).terms) > MOST_TERMS:
            raise InputError(
                f"a size of more than {MOST_TERMS} terms", hint="give the product a name of its own"
            )
        return _collect((tuple(sorted(a + b)), x * y) for a, x in self.terms for b, y in Size.of(other).terms)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: int) -> Size:
        return Size.of(other) - self

    @property
    def constant(self) -> int | None:
        """The value where the size is a number, else None."""
        if not self.terms:
            return 0
        return self.terms[0][1] if len(self.terms) == 1 and self.terms[0][0] == () else None

    @property
    def name(self) -> str | None:
        """The name where the size is a bare name, else None."""
        if len(self.terms) == 1 and self.terms[0][1] == 1 and len(self.terms[0][0]) == 1:
            return self.terms[0][0][0]
        return None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for monomial, _ in self.terms for name in monomial)

    def coefficient(self, name: str) -> int:
        """The coefficient of the linear monomial `name`."""
        return dict(self.terms).get((name,), 0)

    def replace(self, values: Mapping[str, Size]) -> Size:
        if not any(name in values for name in self.names):
            return self
        return reduce(
            lambda total, term: (
                total
                + reduce(lambda product, n: product * values.get(n, Size.of(n)), term[0], Size.of(term[1]))
            ),
            self.terms,
            Size.of(0),
        )

    def value(self, values: Mapping[str, int]) -> int:
        """The number on an instance; KeyError names a size without a value."""
        total = 0
        for monomial, coefficient in self.terms:
            for name in monomial:
                coefficient *= values[name]
            total += coefficient
        return total

    def ordered(self) -> list[tuple[Monomial, int]]:
        """Terms as people write them: positive names first, the constant last."""
        return sorted(self.terms, key=lambda term: (term[0] == (), term[1] < 0, -len(term[0]), term[0]))

    def __str__(self) -> str:
        parts: list[str] = []
        for monomial, c in self.ordered():
            factors = [str(abs(c))] * (abs(c) != 1 or not monomial) + list(monomial)
            sign = "-" if c < 0 else "+" if parts else ""
            parts.append(sign + "*".join(factors))
        return "".join(parts) or "0"


def _collect(terms: Iterable[tuple[Monomial, int]]) -> Size:
    sums: dict[Monomial, int] = {}
    for monomial, coefficient in terms:
        sums[monomial] = sums.get(monomial, 0) + coefficient
    return Size(tuple(sorted((m, c) for m, c in sums.items() if c)))


def never_negative(size: Size, ranges: Mapping[str, tuple[Size, Size]]) -> bool:
    """Whether `size >= 0` follows from the index ranges, none of which is empty, and from sizes being at least 1.

    Sound, not complete: an index is moved to the end of its range that makes the size smallest, and a
    polynomial with no negative coefficient but its constant is smallest where every size is.
    """
    least: dict[str, int] = {}
    for low, high in ranges.values():  # `t: 2..T` is not empty, so T is at least 2
        if high.name is not None and low.constant is not None:
            least[high.name] = max(least.get(high.name, 1), low.constant)
    for _ in range(len(ranges) + 1):
        at = next((n for n in size.names if n in ranges), None)
        if at is None:
            break
        low, high = ranges[at]
        size = size.replace({at: low if size.coefficient(at) > 0 else high})
    if any(c < 0 for m, c in size.terms if m != ()):
        return False
    return size.value({name: least.get(name, 1) for name in size.names}) >= 0
