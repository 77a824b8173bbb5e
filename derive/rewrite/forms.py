"""Forms of differentials: scalars spread over arrays, powers as products, inner products regrouped, `J dx`."""

from __future__ import annotations

from derive.notation.derivation import Line, Reason
from derive.rewrite.depend import Variation
from derive.rewrite.readoff import jacobian_of
from derive.rewrite.shorten import first_coefficient_out, shorten
from derive.rewrite.terms import product
from derive.rewrite.tidy import filled, tidy
from derive.tree.nodes import Node, contains, walk
from derive.vocabulary.build import add, d, matmul, mul, rebuild
from derive.vocabulary.scope import Scope


def spread(total: Node) -> Node:
    """A scalar that varies in a sum of arrays, as a multiple of ones: `x - mean(x)` is `x - mean(x) * ones(n)`."""
    if total.shape.is_scalar or not any(a.shape.is_scalar for a in total.args):
        return total
    return add(*(mul(a, filled(total.shape)) if a.shape.is_scalar else a for a in total.args))


def power_factors(node: Node) -> Node | None:
    """`matpow(X, 3)` as `X @ X @ X`, for a small positive number."""
    base, k = node.args
    if k.op != "num" or k.number.denominator != 1 or not 1 <= k.number <= 6:
        return None
    return matmul(*[base] * int(k.number))


def regroup(node: Node) -> Node:
    """`(u'du) u` as `u u'du`: an inner product that holds a differential moves behind the array it multiplies."""
    if not node.args or node.op == "d":
        return node
    node = rebuild(node, tuple(regroup(a) for a in node.args))
    if node.op != "mul":
        return node
    arrays = [a for a in node.args if a.shape.kind in ("vector", "matrix") and a.shape.columns is None]
    inner = [
        a for a in node.args if a.op == "matmul" and a.shape.is_scalar and any(n.op == "d" for n in walk(a))
    ]
    if len(arrays) != 1 or len(inner) != 1:
        return node
    rest = [a for a in node.args if a not in (arrays[0], inner[0])]
    joined_up = matmul(arrays[0], inner[0])
    return mul(*rest, joined_up) if rest else joined_up


def paired(node: Node) -> Node:
    """`sum(G * dZ)` as the inner product `<G, dZ>`."""
    if not node.args or node.op == "d":
        return node
    node = rebuild(node, tuple(paired(a) for a in node.args))
    if node.op != "sum" or node.args[0].op != "mul":
        return node
    factors = node.args[0].args
    moving = [a for a in factors if contains(a, lambda n: n.op == "d")]
    still = [a for a in factors if a not in moving]
    if len(moving) != 1 or moving[0].shape.is_scalar or not any(not a.shape.is_scalar for a in still):
        return node
    return product(mul(*still), moving[0])


def collected(
    left: Node, lines: list[Line], linear: Node, variation: Variation, scope: Scope
) -> tuple[list[Line], Node]:
    """The last line of a vector differential: `dy = J dx`, with the coefficient of the first term out."""
    wrt = variation.wrt
    if left.shape.kind != "vector" or wrt.shape.kind != "vector":
        return lines, linear
    jacobian = first_coefficient_out(shorten(jacobian_of(linear, wrt, scope)))
    result = tidy(matmul(jacobian, d(wrt))) if not jacobian.shape.is_scalar else linear
    result = _keep_front(jacobian, d(wrt)) if jacobian.op == "mul" else result
    if lines and result != lines[-1].right:
        lines = [*lines, Line(left, result, Reason("collect {0}", (d(wrt),)))]
    return lines, result


def _keep_front(jacobian: Node, leaf: Node) -> Node:
    """`c * (A + B) @ dx` with the coefficient in front."""
    scalars = [a for a in jacobian.args if a.shape.is_scalar]
    arrays = [a for a in jacobian.args if not a.shape.is_scalar]
    return mul(*scalars, matmul(mul(*arrays), leaf))
