"""Solving `e == 0` for a name, line by line: linear in a vector or matrix, in an inverse, or entry by entry.

Every line is an equation that holds at the solution, so that the checker can evaluate both sides there.
Where none of the ways fits, NotDerived says why. To add a way: a function in WAYS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Callable

from derive.errors import NotDerived
from derive.notation.derivation import Line, Reason
from derive.notation.text import text
from derive.rewrite.algebra import simplify
from derive.rewrite.assembled import assembled
from derive.rewrite.closing import Asked
from derive.rewrite.definite import definite, positive
from derive.rewrite.differential import Differentiation
from derive.rewrite.fold import fold_names
from derive.rewrite.forms import spread
from derive.rewrite.isolate import Isolation, is_negative
from derive.rewrite.protect import multiplied_out_in
from derive.rewrite.readoff import jacobian_of
from derive.rewrite.shorten import shorten
from derive.rewrite.terms import Term, is_zero, join, split, zero
from derive.rewrite.tidy import filled, terms, tidy
from derive.tree.nodes import SCALAR, Node, contains, free_indices, node_count, walk
from derive.vocabulary.build import (
    ELEMENTWISE,
    ONE,
    T,
    add,
    build,
    count,
    div,
    matmul,
    mul,
    neg,
    rebuild,
    substitute,
    sym,
    transform,
)
from derive.vocabulary.scope import Declaration, Scope

INVERTIBLE = frozenset({"spd", "invertible", "orthogonal", "positive_determinant"})
INJECTIVE = INVERTIBLE | {"full_column_rank"}


@dataclass(frozen=True)
class Solution:
    """`lines` lead from the equation to `x == expression`. `matrix` is M of `M x == b` (None where the equation was
    not linear); `conditions` must be positive or positive definite, as far as facts do not say so; `relation` is an
    equation that the solution obeys, for the second order."""

    expression: Node
    lines: tuple[Line, ...]
    matrix: Node | None = None
    conditions: tuple[Node, ...] = ()
    relation: tuple[Node, Node] | None = None


class NotLinear(NotDerived):
    """The equation is not linear in the unknown."""


@dataclass(frozen=True)
class Problem:
    """`e == 0` for x, with names into which answers fold."""

    e: Node
    x: Node
    scope: Scope
    named: tuple[Node, ...] = ()

    def holds(self, node: Node) -> bool:
        return contains(node, lambda n: n == self.x)

    def simplified(self, node: Node) -> Node:
        return tidy(fold_names(simply(node, self.scope), self.named, self.scope))


def simply(node: Node, scope: Scope) -> Node:
    """The rows of algebra; but row sums of an inverse stay a product with ones, and sums go inside sums over data."""
    plain = simplify(assembled(node), scope)[0]
    new = tidy(transform(plain, _product_with_ones))
    if any(n.op in ("sum_over", "diag") for n in walk(new)) and new != plain:
        return tidy(transform(simplify(new, scope)[0], _product_with_ones))
    return new


def _product_with_ones(node: Node) -> Node:
    if node.op == "sum_over" and not node.shape.is_scalar:
        term = split(node.args[0])
        if term.body is not None and term.scalars and node.range.var not in free_indices(term.body):
            number = Node("sum_over", (join(term.coefficient),), node.data, SCALAR)
            return mul(number, term.body)
    if node.op == "sum_over" and node.args[0].op == "diag":
        return build("diag", Node("sum_over", node.args[0].args, node.data, node.args[0].args[0].shape))
    if node.op not in ("rowsum", "colsum", "sum"):
        return node
    inner = node.args[0]
    if node.op == "sum" and inner.op == "sum_over":
        return Node("sum_over", (build("sum", inner.args[0]),), inner.data, node.shape)
    if node.op == "sum":
        chain = inner.op == "matmul" and inner.args[-1].op == "ones" and inner.args[0].op == "inv"
        return matmul(T(build("ones", count(inner.shape.dims[0]))), inner) if chain else node
    if inner.op != "inv":
        return node
    return matmul(inner if node.op == "rowsum" else tidy(T(inner)), build("ones", count(inner.shape.dims[0])))


def solved(e: Node, x: Node, scope: Scope, named: tuple[Node, ...] = ()) -> Solution:
    """The solution of `e == 0` for x."""
    e = tidy(transform(e, lambda n: spread(n) if n.op == "add" else n))
    e, taken = _without_invertible_factors(_without_number(e), x, scope)
    problem = Problem(e, x, scope, named)
    lines = [Line(e, zero(e.shape), Reason("{0} is invertible", (f,))) for f in taken[-1:]]
    why: NotDerived | None = None
    for way in WAYS:
        try:
            found = way(problem)
        except NotDerived as error:
            why = error if why is None or not isinstance(error, NotLinear) else why
            continue
        return replace(found, lines=(*lines, *found.lines))
    assert why is not None
    raise why


def _without_number(e: Node) -> Node:
    """`1/2 (...) == 0` without 1/2."""
    whole = split(e)
    bracket = whole.body if whole.body is not None else next((b for b, _ in whole.scalars), None)
    if bracket is None or bracket.op != "add" or not whole.number:
        return e
    return join(replace(whole, number=whole.number / abs(whole.number)))


def _without_invertible_factors(e: Node, x: Node, scope: Scope) -> tuple[Node, list[Node]]:
    """`A (...) == 0` without A, and the factors that were taken away."""
    taken: list[Node] = []
    while True:
        whole = split(e)
        chain = list(whole.body.args) if whole.body is not None and whole.body.op == "matmul" else []
        if len(chain) < 2:
            return e, taken
        first, last = chain[0], chain[-1]
        rest: list[Node] | None = None
        if is_invertible(first, x, scope, INJECTIVE):
            taken, rest = [*taken, first], chain[1:]
        elif is_invertible(last, x, scope, INVERTIBLE):
            taken, rest = [*taken, last], chain[:-1]
        if rest is None or not any(contains(r, lambda n: n == x) for r in rest):
            return e, taken[:-1] if rest is not None else taken
        e = tidy(matmul(*rest) if len(rest) > 1 else rest[0])


def is_invertible(node: Node, x: Node, scope: Scope, facts: frozenset[str] = INVERTIBLE) -> bool:
    """Whether facts show that a matrix without x has an inverse."""
    if contains(node, lambda n: n == x):
        return False
    if node.op == "sym":
        return bool(node.symbol.facts & facts)
    return node.op == "inv" or node.shape.kind == "matrix" and definite(node, scope)


# ---------------------------------------------------------------- linear


def linear(problem: Problem) -> Solution:
    """`M x == b` or `x M == b`."""
    x, scope = problem.x, problem.scope
    matrix, right, side = linear_parts(problem.e, x, scope)
    if is_zero(matrix):
        raise NotDerived(f"{text(x)} drops out of the equation")
    matrix, right, shared = without_common_factor(matrix, right)
    matrix, right = _cleared(problem.simplified(matrix), problem.simplified(right), scope)
    if is_negative(matrix) and (is_negative(right) or is_zero(right)):
        matrix, right = (shorten(opposite(n)) for n in (matrix, right))
    number = scalar_of(matrix) if not x.shape.is_scalar else matrix
    if number is not None:
        applied = tidy(mul(number, x))
        solution = _divided(right, number)
        why = "divide by {0}"
        by = number
    elif matrix.shape.dims[0] != matrix.shape.dims[1]:
        raise NotDerived(f"{text(matrix)} is not square: the equation has no solution, or many")
    else:
        applied = tidy(matmul(matrix, x) if side == "left" else matmul(x, matrix))
        inverse = tidy(build("inv", matrix))
        solution = matmul(inverse, right) if side == "left" else matmul(right, inverse)
        why = "multiply by {0}"
        by = inverse
    solution = problem.simplified(solution) if not is_zero(right) else zero(x.shape)
    if number is None and right.op == "add":  # inv(H) (H w - g) is w - inv(H) g
        parts = [matmul(inverse, t) if side == "left" else matmul(t, inverse) for t in right.args]
        apart = problem.simplified(tidy(add(*(problem.simplified(p) for p in parts))))
        solution = apart if node_count(apart) < node_count(solution) else solution
    lines = []
    if applied != x:
        how = f"divide by {{0}}, collect {{1}}" if shared != Term() else "collect {1}"
        lines.append(Line(applied, right, Reason(how, (join(shared), x))))
    lines.append(Line(x, solution, Reason(why, (by,)) if applied != x else Reason("collect {0}", (x,))))
    return Solution(solution, tuple(lines), matrix, relation=(applied, right))


def _divided(right: Node, number: Node) -> Node:
    """Each term divided, where that is shorter."""
    whole = tidy(div(right, number))
    apart = shorten(tidy(add(*(div(t, number) for t in terms(right)))))
    return apart if node_count(apart) < node_count(whole) else whole


def scalar_of(matrix: Node) -> Node | None:
    """c of `c I`."""
    parts = [split(t) for t in terms(matrix)]
    if not all(p.body is not None and p.body.op == "eye" for p in parts):
        whole = split(matrix)
        bracket = whole.body is not None and whole.body.op == "add" and whole.coefficient != Term()
        inner = scalar_of(whole.body) if bracket and whole.body is not None else None
        return None if inner is None else tidy(mul(join(whole.coefficient), inner))
    return shorten(tidy(add(*(join(p.coefficient) for p in parts))))


def _cleared(matrix: Node, right: Node, scope: Scope) -> tuple[Node, Node]:
    """Both sides divided by the positive coefficient of the right one: `v / t` becomes `v`."""
    whole = split(right)
    powers = tuple((b, e) for b, e in whole.scalars if e < 0 and positive(b, scope))
    number = Fraction(1, whole.number.denominator) if not is_zero(right) else Fraction(1)
    if not powers and number == 1 or whole.body is None and not right.shape.is_scalar:
        return matrix, right
    by = Term(number, powers).inverse()
    return scaled(matrix, by), scaled(right, by)


def linear_parts(e: Node, x: Node, scope: Scope) -> tuple[Node, Node, str]:
    """M, b and the side of M with `e == M x - b`; NotLinear where e is not linear in x."""
    right = opposite(tidy(substitute(e, {x: zero(x.shape)})))
    if x.shape.kind == "matrix":
        matrix, side = _matrix_equation(tidy(add(e, right)), x)
    else:
        work = Differentiation(Asked(e, x, scope).variation(), inline=True)
        try:
            _, differential = work.run(e)
            matrix, side = tidy(jacobian_of(differential, x, scope)), "left"
        except NotDerived as error:
            raise _not_linear(x) from error
    matrix = shorten(matrix)
    if contains(matrix, lambda n: n == x) or Asked(matrix, x, scope).variation().varies(matrix):
        raise _not_linear(x)
    return matrix, shorten(right), side


def opposite(node: Node) -> Node:
    """-node, the sign inside a sum."""
    if node.op == "add":
        return tidy(add(*(opposite(a) for a in node.args)))
    whole = split(node)
    if whole.body is not None and whole.body.op == "add" and whole.number < 0:
        return join(replace(whole, number=-whole.number))
    return tidy(neg(node))


def _not_linear(x: Node) -> NotDerived:
    return NotLinear(f"no closed form found: the stationarity equation is not linear in {text(x)}")


def _matrix_equation(e: Node, x: Node) -> tuple[Node, str]:
    """`A X` summed over terms with nothing on the right of X (or nothing on the left)."""
    lefts: list[Node] = []
    rights: list[Node] = []
    for part in (p for t in terms(multiplied_out_in(e, x)) for p in terms(t)):
        term = split(part)
        factors = list(term.body.args) if term.body and term.body.op == "matmul" else [term.body]
        if factors.count(x) != 1 or any(
            f is not None and f != x and contains(f, lambda n: n == x) for f in factors
        ):
            raise _not_linear(x)
        i = factors.index(x)
        before, after = [f for f in factors[:i] if f], [f for f in factors[i + 1 :] if f]
        lefts.append(_coefficient(term, before, x, 0) if not after else ONE)
        rights.append(_coefficient(term, after, x, 1) if not before else ONE)
    if all(n is not ONE for n in lefts):
        return tidy(add(*lefts)), "left"
    if all(n is not ONE for n in rights):
        return tidy(add(*rights)), "right"
    raise NotDerived(f"{text(x)} has factors on both sides (a Sylvester equation): no closed form without vec")


def _coefficient(term: Term, factors: list[Node], x: Node, side: int) -> Node:
    body = matmul(*factors) if factors else build("eye", count(x.shape.dims[side]))
    return join(replace(term, body=body))


def without_common_factor(matrix: Node, right: Node) -> tuple[Node, Node, Term]:
    """The equation divided by what all its terms share, and what that is."""
    parts = [split(t) for t in (*terms(_spread(matrix)), *terms(_spread(right))) if not is_zero(t)]
    if not parts:
        return matrix, right, Term()
    first = parts[0]
    powers = []
    for base, exponent in first.scalars:
        least = min(dict(p.scalars).get(base, 0 * exponent) for p in parts)
        if least > 0 and base.op != "add":
            powers.append((base, least))
    number = abs(first.number) if all((p.number / first.number).denominator == 1 for p in parts) else 1
    shared = Term(Fraction(number), tuple(powers))
    if shared == Term():
        return matrix, right, Term()
    inverse = shared.inverse()
    return scaled(matrix, inverse), scaled(right, inverse), shared


def _spread(node: Node) -> Node:
    """A coefficient before a bracket moved into it, so that every term shows its factors."""
    term = split(node)
    if term.body is not None and term.body.op == "add":
        inside = [split(t) for t in terms(term.body)]
        return tidy(add(*(join(t.coefficient.times(term.coefficient).times(Term(body=t.body))) for t in inside)))
    return node


def scaled(node: Node, by: Term) -> Node:
    parts = [split(t) for t in terms(_spread(node))]
    return tidy(add(*(join(p.coefficient.times(by).times(Term(body=p.body))) for p in parts)))


# ---------------------------------------------------------------- through the inverse of a matrix


def through_inverse(problem: Problem) -> Solution:
    """`a inv(X) + b inv(X) B inv(X) + C == 0`: linear in inv(X), or linear in X after a product with X on both sides."""
    x, scope = problem.x, problem.scope
    if x.shape.kind != "matrix" or x.shape.dims[0] != x.shape.dims[1]:
        raise _not_linear(x)
    inverse = build("inv", x)
    if not contains(problem.e, lambda n: n == inverse):
        raise _not_linear(x)
    y = sym(f"{x.symbol.name}'", x.shape, x.args, x.symbol.facts)
    in_y = substitute(multiplied_out_in(problem.e, x), {inverse: y})
    if not problem.holds(in_y):
        try:
            return _in_inverse(problem, in_y, y)
        except NotLinear:
            pass
    left, right = _by_sign([tidy(matmul(x, t, x)) for t in terms(multiplied_out_in(problem.e, x))])
    left, right = (_cancelled(side, x, scope) for side in (left, right))
    if contains(add(left, right), lambda n: n == inverse):
        raise _not_linear(x)
    start = _by_sign(list(terms(multiplied_out_in(problem.e, x))))
    lines = [
        Line(*start, Reason("the terms on both sides")),
        Line(left, right, Reason("multiply by {0} from the left and from the right", (x,))),
    ]
    rest = linear(replace(problem, e=tidy(add(left, neg(right)))))
    more = tuple(line for line in rest.lines if (line.left, line.right) != (left, right))
    return replace(rest, lines=(*lines, *more), matrix=None)


def _in_inverse(problem: Problem, in_y: Node, y: Node) -> Solution:
    found = linear(replace(problem, e=in_y, x=y))
    back = {y: build("inv", problem.x)}
    lines = [_with(n, back) for n in found.lines]
    solution = problem.simplified(build("inv", found.expression))
    lines.append(Line(problem.x, solution, Reason("invert both sides")))
    return Solution(solution, tuple(lines), conditions=(found.expression,))


def _with(line: Line, values: dict[Node, Node]) -> Line:
    """The line with names replaced, in its reason too."""
    nodes = tuple(substitute(n, values) for n in line.reason.nodes)
    reason = replace(line.reason, nodes=nodes)
    return replace(line, left=substitute(line.left, values), right=substitute(line.right, values), reason=reason)


def _by_sign(parts: list[Node]) -> tuple[Node, Node]:
    """Positive terms on the left, the opposites of negative ones on the right."""
    left = [t for t in parts if split(t).number > 0]
    right = [tidy(neg(t)) for t in parts if split(t).number < 0]
    nothing = zero(parts[0].shape)
    return tidy(add(*left)) if left else nothing, tidy(add(*right)) if right else nothing


def _cancelled(node: Node, x: Node, scope: Scope) -> Node:
    return simplify(node, scope)[0]


# ---------------------------------------------------------------- entry by entry


def entrywise(problem: Problem) -> Solution:
    """A scalar equation, or one that says the same of every entry of arrays."""
    x, scope = problem.x, problem.scope
    if x.shape.is_scalar:
        work = Isolation(x, scope)
        solution = problem.simplified(work.solve(simplify(problem.e, scope)[0]))
        lines = tuple(work.lines)
        if lines and lines[-1].right != solution:
            lines = (*lines, Line(x, solution, Reason("simplify")))
        return Solution(solution, lines, None, tuple(work.conditions), work.relation)
    names: dict[Node, Node] = {}
    entry, scope = _entry_of(x, scope)
    flat = _entry(simplify(problem.e, scope)[0], x, entry, names, scope)
    work = Isolation(entry, scope)
    back = {entry: x, **{v: k for k, v in names.items()}}

    def whole(node: Node) -> Node:
        if is_zero(node):
            return zero(x.shape)
        array = tidy(substitute(node, back))
        return array if array.shape == x.shape else mul(array, filled(x.shape))

    solution = whole(work.solve(flat))
    lines = tuple(
        replace(_with(n, back), left=whole(n.left), right=whole(n.right)) for n in work.lines
    )
    simple = problem.simplified(solution)
    relation = (whole(work.relation[0]), whole(work.relation[1])) if work.relation else None
    lines = (*lines[:-1], replace(lines[-1], right=simple))
    return Solution(simple, lines, None, tuple(map(whole, work.conditions)), relation)


def _entry_of(x: Node, scope: Scope) -> tuple[Node, Scope]:
    """A name for one entry of x, declared where x may lie."""
    name = f"{x.symbol.name}_i"
    while name in scope.declarations or name in scope.definitions:
        name += "i"
    facts = x.symbol.facts | ({"positive"} if "simplex" in x.symbol.facts else frozenset())
    known = scope.declarations.get(x.symbol.name)
    declared = Declaration(name, SCALAR, (), facts, interval=known.interval if known else None)
    return sym(name, SCALAR, (), facts), replace(scope, declarations={**scope.declarations, name: declared})


def _entry(node: Node, x: Node, entry: Node, names: dict[Node, Node], scope: Scope) -> Node:
    """The equation of one entry: arrays without x are names of their own."""
    if node == x:
        return entry
    if not contains(node, lambda n: n == x):
        if node.shape.is_scalar:
            return node
        if node.op == "ones":
            return ONE
        if node.op in ("add", "neg", "mul", "div"):
            return rebuild_scalar(node, [_entry(a, x, entry, names, scope) for a in node.args])
        facts = frozenset({"positive"}) if positive(node, scope) else frozenset()
        indices = tuple(count(i) for i in sorted(free_indices(node)))
        return names.setdefault(node, sym(f"entry {len(names)}", SCALAR, indices, facts))
    if node.op == "sum_over" and node.shape == x.shape:
        inside = _entry(node.args[0], x, entry, names, scope)
        return Node("sum_over", (inside,), node.data, inside.shape)
    if node.shape == x.shape and (node.op in ("add", "neg", "mul", "div", "pow") or node.op in ELEMENTWISE):
        return rebuild_scalar(node, [_entry(a, x, entry, names, scope) for a in node.args])
    raise _not_linear(x)


def rebuild_scalar(node: Node, args: list[Node]) -> Node:
    return build(node.op, *args, data=node.data)


WAYS: tuple[Callable[[Problem], Solution], ...] = (linear, through_inverse, entrywise)
__all__ = ["Solution", "rebuild", "solved"]
