"""Types of symbols as the reader takes them, and what it says of wrong ones. One more: a row in a table."""

from __future__ import annotations

import pytest
from notation import SCOPE
from trees import tree

from derive.errors import DeriveError
from derive.notation.reader import read_index
from derive.notation.types import read_type
from derive.tree.nodes import SCALAR, Shape, matrix, vector
from derive.tree.sizes import Size
from derive.vocabulary import Declaration, Scope

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


CONV = "Conv2d(c_in, c_out, kernel=3, stride=1, padding=0, dilation=1, groups=1, bias=yes)"

WRONG_TYPES = [
    ("matrx(n, d)", "unknown type 'matrx'", 1, "did you mean 'matrix'?"),
    ("", "a type is missing", 1, "types are scalar, integer, vector, matrix, tensor, function, and layers"),
    ("vector", "vector does not take 0 sizes", 1, "write vector(n)"),
    ("matrix(n)", "matrix does not take 1 size", 1, "write matrix(m, n)"),
    ("vector(n", "'(' is never closed", 7, None),
    ("vector(a/2)", "expects a size such as n or n+1 here", 8, "sizes are whole numbers or names"),
    ("vector(0)", "a size is at least 1, got 0", 8, "write a number, or a name such as n"),
    ("matrix(n, n) sdp", "unknown fact 'sdp' after matrix", 14, "did you mean 'spd'?"),
    ("matrix(n, d) spd", "spd needs a square matrix, got matrix(n, d)", 14, None),
    ("scalar onehot", "a scalar cannot be onehot", 8, "onehot goes with vector"),
    ("tensor(batch=4, 2)", "name all axes, or none", 1, None),
    ("tensor(row=4, row=2)", "two axes of the same name", 1, "as in tensor(batch=4, feature=3)"),
    (
        "Conv2d(3, 64, kernel=11, stride=0)",
        "stride is at least 1, got 0",
        33,
        "a whole number, as in stride=1",
    ),
    ("Conv2d(3, 64)", "Conv2d lacks kernel", 1, f"write {CONV}"),
    ("Conv2d(3, 64, kernel=3, pad=1)", "Conv2d does not take 'pad'", 25, f"write {CONV}"),
    (
        "Conv2d(3, 64, kernel=(3, 3, 3))",
        "kernel has 3 sizes for 2 sides",
        22,
        "write kernel=3 or one for each side",
    ),
    ("Conv2d(3, 64, kernel=3, groups=2)", "groups = 2 does not divide c_in = 3", 32, "1, 3 divide 3"),
    ("Linear", "Linear needs its sizes", 1, "write Linear(n_in, n_out, bias=yes)"),
    ("Sequence(relu)", "'relu' is no layer", 10, "declare the layers above their Sequence"),
    (
        "vector(n) ~ gauss(u, A)",
        "unknown law 'gauss'",
        13,
        "laws are bernoulli, normal, moments, categorical, uniform, rademacher, exponential, poisson",
    ),
    ("vector(n) ~ normal(u)", "normal lacks cov", 13, "write normal(mean, cov)"),
    ("vector(n) ~ normal", "normal needs its arguments", 13, "write normal(mean, cov)"),
    ("scalar ~ bernoulli(q=1)", "bernoulli does not take 'q'", 20, "write bernoulli(p)"),
    ("scalar ~ bernoulli(pp)", "unknown symbol 'pp'", 20, None),
    ("scalar ~ bernoulli(2)", "a probability lies between 0 and 1, got 2", 20, "as in bernoulli(1/2)"),
    ("scalar ~ uniform(1, 0)", "the range of uniform is empty", 21, "write uniform(low, high)"),
    (
        "scalar ~ normal(0, -1)",
        "a variance is not negative, got -1",
        20,
        "the law takes a variance, as in normal(0, s**2)",
    ),
    (
        "vector(n) ~ normal(zeros(d), eye(n))",
        "the mean of vector(n) is scalar or vector(n), got vector(d)",
        20,
        None,
    ),
    (
        "vector(n) ~ normal(zeros(n), eye(d))",
        "the covariance of vector(n) is scalar or matrix(n, n), got matrix(d, d)",
        30,
        None,
    ),
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


def test_a_law_does_not_mention_its_own_symbol() -> None:
    known = Scope({"q": Declaration("q", SCALAR)})
    with pytest.raises(DeriveError, match="the law of 'q' mentions q itself") as caught:
        read_type("scalar ~ normal(q, 1)", "q", (), known)
    assert caught.value.place is not None
    assert caught.value.place.column == 17
