"""What a question about data is asked with, checked when the file is read: columns, rows, beams, features.

The errors stand under the argument and say what there is. To check one more question: a function of the question,
its data and the scope, and its row in CHECKS; the kinds read their arguments with the functions here.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.errors import InputError, Place, UnknownName, nearest
from derive.notation.asked import WORDS, Asked, asked
from derive.notation.chances import said
from derive.notation.names import Known
from derive.problem.data_tables import (
    DataTable,
    Tree,
    given,
    number_of,
    table_of,
    tree_of,
    vectors_of,
)
from derive.problem.drawings import TreeOf
from derive.problem.model import Named, Part
from derive.problem.words import combined
from derive.tree.nodes import names_in, walk
from derive.tree.sizes import Size
from derive.values.known import sizes_of
from derive.vocabulary.scope import Scope

MOST_BEAMS = 1_000
Row = dict[str, str]


def check_questions(parts: tuple[Part, ...]) -> None:
    """The data and arguments of all questions; what is wrong in them has its place in the file."""
    for part in parts:
        for named in part.find:
            if named.expression.op in CHECKS:
                CHECKS[named.expression.op](named, part.scope)
            elif part.scope.data:
                _within_the_data(named, part.scope)
        if isinstance(part.figure, TreeOf):
            tree_in(part.figure.data, part.scope)


def _within_the_data(named: Named, scope: Scope) -> None:
    """A member that is asked for lies in the range that the data fix."""
    sizes = {name: Size.of(n) for name, n in sizes_of(scope).items()}
    known = Known(scope)
    for node in walk(named.expression):
        params = known.params(node.symbol.name) if node.op == "sym" and node.args else None
        for param, at in zip(params or (), node.args, strict=False):
            low, high = scope.indices.get(param, (None, None))
            last = high.replace(sizes).constant if high is not None and high.constant is None else None
            if last is None or at.op != "num" or at.number <= last:
                continue
            index = tuple(Size.of(int(a.number)) if a.op == "num" else None for a in node.args)
            if not known.is_boundary(node.symbol.name, params or (), index):
                message = f"index {at.number} of '{node.symbol.name}' is outside {param}={low}..{last}"
                raise InputError(message, named.place, f"the data fix {high} = {last}: give more of them")


def place_of(question: Asked, name: str, named: Named) -> Place:
    """Where an argument stands."""
    return question.places.get(name, named.place)


# ---------------------------------------------------------------- tables


def table_in(name: str, scope: Scope) -> DataTable:
    return table_of(name, given(scope, name))


def values_of(table: DataTable, column: str) -> list[str]:
    """The values of a column, numbers by size."""
    return sorted(
        dict.fromkeys(table.column(column)), key=lambda v: (number_of(v) is None, number_of(v) or 0, v)
    )


def _known(table: DataTable, column: str, place: Place | None) -> None:
    if column not in table.columns:
        hint = nearest(column, table.columns) or f"columns are {', '.join(table.columns)}"
        raise UnknownName(f"no column '{column}'", place, hint)


def _occurs(table: DataTable, column: str, value: str, place: Place | None) -> None:
    if value not in table.column(column):
        hint = f"its values are {', '.join(values_of(table, column))}"
        raise InputError(f"no row has {column} = {value}", place, hint)


def smoothing_of(named: Named) -> Fraction:
    question = asked(named.expression)
    text = question.option("smoothing")
    value = number_of(text) if text is not None else Fraction(0)
    if value is None or value < 0:
        place = place_of(question, "smoothing", named)
        raise InputError(f"smoothing is a number from 0 on, not {text}", place, "smoothing=1 is usual")
    return value


def features_of(table: DataTable, named: Named) -> Row:
    """The features of the instance asked for: those of a row, or as they are given."""
    question = asked(named.expression)
    target = question.columns[0]
    options = {k: v for k, v in question.options if k != "smoothing"}
    if "row" in options and "row" not in table.columns:
        number, place = options.pop("row"), place_of(question, "row", named)
        if not number.isdigit() or not 1 <= int(number) <= len(table.rows):
            hint = f"rows count from 1; {question.data} has {len(table.rows)}"
            raise InputError(f"row {number} is outside 1..{len(table.rows)}", place, hint)
        if options:
            extra = next(iter(options))
            hint = "give a row, or the features"
            raise InputError(f"row={number} has its features", place_of(question, extra, named), hint)
        cells = table.rows[int(number) - 1]
        return {c: cell.value for c, cell in zip(table.columns, cells, strict=True) if c != target}
    for column, value in options.items():
        place = place_of(question, column, named)
        if column not in table.columns:
            known = (*table.columns, "row", "smoothing")
            hint = nearest(column, known) or f"columns are {', '.join(table.columns)}"
            raise UnknownName(f"no column or option '{column}'", place, hint)
        if column == target:
            raise InputError(f"'{column}' is the class that is asked for", place, "give features")
        _occurs(table, column, value, place)
    return options


def _naive_bayes(named: Named, scope: Scope) -> None:
    question = asked(named.expression)
    table = table_in(question.data, scope)
    target = question.columns[0]
    place = place_of(question, target, named)
    _known(table, target, place)
    if len(table.rows) > 2 and len(values_of(table, target)) == len(table.rows):
        hint = f"a class has few values; columns are {', '.join(table.columns)}"
        raise InputError(f"'{target}' is different in every row, so there is nothing to count", place, hint)
    smoothing_of(named)
    features_of(table, named)


def _share(named: Named, scope: Scope) -> None:
    one = said(named.expression)
    table = table_in(one.table, scope)
    for column, value in one.given:
        _occurs(table, column, value, one.places.get(column, named.place))


# ---------------------------------------------------------------- trees and words


def whole_number(named: Named, name: str, most: int | None = None) -> int | None:
    """An option that is a whole number from 1 on; None where it is left out."""
    question = asked(named.expression)
    value = question.option(name)
    if value is None:
        return None
    place = place_of(question, name, named)
    if not value.isdigit() or int(value) < 1:
        raise InputError(f"{name} is a whole number from 1 on, not {value}", place, f"as in {name}=2")
    if most is not None and int(value) > most:
        raise InputError(f"{name} is at most {most}, not {value}", place, f"leave {name} out for all paths")
    return int(value)


def tree_in(name: str, scope: Scope) -> Tree:
    return tree_of(name, given(scope, name))


def _search(named: Named, scope: Scope) -> None:
    question = asked(named.expression)
    tree = tree_in(question.data, scope)
    whole_number(named, "beam", MOST_BEAMS)
    vocabulary = whole_number(named, "vocabulary")
    if vocabulary is None:
        return
    path, row = max(tree.children.items(), key=lambda item: len(item[1]))
    if vocabulary < len(row):
        after = f"'{' '.join(path) or tree.root}'"
        place = place_of(question, "vocabulary", named)
        hint = f"the tree has {len(tree.words())} words"
        raise InputError(f"{len(row)} words follow {after}, more than {vocabulary}", place, hint)


def _nearest(named: Named, scope: Scope) -> None:
    question = asked(named.expression)
    table = vectors_of(question.data, given(scope, question.data))
    place = place_of(question, WORDS, named)
    expression = named.expression.args[0]
    vector = combined(expression, table, place)
    if not any(vector):
        raise InputError("the vector is zero: it has no direction", place, "cosines need a direction")
    own = names_in(expression)
    if not any(any(v) for word, v in table.items() if word not in own):
        hint = "its own words and zero vectors are left out: give more words under data:"
        raise InputError("no other word is left", place, hint)


CHECKS: dict[str, Callable[[Named, Scope], None]] = {
    "search": _search,
    "naive_bayes": _naive_bayes,
    "P": _share,
    "nearest": _nearest,
}
