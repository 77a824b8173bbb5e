"""What names mean in one problem: declarations, definitions, index ranges, laws, data.

A defined name is an opaque leaf until `Scope.open` gives its body. Families have index parameters and
boundary members: `h[0]` may be declared (given) or defined.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Iterable, Mapping

from derive.errors import Place
from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size
from derive.vocabulary.build import reindex
from derive.vocabulary.layers import Layer

Index = tuple[Size, ...]


@dataclass(frozen=True)
class Law:
    """The distribution of a random symbol: `kind` is one of the laws that the reader knows."""

    kind: str
    args: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class RawText:
    """A text of the data section as its author typed it."""

    text: str
    place: Place


Raw = RawText | tuple["Raw", ...] | Mapping[str, "Raw"]


@dataclass(frozen=True)
class Datum:
    """What `data:` says about a name. `value` holds exact numbers only, written out; None where the data are a
    table or a tree, which stand in `raw` (lists as tuples, mappings in the order of the file)."""

    name: str
    place: Place
    value: Node | None
    raw: Raw
    written: object = field(default=None, compare=False, repr=False)  # the YAML, for tables and trees


@dataclass(frozen=True)
class Declaration:
    """A declared symbol or family. `of` names the arguments of an unspecified function (`L: scalar of w`)."""

    name: str
    shape: Shape
    params: tuple[str, ...] = ()
    facts: frozenset[str] = frozenset()
    law: Law | None = None
    of: tuple[Node, ...] = ()
    interval: tuple[Node, Node] | None = None  # `scalar in (0, 1)`
    integers: tuple[Size, Size] | None = None  # `integer in 1..N`
    boundary: tuple[Index, ...] = ()  # members declared one by one: h[0]
    layer: Layer | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Definition:
    """`name[params]: body`; `members` are boundary members with bodies of their own (`m[0]: zeros(d)`).

    A function given by a formula (`gelu(r): r * Phi(r)`) has its `argument`, and its derivatives in `slopes`.
    """

    name: str
    shape: Shape
    params: tuple[str, ...] = ()
    body: Node | None = None
    members: tuple[tuple[Index, Node], ...] = ()
    place: Place | None = None
    argument: Node | None = None
    slopes: tuple[Node, ...] = ()

    def formula(self, order: int) -> Node | None:
        """The body of a function (order 0) or of its derivative, where there is one."""
        if order == 0 or self.argument is None:
            return self.body
        return self.slopes[order - 1] if order <= len(self.slopes) else None


Constraint = tuple[Size, str, Size]
Introduced = Declaration | Definition | Constraint  # what an answer may bring along


@dataclass(frozen=True, eq=False)
class Scope:
    """The symbol table of a problem (or of one part, where `let` adds names); itself only, never equal to another."""

    declarations: Mapping[str, Declaration] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    indices: Mapping[str, tuple[Size, Size]] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)  # a Datum by name; a member's by `h[0]`
    notation: Mapping[str, str] = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()  # `N > d` among sizes
    narrowed: Mapping[str, tuple[Size, Size]] = field(default_factory=dict)  # `for: t=1..T-1`
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of the tables among the data
    algorithms: Mapping[str, object] = field(default_factory=dict)  # pseudo-code of this or an earlier part

    def open(self, node: Node) -> Node | None:
        """The body of a defined name at its indices, or None where the name is given (or unknown)."""
        if node.op != "sym":
            return None
        definition = self.definitions.get(node.symbol.name)
        if definition is None or definition.argument is not None:
            return None
        if not node.args:
            return definition.body
        index = tuple(
            a.size if a.op == "count" else Size.of(int(a.number))
            for a in node.args
            if a.op in ("count", "num")
        )
        for member, body in definition.members:
            if (bound := self.bound_by(member, index)) is not None:
                return reindex(body, bound) if bound else body
        declared = self.declarations.get(node.symbol.name)
        if declared and any(self.bound_by(m, index) is not None for m in declared.boundary):
            return None
        if definition.body is None or len(index) != len(definition.params):
            return None
        return reindex(definition.body, dict(zip(definition.params, index, strict=False)))

    def bound_by(self, member: Index, index: Index) -> dict[str, Size] | None:
        """What a boundary member such as (0, j) binds at (0, 2): its indices by name; None for another member."""
        if len(member) != len(index):
            return None
        bound: dict[str, Size] = {}
        for size, here in zip(member, index, strict=True):
            if size == here:
                continue
            if size.name is None or size.name not in self.indices:
                return None
            bound[size.name] = here
        return bound

    def datum(self, name: str) -> Datum | None:
        found = self.data.get(name)
        return found if isinstance(found, Datum) else None

    def given(self, node: Node) -> Node | None:
        """The data of a symbol, written out; None where it has none, or an index that is no number."""
        index = tuple(int(a.number) for a in node.args if a.op == "num")
        return self.given_at(node.symbol.name, index) if len(index) == len(node.args) else None

    def given_at(self, name: str, index: tuple[int, ...]) -> Node | None:
        """The data of a name, of one member of a family, or of the member in the family's list."""
        own = self.datum(f"{name}[{', '.join(map(str, index))}]") if index else None
        found = own or self.datum(name)
        value = found.value if found else None
        for i in index if own is None else ():
            if value is None or value.op != "list" or not 1 <= i <= len(value.args):
                return None
            value = value.args[i - 1]
        return value

    def is_random(self, name: str) -> bool:
        declaration = self.declarations.get(name)
        return declaration is not None and declaration.law is not None

    def knows(self, name: str) -> bool:
        return name in self.declarations or name in self.definitions or name in self.indices

    def introducing(self, names: Iterable[Introduced]) -> Scope:
        """This scope with the names and assumptions on sizes that an answer brings along."""
        brought = list(names)
        if not brought:
            return self
        found = {n.name: n for n in brought if not isinstance(n, tuple)}
        constraints = tuple(n for n in brought if isinstance(n, tuple))
        declarations = {k: v for k, v in found.items() if isinstance(v, Declaration)}
        definitions = {k: v for k, v in found.items() if isinstance(v, Definition)}
        return replace(
            self,
            declarations={**self.declarations, **declarations},
            definitions={**self.definitions, **definitions},
            constraints=(*self.constraints, *constraints),
        )

    @property
    def bounds(self) -> dict[str, tuple[Size, Size]]:
        """The values a free index may take: its declared range, or the smaller one of a part. A lower bound of
        a size (`T > 3`) stands as a range that is not empty."""
        assumed = {
            f"({left} {relation} {right})": (right + (1 if relation == ">" else 0), left)
            for left, relation, right in self.constraints
            if relation in (">", ">=") and left.name is not None and right.constant is not None
        }
        return {**self.indices, **self.narrowed, **assumed}

    def with_range(self, name: str, low: Size, high: Size) -> Scope:
        """This scope where a free index runs over a smaller range; families keep theirs."""
        return replace(self, narrowed={**self.narrowed, name: (low, high)})
