"""Moments of a recurrence: `E(v[t]) = a E(v[t-1]) + c` is unrolled to its start, a geometric sum is closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from derive.errors import NotDerived
from derive.notation.derivation import Reason
from derive.notation.text import text
from derive.rewrite.depend import Graph, index_of
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.terms import Term, join, split, zero
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, Range, free_indices, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import ONE, add, build, count, div, fresh, mul, neg, power, rebuild, reindex
from derive.vocabulary.scope import Scope


@dataclass(frozen=True)
class Recursion:
    """`moment(v[t])` where v is carried from t-1 to t; `start` is the index of the given or defined first member."""

    moment: Node
    name: Node
    index: str
    start: Size

    @property
    def before(self) -> Node:
        """The moment one step earlier."""
        return reindex(self.moment, {self.index: Size.of(self.index) - 1})


def recursion_of(node: Node, scope: Scope, graph: Graph) -> Recursion | None:
    """The recursion that the moment of a recurrent name is an instance of, at the index of its definition."""
    name = node.args[0]
    if (
        node.op not in ("E", "Var", "Cov")
        or len(node.args) > 1
        or name.op != "sym"
        or not graph.is_recurrent(name.symbol.name)
    ):
        return None
    definition = scope.definitions[name.symbol.name]
    at = index_of(name)
    if len(definition.params) != 1 or at is None or at[0].constant is not None:
        return None
    declared = scope.declarations.get(name.symbol.name)
    starts = [member[0] for member, _ in definition.members] + [
        b[0] for b in (declared.boundary if declared else ())
    ]
    low = scope.indices[definition.params[0]][0]
    if Size.of(low) - 1 not in starts:
        return None
    generic = rebuild(name, (count(definition.params[0]),))
    return Recursion(build(node.op, generic), generic, definition.params[0], Size.of(low) - 1)


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
    """`a**(t-b) M(v[b]) + sum(a**(t-s) c[s], s=b+1..t)`."""
    t = Size.of(found.index)
    first = reindex(found.moment, {found.index: found.start})
    var = fresh(found.index, free_indices(c) | {found.index})
    term = mul(_raised(a, t - Size.of(var)), reindex(c, {found.index: Size.of(var)}))
    total = Node("sum_over", (term,), Range(var, found.start + 1, t), c.shape)
    return tidy(add(mul(_raised(a, t - found.start), first), total))


def geometric(found: Recursion, a: Node, c: Node, value: Node) -> tuple[Node, Reason] | None:
    """The sum of powers of `a` in closed form, where c is the same at every step."""
    if a == ONE or found.index in free_indices(c) or found.index in free_indices(a):
        return None
    steps = Size.of(found.index) - found.start
    ratio = div(add(ONE, neg(_raised(a, steps))), add(ONE, neg(a)))
    closed = tidy(mul(ratio, c))
    rest = [p for p in terms(value) if not any(n.op == "sum_over" for n in walk(p))]
    return tidy(add(closed, *rest)), Reason("geometric sum, where {0} is not 1", (a,))


def later(args: tuple[Node, ...], is_carried: Callable[[Node], bool]) -> tuple[Node, ...]:
    """Which members of recurrences among the arguments of a moment are to be opened: of two the later one, whose
    definition leads to the other, and one beside which there is none."""
    if len(args) == 1:
        return args
    if all(map(is_carried, args)):
        one, two = (index_of(n) for n in args)
        gap = (one[0] - two[0]).constant if one and two else None
        return () if not gap else args[:1] if gap > 0 else args[1:]
    return tuple(a for a, b in (args, args[::-1]) if not any(is_carried(n) for n in walk(b)))


def refuse(found: Recursion, step: Node) -> NotDerived:
    what = f"the recursion of {text(found.moment)} has no closed form here"
    if step.op not in ("E", "Var", "Cov"):
        what = f"the recursion {text(found.moment)} = {text(step)} has no closed form here"
    return NotDerived(what, hint=f"write in_terms_of: {text(found.before)}")
