"""Rows: what can be asked (gradient, E, argmin, ...) and the differential. Their values are the evaluator's work."""

from __future__ import annotations

from derive.tree.nodes import SCALAR, Node, Shape, matrix
from derive.vocabulary.op import MUL, UNARY, Op, elementwise, fail, like_first

WORDS = Shape("words")  # a sequence of words, or a table of them: nothing to calculate with


def _gradient_shape(args: tuple[Node, ...], data: object) -> Shape:
    f, x = args[:2]
    if not f.shape.is_scalar:
        raise fail(f"needs a scalar function, got {f.shape}", "write jacobian(y, x)")
    return x.shape


def _jacobian_shape(args: tuple[Node, ...], data: object) -> Shape:
    y, x = (a.shape for a in args[:2])
    if x.is_scalar:
        return y
    if y.kind == "vector" and x.kind == "vector":
        return matrix(y.dims[0], x.dims[0])
    if y.is_scalar:
        raise fail("the derivative of a scalar is a gradient", "write gradient(f, x)")
    if {y.kind, x.kind} <= {"vector", "matrix"}:
        return Shape("tensor", y.dims + x.dims)
    raise fail(
        f"{y} in {x}", "a Jacobian is taken of a vector or a matrix, in a scalar, a vector or a matrix"
    )


def _hessian_shape(args: tuple[Node, ...], data: object) -> Shape:
    f, x = (a.shape for a in args[:2])
    if not f.is_scalar:
        raise fail(f"needs a scalar function, got {f}")
    if x.is_scalar:
        return SCALAR
    if x.kind != "vector":
        raise fail(f"in {x}", "a Hessian is taken in a vector or a scalar")
    return matrix(x.dims[0], x.dims[0])


def _covariance_shape(args: tuple[Node, ...], data: object) -> Shape:
    shapes = [a.shape for a in args] * (2 if len(args) == 1 else 1)
    if all(s.kind == "vector" for s in shapes):
        return matrix(shapes[0].dims[0], shapes[1].dims[0])
    if all(s.is_scalar for s in shapes):
        return SCALAR
    raise fail(f"{' and '.join(map(str, shapes))}", "Cov takes vectors, or scalars")


def _argument_shape(args: tuple[Node, ...], data: object) -> Shape:
    if not args[0].shape.is_scalar:
        raise fail(f"needs a scalar function, got {args[0].shape}")
    if any(a.op != "eq" for a in args[2:]):
        raise fail("a constraint is an equation", "write argmin(f, w, sum(w) == 1)")
    return args[1].shape


def _equation_shape(args: tuple[Node, ...], data: object) -> Shape:
    left, right = (a.shape for a in args)
    if left != right:
        raise fail(f"== between {left} and {right}")
    return left


def _solution_shape(args: tuple[Node, ...], data: object) -> Shape:
    if args[0].op != "eq":
        raise fail("needs an equation", "write solve(A @ x == b, x)")
    return args[1].shape


def _words(args: tuple[Node, ...], data: object) -> Shape:
    return WORDS


def _number(args: tuple[Node, ...], data: object) -> Shape:
    return SCALAR


def _at_shape(args: tuple[Node, ...], data: object) -> Shape:
    if args[1].op != "sym":
        raise fail("a value is put in for a name", "write at(e, x == v)")
    if args[1].shape != args[2].shape:
        raise fail(f"a value of {args[2].shape} for {args[1].shape}")
    return args[0].shape


ROWS = [
    Op("words", "the cat", "words in an answer", _words, kind="leaf"),
    Op("search", "search(tree), search(tree, beam=2)", "the most probable path in a tree of data, exact or with so many beams", _words, latex=r"\operatorname{search}", kind="question"),
    Op("naive_bayes", "naive_bayes(D, y), naive_bayes(D, y, row=1)", "priors and conditionals of the class y in a table of data; the posterior of a row", _words, latex=r"\operatorname{naive\,Bayes}", kind="question"),
    Op("P", "P(y == 0 | x1 == 1)", "the share of rows of a table of data", _number, kind="question"),
    Op("evaluations", "evaluations(e), evaluations(e, cached)", "how often functions are evaluated, in an expression or by an algorithm", _number, latex=r"\operatorname{evaluations}", kind="question"),
    Op("nearest", "nearest(E, king - man + woman)", "the word of a table of vectors with the largest cosine", _words, kind="question"),
    Op("bigO", "bigO(f), bigO(f, space)", "the cost of an algorithm of this or an earlier part: time, or space", _number, latex=r"\mathcal{O}", kind="question"),
    Op("d", "d(e)", "differential in the variable of the derivation", like_first, precedence=UNARY, kind="differential"),
    Op("gradient", "gradient(f, x)", "gradient of a scalar, in the shape of x", _gradient_shape, kind="verb"),
    Op("jacobian", "jacobian(y, x)", "Jacobian, (out x in); by a scalar, the shape of y; with a matrix, in index notation", _jacobian_shape, kind="verb"),
    Op("hessian", "hessian(f, x)", "Hessian of a scalar in a vector", _hessian_shape, kind="verb"),
    Op("E", "E(f)", "expectation over every random quantity", like_first, latex=r"\mathbb{E}\left[#1\right]", kind="verb"),
    Op("Var", "Var(f)", "variance, entry by entry", like_first, latex=r"\operatorname{Var}\left[#1\right]", kind="verb"),
    Op("Cov", "Cov(v), Cov(x, y)", "covariance matrix of a vector, covariance of two scalars", _covariance_shape, latex=r"\operatorname{Cov}\left[#*\right]", kind="verb"),
    Op("given", "f | x", "f where x is fixed, inside E, Var or Cov", like_first, kind="verb"),
    Op("argmin", "argmin(f, w)", "the minimiser of f in w; `argmin(f, w, g == c)` under a constraint", _argument_shape, latex=r"\operatorname*{arg\,min}", precedence=MUL, kind="verb"),
    Op("argmax", "argmax(f, w)", "the maximiser of f in w", _argument_shape, latex=r"\operatorname*{arg\,max}", precedence=MUL, kind="verb"),
    Op("at", "at(e, x == v)", "e where the name x has the value v; what is defined through x follows", _at_shape, precedence=MUL, kind="verb"),
    Op("solve", "solve(a == b, x)", "the solution of an equation for the name x", _solution_shape, latex=r"\operatorname{solve}", precedence=MUL, kind="verb"),
    Op("eq", "a == b", "an equation; its value is what the left side has too much", _equation_shape, elementwise(lambda xp, a, b: a - b), kind="equation"),
    Op("apply", "f(u), f'(u)", "an unspecified scalar function, entry by entry", like_first, kind="function"),
]  # fmt: skip
