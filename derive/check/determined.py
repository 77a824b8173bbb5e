"""Lines whose data leave nothing to draw: they have one instance, on which they hold or fail."""

from __future__ import annotations

from contextlib import suppress

from derive.errors import NotEvaluated
from derive.notation.anatomy import LAYERED, Anatomy
from derive.notation.evaluate import Evaluator, Instance
from derive.notation.extents import known
from derive.tree.nodes import Node, Range, walk
from derive.vocabulary.asked import SOUGHT
from derive.vocabulary.build import num
from derive.vocabulary.scope import Datum, Scope

ALONG_PATHS = frozenset({"max_paths", "min_paths", "sum_paths", "count_paths", "at_path"})
SHORT = 1  # every sequence has one member


def _is_member(node: Node) -> bool:
    return bool(node.args) and all(a.op == "num" for a in node.args)


class Determined:
    """Which expressions of one scope have a single value."""

    def __init__(self, scope: Scope, anatomy: Anatomy) -> None:
        self.scope = scope
        self.anatomy = anatomy
        self.sizes = known(scope)
        self.given = {k.partition("[")[0] for k, d in scope.data.items() if isinstance(d, Datum) and d.value}

    def line(self, left: Node, right: Node) -> bool:
        """Whether every name has data or is defined through such, and every size and index is a number."""
        about = any(self.anatomy.of(n).names or any(p.op in LAYERED for p in walk(n)) for n in (left, right))
        return about and self._one(left) and self._one(right)

    def has_data(self, *nodes: Node) -> bool:
        return any(self.anatomy.of(node).names & self.given for node in nodes)

    def evaluator(self, usual: Evaluator, left: Node, right: Node) -> Evaluator:
        """One for the only instance there is: ranges of no fixed length reach as far as the members that occur,
        and a long recurrence has been followed from its start."""
        members = [n for side in (left, right) for n in walk(side) if n.op == "sym" and _is_member(n)]
        last = max((int(a.number) for n in members for a in n.args), default=0)
        free = {n for _, high in self.scope.indices.values() for n in high.names} - self.sizes.keys()
        instance = usual.instance
        if last > SHORT:
            sizes = {n: max(k, last) if n in free else k for n, k in instance.sizes.items()}
            instance = Instance(self.scope, instance.seed, sizes, instance.indices)
            usual = Evaluator(self.scope, instance, usual.wrt, self.anatomy)
        for node in members:
            if len(node.args) == 1 and node.args[0].number > SHORT:
                for k in range(1, int(node.args[0].number)):
                    with suppress(NotEvaluated):
                        usual.value(Node("sym", (num(k),), node.data, node.shape))
        return usual

    def _one(self, node: Node) -> bool:
        if not set(self.anatomy.of(node).indices) <= self.sizes.keys() or self.anatomy.random_inside(node):
            return False
        return self._valued(node, frozenset(), set()) and self._sizes_known(node, frozenset())

    def _valued(self, node: Node, put_in: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> bool:
        """Whether all names have data or bodies of such; `put_in` are those that an `at` gives a value."""
        if node.op in LAYERED:
            return True
        if node.op == "at":
            body, name, value = node.args
            inner = put_in | {name.symbol.name}
            return self._valued(body, inner, seen) and self._valued(value, put_in, seen)
        if node.op in SOUGHT:
            inner = put_in | {node.args[1].symbol.name} if node.args[1].op == "sym" else put_in
            return all(self._valued(a, inner, seen) for a in node.args)
        if node.op in ALONG_PATHS:
            return self._ends_known(node) and all(
                self._valued(a, put_in | {node.symbol.name}, seen) for a in node.args
            )
        if node.op == "apply" and not self._has_formula(node, put_in, seen):
            return False
        if node.op == "sym" and not self._has_value(node.symbol.name, put_in, seen):
            return False
        return all(self._valued(a, put_in, seen) for a in node.args)

    def _ends_known(self, node: Node) -> bool:
        """Whether the integers on a path have a known range."""
        declared = self.scope.declarations.get(node.symbol.name)
        ends = declared.integers if declared is not None else None
        return ends is not None and all(end.names <= self.sizes.keys() for end in ends)

    def _sizes_known(self, node: Node, bound: frozenset[str]) -> bool:
        """Sizes in shapes too: those of layers and of arrays of constants stand nowhere else."""
        if isinstance(node.data, Range):
            bound = bound | {node.data.var}
        names = {n for d in node.shape.dims for n in d.names}
        if not names - bound <= self.sizes.keys() and node.op != "layer_output":
            return False
        return all(self._sizes_known(a, bound) for a in node.args)

    def _has_formula(self, node: Node, put_in: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> bool:
        """Whether a function is given by a formula, in which only its argument is free."""
        assert isinstance(node.data, tuple)
        definition = self.scope.definitions.get(node.data[0])
        body = definition.formula(node.data[1]) if definition is not None else None
        if definition is None or definition.argument is None or body is None:
            return False
        return self._valued(body, put_in | {definition.argument.symbol.name}, seen)

    def _has_value(self, name: str, put_in: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> bool:
        if (name, put_in) in seen or name in put_in:
            return True
        seen.add((name, put_in))
        definition, declared = self.scope.definitions.get(name), self.scope.declarations.get(name)
        if definition is None:
            return name in self.given and (declared is None or not (declared.law or declared.of))
        for index in declared.boundary if declared is not None else ():
            numbers = tuple(n for s in index if (n := s.constant) is not None)
            if self.scope.given_at(name, numbers) is None:
                return False
        bodies = [b for b in (definition.body, *(b for _, b in definition.members)) if b is not None]
        return all(self._valued(body, put_in, seen) for body in bodies)
