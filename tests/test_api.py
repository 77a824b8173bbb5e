"""The Python API: `derive.load(path).solve()`, and answers that go on in SymPy and NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import results
import sympy

import derive
from derive.api import PartSolution, ProblemSolution
from derive.errors import InputError, UnknownName

TEXT = """format: 1
title: A quadratic
symbols:
  A: matrix(n, n)
  x: vector(n)
parts:
  - id: a
    ask: Derive the gradient.
    find: gradient(x.T @ A @ x, x)
    expect: (A + A.T) @ x
  - id: b
    ask: Two values.
    find:
      first: gradient(sqnorm(x), x)
      second: hessian(sqnorm(x), x)
  - id: c
    ask: Why?
    answer: It is so.
"""


@pytest.fixture(scope="module")
def solution() -> ProblemSolution:
    return derive.loads(TEXT, "quadratic.yaml").solve()


def test_a_problem_before_it_is_solved(tmp_path: Path) -> None:
    file = tmp_path / "quadratic.yaml"
    file.write_text(TEXT)
    problem = derive.load(file)
    assert (problem.id, problem.title, list(problem.parts)) == ("quadratic", "A quadratic", ["a", "b", "c"])
    assert repr(problem) == "LoadedProblem('quadratic', parts=['a', 'b', 'c'])"


def test_an_answer_in_every_notation(solution: ProblemSolution) -> None:
    answer = solution.parts["a"].answer
    A, x = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([1.0, -1.0])
    value = (A + A.T) @ x
    assert np.allclose(eval(answer.numpy, {"np": np, "A": A, "x": x}), value)
    n = sympy.Symbol("n", integer=True, positive=True)
    given = {sympy.MatrixSymbol("A", n, n): sympy.Matrix(A), sympy.MatrixSymbol("x", n, 1): sympy.Matrix(x)}
    assert isinstance(answer.sympy, sympy.MatrixExpr)
    assert answer.sympy.shape == (n, 1)
    assert np.allclose(
        np.array(answer.sympy.subs(n, 2).subs({k.subs(n, 2): v for k, v in given.items()}).doit())
        .ravel()
        .astype(float),
        value,
    )
    assert r"\mathbf{A}" in answer.latex
    assert answer.expression.shape.kind == "vector"
    assert derive.loads(TEXT).problem.parts[0].find[0].expression.shape == answer.expression.shape
    assert answer.agrees is True
    assert answer._repr_latex_().startswith("$$\\begin{aligned}\n")


def test_several_answers_have_names(solution: ProblemSolution) -> None:
    part = solution.parts["b"]
    assert [answer.name for answer in part.answers] == ["first", "second"]
    assert part["first"].text == "2 * x"
    assert part["first"].agrees is None
    with pytest.raises(InputError, match="part b has 2 answers: first, second"):
        _ = part.answer
    with pytest.raises(UnknownName, match="part b has no answer 'frist'") as caught:
        part["frist"]
    assert caught.value.hint == "did you mean 'first'?"


def test_prose_has_no_answer(solution: ProblemSolution) -> None:
    assert solution.parts["c"].status == "authored"
    with pytest.raises(InputError, match=r"part c has no answer \(authored\)"):
        _ = solution.parts["c"].answer


def test_a_notebook_displays_parts_and_problems(solution: ProblemSolution) -> None:
    part = solution.parts["a"]
    assert part._repr_latex_().count("&=") >= len(part.lines)
    assert part._repr_latex_() in solution._repr_latex_()
    assert repr(part) == "PartSolution('a', 'checked')"
    assert repr(solution) == "ProblemSolution('quadratic', 'checked', parts=['a', 'b', 'c'])"
    assert "\x1b" not in str(solution)
    assert str(part) in str(solution)


def test_one_part_alone() -> None:
    problem = derive.loads(TEXT, "quadratic.yaml")
    assert list(problem.solve("b", second_opinion=False).parts) == ["b"]
    with pytest.raises(UnknownName) as caught:
        problem.solve("aa")
    assert str(caught.value) == "quadratic.yaml has no part 'aa'\ndid you mean 'a'?"


def test_progress_is_told_part_by_part() -> None:
    told: list[str] = []
    derive.loads(TEXT).solve(second_opinion=False, progress=told.append)
    assert told == ["a", "b", "c"]


def test_the_dictionary_is_the_json_of_the_command(solution: ProblemSolution) -> None:
    assert [part["id"] for part in solution.json["parts"]] == ["a", "b", "c"]


def test_a_part_without_a_derivation_says_why() -> None:
    part = PartSolution(results.not_derived(results.problem().parts[3]))
    assert part.status == "not-derived"
    assert part.error is not None
    assert part.error.startswith("problems/scale.yaml:38:9: no derivative rule")
    assert "not derived: no derivative rule" in part._repr_latex_()


def test_where_and_chains() -> None:
    part = PartSolution(results.state(results.problem().parts[4]))
    assert len(part.chains) == 1
    assert len(part.answer.where) == 1
    assert r"\text{where}" in part._repr_latex_()


def test_public_names() -> None:
    assert derive.__version__ == "0.1.0"
    assert set(derive.__all__) == set(dir(derive))
    assert all(hasattr(derive, name) for name in derive.__all__)
    with pytest.raises(AttributeError, match="module 'derive' has no attribute 'lode'"):
        _ = derive.lode  # type: ignore[attr-defined]
