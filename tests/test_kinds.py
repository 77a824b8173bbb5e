"""Kinds that are no chain of lines: probability tables, nearest words, figures, paths; with planted wrong answers."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.check import dependence, neighbours, tables
from derive.errors import DeriveError
from derive.kinds.result import PartResult
from derive.kinds.solve import solve
from derive.notation.derivation import Chain, Finding, Graph, Plot, Table
from derive.notation.text import text
from derive.problem.load import loads

BAYES = """format: 1
title: t
data:
  D:
    - {y: 1, x1: 0, x2: 0}
    - {y: 1, x1: 0, x2: 0}
    - {y: 1, x1: 0, x2: 1}
    - {y: 1, x1: 0, x2: 1}
    - {y: 0, x1: 1, x2: 0}
    - {y: 0, x1: 1, x2: 0}
    - {y: 1, x1: 1, x2: 1}
    - {y: 0, x1: 1, x2: 1}
"""
WORDS = """format: 1
title: t
data:
  E:
    king: [3, 2, 0]
    queen: [3, 0, 2]
    man: [0, 2, 0]
    woman: [0, 0, 2]
    prince: [2, 2, 0]
    princess: [2, 0, 2]
    apple: [0, 1, 1]
"""
RNN = """format: 1
title: t
index:
  t: 1..T
symbols:
  x[t]: vector(d)
  W: matrix(h, d)
  U: matrix(h, h)
  h[0]: vector(h)
  z: scalar
define:
  h[t]: tanh(W @ x[t] + U @ h[t-1])
  L: sum(sqnorm(h[t]), t)
"""


def first(head: str, asked: str, rest: str = "") -> PartResult:
    return solve(loads(f"{head}parts:\n  - id: a\n    ask: a\n    {asked}\n{rest}")).parts[0]


def answers(result: PartResult) -> dict[str | None, str]:
    return {a.answer.name: text(a.answer.expression) for a in result.answers}


# ---------------------------------------------------------------- naive Bayes


@pytest.mark.parametrize(
    ("find", "wanted"),
    [
        (
            "naive_bayes(D, y)",
            {"P(y=0)": "3/8", "P(x1=0|y=0)": "0", "P(x2=0|y=0)": "2/3", "P(x2=0|y=1)": "2/5"},
        ),
        ("naive_bayes(D, y, row=7)", {"P(y=0|x1=1,x2=1)": "5/8", "P(y=1|x1=1,x2=1)": "3/8"}),
        ("naive_bayes(D, y, row=1)", {"P(y=0|x1=0,x2=0)": "0", "P(y=1|x1=0,x2=0)": "1"}),
        ("naive_bayes(D, y, x1=1)", {"P(y=0|x1=1)": "3/4"}),
        ("naive_bayes(D, y, x1=0, smoothing=1)", {"P(y=0|x1=0)": "21/146"}),
        ("naive_bayes(D, x1, y=1, smoothing=1/2)", {}),
        ("P(y == 0 | x1 == 1)", {None: "3/4"}),
        ("P(x1 == 0, x2 == 1)", {None: "1/4"}),
    ],
)
def test_shares_of_rows(find: str, wanted: dict[str | None, str]) -> None:
    result = first(BAYES, f"find: {find}")
    assert result.status == "checked", result.error
    assert {k: answers(result)[k] for k in wanted} == wanted


def test_expected_shares() -> None:
    assert first(BAYES, "find: naive_bayes(D, y)", "    expect:\n      P(y=0): 3/8\n").status == "checked"
    assert first(BAYES, "find: naive_bayes(D, y)", "    expect:\n      P(y=0): 1/2\n").status == "failed"


TABLES = [
    ("  D: []\n", "empty"),
    ("  D:\n    - {y: 1, x: 0}\n    - {y: 1}\n", "the rows differ: 'x'"),
    ("  D:\n    y: [1, 0]\n    x: [1]\n", "'x' has 1 values, 'y' has 2"),
    ("  D:\n    - [1, 2]\n", "the cells of a row are a mapping"),
]


@pytest.mark.parametrize(("data", "message"), TABLES)
def test_bad_tables_are_refused(data: str, message: str) -> None:
    with pytest.raises(DeriveError) as caught:
        first(f"format: 1\ntitle: t\ndata:\n{data}", "find: naive_bayes(D, y)")
    assert message in caught.value.message
    assert caught.value.place is not None


ROWS = [{"y": "1", "x": "0"}, {"y": "0", "x": "1"}, {"y": "0", "x": "0"}]


@pytest.mark.parametrize(("share", "status"), [(Fraction(1, 2), "holds"), (Fraction(1, 3), "fails")])
def test_a_wrong_share_is_refused(share: Fraction, status: str) -> None:
    assert tables.conditionals(ROWS, "y", 0.0, {("x", "0", "0"): share}).status == status


@pytest.mark.parametrize(("share", "status"), [(Fraction(1, 2), "holds"), (Fraction(2, 3), "fails")])
def test_a_wrong_posterior_is_refused(share: Fraction, status: str) -> None:
    assert tables.posterior(ROWS, "y", {"x": "0"}, 0.0, {"1": share}).status == status


# ---------------------------------------------------------------- nearest words


@pytest.mark.parametrize(
    ("query", "word", "cosine"),
    [
        ("king - man + woman", "queen", "1"),
        ("prince - man + woman", "princess", "1"),
        ("2 * apple", "man", "2 / (sqrt(4) * sqrt(8))"),
    ],
)
def test_nearest(query: str, word: str, cosine: str) -> None:
    result = first(WORDS, f"find: nearest(E, {query})")
    assert result.status == "checked"
    assert answers(result)["nearest"] == word


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("king - boy", "unknown symbol 'boy'"),
        ("king + 1", "words are added"),
        ("2 / king", "words are added"),
        ("king - king", "no direction"),
    ],
)
def test_bad_questions_about_words(words: str, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        first(WORDS, f"find: nearest(E, {words})")


@pytest.mark.parametrize(
    ("word", "cosine", "status"), [("b", 0.8, "holds"), ("a", 0.6, "fails"), ("b", 0.9, "fails")]
)
def test_a_wrong_neighbour_is_refused(word: str, cosine: float, status: str) -> None:
    vectors = {"a": [1.0, 0.0], "b": [0.0, 2.0]}
    assert neighbours.closest(vectors, [0.6, 0.8], word, cosine).status == status


# ---------------------------------------------------------------- figures


def test_the_graph_of_a_recurrence() -> None:
    result = first(RNN, "figure: graph(h[t], T=3)")
    assert result.status == "checked"
    (graph,) = [b for b in result.blocks if isinstance(b, Graph)]
    assert {v.name for v in graph.vertices} == {"h[0]", *(f"{n}[{t}]" for n in "xh" for t in (1, 2, 3))}
    assert {(e.start, e.end, text(e.label) if not isinstance(e.label, str) else "") for e in graph.edges} == {
        (f"{n}[{t - d}]", f"h[{t}]", label)
        for t in (1, 2, 3)
        for n, d, label in (("x", 0, "W"), ("h", 1, "U"))
    }


def test_sums_have_an_arrow_from_each_member() -> None:
    (graph, _) = first(RNN, "figure: graph(L, T=2)").blocks
    assert isinstance(graph, Graph)
    assert {("h[1]", "L"), ("h[2]", "L")} <= {(e.start, e.end) for e in graph.edges}


def test_a_missing_and_a_superfluous_arrow_are_found() -> None:
    result = first(RNN, "figure: graph(h[t], T=2)")
    scope = result.part.scope
    keys = [("h", (0,)), ("h", (1,)), ("x", (1,))]
    right = {(("h", (0,)), ("h", (1,))), (("x", (1,)), ("h", (1,)))}
    assert dependence.arrows(scope, {"T": 2}, right, keys).status == "holds"
    assert dependence.arrows(scope, {"T": 2}, set(list(right)[:1]), keys).status == "fails"
    assert dependence.arrows(scope, {"T": 2}, {*right, (("h", (0,)), ("x", (1,)))}, keys).status == "fails"


def test_a_plot() -> None:
    result = first(RNN, "figure: plot(sigmoid'(z), relu'(z), z=-4..4)")
    (plot,) = [b for b in result.blocks if isinstance(b, Plot)]
    assert max(y for _, y in plot.curves[0].points) == 0.25
    assert result.status == "checked"


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ("graph(h[t], K=3)", "'K' is no length"),
        ("graph(h[t], T=0)", "whole number from 1 to 8"),
        ("grap(h[t])", "a figure is wanted here"),
        ("plot(z**2)", "plot takes expressions and one range"),
        ("plot(z**2, z=4..-4)", "the range 4..-4 is empty"),
        ("plot(W, z=0..1)", "a curve is a scalar"),
        ("tree(t)", "no data 't'"),
    ],
)
def test_bad_figures_are_refused(figure: str, message: str) -> None:
    with pytest.raises(DeriveError) as caught:
        first(RNN, f"figure: {figure}")
    assert message in caught.value.message
    assert caught.value.place is not None


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ("graph(h[t])", "how many steps"),
        ("plot(log(z), z=-2..-1)", "no values"),
        ("plot(z * q, z=0..1)", "'q' has no value"),
    ],
)
def test_figures_that_cannot_be_drawn(figure: str, message: str) -> None:
    head = RNN.replace("  z: scalar\n", "  z: scalar\n  q: scalar\n")
    assert message in str(first(head, f"figure: {figure}").error)


# ---------------------------------------------------------------- paths

CHAIN = """format: 1
title: t
index:
  t: 1..T
  i: 1..N
  j: 1..N
  k: 1..M
symbols:
  pi: vector(N) simplex
  P: matrix(N, N) stochastic
  E: matrix(N, M) stochastic
  C: matrix(N, N)
  w[t]: integer in 1..N
  o[t]: integer in 1..M
define:
  p[t]: pi[w[1]] * prod(P[w[s-1], w[s]], s=2..t)
  delta[t, j]: max(at(p[t], w[t] == j), w[1..t-1])
  alpha[t, j]: sum(at(p[t], w[t] == j), w[1..t-1])
  q[t]: pi[w[1]] * E[w[1], o[1]] * prod(P[w[s-1], w[s]] * E[w[s], o[s]], s=2..t)
  eps[t, j]: max(at(q[t], w[t] == j), w[1..t-1])
  c[t]: sum(C[w[s-1], w[s]], s=2..t)
  cost[t, j]: min(at(c[t], w[t] == j), w[1..t-1])
  r[1]: pi[w[1]]
  r[t]: r[t-1] * P[w[t-1], w[t]]
  rho[t, j]: max(at(r[t], w[t] == j), w[1..t-1])
  u[t]: pi[w[1]] * prod(C[w[s-1], w[s]], s=2..t)
  ups[t, j]: max(at(u[t], w[t] == j), w[1..t-1])
"""

SHOWN = [
    "delta[t, j] == max(P[i, j] * delta[t-1, i], i)",
    "delta[t, j] == max(delta[t-1, i] * P[i, j], i)",
    "alpha[t, j] == sum(alpha[t-1, i] * P[i, j], i)",
    "eps[t, j] == E[j, o[t]] * max(P[i, j] * eps[t-1, i], i)",
    "cost[t, j] == min(C[i, j] + cost[t-1, i], i)",
    "rho[t, j] == max(P[i, j] * rho[t-1, i], i)",
]


@pytest.mark.parametrize("equation", SHOWN)
def test_optimal_substructure(equation: str) -> None:
    result = first(CHAIN, f"show: {equation}", "    for: t=2..T\n")
    assert result.status == "checked", result.error
    chain = next(b for b in result.blocks if isinstance(b, Chain) and not b.is_lemma)
    assert len(chain.lines) >= 5


FOUND = [
    ("delta[t, j]", "max(P[i, j] * delta[t-1, i], i)"),
    ("alpha[t, j]", "sum(P[i, j] * alpha[t-1, i], i)"),
    ("eps[t, j]", "max(P[i, j] * E[j, o[t]] * eps[t-1, i], i)"),
    ("cost[t, j]", "min(C[i, j] + cost[t-1, i], i)"),
    ("rho[t, j]", "max(P[i, j] * rho[t-1, i], i)"),
]


@pytest.mark.parametrize(("find", "recurrence"), FOUND)
def test_recurrences_are_found(find: str, recurrence: str) -> None:
    result = first(CHAIN, f"find: {find}", "    for: t=2..T\n")
    assert result.status == "checked", result.error
    assert text(result.answers[0].answer.expression, result.part.scope) == recurrence


@pytest.mark.parametrize(
    ("find", "message"),
    [
        ("ups[t, j]", "may be negative"),
        ("max(at(q[t], w[t] == j) + 1, w[1..t-1])", "no rule"),
        ("max(p[T], w[1..T-1])", "no rule"),
    ],
)
def test_recurrences_that_do_not_exist_are_not_found(find: str, message: str) -> None:
    result = first(CHAIN, f"find: {find}", "    for: t=2..T\n")
    assert result.status == "not-derived"
    assert message in str(result.error)


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        ("ups[t, j] == max(C[i, j] * ups[t-1, i], i)", "may be negative"),
        ("delta[t, j] == max(P[j, i] * delta[t-1, i], i)", "leads elsewhere"),
        ("delta[t, j] == sum(P[i, j] * delta[t-1, i], i)", "leads elsewhere"),
    ],
)
def test_what_does_not_hold_is_not_shown(equation: str, message: str) -> None:
    result = first(CHAIN, f"show: {equation}", "    for: t=2..T\n")
    assert message in str(result.error)
    assert result.status in ("failed", "not-derived")


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("sum(p[T], w[1..T]) == 1", "checked"),
        ("max(p[T], w[1..T]) == min(p[T], w[1..T])", "failed"),
        ("count(w[1..T]) == N**T", "checked"),
        ("count(w[1..T]) == T**N", "failed"),
        ("max(p[t], i) == p[t]", "checked"),
        ("at(p[T], w[T] == 1) <= sum(at(p[T], w[T] == j), j)", "checked"),
        ("pi[argmax(pi[j], j)] == max(pi[j], j)", "checked"),
        ("pi[argmin(pi[j], j)] == max(pi[j], j)", "failed"),
    ],
)
def test_enumeration(claim: str, status: str) -> None:
    result = first(CHAIN, "answer: yes", f"    claims:\n      - {claim}\n")
    assert result.status == status


def test_findings_stand_in_every_result() -> None:
    for head, asked in (
        (BAYES, "find: naive_bayes(D, y)"),
        (WORDS, "find: nearest(E, king)"),
        (RNN, "figure: graph(h[t], T=2)"),
    ):
        assert any(isinstance(b, Finding) for b in first(head, asked).blocks)


# ---------------------------------------------------------------- what earlier parts have shown

AVERAGE = """format: 1
title: t
index:
  t: 1..T
symbols:
  g[t]: scalar ~ moments(mean=mu, cov=v)
  mu: scalar nonzero
  v: scalar positive
  b: scalar in (0, 1)
  c: scalar
  x: scalar
define:
  r[0]: 0
  r[t]: b * r[t-1] + (1 - b) * g[t]
parts:
  - id: first
    ask: q
    find:
      k: solve(c * E(r[t]) == mu, c)
  - id: second
    ask: q
    find:
      y: x * k
"""


def test_an_earlier_answer_is_referred_to() -> None:
    """The later part has one line for it, and nothing of what led to it; on its own it has all lines."""
    problem = loads(AVERAGE)
    whole = solve(problem).parts[1]
    reasons = [line.reason.text for b in whole.blocks if isinstance(b, Chain) for line in b.lines]
    assert "part first" in reasons
    assert "geometric sum" not in " ".join(reasons)
    alone = solve(problem, "second").parts[0]
    said = " ".join(line.reason.text for b in alone.blocks if isinstance(b, Chain) for line in b.lines)
    assert "geometric sum" in said
    assert whole.answers[0].answer.expression == alone.answers[0].answer.expression


@pytest.mark.parametrize(
    ("expression", "exactly"),
    [("prince", "3 * sqrt(26) / 26"), ("apple", "sqrt(26) / 13"), ("princess", "5 * sqrt(26) / 26")],
)
def test_cosines_are_as_short_as_they_get(expression: str, exactly: str) -> None:
    result = first(WORDS, "find: nearest(E, king - man + woman)")
    table = next(b for b in result.blocks if isinstance(b, Table))
    row = next(row for row in table.rows if row[0] == expression)
    assert not isinstance(row[3], str)
    assert text(row[3]) == exactly
