r"""Conditions: `\mathbf 1[a > 0]`, `\mathbb 1_{\{j = c\}}`, Iverson's `[j = c]`, the right column of cases.

Comparisons are `where`; two numbers that are equal are Kronecker's delta, which an index takes as well as a value.
To read one more sign of an indicator: a letter in `atoms.INDICATORS`.
"""

from __future__ import annotations

from derive.latexread.atoms import INDICATORS
from derive.latexread.elaborator import Elaborator
from derive.latexread.entries import FREE, index, is_known
from derive.latexread.fitting import fitted
from derive.latexread.parse import parse_relation
from derive.latexread.quotients import scaled
from derive.latexread.settle import settled
from derive.latexread.surface import Group, Name, Numeral, Relation, Script, Surface
from derive.latexread.tokens import Span, Token, Unread
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.build import build, num

COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
ONE, ZERO = num(1), num(0)


def indicator(e: Elaborator, test: Surface) -> Node:
    """1 where a comparison holds, else 0."""
    return chosen(e, test, ONE, ZERO)


def indicator_below(e: Elaborator, surface: Surface, below: Script) -> Node | None:
    r"""`\mathbf 1_{j = c}`; None where no comparison stands below a sign of an indicator."""
    letter = (
        surface.letter if isinstance(surface, Name) else surface.text if isinstance(surface, Numeral) else ""
    )
    if letter not in INDICATORS or not any(t.kind == "rel" for t in below):
        return None
    try:
        return indicator(e, parse_relation(settled(below)))
    except Unread as error:
        raise e.unreadable(error.message, error.span, error.hint) from None


def chosen(e: Elaborator, test: Surface, then: Node, other: Node) -> Node:
    """One value where a comparison holds, another where it does not."""
    if isinstance(test, Group) and test.items and test.left in ("{", "[", "(", "[[", ""):
        for item in reversed(test.items):  # all of them
            then = chosen(e, item, then, other)
        return then
    if not isinstance(test, Relation) or test.left is None or test.right is None:
        raise e.unreadable("a condition is a comparison", test.span)
    left = test.left
    if isinstance(left, Relation):  # a < b < c
        if left.right is None:
            raise e.unreadable("a condition is a comparison", test.span)
        then = chosen(e, Relation(test.span, left.right, test.relation, test.right), then, other)
        return chosen(e, left, then, other)
    if test.relation == "!=":
        then, other = other, then
    if test.relation in ("=", "!="):
        return _where_equal(e, left, test.right, then, other, test.span)
    op = COMPARISONS.get(test.relation)
    if op is None:
        raise e.unreadable("a condition is one of <, <=, >, >=, = and \\ne", test.span)
    condition = e.make(op, *_compared(e, left, test.right, test.span), span=test.span)
    if not condition.shape.is_scalar:  # 0 and 1 in bold, beside a comparison entry by entry
        then, other = (e.settle(n) for n in fitted(e, [condition, then, other])[1:])
    return e.make("where", condition, then, other, span=test.span)


def _where_equal(e: Elaborator, left: Surface, right: Surface, then: Node, other: Node, span: Span) -> Node:
    a, b = _compared(e, left, right, span)
    if not (a.shape.is_scalar and b.shape.is_scalar):
        inner = e.make("where", e.make("le", a, b, span=span), then, other, span=span)
        return e.make("where", e.make("ge", a, b, span=span), inner, other, span=span)
    delta = build("kronecker", a, b)
    if (then, other) == (ONE, ZERO):
        return delta
    terms = [(delta, then), (build("add", ONE, build("neg", delta)), other)]
    kept = [weight if value == ONE else scaled([weight, value]) for weight, value in terms if value != ZERO]
    return e.make("add", *kept, span=span) if kept else ZERO


def _compared(e: Elaborator, left: Surface, right: Surface, span: Span) -> tuple[Node, Node]:
    """Two sides of an equation; a letter that nothing declares is an index that runs as the other one does."""
    (a, first), (b, second) = _side(e, left, span), _side(e, right, span)
    if first is not None and second is not None:
        e.alike.append((first, second))
    return a, b


def _side(e: Elaborator, surface: Surface, span: Span) -> tuple[Node, Size | None]:
    """A number, and where it ends if it counts something."""
    plain = isinstance(surface, Name) and surface == Name(surface.span, surface.letter, surface.style)
    if plain and isinstance(surface, Name) and surface.letter in FREE and not is_known(e, surface.letter):
        own = e.placeholder()
        token = Token("name", surface.letter, *surface.span)
        return index(e, (token,), span, (Size.of(1), own)), own
    node = e.node(surface)
    if node.op == "count" and node.size.name is not None:
        ends = e.bound.get(node.size.name) or e.known.scope.indices.get(node.size.name)
        return node, ends[1] if ends else None
    declared = e.context.scope.declarations.get(node.symbol.name) if node.op == "sym" else None
    return node, declared.integers[1] if declared is not None and declared.integers else None
