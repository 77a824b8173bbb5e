"""Derivations of the engine with one planted error, of the kinds of mutations.py, as a student would hand them in.

A mutant is one line of one chain with another right side. Some are ill-typed: they are nodes only to be printed. Those
that change no value are excluded by evaluation here, without the checker.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path as File
from typing import Iterator

import numpy as np
from mutations import KINDS, Mutation

from derive.errors import DeriveError
from derive.judging.places import Path, places, put
from derive.kinds.result import PartResult
from derive.notation.derivation import Chain, Line
from derive.notation.evaluate import Evaluator, draw
from derive.notation.latex import latex
from derive.problem.model import Part
from derive.render.chains import shown
from derive.tree.nodes import Node, names_in
from derive.tree.sizes import Size
from derive.vocabulary.build import build
from derive.vocabulary.scope import Scope


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
    original: Node

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
    for name, meaning in chain.names:
        text += f"\nwith\n$${latex(name, scope.notation)} = {latex(meaning, scope.notation)}$$\n"
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
        for name, kind in KINDS.items():
            if kinds is not None and name not in kinds:
                continue
            options = list(_options(line, kind.row, kind.typed, part.scope))
            draw_.shuffle(options)
            for right in options[:6]:
                if not _is_seen(line.right, right, part.scope):
                    continue
                if _differs(part, chain, line, right):
                    lines = (*chain.lines[:i], replace(line, right=right), *chain.lines[i + 1 :])
                    yield Mutant(name, part, replace(chain, lines=lines), i, result, line.right)
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
    """Whether the new side differs from the old one on an instance, by evaluation alone. Sides without a meaning
    differ; products are taken as they are printed, where matrices stand side by side."""
    as_printed = _as_printed(right)
    if as_printed is None:
        return True
    right = as_printed
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
    scope: Scope,
    ranges: tuple[tuple[str, tuple[Size, Size]], ...],
    wrt: Node | None,
    at: tuple[tuple[Node, Node], ...],
    seed: int,
) -> Evaluator:
    evaluator = Evaluator(scope, draw(scope, frozenset(), seed, dict(ranges)), wrt)
    for name, value in at:
        for key, array in evaluator.pinned(name, value).items():
            evaluator.root.pin(key, array)
    return evaluator


def _evaluator(part: Part, chain: Chain, seed: int) -> Evaluator:
    ranges = {**part.ranges, **chain.ranges}
    solved = {line.left: line.right for line in chain.lines}
    at = tuple(
        (name, solved[name]) for name, _ in chain.at if name in solved
    )  # an equation is about its solution
    return _cached(part.scope, tuple(sorted(ranges.items())), chain.wrt, at, seed)


def _as_printed(node: Node) -> Node | None:
    """The tree with its types checked; None where it has none. Arrays of other shapes in `mul` multiply as matrices."""
    if node.op == "sym" or not node.args:
        return node
    args = [_as_printed(a) for a in node.args]
    if any(a is None for a in args):
        return None
    known = [a for a in args if a is not None]
    arrays = [a for a in known if not a.shape.is_scalar]
    try:
        if node.op == "mul" and len({a.shape for a in arrays}) > 1:
            return build("mul", *(a for a in known if a.shape.is_scalar), build("matmul", *arrays))
        return build(node.op, *known, data=node.data)
    except DeriveError:
        return None


__all__ = ["FIRST_LINE", "KINDS", "Mutant", "mutants", "printed"]
