r"""Brackets that mean something: `|x|`, `\|x\|_2^2`, `<x, y>`, `\lfloor x \rfloor`; lists; roots."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction as Rational

from derive.latexread.conditions import COMPARISONS, indicator
from derive.latexread.elaborator import Elaborator, Value
from derive.latexread.ellipsis import is_dots, listed
from derive.latexread.functions import plain
from derive.latexread.literals import literal
from derive.latexread.over_paths import how_many
from derive.latexread.surface import (
    Group,
    Relation,
    Root,
    Surface,
)
from derive.latexread.tokens import Span
from derive.notation.literals import as_size
from derive.tree.nodes import Node
from derive.vocabulary.build import T, build, num


def group(e: Elaborator, surface: Surface) -> Value:
    """Brackets around one thing are that thing; `|x|`, `\\|x\\|` and `<x, y>` mean something."""
    assert isinstance(surface, Group)
    if surface.left == "||":
        return norm(e, surface, "", "")
    if surface.left == "|":
        return _absolute(e, surface)
    if surface.left == "<" and len(surface.items) == 2:
        a, b = (e.node(i) for i in surface.items)
        if a.shape.is_scalar and b.shape.is_scalar:
            return build("mul", a, b)
        if not e.same_shape(a.shape, b.shape):
            raise e.ill_typed(f"the inner product of {a.shape} and {b.shape}", surface.span, a, b)
        return e.make("inner", e.settle(a), e.settle(b), span=surface.span)
    relation = len(surface.items) == 1 and isinstance(surface.items[0], Relation)
    if relation and _is_indicator(surface, surface.items[0]):
        e.note("a comparison in brackets is read as 1 where it holds", surface.span)
        return indicator(e, surface)
    if surface.left in ROUNDED and surface.right == surface.left and len(surface.items) == 1:
        return _rounded(e, surface)
    if surface.left in (*ROUNDED, "<", "[["):
        raise e.unreadable("these brackets are not in the language", surface.span)
    if len(surface.items) == 1:
        inner = surface.items[0]
        if isinstance(inner, Relation):
            raise e.unreadable("a relation in brackets is no quantity", surface.span)
        return e.value(inner)
    if not surface.items:
        raise e.unreadable("nothing stands in these brackets", surface.span)
    if surface.left in ("(", "["):
        node = vector(e, surface.items, surface.span)
        if node.shape.kind == "matrix":
            e.note("a list of vectors is read as the matrix with these columns", surface.span, "scope")
            return node
        e.note("a list in brackets is read as a vector", surface.span)
        lies = e.choose(
            surface.span, "list", ("a list in brackets is a column", "a list in brackets is a row")
        )
        return T(node) if lies else node
    raise e.unreadable("a list is no quantity", surface.span)


def _is_indicator(surface: Group, test: Surface) -> bool:
    """Iverson's brackets `[j = c]`, and `(a > 0)`; an equation in round brackets is somebody's remark."""
    assert isinstance(test, Relation)
    return surface.left in ("[", "[[") or (surface.left == "(" and test.relation in COMPARISONS)


def vector(e: Elaborator, items: Sequence[Surface], span: Span) -> Node:
    """A list as a column: number by number, or with an ellipsis."""
    if any(is_dots(item) for item in items):
        whole = listed(e, items, span, "vector")
        return T(whole) if whole.shape.kind == "matrix" else whole
    return literal(e, tuple((i,) for i in items), span)


def _absolute(e: Elaborator, surface: Group) -> Node:
    if len(surface.items) != 1:
        raise e.unreadable("a list is no quantity", surface.span)
    paths = how_many(e, surface)
    if paths is not None:
        return paths
    node = e.node(surface.items[0])
    meanings = {"matrix": "det", "vector": "norm", "row": "norm"}
    op = meanings.get(node.shape.kind, "abs")
    if op == "abs" or (op == "det" and node.shape.dims[0] != node.shape.dims[1]):
        return build("abs", node)
    said = {"det": "the determinant", "norm": "the norm"}[op]
    if e.choose(surface.span, "bars", (f"bars are {said}", "bars are absolute values")) == 1:
        return build("abs", node)
    e.note(f"bars around a {node.shape.kind} are read as {said}", surface.span)
    return e.make(op, node, span=surface.span)


ROUNDED = ("floor", "ceil")


def _rounded(e: Elaborator, surface: Group) -> Node:
    r"""`\lfloor x \rfloor`; from above it is the negative of that of -x."""
    node = e.node(surface.items[0])
    if surface.left == "floor":
        return e.make("floor", node, span=surface.span)
    return build("neg", e.make("floor", build("neg", node), span=surface.span))


NORMS = {"": "norm", "2": "norm", "F": "norm", "1": "norm1", "mathrmF": "norm"}


def norm(e: Elaborator, surface: Group, below: str, above: str) -> Node:
    """`\\|x\\|`, `\\|x\\|_2^2`, `\\|A\\|_F`, `\\|x\\|_1`."""
    if len(surface.items) != 1:
        raise e.unreadable("a list is no quantity", surface.span)
    op = NORMS.get(below)
    if op is None:
        raise e.unreadable(f"the norm with index {below} is not in the language", surface.span)
    return plain(
        e, "sqnorm" if above == "2" and op == "norm" else op, [e.node(surface.items[0])], surface.span
    )


def root(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Root)
    node = e.node(surface.body)
    if node.shape.kind == "matrix" and not e.mode.entrywise and node.op not in ("diag",):
        e.note("the root of a matrix is read entry by entry", surface.span, "entrywise")
    if surface.index is None:
        return e.make("sqrt", node, span=surface.span)
    index = e.node(surface.index)
    whole = as_size(index)
    if whole is None or not whole.constant:
        raise e.unreadable("the index of a root is a whole number", surface.span)
    return e.make("pow", node, num(Rational(1, whole.constant)), span=surface.span)
