"""Reading an answer off a differential: the gradient from `dL = <G, dX>`, the Jacobian from `dy = J dx`.

The expressions here are linear in one leaf, the differential of the variable. Gradients are moved to the
other side by the rows of `derive.rules.adjoints`; Jacobians are collected on the left of `dx`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from derive.errors import NotDerived
from derive.notation.text import text
from derive.rewrite.terms import is_zero, transposed, zero
from derive.rewrite.tidy import tidy
from derive.rules import adjoints
from derive.rules.row import Rule, instantiate, match
from derive.tree.nodes import Node, contains, matrix
from derive.vocabulary.build import ONE, T, add, build, count, div, matmul, mul, neg, rebuild, substitute
from derive.vocabulary.scope import Scope


@dataclass(frozen=True)
class Carrier:
    """The setting in which an expression "varies" where it holds the differential."""

    leaf: Node
    scope: Scope

    def varies(self, node: Node) -> bool:
        return contains(node, lambda n: n == self.leaf)

    def randomness(self, node: Node) -> frozenset[str]:
        return frozenset()


@cache
def _by_operation() -> dict[str, list[Rule]]:
    rows: dict[str, list[Rule]] = defaultdict(list)
    for rule in adjoints.ROWS:
        rows[rule.sides[0].args[1].op].append(rule)
    return rows


def gradient_of(linear: Node, wrt: Node, scope: Scope) -> Node:
    """G with `linear == <G, d(wrt)>`; NotDerived where an operation has no adjoint row."""
    carrier = Carrier(build("d", wrt), scope)
    if is_zero(tidy(linear)):  # everything cancelled
        return zero(wrt.shape)
    if wrt.shape.is_scalar:
        return tidy(substitute(linear, {carrier.leaf: ONE}))
    return tidy(_pull(ONE, linear, carrier))


def _pull(g: Node, e: Node, carrier: Carrier) -> Node:
    """The cotangent of the leaf when `e` has cotangent `g`."""
    if e == carrier.leaf:
        return g
    if e.op == "add":
        return add(*(_pull(g, a, carrier) for a in e.args if carrier.varies(a)))
    if e.op == "sum_over":
        inside = tidy(_pull(g, e.args[0], carrier))
        return Node("sum_over", (inside,), e.data, inside.shape)
    if e.op == "where":  # the cotangent goes to the branch that is taken
        condition, a, b = e.args
        nothing = zero(g.shape)
        branches = [(build("where", condition, g, nothing), a), (build("where", condition, nothing, g), b)]
        return add(*(_pull(h, branch, carrier) for h, branch in branches if carrier.varies(branch)))
    pair = build("inner", g, e)
    for rule in _by_operation()[e.op]:
        left, right = rule.sides
        for bound in match(left, pair, {}, rule, carrier):
            name = "z" if "z" in bound else "Z"
            others = (v for k, v in bound.items() if k != name)
            if carrier.varies(bound[name]) and not any(carrier.varies(v) for v in others):
                moved = instantiate(right.args[0], bound)
                return _pull(tidy(moved), bound[name], carrier)
    raise NotDerived(f"no adjoint rule for {text(e)}")


def jacobian_of(linear: Node, wrt: Node, scope: Scope) -> Node:
    """J with `linear == J @ d(wrt)`; by a scalar, the coefficient of the differential."""
    carrier = Carrier(build("d", wrt), scope)
    if wrt.shape.is_scalar:
        return tidy(substitute(linear, {carrier.leaf: ONE}))
    if is_zero(tidy(linear)):
        return zero(matrix(linear.shape.dims[0], wrt.shape.dims[0]) if linear.shape.dims else wrt.shape)
    return tidy(_collect(linear, carrier))


def _collect(e: Node, carrier: Carrier) -> Node:
    """J with `e == J @ leaf`: a matrix where `e` is a vector, a row where `e` is a scalar."""
    if e == carrier.leaf:
        return build("eye", count(e.shape.dims[0]))
    op, args = e.op, e.args
    carriers = [a for a in args if carrier.varies(a)]
    if op == "add":
        return add(*(_collect(a, carrier) for a in carriers))
    if op == "sum_over":
        inside = _collect(args[0], carrier)
        return Node("sum_over", (inside,), e.data, inside.shape)
    if op == "neg":
        return neg(_collect(args[0], carrier))
    if len(carriers) == 1:
        inner = carriers[0]
        if op == "div" and inner is args[0]:
            j = _collect(inner, carrier)
            return div(j, args[1]) if args[1].shape.is_scalar else matmul(build("diag", div(ONE, args[1])), j)
        if op == "mul":
            return _collect_product(e, inner, carrier)
        if op == "matmul":
            return _collect_chain(e, inner, carrier)
        if op == "sum" and args[0].shape.kind == "vector":
            return matmul(T(build("ones", count(args[0].shape.dims[0]))), _collect(inner, carrier))
        if op == "mean" and args[0].shape.kind == "vector":
            n = count(args[0].shape.dims[0])
            return div(matmul(T(build("ones", n)), _collect(inner, carrier)), n)
        if op == "inner" and inner.shape.kind == "vector":
            other = args[1] if inner is args[0] else args[0]
            return matmul(T(other), _collect(inner, carrier))
    raise NotDerived(f"no way to collect the differential out of {text(e)}")


def _collect_product(e: Node, inner: Node, carrier: Carrier) -> Node:
    """Entrywise product: scalars stay, a vector becomes diag, and `a (j'dx)` is `(a j') dx`."""
    others = [a for a in e.args if a is not inner]
    scalars = [a for a in others if a.shape.is_scalar]
    arrays = [a for a in others if not a.shape.is_scalar]
    j = _collect(inner, carrier)
    if arrays:
        a = mul(*arrays)
        j = matmul(a, j) if inner.shape.is_scalar else matmul(build("diag", a), j)
    return mul(*scalars, j) if scalars else j


def _outer_inside(inner: Node, right: list[Node], carrier: Carrier) -> Node | None:
    """`(M * (z @ a.T)) @ w` as `z * (M @ (a * w))`, and `(M * (a @ z.T)) @ w` as `a * (M @ (z * w))`."""
    outer = next((a for a in inner.args if a.op == "matmul" and carrier.varies(a)), None)
    after = matmul(*right)
    if outer is None or len(outer.args) < 2 or after.shape.kind != "vector":
        return None
    cut = next((i for i, a in enumerate(outer.args[:-1]) if a.shape.columns is None), None)
    if cut is None:
        return None
    column, row = matmul(*outer.args[: cut + 1]), transposed(matmul(*outer.args[cut + 1 :]))
    rest = [a for a in inner.args if a is not outer]
    numbers = [a for a in rest if a.shape.is_scalar]
    matrix_ = [a for a in rest if not a.shape.is_scalar]
    inside = matmul(mul(*matrix_), mul(row, after)) if matrix_ else None
    return None if inside is None else mul(*numbers, column, inside)


def _collect_chain(e: Node, inner: Node, carrier: Carrier) -> Node:
    i = e.args.index(inner)
    left, right = list(e.args[:i]), list(e.args[i + 1 :])
    if not right:
        return matmul(*left, _collect(inner, carrier))
    if inner.shape.kind == "row":  # a row times a vector is a number: v'r = r'v
        turned = transposed(inner)
        r = matmul(*right)
        if r.shape.kind == "vector":
            return matmul(*left, transposed(r), _collect(turned, carrier))
    if inner.shape.kind == "vector" and matmul(*right).shape.is_scalar:  # d(u) (u'x) = (u'x) d(u)
        j = matmul(*left, _collect(inner, carrier)) if left else _collect(inner, carrier)
        return mul(matmul(*right), j)
    if inner.op == "mul" and (entrywise := _outer_inside(inner, right, carrier)) is not None:
        j = _collect(tidy(entrywise), carrier)
        return matmul(*left, j) if left else j
    if inner.op == "diag":
        return matmul(*left, build("diag", matmul(*right)), _collect(inner.args[0], carrier))
    if inner.shape.kind == "matrix" and inner.op in ("add", "neg", "mul", "div"):  # distribute over the sum
        parts = tuple(matmul(a, *right) if not a.shape.is_scalar else a for a in inner.args)
        if inner.op != "mul" or sum(not a.shape.is_scalar for a in inner.args) == 1:
            return _collect(
                tidy(matmul(*left, rebuild(inner, parts)) if left else rebuild(inner, parts)), carrier
            )
    raise NotDerived(f"no way to collect the differential out of {text(e)}")
