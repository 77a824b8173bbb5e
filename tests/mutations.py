"""Kinds of errors to plant into a line, and whether one edit of the repair table undoes them. To add a kind: a row in KINDS.

A row takes a node and its parent and yields what the error makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator

from derive.tree.nodes import Node, Range, free_indices, names_in
from derive.vocabulary.build import TABLE, add, build, count, mul, neg, num, over, power, sym
from derive.vocabulary.scope import Scope

Mutation = Callable[[Node, Node | None, Scope], Iterator[Node]]


# ---------------------------------------------------------------- kinds that the repair table knows


def _sign(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "neg":
        yield node.args[0]
    elif parent is None or parent.op == "add":
        yield neg(node)


def _factor(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "num" and node.number == 2 and parent is not None and parent.op == "mul":
        yield num(1)
    if parent is None or parent.op == "add":
        yield mul(num(2), node)


def _transpose(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "T":
        yield node.args[0]
    elif (
        node.op == "sym"
        and node.shape.kind == "matrix"
        and (parent is None or parent.op in ("matmul", "mul", "add"))
    ):
        yield Node("T", (node,), None, node.shape)


def _index(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "sym":
        for i, a in enumerate(node.args):
            if a.op == "count":
                for shift in (1, -1):
                    args = (*node.args[:i], count(a.size + shift), *node.args[i + 1 :])
                    yield sym(node.symbol.name, node.shape, args, node.symbol.facts)


def _swap(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "matmul":
        for i in range(len(node.args) - 1):
            args = (*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :])
            yield Node("matmul", args, None, node.shape)


def _norm(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op in ("norm", "sqnorm"):
        yield build("norm" if node.op == "sqnorm" else "sqnorm", node.args[0])
    if node.op == "pow" and node.args[0].op == "norm":
        yield node.args[0]


def _local(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """The gradient of the whole for that of a part, and the other way."""
    if node.op != "gradient" or node.args[0].op != "sym":
        return
    body = node.args[0]
    for name, definition in scope.definitions.items():
        if not definition.shape.is_scalar or definition.body is None or name == body.symbol.name:
            continue
        if not definition.params and body.symbol.name in names_in(definition.body):
            yield Node("gradient", (sym(name, definition.shape), *node.args[1:]), None, node.shape)
        own = scope.open(body)
        if definition.params and own is not None and name in names_in(own) and len(definition.params) == 1:
            index = node.args[1].args or (count(definition.params[0]),)
            yield Node("gradient", (sym(name, definition.shape, index[:1]), *node.args[1:]), None, node.shape)


def _name(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op != "sym":
        return
    for name, declared in scope.declarations.items():
        if (
            name != node.symbol.name
            and declared.shape == node.shape
            and len(declared.params) == len(node.args)
        ):
            yield sym(name, declared.shape, node.args, declared.facts)


def _sum(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "sum_over" and node.range.var in scope.indices:
        yield node.args[0]


def _drop(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op in ("mul", "matmul") and len(node.args) > 1:
        for i in range(len(node.args)):
            rest = (*node.args[:i], *node.args[i + 1 :])
            yield rest[0] if len(rest) == 1 else Node(node.op, rest, None, node.shape)


def _term(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "add":
        for i in range(len(node.args)):
            yield build("add", *node.args[:i], *node.args[i + 1 :])


def _bound(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if isinstance(node.data, Range):
        range_ = node.data
        yield over(node.op, node.args[0], range_.var, range_.low + 1, range_.high)
        yield over(node.op, node.args[0], range_.var, range_.low, range_.high - 1)


def _diag(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "diag":
        yield node.args[0]


# ---------------------------------------------------------------- kinds that are about more than one place

OTHER = {
    "tanh": "sigmoid", "sigmoid": "tanh", "exp": "log", "log": "exp", "sin": "cos", "cos": "sin", "sqrt": "exp",
    "phi": "Phi", "Phi": "phi", "relu": "tanh", "softplus": "sigmoid", "softmax": "exp", "trace": "sum", "norm": "sum",
}  # fmt: skip


def _function(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op in OTHER:
        yield build(OTHER[node.op], *node.args)


def _parentheses(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """a (b + c) becomes a b + c."""
    if node.op not in ("mul", "matmul"):
        return
    for i, factor in enumerate(node.args):
        if factor.op == "add":
            first, *rest = factor.args
            head = build(node.op, *node.args[:i], first, *node.args[i + 1 :])
            yield (
                add(head, *rest)
                if all(r.shape == head.shape for r in rest)
                else Node("add", (head, *rest), None, node.shape)
            )


def _constant(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op == "num" and parent is not None:
        yield num(node.number + 3)
        yield num(5 * node.number)


def _linear(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """f(u + v) becomes f(u) + f(v)."""
    if node.args and node.args[0].op == "add":
        row = TABLE[node.op]
        if row.kind == "elementwise" or node.op in ("inv", "norm", "sqnorm", "pow"):
            yield add(*(build(node.op, a, *node.args[1:]) for a in node.args[0].args))


def _multiplied(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """Two terms as factors."""
    if node.op == "add" and len(node.args) == 2 and not any(a.op in ("num", "neg") for a in node.args):
        a, b = node.args
        if a.shape == b.shape:
            yield mul(a, b)


def _averaged(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """A sum as a mean, and back."""
    if node.op in ("sum", "mean") and node.data is None:
        yield build("mean" if node.op == "sum" else "sum", *node.args)


def _twice(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """A factor counted twice."""
    if node.op == "mul":
        for a in node.args:
            if a.op != "num":
                yield mul(*node.args, a)


def _reciprocal(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """An inverse forgotten or too many."""
    if node.op == "inv":
        yield node.args[0]
    elif node.op == "sym" and node.symbol.facts & {"invertible", "spd"}:
        yield build("inv", node)


def _exponent(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    if node.op in ("pow", "matpow") and node.args[1].op == "num":
        for shift in (1, -1):
            if node.args[1].number + shift not in (0, 1):
                yield build(node.op, node.args[0], num(node.args[1].number + shift))
    elif node.op == "sqrt":
        yield node.args[0]


def _moments(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """E[a b] becomes E[a] E[b], E[f(x)] f(E[x]), and a variance the second moment; and back."""
    if node.op == "E":
        inner = node.args[0]
        if inner.op == "pow":
            yield power(build("E", inner.args[0]), inner.args[1])
        elif inner.op in ("mul", "matmul"):
            for i in range(1, len(inner.args)):
                first, rest = inner.args[:i], inner.args[i:]
                yield build(inner.op, build("E", build(inner.op, *first)), build("E", build(inner.op, *rest)))
        elif TABLE[inner.op].kind == "elementwise":
            yield build(inner.op, build("E", inner.args[0]))
    elif node.op == "Var" and node.args[0].shape.is_scalar:
        yield build("E", power(node.args[0], num(2)))
    elif node.op == "pow" and node.args[0].op == "E":
        yield build("E", power(node.args[0].args[0], node.args[1]))


def _half(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """A sum over the past for one over the future: t..T becomes 1..t, and the other way."""
    if node.op in ("sum_over", "prod_over"):
        range_ = node.range
        for low, high in dict.fromkeys(scope.indices.values()):
            if range_.low != low and range_.high == high and range_.low.constant is None:
                yield over(node.op, node.args[0], range_.var, low, range_.low)
            elif range_.low == low and range_.high != high and range_.high.constant is None:
                yield over(node.op, node.args[0], range_.var, range_.high, high)


def _split(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """The sum of products as a product of sums; a trace or a norm of a product as that of its factors."""
    body = node.args[0] if node.args else node
    if node.op in ("sum_over", "sum", "mean", "trace", "norm", "sqnorm", "prod_over") and len(body.args) > 1:
        joined = {"prod_over": "add"}.get(node.op, "matmul" if body.op == "matmul" else "mul")
        if body.op == joined:
            parts = (Node(node.op, (a,), node.data, node.shape) for a in body.args if a.op != "num")
            yield build("add" if joined == "add" else "mul", *(p for p in parts if _depends(node, p)))


def _depends(node: Node, part: Node) -> bool:
    return not isinstance(node.data, Range) or node.range.var in free_indices(part.args[0])


def _fraction(node: Node, parent: Node | None, scope: Scope) -> Iterator[Node]:
    """a/(b + c) becomes a/b + a/c, and (a + b)/c becomes a + b/c."""
    if node.op == "div" and node.args[1].op == "add":
        yield add(*(build("div", node.args[0], b) for b in node.args[1].args))
    elif node.op == "div" and node.args[0].op == "add":
        *first, last = node.args[0].args
        yield add(*first, build("div", last, node.args[1]))


@dataclass(frozen=True)
class Kind:
    """`typed`: its trees keep their types. `undone`: one edit of the repair table undoes it."""

    row: Mutation
    typed: bool = True
    undone: bool = True


KINDS: dict[str, Kind] = {
    "sign": Kind(_sign),
    "factor 2": Kind(_factor),
    "transpose": Kind(_transpose, typed=False),
    "index": Kind(_index),
    "swap": Kind(_swap, typed=False),
    "norm": Kind(_norm),
    "local": Kind(_local, typed=False),
    "name": Kind(_name),
    "sum": Kind(_sum),
    "dropped factor": Kind(_drop, typed=False),
    "dropped term": Kind(_term),
    "bound": Kind(_bound),
    "diag": Kind(_diag, typed=False),
    "function": Kind(_function),
    "constant": Kind(_constant),
    "exponent": Kind(_exponent),
    "counted twice": Kind(_twice),
    "inverse": Kind(_reciprocal),
    "parentheses": Kind(_parentheses, typed=False),
    "linearity": Kind(_linear),
    "fraction": Kind(_fraction, undone=False),
    "moments": Kind(_moments),
    "half of a sum": Kind(_half, undone=False),
    "split sum": Kind(_split, undone=False),
    "terms as factors": Kind(_multiplied, undone=False),
    "mean": Kind(_averaged),
}
ABSENT = tuple(name for name, kind in KINDS.items() if not kind.undone)

__all__ = ["ABSENT", "KINDS", "Kind", "Mutation"]
