"""The engine against known closed forms: right in value and shape, every line checked, no longer than needed."""

from __future__ import annotations

import pytest
from cases_table import CASES, Case, scope_of

from derive.check.judge import Checker
from derive.errors import NotDerived
from derive.notation.derivation import Chain, Derivation, Remark
from derive.notation.reader import read, read_range
from derive.notation.text import text
from derive.rewrite.derived import Derived
from derive.rewrite.expression import Wish, derive_expression
from derive.tree.nodes import Node, node_count
from derive.vocabulary.scope import Scope


def solved(case: Case) -> tuple[Scope, Node, Derived]:
    scope = scope_of(case.symbols, case.define, case.index)
    if case.where:
        name, _, span = case.where.removeprefix("for:").strip().partition("=")
        scope = scope.with_range(name.strip(), *read_range(span))
    asked = read(case.asked, scope)
    return scope, asked, derive_expression(asked, Wish(scope))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_known_closed_form(case: Case) -> None:
    scope, asked, found = solved(case)
    wanted = read(case.closed_form, scope)
    assert found.expression.shape == wanted.shape
    assert Checker(scope, scope.narrowed).equal(found.expression, wanted).status == "holds", text(
        found.expression
    )


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_every_line_holds(case: Case) -> None:
    scope, _, found = solved(case)
    for chain in Derivation(found.blocks).chains:
        for line in Checker(scope, {**scope.narrowed, **chain.ranges}).chain(chain).lines:
            assert line.verdict is not None
            assert line.verdict.status == "holds", (text(line.right), line.verdict)


RNN = scope_of(
    "x[t]: vector(d); z[t]: vector(o); W: matrix(h, d); U: matrix(h, h); V: matrix(o, h); h[0]: vector(h)",
    "h[t]: tanh(W @ x[t] + U @ h[t-1]); y[t]: V @ h[t]; loss[t]: sqnorm(z[t] - y[t]); L: sum(loss[t], t)",
    "t: 1..T",
)

# asked, kept, the answer as the engine writes it (its text is the contract of compactness)
WRITTEN = [
    ("gradient(loss[t], h[t])", "", "2 * V.T @ (y[t] - z[t])"),
    ("gradient(L, h[T])", "", "2 * V.T @ (y[T] - z[T])"),
    ("gradient(L, U)", "gradient(L, h[t])", "sum(((1 - h[t]**2) * gradient(L, h[t])) @ h[t-1].T, t=1..T)"),
    ("gradient(L, V)", "", "2 * sum((y[t] - z[t]) @ h[t].T, t=1..T)"),
]


@pytest.mark.parametrize(("asked", "kept", "answer"), WRITTEN)
def test_recurrent_answers_as_written(asked: str, kept: str, answer: str) -> None:
    wish = Wish(RNN, (read(kept, RNN),) if kept else ())
    assert text(derive_expression(read(asked, RNN), wish).expression) == answer


def test_an_adjoint_comes_with_recursion_and_boundary() -> None:
    found = derive_expression(read("gradient(L, U)", RNN), Wish(RNN))
    where = {text(left): text(right) for left, right in found.where}
    assert where == {
        "gradient(L, h[t])": "2 * V.T @ (y[t] - z[t]) + U.T @ ((1 - h[t+1]**2) * gradient(L, h[t+1]))",
        "gradient(L, h[T])": "2 * V.T @ (y[T] - z[T])",
    }


def test_a_dependence_without_a_rule_is_an_error() -> None:
    scope = scope_of("x: vector(n)")
    with pytest.raises(NotDerived, match="no derivative rule for"):
        derive_expression(read("gradient(sum(sign(x) * x), x)", scope), Wish(scope))


def test_weight_norm_is_short() -> None:
    scope = scope_of("u: vector(d) nonzero; gamma: scalar; L: scalar of w", "w: gamma * u / norm(u)")
    found = derive_expression(read("gradient(L, u)", scope), Wish(scope))
    lines = [line for b in found.blocks if isinstance(b, Chain) for line in b.lines]
    assert len(lines) <= 8
    assert text(found.expression) == "gamma / norm(u) * (eye(d) - u @ u.T / sqnorm(u)) @ gradient(L, w)"
    assert node_count(found.expression) <= 20


def test_a_factor_of_unknown_sign_decides_nothing() -> None:
    """`a |w - c|^2` has a minimum only where a is positive: the remark must not say more."""
    scope = scope_of("a: scalar; c: vector(n); w: vector(n)")
    found = derive_expression(read("argmin(a * sqnorm(w - c), w)", scope), Wish(scope))
    said = [b.reason.text for b in found.blocks if isinstance(b, Remark)]
    assert said == [
        "Where {0} is positive definite, the point where the gradient is zero is the only minimum."
    ]
