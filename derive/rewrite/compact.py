"""Shorter ways to say an answer: customary functions, powers, one transpose, one case distinction, known names.

A move proposes equal expressions; the shortest one is taken as long as one is shorter than what stands. To add
a move: a generator `(node, scope, names) -> (candidate, reason)` and a row in MOVES.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Sequence

from derive.notation.derivation import Reason
from derive.rewrite.about import about
from derive.rewrite.algebra import simplify
from derive.rewrite.customary import customary
from derive.rewrite.depend import graph_of
from derive.rewrite.division import divided
from derive.rewrite.fold import folded_by
from derive.rewrite.gathered import gathered
from derive.rewrite.plain import numbers_for_ones, outside_verbs
from derive.rewrite.polynomial import multiplied_out
from derive.rewrite.shorten import shorten
from derive.rewrite.terms import Term, join, split, transposed
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import Node, Range, contains, names_in, node_count, walk
from derive.tree.sizes import never_negative
from derive.vocabulary.build import ONE, T, add, build, matmul, mul, num, power, rebuild, substitute
from derive.vocabulary.scope import Scope

Names = Sequence[Node]
Candidates = Iterator[tuple[Node, Reason | None]]
Move = Callable[[Node, Scope, Names], Candidates]
ROUNDS = 12
CUBE = 3  # equal factors that read better as a power
LARGEST = 120  # nodes of an answer in which definitions are opened in search of a shorter one
OWN = 3  # nodes that a function's own name must save in its derivative


def compact(node: Node, scope: Scope, names: Names = ()) -> tuple[Node, list[Reason]]:
    """The shortest form that the moves lead to, and what the reader must know to follow."""
    reasons: list[Reason] = []
    own = [_meaning(n, scope) for n in names[-1:] if n.shape.is_scalar]
    for _ in range(ROUNDS):
        size, best = node_count(node), None
        for move in MOVES:
            for candidate, reason in move(node, scope, names):
                short = shorten(simplify(candidate, scope)[0])
                if reason in own and _times(names[-1], short) > 1:
                    continue  # r in its own gradient once, not r squared
                if node_count(short) + (reason in own) * OWN < size:
                    size, best = node_count(short), (short, reason)
        if best is None:
            break
        node = best[0]
        if best[1] is not None and best[1] not in reasons:
            reasons.append(best[1])
    return node, reasons


def polished(node: Node) -> Node:
    """The last touch: one transpose for several, numbers for multiples of ones. Bookkeeping would undo it."""
    for change in (_one_square, _entry_power):
        node = outside_verbs(node, change)
    return numbers_for_ones(_turned(node))


def _entry_power(node: Node) -> Node:
    """`s * s * s` of arrays is `s**3`, `(b - A x) * (b - A x)` a square."""
    if node.op != "mul" or node.shape.is_scalar:
        return node
    counts = Counter(a for a in node.args if not a.shape.is_scalar)
    apart = {a for a, k in counts.items() if k > 1 and not _side_by_side(a, node.args)}
    if not any(_reads_better_as_power(a, k) or a in apart for a, k in counts.items()):
        return node
    factors = [a for a in node.args if a.shape.is_scalar]
    for a, k in counts.items():
        raised = a in apart or _reads_better_as_power(a, k)
        factors.append(power(a, k) if raised else mul(*[a] * k))
    return factors[0] if len(factors) == 1 else mul(*factors)


def _side_by_side(factor: Node, factors: tuple[Node, ...]) -> bool:
    places = [i for i, a in enumerate(factors) if a == factor]
    return places[-1] - places[0] == len(places) - 1


def _reads_better_as_power(factor: Node, times: int) -> bool:
    return times >= CUBE or times == CUBE - 1 and node_count(factor) > CUBE


def _times(name: Node, node: Node) -> int:
    return sum(n == name for n in walk(node))


# ---------------------------------------------------------------- moves


def _customary(node: Node, scope: Scope, names: Names) -> Candidates:
    """`exp(z) / sum(exp(z))` is a softmax, `exp(a) / (1 + exp(a))` a sigmoid, `sum(v) / n` a mean."""
    new = customary(node)
    if new != node:
        yield new, None


def _without_index(node: Node, scope: Scope, names: Names) -> Candidates:
    """`sum(p[s] * f[s], s)` is `p.T @ f`."""
    new = gathered(node)
    if new != node:
        yield new, None


def _fractions(node: Node, scope: Scope, names: Names) -> Candidates:
    """`(1 - b)**2 / (1 - b**2)` is `(1 - b) / (1 + b)`."""
    new = divided(node)
    if new != node:
        yield new, None


def _points(node: Node, scope: Scope, names: Names) -> Candidates:
    """`inv(H + a I) @ (H @ u + a * u - g)` is `u - inv(H + a I) @ g`."""
    new = about(node)
    if new != node:
        yield new, None


def _powers(node: Node, scope: Scope, names: Names) -> Candidates:
    """`X @ X @ X` is `matpow(X, 3)`, `inv(X) @ inv(X)` is `matpow(X, -2)`."""
    new = outside_verbs(node, _with_powers)
    if new != node:
        yield new, None


def _with_powers(node: Node) -> Node:
    if node.op != "matmul":
        return node
    runs: list[tuple[Node, int]] = []
    for factor in node.args:
        base, k = _power(factor)
        if runs and runs[-1][0] == base and runs[-1][1] * k > 0:
            runs[-1] = (base, runs[-1][1] + k)
        else:
            runs.append((base, k))
    if len(runs) == len(node.args):
        return node
    factors = [_raised(base, k) for base, k in runs]
    return factors[0] if len(factors) == 1 else matmul(*factors)


def _power(factor: Node) -> tuple[Node, int]:
    if factor.op == "inv":
        return factor.args[0], -1
    if factor.op == "matpow" and factor.args[1].op == "num":
        return factor.args[0], int(factor.args[1].number)
    if factor.op == "T" and factor.args[0].op in ("inv", "matpow"):
        base, k = _power(factor.args[0])
        return T(base), k
    return factor, 1


def _raised(base: Node, k: int) -> Node:
    if k == 1:
        return base
    if base.op == "T":
        return T(_raised(base.args[0], k))
    return build("inv", base) if k == -1 else build("matpow", base, num(k))


def _turned(node: Node) -> Node:
    """`A.T @ B.T @ C.T` is `(C @ B @ A).T`: one transpose for several, of the whole or of a summand."""
    node = outside_verbs(node, _trace_turned)
    if node.shape.kind != "matrix":
        return node
    parts = terms(node)
    whole = _one_transpose(node)
    by_parts = add(*(_one_transpose(part) or part for part in parts))
    return min(whole or node, by_parts, key=node_count)


def _one_transpose(node: Node) -> Node | None:
    term = split(node)
    if term.body is None or term.body.op not in ("matmul", "add") or term.body.shape.kind != "matrix":
        return None
    turned = T(tidy(transposed(term.body)))
    if node_count(turned) > node_count(term.body) - 2:
        return None
    return join(term.coefficient.times(split(turned)))


def _trace_turned(node: Node) -> Node:
    """The trace and the diagonal of a matrix are those of its transpose."""
    if node.op not in ("trace", "diagpart"):
        return node
    turned = rebuild(node, (tidy(transposed(node.args[0])),))
    return turned if node_count(turned) < node_count(node) else node


def _one_square(node: Node) -> Node:
    """`(a * a).T @ (b * b)` is the squared norm of `a * b`."""
    if node.op != "matmul" or len(node.args) != 2 or not node.shape.is_scalar:
        return node
    roots = [_root(transposed(node.args[0])), _root(node.args[1])]
    if None in roots:
        return node
    return build("sqnorm", mul(*(r for r in roots if r is not None)))


def _root(node: Node) -> Node | None:
    if node.op == "mul" and len(node.args) == 2 and node.args[0] == node.args[1]:
        return node.args[0]
    return None


def _diagonals(node: Node, scope: Scope, names: Names) -> Candidates:
    """`diag(a) - diag(b)` is `diag(a - b)`."""
    new = outside_verbs(node, _one_diagonal)
    if new != node:
        yield new, None


def _one_diagonal(node: Node) -> Node:
    if node.op != "add" or node.shape.kind != "matrix":
        return node
    groups: dict[tuple[Node, ...], list[tuple[Term, Node]]] = {}
    for part in map(split, node.args):
        if part.body is None:
            return node
        links = part.body.args if part.body.op == "matmul" else (part.body,)
        diagonal = links[0].op == "diag"
        rest = tuple(a for a in (links[1:] if diagonal else links) if a.op != "eye")
        groups.setdefault(rest, []).append((part, links[0] if diagonal else ONE))
    if not any(len(g) > 1 and any(n.op == "diag" for _, n in g) for g in groups.values()):
        return node
    parts = []
    for rest, group in groups.items():
        whole = add(*(_diagonal_entries(term, n) for term, n in group)) if len(group) > 1 else None
        if whole is None or whole.shape.is_scalar:
            parts += [join(term) for term, _ in group]
        else:
            inside = build("diag", tidy(whole))
            parts.append(matmul(inside, *rest) if rest else inside)
    return add(*parts) if len(parts) > 1 else parts[0]


def _diagonal_entries(term: Term, diagonal: Node) -> Node:
    """The entries that a term adds to a diagonal; a number where they are all the same."""
    return join(term.coefficient.times(split(diagonal.args[0] if diagonal.op == "diag" else ONE)))


def _cases(node: Node, scope: Scope, names: Names) -> Candidates:
    """`a * where(c, 1, 0) + b * where(c, 0, 1)` is `where(c, a, b)`."""
    new = outside_verbs(node, _one_case)
    if new != node:
        yield new, None


def _one_case(node: Node) -> Node:
    if node.op != "add":
        return node
    parts = [_case(a) for a in node.args]
    for i, first in enumerate(parts):
        for j in range(i + 1, len(parts)):
            second = parts[j]
            if first is None or second is None or first[0] != second[0]:
                continue
            branches = (tidy(add(a, b)) for a, b in zip(first[1:], second[1:], strict=True))
            merged = build("where", first[0], *branches)
            rest = [a for k, a in enumerate(node.args) if k not in (i, j)]
            return _one_case(add(merged, *rest)) if rest else merged
    return node


def _case(node: Node) -> tuple[Node, Node, Node] | None:
    """Condition and branches of an entrywise product with one case distinction in it."""
    if node.op == "where":
        return node.args  # type: ignore[return-value]
    if node.op == "neg":
        inner = _case(node.args[0])
        return inner and (inner[0], tidy(build("neg", inner[1])), tidy(build("neg", inner[2])))
    if node.op != "mul":
        return None
    cases = [a for a in node.args if a.op == "where"]
    rest = [a for a in node.args if a.op != "where"]
    if len(cases) != 1 or cases[0].shape != node.shape:
        return None
    condition, a, b = cases[0].args
    return condition, tidy(mul(*rest, a)), tidy(mul(*rest, b))


def _names(node: Node, scope: Scope, names: Names) -> Candidates:
    """Definitions of the author found in the answer."""
    graph, here = graph_of(scope), names_in(node)
    for name in names:
        if here.isdisjoint(graph.edges.get(name.symbol.name, ())):
            continue
        if name.args and not _bound_as_declared(node, scope):
            continue
        for candidate in folded_by(node, name, scope):
            yield candidate, _meaning(name, scope)


def _inverses(node: Node, scope: Scope, names: Names) -> Candidates:
    """Names whose definitions hold an inverse, opened and multiplied out: `trace(H)` is d, `H @ X` is X."""
    if node_count(node) > LARGEST:
        return
    for name in dict.fromkeys(n for n in walk(node) if n.op == "sym" and not n.args):
        body = scope.open(name)
        if body is None or not contains(body, lambda n: n.op == "inv"):
            continue
        put_in = substitute(node, {name: body})
        yield put_in, _meaning(name, scope)
        yield multiplied_out(simplify(put_in, scope)[0]), _meaning(name, scope)


def _bound_as_declared(node: Node, scope: Scope) -> bool:
    """Whether indices bound in the tree run over no more than their declared ranges, where definitions hold."""
    for part in walk(node):
        if isinstance(part.data, Range) and part.data.var in scope.indices:
            low, high = scope.indices[part.data.var]
            if not (never_negative(part.data.low - low, {}) and never_negative(high - part.data.high, {})):
                return False
    return True


def _meaning(name: Node, scope: Scope) -> Reason:
    body = scope.open(name)
    assert body is not None
    return Reason("{0} = {1}", (name, body))


MOVES: tuple[Move, ...] = (
    _customary,
    _without_index,
    _fractions,
    _points,
    _powers,
    _diagonals,
    _cases,
    _names,
    _inverses,
)
