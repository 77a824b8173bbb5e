"""Expectations, variances and covariances line by line: linearity silently, one major row per visible line.

How a line is found, first fit first: sums of independent terms; rows; moments of laws; the tower rule; definitions
opened; and where nothing else is left (`derive.rewrite.spelled`) terms brought together or multiplied out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from derive.errors import NotDerived, ShapeError
from derive.notation.derivation import Line, Reason, Step
from derive.notation.text import text
from derive.rewrite.chance import (
    MOMENTS,
    Randomness,
    children,
    moments_in,
    refuse_bayes,
    split_given,
    with_given,
)
from derive.rewrite.depend import graph_of
from derive.rewrite.independence import apart
from derive.rewrite.laws import law_value
from derive.rewrite.reasons import joined
from derive.rewrite.spelled import refusal, spelled
from derive.rewrite.sums import of_terms
from derive.rewrite.terms import zero
from derive.rewrite.tidy import tidy
from derive.rules import expectation
from derive.rules.row import Rule
from derive.tree.nodes import Node, node_count, walk
from derive.vocabulary.build import build, transform
from derive.vocabulary.scope import Scope

Found = tuple[dict[Node, Node], Reason, str]  # values of moments, the reason, the name of the step
LATE = frozenset(rule.statement for rule in expectation.LATE)


@cache
def _rules(grade: str) -> dict[str, tuple[Rule, ...]]:
    rows: dict[str, list[Rule]] = defaultdict(list)
    for rule in expectation.ROWS:
        if ("late" if rule.statement in LATE else rule.grade) == grade:
            rows[rule.sides[0].op].append(rule)
    return {op: tuple(found) for op, found in rows.items()}


@dataclass
class Averaging:
    """Works out every E, Var and Cov in an expression."""

    scope: Scope
    setting: Randomness = field(init=False)

    def __post_init__(self) -> None:
        self.setting = Randomness(self.scope, graph_of(self.scope))

    def under(self, node: Node) -> tuple[Node, Randomness]:
        """A moment without its condition, and the setting in which the condition is fixed."""
        plain, given = split_given(node)
        return plain, Randomness(self.scope, self.setting.graph, given) if given else self.setting

    def settle(self, node: Node) -> Node:
        """Linearity applied everywhere, then bookkeeping."""
        return tidy(transform(node, lambda n: self._settle_one(n) if n.op in MOMENTS else n))

    def _settle_one(self, node: Node) -> Node:
        plain, setting = self.under(node)
        bodies = tuple(tidy(a) for a in plain.args)
        if not all(setting.varies(b) for b in bodies):
            return bodies[0] if node.op == "E" else zero(node.shape)
        for name in setting.given:
            refuse_bayes(name, bodies, setting, node)
        plain = build(node.op, *bodies)
        if len(bodies) == 2 and bodies[0] == bodies[1]:
            plain = build("Var" if plain.shape.is_scalar else "Cov", bodies[0])
        elif len(bodies) == 2 and apart(setting.members(bodies[0]), setting.members(bodies[1]), self.scope):
            return zero(node.shape)
        closed = frozenset(moments_in(bodies[0]))
        if node.op == "E" and bodies[0].op == "sum_over":
            inner = with_given(build("E", bodies[0].args[0]), setting.given, closed)
            return Node("sum_over", (self._settle_one(inner),), bodies[0].data, bodies[0].shape)
        for rule in _rules("minor").get(plain.op, ()):
            new = _applied(rule, plain, setting)
            if new is not None:
                new = with_given(new, setting.given, closed)
                return transform(new, lambda n: self._settle_one(n) if n.op in MOMENTS else n)
        return with_given(plain, setting.given, closed)

    def run(self, left: Node, start: Node | None = None) -> tuple[list[Line], Node]:
        """The lines `left == ...` until no moment is left, and the last right side."""
        lines: list[Line] = []
        now = self.settle(left if start is None else start)
        last = ""
        if start is None and now != left and not (left.op in MOMENTS and now.op == left.op):
            lines.append(Line(left, now, Reason("linearity of the expectation")))
        while pending := moments_in(now):
            values, reason, last = self._advance(pending, last)
            new = self.settle(transform(now, lambda n, v=values: v.get(n, n)))  # type: ignore[misc]
            if new != now:
                steps = tuple(Step(last, a, b) for a, b in values.items())
                lines.append(Line(left, new, reason, steps=steps))
            elif all(values[n] == n for n in values):
                raise NotDerived(refusal(pending[0], self.setting))
            now = new
            if len(lines) > 100 or node_count(now) > 5000:
                raise NotDerived(f"the expectation {text(left)} grows without end")
        return lines, now

    def _advance(self, pending: list[Node], last: str) -> Found:
        """The next line: the values of some of the pending moments."""
        for find in (self._terms, self._rows, self._laws, self._tower, self._opened, self._late):
            found = find(pending, last)
            if found is not None:
                return found
        return spelled(pending, self.under)

    def _terms(self, pending: list[Node], last: str) -> Found | None:
        values: dict[Node, Node] = {}
        for node in pending:
            plain, setting = self.under(node)
            new = of_terms(plain, setting)
            if new is not None:
                values[node] = with_given(new, setting.given, frozenset())
        if not values:
            return None
        only = all(len(n.args) == 2 for n in values)
        what = "a covariance is zero" if only else "the variance of a sum is the sum of the variances"
        return values, Reason(f"independent terms: {what}"), "terms"

    def _rows(self, pending: list[Node], last: str, grade: str = "major") -> Found | None:
        choices = [(n, rule) for n in pending if (rule := self._choose(n, grade)) is not None]
        if not choices:
            return None
        name = next((r.name for _, r in choices if r.name == last), choices[0][1].name)
        values: dict[Node, Node] = {}
        said: dict[Rule, None] = {}
        for node, rule in choices:
            if rule.name == name:
                values[node] = self._row_value(node, rule)
                said[rule] = None
        rule = next(iter(said))
        reason = Reason(rule.say) if rule.say else Reason(f"{rule.name}: {{0}} = {{1}}", rule.sides)
        return values, reason, name

    def _row_value(self, node: Node, rule: Rule) -> Node:
        plain, setting = self.under(node)
        new = _applied(rule, plain, setting)
        assert new is not None
        new = self.settle(with_given(new, setting.given, frozenset(moments_in(plain.args[0]))))
        if rule.name != "linearity of the covariance":
            return new
        again = {m: r for m in moments_in(new) if (r := self._choose(m, "major")) and r.name == rule.name}
        return transform(new, lambda n: self._row_value(n, again[n]) if n in again else n)

    def _choose(self, node: Node, grade: str) -> Rule | None:
        plain, setting = self.under(node)
        if law_value(plain, setting) is not None:
            return None
        for rule in _rules(grade).get(plain.op, ()):
            if _applied(rule, plain, setting) is not None:
                return rule
        return None

    def _laws(self, pending: list[Node], last: str) -> Found | None:
        values: dict[Node, Node] = {}
        for node in pending:
            new = law_value(*self.under(node))
            if new is not None:
                values[node] = new
        if not values:
            return None
        return values, joined([Reason("{0} = {1}", (n, v)) for n, v in values.items()]), "law"

    def _tower(self, pending: list[Node], last: str) -> Found | None:
        """Random parameters: first the mean of what they govern, given them."""
        values: dict[Node, Node] = {}
        for node in pending:
            plain, setting = self.under(node)
            below = children(plain.args[0], setting)
            if not below or plain.op != "E" or self._hidden(node):
                continue
            given = tuple(
                s
                for s in dict.fromkeys(n for a in plain.args for n in self._all_random(a, setting))
                if s.symbol.name not in below
            )
            inner = build("E", build("given", plain.args[0], *given, *sorted(setting.given, key=repr)))
            values[node] = with_given(build("E", inner), setting.given, frozenset({inner}))
        if not values:
            return None
        return values, Reason("tower rule: {0} = {1}", next(iter(values.items()))), "tower"

    def _all_random(self, node: Node, setting: Randomness) -> list[Node]:
        """Random names in a node and in the laws of these."""
        found: list[Node] = []
        for n in walk(node):
            if n.op == "sym" and self.scope.is_random(n.symbol.name) and setting.varies(n):
                found.append(n)
                law = self.scope.declarations[n.symbol.name].law
                for a in law.args.values() if law else ():
                    found += self._all_random(a, setting)
        return found

    def _hidden(self, node: Node) -> dict[Node, Node]:
        """The random defined names inside a moment, with their definitions."""
        plain, setting = self.under(node)
        names = (n for a in plain.args for n in walk(a) if n.op == "sym" and setting.varies(n))
        return {n: body for n in names if (body := self.scope.open(n)) is not None}

    def _opened(self, pending: list[Node], last: str) -> Found | None:
        """Open the random defined names inside the moments."""
        bodies = {n: self._hidden(n) for n in pending}
        values = {
            n: transform(n, lambda m, b=opened: b.get(m, m)) for n, opened in bodies.items() if opened  # type: ignore[misc]
        }
        if not values:
            return None
        names = dict.fromkeys(name for opened in bodies.values() for name in opened)
        return values, joined([Reason("definition of {0}", (n,)) for n in names]), "definition"

    def _late(self, pending: list[Node], last: str) -> Found | None:
        return self._rows(pending, last, "late")


def _applied(rule: Rule, node: Node, setting: Randomness) -> Node | None:
    """The right side of a row; None where it does not fit, by shape or otherwise."""
    try:
        return rule.apply(node, setting)
    except ShapeError:
        return None
