"""Kind `find: nearest(E, king - man + woman)`: the word whose vector has the largest cosine with an expression.

The words of the expression are left out, as is usual for word analogies.
"""

from __future__ import annotations

from fractions import Fraction

from derive.check.neighbours import closest
from derive.errors import NotDerived
from derive.notation.asked import asked
from derive.notation.derivation import Answer, Block, Cell, Finding, Reason, Remark, Table
from derive.problem.data_tables import given, vectors_of
from derive.problem.model import Named, Part
from derive.tree.nodes import Node, names_in
from derive.values.functions import exact_of
from derive.values.scalars import Exact, node_of
from derive.vocabulary.build import build, div, mul, num, words

DIGITS = 4
Vector = tuple[Fraction, ...]


def nearest(part: Part, named: Named) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    name = asked(named.expression).data
    table = vectors_of(name, given(part.scope, name))
    expression = named.expression.args[0]
    query = _value(expression, table)
    if not any(query):
        raise NotDerived("the vector is zero: it has no direction", named.place)
    own = names_in(expression)
    rest = {word: v for word, v in table.items() if word not in own and any(v)}
    if not rest:
        raise NotDerived("no other word is left", named.place)
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
    shown = Remark(
        Reason(f"the vector of {{0}} is {_shown(query)}; its own words are left out", (expression,))
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


def _value(node: Node, table: dict[str, Vector]) -> Vector:
    """Sums and multiples of words, exact."""
    if node.op == "sym":
        return table[node.symbol.name]
    if node.op == "neg":
        return tuple(-x for x in _value(node.args[0], table))
    if node.op == "add":
        return tuple(sum(xs, Fraction(0)) for xs in zip(*(_value(a, table) for a in node.args), strict=True))
    if node.op in ("mul", "div"):
        scale, found = Fraction(1), None
        for n, arg in enumerate(node.args):
            if arg.op == "num":
                scale = scale / arg.number if node.op == "div" and n else scale * arg.number
            elif found is None:
                found = _value(arg, table)
            else:
                raise NotDerived("words are added and multiplied by numbers")
        if found is not None:
            return tuple(scale * x for x in found)
    raise NotDerived("words are added and multiplied by numbers, as in king - man + woman")


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
