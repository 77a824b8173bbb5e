"""Exact values: scalars as they are written, arrays by every meaning, derivatives, decimals; NumPy is the judge."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from derive.check.judge import Checker
from derive.errors import NotEvaluated
from derive.kinds.solve import solve
from derive.notation.derivation import Chain, Line, Reason
from derive.notation.evaluate import Evaluator, draw
from derive.notation.reader import read
from derive.notation.rounding import half_units
from derive.notation.text import text
from derive.problem.load import loads
from derive.tree.nodes import Node, walk
from derive.values.arrays import Grid, grid_of, literal
from derive.values.decimals import needs_decimals, places, rounded
from derive.values.evaluate import Explicit
from derive.values.functions import EXACT, derivative, exact_of
from derive.values.meaning import MEANING
from derive.values.scalars import approximate, node_of, of
from derive.vocabulary.build import TABLE, build
from derive.vocabulary.scope import Scope

EMPTY = Scope()

SCALARS = [  # written, exact
    ("exp(log(2)) / (exp(log(2)) + exp(log(3)))", "2/5"),
    ("sqrt(12) * sqrt(2)", "2 * sqrt(6)"),
    ("1 / (1 + sqrt(2))", "sqrt(2) - 1"),
    ("1 / (1 - sqrt(2))", "-1 - sqrt(2)"),
    ("log(8) - log(2)", "2 * log(2)"),
    ("log(1/3)", "-log(3)"),
    ("log(sqrt(2))", "log(2) / 2"),
    ("log(exp(3))", "3"),
    ("0.1 * 3", "0.3"),
    ("0.1 * 3 + 2/7", "41/70"),
    ("2**(3/2)", "2 * sqrt(2)"),
    ("sqrt(0.49)", "0.7"),
    ("sqrt(1/2)", "sqrt(2) / 2"),
    ("(1 + sqrt(3))**2", "4 + 2 * sqrt(3)"),
    ("sigmoid(log(3))", "3/4"),
    ("sigmoid(0)", "1/2"),
    ("tanh(0) + cos(0)", "1"),
    ("relu(-2) + abs(-3) + sign(-5) + step(2)", "3"),
    ("floor(220/8)", "27"),
    ("floor(-1/2)", "-1"),
    ("exp(1/2) / exp(1/2)", "1"),
    ("pi / 4 * 2", "pi / 2"),
    ("(2/3)**(-2)", "9/4"),
]


@pytest.mark.parametrize(("written", "exact"), SCALARS)
def test_scalars(written: str, exact: str) -> None:
    assert text(node_of(exact_of(read(written, EMPTY)))) == exact


def numpy_value(node: Node, scope: Scope = EMPTY) -> np.ndarray:
    return Evaluator(scope, draw(scope)).value(node)


@pytest.mark.parametrize("written", [row[0] for row in SCALARS])
def test_scalars_have_numpys_value(written: str) -> None:
    node = read(written, EMPTY)
    assert approximate(exact_of(node)) == pytest.approx(float(numpy_value(node)[0, 0]), rel=1e-12)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("log(0)", "log of 0"),
        ("log(-1)", "log of a negative number"),
        ("1 / (1 - 1)", "division by 0"),
        ("(-2)**(1/2)", "a root of a negative number"),
    ],
)
def test_scalars_without_a_value(written: str, message: str) -> None:
    with pytest.raises(NotEvaluated) as caught:
        exact_of(read(written, EMPTY))
    assert caught.value.message == message


SQUARE = "[[2, 1, 0], [1, 3, -1], [0, 1, 1]]"
FLOATS = ["eigmax", "eigmin", "eigvecmax", "eigvecmin"]
WIDE = "[[1, -2, 1/2], [3, 0, 2]]"
COLUMN = "[1, 2, -1]"
ARRAYS = [
    f"{WIDE} @ {SQUARE}", f"{WIDE} @ {COLUMN}", f"{COLUMN}.T @ {SQUARE} @ {COLUMN}", f"{COLUMN} @ {COLUMN}.T",
    f"({WIDE}).T", f"inv({SQUARE})", f"matpow({SQUARE}, 3)", f"matpow({SQUARE}, -2)", f"det({SQUARE})",
    f"logdet({SQUARE})", f"trace({SQUARE})", f"diag({COLUMN})", f"diagpart({SQUARE})", f"inner({WIDE}, 2 * {WIDE})",
    f"norm({WIDE})", f"sqnorm({COLUMN})", f"norm1({COLUMN})", f"sum({WIDE})", f"mean({WIDE})", f"var({WIDE})",
    f"rowsum({WIDE})", f"colsum({WIDE})", f"softmax({COLUMN})", f"softmax({WIDE}, rows)", f"logsumexp({COLUMN})", f"logsumexp({WIDE}, rows)", "kronecker(1, 2) + kronecker(3, 3)",
    f"sum({WIDE}, over=1)", f"mean({WIDE}, over=2)", f"var({WIDE}, over=(1, 2))", f"max({WIDE}, over=2)",
    f"mean([{WIDE}, 2 * {WIDE}], over=(1, 3))", f"var([{WIDE}, 2 * {WIDE}], over=2)", f"{WIDE}[2, 3]", f"{WIDE}[1]",
    f"[{WIDE}, 2 * {WIDE}][2, 1, 3]", f"where({COLUMN}[1] < 2, 3, 4) + where(1 >= 2, 3, 4) * where(2 <= 2, 1, 0)",
    f"where(3 > 2, {COLUMN}, 2 * {COLUMN})", f"{COLUMN} / {COLUMN} - {COLUMN}**2", f"-relu({COLUMN}) * 2", f"exp({COLUMN})",
    f"eye(3) + {SQUARE}", "ones(2, 3) + zeros(2, 3)", "onehot(2, 3)", "sum(k**2, k=1..4) * prod(k, k=1..4)",
    "max((k - 2)**2, k=1..4)", "min((k - 2)**2, k=1..4)", "argmax((k - 2)**2, k=1..3)", "argmin((k - 2)**2, k=3..5)",
    "argmin(abs(2 * k - 5), k=1..4)", "sum(min((k - j)**2, j=2..3), k=1..4)",
    f"reverse({COLUMN})", f"reverse({WIDE}, rows)", f"reverse({WIDE}, columns)", "eigmax([[2, 1], [1, 4]])", "eigmin([[2, 1], [1, 4]])", "eigmax([[7]])",
]  # fmt: skip


@pytest.mark.parametrize("written", ARRAYS)
def test_arrays_have_numpys_value(written: str) -> None:
    node = read(written, EMPTY)
    found = Explicit(EMPTY).value(node)
    wanted = numpy_value(node)
    assert [approximate(x) for x in found.items] == pytest.approx(
        wanted.ravel().tolist(), rel=1e-12, abs=1e-12
    )
    assert grid_of(literal(found)) == found


@pytest.mark.parametrize("op", FLOATS)
@pytest.mark.parametrize(
    "matrix", ["[[2, 1, 0], [1, 3, -1], [0, -1, 1/2]]", "[[0, 5, 1], [5, 0, 2], [1, 2, 0]]"]
)
def test_eigenvalues_have_numpys_value(op: str, matrix: str) -> None:
    node = read(f"{op}({matrix})", EMPTY)
    found = [approximate(x) for x in Explicit(EMPTY).value(node).items]
    assert found == pytest.approx(numpy_value(node).ravel().tolist(), rel=1e-12)


def test_every_meaning_is_tried() -> None:
    tried = {
        n.op for written in [*ARRAYS, *(f"{op}([[1]])" for op in FLOATS)] for n in walk(read(written, EMPTY))
    } | {"list", "tuple"}
    elementwise = {name for name, row in TABLE.items() if row.kind == "elementwise"}
    assert sorted(MEANING.keys() - tried - elementwise) == []


@pytest.mark.parametrize("op", sorted(n for n, r in TABLE.items() if r.kind == "elementwise"))
@pytest.mark.parametrize("at", ["3/7", "2"])
def test_functions_and_their_derivatives_have_numpys_value(op: str, at: str) -> None:
    node = build(op, read(at, EMPTY))
    assert approximate(exact_of(node)) == pytest.approx(float(numpy_value(node)[0, 0]), rel=1e-12)
    scope = loads(
        f"format: 1\ntitle: t\ndata:\n  x: {at}\nparts:\n  - id: a\n    ask: a\n    find: {op}(3 * x**2) / x\n"
    ).scope
    asked = read(f"gradient({op}(3 * x**2) / x, x)", scope)
    if TABLE[op].derivative and (op != "floor" or at == "3/7"):
        found = approximate(Explicit(scope).value(asked).scalar)
        assert found == pytest.approx(float(numpy_value(asked, scope)[0, 0]), rel=1e-6, abs=1e-6)


def test_exact_functions_are_functions() -> None:
    assert set(EXACT) <= TABLE.keys()


def test_long_sums_become_floats() -> None:
    rows = [[Fraction(Random(k * 7 + j).randint(1, 99), 7) for j in range(9)] for k in range(9)]
    written = "[" + ", ".join("[" + ", ".join(f"sqrt({x})" for x in row) + "]" for row in rows) + "]"
    node = read(f"softmax({written} @ {written}, rows)", EMPTY)
    found = Explicit(EMPTY).value(node)
    assert [approximate(x) for x in found.items] == pytest.approx(
        numpy_value(node).ravel().tolist(), rel=1e-9
    )


# ---------------------------------------------------------------- decimals

DIGITS = [
    ([Fraction(2, 3)], False, 4),
    ([Fraction(155, 144)], True, 4),
    ([Fraction(12345, 7)], True, 1),
    ([Fraction(1, 70000)], True, 8),
    ([Fraction(3)], False, 4),
    ([Fraction(1, 3), Fraction(250, 3)], False, 3),
]


@pytest.mark.parametrize(("values", "needed", "digits"), DIGITS)
def test_digits(values: list[Fraction], needed: bool, digits: int) -> None:
    grid = Grid((len(values),), tuple(of(v) for v in values))
    assert (needs_decimals(grid), places(grid)) == (needed, digits)


def test_rounded_arrays_keep_their_places_and_whole_numbers() -> None:
    grid = Grid((3,), (exact_of(read("sqrt(2)", EMPTY)), of(0), of(Fraction(1, 2))))
    assert text(rounded(grid)) == "[1.4142, 0, 0.5000]"
    assert half_units(rounded(grid)) == pytest.approx([5e-5, 0, 5e-5])


# ---------------------------------------------------------------- lines that must be refused

FILE = """format: 1
title: t
data:
  X: [[1, 2], [3, 5]]
  w: [1, -2]
define:
  s: norm(X @ w)
parts:
  - id: a
    ask: a
    find: s
"""


def test_a_wrong_value_is_refused() -> None:
    """Beside every line of a true derivation, the same line with another last digit or sign."""
    problem = loads(FILE)
    (part,) = solve(problem).parts
    checker = Checker(part.part.scope)
    lines = [line for b in part.blocks if isinstance(b, Chain) for line in b.lines]
    assert lines[-1].relation == "~="
    for line in lines:
        assert checker.line(line.left, line.relation, line.right).status == "holds"
        wrong = build("add", line.right, read("0.0001", EMPTY))
        assert checker.line(line.left, "==", wrong).status == "fails"
    assert checker.line(lines[0].left, "~=", read("7.615", EMPTY, lists=True)).status == "fails"
    assert checker.line(lines[0].left, "~=", read("7.6158", EMPTY, lists=True)).status == "holds"
    assert checker.line(lines[0].left, "~=", read("7.6157", EMPTY, lists=True)).status == "fails"


def test_zero_is_a_value_where_data_leave_nothing_to_draw() -> None:
    scope = loads(FILE).scope
    checker = Checker(scope)
    assert checker.line(read("w[1] + w[2] + 1", scope), "==", read("0", scope)).status == "holds"
    assert checker.line(read("w[1] + w[2] + 2", scope), "==", read("0", scope)).status == "fails"


def test_names_of_a_chain_are_definitions_while_it_is_judged() -> None:
    scope = loads(FILE).scope
    k = read("w[1]", scope)
    name = replace_name(read("s", scope), "k")
    chain = Chain((Line(read("2 * w[1]", scope), build("mul", read("2", scope), name), Reason("")),))
    assert Checker(scope).chain(replace(chain, names=((name, k),))).lines[0].verdict.status == "holds"
    false = replace(chain, names=((name, read("w[2]", scope)),))
    assert Checker(scope).chain(false).lines[0].verdict.status == "fails"


def replace_name(node: Node, name: str) -> Node:
    return Node("sym", (), replace(node.symbol, name=name), node.shape)


@pytest.mark.parametrize(
    ("expected", "status"),
    [
        ("sqrt(58)", "checked"),
        ("7.6158", "checked"),
        ("7.62", "checked"),
        ("7.61", "failed"),
        ("7.6157", "failed"),
        ("sqrt(57)", "failed"),
    ],
)
def test_expectations_in_digits(expected: str, status: str) -> None:
    assert solve(loads(FILE + f"    expect: {expected}\n")).status == status


def test_an_approximate_value_of_symbols_is_not_checked() -> None:
    scope = loads(
        "format: 1\ntitle: t\nsymbols:\n  a: scalar\nparts:\n  - id: a\n    ask: a\n    answer: b\n"
    ).scope
    assert Checker(scope).line(read("a", scope), "~=", read("0.5", scope, lists=True)).status == "not-checked"


# ---------------------------------------------------------------- derivatives entry by entry


def test_derivatives_of_index_expressions() -> None:
    problem = loads(
        """format: 1
title: t
symbols:
  u: vector(2)
  A: matrix(2, 2)
define:
  L: 2 * u[1] + 3 * u[1] * u[2] + exp(u[2] * A[1, 2]) * sigmoid(u[1])
parts:
  - id: a
    ask: a
    find: gradient(L, u)
  - id: b
    ask: a
    find: gradient(L, A)
  - id: c
    ask: a
    find: at(gradient(L, u), u == [1, 0])
"""
    )
    result = solve(problem)
    assert [p.status for p in result.parts] == ["checked"] * 3
    assert "checked on" not in str(result.parts[0].error)


def test_the_derivative_of_a_power_and_of_a_quotient() -> None:
    scope = loads(
        "format: 1\ntitle: t\nsymbols:\n  a: scalar\nparts:\n  - id: a\n    ask: a\n    answer: b\n"
    ).scope
    a = read("a", scope)
    found = derivative(exact_of(read("(a**3 + 1) / (a + 2)", scope)), a)
    at = {**{}, a: read("2", scope)}
    from derive.vocabulary.build import substitute

    assert approximate(exact_of(substitute(node_of(found), at))) == pytest.approx((12 * 4 - 9) / 16)


@pytest.mark.parametrize(
    ("asked", "relation", "shown"),
    [
        ("mean([1, 2])", "==", "1.5"),
        ("mean([1, 2, 4])", "~=", "2.3333"),
        ("sqrt(2) * mean([1, 3])", "~=", "2.8284"),
        ("[1/4, 3] + [1, 1]", "==", "[1.25, 4]"),
        ("[1/3, 1] + [0, 1]", "~=", "[0.3333, 2]"),
        ("mean([1, 3])", "==", "2"),
        ("0.5 + mean([1, 3])", "==", "2.5"),
    ],
)
def test_decimals_follow_every_fraction(asked: str, relation: str, shown: str) -> None:
    """Behind = where they are exact, behind the wavy sign where they are rounded, and not twice."""
    source = f"format: 1\ntitle: t\ndata:\n  z: 0\nparts:\n  - id: a\n    ask: q\n    find: z + {asked}\n"
    part = solve(loads(source.replace("z + [", "z * [1, 1] + ["))).parts[0]
    assert part.status == "checked", part.error
    lines = [line for b in part.blocks if isinstance(b, Chain) for line in b.lines]
    assert (lines[-1].relation, text(lines[-1].right)) == (relation, shown)
    assert sum(line.reason.text == "in decimals" for line in lines) <= 1
