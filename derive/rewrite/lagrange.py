"""Minimisers under equations: the gradient of the Lagrangian is zero, the constraint fixes the multiplier.

`L = f - lambda * (g - c)`. What the Lagrangian and its multipliers are called says the part; see
`derive.problem.constraints`. The lines hold at the stationary point, where the multiplier has the value found.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason, Remark
from derive.notation.text import text
from derive.rewrite.assembled import assembled
from derive.rewrite.closing import Asked
from derive.rewrite.curvature import constrained_order, has_order, hessian_of
from derive.rewrite.definite import core, definite
from derive.rewrite.derivative import gradient
from derive.rewrite.derived import Derived
from derive.rewrite.eigenvector import eigenvector
from derive.rewrite.equation import solved
from derive.rewrite.fold import mentions
from derive.rewrite.isolate import Isolation
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.relabel import relabelled
from derive.rewrite.shorten import shorten
from derive.rewrite.stationary import conditions_said, opened, refuse_bound, refuse_flat, where_it_lies
from derive.rewrite.terms import is_zero, join, split, zero
from derive.rewrite.tidy import terms, tidy
from derive.rewrite.unknown import Solution, simply
from derive.tree.nodes import Node
from derive.vocabulary.build import add, build, mul, neg, substitute, sym, transform
from derive.vocabulary.constraints import constraints_of, lagrangian_of
from derive.vocabulary.scope import Scope


@dataclass(frozen=True)
class Multipliers:
    """The names of a part: one multiplier for each constraint, and the Lagrangian."""

    names: tuple[Node, ...] = ()
    lagrangian: Node | None = None


def constrained_extremum(
    node: Node, f: Node, scope: Scope, multipliers: Multipliers, named: tuple[Node, ...] = ()
) -> Derived:
    """`argmin(f, w, g == c)`; `f` is the function without verbs."""
    w, constraints = node.args[1], constraints_of(node)
    names = multipliers.names
    if len(names) != len(constraints):
        hint = "write find: argmin(f, w) and subject_to: g == c in one part"
        raise NotDerived(f"{text(node)} is derived where it is asked for itself", hint=hint)
    refuse_bound(w)
    closed = lagrangian_of(f, constraints, names)
    first = gradient(Asked(closed, w, scope))
    if multipliers.lagrangian is not None:
        first = relabelled(first, closed, multipliers.lagrangian)
    slope = opened(simply(first.expression, scope), w, scope)
    if not any(mentions(slope, m) for m in names):
        raise NotDerived(f"the constraint says nothing about {text(w)}")
    refuse_flat(node, slope)
    if w.args:
        raise NotDerived(
            f"{text(w)} is one member of a family", hint="declare a vector, and minimise in that"
        )
    work = _Elimination(node, w, constraints, names, scope, slope, named)
    found = eigenvector(node, names, constraints, slope, first, scope)
    return found or _attempted(work, first, multipliers.lagrangian or closed)


def _attempted(work: _Elimination, first: Derived, lagrangian: Node) -> Derived:
    """The elimination as it is, or with the sign of the only multiplier known."""
    try:
        return work.run(first, lagrangian)
    except NotDerived as error:
        if len(work.names) != 1 or not work.names[0].shape.is_scalar:
            raise
        found: list[Derived] = []
        for signed in _signs(work.names[0]):
            other = work.with_sign(signed)
            hessian = hessian_of(work.slope, work.w, work.scope)
            decides = hessian is not None and mentions(hessian, work.names[0])
            if not decides or has_order(work.node, other.slope, work.w, work.scope):
                with suppress(NotDerived):
                    found.append(other.run(first, lagrangian))
        if len(found) != 1:
            raise error
        return found[0]


def _signs(name: Node) -> tuple[Node, Node]:
    positive = sym(name.symbol.name, name.shape, name.args, name.symbol.facts | {"positive"})
    return positive, neg(positive)


@dataclass
class _Elimination:
    """One stationary point: the unknown in terms of the multipliers, the multipliers from the constraints."""

    node: Node
    w: Node
    constraints: tuple[Node, ...]
    names: tuple[Node, ...]
    scope: Scope
    slope: Node
    named: tuple[Node, ...]
    signed: tuple[Node, Node] | None = None  # the multiplier, and what it was replaced by
    plain: Node | None = None  # the slope before that

    @property
    def best(self) -> str:
        return "minimum" if self.node.op == "argmin" else "maximum"

    def run(self, first: Derived, lagrangian: Node) -> Derived:
        start = Line(self.slope, zero(self.w.shape), Reason("the gradient of the Lagrangian is zero"))
        found = self._in_multipliers()
        lines = [start, *(n for n in found.lines if (n.left, n.right) != (start.left, start.right))]
        expression = _exponentials_apart(found.expression)
        if expression != found.expression:
            lines.append(Line(self.w, expression, Reason("the exponential of a sum is a product")))
        conditions = list(found.conditions)
        values: dict[Node, Node] = {}
        for name, equation in zip(self.names, self.constraints, strict=True):
            value, expression, more, needed = self._eliminated(name, equation, expression, values)
            lines += more
            conditions += needed
            values = {k: substitute(v, {name: value}) for k, v in values.items()} | {name: value}
        values = _resolved(values, self.names)
        if self.signed is not None:
            values = {self.signed[0]: tidy(substitute(self.signed[1], values))}
            lines = _once([self._said_of(n) for n in lines])
        lies = where_it_lies(self.w, expression, self.scope, self.node.args[0])
        parts = dict.fromkeys((*(core(n, self.scope) for n in conditions), *lies))
        needed_all = tuple(n for n in parts if not any(mentions(n, k) for k in self.names))
        judged = constrained_order(
            self.node, self.plain or self.slope, self.w, lagrangian, values, needed_all, self.scope
        )
        given = tuple(dict.fromkeys((*needed_all, *judged.given)))
        at = ((self.w, self.node), *values.items())
        title = Reason(f"at the {self.best} under the constraint" + "s" * (len(self.names) > 1))
        blocks: list[Block] = [*first.blocks, Chain(tuple(lines), None, title, at=at, given=given)]
        blocks += conditions_said(tuple(n for n in needed_all if n not in judged.given))
        blocks += judged.blocks
        if judged.there:
            blocks.append(Chain(judged.there, None, Reason(f"at the {self.best}"), at=at, given=given))
        blocks.append(Remark(judged.said))
        answer = Line(self.node, expression, Reason("the only stationary point"))
        blocks.append(Chain((answer,), given=given))
        return Derived(expression, tuple(blocks), first.where)

    def _in_multipliers(self) -> Solution:
        """The unknown from the gradient, as far as it occurs there."""
        found = solved(self.slope, self.w, self.scope, self.named)
        if is_zero(found.expression):
            raise NotDerived(
                f"{text(self.slope)} == 0 is a generalised eigenvalue problem: it is not derived"
            )
        return found

    def _eliminated(
        self, name: Node, equation: Node, expression: Node, known: dict[Node, Node]
    ) -> tuple[Node, Node, list[Line], list[Node]]:
        """The multiplier from its constraint, and the unknown without it."""
        left, right = equation.args
        put_in = self._simple(substitute(assembled(left), {self.w: expression}))
        lines = [Line(left, right, Reason("the constraint"))]
        if put_in != left:
            lines.append(Line(put_in, right, Reason("{0} from above", (self.w,))))
        excess = tidy(add(put_in, neg(right)))
        if not mentions(excess, name):
            raise NotDerived(f"the constraint {text(equation)} does not fix {text(name)}")
        pivot: tuple[Node, Node] | None = None
        conditions: list[Node] = []
        if name.shape.is_scalar:
            value, more, pivot, conditions = self._scalar(name, excess)
            if pivot and not mentions(substitute(expression, {pivot[0]: pivot[1]}), name):
                end = next(i for i, n in enumerate(more) if (n.left, n.right) == pivot)
                more = more[: end + 1]
        else:
            found = solved(excess, name, self.scope, self.named)
            value, more = found.expression, list(found.lines)
            if found.matrix is not None and not definite(found.matrix, self.scope):
                conditions = [found.matrix]
        lines += [n for n in more if (n.left, n.right) not in [(p.left, p.right) for p in lines]]
        new = substitute(expression, {pivot[0]: pivot[1]}) if pivot else expression
        if mentions(new, name):
            new = substitute(new, {name: value})
        new = self._simple(new)
        lines.append(Line(self.w, new, Reason("{0} from above", (pivot[0] if pivot else name,))))
        return value, new, lines, conditions

    def _scalar(
        self, name: Node, excess: Node
    ) -> tuple[Node, list[Line], tuple[Node, Node] | None, list[Node]]:
        """The value of a scalar multiplier; of two, the one with which the second order holds."""
        work = Isolation(name, self.scope)
        value = work.solve(excess)
        return value, work.lines, work.pivot, work.conditions

    def with_sign(self, signed: Node) -> _Elimination:
        """The same with the multiplier as a positive number, or as its opposite."""
        name = self.names[0]
        positive = signed.args[0] if signed.op == "neg" else signed
        slope = tidy(substitute(self.slope, {name: signed}))
        return replace(self, slope=slope, names=(positive,), signed=(name, signed), plain=self.slope)

    def _said_of(self, line: Line) -> Line:
        """What was derived for a positive multiplier, said of the multiplier itself."""
        assert self.signed is not None
        name, signed = self.signed
        back = {self.names[0]: neg(name) if signed.op == "neg" else name}
        left, right = (tidy(substitute(n, back)) for n in (line.left, line.right))
        if left == neg(name):
            left, right = name, tidy(neg(right))
        nodes = tuple(tidy(substitute(n, back)) for n in line.reason.nodes)
        return replace(line, left=left, right=right, reason=replace(line.reason, nodes=nodes))

    def _simple(self, node: Node) -> Node:
        return simply(shorten(simply(node, self.scope)), self.scope)


def _once(lines: list[Line]) -> list[Line]:
    """Without lines that say what the line before said."""
    pairs = [(n.left, n.right) for n in lines]
    return [n for i, n in enumerate(lines) if i == 0 or pairs[i] != pairs[i - 1]]


def _resolved(values: dict[Node, Node], names: tuple[Node, ...]) -> dict[Node, Node]:
    """Every multiplier without the others."""
    for _ in names:
        values = {k: substitute(v, {n: values[n] for n in names if n != k}) for k, v in values.items()}
    return {k: tidy(v) for k, v in values.items()}


def _exponentials_apart(node: Node) -> Node:
    """`exp(a + v)` with a number a and an array v as `exp(a) * exp(v)`."""

    def apart(n: Node) -> Node:
        if n.op != "exp" or n.shape.is_scalar:
            return n
        parts = terms(multiplied_out(n.args[0]))
        numbers = [a for a in parts if a.shape.is_scalar or _of_ones(a)]
        arrays = [a for a in parts if a not in numbers]
        if not numbers or not arrays:
            return n
        inside = add(*(a if a.shape.is_scalar else _of_ones(a) or a for a in numbers))
        return mul(build("exp", tidy(inside)), build("exp", tidy(add(*arrays))))

    return tidy(transform(node, apart))


def _of_ones(node: Node) -> Node | None:
    """c of `c * ones(n)`."""
    term = split(node)
    return join(term.coefficient) if term.body is not None and term.body.op == "ones" else None
