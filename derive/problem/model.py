"""A problem as the engine sees it: everything read, typed and placed; nothing answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping

from derive.errors import Notice, Place
from derive.notation.statements import Function
from derive.problem.drawings import Drawing
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.scope import Datum, Scope


@dataclass(frozen=True)
class Prose:
    """Text for people, with `$...$` mathematics and `{{ name }}`; `place` is where it starts in the file."""

    text: str
    place: Place


@dataclass(frozen=True)
class Equation:
    """`left relation right`, as its author wrote it. `left` is None on a continuation line of `steps:`."""

    left: Node | None
    relation: str
    right: Node
    text: str
    place: Place


@dataclass(frozen=True)
class Named:
    """One thing to find (or to expect): `name` is None where the part asks for a single answer."""

    name: str | None
    expression: Node
    text: str
    place: Place


@dataclass(frozen=True)
class Part:
    """One question part. `verb` is find, show, answer, algorithm or figure; `scope` includes `let:` and `for:`."""

    id: str
    verb: str
    ask: Prose
    scope: Scope
    place: Place
    points: str | None = None
    find: tuple[Named, ...] = ()
    show: Equation | None = None
    answer: Prose | None = None
    steps: tuple[Equation, ...] = ()
    claims: tuple[Equation, ...] = ()
    expect: tuple[Named, ...] = ()
    in_terms_of: tuple[Node, ...] = ()
    hold: tuple[Node, ...] = ()
    ranges: Mapping[str, tuple[Size, Size]] = field(default_factory=dict)
    subject_to: tuple[Equation, ...] = ()
    multipliers: tuple[Node, ...] = ()
    lagrangian: Node | None = None
    detail: str = ""
    algorithm: tuple[Function, ...] = ()
    figure: Drawing | None = None
    source: str = ""  # raw text of a verb that has a language of its own (algorithm, figure)


@dataclass(frozen=True)
class Problem:
    """One file. `id` is the file's stem; `scope` holds what all parts share."""

    id: str
    file: str
    title: Prose
    scope: Scope
    parts: tuple[Part, ...]
    source: Prose | None = None
    statement: Prose | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def data(self) -> Mapping[str, Datum]:
        """The section data by name: values, and the raw texts of tables and trees."""
        return {name: d for name, d in self.scope.data.items() if isinstance(d, Datum)}
