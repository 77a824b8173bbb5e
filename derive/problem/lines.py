"""Equations and lists of names in a part: show, steps, claims, subject_to, in_terms_of, hold."""

from __future__ import annotations

from collections.abc import Collection

from derive.errors import InputError, ShapeError
from derive.notation.literals import zeros_beside
from derive.notation.reader import RELATIONS, read, read_equation, read_target
from derive.problem.fields import after, pieces, placed, text_of, texts_of
from derive.problem.model import Equation, Named
from derive.problem.source import Entries, Text
from derive.problem.source import Node as Raw
from derive.tree.nodes import Node
from derive.vocabulary.asked import DERIVATIVES, MOMENTS
from derive.vocabulary.scope import Scope


def equation(text: Text, scope: Scope, differentials: bool = False) -> Equation:
    with placed(text):
        left, relation, right = read_equation(text.value, scope, text.at, differentials=differentials)
    return Equation(left, relation, right, text.value, text.place)


def equations(node: Raw | None, scope: Scope, what: str) -> tuple[Equation, ...]:
    return () if node is None else tuple(equation(text, scope) for text in texts_of(node, what))


def steps(
    node: Raw | None, scope: Scope, find: tuple[Named, ...], show: Equation | None
) -> tuple[Equation, ...]:
    """The author's lines; `== right` goes on from the line above, the first one from what is asked."""
    found: list[Equation] = []
    shape = find[0].expression.shape if len(find) == 1 else show.right.shape if show else None
    for text in texts_of(node, "a step") if node is not None else ():
        relation = next((r for r in RELATIONS if text.value.startswith(r)), None)
        if relation is None:
            found.append(equation(text, scope, differentials=True))
        elif shape is None:
            raise InputError("this line goes on from no line", text.place, "write left == right")
        else:
            start = len(relation)
            with placed(text):
                right = read(text.value[start:], scope, after(text.at, start), differentials=True)
            right = zeros_beside(right, shape)
            if right.shape != shape:
                message = f"{relation} between {shape} and {right.shape}"
                raise ShapeError(message, text.at(0, start))
            found.append(Equation(None, relation, right, text.value, text.place))
        shape = found[-1].right.shape
    return tuple(found)


def in_terms_of(node: Raw | None, scope: Scope) -> tuple[Node, ...]:
    hint = "as in `in_terms_of: y[t], gradient(L, h[t])`"
    allowed = {"sym"} | DERIVATIVES | MOMENTS
    return _listed(node, scope, allowed, "a name, a derivative or an expectation is wanted here", hint)


def hold(node: Raw | None, scope: Scope) -> tuple[Node, ...]:
    return _listed(node, scope, ("sym",), "a name is wanted here", "as in `hold: h[t-1]`")


def _listed(
    node: Raw | None, scope: Scope, allowed: Collection[str], message: str, hint: str
) -> tuple[Node, ...]:
    found: list[Node] = []
    for text in texts_of(node, "a list of names") if node is not None else ():
        for piece, at in pieces(text):
            with placed(text):
                value = read(piece, scope, at)
            if value.op not in allowed:
                place = at(len(piece) - len(piece.lstrip()), max(1, len(piece.strip())))
                raise InputError(message, place, hint)
            found.append(value)
    return tuple(found)


def multiplier(entries: Entries, scope: Scope) -> str:
    """The name of the multiplier of `subject_to:`; it must be a new one."""
    node, constraint = entries.get("multiplier"), entries.key("subject_to")
    if constraint is None:
        if node is not None:
            raise InputError("a multiplier without `subject_to:`", node.place, "add `subject_to: g == 0`")
        return "lambda"
    name, place = "lambda", constraint.place
    if node is not None:
        text = text_of(node, "a name")
        place = text.place
        with placed(text):
            name, index = read_target(text.value, text.at)
        if index:
            raise InputError("the multiplier is a name without an index", place, f"write {name}")
    if name in scope.declarations or name in scope.definitions or name in scope.indices:
        hint = "give it a new name, as in `multiplier: mu`"
        raise InputError(f"the multiplier cannot be '{name}': the name is taken", place, hint)
    return name
