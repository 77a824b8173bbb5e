"""Moments of a recurrence: `E(v[t]) = a E(v[t-1]) + c` is unrolled to its start, a geometric sum is closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from derive.errors import NotDerived
from derive.notation.derivation import Reason
from derive.notation.text import text
from derive.rewrite.depend import Graph, cycle_span, index_of
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.terms import Term, join, split, zero
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, Range, free_indices, walk
from derive.tree.sizes import Size
from derive.vocabulary.asked import MOMENTS
from derive.vocabulary.build import ONE, add, build, count, div, fresh, mul, neg, power, rebuild, reindex
from derive.vocabulary.scope import Scope


@dataclass(frozen=True)
class Recursion:
    """`moment(v[t])` where v is carried from t-1 to t, or from t+1 to t (`step` is then -1); `start` is the index of
    the given or defined first member."""

    moment: Node
    name: Node
    index: str
    start: Size
    step: int = 1

    @property
    def before(self) -> Node:
        """The moment one step earlier."""
        return reindex(self.moment, {self.index: Size.of(self.index) - self.step})

    def steps_from(self, start: Size) -> Size:
        """How many steps lie between the member at `start` and that at the index."""
        here = Size.of(self.index)
        return here - start if self.step > 0 else start - here


def recursion_of(node: Node, scope: Scope, graph: Graph) -> Recursion | None:
    """The recursion that the moment of a recurrent name is an instance of, at the index of its definition."""
    name = node.args[0]
    if (
        node.op not in MOMENTS
        or len(node.args) > 1
        or name.op != "sym"
        or not graph.is_recurrent(name.symbol.name)
    ):
        return None
    definition = scope.definitions[name.symbol.name]
    at, starts = index_of(name), starts_of(name.symbol.name, scope)
    step = -1 if is_backward(name.symbol.name, graph) else 1
    if len(definition.params) != 1 or at is None or at[0] in starts:
        return None
    if step > 0 and at[0].constant is not None:  # opened as often as it says
        return None
    index = definition.params[0]
    low, high = scope.indices[index]
    generic = rebuild(name, (count(index),))
    for start in (low - 1, low) if step > 0 else (high + 1, high):
        if start in starts:
            return Recursion(build(node.op, generic), generic, index, start, step)
    return None


def starts_of(name: str, scope: Scope) -> list[Size]:
    """The indices of the members of a recurrence that are given or defined by themselves."""
    definition, declared = scope.definitions.get(name), scope.declarations.get(name)
    members = [member for member, _ in definition.members] if definition else []
    return [m[0] for m in (*members, *(declared.boundary if declared else ())) if m]


def is_backward(name: str, graph: Graph) -> bool:
    """Whether a recurrence runs from later members to earlier ones."""
    low, high = cycle_span(graph, name)
    return low == 0 < high


def at_index(value: Node, found: Recursion, node: Node) -> Node:
    """The closed form at the index of `node`."""
    index = index_of(node.args[0])
    assert index is not None
    return reindex(value, {found.index: index[0]})


def coefficients(step: Node, before: Node) -> tuple[Node, Node] | None:
    """`step` as `a * before + c`; None where it is not of that form with a number a."""
    for parts in (terms(tidy(step)), terms(multiplied_out(step))):
        found = _linear(parts, before)
        if found is not None:
            return found
    return None


def _linear(parts: list[Node], before: Node) -> tuple[Node, Node] | None:
    factor: list[Node] = []
    rest: list[Node] = []
    for part in parts:
        if before not in set(walk(part)):
            rest.append(part)
            continue
        term = split(part)
        if term.body == before:
            factor.append(join(Term(term.number, term.scalars)))
        elif dict(term.scalars).get(before) == 1 and term.body is None:
            factor.append(join(Term(term.number, tuple(p for p in term.scalars if p[0] != before))))
        else:
            return None
    if not factor or any(before in set(walk(n)) for n in factor):
        return None
    return tidy(add(*factor)), tidy(add(*rest)) if rest else zero(before.shape)


def _raised(base: Node, exponent: Size) -> Node:
    """base**exponent, with (b**2)**t read as b**(2 t)."""
    if base == ONE:
        return ONE
    if base.op == "pow" and base.args[1].op == "num" and base.args[1].number.denominator == 1:
        return power(base.args[0], count(exponent * int(base.args[1].number)))
    return power(base, count(exponent))


def unrolled(found: Recursion, a: Node, c: Node) -> Node:
    """`a**(t-b) M(v[b]) + sum(a**(t-s) c[s], s=b+1..t)`; where later members come first, over s=t..b-1."""
    t = Size.of(found.index)
    first = reindex(found.moment, {found.index: found.start})
    var = fresh(found.index, free_indices(c) | {found.index})
    term = mul(_raised(a, found.steps_from(Size.of(var))), reindex(c, {found.index: Size.of(var)}))
    over = (found.start + 1, t) if found.step > 0 else (t, found.start - 1)
    total = Node("sum_over", (term,), Range(var, *over), c.shape)
    return tidy(add(mul(_raised(a, found.steps_from(found.start)), first), total))


def geometric(found: Recursion, a: Node, c: Node, value: Node) -> tuple[Node, Reason] | None:
    """The sum of powers of `a` in closed form, where c is the same at every step."""
    if a == ONE or found.index in free_indices(c) or found.index in free_indices(a):
        return None
    steps = found.steps_from(found.start)
    ratio = div(add(ONE, neg(_raised(a, steps))), add(ONE, neg(a)))
    closed = tidy(mul(ratio, c))
    rest = [p for p in terms(value) if not any(n.op == "sum_over" for n in walk(p))]
    return tidy(add(closed, *rest)), Reason("geometric sum, where {0} is not 1", (a,))


def later(args: tuple[Node, ...], is_carried: Callable[[Node], bool], graph: Graph) -> tuple[Node, ...]:
    """Which members of recurrences among the arguments of a moment are to be opened: of two the later one, whose
    definition leads to the other, and one beside which there is none."""
    if len(args) == 1:
        return args
    if all(map(is_carried, args)):
        one, two = (index_of(n) for n in args)
        gap = (one[0] - two[0]).constant if one and two else None
        turned = any(is_backward(n.symbol.name, graph) for n in args)
        return () if not gap else args[:1] if (gap > 0) != turned else args[1:]
    return tuple(a for a, b in (args, args[::-1]) if not any(is_carried(n) for n in walk(b)))


def refuse(found: Recursion, step: Node) -> NotDerived:
    what = f"the recursion of {text(found.moment)} has no closed form here"
    if step.op not in MOMENTS:
        what = f"the recursion {text(found.moment)} = {text(step)} has no closed form here"
    return NotDerived(what, hint=f"write in_terms_of: {text(found.before)}")
