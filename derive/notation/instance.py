"""One random instance of a problem: sizes, indices and values, each drawn when first asked for.

Everything follows from the seed, so an instance is told by it.
How sizes are chosen: `derive.notation.extents`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Callable, Mapping
from zlib import crc32

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.extents import MOST_ENTRIES, POSITIVE_FROM, TOO_LARGE, sizes_of
from derive.notation.rounding import entries
from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size
from derive.vocabulary import domains, extremes
from derive.vocabulary.scope import Declaration, Scope

Array = Any
Index = tuple[int, ...]
Ranges = Mapping[str, tuple[Size, Size]]


@dataclass
class Instance:
    """Sizes by name, free indices by name, values by (name, index)."""

    scope: Scope
    seed: int
    sizes: Mapping[str, int]
    indices: Mapping[str, int]
    values: dict[tuple[str, Index], Array] = field(default_factory=dict)
    manner: str | None = None  # a row of `extremes.MANNERS`
    ends: dict[tuple[str, Index], tuple[float, float]] = field(default_factory=dict)  # of intervals, as drawn

    @property
    def variant(self) -> int:
        """Which of the laws with the same moments this instance tries."""
        return self.seed % 3

    @property
    def prefers_positive(self) -> bool:
        return self.seed >= POSITIVE_FROM and self.seed % 2 == 0

    def random(self, *key: object) -> np.random.Generator:
        """The random stream of one quantity; independent of the order in which quantities are asked for."""
        return np.random.default_rng([self.seed, crc32(repr(key).encode())])

    def measure(self, shape: Shape, at: Mapping[str, int]) -> tuple[int, int]:
        """(rows, columns) of a shape."""
        dims = [d.value(at) for d in shape.dims]
        if shape.kind not in ("scalar", "vector", "row", "matrix", "tensor"):
            raise NotEvaluated(f"values of a {shape.kind} are not drawn")
        if any(n < 1 for n in dims):
            raise NotEvaluated(f"{shape} is empty here")
        if math.prod(dims) > MOST_ENTRIES:
            raise NotEvaluated(TOO_LARGE)
        if shape.kind == "tensor":  # one long column
            return math.prod(dims), 1
        rows = dims[0] if shape.kind in ("vector", "matrix") else 1
        return rows, dims[-1] if shape.kind in ("row", "matrix") else 1

    def given(self, declared: Declaration, index: Index, number: Callable[[Node], float]) -> Array:
        """The value of a declared symbol or family member; `number` evaluates the ends of an interval."""
        key = (declared.name, index)
        if key not in self.values:
            at = {**self.sizes, **self.indices, **dict(zip(declared.params, index, strict=False))}
            value = self._from_data(declared, index, at, number)
            self.values[key] = self._drawn(declared, index, at, number) if value is None else value
        return self.values[key]

    def _from_data(
        self, declared: Declaration, index: Index, at: Mapping[str, int], number: Callable[[Node], float]
    ) -> Array | None:
        written = self.scope.given_at(declared.name, index)
        if written is not None:
            rows, columns = self.measure(declared.shape, at)
            return np.array([number(e) for e in entries(written)]).reshape(rows, columns)
        data = self.scope.data.get(declared.name)
        return None if data is None else exact_array(data, index if declared.params else ())

    def _drawn(
        self, declared: Declaration, index: Index, at: Mapping[str, int], number: Callable[[Node], float]
    ) -> Array:
        rows, columns = self.measure(declared.shape, at)
        random = self.random(declared.name, index)
        if declared.integers is not None:
            low, high = (end.value(at) for end in declared.integers)
            if high < low:
                raise NotEvaluated(f"no integer in {declared.integers[0]}..{declared.integers[1]}")
            return random.integers(low, high + 1, (rows, columns)).astype(float)
        if declared.interval is not None:
            low_, high_ = (number(end) for end in declared.interval)
            self.ends[declared.name, index] = (low_, high_)
            if self.manner is not None:
                own, shared = self.random(self.manner, declared.name, index), self.random(self.manner)
                return extremes.between(low_, high_, own, shared, rows, columns)
            return domains.unit_interval(random, low_, high_, rows, columns)
        facts = set(declared.facts)
        if self.manner is not None:
            own, shared = self.random(self.manner, declared.name, index), self.random(self.manner)
            ordinary = domains.sample(facts, random, rows, columns)
            return extremes.extreme(self.manner, own, shared, ordinary, facts)
        if self.prefers_positive and not facts:
            facts = {"positive_determinant"} if rows == columns > 1 else {"positive"}
        value = domains.sample(facts, random, rows, columns)
        if rows == columns == 1 and facts <= {"nonzero"} and self.seed % 2:
            before = np.random.default_rng([self.seed - 1, crc32(repr((declared.name, index)).encode())])
            return -np.sign(domains.sample(facts, before, 1, 1)) * np.abs(value)  # both signs in two seeds
        return value


# ---------------------------------------------------------------- data


def exact_array(data: object, index: Index = ()) -> Array | None:
    """Nested lists of numbers as (rows, columns); `index` picks a member of a family; None where not
    simple."""
    for i in index:
        if not isinstance(data, (list, tuple)) or not 1 <= i <= len(data):
            return None
        data = data[i - 1]
    nested = _numbers(data)
    if nested is None:
        return None
    try:
        values = np.array(nested, dtype=float)
    except ValueError:
        return None
    if values.ndim > 2:
        return None
    return values.reshape(-1, 1) if values.ndim < 2 else values


def _numbers(data: object) -> object:
    if isinstance(data, (list, tuple)):
        parts = [_numbers(part) for part in data]
        return None if any(part is None for part in parts) else parts
    if isinstance(data, (int, float, Fraction)):
        return float(data)
    if isinstance(data, Node) and data.op == "num":
        return float(data.number)
    return None


# ---------------------------------------------------------------- sizes


def draw(
    scope: Scope,
    names_needed: frozenset[str] = frozenset(),
    seed: int = 0,
    free: Ranges | None = None,
    smallest: bool = False,
    roomy: bool = False,
) -> Instance:
    """The instance of a seed. Sizes are pairwise distinct and satisfy the facts and the constraints of the
    scope; those of random quantities among `names_needed` (all, when empty) are small. With
    `smallest` sizes are 2 or little more and may be equal, with `roomy` they may be large. `free`
    are the indices a line leaves free.
    NotEvaluated: an empty range, or sizes that cannot be chosen."""
    free = {**scope.narrowed, **(free or {})}
    sizes = sizes_of(scope, names_needed, seed, smallest, roomy)
    indices: dict[str, int] = {}
    random = np.random.default_rng([seed, 20])
    ranges = {**scope.indices, **free}
    is_early = seed % 4 == 2  # far from the end: h[T] in h[k] has many steps
    if is_early:
        ranges = {**free, **ranges}
    drawn: dict[tuple[Size, Size], list[int]] = {}
    for _ in range(len(ranges)):  # a range may use another free index: s in 1..t
        for name, (low, high) in ranges.items():
            at = {**sizes, **indices}
            if name in indices or not (low.names | high.names) <= at.keys():
                continue
            first, last = low.value(at), high.value(at)
            if first <= last:
                value = int(random.integers(first, last + 1))
                value = min(first + seed // 4 % 2, last) if is_early and name in free else value
                others = drawn.setdefault((low, high), [])
                indices[name] = _beside(others, value, first, last, coincide=bool(seed % 2))
                others.append(indices[name])
            elif name in free:
                raise NotEvaluated(f"empty range {name}={low}..{high}")
    return Instance(scope, seed, sizes, indices)


def _beside(others: list[int], value: int, first: int, last: int, coincide: bool) -> int:
    """An index beside others of its range. On every second instance they coincide, so that a Kronecker delta is 1; on
    the others they differ as long as there are values left, so that A_ij is not A_ji."""
    if coincide:
        return others[0] if others else value
    left = [k for k in range(first, last + 1) if k not in others]
    return value if value in left or not left else left[value % len(left)]


# ---------------------------------------------------------------- unspecified functions


class SmoothFunction:
    """u -> sum a_k sin(b_k u + c_k), entry by entry; its derivatives are exact to any order."""

    def __init__(self, random: np.random.Generator) -> None:
        self.a = random.uniform(0.4, 1.0, 3)
        self.b = random.uniform(0.4, 1.2, 3)
        self.c = random.uniform(0.0, 2 * math.pi, 3)

    def __call__(self, u: Array, order: int = 0) -> Array:
        turn = order * math.pi / 2
        terms = zip(self.a, self.b, self.c, strict=True)
        return sum(a * b**order * np.sin(b * u + (c + turn)) for a, b, c in terms)


class SmoothField:
    """x -> A x + (Q x)^2 / 4 + B sin(C x + c), with all arguments' entries in one long x."""

    def __init__(self, random: np.random.Generator, entries: int, outputs: int) -> None:
        scale = 1 / math.sqrt(entries)
        self.linear = domains.real(random, outputs, entries)
        self.square = random.standard_normal((outputs, entries)) * scale
        self.outer = domains.real(random, outputs, 3)
        self.inner = random.standard_normal((3, entries)) * scale
        self.phase = random.uniform(0, 2 * math.pi, (3, 1))

    def __call__(self, x: Array) -> Array:
        """`x` is (..., entries, 1); the value is (..., outputs, 1)."""
        waves = self.outer @ np.sin(self.inner @ x + self.phase)
        square = self.square @ x
        return self.linear @ x + square * square / 4 + waves
