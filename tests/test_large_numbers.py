"""Exponentials beyond the range of floats: values, their check, and the code of an answer.

To cover one more, a row in LARGE: data, expression, its value (computed by hand or with more digits).
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from derive.api import PartSolution, loads

E1 = 1 / (1 + math.e)
LOG = math.log1p(math.exp(-1))

# fmt: off
LARGE = [
    ("x: [800, 801]", "softmax(x)", [E1, 1 - E1]),
    ("x: [800.5, 801, -900]", "softmax(x)", [1 / (1 + math.exp(0.5)), 1 / (1 + math.exp(-0.5)), 0]),
    ("X: [[800, 801], [-801, -800]]", "softmax(X, rows)", [[E1, 1 - E1], [E1, 1 - E1]]),
    ("x: [800, 801]", "logsumexp(x)", 801 + LOG),
    ("X: [[800, 801], [-800, -801]]", "logsumexp(X, rows)", [801 + LOG, LOG - 800]),
    ("x: [800, 801]", "log(sum(exp(x)))", 801 + LOG),
    ("x: [800, 801]", "exp(x) / sum(exp(x))", [E1, 1 - E1]),
    ("x: [800, 801]", "log(softmax(x))", [-1 - LOG, -LOG]),
    ("x: [-800, 801]", "log(softmax(x))", [-1601, 0]),
    ("x: [800, -800]", "sigmoid(x)", [1, 0]),
    ("x: [800, -800]", "softplus(x)", [800, 0]),
    ("x: [800, -800]", "logsigmoid(x)", [0, -800]),
    ("x: [800, -800]", "log(sigmoid(x))", [0, -800]),
    ("x: 800", "log(1 + exp(x))", 800),
    ("x: 710", "exp(x) / exp(x)", 1),
    ("x: 710", "log(exp(x) - exp(x - 1))", 710 + math.log1p(-math.exp(-1))),
    ("x: [1000, 0, -1000]\n  t: [0, 0, 1]", "-sum(t * log(softmax(x)))", 2000),
    ("x: [800, -800]", "tanh(x)", [1, -1]),
]
# fmt: on


def solved(data: str, find: str, expect: str = "") -> PartSolution:
    more = f"    expect: {expect}\n" if expect else ""
    text = f"format: 1\ntitle: t\ndata:\n  {data}\nparts:\n  - id: a\n    ask: e\n    find: {find}\n{more}"
    return loads(text).solve().parts["a"]


@pytest.mark.parametrize(("data", "find", "value"), LARGE, ids=[f"{r[1]} of {r[0]}" for r in LARGE])
def test_values_and_their_check(data: str, find: str, value: object) -> None:
    rounded = np.round(np.array(value, dtype=float), 4).tolist()
    part = solved(data, find, str(rounded))
    assert part.status == "checked", str(part)
    assert all(line.verdict is not None and line.verdict.status == "holds" for line in part.lines)
    wrong = (np.array(value, dtype=float) + 0.01).round(4).tolist()
    assert solved(data, find, str(wrong)).status == "failed"


def test_what_is_no_float_is_left_as_it_is() -> None:
    part = solved("x: 710", "exp(x)")
    assert (part.status, part.answer.text) == ("checked", "exp(710)")
    assert solved("x: 710", "exp(x)", "exp(710)").status == "checked"
    assert solved("x: 710", "exp(x)", "exp(711)").status == "failed"


def test_a_gradient_at_large_logits() -> None:
    text = (
        "format: 1\ntitle: t\ndata:\n  z: [1000, 0, -1000]\n  t: [0, 0, 1]\ndefine:\n  l: -t.T @ log(softmax(z))\n"
        "parts:\n  - id: a\n    ask: e\n    find: gradient(l, z)\n    expect: [1, 0, -1]\n"
    )
    assert loads(text).solve().status == "checked"
    assert loads(text.replace("[1, 0, -1]", "[1, 1, -1]")).solve().status == "failed"


CODES = [("softmax(z)", [E1, 1 - E1]), ("logsumexp(z)", 801 + LOG), ("softplus(z)", [800, 801]), ("logsigmoid(-z)", [-800, -801])]  # fmt: skip


@pytest.mark.parametrize(("find", "value"), CODES, ids=[c[0] for c in CODES])
def test_the_code_of_an_answer_does_not_overflow(find: str, value: object) -> None:
    from derive.notation.numpy_code import numpy_code
    from derive.notation.reader import read
    from derive.tree.nodes import vector
    from derive.tree.sizes import Size
    from derive.vocabulary.scope import Declaration, Scope

    scope = Scope({"z": Declaration("z", vector(Size.of("n")))})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = eval(numpy_code(read(find, scope)), {"np": np, "z": np.array([800.0, 801.0])})
    assert np.allclose(found, value)
