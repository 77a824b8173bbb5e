"""Expectations, variances and covariances line by line: linearity silently, one major row per visible line.

How a line is found, first fit first: sums of independent terms; rows; moments of laws; the tower rule; definitions
opened; and where nothing else is left (`derive.rewrite.spelled`) terms brought together or multiplied out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from derive.errors import NotDerived
from derive.notation.derivation import Chain, Line, Reason, Step
from derive.notation.text import text
from derive.rewrite.chance import (
    Randomness,
    all_random,
    children,
    moments_in,
    refuse_bayes,
    split_given,
    towered,
    with_given,
)
from derive.rewrite.depend import graph_of
from derive.rewrite.independence import apart
from derive.rewrite.laws import law_value, power_of
from derive.rewrite.moment_rows import SCALING, applied, opened_in, replaced, rows
from derive.rewrite.reasons import joined
from derive.rewrite.recursion import (
    Recursion,
    at_index,
    coefficients,
    geometric,
    later,
    recursion_of,
    refuse,
    starts_of,
    unrolled,
)
from derive.rewrite.spelled import refusal, spelled
from derive.rewrite.sums import of_terms
from derive.rewrite.terms import is_zero, zero
from derive.rewrite.tidy import tidy
from derive.rewrite.together import brought_together
from derive.rules.row import Rule
from derive.tree.nodes import Node, free_indices, node_count, walk
from derive.vocabulary.asked import MOMENTS
from derive.vocabulary.build import build, reindex, substitute, transform
from derive.vocabulary.scope import Scope

MOST_LINES, MOST_NODES = 60, 1500  # of one expectation
TWICE = 2  # a moment that is written out once more leads nowhere
Found = tuple[dict[Node, Node], Reason, str]  # values of moments, the reason, the name of the step


@dataclass
class Averaging:
    """Works out every E, Var and Cov in an expression."""

    scope: Scope
    kept: frozenset[Node] = frozenset()  # moments that stay: the author's, or those of the step before
    unrolling: frozenset[str] = frozenset()  # recurrences that are being unrolled around this
    setting: Randomness = field(init=False)
    lemmas: list[Chain] = field(default_factory=list)
    asked: Node | None = None
    spelled: Counter[Node] = field(default_factory=Counter)  # how often a moment was written out
    vanished: dict[Node, Reason] = field(
        default_factory=dict
    )  # covariances that bookkeeping found to be zero

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
            self._note(node, [b for b in bodies if not setting.varies(b)][:1], "{0} is not random")
            return bodies[0] if node.op == "E" else zero(node.shape)
        for name in setting.given:
            refuse_bayes(name, bodies, setting, node)
        plain = build(node.op, *bodies)
        if len(bodies) == 2 and bodies[0] == bodies[1]:
            plain = build("Var" if plain.shape.is_scalar else "Cov", bodies[0])
        elif len(bodies) == 2 and apart(setting.members(bodies[0]), setting.members(bodies[1]), self.scope):
            self._note(node, bodies, "{0} and {1} are independent")
            return zero(node.shape)
        closed = frozenset(moments_in(bodies[0]))
        if node.op == "E" and bodies[0].op == "sum_over":
            inner = with_given(build("E", bodies[0].args[0]), setting.given, closed)
            return Node("sum_over", (self._settle_one(inner),), bodies[0].data, bodies[0].shape)
        for rule in rows("minor").get(plain.op, ()):
            new = applied(rule, plain, setting)
            if new is not None:
                new = with_given(new, setting.given, closed)
                return transform(new, lambda n: self._settle_one(n) if n.op in MOMENTS else n)
        return with_given(plain, setting.given, closed)

    def _note(self, node: Node, about: Iterable[Node], words: str) -> None:
        if node.op != "E":
            self.vanished[node] = Reason(words, tuple(about))

    def run(self, left: Node, start: Node | None = None) -> tuple[list[Line], Node]:
        """The lines `left == ...` until no moment is left, and the last right side."""
        lines: list[Line] = []
        self.asked = left
        self.vanished.clear()
        now = self.settle(left if start is None else start)
        last = ""
        shown = left if start is None else tidy(start)
        changed = left.op not in MOMENTS or now.op != left.op if start is None else not moments_in(now)
        if now != shown and changed:
            linear = [] if left in self.vanished else [Reason("linearity of the expectation")]
            lines.append(Line(left, now, joined([*linear, *self.vanished.values()])))
        while pending := [m for m in moments_in(now) if m not in self.kept]:
            if (more := self._recurrences(left, now, pending)) is not None:
                steps_before, now = more
                lines += steps_before
                continue
            values, reason, last = self._advance(pending, last)
            if last == "spelled out":
                self.spelled.update(values.keys())
                if again := [m for m in values if self.spelled[m] > TWICE]:
                    raise NotDerived(refusal(again[0], self.setting))
            new = self.settle(replaced(now, values))
            new, reason = self._without_zero_means(new, reason, last)
            if new != now:
                steps = tuple(Step(last, a, b) for a, b in values.items())
                lines.append(Line(left, new, reason, steps=steps))
            elif all(values[n] == n for n in values):
                raise NotDerived(refusal(pending[0], self.setting))
            now = new
            if len(lines) > MOST_LINES or node_count(now) > MOST_NODES:
                raise NotDerived(f"the expectation {text(left)} grows without end")
        return lines, now

    def _without_zero_means(self, node: Node, reason: Reason, last: str) -> tuple[Node, Reason]:
        """Means that are zero by their laws leave in the line that brings them up."""
        if last == "law":
            return node, reason
        values = {m: v for m in moments_in(node) if m.op == "E" and (v := law_value(*self.under(m)))}
        zeros = {m: v for m, v in values.items() if is_zero(v)}
        if not zeros:
            return node, reason
        node = self.settle(replaced(node, zeros))
        return node, joined([reason, *(Reason("{0} = {1}", pair) for pair in zeros.items())])

    def _recurrences(self, left: Node, now: Node, pending: list[Node]) -> tuple[list[Line], Node] | None:
        """A moment of a recurrent name in closed form: in these lines where it is what is asked, else as a lemma."""
        for node in pending:
            found = recursion_of(node, self.scope, self.setting.graph)
            if found is None or at_index(found.before, found, node) in self.kept:
                continue
            if found.name.symbol.name in self.unrolling:
                raise refuse(found, node)
            if node == left == now == found.moment:
                return self._unrolled(found)
            lines, value = self._unrolled(found)
            self.lemmas.append(Chain(tuple(lines), is_lemma=True))
            new = self.settle(substitute(now, {node: at_index(value, found, node)}))
            return [Line(left, new, Reason("{0} from above", (found.moment,)))], new
        return None

    def _unrolled(self, found: Recursion) -> tuple[list[Line], Node]:
        body = self.scope.open(found.name)
        assert body is not None
        left = found.moment
        inner = Averaging(self.scope, self.kept | {found.before}, self.unrolling | {found.name.symbol.name})
        lines, step = inner.run(left, build(left.op, body))
        self.lemmas += inner.lemmas
        lines.insert(0, Line(left, build(left.op, body), Reason("definition of {0}", (found.name,))))
        parts = coefficients(step, found.before)
        if parts is None:
            raise refuse(found, step)
        first = reindex(left, {found.index: found.start})
        settled = self.settle(first)
        value = unrolled(found, *parts) if settled.op in MOMENTS else self.settle(unrolled(found, *parts))
        reasons = [Reason("unrolled down to {0}", (first.args[0],))]
        reasons += [Reason("{0} = {1}", (first, settled))] if settled.op not in MOMENTS else []
        lines.append(Line(left, value, joined(reasons)))
        more, value = Averaging(self.scope, self.kept, self.unrolling).run(left, value)
        lines += more
        closed = geometric(found, *parts, value)
        if closed is not None and closed[0] != value:
            lines.append(Line(left, closed[0], closed[1]))
            value = closed[0]
        return lines, value

    def _advance(self, pending: list[Node], last: str) -> Found:
        """The next line: the values of some of the pending moments."""
        for find in (
            self._terms,
            self._rows,
            self._opened,
            self._together,
            self._late,
            self._laws,
            self._tower,
        ):
            found = find(pending, last)
            if found is not None:
                return found
        return spelled(pending, self.under)

    def _terms(self, pending: list[Node], last: str) -> Found | None:
        values: dict[Node, Node] = {}
        reasons: list[Reason] = []
        for node in pending:
            plain, setting = self.under(node)
            found = of_terms(plain, setting)
            if found is not None:
                values[node] = with_given(found[0], setting.given, frozenset())
                reasons.append(found[1])
        return (values, joined(reasons), "terms") if values else None

    def _rows(self, pending: list[Node], last: str, grade: str = "major") -> Found | None:
        choices = [(n, rule) for n in pending if (rule := self._choose(n, grade)) is not None]
        if not choices:
            return None
        name = next((r.name for _, r in choices if r.name == last), choices[0][1].name)
        together = SCALING if name in SCALING else {name}
        values: dict[Node, Node] = {}
        said: dict[str, Rule] = {}
        for node, rule in choices:
            if rule.name in together:
                values[node] = self._row_value(node, rule)
                said.setdefault(rule.name, rule)
        reasons = [
            Reason(r.say) if r.say else Reason(f"{r.name}: {{0}} = {{1}}", r.sides) for r in said.values()
        ]
        return values, joined(reasons), name

    def _row_value(self, node: Node, rule: Rule) -> Node:
        plain, setting = self.under(node)
        new = applied(rule, plain, setting)
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
        for rule in rows(grade).get(plain.op, ()):
            if applied(rule, plain, setting) is not None:
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
        if len(values) == 1 and self.asked in values:  # the line says the moment itself
            symbol = power_of(split_given(self.asked)[0].args[0])[0]
            return values, Reason("law of {0}", (symbol,)), "law"
        return values, joined([Reason("{0} = {1}", (n, v)) for n, v in values.items()]), "law"

    def _tower(self, pending: list[Node], last: str) -> Found | None:
        """Random parameters: first the mean of what they govern, given them."""
        values: dict[Node, Node] = {}
        for node in pending:
            plain, setting = self.under(node)
            below = frozenset[str]().union(*(children(a, setting) for a in plain.args))
            if not below or self._hidden(node):
                continue
            found = (n for a in plain.args for n in all_random(a, setting))
            above = frozenset(s for s in found if s.symbol.name not in below)
            values[node] = towered(plain, above, setting.given)
        if not values:
            return None
        what = "tower rule" if all(n.op == "E" for n in values) else "law of total (co)variance"
        return values, Reason(what), "tower"

    def _hidden(self, node: Node) -> dict[Node, Node]:
        """The random defined names inside a moment, with their definitions."""
        plain, setting = self.under(node)
        names = (n for a in plain.args for n in walk(a) if n.op == "sym" and setting.varies(n))
        own = later(plain.args, self._is_carried, setting.graph)
        return {
            n: body
            for n in names
            if (body := self.scope.open(n)) is not None and (n in own or not self._is_carried(n))
        }

    def _is_carried(self, name: Node) -> bool:
        """Whether a name is a member of a recurrence at an index that is no number."""
        recurrent = name.op == "sym" and self.setting.graph.is_recurrent(name.symbol.name)
        starts = starts_of(name.symbol.name, self.scope) if recurrent else []
        return recurrent and any(a.op == "count" and a.size not in starts for a in name.args)

    def _opened(self, pending: list[Node], last: str) -> Found | None:
        """Open the random defined names inside the moments."""
        bodies = {n: self._hidden(n) for n in pending}
        taken = frozenset[str]().union(*map(free_indices, pending))
        values = {n: opened_in(n, opened, taken) for n, opened in bodies.items() if opened}
        if not values:
            return None
        names = dict.fromkeys(name for opened in bodies.values() for name in opened)
        return values, joined([Reason("definition of {0}", (n,)) for n in names]), "definition"

    def _together(self, pending: list[Node], last: str) -> Found | None:
        return brought_together(pending, self.under)

    def _late(self, pending: list[Node], last: str) -> Found | None:
        return self._rows(pending, last, "late")
