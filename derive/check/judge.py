"""Lines to verdicts: both sides are evaluated on random instances, shapes first, and compared.

An instance on which a side has no value, or both sides vanish, says nothing and is never a success. To add a
relation: a row in RELATIONS. How values arise is the evaluator's (floor 3) work.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Iterable, Mapping

import numpy as np

from derive.check import extremes, wide
from derive.check.determined import Determined
from derive.check.telling import told
from derive.errors import NotEvaluated
from derive.notation.anatomy import DIFFERENTIAL, METHODS, Anatomy
from derive.notation.constrained import NoExtremum
from derive.notation.derivation import Chain, Verdict
from derive.notation.evaluate import Evaluator, Instance, Undefined, draw
from derive.notation.laws import CONTINUOUS
from derive.notation.rounding import SLACK, half_units
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.asked import EXTREMA, SOUGHT, VERBS
from derive.vocabulary.scope import Definition, Scope

Array = Any
Ranges = Mapping[str, tuple[Size, Size]]

SEEDS = range(12)
WANTED, NEEDED = 4, 3  # conclusive instances to aim at, and to hold
SEEDS_OF_SIGNS, WANTED_OF_SIGNS = range(40), 12  # abs(x) == x holds wherever x happens to be positive
WANTED_OF_CASES = 6  # where a condition limits the line, fewer instances differ
ENOUGH_TRIED = 6  # after so many seeds NEEDED will do
SEEDS_OF_INEQUALITY = range(40)  # a wrong one holds on many instances; all are tried
TOLERANCE, LOOSE = 1e-8, 1e-6  # LOOSE where 5-point differences or a numeric minimiser are involved
SUSPICIOUS = 1e-10  # an error that nothing explains, where values are exact up to rounding
EXPLAINING = 100.0  # what cancels is so much larger than the values
VANISHING, LOOSE_VANISHING = 1e-12, 1e-9
CANCELLING = 1e-3  # a zero is evidence where what cancels is larger than this
FAR_FROM_ZERO = 2e-2  # how clearly a condition must hold, so that instances are no borderline cases
SURELY = 1e-10  # ... on data, which are as they are: more than rounding
ROUNDING = 1e-13  # an error this small beside what cancels is rounding

ASKED = VERBS | {"d"}

# A relation holds on an instance where the error it leaves is within tolerance.
RELATIONS: dict[str, Callable[[Array, Array], float]] = {
    "==": lambda a, b: float(np.max(np.abs(a - b))),
    "~=": lambda a, b: float(np.max(np.abs(a - b))),
    "<=": lambda a, b: float(np.max(np.maximum(a - b, 0.0))),
    ">=": lambda a, b: float(np.max(np.maximum(b - a, 0.0))),
}


@dataclass(frozen=True)
class Setting:
    """What the lines of a chain mean: the variable of `d(...)`, free indices, names at a point, conditions."""

    wrt: Node | None = None
    ranges: Ranges = field(default_factory=dict)
    at: tuple[tuple[Node, Node], ...] = ()
    given: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Trial:
    """One instance: `error` is relative; None where the instance says nothing, and `reason` says why.

    `suspicious`: within tolerance, but more than rounding."""

    error: float | None
    reason: str = ""
    values: tuple[Array, Array] | None = None
    suspicious: bool = False


class _OneSided(NotEvaluated):
    """One side has a value on an instance on which the other is outside its domain."""


class Checker:
    """Judges the lines of one part. Instances and values are shared by all its lines.

    `ranges` are the indices a line leaves free (`for: t=1..T-1`); `scope` keeps the full ranges.
    """

    def __init__(
        self, scope: Scope, ranges: Ranges | None = None, seeds: Iterable[int] | None = None
    ) -> None:
        self.scope = scope
        self.ranges = dict(ranges or {})
        self.seeds = None if seeds is None else tuple(seeds)
        self.anatomy = Anatomy(scope)
        self.determined = Determined(scope, self.anatomy)
        self._instances: dict[object, Instance | NotEvaluated] = {}
        self._evaluators: dict[object, Evaluator] = {}

    def equal(self, a: Node, b: Node) -> Verdict:
        """Whether two answers are the same: 0 and 0 are, though a line `0 == 0` would say nothing."""
        return Verdict("holds", "identical expressions") if a == b else self.line(a, "==", b)

    def chain(self, chain: Chain) -> Chain:
        """The same chain with verdicts; its own names are definitions while it is judged."""
        if chain.names:
            return replace(self._knowing(chain).chain(replace(chain, names=())), names=chain.names)
        setting = Setting(chain.wrt, chain.ranges, chain.at, chain.given)
        judged = [replace(x, verdict=self._line(x.left, x.relation, x.right, setting)) for x in chain.lines]
        return replace(chain, lines=tuple(judged))

    def _knowing(self, chain: Chain) -> Checker:
        own = {n.symbol.name: Definition(n.symbol.name, n.shape, body=body) for n, body in chain.names}
        declared = {k: d for k, d in self.scope.declarations.items() if k not in own}
        scope = replace(self.scope, definitions={**self.scope.definitions, **own}, declarations=declared)
        return Checker(scope, self.ranges, self.seeds)

    def line(
        self,
        left: Node,
        relation: str,
        right: Node,
        wrt: Node | None = None,
        ranges: Ranges | None = None,
        at: tuple[tuple[Node, Node], ...] = (),
    ) -> Verdict:
        """`left relation right`, where `d(...)` is the differential in `wrt`; `ranges` narrow free indices, `at` gives
        names a value."""
        return self._line(left, relation, right, Setting(wrt, ranges or {}, at))

    def evaluator(
        self,
        seed: int,
        ranges: Ranges | None = None,
        wrt: Node | None = None,
        at: tuple[tuple[Node, Node], ...] = (),
    ) -> Evaluator:
        """The values of an instance, with a memory of their own: for looking, not for judging."""
        found = self._evaluator(seed, Setting(wrt, ranges or {}, at))
        return found if at else self.values_on(found.instance, wrt)

    def values_on(self, instance: Instance, wrt: Node | None) -> Evaluator:
        """What is evaluated with on an instance; a checker that reads lines in another way has another."""
        return Evaluator(self.scope, instance, wrt, self.anatomy)

    def _line(self, left: Node, relation: str, right: Node, setting: Setting) -> Verdict:
        if relation not in RELATIONS:
            return Verdict("not-checked", reason=f"the relation '{relation}' is not checked")
        if left.shape.kind != right.shape.kind or len(left.shape.dims) != len(right.shape.dims):
            return Verdict("fails", "shapes", reason=f"shapes differ: {left.shape} and {right.shape}")
        values = tuple(value for _, value in setting.at)
        loose = self._is_loose(left, right, *values)
        method = self._method(left, right, *values)
        tolerance = LOOSE if loose else TOLERANCE
        if not setting.at and not setting.given and self.determined.line(left, right):
            return self._on_the_data(left, relation, right, setting, tolerance)
        if relation == "~=" and self._are_numbers(left, right):
            return self._on_the_data(left, relation, right, setting, tolerance)
        if relation == "~=":
            return Verdict("not-checked", method, reason="decimals of what has no data")
        errors: list[float] = []
        variants: set[int] = set()
        reasons: list[str] = []
        lacking: list[NotEvaluated] = []
        suspicions: list[tuple[Evaluator, Trial]] = []
        signs = relation == "==" and self.anatomy.minds_signs(left, right)
        enough = relation == "==" and not signs
        plain = enough and not setting.given
        seeds = self.seeds or (SEEDS if plain else SEEDS_OF_SIGNS if signs else SEEDS_OF_INEQUALITY)
        for tried, seed in enumerate(seeds):
            conclusive = len(errors) + len(lacking)
            wanted = WANTED if tried < ENOUGH_TRIED else NEEDED
            if enough and conclusive >= (WANTED_OF_CASES if setting.given else wanted):
                break
            if signs and conclusive >= WANTED_OF_SIGNS:
                break
            try:
                if not self._is_given(seed, setting):
                    reasons.append("what the lines assume does not hold")
                    continue
                evaluator = self._evaluator(seed, setting)
                trial = self._try(evaluator, left, relation, right, loose, bool(setting.at))
            except (NoExtremum, _OneSided) as error:
                lacking.append(error)
                continue
            except NotEvaluated as error:
                reasons.append(error.message)
                continue
            except RecursionError:
                reasons.append("a recurrence has no start")
                continue
            if trial.error is None:
                reasons.append(trial.reason)
            elif not trial.error <= tolerance:
                return self._failure(evaluator, left, right, trial, method, len(errors) + 1)
            else:
                errors.append(trial.error)
                variants.add(evaluator.instance.variant)
                if trial.suspicious:
                    suspicions.append((evaluator, trial))
        if relation in extremes.INEQUALITIES and self._is_searched(left, right, setting, loose):
            found = extremes.violation(self, left, relation, right, setting)
            if found is not None:
                evaluator, trial = found
                return self._failure(evaluator, left, right, trial, method, len(errors) + 1)
        if 2 * len(suspicions) > len(errors):
            evaluator, trial = suspicions[0]
            return self._failure(evaluator, left, right, trial, method, len(errors))
        overflows = any(isinstance(e, _OneSided) for e in lacking) or wide.OVERFLOW in reasons
        if overflows and not errors and relation == "==" and self._are_numbers(left, right):
            return self._on_the_data(left, relation, right, setting, tolerance)
        if lacking:
            return Verdict("not-checked", method, len(errors), reason=_lacking(lacking, len(errors)))
        if len(errors) < NEEDED or (len(variants) < 2 and self._by_moments(left, right)):
            return self._undecided(len(errors), method, reasons)
        return Verdict("holds", method, len(errors), max(errors))

    def _is_searched(self, left: Node, right: Node, setting: Setting, loose: bool) -> bool:
        """Whether extreme values say something: not where derivatives or integrals are approximate there."""
        conditional = setting.at or setting.given
        return not (conditional or loose or self._laws(left, right) & CONTINUOUS or self.seeds)

    def attempt(
        self, instance: Instance, left: Node, relation: str, right: Node, setting: Setting
    ) -> tuple[Evaluator, Trial, tuple[Array, Array]] | None:
        """A line on a given instance and both values; None where it says nothing."""
        evaluator = self.values_on(instance, setting.wrt)
        try:
            trial = self._try(evaluator, left, relation, right, False, False)
            return evaluator, trial, self._values(evaluator, left, right)
        except (NotEvaluated, RecursionError):
            return None

    def _on_the_data(
        self, left: Node, relation: str, right: Node, setting: Setting, tolerance: float
    ) -> Verdict:
        """The data leave one instance: both sides are evaluated on it, and 0 = 0 is as good as 1 = 1."""
        method = "evaluated on the data" if self.determined.has_data(left, right) else "evaluated"
        scaled = False
        try:
            evaluator = self.determined.evaluator(self._evaluator(0, Setting(setting.wrt)), left, right)
            try:
                a, b = self._values(evaluator, left, right)
            except NotEvaluated as error:
                if not isinstance(error, _OneSided) and error.message != wide.OVERFLOW:
                    raise
                a, b, scaled = wide.values(self.scope, evaluator.instance, self.anatomy, left, right)
        except (NotEvaluated, RecursionError) as error:
            general = self._without_data(left, relation, right, setting)
            if general.status == "holds":
                return general
            reason = error.message if isinstance(error, NotEvaluated) else "a recurrence has no start"
            return Verdict("not-checked", method, reason=reason)
        if a.shape != b.shape:
            return Verdict("fails", method, 1, reason=f"shapes of values differ: {a.shape} and {b.shape}")
        if relation == "~=" and scaled:
            return Verdict("not-checked", method, reason=wide.OVERFLOW)
        if relation == "~=":
            allowed = np.array(half_units(right)).reshape(a.shape) * (1 + SLACK) + SLACK * np.abs(a)
            error_ = float(np.max(np.abs(a - b)))
            holds = bool(np.all(np.abs(a - b) <= allowed))
        else:
            scale = max(1.0, float(np.max(np.abs(a))), float(np.max(np.abs(b))))  # 1 where they are scaled
            error_ = RELATIONS[relation](a, b) / scale
            holds = error_ <= tolerance
        if not holds:
            trial = Trial(error_, values=(a, b))
            return self._failure(evaluator, left, right, trial, method, 1)
        return Verdict("holds", method, 1, 0.0 if relation == "~=" else error_)

    def _are_numbers(self, *nodes: Node) -> bool:
        return not any(self.anatomy.of(n).names or self.anatomy.of(n).indices for n in nodes)

    def _without_data(self, left: Node, relation: str, right: Node, setting: Setting) -> Verdict:
        """A line that has no value on the data: what holds whatever the data are holds all the same."""
        names = self.anatomy.of(left).names | self.anatomy.of(right).names
        if not self.scope.data or not names:
            return Verdict("not-checked")
        return Checker(replace(self.scope, data={}), self.ranges)._line(left, relation, right, setting)

    def _failure(
        self, evaluator: Evaluator, left: Node, right: Node, trial: Trial, method: str, instances: int
    ) -> Verdict:
        error = trial.error or 0.0
        reason = trial.reason or f"the sides differ by {error:.2g} relative"
        shown = told(evaluator, left, right, trial.values)
        return Verdict("fails", method, instances, error, reason, shown)

    def _undecided(self, conclusive: int, method: str, reasons: list[str]) -> Verdict:
        why = max(dict.fromkeys(reasons), key=reasons.count) if reasons else "no instances were tried"
        if conclusive:
            why = f"only {conclusive} conclusive instance{'s' * (conclusive != 1)}: {why}"
        return Verdict("not-checked", method, conclusive, reason=why)

    # ------------------------------------------------------------ instances

    def _is_given(self, seed: int, setting: Setting) -> bool:
        """Whether the conditions under which a chain stands hold on an instance."""
        if not setting.given:
            return True
        evaluator = self._evaluator(seed, replace(setting, wrt=None, at=()))
        for condition in setting.given:
            value = np.real(evaluator.value(condition))
            square = condition.shape.kind == "matrix" and value.shape[0] == value.shape[1]
            least = np.linalg.eigvalsh((value + value.T) / 2).min() if square else value.min()
            far = SURELY if self.determined.line(condition, condition) else FAR_FROM_ZERO
            if not least > far * max(1.0, float(np.abs(value).max())):
                return False
        return True

    def _evaluator(self, seed: int, setting: Setting) -> Evaluator:
        wrt = setting.wrt
        free = {**self.ranges, **setting.ranges}
        key = (seed, tuple(sorted((k, v) for k, v in free.items())) if free else ())
        instance = self._instances.get(key)
        if instance is None:
            try:
                instance = draw(self.scope, frozenset(), seed, free)
            except NotEvaluated as error:
                instance = error
            self._instances[key] = instance
        if isinstance(instance, NotEvaluated):
            raise instance
        evaluator = self._evaluators.get((key, wrt, setting.at))
        if evaluator is None:
            evaluator = self.values_on(instance, wrt)
            if setting.at:
                earlier = self._evaluator(seed, replace(setting, at=setting.at[:-1]))
                for name, value in earlier.pinned(*setting.at[-1]).items():
                    evaluator.root.pin(name, value)
            self._evaluators[key, wrt, setting.at] = evaluator
        return evaluator

    # ------------------------------------------------------------ one instance

    def _try(
        self, evaluator: Evaluator, left: Node, relation: str, right: Node, loose: bool, numeric: bool
    ) -> Trial:
        """One instance. Errors are relative to the largest entry of both sides; where they vanish by
        cancellation, to what cancels. At a `numeric` minimiser that is as exact as its search."""
        sides = [evaluator.instance.measure(n.shape, evaluator.outer) for n in (left, right)]
        if sides[0] != sides[1]:
            return Trial(float("inf"), f"shapes differ: {left.shape} and {right.shape}")
        a, b = self._values(evaluator, left, right)
        if a.shape != b.shape:
            return Trial(float("inf"), f"shapes of values differ: {a.shape} and {b.shape}")
        error = RELATIONS[relation](a, b)
        scale = max(float(np.max(np.abs(a))), float(np.max(np.abs(b))))
        tolerance, vanishing = (LOOSE, LOOSE_VANISHING) if loose else (TOLERANCE, VANISHING)
        if scale > 1e-6 and error <= tolerance * scale:
            if loose or error <= SUSPICIOUS * scale or self._laws(left, right) & CONTINUOUS:
                return Trial(error / scale)
            explained = max(evaluator.magnitude(left), evaluator.magnitude(right)) > EXPLAINING * scale
            return Trial(error / scale, values=(a, b), suspicious=not explained)
        size = max(evaluator.magnitude(left), evaluator.magnitude(right))
        vanishing = LOOSE if numeric else vanishing
        if scale > vanishing * max(1.0, size):
            if error > tolerance * scale and error <= ROUNDING * size:
                return Trial(None, "rounding hides the difference")
            if error > tolerance * scale:
                grown = max(evaluator.cancellation(left), evaluator.cancellation(right))
                if error <= ROUNDING * grown * scale:
                    return Trial(None, "rounding hides the difference")
            return Trial(error / scale, values=(a, b))
        if size > CANCELLING:
            return Trial(error / size, values=(a, b))
        return Trial(None, "both sides vanish")

    def _values(self, evaluator: Evaluator, left: Node, right: Node) -> tuple[Array, Array]:
        """Both values. Outside one side's domain only, an identity is wrong without a fact; derivatives have
        larger domains than what they come from."""
        try:
            a = evaluator.value(left)
        except Undefined:
            if not {op for op, _ in self.anatomy.verbs(left, right)} & ASKED:
                evaluator.value(right)
                raise _OneSided("the left side has no value") from None
            raise
        try:
            return a, evaluator.value(right)
        except Undefined:
            if not {op for op, _ in self.anatomy.verbs(left, right)} & ASKED:
                raise _OneSided("the right side has no value") from None
            raise

    # ------------------------------------------------------------ methods

    def _is_loose(self, *nodes: Node) -> bool:
        minimises = any(op in SOUGHT for op, _ in self.anatomy.verbs(*nodes))
        return minimises or self.anatomy.needs_differences(*nodes)

    def _by_moments(self, left: Node, right: Node) -> bool:
        return "moments" in self._laws(left, right)

    def _laws(self, left: Node, right: Node) -> set[str]:
        laws = (self.scope.declarations[n].law for n in self.anatomy.random_inside(left, right))
        return {law.kind for law in laws if law is not None}

    def _method(self, left: Node, right: Node, *at: Node) -> str:
        """A short phrase: "random instances, complex step"."""
        used = {op for op, _ in self.anatomy.verbs(left, right, *at)}
        parts = ["random instances"]
        if used & DIFFERENTIAL:
            parts.append(
                "5-point differences" if self.anatomy.needs_differences(left, right) else "complex step"
            )
        kinds = self._laws(left, right)
        parts += dict.fromkeys(phrase for kind, phrase in METHODS.items() if kind in kinds)
        if used & SOUGHT:
            parts.append("numeric minimiser" if used & EXTREMA else "numeric solution")
        return ", ".join(parts)


def _lacking(found: list[NotEvaluated], conclusive: int) -> str:
    """Why a line says nothing that has no meaning on some instances."""
    on = f"on {len(found)} of {len(found) + conclusive} instances: is a fact missing"
    first = found[0]
    if isinstance(first, NoExtremum):
        return f"no {first.what} {on} (positive, full_column_rank, spd)?"
    if not conclusive:
        return first.message
    return f"{first.message} {on} (positive, positive_determinant)?"
