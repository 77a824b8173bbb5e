"""A symbol table for the tests of the notation, and random well-typed nodes over it.

To cover one more way to make a node: a row in SCALARS, VECTORS, ROWS or MATRICES.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import strategies as st

from derive.notation.reader import read_range, read_target
from derive.notation.types import read_type
from derive.tree.nodes import SCALAR, Node, Shape, Symbol, matrix, row, vector
from derive.tree.sizes import Size
from derive.vocabulary import TABLE, Declaration, Definition, Scope, build
from derive.vocabulary.build import T, add, constant, count, matmul, mul, neg, num, over, power, sym
from derive.vocabulary.layers import LAYER

SYMBOLS = {
    "a": "scalar",
    "b": "scalar positive",
    "lambda": "scalar in (0, 1)",
    "s[t]": "scalar",
    "delta[i, t]": "scalar",
    "c": "integer in 1..n",
    "w[t]": "integer in 1..n",
    "u": "vector(n)",
    "v": "vector(n) simplex",
    "x[t]": "vector(n)",
    "h[t]": "vector(h)",
    "y": "vector(d)",
    "A": "matrix(n, n) invertible",
    "S": "matrix(n, n) spd",
    "X": "matrix(n, d) full_column_rank",
    "W_f": "matrix(d, n)",
    "R": "matrix(n, d) ~ bernoulli(lambda)",
    "L": "scalar of u",
    "f": "function",
    "Q": "tensor(batch=4, channel=2, feature=3)",
    "lag": "vector(m+k-1)",
    "conv": "Conv2d(3, 8, kernel=3, stride=2)",
    "I": "tensor(3, 9, 9)",
}


def _scope() -> Scope:
    indices = {"t": read_range("1..T"), "i": read_range("1..n"), "j": read_range("1..n")}
    declarations: dict[str, Declaration] = {}
    for key, kind in SYMBOLS.items():
        name, index = read_target(key)
        here = Scope(declarations, indices=indices)
        declarations[name] = read_type(kind, name, tuple(map(str, index)), here, dependencies=False)
    h0 = (Size.of(0),)
    declarations["g"] = Declaration("g", vector("h"), boundary=(h0,))
    definitions = {
        "g": Definition("g", vector("h"), ("t",), sym("h", vector("h"), (count("t"),))),
        "loss": Definition("loss", SCALAR, ("t",), num(1)),
        "total": Definition("total", SCALAR, (), num(1)),
    }
    return Scope(declarations, definitions, indices)


SCOPE = _scope()
INDEX_NAMES = ("t", "i", "n", "T")
Make = Callable[["Growth", Shape], Node | None]


def known(name: str, *indices: Node) -> Node:
    found = SCOPE.declarations[name]
    return sym(name, found.shape, indices, found.facts)


class Growth:
    """One random tree being grown. `numeric` leaves out what has no NumPy expression."""

    def __init__(self, random: Random, depth: int, numeric: bool, bound: tuple[str, ...] = ()) -> None:
        self.random, self.depth, self.numeric, self.bound = random, depth, numeric, bound

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def deeper(self, *bound: str) -> Growth:
        return Growth(self.random, self.depth - 1, self.numeric, self.bound + bound)

    def of(self, shape: Shape) -> Node:
        leaves, inner = ROWS_OF[shape.kind]
        rows = inner if self.depth > 0 and self.random.random() < 0.9 else leaves
        return self.one(*rows)(self.deeper(), shape) or self.of(shape)

    def size(self) -> Size:
        name = Size.of(self.one(*INDEX_NAMES, *self.bound))
        other = Size.of(self.one("t", "d"))
        return self.one(name, name - 1, 1 - name, 2 * name, name * other + 1, name + other, -name)

    def index(self) -> Node:
        return self.one(count("t"), count(Size.of("t") - 1), num(2), *map(count, self.bound))

    def number(self) -> Node:
        value = Fraction(self.random.randint(-6, 6), self.random.randint(1, 5))
        return num(value, self.one(True, False))

    def over(self, op: str, shape: Shape) -> Node:
        var = self.one("t", "k", "r")
        low, high = self.one((1, "T"), (2, "t"), (1, "n"))
        low, high = Size.of(low), Size.of("T" if high == var else high)
        return over(op, self.deeper(var).of(shape), var, low, high)


def _elementwise(g: Growth, shape: Shape) -> Node:
    names = [n for n, r in TABLE.items() if r.kind == "elementwise"]
    return build(g.one(*names), g.of(shape))


def _where(g: Growth, shape: Shape) -> Node:
    test = build(g.one("lt", "le", "gt", "ge"), g.of(SCALAR), g.of(SCALAR))
    return build("where", test, g.of(shape), g.of(shape))


def _apply(g: Growth, shape: Shape) -> Node:
    return build("apply", g.of(shape), data=("f", g.one(0, 1, 2)))


def _verb(g: Growth, shape: Shape) -> Node | None:
    if g.numeric:
        return None
    body = g.of(shape)
    return build(g.one("E", "Var"), g.one(body, build("given", body, known("R"))))


def _d(g: Growth, shape: Shape) -> Node | None:
    if g.numeric:
        return None
    held = [known("u")] * g.one(0, 1)
    return build("d", g.of(shape), *held)


def _by_scalar(g: Growth, shape: Shape) -> Node | None:
    return None if g.numeric else build("jacobian", g.of(shape), known("a"))


def _minimiser(g: Growth, shape: Shape) -> Node | None:
    if g.numeric or shape != vector("n"):
        return None
    shape = g.one(SCALAR, vector("n"))
    equation = build("eq", g.of(shape), g.of(shape))
    constraints = [equation] * g.one(0, 1)
    extremum = build(g.one("argmin", "argmax"), g.of(SCALAR), known("u"), *constraints)
    return g.one(extremum, build("solve", equation, known("u")))


def _density(g: Growth, shape: Shape) -> Node | None:
    """A log-density or a divergence."""
    if g.numeric:
        return None
    mean, matrix_, number = vector("n"), matrix("n", "n"), SCALAR
    kind, shapes = g.one(("normal", (mean, matrix_)), ("normal", (number, number)), ("bernoulli", (mean,)))
    op = g.one("logpdf", "kl")
    more = shapes if op == "kl" else shapes[:1]
    return build(op, *(g.of(s) for s in (*shapes, *more)), data=kind)


def _gradient(g: Growth, shape: Shape) -> Node | None:
    if shape != vector("n"):
        return None
    if g.numeric or g.one(True, False):
        return build("gradient", known("L"), g.one(known("u"), known("x", g.index())))
    return build("gradient", g.of(SCALAR), known("x", g.index()))


def _hessian(g: Growth, shape: Shape) -> Node | None:
    if g.numeric or shape != matrix("n", "n"):
        return None
    ops = {
        "hessian": lambda: build("hessian", g.of(SCALAR), known("u")),
        "jacobian": lambda: build("jacobian", g.of(vector("n")), known("u")),
        "Cov": lambda: build("Cov", g.of(vector("n"))),
        "Cov2": lambda: build("Cov", g.of(vector("n")), known("u")),
    }
    return ops[g.one(*ops)]()


def _product(g: Growth, shape: Shape) -> Node:
    factors = [g.of(g.one(SCALAR, shape)) for _ in range(g.one(1, 2))]
    factors.insert(g.one(0, 1), g.of(shape))
    return mul(*factors)


def _reduction(g: Growth, shape: Shape) -> Node:
    op = g.one(
        "norm", "sqnorm", "norm1", "sum", "mean", "var", "inner", "trace", "det", "logdet", "logsumexp",
        "eigmax", "eigmin",
    )  # fmt: skip
    if op in ("trace", "det", "logdet", "eigmax", "eigmin"):
        return build(op, g.of(matrix("n", "n")))
    if op == "logsumexp":
        return build(op, g.of(vector("n")))
    array = g.one(vector("n"), matrix("n", "d"))
    args = [g.of(array) for _ in range(2 if op == "inner" else 1)]
    return build(op, *args)


def _square(g: Growth, shape: Shape) -> Node | None:
    if shape != matrix("n", "n"):
        return None
    op = g.one("inv", "eye", "diag", "matpow", "outer")
    if op == "eye":
        return build("eye", count("n"))
    if op == "diag":
        return build("diag", g.of(vector("n")))
    if op == "outer":
        return matmul(g.of(vector("n")), g.of(row("n")))
    return build(op, g.of(shape), *([num(g.one(2, 3, -1))] if op == "matpow" else []))


def _from_matrix(g: Growth, shape: Shape) -> Node | None:
    ops = {
        "diagpart": lambda: build("diagpart", g.of(matrix("n", "n"))),
        "rowsum": lambda: build("rowsum", g.of(matrix("n", "d"))),
        "eigvecmax": lambda: build("eigvecmax", g.of(matrix("n", "n"))),
        "eigvecmin": lambda: build("eigvecmin", g.of(matrix("n", "n"))),
        "colsum": lambda: build("colsum", g.of(matrix("d", "n"))),
        "logsumexp_rows": lambda: build("logsumexp_rows", g.of(matrix("n", "d"))),
        "softmax": lambda: build("softmax", g.of(vector("n"))),
        "onehot": lambda: build("onehot", known("c"), count("n")),
        "row": lambda: build("entry", g.of(matrix("d", "n")), num(1)),
    }
    return ops[g.one(*ops)]() if shape == vector("n") else None


def _entry(g: Growth, shape: Shape) -> Node:
    array = g.one(matrix("n", "d"), vector("n"), row("n"))
    at = [num(g.one(1, 2)) for _ in array.dims]
    return build("entry", g.of(array), *at)


def _chain(g: Growth, shape: Shape) -> Node:
    """Any product with these sides, through an inner dimension; it may pass a scalar on its way."""
    left, right = shape.rows, shape.columns
    links = []
    for _ in range(g.one(1, 2)):
        inner = g.one("n", "d", None) if left else g.one("n", "d")
        if inner is None:
            links.append(g.of(Shape("vector", (left,)) if left else SCALAR))
            left = None
            if links[-1].shape.is_scalar:
                links.pop()
            break
        links.append(g.of(Shape("matrix", (left, Size.of(str(inner)))) if left else row(str(inner))))
        left = Size.of(str(inner))
    if left is None:
        ends = [g.of(Shape("row", (right,)))] if right else []
        return matmul(*links, *ends) if links or ends else g.of(SCALAR)
    return matmul(*links, g.of(Shape("matrix", (left, right)) if right else Shape("vector", (left,))))


def _paths(g: Growth, shape: Shape) -> Node | None:
    """Over all values of w[1..t], or at some of them."""
    if g.numeric:
        return None
    family = Symbol("w", SCOPE.declarations["w"].facts)
    ends = count(g.one(1, 2)), count(g.one("t", "T"))
    op = g.one("max_paths", "min_paths", "sum_paths", "count_paths", "at", "at_path")
    if op == "at":
        return build("at", g.of(shape), known("w", g.index()), g.of(SCALAR))
    if op == "at_path":
        return build("at_path", g.of(shape), g.of(vector("n")), data=Symbol("w"))
    if not shape.is_scalar:
        return None
    return build(op, *([] if op == "count_paths" else [g.of(shape)]), *ends, data=family)


def _reversed(g: Growth, shape: Shape) -> Node | None:
    if shape.kind == "vector":
        return build("reverse", g.of(shape))
    return build(g.one("reverse_rows", "reverse_columns"), g.of(shape)) if shape.kind == "matrix" else None


def _written_out(g: Growth, shape: Shape) -> Node:
    items = [g.of(SCALAR) for _ in range(g.one(2, 3))]
    return build("entry", build("list", *items), num(1))


def _over_axes(g: Growth, shape: Shape) -> Node | None:
    op = g.one("sum_over_axes", "mean_over_axes", "var_over_axes", "max_over_axes")
    return build(op, g.of(matrix("n", "d")), data=(1,)) if shape == vector("n") else None


def _put_in(g: Growth, shape: Shape) -> Node | None:
    return None if g.numeric else build("at", g.of(shape), known("u"), g.of(vector("n")))


def _layer(g: Growth, shape: Shape) -> Node | None:
    layer = SCOPE.declarations["conv"].layer
    if g.numeric:
        return None
    output = build("layer_output", known("I"), data=layer)
    if g.one(True, False):
        return build("params", Node("layer", (), layer, LAYER))
    return g.one(build("macs", output), build("entry", build("shape", output), num(2)))


EVERYWHERE = [
    lambda g, s: add(g.of(s), g.of(g.one(s, SCALAR)), *(g.of(s) for _ in range(g.one(0, 1)))),
    lambda g, s: add(g.of(SCALAR), neg(g.of(s))),
    lambda g, s: neg(g.of(s)),
    _product,
    lambda g, s: build("div", g.of(s), g.of(g.one(s, SCALAR))),
    lambda g, s: power(g.of(s), g.one(2, g.of(SCALAR))),
    lambda g, s: T(g.of(Shape(TURNED[s.kind], s.dims[::-1]))) if s.kind in TURNED else None,
    lambda g, s: g.over("sum_over", s),
    _chain,
    _elementwise,
    _where,
    _apply,
    _verb,
    _paths,
    _reversed,
    _d,
    _by_scalar,
    _put_in,
]
PLACES = {False: ("argmax_over", "argmin_over"), True: ()}  # rounding decides between equal values
TURNED = {"vector": "row", "row": "vector", "matrix": "matrix"}
LEAVES = {
    "scalar": [
        lambda g, s: g.number(),
        lambda g, s: count(g.size()),
        lambda g, s: constant("pi"),
        lambda g, s: known(g.one("a", "b", "lambda", "L")),
        lambda g, s: known("s", g.index()),
        lambda g, s: known("delta", count("i"), g.index()),
    ],
    "vector": [
        lambda g, s: g.one(known("u"), known("v"), known("x", g.index())) if s == vector("n") else known("y"),
        lambda g, s: build(g.one("ones", "zeros"), count(s.dims[0])),
    ],
    "row": [lambda g, s: T(g.of(Shape("vector", s.dims)))],
    "matrix": [
        lambda g, s: MATRICES.get(s),
        lambda g, s: build(g.one("ones", "zeros"), *map(count, s.dims)),
    ],
}
MATRICES = {
    matrix("n", "n"): known("A"),
    matrix("n", "d"): known("X"),
    matrix("d", "n"): known("W_f"),
}
INNER = {
    "scalar": [
        lambda g, s: build("kronecker", count("i"), g.index()),
        _reduction,
        _density,
        _entry,
        _written_out,
        _layer,
        lambda g, s: g.over(g.one("prod_over", "max_over", "min_over", *PLACES[g.numeric]), s),
        lambda g, s: build("Cov", g.of(s), g.of(s)) if not g.numeric else None,
    ],
    "vector": [_gradient, _minimiser, _from_matrix, _over_axes],
    "row": [],
    "matrix": [_square, _hessian, lambda g, s: build("softmax_rows", g.of(s))],
}
ROWS_OF = {kind: (LEAVES[kind], [*EVERYWHERE, *INNER[kind]]) for kind in LEAVES}


def grown(seed: int, depth: int = 3, numeric: bool = False) -> Node:
    """The random node of a seed, of any shape."""
    growth = Growth(Random(seed), depth, numeric)
    return growth.of(growth.one(SCALAR, vector("n"), row("n"), matrix("n", "d"), matrix("n", "n")))


def nodes(numeric: bool = False) -> st.SearchStrategy[Node]:
    return st.builds(grown, st.integers(0, 10**9), st.integers(0, 4), st.just(numeric))
