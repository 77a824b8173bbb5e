"""Minimisers: the gradient is set to zero, the equation is solved, the second order is argued.

The lines of the equation hold at the stationary point only; their chain says so (`Chain.at`), and the checker
evaluates them at a minimiser that it finds numerically. Under constraints see `lagrange.py`.
"""

from __future__ import annotations

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason, Remark
from derive.notation.text import text
from derive.rewrite.closing import Asked
from derive.rewrite.curvature import second_order
from derive.rewrite.definite import core, definite, positive
from derive.rewrite.derivative import gradient
from derive.rewrite.derived import Derived
from derive.rewrite.equation import solved
from derive.rewrite.fold import fold_names
from derive.rewrite.isolate import TwoSolutions
from derive.rewrite.linear import scaled
from derive.rewrite.terms import is_zero, join, split, zero
from derive.rewrite.tidy import tidy
from derive.rewrite.unknown import is_invertible, simply
from derive.tree.nodes import Node, contains, node_count, walk
from derive.vocabulary.build import ZERO, add, build, matmul, mul, neg, substitute
from derive.vocabulary.scope import Scope

# Facts under which a variable is not free, and that no multiplier stands for.
BINDING = frozenset({"onehot", "orthogonal", "idempotent", "diagonal"})


ENTRIES = frozenset({"positive", "nonnegative", "stochastic"})  # facts about every entry of a matrix


def extremum(node: Node, f: Node, scope: Scope, named: tuple[Node, ...] = ()) -> Derived:
    """`argmin(f, w)` or `argmax(f, w)`; `f` is the function without verbs."""
    w = node.args[1]
    refuse_bound(w)
    asked = Asked(f, w, scope)
    first = gradient(asked)
    slope = opened(tidy(fold_names(simply(first.expression, scope), named, scope)), w, scope)
    refuse_flat(node, slope)
    found = solved(slope, w, scope, named)
    lies = where_it_lies(w, found.expression, scope, f)
    judged = second_order(node, asked, slope, found, lies)
    needed = tuple(dict.fromkeys((*(core(n, scope) for n in found.conditions), *lies)))
    given = tuple(dict.fromkeys((*needed, *judged.given)))
    at = ((w, node),)
    start = Line(slope, zero(w.shape), Reason("the gradient is zero"))
    steps = (start, *(n for n in found.lines if (n.left, n.right) != (start.left, start.right)))
    title = Reason(f"at the {judged.best} the gradient is zero")
    blocks: list[Block] = [*first.blocks, Chain(steps, None, title, at=at, given=given)]
    blocks += conditions_said(tuple(n for n in needed if n not in judged.given))
    blocks += judged.blocks
    if judged.there:
        blocks.append(Chain(judged.there, None, Reason(f"at the {judged.best}"), at=at, given=given))
    blocks.append(Remark(judged.said))
    answer = Line(node, found.expression, Reason("the only stationary point"))
    blocks.append(Chain((answer,), given=given))
    return Derived(found.expression, tuple(blocks), first.where)


def solution(node: Node, closed: Node, scope: Scope, named: tuple[Node, ...] = ()) -> Derived:
    """`solve(a == b, x)`; `closed` is the same without verbs in the equation."""
    equation, x = closed.args
    refuse_bound(x)
    left, right = equation.args
    excess = opened(left if is_zero(right) else tidy(add(left, neg(right))), x, scope)
    if not contains(excess, lambda n: n == x):
        raise NotDerived(f"{text(x)} is not in the equation {text(equation)}")
    try:
        found = solved(excess, x, scope, named)
    except TwoSolutions as two:
        return _both(equation, x, two, scope)
    lies = where_it_lies(x, found.expression, scope)
    needed = tuple(dict.fromkeys((*(core(n, scope) for n in found.conditions), *lies)))
    start = Line(left, right, Reason("the equation"))
    steps = tuple(n for n in found.lines if (n.left, n.right) != (left, right))
    blocks: list[Block] = [Chain((start, *steps), at=((x, node),), given=needed)]
    matrix = found.matrix
    if matrix is not None and not is_invertible(matrix, x, scope) and not positive(matrix, scope):
        need = "is not zero" if matrix.shape.is_scalar else "is invertible"
        blocks.append(Remark(Reason(f"This needs that {{0}} {need}", (matrix,))))
    blocks += conditions_said(needed)
    blocks.append(Chain((Line(node, found.expression, Reason("the solution")),), given=needed))
    return Derived(found.expression, tuple(blocks))


def _both(equation: Node, x: Node, two: TwoSolutions, scope: Scope) -> Derived:
    """Both solutions of a quadratic equation: the equation holds at each."""
    needed = tuple(dict.fromkeys(core(n, scope) for n in two.conditions))
    blocks: list[Block] = []
    for root, which in zip(two.roots, ("one solution", "the other solution"), strict=True):
        lines = (
            Line(equation.args[0], equation.args[1], Reason("the equation")),
            Line(x, root, Reason(which)),
        )
        blocks.append(Chain(lines, at=((x, root),), given=needed))
    return Derived(two.roots[0], (*blocks, *conditions_said(needed)), others=two.roots[1:])


def refuse_bound(w: Node) -> None:
    bound = sorted(w.symbol.facts & BINDING)
    if bound:
        raise NotDerived(f"{text(w)} is bound to be {bound[0]}: minimisers under that are not derived")


def refuse_flat(node: Node, slope: Node) -> None:
    f, w = node.args[:2]
    if is_zero(slope) or not contains(slope, lambda n: n == w):
        best = "minimum" if node.op == "argmin" else "maximum"
        why = f": its gradient is {text(slope)}" if not is_zero(slope) else ": it does not depend on it"
        raise NotDerived(f"{text(f)} has no {best} in {text(w)}{why}")


def opened(slope: Node, w: Node, scope: Scope) -> Node:
    """Names in the gradient that hide the variable are opened."""
    work = Asked(slope, w, scope).variation()
    for _ in range(20):
        hidden = {
            n: body
            for n in walk(slope)
            if n.op == "sym" and n != w and work.varies(n) and (body := scope.open(n)) is not None
        }
        if not hidden:
            return tidy(slope)
        slope = substitute(slope, hidden)
    raise NotDerived(f"{text(w)} is defined through itself")


def where_it_lies(w: Node, solution: Node, scope: Scope, f: Node = ZERO) -> tuple[Node, ...]:
    """What must be positive (definite) for the solution to lie where the variable may lie, and where f is defined."""
    facts, declared = w.symbol.facts, scope.declarations.get(w.symbol.name)
    wanted: list[Node] = []
    if facts & {"positive", "nonnegative", "simplex", "stochastic", "spd"}:
        wanted.append(solution)
    if declared is not None and declared.interval is not None:
        low, high = declared.interval
        wanted += [
            solution if is_zero(low) else tidy(add(solution, neg(low))),
            tidy(add(high, neg(solution))),
        ]
    if not wanted:
        logarithms = dict.fromkeys(
            n.args[0] for n in walk(opened(f, w, scope)) if n.op in ("log", "sqrt", "logdet")
        )
        inside = [n for n in logarithms if contains(n, lambda m: m == w)]
        wanted = [simply(substitute(n, {w: solution}), scope) for n in inside]
    if w.shape.kind == "matrix" and facts & ENTRIES:
        return ()  # a square matrix in a condition means a definite one; the search minds the entries
    shown = definite if w.shape.kind == "matrix" else positive
    cores = (core(n, scope) for n in dict.fromkeys(wanted) if not shown(n, scope))
    return tuple(n for n in cores if n.op != "num")


ENOUGH = frozenset({"positive", "simplex", "stochastic", "spd"})  # declared, so that nobody needs to be told


def conditions_said(needed: tuple[Node, ...]) -> list[Block]:
    """A sentence for what the equation needs beside the facts."""
    needed = tuple(n for n in needed if n.op != "sym" or not n.symbol.facts & ENOUGH)
    if not needed:
        return []
    slots = " and ".join(f"{{{i}}}" for i in range(len(needed)))
    matrix = any(n.shape.kind == "matrix" for n in needed)
    what = ("is" if len(needed) == 1 else "are") + (" positive definite" if matrix else " positive")
    return [Remark(Reason(f"This needs that {slots} {what}", needed))]


def absorbed(c: Node, solution: Node, scope: Scope, named: tuple[Node, ...]) -> Node:
    """`c inv(M) b` as `inv(M / c) b`, folded, where that is not longer."""
    term = split(tidy(mul(c, solution)))
    chain = list(term.body.args) if term.body is not None and term.body.op == "matmul" else [term.body]
    for i, f in enumerate(chain):
        if f is None or f.op != "inv" or not term.scalars:
            continue
        inside = scaled(f.args[0], term.coefficient.inverse())
        inside = tidy(fold_names(inside, named, scope))
        new = matmul(*(x for x in (*chain[:i], build("inv", inside), *chain[i + 1 :]) if x is not None))
        if node_count(new) <= node_count(join(term)):
            return new
    return join(term)
