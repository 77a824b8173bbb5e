"""Planted errors: a sample of the mutants that benchmarks/mutants.py measures in full, and no false alarm without one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import mutants
import pytest

from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.judging.verdicts import VERDICTS
from derive.kinds.result import PartResult
from derive.kinds.solve import solve
from derive.notation.derivation import Chain
from derive.problem.load import load
from derive.problem.model import Problem

ROOT = Path(__file__).parent.parent
FILES = mutants.files(ROOT)
EVERY = 40


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
            report = judged(mutants.printed(chain, result.part.scope), problem, result.part.id)
            assert len(report.claims) == len(chain.lines)
            assert {j.verdict for j in report.claims} <= {"holds", "restated", "given"}


def sample() -> list[tuple[Problem, mutants.Mutant]]:
    found = [
        (solved(file)[0], mutant)
        for file in FILES
        for result in solved(file)[1]
        for chain in chains(result)
        for mutant in mutants.mutants(result.part, chain)
    ]
    return found[::EVERY]


def test_a_sample_of_mutants_is_caught_and_mended() -> None:
    missed, mended, tried = [], 0, sample()
    assert len({m.kind for _, m in tried}) >= 10
    for problem, mutant in tried:
        report = judged(mutant.text, problem, mutant.part.id)
        line = mutants.FIRST_LINE + mutant.line
        if report.first_wrong[:1] != [line]:
            missed.append((mutant.kind, mutant.text))
        mended += any(j.repair is not None and j.claim.line == line for j in report.claims)
    assert missed == []
    assert mended >= 0.9 * len(tried)


def test_there_are_kinds_that_the_repair_table_does_not_know() -> None:
    assert len(mutants.KINDS) >= 16
    assert len(mutants.UNKNOWN_TO_THE_TABLE) >= 4


def test_what_changes_no_value_is_no_mutant() -> None:
    """A sum written in another order would be excluded: only errors are planted."""
    problem, parts = solved(FILES[0])
    for result in parts:
        for chain in chains(result):
            for mutant in mutants.mutants(result.part, chain, seed=3):
                assert mutant.chain.lines[mutant.line].right != chain.lines[mutant.line].right


def test_every_verdict_has_a_row() -> None:
    assert set(VERDICTS) == {
        "holds", "given", "restated", "notation", "holds-only-if", "wrong", "ill-typed", "inherited", "unreadable",
        "not-checked",
    }  # fmt: skip
