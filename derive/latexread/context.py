"""What an elaboration may know: a scope, its names as they are written, the way products and derivatives are meant."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Mapping

from derive.latexread.names import Names
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.scope import Definition, Scope


@dataclass(frozen=True, eq=False)
class Context:
    """A scope and its names by LaTeX. `indices` are further free indices with their ranges; `arrays` are names that
    are numbers here because a size is 1, and vectors or matrices to their author: `h^T` is no power of them;
    `variables` are the names that the problem derives in: a bare \\nabla is in one of them."""

    scope: Scope
    names: Names
    indices: Mapping[str, tuple[Size, Size]] = field(default_factory=dict)
    arrays: frozenset[str] = frozenset()
    variables: tuple[Node, ...] = ()
    shares: Mapping[str, Node] = field(
        default_factory=dict
    )  # values of `P(y=0|x1=1)`, as the engine prints them
    asked: tuple[Node, ...] = ()  # the questions of its parts
    optima: Mapping[str, str] = field(default_factory=dict)  # names of optima, and of their variables
    hidden: frozenset[tuple[str, str]] = frozenset()  # names of the problem, and letters no longer theirs
    functions: Mapping[str, Node] = field(default_factory=dict)  # names given as f(w) = ..., and that w
    anything: frozenset[str] = frozenset()  # letters of which an answer says "for every"
    unasked: frozenset[str] = frozenset()  # names of the problem that nothing depends on which is asked
    own: frozenset[str] = frozenset()  # names that the answer introduces
    only: Size | None = None  # where sums end whose range nothing tells: the one size there is

    @staticmethod
    def of(
        scope: Scope,
        arrays: frozenset[str] = frozenset(),
        variables: tuple[Node, ...] = (),
        hidden: frozenset[tuple[str, str]] = frozenset(),
    ) -> Context:
        return Context(scope, Names(scope, hidden), arrays=arrays, variables=variables, hidden=hidden)

    def sizes(self) -> tuple[Size, ...]:
        """The sizes of all vectors, matrices and ranges of the problem."""
        scope = self.scope
        shapes = [d.shape for d in scope.declarations.values()]
        shapes += [d.shape for d in scope.definitions.values()]
        ends = [high for _, high in scope.indices.values()]
        return tuple(dict.fromkeys([size for shape in shapes for size in shape.dims] + ends))

    def within(self, scope: Scope) -> Context:
        """This context with other names in scope."""
        return replace(self, scope=scope, names=Names(scope, self.hidden))

    def defining(self, definition: Definition) -> Context:
        """This context and a name that the answer itself introduces."""
        definitions = {**self.scope.definitions, definition.name: definition}
        wider = self.within(replace(self.scope, definitions=definitions))
        return replace(wider, own=self.own | {definition.name})


@dataclass(frozen=True)
class Mode:
    """How loosely layouts are read."""

    nabla_row: bool = False  # \\nabla_x L is a row
    partial_row: bool = False  # \\partial L / \\partial x is a row
    jacobian_transposed: bool = False  # (in x out)
    entrywise: bool = False  # equal shapes side by side are multiplied entry by entry


MODES: dict[str, Mode] = {
    "declared": Mode(),
    "rows": Mode(nabla_row=True, partial_row=True),
    "partial_rows": Mode(partial_row=True),
    "columns": Mode(jacobian_transposed=True),
    "hadamard": Mode(entrywise=True),
}
