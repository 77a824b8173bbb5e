"""The repair table: small typed edits that undo what people get wrong. To add a kind of error, a row in EDITS.

A row takes a place of the line and yields what may stand there instead, with the sentence that says so; `{0}` is a
node. An edit whose tree is ill-typed does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Callable, Iterator

from derive.errors import DeriveError
from derive.judging.places import DIAG, OUTER, SWAP, TRANSPOSE, Path, places, put_mended
from derive.judging.pool import DERIVATIVES, Pool
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, Range, free_indices, names_in
from derive.tree.sizes import Size
from derive.vocabulary.build import TABLE as OPERATIONS
from derive.vocabulary.build import ONE, T, add, build, count, div, matmul, mul, neg, num, over, power, sym

SHOULD = "{0} should be {1}"
MISSING = "missing {0}"
TOO_MANY = "{0} is one factor too many"
SIGN = "wrong sign of {0}"


@dataclass(frozen=True)
class Place:
    """A subtree, its parent, the position in the parent."""

    node: Node
    parent: Node | None
    position: int
    path: Path

    @property
    def is_factor(self) -> bool:
        return self.parent is None or self.parent.op in ("matmul", "mul", "add", "neg", "div", "sum_over", "T")

    @property
    def is_term(self) -> bool:
        return self.parent is None or self.parent.op in ("add", "sum_over")


@dataclass(frozen=True)
class Edited:
    """A line after edits; `reasons` say them in order, `kinds` are the rows, `cost` orders equally long ones."""

    node: Node
    reasons: tuple[Reason, ...]
    kinds: tuple[str, ...]


Change = tuple[Node, Reason]
Row = Callable[[Place, Pool], Iterator[Change]]


def edits(line: Node, pool: Pool, rows: tuple[str, ...] | None = None) -> Iterator[Edited]:
    """Every line one edit away, row by row in the order of the table."""
    found = list(_places(line))
    seen = {line}
    for kind, row in EDITS.items():
        if rows is not None and kind not in rows:
            continue
        for place in found:
            if place.parent is not None and place.parent.op == "matpow" and place.position == 1:
                continue  # a literal, whose change is a row of its own
            if kind in POOLED and place.parent is not None and place.parent.op in DERIVATIVES:
                continue
            for new, reason in _safe(row, place, pool):
                if new == place.node:
                    continue
                for node, more in _put(line, place.path, new):
                    if node not in seen:
                        seen.add(node)
                        yield Edited(node, (reason, *more), (kind,))


def _safe(row: Row, place: Place, pool: Pool) -> Iterator[Change]:
    """The changes of a row; one that is ill-typed by itself ends it."""
    changes = row(place, pool)
    while True:
        try:
            yield next(changes)
        except (StopIteration, DeriveError):
            return


def _put(line: Node, path: Path, new: Node) -> Iterator[tuple[Node, tuple[Reason, ...]]]:
    try:
        yield from put_mended(line, path, new)
    except DeriveError:
        return


def _places(line: Node) -> Iterator[Place]:
    nodes = dict(places(line))
    for path, node in nodes.items():
        yield Place(node, nodes[path[:-1]] if path else None, path[-1] if path else 0, path)


# ---------------------------------------------------------------- rows


def _signs(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "neg":
        yield node.args[0], Reason(SIGN, (node.args[0],))
    elif place.is_term or (place.parent is not None and place.parent.op == "neg"):
        yield neg(node), Reason(SIGN, (node,))
    elif node.op == "num" and node.number < 0:
        yield num(-node.number), Reason(SIGN, (node,))


HALF = Fraction(1, 2)
USUAL = (Fraction(1), Fraction(2), HALF, Fraction(3), Fraction(0), Fraction(-1), Fraction(4))
FACTORS = ((num(2), "a factor 2"), (div(ONE, num(2)), "a factor 1/2"))


def _numbers(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if place.is_term or (place.parent is not None and place.parent.op == "neg"):
        for factor, said in FACTORS:
            yield mul(factor, node), Reason(f"missing {said} of {{0}}" if place.parent else f"missing {said}", (node,))
    if node.op == "num" and place.parent is not None:
        for n in (*(node.number * f for f in (2, HALF)), node.number + 1, node.number - 1, *USUAL):
            if n != node.number:
                yield num(n), Reason(SHOULD, (node, num(n)))


def _transposes(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "T":
        yield node.args[0], Reason("{0} is not to be transposed", (node.args[0],))
    elif node.shape.kind in ("matrix", "vector", "row") and place.is_factor:
        if place.parent is None or place.parent.op != "T":
            yield T(node), Reason(TRANSPOSE, (node,))


def _diags(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "matmul":
        for i, (a, b) in enumerate(zip(node.args, node.args[1:], strict=False)):
            before, after = node.args[:i], node.args[i + 2 :]
            if b.shape.kind == "vector":
                yield from _scaled(before, a, b, after)
    if node.op == "diag":
        yield node.args[0], Reason("diag does not belong there")
    if node.shape.kind == "vector" and place.is_factor:
        yield build("diag", node), Reason(DIAG, (node,))


def _scaled(before: tuple[Node, ...], a: Node, b: Node, after: tuple[Node, ...]) -> Iterator[Change]:
    """A b, for which diag(b) A or A diag(b) was meant."""
    scale = build("diag", b)
    for pair in ((scale, a), (a, scale)):
        try:
            yield matmul(*before, *pair, *after), Reason(DIAG, (b,))
        except DeriveError:
            continue


def _outers(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op in ("mul", "inner"):
        vectors = [a for a in node.args if a.shape.kind == "vector"]
        scalars = [a for a in node.args if a.shape.is_scalar]
        for i, v in enumerate(vectors):
            rest = [*scalars, *vectors[:i], *vectors[i + 1 :]]
            if rest and len(vectors) > 1:
                yield matmul(mul(*rest), T(v)), Reason(OUTER)
                yield matmul(v, T(mul(*rest))), Reason(OUTER)
    if pool.wanted is not None and pool.wanted.kind == "matrix" and place.is_term and node.shape.kind == "vector":
        for name in pool.names:
            if name.shape.kind == "vector":
                yield matmul(node, T(name)), Reason("missing the outer product with {0}", (name,))
    if node.op == "matmul" and len(node.args) == 2 and node.shape.is_scalar:
        left, right = node.args
        yield matmul(T(left), T(right)), Reason(OUTER)
    if node.op == "matmul" and len(node.args) == 2 and [a.shape.kind for a in node.args] == ["vector", "row"]:
        yield matmul(T(node.args[0]), T(node.args[1])), Reason("an inner product, not an outer one")
        yield matmul(T(node.args[1]), T(node.args[0])), Reason("the outer product is transposed")


def _indices(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "sym":
        for i, arg in enumerate(node.args):
            if arg.op not in ("count", "num"):
                continue
            size = arg.size if arg.op == "count" else Size.of(int(arg.number))
            for shift in (-1, 1, -2, 2):
                args = (*node.args[:i], count(size + shift), *node.args[i + 1 :])
                new = sym(node.symbol.name, node.shape, args, node.symbol.facts)
                yield new, Reason(SHOULD, (node, new))
    elif node.op == "count" and place.parent is not None and place.parent.op == "entry" and place.position:
        for shift in (-1, 1):
            yield count(node.size + shift), Reason(SHOULD, (node, count(node.size + shift)))


def _bounds(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if not isinstance(node.data, Range):
        return
    range_ = node.data
    for end in ("low", "high"):
        for shift in (-1, 1):
            low = range_.low + shift if end == "low" else range_.low
            high = range_.high + shift if end == "high" else range_.high
            said = f"{'start at' if end == 'low' else 'end with'} {{0}}"
            value = count(low if end == "low" else high)
            yield over(node.op, node.args[0], range_.var, low, high), Reason(f"the sum should {said}", (value,))


def _swaps(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "matmul":
        for i, (a, b) in enumerate(zip(node.args, node.args[1:], strict=False)):
            factors = (*node.args[:i], b, a, *node.args[i + 2 :])
            try:
                yield build("matmul", *factors), Reason(SWAP, (a, b))
            except DeriveError:
                continue


def _norms(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op in ("norm", "sqnorm", "norm1"):
        for other in ("norm", "sqnorm"):
            if other != node.op:
                new = build(other, node.args[0])
                yield new, Reason("{0} in place of {1}", (node, new))
    if node.op == "sum" and node.args[0].op == "pow":
        yield build("norm", node.args[0].args[0]), Reason(SHOULD, (node, build("norm", node.args[0].args[0])))


def _totals(place: Place, pool: Pool) -> Iterator[Change]:
    """The gradient of a part of the loss where that of the whole belongs, and the other way."""
    node = place.node
    if node.op not in ("gradient", "jacobian", "d") or not node.args[0].shape.is_scalar:
        return
    body = node.args[0]
    if body.op != "sym":
        return
    for name in pool.names:
        if not name.shape.is_scalar or name == body or name.symbol.name not in pool.scope.definitions:
            continue
        opened, own = pool.scope.open(name), pool.scope.open(body)
        if opened is not None and body.symbol.name in names_in(opened):
            new = build(node.op, name, *node.args[1:])
            yield new, Reason("the gradient of {0} in place of that of {1}: local, not total", (body, name))
        elif own is not None and name.symbol.name in names_in(own):
            new = build(node.op, name, *node.args[1:])
            yield new, Reason("the gradient of {0} in place of that of {1}: total, not local", (body, name))


def _names(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op != "sym":
        return
    for name in (*pool.named_at(node), *pool.names):
        same = name.shape == node.shape and name.symbol.name != node.symbol.name
        if same or (pool.wanted is not None and name.shape.kind == node.shape.kind and name.shape != node.shape):
            yield name, Reason(SHOULD, (node, name))


def _sums(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "sum_over":
        if node.range.var in pool.scope.indices:
            yield node.args[0], Reason("there is no sum over {0}", (count(node.range.var),))
    elif place.is_term or (place.parent is not None and place.parent.op in ("neg", "mul")):
        for index in sorted(free_indices(node)):
            if index in pool.scope.indices:
                low, high = pool.scope.indices[index]
                yield over("sum_over", node, index, low, high), Reason("the sum over {0} is missing", (count(index),))


def _drops(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op in ("mul", "matmul", "add") and len(node.args) > 1:
        text = "the term {0} does not belong here" if node.op == "add" else TOO_MANY
        for i, arg in enumerate(node.args):
            rest = (*node.args[:i], *node.args[i + 1 :])
            try:
                yield build(node.op, *rest), Reason(text, (arg,))
            except DeriveError:
                continue
    if node.op == "div":
        yield node.args[0], Reason("the denominator {0} does not belong here", (node.args[1],))
    if node.op in ("exp", "log", "sqrt", "inv", "pow") and place.parent is not None:
        yield node.args[0], Reason(SHOULD, (node, node.args[0]))


def _powers(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "matpow":
        for k in (-1, 1):
            new = build("matpow", node.args[0], num(node.args[1].number + k))
            yield new, Reason("the exponent should be {0}", (new.args[1],))
    if node.op == "pow" and node.args[1].op == "num":
        for k in (node.args[1].number - 1, node.args[1].number + 1, -node.args[1].number):
            yield power(node.args[0], num(k)), Reason("the exponent should be {0}", (num(k),))
    elif node.op not in ("num", "count") and place.parent is not None and place.parent.op in ("div", "mul", "add"):
        yield power(node, 2), Reason("{0} should be squared", (node,))
        yield power(node, 3), Reason(SHOULD, (node, power(node, 3)))
    if node.op == "div":
        yield div(node.args[1], node.args[0]), Reason("numerator and denominator are exchanged")


def _functions(place: Place, pool: Pool) -> Iterator[Change]:
    """A function of the definitions that is lost, or taken for another."""
    node = place.node
    if node.op in ("num", "count") or node.shape.kind not in ("scalar", "vector", "matrix"):
        return
    known = OPERATIONS[node.op].kind == "elementwise"
    for name in pool.functions:
        if known and name != node.op:
            new = build(name, *node.args)
            yield new, Reason(SHOULD, (node, new))
        elif place.is_term or (place.parent is not None and place.parent.op in ("mul", "div", "diag", "neg")):
            new = build(name, node)
            yield new, Reason("the function is lost: {0} should be {1}", (node, new))


def _insertions(place: Place, pool: Pool) -> Iterator[Change]:
    """A factor of the chain rule in a product, or before a term."""
    node = place.node
    if node.op in ("matmul", "mul"):
        positions, factors = range(len(node.args) + 1), node.args
    elif place.is_term or (place.parent is not None and place.parent.op == "mul" and node.shape.kind == "vector"):
        positions, factors = range(2), (node,)
    else:
        return
    for factor in pool.factors:
        if factor.shape.is_scalar and node.op != "matmul":
            yield mul(factor, node), Reason(MISSING, (factor,))
        elif not factor.shape.is_scalar and not node.shape.is_scalar:
            if node.op != "matmul" and factor.shape == node.shape:
                yield mul(node, factor), Reason(MISSING, (factor,))
            if node.op != "mul":
                for i in positions:
                    try:
                        yield matmul(*factors[:i], factor, *factors[i:]), Reason(MISSING, (factor,))
                    except DeriveError:
                        continue


def _replacements(place: Place, pool: Pool) -> Iterator[Change]:
    """A part of the lines beside this one, in place of a part of it."""
    node = place.node
    for part in pool.parts:
        if part.shape == node.shape and place.parent is not None:
            yield part, Reason(SHOULD, (node, part))
    if node.op in ("add", "mul") and len(node.args) > 2:
        for i, (a, b) in enumerate(zip(node.args, node.args[1:], strict=False)):
            both = build(node.op, a, b)
            for part in pool.parts:
                if part.shape == both.shape:
                    new = build(node.op, *node.args[:i], part, *node.args[i + 2 :])
                    yield new, Reason(SHOULD, (both, part))


def _terms(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if (place.parent is not None and place.parent.op == "add") or node.op == "num":
        return
    for part in (*pool.parts, *((num(1),) if not node.shape.dims or node.op != "matmul" else ())):
        if part.shape == node.shape or (part.op == "num" and node.shape.kind == "vector"):
            yield add(node, part), Reason("the term {0} is missing", (part,))
            yield add(node, neg(part)), Reason("the term {0} is missing", (neg(part),))


EDITS: dict[str, Row] = {
    "sign": _signs,
    "factor": _numbers,
    "transpose": _transposes,
    "local": _totals,
    "norm": _norms,
    "index": _indices,
    "bound": _bounds,
    "swap": _swaps,
    "diag": _diags,
    "outer": _outers,
    "sum": _sums,
    "function": _functions,
    "drop": _drops,
    "power": _powers,
    "name": _names,
    "insert": _insertions,
    "replace": _replacements,
    "term": _terms,
}
"""Cheap rows first; those in POOLED try the whole pool."""
POOLED = frozenset({"insert", "replace", "term", "factor", "power"})
