"""Variances and covariances of sums over a family: only members that meet themselves count."""

from __future__ import annotations

from derive.notation.derivation import Reason
from derive.rewrite.chance import Randomness
from derive.rewrite.depend import index_of
from derive.tree.nodes import Node, free_indices, walk
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.build import build, reindex, rename_bound, transform

SUM = Reason("independent terms: the variance of a sum is the sum of the variances")
MET = Reason("independent terms: the covariance of different members is zero")
LINEAR = Reason("the covariance is linear in each argument")


def of_terms(node: Node, setting: Randomness) -> tuple[Node, Reason] | None:
    """`Var(sum(e[i], i))` as `sum(Var(e[i]), i)` and `Cov(e[i], sum(f[j], j))` as `Cov(e[i], f[i])`, where all that is
    random in a term is at its own index."""
    if node.op == "E":
        return None
    if len(node.args) == 1:
        body = node.args[0]
        if body.op != "sum_over" or not _own(body.args[0], setting, body.range.var):
            return None
        inner = build(node.op, body.args[0])
        return Node("sum_over", (inner,), body.data, inner.shape), SUM
    return _covariance(node, setting)


def _covariance(node: Node, setting: Randomness) -> tuple[Node, Reason] | None:
    left, right = node.args
    if right.op == "sum_over" and (at := _met(left, right, setting)) is not None:
        return build("Cov", left, reindex(right.args[0], {right.range.var: at})), MET
    if left.op == "sum_over" and (at := _met(right, left, setting)) is not None:
        return build("Cov", reindex(left.args[0], {left.range.var: at}), right), MET
    if left.op == "sum_over":
        left = rename_bound(left, free_indices(right))
        taken = frozenset({left.range.var})
        other = transform(right, lambda n: rename_bound(n, taken) if n.op == "sum_over" else n)
        inner = build("Cov", left.args[0], other)
        return Node("sum_over", (inner,), left.data, inner.shape), LINEAR
    return None


def _met(one: Node, many: Node, setting: Randomness) -> Size | None:
    """The index at which a term of the sum `many` meets the members in `one`."""
    at, over = _index_of_all(one, setting), many.range
    if at is None or not _own(many.args[0], setting, over.var):
        return None
    return at if _within(at - over.low, setting) and _within(over.high - at, setting) else None


def _within(gap: Size, setting: Randomness) -> bool:
    return never_negative(gap, setting.scope.bounds)


def _random_members(node: Node, setting: Randomness) -> list[Node]:
    return [n for n in walk(node) if n.op == "sym" and setting.varies(n)]


def _own(term: Node, setting: Randomness, var: str) -> bool:
    """Whether everything random in a term is a given family's member at the index `var`."""
    return all(
        setting.scope.is_random(n.symbol.name) and (index_of(n) or ())[:1] == (Size.of(var),)
        for n in _random_members(term, setting)
    )


def _index_of_all(term: Node, setting: Randomness) -> Size | None:
    """The one index at which everything random in a term stands; None under a sum, where there are many."""
    if any(n.op == "sum_over" and setting.varies(n) for n in walk(term)):
        return None
    found = {(index_of(n) or (None,))[0] for n in _random_members(term, setting)}
    given = all(setting.scope.is_random(n.symbol.name) for n in _random_members(term, setting))
    return found.pop() if len(found) == 1 and given else None
