r"""Products by types: what side by side, \times, \cdot, \odot and / mean between numbers, vectors and matrices.

A product is read from the left: numbers are collected in front, arrays are multiplied as matrices where their sizes
meet. `\cdot` of two vectors is their dot product; \odot binds loosest. Where nothing fits, the hook is asked, then
the line is ill-typed, with both shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.latexread.contractions import contracted
from derive.latexread.elaborator import Elaborator, Stop, Tensor, Value
from derive.latexread.fitting import fitted
from derive.latexread.quotients import both_whole, inverse, quotient, quotients, scaled
from derive.latexread.tokens import Span
from derive.tree.nodes import Node
from derive.vocabulary.build import T, matmul, mul, num

ARRAYS = ("vector", "row", "matrix")
SIGNS = {"": "juxtapose"}


@dataclass(frozen=True)
class Factor:
    operator: str  # what stands before it: "" times cdot odot otimes /
    value: Value
    span: Span


def product(e: Elaborator, factors: Sequence[Factor], span: Span) -> Value:
    """The product of factors; the first one's operator does not matter."""
    runs: list[list[Factor]] = [[]]
    for i, factor in enumerate(factors):
        if i and factor.operator == "odot":
            runs.append([])
        runs[-1].append(factor)
    if len(runs) == 1:
        return _run(e, runs[0], span)
    if len(runs) == 2 and len(runs[0]) > 1:
        other = _inside(e, runs[0], runs[1], span)
        if other is not None:
            return other
    hook, e.hook = e.hook, None
    before = dict(e.found)
    try:
        return _loosely(e, runs, span)
    except Stop:
        e.found = before
        found = _tightly(e, factors, span) if len(factors) > len(runs) else None
    finally:
        e.hook = hook
    return _loosely(e, runs, span) if found is None else found


def _loosely(e: Elaborator, runs: Sequence[Sequence[Factor]], span: Span) -> Value:
    r"""\odot between matrix products: `A u \odot v` is (A u) \odot v."""
    values = [(_run(e, run, span), _over(run)) for run in runs]
    total, where = values[0]
    for value, at in values[1:]:
        total = hadamard(e, total, value, where, at)
        where = where.to(at)
    return total


def _tightly(e: Elaborator, factors: Sequence[Factor], span: Span) -> Value | None:
    r"""\odot before matrix products, where nothing else has a type: `u \odot v x^\top` is (u \odot v) x^\top."""
    try:
        joined = [factors[0]]
        for factor in factors[1:]:
            last = joined[-1]
            if factor.operator == "odot":
                value = hadamard(e, last.value, factor.value, last.span, factor.span)
                joined[-1] = Factor(last.operator, value, last.span.to(factor.span))
            else:
                joined.append(factor)
        total = _run(e, joined, span)
    except Stop:
        return None
    e.note("the product entry by entry is read as the tighter one", span, "scope")
    return total


def _inside(e: Elaborator, left: Sequence[Factor], right: Sequence[Factor], span: Span) -> Value | None:
    r"""`A u \odot v` as A (u \odot v), the reading that binds \odot tighter; None where the usual one is followed."""
    last = left[-1].value
    if not isinstance(last, Node) or last.shape.is_scalar or left[-1].operator != "":
        return None
    if not any(isinstance(f.value, Node) and not f.value.shape.is_scalar for f in left[:-1]):
        return None
    try:
        behind = _run(e, right, span)
    except Stop:
        return None
    if not isinstance(behind, Node) or not e.same_shape(last.shape, behind.shape):
        return None
    if e.choose(span, "odot", ("A u o v is (A u) o v", "A u o v is A (u o v)")) == 0:
        return None
    inner = Factor("", mul(e.settle(last), e.settle(behind)), left[-1].span.to(_over(right)))
    return _run(e, [*left[:-1], inner], span)


def _over(run: Sequence[Factor]) -> Span:
    return run[0].span.to(run[-1].span)


def hadamard(e: Elaborator, a: Value, b: Value, left: Span, right: Span) -> Node:
    for value, span in ((a, left), (b, right)):
        if isinstance(value, Tensor):
            raise e.no_matrix(value, span)
    assert isinstance(a, Node)
    assert isinstance(b, Node)
    if a.shape.is_scalar or b.shape.is_scalar:
        return scaled([a, b])
    a, b = fitted(e, (a, b))
    if e.same_shape(a.shape, b.shape):
        return mul(e.settle(a), e.settle(b))
    return _helped(e, a, b, "odot", left, right)


# ---------------------------------------------------------------- a run without \odot


def _run(e: Elaborator, run: Sequence[Factor], span: Span) -> Value:
    """Factors side by side, with \\times, \\cdot and / between: segments between \\times and \\cdot first."""
    segments: list[list[Factor]] = [[]]
    for i, factor in enumerate(run):
        if i and factor.operator in ("times", "cdot", "otimes", "star"):
            segments.append([])
        segments[-1].append(factor)
    total: Value = _chain(e, segments[0], span)
    where = _over(segments[0])
    for segment in segments[1:]:
        value, at = _chain(e, segment, span), _over(segment)
        total = combined(e, total, value, segment[0].operator, where, at)
        where = where.to(at)
    return total


def combined(e: Elaborator, a: Value, b: Value, operator: str, left: Span, right: Span) -> Value:
    """Two factors by their types."""
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return contracted(e, a, b, left, right)
    if a.shape.is_scalar or b.shape.is_scalar:
        return scaled([a, b])
    if e.mode.entrywise and e.same_shape(a.shape, b.shape) and a.shape.kind != "matrix":
        return mul(e.settle(a), e.settle(b))
    if operator == "otimes":
        if a.shape.kind == b.shape.kind == "vector":
            return matmul(e.settle(a), T(e.settle(b)))
        raise e.unreadable("the Kronecker product is not in the language", left.to(right))
    if a.shape.kind in ARRAYS and b.shape.kind in ARRAYS and e.meet(a.shape.columns, b.shape.rows):
        return matmul(e.settle(a), e.settle(b))
    if operator == "star" and e.same_shape(a.shape, b.shape):
        e.note("a star is read as the product entry by entry", left.to(right), "entrywise")
        return mul(e.settle(a), e.settle(b))
    lying = a.shape.kind == b.shape.kind and a.shape.kind in ("vector", "row")
    if operator == "cdot" and lying and e.same_shape(a.shape, b.shape):
        a, b = e.settle(a), e.settle(b)
        return matmul(T(a), b) if a.shape.kind == "vector" else matmul(a, T(b))
    if e.mode.entrywise and e.same_shape(a.shape, b.shape):
        return mul(e.settle(a), e.settle(b))
    return _helped(e, a, b, SIGNS.get(operator, operator), left, right)


def _helped(e: Elaborator, a: Node, b: Node, operator: str, left: Span, right: Span) -> Node:
    if e.hook is not None:
        node = e.hook(e.settle(a), e.settle(b), operator)
        if node is not None:
            return node
    a, b = e.settle(a), e.settle(b)
    words = {"odot": "the product entry by entry of", "add": "the sum of"}.get(operator, "the product of")
    message = f"{words} {a.shape} and {b.shape}"
    raise e.ill_typed(message, left.to(right), a, b, (left, right))


def _chain(e: Elaborator, segment: Sequence[Factor], span: Span) -> Value:
    """Factors side by side: from the left; where that does not fit, numbers such as u^T v inside are found first."""
    numbers: list[Node] = []
    arrays: list[tuple[Value, Span]] = []
    i = 0
    while i < len(segment):
        factor = segment[i]
        value = factor.value
        if factor.operator == "/" and i:
            if isinstance(value, Tensor):
                raise e.no_matrix(value, factor.span)
            before = segment[i - 1].value
            if numbers and numbers[-1] is before and isinstance(before, Node) and both_whole(before, value):
                numbers[-1] = num(before.number / value.number)
            elif value.shape.is_scalar:
                numbers.append(inverse(value))
            else:
                above = _joined(e, numbers, arrays)
                if isinstance(above, Tensor):
                    raise e.no_matrix(above, span)
                numbers, arrays = [], [(quotient(e, above, value, span), span)]
        elif isinstance(value, Node) and value.shape.is_scalar:
            numbers.append(value)
        else:
            arrays.append((value, factor.span))
        i += 1
    return _joined(e, numbers, arrays)


def _joined(e: Elaborator, numbers: list[Node], arrays: list[tuple[Value, Span]]) -> Value:
    if not arrays:
        return quotients(numbers)
    total = _arrays(e, arrays)
    if isinstance(total, Tensor):
        return Tensor(total.y, total.x, (*numbers, *total.scalars))
    return scaled([quotients(numbers), total]) if numbers else total


def _arrays(e: Elaborator, arrays: list[tuple[Value, Span]]) -> Value:
    if len(arrays) > 2:
        inside = _scalars_inside(e, arrays)
        if inside is not None:
            return inside
    total, where = arrays[0]
    numbers: list[Node] = []
    for value, span in arrays[1:]:
        if isinstance(total, Node) and total.shape.is_scalar:
            numbers.append(total)
            total, where = value, span
            continue
        total = combined(e, total, value, "", where, span)
        where = where.to(span)
    if not numbers:
        return total
    if isinstance(total, Tensor):
        return Tensor(total.y, total.x, (*numbers, *total.scalars))
    return scaled([*numbers, total])


def _scalars_inside(e: Elaborator, arrays: list[tuple[Value, Span]]) -> Node | None:
    """`A u^T v`: the runs whose sizes meet, where at most one of them is no number; None where that is no help."""
    if any(isinstance(v, Tensor) for v, _ in arrays):
        return None
    nodes = [v for v, _ in arrays if isinstance(v, Node)]
    runs: list[list[Node]] = [[nodes[0]]]
    for node in nodes[1:]:
        if _conform(runs[-1][-1], node):
            runs[-1].append(node)
        else:
            runs.append([node])
    if len(runs) == 1:
        return None
    products = [matmul(*run) for run in runs]
    if sum(not p.shape.is_scalar for p in products) > 1:
        return None
    return scaled(products)


def _conform(a: Node, b: Node) -> bool:
    return a.shape.kind in ARRAYS and b.shape.kind in ARRAYS and a.shape.columns == b.shape.rows
