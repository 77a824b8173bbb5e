"""What the parts minimise and maximise: lines that hold at the optimum only are judged there.

The optimum is the engine's answer, and where it has none the minimiser itself, which the checker finds by numbers.
Under constraints, a multiplier has the value that the first equation with it gives it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Iterator, Sequence

from derive.check.judge import Ranges
from derive.errors import DeriveError
from derive.judging.bench import Bench
from derive.judging.definite import instances, pinned
from derive.judging.ladder import judge_pair
from derive.judging.optimum import NEEDED, SEEDS, Optimum, stationary
from derive.judging.rungs import DECLARED, Comparison
from derive.latexread import Pair
from derive.problem.model import Part
from derive.tree.nodes import Node, free_indices, names_in, walk
from derive.vocabulary.asked import DERIVATIVES, EXTREMA, MOMENTS, SOUGHT
from derive.vocabulary.build import ZERO, add, build, count, div, mul, neg, num, over, substitute
from derive.vocabulary.constraints import constraints_of

SMALL = 1e-6  # beside the values elsewhere
MOST_BEHIND = 3  # variables for which a stationary point is searched by numbers
UNTOLD = "no line before says what the multiplier is"
BINDING = DERIVATIVES | SOUGHT | {"at", "d"}  # they name a variable
At = tuple[tuple[Node, Node], ...]


@dataclass
class Optima:
    """Those of the parts. `solves`: the answer sets something to zero, so that stationary points of what is only
    differentiated count too."""

    parts: Sequence[Part]
    solves: bool = False
    multipliers: dict[tuple[Node, Node], Node] = field(
        default_factory=dict
    )  # of an optimum's question: their values, once an equation gave them
    introduced: tuple[Node, ...] = ()  # multipliers that the answer introduces itself
    focus: frozenset[str] | None = None  # the parts that the lines now judged are about, where that is known

    def __post_init__(self) -> None:
        self._stationary: dict[Node, Optimum | None] = {}
        self._focused: dict[frozenset[str] | None, tuple[Optimum, ...]] = {}

    @property
    def asked(self) -> tuple[Optimum, ...]:
        """Those that count now: of a variable that several parts optimise, the optimum of the part in focus."""
        if self.focus not in self._focused:
            found = self.all
            if self.focus is not None:
                found = tuple(o for o in found if o in self._in_focus(o.x, self.focus))
            self._focused[self.focus] = found
        return self._focused[self.focus]

    def _in_focus(self, x: Node, focus: frozenset[str]) -> Sequence[Optimum]:
        """The optima of a variable in the parts in focus, else those of what these parts speak of, else all."""
        several = [o for o in self.all if o.x == x]
        own = [o for o in several if o.part.id in focus]
        own = own or [o for o in several if any(_belongs(o.part.id, part) for part in focus)]
        about = {
            node.args[0]
            for part in self.parts
            if part.id in focus
            for node in (n for named in part.find for n in walk(named.expression))
            if node.op in SOUGHT | DERIVATIVES
        }
        return own or [o for o in several if o.objective in about] or several

    @cached_property
    def rivals(self) -> tuple[Optimum, ...]:
        """Those whose variable other parts optimise, too."""
        return tuple(o for o in self.all if any(p.x == o.x and p.part is not o.part for p in self.all))

    @cached_property
    def all(self) -> tuple[Optimum, ...]:
        found: dict[Node, Optimum] = {}
        for part in self.parts:
            asked = [named.expression for named in part.find]
            asked += [s for s in (part.show.left, part.show.right) if s is not None] if part.show else []
            for question in asked:
                for node in walk(question):
                    if node.op in SOUGHT and node.args[1].op == "sym":
                        found.setdefault(node, Optimum(node, part))
        return tuple(found.values())

    def of(self, symbol: Node) -> tuple[Optimum, ...]:
        """The optima of a variable: those that are asked, or a stationary point of what is only differentiated."""
        found = tuple(o for o in self.asked if o.x == symbol)
        if not found and self.solves:
            if symbol not in self._stationary:
                self._stationary[symbol] = self._where_flat(symbol)
            flat = self._stationary[symbol]
            found = () if flat is None else (flat,)
        return found

    def values_of(self, symbol: Node) -> tuple[Node, ...]:
        """What a decorated name of a symbol may mean: its optimum, or that of the function."""
        optima = self.of(symbol)
        if optima:
            return tuple(o.value for o in optima)
        of_it = [o for o in self.asked if o.objective == symbol]
        value = symbol
        for o in reversed(_in_order(of_it)):
            value = build("at", value, o.x, o.value)
        return (value,) if of_it else ()

    def among(self, nodes: Sequence[Node]) -> list[Optimum]:
        """The optima that nodes may speak of; stationary points only of what stands in them."""
        symbols = dict.fromkeys(n for node in nodes for n in walk(node) if n.op == "sym")
        return list(dict.fromkeys((*self.asked, *(o for s in symbols for o in self.of(s)))))

    def _behind(self, names: frozenset[str]) -> list[Optimum]:
        """Stationary points of what is only differentiated, in variables that stand behind the names of an equation."""
        variables = dict.fromkeys(g.args[1] for g in self.gradients if g.args[1].symbol.name in names)
        return [o for x in list(variables)[:MOST_BEHIND] for o in self.of(x)]

    @cached_property
    def gradients(self) -> tuple[Node, ...]:
        """Those that the parts ask for, in a name."""
        asked = (named.expression for part in self.parts for named in part.find)
        return tuple(dict.fromkeys(n for n in asked if n.op == "gradient" and n.args[1].op == "sym"))

    def _where_flat(self, x: Node) -> Optimum | None:
        for part in self.parts:
            for named in part.find:
                node = named.expression
                if node.op == "gradient" and node.args[1:] == (x,) and not x.args:
                    return stationary(node, part)
        return None

    def word(self, at: At) -> str:
        """What these values are."""
        solved = {o.x for o in self.asked if o.question.op == "solve"}
        return "solution" if solved & {name for name, _ in at} else "optimum"

    def places(self, nodes: Sequence[Node], bench: Bench) -> Iterator[tuple[At, tuple[Optimum, ...]]]:
        """Where to try an equation: at the optimum of one of its variables, then of all."""
        anatomy = bench.checker_of(DECLARED).anatomy
        reached = frozenset().union(*(anatomy.of(n).names | names_in(n) for n in nodes))
        found = dict.fromkeys((*self.among(nodes), *self._behind(reached)))
        involved = [o for o in found if o.x.symbol.name in reached]
        direct = frozenset().union(*(names_in(n) for n in nodes))
        if reached & {m.symbol.name for m in self.unknown}:
            involved += [] if involved else self._constrained()
        involved.sort(key=lambda o: o.x.symbol.name not in direct)
        for optimum in involved:
            yield ((optimum.x, optimum.value),), (optimum,)
        groups = [
            [o for o in involved if o.objective == f] for f in dict.fromkeys(o.objective for o in involved)
        ]
        groups += [involved] if len(groups) > 1 and len({o.x for o in involved}) == len(involved) else []
        for group in groups:
            if len(group) > 1:
                ordered = _in_order(group)
                yield tuple((o.x, o.value) for o in ordered), tuple(ordered)

    def _constrained(self) -> list[Optimum]:
        """Those that an equation about a multiplier alone may be about: where it has a value already, first."""
        found = [o for o in self.asked if constraints_of(o.question)]
        found = [o for o in found if self.focus is None or o.part.id in self.focus] or found
        known = {question for _, question in self.multipliers}
        return [o for o in found if o.question in known] or found

    def try_at(
        self, bench: Bench, pair: Pair, given: tuple[Node, ...], is_said: bool = False
    ) -> Comparison | None:
        """The comparison at the optimum: that which holds, else the last that fails there; None where no variable
        of the pair is optimised, or both sides merely vanish there. What the objective is, a line says for all values,
        unless the words say otherwise (`is_said`)."""
        if self._evaluates_a_lagrangian(pair):
            return None
        failed: Comparison | None = None
        untold = False  # a multiplier has no value yet, and this line gives none
        for at, which in self.places((pair.left, pair.right), bench):
            if self._tells_nothing(pair, bench, which[0]):
                untold = True
                continue
            conditions = (*(g for o in which for g in o.given), *given)
            for multiplied in self._multiplied(pair, bench, which[0]):
                found = self._tried(bench, pair, (*at, *multiplied), conditions)
                if found.outcome == "holds":
                    break
            at = found.at
            if found.outcome == "holds":
                if not is_zero(pair) and not self._is_condition(bench, pair, at, conditions):
                    continue
                if not (is_said or is_zero(pair)) and self.states_a_value(bench, pair):
                    continue
                self.multipliers |= {(m, which[0].question): value for m, value in at[len(which) :]}
                return replace(found, pair=pair, remark=which[0].said)
            if found.outcome == "fails" and any(o.is_asked for o in which):
                failed = found
        if failed is None and untold:
            return Comparison("not-checked", DECLARED, pair, reason=UNTOLD)
        return failed

    def _tells_nothing(self, pair: Pair, bench: Bench, optimum: Optimum) -> bool:
        """Whether a multiplier stands in a line without what is optimised, and no line before gave it a value."""
        pair = replace(pair, left=self._opened(pair.left, bench), right=self._opened(pair.right, bench))
        names = names_in(pair.left) | names_in(pair.right)
        new = [
            m
            for m in self.unknown
            if m.symbol.name in names and (m, optimum.question) not in self.multipliers
        ]
        for m in new:
            self._learn_by_lagrangian(m, bench, optimum)
        new = [m for m in new if (m, optimum.question) not in self.multipliers]
        anatomy = bench.checker_of(DECLARED).anatomy
        reached = frozenset().union(*(anatomy.of(n).names | names_in(n) for n in (pair.left, pair.right)))
        return bool(new) and optimum.x.symbol.name not in reached

    def _evaluates_a_lagrangian(self, pair: Pair) -> bool:
        """Whether a side is the derivative of what a multiplier stands in, and the other not 0: that is an identity."""
        slopes = [n for side in (pair.left, pair.right) for n in walk(side) if n.op in DERIVATIVES]
        unknown = {m.symbol.name for m in self.unknown}
        return not is_zero(pair) and any(names_in(slope.args[0]) & unknown for slope in slopes)

    def _tried(self, bench: Bench, pair: Pair, at: At, given: tuple[Node, ...]) -> Comparison:
        found = judge_pair(bench, pair, "==", DECLARED, at=at, given=given)
        if found.outcome == "not-checked" and is_zero(pair):
            sizes = self.vanishing(bench, pair, at, given)
            if len(sizes) >= NEEDED and all(sizes):
                return replace(found, outcome="holds")  # 0 = 0, and not so elsewhere
        return found

    def _is_condition(self, bench: Bench, pair: Pair, at: At, given: tuple[Node, ...]) -> bool:
        """Whether two sides that agree there do not merely vanish both, whatever factor is wrong; derivatives are set
        to zero, or to a combination of those of the constraints."""
        names = names_in(pair.left) | names_in(pair.right)
        if pair.left.op in DERIVATIVES and not names & {m.symbol.name for m in self.unknown}:
            return False
        return not all(self.vanishing(bench, pair, at, given))

    def states_a_value(self, bench: Bench, pair: Pair) -> bool:
        """Whether a left side is what is optimised, or a moment: what equals it, equals it everywhere. What has a
        multiplier in it, is about the optimum."""
        left = pair.left
        if names_in(pair.right) & {m.symbol.name for m in self.unknown}:
            return False
        if left.op in MOMENTS:
            return True
        if not left.shape.is_scalar or left.op in ("num", "count") or any(left == o.x for o in self.all):
            return False
        for objective in dict.fromkeys(o.objective for o in self.all if o.question.op in EXTREMA):
            if objective.shape.is_scalar and judge_pair(bench, Pair(left, objective), "==", DECLARED).holds:
                return True
        return False

    def vanishing(
        self, bench: Bench, pair: Pair, at: At, given: tuple[Node, ...], elsewhere: At = ()
    ) -> list[bool]:
        """On some instances, whether both sides are 0 there, and not elsewhere."""
        ranges = {**bench.ranges_for(pair.left, pair.right), **pair.indices}
        checker = bench.checker_of(DECLARED)
        found: list[bool] = []
        for plain in instances(checker, ranges, (), given, range(SEEDS)):
            try:
                there = pinned(checker, plain, at)
                here = max(float(abs(there.value(side)).max()) for side in (pair.left, pair.right))
                other = pinned(checker, plain, elsewhere)
                size = max(float(abs(other.value(side)).max()) for side in (pair.left, pair.right))
            except (DeriveError, RecursionError):
                continue
            found.append(here <= SMALL * size)
            if not found[-1] or len(found) > NEEDED:
                break
        return found

    # ------------------------------------------------------------ multipliers

    def _multiplied(self, pair: Pair, bench: Bench, optimum: Optimum) -> list[At]:
        """Values of the multipliers in a pair: known ones, and those that the pair itself may give one."""
        if not self.unknown:
            return [()]
        pair = replace(pair, left=self._opened(pair.left, bench), right=self._opened(pair.right, bench))
        within = {n for side in (pair.left, pair.right) for n in walk(side)}
        names = [m for m in self.unknown if m in within]
        for m in names:
            if (m, optimum.question) not in self.multipliers:
                self._learn_by_lagrangian(m, bench, optimum)
        values = {m: self.multipliers.get((m, optimum.question)) for m in names}
        known = tuple((m, value) for m, value in values.items() if value is not None)
        fresh = [m for m in names if values[m] is None]
        if len(fresh) == 1:
            found = solved_for(pair, fresh[0], {**bench.scope.bounds, **pair.indices})
            return [*((*known, (fresh[0], value)) for value in found), known]
        return [known]

    def _learn_by_lagrangian(self, name: Node, bench: Bench, optimum: Optimum) -> None:
        """The value that a Lagrangian of the answer's own gives its multiplier, where it has one."""
        for own in bench.introduced:
            body = bench.scope.definitions[own].body if own in bench.scope.definitions else None
            if body is None or not body.shape.is_scalar or not {name, optimum.x} <= set(walk(body)):
                continue
            slope = build("gradient", body, optimum.x)
            zero = ZERO if slope.shape.is_scalar else build("zeros", *map(count, slope.shape.dims))
            pair = Pair(slope, zero)
            for value in solved_for(pair, name, {}):
                at = ((optimum.x, optimum.value), (name, value))
                if self._tried(bench, pair, at, optimum.given).outcome == "holds":
                    self.multipliers[name, optimum.question] = value
                    return

    def _opened(self, node: Node, bench: Bench) -> Node:
        """With the bodies of names that a multiplier stands in: a Lagrangian."""
        names = {m.symbol.name for m in self.unknown}
        bodies = {
            n: body
            for n in walk(node)
            if n.op == "sym" and (body := bench.scope.open(n)) is not None and names_in(body) & names
        }
        return substitute(node, bodies) if bodies else node

    @property
    def unknown(self) -> tuple[Node, ...]:
        """The multipliers of the parts, and those of the answer's own."""
        return tuple(dict.fromkeys((*(m for part in self.parts for m in part.multipliers), *self.introduced)))

    @property
    def is_constrained(self) -> bool:
        return any(constraints_of(o.question) for o in self.asked)


def _belongs(part: str, other: str) -> bool:
    """Whether one part is a part of the other."""
    return part.startswith(f"{other}.") or other.startswith(f"{part}.")


def there(node: Node, at: At) -> Node:
    """The value at the optimum, as a node."""
    for name, value in reversed(at):
        node = build("at", node, name, value)
    return node


def _in_order(optima: list[Optimum]) -> list[Optimum]:
    """Those first that the values of the others need."""
    names = {o.x.symbol.name for o in optima}
    return sorted(optima, key=lambda o: len(names_in(o.value) & names - {o.x.symbol.name}))


def is_zero(pair: Pair) -> bool:
    return any(n.op == "zeros" or n == ZERO for n in (pair.left, pair.right))


def solved_for(pair: Pair, name: Node, ranges: Ranges) -> list[Node]:
    """The numbers for which an equation that is affine in it, or in its reciprocal, holds best, over all entries and
    free indices."""
    if not name.shape.is_scalar:
        return []
    apart = add(pair.left, neg(pair.right))
    found: list[Node] = []
    try:
        at1, at2 = (substitute(apart, {name: num(k)}) for k in (1, 2))
        step = add(at2, neg(at1))
        for slope, rest, inverted in (
            (step, add(at1, neg(step)), False),
            (mul(num(-2), step), add(at1, mul(num(2), step)), True),
        ):
            products = [
                mul(a, slope) if slope.shape.is_scalar else build("inner", a, slope) for a in (rest, slope)
            ]
            for index in sorted(free_indices(apart) & ranges.keys()):
                products = [over("sum_over", p, index, *ranges[index]) for p in products]
            found.append(neg(div(*reversed(products) if inverted else products)))
    except DeriveError:
        return []
    return found
