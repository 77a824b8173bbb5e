"""Kind `find: nearest(E, king - man + woman)`: the word whose vector has the largest cosine with an expression.

The words of the expression are left out, as is usual for word analogies.
"""

from __future__ import annotations

from fractions import Fraction

from derive.check.neighbours import closest
from derive.notation.asked import asked
from derive.notation.derivation import Answer, Block, Cell, Finding, Reason, Remark, Table
from derive.problem.data_tables import given, vectors_of
from derive.problem.model import Named, Part
from derive.problem.words import Vector, combined
from derive.tree.nodes import Node, names_in
from derive.values.functions import exact_of
from derive.values.scalars import Exact, node_of
from derive.vocabulary.build import build, div, mul, num, words

DIGITS = 4


def nearest(part: Part, named: Named) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    name = asked(named.expression).data
    table = vectors_of(name, given(part.scope, name))
    expression = named.expression.args[0]
    query = combined(expression, table)
    own = names_in(expression)
    rest = {word: v for word, v in table.items() if word not in own and any(v)}
    order = sorted(rest, key=lambda word: -_score(rest[word], query))
    best = [word for word in order if _score(rest[word], query) == _score(rest[order[0]], query)]
    rows: list[tuple[Cell, ...]] = [
        (
            word,
            _shown(rest[word]),
            _quotient(rest[word], query),
            cosine(rest[word], query),
            num(_rounded(rest[word], query), True),
        )
        for word in order
    ]
    lost = [word for word, v in table.items() if word not in own and not any(v)]
    aside = f", and {' and '.join(lost)}, whose zero vector has no direction" if lost else ""
    shown = Remark(
        Reason(f"the vector of {{0}} is {_shown(query)}; its own words are left out{aside}", (expression,))
    )
    header: tuple[Cell, ...] = ("word", "vector", "cosine", "exactly", "in decimals")
    table_block = Table(
        header, tuple(rows), Reason("the other words, the nearest first"), frozenset(range(len(best)))
    )
    found = [Answer(words(best[0]), "nearest", ties=tuple(map(words, best[1:])))]
    found.append(Answer(cosine(rest[best[0]], query), "cosine"))
    plain = {word: [float(x) for x in v] for word, v in rest.items()}
    verdict = closest(plain, [float(x) for x in query], best[0], float(_rounded(rest[best[0]], query)))
    return (shown, table_block, Finding("the nearest word", verdict)), tuple(found)


def _dot(a: Vector, b: Vector) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def _score(a: Vector, b: Vector) -> Fraction:
    """The square of the cosine with its sign: exact, and in the order of the cosines."""
    dot = _dot(a, b)
    return dot * abs(dot) / _dot(a, a)


def cosine(a: Vector, b: Vector) -> Node:
    """The dot product over the product of the norms, as short as it gets."""
    value = exact_of(_quotient(a, b))
    return node_of(value) if isinstance(value, Exact) else num(_rounded(a, b), True)


def _quotient(a: Vector, b: Vector) -> Node:
    """The same, not computed yet."""
    return div(num(_dot(a, b)), mul(build("sqrt", num(_dot(a, a))), build("sqrt", num(_dot(b, b)))))


def _rounded(a: Vector, b: Vector) -> Fraction:
    value = float(_dot(a, b)) / (float(_dot(a, a)) * float(_dot(b, b))) ** 0.5
    return Fraction(f"{value:.{DIGITS}f}")


def _shown(vector: Vector) -> str:
    return f"({', '.join(f'{x}' for x in vector)})"
