r"""Eigenvalues, their vectors, singular values: `\lambda_{\max}(S)`, `\lambda_1(S)`, `v_{\max}(S)`, `\sigma_{\max}(A)`.

The vocabulary has the eigenvalues of symmetric matrices only. To read one more of them: a row in SPECTRAL.
"""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.patterns import spelled
from derive.latexread.surface import Group, Name
from derive.latexread.tokens import Span
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import ELEMENTWISE, T, build, matmul
from derive.vocabulary.scope import Scope

SPECTRAL = {"max": "eigmax", "min": "eigmin", "1": "eigmax"}
VECTORS = {"max": "eigvecmax", "min": "eigvecmin"}
LETTERS = {"lambda": SPECTRAL, "sigma": SPECTRAL, "v": VECTORS}  # eigenvalues, singular values, eigenvectors
SYMMETRIC = frozenset({"symmetric", "spd"})
EIGEN = frozenset({*SPECTRAL.values(), *VECTORS.values()})
ENTRYWISE = frozenset({"add", "neg", "mul", "div", "inv", "matpow", "pow", "sum_over"}) | ELEMENTWISE
OWN = frozenset({"eye", "diag", "hessian", "Cov", "zeros"})  # operations that make symmetric matrices
DEEPEST = 4  # definitions opened inside each other


def is_spectral(name: Name) -> bool:
    return spelled(name.below) in LETTERS.get(name.letter, ()) and not name.accents


def spectral(e: Elaborator, name: Name, group: Group) -> Node | None:
    """The matrix whose eigenvalue a name before brackets is; None where it is none."""
    if not is_spectral(name) or len(group.items) != 1:
        return None
    if any(not m.entries for m in e.names.matches(name)):
        return None  # the problem has such a name
    try:
        of = e.node(group.items[0])
    except Stop:
        return None
    return of if of.shape.kind == "matrix" else None


def eigenvalue(e: Elaborator, name: Name, of: Node, span: Span) -> Node:
    said = spelled(name.below)
    if name.letter == "sigma":
        largest = said != "min"
        if not largest and of.shape.dims[0] != of.shape.dims[1]:
            raise e.unreadable("the least singular value is read of a square matrix", span)
        return build("sqrt", e.make(SPECTRAL[said], matmul(T(of), of), span=span))
    if not (is_symmetric(of, e.context.scope) or _is_trusted(e, of)):
        raise e.unreadable("eigenvalues are in the language where a matrix is symmetric", span)
    if said == "1":
        e.note("the first eigenvalue is read as the largest", span, "scope")
    return e.make(LETTERS[name.letter][said], of, span=span)


def _is_trusted(e: Elaborator, of: Node) -> bool:
    """Whether the problem itself speaks of eigenvalues of a matrix."""
    bodies = [d.body for d in e.context.scope.definitions.values() if d.body is not None]
    nodes = (n for node in (*e.context.asked, *bodies) for n in walk(node))
    return any(n.op in EIGEN and n.args[0] == of for n in nodes)


def is_symmetric(node: Node, scope: Scope) -> bool:
    """Whether a matrix shows that it is symmetric: by its form, its data and what is known of the names in it."""
    return _formed(node, scope, DEEPEST, False) == _formed(node, scope, DEEPEST, True)


def _formed(node: Node, scope: Scope, depth: int, flipped: bool) -> Node:
    """A matrix, or its transpose, in one form: terms in one order, transposes at the names."""
    if not node.shape.dims or node.op in OWN:
        return node
    if node.op == "T":
        return _formed(node.args[0], scope, depth, not flipped)
    if node.op == "sym":
        body = scope.open(node) if depth else None
        if body is not None and body.shape.kind == "matrix":
            return _formed(body, scope, depth - 1, flipped)
        return (
            T(node)
            if flipped and not (node.symbol.facts & SYMMETRIC or _has_such_data(node, scope))
            else node
        )
    if node.op == "matmul":
        args = tuple(_formed(a, scope, depth, flipped) for a in node.args)
        return matmul(*(reversed(args) if flipped else args))
    if node.op in ENTRYWISE:
        args = tuple(_formed(a, scope, depth, flipped) for a in node.args)
        return build(node.op, *(sorted(args, key=repr) if node.op == "add" else args), data=node.data)
    return T(node) if flipped else node


def _has_such_data(node: Node, scope: Scope) -> bool:
    data = scope.given(node)
    rows = [row.args for row in data.args] if data is not None and data.op == "list" else []
    return bool(rows) and rows == [tuple(column) for column in zip(*rows, strict=False)]
