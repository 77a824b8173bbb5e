"""Algebra line by line: the rows of `derive.rules.algebra` until none applies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations

from derive.notation.derivation import Line, Reason, Step
from derive.rewrite.chance import Randomness
from derive.rewrite.depend import graph_of
from derive.rewrite.reasons import joined
from derive.rewrite.tidy import head, tidy
from derive.rules import algebra
from derive.rules.row import FACTUAL, Rule
from derive.tree.nodes import Node, node_count, walk
from derive.vocabulary.asked import VERBS
from derive.vocabulary.build import matmul, mul, rebuild
from derive.vocabulary.scope import Scope

ANYWHERE = frozenset({"sym", "num", "count", "T"})  # a row may match without these: v.T is any row
MOST_SAID = 24  # nodes of a row that is said of what it was used on
STOP = VERBS | {"d"}


@cache
def _rules(identities: bool) -> dict[str, tuple[tuple[Rule, frozenset[str]], ...]]:
    rows: dict[str, list[tuple[Rule, frozenset[str]]]] = defaultdict(list)
    for rule in algebra.IDENTITIES if identities else algebra.ROWS:
        left = rule.sides[0]
        needed = frozenset(n.op for n in walk(left)) - ANYWHERE
        rows[left.op].append((rule, needed))
    return {op: tuple(found) for op, found in rows.items()}


@dataclass
class Operations:
    """The operations that occur in a tree, so that rows which need others are not tried."""

    known: dict[Node, frozenset[str]] = field(default_factory=dict)

    def of(self, node: Node) -> frozenset[str]:
        found = self.known.get(node)
        if found is None:
            found = frozenset((node.op,)).union(*(self.of(a) for a in node.args))
            self.known[node] = found
        return found


def simplify(node: Node, scope: Scope, identities: bool = False) -> tuple[Node, tuple[Step, ...], Reason]:
    """Every algebra row (or identity) applied until none fits; the steps and a reason that names the rows used."""
    new, uses = rows_used(node, scope, identities)
    said = [reason for _, reason in uses if reason.text]
    return new, tuple(step for step, _ in uses), joined(said) if said else Reason("")


def rows_used(node: Node, scope: Scope, identities: bool = False) -> tuple[Node, list[tuple[Step, Reason]]]:
    """The same, with the reason of each step; it is empty where the row is silent."""
    setting = Randomness(scope, graph_of(scope))
    steps: list[Step] = []
    reasons: list[Reason] = []
    node, operations = tidy(node), Operations()
    still: set[Node] = set()  # where no row fits, at the root or below
    for _ in range(30):
        count = len(steps)
        node = tidy(_pass(node, setting, steps, reasons, identities, operations, still))
        if len(steps) == count:
            break
    return node, list(zip(steps, reasons, strict=True))


def _pass(
    node: Node,
    setting: Randomness,
    steps: list[Step],
    reasons: list[Reason],
    identities: bool,
    operations: Operations,
    still: set[Node],
) -> Node:
    if not node.args or node.op in STOP or node in still:
        return node
    count = len(steps)
    inner = (_pass(a, setting, steps, reasons, identities, operations, still) for a in node.args)
    node = rebuild(node, tuple(inner))
    rows = _rules(identities).get(node.op, ())
    present = operations.of(node) if rows else frozenset()
    for rule, needed in rows:
        new = apply_inside(rule, node, setting) if needed <= present else None
        if new is not None and new != node:
            steps.append(Step(rule.name, node, new))
            reasons.append(_reason(rule, node, setting) if rule.grade != "silent" else Reason(""))
            return head(new)
    if len(steps) == count:
        still.add(node)
    return node


def _reason(rule: Rule, node: Node, setting: Randomness) -> Reason:
    """The row in its own letters; one that needs a fact, said of what has the fact: "sum(z) = 0 by definition of z"."""
    own = Reason("{0} = {1}", rule.sides)
    subjects = [names[0] for names, condition in rule.conditions if condition in FACTUAL]
    if not subjects or rule.loose and "log" in {n.op for n in walk(rule.sides[0])}:
        return own
    parts = [node, *_neighbours(node)]
    found = next((f for part in parts if (f := rule.instance(part, setting)) is not None), None)
    if found is None:
        return own
    left, right, bound = found
    about = bound[subjects[0]]
    if node_count(left) + node_count(right) > MOST_SAID:
        return own
    if about.op == "sym" and setting.scope.open(about) is not None:
        return Reason("{0} = {1} by definition of {2}", (left, right, about))
    return Reason("{0} = {1}", (left, right))


def _neighbours(node: Node) -> Iterator[Node]:
    """Links side by side in a product, as `apply_inside` takes them."""
    if node.op != "matmul":
        return
    for size in range(2, min(len(node.args), 5)):
        for i in range(len(node.args) - size + 1):
            yield matmul(*node.args[i : i + size])


def apply_inside(rule: Rule, node: Node, setting: Randomness) -> Node | None:
    """The row at the root, or on some neighbours inside a longer product."""
    new = rule.apply(node, setting)
    if new is None and node.op == "mul" and len(node.args) > 2 and len(rule.rigid) > 1:
        return _of_two_factors(rule, node, setting)
    if new is not None or node.op != "matmul" or len(node.args) < 3:
        return new
    for size in range(2, min(len(node.args), 5)):
        for i in range(len(node.args) - size + 1):
            part = node.args[i : i + size]
            inner = rule.apply(matmul(*part), setting) if rule.rigid <= {a.op for a in part} else None
            if inner is None or rule.last and i + size < len(node.args):
                continue
            rest = (*node.args[:i], *node.args[i + size :])
            return (
                mul(inner, matmul(*rest))
                if inner.shape.is_scalar
                else matmul(*node.args[:i], inner, *node.args[i + size :])
            )
    return None


def _of_two_factors(rule: Rule, node: Node, setting: Randomness) -> Node | None:
    """The row on two factors of an entrywise product that do not stand side by side."""
    for i, j in permutations(range(len(node.args)), 2):
        inner = rule.apply(mul(node.args[i], node.args[j]), setting)
        if inner is not None:
            first = min(i, j)
            return mul(
                *(
                    inner if k == first else a
                    for k, a in enumerate(node.args)
                    if k not in (i, j) or k == first
                )
            )
    return None


def simplified_line(left: Node, node: Node, scope: Scope) -> tuple[list[Line], Node]:
    """At most one visible line for all the algebra."""
    new, steps, reason = simplify(node, scope)
    if new == node:
        return [], node
    return [Line(left, new, reason if reason.text else Reason("simplify"), steps=steps)], new
