"""The setting in which an expression "varies" where it is random, and what is known about the laws inside it."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from derive.errors import NotDerived
from derive.notation.text import text
from derive.rewrite.depend import Graph
from derive.rewrite.independence import Member, has_covariance, members, parents
from derive.rewrite.terms import is_zero
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, walk
from derive.vocabulary.asked import MOMENTS
from derive.vocabulary.build import ELEMENTWISE, add, build
from derive.vocabulary.scope import Law, Scope


@dataclass(frozen=True)
class Randomness:
    """`given` are random names that a conditional expectation holds fixed."""

    scope: Scope
    graph: Graph
    given: frozenset[Node] = frozenset()

    def varies(self, node: Node) -> bool:
        return bool(self.members(node))

    def randomness(self, node: Node) -> frozenset[str]:
        return frozenset(m.name for m in self.members(node))

    def members(self, node: Node) -> frozenset[Member]:
        return members(node, self.scope, self.given)


def split_given(node: Node) -> tuple[Node, frozenset[Node]]:
    """`E(f | x)` as `E(f)` and {x}."""
    last = node.args[-1]
    if last.op != "given":
        return node, frozenset()
    return build(node.op, *node.args[:-1], last.args[0]), frozenset(last.args[1:])


def with_given(node: Node, names: frozenset[Node], closed: frozenset[Node]) -> Node:
    """Every moment in `node` but the `closed` ones under the same condition."""
    if not names:
        return node
    if node.op in MOMENTS and node not in closed and node.args[-1].op != "given":
        under = build("given", node.args[-1], *sorted(names, key=repr))
        return build(node.op, *node.args[:-1], under)
    if not node.args:
        return node
    return (
        build(node.op, *(with_given(a, names, closed) for a in node.args), data=node.data)
        if (node.op != "sym")
        else node
    )


# ---------------------------------------------------------------- what laws are


def is_law(node: Node, setting: Randomness) -> bool:
    """Whether the node is a random symbol whose law has no random parameters (but given ones)."""
    if node.op != "sym" or not setting.scope.is_random(node.symbol.name) or setting.scope.open(node):
        return False
    return len(setting.members(node)) == 1


def is_entrywise(node: Node, setting: Randomness) -> bool:
    """Random with independent entries: an i.i.d. symbol, or one times (plus) a constant, entry by entry."""
    if node.op == "sym":
        declared = setting.scope.declarations.get(node.symbol.name)
        known = declared is not None and declared.law is not None and is_law(node, setting)
        return bool(
            known
            and declared
            and declared.law
            and declared.law.kind != "categorical"
            and not has_covariance(declared)
        )
    if node.op in ("neg", "mul", "add", "div"):
        random = [a for a in node.args if setting.varies(a)]
        if len(random) != 1 or random[0].shape.is_scalar or node.op == "div" and random[0] != node.args[0]:
            return False
        return is_entrywise(random[0], setting)
    one_to_one = (
        node.op == "T" or node.op in ELEMENTWISE or node.op == "pow" and not setting.varies(node.args[1])
    )
    return one_to_one and is_entrywise(node.args[0], setting)


def is_correlated(node: Node, setting: Randomness) -> bool:
    declared = (setting.scope.declarations[n] for n in setting.randomness(node))
    return any(
        has_covariance(d) or d.law is not None and d.law.kind == "categorical" and d.shape.dims
        for d in declared
    )


AFFINE_IN_ALL = frozenset(
    {"add", "neg", "T", "sum", "mean", "trace", "entry", "rowsum", "colsum", "diag", "diagpart", "sum_over"}
)
AFFINE_IN_ONE = frozenset({"mul", "matmul", "div", "inner"})


def is_affine(node: Node, setting: Randomness, laws: frozenset[str] | None = None) -> bool:
    """Whether the node is a constant plus a linear function of random symbols (all of these `laws`)."""
    if not setting.varies(node):
        return True
    if node.op == "sym":
        name = node.symbol.name
        if setting.scope.is_random(name) and setting.scope.open(node) is None:
            law = setting.scope.declarations[name].law
            return is_law(node, setting) and (laws is None or law is not None and law.kind in laws)
        body = None if setting.graph.is_recurrent(name) else setting.scope.open(node)
        return laws is None if body is None else is_affine(body, setting, laws)
    if node.op == "entry" and any(setting.varies(a) for a in node.args[1:]):
        return False
    if node.op in AFFINE_IN_ALL:
        return all(is_affine(a, setting, laws) for a in node.args)
    if node.op in AFFINE_IN_ONE:
        random = [a for a in node.args if setting.varies(a)]
        return (
            len(random) == 1
            and (node.op != "div" or random[0] is node.args[0])
            and is_affine(random[0], setting, laws)
        )
    return False


def is_gaussian(node: Node, setting: Randomness) -> bool:
    """Jointly normal: affine in normal symbols."""
    return is_affine(node, setting, frozenset({"normal"}))


def is_even(node: Node, setting: Randomness) -> bool:
    """Whether `-v` has the law of v: v is odd in symbols whose laws do not mind their sign."""
    names = setting.randomness(node)
    laws = {n: setting.scope.declarations[n].law for n in names if not parents(n, setting.scope)}
    turned = frozenset(n for n, law in laws.items() if _minds_no_sign(law))
    choices = (turned, *(frozenset({n}) for n in sorted(turned)))
    return any(_parity(node, choice, setting) == -1 for choice in choices)


def _parity(node: Node, turned: frozenset[str], setting: Randomness) -> int | None:
    """-1 where the node changes its sign with the `turned` symbols, 1 where it stays, None where neither."""
    if not setting.randomness(node) & turned:
        return 1
    if node.op == "sym":
        if setting.scope.is_random(node.symbol.name) and setting.scope.open(node) is None:
            return -1 if node.symbol.name in turned else None
        body = None if setting.graph.is_recurrent(node.symbol.name) else setting.scope.open(node)
        return None if body is None else _parity(body, turned, setting)
    parities = [_parity(a, turned, setting) for a in node.args]
    if any(p is None for p in parities):
        return None
    if node.op in AFFINE_IN_ALL:
        return parities[0] if len(set(parities)) == 1 or node.op == "entry" else None
    if node.op in AFFINE_IN_ONE:
        return prod(p for p in parities if p is not None)
    return None


def _minds_no_sign(law: Law | None) -> bool:
    if law is None:
        return False
    if law.kind == "normal":
        return is_zero(law.args["mean"])
    if law.kind == "uniform":
        return is_zero(tidy(add(law.args["low"], law.args["high"])))
    return law.kind == "rademacher"


def children(node: Node, setting: Randomness) -> frozenset[str]:
    """Random names behind a node whose laws have random parameters that are not given."""
    return frozenset(
        m.name
        for m in setting.members(node)
        if setting.scope.declarations[m.name].law is not None
        and any(p in {o.name for o in setting.members(node)} for p in parents(m.name, setting.scope))
    )


def random_symbols(node: Node, setting: Randomness) -> tuple[Node, ...]:
    """The random names that stand in a node itself, left to right, outside moments."""
    if node.op in MOMENTS:
        return ()
    if node.op == "sym":
        return (node,) if setting.varies(node) else ()
    found = [s for a in node.args for s in random_symbols(a, setting)]
    return tuple(dict.fromkeys(found))


def all_random(node: Node, setting: Randomness) -> list[Node]:
    """Random names in a node and in the laws of these."""
    found: list[Node] = []
    for n in walk(node):
        if n.op == "sym" and setting.scope.is_random(n.symbol.name) and setting.varies(n):
            found.append(n)
            law = setting.scope.declarations[n.symbol.name].law
            for a in law.args.values() if law else ():
                found += all_random(a, setting)
    return found


def moments_in(node: Node) -> list[Node]:
    return list(dict.fromkeys(n for n in walk(node) if n.op in MOMENTS))


def refuse_bayes(name: Node, bodies: tuple[Node, ...], setting: Randomness, asked: Node) -> None:
    """`E(z | x)` where the law of x depends on z: z given x has another law than z."""
    above = parents(name.symbol.name, setting.scope)
    reached = {m.name for b in bodies for m in setting.members(b)}
    for other in sorted(above & reached):
        message = f"the law of {text(name)} depends on {other}: {text(asked)} needs Bayes' rule"
        raise NotDerived(message, hint="it is derived where what is given comes first")


def towered(node: Node, above: frozenset[Node], given: frozenset[Node]) -> Node:
    """`E f = E E(f | x)`, `Var f = E Var(f | x) + Var E(f | x)`, `Cov(f, g)` likewise; all under `given`."""
    names = sorted(above | given, key=repr)

    def under(op: str, *bodies: Node) -> Node:
        return build(op, *bodies[:-1], build("given", bodies[-1], *names))

    inner = under(node.op, *node.args)
    whole = build("E", inner)
    closed = {inner}
    if node.op != "E":
        means = tuple(under("E", a) for a in node.args)
        closed |= set(means)
        whole = add(whole, build(node.op, *means))
    return with_given(whole, given, frozenset(closed))


POLYNOMIAL = frozenset(
    {"add", "neg", "mul", "div", "matmul", "T", "sum", "pow", "entry", "sqnorm", "sum_over", "trace"}
)


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
    if node.op == "pow" and (
        node.args[1].op != "num" or node.args[1].number.denominator != 1 or node.args[1].number < 0
    ):
        return False
    return all(is_polynomial(a, setting) for a in node.args)
