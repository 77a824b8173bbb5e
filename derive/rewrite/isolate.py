"""Solving an equation `e == 0` for one scalar unknown by named algebra: multiply, collect, divide, invert.

Everything without the unknown is a coefficient. The equation is a sum of coefficients times products of powers of
what holds the unknown (x, 1 - x, log(x), exp(a * x)). Functions are inverted by `derive.rewrite.functions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from derive.errors import NotDerived
from derive.notation.derivation import Line, Reason
from derive.notation.text import text
from derive.rewrite.definite import nonnegative, positive
from derive.rewrite.functions import INVERSE
from derive.rewrite.polynomial import same_value
from derive.rewrite.protect import expanded_in, least
from derive.rewrite.shorten import shorten
from derive.rewrite.terms import Term, is_zero, join, merge, split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, contains, node_count
from derive.vocabulary.build import ZERO, add, build, div, mul, neg, num, power
from derive.vocabulary.scope import Scope

Groups = dict[frozenset[tuple[Node, Fraction]], Node]


def is_negative(node: Node) -> bool:
    """Whether most terms of a sum have a minus sign."""
    signs = [split(t).number < 0 for t in terms(node)]
    return 2 * sum(signs) > len(signs)


def _root(value: Fraction, exponent: Fraction) -> Fraction | None:
    """A number to a broken power, where that is a fraction again."""
    degree = exponent.denominator
    parts = [round(n ** (1 / degree)) for n in (value.numerator, value.denominator)] if value > 0 else []
    if not parts or Fraction(parts[0], parts[1]) ** degree != value:
        return None
    return Fraction(Fraction(parts[0], parts[1]) ** exponent.numerator)


def _base_of(power_: tuple[Node, Fraction]) -> tuple[Node, Fraction]:
    """`((1 + x)**2)**-1` as `(1 + x)**-2`."""
    base, exponent = power_
    if base.op == "pow" and base.args[1].op == "num" and base.args[1].number.denominator == 1:
        return base.args[0], exponent * base.args[1].number
    return power_


class TwoSolutions(NotDerived):
    """An equation with two solutions, and no fact that says which one is meant."""

    roots: tuple[Node, Node]
    conditions: tuple[Node, ...] = ()


@dataclass
class Isolation:
    """The lines of one solution; `conditions` are what must be positive for it, as far as facts do not say so."""

    x: Node
    scope: Scope
    lines: list[Line] = field(default_factory=list)
    conditions: list[Node] = field(default_factory=list)
    pivot: tuple[Node, Node] | None = None  # the first value of what holds the unknown: exp(x - 1) == 1 / n
    relation: tuple[Node, Node] | None = None  # an equation between the unknown and one atom without it

    def holds(self, node: Node) -> bool:
        return contains(node, lambda n: n == self.x)

    def say(self, left: Node, right: Node, why: str, *nodes: Node) -> None:
        """A line, unless the one before says the same."""
        if self.lines:
            before = (self.lines[-1].left, self.lines[-1].right)
            if before == (right, left) or same_value(before[0], left) and before[1] == right:
                return
        self.lines.append(Line(left, right, Reason(why, nodes)))

    def require(self, *nodes: Node) -> None:
        """What must be positive for a real solution."""
        for n in nodes:
            if positive(tidy(neg(n)), self.scope):
                raise NotDerived(f"there is no real solution: {text(n)} is negative")
            if not positive(n, self.scope):
                self.conditions.append(n)

    # ------------------------------------------------------------ the equation as groups

    def groups(self, e: Node) -> Groups:
        """Coefficients by the powers of what holds the unknown."""
        found = expanded_in(e, self.x)
        if found is None:
            raise NotDerived(f"the equation for {text(self.x)} is too long")
        sums: dict[frozenset[tuple[Node, Fraction]], list[Node]] = {}
        for term in found:
            powers = merge(tuple(map(_base_of, term.scalars)))
            mine = tuple((b, k) for b, k in powers if self.holds(b))
            rest = tuple((b, k) for b, k in powers if not self.holds(b))
            sums.setdefault(frozenset(mine), []).append(join(Term(term.number, rest, None, term.decimal)))
        shortened = {k: least(add(*v)) for k, v in sums.items()}
        return {k: v for k, v in shortened.items() if not is_zero(v)}

    def solve(self, e: Node) -> Node:
        """The solution of `e == 0`; every line is an equation that holds there."""
        groups = self.groups(e)
        if not any(groups):
            raise NotDerived(f"{text(self.x)} drops out of the equation")
        groups = self._without_denominators(groups)
        groups = self._divided(groups)
        degrees = {self._degree(k) for k in groups}
        if None not in degrees:
            by_degree = {d: c for k, c in groups.items() if (d := self._degree(k)) is not None}
            return self._polynomial(by_degree)
        mine = [k for k in groups if k]
        if len(mine) == 1 and len(mine[0]) == 1:
            ((base, exponent),) = mine[0]
            right = self._quotient(neg(groups.get(frozenset(), ZERO)), groups[mine[0]])
            self.say(self._raised(base, exponent), right, "collect and divide")
            self.pivot = self.pivot or (self._raised(base, exponent), right)
            return self._inverted(base, exponent, right)
        raise self._no_way(groups)

    def _no_way(self, groups: Groups) -> NotDerived:
        parts = [base for k in groups for base, _ in k if base != self.x]
        where = f": {text(self.x)} stands inside {text(parts[0])}" if parts else ""
        return NotDerived(f"no closed form found for {text(self.x)}{where}")

    def _degree(self, powers: frozenset[tuple[Node, Fraction]]) -> int | None:
        """k where the powers are x**k."""
        if not powers:
            return 0
        ((base, k), *more) = powers
        return int(k) if not more and base == self.x and k.denominator == 1 and k > 0 else None

    def _without_denominators(self, groups: Groups) -> Groups:
        lowest: dict[Node, Fraction] = {}
        for k in groups:
            for base, exponent in k:
                if exponent < 0:
                    lowest[base] = min(lowest.get(base, Fraction(0)), exponent)
        if not lowest:
            return groups
        numbers = [split(c).number.denominator for c in groups.values()]
        shared = Term(Fraction(max(numbers)), tuple((b, -e) for b, e in lowest.items()))
        left: list[Node] = []
        right: list[Node] = []
        for k, coefficient in groups.items():
            term = Term(scalars=merge((*tuple(k), *shared.scalars)), number=shared.number)
            opposite = least(neg(coefficient))
            negative = split(coefficient).number < 0 or positive(opposite, self.scope)
            (right if negative else left).append(tidy(mul(opposite if negative else coefficient, join(term))))
        sides = [tidy(add(*side)) if side else ZERO for side in (left, right)]
        self.say(sides[0], sides[1], "multiply by {0}", join(shared))
        return self.groups(add(sides[0], neg(sides[1])))

    def _divided(self, groups: Groups) -> Groups:
        """Without a power of x that all terms share; x is not zero."""
        for base in dict.fromkeys(
            b for k in groups for b, _ in k if b != self.x
        ):  # a factor that is never zero
            shared = min(dict(k).get(base, Fraction(0)) for k in groups)
            if shared > 0 and positive(base, self.scope):
                rest = Term(scalars=((base, -shared),))
                groups = {frozenset(merge((*tuple(k), *rest.scalars))): c for k, c in groups.items()}
        powers = [dict(k).get(self.x, Fraction(0)) for k in groups]
        lowest = min(powers)
        if lowest <= 0:
            return groups
        if not (positive(self.x, self.scope) or "nonzero" in self.x.symbol.facts):
            raise NotDerived(
                f"{text(self.x)} = 0 is a solution beside others", hint="is a fact missing (positive)?"
            )
        lower = Term(scalars=((self.x, -lowest),))
        return {frozenset(merge((*tuple(k), *lower.scalars))): c for k, c in groups.items()}

    # ------------------------------------------------------------ solutions

    def _quotient(self, over: Node, under: Node) -> Node:
        """Over / under, with the signs of both turned where that reads better."""
        over, under = least(over), least(under)
        if is_negative(under):
            over, under = least(neg(over)), least(neg(under))
        whole = shorten(tidy(div(over, under)))
        if over.op != "add" or under.op == "add":
            return whole
        apart = shorten(tidy(add(*(div(a, under) for a in over.args))))
        return apart if node_count(apart) < node_count(whole) else whole

    def _raised(self, base: Node, exponent: Fraction) -> Node:
        return join(Term(scalars=((base, exponent),)))

    def _polynomial(self, by_degree: dict[int, Node]) -> Node:
        top = max(by_degree)
        if top == 0:
            raise NotDerived(f"the equation has no solution: {text(by_degree[0])} == 0 is left")
        constant = by_degree.get(0, ZERO)
        if set(by_degree) <= {0, top}:
            left, right = by_degree[top], tidy(neg(constant))
            if is_negative(left):
                left, right = tidy(neg(left)), tidy(neg(right))
            left, right = least(left), least(right)
            raised = self._raised(self.x, Fraction(top))
            self.say(tidy(mul(left, raised)), right, "collect {0}", self.x)
            self.relation = (tidy(mul(left, raised)), right)
            return self._root(self._quotient(right, left), top, left)
        if top == 2:
            return self._quadratic(by_degree)
        raise NotDerived(f"the equation for {text(self.x)} has degree {top}")

    def _root(self, right: Node, degree: int, divisor: Node) -> Node:
        if degree > 1:
            self.say(self._raised(self.x, Fraction(degree)), right, "divide by {0}", divisor)
            return self._inverted(self.x, Fraction(degree), right)
        self.say(self.x, right, "divide by {0}", divisor)
        return right

    def _quadratic(self, c: dict[int, Node]) -> Node:
        """The positive root, where exactly one is positive."""
        a, b, rest = c[2], c.get(1, ZERO), c.get(0, ZERO)
        if positive(tidy(neg(a)), self.scope):
            a, b, rest = (shorten(tidy(neg(n))) for n in (a, b, rest))
        left = tidy(add(mul(a, power(self.x, 2)), mul(b, self.x), rest))
        self.say(left, ZERO, "collect {0}", self.x)
        one_sign = positive(a, self.scope) and positive(tidy(neg(rest)), self.scope)
        inside = shorten(tidy(add(power(b, 2), neg(mul(num(4), a, rest)))))
        root = build("sqrt", inside)
        solution, other = (tidy(div(add(neg(b), r), mul(num(2), a))) for r in (root, neg(root)))
        if not (positive(self.x, self.scope) and one_sign):
            raise self._two(f"the equation {text(left)} == 0", (solution, other), inside)
        self.say(self.x, solution, "the positive root of the quadratic equation")
        return solution

    def _two(self, equation: str, roots: tuple[Node, Node] | None, inside: Node) -> NotDerived:
        """The error for two solutions; they are real where what stands under their root is positive."""
        message, hint = f"{equation} has two solutions", f"say which by a fact: {text(self.x)} positive"
        if roots is None or positive(tidy(neg(inside)), self.scope):
            return NotDerived(message, hint=hint)
        found = TwoSolutions(message, hint=hint)
        found.roots = roots
        found.conditions = (*self.conditions, *(n for n in (inside,) if not positive(n, self.scope)))
        return found

    def _inverted(self, base: Node, exponent: Fraction, right: Node) -> Node:
        """The solution of `base**exponent == right`."""
        if exponent != 1:
            even = exponent.numerator % 2 == 0
            if even and not (nonnegative(base, self.scope) or positive(base, self.scope)):
                root = self._power_of(right, 1 / exponent)
                roots = (root, tidy(neg(root))) if base == self.x else None
                raise self._two(f"{text(self._raised(base, exponent))} == {text(right)}", roots, right)
            if exponent.denominator != 1 or even or exponent < 0:
                self.require(right)
            right = self._power_of(right, 1 / exponent)
            why = "take the square root" if exponent == 2 else "take the power of {0}"
            self.say(base, right, why, num(1 / exponent))
        if base == self.x:
            return right
        if base.op in INVERSE:
            inverse = INVERSE[base.op]
            self.require(*inverse.needs(right))
            new = shorten(tidy(inverse.of(right)))
            self.say(base.args[0], new, inverse.say)
            return self._onward(base.args[0], new)
        if base.op == "pow" and not self.holds(base.args[0]):
            self.require(right, base.args[0])
            new = div(build("log", right), build("log", base.args[0]))
            self.say(base.args[1], new, "take logarithms")
            return self._onward(base.args[1], new)
        if base.op in ("add", "neg", "mul", "div"):
            return self._onward(base, right)
        raise NotDerived(
            f"no closed form found for {text(self.x)}: {text(self.x)} stands inside {text(base)}"
        )

    def _power_of(self, node: Node, exponent: Fraction) -> Node:
        """A broken power, out of which roots of numbers and of positive factors are taken."""
        whole = split(node)
        if exponent.denominator == 1:
            return tidy(
                join(Term(whole.number ** int(exponent), tuple((b, e * exponent) for b, e in whole.scalars)))
            )
        if len(whole.scalars) == 1 and whole.number == 1 and positive(whole.scalars[0][0], self.scope):
            return tidy(join(Term(scalars=((whole.scalars[0][0], whole.scalars[0][1] * exponent),))))
        number = _root(whole.number, exponent)
        known = [(b, e) for b, e in whole.scalars if b.op == "norm" or positive(b, self.scope)]
        plain = [(b, e) for b, e in known if (e * exponent).denominator == 1]
        inside = Term(
            Fraction(1) if number else whole.number, tuple(p for p in whole.scalars if p not in plain)
        )
        taken = Term(number or Fraction(1), tuple((b, e * exponent) for b, e in plain))
        rest = Term() if inside == Term() else Term(scalars=((join(inside), exponent),))
        return tidy(join(taken.times(rest)))

    def _onward(self, inside: Node, right: Node) -> Node:
        if inside == self.x:
            return right
        return self.solve(add(inside, neg(right)))
