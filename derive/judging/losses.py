"""Rows of the repair table: what is lost, too much, or another quantity. The later ones draw on the pool."""

from __future__ import annotations

from typing import Iterator

from derive.errors import DeriveError
from derive.judging.places import joins
from derive.judging.pool import Pool
from derive.judging.site import MISSING, PARENTHESES, SHOULD, TOO_MANY, Change, Place
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, free_indices, names_in
from derive.vocabulary.build import TABLE as OPERATIONS
from derive.vocabulary.build import add, build, count, div, matmul, mul, neg, num, over, power

OF_A_MATRIX = ("logdet", "trace", "det")


def totals(place: Place, pool: Pool) -> Iterator[Change]:
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


def names(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op != "sym":
        return
    for name in (*pool.named_at(node), *pool.names):
        same = name.shape == node.shape and name.symbol.name != node.symbol.name
        if same or (
            pool.wanted is not None and name.shape.kind == node.shape.kind and name.shape != node.shape
        ):
            yield name, Reason(SHOULD, (node, name))


def sums(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "sum_over":
        if node.range.var in pool.scope.indices:
            yield node.args[0], Reason("there is no sum over {0}", (count(node.range.var),))
    elif place.is_term or (place.parent is not None and place.parent.op in ("neg", "mul")):
        for index in sorted(free_indices(node)):
            if index in pool.scope.indices:
                low, high = pool.scope.indices[index]
                yield (
                    over("sum_over", node, index, low, high),
                    Reason("the sum over {0} is missing", (count(index),)),
                )


def drops(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op in ("mul", "matmul", "add") and len(node.args) > 1:
        text = "the term {0} does not belong here" if node.op == "add" else TOO_MANY
        for i, arg in enumerate(node.args):
            rest = (*node.args[:i], *node.args[i + 1 :])
            try:
                yield build(node.op, *rest), Reason(text, (arg,))
            except DeriveError:
                continue
    if node.op == "mul":
        for i in range(len(node.args) - 1 if len(node.args) > 2 else 0):
            rest, run = (*node.args[:i], *node.args[i + 2 :]), mul(*node.args[i : i + 2])
            yield mul(*rest), Reason(TOO_MANY, (run,))
    if node.op == "div":
        yield node.args[0], Reason("the denominator {0} does not belong here", (node.args[1],))
    if node.op in ("exp", "log", "sqrt", "inv", "pow") and place.parent is not None:
        yield node.args[0], Reason(SHOULD, (node, node.args[0]))


def powers(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if node.op == "matpow":
        for shift in (-1, 1):
            new = build("matpow", node.args[0], num(node.args[1].number + shift))
            yield new, Reason("the exponent should be {0}", (new.args[1],))
    if node.op == "pow" and node.args[1].op == "num":
        for k in (node.args[1].number - 1, node.args[1].number + 1, -node.args[1].number):
            yield power(node.args[0], num(k)), Reason("the exponent should be {0}", (num(k),))
    elif (
        node.op not in ("num", "count")
        and place.parent is not None
        and place.parent.op in ("div", "mul", "add")
    ):
        yield power(node, 2), Reason("{0} should be squared", (node,))
        yield power(node, 3), Reason(SHOULD, (node, power(node, 3)))
    if node.op == "div":
        yield div(node.args[1], node.args[0]), Reason("numerator and denominator are exchanged")


def inverses(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    shape = node.shape
    if shape.kind == "matrix" and shape.rows == shape.columns and node.op != "inv" and place.is_factor:
        yield build("inv", node), Reason("missing inverse of {0}", (node,))
    for i in range(len(node.args) - 1) if node.op == "matmul" else ():
        for j in range(i + 2, len(node.args) + (i > 0)):
            run = matmul(*node.args[i:j])
            if run.shape.kind == "matrix" and run.shape.rows == run.shape.columns:
                rest = (*node.args[:i], build("inv", run), *node.args[j:])
                yield matmul(*rest), Reason("missing inverse of {0}", (run,))


def parentheses(place: Place, pool: Pool) -> Iterator[Change]:
    """a b + c, for which a (b + c) was meant, and (a + b)^2 for a + b^2."""
    node = place.node
    if node.op == "pow" and node.args[0].op == "add":
        terms = node.args[0].args
        for i, term in enumerate(terms):
            base = term.args[0] if term.op == "neg" else term
            raised = power(base, node.args[1])
            raised = neg(raised) if term.op == "neg" else raised
            said = Reason("the exponent belongs to {0} alone", (base,))
            yield add(*terms[:i], raised, *terms[i + 1 :]), said
    if node.op != "add":
        return
    for i, product in enumerate(node.args[:-1]):
        if product.op in ("mul", "matmul"):
            for joined in taken_in(product, node.args[i + 1 :]):
                yield add(*node.args[:i], joined), Reason(PARENTHESES, (joined,))


def taken_in(product: Node, terms: tuple[Node, ...]) -> Iterator[Node]:
    """The product with the terms added to one of its factors."""
    for j, factor in enumerate(product.args):
        if all(term.shape == factor.shape for term in terms):
            args = (*product.args[:j], add(factor, *terms), *product.args[j + 1 :])
            try:
                yield build(product.op, *args)
            except DeriveError:
                continue


def functions(place: Place, pool: Pool) -> Iterator[Change]:
    """A function of the definitions that is lost, or taken for another."""
    node = place.node
    if node.op in ("num", "count") or node.shape.kind not in ("scalar", "vector", "matrix"):
        return
    yield from _of_a_matrix(node)
    known = OPERATIONS[node.op].kind == "elementwise"
    for name in pool.functions:
        if known and name != node.op:
            new = build(name, *node.args)
            yield new, Reason(SHOULD, (node, new))
        elif place.is_term or (place.parent is not None and place.parent.op in ("mul", "div", "diag", "neg")):
            new = build(name, node)
            yield new, Reason("the function is lost: {0} should be {1}", (node, new))


def _of_a_matrix(node: Node) -> Iterator[Change]:
    """The trace, the determinant and its log are taken for each other."""
    inner = node.args[0] if node.op == "log" else node
    if inner.op in OF_A_MATRIX and (node is inner or inner.op == "det"):
        for other in OF_A_MATRIX:
            if other != node.op and (node is inner or other != "logdet"):
                new = build(other, *inner.args)
                yield new, Reason(SHOULD, (node, new))


def insertions(place: Place, pool: Pool) -> Iterator[Change]:
    """A factor of the chain rule in a product, or before a term."""
    node = place.node
    if node.op in ("matmul", "mul"):
        positions, factors = range(len(node.args) + 1), node.args
    elif place.is_term or (
        place.parent is not None
        and node.shape.kind == "vector"
        and (place.parent.op in ("mul", "diag") or OPERATIONS[place.parent.op].kind == "elementwise")
    ):
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
                    fits = (i == 0 or joins(factors[i - 1].shape, factor.shape)) and (
                        i == len(factors) or joins(factor.shape, factors[i].shape)
                    )
                    if fits:
                        yield matmul(*factors[:i], factor, *factors[i:]), Reason(MISSING, (factor,))


def replacements(place: Place, pool: Pool) -> Iterator[Change]:
    """A part of the lines beside this one, in place of a part of it."""
    node = place.node
    put_in = (*pool.slopes, *pool.parts)
    for part in put_in:
        if part.shape == node.shape and place.parent is not None:
            yield part, Reason(SHOULD, (node, part))
    if node.op in ("add", "mul") and len(node.args) > 2:
        for i, (a, b) in enumerate(zip(node.args, node.args[1:], strict=False)):
            both = build(node.op, a, b)
            for part in put_in:
                if part.shape == both.shape:
                    new = build(node.op, *node.args[:i], part, *node.args[i + 2 :])
                    yield new, Reason(SHOULD, (both, part))


def terms(place: Place, pool: Pool) -> Iterator[Change]:
    node = place.node
    if (place.parent is not None and place.parent.op == "add") or node.op == "num":
        return
    alike = pool.named_at(node) if node.op == "sym" else ()
    for part in (*alike, *pool.parts, *((num(1),) if not node.shape.dims or node.op != "matmul" else ())):
        if part.shape == node.shape or (part.op == "num" and node.shape.kind == "vector"):
            yield add(node, part), Reason("the term {0} is missing", (part,))
            yield add(node, neg(part)), Reason("the term {0} is missing", (neg(part),))


def divisions(place: Place, pool: Pool) -> Iterator[Change]:
    """A term that is to be divided by a number of the problem."""
    if place.parent is not None and place.parent.op in ("add", "neg") and place.node.op != "neg":
        for scalar in pool.scalars:
            yield div(place.node, scalar), Reason("{0} should be divided by {1}", (place.node, scalar))
