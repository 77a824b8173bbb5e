"""Lines whose data leave nothing to draw: they have one instance, on which they hold or fail."""

from __future__ import annotations

from derive.notation.anatomy import LAYERED, Anatomy
from derive.notation.extents import known
from derive.tree.nodes import Node, Range, walk
from derive.vocabulary.scope import Datum, Scope


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

    def _one(self, node: Node) -> bool:
        traits = self.anatomy.of(node)
        if not set(traits.indices) <= self.sizes.keys() or self.anatomy.random_inside(node):
            return False
        if not all(self._has_value(name) for name in traits.names):
            return False
        return self._sizes_known(node, frozenset())

    def _sizes_known(self, node: Node, bound: frozenset[str]) -> bool:
        """Sizes in shapes too: those of layers and of arrays of constants stand nowhere else."""
        if isinstance(node.data, Range):
            bound = bound | {node.data.var}
        names = {n for d in node.shape.dims for n in d.names}
        if not names - bound <= self.sizes.keys() and node.op != "layer_output":
            return False
        return all(self._sizes_known(a, bound) for a in node.args)

    def _has_value(self, name: str) -> bool:
        definition, declared = self.scope.definitions.get(name), self.scope.declarations.get(name)
        if declared is not None and (declared.law or declared.of):
            return False
        if name in self.given:
            return True
        if definition is None:
            return False
        return declared is None or all(
            self.scope.given_at(name, tuple(n for s in i if (n := s.constant) is not None)) is not None
            for i in declared.boundary
        )
