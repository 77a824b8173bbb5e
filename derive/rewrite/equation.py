"""Solving `e == 0` for a name, line by line: linear in a vector or matrix, in an inverse, or entry by entry.

Every line is an equation that holds at the solution, so that the checker can evaluate both sides there.
Where none of the ways fits, NotDerived says why. To add a way: a function in WAYS.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from derive.errors import NotDerived
from derive.notation.derivation import Line, Reason
from derive.rewrite.entrywise import entrywise
from derive.rewrite.forms import spread
from derive.rewrite.inverse import through_inverse
from derive.rewrite.linear import linear
from derive.rewrite.terms import split, zero
from derive.rewrite.tidy import tidy
from derive.rewrite.unknown import (
    INJECTIVE,
    INVERTIBLE,
    NotLinear,
    Solution,
    Unknown,
    is_invertible,
)
from derive.tree.nodes import Node, contains
from derive.vocabulary.build import (
    matmul,
    transform,
)
from derive.vocabulary.scope import Scope


def solved(e: Node, x: Node, scope: Scope, named: tuple[Node, ...] = ()) -> Solution:
    """The solution of `e == 0` for x."""
    e = tidy(transform(e, lambda n: spread(n) if n.op == "add" else n))
    e, taken = _without_invertible_factors(e, x, scope)
    unknown = Unknown(e, x, scope, named)
    lines = [Line(e, zero(e.shape), Reason("{0} is invertible", (f,))) for f in taken[-1:]]
    why: NotDerived | None = None
    for way in WAYS:
        try:
            found = way(unknown)
        except NotDerived as error:
            why = error if why is None or not isinstance(error, NotLinear) else why
            continue
        return replace(found, lines=(*lines, *found.lines))
    assert why is not None
    raise why


def _without_invertible_factors(e: Node, x: Node, scope: Scope) -> tuple[Node, list[Node]]:
    """`A (...) == 0` without A, and the factors that were taken away."""
    taken: list[Node] = []
    while True:
        whole = split(e)
        chain = list(whole.body.args) if whole.body is not None and whole.body.op == "matmul" else []
        if len(chain) < 2:
            return e, taken
        first, last = chain[0], chain[-1]
        rest: list[Node] | None = None
        if is_invertible(first, x, scope, INJECTIVE):
            taken, rest = [*taken, first], chain[1:]
        elif is_invertible(last, x, scope, INVERTIBLE):
            taken, rest = [*taken, last], chain[:-1]
        if rest is None or not any(contains(r, lambda n: n == x) for r in rest):
            return e, taken[:-1] if rest is not None else taken
        e = tidy(matmul(*rest) if len(rest) > 1 else rest[0])


WAYS: tuple[Callable[[Unknown], Solution], ...] = (linear, through_inverse, entrywise)
