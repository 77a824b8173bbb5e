"""What the reader makes of the author's notation.

To cover one more form, a row in TREES (mistakes are in `test_mistakes.py`).
"""

from __future__ import annotations

import pytest
from notation import SCOPE
from trees import tree

from derive.errors import DeriveError, NotationError, ShapeError
from derive.notation.reader import read, read_equation, read_index, read_range, read_target
from derive.tree.sizes import Size

TREES = [
    ("a + b - lambda", "add(a, b, neg(lambda))"),
    ("a * b * lambda", "mul(a, b, lambda)"),
    ("a * (b * lambda)", "mul(a, b, lambda)"),
    ("a / b * lambda", "mul(div(a, b), lambda)"),
    ("a / b / lambda", "div(div(a, b), lambda)"),
    ("a**b**2", "pow(a, pow(b, 2))"),
    ("-a**2", "neg(pow(a, 2))"),
    ("a**-b", "pow(a, neg(b))"),
    ("-a * b", "neg(mul(a, b))"),
    ("-A @ u", "neg(matmul(A, u))"),
    ("a * -b", "mul(a, neg(b))"),
    ("- - a", "neg(neg(a))"),
    ("-2", "-2"),
    ("-2 * a", "neg(mul(2, a))"),
    ("a - 2", "add(a, -2)"),
    ("a - 2 * b", "add(a, neg(mul(2, b)))"),
    ("1/3", "1/3"),
    ("-1/3", "-1/3"),
    ("1/3 * a", "mul(1/3, a)"),
    ("a * 2 / 3", "div(mul(a, 2), 3)"),
    ("1/2/3", "div(1/2, 3)"),
    ("(1)/3", "div(1, 3)"),
    ("0.9", "0.9"),
    (".5 + 1.", "add(0.5, 1.0)"),
    ("1e-3", "0.001"),
    ("0.5/2", "div(0.5, 2)"),
    ("2**-1", "pow(2, -1)"),
    ("2 + 3", "add(2, 3)"),
    ("T", "<T>"),
    ("t - 1", "<t-1>"),
    ("1 - t", "<-t+1>"),
    ("n + d - 1", "<d+n-1>"),
    ("2 * n", "mul(2, <n>)"),
    ("(n) - 1", "add(<n>, -1)"),
    ("[2*n-1]", "<2*n-1>"),
    ("n - 0.5", "add(<n>, -0.5)"),
    ("2 * A @ u", "mul(2, matmul(A, u))"),
    ("a * b * A @ u", "mul(a, b, matmul(A, u))"),
    ("u * v @ u", "matmul(T(mul(u, v)), u)"),
    ("u @ v", "matmul(T(u), v)"),
    ("A @ u @ v", "matmul(T(matmul(A, u)), v)"),
    ("u.T @ A @ v / 2", "div(matmul(T(u), A, v), 2)"),
    ("u @ v.T @ u", "matmul(u, T(v), u)"),
    ("outer(u, y)", "matmul(u, T(y))"),
    ("X.T.T", "T(T(X))"),
    ("1 - u", "add(1, neg(u))"),
    ("u**2", "pow(u, 2)"),
    ("x[t-1+1]", "x[<t>]"),
    ("x[2]", "x[2]"),
    ("delta[i, t+1]", "delta[<i>, <t+1>]"),
    ("x[t][2]", "entry(x[<t>], 2)"),
    ("A[i, j-1]", "entry(A, <i>, <j-1>)"),
    ("A[c]", "entry(A, c)"),
    ("v[c]", "entry(v, c)"),
    ("delta[c, t]", "delta[c, <t>]"),
    ("g[0]", "g[0]"),
    ("g[t]", "g[<t>]"),
    ("h[t] @ ones(h)", "matmul(T(h[<t>]), ones(<h>))"),
    ("1/h", "div(1, <h>)"),
    ("pi", "pi"),
    ("sum(u)", "sum(u)"),
    ("sum(s[t], t)", "sum_over(s[<t>]; t=1..T)"),
    ("sum(s[k], k=2..t)", "sum_over(s[<k>]; k=2..t)"),
    ("sum(delta[i, k], i, k=1..i)", "sum_over(sum_over(delta[<i>, <k>]; k=1..i); i=1..n)"),
    ("prod(s[t], t)", "prod_over(s[<t>]; t=1..T)"),
    ("max(u[i], i)", "max_over(entry(u, <i>); i=1..n)"),
    ("max(a, 0)", "where(ge(a, 0), a, 0)"),
    ("min(a, b)", "where(le(a, b), a, b)"),
    ("where(u > 0, u, 0)", "where(gt(u, 0), u, 0)"),
    ("softmax(u)", "softmax(u)"),
    ("softmax(X, rows)", "softmax_rows(X)"),
    ("f''(u)", "f''(u)"),
    ("E(a)", "E(a)"),
    ("gradient(L, u)", "gradient(L, u)"),
    ("eye(n) * a", "mul(eye(<n>), a)"),
    ("ones(n, d)", "ones(<n>, <d>)"),
    ("onehot(c, n)", "onehot(c, <n>)"),
    ("matpow(A, 3)", "matpow(A, 3)"),
    ("a  # what a is\n + b", "add(a, b)"),
    ("((((a))))", "a"),
    ("total * loss[t]", "mul(total, loss[<t>])"),
]


@pytest.mark.parametrize(("text", "expected"), TREES)
def test_trees(text: str, expected: str) -> None:
    assert tree(read(text, SCOPE)) == expected


LONG = ["a" + " + b" * 4_000, "b" + " * a" * 4_000, "A" + " @ A" * 4_000, "a" + " - 1/3" * 2_000]


@pytest.mark.parametrize("text", LONG)
def test_long_texts_are_read(text: str) -> None:
    assert read(text, SCOPE).shape == read(text[0], SCOPE).shape


# ---------------------------------------------------------------- equations, indices, ranges, keys

EQUATIONS = [
    ("a == b", "a == b"),
    ("sqnorm(u) >= 0", "sqnorm(u) >= 0"),
    ("a + 1 <= b", "add(a, 1) <= b"),
    ("u == 0", "u == zeros(<n>)"),
    ("0 == X", "zeros(<n>, <d>) == X"),
    ("u.T == 0", "T(u) == T(zeros(<n>))"),
]
NO_EQUATIONS = [
    ("a", "an equation is wanted here", 2),
    ("a = b", "expected == (or <=, >=), got '='", 3),
    ("a < b", "expected == (or <=, >=), got '<'", 3),
    ("u == y", "== between vector(n) and vector(d)", 3),
    ("u == 1", "== between vector(n) and scalar", 3),
    ("a == b == a", "an expression is wanted here, not a relation", 8),
    ("a ==", "expected a name, a number or '(', but the text ends", 5),
]


FILLED = [
    ("u == 1", "write ones(n)"),
    ("X == b", "write b * ones(n, d)"),
    ("u.T == a + b", "write (a + b) * ones(n).T"),
]


@pytest.mark.parametrize(("text", "hint"), FILLED)
def test_a_number_beside_an_array_is_told_how_it_is_filled(text: str, hint: str) -> None:
    with pytest.raises(ShapeError) as caught:
        read_equation(text, SCOPE)
    assert caught.value.hint == hint


@pytest.mark.parametrize(("text", "expected"), EQUATIONS)
def test_equations(text: str, expected: str) -> None:
    left, relation, right = read_equation(text, SCOPE)
    assert f"{tree(left)} {relation} {tree(right)}" == expected


@pytest.mark.parametrize(("text", "message", "column"), NO_EQUATIONS)
def test_no_equations(text: str, message: str, column: int) -> None:
    with pytest.raises(DeriveError) as caught:
        read_equation(text, SCOPE)
    assert caught.value.message == message
    assert caught.value.place is not None
    assert caught.value.place.column == column


@pytest.mark.parametrize(
    ("text", "expected"), [("t-1", "t-1"), ("T + 1", "T+1"), ("2*k", "2*k"), ("0", "0"), ("-(t - 2)", "-t+2")]
)
def test_indices(text: str, expected: str) -> None:
    assert str(read_index(text)) == expected


@pytest.mark.parametrize("text", ["1/2", "t**2", "", "sqrt(t)", "t t", "0.5", "1..T"])
def test_no_indices(text: str) -> None:
    with pytest.raises(NotationError):
        read_index(text)


def test_ranges_and_keys() -> None:
    assert read_range("1..T") == (Size.of(1), Size.of("T"))
    assert read_range("2 .. T-1") == (Size.of(2), Size.of("T") - 1)
    assert read_target("W") == ("W", ())
    assert read_target("h_f[t]") == ("h_f", (Size.of("t"),))
    assert read_target("m[T+1]") == ("m", (Size.of("T") + 1,))
    assert read_target("delta[t, j]") == ("delta", (Size.of("t"), Size.of("j")))
    for text in ("1", "T", "1..", "1:T", "1..T..2"):
        with pytest.raises(NotationError):
            read_range(text)
    for text in ("", "2x", "h[t", "h[t] + 1", "h(t)", "f'", "a b", "h[t][j]"):
        with pytest.raises(NotationError):
            read_target(text)
