"""Algorithms run in exact arithmetic, statement by statement. To add a statement: its row in RUN.

Apart from `notation.interpret`, which runs them in floats and counts: that one checks what is found here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derive.errors import NotEvaluated
from derive.notation.statements import (
    Assign,
    Compare,
    Condition,
    For,
    Function,
    If,
    Return,
    Statement,
    While,
    algorithm_of,
)
from derive.notation.text import text
from derive.tree.nodes import Node, walk
from derive.values.arrays import Grid
from derive.values.scalars import is_symbolic, minus, node_of, plus, sign
from derive.vocabulary.build import num

if TYPE_CHECKING:
    from derive.values.evaluate import Explicit

MOST_STEPS = 5_000
DEEPEST = 40
Values = dict[tuple[str, tuple[Node, ...]], Grid]
RELATIONS: dict[str, Callable[[int], bool]] = {
    "==": lambda s: s == 0,
    "!=": lambda s: s != 0,
    "<=": lambda s: s <= 0,
    ">=": lambda s: s >= 0,
    "<": lambda s: s < 0,
    ">": lambda s: s > 0,
}


def run(explicit: Explicit, node: Node, at: Mapping[str, int]) -> Grid:
    """A call of an algorithm, on the values of its arguments."""
    name = str(node.data)
    found = explicit.algorithms.get(name)
    function = found if isinstance(found, Function) else algorithm_of(explicit.scope, name)
    return _Run(explicit, function, [explicit.value(a, at) for a in node.args]).result()


class _Returned(Exception):
    def __init__(self, grid: Grid) -> None:
        self.grid = grid


@dataclass
class _Count:
    """Statements executed by a call and those that it makes."""

    steps: int = 0


class _Run:
    """One call: its values by name and index, and the variables of its loops."""

    def __init__(self, explicit: Explicit, function: Function, arguments: list[Grid]) -> None:
        self.outer = explicit
        self.function = function
        self.values: Values = {}
        self.at: dict[str, int] = {}
        self.count = _Count()
        for name, grid in zip(function.params, arguments, strict=True):
            self.values[name, ()] = grid
            if (whole := _whole(grid)) is not None:
                self.at[name] = whole
        self.own = {*function.params, *_assigned(function.body)}
        self._inner: Explicit | None = None

    def result(self) -> Grid:
        if self.outer.running > DEEPEST:
            raise NotEvaluated(f"'{self.function.name}' calls itself without an end")
        try:
            self.run(self.function.body)
        except _Returned as returned:
            return returned.grid
        raise NotEvaluated(f"'{self.function.name}' ends without returning")

    def run(self, body: tuple[Statement, ...]) -> None:
        for statement in body:
            self.count.steps += 1
            if self.count.steps > MOST_STEPS:
                raise NotEvaluated(
                    "the algorithm does not end soon enough to be run exactly", statement.place
                )
            try:
                RUN[type(statement)](self, statement)
            except NotEvaluated as error:
                raise error.at(statement.place) from None

    # ------------------------------------------------------------ statements

    def assign(self, statement: Assign) -> None:
        grid = self.value(statement.value)
        name = statement.target.name
        key = name, tuple(num(self.integer(i)) for i in statement.target.indices)
        self.values[key] = grid
        self._inner = None
        if not key[1]:
            self.at.pop(name, None)

    def loop(self, statement: For) -> None:
        first, last = self.integer(statement.first), self.integer(statement.last)
        before = self.at.get(statement.var)
        for i in range(first, last + statement.step, statement.step):
            self.at[statement.var] = i
            self.run(statement.body)
        if before is None:
            self.at.pop(statement.var, None)
        else:
            self.at[statement.var] = before

    def repeat(self, statement: While) -> None:
        while self.holds(statement.condition):
            self.run(statement.body)
            self.count.steps += 1

    def decide(self, statement: If) -> None:
        for condition, body in statement.branches:
            if condition is None or self.holds(condition):
                self.run(body)
                return

    def give(self, statement: Return) -> None:
        grids = [self.family(v) if isinstance(v, str) else self.value(v) for v in statement.values]
        if len(grids) == 1:
            raise _Returned(grids[0])
        items = tuple(x for grid in grids for x in grid.items)
        raise _Returned(Grid((len(items),), items))

    def family(self, name: str) -> Grid:
        """The members of a family of scalars, by index; a matrix where two indices fill one."""
        members = [
            (tuple(int(i.number) for i in index), grid.scalar)
            for (n, index), grid in self.values.items()
            if n == name and index
        ]
        items = tuple(value for _, value in sorted(members, key=lambda member: member[0]))
        if self.function.result.kind == "matrix":
            rows, columns = (len({index[axis] for index, _ in members}) for axis in (0, 1))
            if rows * columns != len(items):
                raise NotEvaluated(f"some members of '{name}' have no value")
            return Grid((rows, columns), items)
        return Grid((len(items),), items)

    def holds(self, condition: Condition) -> bool:
        return any(all(self._compared(c) for c in group) for group in condition.alternatives)

    def _compared(self, compare: Compare) -> bool:
        difference = plus(self.value(compare.left).scalar, minus(self.value(compare.right).scalar))
        if is_symbolic(difference):
            raise NotEvaluated("a condition of the algorithm depends on what has no data")
        return RELATIONS[compare.relation](sign(difference))

    # ------------------------------------------------------------ expressions

    def integer(self, node: Node) -> int:
        if node.op == "count":
            return self.inner.count(node.size, self.at)
        whole = _whole(self.value(node))
        if whole is None:
            raise NotEvaluated("an index of the algorithm is no whole number")
        return whole

    def value(self, node: Node) -> Grid:
        grid = self.inner.value(node, self.at)
        for item in grid.items:
            for part in walk(node_of(item)) if is_symbolic(item) else ():
                if part.op == "sym" and part.symbol.name in self.own:
                    raise NotEvaluated(f"{text(part)} has no value yet")
        return grid

    @property
    def inner(self) -> Explicit:
        """What evaluates expressions where the names have the values of now."""
        if self._inner is None:
            own = {**self.function.scope.algorithms, self.function.name: self.function}
            self._inner = self.outer.running_with(self.values, own)
        return self._inner


def _assigned(body: tuple[Statement, ...]) -> Iterator[str]:
    """The names that statements assign."""
    for statement in body:
        if isinstance(statement, Assign):
            yield statement.target.name
        elif isinstance(statement, (For, While)):
            yield from _assigned(statement.body)
        elif isinstance(statement, If):
            for _, inside in statement.branches:
                yield from _assigned(inside)


def _whole(grid: Grid) -> int | None:
    """A whole number; None for everything else."""
    value = grid.items[0] if not grid.dims else None
    if value is None or isinstance(value, float):
        return int(value) if isinstance(value, float) and value.is_integer() else None
    number = value.rational
    return int(number) if number is not None and number.denominator == 1 else None


RUN: dict[type, Callable[[_Run, Any], None]] = {
    Assign: _Run.assign,
    For: _Run.loop,
    While: _Run.repeat,
    If: _Run.decide,
    Return: _Run.give,
}
