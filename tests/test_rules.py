"""Every rule row proves itself on its own sampler, and every corruption of it is refused by the check.

No test here is written for one rule: rows are sampled from the types they declare.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Callable, Iterator

import pytest

from derive.check.judge import Checker
from derive.errors import DeriveError
from derive.notation.derivation import Chain, Line
from derive.notation.text import text
from derive.rules.row import Rule
from derive.rules.tables import ALL
from derive.tree.nodes import Node, contains
from derive.vocabulary.build import build, mul, neg, num, rebuild, sym

IDS = [f"{i}: {rule.statement}" for i, rule in enumerate(ALL)]


def variables(rule: Rule) -> list[Node | None]:
    """The variables whose differential the row may take, one after the other; None for a row without any."""
    left, _ = rule.sides
    if not contains(left, lambda n: n.op == "d"):
        return [None]
    still = {name for names, condition in rule.conditions if condition == "constant" for name in names}
    found = [sym(n, d.shape, facts=d.facts) for n, d in rule.scope.declarations.items() if n not in still]
    return [v for v in found if v.symbol.name != "k"]


def verdicts(rule: Rule, left: Node, right: Node) -> list[str]:
    checker = Checker(rule.scope)
    return [checker.line(left, "==", right, wrt).status for wrt in variables(rule)]


@pytest.mark.parametrize("rule", ALL, ids=IDS)
def test_row_holds(rule: Rule) -> None:
    found = verdicts(rule, *rule.sides)
    assert set(found) - {"not-checked"} == {"holds"}, found


def corruptions(node: Node) -> Iterator[tuple[str, Callable[[], Node]]]:
    """The tree with one error in one place: sign, factor, transpose, a swapped or dropped argument, an index."""
    yield "sign", lambda: neg(node)
    yield "factor", lambda: mul(num(2), node)
    yield "transpose", lambda: build("T", node)
    if node.op in ("add", "mul", "matmul") and len(node.args) > 1:
        for i in range(len(node.args)):
            yield "dropped", lambda i=i: build(node.op, *node.args[:i], *node.args[i + 1 :])
        yield "swapped", lambda: build(node.op, *reversed(node.args))
    if node.op == "num":
        yield "index", lambda: num(node.number + 1)
    if node.op == "zeros":
        yield "filled", lambda: build("ones", *node.args)
    for i, arg in enumerate(node.args):
        for name, wrong in corruptions(arg):
            yield name, lambda i=i, wrong=wrong: rebuild(node, (*node.args[:i], wrong(), *node.args[i + 1 :]))


def wrong_rows(rule: Rule) -> Iterator[tuple[str, Rule, Node]]:
    """Rows with a corrupted right side of the same shape that can be written and read back."""
    left, right = rule.sides
    for name, make in corruptions(right):
        try:
            wrong = make()
            row = replace(rule, statement=f"{text(left)} == {text(wrong)}")
            if wrong.shape == right.shape:
                yield name, row, row.sides[1]
        except DeriveError:  # this corruption has no type
            continue


COUNTS: Counter[str] = Counter()


class Anything:
    """A setting in which every condition about variation holds as the row needs it."""

    def __init__(self, rule: Rule) -> None:
        self.scope = rule.scope
        self.still = {name for names, c in rule.conditions if c == "constant" for name in names}

    def varies(self, node: Node) -> bool:
        return contains(node, lambda n: n.op == "d" or n.op == "sym" and n.symbol.name not in self.still)

    def randomness(self, node: Node) -> frozenset[str]:
        names = {
            n
            for n in self.scope.declarations
            if contains(node, lambda m, n=n: m.op == "sym" and m.symbol.name == n)
        }
        return frozenset(n for n in names if self.scope.is_random(n))


@pytest.mark.parametrize("rule", ALL, ids=IDS)
def test_every_corruption_is_refused(rule: Rule) -> None:
    left, right = rule.sides
    refused = 0
    for name, row, wrong in wrong_rows(rule):
        changed = "fails" in verdicts(rule, right, wrong)
        if not changed:
            COUNTS["changes nothing"] += 1
            continue
        used = row.apply(left, Anything(rule))  # the derivation that uses the wrong row
        if used is None:  # the row matches its own left side only in another grouping
            used = wrong
        statuses = []
        for wrt in variables(rule):
            chain = Checker(rule.scope).chain(Chain((Line(left, used, rule.reason()),), wrt))
            assert chain.lines[0].verdict is not None
            statuses.append(chain.lines[0].verdict.status)
        assert "fails" in statuses, (name, row.statement, statuses)
        COUNTS[f"refused: {name}"] += 1
        refused += 1
    assert refused >= 1


def test_what_corruption_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """The counts are printed, so that corruptions that change nothing are seen."""
    with capsys.disabled():
        print(f"\ncorrupted rows: {dict(sorted(COUNTS.items()))}")
