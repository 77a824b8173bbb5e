"""What the writer prints, the reader reads: every line of the shipped problems, its own test table, random nodes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import mutants
import pytest
from notation import SCOPE, grown
from test_latex import FORMULAS, HERE, MADE, NOTATION

from derive.check.judge import Checker
from derive.kinds.solve import solve
from derive.latexread import Context
from derive.latexread.claims import related
from derive.latexread.elaborate import runs
from derive.latexread.fitting import is_settled
from derive.latexread.parse import parse
from derive.latexread.settle import settled
from derive.latexread.spectra import EIGEN, is_symmetric
from derive.latexread.tokens import tokens_of
from derive.notation.derivation import Chain
from derive.notation.latex import latex
from derive.notation.reader import read
from derive.problem.load import load
from derive.tree.nodes import Node, contains, names_in

PROBLEMS = [pytest.param(path, id=path.stem) for path in mutants.files(Path(__file__).parent.parent)]


def read_back(node: Node, context: Context) -> list[Node]:
    """Every reading of the node as it is printed, beside the node itself (which tells the sizes of 0, 1 and I)."""
    written = latex(node, context.scope.notation)
    surface = parse(settled(tokens_of(written, 0, len(written))))
    found: list[Node] = []
    refused: list[object] = []
    for _, outcome in runs(
        lambda e: related(e, node, e.node(surface), surface.span, surface.span), context, "declared", None
    ):
        if isinstance(outcome, tuple) and is_settled(outcome[0][1]):
            found.append(outcome[0][1])
        else:
            refused.append(outcome)
    assert found or not is_whole(node), f"{written}: {refused}"
    return found


def says_the_same(node: Node, readings: list[Node], checker: Checker) -> bool:
    return node in readings or any(checker.equal(node, r).status != "fails" for r in readings)


@pytest.mark.parametrize("path", PROBLEMS)
def test_every_line_of_a_shipped_problem(path: Path) -> None:
    for part in solve(load(path), second_opinion=False).parts:
        context = Context.of(part.part.scope)
        checker = Checker(part.part.scope, part.part.ranges)
        known = {*part.part.scope.declarations, *part.part.scope.definitions}
        for block in part.blocks:
            if not isinstance(block, Chain):
                continue
            for line in block.lines:
                for side in (line.left, line.right):
                    if contains(side, lambda n: n.op in NOT_READ) or not names_in(side) <= known:
                        continue
                    readings = read_back(side, context)
                    if readings and side not in readings:
                        statuses = [
                            verdict.status
                            for reading in readings
                            for judged in checker.chain(
                                replace(
                                    block, lines=(replace(line, left=side, right=reading, relation="=="),)
                                )
                            ).lines
                            if (verdict := judged.verdict) is not None
                        ]
                        assert "holds" in statuses, latex(side, part.part.scope.notation)


WRITTEN = Context.of(replace(HERE, notation=NOTATION))


@pytest.mark.parametrize("text", [row[0] for row in FORMULAS])
def test_every_formula_of_the_writer(text: str) -> None:
    node = read(text, HERE, differentials=True)
    readings = read_back(node, WRITTEN)
    assert says_the_same(node, readings, Checker(WRITTEN.scope))


@pytest.mark.parametrize("node", [row[0] for row in MADE], ids=[row[1] for row in MADE])
def test_what_the_engine_makes(node: Node) -> None:
    assert says_the_same(node, read_back(node, Context.of(HERE)), Checker(HERE))


# Operations that the reader does not read back from their print: what an algorithm returns.
NOT_READ = frozenset({"run"})
# What the print does not tell: sizes of 0, 1 and I, the ranges of maxima, where an index of a Kronecker delta ends,
# whether a list of one is a number.
NOT_TOLD = frozenset({"ones", "zeros", "eye", "max_over", "min_over", "kronecker", "list"})


def is_whole(node: Node) -> bool:
    """Whether the print tells everything. Eigenvalues are read of matrices that show they are symmetric."""
    unknown = contains(node, lambda n: n.op in EIGEN and not is_symmetric(n.args[0], SCOPE))
    return not unknown and not contains(node, lambda n: n.op in NOT_TOLD | NOT_READ)


@pytest.mark.parametrize("batch", range(8))
def test_random_nodes(batch: int) -> None:
    context, checker = Context.of(SCOPE), Checker(SCOPE)
    tried = 0
    for seed in range(batch * 50, batch * 50 + 50):
        node = grown(seed, 3, True)
        if is_whole(node):
            tried += 1
            assert says_the_same(node, read_back(node, context), checker), (seed, latex(node))
    assert tried > 10


def test_a_changed_print_is_not_the_same() -> None:
    """The comparison above can fail: a sign, a transpose, an index."""
    context, checker = Context.of(SCOPE), Checker(SCOPE)
    for right, wrong in (("a - b", "a + b"), ("A @ u", "A.T @ u"), ("s[t]", "s[t-1]")):
        node, other = read(right, SCOPE), read(wrong, SCOPE)
        assert not says_the_same(other, read_back(node, context), checker)
