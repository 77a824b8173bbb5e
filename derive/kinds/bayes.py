"""Kinds `find: naive_bayes(D, y)` and `find: P(y == 0 | x1 == 1)`: shares of rows, exact.

Smoothing adds to the counts of the conditionals, not to the priors. Columns besides the class are features.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.check import tables as check
from derive.errors import InputError, NotDerived, UnknownName, nearest
from derive.notation.asked import asked
from derive.notation.chances import Chance, chance, said, written
from derive.notation.derivation import Answer, Block, Cell, Finding, Reason, Table, Verdict
from derive.problem.data_tables import DataTable, given, number_of, table_of
from derive.problem.model import Named, Part
from derive.tree.nodes import Node
from derive.vocabulary.build import add, div, mul, num

Made = tuple[tuple[Block, ...], tuple[Answer, ...]]
Row = dict[str, str]


def naive_bayes(part: Part, named: Named) -> Made:
    question = asked(named.expression)
    table = table_of(question.data, given(part.scope, question.data))
    target = question.columns[0]
    _known(table, target, named)
    smoothing = _smoothing(question.option("smoothing"), named)
    features = _given(table, target, named)
    model = _Model(table, target, smoothing)
    return model.posterior(features, named) if features else model.tables()


def _known(table: DataTable, column: str, named: Named) -> None:
    if column not in table.columns:
        hint = nearest(column, table.columns) or f"columns are {', '.join(table.columns)}"
        raise UnknownName(f"no column '{column}'", named.place, hint)


def _smoothing(text: str | None, named: Named) -> Fraction:
    value = Fraction(text) if text and text.replace("/", "").replace(".", "").isdigit() else None
    if text is not None and value is None:
        raise InputError(f"smoothing is a number from 0 on, not {text}", named.place)
    return value or Fraction(0)


def _given(table: DataTable, target: str, named: Named) -> Row:
    """The features of the instance asked for: those of a row, or as they are given."""
    options = {k: v for k, v in asked(named.expression).options if k != "smoothing"}
    if "row" in options and "row" not in table.columns:
        number = options["row"]
        if not number.isdigit() or not 1 <= int(number) <= len(table.rows):
            raise InputError(
                f"row {number} is outside 1..{len(table.rows)}", named.place, "rows count from 1"
            )
        cells = table.rows[int(number) - 1]
        return {c: cell.value for c, cell in zip(table.columns, cells, strict=True) if c != target}
    for column, value in options.items():
        _known(table, column, named)
        if column == target:
            raise InputError(f"'{column}' is the class that is asked for", named.place, "give features")
        if value not in table.column(column):
            values = ", ".join(_values(table, column))
            raise InputError(f"no row has {column} = {value}", named.place, f"its values are {values}")
    return options


def _values(table: DataTable, column: str) -> list[str]:
    """The values of a column, numbers by size."""
    return sorted(
        dict.fromkeys(table.column(column)), key=lambda v: (number_of(v) is None, number_of(v) or 0, v)
    )


class _Model:
    """Counts of one table."""

    def __init__(self, table: DataTable, target: str, smoothing: Fraction) -> None:
        self.table, self.target, self.smoothing = table, target, smoothing
        self.rows: list[Row] = [
            dict(zip(table.columns, (cell.value for cell in row), strict=True)) for row in table.rows
        ]
        self.labels = _values(table, target)
        self.features = [c for c in table.columns if c != target]

    def count(self, label: str, column: str | None = None, value: str = "") -> int:
        return sum(
            row[self.target] == label and (column is None or row[column] == value) for row in self.rows
        )

    def prior(self, label: str) -> Fraction:
        return Fraction(self.count(label), len(self.rows))

    def likelihood(self, column: str, value: str, label: str) -> Fraction:
        every = len(_values(self.table, column))
        return (self.count(label, column, value) + self.smoothing) / (
            self.count(label) + self.smoothing * every
        )

    # ------------------------------------------------------------ the model

    def tables(self) -> Made:
        """The priors, and the conditionals of each feature, as counts and shares."""
        answers: list[Answer] = []
        claimed: dict[tuple[str, str, str], Fraction] = {}
        rows: list[tuple[Cell, ...]] = []
        for label in self.labels:
            name = chance(((self.target, label),))
            rows.append((name, _share(self.count(label), len(self.rows)), num(self.prior(label))))
            answers.append(_answer(name, self.prior(label)))
            claimed[self.target, label, label] = self.prior(label)
        for column in self.features:
            for label in self.labels:
                for value in _values(self.table, column):
                    name = chance(((column, value),), ((self.target, label),))
                    found = self.likelihood(column, value, label)
                    rows.append((name, self.working(column, value, label), num(found)))
                    answers.append(_answer(name, found))
                    claimed[column, value, label] = found
        title = Reason(f"shares of the {len(self.rows)} rows, the priors first")
        verdict = check.conditionals(self.rows, self.target, float(self.smoothing), claimed)
        return (Table(("", "rows", ""), tuple(rows), title), Finding("the shares", verdict)), tuple(answers)

    def working(self, column: str, value: str, label: str) -> Node:
        top, bottom = self.count(label, column, value), self.count(label)
        if not self.smoothing:
            return _share(top, bottom)
        every = len(_values(self.table, column))
        return div(add(num(top), num(self.smoothing)), add(num(bottom), mul(num(every), num(self.smoothing))))

    # ------------------------------------------------------------ a posterior

    def posterior(self, given: Row, named: Named) -> Made:
        """The score of each class is its prior times its conditionals; its chance is its share of the scores."""
        event = tuple(given.items())
        scores: dict[str, Fraction] = {}
        rows: list[tuple[Cell, ...]] = []
        factors: dict[str, list[Fraction]] = {}
        for label in self.labels:
            factors[label] = [self.prior(label), *(self.likelihood(c, v, label) for c, v in event)]
            score = Fraction(1)
            for factor in factors[label]:
                score *= factor
            scores[label] = score
        total = sum(scores.values(), Fraction(0))
        if not total:
            message = f"no class gives {', '.join(f'{c}={v}' for c, v in event)} a positive score"
            raise NotDerived(message, named.place, "add smoothing=1")
        answers = []
        for label in self.labels:
            name = chance(((self.target, label),), event)
            working = div(num(scores[label]), num(total))
            rows.append(
                (
                    f"{self.target}={label}",
                    mul(*map(num, factors[label])),
                    num(scores[label]),
                    working,
                    num(scores[label] / total),
                )
            )
            answers.append(_answer(name, scores[label] / total))
        header: tuple[Cell, ...] = (
            "class",
            "prior times conditionals",
            "score",
            "share of all scores",
            "posterior",
        )
        best = max(scores.values())
        chosen = frozenset(n for n, label in enumerate(self.labels) if scores[label] == best)
        title = Reason(
            f"the features {', '.join(f'{c}={v}' for c, v in event)}, independent within each class"
        )
        claimed = {label: scores[label] / total for label in self.labels}
        verdict = check.posterior(self.rows, self.target, given, float(self.smoothing), claimed)
        table = Table(header, tuple(rows), title, chosen if len(chosen) < len(rows) else frozenset())
        return (table, Finding("the posterior", verdict)), tuple(answers)


def _share(top: int, bottom: int) -> Node:
    return div(num(top), num(bottom))


def _answer(name: Node, value: Fraction) -> Answer:
    return Answer(num(value), "".join(written(name).split()), label=name)


# ---------------------------------------------------------------- shares of rows


def share(part: Part, named: Named) -> Made:
    """`P(event | given)`: the rows that have both, among the rows that have what is given."""
    one: Chance = said(named.expression)
    table = table_of(one.table, given(part.scope, one.table))
    for column, _ in (*one.event, *one.given):
        _known(table, column, named)
    rows = [dict(zip(table.columns, (c.value for c in row), strict=True)) for row in table.rows]
    among = [row for row in rows if all(row[c] == v for c, v in one.given)]
    if not among:
        raise NotDerived("no row has what is given", named.place)
    both = [row for row in among if all(row[c] == v for c, v in one.event)]
    title = Reason(f"rows of {one.table}" + (" that have what is given" if one.given else ""))
    shown = Table(table.columns, tuple(tuple(row.values()) for row in among), title, _marked(among, both))
    again = sum(set((*one.event, *one.given)) <= set(row.items()) for row in rows) / len(among)
    value = Fraction(len(both), len(among))
    verdict = Verdict(
        "holds" if abs(again - value) < check.CLOSE else "fails", f"counting the {len(rows)} rows again", 1
    )
    return (shown, Finding("the share", verdict)), (Answer(num(value)),)


def _marked(among: Sequence[Row], both: Sequence[Row]) -> frozenset[int]:
    return frozenset(n for n, row in enumerate(among) if any(row is other for other in both))
