"""What the data fix: the sizes of arrays and the ranges of indices, and a scope in which these are numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size
from derive.vocabulary.build import reindex
from derive.vocabulary.scope import Datum, Declaration, Definition, Scope


def extents(value: Node) -> tuple[int, ...]:
    """How long the lists of written-out data are, outermost first."""
    found: list[int] = []
    while value.op in ("list", "tuple"):
        found.append(len(value.args))
        value = value.args[0]
    return tuple(found)


def declared_extents(declared: Declaration, scope: Scope) -> tuple[Size, ...]:
    """The sizes that the data of a symbol have: those of its family first."""
    return (*(scope.indices[p][1] for p in declared.params if p in scope.indices), *declared.shape.dims)


def sizes_of(scope: Scope) -> dict[str, int]:
    """The sizes that data fix."""
    return {name: n for _, size, n in fixed(scope) if (name := size.name) is not None}


def fixed(scope: Scope) -> Iterator[tuple[Datum, Size, int]]:
    """Every size beside its number in the data."""
    for key, datum in scope.data.items():
        if not isinstance(datum, Datum) or datum.value is None:
            continue
        declared = scope.declarations.get(key.partition("[")[0])
        if declared is None:
            continue
        wanted = declared.shape.dims if "[" in key else declared_extents(declared, scope)
        for size, n in zip(wanted, extents(datum.value), strict=False):
            yield datum, size, n


def concrete(scope: Scope, sizes: Mapping[str, int]) -> Scope:
    """The scope with numbers in place of the known sizes."""
    values = {name: Size.of(n) for name, n in sizes.items() if name not in scope.indices}
    if not values:
        return scope

    def of_shape(shape: Shape) -> Shape:
        return Shape(shape.kind, tuple(d.replace(values) for d in shape.dims), shape.axes)

    def of_definition(d: Definition) -> Definition:
        return replace(
            d,
            shape=of_shape(d.shape),
            body=None if d.body is None else reindex(d.body, values),
            members=tuple((tuple(s.replace(values) for s in i), reindex(b, values)) for i, b in d.members),
        )

    return replace(
        scope,
        declarations={n: replace(d, shape=of_shape(d.shape)) for n, d in scope.declarations.items()},
        definitions={n: of_definition(d) for n, d in scope.definitions.items()},
        indices={n: (low.replace(values), high.replace(values)) for n, (low, high) in scope.indices.items()},
    )
