"""Terms with one random name brought together inside a variance or covariance: `2 x + y - x` is `x + y`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Callable

from derive.notation.derivation import Reason
from derive.rewrite.algebra import simplify
from derive.rewrite.chance import Randomness, is_affine, is_law, is_polynomial, random_symbols, with_given
from derive.rewrite.laws import law_of
from derive.rewrite.polynomial import expanded, multiplied_out
from derive.rewrite.rational import over_one
from derive.rewrite.reasons import joined
from derive.rewrite.shorten import factor
from derive.rewrite.terms import Term, join, split, transposed
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import ONE, add, build, count, matmul, mul, power, transform

Under = Callable[[Node], tuple[Node, Randomness]]
Value = tuple[Node, Reason]


def brought_together(pending: list[Node], under: Under) -> tuple[dict[Node, Node], Reason, str] | None:
    """Moments in which one random symbol stands in several terms, with these collected."""
    values: dict[Node, Node] = {}
    reasons: list[Reason] = []
    for node in pending:
        plain, setting = under(node)
        found = _two_valued(plain, setting) or _brought_together(plain, setting) or _term_by_term(plain)
        if found is not None:
            values[node] = with_given(found[0], setting.given, frozenset())
            reasons.append(found[1])
    return (values, joined(reasons), "collect") if values else None


def _term_by_term(node: Node) -> Value | None:
    """`Var(sum(u + e[k], k))` as `Var(n u + sum(e[k], k))`."""
    if node.op == "E":
        return None
    new = tuple(transform(a, _split_sum) for a in node.args)
    if new == node.args:
        return None
    return build(node.op, *map(tidy, new)), Reason("the sum term by term")


def _split_sum(node: Node) -> Node:
    if node.op != "sum_over" or node.args[0].op != "add":
        return node
    return add(*(Node("sum_over", (a,), node.data, a.shape) for a in node.args[0].args))


def _two_valued(node: Node, setting: Randomness) -> Value | None:
    """Powers of what is 0 or 1 (or -1 or 1) in a variance: `b**2` is b."""
    if node.op == "E" or not all(a.shape.is_scalar and is_polynomial(a, setting) for a in node.args):
        return None
    symbols = {s for a in node.args for s in random_symbols(a, setting) if s.shape.is_scalar}
    kinds = {s: law_of(s, setting)[0] for s in symbols if is_law(s, setting)}
    two = {s: kind for s, kind in kinds.items() if kind in ("bernoulli", "rademacher")}
    new = tuple(_reduced(a, two) if two else a for a in node.args)
    if new == node.args:
        return None
    first = next(iter(sorted(two, key=repr)))
    square = power(first, 2)
    return build(node.op, *new), Reason("{0} = {1}", (square, first if two[first] == "bernoulli" else ONE))


def _reduced(body: Node, two: dict[Node, str]) -> Node:
    """A polynomial of degree at most 1 in each of the symbols, its coefficients collected."""
    flat = expanded(body)
    if flat is None or all(e < 2 for t in flat for b, e in t.scalars if b in two):
        return body
    parts: list[Node] = []
    for t in flat:
        powers = [
            (b, e if b not in two or e < 1 else 1 if two[b] == "bernoulli" else e % 2) for b, e in t.scalars
        ]
        parts.append(join(replace(t, scalars=tuple((b, Fraction(e)) for b, e in powers if e))))
    return tidy(add(*parts))


def _brought_together(node: Node, setting: Randomness) -> Value | None:
    """`Var(b/p - (1-b)/(1-p))` as `Var((1/p + 1/(1-p)) b - 1/(1-p))`: one random symbol, in several terms."""
    if node.op == "E" or not all(is_affine(a, setting) for a in node.args):
        return None
    symbols = tuple(dict.fromkeys(s for a in node.args for s in random_symbols(a, setting)))
    new = tuple(_collected(a, symbols, setting) for a in node.args)
    if new == node.args:
        return None
    return build(node.op, *new), Reason("collect {0}", (symbols[0],))


def _collected(body: Node, symbols: tuple[Node, ...], setting: Randomness) -> Node:
    if not body.shape.is_scalar:
        return _multiples(body, symbols, setting) or _maps(body, symbols, setting) or factor(tidy(body))
    if any(not s.shape.is_scalar for s in symbols):
        return _factored(body, symbols, setting)
    if all(sum(s in random_symbols(t, setting) for t in terms(body)) < 2 for s in symbols):
        return body
    flat = terms(multiplied_out(body))
    rest = [t for t in flat if not setting.varies(t)]
    parts: list[Node] = []
    for s in symbols:
        mine = [split(t) for t in flat if s in random_symbols(t, setting)]
        if any(dict(t.scalars).get(s) != 1 for t in mine):
            return body
        over = [join(Term(t.number, tuple(p for p in t.scalars if p[0] != s), t.body)) for t in mine]
        if over:
            parts.append(mul(over_one(add(*over)), s))
    if len(parts) + len(rest) == len(flat) or not parts:
        return body
    return tidy(add(*parts, *([over_one(add(*rest))] if rest else [])))


def _multiples(body: Node, symbols: tuple[Node, ...], setting: Randomness) -> Node | None:
    """`w - c (w + e)` as `(1 - c) w - c e`, for arrays with numbers before them."""
    flat = terms(multiplied_out(body))
    rest = [t for t in flat if not setting.varies(t)]
    parts: list[Node] = []
    for s in symbols:
        mine = [split(t) for t in flat if random_symbols(t, setting) == (s,)]
        if not mine or any(t.body != s for t in mine):
            return None
        parts.append(mul(over_one(add(*(join(replace(t, body=None)) for t in mine))), s))
    if len(parts) + len(rest) == len(flat):
        return None
    return tidy(add(*parts, *rest))


def _maps(body: Node, symbols: tuple[Node, ...], setting: Randomness) -> Node | None:
    """`e - H (X b + e)` as `(I - H) e + c`: one matrix before each random vector, as little as possible in c."""
    flat = terms(simplify(multiplied_out(simplify(body, setting.scope)[0]), setting.scope)[0])
    rest = [t for t in flat if not setting.varies(t)]
    if any(setting.varies(t) and random_symbols(t, setting) not in [(s,) for s in symbols] for t in flat):
        return None
    parts: list[Node] = []
    for s in symbols:
        mine = [t for t in flat if random_symbols(t, setting) == (s,)]
        sides = [_before(t, s) for t in mine]
        if s.shape.kind != "vector" or any(side is None for side in sides):
            return None
        if mine:
            parts.append(tidy(matmul(factor(tidy(add(*(a for a in sides if a is not None)))), s)))
    new = tidy(add(*parts, *rest))
    return new if new != tidy(body) else None


def _before(term: Node, symbol: Node) -> Node | None:
    """The matrix A of a term `A x`, its coefficient included; the identity where nothing stands before x."""
    whole = split(term)
    if whole.body == symbol:
        return join(replace(whole, body=build("eye", count(symbol.shape.dims[0]))))
    if whole.body is None or whole.body.op != "matmul" or whole.body.args[-1] != symbol:
        return None
    left = whole.body.args[:-1]
    if symbol in {n for a in left for n in walk(a)}:
        return None
    return join(replace(whole, body=left[0] if len(left) == 1 else matmul(*left)))


def _factored(body: Node, symbols: tuple[Node, ...], setting: Randomness) -> Node:
    """`w'x + e - u'x` as `(w - u)'x + e`."""
    parts = terms(tidy(body))
    for s in symbols:
        mine = [t for t in parts if random_symbols(t, setting) == (s,)]
        sides = [side for t in mine if (side := _side(t, s)) is not None]
        if len(mine) > 1 and len(sides) == len(mine):
            whole = matmul(transposed(tidy(add(*sides))), s)
            parts = [whole if t == mine[0] else t for t in parts if t not in mine[1:]]
    return tidy(add(*parts))


def _side(term: Node, symbol: Node) -> Node | None:
    """a of a term `a'x`, its coefficient included."""
    whole = split(term)
    chains = [b for b, e in whole.scalars if b.op == "matmul" and e == 1 and symbol in set(walk(b))]
    if len(chains) != 1 or symbol.shape.kind != "vector":
        return None
    chain = chains[0] if chains[0].args[-1] == symbol else transposed(chains[0])
    if chain.args[-1] != symbol:
        return None
    rest = replace(whole, scalars=tuple(p for p in whole.scalars if p[0] != chains[0]))
    left = matmul(*chain.args[:-1]) if len(chain.args) > 2 else chain.args[0]
    return join(replace(rest, body=transposed(left)))
