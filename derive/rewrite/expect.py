"""Expectations, variances and covariances line by line: linearity silently, one major row per visible line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Callable

from derive.errors import NotDerived
from derive.notation.derivation import Line, Reason, Step
from derive.notation.text import text
from derive.rewrite.depend import Graph, graph_of, random_names
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.reasons import joined
from derive.rewrite.shorten import factor
from derive.rewrite.terms import zero
from derive.rewrite.tidy import filled, tidy
from derive.rules import densities, expectation
from derive.rules.row import Rule, has_covariance
from derive.tree.nodes import SCALAR, Node, node_count, walk
from derive.vocabulary.build import add, build, div, mul, neg, num, power, sym, transform
from derive.vocabulary.scope import Declaration, Scope

MOMENTS = frozenset({"E", "Var", "Cov"})


@cache
def _rules(grade: str) -> dict[str, tuple[Rule, ...]]:
    rows: dict[str, list[Rule]] = defaultdict(list)
    for rule in (*expectation.ROWS, *densities.EXPECTATIONS):
        if rule.grade == grade:
            rows[rule.sides[0].op].append(rule)
    return {op: tuple(found) for op, found in rows.items()}


@dataclass(frozen=True)
class Randomness:
    """The setting in which an expression "varies" where it is random."""

    scope: Scope
    graph: Graph

    def varies(self, node: Node) -> bool:
        return bool(random_names(node, self.graph))

    def randomness(self, node: Node) -> frozenset[str]:
        return random_names(node, self.graph)


@dataclass
class Averaging:
    """Works out every E, Var and Cov in an expression."""

    scope: Scope
    setting: Randomness = field(init=False)

    def __post_init__(self) -> None:
        self.setting = Randomness(self.scope, graph_of(self.scope))

    def settle(self, node: Node) -> Node:
        """Linearity applied everywhere, then bookkeeping."""
        return tidy(transform(node, lambda n: self._settle_one(n) if n.op in MOMENTS else n))

    def _settle_one(self, node: Node) -> Node:
        body = tidy(node.args[0])
        if not self.setting.varies(body):
            return body if node.op == "E" else zero(node.shape)
        if body != node.args[0]:
            node = build(node.op, body)
        if len(node.args) > 1:
            return node
        if node.op == "E" and body.op == "sum_over":
            return Node("sum_over", (self._settle_one(build("E", body.args[0])),), body.data, body.shape)
        for rule in _rules("minor").get(node.op, ()):
            new = rule.apply(node, self.setting)
            if new is not None:
                return transform(new, lambda n: self._settle_one(n) if n.op in MOMENTS else n)
        return node

    def run(self, left: Node, start: Node | None = None) -> tuple[list[Line], Node]:
        """The lines `left == ...` until no moment is left, and the last right side."""
        lines: list[Line] = []
        now = self.settle(left if start is None else start)
        last = ""
        if start is None and now != left and not self._only_moments_changed(left, now):
            lines.append(Line(left, now, Reason("linearity of the expectation")))
        while pending := list(dict.fromkeys(n for n in walk(now) if n.op in MOMENTS)):
            last, new, reason, steps = self._advance(now, pending, last)
            if new != now:
                lines.append(Line(left, new, reason, steps=steps))
            now = new
            if len(lines) > 100 or node_count(now) > 5000:
                raise NotDerived(f"the expectation {text(left)} grows without end")
        return lines, now

    def _only_moments_changed(self, left: Node, now: Node) -> bool:
        return left.op in MOMENTS and now.op == left.op

    def _advance(
        self, now: Node, pending: list[Node], last: str
    ) -> tuple[str, Node, Reason, tuple[Step, ...]]:
        """A law where one is ready, else a major row, else a definition."""
        sums = {n: over for n in pending if (over := self._of_independent_terms(n)) is not None}
        if sums:
            new = self.settle(transform(now, lambda n: sums.get(n, n)))
            reason = Reason("independent terms: the variance of a sum is the sum of the variances")
            return "terms", new, reason, tuple(Step("independent terms", a, b) for a, b in sums.items())
        laws = [n for n in pending if self._is_law(n)]
        choices = [(n, rule) for n in pending if (rule := self._choose(n)) is not None]
        if choices:
            name = next((r.name for _, r in choices if r.name == last), choices[0][1].name)
            return self._apply(now, [(n, r) for n, r in choices if r.name == name])
        if laws:
            values = {n: self._law_value(n) for n in laws}
            new = self.settle(transform(now, lambda n: values.get(n, n)))
            reasons = [Reason("{0} = {1}", (n, values[n])) for n in laws]
            return "law", new, joined(reasons), tuple(Step("law", n, v) for n, v in values.items())
        if any(self._hidden(n) for n in pending):
            return self._open(now, pending)
        return self._spelled_out(now, pending)

    def _hidden(self, node: Node) -> dict[Node, Node]:
        """The random defined names inside a moment, with their definitions."""
        names = (n for a in node.args for n in walk(a) if n.op == "sym" and self.setting.varies(n))
        return {n: body for n in names if (body := self.scope.open(n)) is not None}

    def _spelled_out(self, now: Node, pending: list[Node]) -> tuple[str, Node, Reason, tuple[Step, ...]]:
        """Products of sums multiplied out; a variance or covariance by its definition."""
        values: dict[Node, Node] = {}
        reasons: list[Reason] = []
        for node in pending:
            new = self._by_definition(node) if node.op != "E" else build("E", multiplied_out(node.args[0]))
            if new is None or new == node:
                raise NotDerived(f"no rule for {text(node)}")
            values[node] = new
            a, b = (sym(name, SCALAR) for name in "XY")
            said = build("Cov", a, b) if len(node.args) > 1 else build("Var", a)
            second = b if len(node.args) > 1 else a
            spelled = add(build("E", mul(a, second)), neg(mul(build("E", a), build("E", second))))
            reasons.append(Reason("multiply out") if node.op == "E" else Reason("{0} = {1}", (said, spelled)))
        result = self.settle(transform(now, lambda n: values.get(n, n)))
        return (
            "spelled out",
            result,
            joined(reasons),
            tuple(Step("spelled out", a, b) for a, b in values.items()),
        )

    def _by_definition(self, node: Node) -> Node | None:
        """`Var f = E f^2 - (E f)^2` and `Cov(f, g) = E f g - E f E g` for polynomials in the random symbols; where
        the same symbol stands in several terms, these are brought together first."""
        together = tuple(factor(tidy(a)) for a in node.args)
        if (
            together != node.args
            and not node.shape.is_scalar
            or any(a.op == "matmul" for a in together if a not in node.args)
        ):
            return build(node.op, *together)
        if not node.shape.is_scalar or not all(self._is_polynomial(a) for a in node.args):
            return None
        f, g = node.args[0], node.args[-1]
        both = multiplied_out(mul(f, g))
        return add(build("E", both), neg(mul(build("E", f), build("E", g))))

    def _is_polynomial(self, node: Node) -> bool:
        if not self.setting.varies(node) or node.op == "sym":
            return True
        if node.op not in ("add", "neg", "mul", "div", "matmul", "T", "sum", "pow", "entry"):
            return False
        if node.op == "div" and self.setting.varies(node.args[1]):
            return False
        return all(self._is_polynomial(a) for a in node.args)

    def _of_independent_terms(self, node: Node) -> Node | None:
        """`Var(sum(e[i], i))` as `sum(Var(e[i]), i)` where all that is random in a term is at its own index."""
        body = node.args[0]
        if node.op == "E" or len(node.args) > 1 or body.op != "sum_over":
            return None
        var = body.range.var
        for n in walk(body.args[0]):
            if n.op == "sym" and self.setting.varies(n):
                own = [a.size.name for a in n.args if a.op == "count"]
                if not self.scope.is_random(n.symbol.name) or var not in own:
                    return None
        inner = build(node.op, body.args[0])
        return Node("sum_over", (inner,), body.data, inner.shape)

    def _is_law(self, node: Node) -> bool:
        body = node.args[0]
        return (
            len(node.args) == 1
            and body.op == "sym"
            and self.scope.is_random(body.symbol.name)
            and (node.op != "Cov" or has_covariance(self.scope.declarations[body.symbol.name]))
        )

    def _choose(self, node: Node) -> Rule | None:
        if self._is_law(node):
            return None
        for rule in _rules("major").get(node.op, ()):
            if rule.apply(node, self.setting) is not None:
                return rule
        return None

    def _apply(
        self, now: Node, chosen: list[tuple[Node, Rule]]
    ) -> tuple[str, Node, Reason, tuple[Step, ...]]:
        values: dict[Node, Node] = {}
        for node, rule in chosen:
            new = rule.apply(node, self.setting)
            assert new is not None
            values[node] = new
        result = self.settle(transform(now, lambda n: values.get(n, n)))
        rule = chosen[0][1]
        left, right = rule.sides
        reason = Reason(rule.say) if rule.say else Reason(f"{rule.name}: {{0}} = {{1}}", (left, right))
        return rule.name, result, reason, tuple(Step(rule.name, a, b) for a, b in values.items())

    def _open(self, now: Node, pending: list[Node]) -> tuple[str, Node, Reason, tuple[Step, ...]]:
        """Open the random defined names inside the moments."""
        opened = {n: body for node in pending for n, body in self._hidden(node).items()}
        new = self.settle(transform(now, lambda n: _opened_inside(n, opened) if n.op in MOMENTS else n))
        reason = joined([Reason("definition of {0}", (n,)) for n in opened])
        return "definition", new, reason, tuple(Step("definition", n, b) for n, b in opened.items())

    def _law_value(self, node: Node) -> Node:
        declared = self.scope.declarations[node.args[0].symbol.name]
        assert declared.law is not None
        moment = LAWS[declared.law.kind].get(node.op)
        if moment is None:
            raise NotDerived(f"no rule for {text(node)} of a {declared.law.kind} quantity")
        return tidy(moment(declared, node))


def _opened_inside(node: Node, opened: dict[Node, Node]) -> Node:
    return transform(node, lambda n: opened.get(n, n))


# ---------------------------------------------------------------- moments of laws


def _spread(value: Node, node: Node) -> Node:
    """A scalar moment of i.i.d. entries, in the shape of the symbol."""
    shape = node.args[0].shape
    return value if shape.is_scalar or not value.shape.is_scalar else mul(value, filled(shape))


def _argument(declared: Declaration, name: str) -> Node:
    assert declared.law is not None
    return declared.law.args[name]


def _bernoulli_variance(declared: Declaration, node: Node) -> Node:
    p = _argument(declared, "p")
    return _spread(mul(p, add(num(1), neg(p))), node)


def _gaussian_variance(declared: Declaration, node: Node) -> Node:
    cov = _argument(declared, "cov")
    return build("diagpart", cov) if cov.shape.kind == "matrix" else _spread(cov, node)


def _uniform_mean(declared: Declaration, node: Node) -> Node:
    return _spread(div(add(_argument(declared, "low"), _argument(declared, "high")), num(2)), node)


def _uniform_variance(declared: Declaration, node: Node) -> Node:
    width = add(_argument(declared, "high"), neg(_argument(declared, "low")))
    return _spread(div(power(width, 2), num(12)), node)


def _categorical_covariance(declared: Declaration, node: Node) -> Node:
    p = _argument(declared, "p")
    return add(build("diag", p), neg(build("matmul", p, build("T", p))))


def _mean(declared: Declaration, node: Node) -> Node:
    return _spread(_argument(declared, "mean"), node)


def _covariance(declared: Declaration, node: Node) -> Node:
    return _argument(declared, "cov")


LAWS: dict[str, dict[str, Callable[[Declaration, Node], Node]]] = {
    "bernoulli": {"E": lambda d, n: _spread(_argument(d, "p"), n), "Var": _bernoulli_variance},
    "normal": {"E": _mean, "Var": _gaussian_variance, "Cov": _covariance},
    "moments": {"E": _mean, "Var": _gaussian_variance, "Cov": _covariance},
    "uniform": {"E": _uniform_mean, "Var": _uniform_variance},
    "categorical": {"E": lambda d, n: _argument(d, "p"), "Cov": _categorical_covariance},
}
