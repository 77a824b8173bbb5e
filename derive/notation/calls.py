"""Functions: plain ones by their row of the vocabulary, those with their own syntax by their row in CALLS.

To add one with its own syntax (`softmax(S, rows)`), write `(reader, token) -> Node` and its row in CALLS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from derive.errors import ShapeError, UnknownName, nearest
from derive.notation import axes
from derive.notation.arguments import arguments
from derive.notation.asked import COSTS, QUESTIONS, cost, neighbour, question
from derive.notation.binders import bound_over, commas, refuse_indices
from derive.notation.chances import read_chance
from derive.notation.equation_calls import extremum, solve
from derive.notation.law_calls import kl, logpdf
from derive.notation.pathreader import count_paths, invoked, over_paths, place_of_extremum
from derive.notation.products import check_shapes
from derive.notation.statements import algorithm_of
from derive.notation.tokens import NAME_PARTS, Token
from derive.tree.nodes import Node
from derive.vocabulary.build import TABLE, T, count, div, matmul

if TYPE_CHECKING:
    from derive.notation.grammar import Reader


def call(reader: Reader, token: Token) -> Node:
    """The node of a name that is called; its opening parenthesis is the next token."""
    reader.nest(token)
    name = token.text
    base = name.rstrip("'")
    known = reader.known
    params = known.params(base)
    layer = known.layer(base)
    if layer is not None:
        node = axes.layer_output(reader, token, layer)
    elif params == () and known.meaning(base, ())[0].kind == "function":
        argument = arguments(reader, token, f"{name}(u)", (1,))
        node = reader.make("apply", *argument, at=token, data=(base, len(name) - len(base)))
    elif name in reader.scope.algorithms:
        node = invoked(reader, token, algorithm_of(reader.scope, name))
    elif name in CALLS and (name != "d" or reader.differentials):
        node = CALLS[name](reader, token)
    elif name in ARITY and name != "d":
        node = reader.make(name, *arguments(reader, token, TABLE[name].signature, ARITY[name]), at=token)
    elif params is not None or known.is_size(name) or name in reader.scope.indices:
        raise reader.fail(f"'{name}' is no function", token, f"write {name} * (...) for a product")
    else:
        elsewhere = OTHER_NAMES.get(name)
        hint = (
            f"did you mean '{elsewhere}'?"
            if elsewhere
            else nearest(name, {**CALLABLE, **reader.scope.algorithms})
        )
        raise reader.fail(f"unknown function '{name}'", token, hint, UnknownName)
    reader.depth -= 1
    return node


def _plain_or_over_axes(reader: Reader, token: Token) -> Node:
    node = axes.over_axes(reader, token)
    if node is not None:
        return node
    return reader.make(token.text, *arguments(reader, token, TABLE[token.text].signature, (1,)), at=token)


def _sum(reader: Reader, token: Token) -> Node:
    node = over_paths(reader, token) or axes.over_axes(reader, token) or bound_over(reader, token, "sum_over")
    if node is not None:
        return node
    refuse_indices(reader, token)
    signature = "sum(v), sum(e, t) or sum(e, t=1..T)"
    return reader.make("sum", *arguments(reader, token, signature, (1,)), at=token)


def _prod(reader: Reader, token: Token) -> Node:
    node = bound_over(reader, token, "prod_over")
    if node is not None:
        return node
    refuse_indices(reader, token)
    raise reader.fail("prod needs its index", token, "write prod(e, t) or prod(e, s=2..t)")


def _max(reader: Reader, token: Token) -> Node:
    node = over_paths(reader, token) or axes.over_axes(reader, token) or bound_over(reader, token, "max_over")
    return node or _larger(reader, token, "ge")


def _min(reader: Reader, token: Token) -> Node:
    return over_paths(reader, token) or bound_over(reader, token, "min_over") or _larger(reader, token, "le")


def _larger(reader: Reader, token: Token, comparison: str) -> Node:
    """`max(a, b)` is `where(a >= b, a, b)`."""
    reader.doubled += 1
    a, b = arguments(reader, token, CALLABLE[token.text], (2,))
    reader.doubled -= 1
    if reader.doubled >= MOST_DOUBLED:
        raise reader.fail(f"{token.text} nested too deep", token, NAME_PARTS)
    check_shapes(reader, a, b, token)
    return reader.make("where", reader.make(comparison, a, b, at=token), a, b, at=token)


MOST_DOUBLED = 6  # each level writes its arguments twice


def _outer(reader: Reader, token: Token) -> Node:
    a, b = arguments(reader, token, "outer(a, b)", (2,))
    if a.shape.kind != "vector" or b.shape.kind != "vector":
        message = f"outer of {a.shape} and {b.shape}"
        raise reader.fail(message, token, "outer(a, b) takes two vectors", ShapeError)
    return matmul(a, T(b))


def _by_rows(reader: Reader, token: Token) -> Node:
    """`softmax(v)`, `softmax(S, rows)`."""
    name = token.text
    opener = reader.advance()
    node = reader.sum()
    by_rows = reader.token.kind == ","
    if by_rows:
        reader.advance()
        if reader.token.text != "rows":
            message = f"{name}(S, rows) is the {name} of each row"
            raise reader.fail(message, reader.token, "write rows")
        reader.advance()
    reader.close(opener, ")")
    return reader.make(f"{name}_rows" if by_rows else name, node, at=token)


def _average(total: str) -> Callable[[Reader, Token], Node]:
    """`rowmean(A)` is `rowsum(A) / n`."""

    def read(reader: Reader, token: Token) -> Node:
        (inside,) = arguments(reader, token, f"{token.text}(A)", (1,))
        sums = reader.make(total, inside, at=token)
        return div(sums, count(inside.shape.dims[1 if total == "rowsum" else 0]))

    return read


def _reverse(reader: Reader, token: Token) -> Node:
    """`reverse(v)`, `reverse(A, rows)`, `reverse(A, columns)`."""
    opener = reader.advance()
    node = reader.sum()
    op = "reverse"
    if reader.token.kind == ",":
        reader.advance()
        if reader.token.text not in ("rows", "columns"):
            raise reader.fail("reverse(A, rows) reverses each row", reader.token, "write rows or columns")
        op = f"reverse_{reader.advance().text}"
    reader.close(opener, ")")
    return reader.make(op, node, at=token)


COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def _where(reader: Reader, token: Token) -> Node:
    opener = reader.advance()
    left, operator = reader.sum(), reader.token
    if operator.kind not in COMPARISONS:
        raise reader.unexpected("expected a comparison (<, <=, >, >=)")
    reader.advance()
    condition = reader.make(COMPARISONS[operator.kind], left, reader.sum(), at=operator)
    values: list[Node] = []
    while reader.token.kind == ",":
        reader.advance()
        values.append(reader.sum())
    reader.close(opener, ")")
    if len(values) != 2:
        raise reader.fail("where takes a condition and two values", token, "write where(cond, a, b)")
    return reader.make("where", condition, *values, at=token)


def _sized(reader: Reader, token: Token) -> Node:
    """`eye(n)`, `ones(m, n)`, `onehot(j, n)`: a name that is a size is that size, whatever else it is."""
    separators, end = commas(reader)
    opener = reader.advance()
    found: list[Node] = []
    for stop in (*separators, end) if reader.token.kind != ")" else ():
        if token.text == "onehot" and not found:
            found.append(reader.sum())
        else:
            words = [t.text for t in reader.tokens[reader.position : stop] if t.kind == "name"]
            was = reader.free_sizes
            reader.free_sizes = was or all(reader.known.is_size(w) for w in words)
            found.append(count(reader.size()))
            reader.free_sizes = was
        if reader.position != stop:
            raise reader.unexpected("expected ',' or ')'")
        if stop != end:
            reader.advance()
    reader.close(opener, ")")
    if len(found) not in ARITY[token.text]:
        message = f"{token.text} does not take {len(found)} argument{'' if len(found) == 1 else 's'}"
        raise reader.fail(message, token, f"write {TABLE[token.text].signature}")
    return reader.make(token.text, *found, at=token)


def _in_a_name(reader: Reader, token: Token) -> Node:
    """Verbs whose second argument is a declared or defined name, or an entry of one."""
    signature = TABLE[token.text].signature
    if token.text.startswith("arg"):
        over_index = place_of_extremum(reader, token)
        if over_index is not None:
            return over_index
    separators = commas(reader)[0]
    f, x = arguments(reader, token, signature, (2,))
    if x.op not in ("sym", "entry"):
        message = f"the second argument of {token.text} is a name"
        raise reader.fail(message, reader.tokens[separators[0] + 1], f"write {signature}")
    return reader.make(token.text, f, x, at=token)


def _differential(reader: Reader, token: Token) -> Node:
    return reader.make("d", *arguments(reader, token, "d(e)", tuple(range(1, 20))), at=token)


CALLS: dict[str, Callable[[Reader, Token], Node]] = {
    "sum": _sum,
    "prod": _prod,
    "max": _max,
    "min": _min,
    "outer": _outer,
    "softmax": _by_rows,
    "logsumexp": _by_rows,
    "rowmean": _average("rowsum"),
    "colmean": _average("colsum"),
    "reverse": _reverse,
    "where": _where,
    "eye": _sized,
    "ones": _sized,
    "zeros": _sized,
    "onehot": _sized,
    "gradient": _in_a_name,
    "jacobian": _in_a_name,
    "hessian": _in_a_name,
    "argmin": extremum,
    "argmax": extremum,
    "solve": solve,
    "logpdf": logpdf,
    "kl": kl,
    "d": _differential,
    "P": read_chance,
    "nearest": neighbour,
    "count": count_paths,
    **dict.fromkeys(QUESTIONS, question),
    **dict.fromkeys(COSTS, cost),
    "mean": _plain_or_over_axes,
    "var": _plain_or_over_axes,
    "shape": axes.shape,
    "params": axes.params,
    "macs": axes.macs,
    "at": axes.put_in,
}


def _arities() -> dict[str, tuple[int, ...]]:
    """How many arguments each function takes, as its signature says."""
    forms = {n: re.findall(rf"\b{n}\(([^()]*)\)", row.signature) for n, row in TABLE.items()}
    return {n: tuple(form.count(",") + 1 for form in found) for n, found in forms.items() if found}


ARITY = _arities()
OTHER_NAMES = {"tr": "trace", "diff": "gradient", "grad": "gradient", "ln": "log", "Tr": "trace"}  # hints
CALLABLE: dict[str, str] = {name: TABLE[name].signature for name in ARITY} | {
    "solve": TABLE["solve"].signature,
    "logpdf": TABLE["logpdf"].signature,
    "kl": TABLE["kl"].signature,
    "prod": "prod(e, t)",
    "max": "max(a, b), max(e, i)",
    "min": "min(a, b)",
    "outer": "outer(a, b)",
    "shape": "shape(conv(X))",
    "params": "params(conv)",
    "macs": "macs(conv(X))",
    "at": "at(e, x == v)",
    "rowmean": "rowmean(A)",
    "colmean": "colmean(A)",
}
