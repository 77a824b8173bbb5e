"""Folding: an answer said in names the author wants to see (`in_terms_of`), wherever their definitions occur."""

from __future__ import annotations

from dataclasses import replace

from derive.rewrite.algebra import simplify
from derive.rewrite.terms import join, merge, split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import add, build, matmul, rebuild
from derive.vocabulary.scope import Scope


def fold_names(node: Node, names: tuple[Node, ...], scope: Scope) -> Node:
    """`node` with the definitions of `names` replaced by the names; squares of a name are found too."""
    known: dict[Node, Node] = {}
    for name in names:
        body = scope.open(name)
        if body is None:
            continue
        for meaning, said in _readings(name, body, scope):
            known.setdefault(meaning, said)
    return _fold(node, known) if known else node


def _readings(name: Node, body: Node, scope: Scope) -> list[tuple[Node, Node]]:
    """What the name stands for, and what its square does where it is a square matrix."""
    found = [(body, name), (tidy(body), name), (simplify(body, scope)[0], name)]
    if name.shape.kind == "matrix" and name.shape.dims[0] == name.shape.dims[1]:
        square = simplify(matmul(body, body), scope)[0]
        found.append((square, matmul(name, name)))
    if name.shape.kind == "vector":
        found.append((simplify(build("mul", body, body), scope)[0], build("mul", name, name)))
    return found


def _fold(node: Node, known: dict[Node, Node]) -> Node:
    if node in known:
        return known[node]
    if not node.args or node.op in ("gradient", "jacobian", "hessian", "argmin", "argmax", "solve", "d"):
        return node
    node = rebuild(node, tuple(_fold(a, known) for a in node.args))
    if node in known:
        return known[node]
    if node.op in ("mul", "div", "neg"):
        return _fold_factors(node, known)
    if node.op == "add":
        return _fold_summands(node, known)
    return node


def _fold_factors(node: Node, known: dict[Node, Node]) -> Node:
    """A scalar name that is a product of powers is found among the factors of a product."""
    for meaning, name in known.items():
        if not meaning.shape.is_scalar or meaning.op not in ("mul", "div", "pow", "sqnorm"):
            continue
        whole, part = split(node), split(meaning)
        powers = dict(whole.scalars)
        if part.scalars and all(_covers(powers.get(b), e) for b, e in part.scalars):
            left = merge(
                whole.scalars
                + tuple((b, -e) for b, e in part.scalars)
                + ((name, part.scalars[0][1] * 0 + 1),)
            )
            return join(replace(whole, scalars=left, number=whole.number / part.number))
    return node


def _covers(have: object, want: object) -> bool:
    return have is not None and (have >= want > 0 or have <= want < 0)  # type: ignore[operator]


def _fold_summands(node: Node, known: dict[Node, Node]) -> Node:
    """A name that is a sum is found among more summands."""
    for meaning, name in known.items():
        parts = terms(meaning)
        if meaning.op == "add" and all(p in node.args for p in parts):
            rest = [a for a in node.args if a not in parts]
            return add(name, *rest) if rest else name
    return node


def mentions(node: Node, name: Node) -> bool:
    return any(n == name for n in walk(node))
