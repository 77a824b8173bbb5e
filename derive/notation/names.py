"""What a name means to the reader: declared or defined names, members of families, indices, sizes, constants.

A name stands for the first that fits, in that order; an index bound by a sum around it comes before all.
To add a constant, a row in CONSTANTS (and its value in the evaluator).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from derive.errors import InputError, UnknownName, nearest
from derive.notation.literals import as_size
from derive.notation.tokens import Token
from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.build import TABLE, constant, count, sym
from derive.vocabulary.layers import LAYER, Layer
from derive.vocabulary.scope import Scope

if TYPE_CHECKING:
    from derive.notation.grammar import Reader

CONSTANTS = frozenset({"pi"})
NO_FACTS: frozenset[str] = frozenset()
Sizes = tuple[Size | None, ...]  # the index of a member; None where it is no size (`w[s]` in P[w[s], 1])


class Known:
    """The names of a scope, and the indices that the sums around the current position bind."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.bound: dict[str, tuple[Size, Size]] = {}
        self.local: frozenset[str] = frozenset()  # sizes of the type being read

    @cached_property
    def _shared(self) -> frozenset[str]:
        scope = self.scope
        named = [(d.shape, d.params) for d in scope.declarations.values()]
        named += [(d.shape, d.params) for d in scope.definitions.values()]
        found = {n for shape, params in named for dim in shape.dims for n in dim.names if n not in params}
        ranges = [d.integers for d in scope.declarations.values() if d.integers is not None]
        for low, high in (*scope.indices.values(), *ranges):
            found |= low.names | high.names
        for size, _, other in scope.constraints:
            found |= size.names | other.names
        for declared in scope.declarations.values():
            found |= declared.layer.names if declared.layer is not None else NO_FACTS
        return frozenset(found)

    def is_size(self, name: str) -> bool:
        """Whether a shape or a range uses the name: sizes need no declaration."""
        return name in self.local or name in self._shared

    def names(self) -> frozenset[str]:
        scope = self.scope
        declared = (*scope.declarations, *scope.definitions, *scope.indices, *self.bound)
        return self._shared.union(declared, self.local, CONSTANTS)

    def params(self, name: str) -> tuple[str, ...] | None:
        """The index names of a family, `()` for a plain name, None for a name nothing declares."""
        definition = self.scope.definitions.get(name)
        declaration = self.scope.declarations.get(name)
        if definition is None and declaration is None:
            return None
        found = (definition.params if definition else ()) or (declaration.params if declaration else ())
        if not found:  # a family known by its boundary members only
            members = [m for m, _ in definition.members] if definition else []
            members += declaration.boundary if declaration else ()
            found = tuple(map(str, members[0])) if members else ()
        return found

    def meaning(self, name: str, index: Sizes) -> tuple[Shape, frozenset[str]]:
        """Shape and facts; a defined name has no facts, its declared boundary members have theirs."""
        definition = self.scope.definitions.get(name)
        declaration = self.scope.declarations.get(name)
        if declaration is not None and (definition is None or index in declaration.boundary):
            return declaration.shape, declaration.facts
        assert definition is not None
        return definition.shape, NO_FACTS

    def layer(self, name: str) -> Layer | None:
        declared = self.scope.declarations.get(name)
        return declared.layer if declared is not None else None

    def is_boundary(self, name: str, params: tuple[str, ...], index: Sizes) -> bool:
        definition = self.scope.definitions.get(name)
        declaration = self.scope.declarations.get(name)
        members = [m for m, _ in definition.members] if definition else []
        members += declaration.boundary if declaration else ()
        return any(
            all(a == b or a.name == p for a, b, p in zip(m, index, params, strict=False)) for m in members
        )


def name(reader: Reader, token: Token) -> Node:
    """The node of a name that is not called."""
    known, word = reader.known, token.text
    if word in known.bound or reader.free_sizes:
        return count(word)
    params = known.params(word)
    if params is not None:
        if not params or reader.token.kind == "[":
            return _member(reader, token, params)
        if not known.is_size(word):
            message = f"'{word}' is a family: it needs its index"
            raise reader.fail(message, token, f"write {word}[{', '.join(params)}]")
    if word in reader.scope.indices or known.is_size(word):
        return count(word)
    if word in CONSTANTS:
        return constant(word)
    if word.endswith("'"):
        advice = "write f'(u), of a function f; the transpose is x.T"
        raise reader.fail(f"a prime without an argument: {word}", token, advice)
    row = TABLE.get(word)
    is_function = row is not None and row.signature.startswith(f"{word}(")
    hint = f"a function needs its arguments: {row.signature}" if row and is_function else None
    hint = hint or _hint_of_table(reader, word) or nearest(word, known.names())
    raise reader.fail(f"unknown symbol '{word}'", token, hint, UnknownName)


def _hint_of_table(reader: Reader, word: str) -> str | None:
    if word not in reader.scope.data:
        return None
    return f"the data '{word}' are no numbers; they are asked with naive_bayes, P, nearest or search"


def _member(reader: Reader, token: Token, params: tuple[str, ...]) -> Node:
    """The symbol, with its indices where it is a family (further indices take an entry)."""
    word, known = token.text, reader.known
    if not params:
        shape, facts = known.meaning(word, ())
        if (layer := known.layer(word)) is not None:
            return Node("layer", (), layer, LAYER)
        if shape.kind == "function":
            raise reader.fail(f"the function '{word}' needs its argument", token, f"write {word}(u)")
        return sym(word, shape, (), facts)
    opener = reader.token
    indices = tuple(reader.indices())
    if len(indices) != len(params):
        numbers = f"{len(params)} {'index' if len(params) == 1 else 'indices'}"
        hint = f"write {word}[{', '.join(params)}]; an entry of it is {word}[{', '.join(params)}][i]"
        raise reader.fail(f"'{word}' has {numbers}, not {len(indices)}", opener, hint)
    sizes = tuple(as_size(i) for i in indices)
    problem = _outside(word, params, sizes, known)
    if problem is not None:
        last = reader.tokens[reader.position - 1]
        span = token._replace(text="x" * (last.start + 1 - token.start))
        raise reader.fail(problem[0], span, problem[1], InputError)
    shape, facts = known.meaning(word, sizes)
    values = {p: s for p, s in zip(params, sizes, strict=True) if s is not None}
    dims = tuple(d.replace(values) for d in shape.dims)
    return sym(word, shape if dims == shape.dims else Shape(shape.kind, dims, shape.axes), indices, facts)


def _outside(word: str, params: tuple[str, ...], index: Sizes, known: Known) -> tuple[str, str] | None:
    """Message and hint where an index certainly lies outside the family's range, else None."""
    for param, at in zip(params, index, strict=True):
        if at is None or at.name == param or param not in known.scope.indices:
            continue
        low, high = known.scope.indices[param]
        ranges = {**known.scope.indices, **known.bound}
        if not (never_negative(low - 1 - at, ranges) or never_negative(at - high - 1, ranges)):
            continue
        if known.is_boundary(word, params, index):
            return None
        member = f"{word}[{', '.join(map(str, index))}]"
        shown = f"{word}[{', '.join(f'{low}..{high}' if p == param else p for p in params)}]"
        return f"index {at} is outside {shown}", f"declare the boundary member {member}"
    return None
