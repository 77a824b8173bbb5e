"""Random vectors behind matrices: where the covariance of `A @ x + b` says more than the variances of its entries."""

from __future__ import annotations

from derive.rewrite.chance import Randomness, is_entrywise
from derive.tree.nodes import Node, walk


def is_white_map(node: Node, setting: Randomness) -> bool:
    """Whether a vector is constant matrices times vectors of uncorrelated entries of one variance, and constants."""
    symbols = [n for n in _opened_symbols(node, setting) if setting.varies(n)]
    return (
        node.shape.kind == "vector"
        and bool(symbols)
        and all(_is_white(n, setting) for n in symbols)
        and _is_mapped(node, setting) is True
    )


def _is_white(node: Node, setting: Randomness) -> bool:
    law = setting.scope.declarations[node.symbol.name].law
    if law is None or node.shape.kind != "vector" or not is_entrywise(node, setting):
        return False
    return all(a.shape.is_scalar for key, a in law.args.items() if key != "mean")


def _opened_symbols(node: Node, setting: Randomness) -> list[Node]:
    """The random symbols of a node and of the definitions in it."""
    found: list[Node] = []
    for n in walk(node):
        if n.op == "sym" and setting.varies(n):
            body = None if setting.graph.is_recurrent(n.symbol.name) else setting.scope.open(n)
            found += [n] if body is None else _opened_symbols(body, setting)
    return found


def _is_mapped(node: Node, setting: Randomness) -> bool | None:
    """True where a matrix acts on what is random, False where only numbers and sums do, None where more does."""
    if not setting.varies(node):
        return False
    if node.op == "sym":
        body = None if setting.graph.is_recurrent(node.symbol.name) else setting.scope.open(node)
        return False if body is None else _is_mapped(body, setting)
    if node.op == "matmul":
        *before, last = node.args
        if any(setting.varies(a) for a in before):
            return None
        return None if _is_mapped(last, setting) is None else True
    if node.op not in ("add", "neg", "mul", "div"):
        return None
    random = [a for a in node.args if setting.varies(a)]
    if node.op in ("mul", "div"):
        others = [a for a in node.args if a not in random]
        if len(random) != 1 or any(not a.shape.is_scalar for a in others) or random[0].shape.is_scalar:
            return None
    parts = [_is_mapped(a, setting) for a in random]
    return None if None in parts else any(parts)
