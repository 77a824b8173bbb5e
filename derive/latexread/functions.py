r"""Functions and brackets: \log x, \operatorname{diag}(v), \mathbb E[x], f'(u), norms, cases, matrices.

To add a function that the vocabulary has: a word in `tables.FUNCTIONS`; one that needs more, a row in CALLS.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.latexread.axes import SLICED, reduced, sliced
from derive.latexread.conditions import indicator
from derive.latexread.elaborator import Elaborator, Value
from derive.latexread.ellipsis import is_dots, listed
from derive.latexread.entries import entry
from derive.latexread.fitting import without_ones
from derive.latexread.laws import divergence, under_law
from derive.latexread.literals import literal
from derive.latexread.patterns import spelled
from derive.latexread.powers import raised, scalar
from derive.latexread.surface import (
    Call,
    Group,
    Relation,
    Surface,
)
from derive.latexread.tokens import Span
from derive.latexread.vectors import counted, vector_of
from derive.notation.reader import read
from derive.tree.nodes import Node
from derive.vocabulary.build import ELEMENTWISE, TABLE, T, add, build, mul, neg, num, substitute, sym
from derive.vocabulary.scope import Declaration, Scope


def call(e: Elaborator, surface: Surface) -> Value:
    assert isinstance(surface, Call)
    arguments = items(surface.argument) if surface.bracketed else (surface.argument,)
    return applied(e, surface.function, arguments, surface, surface.span)


def items(surface: Surface) -> tuple[Surface, ...]:
    return surface.items if isinstance(surface, Group) else (surface,)


def applied(e: Elaborator, function: str, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    """A known function of its arguments, with its primes and its power: `\\tanh'(x)`, `\\tanh^2(x)`."""
    special = CALLS.get(function)
    if special is not None:
        if marks.primes and function not in ELEMENTWISE:
            raise e.unreadable(f"the derivative of {function} is not known by a prime", span)
        node = special(e, arguments, marks, span)
    elif function not in TABLE:
        raise e.unreadable(f"{function} is not in the language", span)
    else:
        values = [e.node(a) for a in arguments]
        if function in ELEMENTWISE and len(values) != 1:
            raise e.unreadable(f"{function} takes one argument", span)
        if marks.below:
            node = reduced(e, function, values[0], marks.below, span)
        else:
            node = plain(e, function, values, span)
        if marks.primes:
            node = derivative(e, function, values[0], marks.primes, span)
    if not marks.above:
        return node
    said = spelled(marks.above)
    each = function in ELEMENTWISE or function in RATIOS
    if said == "-1" and each:
        raise e.unreadable(f"{function}^{{-1}} may be the inverse function or a quotient", span)
    if each and not said.startswith("odot"):
        return build("pow", node, scalar(e, e.node(e.read(marks.above, span)), span))
    return raised(e, node, marks.above, 0, span)


LENIENT = frozenset({"diag", "diagpart", "trace", "sum", "mean"})  # of a number: the number


def plain(e: Elaborator, function: str, values: list[Node], span: Span) -> Node:
    if len(values) == 1 and values[0].shape.is_scalar:
        if function in LENIENT or function == "det":
            e.note(f"{function} of a number", span, "scalar")
            return values[0]
        if function in ("norm", "norm1"):
            return build("abs", values[0])
        if function == "sqnorm":
            return build("pow", values[0], num(2))
        if function == "logdet":
            return build("log", values[0])
    if function == "mean" and values[0].shape.kind in ("vector", "row") and e.is_open(values[0]):
        number = without_ones(values[0])  # of however many
        if number is not None:
            return number
    if function == "diag" and values[0].shape.kind == "matrix":
        part = e.make("diagpart", values[0], span=span)
        options = ("the diagonal as a vector", "the diagonal matrix of the diagonal")
        return part if e.choose(span, "diag", options) == 0 else build("diag", part)
    if function == "diag" and values[0].shape.kind == "row":
        return build("diag", T(values[0]))
    if function == "log" and values[0].op == "exp" and values[0].args[0].op == "logpdf":
        return values[0].args[0]
    if function == "log" and values[0].op == "det":
        return build("logdet", *values[0].args)
    if function in SLICED and values[0].shape.kind == "matrix":
        return sliced(e, function, values[0], "", span)
    return e.make(function, *values, span=span)


def derivative(e: Elaborator, function: str, at: Node, order: int, span: Span) -> Node:
    """The derivative of an elementwise function of the vocabulary, from its row."""
    row = TABLE[function]
    again = order == 2 and at.op == "sym" and at.shape.is_scalar
    if row.kind != "elementwise" or not row.derivative or (order > 1 and not again):
        raise e.unreadable(f"the derivative of {function} is not known by a prime", span)
    z = sym("z", at.shape)
    first = substitute(read(row.derivative, Scope({"z": Declaration("z", at.shape)})), {z: at})
    return build("gradient", first, at) if again else first


# ---------------------------------------------------------------- functions of their own


def _extreme(comparison: str) -> Callable[[Elaborator, tuple[Surface, ...], Call, Span], Node]:
    def build_it(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
        if marks.above or len(arguments) > 6:
            raise e.unreadable("this maximum is not read", span)
        values = [e.node(a) for a in arguments]
        if len(values) == 1:
            raise e.unreadable("the largest entry needs an index, as in \\max_i x_i", span)
        zero = next((i for i, v in enumerate(values) if v == num(0) or v.op == "zeros"), None)
        if len(values) == 2 and zero is not None and comparison == "ge":
            return build("relu", values[1 - zero])
        node = values[0]
        for value in values[1:]:
            condition = e.make(comparison, node, value, span=span)
            node = e.make("where", condition, node, value, span=span)
        return node

    return build_it


def _softmax(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    node = e.node(arguments[0])
    said = spelled(marks.below)
    if node.shape.kind == "matrix":
        return sliced(e, "softmax", node, said, span)
    if marks.below and node.shape.kind == "vector":
        return entry(e, build("softmax", node), (marks.below,), span)
    return e.make("softmax", T(node) if node.shape.kind == "row" else node, span=span)


def _logarithm(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    if len(arguments) != 1:
        raise e.unreadable("log takes one argument", span)
    at = e.node(arguments[0])
    node = derivative(e, "log", at, marks.primes, span) if marks.primes else plain(e, "log", [at], span)
    if marks.below:
        base = e.node(e.read(marks.below, span))
        if base.op == "exp":
            return node
        return build("div", node, build("log", base))
    return node


def _expectation(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    if len(arguments) != 1 or isinstance(arguments[0], Relation):
        raise e.unreadable("conditional expectations are not in the language", span)
    if any(t.kind == "rel" for t in marks.below):
        return under_law(e, marks.below, arguments[0], span)
    if marks.below:
        e.note("the index of an expectation is not read: it is over all that is random", span)
    return e.make("E", e.node(arguments[0]), span=span)


def _variance(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    if len(arguments) != 1:
        raise e.unreadable("Var takes one argument", span)
    node = e.node(arguments[0])
    if (
        node.shape.kind == "vector"
        and e.choose(span, "variance", ("entry by entry", "the covariance matrix")) == 1
    ):
        e.note("the variance of a vector is read as its covariance matrix", span)
        return build("Cov", node)
    return e.make("Var", node, span=span)


def _covariance(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    r"""`\operatorname{Cov}(x, s)` of a vector and a number is the vector of the covariances."""
    values = [e.node(a) for a in arguments]
    if marks.below:
        return reduced(e, "Cov", values[0], marks.below, span)
    if sorted(v.shape.kind for v in values) != ["scalar", "vector"]:
        return plain(e, "Cov", values, span)
    e.note("the covariance of a vector and a number is read as that of each entry", span)
    node = build("E", mul(*(add(v, neg(build("E", v))) for v in values)))
    return node if values[0].shape.kind == "vector" else T(node)


def _indicator(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    if any(not isinstance(a, Relation) for a in arguments):
        raise e.unreadable("an indicator is of comparisons", span)
    return indicator(e, Group(span, "{", arguments, "}"))


def _ratio(over: str, under: str) -> Callable[[Elaborator, tuple[Surface, ...], Call, Span], Node]:
    """tan and the like, as quotients of what the vocabulary has."""

    def build_it(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
        if len(arguments) != 1 or marks.below or marks.primes:
            raise e.unreadable(f"{marks.function} takes one argument", span)
        at = e.node(arguments[0])
        return build("div", build(over, at) if over else num(1), build(under, at))

    return build_it


def _diagonal(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    r"""`\operatorname{diag}(v)`; of an entry such as `p_i(1 - p_i)` that of the vector, of a list that of the list."""
    if len(arguments) > 1:
        items = arguments if any(is_dots(a) for a in arguments) else None
        vector = listed(e, items, span) if items else literal(e, tuple((a,) for a in arguments), span)
        return build("diag", vector)
    before = frozenset(e.bound) | frozenset(e.local)
    node = e.node(arguments[0])
    letters = {k: v for k, v in counted(node).items() if k not in before} if node.shape.is_scalar else {}
    if len(letters) != 1:
        return plain(e, "diag", [node], span)
    ((letter, high),) = letters.items()
    for table in (e.free, e.bound, e.local):  # it is bound here, and counts nothing outside
        table.pop(letter, None)
    e.note(f"diag of an entry is read as that of the vector, over {letter}", span, "index")
    return build("diag", vector_of(e.settle(node), letter, high.replace(e.found)))


def _outer(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    a, b = (e.node(x) for x in arguments[:2])
    return e.make("matmul", a, T(b), span=span)


def _norm(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    return plain(e, "norm", [e.node(arguments[0])], span)


RATIOS = {
    "tan": ("sin", "cos"), "cot": ("cos", "sin"), "sec": ("", "cos"), "csc": ("", "sin"), "sech": ("", "cosh"),
    "csch": ("", "sinh"), "coth": ("cosh", "sinh"),
}  # fmt: skip
CALLS: dict[str, Callable[[Elaborator, tuple[Surface, ...], Call, Span], Node]] = {
    "max": _extreme("ge"),
    "min": _extreme("le"),
    "softmax": _softmax,
    "log": _logarithm,
    "E": _expectation,
    "Var": _variance,
    "Cov": _covariance,
    "indicator": _indicator,
    "diag": _diagonal,
    "KL": divergence,
    **{name: _ratio(*parts) for name, parts in RATIOS.items()},
    "outer": _outer,
    "norm": _norm,
}
