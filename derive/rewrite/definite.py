"""Positive definiteness and positive signs, by structure and facts. Sound, not complete: False means unknown."""

from __future__ import annotations

from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.rational import over_one
from derive.rewrite.terms import Term, join, split, transposed
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node
from derive.vocabulary.build import ONE, add, count, mul, neg, power
from derive.vocabulary.scope import Scope

NONNEGATIVE = frozenset({"nonnegative", "simplex", "onehot", "stochastic"})
SHARES = frozenset({"simplex", "onehot"})


def definite(matrix: Node, scope: Scope) -> bool:
    """Whether a symmetric matrix (or a number) is positive definite: all terms semidefinite, one definite."""
    if matrix.shape.is_scalar:
        return positive(matrix, scope)
    found = [_of_term(t, scope) for t in terms(matrix)]
    return all(f is not None for f in found) and any(found)


def core(node: Node, scope: Scope) -> Node:
    """What is as positive (definite): without positive factors and without an inverse."""
    if node.op == "add" and (whole := split(over_one(node))).body is None and len(whole.scalars) > 1:
        return core(join(whole), scope)  # 1 - a / (a + b) is as positive as b
    term = split(node)
    if not term.number:
        return node
    kept = tuple((b, e) for b, e in term.scalars if not positive(b, scope))
    body = term.body
    if body is not None and body.op == "mul" and not all(positive(a, scope) for a in body.args):
        left = [a for a in body.args if not positive(a, scope)]
        body = left[0] if len(left) == 1 else mul(*left)
    rest = join(Term(term.number / abs(term.number), kept, body))
    if rest.shape != node.shape:
        return node
    return core(rest.args[0], scope) if rest.op in ("inv", "sqrt") else rest


def semidefinite(matrix: Node, scope: Scope) -> bool:
    """Whether all terms of a symmetric matrix are positive semidefinite."""
    return all(_of_term(t, scope) is not None for t in terms(matrix))


def _of_term(node: Node, scope: Scope) -> bool | None:
    """True: definite; False: semidefinite; None: unknown."""
    term = split(node)
    if term.number <= 0 or not all(positive(b, scope) or e % 2 == 0 for b, e in term.scalars):
        return None
    strict = all(positive(b, scope) for b, _ in term.scalars)
    body = term.body
    if body is None:
        return None
    if body.op == "add":
        return definite(body, scope) or None
    if body.op == "eye" or body.op == "sym" and "spd" in body.symbol.facts:
        return strict
    if body.op == "inv":
        return (strict or None) if definite(body.args[0], scope) else None
    if body.op == "diag":
        return (
            (strict if positive(body.args[0], scope) else False) if nonnegative(body.args[0], scope) else None
        )
    if body.op == "sum_over":
        found = [_of_term(t, scope) for t in terms(body.args[0])]
        return None if None in found else strict and any(found)
    return _of_square(body, strict, scope)


def _of_square(body: Node, strict: bool, scope: Scope) -> bool | None:
    """`A' A`, `A' D A` with D semidefinite, `G G` with G symmetric; definite where A has full column rank."""
    if body.op != "matmul":
        return None
    left, right = body.args[0], body.args[-1]
    middle = body.args[1:-1]
    symmetric = left == right and _is_diagonal(left, scope)
    if not symmetric and left != transposed(right):
        return None
    if middle and not (len(middle) == 1 and _of_term(middle[0], scope) is not None):
        return None
    full = right.op == "sym" and bool(right.symbol.facts & {"full_column_rank", "invertible", "orthogonal"})
    inner = _of_term(middle[0], scope) if middle else True
    return strict and full and bool(inner)


def _is_diagonal(node: Node, scope: Scope) -> bool:
    body = scope.open(node)
    return node.op == "diag" or body is not None and body.op == "diag"


def positive(node: Node, scope: Scope) -> bool:
    """Whether a scalar (every entry of an array) is greater than zero."""
    op = node.op
    if op == "num":
        return node.number > 0
    if op in ("const", "count", "exp", "sigmoid", "softplus", "softmax", "softmax_rows", "ones"):
        return True
    if op == "sym":
        declared = scope.declarations.get(node.symbol.name)
        if declared is not None and declared.interval is not None:
            low = declared.interval[0]
            return low.op == "num" and low.number >= 0
        return bool(node.symbol.facts & {"positive"})
    if op == "add":
        return (
            all(nonnegative(a, scope) for a in node.args)
            and any(positive(a, scope) for a in node.args)
            or _one_minus(node, scope)
            or _root_exceeds(node, scope)
        )
    if op in ("mul", "div", "sqrt"):
        return all(positive(a, scope) for a in node.args)
    if op == "pow":
        return positive(node.args[0], scope)
    if op in ("norm", "sqnorm"):
        return node.args[0].op == "sym" and "nonzero" in node.args[0].symbol.facts
    if op in ("sum", "mean", "sum_over"):
        return positive(node.args[0], scope) or _of_shares(node.args[0].args, node.args[0].op, scope)
    if op == "entry" and len(node.args) == 3 and node.args[1] == node.args[2]:
        return node.args[0].op == "sym" and "spd" in node.args[0].symbol.facts
    if op == "matmul" and len(node.args) == 2 and node.args[0].op == "T":
        return _of_shares((node.args[0].args[0], node.args[1]), "mul", scope)
    return False


def _of_shares(factors: tuple[Node, ...], op: str, scope: Scope) -> bool:
    """Whether the sum of an entrywise product is positive: shares, which are not all zero, times positive numbers."""
    shares = [a for a in factors if a.op == "sym" and a.symbol.facts & SHARES]
    return op == "mul" and len(shares) == 1 and all(positive(a, scope) for a in factors if a not in shares)


def _one_minus(node: Node, scope: Scope) -> bool:
    """`a - b` where b is known to be smaller: `1 - p` for p below 1, `n - sum(x)` for n numbers below 1; what else is
    added is not negative."""
    lows = [a.args[0] for a in node.args if a.op == "neg"]
    highs = [a for a in node.args if a.op != "neg"]
    for low in lows:
        high = next((h for h in highs if _exceeds(h, low, scope)), None)
        if high is None:
            return False
        highs.remove(high)
    return bool(lows) and all(nonnegative(h, scope) for h in highs)


def _root_exceeds(node: Node, scope: Scope) -> bool:
    """`a + sqrt(a**2 + b)` for b above zero."""
    roots = [a for a in node.args if a.op == "sqrt"]
    if len(node.args) != 2 or len(roots) != 1:
        return False
    other = next(a for a in node.args if a is not roots[0])
    return positive(tidy(add(roots[0].args[0], neg(power(other, 2)))), scope)


def _exceeds(high: Node, low: Node, scope: Scope) -> bool:
    if low.op in ("sigmoid", "softmax", "softmax_rows", "tanh"):
        return high.op == "num" and high.number >= 1
    if low.op == "sym":
        declared = scope.declarations.get(low.symbol.name)
        end = declared.interval[1] if declared is not None and declared.interval is not None else None
        return end is not None and end.op == "num" and high.op == "num" and end.number <= high.number
    if low.op == "div" and positive(low.args[1], scope):
        above = low.args[1] if high == ONE else tidy(mul(high, low.args[1]))
        return positive(multiplied_out(add(above, neg(low.args[0]))), scope)
    if low.op == "sum_over":
        terms_in = count(low.range.high - low.range.low + 1)
        return high == terms_in and _exceeds(ONE, low.args[0], scope)
    if low.op == "sum" and low.args[0].shape.kind == "vector":
        return high == count(low.args[0].shape.dims[0]) and _exceeds(ONE, low.args[0], scope)
    return low.op == "mean" and high == ONE and _exceeds(ONE, low.args[0], scope)


def nonnegative(node: Node, scope: Scope) -> bool:
    if positive(node, scope) or node.op in ("sqnorm", "norm", "norm1", "abs", "relu", "step", "zeros"):
        return True
    if node.op == "num":
        return node.number >= 0
    if node.op == "sym":
        return bool(node.symbol.facts & NONNEGATIVE)
    if node.op == "pow":
        return node.args[1].op == "num" and node.args[1].number % 2 == 0 or nonnegative(node.args[0], scope)
    if node.op == "diagpart":
        inner = node.args[0]
        return inner.op == "matmul" and inner.args[0] == transposed(inner.args[-1]) and len(inner.args) == 2
    if node.op == "mul" and len(node.args) == 2 and node.args[0] == node.args[1]:
        return True
    return node.op in ("add", "mul", "div", "sum", "mean", "sum_over", "sqrt") and all(
        nonnegative(a, scope) for a in node.args
    )
