"""`derive grad` and `derive.grad`: one derivative without a file. A further mistake is a row in MISTAKES."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from test_cli import derive as command

import derive
from derive.errors import DeriveError
from derive.notation.text import text
from derive.problem.single import Texts, question

LSQ = ["sqnorm(A@x - b)", "--wrt", "x", "--shape", "A=m,n", "--shape", "x=n", "--shape", "b=m"]
LSQ_SHAPES = {"A": "m,n", "x": "n", "b": "m"}

# expression, variable, options, what is asked
ASKED: list[tuple[str, str, dict[str, Any], str]] = [
    ("sqnorm(x)", "x", {"shapes": ["x=n"]}, "gradient(sqnorm(x), x)"),
    ("A @ x", "x", {"shapes": ["x=n", "A=m,n"]}, "jacobian(A @ x, x)"),
    ("exp(t * A)", "t", {"shapes": ["A=m,n", "t"]}, "jacobian(exp(t * A), t)"),
    ("c**2", "c", {"shapes": ["c="]}, "gradient(c**2, c)"),
    ("log(p)", "p", {"shapes": ["p=scalar in (0, 1)"]}, "gradient(log(p), p)"),
    ("sum(x[t], t).T @ w", "w", {"shapes": ["x[t]=d", "w=d"], "index": ["t=1..T"]}, "gradient(sum(x[t], t).T @ w, w)"),
    ("sum(f(x))", "x", {"shapes": ["x=n"], "define": ["f(r) = r * tanh(r)"]}, "gradient(sum(f(x)), x)"),
]  # fmt: skip

# expression, variable, options, the error as it is printed
MISTAKES: list[tuple[str, str, dict[str, Any], str]] = [
    ("sqnorm(A@x - b)", "x", {"shapes": ["A=m,n", "x=n"]}, """expression:1:14: 'b' has no shape
    sqnorm(A@x - b)
                 ^
add --shape b=m"""),
    ("sqnorm(x) + c", "x", {"shapes": ["x=n"]}, """expression:1:13: 'c' has no shape
    sqnorm(x) + c
                ^
add --shape c= for a scalar"""),
    ("sqnorm(v)", "v", {}, """expression:1:8: 'v' has no shape
    sqnorm(v)
           ^
add --shape v=n"""),
    ("-y.T @ log(p)", "y", {"shapes": ["y=n"], "define": ["p = softmax(z)"]}, """define:1:13: 'z' has no shape
    p = softmax(z)
                ^
add --shape z=n"""),
    ("sqnorm(A @ x)", "x", {"shapes": ["x=n", "A=n,2m"]}, """shape:1:6: no operator before 'm'
    A=n,2m
         ^
write 2 * m"""),
    ("sum(X)", "X", {"shapes": ["X=a,b,c"]}, """shape:1:3: a shape has at most two sizes
    X=a,b,c
      ^^^^^
as in --shape X=m,n"""),
    ("x.T @ S @ x", "x", {"shapes": ["x=n", "S=n,n"], "facts": ["S=symetric"]}, """fact:1:3: unknown fact 'symetric' after matrix
    S=symetric
      ^^^^^^^^
did you mean 'symmetric'?"""),
    ("x.T @ S @ x", "x", {"shapes": ["x=n", "S=n,m"], "facts": ["S=spd"]}, """fact:1:3: spd needs a square matrix, got matrix(n, m)
    S=spd
      ^^^"""),
    ("x.T @ x", "x", {"shapes": ["x=n"], "facts": ["S=spd"]}, """fact:1:1: a fact about 'S', which has no shape
    S=spd
    ^
add --shape S=..."""),
    ("x.T @ x", "x", {"shapes": ["x=n", "x=m"]}, """shape:1:1: 'x' is there twice
    x=m
    ^
one --shape for each name"""),
    ("x.T @ x", "2*x", {"shapes": ["x=n"]}, """wrt:1:1: a derivative is taken in a name
    2*x
    ^^^
as in --wrt x"""),
    ("x.T @ x", "y", {"shapes": ["x=n"]}, """wrt:1:1: 'y' has no shape
    y
    ^
add --shape y=n"""),
    ("A @ x", "x", {"shapes": ["x=n", "A=n,m"]}, """expression:1:3: @ of matrix(n, m) and vector(n)
    A @ x
      ^"""),
    ("p", "x", {"shapes": ["x=n"], "define": ["p"]}, """define:1:1: 'p' says nothing
    p
    ^
as in --define "p = softmax(z)\""""),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "wrt", "options", "asked"), ASKED)
def test_the_shapes_say_what_is_asked(expression: str, wrt: str, options: dict[str, Any], asked: str) -> None:
    part = question(expression, wrt, Texts(**options))
    assert text(part.find[0].expression, part.scope) == asked


@pytest.mark.parametrize(("expression", "wrt", "options", "message"), MISTAKES)
def test_mistakes(expression: str, wrt: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DeriveError) as caught:
        question(expression, wrt, Texts(**options))
    assert str(caught.value) == message


def test_a_hessian_of_a_vector() -> None:
    with pytest.raises(DeriveError, match="a Hessian needs a scalar, this is vector"):
        question("A @ x", "x", Texts(["A=m,n", "x=n"]), "hessian")


def test_the_python_interface() -> None:
    found = derive.grad("sqnorm(A @ x - b)", "x", LSQ_SHAPES)
    assert found.status == "checked"
    assert found.answer.text == "2 * A.T @ (A @ x - b)"
    assert found.answer.torch == "2 * (A.T @ (A @ x - b))"
    assert (
        derive.grad(
            "x.T @ S @ x", "x", {"S": "n,n", "x": "n"}, facts={"S": "spd"}, derivative="hessian"
        ).answer.text
        == "2 * S"
    )


def test_the_terminal() -> None:
    said = command("grad", *LSQ, COLUMNS="110")
    assert said.returncode == 0, said.stderr
    for piece in (
        "read off the gradient",
        "answer  2 * A.T @ (A @ x - b)",
        "checked on 4 random instances",
        r"= 2 \mathbf{A}^{\top} (\mathbf{A} \mathbf{x} - \mathbf{b})",
        "  NumPy\n    def gradient(A, x, b):",
        "  PyTorch\n    def gradient(A, x, b):",
    ):
        assert piece in said.stdout


def test_json() -> None:
    said = json.loads(command("grad", *LSQ, "--format", "json").stdout)
    assert said["asked"] == "gradient(sqnorm(A @ x - b), x)"
    assert said["answers"][0]["text"] == "2 * A.T @ (A @ x - b)"
    assert set(said["code"]) == {"numpy", "torch"}


def test_code_alone_runs() -> None:
    said = command("grad", *LSQ, "--code", "numpy")
    space: dict[str, Any] = {}
    exec(said.stdout, space)
    A, x, b = np.eye(3)[:2], np.arange(3.0), np.ones(2)
    assert space["gradient"](A, x, b) == pytest.approx(2 * A.T @ (A @ x - b))


def test_an_expression_may_start_with_a_minus() -> None:
    said = command("grad", "-h.T @ h", "--wrt", "h", "--shape", "h=n", "--code", "numpy")
    assert said.stdout.endswith("return -2 * h\n")


def test_latex_is_the_derivation() -> None:
    said = command("grad", *LSQ, "--format", "latex")
    assert said.stdout.startswith("\\begin{align*}")


def test_what_is_not_derived_says_so() -> None:
    said = command("grad", "sign(x).T @ x", "--wrt", "x", "--shape", "x=n", "--code", "torch")
    assert said.returncode == 1
    assert said.stdout == ""
    assert "no derivative rule for sign(x)" in said.stderr
