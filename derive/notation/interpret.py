"""Algorithms run: statement by statement, on the values of one instance, every operation counted.

Nothing is remembered between evaluations (unlike in the evaluator), so the counts are those of the algorithm as
it is written. To add a statement: its row in RUN.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.environment import Environment
from derive.notation.statements import (
    Assign,
    Condition,
    For,
    Function,
    If,
    Return,
    Statement,
    While,
    algorithm_of,
)
from derive.tree.nodes import Node, Range
from derive.tree.sizes import Size
from derive.vocabulary.build import TABLE, substitute
from derive.vocabulary.scope import Definition

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Array = Any
MOST_STEPS = 200_000
ROUNDING = 1e-13  # of values that are equal
DEEPEST = 40
FREE_OF_CHARGE = frozenset(
    {"entry", "T", "num", "count", "sym", "const", "words", "zeros", "ones", "eye", "onehot"}
)
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}


@dataclass
class Tally:
    """What a run did: arithmetic operations and comparisons, passes of loops, calls of unspecified functions by
    name, and how many values it stored."""

    operations: int = 0
    passes: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    stored: int = 0
    steps: int = 0

    @property
    def cost(self) -> int:
        return self.operations + self.passes


@dataclass
class Frame:
    """The names of one call: values by name and index, and the variables of its loops."""

    function: Function
    values: dict[tuple[str, tuple[int, ...]], Array]
    at: dict[str, int]
    depth: int = 0


class _Returned(Exception):
    def __init__(self, values: tuple[Array, ...]) -> None:
        self.values = values


class Interpreter:
    """Runs algorithms over the values of an evaluator."""

    def __init__(self, evaluator: Evaluator, env: Environment | None = None) -> None:
        self.evaluator = evaluator
        self.env = env or evaluator.root
        self.tally = Tally()
        self.xp = evaluator.xp
        self._at: Mapping[str, int] = evaluator.outer

    def call(self, function: Function, arguments: tuple[Array, ...], depth: int = 0) -> Array:
        """What the function returns; several values below each other."""
        values: dict[tuple[str, tuple[int, ...]], Array] = {}
        at = dict(self.evaluator.outer)
        for name, value in zip(function.params, arguments, strict=True):
            values[name, ()] = value
            if value.size == 1 and float(value.flat[0].real).is_integer():
                at[name] = int(value.flat[0].real)
        if depth > DEEPEST:
            raise NotEvaluated(f"'{function.name}' calls itself without an end")
        frame = Frame(function, values, at, depth)
        try:
            self.run(function.body, frame)
        except _Returned as returned:
            self.tally.stored += len(frame.values) - len(function.params)
            if len(returned.values) == 1:
                return returned.values[0]
            return np.concatenate([value.reshape(-1, 1) for value in returned.values])
        raise NotEvaluated(f"'{function.name}' ends without returning")

    def run(self, body: tuple[Statement, ...], frame: Frame) -> None:
        for statement in body:
            self.tally.steps += 1
            if self.tally.steps > MOST_STEPS:
                raise NotEvaluated("the algorithm does not end soon enough", statement.place)
            try:
                RUN[type(statement)](self, statement, frame)
            except NotEvaluated as error:
                raise error.at(statement.place) from None

    # ------------------------------------------------------------ statements

    def assign(self, statement: Assign, frame: Frame) -> None:
        value = self.value(statement.value, frame)
        key = statement.target.name, tuple(self.integer(i, frame) for i in statement.target.indices)
        frame.values[key] = value
        if not key[1]:
            self.unbind(key[0], frame)

    def loop(self, statement: For, frame: Frame) -> None:
        first, last = self.integer(statement.first, frame), self.integer(statement.last, frame)
        before = frame.at.get(statement.var)
        for i in range(first, last + statement.step, statement.step):
            self.tally.passes += 1
            frame.at[statement.var] = i
            self.run(statement.body, frame)
        if before is None:
            frame.at.pop(statement.var, None)
        else:
            frame.at[statement.var] = before

    def unbind(self, name: str, frame: Frame) -> None:
        """An assigned name is no variable of a loop any more; a size of the problem stays one."""
        size = self.evaluator.outer.get(name)
        if size is None:
            frame.at.pop(name, None)
        else:
            frame.at[name] = size

    def repeat(self, statement: While, frame: Frame) -> None:
        while self.holds(statement.condition, frame):
            self.tally.passes += 1
            self.run(statement.body, frame)

    def decide(self, statement: If, frame: Frame) -> None:
        for condition, body in statement.branches:
            if condition is None or self.holds(condition, frame):
                self.run(body, frame)
                return

    def give(self, statement: Return, frame: Frame) -> None:
        raise _Returned(
            tuple(
                self.family(v, frame) if isinstance(v, str) else self.value(v, frame)
                for v in statement.values
            )
        )

    def family(self, name: str, frame: Frame) -> Array:
        """The members of a family of scalars, by index; a matrix where two indices fill one."""
        found = sorted(
            ((index, value) for (n, index), value in frame.values.items() if n == name and index),
            key=lambda member: member[0],
        )
        if frame.function.result.kind == "matrix":
            rows, columns = (len({index[axis] for index, _ in found}) for axis in (0, 1))
            if rows * columns != len(found):
                raise NotEvaluated(f"some members of '{name}' have no value")
            return np.array([value.reshape(()) for _, value in found]).reshape(rows, columns)
        return np.concatenate([value.reshape(-1, 1) for _, value in found])

    def holds(self, condition: Condition, frame: Frame) -> bool:
        return any(all(self._compared(c, frame) for c in group) for group in condition.alternatives)

    def _compared(self, compare: Any, frame: Frame) -> bool:
        self.tally.operations += 1
        left, right = (float(self.value(n, frame).flat[0].real) for n in (compare.left, compare.right))
        return COMPARE[compare.relation](left, right)

    # ------------------------------------------------------------ expressions

    def size(self, size: Size) -> int:
        return self.evaluator.count(size, self._at)

    def integer(self, node: Node, frame: Frame) -> int:
        if node.op == "count":
            return self.evaluator.count(node.size, frame.at)
        value = float(self.value(node, frame).flat[0].real)
        if not value.is_integer():
            raise NotEvaluated(f"an index is {value:g}, which is no whole number")
        return int(value)

    def value(self, node: Node, frame: Frame) -> Array:
        """The value of an expression, nothing remembered, everything counted."""
        op = node.op
        if op == "sym":
            return self._named(node, frame)
        if op == "count":
            return self.xp.number(self.evaluator.count(node.size, frame.at))
        if isinstance(node.data, Range):
            return self._over(node, frame)
        if op == "run":
            own = frame.function
            function = own if node.data == own.name else algorithm_of(own.scope, str(node.data))
            return self.call(function, tuple(self.value(a, frame) for a in node.args), frame.depth + 1)
        if op in ("num", "const"):
            return self.evaluator.evaluate(node, self.env, self.evaluator.outer)
        arguments = [self.value(a, frame) for a in node.args]
        if op == "apply":
            assert isinstance(node.data, tuple)
            name, order = node.data
            self.tally.calls[name + "'" * order] += 1
            definition = self.evaluator.scope.definitions.get(name)
            if definition is not None and definition.argument is not None:
                return self._by_formula(definition, order, node.args[0], frame)
            return self.evaluator.function(name, arguments[0], order)
        row = TABLE[op]
        if row.numeric is None or op in self.evaluator.verbs:
            raise NotEvaluated(f"an algorithm has no '{op}'")
        self._at = frame.at
        found = row.numeric(self, node, *arguments)
        self.tally.operations += operations(node, arguments, found)
        return found

    def _by_formula(self, function: Definition, order: int, argument: Node, frame: Frame) -> Array:
        """A function that the problem defines by a formula, or its derivative."""
        body = function.formula(order)
        if body is None or function.argument is None:
            raise NotEvaluated(f"{function.name} has no derivative of order {order}")
        return self.value(substitute(body, {function.argument: argument}), frame)

    def _named(self, node: Node, frame: Frame) -> Array:
        name = node.symbol.name
        index = tuple(self.integer(a, frame) for a in node.args)
        if (name, index) in frame.values:
            return frame.values[name, index]
        declared = frame.function.scope.declarations.get(name)
        if declared is not None and declared.params and declared.params[0].startswith("#"):
            raise NotEvaluated(f"{name}[{', '.join(map(str, index))}] has no value yet")
        return self.evaluator.named((name, index), self.env)

    def _over(self, node: Node, frame: Frame) -> Array:
        range_ = node.range
        low, high = (self.evaluator.count(end, frame.at) for end in (range_.low, range_.high))
        inner = Frame(frame.function, frame.values, dict(frame.at), frame.depth)
        values = []
        for i in range(low, high + 1):
            inner.at[range_.var] = i
            values.append(self.value(node.args[0], inner))
        self.tally.operations += max(0, len(values) - 1) * math.prod(values[0].shape[-2:]) if values else 0
        return reduced(node.op, values, low, self.xp)


def reduced(op: str, values: list[Array], low: int, xp: Any) -> Array:
    """The sum, product, matrix product, maximum or its place of values over an index that starts at `low`."""
    if not values:
        if op not in ("sum_over", "prod_over"):
            raise NotEvaluated("a maximum over nothing")
        return xp.number(0 if op == "sum_over" else 1)
    if op == "sum_over":
        return sum(values[1:], values[0])
    if op == "prod_over":
        return math.prod(values[1:], start=values[0])
    if op == "chain_over":
        return functools.reduce(xp.matmul, values)
    best = min if op in ("min_over", "argmin_over") else max
    if all(value.size == 1 for value in values):
        place = best(range(len(values)), key=lambda i: xp.real(values[i]).item())
        if op.startswith("arg"):
            place = _first_as_good(values, place, xp)
        return xp.number(low + place) if op.startswith("arg") else values[place]
    total, where = values[0], xp.number(low)
    for i, value in enumerate(values[1:], low + 1):
        real, so_far = xp.real(value), xp.real(total)
        better = real < so_far if best is min else real > so_far
        total = xp.where(better, value, total)
        where = xp.where(better, xp.number(i), where)
    return where if op.startswith("arg") else total


def _first_as_good(values: list[Array], place: int, xp: Any) -> int:
    """The first place of a value that only rounding tells from the extremum: 0.1 + 0.2 and 0.3 are a tie."""
    top = xp.real(values[place]).item()
    margin = ROUNDING * max(1.0, abs(float(top)))
    return next(
        i for i, v in enumerate(values) if i == place or abs(float(xp.real(v).item() - top)) <= margin
    )


def operations(node: Node, arguments: list[Array], found: Array) -> int:
    """How many operations on numbers an operation is."""
    if node.op in FREE_OF_CHARGE:
        return 0
    entries = int(math.prod(found.shape[-2:]))
    if node.op == "matmul":
        total = 0
        left = arguments[0]
        for right in arguments[1:]:
            rows, inner, columns = left.shape[-2], left.shape[-1], right.shape[-1]
            total += int(rows * columns * (2 * inner - 1))
            left = np.empty((rows, columns))
        return total
    if node.op in ("add", "mul"):
        return entries * (len(arguments) - 1)
    if entries == 1 and arguments and arguments[0].size > 1:
        return int(arguments[0].size)
    return entries


RUN: dict[type, Callable[[Interpreter, Any, Frame], None]] = {
    Assign: Interpreter.assign,
    For: Interpreter.loop,
    While: Interpreter.repeat,
    If: Interpreter.decide,
    Return: Interpreter.give,
}
