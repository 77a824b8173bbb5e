"""The last look at an answer: what stands in it twice gets a name, functions by a formula say their derivatives.

The names are definitions that the answer brings along (`p = softmax(A @ x)`); the checker opens them like an
author's. To add a customary letter: a row in LETTERS.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Iterator

from derive.notation.derivation import Block, Chain, Line, Reason
from derive.rewrite.closing import Asked
from derive.rewrite.derivative import gradient
from derive.rewrite.derived import Derived
from derive.rewrite.shortest import shortest
from derive.rewrite.tidy import tidy
from derive.tree.nodes import SCALAR, Node, Range, Shape, free_indices, names_in, node_count, walk
from derive.vocabulary.asked import OPAQUE
from derive.vocabulary.build import ELEMENTWISE, build, substitute, sym
from derive.vocabulary.scope import Declaration, Definition, Scope

WORTH = 4  # nodes that a name must save; for a function 1 will do
MOST_NAMES = 3

# what people call the value of an operation: as a scalar, a vector, a matrix
LETTERS = {
    "softmax": "ppP",
    "softmax_rows": "ppP",
    "sigmoid": "ssS",
    "add": "crR",
    "inv": "ccM",
    "exp": "eeE",
}
OTHERS = {"scalar": "csqgk", "vector": "uvrqgc", "matrix": "MKRQHG", "row": "uvr"}
FACTS = {"softmax": frozenset({"simplex"}), "softmax_rows": frozenset({"stochastic"})}


def with_names(asked: Node, found: Derived, scope: Scope) -> Derived:
    """The derivation with a closing line that names what its answer repeats, where that makes it shorter."""
    introduced: list[Definition] = []
    now = found.expression
    for _ in range(MOST_NAMES):
        repeated = _repeated(now)
        if repeated is None:
            break
        known = _known(repeated, scope)
        if known is not None:
            now = shortest(substitute(now, {repeated: known}), scope)[0]
            continue
        definition, name = _named(repeated, scope)
        scope = scope.introducing([definition])
        introduced.append(definition)
        now = shortest(substitute(now, {repeated: name}), scope)[0]
    if now == found.expression:
        return found
    left = names_in(now).union(*(names_in(d.body) for d in introduced if d.body is not None))
    introduced = [d for d in introduced if d.name in left]
    names = [sym(d.name, d.shape) for d in introduced]
    rows = tuple((n, d.body) for n, d in zip(names, introduced, strict=True) if d.body is not None)
    if node_count(now) + sum(node_count(b) + 1 for _, b in rows) > node_count(found.expression) + WORTH:
        return found
    words = "with " + ", ".join(f"{{{2 * i}}} = {{{2 * i + 1}}}" for i in range(len(rows)))
    reason = (
        Reason(words, tuple(n for row in rows for n in row))
        if rows
        else Reason("in the names of the problem")
    )
    line = Line(_left(asked, found), now, reason)
    return replace(
        found,
        expression=now,
        blocks=_closed_by(found.blocks, line),
        where=(*found.where, *rows),
        introduced=(*found.introduced, *introduced),
    )


def _known(body: Node, scope: Scope) -> Node | None:
    """The author's name for it, if there is one."""
    for definition in scope.definitions.values():
        if definition.body is not None and not definition.params and tidy(definition.body) == body:
            return sym(definition.name, definition.shape)
    return None


def _left(asked: Node, found: Derived) -> Node:
    last = next((b for b in reversed(found.blocks) if isinstance(b, Chain)), None)
    return last.lines[-1].left if last is not None else asked


def _closed_by(blocks: tuple[Block, ...], line: Line) -> tuple[Block, ...]:
    last = blocks[-1] if blocks else None
    if isinstance(last, Chain):
        return (*blocks[:-1], replace(last, lines=(*last.lines, line)))
    return (*blocks, Chain((line,)))


def _repeated(node: Node) -> Node | None:
    """The subtree that is most worth a name."""
    counts = Counter(_candidates(node, frozenset()))
    best, gain = None, 0
    for part, times in counts.items():
        size = node_count(part)
        saved = times * (size - 1) - size - 1
        wanted = 1 if (part.op in LETTERS or part.op in ELEMENTWISE) and part.op != "add" else WORTH
        if part.op == "add" and any(a.op == "num" for a in part.args):
            continue  # 1 - h reads better than a name
        if times > 1 and saved >= wanted and saved > gain:
            best, gain = part, saved
    return best


def _candidates(node: Node, bound: frozenset[str]) -> Iterator[Node]:
    """Subtrees that could be names: no leaves, no verbs, nothing that a sum around them binds."""
    if isinstance(node.data, Range):
        bound |= {node.data.var}
    if node.op in OPAQUE or not node.args:
        return
    if node.op not in ("T", "neg", "count", "sym", "ones", "eye", "diag", "onehot") and not (
        bound & free_indices(node) or any(n.op in OPAQUE for n in walk(node))
    ):
        yield node
    for a in node.args:
        yield from _candidates(a, bound)


def _named(body: Node, scope: Scope) -> tuple[Definition, Node]:
    row = LETTERS.get(body.op, "")
    kinds = {"scalar": 0, "vector": 1, "row": 1, "matrix": 2}
    customary = row[kinds[body.shape.kind]] if row and body.shape.kind in kinds else ""
    letters = customary + OTHERS.get(body.shape.kind, "MKRQHG")
    taken = _taken(scope)
    name = next((c for c in letters if c not in taken), None)
    if name is None:
        name = next(f"{letters[0]}_{i}" for i in range(1, 99) if f"{letters[0]}_{i}" not in taken)
    facts = FACTS.get(body.op, frozenset())
    return Definition(name, body.shape, body=body), sym(name, body.shape, facts=facts)


def _taken(scope: Scope) -> frozenset[str]:
    """Names of symbols, indices and sizes."""
    shapes: list[Shape] = [d.shape for d in scope.declarations.values()]
    shapes += [d.shape for d in scope.definitions.values()]
    sizes = {n for s in shapes for d in s.dims for n in d.names}
    sizes |= {n for low, high in scope.indices.values() for n in low.names | high.names}
    return frozenset(sizes) | scope.declarations.keys() | scope.definitions.keys() | scope.indices.keys()


# ---------------------------------------------------------------- functions given by a formula


def with_slopes(found: Derived, scope: Scope) -> Derived:
    """Derivatives of functions that the answer keeps under their names, derived once in a lemma."""
    used: dict[tuple[str, int], None] = {}
    for node in walk(found.expression):
        if node.op == "apply" and isinstance(node.data, tuple) and node.data[1] > 0:
            used[node.data] = None
    lemmas: list[Chain] = []
    rows: list[tuple[Node, Node]] = []
    brought: list[Declaration] = []
    for name, order in used:
        function = scope.definitions.get(name)
        if function is None or function.argument is None:
            continue
        z = _argument(function.argument, scope)
        if not scope.knows(z.symbol.name):
            brought.append(Declaration(z.symbol.name, SCALAR))
            scope = scope.introducing(brought)
        for k in range(1, order + 1):
            chain, row = _slope(function, z, k, scope)
            if row not in rows:
                lemmas.append(chain)
                rows.append(row)
    if not rows:
        return found
    return replace(
        found,
        blocks=(*found.blocks, *lemmas),
        where=(*found.where, *rows),
        introduced=(*found.introduced, *brought),
    )


def _argument(argument: Node, scope: Scope) -> Node:
    """A scalar symbol for the argument; another letter where the problem uses its name otherwise."""
    taken = _taken(scope)
    letters = (argument.symbol.name, *"zusrqv")
    known = scope.declarations.get(argument.symbol.name)
    if known is not None and known.shape.is_scalar and argument.symbol.name not in scope.definitions:
        return argument
    return sym(next(n for n in letters if n not in taken), SCALAR)


def _slope(function: Definition, z: Node, order: int, scope: Scope) -> tuple[Chain, tuple[Node, Node]]:
    """The lemma `f'(z) = ...` and its last equation."""
    assert function.argument is not None
    before, after = function.formula(order - 1), function.formula(order)
    assert before is not None
    assert after is not None
    swap = {function.argument: z}
    body, slope = substitute(before, swap), tidy(substitute(after, swap))
    left = build("apply", z, data=(function.name, order))
    lower = build("apply", z, data=(function.name, order - 1))
    steps = gradient(Asked(body, z, scope)).blocks
    first = Line(
        build("gradient", lower, z), build("gradient", body, z), Reason("definition of {0}", (lower,))
    )
    lines = [line for b in steps if isinstance(b, Chain) for line in b.lines]
    last = Line(left, slope, Reason("the derivative of {0}", (lower,)))
    return Chain((first, *lines, last), z, is_lemma=True), (left, slope)
