"""The sizes of an instance: pairwise distinct, unlike from seed to seed, small where outcomes are enumerated.

To change how sizes are chosen: `sizes_of`.
"""

from __future__ import annotations

import math
from itertools import combinations, islice
from typing import Callable, Iterable, Iterator, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.laws import CONTINUOUS
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.scope import Datum, Declaration, Scope

LARGEST = 12  # where instances are roomy
LENGTHS = (3, 2, 4, 1)  # of sequences, by seed
LONG = (6, 3, 5)  # where instances are roomy
MOST_ENTRIES = 1_000_000  # of one array
TOO_LARGE = "too large to check; give the sizes names"
LIKED = 24  # choices of sizes among which an odd seed takes the most different
MOST_DISCRETE = (8, 12, 8, 8)  # entries of one law, by seed: 2**8 or 2**12 outcomes
MOST_TOGETHER = 18  # entries of all discrete laws
MOST_CONTINUOUS = (6, 6, 6, 8)  # by seed: 4**6 or 4**8 nodes
POSITIVE_FROM = 6  # later seeds prefer positive values, for logarithms of undeclared signs


def sizes_of(
    scope: Scope, names_needed: frozenset[str], seed: int, smallest: bool, roomy: bool = False
) -> dict[str, int]:
    """Of the sizes allowed, an odd seed takes those least like its predecessor's: other values, other
    orders."""
    fitting = _fitting(scope, names_needed, seed, smallest, roomy)
    if smallest or roomy or seed % 2 == 0:
        return next(fitting)
    before = sizes_of(scope, names_needed, seed - 1, smallest)
    return max(islice(fitting, LIKED), key=lambda sizes: _unlike(sizes, before))


def _unlike(a: Mapping[str, int], b: Mapping[str, int]) -> int:
    """How many sizes differ, then how many pairs are in the other order."""
    names = sorted(a)
    changed = sum(a[n] != b.get(n) for n in names)
    turned = sum((a[m] < a[n]) != (b[m] < b[n]) for m, n in combinations(names, 2) if m in b and n in b)
    return changed * len(names) ** 2 + turned


def _fitting(
    scope: Scope, names_needed: frozenset[str], seed: int, smallest: bool, roomy: bool = False
) -> Iterator[dict[str, int]]:
    """Sizes that satisfy everything, at random; those that keep enumerations feasible come first."""
    declarations = scope.declarations.values()
    shaped = [(d.shape, d.params) for d in declarations]
    shaped += [(d.shape, d.params) for d in scope.definitions.values()]
    dims = {n for shape, params in shaped for d in shape.dims for n in d.names if n not in params}
    dims |= {n for d in declarations if d.layer is not None for n in d.layer.names}
    ranges = [*scope.indices.values(), *(d.integers for d in declarations if d.integers)]
    bounds = {n for low, high in ranges for n in low.names | high.names}
    bounds |= {n for left, _, right in scope.constraints for n in left.names | right.names}
    given = known(scope)
    lengths = sorted(bounds - dims - given.keys() - scope.indices.keys())
    laws = [d for d in declarations if d.law and (not names_needed or d.name in names_needed)]
    some = LONG if roomy and not laws else LENGTHS
    fixed = {**given, **{n: some[(seed + k) % len(some)] for k, n in enumerate(lengths)}}
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
            free = [
                n for n in range(2, (max(most, LARGEST) if roomy else most) + 1) if n not in fixed.values()
            ]
            pool = free if roomy else free[: len(names) + extra]
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
            continuous = declared.law is not None and declared.law.kind in CONTINUOUS
            entries[continuous].append(math.prod(size.value(sizes) for size in extent))
    together = (
        seed % 2 == 0 and sum(entries[True]) <= MOST_CONTINUOUS[3] and sum(entries[False]) <= MOST_TOGETHER
    )
    alone = (
        max(entries[True]) <= MOST_CONTINUOUS[seed % 4]
        and max(entries[False]) <= MOST_DISCRETE[seed % len(MOST_DISCRETE)]
    )
    return alone and (together or seed % 2 == 1)


def _extent(declared: Declaration, scope: Scope) -> list[Size]:
    """The sizes that count how many entries a quantity has, all members together."""
    return [*declared.shape.dims, *(scope.indices[p][1] for p in declared.params if p in scope.indices)]


def known(scope: Scope) -> dict[str, int]:
    """Sizes that the data fix."""
    found: dict[str, int] = {}
    for key, data in scope.data.items():
        name, _, member = key.partition("[")
        declared = scope.declarations.get(name)
        extents: list[int] = []
        if isinstance(data, Datum):
            data = lengths_of(data.value)
        while isinstance(data, (list, tuple)) and data:
            extents.append(len(data))
            data = data[0]
        if declared is None or not extents:
            continue
        family = [] if member else [scope.indices[p][1] for p in declared.params if p in scope.indices]
        sizes = [*family, *declared.shape.dims]
        if len(sizes) == len(extents):
            found |= {s.name: n for s, n in zip(sizes, extents, strict=False) if s.name is not None}
    return found


def lengths_of(written: Node | None) -> object:
    """Lists as long as those of an array that is written out."""
    if written is None or written.op not in ("list", "tuple"):
        return 0
    return [lengths_of(a) for a in written.args]


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
