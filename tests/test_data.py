"""The section data: what is kept, what it fixes, how values come out; and layers, run and counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derive.check.judge import Checker
from derive.errors import DeriveError, NotEvaluated
from derive.kinds.solve import solve
from derive.notation.reader import read
from derive.notation.running import HELD, RUNS
from derive.notation.text import text
from derive.problem.load import loads
from derive.problem.model import Problem
from derive.vocabulary.build import add, num
from derive.vocabulary.layers import LAYERS
from derive.vocabulary.scope import RawText

HEAD = "format: 1\ntitle: t\n"
ASK = "parts:\n  - id: a\n    ask: a\n    find: "


def problem(sections: str, find: str) -> Problem:
    return loads(HEAD + sections + ASK + find + "\n", "p.yaml")


def answer(sections: str, find: str) -> str:
    (part,) = solve(problem(sections, find)).parts
    assert part.status == "checked", part.error or part.blocks
    return text(part.answers[0].answer.expression)


ANSWERS: list[tuple[str, str, str]] = [
    ("data:\n  a: 1/3\n  b: 0.5\n", "a + b", "5/6"),
    ("data:\n  a: 0.2\n  b: 0.5\n", "a + b", "0.7"),
    ("data:\n  v: [5]\n", "v", "[5]"),
    ("data:\n  M:\n    - [1, 2]\n    - [3, 4]\n", "M @ M", "[[7, 10], [15, 22]]"),
    ("data:\n  T: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\n", "sum(T, over=(1, 2))", "[16, 20]"),
    ("data:\n  T: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\n", "T[2, 1, 2] - mean(T)", "3/2"),
    ("symbols:\n  X: matrix(batch=2, feature=3)\ndata:\n  X: [[1, 2, 3], [4, 6, 8]]\n", "mean(X, over=batch)", "[5/2, 4, 11/2]"),
    ("symbols:\n  X: matrix(n, d)\ndata:\n  X: [[1, 2, 3], [4, 6, 8]]\n", "sum(X) / n + d", "15"),
    ("index:\n  t: 1..T\nsymbols:\n  x[t]: vector(2)\ndata:\n  x: [[1, 2], [3, 4], [5, 6]]\n", "sum(x[t], t) / T", "[3, 4]"),
    ("index:\n  t: 1..T\nsymbols:\n  m[0]: scalar\n  g[t]: scalar\ndata:\n  m[0]: 0\n  g: [1, 2, 4]\n  b: 1/2\ndefine:\n  m[t]: b * m[t-1] + (1 - b) * g[t]\n", "m[T]", "21/8"),
    ("data:\n  P: [[1/2, 1/2], [1, 0]]\n", "matpow(P, 2)", "[[3/4, 1/4], [1/2, 1/2]]"),
    ("data:\n  x: [3, 4]\n", "x / norm(x)", "[3/5, 4/5]"),
    ("data:\n  x: 2\n", "gradient(x**3 + log(x), x)", "25/2"),
    ("data:\n  x: [1, 2]\n", "hessian(x[1]**2 * x[2], x)", "[[4, 2], [2, 0]]"),
    ("data:\n  x: [1, 2]\n", "jacobian(x * sum(x), x)", "[[4, 1], [2, 5]]"),
    ("data:\n  x: [1, -2]\n", "gradient(sum(relu(x[k] * 3), k=1..2), x)", "[3, 0]"),
    ("data:\n  x: [1, -2]\n", "gradient(max(x[k]**2, k=1..2), x)", "[0, -4]"),
    ("symbols:\n  x: vector(2)\n  a: scalar\ndata:\n  x: [1, 2]\n", "a * x", "[a, 2 * a]"),
    ("data:\n  q: [[1, 2, 3], [4, 0, 2]]\n", "q[1, 2] + 1/2 * (1 + 0.9 * max(q[2, k], k=1..3) - q[1, 2])", "3.3"),
    ("symbols:\n  x: vector(3) ~ normal(zeros(3), s)\n  s: scalar positive\ndata:\n  s: 1/4\n", "E(sqnorm(x))", "3/4"),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "find", "wanted"), ANSWERS, ids=[r[1] for r in ANSWERS])
def test_values(sections: str, find: str, wanted: str) -> None:
    assert answer(sections, find) == wanted


def test_tables_and_trees_are_kept_as_they_stand() -> None:
    found = problem(
        "data:\n  tree:\n    start: {the: -0.9, a: -1.1}\n    the:\n      dog: -1\n"
        "  D:\n    - [y, x1]\n    - [1, 0]\n  x: [1, 2]\n",
        "sum(x)",
    ).data
    assert [d.value is None for d in found.values()] == [True, True, False]
    tree: Any = found["tree"].raw
    assert list(tree) == ["start", "the"]
    assert isinstance(tree["start"], RawText)
    assert (tree["start"].text, tree["start"].place.line) == ("{the: -0.9, a: -1.1}", 5)
    assert tree["the"]["dog"].text == "-1"
    table: Any = found["D"].raw
    assert [row.text for row in table] == ["[y, x1]", "[1, 0]"]


REFUSED = [
    ("symbols:\n  P: matrix(2, 2) stochastic\ndata:\n  P: [[1, 0], [0.5, 0.4]]\n", "row 2 sums to 0.9 and not to 1, but 'P' is declared stochastic", 6),
    ("symbols:\n  p: vector(2) simplex\ndata:\n  p: [3/2, -1/2]\n", "entry 2 is negative, but 'p' is declared simplex", 6),
    ("symbols:\n  A: matrix(2, 2) symmetric\ndata:\n  A: [[1, 2], [3, 4]]\n", "the data are not symmetric, but 'A' is declared symmetric", 6),
    ("symbols:\n  a: scalar in (0, 1)\ndata:\n  a: 2\n", "2 lies outside (0, 1)", 6),
    ("symbols:\n  a: matrix(n, d)\n  b: vector(n)\ndata:\n  a: [[1, 2], [3, 4]]\n  b: [1, 2, 3]\n", "'n' is 3 in the data of b and 2 in those of a", 8),
    ("symbols:\n  a: scalar\ndata:\n  a: {x: 1}\n", "the data of 'a' are no numbers", 6),
    ("symbols:\n  f: Linear(2, 3)\ndata:\n  f: 1\n", "'f' can have no data", 6),
    ("data:\n  a[0]: 1\n", "nothing declares 'a[0]'", 4),
    ("data:\n  a:\n    - [1, 2]\n    - [1]\n", "this row is vector(1), the first one vector(2)", 6),
    ("data:\n  a: 1\ndefine:\n  a: 2\n", "'a' has data and is defined", 6),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "message", "line"), REFUSED, ids=[r[1] for r in REFUSED])
def test_data_that_cannot_be(sections: str, message: str, line: int) -> None:
    with pytest.raises(DeriveError) as caught:
        problem(sections, "1 + 1")
    assert caught.value.message == message
    assert caught.value.place is not None
    assert caught.value.place.line == line


# ---------------------------------------------------------------- layers

INPUT = "symbols:\n  X: tensor({})\n  f: {}\n"
SHAPES = [  # input, layer, shape, params, macs
    ("3, 227, 227", "Conv2d(3, 64, kernel=11, stride=4, padding=2)", "(64, 56, 56)", 23296, 72855552),
    ("3, 32, 32", "Conv2d(3, 8, 3)", "(8, 30, 30)", 224, 194400),
    ("4, 9, 11", "Conv2d(4, 6, kernel=(3, 5), stride=(2, 1), padding=(0, 2), groups=2, bias=no)", "(6, 4, 11)", 180, 7920),
    ("2, 10, 10", "Conv2d(2, 3, kernel=3, dilation=3)", "(3, 4, 4)", 57, 864),
    ("2, 20", "Conv1d(2, 5, kernel=4, stride=3)", "(5, 6)", 45, 240),
    ("7, 3, 8, 8", "Conv2d(3, 2, kernel=3)", "(7, 2, 6, 6)", 56, 13608),
    ("5, 7, 8", "MaxPool2d(2)", "(5, 3, 4)", 0, 0),
    ("5, 7, 8", "AvgPool2d(kernel=3, stride=1, padding=1)", "(5, 7, 8)", 0, 0),
    ("5, 9", "AvgPool1d(4)", "(5, 2)", 0, 0),
    ("2, 3, 4", "Flatten()", "(24)", 0, 0),
    ("6, 10", "Linear(10, 4)", "(6, 4)", 44, 240),
    ("6, 12", "Attention(12, heads=3)", "(6, 12)", 624, 4320),
]  # fmt: skip


@pytest.mark.parametrize(("size", "layer", "shape", "params", "macs"), SHAPES, ids=[r[1] for r in SHAPES])
def test_layers(size: str, layer: str, shape: str, params: int, macs: int) -> None:
    sections = INPUT.format(size, layer)
    assert answer(sections, "shape(f(X))") == shape
    assert answer(sections, "params(f)") == str(params)
    assert answer(sections, "macs(f(X))") == str(macs)


@pytest.mark.parametrize("row", SHAPES, ids=[r[1] for r in SHAPES])
def test_a_wrong_count_is_refused(row: tuple[str, str, str, int, int]) -> None:
    scope = problem(INPUT.format(row[0], row[1]), "params(f)").scope
    checker = Checker(scope)
    for asked, value in (("params(f)", row[3]), ("macs(f(X))", row[4])):
        node = read(asked, scope)
        assert checker.line(node, "==", num(value)).status == "holds"
        assert checker.line(node, "==", add(num(value), num(1))).status == "fails"
    shape = read("shape(f(X))", scope)
    wrong = read(row[2].replace("(", "(1 + "), scope, lists=True)
    assert (
        checker.line(
            shape, "==", read(row[2] if "," in row[2] else f"[{row[2][1:-1]}]", scope, lists=True)
        ).status
        == "holds"
    )
    if wrong.shape == shape.shape:
        assert checker.line(shape, "==", wrong).status == "fails"


def test_every_layer_runs_and_holds_parameters() -> None:
    assert set(RUNS) == set(HELD) == set(LAYERS)


def test_a_convolution_runs_as_numpy_says() -> None:
    """The windows that are counted are those of a convolution written as four loops."""
    from derive.notation.running import _windows

    x = np.arange(2 * 7 * 8).reshape(2, 7, 8)
    options = {"kernel": (3, 2), "stride": (2, 3), "padding": (1, 0), "dilation": (2, 1)}
    padded = np.pad(x, [(0, 0), (1, 1), (0, 0)])
    seen = _windows(x, options)
    for i in range(seen.shape[1]):
        for j in range(seen.shape[2]):
            for k in range(3):
                for m in range(2):
                    assert (seen[:, i, j, k, m] == padded[:, 2 * i + 2 * k, 3 * j + m]).all()
    with pytest.raises(NotEvaluated):
        _windows(x, {**options, "kernel": (9, 2)})


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("Conv2d(3, 4, kernel=9)", "the kernel of f is 9 along h, its input 5 with padding"),
        ("Conv2d(2, 4, kernel=3)", "f takes c_in = 2, got 3 of tensor(3, 5, 5)"),
        ("Linear(7, 2)", "f takes n_in = 7, got 5 of tensor(3, 5, 5)"),
    ],
)
def test_layers_that_do_not_fit(layer: str, message: str) -> None:
    with pytest.raises(DeriveError) as caught:
        problem(INPUT.format("3, 5, 5", layer), "shape(f(X))")
    assert caught.value.message == message
    assert caught.value.place is not None
    assert "f(X)" in caught.value.place.text


def test_symbols_for_sizes() -> None:
    sections = "symbols:\n  I: tensor(c, n, n)\n  f: Conv2d(c, m, kernel=k)\n  g: Linear(n, n, bias=no)\n"
    assert answer(sections, "params(f) + params(g)") == "m * c * k**2 + m + n**2"
    assert answer("symbols:\n  x: vector(a)\n  g: Linear(a, b)\n", "macs(g(x))") == "b * a"


# ---------------------------------------------------------------- at, show, later parts

AT = """symbols:
  x: vector(n)
  y: vector(n)
  a: scalar
define:
  s: sqnorm(x) + a
  r: s * a
"""


@pytest.mark.parametrize(
    ("find", "wanted"),
    [
        ("at(r, x == 2 * y)", "(4 * sqnorm(y) + a) * a"),
        ("at(r, a == 3)", "(sqnorm(x) + 3) * 3"),
        ("at(gradient(s, x), x == y)", "2 * y"),
        ("at(at(s, x == y), y == x)", "sqnorm(x) + a"),
        ("at(s, x == y, a == 1)", "sqnorm(y) + 1"),
        ("gradient(at(r, x == y), a)", "sqnorm(y) + 2 * a"),
    ],
)
def test_a_value_in_place_of_a_name(find: str, wanted: str) -> None:
    """The definitions follow; what comes out is compared by value, and a wrong value is refused."""
    found = problem(AT, find + f"\n    expect: {wanted}")
    assert solve(found).status == "checked"
    assert solve(problem(AT, find + f"\n    expect: 2 * ({wanted})")).status == "failed"


def test_a_value_put_in_a_random_place_is_checked() -> None:
    scope = problem(AT, "a").scope
    checker = Checker(scope)
    assert (
        checker.line(read("at(r, x == 2 * y)", scope), "==", read("(4 * sqnorm(y) + a) * a", scope)).status
        == "holds"
    )
    assert checker.line(read("at(r, x == 2 * y)", scope), "==", read("r", scope)).status == "fails"


@pytest.mark.parametrize(
    ("right", "status"), [("5", "checked"), ("norm(x)**2 + x[1] - 1", "checked"), ("6", "failed")]
)
def test_equations_of_data(right: str, status: str) -> None:
    source = HEAD + "data:\n  x: [1, 2]\nparts:\n  - id: a\n    ask: a\n    show: x.T @ x == " + right + "\n"
    assert solve(loads(source)).status == status


def test_names_of_answers_are_used_later_and_chains_are_referred_to() -> None:
    source = (
        HEAD
        + "data:\n  x: [3, 4]\ndefine:\n  r: norm(x)\nparts:\n  - id: a\n    ask: a\n    find:\n      u: x / r\n"
        "  - id: b\n    ask: a\n    find: u.T @ u + r\n"
    )
    result = solve(loads(source))
    assert result.status == "checked"
    assert text(result.parts[1].answers[0].answer.expression) == "6"
    reasons = [x.reason.text for b in result.parts[1].blocks for x in getattr(b, "lines", ())]
    assert "part a" in reasons


LONG = (
    HEAD
    + "index:\n  t: 1..T\nsymbols:\n  x[0]: scalar\n  y[0]: scalar\ndata:\n  x[0]: 1\n  y[0]: 0\ndefine:\n"
    "  x[t]: 0.9 * x[t-1] + 0.1 * y[t-1]\n  y[t]: 0.5 * y[t-1] + 0.5 * x[t]\n" + ASK
)


@pytest.mark.parametrize(
    ("at", "wanted", "status"),
    [(200, "0.8182", "checked"), (200, "0.8183", "failed"), (3, "0.83475", "checked")],
)
def test_long_recurrences(at: int, wanted: str, status: str) -> None:
    """The only instance is as long as the member that is asked for, and no recursion is as deep."""
    result = solve(loads(LONG + f"x[{at}]\n    expect: {wanted}\n"))
    assert result.status == status
    assert result.parts[0].error is None


def test_a_wrong_member_of_a_long_recurrence_is_refused() -> None:
    scope = loads(LONG + "x[6]\n").scope
    checker = Checker(scope)
    right = read("0.9 * x[5] + 0.1 * y[5]", scope)
    assert checker.line(read("x[6]", scope), "==", right).status == "holds"
    assert checker.line(read("x[6]", scope), "==", read("0.9 * x[5] + 0.1 * y[4]", scope)).status == "fails"
