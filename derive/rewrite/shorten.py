"""Making an answer short: a minus sign into a bracket, common factors out, the first coefficient out.

Each function returns an equal expression that is never larger (by the number of nodes), or the same one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from operator import and_

from derive.rewrite.polynomial import multiplied_out, polynomial
from derive.rewrite.remember import remembered
from derive.rewrite.terms import Term, join, split, transposed
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, node_count
from derive.vocabulary.asked import DERIVATIVES, SOUGHT
from derive.vocabulary.build import add, build, count, matmul, mul, neg, rebuild


@remembered
def shorten(node: Node) -> Node:
    """Signs, then common factors, until nothing gets shorter."""
    for _ in range(8):
        signed = tidy(signs(tidy(node)))
        node = cancelled(factor(signed))
        if node == signed:
            break
    return node


@remembered
def cancelled(node: Node) -> Node:
    """Scalar sums multiplied out where terms cancel: `-1/p - (1-p)/p**2` is `-1/p**2`."""
    if not node.args or node.op in DERIVATIVES | SOUGHT | {"d"}:
        return node
    node = rebuild(node, tuple(cancelled(a) for a in node.args))
    if node.op != "add" or not node.shape.is_scalar:
        return node
    whole, parts = polynomial(node), [polynomial(a) for a in node.args]
    if whole is None or any(p is None for p in parts) or len(whole) >= sum(len(p) for p in parts if p):
        return node
    flat = multiplied_out(node)
    return flat if node_count(flat) < node_count(node) else node


@remembered
def signs(node: Node) -> Node:
    """`-2 A (y - x)` becomes `2 A (x - y)`, at every depth."""
    if node.op == "neg":
        flipped = _flip_one(node.args[0])
        if flipped is not None:
            return signs(flipped)
    if node.op == "add":
        parts = []
        for a in node.args:
            better = _flip_one(a.args[0]) if a.op == "neg" else None
            parts.append(better if better is not None else a)
        if parts[0].op == "neg" and any(p.op != "neg" for p in parts):  # lead with a positive term
            first = next(i for i, p in enumerate(parts) if p.op != "neg")
            parts = [parts[first], *parts[:first], *parts[first + 1 :]] if len(parts) == 2 else parts
        node = add(*parts)
    if node.op in ("mul", "div"):
        node = rebuild(node, tuple(map(_opposite_out, node.args)))
    if node.op in ("sum_over", "mul", "div", "matmul", "add", "neg", "T"):
        return rebuild(node, tuple(signs(a) for a in node.args))
    return node


def _opposite_out(factor: Node) -> Node:
    """`-a - b` as a factor is `-(a + b)`."""
    if factor.op != "add" or any(a.op != "neg" for a in factor.args):
        return factor
    return neg(add(*(a.args[0] for a in factor.args)))


def _flip_one(node: Node) -> Node | None:
    """`node` with one difference inside turned around (so that it changes sign), if it has one as a factor."""
    if node.op == "add":
        negatives = sum(a.op == "neg" for a in node.args)
        leads = node.args[0].op not in ("neg", "num") or negatives == len(node.args)
        if 2 * negatives >= len(node.args) and leads:
            turned = [a.args[0] if a.op == "neg" else tidy(neg(a)) for a in node.args]
            positive = [a for a in turned if a.op != "neg"]
            return add(*positive, *(a for a in turned if a.op == "neg"))
        return None
    if node.op in ("mul", "matmul", "div", "T", "sum_over", "sum"):
        for i, a in enumerate(node.args):
            turned_arg = _flip_one(a) if not (node.op == "div" and i == 1 and a.op != "add") else None
            twice = any(b == a or transposed(b) == a for b in (*node.args[:i], *node.args[i + 1 :]))
            if (
                turned_arg is not None
                and not twice
                and not (node.op == "mul" and a.shape.is_scalar and a.op == "add")
            ):
                return rebuild(node, (*node.args[:i], turned_arg, *node.args[i + 1 :]))
    return None


@remembered
def factor(node: Node) -> Node:
    """Common factors of sums out, wherever that makes the tree smaller."""
    if not node.args or node.op in DERIVATIVES | {"d"}:
        return node
    node = rebuild(node, tuple(factor(a) for a in node.args))
    if node.op != "add" or len(node.args) < 2:
        return node
    best = node
    for candidate in (
        _same_body(node),
        *_entrywise_pairs(node),
        *_pairs(node, suffix=True),
        *_pairs(node, suffix=False),
        _common_scalars(node),
        _common_transpose(node),
    ):
        if candidate is not None and node_count(candidate) < node_count(best):
            best = candidate
    return best if best is node else factor(best)


def _same_body(node: Node) -> Node | None:
    """`s x - t x` with scalar coefficients becomes `(s - t) x`."""
    groups: dict[Node, list[Term]] = {}
    for part in map(split, terms(node)):
        if part.body is None:
            return None
        groups.setdefault(part.body, []).append(part)
    if all(len(g) == 1 for g in groups.values()):
        return None
    parts = []
    for body, group in groups.items():
        coefficient = tidy(add(*(join(t.coefficient) for t in group)))
        parts.append(tidy(mul(coefficient, body)))
    return tidy(add(*parts)) if len(parts) > 1 else parts[0]


def _entrywise_pairs(node: Node) -> list[Node]:
    """`g * a + g * b` with common entrywise factors becomes `g * (a + b)`."""
    parts = [split(t) for t in terms(node)]
    if node.shape.is_scalar or any(p.body is None for p in parts):
        return []
    factors: list[list[Node | None]] = [
        list(p.body.args) if p.body is not None and p.body.op == "mul" else [p.body] for p in parts
    ]
    found = []
    for i, first in enumerate(factors):
        for shared in dict.fromkeys(f for f in first if f is not None):
            mates = [j for j in range(len(parts)) if shared in factors[j]]
            if mates[0] != i or len(mates) < 2 or all(len(factors[j]) == 1 for j in mates):
                continue
            common = list(
                reduce(and_, (Counter(f for f in factors[j] if f is not None) for j in mates)).elements()
            )
            coefficient = _shared_powers([parts[j] for j in mates])
            inside = [_without(parts[j], factors[j], common, coefficient) for j in mates]
            product = join(replace(coefficient, body=mul(*common, add(*inside))))
            found.append(
                add(*(join(p) if j != i else product for j, p in enumerate(parts) if j not in mates[1:]))
            )
    return found


def _without(part: Term, factors: list[Node | None], common: list[Node], coefficient: Term) -> Node:
    """A term divided by its common entrywise factors and coefficient."""
    left = list(factors)
    for f in common:
        left.remove(f)
    rest = [f for f in left if f is not None]
    scalar = part.coefficient.times(coefficient.inverse())
    if not rest:
        return join(replace(scalar, body=None))
    return join(replace(scalar, body=rest[0] if len(rest) == 1 else mul(*rest)))


def _chain(term: Term) -> list[Node]:
    if term.body is None:
        return []
    return list(term.body.args) if term.body.op == "matmul" else [term.body]


def _pairs(node: Node, suffix: bool) -> list[Node]:
    """For two or more terms with a common right (left) end of their chains: the end taken out."""
    found = []
    parts = [split(t) for t in terms(node)]
    for i, first in enumerate(parts):
        if not _chain(first):
            continue
        mates = [j for j in range(len(parts)) if j >= i and _common(first, parts[j], suffix)]
        if mates[:1] != [i] or len(mates) < 2:
            continue
        length = min(_common(first, parts[j], suffix) for j in mates[1:])
        length = min(length, len(_chain(first)))
        outside = _chain(first)[-length:] if suffix else _chain(first)[:length]
        coefficient = _shared_powers([parts[j] for j in mates])
        inside = [_remove(parts[j], length, suffix, coefficient, outside) for j in mates]
        if any(x is None for x in inside):
            continue
        bracket = tidy(add(*(x for x in inside if x is not None)))
        if len(terms(bracket)) < len(node.args) and node_count(bracket) < node_count(node):
            bracket = factor(bracket)  # a common end on the other side may pay only together with this one
        product = matmul(bracket, *outside) if suffix else matmul(*outside, bracket)
        product = tidy(mul(join(coefficient), product)) if coefficient != Term() else product
        rest = [join(p) if j != i else product for j, p in enumerate(parts) if j not in mates[1:]]
        found.append(add(*rest))
    return found


def _common(a: Term, b: Term, suffix: bool) -> int:
    x, y = _chain(a), _chain(b)
    if suffix:
        x, y = x[::-1], y[::-1]
    n = 0
    while n < min(len(x), len(y)) and x[n] == y[n]:
        n += 1
    return n


def _remove(term: Term, length: int, suffix: bool, coefficient: Term, outside: list[Node]) -> Node | None:
    chain = _chain(term)
    rest = chain[: len(chain) - length] if suffix else chain[length:]
    left = term.coefficient.times(coefficient.inverse())
    if rest:
        body = rest[0] if len(rest) == 1 else matmul(*rest)
        if body.shape.is_scalar:
            return None
        return join(replace(left, body=body))
    side = outside[0].shape.rows if suffix else outside[-1].shape.columns
    if side is None:
        return None
    return join(replace(left, body=build("eye", count(side))))


def _shared_powers(parts: list[Term]) -> Term:
    """The scalar factors (and the number) that all terms have."""
    first = parts[0]
    powers = [dict(p.scalars) for p in parts]
    shared = tuple(
        (b, min((p[b] for p in powers), key=abs))
        for b, e in first.scalars
        if all((p.get(b) or 0) * e > 0 for p in powers)
    )
    same_number = all(abs(p.number) == abs(first.number) for p in parts)
    number = abs(first.number) if same_number else Fraction(1)
    return Term(number, shared, None, first.decimal and same_number)


def _common_scalars(node: Node) -> Node | None:
    """`c A + c B` with a common coefficient becomes `c (A + B)`."""
    parts = [split(t) for t in terms(node)]
    coefficient = _shared_powers(parts)
    if coefficient == Term() or any(p.body is None for p in parts) and not node.shape.is_scalar:
        return None
    inverse = coefficient.inverse()
    inside = [join(p.coefficient.times(inverse).times(Term(body=p.body))) for p in parts]
    return (
        join(replace(coefficient, body=add(*inside)))
        if not node.shape.is_scalar
        else mul(join(coefficient), add(*inside))
    )


def _common_transpose(node: Node) -> Node | None:
    """`A.T - B.T` becomes `(A - B).T` where what is inside then has a common factor."""
    turned = [a for a in node.args if _under(a).op == "T"]
    if len(turned) < 2 or node.shape.kind != "matrix":
        return None
    inside = factor(add(*(transposed(a) if a.op == "T" else neg(a.args[0].args[0]) for a in turned)))
    rest = [a for a in node.args if a not in turned]
    return add(*rest, build("T", inside)) if inside.op != "add" else None


def _under(node: Node) -> Node:
    return node.args[0] if node.op == "neg" else node


def first_coefficient_out(node: Node) -> Node:
    """`c A + c k B` as `c (A + k B)`: the coefficient of the first term before a bracket."""
    whole = split(node)
    if whole.body is None or whole.body.op != "add":
        return node
    parts = [split(t) for t in terms(whole.body)]
    first = replace(parts[0].coefficient, number=abs(parts[0].number))
    if not first.scalars or any(p.body is None for p in parts):
        return node
    inverse = first.inverse()
    inside = [join(replace(p.coefficient.times(inverse), body=p.body)) for p in parts]
    return join(replace(whole.coefficient.times(first), body=add(*inside)))
