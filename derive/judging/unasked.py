"""Names of a problem that nothing depends on which its parts ask: what an answer says of such a letter is about a name
of its own. A part that is no formula (a program, a figure) may speak of every name."""

from __future__ import annotations

from typing import Iterable, Iterator

from derive.judging.tie import questions
from derive.problem.model import Part
from derive.tree.nodes import Node, names_in
from derive.vocabulary.scope import Scope

FORMULAS = frozenset({"find", "show"})
WORDS = frozenset({"answer"})


def unasked(scope: Scope, parts: Iterable[Part]) -> frozenset[str]:
    """The declared names that no question reaches, through definitions, laws and boundaries."""
    parts = [part for part in parts if part.verb not in WORDS]
    if not parts or any(part.verb not in FORMULAS for part in parts):
        return frozenset()
    reached: set[str] = set()
    for part in parts:
        reached |= _reached(part.scope, [n for node in _said(part) for n in names_in(node)])
    return frozenset(scope.declarations) - reached


def _said(part: Part) -> Iterator[Node]:
    yield from (asked for asked, _ in questions(part))
    yield from (named.expression for named in part.expect)
    for equation in (*part.steps, *part.claims, *part.subject_to, *([part.show] if part.show else [])):
        yield from (side for side in (equation.left, equation.right) if side is not None)
    yield from (*part.in_terms_of, *part.hold, *part.multipliers)


def _reached(scope: Scope, names: Iterable[str]) -> set[str]:
    waiting, found = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += [n for body in _bodies(scope, name) for n in names_in(body)]
    return found


def _bodies(scope: Scope, name: str) -> Iterator[Node]:
    definition, declared = scope.definitions.get(name), scope.declarations.get(name)
    if definition is not None:
        yield from (body for body in (definition.body, *(b for _, b in definition.members)) if body)
    if declared is not None:
        yield from declared.of
        yield from declared.law.args.values() if declared.law is not None else ()
        yield from declared.interval or ()
