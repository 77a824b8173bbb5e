"""Answers as functions: every case's function runs, in NumPy and in PyTorch, and gives what the question evaluates to.

With `DERIVE_TORCH=1` the real PyTorch is used instead of its stand-in.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from typing import Any, Callable

import numpy as np
import pytest
from cases_table import CASES, Case, scope_of
from numpy_torch import tensor, torch

import derive
from derive.errors import NotEvaluated
from derive.notation.evaluate import Evaluator, draw
from derive.notation.program import program
from derive.notation.reader import read, read_range
from derive.notation.torch_code import torch_code
from derive.rewrite.expression import Wish, derive_expression
from derive.tree.nodes import Node, Shape
from derive.vocabulary.build import count, sym
from derive.vocabulary.scope import Scope

Array = Any
NOT_YET = {"inv_by_matrix"}  # not derived
NO_CODE = {"lstm_bptt_Uf"}  # the answer lacks the equation of gradient(L, h[t])

if os.environ.get("DERIVE_TORCH") == "1":
    import torch as real

    def tensor(value: Array) -> Array:
        return real.tensor(np.asarray(value, dtype=float))
else:
    sys.modules.setdefault("torch", torch)  # type: ignore[arg-type]

MAKE: dict[str, Callable[[Array], Array]] = {"numpy": np.asarray, "torch": tensor}

FURTHER = [  # what no case has
    Case("gru", "x[t]: vector(d); z[t]: vector(n); A: matrix(n, d); B: matrix(n, n); C: matrix(n, n); h[0]: vector(n)", "gradient(L, B)", "", (), "r[t]: sigmoid(A @ x[t] + B @ h[t-1]); u[t]: tanh(C @ (r[t] * h[t-1])); h[t]: (1 - r[t]) * h[t-1] + r[t] * u[t]; L: sum(sqnorm(h[t] - z[t]), t)", "t: 1..T"),
    Case("two indices", "x[i]: vector(d); r[i, k]: scalar; c: vector(d)", "gradient(sum(sum(r[i, k] * sqnorm(x[i] - c), k), i), c)", "", (), "", "i: 1..N; k: 1..K"),
    Case("an index left free", "x[t]: vector(d); W: matrix(n, d)", "gradient(sqnorm(W @ x[t]), x[t])", "", (), "", "t: 1..T"),
    Case("a size named like a vector", "h[t]: vector(h); W: matrix(h, h)", "gradient(sum(sqnorm(W @ h[t]), t) / h, W)", "", (), "", "t: 1..T"),
    Case("where and relu", "A: matrix(m, n); x: vector(n)", "gradient(sum(relu(A @ x)) + norm1(x) + sum(where(x > 0, x, 2 * x)), x)", "", ()),
    Case("logsumexp", "x: vector(n); s: scalar positive", "gradient(logsumexp(x / s) + sum(softplus(x)) + sum(logsigmoid(x)) + var(x) + sum(erf(x)), x)", "", ()),
    Case("rows and columns", "X: matrix(m, n); w: vector(n)", "gradient(sqnorm(rowsum(X)) + sum(colsum(X) * w) + logdet(eye(n) + X.T @ X), X)", "", ()),
    Case("second entry", "X: matrix(m, n); Y: matrix(m, n)", "gradient(sum(softmax(X, rows) * Y), X)", "", ()),
    Case("lambda", "lambda: scalar positive; x: vector(n)", "gradient(lambda * exp(1/2) * sqnorm(x), x)", "", ()),
]  # fmt: skip


def asked_and_found(case: Case) -> tuple[Scope, Node, Any]:
    scope = scope_of(case.symbols, case.define, case.index)
    if case.where:
        name, _, span = case.where.partition("=")
        scope = scope.with_range(name, *read_range(span))
    asked = read(case.asked, scope)
    return scope, asked, derive_expression(asked, Wish(scope))


def shaped(value: Array, shape: Shape, evaluator: Evaluator) -> Array:
    return value.reshape([d.value(evaluator.outer) for d in shape.dims])


def argument(name: str, evaluator: Evaluator) -> Array:
    """What a user would pass: an array, a dict by index, a boundary member, a size."""
    scope, sizes = evaluator.scope, evaluator.outer
    start = re.fullmatch(r"(\w)_(0|T_plus_1)", name)
    if start:
        index = count("T") if start[2] != "0" else count(0)
        index = count(index.size + 1) if start[2] != "0" else index
        declared = scope.declarations[start[1]]
        node = sym(declared.name, declared.shape, (index,))
        return shaped(evaluator.value(node), node.shape, evaluator)
    name = name.removesuffix("_") if name.endswith("_") else name
    if name not in scope.declarations:
        return sizes[name.removeprefix("dim_")]
    declared = scope.declarations[name]
    if not declared.params:
        node = sym(name, declared.shape, (), declared.facts)
        return shaped(evaluator.value(node), declared.shape, evaluator)
    found = {}
    ranges = [
        range(low.value(sizes), high.value(sizes) + 1)
        for low, high in map(scope.indices.get, declared.params)
    ]
    for at in np.ndindex(*map(len, ranges)):
        key = tuple(r[i] for r, i in zip(ranges, at, strict=True))
        node = sym(name, declared.shape, tuple(map(count, key)))
        found[key if len(key) > 1 else key[0]] = shaped(evaluator.value(node), declared.shape, evaluator)
    return found


def called(code: str, evaluator: Evaluator, make: Callable[[Array], Array]) -> Array:
    space: dict[str, Any] = {}
    exec(code, space)
    (function,) = (
        f for n, f in space.items() if inspect.isfunction(f) and f.__module__ is None or n in KINDS
    )
    values = {}
    for name in inspect.signature(function).parameters:
        value = argument(name, evaluator)
        if isinstance(value, dict):
            values[name] = {k: make(v) for k, v in value.items()}
        else:
            values[name] = value if isinstance(value, int) else make(value)
    return function(**values)


KINDS = ("gradient", "jacobian", "hessian", "answer")


@pytest.mark.parametrize("dialect", ["numpy", "torch"])
@pytest.mark.parametrize(
    "case", [c for c in [*CASES, *FURTHER] if c.name not in NOT_YET | NO_CODE], ids=lambda c: c.name
)
def test_the_function_computes_the_derivative(case: Case, dialect: str) -> None:
    scope, asked, found = asked_and_found(case)
    code = program(asked, found.expression, found.where, scope, dialect)
    tried = 0
    for seed in range(8):
        try:
            evaluator = Evaluator(scope, draw(scope, frozenset(), seed, scope.narrowed))
            expected = evaluator.value(asked)
        except NotEvaluated:
            continue
        result = called(code, evaluator, MAKE[dialect])
        if isinstance(result, dict):
            result = result[evaluator.outer["t"]]
        assert (
            np.shape(result) == tuple(d.value(evaluator.outer) for d in asked.shape.dims)
            or not asked.shape.dims
        )
        assert np.asarray(result) == pytest.approx(
            shaped(expected, asked.shape, evaluator), rel=1e-6, abs=1e-8
        )
        tried += 1
    assert tried >= 2


def test_a_wrong_answer_would_show() -> None:
    """The planted wrong case of the test above."""
    scope = scope_of("A: matrix(m, n); x: vector(n); b: vector(m)")
    asked, wrong = (read(e, scope) for e in ("gradient(sqnorm(A @ x - b), x)", "A.T @ (A @ x - b)"))
    evaluator = Evaluator(scope, draw(scope, frozenset(), 0, {}))
    result = called(program(asked, wrong, (), scope), evaluator, np.asarray)
    assert result != pytest.approx(evaluator.value(asked).reshape(-1), rel=1e-6)


def test_an_answer_without_all_its_equations_has_no_code() -> None:
    scope = scope_of("x[t]: vector(h); L: scalar of x[T]", "", "t: 1..T")
    answer = read("sum(gradient(L, x[t]), t)", scope)
    where = [(read("gradient(L, x[T])", scope), read("2 * x[T]", scope))]
    with pytest.raises(NotEvaluated, match="at the boundary only"):
        program(answer, answer, where, scope)


def test_a_defined_start() -> None:
    source = """format: 1
title: Averages
index:
  t: 1..T
symbols:
  g[t]: vector(d)
  b: scalar in (0, 1)
define:
  m[0]: zeros(d)
  m[t]: b * m[t-1] + (1 - b) * g[t]
  L: sqnorm(m[T])
parts:
  - id: a
    ask: In the rate.
    find: gradient(L, b)
"""
    part = derive.loads(source).solve(second_opinion=False).parts["a"]
    space: dict[str, Any] = {}
    exec(part.answer.program("numpy"), space)
    g = {t: np.random.default_rng(t).normal(size=3) for t in (1, 2, 3)}

    def loss(b: complex) -> complex:
        m = np.zeros(3)
        for t in (1, 2, 3):
            m = b * m + (1 - b) * g[t]
        return m @ m

    assert space["gradient"](b=0.3, g=g) == pytest.approx(loss(0.3 + 1e-30j).imag / 1e-30)


RNN = """import numpy as np


def gradient(U, y, W, x, h_0):
    \"\"\"gradient(L, U); y is a dict by t; x is a dict by t\"\"\"
    T = max(y)
    h = {0: h_0}
    for t in range(1, T + 1):
        h[t] = 1 / (1 + np.exp(-(W @ x[t] + U @ h[t - 1])))
    grad_L_h = {T: h[T] - y[T]}
    for t in range(T - 1, 0, -1):
        grad_L_h[t] = h[t] - y[t] + U.T @ (h[t + 1] * (1 - h[t + 1]) * grad_L_h[t + 1])
    return sum(np.outer(h[t] * (1 - h[t]) * grad_L_h[t], h[t - 1]) for t in range(1, T + 1))
"""


def test_a_recurrence_as_it_is_written() -> None:
    scope, asked, found = asked_and_found(next(c for c in CASES if c.name == "rnn_bptt_U"))
    assert program(asked, found.expression, found.where, scope) == RNN


TORCH = [
    ("softmax(A @ x)", "torch.softmax(A @ x, dim=0)"),
    ("sigmoid(x)**2", "torch.sigmoid(x)**2"),
    ("x / sqrt(n)", "x / math.sqrt(n)"),
    ("sqrt(sum(x)) * pi", "torch.sqrt(torch.sum(x)) * math.pi"),
    ("inv(A.T @ A + eye(n)) @ x", "torch.linalg.inv(A.T @ A + torch.eye(n)) @ x"),
    ("rowsum(A) @ x.T", "torch.outer(torch.sum(A, dim=1), x)"),
    ("relu(x) + step(x)", "torch.relu(x) + torch.sign(torch.relu(x))"),
]


@pytest.mark.parametrize(("text", "code"), TORCH)
def test_torch_as_it_is_written(text: str, code: str) -> None:
    assert torch_code(read(text, scope_of("A: matrix(m, n); x: vector(n)"))) == code
