"""Pseudo-code: how it is read and refused, run, counted, printed and turned into programs; planted wrong claims."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.check.programs import agrees
from derive.check.runs import fits, runs
from derive.errors import DeriveError
from derive.kinds.result import PartResult
from derive.kinds.solve import solve
from derive.notation.derivation import Listing, Remark, Table
from derive.notation.statement_code import program
from derive.notation.text import text
from derive.problem.load import loads
from derive.render.exhibits import row_text

HEAD = """format: 1
title: t
index:
  t: 1..T
  i: 1..N
  j: 1..N
symbols:
  pi: vector(N) simplex
  P: matrix(N, N) stochastic
  w[t]: integer in 1..N
  X: matrix(m, n)
  v: vector(n)
  x: scalar
  f: function
define:
  p[t]: pi[w[1]] * prod(P[w[s-1], w[s]], s=2..t)
parts:
"""
VITERBI = """
      function viterbi(pi, P, T):
        for j = 1..N:
          delta[1, j] = pi[j]
        for t = 2..T:
          for j = 1..N:
            back[t, j] = argmax(P[i, j] * delta[t-1, i], i)
            delta[t, j] = P[back[t, j], j] * delta[t-1, back[t, j]]
        w[T] = argmax(delta[T, j], j)
        for t = T-1 downto 1:
          w[t] = back[t+1, w[t+1]]
        return w
"""
BEST = "at(p[T], w == viterbi(pi, P, T)) == max(p[T], w[1..T])"


def part(algorithm: str, *claims: str, verb: str = "algorithm", more: str = "") -> list[PartResult]:
    said = "".join(f"      - {c}\n" for c in claims)
    claims_ = f"    claims:\n{said}" if claims else ""
    return list(solve(loads(f"{HEAD}  - id: a\n    ask: a\n    {verb}: |{algorithm}{claims_}{more}")).parts)


def test_viterbi_finds_the_best_path() -> None:
    (result,) = part(VITERBI, BEST)
    assert result.status == "checked"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("argmax(delta[T, j], j)", "argmax(-delta[T, j], j)"),
        ("argmax(P[i, j] * delta[t-1, i], i)", "argmax(P[i, j], i)"),
        ("back[t+1, w[t+1]]", "1"),
        ("delta[1, j] = pi[j]", "delta[1, j] = 1"),
    ],
)
def test_a_planted_fault_is_found(right: str, wrong: str) -> None:
    (result,) = part(VITERBI.replace(right, wrong, 1), BEST)
    assert result.status == "failed"


def lines(result: PartResult) -> list[str]:
    (listing,) = [b for b in result.blocks if isinstance(b, Listing)]
    return [row_text(row, result.part.scope) for row in listing.rows]


def test_the_printed_algorithm_is_the_one_that_runs() -> None:
    changed = VITERBI.replace("argmax(delta[T, j], j)", "argmax(2 * delta[T, j], j)")
    before, after = lines(part(VITERBI)[0]), lines(part(changed)[0])
    assert [a for a, b in zip(before, after, strict=True) if a != b] == ["  w[T] ← argmax(delta[T, j], j)"]


STATEMENTS = [
    ("y = 0\n        for k = 1 to 3:\n          y = y + k\n        return y", "6"),
    ("y = 0\n        for k = 3 downto 2:\n          y = y * 10 + k\n        return y", "32"),
    ("y = 0\n        for each k in 1..4:\n          y = y + k\n        return y", "10"),
    ("y = 1\n        while y < 20:\n          y = y * 3\n        return y", "27"),
    ("y = 5\n        if y < 3:\n          y = 1\n        else if y == 5 and y > 4:\n          y = 2\n        else:\n          y = 3\n        return y", "2"),
    ("y = 5\n        if y > 7 or y != 4:\n          y = 8\n        return y", "8"),
    ("c[1] = 4\n        c[2] = 5\n        return c[1] * c[2]", "20"),
    ("y <- 7\n        return y", "7"),
    ("y = f'(x)\n        return y", "gradient(f(x), x)"),
    ("y = sum(v[i], i=1..2)\n        return y", "v[1] + v[2]"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "value"), STATEMENTS)
def test_statements(body: str, value: str) -> None:
    (result,) = part(f"\n      function g(x):\n        {body}\n", f"g(x) == {value}")
    assert result.status == "checked", result.claims


def test_functions_call_each_other_and_themselves() -> None:
    text_ = """
      function twice(x):
        return 2 * x
      function power(x, n: integer in 0..4):
        if n == 0:
          return 1
        else:
          return twice(x) / 2 * power(x, n - 1)
"""
    (result,) = part(text_, "power(x, 3) == x**3", "twice(twice(x)) == 4 * x")
    assert result.status == "checked"


WRONG = [
    ("\n      y = 1\n", "a function is wanted here"),
    ("\n      function g(x):\n        y = 1\n", "'g' returns nothing"),
    ("\n      function g(x):\n", "nothing stands in this block"),
    ("\n      function g(x):\n        return z\n", "unknown symbol 'z'"),
    ("\n      function g(x):\n        return y\n        y = 1\n", "'y' has no value yet"),
    (
        "\n      function g(x):\n        for k in:\n          y = 1\n        return y\n",
        "a loop is wanted here",
    ),
    ("\n      function g(x):\n        else:\n          y = 1\n        return x\n", "`else` without an `if`"),
    ("\n      function g(x):\n        x + 1\n        return x\n", "a statement is wanted here"),
    ("\n      function g(x):\n        y = X @ X\n        return x\n", "@ of matrix(m, n) and matrix(m, n)"),
    ("\n      function g(x):\n        y = 1\n         z = 2\n        return x\n", "indented otherwise"),
    ("\n      function g(x, x):\n        return x\n", "each once"),
    (
        "\n      function g(x):\n        while x:\n          y = 1\n        return x\n",
        "a comparison is wanted here",
    ),
    (
        "\n      function g(x):\n        y = 1\n        y[1] = 2\n        return x\n",
        "has had 0 indices before",
    ),
    (
        "\n      function g(x):\n        for k = 1..3:\n          k = 2\n        return x\n",
        "the variable of this loop",
    ),
]


@pytest.mark.parametrize(("algorithm", "message"), WRONG)
def test_errors_are_placed(algorithm: str, message: str) -> None:
    with pytest.raises(DeriveError) as caught:
        part(algorithm)
    assert message in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.line >= HEAD.count("\n") + 3


RUNNING = [
    ("\n      function g(x):\n        while 1 > 0:\n          y = 1\n        return x\n", "does not end"),
    ("\n      function g(x):\n        return g(x)\n", "calls itself without an end"),
    ("\n      function g(x):\n        d[1] = 1\n        return d[2]\n", "d[2] has no value yet"),
    ("\n      function g(x):\n        return log(0 * x)\n", "not finite"),
]


@pytest.mark.parametrize(("algorithm", "message"), RUNNING)
def test_an_algorithm_that_does_not_run_fails(algorithm: str, message: str) -> None:
    (result,) = part(algorithm)
    assert result.status == "failed"
    (finding,) = [b for b in result.blocks if hasattr(b, "what")]
    assert message in finding.verdict.reason  # type: ignore[union-attr]


# ---------------------------------------------------------------- cost


COST = "  - id: b\n    ask: a\n    find: {}\n"


def cost(algorithm: str, find: str) -> PartResult:
    return part(algorithm, more=COST.format(find))[1]


SCAN = (
    "\n      function g(v):\n        y = 0\n        for k = 1..n:\n          y = y + v[k]\n        return y\n"
)
PAIRS = "\n      function g(X):\n        y = 0\n        for a = 1..m:\n          for b = 1..n:\n            y = y + X[a, b]\n        return y\n"


@pytest.mark.parametrize(
    ("algorithm", "find", "answer"),
    [
        (VITERBI, "bigO(viterbi)", "T * N**2"),
        (VITERBI, "bigO(viterbi, space)", "T * N"),
        (SCAN, "bigO(g)", "n"),
        (PAIRS, "bigO(g)", "m * n"),
        ("\n      function g(X, v):\n        return X @ v\n", "bigO(g)", "m * n"),
    ],
)
def test_costs(algorithm: str, find: str, answer: str) -> None:
    result = cost(algorithm, find)
    assert result.status == "checked"
    assert text(result.answers[0].answer.expression) == answer


def test_a_cost_that_depends_on_data_is_no_polynomial() -> None:
    halving = (
        "\n      function g(v):\n        y = 1\n        while y < n:\n          y = 2 * y\n        return y\n"
    )
    assert "no polynomial" in str(cost(halving, "bigO(g)").error)


@pytest.mark.parametrize(("claimed", "status"), [(10, "holds"), (11, "fails")])
def test_a_wrong_count_is_refused(claimed: int, status: str) -> None:
    problem = loads(f"{HEAD}  - id: a\n    ask: a\n    algorithm: |{SCAN}")
    (function,) = problem.parts[0].algorithm
    assert fits(function, problem.parts[0].scope, "time", [({"n": 5}, Fraction(claimed))]).status == status
    assert runs(function, problem.parts[0].scope).status == "holds"


@pytest.mark.parametrize(
    ("find", "answer"),
    [
        ("evaluations(f'(f(f(x))) * f'(f(x)) * f'(x))", "6"),
        ("evaluations(f'(f(f(x))) * f'(f(x)) * f'(x), cached)", "5"),
        ("evaluations(f(x) + f(x), cached)", "1"),
    ],
)
def test_evaluations(find: str, answer: str) -> None:
    result = solve(loads(f"{HEAD}{COST.format(find)}")).parts[0]
    assert result.status == "checked"
    assert text(result.answers[0].answer.expression) == answer


# ---------------------------------------------------------------- programs


NORMALISE = """
      function normalize(X):
        mu = colsum(X) / m
        Z = X - ones(m) @ mu.T
        return Z / (ones(m) @ sqrt(colsum(Z**2)).T)
"""


def test_a_program_is_what_its_meaning_says() -> None:
    (result,) = part(NORMALISE, "colsum(normalize(X)) == 0", verb="code")
    assert result.status == "checked"
    assert lines(result)[2:] == [
        "def normalize(X):",
        "    m, _ = X.shape",
        "    mu = np.sum(X, axis=0) / m",
        "    Z = X - mu",
        "    return Z / np.sqrt(np.sum(Z**2, axis=0))",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "return reverse(X, rows)",
        "return reverse(X, columns)",
        "return X / (rowsum(X) @ ones(n).T)",
        "return (X @ v) * 2 - rowsum(X)",
        "y = 1\n        for k = 1..n:\n          y = y + v[k]**2\n        return y",
        "for k = 1..n:\n          c[k] = 2 * v[k]\n        return argmax(c[k], k=1..n)",
        "if v[1] > 0:\n          y = v[1]\n        else:\n          y = -v[1]\n        return y",
    ],
)
def test_programs_run_beside_their_meaning(body: str) -> None:
    (result,) = part(f"\n      function g(X, v):\n        {body}\n", verb="code")
    assert result.status == "checked", result.blocks[-1]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("axis=0", "axis=1"), ("X - mu", "X + mu"), ("Z**2", "Z**4"), ("return Z", "return X")],
)
def test_a_wrong_program_is_refused(right: str, wrong: str) -> None:
    problem = loads(f"{HEAD}  - id: a\n    ask: a\n    code: |{NORMALISE}")
    (function,) = problem.parts[0].algorithm
    source = program(function)
    assert agrees(function, source, problem.parts[0].scope).status == "holds"
    assert agrees(function, source.replace(right, wrong), problem.parts[0].scope).status == "fails"


BEAMS = """format: 1
title: t
{sizes}symbols:
  v: vector(N)
  w: vector(B)
parts:
  - id: a
    ask: a
    algorithm: |
      function g(v, w):
        y = 0
        for a = 1..N:
          for b = 1..B:
            y = y + v[a] * w[b]
        for a = 1..B:
          for b = 1..B:
            y = y + w[a] * w[b]
        return y
  - id: b
    ask: a
    find: bigO(g)
"""


@pytest.mark.parametrize(
    ("sizes", "answer", "said"),
    [
        ("sizes: B <= N\n", {"B", "N"}, "since {2} is at most {3}"),
        ("", {"B**2", "B * N"}, "leading terms {1}"),
    ],
)
def test_runs_keep_to_the_sizes(sizes: str, answer: set[str], said: str) -> None:
    """No run has more beams than words; what that drops from the cost is said."""
    result = solve(loads(BEAMS.format(sizes=sizes))).parts[1]
    table = next(b for b in result.blocks if isinstance(b, Table))
    names = [text(cell) for cell in table.header[:2] if not isinstance(cell, str)]
    runs = [dict(zip(names, map(int, row[:2]), strict=True)) for row in table.rows]  # type: ignore[arg-type]
    assert all(run["B"] <= run["N"] for run in runs) == bool(sizes)
    remark = next(b for b in result.blocks if isinstance(b, Remark))
    assert remark.reason.text.endswith(said)
    found = text(result.answers[0].answer.expression)
    assert all(term in found for term in answer)
