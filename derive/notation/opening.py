"""What a name stands for at a numeric index: a body with its indices bound, or a given value."""

from __future__ import annotations

from typing import Mapping

from derive.errors import NotEvaluated, OutOfRange
from derive.notation.environment import Key
from derive.notation.instance import Index, Instance
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.scope import Declaration, Scope

At = Mapping[str, int]


class Opening:
    """The scope's names at numeric indices. An index outside its declared range is an error, never a silent
    value."""

    def __init__(self, scope: Scope, instance: Instance) -> None:
        self.scope = scope
        self.outer: At = {**instance.sizes, **instance.indices}
        self._sizes = instance.sizes
        self._bodies: dict[Key, tuple[Node, At] | None] = {}

    def count(self, size: Size, at: At) -> int:
        try:
            return size.value(at)
        except KeyError as missing:
            raise self.no_index(str(missing.args[0])) from None

    def no_index(self, name: str) -> NotEvaluated:
        if name in self.scope.indices:
            low, high = self.scope.indices[name]
            return NotEvaluated(f"empty range {name}={low}..{high}")
        return NotEvaluated(f"the index '{name}' has no value")

    def body(self, key: Key) -> tuple[Node, At] | None:
        """The body of a defined name and the indices bound in it; None where the name is given."""
        if key not in self._bodies:
            self._bodies[key] = self._open(*key)
        return self._bodies[key]

    def _open(self, name: str, index: Index) -> tuple[Node, At] | None:
        definition = self.scope.definitions.get(name)
        if definition is None:
            return None
        for member, body in definition.members:
            at = self._matches(member, index)
            if at is not None:
                return body, at
        declared = self.scope.declarations.get(name)
        if declared is not None and any(self._matches(m, index) is not None for m in declared.boundary):
            return None
        if definition.body is None:
            return None
        self._inside(name, definition.params, index)
        return definition.body, {**self.outer, **dict(zip(definition.params, index, strict=False))}

    def _matches(self, member: tuple[Size, ...], index: Index) -> At | None:
        """Indices bound by a boundary member such as (t, 0); None where it is another member."""
        if len(member) != len(index):
            return None
        at = dict(self.outer)
        for size, i in zip(member, index, strict=False):
            if size.name is not None and size.name in self.scope.indices:
                at[size.name] = i
            elif self.count(size, self._sizes) != i:
                return None
        return at

    def _inside(self, name: str, params: tuple[str, ...], index: Index) -> None:
        if len(params) != len(index):
            raise NotEvaluated(f"'{name}' has {len(params)} indices, not {len(index)}")
        known = {**self.outer, **dict(zip(params, index, strict=False))}
        for param, i in zip(params, index, strict=False):
            if param not in self.scope.indices:
                continue
            low, high = self.scope.indices[param]
            if not self.count(low, known) <= i <= self.count(high, known):
                raise OutOfRange(f"{name}[{', '.join(map(str, index))}] lies outside {param}={low}..{high}")

    def declared(self, key: Key) -> Declaration:
        name, index = key
        declared = self.scope.declarations.get(name)
        if declared is None:
            raise NotEvaluated(f"'{name}' has no value")
        if index and not any(self._matches(m, index) is not None for m in declared.boundary):
            self._inside(name, declared.params, index)
        return declared

    def at_member(self, declared: Declaration, key: Key) -> At:
        return {**self.outer, **dict(zip(declared.params, key[1], strict=False))}

    def law(self, key: Key) -> dict[str, tuple[Node, At]]:
        """The parameters of the law behind a random name, with the indices bound in them."""
        declared = self.declared(key)
        at = self.at_member(declared, key)
        return {name: (node, at) for name, node in (declared.law.args.items() if declared.law else ())}

    def arguments(self, key: Key) -> list[tuple[Node, At]]:
        """The arguments of an unspecified function: all members of a family where the name itself has no
        index."""
        declared = self.scope.declarations.get(key[0])
        if declared is None:
            return []
        found: list[tuple[Node, At]] = []
        for node in declared.of:
            places: list[At] = [self.at_member(declared, key)]
            for name in sorted({n for a in node.args if isinstance(a.data, Size) for n in a.data.names}):
                if name in self.scope.indices and name not in declared.params:
                    low, high = self.scope.indices[name]
                    places = [
                        {**at, name: i}
                        for at in places
                        for i in range(self.count(low, at), self.count(high, at) + 1)
                    ]
            found += [(node, at) for at in places]
        return found
