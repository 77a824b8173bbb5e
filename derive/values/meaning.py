"""What each operation on arrays comes to, in exact arithmetic: a table apart from NumPy's, which checks it.

To add one: a function of the node and the grids of its arguments, and its row in MEANING.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from derive.errors import NotEvaluated
from derive.tree.nodes import Node
from derive.values.arrays import Grid, indices, of_sides, single
from derive.values.eigen import eigen
from derive.values.functions import applied
from derive.values.scalars import (
    Scalar,
    approximate,
    inverse,
    is_symbolic,
    minus,
    of,
    over,
    plus,
    raised,
    sign,
    times,
)
from derive.vocabulary.build import ELEMENTWISE

Meaning = Callable[..., Grid]


def entrywise(f: Callable[..., Scalar]) -> Meaning:
    """f of the entries; a scalar goes with every entry of an array."""

    def meaning(node: Node, *grids: Grid) -> Grid:
        shaped = next((g for g in grids if g.dims), grids[0])
        columns = [g.items if g.dims else g.items * len(shaped.items) for g in grids]
        return Grid(shaped.dims, tuple(f(*entries) for entries in zip(*columns, strict=True)), shaped.is_row)

    return meaning


def product(*values: Scalar) -> Scalar:
    result = values[0]
    for value in values[1:]:
        result = times(result, value)
    return result


def total(values: Iterable[Scalar]) -> Scalar:
    return plus(of(0), *values)


def mean(values: tuple[Scalar, ...]) -> Scalar:
    return over(total(values), of(len(values)))


def variance(values: tuple[Scalar, ...]) -> Scalar:
    middle = mean(values)
    return mean(tuple(raised(plus(x, minus(middle)), of(2)) for x in values))


def largest(values: tuple[Scalar, ...]) -> Scalar:
    found = values[0]
    for value in values[1:]:
        if sign(plus(value, minus(found))) > 0:
            found = value
    return found


def squares(values: Iterable[Scalar]) -> Scalar:
    return total(times(x, x) for x in values)


def multiplied(node: Node, *grids: Grid) -> Grid:
    """A chain of factors, from the side that ends in a vector."""
    items = list(grids)
    while len(items) > 1:
        right = items.pop()
        left = items.pop()
        (m, k), (_, n) = left.sides, right.sides
        entries = tuple(
            total(times(left.items[i * k + j], right.items[j * n + c]) for j in range(k))
            for i in range(m)
            for c in range(n)
        )
        items.append(Grid((m, n), entries))
    m, n = items[0].sides
    return of_sides(m, n, items[0].items, node.shape)


def transposed(node: Node, a: Grid) -> Grid:
    if len(a.dims) == 1:
        return Grid(a.dims, a.items, not a.is_row)
    m, n = a.dims
    return Grid((n, m), tuple(a.items[i * n + j] for j in range(n) for i in range(m)))


def reduced(f: Callable[[tuple[Scalar, ...]], Scalar]) -> Meaning:
    return lambda node, a: single(f(a.items))


def groups(node: Node, a: Grid) -> tuple[tuple[int, ...], list[tuple[Scalar, ...]]]:
    """The sizes that stay, and for every entry of the result the entries that it is made of."""
    gone = node.data
    assert isinstance(gone, tuple)
    kept = tuple(n for i, n in enumerate(a.dims) if i not in gone)
    found: dict[tuple[int, ...], list[Scalar]] = {at: [] for at in indices(kept)}
    for at in indices(a.dims):
        found[tuple(i for axis, i in enumerate(at) if axis not in gone)].append(a.at(*at))
    return kept, [tuple(values) for values in found.values()]


def over_axes(f: Callable[[tuple[Scalar, ...]], Scalar]) -> Meaning:
    def meaning(node: Node, a: Grid) -> Grid:
        kept, parts = groups(node, a)
        return Grid(kept, tuple(f(part) for part in parts))

    return meaning


def softmax(values: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    """Weights; floats and large numbers are moved by their largest first, so that none overflows."""
    values = moved(values)
    powers = tuple(_exp(v) for v in values)
    below = total(powers)
    return tuple(over(p, below) for p in powers)


def moved(values: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    """The values less their largest, where one is a float or too large for an exponential that is read."""
    if any(map(is_symbolic, values)):
        return values
    if not any(isinstance(v, float) or abs(approximate(v)) > LARGE_EXPONENT for v in values):
        return values
    top = largest(values)
    return tuple(plus(v, minus(top)) for v in values)


LARGE_EXPONENT = 30


def _exp(value: Scalar) -> Scalar:
    return applied("exp", value)


def _log_sum_exp(values: tuple[Scalar, ...]) -> Scalar:
    less = moved(values)
    inside = applied("log", total(_exp(x) for x in less))
    return inside if less == values else plus(largest(values), inside)


def _softmax_rows(node: Node, a: Grid) -> Grid:
    return Grid(a.dims, tuple(x for line in a.lines() for x in softmax(line)))


def _per_row(node: Node, a: Grid) -> Grid:
    return Grid(a.dims[:1], tuple(total(line) for line in a.lines()))


def _diag(node: Node, v: Grid) -> Grid:
    n = v.dims[0]
    return Grid((n, n), tuple(v.items[i] if i == j else of(0) for i in range(n) for j in range(n)))


def _diagonal(a: Grid) -> tuple[Scalar, ...]:
    return tuple(a.at(i, i) for i in range(a.dims[0]))


def inverted(node: Node, a: Grid) -> Grid:
    """Gauss and Jordan, with the first pivot that is not 0."""
    n = a.dims[0]
    rows = [[*line, *(of(int(i == j)) for j in range(n))] for i, line in enumerate(a.lines())]
    for i in range(n):
        pivot = next((r for r in range(i, n) if sign(rows[r][i])), None)
        if pivot is None:
            raise NotEvaluated("the matrix is singular")
        rows[i], rows[pivot] = rows[pivot], rows[i]
        factor = inverse(rows[i][i])
        rows[i] = [times(factor, x) for x in rows[i]]
        for r in range(n):
            if r != i and sign(rows[r][i]):
                lead = minus(rows[r][i])
                rows[r] = [plus(x, times(lead, y)) for x, y in zip(rows[r], rows[i], strict=True)]
    return Grid((n, n), tuple(x for row in rows for x in row[n:]))


def determinant(node: Node, a: Grid) -> Grid:
    """By the first row: matrices on paper are small."""

    def det(rows: list[list[Scalar]]) -> Scalar:
        if len(rows) == 1:
            return rows[0][0]
        parts = []
        for j, x in enumerate(rows[0]):
            minor = det([row[:j] + row[j + 1 :] for row in rows[1:]])
            parts.append(times(x if j % 2 == 0 else minus(x), minor))
        return total(parts)

    if a.dims[0] > 7:
        raise NotEvaluated("a determinant of more than 7 rows is not written out")
    return single(det([list(line) for line in a.lines()]))


def _entry(node: Node, a: Grid, *index: Grid) -> Grid:
    at = []
    for place, n in zip(index, a.dims, strict=False):
        value = place.scalar
        number = value.rational if not isinstance(value, float) else None
        if number is None or number.denominator != 1 or not 1 <= number <= n:
            raise NotEvaluated(f"an index outside 1..{n}")
        at.append(int(number) - 1)
    if len(at) < len(a.dims):
        width = a.dims[1]
        return Grid((width,), a.items[at[0] * width : (at[0] + 1) * width])
    return single(a.at(*at))


def _power_of_matrix(node: Node, a: Grid, k: Grid) -> Grid:
    n, power = a.dims[0], int(node.args[1].number)
    base = inverted(node, a) if power < 0 else a
    result = Grid((n, n), tuple(of(int(i == j)) for i in range(n) for j in range(n)))
    for _ in range(abs(power)):
        result = multiplied(node, result, base)
    return result


def _list(node: Node, *parts: Grid) -> Grid:
    return Grid((len(parts), *parts[0].dims), tuple(x for part in parts for x in part.items))


COMPARED: dict[str, Callable[[int], bool]] = {
    "lt": lambda s: s < 0,
    "le": lambda s: s <= 0,
    "gt": lambda s: s > 0,
    "ge": lambda s: s >= 0,
}


def compared(op: str) -> Meaning:
    return entrywise(lambda a, b: of(int(COMPARED[op](sign(plus(a, minus(b)))))))


MEANING: dict[str, Meaning] = {
    "add": entrywise(plus),
    "neg": entrywise(minus),
    "mul": entrywise(product),
    "div": entrywise(over),
    "pow": entrywise(raised),
    "matmul": multiplied,
    "T": transposed,
    "inv": inverted,
    "matpow": _power_of_matrix,
    "det": determinant,
    "logdet": lambda node, a: single(applied("log", determinant(node, a).scalar)),
    "trace": lambda node, a: single(total(_diagonal(a))),
    "diag": _diag,
    "reverse": lambda node, v: Grid(v.dims, v.items[::-1]),
    "reverse_rows": lambda node, a: Grid(a.dims, tuple(x for line in a.lines() for x in line[::-1])),
    "reverse_columns": lambda node, a: Grid(a.dims, tuple(x for line in [*a.lines()][::-1] for x in line)),
    **{op: eigen for op in ("eigmax", "eigmin", "eigvecmax", "eigvecmin")},
    "diagpart": lambda node, a: Grid(a.dims[:1], _diagonal(a)),
    "inner": lambda node, a, b: single(total(times(x, y) for x, y in zip(a.items, b.items, strict=True))),
    "norm": reduced(lambda v: raised(squares(v), of(Fraction(1, 2)))),
    "sqnorm": reduced(squares),
    "norm1": reduced(lambda v: total(applied("abs", x) for x in v)),
    "sum": reduced(total),
    "mean": reduced(mean),
    "var": reduced(variance),
    "rowsum": _per_row,
    "colsum": lambda node, a: _per_row(node, transposed(node, a)),
    "softmax": lambda node, a: Grid(a.dims, softmax(a.items)),
    "softmax_rows": _softmax_rows,
    "logsumexp_rows": lambda node, a: Grid(a.dims[:1], tuple(_log_sum_exp(line) for line in a.lines())),
    "kronecker": entrywise(lambda i, j: of(int(sign(plus(i, minus(j))) == 0))),
    "logsumexp": reduced(_log_sum_exp),
    "sum_over_axes": over_axes(total),
    "mean_over_axes": over_axes(mean),
    "var_over_axes": over_axes(variance),
    "max_over_axes": over_axes(largest),
    "list": _list,
    "tuple": _list,
    "entry": _entry,
    "where": entrywise(lambda c, a, b: a if sign(c) else b),
    **{op: compared(op) for op in COMPARED},
    **{op: entrywise(lambda a, op=op: applied(op, a)) for op in ELEMENTWISE},
}
