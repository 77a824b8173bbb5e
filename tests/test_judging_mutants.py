"""Planted errors: a sample of the mutants that benchmarks/mutants.py measures in full, and no false alarm without one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zlib import crc32

import mutants
import pytest
from mutations import ABSENT, KINDS

from derive.judging.answer import judge_text
from derive.judging.edits import edits
from derive.judging.judged import Report
from derive.judging.pool import Pool
from derive.judging.verdicts import VERDICTS
from derive.kinds.result import PartResult
from derive.kinds.solve import solve
from derive.notation.derivation import Chain
from derive.problem.load import load
from derive.problem.model import Problem

ROOT = Path(__file__).parent.parent
FILES = mutants.files(ROOT)
FINE = ("holds", "restated", "given")
FEW, EVERY = 4, 14  # of the chains, of their mutants


@cache
def solved(file: Path) -> tuple[Problem, tuple[PartResult, ...]]:
    problem = load(file)
    return problem, solve(problem, second_opinion=False).parts


def chains(result: PartResult) -> list[Chain]:
    return [b for b in result.blocks if isinstance(b, Chain)]


def judged(text: str, problem: Problem, part: str) -> Report:
    return judge_text(text, "answer.md", [problem], part)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_the_engines_own_lines_hold(file: Path) -> None:
    problem, parts = solved(file)
    for result in parts:
        for chain in chains(result):
            report = judged(mutants.printed(chain, result), problem, result.part.id)
            own = [j for j in report.claims if j.claim.line < mutants.FIRST_LINE + len(chain.lines)]
            assert len(own) == len(chain.lines)
            unfit = [(j.claim.line, j.verdict, j.reasons) for j in own if j.verdict not in FINE]
            assert unfit == []


def sample(every: int) -> list[tuple[Problem, mutants.Mutant]]:
    """Of all files, the same ones on every machine."""
    found = [
        (solved(file)[0], mutant)
        for file in FILES
        for result in solved(file)[1]
        for n, chain in enumerate(chains(result))
        if crc32(f"{file.stem} {result.part.id} {n}".encode()) % FEW == 0
        for mutant in mutants.mutants(result, chain)
    ]
    return [(p, m) for p, m in found if crc32(f"{m.kind} {m.line} {m.text}".encode()) % every == 0]


def test_a_sample_of_mutants_is_caught_and_mended() -> None:
    """benchmarks/mutants.py tries ten times as many."""
    tried = sample(EVERY)
    missed, unmended = [], []
    assert len(tried) >= 60
    assert len({m.kind for _, m in tried}) >= 16
    assert len({m.kind for _, m in tried} & set(ABSENT)) >= 2
    for problem, mutant in tried:
        report = judged(mutant.text, problem, mutant.part.id)
        line = mutants.FIRST_LINE + mutant.line
        if report.first_wrong[:1] != [line]:
            missed.append((mutant.kind, mutant.text))
        if not any(j.repair is not None and j.claim.line == line for j in report.claims):
            unmended.append((mutant.kind, mutant.text))
    assert missed == []
    assert len(unmended) <= 0.1 * len(tried), unmended


def test_there_are_kinds_that_the_repair_table_does_not_know() -> None:
    assert len(KINDS) >= 16
    assert len(ABSENT) >= 4


def test_no_edit_of_the_table_undoes_those() -> None:
    """One edit that needs nothing but the problem and the line; parts of the lines beside it are no edit."""
    tried = [
        m
        for file in FILES[::3]
        for r in solved(file)[1]
        for c in chains(r)
        for m in mutants.mutants(r, c, ABSENT)
    ]
    assert len({m.kind for m in tried}) >= 4
    for mutant in tried:
        line = mutant.chain.lines[mutant.line].right
        pool = Pool(mutant.part.scope, line, ())
        undone = [e for e in edits(line, pool) if e.node == mutant.original]
        assert undone == [], (mutant.kind, mutant.text)


def test_what_changes_no_value_is_no_mutant() -> None:
    """A sum written in another order would be excluded: only errors are planted."""
    problem, parts = solved(FILES[0])
    for result in parts:
        for chain in chains(result):
            for mutant in mutants.mutants(result, chain, seed=3):
                assert mutant.chain.lines[mutant.line].right != chain.lines[mutant.line].right


def test_every_verdict_has_a_row() -> None:
    assert set(VERDICTS) == {
        "holds", "given", "restated", "notation", "holds-only-if", "wrong", "ill-typed", "inherited", "unreadable",
        "not-checked",
    }  # fmt: skip
