"""What is solved for, and what a solution is; the rows of algebra as equations use them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.errors import NotDerived
from derive.notation.derivation import Line
from derive.notation.text import text
from derive.rewrite.algebra import simplify
from derive.rewrite.assembled import assembled
from derive.rewrite.definite import definite
from derive.rewrite.fold import fold_names
from derive.rewrite.protect import constants_out
from derive.rewrite.terms import join, split
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, contains, walk
from derive.vocabulary.build import (
    T,
    add,
    build,
    count,
    matmul,
    neg,
    substitute,
    transform,
)
from derive.vocabulary.scope import Scope

INVERTIBLE = frozenset({"spd", "invertible", "orthogonal", "positive_determinant"})
INJECTIVE = INVERTIBLE | {"full_column_rank"}


@dataclass(frozen=True)
class Solution:
    """`lines` lead from the equation to `x == expression`. `matrix` is M of `M x == b` (None where the equation was
    not linear); `conditions` must be positive or positive definite, as far as facts do not say so; `relation` is an
    equation that the solution obeys, for the second order."""

    expression: Node
    lines: tuple[Line, ...]
    matrix: Node | None = None
    conditions: tuple[Node, ...] = ()
    relation: tuple[Node, Node] | None = None


class NotLinear(NotDerived):
    """The equation is not linear in the unknown."""


@dataclass(frozen=True)
class Unknown:
    """`e == 0` for x, with names into which answers fold."""

    e: Node
    x: Node
    scope: Scope
    named: tuple[Node, ...] = ()

    def holds(self, node: Node) -> bool:
        return contains(node, lambda n: n == self.x)

    def simplified(self, node: Node) -> Node:
        return tidy(fold_names(simply(node, self.scope), self.named, self.scope))


def simply(node: Node, scope: Scope) -> Node:
    """The rows of algebra; but row sums of an inverse stay a product with ones, and sums go inside sums over data."""
    plain = simplify(assembled(node), scope)[0]
    new = tidy(transform(plain, _product_with_ones))
    if any(n.op in ("sum_over", "diag") for n in walk(new)) and new != plain:
        return tidy(transform(simplify(new, scope)[0], _product_with_ones))
    return new


def _product_with_ones(node: Node) -> Node:
    if (outside := constants_out(node)) != node:
        return outside
    if node.op == "sum_over" and node.args[0].op == "diag":
        return build("diag", Node("sum_over", node.args[0].args, node.data, node.args[0].args[0].shape))
    if node.op not in ("rowsum", "colsum", "sum"):
        return node
    inner = node.args[0]
    if node.op == "sum" and inner.op == "sum_over":
        return Node("sum_over", (build("sum", inner.args[0]),), inner.data, node.shape)
    if node.op == "sum":
        chain = inner.op == "matmul" and inner.args[-1].op == "ones" and inner.args[0].op == "inv"
        return matmul(T(build("ones", count(inner.shape.dims[0]))), inner) if chain else node
    if inner.op != "inv":
        return node
    return matmul(inner if node.op == "rowsum" else tidy(T(inner)), build("ones", count(inner.shape.dims[0])))


def not_linear(x: Node) -> NotDerived:
    return NotLinear(f"no closed form found: the stationarity equation is not linear in {text(x)}")


def line_with(line: Line, values: dict[Node, Node]) -> Line:
    """The line with names replaced, in its reason too."""
    nodes = tuple(substitute(n, values) for n in line.reason.nodes)
    reason = replace(line.reason, nodes=nodes)
    return replace(
        line, left=substitute(line.left, values), right=substitute(line.right, values), reason=reason
    )


def is_invertible(node: Node, x: Node, scope: Scope, facts: frozenset[str] = INVERTIBLE) -> bool:
    """Whether facts show that a matrix without x has an inverse."""
    if contains(node, lambda n: n == x):
        return False
    if node.op == "sym":
        return bool(node.symbol.facts & facts)
    return node.op == "inv" or node.shape.kind == "matrix" and definite(node, scope)


def opposite(node: Node) -> Node:
    """-node, the sign inside a sum."""
    if node.op == "add":
        return tidy(add(*(opposite(a) for a in node.args)))
    whole = split(node)
    if whole.body is not None and whole.body.op == "add" and whole.number < 0:
        return join(replace(whole, number=-whole.number))
    return tidy(neg(node))
