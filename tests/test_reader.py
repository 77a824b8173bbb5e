r"""What the reader makes of the author's notation, and what it says where it can make nothing of it.

To cover one more form, a row in TREES; one more mistake, a row in MISTAKES (the carets stand under the text).
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notation import SCOPE

from derive.errors import DeriveError, InputError, NotationError, Place, ShapeError, UnknownName
from derive.notation.reader import read, read_equation, read_index, read_range, read_target
from derive.notation.types import read_type
from derive.tree.nodes import SCALAR, Node, Number, Shape, matrix, vector
from derive.tree.sizes import Size
from derive.vocabulary import Declaration, Definition, Scope


def tree(node: Node) -> str:
    """A node as a line: `add(neg(a), 1/2)`."""
    if node.op == "num":
        assert isinstance(node.data, Number)
        return f"{float(node.number)}" if node.data.decimal else str(node.number)
    if node.op == "count":
        return f"<{node.size}>"
    args = ", ".join(map(tree, node.args))
    if node.op == "sym":
        return node.symbol.name + (f"[{args}]" if args else "")
    if node.op == "const":
        return str(node.data)
    if node.op in ("sum_over", "prod_over", "max_over"):
        return f"{node.op}({args}; {node.range.var}={node.range.low}..{node.range.high})"
    if node.op == "apply":
        assert isinstance(node.data, tuple)
        return f"{node.data[0]}{chr(39) * node.data[1]}({args})"
    return f"{node.op}({args})"


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

MISTAKES = [
    ("", "^", "an expression is missing", None),
    ("   ", "^", "an expression is missing", None),
    ("a +", "   ^", "expected a name, a number or '(', but the text ends", None),
    ("a b", "  ^", "no operator before 'b'", "write a * b"),
    ("2a", " ^", "no operator before 'a'", "write 2 * a"),
    ("2 (a)", "  ^", "no operator before '('", "write 2 * (...)"),
    ("(a + 2", "^", "'(' is never closed", None),
    ("a + 2)", "     ^", "')' closes nothing", None),
    ("f(a", " ^", "'(' is never closed", None),
    ("x[t", " ^", "'[' is never closed", None),
    ("(a]", "  ^", "expected ')', got ']'", None),
    ("[1, 2]", "  ^", "a list is no expression", "lists stand under data: and expect:"),
    ("(1, 2)", "  ^", "a list is no expression", "lists stand under data: and expect:"),
    ("a ^ 2", "  ^", "unexpected character '^'", "write ** for a power"),
    ("a · b", "  ^", "unexpected character '·'", "write * for a product"),
    ("θ + a", "^", "unexpected character 'θ'", "write theta"),
    (
        "\\theta",
        "^",
        "unexpected character '\\'",
        "write names without a backslash, as in theta; expressions are not LaTeX",
    ),
    ("a = 2", "  ^", "expected an operator, got '='", "an equation is written with =="),
    ("a == 2", "  ^^", "an expression is wanted here, not a relation", None),
    ("{a}", "^", "unexpected character '{'", "write parentheses; braces are not in the language"),
    ("x.t", " ^", "unexpected character '.'", "only .T may follow a dot; a range is written 1..T"),
    ("a.", " ^", "unexpected character '.'", "only .T may follow a dot; a range is written 1..T"),
    ("a'", "^^", "a prime without an argument: a'", "write f'(u), of a function f"),
    ("3 / 0", "  ^", "division by zero", None),
    ("a; b", " ^", "unexpected character ';'", "write a comma"),
    ("W_g @ u", "^^^", "unknown symbol 'W_g'", "did you mean 'W_f'?"),
    ("lamda", "^^^^^", "unknown symbol 'lamda'", "did you mean 'lambda'?"),
    ("sigmoi(a)", "^^^^^^", "unknown function 'sigmoi'", "did you mean 'sigmoid'?"),
    ("foo(a)", "^^^", "unknown function 'foo'", None),
    ("sigmoid", "^^^^^^^", "unknown symbol 'sigmoid'", "a function needs its arguments: sigmoid(x)"),
    ("total(2)", "^^^^^", "'total' is no function", "write total * (...) for a product"),
    ("n(2)", "^", "'n' is no function", "write n * (...) for a product"),
    ("sqrt(a, b)", "^^^^", "sqrt does not take 2 arguments", "write sqrt(x)"),
    ("sqrt()", "^^^^", "sqrt does not take 0 arguments", "write sqrt(x)"),
    ("eye(d, n)", "^^^", "eye does not take 2 arguments", "write eye(n)"),
    ("eye(a)", "    ^", "expects a size such as n or n+1 here", None),
    ("eye(r)", "    ^", "unknown symbol 'r'", None),
    ("ones()", "^^^^", "ones does not take 0 arguments", "write ones(n), ones(m, n)"),
    ("norm(a)", "^^^^", "norm: expects a vector or a matrix, got a scalar", None),
    ("inv(X)", "^^^", "inv: expects a square matrix, got matrix(n, d)", None),
    ("u + y", "  ^", "+ of vector(n) and vector(d)", None),
    ("u * y", "  ^", "* of vector(n) and vector(d)", None),
    ("u / X", "  ^", "/ of vector(n) and matrix(n, d)", None),
    ("u + u.T", "  ^", "+ of vector(n) and row(n)", "a vector is a column, v.T a row"),
    ("X @ u", "  ^", "@ of matrix(n, d) and vector(n)", None),
    ("u @ X", "  ^", "@ of vector(n) and matrix(n, d)", "a vector is a column; write v.T @ A"),
    ("u @ y", "  ^", "@ of vector(n) and vector(d)", "outer(u, v) is the outer product"),
    ("a @ u", "  ^", "@ of scalar and vector(n)", "a scalar multiplies with *"),
    ("u @ a", "  ^", "@ of vector(n) and scalar", "a scalar multiplies with *"),
    ("A**u", " ^^", "the exponent must be a scalar, got vector(n)", "matpow(X, 3) is the matrix power"),
    ("a.T", " ^^", ".T of scalar", "only vectors and matrices have a transpose"),
    ("X[1]  [2, 3]", "      ^", "2 indices into vector(d)", None),
    ("X[1, 2, 3]", " ^", "3 indices into matrix(n, d)", None),
    ("u[v]", "  ^", "an index must be a scalar, got vector(n)", None),
    ("x", "^", "'x' is a family: it needs its index", "write x[t]"),
    ("x[t, 2]", " ^", "'x' has 1 index, not 2", "write x[t]; an entry of it is x[t][i]"),
    ("s[0]", "^^^^", "index 0 is outside s[1..T]", "declare the boundary member s[0]"),
    ("x[T+1]", "^^^^^^", "index T+1 is outside x[1..T]", "declare the boundary member x[T+1]"),
    ("x[t-T]", "^^^^^^", "index t-T is outside x[1..T]", "declare the boundary member x[t-T]"),
    ("g[T+1]", "^^^^^^", "index T+1 is outside g[1..T]", "declare the boundary member g[T+1]"),
    (
        "delta[0, t]",
        "^^^^^^^^^^^",
        "index 0 is outside delta[1..n, t]",
        "declare the boundary member delta[0, t]",
    ),
    ("h[0]", "^^^^", "index 0 is outside h[1..T]", "declare the boundary member h[0]"),
    ("sum(x[t], q)", "          ^", "'q' is no index", "declare it under index:, or write sum(e, q=1..T)"),
    ("sum(x[t], tt)", "          ^^", "'tt' is no index", "did you mean 't'?"),
    ("sum(a, k=1)", "          ^", "a range is wanted here", "write low..high, as in k=1..T"),
    ("sum(a, k=1..)", "            ^", "expected a name, a number or '(', got ')'", None),
    ("sum(a, k=1..3, )", "               ^", "expected an index, got ')'", None),
    ("prod(u)", "^^^^", "prod needs its index", "write prod(e, t) or prod(e, s=2..t)"),
    ("max(a)", "^^^", "max does not take 1 argument", "write max(a, b), max(e, i)"),
    ("max(a, c[1..T])", "          ^^", "a range of indices has no value here", None),
    ("argmax(a, i)", "          ^", "argmax over an index is not in the language yet", None),
    (
        "argmin(sqnorm(u), 2)",
        "                  ^",
        "the second argument of argmin is a name",
        "write argmin(f, w)",
    ),
    (
        "gradient(u, u)",
        "^^^^^^^^",
        "gradient: needs a scalar function, got vector(n)",
        "write jacobian(y, x)",
    ),
    (
        "jacobian(a, u)",
        "^^^^^^^^",
        "jacobian: the derivative of a scalar is a gradient",
        "write gradient(f, x)",
    ),
    ("f", "^", "the function 'f' needs its argument", "write f(u)"),
    ("f(u, u)", "^", "f does not take 2 arguments", "write f(u)"),
    ("where(a, b, 1)", "       ^", "expected a comparison (<, <=, >, >=), got ','", None),
    ("where(a > b, 1)", "^^^^^", "where takes a condition and two values", "write where(cond, a, b)"),
    (
        "softmax(X)",
        "^^^^^^^",
        "softmax: a matrix needs its direction",
        "write softmax(S, rows): each row sums to 1",
    ),
    ("softmax(X, cols)", "           ^^^^", "softmax(S, rows) is the softmax of each row", "write rows"),
    ("matpow(A, a)", "^^^^^^", "matpow: the exponent k must be an integer", None),
    ("outer(u, A)", "^^^^^", "outer of vector(n) and matrix(n, n)", "outer(a, b) takes two vectors"),
    ("d(a)", "^", "'d' is no function", "write d * (...) for a product"),
    ("9**9**9", " ^^", "number too large", "exponents go up to 10000"),
    ("2**20000", " ^^", "number too large", "exponents go up to 10000"),
    ("1e9999", "^^^^^^", "number too large", "at most 1000 digits"),
    ("sum(a, b)", "       ^", "'b' is no index", "declare it under index:, or write sum(e, b=1..T)"),
    ("E(a | b)", "    ^", "expected ')', got '|'", None),
    ("u.T @ u @ u", "        ^", "@ of scalar and vector(n)", "a scalar multiplies with *"),
    ("a < b", "  ^", "an expression is wanted here, not a relation", None),
    ("1..T", " ^^", "expected an operator, got '..'", None),
    ("Cov(X)", "^^^", "Cov: matrix(n, d) and matrix(n, d)", "Cov takes vectors, or scalars"),
    ("d(a) * 2", "^", "'d' is no function", "write d * (...) for a product"),
    ("a ** ** b", "     ^^", "expected a name, a number or '(', got '**'", None),
    ("sum(s[t], t", "   ^", "'(' is never closed", None),
    ("* a", "^", "expected a name, a number or '(', got '*'", None),
    ("x[]", "  ^", "expected a name, a number or '(', got ']'", None),
    ("x[t,]", "    ^", "expected a name, a number or '(', got ']'", None),
    ("sum(,t)", "    ^", "expected a name, a number or '(', got ','", None),
    ("a 'b'", "  ^", "unexpected character '''", "f'(u) is the derivative of a declared function f"),
    ("X.T.", "   ^", "unexpected character '.'", "only .T may follow a dot; a range is written 1..T"),
    ("1.2.3", "   ^^", "no operator before '.3'", "write 1.2 * .3"),
    ("E()", "^", "E does not take 0 arguments", "write E(f)"),
    ("g", "^", "'g' is a family: it needs its index", "write g[t]"),
    ("a @ b", "  ^", "@ of scalar and scalar", "a scalar multiplies with *"),
    (
        "where(a > b, u, y)",
        "^^^^^",
        "where: entry by entry needs equal shapes: vector(n) and vector(d)",
        None,
    ),
    ("norm", "^^^^", "unknown symbol 'norm'", "a function needs its arguments: norm(x)"),
    ("eye(n) + X", "       ^", "+ of matrix(n, n) and matrix(n, d)", None),
    ("logdet(X)", "^^^^^^", "logdet: expects a square matrix, got matrix(n, d)", None),
    (
        "diag(A)",
        "^^^^",
        "diag: makes a matrix from a vector, got matrix(n, n)",
        "diagpart(A) is the diagonal of A",
    ),
    ("sum(a)", "^^^", "sum: expects a vector or a matrix, got a scalar", None),
    ("mean(a)", "^^^^", "mean: expects a vector or a matrix, got a scalar", None),
    ("onehot(u, n)", "^^^^^^", "onehot: takes an index and a size", None),
    ("inner(u, y)", "^^^^^", "inner: needs equal shapes: vector(n) and vector(d)", None),
    ("max(u, y)", "^^^", "max of vector(n) and vector(d)", None),
    ("Q + u", "  ^", "+ of tensor(4, 2, 3) and vector(n)", None),
    ("f''''", "^^^^^", "a prime without an argument: f''''", "write f'(u), of a function f"),
]

KINDS = [  # the class says what kind of mistake it is
    ("W_g", UnknownName),
    ("foo(a)", UnknownName),
    ("sum(s[k], k)", UnknownName),
    ("u + y", ShapeError),
    ("X @ u", ShapeError),
    ("sqrt(a, b)", NotationError),
    ("(a", NotationError),
    ("s[0]", InputError),
]


def refusal(text: str, scope: Scope = SCOPE) -> DeriveError:
    with pytest.raises(DeriveError) as caught:
        read(text, scope)
    return caught.value


@pytest.mark.parametrize(("text", "expected"), TREES)
def test_trees(text: str, expected: str) -> None:
    assert tree(read(text, SCOPE)) == expected


@pytest.mark.parametrize(("text", "carets", "message", "hint"), MISTAKES)
def test_mistakes(text: str, carets: str, message: str, hint: str | None) -> None:
    error = refusal(text)
    assert error.message == message
    assert error.place is not None
    assert " " * (error.place.column - 1) + "^" * error.place.width == carets
    assert error.hint == hint


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_kinds_of_mistakes(text: str, kind: type[DeriveError]) -> None:
    assert type(refusal(text)) is kind


def test_the_whole_message() -> None:
    line = "    find: gradient(L, W_g)"

    def at(offset: int, width: int) -> Place:
        return Place("rnn.yaml", 12, offset + 11, line, width)

    with pytest.raises(UnknownName) as caught:
        read("gradient(L, W_g)", SCOPE, at)
    assert str(caught.value) == (
        "rnn.yaml:12:23: unknown symbol 'W_g'\n"
        "        find: gradient(L, W_g)\n"
        "                          ^^^\n"
        "did you mean 'W_f'?"
    )


DEEP = [
    "(" * 10_000,
    "(" * 9_000 + "a" + ")" * 9_000,
    "-" * 10_000 + "a",
    "sqrt(" * 3_000 + "b" + ")" * 3_000,
    "a" + "/b" * 9_000,
    "2" + "**b" * 5_000,
    "A" + ".T" * 9_000,
    "s[" * 5_000,
    "a+" * 9_999 + "a" * 3,
    "9**9**9**9",
    "1" * 5_000,
    "1e999999999",
    "2**(2**2**9)",
    "(10**9000)**9000",
    "a" * 30_000,
]


@pytest.mark.parametrize("text", DEEP)
def test_deep_and_large_texts_are_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    error = refusal(text)
    assert time.perf_counter() - start < 1.0
    assert isinstance(error, InputError)


LONG = ["a" + " + b" * 4_000, "b" + " * a" * 4_000, "A" + " @ A" * 4_000, "a" + " - 1/3" * 2_000]


@pytest.mark.parametrize("text", LONG)
def test_long_texts_are_read(text: str) -> None:
    start = time.perf_counter()
    read(text, SCOPE)
    assert time.perf_counter() - start < 2.0


@pytest.mark.parametrize("n", [98, 99, 100])
def test_a_hundred_levels_are_read(n: int) -> None:
    assert read("(" * n + "a" + ")" * n, SCOPE) == read("a", SCOPE)
    assert read("sqrt(" * n + "b" + ")" * n, SCOPE).op == "sqrt"
    assert "nested deeper" in refusal("(" * 101 + "a" + ")" * 101).message


ALPHABET = list("auxXLfnt0123459().,[]+-*/@<>=~'# \n_^é") + [
    "**",
    ".T",
    "sum(",
    "where(",
    "==",
    "x[t-1]",
    "1/3",
]


@given(st.lists(st.sampled_from(ALPHABET), max_size=25).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    error = attempt(text)
    assert error is None or (error.place is not None and str(error))


def attempt(text: str) -> DeriveError | None:
    try:
        read(text, SCOPE, differentials=True)
    except DeriveError as error:
        return error
    return None


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


# ---------------------------------------------------------------- types

TYPES: list[tuple[str, Shape, set[str]]] = [
    ("scalar", SCALAR, set()),
    ("scalar positive", SCALAR, {"positive"}),
    ("scalar, positive", SCALAR, {"positive"}),
    ("matrix(n, d) full_column_rank nonzero", matrix("n", "d"), {"full_column_rank", "nonzero"}),
    ("matrix(n, n) spd", matrix("n", "n"), {"spd"}),
    ("vector(m+k-1)", vector(read_index("m+k-1")), set()),
    ("integer in 1..N", SCALAR, {"integer"}),
    ("function", Shape("function"), set()),
    ("tensor(3, 227, 227)", Shape("tensor", tuple(map(Size.of, (3, 227, 227)))), set()),
    (
        "tensor(batch=4, channel=2)",
        Shape("tensor", (Size.of(4), Size.of(2)), ("batch", "channel")),
        set(),
    ),
]


@pytest.mark.parametrize(("text", "shape", "facts"), TYPES)
def test_types(text: str, shape: Shape, facts: set[str]) -> None:
    found = read_type(text, "q", (), SCOPE)
    assert (found.name, found.shape, found.facts) == ("q", shape, frozenset(facts))


def test_laws_intervals_and_dependences() -> None:
    def of(text: str) -> Declaration:
        return read_type(text, "q", (), SCOPE)

    law = of("vector(d) ~ moments(mean=zeros(d), cov=eye(d))").law
    assert law is not None
    assert (law.kind, {k: tree(v) for k, v in law.args.items()}) == (
        "moments",
        {"mean": "zeros(<d>)", "cov": "eye(<d>)"},
    )
    law = of("vector(z) ~ normal(zeros(z), eye(z))").law
    assert law is not None
    assert {k: tree(v) for k, v in law.args.items()} == {"mean": "zeros(<z>)", "cov": "eye(<z>)"}
    law = of("matrix(n, d) ~ bernoulli(1 - lambda)").law
    assert law is not None
    assert tree(law.args["p"]) == "add(1, neg(lambda))"
    interval = of("scalar in (0, 1/2)").interval
    assert interval is not None
    assert list(map(tree, interval)) == ["0", "1/2"]
    assert of("integer in 1..N").integers == (Size.of(1), Size.of("N"))
    assert list(map(tree, of("scalar of u, x[t]").of)) == ["u", "x[<t>]"]
    assert read_type("scalar of later", "q", (), SCOPE, dependencies=False).of == ()


WRONG_TYPES = [
    ("matrx(n, d)", "unknown type 'matrx'", 1, "did you mean 'matrix'?"),
    ("", "a type is missing", 1, "types are scalar, integer, vector, matrix, tensor, function"),
    ("vector", "vector does not take 0 sizes", 1, "write vector(n)"),
    ("matrix(n)", "matrix does not take 1 size", 1, "write matrix(m, n)"),
    ("vector(n", "'(' is never closed", 7, None),
    ("vector(a/2)", "expects a size such as n or n+1 here", 8, None),
    ("vector(0)", "a size is at least 1, got 0", 8, None),
    ("matrix(n, n) sdp", "unknown fact 'sdp' after matrix", 14, "did you mean 'spd'?"),
    ("matrix(n, d) spd", "spd needs a square matrix, got matrix(n, d)", 14, None),
    ("scalar onehot", "a scalar cannot be onehot", 8, "onehot goes with vector"),
    ("vector(n=3)", "only the axes of a tensor have names", 8, None),
    ("tensor(batch=4, 2)", "name all axes of a tensor, or none", 1, None),
    (
        "vector(n) ~ gauss(u, A)",
        "unknown law 'gauss'",
        13,
        "laws are bernoulli, normal, moments, categorical, uniform",
    ),
    ("vector(n) ~ normal(u)", "normal lacks cov", 13, "write normal(mean, cov)"),
    ("vector(n) ~ normal", "normal needs its arguments", 13, "write normal(mean, cov)"),
    ("scalar ~ bernoulli(q=1)", "bernoulli does not take 'q'", 20, "write bernoulli(p)"),
    ("scalar ~ bernoulli(pp)", "unknown symbol 'pp'", 20, None),
    ("scalar in 0..1", "an interval is wanted here", 11, "write in (0, 1)"),
    ("scalar in (0, 1", "the interval is never closed", 11, None),
    ("integer in (0, 1)", "a range is wanted here", 12, "write integer in 1..N"),
    ("scalar of 2", "names are wanted after 'of'", 11, "write scalar of w, b"),
    ("scalar of w_later", "unknown symbol 'w_later'", 11, None),
]


@pytest.mark.parametrize(("text", "message", "column", "hint"), WRONG_TYPES)
def test_wrong_types(text: str, message: str, column: int, hint: str | None) -> None:
    with pytest.raises(DeriveError) as caught:
        read_type(text, "q", (), SCOPE)
    error = caught.value
    assert error.place is not None
    assert (error.message, error.place.column, error.hint) == (message, column, hint)


# ---------------------------------------------------------------- the example files


def problem(index: Mapping[str, str], symbols: Mapping[str, str], define: Mapping[str, str]) -> Scope:
    """A symbol table as the problem layer makes it: declarations, then definitions in order."""
    scope = Scope(indices={name: read_range(text) for name, text in index.items()})
    declarations: dict[str, Declaration] = {}
    definitions: dict[str, Definition] = {}
    for key, kind in symbols.items():
        name, at = read_target(key)
        here = Scope(declarations, definitions, scope.indices)
        is_member = any(size.name is None for size in at)
        params = () if is_member else tuple(map(str, at))
        found = read_type(kind, name, params, here, dependencies=False)
        boundary = (at,) if is_member else ()
        declarations[name] = Declaration(name, found.shape, params, found.facts, found.law, boundary=boundary)
    for key, body in define.items():
        name, at = read_target(key)
        node = read(body, Scope(declarations, definitions, scope.indices))
        definitions[name] = Definition(name, node.shape, tuple(map(str, at)), node)
    return Scope(declarations, definitions, scope.indices)


BIRNN = problem(
    {"t": "1..T"},
    {
        "x[t]": "vector(d)",
        "z[t]": "vector(o)",
        **{f"W_{k}": "matrix(h, d)" for k in "fb"},
        **{f"U_{k}": "matrix(h, h)" for k in "fb"},
        **{f"V_{k}": "matrix(o, h)" for k in "fb"},
        "h_f[0]": "vector(h)",
        "h_b[T+1]": "vector(h)",
    },
    {
        "h_f[t]": "sigmoid(W_f @ x[t] + U_f @ h_f[t-1])",
        "h_b[t]": "sigmoid(W_b @ x[t] + U_b @ h_b[t+1])",
        "y[t]": "V_f @ h_f[t] + V_b @ h_b[t]",
        "loss[t]": "sqnorm(z[t] - y[t])",
        "L": "sum(loss[t], t)",
    },
)
DROPOUT = problem(
    {},
    {
        "X": "matrix(n, d) full_column_rank",
        "y": "vector(n)",
        "w": "vector(d)",
        "p": "scalar in (0, 1)",
        "R": "matrix(n, d) ~ bernoulli(p)",
        "c": "scalar positive",
        "alpha": "scalar positive",
        "A": "matrix(n, d) full_column_rank",
    },
    {
        "L": "sqnorm(y - (X * R) @ w)",
        "Gamma": "diag(sqrt(diagpart(X.T @ X)))",
        "lambda": "(1 - p) / p",
        "L2": "sqnorm(y - X @ w) + alpha * sqnorm(w)",
    },
)
WEIGHTNORM = problem(
    {},
    {
        "x": "vector(d) ~ moments(mean=zeros(d), cov=eye(d))",
        "u": "vector(d) nonzero",
        "gamma": "scalar",
        "beta": "scalar",
        "L": "scalar of w",
    },
    {
        "y": "u.T @ x",
        "y_bn": "gamma * (y - E(y)) / sqrt(Var(y)) + beta",
        "w": "gamma * u / norm(u)",
        "s": "gamma / norm(u)",
    },
)
VITERBI = problem(
    {"t": "1..T", "i": "1..N", "j": "1..N"},
    {"pi": "vector(N) simplex", "P": "matrix(N, N) stochastic", "w[t]": "integer in 1..N"},
    {"p[t]": "pi[w[1]] * prod(P[w[s-1], w[s]], s=2..t)"},
)
ATTENTION = problem(
    {},
    {"Q": "matrix(2, 2)", "K": "matrix(2, 2)", "V": "matrix(2, 2)"},
    {"A": "softmax(Q @ K.T / sqrt(2), rows)", "O": "A @ V"},
)

EXAMPLES: list[tuple[Scope, str]] = [
    (BIRNN, "gradient(loss[t], h_f[t]) == 2 * V_f.T @ (y[t] - z[t])"),
    (BIRNN, "gradient(loss[t], h_b[t]) == 2 * V_b.T @ (y[t] - z[t])"),
    (BIRNN, "jacobian(h_f[t+1], h_f[t]) == diag(h_f[t+1] * (1 - h_f[t+1])) @ U_f"),
    (BIRNN, "jacobian(h_b[t-1], h_b[t]) == diag(h_b[t-1] * (1 - h_b[t-1])) @ U_b"),
    (
        BIRNN,
        """gradient(L, h_f[t]) == gradient(loss[t], h_f[t])
      + U_f.T @ (h_f[t+1] * (1 - h_f[t+1]) * gradient(L, h_f[t+1]))""",
    ),
    (BIRNN, "gradient(L, h_f[T]) == 2 * V_f.T @ (y[T] - z[T])"),
    (
        BIRNN,
        """gradient(L, h_b[t]) == gradient(loss[t], h_b[t])
      + U_b.T @ (h_b[t-1] * (1 - h_b[t-1]) * gradient(L, h_b[t-1]))""",
    ),
    (BIRNN, "gradient(L, h_b[1]) == 2 * V_b.T @ (y[1] - z[1])"),
    (BIRNN, "gradient(L, W_f) == sum(outer(h_f[t] * (1 - h_f[t]) * gradient(L, h_f[t]), x[t]), t)"),
    (BIRNN, "gradient(L, U_b) == sum(outer(h_b[t] * (1 - h_b[t]) * gradient(L, h_b[t]), h_b[t+1]), t)"),
    (BIRNN, "h_f[0] == h_b[T+1]"),
    (DROPOUT, "E(L) == sqnorm(y - p * X @ w) + p * (1 - p) * sqnorm(Gamma @ w)"),
    (DROPOUT, "p * argmin(E(L), w) == inv(X.T @ X + lambda * Gamma @ Gamma) @ X.T @ y"),
    (DROPOUT, "gradient(lambda, p) == -1 / p**2"),
    (DROPOUT, "argmin(L2, w) == inv(X.T @ X + alpha * eye(d)) @ X.T @ y"),
    (DROPOUT, "X == sqrt(c) * A @ diag(1 / sqrt(diagpart(A.T @ A)))"),
    (DROPOUT, "alpha == c * (1 - p) / p"),
    (WEIGHTNORM, "y_bn == w.T @ x + beta"),
    (WEIGHTNORM, "E(y) == 0"),
    (WEIGHTNORM, "Var(y) == sqnorm(u)"),
    (WEIGHTNORM, "gradient(L, u) == s * (eye(d) - u @ u.T / sqnorm(u)) @ gradient(L, w)"),
    (WEIGHTNORM, "gradient(L, gamma) == u.T @ gradient(L, w) / norm(u)"),
    (WEIGHTNORM, "u.T @ gradient(L, u) == 0"),
    (VITERBI, "p[t] == pi[w[1]]"),
    (VITERBI, "max(P[i, j] * p[t], i) == 1"),
    (VITERBI, "N**T == T * N**2"),
    (ATTENTION, "A == O"),
]


@pytest.mark.parametrize(("scope", "text"), EXAMPLES)
def test_expressions_of_the_examples(scope: Scope, text: str) -> None:
    left, _, right = read_equation(text, scope)
    assert left.shape == right.shape


def test_boundary_members_are_needed() -> None:
    error = refusal("U_f @ h_f[T+1]", BIRNN)
    assert error.message == "index T+1 is outside h_f[1..T]"
    assert error.hint == "declare the boundary member h_f[T+1]"
    assert refusal("h_b[0]", BIRNN).hint == "declare the boundary member h_b[0]"


def test_reading_is_fast() -> None:
    text = "sum(outer(h_f[t] * (1 - h_f[t]) * gradient(L, h_f[t]), x[t]), t)"
    best = min(_seconds(text) for _ in range(50))
    assert best < 1e-3


def _seconds(text: str) -> float:
    start = time.perf_counter()
    read(text, BIRNN)
    return time.perf_counter() - start
