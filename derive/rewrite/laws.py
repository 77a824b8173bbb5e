"""The moment of one random symbol, from the row of its law."""

from __future__ import annotations

from derive.rewrite.chance import Randomness, is_law
from derive.rewrite.depend import index_of
from derive.rewrite.moments import LAWS, Arguments, Moments
from derive.rewrite.tidy import filled, tidy
from derive.tree.nodes import Node, Shape
from derive.vocabulary.build import build, count, mul, reindex


def law_of(symbol: Node, setting: Randomness) -> tuple[str, Arguments]:
    """The kind and the arguments of the law of a symbol, at its indices."""
    declared = setting.scope.declarations[symbol.symbol.name]
    assert declared.law is not None
    at = dict(zip(declared.params, index_of(symbol) or (), strict=False))
    return declared.law.kind, {name: reindex(a, at) for name, a in declared.law.args.items()}


def spread(value: Node, shape: Shape) -> Node:
    """A scalar moment of i.i.d. entries, in the shape of the symbol."""
    return value if shape.is_scalar or not value.shape.is_scalar else mul(value, filled(shape))


def law_value(node: Node, setting: Randomness) -> Node | None:
    """E, Var, Cov or E of a power of a random symbol; None where that is not what `node` asks, or not known."""
    body = node.args[0]
    if len(node.args) > 1:
        return None
    symbol, power = power_of(body)
    if not is_law(symbol, setting):
        return None
    kind, arguments = law_of(symbol, setting)
    row = LAWS[kind]
    if kind == "categorical" and symbol.shape.is_scalar:
        return None
    if power > 1:
        if node.op != "E" or row.raw is None or power == 2 and kind != "bernoulli":
            return None
        if any(a.shape.kind == "matrix" and symbol.shape.kind == "vector" for a in arguments.values()):
            return None
        return tidy(spread(row.raw(arguments, power), body.shape))
    if node.op == "Cov" and symbol.shape.kind != "vector":
        return None
    if node.op == "Cov" and kind != "categorical" and arguments.get("cov", symbol).shape.kind != "matrix":
        return tidy(_of_independent_entries(row, arguments, symbol))
    moment = {"E": row.mean, "Var": row.variance, "Cov": row.covariance}[node.op]
    if moment is None:
        return None
    value = moment(arguments)
    return tidy(value if node.op == "Cov" else spread(value, symbol.shape))


def _of_independent_entries(row: Moments, arguments: Arguments, symbol: Node) -> Node:
    """The covariance of a vector with independent entries."""
    assert row.variance is not None
    value = row.variance(arguments)
    return (
        mul(value, build("eye", count(symbol.shape.dims[0])))
        if value.shape.is_scalar
        else build("diag", value)
    )


def power_of(node: Node) -> tuple[Node, int]:
    """A symbol and its entrywise power: `x**3`, `x * x * x`."""
    if node.op == "pow" and node.args[1].op == "num" and node.args[1].number.denominator == 1:
        return node.args[0], max(0, int(node.args[1].number))
    if node.op == "mul" and all(a == node.args[0] for a in node.args):
        return node.args[0], len(node.args)
    return node, 1
