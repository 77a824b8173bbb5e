"""Taking differentials line by line: minor rows silently, one major row per visible line, definitions last.

`Differentiation.run` starts from `d(f)` and ends in an expression that is linear in the differential of the
variable. A name stays closed until nothing else can be done; then a line says so and opens it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Mapping

from derive.errors import NotDerived
from derive.notation.derivation import Chain, Line, Reason, Step
from derive.notation.text import text
from derive.rewrite.depend import Variation
from derive.rewrite.forms import collected, paired, power_factors, regroup, spread
from derive.rewrite.hits import refuse_unclear, terms_hit
from derive.rewrite.members import collapsed, held_names, is_member
from derive.rewrite.readoff import gradient_of
from derive.rewrite.reasons import in_scalar, joined
from derive.rewrite.shortest import shortest
from derive.rewrite.terms import product, zero
from derive.rewrite.tidy import terms, tidy
from derive.rules import densities, differentials
from derive.rules.row import Rule
from derive.tree.nodes import Node, contains, free_indices, node_count, walk
from derive.vocabulary.build import (
    ELEMENTWISE,
    add,
    build,
    d,
    mul,
    rebuild,
    reindex,
    rename_bound,
    substitute,
    transform,
)
from derive.vocabulary.scope import Scope

GATHER = 6  # nodes that a line must save to stand of its own


@cache
def rules_by_operation(grade: str) -> Mapping[str, tuple[Rule, ...]]:
    """Rows of a grade by the operation they differentiate, in table order."""
    rows: dict[str, list[Rule]] = defaultdict(list)
    for rule in (*differentials.ROWS, *densities.DIFFERENTIALS):
        if rule.grade == grade:
            rows[rule.sides[0].args[0].op].append(rule)
    return {op: tuple(found) for op, found in rows.items()}


@dataclass
class Differentiation:
    """One differential of one expression. `kept` maps names whose gradient is left as it is to that gradient."""

    variation: Variation
    kept: Mapping[Node, Node] = field(default_factory=dict)
    fold: dict[Node, Node] = field(default_factory=dict)
    lemmas: list[Chain] = field(default_factory=list)
    inline: bool = False  # never make lemmas

    @property
    def scope(self) -> Scope:
        return self.variation.scope

    @property
    def leaf(self) -> Node:
        return d(self.variation.wrt)

    # ------------------------------------------------------------ minor rows

    def settle(self, node: Node) -> Node:
        """All minor rows applied to every differential in the tree, then bookkeeping."""
        settled = tidy(transform(node, lambda n: self._settle_one(n) if n.op == "d" else n))
        return paired(
            regroup(tidy(collapsed(settled, self.variation)) if self.variation.wrt.args else settled)
        )

    def _settle_one(self, node: Node) -> Node:
        body = node.args[0]
        if node == self.leaf:
            return node
        if not self.variation.varies(body):
            return zero(body.shape)
        if body.op == "sum_over":
            return self._into_sum(body)
        if body.op == "add":
            body = spread(body)
            node = d(body)
        if body.op == "matpow" and (factors := power_factors(body)):
            return self._settle_one(d(factors))
        if body.op == "where":
            return build("where", body.args[0], *(self._settle_one(d(a)) for a in body.args[1:]))
        for rule in rules_by_operation("minor").get(body.op, ()):
            new = rule.apply(node, self.variation)
            if new is not None:
                return transform(new, lambda n: self._settle_one(n) if n.op == "d" else n)
        return node

    def _into_sum(self, body: Node) -> Node:
        """`d sum = sum d`; where only single terms of the sum contain the variable, those terms."""
        body = rename_bound(body, free_indices(self.variation.wrt))
        hits = terms_hit(body, self.variation)
        if hits is None:
            return Node("sum_over", (self._settle_one(d(body.args[0])),), body.data, body.shape)
        picked = [reindex(body.args[0], {body.range.var: index}) for index in hits]
        return add(*(self._settle_one(d(p)) for p in picked)) if picked else zero(body.shape)

    # ------------------------------------------------------------ major rows

    def pending(self, node: Node) -> list[Node]:
        found: dict[Node, None] = {}
        for n in walk(node):
            if n.op == "d" and n != self.leaf and not is_member(n, self.variation):
                found[n] = None
        return list(found)

    def run(self, f: Node, start: Node | None = None) -> tuple[list[Line], Node]:
        """The lines `d(f) == ...` (from `start` on, where that is not `d(f)` itself) and the last right side."""
        left, lines = self.total(f), []
        now, last = self.settle(d(f)) if start is None else start, ""
        while waiting := self.pending(now):
            last, new, reason, steps = self._advance(now, waiting, last)
            new = self.folded(new)
            if new != now:
                lines.append(Line(left, self.shown(new), reason, steps=steps))
            now = new
            if len(lines) > 400 or node_count(now) > 20000:
                raise NotDerived(f"the differential of {text(f)} grows without end")
        if contains(now, lambda n: is_member(n, self.variation)):
            raise NotDerived(f"how {text(f)} depends on {text(self.variation.wrt)} is not clear")
        if not lines and now != left and start is None:
            lines.append(Line(left, self.shown(now), Reason("linearity")))
        return lines, now

    def _advance(
        self, now: Node, waiting: list[Node], last: str
    ) -> tuple[str, Node, Reason, tuple[Step, ...]]:
        choices = [(n, self._choose(n)) for n in waiting]
        ready = [(n, c) for n, c in choices if not isinstance(c, str)]
        chosen = next((c for _, c in ready if c.name == last), ready[0][1] if ready else None)
        if chosen is not None:
            return self._apply_rule(now, chosen)
        gathered = self._gathered(now, waiting) if last != "gathered" else None
        if gathered is not None:
            return "gathered", gathered[0], gathered[1], ()
        return self._open(now, [n for n, _ in choices])

    def _gathered(self, now: Node, waiting: list[Node]) -> tuple[Node, Reason] | None:
        """Before a name is opened: its terms as `<G, d(name)>`, where facts make that much shorter."""
        name = waiting[0].args[0]
        if len(waiting) > 1 or name.op != "sym" or name.shape.is_scalar or not now.shape.is_scalar:
            return None
        mine = [t for t in terms(now) if contains(t, lambda n: n == waiting[0])]
        others = (self.leaf, *waiting[1:])
        if any(n.op == "sum_over" or n in others for t in mine for n in walk(t)):
            return None
        slope, _, why = shortest(gradient_of(add(*mine), name, self.scope), self.scope)
        rest = [t for t in terms(now) if t not in mine]
        new = tidy(add(product(slope, waiting[0]), *rest))
        if node_count(new) + GATHER > node_count(now):
            return None
        return new, joined([Reason("collect {0}", (waiting[0],)), *([why] if why.text else [])])

    def _choose(self, node: Node) -> Rule | str:
        """The major row for one differential, or "open" where it is a name."""
        body = node.args[0]
        if body.op in ("sym", "apply"):
            return "open"
        for rule in rules_by_operation("major").get(body.op, ()):
            if rule.apply(node, self.variation) is not None:
                return rule
        raise NotDerived(f"no derivative rule for {text(body)}")

    def _apply_rule(self, now: Node, rule: Rule) -> tuple[str, Node, Reason, tuple[Step, ...]]:
        """One row at all the places it fits; products and quotients until none is left."""
        steps: list[Step] = []
        repeat = rule.name in ("product rule", "quotient rule")
        new = now
        for _ in range(60):
            before = len(steps)
            new = self.settle(transform(new, lambda n: self._rewrite(n, rule, steps)))
            if not repeat or len(steps) == before:
                break
        return rule.name, new, self._reason(rule, steps), tuple(steps)

    def _rewrite(self, node: Node, rule: Rule, steps: list[Step]) -> Node:
        if node.op != "d" or node == self.leaf or node.args[0].op == "sym":
            return node
        if isinstance(chosen := self._choose(node), str) or chosen.name != rule.name:
            return node
        new = chosen.apply(node, self.variation)
        assert new is not None
        steps.append(Step(rule.name, node, new))
        return new

    def _reason(self, rule: Rule, steps: list[Step]) -> Reason:
        if rule.say or not steps:
            return rule.reason()
        if len(steps) == 1 and node_count(steps[0].before) <= 3:
            return Reason("{0} = {1}", (steps[0].before, tidy(steps[0].after)))
        left, right = rule.sides
        if rule.group == "elementwise":
            left, right = in_scalar(left), tidy(in_scalar(right))
        return Reason("{0} = {1}", (left, right))

    # ------------------------------------------------------------ names

    def _open(self, now: Node, waiting: list[Node]) -> tuple[str, Node, Reason, tuple[Step, ...]]:
        """Open the defined names whose differentials are left: the least recurrent ones first."""
        names = [n.args[0] for n in waiting]
        replaced: dict[Node, Node] = {}
        reasons: list[Reason] = []
        chained: list[Reason] = []
        chosen = self._next_names(names)
        for name in chosen:
            new, why, chain = self._differential_of_name(name)
            replaced[d(name)] = new
            reasons.append(why)
            if chain is not None and chain not in chained:
                chained.append(chain)
        new = self.settle(transform(now, lambda n: replaced.get(n, n)))
        steps = tuple(Step("definition", d(n), replaced[d(n)]) for n in chosen)
        return "definition", new, joined(reasons + chained), steps

    def _next_names(self, names: list[Node]) -> list[Node]:
        """Names that do not feed another waiting name, so that each is opened once with all its uses."""
        graph = self.variation.graph
        first = [
            n
            for n in names
            if not any(
                m is not n
                and m.op == "sym"
                and n.op == "sym"
                and m.symbol.name != n.symbol.name
                and graph.reaches(m.symbol.name, n.symbol.name)
                and not graph.reaches(n.symbol.name, m.symbol.name)
                for m in names
            )
        ]
        return first or names

    def _differential_of_name(self, name: Node) -> tuple[Node, Reason, Reason | None]:
        if name in self.kept:
            gradient = self.kept[name]
            return product(gradient, self.leaf), Reason("{0} is left as it is", (gradient,)), None
        if name.op == "apply":
            return self._function(name)
        declared = self.scope.declarations.get(name.symbol.name)
        if declared is not None and declared.of:
            parts = [
                product(build("gradient", name, a), d(a)) for a in declared.of if self.variation.varies(a)
            ]
            return add(*parts), Reason("{0} depends on {1}", (name, declared.of[0])), None
        refuse_unclear(name, self.variation)
        body = self.scope.open(name)
        if body is None:
            raise NotDerived(f"{text(name)} has no definition to differentiate")
        self.fold[body] = self.fold[tidy(body)] = name
        if not self.inline and not name.shape.is_scalar and majors(body, self.variation) >= 2:
            return self._lemma(name)
        new, chain = self.open_body(body)
        return new, self.definition_reason(name, body), chain

    def definition_reason(self, name: Node, body: Node) -> Reason:
        """The definition of y; where the variable is a state, which other names in the body do not depend on it."""
        still = [
            n
            for n in dict.fromkeys(walk(body))
            if n.op == "sym"
            and n.symbol.name in self.variation.graph.edges
            and not self.variation.varies(n)
            and n.symbol.name not in (self.variation.wrt.symbol.name, *self.variation.held_families)
        ]
        fixed = [n for n in dict.fromkeys(walk(body)) if n in self.variation.held]
        if fixed:
            return Reason("definition of {0}; {1} is held fixed", (name, fixed[0]))
        if not still or self.variation.wrt.symbol.name not in self.variation.graph.edges:
            return Reason("definition of {0}", (name,))
        return Reason("definition of {0}; {1} does not depend on {2}", (name, still[0], self.variation.wrt))

    def open_body(self, body: Node) -> tuple[Node, Reason | None]:
        """The differential of a definition's body; an elementwise head is differentiated at once."""
        new = self.settle(d(body))
        if body.op in ELEMENTWISE and new == d(body):
            rule = self._choose(new)
            result = rule.apply(new, self.variation) if isinstance(rule, Rule) else None
            if isinstance(rule, Rule) and result is not None:
                return self.settle(result), self._reason(rule, [Step(rule.name, new, result)])
        return new, None

    def _function(self, name: Node) -> tuple[Node, Reason, Reason | None]:
        """`d f(u) = f'(u) du` for a scalar function that keeps its name."""
        assert isinstance(name.data, tuple)
        function, order = name.data
        formula = self.scope.definitions.get(function)
        if formula is not None and formula.argument is not None:
            body = formula.formula(order)
            if self.variation.graph.reaches(function, self.variation.wrt.symbol.name) and body is not None:
                opened = substitute(body, {formula.argument: name.args[0]})
                return d(opened), Reason("definition of {0}", (name,)), None
            if formula.formula(order + 1) is None:
                raise NotDerived(f"no derivative rule for {text(name)}")
        slope = build("apply", name.args[0], data=(function, order + 1))
        return mul(slope, d(name.args[0])), Reason("chain rule"), None

    def _lemma(self, name: Node) -> tuple[Node, Reason, Reason | None]:
        """A long differential of a name is derived on its own first."""
        inner = replace(self, lemmas=self.lemmas, inline=False)
        lines, linear = inner.run_body(name)
        short, product_form = collected(d(name), lines, linear, self.variation, self.scope)
        if not contains(product_form, lambda n: n.op == "diag"):  # entrywise factors read better as they are
            lines, linear = short, product_form
        self.lemmas.append(Chain(tuple(lines), self.variation.wrt, is_lemma=True))
        return linear, Reason("{0} from above", (d(name),)), None

    def run_body(self, name: Node) -> tuple[list[Line], Node]:
        """The chain of `d(name)` from its definition on."""
        body = self.scope.open(name)
        assert body is not None
        self.fold[body] = self.fold[tidy(body)] = name
        start, chain = self.open_body(body)
        start = self.folded(start)
        reasons = [self.definition_reason(name, body), *([chain] if chain else [])]
        left = self.total(name)
        first = Line(left, self.shown(start), joined(reasons))
        lines, now = self.run(body, start)
        return [first] + [replace(line, left=left) for line in lines], now

    # ------------------------------------------------------------ what is shown

    def folded(self, node: Node) -> Node:
        """Definition bodies that were opened go back to their names, outside differentials."""
        return tidy(_fold(node, self.fold)) if self.fold else node

    def total(self, f: Node) -> Node:
        """`d(f)`, with the names that the author holds fixed said."""
        held = [h for h in self.held_in(f) if h in self.variation.held] if self.variation.held else []
        return d(f, *held)

    def shown(self, node: Node) -> Node:
        """Differentials of names say what is held fixed, where something is."""
        if not self.variation.held_families and not self.variation.held:
            return node
        return transform(node, lambda n: self._with_held(n) if n.op == "d" and n != self.leaf else n)

    def _with_held(self, node: Node) -> Node:
        held = self.held_in(node.args[0])
        return d(node.args[0], *held) if held else node

    def held_in(self, node: Node) -> tuple[Node, ...]:
        return held_names(node, self.variation)


def _fold(node: Node, names: Mapping[Node, Node]) -> Node:
    if node.op == "d" or node.op == "gradient":
        return node
    if node in names:
        return names[node]
    return rebuild(node, tuple(_fold(a, names) for a in node.args)) if node.args else node


def majors(body: Node, variation: Variation) -> int:
    """How many major rows the differential of `body` needs before names are opened."""
    if not variation.varies(body) or body.op == "sym":
        return 0
    inner = sum(majors(a, variation) for a in body.args)
    varying = sum(variation.varies(a) for a in body.args)
    if body.op in ("mul", "matmul", "inner"):
        return inner + (varying > 1)
    if body.op == "div":
        return inner + variation.varies(body.args[1])
    minor = body.op in ("add", "neg", "T", "sum_over") or body.op in rules_by_operation("minor")
    return inner + (not minor)
