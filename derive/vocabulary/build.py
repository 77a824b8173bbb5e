"""The one way to make a node: `build` looks the operation up, checks shapes, keeps the author's order.

No algebra happens here: `build("mul", 2, 3)` is a product of two numbers. Sums and products are flattened,
because their grouping carries no meaning. What simplifies is a rule, and lives on a higher floor.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Callable, Mapping

from derive.errors import NotationError, ShapeError
from derive.tree.nodes import SCALAR, Node, Number, Range, Shape, Symbol
from derive.tree.sizes import Size
from derive.vocabulary import arithmetic, arrays, densities, elementwise, layers, linear, verbs
from derive.vocabulary.op import Op

PLAIN = (*arithmetic.ROWS, *elementwise.ROWS, *linear.ROWS, *arrays.ROWS)
TABLE: dict[str, Op] = {row.name: row for row in (*PLAIN, *layers.ROWS, *verbs.ROWS, *densities.ROWS)}
FLAT = frozenset({"add", "mul", "matmul"})
ELEMENTWISE = frozenset(name for name, row in TABLE.items() if row.kind == "elementwise")


def build(op: str, *args: Node, data: object = None) -> Node:
    """The node `op(args)`; ShapeError where the shapes do not go together."""
    row = TABLE.get(op)
    if row is None:
        raise NotationError(f"unknown operation '{op}'")
    if op in FLAT:
        if len(args) == 1:
            return args[0]
        args = tuple(a for arg in args for a in (arg.args if arg.op == op else (arg,)))
    try:
        shape = row.shape(args, data)
    except ShapeError as error:
        error.message = f"{op}: {error.message}" if row.kind != "leaf" and op not in SIGNS else error.message
        raise
    return Node(op, args, data, shape)


SIGNS = frozenset({"add", "neg", "mul", "div", "pow", "matmul", "T", "entry", "layer_output"})


def rebuild(node: Node, args: tuple[Node, ...]) -> Node:
    """`node` over new arguments; shapes are checked again only where an argument's shape changed.

    Equal arguments may differ in shape (a name that is a scalar here and a vector there): only the same ones
    are left alone."""
    if len(args) == len(node.args) and all(a is b for a, b in zip(args, node.args, strict=True)):
        return node
    if node.op == "sym":
        return Node("sym", args, node.data, node.shape)
    if node.op not in FLAT and all(a.shape == b.shape for a, b in zip(args, node.args, strict=False)):
        return Node(node.op, args, node.data, node.shape)
    return build(node.op, *args, data=node.data)


def transform(node: Node, change: Callable[[Node], Node]) -> Node:
    """`change` applied to every node, children first."""
    if node.args:
        node = rebuild(node, tuple(transform(a, change) for a in node.args))
    return change(node)


def substitute(node: Node, replace: Mapping[Node, Node]) -> Node:
    """Replace whole subtrees, outermost first, without looking inside what was put in."""
    if node in replace:
        return replace[node]
    if not node.args:
        return node
    return rebuild(node, tuple(substitute(a, replace) for a in node.args))


def reindex(node: Node, values: Mapping[str, Size]) -> Node:
    """Replace free index names (`t` by `t+1`) in sizes, indices and ranges; bound indices stay fresh."""
    if not values:
        return node
    data, args = node.data, node.args
    if isinstance(data, Size):
        new = data.replace(values)
        return node if new is data else count(new)
    if isinstance(data, Range):
        inner = {k: v for k, v in values.items() if k != data.var}
        captured = any(data.var in v.names for v in inner.values())
        low, high, var = data.low.replace(values), data.high.replace(values), data.var
        if captured:
            taken = frozenset().union(*(v.names for v in inner.values())) | _index_names(node)
            var = fresh(data.var, taken)
            inner = {**inner, data.var: Size.of(var)}
        return Node(
            node.op, tuple(reindex(a, inner) for a in args), Range(var, low, high), _resized(node, values)
        )
    if not args and not any(n in values for d in node.shape.dims for n in d.names):
        return node
    new_args = tuple(reindex(a, values) for a in args)
    shape = _resized(node, values)
    if all(a is b for a, b in zip(new_args, args, strict=True)) and shape == node.shape:
        return node  # equal arguments may differ in their shapes
    return Node(node.op, new_args, data, shape)


def _resized(node: Node, values: Mapping[str, Size]) -> Shape:
    return Shape(node.shape.kind, tuple(d.replace(values) for d in node.shape.dims), node.shape.axes)


def rename_bound(node: Node, taken: frozenset[str]) -> Node:
    """A sum (product, maximum) whose bound index is none of `taken`."""
    bound = node.range
    if bound.var not in taken:
        return node
    var = fresh(bound.var, taken | _index_names(node))
    body = reindex(node.args[0], {bound.var: Size.of(var)})
    return Node(node.op, (body,), Range(var, bound.low, bound.high), node.shape)


def _index_names(node: Node) -> frozenset[str]:
    names: frozenset[str] = node.size.names if isinstance(node.data, Size) else frozenset()
    if isinstance(node.data, Range):
        names |= {node.data.var}
    return names.union(*(_index_names(a) for a in node.args))


def fresh(name: str, taken: frozenset[str]) -> str:
    """An index name that nothing uses yet: the letters people use, then primes."""
    for candidate in ("s", "k", "r", "i", "j", "l", "m"):
        if candidate not in taken and candidate != name:
            return candidate
    while name in taken:
        name += "'"
    return name


# ---------------------------------------------------------------- short constructors


def num(value: int | Fraction, decimal: bool = False, places: int | None = None) -> Node:
    return Node("num", (), Number(Fraction(value), decimal, places), SCALAR)


def count(size: int | str | Size) -> Node:
    """A size or index as a scalar; a plain number is a number."""
    size = Size.of(size)
    return num(size.constant) if size.constant is not None else Node("count", (), size, SCALAR)


def sym(name: str, shape: Shape, indices: tuple[Node, ...] = (), facts: frozenset[str] = frozenset()) -> Node:
    return Node("sym", indices, Symbol(name, facts), shape)


def constant(name: str) -> Node:
    return Node("const", (), name, SCALAR)


def words(said: str) -> Node:
    """Words in an answer: the path of a search, the value of a column."""
    return build("words", data=said)


def add(*args: Node) -> Node:
    return build("add", *args)


def neg(a: Node) -> Node:
    return build("neg", a)


def mul(*args: Node) -> Node:
    return build("mul", *args)


def div(a: Node, b: Node) -> Node:
    return build("div", a, b)


def power(a: Node, k: int | Node) -> Node:
    return build("pow", a, num(k) if isinstance(k, int) else k)


def matmul(*args: Node) -> Node:
    return build("matmul", *args)


def T(a: Node) -> Node:
    return build("T", a)


def d(body: Node, *held: Node) -> Node:
    """The differential of `body`, with the `held` quantities kept fixed."""
    return build("d", body, *held)


def over(op: str, body: Node, var: str, low: Size, high: Size) -> Node:
    """A binder: `over("sum_over", e, "t", 1, T)`."""
    return build(op, body, data=Range(var, low, high))


ONE, ZERO = num(1), num(0)
