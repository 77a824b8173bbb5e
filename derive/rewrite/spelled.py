"""Where no row fits a moment: facts, terms brought together, finitely many outcomes, products multiplied out, and at
last the definition of a variance."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from derive.errors import NotDerived
from derive.notation.derivation import Reason
from derive.notation.text import text
from derive.rewrite.chance import Randomness, is_affine, is_gaussian, is_law, random_symbols, with_given
from derive.rewrite.laws import law_of
from derive.rewrite.moments import LAWS
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.rational import together
from derive.rewrite.reasons import joined
from derive.rewrite.shorten import factor
from derive.rewrite.terms import Term, join, split, transposed
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import SCALAR, Node, Range, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import add, build, count, fresh, matmul, mul, neg, num, substitute, sym, transform

Under = Callable[[Node], tuple[Node, Randomness]]
Value = tuple[Node, Reason]


def spelled(pending: list[Node], under: Under) -> tuple[dict[Node, Node], Reason, str]:
    """The values of all pending moments by the first way that fits each."""
    values: dict[Node, Node] = {}
    reasons: list[Reason] = []
    for node in pending:
        plain, setting = under(node)
        for way in WAYS:
            found = way(plain, setting)
            if found is not None and found[0] != plain:
                values[node] = with_given(found[0], setting.given, frozenset())
                reasons.append(found[1])
                break
        else:
            raise NotDerived(refusal(node, setting))
    return values, joined(reasons), "spelled out"


def refusal(node: Node, setting: Randomness) -> str:
    """Why a moment is not derived: the fact that is missing, where one is."""
    names = sorted(setting.randomness(node.args[0]))
    known = [n for n in names if (law := setting.scope.declarations[n].law) and law.kind == "moments"]
    message = f"no rule for {text(node)}"
    if known and not all(is_affine(a, setting) for a in node.args):
        return f"{message}: of {' and '.join(known)} only the mean and the (co)variance are given"
    return message


def brought_together(pending: list[Node], under: Under) -> tuple[dict[Node, Node], Reason, str] | None:
    """Moments in which one random symbol stands in several terms, with these collected."""
    values: dict[Node, Node] = {}
    reasons: list[Reason] = []
    for node in pending:
        plain, setting = under(node)
        found = _brought_together(plain, setting) or _term_by_term(plain)
        if found is not None:
            values[node] = with_given(found[0], setting.given, frozenset())
            reasons.append(found[1])
    return (values, joined(reasons), "collect") if values else None


# ---------------------------------------------------------------- ways


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
        return factor(tidy(body))
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
            parts.append(mul(together(add(*over)), s))
    if len(parts) + len(rest) == len(flat) or not parts:
        return body
    return tidy(add(*parts, *([together(add(*rest))] if rest else [])))


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


def _outcomes(node: Node, setting: Randomness) -> Value | None:
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


def _isserlis(node: Node, setting: Randomness) -> Value | None:
    """E of a product of jointly normal numbers: the first with each other one, as a covariance."""
    body = node.args[0]
    if node.op != "E" or not body.shape.is_scalar or body.op not in ("mul", "pow"):
        return None
    factors = _factors(body)
    if factors is None or not 2 <= len(factors) <= 6:
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


def _flat(node: Node, setting: Randomness) -> Value | None:
    if node.op != "E":
        return None
    new = multiplied_out(node.args[0])
    return (build("E", new), Reason("multiply out")) if new != node.args[0] else None


def _by_definition(node: Node, setting: Randomness) -> Value | None:
    """`Var f = E f^2 - (E f)^2` and `Cov(f, g) = E f g - E f E g`, for scalars that are polynomials."""
    if node.op == "E" or not node.shape.is_scalar:
        return None
    if not all(is_polynomial(a, setting) or _is_finite(a, setting) for a in node.args):
        return None
    f, g = node.args[0], node.args[-1]
    square = build("E", multiplied_out(mul(f, g)))
    if not is_polynomial(f, setting) and (spelled_square := _outcomes(square, setting)) is not None:
        square = spelled_square[0]
    a, b = (sym(name, SCALAR) for name in "XY")
    said = build("Cov", a, b) if len(node.args) > 1 else build("Var", a)
    second = b if len(node.args) > 1 else a
    spelled_out = add(build("E", mul(a, second)), neg(mul(build("E", a), build("E", second))))
    new = add(square, neg(mul(build("E", f), build("E", g))))
    return new, Reason("{0} = {1}", (said, spelled_out))


def _is_finite(node: Node, setting: Randomness) -> bool:
    """Whether all that is random in a node takes finitely many values."""
    symbols = random_symbols(node, setting)
    return all(is_law(s, setting) and law_of(s, setting)[0] in FINITE for s in symbols)


FINITE = frozenset({"bernoulli", "rademacher", "categorical"})
POLYNOMIAL = frozenset({"add", "neg", "mul", "div", "matmul", "T", "sum", "pow", "entry", "sqnorm", "sum_over", "trace"})


def is_polynomial(node: Node, setting: Randomness) -> bool:
    """Whether a node is a polynomial in its random symbols."""
    if not setting.varies(node) or node.op == "sym":
        return True
    if node.op not in POLYNOMIAL:
        return False
    if node.op == "div" and setting.varies(node.args[1]):
        return False
    if node.op == "entry" and any(setting.varies(a) for a in node.args[1:]):
        return False
    if node.op == "pow" and (node.args[1].op != "num" or node.args[1].number.denominator != 1 or node.args[1].number < 0):
        return False
    return all(is_polynomial(a, setting) for a in node.args)


def _generating(node: Node, setting: Randomness) -> Value | None:
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


WAYS = (_isserlis, _generating, _outcomes, _flat, _by_definition)
