"""The NumPy expressions: how they are written, and that they compute what the vocabulary's numeric column says.

To cover one more form, a row in CODES.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from notation import SCOPE, grown, nodes

from derive.errors import NotEvaluated
from derive.notation.numpy_code import numpy_code
from derive.notation.reader import read
from derive.notation.space import NumpySpace
from derive.tree.nodes import Node, walk
from derive.tree.sizes import Size
from derive.vocabulary import TABLE

CODES = [
    ("sqnorm(u - A @ v)", "np.sum((u - A @ v)**2)"),
    ("2 * A.T @ (u - v)", "2 * (A.T @ (u - v))"),
    ("u.T @ v", "u @ v"),
    ("u @ v.T", "np.outer(u, v)"),
    ("u @ v.T @ u", "(v @ u) * u"),
    ("A @ u @ (v.T @ A)", "np.outer(A @ u, v @ A)"),
    ("u.T @ (u @ v.T @ u)", "(u @ u) * (v @ u)"),
    ("(u @ v) * A @ u", "(u @ v) * (A @ u)"),
    ("x[t-1]", "x[t - 1]"),
    ("delta[i, t+1]", "delta[i, t + 1]"),
    ("x[t][2]", "x[t][1]"),
    ("A[i, j-1] * A[1, c]", "A[i - 1, j - 2] * A[0, c - 1]"),
    ("A[c]", "A[c - 1]"),
    ("A[2*i+1, 1]", "A[2 * i, 0]"),
    ("lambda * a", "lambda_ * a"),
    ("h[t] / h", "h[t] / dim_h"),
    ("sum(s[t], t)", "sum(s[t] for t in range(1, T + 1))"),
    ("sum(s[t]**2, t=2..T-1) / T", "sum(s[t]**2 for t in range(2, T)) / T"),
    ("prod(u[i], i)", "np.prod([u[i - 1] for i in range(1, n + 1)])"),
    ("max(u[i], i)", "max(u[i - 1] for i in range(1, n + 1))"),
    ("gradient(L, u)", "grad_L_u"),
    ("gradient(L, x[t+1])", "grad_L_x[t + 1]"),
    ("gradient(loss[t], x[t])", "grad_loss_x[t, t]"),
    ("jacobian(h[t+1], h[t]) @ h[t]", "jac_h_h[t + 1, t] @ h[t]"),
    ("f'(u) + f(a)", "f_prime(u) + f(a)"),
    ("where(u > 0, u, 0)", "np.where(u > 0, u, 0)"),
    ("softmax(X, rows)", "np.exp(X - np.logaddexp.reduce(X, axis=1, keepdims=True))"),
    ("sigmoid(u)**2", "(1 / (1 + np.exp(-u)))**2"),
    ("inv(A.T @ A + a * eye(n))", "np.linalg.inv(A.T @ A + a * np.eye(n))"),
    ("ones(n, d) + zeros(n) @ y.T", "np.ones((n, d)) + np.outer(np.zeros(n), y)"),
    ("onehot(c, n)", "np.eye(n)[c - 1]"),
    ("norm(u) * norm1(u)", "np.linalg.norm(u) * np.sum(np.abs(u))"),
    ("-a - -b", "-a - (-b)"),
    ("-1/2 * a", "-1 / 2 * a"),
    ("a - 2 * b / (a * b)", "a - 2 * b / (a * b)"),
    ("a**b**2 + (a**b)**2", "a**b**2 + (a**b)**2"),
    ("2**-1", "2**(-1)"),
    ("0.9 * a", "0.9 * a"),
    ("pi * n", "np.pi * n"),
    ("X * R", "X * R"),
]
WITHOUT_CODE = ("verb", "differential", "equation", "density")
NO_CODE = ["E(a)", "Var(u)", "argmin(sqnorm(u), u)", "d(a)", "gradient(sqnorm(u), u)"]


@pytest.mark.parametrize(("text", "expected"), CODES)
def test_codes(text: str, expected: str) -> None:
    assert numpy_code(read(text, SCOPE)) == expected


@pytest.mark.parametrize("text", NO_CODE)
def test_what_has_no_code(text: str) -> None:
    with pytest.raises(NotEvaluated) as caught:
        numpy_code(read(text, SCOPE, differentials=True))
    assert str(caught.value) == f"{text} has no NumPy expression"


# ---------------------------------------------------------------- the numeric column as the judge

SIZES = {"n": 3, "d": 2, "h": 4, "T": 3, "t": 2, "i": 1, "j": 3, "m": 2, "k": 1}
Array = Any


class Values:
    """Random values of names, the same for code and judge: arrays of (rows, columns)."""

    xp = NumpySpace()

    def __init__(self) -> None:
        self.at: dict[str, int] = dict(SIZES)

    def size(self, size: Size) -> int:
        return size.value(self.at)

    def drawn(self, name: str, index: tuple[int, ...], rows: int, columns: int) -> Array:
        if name == "c":
            return np.full((1, 1), 2.0)
        random = np.random.default_rng(zlib.crc32(repr((name, index)).encode()))
        return random.uniform(0.4, 1.6, (rows, columns))

    def named(self, name: str, node: Node, indices: tuple[Node, ...]) -> Array:
        index = tuple(int(self.value(i)[0, 0]) for i in indices)
        dims = [self.size(n) for n in node.shape.dims]
        rows = dims[0] if node.shape.kind in ("vector", "matrix") else 1
        return self.drawn(name, index, rows, dims[-1] if node.shape.kind in ("row", "matrix") else 1)

    def value(self, node: Node) -> Array:
        op = node.op
        if op == "sym":
            return self.named(node.symbol.name, node, node.args)
        if op == "gradient":
            f, x = node.args
            return self.named(f"grad_{f.symbol.name}_{x.symbol.name}", node, (*f.args, *x.args))
        if op == "num":
            return np.full((1, 1), float(node.number))
        if op == "count":
            return np.full((1, 1), float(self.size(node.size)))
        if op == "const":
            return np.full((1, 1), np.pi)
        if op == "apply":
            assert isinstance(node.data, tuple)
            return FUNCTIONS[node.data[1]](self.value(node.args[0]))
        if op in JOINED:
            return self.joined(node)
        numeric = TABLE[op].numeric
        assert numeric is not None, op
        return numeric(self, node, *map(self.value, node.args))

    def joined(self, node: Node) -> Array:
        r, outer = node.range, dict(self.at)
        values = []
        for i in range(self.size(r.low), self.size(r.high) + 1):
            self.at[r.var] = i
            values.append(self.value(node.args[0]))
        self.at = outer
        assume(values)
        return JOINED[node.op](np.stack(np.broadcast_arrays(*values)))


FUNCTIONS = [np.sin, np.cos, lambda x: -np.sin(x)]
JOINED = {
    "sum_over": lambda a: a.sum(axis=0),
    "prod_over": lambda a: a.prod(axis=0),
    "max_over": lambda a: a.max(axis=0),
    "min_over": lambda a: a.min(axis=0),
}


class Family(Mapping[Any, Any]):
    """The members of a family by index, as the code asks for them."""

    def __init__(self, values: Values, name: str, node: Node) -> None:
        self.values_, self.name, self.node = values, name, node

    def __getitem__(self, index: Any) -> Any:
        index = index if isinstance(index, tuple) else (index,)
        dims = [self.values_.size(n) for n in self.node.shape.dims]
        drawn = self.values_.drawn(self.name, tuple(map(int, index)), *(*dims, 1, 1)[:2])
        return drawn.reshape(dims)

    def __iter__(self) -> Any:
        raise NotImplementedError

    def __len__(self) -> int:
        return 0


def surroundings(node: Node, values: Values) -> dict[str, Any]:
    """What the names of the code stand for."""
    found: dict[str, Any] = {"np": np, "f": np.sin, "f_prime": np.cos, "f_prime_prime": FUNCTIONS[2]}
    found |= {name: n for name, n in SIZES.items()}
    for n in walk(node):
        if n.op == "sym":
            name, indices = n.symbol.name, n.args
        elif n.op == "gradient":
            f, x = n.args
            name, indices = f"grad_{f.symbol.name}_{x.symbol.name}", (*f.args, *x.args)
        else:
            continue
        family = Family(values, name, n)
        key = "lambda_" if name == "lambda" else name
        found[key] = family if indices else family[()] if name != "c" else 2
    return found


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=1500, deadline=None, derandomize=True)
@given(nodes(numeric=True))
def test_code_computes_what_the_vocabulary_says(node: Node) -> None:
    values = Values()
    try:
        expected = values.value(node)
    except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError):
        expected = np.array(np.nan)
    determinants = [n for n in walk(node) if n.op in ("det", "logdet")]
    assume(all(np.isfinite(values.value(n)).all() for n in determinants))  # a singular one has no value here
    assume(np.isfinite(expected).all() and np.abs(expected).max() < 1e6)
    try:
        result = eval(numpy_code(node), surroundings(node, values))
    except ZeroDivisionError:
        reject()  # the branch of a where that is not taken: Python's floats raise, NumPy's are infinite
    dims = [values.size(n) for n in node.shape.dims]
    assert np.broadcast_to(result, dims) == pytest.approx(expected.reshape(dims), rel=1e-6, abs=1e-6)


def test_random_codes_cover_the_vocabulary() -> None:
    made = {n.op for seed in range(4000) for n in walk(grown(seed, numeric=True))}
    verbs = {
        name for name, row in TABLE.items() if row.kind in (*WITHOUT_CODE, "question", "layer", "written")
    } - {"gradient"}
    verbs |= {
        "words",
        "run",
        "argmax_over",
        "argmin_over",
        "at",
        "at_path",
        "max_paths",
        "min_paths",
        "sum_paths",
        "count_paths",
    }
    assert sorted(TABLE.keys() - made - verbs) == ["layer", "tuple"]
