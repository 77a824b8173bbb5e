"""One random instance of a problem: sizes, indices and values, each drawn when first asked for.

Everything follows from the seed, so an instance is told by it. To change how sizes are chosen: `_sizes`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, islice
from typing import Any, Callable, Iterable, Iterator, Mapping
from zlib import crc32

import numpy as np

from derive.errors import NotEvaluated
from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size
from derive.vocabulary import domains
from derive.vocabulary.scope import Declaration, Scope

Array = Any
Index = tuple[int, ...]
Ranges = Mapping[str, tuple[Size, Size]]

LENGTHS = (3, 2, 4, 1)  # of sequences, by seed
MOST_ENTRIES = 1_000_000  # of one array
TOO_LARGE = "too large to check; give the sizes names"
LIKED = 24  # choices of sizes among which an odd seed takes the most different
MOST_DISCRETE = 12  # entries of one law: 2**12 outcomes
MOST_TOGETHER = 18  # entries of all discrete laws
MOST_CONTINUOUS = (6, 6, 6, 8)  # by seed: 4**6 or 4**8 nodes
POSITIVE_FROM = 6  # later seeds prefer positive values, for logarithms of undeclared signs


@dataclass
class Instance:
    """Sizes by name, free indices by name, values by (name, index)."""

    scope: Scope
    seed: int
    sizes: Mapping[str, int]
    indices: Mapping[str, int]
    values: dict[tuple[str, Index], Array] = field(default_factory=dict)

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
        if shape.kind not in ("scalar", "vector", "row", "matrix"):
            raise NotEvaluated(f"values of a {shape.kind} are not drawn")
        if any(n < 1 for n in dims):
            raise NotEvaluated(f"{shape} is empty here")
        if math.prod(dims) > MOST_ENTRIES:
            raise NotEvaluated(TOO_LARGE)
        rows = dims[0] if shape.kind in ("vector", "matrix") else 1
        return rows, dims[-1] if shape.kind in ("row", "matrix") else 1

    def given(self, declared: Declaration, index: Index, number: Callable[[Node], float]) -> Array:
        """The value of a declared symbol or family member; `number` evaluates the ends of an interval."""
        key = (declared.name, index)
        if key not in self.values:
            at = {**self.sizes, **self.indices, **dict(zip(declared.params, index, strict=False))}
            data = self.scope.data.get(declared.name)
            value = None if data is None else exact_array(data, index if declared.params else ())
            self.values[key] = self._drawn(declared, index, at, number) if value is None else value
        return self.values[key]

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
            return domains.unit_interval(random, low_, high_, rows, columns)
        facts = set(declared.facts)
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
) -> Instance:
    """The instance of a seed. Sizes are pairwise distinct and satisfy the facts and the constraints of the
    scope; those of random quantities among `names_needed` (all, when empty) are small. With
    `smallest` sizes are 2 or little more and may be equal. `free` are the indices a line leaves free.
    NotEvaluated: an empty range, or sizes that cannot be chosen."""
    free = {**scope.narrowed, **(free or {})}
    sizes = _sizes(scope, names_needed, seed, smallest)
    indices: dict[str, int] = {}
    random = np.random.default_rng([seed, 20])
    ranges = {**scope.indices, **free}
    for _ in range(len(ranges)):  # a range may use another free index: s in 1..t
        for name, (low, high) in ranges.items():
            at = {**sizes, **indices}
            if name in indices or not (low.names | high.names) <= at.keys():
                continue
            first, last = low.value(at), high.value(at)
            if first <= last:
                indices[name] = int(random.integers(first, last + 1))
            elif name in free:
                raise NotEvaluated(f"empty range {name}={low}..{high}")
    return Instance(scope, seed, sizes, indices)


def _sizes(scope: Scope, names_needed: frozenset[str], seed: int, smallest: bool) -> dict[str, int]:
    """Of the sizes allowed, an odd seed takes those least like its predecessor's: other values, other
    orders."""
    fitting = _fitting(scope, names_needed, seed, smallest)
    if smallest or seed % 2 == 0:
        return next(fitting)
    before = _sizes(scope, names_needed, seed - 1, smallest)
    return max(islice(fitting, LIKED), key=lambda sizes: _unlike(sizes, before))


def _unlike(a: Mapping[str, int], b: Mapping[str, int]) -> int:
    """How many sizes differ, then how many pairs are in the other order."""
    names = sorted(a)
    changed = sum(a[n] != b.get(n) for n in names)
    turned = sum((a[m] < a[n]) != (b[m] < b[n]) for m, n in combinations(names, 2) if m in b and n in b)
    return changed * len(names) ** 2 + turned


def _fitting(
    scope: Scope, names_needed: frozenset[str], seed: int, smallest: bool
) -> Iterator[dict[str, int]]:
    """Sizes that satisfy everything, at random; those that keep enumerations feasible come first."""
    declarations = scope.declarations.values()
    shaped = [(d.shape, d.params) for d in declarations]
    shaped += [(d.shape, d.params) for d in scope.definitions.values()]
    dims = {n for shape, params in shaped for d in shape.dims for n in d.names if n not in params}
    ranges = [*scope.indices.values(), *(d.integers for d in declarations if d.integers)]
    bounds = {n for low, high in ranges for n in low.names | high.names}
    bounds |= {n for left, _, right in scope.constraints for n in left.names | right.names}
    known = _known(scope)
    lengths = sorted(bounds - dims - known.keys() - scope.indices.keys())
    fixed = {**known, **{n: LENGTHS[(seed + k) % len(LENGTHS)] for k, n in enumerate(lengths)}}
    laws = [d for d in declarations if d.law and (not names_needed or d.name in names_needed)]
    random_names = {n for d in laws for size in _extent(d, scope) for n in size.names}
    names = sorted(dims - fixed.keys(), key=lambda n: (n not in random_names, n))
    conditions = list(_conditions(scope))
    random = np.random.default_rng([seed, 10])
    crowd = sum(n in random_names for n in names)
    found = 0
    for feasible, extra in ((True, 2), (True, 4), (False, 0), *((False, k) for k in range(2, 6))):
        if smallest:
            pool = [2] * len(names) + [3] * extra
        else:  # one size alone must vary too: some identities hold for n = 2 only
            most = 2 + len(names) + len(fixed) + extra
            pool = [n for n in range(2, most + 1) if n not in fixed.values()][: len(names) + extra]
        for candidate in _choices(pool, names, crowd, crowd + extra, random):
            sizes = {**fixed, **candidate}
            if feasible and not _feasible(laws, scope, sizes, seed):
                continue
            possible = all(_possible(shape.dims, sizes) for shape, params in shaped if not params)
            if possible and all(_holds(c, sizes) for c in conditions):
                found += 1
                yield sizes
        if found:
            return
    raise NotEvaluated("no sizes satisfy the constraints")


def _choices(
    pool: list[int], names: list[str], crowd: int, small_ones: int, random: np.random.Generator
) -> Iterable[dict[str, int]]:
    """Assignments of pairwise distinct sizes; the first `crowd` names get some of the small ones."""
    for _ in range(120):
        small = [int(n) for n in random.permutation(pool[:small_ones])[:crowd]]
        rest = list(pool)
        for n in small:
            rest.remove(n)
        large = random.permutation(rest)[: len(names) - crowd]
        yield {name: int(n) for name, n in zip(names, (*small, *large), strict=False)}


def _feasible(laws: list[Declaration], scope: Scope, sizes: Mapping[str, int], seed: int) -> bool:
    """Whether all outcomes of a law can be enumerated, or nodes of quadrature in all its entries; by even
    seeds those of all laws together."""
    entries: dict[bool, list[int]] = {True: [0], False: [0]}
    for declared in laws:
        extent = _extent(declared, scope)
        if all(size.names <= sizes.keys() for size in extent):
            continuous = declared.law is not None and declared.law.kind in ("normal", "uniform")
            entries[continuous].append(math.prod(size.value(sizes) for size in extent))
    together = (
        seed % 2 == 0 and sum(entries[True]) <= MOST_CONTINUOUS[3] and sum(entries[False]) <= MOST_TOGETHER
    )
    alone = max(entries[True]) <= MOST_CONTINUOUS[seed % 4] and max(entries[False]) <= MOST_DISCRETE
    return alone and (together or seed % 2 == 1)


def _extent(declared: Declaration, scope: Scope) -> list[Size]:
    """The sizes that count how many entries a quantity has, all members together."""
    return [*declared.shape.dims, *(scope.indices[p][1] for p in declared.params if p in scope.indices)]


def _known(scope: Scope) -> dict[str, int]:
    """Sizes that the data fix."""
    found: dict[str, int] = {}
    for name, data in scope.data.items():
        declared = scope.declarations.get(name)
        extents: list[int] = []
        while isinstance(data, (list, tuple)) and data:
            extents.append(len(data))
            data = data[0]
        if declared is None or not extents:
            continue
        sizes = [scope.indices[p][1] for p in declared.params if p in scope.indices] + list(
            declared.shape.dims
        )
        if len(sizes) == len(extents):
            found |= {s.name: n for s, n in zip(sizes, extents, strict=False) if s.name is not None}
    return found


def _conditions(scope: Scope) -> Iterable[tuple[Size, str, Size]]:
    yield from scope.constraints
    for declared in scope.declarations.values():
        if "full_column_rank" in declared.facts and declared.shape.kind == "matrix":
            yield declared.shape.dims[0], ">=", declared.shape.dims[1]


RELATIONS: dict[str, Callable[[int, int], bool]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def _holds(condition: tuple[Size, str, Size], sizes: Mapping[str, int]) -> bool:
    left, relation, right = condition
    if not (left.names | right.names) <= sizes.keys():
        return True
    return RELATIONS[relation](left.value(sizes), right.value(sizes))


def _possible(dims: Iterable[Size], sizes: Mapping[str, int]) -> bool:
    return all(not d.names <= sizes.keys() or d.value(sizes) >= 1 for d in dims)


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
