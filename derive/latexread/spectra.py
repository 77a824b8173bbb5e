r"""Eigenvalues, their vectors, singular values: `\lambda_{\max}(S)`, `\lambda_1(S)`, `v_{\max}(S)`, `\sigma_{\max}(A)`.

The vocabulary has the eigenvalues of symmetric matrices only. To read one more of them: a row in SPECTRAL.
"""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.patterns import spelled
from derive.latexread.surface import Group, Name
from derive.latexread.tokens import Span
from derive.tree.nodes import Node
from derive.vocabulary.build import T, build, matmul
from derive.vocabulary.scope import Scope

SPECTRAL = {"max": "eigmax", "min": "eigmin", "1": "eigmax"}
VECTORS = {"max": "eigvecmax", "min": "eigvecmin"}
LETTERS = {"lambda": SPECTRAL, "sigma": SPECTRAL, "v": VECTORS}  # eigenvalues, singular values, eigenvectors
SYMMETRIC = frozenset({"symmetric", "spd"})
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
    if of.shape.dims[0] != of.shape.dims[1] or not is_symmetric(of, e.context.scope):
        raise e.unreadable("eigenvalues are in the language where a matrix is symmetric", span)
    if said == "1":
        e.note("the first eigenvalue is read as the largest", span, "scope")
    return e.make(LETTERS[name.letter][said], of, span=span)


def is_symmetric(node: Node, scope: Scope) -> bool:
    """Whether a matrix shows that it is symmetric, by its form and what is known of the names in it."""
    once = _mirrored(node, scope, DEEPEST)
    return once == _mirrored(once, scope, DEEPEST)


def _mirrored(node: Node, scope: Scope, depth: int) -> Node:
    """The transpose, in a form of its own: sums in one order, transposes at the names."""
    if node.op == "T":
        inner = node.args[0]
        return inner if inner.op == "sym" else _mirrored(_mirrored(inner, scope, depth), scope, depth)
    if node.op == "sym":
        if node.symbol.facts & SYMMETRIC:
            return node
        body = scope.open(node) if depth else None
        return T(node) if body is None or body.shape.kind != "matrix" else _mirrored(body, scope, depth - 1)
    if node.op in OWN:
        return node
    if node.op == "matmul" and node.shape.kind == "matrix":
        return matmul(*(_mirrored(a, scope, depth) for a in reversed(node.args)))
    if node.op in ("add", "neg", "mul", "div", "inv", "sum_over"):
        args = tuple(_mirrored(a, scope, depth) if a.shape.dims else a for a in node.args)
        args = tuple(sorted(args, key=repr)) if node.op == "add" else args
        return build(node.op, *args, data=node.data)
    return T(node)
