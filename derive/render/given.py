"""Data as a text shows them: `{{ D }}` is a table, `{{ tree }}` a drawing, `{{ glove }}` a vector for each word.

A further form of data is a row in SHOWN; what its author may write stands in `derive.problem.data_tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derive.kinds.trees import tree_graph
from derive.notation.asked import asked
from derive.notation.derivation import Block, Cell, Table
from derive.problem.data_tables import form_of, given, table_of, tree_of, vectors_of
from derive.problem.drawings import TreeOf
from derive.problem.model import Problem
from derive.tree.nodes import SCALAR
from derive.vocabulary.build import sym
from derive.vocabulary.scope import Scope

Uses = Mapping[str, str]  # a name of data and the question that is asked about it


def uses_of(problem: Problem) -> Uses:
    """What the parts ask about data: columns of numbers may be a table or vectors."""
    found: dict[str, str] = {}
    for part in problem.parts:
        for named in part.find:
            if named.expression.op in SHOWN:
                found[asked(named.expression).data] = named.expression.op
        if isinstance(part.figure, TreeOf):
            found[part.figure.data] = "search"
    return found


def exhibit(name: str, scope: Scope, uses: Uses) -> Block | None:
    """The data of a name that are no array of numbers; None for those that are, and for other names."""
    datum = scope.datum(name)
    if datum is None or datum.value is not None:
        return None
    form = uses.get(name) or form_of(datum.written)
    return SHOWN[form](name, scope) if form in SHOWN else None


def _table(name: str, scope: Scope) -> Table:
    """The rows are numbered, since questions speak of them by number."""
    table = table_of(name, given(scope, name))
    columns = tuple(sym(column, SCALAR) if column.isidentifier() else column for column in table.columns)
    header: tuple[Cell, ...] = ("row", *columns)
    return Table(header, tuple((str(n), *(c.value for c in row)) for n, row in enumerate(table.rows, 1)))


def _vectors(name: str, scope: Scope) -> Table:
    vectors = vectors_of(name, given(scope, name))
    return Table(
        ("word", "vector"), tuple((word, f"({', '.join(map(str, v))})") for word, v in vectors.items())
    )


SHOWN: dict[str | None, Callable[[str, Scope], Block]] = {
    "search": lambda name, scope: tree_graph(tree_of(name, given(scope, name))),
    "naive_bayes": _table,
    "nearest": _vectors,
}
