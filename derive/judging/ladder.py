"""The ladder of readings: a comparison of two sides is tried in one reading after the other, the strictest first.

To add a reading: a row in RUNGS (and its mode in the reader). What a reading makes of a line is the reader's work,
whether it holds is the checker's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Iterable, Iterator

from derive.check.judge import Checker, Ranges
from derive.errors import DeriveError
from derive.judging.conditions import unstated
from derive.judging.decimals import as_printed
from derive.judging.definite import DEFINITE, conditions, definite
from derive.judging.einstein import follows_it, summed
from derive.judging.escaping import Bounded, Escaped, says_zero
from derive.judging.inverting import inverted, left_over
from derive.judging.linking import apart, linked
from derive.judging.meaning import Spoken
from derive.judging.ranges import differentials, extended, outside, ranges_of, together
from derive.judging.strict import SIGNS, STRICT, vectors_among
from derive.judging.strict import apart as strictly
from derive.judging.units import collapse, node_in
from derive.latexread import Claim, Context, IllTyped, Pair, Text, Unreadable, elaborate_claim
from derive.latexread.reading import Hook
from derive.latexread.surface import Surface
from derive.notation.anatomy import DIFFERENTIAL
from derive.notation.derivation import Chain, Line, Reason, Verdict
from derive.tree.nodes import Node, contains, free_indices, walk
from derive.tree.sizes import Size
from derive.vocabulary.asked import EXTREMA
from derive.vocabulary.build import T, transform
from derive.vocabulary.scope import Scope

Reading = tuple[Pair, ...] | IllTyped | Unreadable


@dataclass(frozen=True)
class Rung:
    """One reading. `units` are the sizes that are 1 in it; `outcome` is what holding there means."""

    mode: str
    outcome: str
    said: str = ""
    units: frozenset[str] = frozenset()
    is_layout: bool = False  # it differs for derivatives only


RUNGS = (
    Rung("declared", "holds"),
    Rung("rows", "holds", "gradients read as rows", is_layout=True),
    Rung("partial_rows", "holds", "partial derivatives read as rows", is_layout=True),
    Rung("hadamard", "notation", "products of equal shapes read entry by entry"),
    Rung("columns", "notation", "the Jacobian read in × out (transposed layout)", is_layout=True),
)
DECLARED = RUNGS[0]
AS_ZERO = "what does not exist is read as 0"
_DERIVATIVE = re.compile(r"nabla|partial|∇|∂|(?<![A-Za-z\\])d|mathrm\s*\{?d")
SINGLE = 5  # sizes that are tried alone


@dataclass(frozen=True)
class Comparison:
    """Whether two sides agree: holds, notation, only-if, fails, ill-typed, not-checked or unreadable.

    `pair` are the nodes that were compared (those of the rung where it held, else of the strictest that could be read).
    """

    outcome: str
    rung: Rung = DECLARED
    pair: Pair | None = None
    verdict: Verdict | None = None
    reason: str = ""
    flipped: bool = False  # holds with a row for a column
    remark: str = ""
    wrt: Node | None = None
    failure: IllTyped | Unreadable | None = None
    is_of_the_right: bool = False  # the failure is one of the right side
    notes: tuple[Reason, ...] = ()  # how it must be read to hold
    missing: tuple[Node, ...] = ()  # members that do not exist, which the line speaks of
    at: tuple[tuple[Node, Node], ...] = ()  # names at a value: the minimiser
    given: tuple[Node, ...] = ()  # what is positive on the instances that were tried

    @property
    def holds(self) -> bool:
        return self.outcome in ("holds", "notation")


@dataclass
class Bench:
    """What the lines of one part are judged on: scopes, contexts and checkers, one for each set of unit sizes."""

    context: Context
    ranges: Ranges = field(default_factory=dict)
    text: Text | None = None  # the answer, where it is known
    introduced: tuple[str, ...] = ()  # names of the answer's own
    varied: frozenset[str] = frozenset()  # those that it differentiates in
    spoken: Spoken = field(default_factory=Spoken)  # which of several names one letter has meant so far

    def __post_init__(self) -> None:
        own = linked(self.scope, self.introduced)
        self.linked = inverted(own, self.introduced, self.varied)  # what is evaluated
        self._contexts: dict[frozenset[str], Context] = {frozenset(): self.context}
        self._checkers: dict[frozenset[str], Checker] = {}
        self._extended: dict[tuple[frozenset[str], tuple[Node, ...]], Checker] = {}
        self.given: tuple[Node, ...] = ()  # conditions under which the engine's own optimum stands
        self.needed: set[Rung] = set()  # special cases in which lines held
        self._readings: dict[tuple[int, Rung, str], Reading] = {}

    @property
    def scope(self) -> Scope:
        return self.context.scope

    @cached_property
    def stated(self) -> Scope:
        """The scope without the names of optima: what is sought is no part of an answer."""
        kept = {n: d for n, d in self.scope.definitions.items() if n not in self.context.optima}
        return replace(self.scope, definitions=kept)

    def context_of(self, rung: Rung) -> Context:
        found = self._contexts.get(rung.units)
        if found is None:
            scope = self.scope
            shapes = {name: d.shape for name, d in scope.declarations.items()}
            shapes |= {name: d.shape for name, d in scope.definitions.items()}
            arrays = frozenset(name for name, shape in shapes.items() if not shape.is_scalar)
            variables = tuple(self.in_rung(v, rung) for v in self.context.variables)
            functions = {name: self.in_rung(x, rung) for name, x in self.context.functions.items()}
            found = Context.of(collapse(scope, rung.units), arrays, variables, self.context.hidden)
            found = replace(found, functions=functions, own=self.context.own)
            self._contexts[rung.units] = found
        return found

    def checker_of(self, rung: Rung) -> Checker:
        found = self._checkers.get(rung.units)
        if found is None:
            found = self._checkers[rung.units] = Bounded(self._judged(rung), self.introduced)
        return found

    def derives(self, *sides: Surface | None) -> bool:
        """Whether a derivative may be written in one of them, so that layouts of derivatives matter."""
        if self.text is None:
            return True
        return any(_DERIVATIVE.search(self.text.slice(side.span)) for side in sides if side is not None)

    def extended(self, rung: Rung, members: tuple[Node, ...]) -> Checker:
        """A checker on whose instances members that do not exist have values."""
        key = (rung.units, members)
        if key not in self._extended:
            self._extended[key] = Bounded(extended(self._judged(rung), members), self.introduced)
        return self._extended[key]

    def _judged(self, rung: Rung) -> Scope:
        return collapse(self.linked, rung.units) if rung.units else self.linked

    def apart(self, *nodes: Node) -> tuple[Node, Node] | None:
        """A quantity that a line differentiates in a name of the answer's that it is not made of, and the name."""
        return apart(nodes, self.linked, self.introduced) if self.introduced else None

    def left_over(self, *nodes: Node) -> tuple[Node, Node, Node] | None:
        """A quantity, a name that stands for all of another one, and that one, of which something is left."""
        return left_over(nodes, self.linked, self.varied) if self.varied else None

    def opened(self, node: Node) -> Node:
        """A node in which the answer's own names are written out, where they stand for derivatives."""

        def written(part: Node) -> Node:
            own = part.op == "sym" and part.symbol.name in self.introduced
            body = self.scope.open(part) if own else None
            has = body is not None and any(n.op in DIFFERENTIAL for n in walk(body))
            return body if body is not None and has else part

        return transform(node, written) if self.introduced else node

    def in_rung(self, node: Node, rung: Rung) -> Node:
        """A node of the declared scope, in that of the rung."""
        return node_in(node, {name: Size.of(1) for name in rung.units}) if rung.units else node

    def read(self, claim: Claim, rung: Rung, against: str = "left", hook: Hook | None = None) -> Reading:
        """Both sides in one reading, also where they have different shapes."""
        if hook is not None:
            return elaborate_claim(claim, self.context_of(rung), rung.mode, hook, against)
        key = (id(claim), rung, against)
        if key not in self._readings:
            self._readings[key] = self._sides(claim, rung, against)
        found = self._readings[key]
        return self.spoken.first(found) if isinstance(found, tuple) else found

    def _sides(self, claim: Claim, rung: Rung, against: str) -> Reading:
        seen: list[Pair] = []

        def relation(left: Node, right: Node, op: str) -> Node | None:
            if op == "relation":
                seen.append(Pair(left, right))
            return None

        reading = elaborate_claim(claim, self.context_of(rung), rung.mode, relation, against)
        if isinstance(reading, IllTyped) and seen:
            return (replace(seen[0], notes=reading.notes),)
        return differentials(reading) if isinstance(reading, tuple) else reading

    def ranges_for(self, *nodes: Node, beyond: frozenset[str] = frozenset()) -> dict[str, tuple[Size, Size]]:
        """The ranges of free indices; those of the part do not bind indices that the line itself limits."""
        own = {name: ends for name, ends in self.ranges.items() if name not in beyond}
        full = {name: ends for name, ends in self.scope.indices.items() if name in beyond}
        return {**full, **together(own, ranges_of(nodes, self.scope))}

    def has(self, rung: Rung) -> bool:
        """Whether all definitions have a meaning on it."""
        try:
            self.context_of(rung)
        except DeriveError:
            return False
        return True

    def special(self) -> Iterator[Rung]:
        """Rungs on which sizes are 1: each alone, then all."""
        names = sorted(self.sizes())
        for name in names[:SINGLE] if len(names) > 1 else ():
            yield Rung("hadamard", "only-if", f"{name} = 1", frozenset({name}))
        if names:
            yield Rung("hadamard", "only-if", " and ".join(f"{n} = 1" for n in names), frozenset(names))

    @cached_property
    def lengths(self) -> frozenset[str]:
        """Names in the ranges of indices."""
        return frozenset(n for ends in self.scope.indices.values() for end in ends for n in end.names)

    @cached_property
    def dimensions(self) -> frozenset[str]:
        """Names in shapes."""
        known = [d.shape for d in self.scope.declarations.values()]
        known += [d.shape for d in self.scope.definitions.values()]
        return frozenset(n for shape in known for size in shape.dims for n in size.names)

    def sizes(self) -> frozenset[str]:
        """Sizes of vectors and matrices that are no length of a sequence."""
        return self.dimensions - self.lengths - self.scope.indices.keys()


UNCHECKED = {"to": "a limit is not checked"}  # nothing is held against their right side
RELATION = {
    "=": "==", "<=": "<=", ">=": ">=", "<": "<", ">": ">", ":=": "==", "~=": "==", "=c": "==",
    **{sign: sign for sign in (">>", ">>=", "<<", "<<=")},
}  # fmt: skip


def compare(
    bench: Bench,
    claim: Claim,
    against: str,
    wrt: tuple[Node, ...],
    forbidden: frozenset[str] = frozenset(),
    special: bool = True,
    given: tuple[Node, ...] = (),
) -> Comparison:
    """The claim's right side against its left side (or the line before), in the first reading in which it holds.

    Special cases are tried last, and only where `special` says so. `given` are conditions that limit the claim:
    numbers that are positive where it speaks."""
    if claim.relation in UNCHECKED:
        return Comparison("not-checked", reason=UNCHECKED[claim.relation])
    relation = RELATION.get(claim.relation)
    relation = relation if against == "left" or relation in SIGNS else "=="
    if relation is None:
        return Comparison("not-checked", reason=f"the relation {claim.relation} is not checked")
    first: Comparison | None = None
    flipped: Comparison | None = None
    tried: set[tuple[Node, Node]] = set()
    other = claim.left if against == "left" else claim.previous
    derives = bench.derives(other, claim.right)
    for rung in RUNGS:
        if rung.mode in forbidden or (rung.is_layout and not derives):
            continue
        found = _on_rung(bench, claim, against, rung, relation, wrt, tried, given)
        if found is None:
            continue
        if found.outcome == "unreadable" and rung is DECLARED:
            return found
        if found.outcome == rung.outcome:
            return found
        if found.flipped:
            flipped = flipped or found
            continue
        if first is None or (
            first.outcome == "ill-typed" and _further(found, first) and rung.mode != "columns"
        ):
            first = found
        if found.outcome == "not-checked" and rung is DECLARED:
            return found
    if flipped is not None:
        return flipped
    assert first is not None
    if first.outcome == "fails" and relation == "==" and follows_it(bench.text):
        implied = _implied(bench, claim, against, wrt, given)
        if implied is not None:
            return implied
    if special and (first.outcome == "ill-typed" or first.rung is not DECLARED):
        return _special(bench, claim, against, relation, wrt) or first
    if isinstance(first.verdict, Escaped):
        return first
    if special and first.outcome == "fails" and first.pair is not None and not given:
        return _under_a_condition(bench, first.pair, relation, wrt) or first
    return first


def _implied(
    bench: Bench, claim: Claim, against: str, wrt: tuple[Node, ...], given: tuple[Node, ...]
) -> Comparison | None:
    """The reading with the sums of the summation convention, where it holds."""
    reading = bench.read(claim, DECLARED, against)
    for pair in reading if isinstance(reading, tuple) else ():
        whole = summed(pair, bench.scope.indices)
        found = judge_pair(bench, whole, "==", DECLARED, wrt, given=given) if whole is not None else None
        if found is not None and found.outcome == "holds":
            return replace(found, notes=(Reason("read with the sums of the summation convention"),))
    return None


def _under_a_condition(bench: Bench, pair: Pair, relation: str, wrt: tuple[Node, ...]) -> Comparison | None:
    """The condition that nobody states and that would make a false line true."""
    tried: Iterable[tuple[Node, str]]
    if relation in DEFINITE:
        tried = conditions(pair.left, pair.right)
    else:
        tried = ((c.node_in(bench.scope), str(c)) for c in unstated(pair, bench.scope))
    for condition, said in tried:
        found = judge_pair(bench, pair, relation, DECLARED, wrt, given=(condition,))
        if found.outcome == "holds":
            return replace(found, outcome="only-if", rung=Rung("declared", "only-if", said))
    return None


def _further(found: Comparison, first: Comparison) -> bool:
    """Whether a reading got further: to values that differ, or to two sides that have shapes."""
    return found.outcome == "fails" or (found.pair is not None and first.pair is None)


def _special(
    bench: Bench, claim: Claim, against: str, relation: str, wrt: tuple[Node, ...]
) -> Comparison | None:
    """The sizes that must be 1 for the line to hold; those that a line before needed are tried first.

    What fails where all are 1 fails where one is."""
    rungs = tuple(bench.special())
    tried: dict[Rung, Comparison | None] = {}

    def on(rung: Rung) -> Comparison | None:
        if rung not in tried and bench.has(rung):
            tried[rung] = _on_rung(bench, claim, against, rung, relation, wrt, set())
        return tried.get(rung)

    for rung in sorted(rungs, key=lambda rung: rung not in bench.needed):
        if rung not in bench.needed and (whole := on(rungs[-1])) is not None and whole.outcome == "fails":
            return None
        found = on(rung)
        if found is not None and found.outcome == "only-if":
            bench.needed.add(rung)
            return found
    return None


def _on_rung(
    bench: Bench,
    claim: Claim,
    against: str,
    rung: Rung,
    relation: str,
    wrt: tuple[Node, ...],
    tried: set[tuple[Node, Node]],
    given: tuple[Node, ...] = (),
) -> Comparison | None:
    """The comparison in one reading; None where it says nothing that a stricter one has not."""
    reading = bench.read(claim, rung, against)
    if isinstance(reading, Unreadable):
        right = claim.right.span if claim.right is not None else reading.span
        inside = right.start <= reading.span.start and reading.span.stop <= right.stop
        return Comparison("unreadable", rung, reason=reading.message, failure=reading, is_of_the_right=inside)
    if isinstance(reading, IllTyped):
        return Comparison("ill-typed", rung, reason=reading.message, failure=reading)
    worst: Comparison | None = None
    for pair in reading:
        if (pair.left, pair.right) in tried:
            continue
        tried.add((pair.left, pair.right))
        found = judge_pair(bench, pair, relation, rung, wrt, given=given)
        if found.outcome == rung.outcome or found.flipped:
            return found
        worst = worst or found
    return worst


def judge_pair(
    bench: Bench,
    pair: Pair,
    relation: str,
    rung: Rung,
    wrt: tuple[Node, ...] = (),
    at: tuple[tuple[Node, Node], ...] = (),
    given: tuple[Node, ...] = (),
) -> Comparison:
    """Both sides, evaluated; a row may stand for a column, and says so. `at` gives names a value, `given` are
    numbers that are positive where the claim speaks."""
    left, right = pair.left, pair.right
    a, b = left.shape, right.shape
    flipped = False
    if {a.kind, b.kind} == {"row", "vector"} and a.dims == b.dims:
        right, flipped = T(right), True
    elif a.kind != b.kind or a.dims != b.dims:
        return Comparison("ill-typed", rung, pair, reason=f"the left side is {a}, the right side {b}")
    if left == right and relation not in DEFINITE and relation not in STRICT:
        outcome = "notation" if flipped and rung.outcome == "holds" else rung.outcome
        return Comparison(outcome, rung, pair, Verdict("holds", "identical expressions"), flipped=flipped)
    checker = bench.checker_of(rung)
    limited = frozenset().union(*(free_indices(g) for g in given))
    ranges = {**bench.ranges_for(left, right, beyond=limited), **pair.indices}
    variables: tuple[Node | None, ...] = tuple(bench.in_rung(v, rung) for v in wrt) or (None,)
    optimal = at or any(contains(side, lambda n: n.op in EXTREMA) for side in (left, right))
    known = bench.scope.indices.keys() | pair.indices.keys() | bench.lengths | bench.dimensions
    given = tuple(g for g in given if free_indices(g) <= known)
    given = (*(bench.given if optimal and not rung.units else ()), *given)
    if relation in DEFINITE:
        verdict = definite(checker, left, relation, right, ranges, given)
        outcome = {"holds": rung.outcome, "fails": "fails"}.get(verdict.status, "not-checked")
        return Comparison(outcome, rung, pair, verdict, verdict.reason, given=given)
    line = Line(left, right, Reason(""), STRICT.get(relation, relation))
    for variable in variables:
        judged = checker.chain(Chain((line,), variable, ranges=ranges, at=at, given=given)).lines[0]
        assert judged.verdict is not None
        verdict = judged.verdict
        if relation in STRICT:
            every = vectors_among((left, right), bench.context.anything)
            verdict = strictly(checker, left, relation, right, ranges, at, given, verdict, every)
        if verdict.status != "holds":
            break
    if isinstance(verdict, Escaped) and verdict.as_zero and relation == "==":
        if says_zero(bench.text, verdict.member):
            return Comparison("notation" if flipped else rung.outcome, rung, pair, verdict, remark=AS_ZERO)
        if verdict.is_asked:
            said = Rung(rung.mode, "only-if", "what does not exist counts as 0")
            return Comparison("only-if", said, pair, verdict, missing=(verdict.member,))
    unknown = verdict.status == "not-checked" or isinstance(verdict, Escaped)
    missing = outside((left, right), bench.context_of(rung).scope)
    if missing and unknown:
        outer = Chain((line,), variable, ranges=ranges, at=at, given=given)
        verdict = bench.extended(rung, missing).chain(outer).lines[0].verdict or verdict
    if verdict.status == "fails" and relation == "==":
        rounded = as_printed(checker, left, right, ranges)
        if rounded is not None:
            return Comparison(rung.outcome, rung, pair, replace(verdict, status="holds"), remark=rounded)
    outcome = {"holds": rung.outcome, "fails": "fails"}.get(verdict.status, "not-checked")
    if outcome == "holds" and flipped:
        outcome = "notation"
    flipped = flipped and outcome == "notation"
    return Comparison(
        outcome,
        rung,
        pair,
        verdict,
        verdict.reason,
        flipped,
        wrt=variable,
        missing=missing,
        at=at,
        given=given,
    )


__all__ = ["Bench", "Comparison", "DECLARED", "RUNGS", "Reading", "Rung", "compare", "judge_pair"]
