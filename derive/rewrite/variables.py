"""Means of functions of single random variables: finitely many outcomes, generating functions, normal products."""

from __future__ import annotations

from derive.notation.derivation import Reason
from derive.rewrite.chance import Randomness, is_gaussian, is_law, is_polynomial, random_symbols
from derive.rewrite.laws import law_of
from derive.rewrite.moments import LAWS
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.terms import Term, join, split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, Range
from derive.tree.sizes import Size
from derive.vocabulary.build import add, build, count, fresh, mul, num, substitute

Value = tuple[Node, Reason]


def outcomes(node: Node, setting: Randomness) -> Value | None:
    """E f(b) as the weighted sum of f over the values of a symbol with finitely many, where f is no polynomial."""
    body = node.args[0]
    if node.op != "E":
        return None
    for s in random_symbols(body, setting):
        if not is_law(s, setting) or _governs(s, body, setting):
            continue
        kind, law = law_of(s, setting)
        row = LAWS[kind]
        if is_polynomial(body, setting) and not (kind == "categorical" and s.shape.is_scalar):
            continue
        if row.outcomes is not None and s.shape.is_scalar:
            cases = row.outcomes(law)
            said = add(*(mul(weight, build("E", substitute(body, {s: value}))) for value, weight in cases))
            return said, Reason("over the values of {0}", (s,))
        if kind == "categorical":
            var = fresh("c", frozenset(n for d in law["p"].shape.dims for n in d.names))
            size = law["p"].shape.dims[0]
            k = count(var)
            value = k if s.shape.is_scalar else build("onehot", k, count(size))
            term = mul(build("entry", law["p"], k), build("E", substitute(body, {s: value})))
            return Node("sum_over", (term,), Range(var, Size.of(1), size), term.shape), Reason(
                "over the values of {0}", (s,)
            )
    return None


def _governs(symbol: Node, body: Node, setting: Randomness) -> bool:
    """Whether the law of another symbol in `body` depends on `symbol`."""
    name = symbol.symbol.name
    others = [s for s in random_symbols(body, setting) if s != symbol]
    return any(name in setting.randomness(o) for o in others)


def isserlis(node: Node, setting: Randomness) -> Value | None:
    """E of a product of jointly normal numbers: the first with each other one, as a covariance."""
    body = node.args[0]
    if node.op != "E" or not body.shape.is_scalar or body.op not in ("mul", "pow"):
        return None
    factors = _factors(body)
    if factors is None or not 3 <= len(factors) <= 6:
        return None
    if not all(is_gaussian(f, setting) for f in factors):
        return None
    return _paired(factors), Reason("Isserlis' theorem")


def _factors(node: Node) -> list[Node] | None:
    found: list[Node] = []
    for a in node.args if node.op == "mul" else (node,):
        if a.op != "pow":
            found.append(a)
        elif a.args[1].op == "num" and a.args[1].number in (1, 2, 3, 4):
            found += [a.args[0]] * int(a.args[1].number)
        else:
            return None
    return found


def _paired(factors: list[Node]) -> Node:
    """E f1 ... fk = E f1 E(f2 ... fk) + sum over j of Cov(f1, fj) E(the others)."""
    if not factors:
        return num(1)
    first, rest = factors[0], factors[1:]
    parts = [mul(build("E", first), _paired(rest))]
    for j, other in enumerate(rest):
        together = build("Var", first) if other == first else build("Cov", first, other)
        parts.append(mul(together, _paired(rest[:j] + rest[j + 1 :])))
    return tidy(add(*parts))


def generating_function(node: Node, setting: Randomness) -> Value | None:
    """E exp(t x + c) by the generating function of the law of x."""
    body = node.args[0]
    if node.op != "E" or body.op != "exp" or not body.shape.is_scalar:
        return None
    symbols = random_symbols(body, setting)
    if len(symbols) != 1 or not symbols[0].shape.is_scalar or not is_law(symbols[0], setting):
        return None
    kind, law = law_of(symbols[0], setting)
    generating = LAWS[kind].generating
    flat = terms(multiplied_out(body.args[0]))
    mine = [split(t) for t in flat if setting.varies(t)]
    if generating is None or any(dict(t.scalars).get(symbols[0]) != 1 for t in mine):
        return None
    t = tidy(add(*(join(Term(m.number, tuple(p for p in m.scalars if p[0] != symbols[0]))) for m in mine)))
    if kind != "poisson" and not _is_nonzero(t):
        return None
    rest = [a for a in flat if not setting.varies(a)]
    value = generating(law, t)
    return (mul(build("exp", add(*rest)), value) if rest else value), Reason(
        "moment generating function of {0}", (symbols[0],)
    )


def _is_nonzero(node: Node) -> bool:
    if node.op == "num":
        return node.number != 0
    if node.op == "sym":
        return bool(node.symbol.facts & {"positive", "nonzero"})
    return node.op in ("mul", "div", "neg") and all(map(_is_nonzero, node.args))
