"""Derivations of the engine with one planted error: 18 kinds, the last six of which the repair table does not know.

A mutant is one line of one chain with another right side. Some are ill-typed: they are nodes only to be printed. Those
that change no value are excluded by evaluation here, without the checker. To add a kind: a row in KINDS.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path as File
from typing import Callable, Iterator

import numpy as np

from derive.errors import DeriveError
from derive.judging.places import Path, places, put
from derive.kinds.result import PartResult
from derive.notation.derivation import Chain, Line
from derive.notation.evaluate import Evaluator, draw
from derive.notation.latex import latex
from derive.problem.model import Part
from derive.render.chains import shown
from derive.tree.nodes import Node, Range, free_indices, names_in
from derive.tree.sizes import Size
from derive.vocabulary.build import TABLE, add, build, count, mul, neg, num, over, power, sym
from derive.vocabulary.scope import Scope

Mutation = Callable[[Node, Node | None, Scope], Iterator[Node]]


def files(root: File) -> list[File]:
    """Every problem of the collections and the gallery."""
    found = [*sorted(root.glob("problems/*/*.yaml")), *sorted(root.glob("docs/gallery/*.yaml"))]
    return [file for file in found if file.read_text(encoding="utf-8").startswith("format:")]


SEEDS = (101, 102, 103, 104)
SAME = 1e-6


@dataclass(frozen=True)
class Mutant:
    """`line` counts the lines of the chain from 0."""

    kind: str
    part: Part
    chain: Chain
    line: int
    result: PartResult

    @property
    def text(self) -> str:
        return printed(self.chain, self.result)


def printed(chain: Chain, result: PartResult) -> str:
    r"""The chain as a student would hand it in, with the meanings of its own names behind it.

    The first line of an `aligned` is line 2 of the text."""
    scope = result.part.scope
    signs = {"==": "=", "<=": r"\le", ">=": r"\ge", "~=": r"\approx"}
    rows = []
    for left, line in shown(chain):
        side = latex(left, scope.notation) if left is not None else ""
        rows.append(f"{side} &{signs[line.relation]} {latex(line.right, scope.notation)}".strip())
    text = "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$\n"
    used = frozenset().union(*(names_in(side) for line in chain.lines for side in (line.left, line.right)))
    introduced = {one.name for found in result.answers for one in found.answer.introduced}
    for name, meaning in {pair: None for found in result.answers for pair in found.answer.where}:
        if name.op == "sym" and name.symbol.name in used & introduced:
            text += f"\nwhere\n$${latex(name, scope.notation)} = {latex(meaning, scope.notation)}$$\n"
    return text


FIRST_LINE = 2  # of `printed`


def mutants(
    result: PartResult, chain: Chain, kinds: tuple[str, ...] | None = None, seed: int = 0
) -> Iterator[Mutant]:
    """One mutant of each kind for each line that admits one; which place is drawn by the seed."""
    part = result.part
    draw_ = random.Random(f"{seed} {part.id} {len(chain.lines)}")
    for i, line in enumerate(chain.lines):
        for kind, (row, typed) in KINDS.items():
            if kinds is not None and kind not in kinds:
                continue
            options = list(_options(line, row, typed, part.scope))
            draw_.shuffle(options)
            for right in options[:6]:
                if not _is_seen(line.right, right, part.scope):
                    continue
                if _differs(part, chain, line, right):
                    lines = (*chain.lines[:i], replace(line, right=right), *chain.lines[i + 1 :])
                    yield Mutant(kind, part, replace(chain, lines=lines), i, result)
                    break


def _is_seen(old: Node, new: Node, scope: Scope) -> bool:
    """Whether it is printed, and differs in print."""
    try:
        return latex(new, scope.notation) != latex(old, scope.notation)
    except DeriveError:
        return False


def _options(line: Line, row: Mutation, typed: bool, scope: Scope) -> Iterator[Node]:
    nodes = dict(places(line.right))
    for path, node in nodes.items():
        if any(nodes[path[:i]].op in ("gradient", "jacobian", "hessian", "argmin") for i in range(len(path))):
            continue  # inside a question: that is another question, not a slip
        parent = nodes[path[:-1]] if path else None
        for new in _safe(row(node, parent, scope)):
            try:
                yield put(line.right, path, new) if typed else _raw(line.right, path, new)
            except DeriveError:
                continue


def _safe(changes: Iterator[Node]) -> Iterator[Node]:
    while True:
        try:
            yield next(changes)
        except (StopIteration, DeriveError):
            return


def _raw(node: Node, path: Path, new: Node) -> Node:
    """Put without a check of shapes."""
    if not path:
        return new
    i = path[0]
    args = (*node.args[:i], _raw(node.args[i], path[1:], new), *node.args[i + 1 :])
    return Node(node.op, args, node.data, node.shape)


# ---------------------------------------------------------------- is it an error at all?


def _differs(part: Part, chain: Chain, line: Line, right: Node) -> bool:
    """Whether the new side differs from the old one on an instance, by evaluation alone. Ill-typed sides differ."""
    if not _is_typed(right):
        return True
    different = False
    for seed in SEEDS:
        try:
            evaluator = _evaluator(part, chain, seed)
            old, new = evaluator.value(line.right), evaluator.value(right)
        except (DeriveError, RecursionError):
            continue
        if old.shape != new.shape:
            return True
        scale = max(float(np.max(np.abs(old))), float(np.max(np.abs(new))), 1e-9)
        different |= float(np.max(np.abs(old - new))) > SAME * scale
    return different


@cache
def _cached(
    scope: Scope, ranges: tuple[tuple[str, tuple[Size, Size]], ...], wrt: Node | None, seed: int
) -> Evaluator:
    return Evaluator(scope, draw(scope, frozenset(), seed, dict(ranges)), wrt)


def _evaluator(part: Part, chain: Chain, seed: int) -> Evaluator:
    ranges = {**part.ranges, **chain.ranges}
    return _cached(part.scope, tuple(sorted(ranges.items())), chain.wrt, seed)


def _is_typed(node: Node) -> bool:
    try:
        if node.op == "sym" or not node.args:
            return True
        return (
            all(_is_typed(a) for a in node.args)
            and build(node.op, *node.args, data=node.data).shape == node.shape
        )
    except DeriveError:
        return False


# ---------------------------------------------------------------- kinds that the repair table knows


def _sign(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "neg":
        yield node.args[0]
    elif parent is None or parent.op == "add":
        yield neg(node)


def _factor(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "num" and node.number == 2 and parent is not None and parent.op == "mul":
        yield num(1)
    if parent is None or parent.op == "add":
        yield mul(num(2), node)


def _transpose(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "T":
        yield node.args[0]
    elif (
        node.op == "sym"
        and node.shape.kind == "matrix"
        and (parent is None or parent.op in ("matmul", "mul", "add"))
    ):
        yield Node("T", (node,), None, node.shape)


def _index(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "sym":
        for i, a in enumerate(node.args):
            if a.op == "count":
                for shift in (1, -1):
                    args = (*node.args[:i], count(a.size + shift), *node.args[i + 1 :])
                    yield sym(node.symbol.name, node.shape, args, node.symbol.facts)


def _swap(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "matmul":
        for i in range(len(node.args) - 1):
            args = (*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :])
            yield Node("matmul", args, None, node.shape)


def _norm(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op in ("norm", "sqnorm"):
        yield build("norm" if node.op == "sqnorm" else "sqnorm", node.args[0])
    if node.op == "pow" and node.args[0].op == "norm":
        yield node.args[0]


def _local(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """The gradient of the whole for that of a part, and the other way."""
    if node.op != "gradient" or node.args[0].op != "sym":
        return
    body = node.args[0]
    for name, definition in scope.definitions.items():
        if not definition.shape.is_scalar or definition.body is None or name == body.symbol.name:
            continue
        if not definition.params and body.symbol.name in names_in(definition.body):
            yield Node("gradient", (sym(name, definition.shape), *node.args[1:]), None, node.shape)
        own = scope.open(body)
        if definition.params and own is not None and name in names_in(own) and len(definition.params) == 1:
            index = node.args[1].args or (count(definition.params[0]),)
            yield Node("gradient", (sym(name, definition.shape, index[:1]), *node.args[1:]), None, node.shape)


def _name(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op != "sym":
        return
    for name, declared in scope.declarations.items():
        if (
            name != node.symbol.name
            and declared.shape == node.shape
            and len(declared.params) == len(node.args)
        ):
            yield sym(name, declared.shape, node.args, declared.facts)


def _sum(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "sum_over" and node.range.var in scope.indices:
        yield node.args[0]


def _drop(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op in ("mul", "matmul") and len(node.args) > 1:
        for i in range(len(node.args)):
            rest = (*node.args[:i], *node.args[i + 1 :])
            yield rest[0] if len(rest) == 1 else Node(node.op, rest, None, node.shape)


def _term(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "add":
        for i in range(len(node.args)):
            yield build("add", *node.args[:i], *node.args[i + 1 :])


def _bound(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if isinstance(node.data, Range):
        range_ = node.data
        yield over(node.op, node.args[0], range_.var, range_.low + 1, range_.high)
        yield over(node.op, node.args[0], range_.var, range_.low, range_.high - 1)


def _diag(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "diag":
        yield node.args[0]


# ---------------------------------------------------------------- kinds that it does not know

OTHER = {
    "tanh": "sigmoid", "sigmoid": "tanh", "exp": "log", "log": "exp", "sin": "cos", "cos": "sin", "sqrt": "exp",
    "phi": "Phi", "Phi": "phi", "relu": "tanh", "softplus": "sigmoid", "softmax": "exp", "trace": "sum", "norm": "sum",
}  # fmt: skip


def _function(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op in OTHER:
        yield build(OTHER[node.op], *node.args)


def _parentheses(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """a (b + c) becomes a b + c."""
    if node.op not in ("mul", "matmul"):
        return
    for i, factor in enumerate(node.args):
        if factor.op == "add":
            first, *rest = factor.args
            head = build(node.op, *node.args[:i], first, *node.args[i + 1 :])
            yield (
                add(head, *rest)
                if all(r.shape == head.shape for r in rest)
                else Node("add", (head, *rest), None, node.shape)
            )


def _constant(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "num" and parent is not None:
        yield num(node.number + 3)
        yield num(5 * node.number)


def _linear(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """f(u + v) becomes f(u) + f(v)."""
    if node.args and node.args[0].op == "add":
        row = TABLE[node.op]
        if row.kind == "elementwise" or node.op in ("inv", "norm", "sqnorm", "pow"):
            yield add(*(build(node.op, a, *node.args[1:]) for a in node.args[0].args))


def _twice(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """A factor counted twice."""
    if node.op == "mul":
        for a in node.args:
            if a.op != "num":
                yield mul(*node.args, a)


def _reciprocal(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """An inverse forgotten or too many."""
    if node.op == "inv":
        yield node.args[0]
    elif node.op == "pow" and node.args[1].op == "num":
        yield power(node.args[0], num(node.args[1].number + 2))
    elif node.op == "sym" and node.symbol.facts & {"invertible", "spd"}:
        yield build("inv", node)


KINDS: dict[str, tuple[Mutation, bool]] = {  # a kind, and whether its trees are typed
    "sign": (_sign, True),
    "factor 2": (_factor, True),
    "transpose": (_transpose, False),
    "index": (_index, True),
    "swap": (_swap, False),
    "norm": (_norm, True),
    "local": (_local, False),
    "name": (_name, True),
    "sum": (_sum, True),
    "dropped factor": (_drop, False),
    "dropped term": (_term, True),
    "bound": (_bound, True),
    "diag": (_diag, False),
    "function": (_function, True),
    "parentheses": (_parentheses, False),
    "constant": (_constant, True),
    "linearity": (_linear, True),
    "counted twice": (_twice, True),
    "reciprocal": (_reciprocal, True),
}
UNKNOWN_TO_THE_TABLE = ("function", "parentheses", "constant", "linearity", "counted twice", "reciprocal")

__all__ = ["FIRST_LINE", "KINDS", "UNKNOWN_TO_THE_TABLE", "Mutant", "free_indices", "mutants", "printed"]
