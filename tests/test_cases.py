"""The derivative cases, each right in value and shape, every line checked, and compact; wrong variants are refused.

A row is in `cases_table.py`. What is not compact yet stands in LONG with the nodes it has and those it should have:
a row that becomes compact must leave the table.
"""

from __future__ import annotations

import pytest
from cases_table import CASES, COMPACT, Case, aim, counted, scope_of

from derive.check.judge import Checker
from derive.notation.derivation import Derivation
from derive.notation.reader import read, read_range
from derive.notation.text import text
from derive.rewrite.derived import Derived
from derive.rewrite.expression import Wish, derive_expression
from derive.vocabulary.scope import Scope

LONG = {"rnn_bptt_delta"}


def found(case: Case) -> tuple[Scope, Derived]:
    scope = scope_of(case.symbols, case.define, case.index)
    if case.where:
        name, _, span = case.where.partition("=")
        scope = scope.with_range(name, *read_range(span))
    return scope, derive_expression(read(case.asked, scope), Wish(scope))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_right_and_compact(case: Case) -> None:
    scope, answer = found(case)
    wanted = read(case.closed_form, scope)
    checker = Checker(scope, scope.narrowed)
    assert answer.expression.shape == wanted.shape
    assert checker.equal(answer.expression, wanted).status == "holds", text(answer.expression)
    assert checker.line(read(case.asked, scope), "==", answer.expression).status == "holds"
    is_compact = counted(answer) <= COMPACT * aim(case, scope)
    shown = [text(answer.expression), *(f"{text(left)} = {text(right)}" for left, right in answer.where)]
    assert is_compact == (case.name not in LONG), (counted(answer), aim(case, scope), shown)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_lines_hold_and_wrong_forms_fail(case: Case) -> None:
    scope, answer = found(case)
    for chain in Derivation(answer.blocks).chains:
        for line in Checker(scope, {**scope.narrowed, **chain.ranges}).chain(chain).lines:
            assert line.verdict is not None
            assert line.verdict.status == "holds", (text(line.right), line.verdict)
    checker = Checker(scope, scope.narrowed)
    for wrong in case.wrong:
        assert checker.equal(answer.expression, read(wrong, scope)).status == "fails", wrong
