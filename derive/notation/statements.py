"""The statements pseudo-code is made of. They are read in `algorithm.py`, run in `interpret.py`, printed in
`pseudocode.py`; to add one, start here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.errors import Place, UnknownName, nearest
from derive.tree.nodes import Node, Shape
from derive.vocabulary.scope import Scope


@dataclass(frozen=True)
class Target:
    name: str
    indices: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Compare:
    left: Node
    relation: str
    right: Node


@dataclass(frozen=True)
class Condition:
    """Comparisons of which all must hold, in each of the alternatives: (a and b) or (c)."""

    alternatives: tuple[tuple[Compare, ...], ...]


@dataclass(frozen=True)
class Assign:
    target: Target
    value: Node
    place: Place


@dataclass(frozen=True)
class For:
    var: str
    first: Node
    last: Node
    step: int
    body: tuple[Statement, ...]
    place: Place


@dataclass(frozen=True)
class While:
    condition: Condition
    body: tuple[Statement, ...]
    place: Place


@dataclass(frozen=True)
class If:
    """The first condition that holds decides; the last one may be None: else."""

    branches: tuple[tuple[Condition | None, tuple[Statement, ...]], ...]
    place: Place


@dataclass(frozen=True)
class Return:
    """Values, or the name of a family of values."""

    values: tuple[Node | str, ...]
    place: Place


Statement = Assign | For | While | If | Return


@dataclass(frozen=True)
class Function:
    """`scope` knows its own names; `result` is the shape of what it returns (a family: a vector, a matrix,
    or Shape("path"))."""

    name: str
    params: tuple[str, ...]
    body: tuple[Statement, ...]
    scope: Scope = field(compare=False, repr=False)
    result: Shape
    place: Place


def algorithm_of(scope: Scope, name: str) -> Function:
    """The algorithm of that name; UnknownName names the nearest."""
    found = scope.algorithms.get(name)
    if not isinstance(found, Function):
        raise UnknownName(f"no algorithm '{name}'", hint=nearest(name, scope.algorithms))
    return found
