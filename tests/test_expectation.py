"""Expectations, variances and covariances, from the problem file to checked lines.

The answers are known closed forms; each is also given wrongly, and that must be refused.
"""

from __future__ import annotations

from functools import cache

import pytest
from expectation_table import FAMILIES, Row

from derive.kinds.result import PartResult
from derive.kinds.solve import solve
from derive.notation.derivation import Chain
from derive.notation.text import text
from derive.problem.load import loads

ROWS = [(family, row) for family, rows in FAMILIES.items() for row in rows]
IDS = [f"{family}: {row[1]} of {row[0]}"[:120] for family, row in ROWS]
MOST_LINES = 13


def problem(symbols: str, find: str, expect: str | None = None, define: str = "", index: str = "") -> str:
    """The file that asks one question."""
    lines = ["format: 1", "title: A moment"]
    for head, items in (("index", index), ("symbols", symbols), ("define", define)):
        if items:
            lines += [f"{head}:", *(f"  {item.strip()}" for item in items.split(";"))]
    lines += ["parts:", "  - id: a", "    ask: Derive it.", f"    find: {find}"]
    return "\n".join([*lines, *([f"    expect: {expect}"] if expect else [])]) + "\n"


@cache
def solved(*row: str) -> PartResult:
    return solve(loads(problem(*row)), second_opinion=False).parts[0]


@pytest.mark.parametrize(("family", "row"), ROWS, ids=IDS)
def test_the_answer_is_found_and_every_line_holds(family: str, row: Row) -> None:
    part = solved(*row)
    assert part.status == "checked", (part.error, part.blocks)
    lines = [line for b in part.blocks if isinstance(b, Chain) for line in b.lines]
    assert 1 <= len(lines) <= MOST_LINES
    assert all(line.reason.text for line in lines)


@pytest.mark.parametrize(("family", "row"), ROWS, ids=IDS)
def test_a_wrong_answer_is_refused(family: str, row: Row) -> None:
    symbols, find, answer, *more = row
    wrong = "1" if answer == "0" else f"({answer}) + 1"
    if answer.startswith("zeros("):
        wrong = answer.replace("zeros", "ones")
    assert solved(symbols, find, wrong, *more).status == "failed"


X = "x: scalar ~ moments(mean=m, cov=v); m: scalar; v: scalar positive"
NORMALS = "x: scalar ~ normal(m, 1); y: scalar ~ normal(2 * x, 1); m: scalar"
WALK = "e[t]: vector(d) ~ normal(zeros(d), 1); A: matrix(d, d); x[0]: vector(d)"

REFUSED = [  # symbols, find, what the message says, definitions, index
    (X, "E(x**3)", "of x only the mean and the (co)variance are given"),
    (X, "E(exp(x))", "of x only the mean and the (co)variance are given"),
    (X, "Var(x**2)", "of x only the mean and the (co)variance are given"),
    ("w: vector(n) ~ moments(mean=m, cov=S); m: vector(n); S: matrix(n, n) spd", "Var(sqnorm(w))", "of w only the mean"),
    (NORMALS, "E(log(x))", "no rule for E(log(x))"),
    (NORMALS, "E(1 / x)", "no rule for E(1 / x)"),
    (NORMALS, "E(x | y)", "needs Bayes' rule"),
    (WALK, "E(x[t])", "has no closed form here", "x[t]: A @ x[t-1] + e[t]", "t: 1..T"),
    ("u: scalar ~ uniform(0, 1); t: scalar", "E(exp(t * u))", "no rule for"),
    ("x: scalar ~ normal(0, 1); y: scalar ~ normal(0, 1)", "E(relu(v)**2)", "no rule for E(relu(", "v: x * y + x + y"),
    ("x[i]: scalar ~ normal(m, 1); m: scalar", "Cov(x[i], x[j])", "no rule for Cov(x[i], x[j])", "", "i: 1..n; j: 1..n"),
]  # fmt: skip


@pytest.mark.parametrize("row", REFUSED, ids=[f"{r[1]}: {r[2]}" for r in REFUSED])
def test_what_is_not_known_is_not_derived(row: Row) -> None:
    symbols, find, message, *more = row
    part = solved(symbols, find, None, *more)  # type: ignore[arg-type]
    assert part.status == "not-derived"
    assert part.error is not None
    assert message in part.error.message


READ = [  # what a reader sees, line by line
    (
        ("W: matrix(m, n) ~ normal(zeros(m, n), v); v: scalar positive; x: vector(n) ~ moments(mean=zeros(n), cov=u); u: scalar positive", "Var(W @ x)"),
        [
            "Var(W) @ E(x * x)",
            "Var(W) @ Var(x)",
            "v * u * ones(m, n) @ ones(n)",
            "n * v * u * ones(m)",
        ],
    ),
    (
        ("g[t]: scalar ~ moments(mean=mu, cov=s**2); mu: scalar; s: scalar positive; b: scalar in (0, 1)", "E(v[t])", None, "v[0]: 0; v[t]: b * v[t-1] + (1 - b) * g[t]", "t: 1..T"),
        [
            "E(b * v[t-1] + (1 - b) * g[t])",
            "b * E(v[t-1]) + (1 - b) * mu",
            "b**t * E(v[0]) + (1 - b) * mu * sum(b**(t - s), s=1..t)",
            "(1 - b) * mu * sum(b**(t - s), s=1..t)",
            "(1 - b**t) * mu",
        ],
    ),
    (
        ("y: scalar ~ normal(a * x, v); x: scalar ~ normal(m, s**2); a: scalar; m: scalar; v: scalar positive; s: scalar positive", "Var(y)"),
        ["E(Var(y | x)) + Var(E(y | x))", "v + Var(a * x)", "v + a**2 * Var(x)", "v + a**2 * s**2"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), READ, ids=[str(r[0][1]) for r in READ])
def test_derivations_read_as_they_should(row: Row, expected: list[str]) -> None:
    part = solved(*row)
    assert [text(line.right) for b in part.blocks if isinstance(b, Chain) for line in b.lines] == expected
