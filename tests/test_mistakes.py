"""What the reader says where it can make nothing of a text: message, carets, hint; and that it says it at once.

To cover one more mistake, a row in MISTAKES (the carets stand under the text).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notation import SCOPE

from derive.errors import DeriveError, InputError, NotationError, Place, ShapeError, UnknownName
from derive.notation.reader import read
from derive.vocabulary import Scope

# fmt: off
MISTAKES = [
    ('', '^', 'an expression is missing', None),
    ('   ', '^', 'an expression is missing', None),
    ('a +', '   ^', "expected a name, a number or '(', but the text ends", None),
    ('a b', '  ^', "no operator before 'b'", 'write a * b'),
    ('2a', ' ^', "no operator before 'a'", 'write 2 * a'),
    ('2 (a)', '  ^', "no operator before '('", 'write 2 * (...)'),
    ('(a + 2', '^', "'(' is never closed", None),
    ('a + 2)', '     ^', "')' closes nothing", None),
    ('f(a', ' ^', "'(' is never closed", None),
    ('x[t', ' ^', "'[' is never closed", None),
    ('(a]', '  ^', "expected ')', got ']'", None),
    ('(1, 2)', '  ^', 'a list is no expression', 'a list is written [1, 2]'),
    ('[1, 2', '^', "'[' is never closed", None),
    ('[[1, 2], [3]]', '         ^', 'item 2 is vector(1), item 1 is vector(2)', 'the rows of an array are equally long'),
    ('mean(Q, over=row)', '             ^^^', "'row' is no axis of tensor(4, 2, 3)", 'its axes are batch, channel, feature'),
    ('mean(Q, over=(batch, batch))', '                     ^^^^^', 'this axis stands twice', None),
    ('mean(X, over=3)', '             ^', "'3' is no axis of matrix(n, d)", 'its axes are 1..2; names are given as in tensor(batch=4, feature=3)'),
    ('mean(a, over=1)', '             ^', 'scalar has no axes', None),
    ('at(a, 2 == b)', '      ^', 'a name is wanted before ==', 'write at(e, x == v)'),
    ('at(a, u == b)', '        ^^', 'u is vector(n), its value scalar', None),
    ('conv(Q)', '^^^^', 'conv takes c_in = 3, got 4 of tensor(4, 2, 3)', 'declare conv with c_in = 4, or give it another input'),
    ('conv(u)', '^^^^', 'conv takes tensor(c, h, w), got vector(n)', 'a batch goes in front of these axes'),
    ('conv + 1', '     ^', '+ of layer and scalar', None),
    ('macs(I)', '     ^', 'macs: takes a layer with its input', 'write macs(conv(X))'),
    ('params(I)', '       ^', 'params: takes a layer', 'write params(conv)'),
    ('a ^ 2', '  ^', "unexpected character '^'", 'write ** for a power'),
    ('a · b', '  ^', "unexpected character '·'", 'write * for a product'),
    ('θ + a', '^', "unexpected character 'θ'", 'write theta'),
    ('\\theta', '^', "unexpected character '\\'", 'write names without a backslash, as in theta; expressions are not LaTeX'),
    ('a = 2', '  ^', "expected an operator, got '='", 'an equation is written with =='),
    ('a == 2', '  ^^', 'an expression is wanted here, not a relation', None),
    ('{a}', '^', "unexpected character '{'", 'write parentheses; braces are not in the language'),
    ('x.t', ' ^', "unexpected character '.'", 'only .T may follow a dot; a range is written 1..T'),
    ('a.', ' ^', "unexpected character '.'", 'only .T may follow a dot; a range is written 1..T'),
    ("a'", '^^', "a prime without an argument: a'", "write f'(u), of a function f; the transpose is x.T"),
    ('3 / 0', '  ^', 'division by zero', None),
    ('a; b', ' ^', "unexpected character ';'", 'write a comma'),
    ('W_g @ u', '^^^', "unknown symbol 'W_g'", "did you mean 'W_f'?"),
    ('lamda', '^^^^^', "unknown symbol 'lamda'", "did you mean 'lambda'?"),
    ('sigmoi(a)', '^^^^^^', "unknown function 'sigmoi'", "did you mean 'sigmoid'?"),
    ('quux(a)', '^^^^', "unknown function 'quux'", None),
    ('sigmoid', '^^^^^^^', "unknown symbol 'sigmoid'", 'a function needs its arguments: sigmoid(x)'),
    ('total(2)', '^^^^^', "'total' is no function", 'write total * (...) for a product'),
    ('n(2)', '^', "'n' is no function", 'write n * (...) for a product'),
    ('sqrt(a, b)', '^^^^', 'sqrt does not take 2 arguments', 'write sqrt(x)'),
    ('sqrt()', '^^^^', 'sqrt does not take 0 arguments', 'write sqrt(x)'),
    ('eye(d, n)', '^^^', 'eye does not take 2 arguments', 'write eye(n)'),
    ('eye(a)', '    ^', 'expects a size such as n or n+1 here', 'sizes are whole numbers or names'),
    ('eye(r)', '    ^', "unknown symbol 'r'", None),
    ('ones()', '^^^^', 'ones does not take 0 arguments', 'write ones(n), ones(m, n)'),
    ('norm(a)', '^^^^', 'norm: expects a vector or a matrix, got a scalar', None),
    ('inv(X)', '^^^', 'inv: expects a square matrix, got matrix(n, d)', None),
    ('u + y', '  ^', '+ of vector(n) and vector(d)', None),
    ('u * y', '  ^', '* of vector(n) and vector(d)', None),
    ('u / X', '  ^', '/ of vector(n) and matrix(n, d)', None),
    ('u + u.T', '  ^', '+ of vector(n) and row(n)', 'a vector is a column, v.T a row'),
    ('X @ u', '  ^', '@ of matrix(n, d) and vector(n)', None),
    ('u @ X', '  ^', '@ of vector(n) and matrix(n, d)', 'a vector is a column; write v.T @ A'),
    ('u @ y', '  ^', '@ of vector(n) and vector(d)', 'outer(u, v) is the outer product'),
    ('a @ u', '  ^', '@ of scalar and vector(n)', 'a scalar multiplies with *'),
    ('u @ a', '  ^', '@ of vector(n) and scalar', 'a scalar multiplies with *'),
    ('A**u', ' ^^', 'the exponent must be a scalar, got vector(n)', 'matpow(X, 3) is the matrix power'),
    ('a.T', ' ^^', '.T of scalar', 'only vectors and matrices have a transpose'),
    ('X[1]  [2, 3]', '      ^', '2 indices into vector(d)', None),
    ('X[0, 1]', '  ^', 'index 0 is outside 1..n', 'indices count from 1'),
    ('ones(3)[7]', '        ^', 'index 7 is outside 1..3', 'indices count from 1'),
    ('sum(2, q=3..1)', '       ^', 'the range 3..1 is empty', 'write low..high'),
    ('tr(A)', '^^', "unknown function 'tr'", "did you mean 'trace'?"),
    ('diff(a)', '^^^^', "unknown function 'diff'", "did you mean 'gradient'?"),
    ('X[1, 2, 3]', ' ^', '3 indices into matrix(n, d)', None),
    ('u[v]', '  ^', 'an index must be a scalar, got vector(n)', None),
    ('x', '^', "'x' is a family: it needs its index", 'write x[t]'),
    ('x[t, 2]', ' ^', "'x' has 1 index, not 2", 'write x[t]; an entry of it is x[t][i]'),
    ('s[0]', '^^^^', 'index 0 is outside s[1..T]', 'declare the boundary member s[0]'),
    ('x[T+1]', '^^^^^^', 'index T+1 is outside x[1..T]', 'declare the boundary member x[T+1]'),
    ('x[t-T]', '^^^^^^', 'index t-T is outside x[1..T]', 'declare the boundary member x[t-T]'),
    ('g[T+1]', '^^^^^^', 'index T+1 is outside g[1..T]', 'declare the boundary member g[T+1]'),
    ('delta[0, t]', '^^^^^^^^^^^', 'index 0 is outside delta[1..n, t]', 'declare the boundary member delta[0, t]'),
    ('h[0]', '^^^^', 'index 0 is outside h[1..T]', 'declare the boundary member h[0]'),
    ('sum(x[t], q)', '          ^', "'q' is no index", 'declare it under index:, or write sum(e, q=1..T)'),
    ('sum(x[t], tt)', '          ^^', "'tt' is no index", "did you mean 't'?"),
    ('sum(a, k=1)', '          ^', 'a range is wanted here', 'write low..high, as in k=1..T'),
    ('sum(a, k=1..)', '            ^', "expected a name, a number or '(', got ')'", None),
    ('sum(a, k=1..3, )', '               ^', "expected an index, got ')'", None),
    ('prod(u)', '^^^^', 'prod needs its index', 'write prod(e, t) or prod(e, s=2..t)'),
    ('max(a)', '^^^', 'max does not take 1 argument', 'write max(a, b), max(e, i)'),
    ('max(a, u[1..T])', '       ^', "'u' is no family of integers in a range", 'declare it: u[t]: integer in 1..N'),
    ('count(a)', '      ^', 'count takes a range of a family', 'write count(w[1..T])'),
    ('argmin(sqnorm(u), 2)', '                  ^', 'the second argument of argmin is a name', 'write argmin(f, w)'),
    ('gradient(u, u)', '^^^^^^^^', 'gradient: needs a scalar function, got vector(n)', 'write jacobian(y, x)'),
    ('jacobian(a, u)', '^^^^^^^^', 'jacobian: the derivative of a scalar is a gradient', 'write gradient(f, x)'),
    ('f', '^', "the function 'f' needs its argument", 'write f(u)'),
    ('f(u, u)', '^', 'f does not take 2 arguments', 'write f(u)'),
    ('where(a, b, 1)', '       ^', "expected a comparison (<, <=, >, >=), got ','", None),
    ('where(a > b, 1)', '^^^^^', 'where takes a condition and two values', 'write where(cond, a, b)'),
    ('softmax(X)', '^^^^^^^', 'softmax: a matrix needs its direction', 'write softmax(S, rows): each row sums to 1'),
    ('softmax(X, cols)', '           ^^^^', 'softmax(S, rows) is the softmax of each row', 'write rows'),
    ('matpow(A, a)', '^^^^^^', 'matpow: the exponent k must be an integer', None),
    ('outer(u, A)', '^^^^^', 'outer of vector(n) and matrix(n, n)', 'outer(a, b) takes two vectors'),
    ('d(a)', '^', "'d' is no function", 'write d * (...) for a product'),
    ('9**9**9', ' ^^', 'number too large', 'exponents go up to 10000'),
    ('2**20000', ' ^^', 'number too large', 'exponents go up to 10000'),
    ('1e9999', '^^^^^^', 'number too large', 'at most 1000 digits'),
    ('sum(a, b)', '       ^', "'b' is no index", 'declare it under index:, or write sum(e, b=1..T)'),
    ('E(a | b)', '      ^', 'what stands after | is a random quantity', 'write E(f | x) with x: ... ~ law'),
    ('E(a | 2)', '      ^', 'a name is wanted after |', 'write E(f | x) with x: ... ~ law'),
    ('sum(a | b)', '      ^', "expected ')', got '|'", None),
    ('u.T @ u @ u', '        ^', '@ of scalar and vector(n)', 'a scalar multiplies with *'),
    ('a < b', '  ^', 'an expression is wanted here, not a relation', None),
    ('1..T', ' ^^', "expected an operator, got '..'", None),
    ('Cov(X)', '^^^', 'Cov: matrix(n, d) and matrix(n, d)', 'Cov takes vectors, or scalars'),
    ('d(a) * 2', '^', "'d' is no function", 'write d * (...) for a product'),
    ('a ** ** b', '     ^^', "expected a name, a number or '(', got '**'", None),
    ('sum(s[t], t', '   ^', "'(' is never closed", None),
    ('* a', '^', "expected a name, a number or '(', got '*'", None),
    ('x[]', '  ^', "expected a name, a number or '(', got ']'", None),
    ('x[t,]', '    ^', "expected a name, a number or '(', got ']'", None),
    ('sum(,t)', '    ^', "expected a name, a number or '(', got ','", None),
    ("a 'b'", '  ^', "unexpected character '''", "f'(u) is the derivative of a declared function f"),
    ('X.T.', '   ^', "unexpected character '.'", 'only .T may follow a dot; a range is written 1..T'),
    ('1.2.3', '   ^^', "no operator before '.3'", 'write 1.2 * .3'),
    ('E()', '^', 'E does not take 0 arguments', 'write E(f)'),
    ('g', '^', "'g' is a family: it needs its index", 'write g[t]'),
    ('a @ b', '  ^', '@ of scalar and scalar', 'a scalar multiplies with *'),
    ('where(a > b, u, y)', '^^^^^', 'where: entry by entry needs equal shapes: vector(n) and vector(d)', None),
    ('norm', '^^^^', "unknown symbol 'norm'", 'a function needs its arguments: norm(x)'),
    ('eye(n) + X', '       ^', '+ of matrix(n, n) and matrix(n, d)', None),
    ('logdet(X)', '^^^^^^', 'logdet: expects a square matrix, got matrix(n, d)', None),
    ('diag(A)', '^^^^', 'diag: makes a matrix from a vector, got matrix(n, n)', 'diagpart(A) is the diagonal of A'),
    ('sum(a)', '^^^', 'sum: expects a vector or a matrix, got a scalar', None),
    ('mean(a)', '^^^^', 'mean: expects a vector or a matrix, got a scalar', None),
    ('onehot(u, n)', '^^^^^^', 'onehot: takes an index and a size', None),
    ('inner(u, y)', '^^^^^', 'inner: needs equal shapes: vector(n) and vector(d)', None),
    ('max(u, y)', '^^^', 'max of vector(n) and vector(d)', None),
    ('Q + u', '  ^', '+ of tensor(4, 2, 3) and vector(n)', None),
    ("f''''", '^^^^^', "a prime without an argument: f''''", "write f'(u), of a function f; the transpose is x.T"),
]
# fmt: on

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
    "max(a, " * 40 + "b" + ")" * 40,
]


@pytest.mark.parametrize("text", DEEP)
def test_deep_and_large_texts_are_refused_at_once(text: str) -> None:
    error = refusal(text)
    assert isinstance(error, InputError)


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
