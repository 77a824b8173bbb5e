"""Algebra line by line: the rows of `derive.rules.algebra` until none applies, and a normal form for identities."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from derive.notation.derivation import Line, Reason, Step
from derive.rewrite.depend import Graph
from derive.rewrite.differential import joined
from derive.rewrite.expect import Randomness
from derive.rewrite.terms import split, transposed
from derive.rewrite.tidy import head, terms, tidy
from derive.rules import algebra
from derive.rules.row import Rule
from derive.tree.nodes import Node
from derive.vocabulary.build import T, add, build, matmul, mul, rebuild
from derive.vocabulary.scope import Scope

STOP = frozenset({"gradient", "jacobian", "hessian", "d", "argmin", "argmax", "E", "Var", "Cov"})


@cache
def _rules() -> dict[str, tuple[Rule, ...]]:
    rows: dict[str, list[Rule]] = defaultdict(list)
    for rule in algebra.ROWS:
        rows[rule.sides[0].op].append(rule)
    return {op: tuple(found) for op, found in rows.items()}


def simplify(node: Node, scope: Scope) -> tuple[Node, tuple[Step, ...], Reason]:
    """Every algebra row applied until none fits; the steps and a reason that names the rows used."""
    setting = Randomness(scope, Graph(scope))
    steps: list[Step] = []
    reasons: list[Reason] = []
    node = tidy(node)
    for _ in range(30):
        count = len(steps)
        node = tidy(_pass(node, setting, steps, reasons))
        if len(steps) == count:
            break
    return node, tuple(steps), joined(reasons) if reasons else Reason("")


def _pass(node: Node, setting: Randomness, steps: list[Step], reasons: list[Reason]) -> Node:
    if not node.args or node.op in STOP:
        return node
    node = rebuild(node, tuple(_pass(a, setting, steps, reasons) for a in node.args))
    for rule in _rules().get(node.op, ()):
        new = apply_inside(rule, node, setting)
        if new is not None and new != node:
            steps.append(Step(rule.name, node, new))
            left, right = rule.sides
            reasons.append(Reason("{0} = {1}", (left, right)))
            return head(new)
    return node


def apply_inside(rule: Rule, node: Node, setting: Randomness) -> Node | None:
    """The row at the root, or on some neighbours inside a longer product."""
    new = rule.apply(node, setting)
    if new is not None or node.op != "matmul" or len(node.args) < 3:
        return new
    for size in range(2, len(node.args)):
        for i in range(len(node.args) - size + 1):
            group = matmul(*node.args[i : i + size])
            inner = rule.apply(group, setting)
            if inner is not None and (not inner.shape.is_scalar or size == len(node.args)):
                return matmul(*node.args[:i], inner, *node.args[i + size :])
    return None


def simplified_line(left: Node, node: Node, scope: Scope) -> tuple[list[Line], Node]:
    """At most one visible line for all the algebra."""
    new, steps, reason = simplify(node, scope)
    if new == node:
        return [], node
    return [Line(left, new, reason if reason.text else Reason("simplify"), steps=steps)], new


# ---------------------------------------------------------------- normal form


def normal_form(node: Node, scope: Scope) -> Node:
    """A form in which two polynomial expressions in vectors and matrices are equal when their values are.

    Products are multiplied out, scalar chains turned to the smaller of their two readings, sums of entrywise
    products sorted. Not complete (facts are not used): two equal expressions may have different forms.
    """
    for _ in range(12):
        new = tidy(_expand(simplify(node, scope)[0]))
        if new == node:
            break
        node = new
    return _sorted_sum(node)


def _expand(node: Node) -> Node:
    if not node.args or node.op in STOP:
        return node
    node = head(rebuild(node, tuple(_expand(a) for a in node.args)))
    if node.op == "sqnorm":
        v = node.args[0]
        if v.shape.kind == "vector":
            return _expand(_product(T(v), v)) if v.op in ("add", "matmul") else build("sum", _sorted_factors(mul(v, v)))
        return node
    if node.op == "matmul" and any(a.op in ("add", "T") for a in node.args):
        return _distribute(node)
    if node.op == "matmul" and node.shape.is_scalar:
        return _oriented(node)
    if node.op == "mul" and any(a.op == "add" for a in node.args):
        return _distribute(node)
    if node.op == "div" and node.args[0].op == "add":
        return add(*(build("div", a, node.args[1]) for a in node.args[0].args))
    return node


def _product(*factors: Node) -> Node:
    return head(matmul(*factors))


def _distribute(node: Node) -> Node:
    for i, a in enumerate(node.args):
        turned = a
        if a.op == "T" and a.args[0].op == "add":
            turned = add(*(transposed(x) for x in a.args[0].args))
        if turned.op == "add" and not (node.op == "mul" and a.shape.is_scalar and not node.shape.is_scalar and len(turned.args) > 9):
            if node.op == "matmul" and any(x.shape.is_scalar for x in turned.args):
                continue
            parts = [rebuild(node, (*node.args[:i], x, *node.args[i + 1 :])) for x in turned.args]
            return _expand(add(*(tidy(p) for p in parts)))
    return _oriented(node) if node.op == "matmul" and node.shape.is_scalar else node


def _oriented(chain: Node) -> Node:
    """A scalar chain and its transpose are one number; `a'(b*c)` is a sum of an entrywise product."""
    if len(chain.args) == 2:
        left, right = transposed(chain.args[0]), chain.args[1]
        return build("sum", _sorted_factors(mul(left, right)))
    other = transposed(chain)
    return min(chain, other, key=repr)


def _sorted_factors(node: Node) -> Node:
    term = split(node)
    if term.body is None or term.body.op != "mul":
        return node
    factors = sorted(term.body.args, key=repr)
    return head(mul(*(b for b in [build("mul", *factors)]))) if term.coefficient.scalars == () and term.number == 1 else node


def _sorted_sum(node: Node) -> Node:
    if node.op != "add":
        return node
    return build("add", *sorted(terms(node), key=repr))
