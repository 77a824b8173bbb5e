"""Kinds `find: naive_bayes(D, y)` and `find: P(y == 0 | x1 == 1)`: shares of rows, exact.

Smoothing adds to the counts of the conditionals, not to the priors. Columns besides the class are features.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.check import tables as check
from derive.errors import NotDerived
from derive.notation.asked import asked
from derive.notation.chances import Chance, chance, said, written
from derive.notation.derivation import Answer, Block, Cell, Finding, Reason, Table, Verdict
from derive.problem.data_tables import DataTable
from derive.problem.model import Named, Part
from derive.problem.questions import Row, features_of, smoothing_of, table_in, values_of
from derive.tree.nodes import SCALAR, Node
from derive.vocabulary.build import add, div, mul, num, sym

Made = tuple[tuple[Block, ...], tuple[Answer, ...]]


def naive_bayes(part: Part, named: Named) -> Made:
    question = asked(named.expression)
    table = table_in(question.data, part.scope)
    model = _Model(table, question.columns[0], smoothing_of(named))
    features = features_of(table, named)
    return model.posterior(features, named) if features else model.tables()


class _Model:
    """Counts of one table."""

    def __init__(self, table: DataTable, target: str, smoothing: Fraction) -> None:
        self.table, self.target, self.smoothing = table, target, smoothing
        self.rows: list[Row] = [
            dict(zip(table.columns, (cell.value for cell in row), strict=True)) for row in table.rows
        ]
        self.labels = values_of(table, target)
        self.features = [c for c in table.columns if c != target]

    def count(self, label: str, column: str | None = None, value: str = "") -> int:
        return sum(
            row[self.target] == label and (column is None or row[column] == value) for row in self.rows
        )

    def prior(self, label: str) -> Fraction:
        return Fraction(self.count(label), len(self.rows))

    def likelihood(self, column: str, value: str, label: str) -> Fraction:
        every = len(values_of(self.table, column))
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
            rows.append((name, _counted(self.count(label), len(self.rows)), num(self.prior(label))))
            answers.append(_answer(name, self.prior(label)))
            claimed[self.target, label, label] = self.prior(label)
        for column in self.features:
            for label in self.labels:
                for value in values_of(self.table, column):
                    name = chance(((column, value),), ((self.target, label),))
                    found = self.likelihood(column, value, label)
                    rows.append((name, self.working(column, value, label), num(found)))
                    answers.append(_answer(name, found))
                    claimed[column, value, label] = found
        title = Reason(f"shares of the {len(self.rows)} rows, the priors first")
        verdict = check.conditionals(self.rows, self.target, float(self.smoothing), claimed)
        return (
            Table(("probability", "rows", "share"), tuple(rows), title),
            Finding("the shares", verdict),
        ), tuple(answers)

    def working(self, column: str, value: str, label: str) -> Cell:
        top, bottom = self.count(label, column, value), self.count(label)
        if not self.smoothing:
            return _counted(top, bottom)
        every = len(values_of(self.table, column))
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
                    label,
                    mul(*map(num, factors[label])),
                    num(scores[label]),
                    working,
                    num(scores[label] / total),
                )
            )
            answers.append(_answer(name, scores[label] / total))
        header: tuple[Cell, ...] = (
            sym(self.target, SCALAR),
            "prior times conditionals",
            "score",
            "share of all scores",
            "posterior",
        )
        best = max(scores.values())
        chosen = frozenset(n for n, label in enumerate(self.labels) if scores[label] == best)
        features = ", ".join(f"{{{n}}} = {plain(v)}" for n, (_, v) in enumerate(event))
        names = tuple(sym(c, SCALAR) for c, _ in event)
        title = Reason(f"the features {features}, independent within each class", names)
        claimed = {label: scores[label] / total for label in self.labels}
        verdict = check.posterior(self.rows, self.target, given, float(self.smoothing), claimed)
        table = Table(header, tuple(rows), title, chosen if len(chosen) < len(rows) else frozenset())
        return (table, Finding("the posterior", verdict)), tuple(answers)


def plain(value: str) -> str:
    """A value of the table inside a sentence, where braces are slots."""
    return value.replace("{", "").replace("}", "")


def _counted(top: int, bottom: int) -> str:
    return f"{top} of {bottom}"


def _answer(name: Node, value: Fraction) -> Answer:
    return Answer(num(value), "".join(written(name).split()), label=name)


# ---------------------------------------------------------------- shares of rows


def share(part: Part, named: Named) -> Made:
    """`P(event | given)`: the rows that have both, among the rows that have what is given."""
    one: Chance = said(named.expression)
    table = table_in(one.table, part.scope)
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
