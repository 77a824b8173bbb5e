"""Definitions of recurrences used from right to left, and the order in which names are opened.

`x[t] = x[t-1] + v[t]` also says what v[t] is. A `show:` of a recurrence in two earlier members needs that.
"""

from __future__ import annotations

from typing import Iterator

from derive.rewrite.terms import Term, join, split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import add, div, neg
from derive.vocabulary.scope import Scope

DEEPEST = 3  # definitions opened inside each other to find what depends on what


def solved_for(name: Node, present: tuple[Node, ...], scope: Scope) -> Iterator[tuple[Node, Node]]:
    """A name that is present and what its definition says `name` is: (x[t], x[t] - x[t-1]) for v[t]."""
    for other in present:
        body = scope.open(other)
        if body is None or other.symbol.name == name.symbol.name:
            continue
        parts = terms(tidy(body))
        mine = [p for p in parts if name in set(walk(p))]
        if len(mine) != 1:
            continue
        coefficient = _coefficient(mine[0], name)
        if coefficient is not None:
            rest = add(other, *(neg(p) for p in parts if p is not mine[0]))
            yield other, tidy(div(rest, coefficient))


def _coefficient(term: Node, name: Node) -> Node | None:
    """The number before a name in a term."""
    whole = split(term)
    if whole.body == name and not any(name in set(walk(b)) for b, _ in whole.scalars):
        return join(whole.coefficient)
    rest = tuple(p for p in whole.scalars if p[0] != name)
    if whole.body is None and dict(whole.scalars).get(name) == 1:
        return None if any(name in set(walk(b)) for b, _ in rest) else join(Term(whole.number, rest))
    return None


def latest(names: tuple[Node, ...], scope: Scope) -> Node | None:
    """A name on which no other of them depends."""
    behind = {n: _behind(n, scope) for n in names}
    return next((n for n in names if not any(n in behind[m] for m in names if m != n)), None)


def _behind(name: Node, scope: Scope) -> set[Node]:
    """The names that a name is defined through."""
    found: set[Node] = set()
    new = {name}
    for _ in range(DEEPEST):
        bodies = [body for n in new if (body := scope.open(n)) is not None]
        new = {n for b in bodies for n in walk(b) if n.op == "sym"} - found
        found |= new
    return found - {name}
