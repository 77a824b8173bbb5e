"""Kinds `find: bigO(f)`, `bigO(f, space)` and `evaluations(e)`: what an algorithm or an expression costs.

The interpreter counts operations on numbers and passes of loops (for space: values that are stored) at several sizes;
the polynomial through the counts is exact and must meet the counts at larger sizes. Its leading terms are the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import lcm

from derive.check.runs import amount, fits, tally_at, variables
from derive.errors import NotDerived, NotEvaluated
from derive.notation.asked import asked
from derive.notation.derivation import Answer, Block, Cell, Finding, Reason, Remark, Table, Verdict
from derive.notation.statements import Function, algorithm_of
from derive.problem.model import Named, Part
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import add, count, div, mul, neg, num, power, sym, transform
from derive.vocabulary.scope import Scope

SMALLEST = 2
HIGHEST = 4  # degree in one size
MOST_VARIABLES = 4

Exponents = tuple[int, ...]
Polynomial = dict[Exponents, Fraction]
WHAT = {
    "time": "operations and loop passes of",
    "space": "values stored by",
    "calls": "function evaluations of",
}


def big_o(part: Part, named: Named) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    """The leading terms of the exact count."""
    said = asked(named.expression)
    what = "space" if said.columns == ("space",) else "time"
    names, polynomial, blocks = _counted(algorithm_of(part.scope, said.data), part.scope, what, named)
    return tuple(blocks), (
        Answer(_node(_leading(polynomial, names, part.scope), names, part.scope, unit=True)),
    )


def evaluations(part: Part, named: Named) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    """How often functions are evaluated: each time they are written, or with a cache once for each argument."""
    said = asked(named.expression)
    if said.data:
        names, polynomial, blocks = _counted(algorithm_of(part.scope, said.data), part.scope, "calls", named)
        return tuple(blocks), (Answer(_node(polynomial, names, part.scope)),)
    expression = named.expression.args[0]
    calls = list(_in_order(expression, part.scope))
    if not calls:
        raise NotDerived("no function is evaluated in this expression", named.place)
    cached = said.columns == ("cached",)
    seen: list[Node] = []
    rows: list[tuple[Cell, ...]] = []
    for n, call in enumerate(calls, 1):
        known = call in seen
        rows.append((str(n), call, "known" if known and cached else "evaluated"))
        seen.append(call)
    total = len(set(calls)) if cached else len(calls)
    chosen = frozenset(n for n, row in enumerate(rows) if row[2] == "evaluated")
    title = Reason(
        "{0}, from left to right" + (", with a cache" if cached else ", without a cache"), (expression,)
    )
    table = Table(("", "what is evaluated", ""), tuple(rows), title, chosen if cached else frozenset())
    verdict = _replayed(expression, part.scope, cached, total)
    return (table, Finding("the evaluations", verdict)), (Answer(num(total)),)


# ---------------------------------------------------------------- expressions


def _in_order(node: Node, scope: Scope) -> Iterator[Node]:
    """Applications of functions in the order in which a plain interpreter does them: arguments first."""
    body = scope.open(node)
    if body is not None:
        yield from _in_order(body, scope)
        return
    for arg in node.args:
        yield from _in_order(arg, scope)
    if node.op == "apply":
        yield _opened(node, scope)


def _opened(node: Node, scope: Scope) -> Node:
    return transform(node, lambda n: scope.open(n) or n)


def _replayed(expression: Node, scope: Scope, cached: bool, total: int) -> Verdict:
    """Counted again in another way: by the distinct subtrees of the written-out expression, or by all of them."""
    whole = _opened(expression, scope)
    found = [n for n in walk(whole) if n.op == "apply"]
    again = len({repr(n) for n in found}) if cached else len(found)
    method = "counting the applications in the expression written out"
    if again != total:
        return Verdict("fails", method, 1, reason=f"there are {again}")
    return Verdict("holds", method, 1)


# ---------------------------------------------------------------- algorithms


def _counted(
    function: Function, scope: Scope, what: str, named: Named
) -> tuple[list[str], Polynomial, list[Block]]:
    """The sizes, the exact count as a polynomial in them, and the blocks that show it."""
    names = variables(function, scope)
    if not names:
        raise NotDerived(f"the cost of {function.name} depends on no size", named.place)
    if len(names) > MOST_VARIABLES:
        raise NotDerived(f"more than {MOST_VARIABLES} sizes: {', '.join(names)}", named.place)
    counts: dict[Exponents, int] = {}

    def measured(point: Exponents) -> int:
        if point not in counts:
            sizes = dict(zip(names, point, strict=True))
            found = {amount(tally_at(function, scope, sizes, seed), what) for seed in (0, 1, 2)}
            if len(found) > 1:
                raise NotDerived(
                    f"the count depends on the data, not on {', '.join(names)} alone", named.place
                )
            counts[point] = found.pop()
        return counts[point]

    levels = _levels(names, _smaller(names, scope))
    try:
        for degree in range(1, HIGHEST + 1):
            starts = [SMALLEST + level * (degree + 1) for level in levels]
            polynomial = _through(starts, degree, measured)
            further = [
                tuple(
                    SMALLEST + (degree + 1) * (level + 1) + (n + k) % 3 + 2 * level
                    for k, level in enumerate(levels)
                )
                for n in range(3)
            ]
            if all(_value(polynomial, point) == measured(point) for point in further):
                break
        else:
            raise NotDerived(
                f"the count is no polynomial of degree {HIGHEST} in {', '.join(names)}", named.place
            )
    except NotEvaluated as error:
        raise NotDerived(f"{function.name} does not run: {error.message}", named.place) from None
    shown = [*sorted(counts)[:: max(1, len(counts) // 5)][:5], *further]
    points = sorted(dict.fromkeys(shown))
    rows = tuple((*map(str, p), str(counts[p]), str(_value(polynomial, p))) for p in points)
    node = _node(polynomial, names, scope)
    header: tuple[Cell, ...] = (*(count(n) for n in names), "counted", node)
    title = Reason(f"{WHAT[what]} {function.name}, counted while it ran")
    verdict = fits(
        function, scope, what, [(dict(zip(names, p, strict=True)), _value(polynomial, p)) for p in further]
    )
    blocks: list[Block] = [Table(header, rows, title)]
    if len(polynomial) > 1 and what != "calls":
        leading = _leading(polynomial, names, scope)
        blocks.append(
            Remark(
                _grows(
                    node, _node(leading, names, scope, unit=True), _needed(leading, polynomial, names, scope)
                )
            )
        )
    return names, polynomial, [*blocks, Finding(f"the count of {function.name}", verdict)]


def _smaller(names: Sequence[str], scope: Scope) -> list[tuple[int, int]]:
    """Pairs of sizes of which `sizes:` says that the first is at most the second."""
    pairs = [
        (left, right) if relation in ("<", "<=") else (right, left)
        for left, relation, right in scope.constraints
        if relation in ("<", "<=", ">", ">=")
    ]
    return [
        (names.index(a.name), names.index(b.name)) for a, b in pairs if a.name in names and b.name in names
    ]


def _levels(names: Sequence[str], smaller: Sequence[tuple[int, int]]) -> list[int]:
    """How many sizes each one has below it: runs keep to `B <= N`, so the grid of N begins above that of B."""
    levels = [0] * len(names)
    for _ in names:
        for a, b in smaller:
            levels[b] = min(max(levels[b], levels[a] + 1), len(names))
    return levels


def _grows(node: Node, leading: Node, needed: Sequence[tuple[Node, Node]]) -> Reason:
    text = "{0} grows as its leading terms {1}"
    if needed:
        pairs = " and ".join(f"{{{2 * n + 2}}} is at most {{{2 * n + 3}}}" for n in range(len(needed)))
        text += f", since {pairs}"
    return Reason(text, (node, leading, *(size for pair in needed for size in pair)))


def _needed(
    leading: Polynomial, polynomial: Polynomial, names: Sequence[str], scope: Scope
) -> list[tuple[Node, Node]]:
    """The pairs B <= N without which more terms would lead."""
    if leading == _leading(polynomial, names, replace(scope, constraints=())):
        return []
    return [(_name(names[a], scope), _name(names[b], scope)) for a, b in _smaller(names, scope)]


def _through(starts: Sequence[int], degree: int, measured: Callable[[Exponents], int]) -> Polynomial:
    """The polynomial of that degree in each size through the counts on a grid; exact."""
    grid = [list(range(start, start + degree + 1)) for start in starts]
    values: Mapping[Exponents, Fraction] = {p: Fraction(measured(p)) for p in product(*grid)}
    for axis, points in enumerate(grid):
        values = _along(values, axis, points)
    return {e: c for e, c in values.items() if c}


def _along(values: Mapping[Exponents, Fraction], axis: int, points: list[int]) -> dict[Exponents, Fraction]:
    """Values at points of one axis to coefficients of its powers."""
    found: dict[Exponents, Fraction] = {}
    rests = {p[:axis] + p[axis + 1 :] for p in values}
    for rest in rests:
        row = [values[(*rest[:axis], x, *rest[axis:])] for x in points]
        for power_, c in enumerate(_coefficients(points, row)):
            found[(*rest[:axis], power_, *rest[axis:])] = c
    return found


def _coefficients(xs: Sequence[int], ys: Sequence[Fraction]) -> list[Fraction]:
    """Newton's interpolation, multiplied out."""
    table = list(ys)
    for level in range(1, len(xs)):
        for i in range(len(xs) - 1, level - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (xs[i] - xs[i - level])
    total = [Fraction(0)] * len(xs)
    basis = [Fraction(1)] + [Fraction(0)] * (len(xs) - 1)
    for n, c in enumerate(table):
        total = [t + c * b for t, b in zip(total, basis, strict=True)]
        shifted = [Fraction(0), *basis[:-1]]
        basis = [s - xs[n] * b for s, b in zip(shifted, basis, strict=True)]
    return total


def _value(polynomial: Polynomial, point: Sequence[int]) -> Fraction:
    total = Fraction(0)
    for exponents, c in polynomial.items():
        for x, k in zip(point, exponents, strict=True):
            c *= x**k
        total += c
    return total


def _leading(polynomial: Polynomial, names: Sequence[str], scope: Scope) -> Polynomial:
    """The terms that no other term dominates, where `sizes:` may say that B <= N."""
    smaller = _smaller(names, scope)

    def raised(e: Exponents) -> set[Exponents]:
        """Terms that are at least as large: B replaced by N where B <= N."""
        found, open_ = {e}, [e]
        while open_:
            now = open_.pop()
            for a, b in smaller:
                if now[a]:
                    new = tuple(k - (n == a) + (n == b) for n, k in enumerate(now))
                    if new not in found:
                        found.add(new)
                        open_.append(new)
        return found

    def dominated(e: Exponents) -> bool:
        return any(
            other != e and all(a <= b for a, b in zip(up, other, strict=True))
            for up in raised(e)
            for other in polynomial
        )

    return {e: c for e, c in polynomial.items() if not dominated(e)}


def _name(name: str, scope: Scope) -> Node:
    """A size, or a whole number that the problem declares."""
    declared = scope.declarations.get(name)
    return sym(name, declared.shape, (), declared.facts) if declared else count(name)


def _node(polynomial: Polynomial, names: Sequence[str], scope: Scope, unit: bool = False) -> Node:
    """The polynomial as an expression, its highest terms first; with `unit` without its coefficients."""
    under = 1 if unit else lcm(*(c.denominator for c in polynomial.values()))
    if under > 1:
        return div(_node({e: c * under for e, c in polynomial.items()}, names, scope), num(under))
    terms: list[Node] = []
    for exponents, c in sorted(polynomial.items(), key=lambda row: (-sum(row[0]), tuple(-e for e in row[0]))):
        factors = [
            power(_name(n, scope), k) if k > 1 else _name(n, scope)
            for n, k in zip(names, exponents, strict=True)
            if k
        ]
        scale = [] if (unit or abs(c) == 1) and factors else [num(Fraction(1) if unit else abs(c))]
        term = mul(*scale, *factors)
        terms.append(term if c > 0 or unit else neg(term))
    return add(*terms) if len(terms) > 1 else terms[0] if terms else num(0)
