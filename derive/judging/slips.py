"""Rows of the repair table: slips of sign, factor, layout, index and order, which need nothing but the line itself."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import Iterator

from derive.errors import DeriveError
from derive.judging.places import DIAG, NO_DIAG, OUTER, SWAP, TRANSPOSE, names_outside, renamed, turning
from derive.judging.pool import Pool
from derive.judging.site import SHOULD, SIGN, Change, Place
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, Range, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.build import (
    ONE,
    T,
    add,
    build,
    count,
    div,
    matmul,
    mul,
    neg,
    num,
    over,
    power,
    rebuild,
    sym,
)

HALF = Fraction(1, 2)
MOST_TERMS = 5
USUAL = (Fraction(1), Fraction(2), HALF, Fraction(3), Fraction(0), Fraction(-1), Fraction(4))
FACTORS = ((num(2), "a factor 2"), (div(ONE, num(2)), "a factor 1/2"))


def signs(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "neg":
        yield node.args[0], Reason(SIGN, (node.args[0],))
    elif place.is_term or (place.parent is not None and place.parent.op == "neg"):
        yield neg(node), Reason(SIGN, (node,))
    elif node.op == "num" and node.number < 0:
        yield num(-node.number), Reason(SIGN, (node,))
    if node.op == "add" and 2 < len(node.args) <= MOST_TERMS:
        yield from _of_runs(node)


def _of_runs(node: Node) -> Iterator[Change]:
    """A minus before parentheses that are gone is one of each of the terms."""
    for length in range(2, len(node.args)):
        for start in range(len(node.args) - length, -1, -1):
            run = node.args[start : start + length]
            other = (neg(a) if a.op != "neg" else a.args[0] for a in run)
            new = add(*node.args[:start], *other, *node.args[start + length :])
            yield new, Reason(SIGN, (add(*run),))


def numbers(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if place.is_term or (place.parent is not None and place.parent.op == "neg"):
        for factor, said in FACTORS:
            yield (
                mul(factor, node),
                Reason(f"missing {said} of {{0}}" if place.parent else f"missing {said}", (node,)),
            )
    if node.op == "num" and place.parent is not None:
        for n in (*(node.number * f for f in (2, HALF)), node.number + 1, node.number - 1, *USUAL):
            if n != node.number:
                yield num(n), Reason(SHOULD, (node, num(n)))
        if abs(node.number) in (1, 2) and place.parent.op not in ("pow", "matpow", "sym"):
            for size in pool.sizes:
                length = count(size) if abs(node.number) == 1 else mul(num(2), count(size))
                new = neg(length) if node.number < 0 else length
                yield new, Reason(SHOULD, (node, new))
    if node.op == "count" and place.parent is not None and place.parent.op != "entry":
        for size in pool.sizes:
            if Size.of(size) != node.size and len(node.size.names) == 1:
                yield count(size), Reason(SHOULD, (node, count(size)))
        for shift in (1, -1):
            yield count(node.size + shift), Reason(SHOULD, (node, count(node.size + shift)))


def transposes(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "T":
        yield node.args[0], turning(node)
    elif node.shape.kind in ("matrix", "vector", "row") and place.is_factor and not place.is_transposed:
        yield T(node), Reason(TRANSPOSE, (node,))


def diags(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "matmul":
        for i, (a, b) in enumerate(zip(node.args, node.args[1:], strict=False)):
            before, after = node.args[:i], node.args[i + 2 :]
            if b.shape.kind == "vector":
                yield from _scaled(before, a, b, after)
    if node.op == "diag":
        yield node.args[0], Reason(NO_DIAG)
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


def outers(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op in ("mul", "inner"):
        vectors = [a for a in node.args if a.shape.kind == "vector"]
        scalars = [a for a in node.args if a.shape.is_scalar]
        for i, v in enumerate(vectors):
            rest = [*scalars, *vectors[:i], *vectors[i + 1 :]]
            if rest and len(vectors) > 1:
                yield matmul(mul(*rest), T(v)), Reason(OUTER)
                yield matmul(v, T(mul(*rest))), Reason(OUTER)
    if (
        pool.wanted is not None
        and pool.wanted.kind == "matrix"
        and place.is_term
        and node.shape.kind == "vector"
    ):
        for name in pool.names:
            if name.shape.kind == "vector":
                yield matmul(node, T(name)), Reason("missing the outer product with {0}", (name,))
    if node.op == "matmul" and len(node.args) == 2 and node.shape.is_scalar:
        left, right = node.args
        yield matmul(T(left), T(right)), Reason(OUTER)
    if node.op == "matmul" and len(node.args) == 2 and [a.shape.kind for a in node.args] == ["vector", "row"]:
        yield matmul(T(node.args[0]), T(node.args[1])), Reason("an inner product, not an outer one")
        yield matmul(T(node.args[1]), T(node.args[0])), Reason("the outer product is transposed")


def indices(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "sym":
        yield from ((new, Reason(SHOULD, (node, new))) for new in _shifted(node))
    elif node.op == "count" and place.parent is not None and place.parent.op == "entry" and place.position:
        for shift in (-1, 1):
            yield count(node.size + shift), Reason(SHOULD, (node, count(node.size + shift)))
    if node.op in ("entry", "sym"):
        for i, arg in enumerate(node.args):
            if arg.op == "count" and len(free_indices(arg)) == 1:
                for other in sorted(pool.free - free_indices(arg)):
                    member = rebuild(node, (*node.args[:i], count(other), *node.args[i + 1 :]))
                    yield member, Reason(SHOULD, (node, member))


def _shifted(node: Node) -> Iterator[Node]:
    for i, arg in enumerate(node.args):
        if arg.op not in ("count", "num"):
            continue
        size = arg.size if arg.op == "count" else Size.of(int(arg.number))
        for shift in (-1, 1, -2, 2):
            args = (*node.args[:i], count(size + shift), *node.args[i + 1 :])
            yield sym(node.symbol.name, node.shape, args, node.symbol.facts)


def everywhere(place: Place, pool: Pool) -> Iterator[Change]:
    """A member at the wrong index wherever it stands but in derivatives; two names taken for each other."""
    node = place.node
    if place.parent is not None:
        return
    said = Counter(names_outside(node))
    for name, times in said.items():
        if times > 1:
            for new in _shifted(name):
                yield renamed(node, {name: new}), Reason(SHOULD, (name, new))
    for a, b in combinations(said, 2):
        if a.shape == b.shape:
            yield renamed(node, {a: b, b: a}), Reason("{0} and {1} are exchanged", (a, b))


def bounds(place: Place, pool: Pool) -> Iterator[Change]:
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
            yield (
                over(node.op, node.args[0], range_.var, low, high),
                Reason(f"the sum should {said}", (value,)),
            )


def swaps(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "matmul":
        for i, (a, b) in enumerate(zip(node.args, node.args[1:], strict=False)):
            factors = (*node.args[:i], b, a, *node.args[i + 2 :])
            try:
                yield build("matmul", *factors), Reason(SWAP, (a, b))
            except DeriveError:
                continue
    if node.op == "mul":
        for i, number in enumerate(node.args):
            rest = (*node.args[:i], *node.args[i + 1 :])
            arrays = [a for a in rest if a.shape.kind == "matrix"]
            if (
                number.op == "matmul"
                and number.shape.is_scalar
                and len(number.args) == 2
                and len(arrays) == 1
            ):
                inside = matmul(number.args[0], arrays[0], number.args[1])
                yield mul(*(a for a in rest if a is not arrays[0]), inside), Reason(SWAP, (arrays[0], number))

    if node.op == "mul":
        yield from _into_a_product(node)
    if node.op == "matmul" and node.args[-1].op == "mul" and node.args[-1].shape.kind == "vector":
        *before, last = node.args
        for i, v in enumerate(last.args):
            others = mul(*last.args[:i], *last.args[i + 1 :])
            if v.shape.kind == others.shape.kind == "vector" and before[0].shape.rows == v.shape.rows:
                front = matmul(*before) if len(before) > 1 else before[0]
                yield mul(v, matmul(*before, others)), Reason(SWAP, (front, v))


def _into_a_product(node: Node) -> Iterator[Change]:
    r"""v \odot W w, for which W (v \odot w) was meant."""
    for i, product in enumerate(node.args):
        if product.op != "matmul" or product.shape.kind != "vector":
            continue
        for j, v in enumerate(node.args):
            if j != i and v.shape == product.args[-1].shape and v.shape.kind == "vector":
                rest = tuple(a for k, a in enumerate(node.args) if k not in (i, j))
                inside = matmul(*product.args[:-1], mul(v, product.args[-1]))
                front = matmul(*product.args[:-1]) if len(product.args) > 2 else product.args[0]
                yield mul(*rest, inside) if rest else inside, Reason(SWAP, (v, front))


def norms(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op in ("norm", "sqnorm", "norm1"):
        for other in ("norm", "sqnorm"):
            if other != node.op:
                new = build(other, node.args[0])
                yield new, Reason("{0} in place of {1}", (node, new))
        if place.parent is not None and place.parent.op in ("div", "mul", "matmul"):
            for k in (3, 4):
                raised = power(build("norm", node.args[0]), num(k))
                yield raised, Reason(f"the exponent of {{0}} should be {k}", (build("norm", node.args[0]),))
    if node.op == "sum" and node.args[0].op == "pow":
        yield build("norm", node.args[0].args[0]), Reason(SHOULD, (node, build("norm", node.args[0].args[0])))
