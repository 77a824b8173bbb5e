r"""Functions by their names: `f(u)`, `f'(u)`, `\dot f(u)` of a number; `f(w)`, `f(w + u)` of what is given at w."""

from __future__ import annotations

from dataclasses import replace

from derive.latexread import tables
from derive.latexread.elaborator import Elaborator
from derive.latexread.fitting import array, filled
from derive.latexread.patterns import spelled
from derive.latexread.powers import raised
from derive.latexread.surface import Group, Name
from derive.latexread.tokens import Span
from derive.tree.nodes import Node
from derive.vocabulary.build import build, num


def function_name(e: Elaborator, factor: Name) -> str | None:
    """The declared function that a name is, with dots above it or not."""
    for match in e.names.matches(factor):
        if e.names.shape(match.pattern.name).kind == "function":
            return match.pattern.name
    return function_name(e, replace(factor, accents=factor.accents[1:])) if _dots(factor) else None


def given_at(e: Elaborator, factor: Name) -> Node | None:
    """The w of `f(w)`, where an answer introduces f so."""
    found = e.names.matches(factor)
    return e.context.functions.get(found[0].pattern.name) if found else None


def _dots(name: Name) -> int:
    r"""The derivative that `\dot f` is."""
    return tables.DOTTED.get(name.accents[0], 0) if name.accents else 0


def elsewhere(e: Elaborator, x: Node, name: Name, group: Group, span: Span) -> Node:
    """`f(w)` and `f(w + u)` of a function that an answer gives at w."""
    node, there = e.node(name), filled(e, e.node(group.items[0]), x.shape)
    if there == num(0) and not x.shape.is_scalar:
        there = array("zeros", x.shape)
    if len(group.items) != 1 or not e.same_shape(there.shape, x.shape):
        raise e.unreadable(f"{name.letter} is given as a function of {x.shape}", span)
    there = e.settle(there)
    return node if there == x else e.make("at", node, x, there, span=span)


def of_a_number(e: Elaborator, function: str, name: Name, group: Group, span: Span) -> Node:
    """`f(u)`, `f'(u)`, `f^{(4)}(u)` of a declared function, `f(u)^2` as `f^2(u)`."""
    if len(group.items) != 1:
        raise e.unreadable(f"{function} takes one argument", span)
    at = e.node(group.items[0])
    order = name.primes + _dots(name)
    above = name.above
    said = spelled(above)
    if said == "-1":
        raise e.unreadable(f"{name.letter}^{{-1}} may be the inverse function or a quotient", span)
    if len(said) == 3 and said[0] == "(" and said[1].isdigit():
        order, above = int(said[1]), ()
    node = build("apply", at, data=(function, order))
    return raised(e, node, above, 0, span) if above else node
