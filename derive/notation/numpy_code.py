"""Nodes as NumPy expressions: `np.outer(h_f[t] * (1 - h_f[t]) * grad_L_h_f[t], x[t])`.

The expression uses `np` and the problem's names: vectors and rows are 1-D arrays, sizes integers, families
mappings by index (`h_f[t - 1]`), entries count from 0. A name that Python keeps for itself gets a `_`
(`lambda_`); a size that shares its name with a quantity of the expression is `dim_h`. The gradient of an
unspecified function is a name: `grad_L_w`, `grad_L_h_f[t]`.

A function of the vocabulary is written by the `code` of its row; what needs more has a row in WRITERS. Another
array library is a `Dialect` (`torch_code.py`): it says what it writes differently.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from derive.errors import NotEvaluated
from derive.notation.literals import ordered
from derive.notation.text import decimal, text
from derive.tree.nodes import Node, Number, names_in, walk
from derive.tree.sizes import Size
from derive.vocabulary.arrays import REDUCTIONS
from derive.vocabulary.build import TABLE
from derive.vocabulary.op import ADD, ATOM, MUL, POW, Op

SIGN = 15  # a sign binds looser than a product: it may only come first
TAKEN = frozenset(keyword.kwlist) | {"np", "torch", "math", "sum", "max", "min", "range"}


class Code(NamedTuple):
    """A Python expression and how tightly it binds."""

    text: str
    binds: int = ATOM


Writer = Callable[["Coder", Node], Code]


@dataclass(frozen=True)
class Dialect:
    """An array library: how its module is written, its template of a row, and what it writes unlike NumPy."""

    name: str
    module: str
    template: Callable[[Op], str]
    writers: Mapping[str, Writer] = field(default_factory=dict)


def numpy_code(node: Node) -> str:
    """The NumPy expression; NotEvaluated where there is none (expectations, minimisers, differentials)."""
    return Coder(names_in(node)).write(node).text


class Coder:
    """Writes expressions. `names` are their quantities, which sizes must not be confused with; `like` is an
    array of the precision that constants should have."""

    def __init__(self, names: frozenset[str], dialect: Dialect | None = None, like: str = "") -> None:
        self.names = names
        self.dialect: Dialect = dialect or NUMPY
        self.like = like

    def write(self, node: Node) -> Code:
        writer = self.dialect.writers.get(node.op) or WRITERS.get(node.op)
        return writer(self, node) if writer else self.template(node)

    def refuse(self, node: Node) -> NotEvaluated:
        return NotEvaluated(f"{text(node)} has no {self.dialect.name} expression")

    def at(self, node: Node, tightness: int) -> str:
        code = self.write(node)
        return code.text if code.binds >= tightness else f"({code.text})"

    def template(self, node: Node) -> Code:
        text_ = self.dialect.template(TABLE[node.op])
        if not text_:
            raise self.refuse(node)
        return self.filled(text_, node)

    def filled(self, text_: str, node: Node) -> Code:
        """The template with the arguments of the node in their places."""
        args = [self.write(a) for a in node.args]
        shown = ", ".join(a.text for a in args)
        text_ = text_.replace("#*", f"({shown})" if len(args) > 1 else shown)
        for i, arg in enumerate(args, 1):
            atom = arg.text if arg.binds >= ATOM else f"({arg.text})"
            text_ = text_.replace(f"#{i}", arg.text).replace(f"@{i}", atom)
        return Code(text_)

    def size(self, size: Size) -> Code:
        """`t - 1`, `2 * k`."""
        written = ""
        for monomial, c in ordered(size):
            names = [self.size_name(n) for n in monomial]
            factors = [str(abs(c))] * (abs(c) != 1 or not monomial) + names
            sign = "-" if c < 0 else "+"
            written += f" {sign} " if written else "-" * (c < 0)
            written += " * ".join(factors)
        single = SIGN if written.startswith("-") else MUL if "*" in written else ATOM
        binds = ADD if len(size.terms) > 1 else single
        return Code(written or "0", binds)

    def size_name(self, name: str) -> str:
        return f"dim_{name}" if name in self.names else identifier(name)

    def place(self, index: Node) -> str:
        """A 1-based index as a 0-based one."""
        if index.op == "count":
            return self.size(index.size - 1).text
        if index.op == "num":
            return str(int(index.number) - 1)
        if (whole := _whole_place(self, index)) is not None:
            return whole
        return f"{self.at(index, ADD)} - 1"

    def indexed(self, name: str, indices: tuple[Node, ...]) -> Code:
        keys = ", ".join(self.write(i).text for i in indices)
        return Code(f"{identifier(name)}[{keys}]" if indices else identifier(name))


def identifier(name: str) -> str:
    """The name in Python: `lambda_` for `lambda`."""
    name = name.replace("'", "_")
    return f"{name}_" if name in TAKEN else name


# ---------------------------------------------------------------- leaves


def _number(coder: Coder, node: Node) -> Code:
    value = node.number
    sign = "-" if value < 0 else ""
    written = (
        decimal(abs(value), node.data.places) if isinstance(node.data, Number) and node.data.decimal else None
    )
    if written is None and value.denominator != 1:
        return Code(f"{value.numerator} / {value.denominator}", SIGN if sign else MUL)
    return Code(sign + (written or str(abs(value))), SIGN if sign else ATOM)


def _symbol(coder: Coder, node: Node) -> Code:
    return coder.indexed(node.symbol.name, node.args)


def _entry(coder: Coder, node: Node) -> Code:
    array, *indices = node.args
    return Code(f"{coder.at(array, ATOM)}[{', '.join(coder.place(i) for i in indices)}]")


# ---------------------------------------------------------------- sums and products


def _sum(coder: Coder, node: Node) -> Code:
    words = [coder.at(node.args[0], ADD)]
    for arg in node.args[1:]:
        if arg.op == "neg":
            words.append(f"- {coder.at(arg.args[0], MUL)}")
        elif arg.op == "num" and arg.number < 0:
            words.append(f"- {_number(coder, arg).text[1:]}")
        else:
            words.append(f"+ {coder.at(arg, MUL)}")
    return Code(" ".join(words), ADD)


def _negation(coder: Coder, node: Node) -> Code:
    inner = coder.at(node.args[0], MUL)
    return Code(f"-{inner}", SIGN)


def _product(coder: Coder, node: Node) -> Code:
    first, *rest = node.args
    words = [coder.at(first, POW if first.op == "matmul" else SIGN), *(coder.at(a, POW) for a in rest)]
    return Code(" * ".join(words), SIGN if words[0].startswith("-") else MUL)


def _quotient(coder: Coder, node: Node) -> Code:
    over = coder.at(node.args[0], SIGN)
    return Code(f"{over} / {coder.at(node.args[1], POW)}", SIGN if over.startswith("-") else MUL)


def _power(coder: Coder, node: Node) -> Code:
    return Code(f"{coder.at(node.args[0], ATOM)}**{coder.at(node.args[1], POW)}", POW)


def _transpose(coder: Coder, node: Node) -> Code:
    """Vectors and rows are 1-D: their transpose is themselves."""
    if node.shape.kind in ("vector", "row"):
        return coder.write(node.args[0])
    return Code(f"{coder.at(node.args[0], ATOM)}.T")


def _chain(coder: Coder, node: Node) -> Code:
    """Split where a column meets a row: what lies between two such places is a scalar (`x @ y.T @ z` is
    x (y @ z)); the column and the row that remain make an outer product."""
    segments: list[list[Node]] = [[node.args[0]]]
    for left, right in zip(node.args, node.args[1:], strict=False):
        if left.shape.kind == "vector" and right.shape.kind == "row":
            segments.append([])
        segments[-1].append(right)
    scalars: list[Code] = []
    column = row = None
    for segment in segments:
        code = _contracted(coder, segment)
        starts, ends = segment[0].shape.kind == "row", segment[-1].shape.kind == "vector"
        if starts and ends:
            scalars.append(code)
        elif ends or not starts:
            column = code
        else:
            row = code
    if column and row:
        array: Code | None = Code(f"{coder.dialect.module}.outer({column.text}, {row.text})")
    else:
        array = column or row
    factors = [*scalars, array] if array else scalars
    if len(factors) == 1:
        return factors[0]
    return Code(" * ".join(f.text if f.binds >= POW else f"({f.text})" for f in factors), MUL)


def _contracted(coder: Coder, links: list[Node]) -> Code:
    if len(links) == 1:
        return coder.write(links[0])
    return Code(" @ ".join(coder.at(link, POW) for link in links), MUL)


# ---------------------------------------------------------------- functions with a syntax of their own


def binder(form: str) -> Writer:
    def write(coder: Coder, node: Node) -> Code:
        body = coder.write(node.args[0]).text
        r = node.range
        bounds = f"{coder.size(r.low).text}, {coder.size(r.high + 1).text}"
        return Code(form.format(f"{body} for {identifier(r.var)} in range({bounds})"))

    return write


def _whole_place(coder: Coder, node: Node) -> str | None:
    """The place of the largest entry of a whole vector, from 0 on."""
    name = {"argmax_over": "argmax", "argmin_over": "argmin"}.get(node.op)
    if name is None or node.args[0].op != "entry" or len(node.args[0].args) != 2:
        return None
    vector, index = node.args[0].args
    r = node.range
    is_whole = r.low == Size.of(1) and vector.shape.kind == "vector" and vector.shape.rows == r.high
    if not is_whole or index.op != "count" or index.size.name != r.var or r.var in _index_names(vector):
        return None
    return f"{coder.dialect.module}.{name}({coder.write(vector).text})"


def _index_names(node: Node) -> set[str]:
    return {name for n in walk(node) if isinstance(n.data, Size) for name in n.size.names}


def _place(best: str) -> Writer:
    """The first index where the body is largest: `max` keeps the first of several."""

    def write(coder: Coder, node: Node) -> Code:
        r = node.range
        if (whole := _whole_place(coder, node)) is not None:
            return Code(f"{whole} + 1", ADD)
        span = f"range({coder.size(r.low).text}, {coder.size(r.high + 1).text})"
        return Code(f"{best}({span}, key=lambda {identifier(r.var)}: {coder.write(node.args[0]).text})")

    return write


def _comparison(sign: str) -> Writer:
    return lambda coder, node: Code(f"{coder.at(node.args[0], ADD)} {sign} {coder.at(node.args[1], ADD)}", 0)


def _where(coder: Coder, node: Node) -> Code:
    return Code(f"{coder.dialect.module}.where({', '.join(coder.write(a).text for a in node.args)})")


def _apply(coder: Coder, node: Node) -> Code:
    """f, f_prime, f_prime_prime: functions of arrays."""
    assert isinstance(node.data, tuple)
    name, order = node.data
    return Code(f"{identifier(name)}{'_prime' * order}({coder.write(node.args[0]).text})")


def _list(coder: Coder, node: Node) -> Code:
    """Nested lists as one array."""

    def nested(n: Node) -> str:
        inside = [nested(a) if a.op == "list" else coder.write(a).text for a in n.args]
        return f"[{', '.join(inside)}]"

    return Code(f"np.array({nested(node)})")


def _reduction(name: str) -> Writer:
    def write(coder: Coder, node: Node) -> Code:
        axes = node.data if isinstance(node.data, tuple) else ()
        axis = str(axes[0]) if len(axes) == 1 else f"({', '.join(map(str, axes))})"
        return Code(f"np.{name}({coder.write(node.args[0]).text}, axis={axis})")

    return write


def _derivative(prefix: str) -> Writer:
    def write(coder: Coder, node: Node) -> Code:
        f, x = node.args[0], node.args[1]
        if f.op != "sym" or x.op != "sym":
            raise coder.refuse(node)
        return coder.indexed(f"{prefix}_{f.symbol.name}_{x.symbol.name}", (*f.args, *x.args))

    return write


WRITERS: dict[str, Writer] = {
    "num": _number,
    "count": lambda coder, node: coder.size(node.size),
    "const": lambda coder, node: Code(f"{coder.dialect.module}.{node.data}"),
    "sym": _symbol,
    "entry": _entry,
    "add": _sum,
    "neg": _negation,
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "T": _transpose,
    "matmul": _chain,
    "sum_over": binder("sum({})"),
    "prod_over": binder("np.prod([{}])"),
    "max_over": binder("max({})"),
    "min_over": binder("min({})"),
    "argmax_over": _place("max"),
    "argmin_over": _place("min"),
    "along_rows": lambda coder, node: coder.write(node.args[0]),
    "along_columns": lambda coder, node: Code(f"{coder.at(node.args[0], ATOM)}[:, None]"),
    "run": lambda coder, node: Code(
        f"{identifier(str(node.data))}({', '.join(coder.write(a).text for a in node.args)})"
    ),
    "lt": _comparison("<"),
    "le": _comparison("<="),
    "gt": _comparison(">"),
    "ge": _comparison(">="),
    "where": _where,
    "apply": _apply,
    "list": _list,
    "tuple": _list,
    **{op: _reduction(name) for name, op in REDUCTIONS.items()},
    "gradient": _derivative("grad"),
    "jacobian": _derivative("jac"),
    "hessian": _derivative("hess"),
}

NUMPY = Dialect("NumPy", "np", lambda row: row.code)
