"""The error of a wrong derivative, carried on by the chain rule to the derivatives that are made with it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Callable, Iterator

from derive.errors import DeriveError
from derive.judging.belief import Again, Belief
from derive.judging.bench import Bench
from derive.judging.ladder import judge_pair
from derive.judging.rungs import DECLARED
from derive.latexread import Pair
from derive.tree.nodes import Node, free_indices, walk
from derive.tree.sizes import Size
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import TABLE as OPERATIONS
from derive.vocabulary.build import T, add, build, count, matmul, mul, over, sym

if TYPE_CHECKING:
    from derive.judging.beliefs import Beliefs

FIRST = DERIVATIVES - {"hessian"}


def carried(beliefs: Beliefs, bench: Bench, pair: Pair, belief: Belief) -> Iterator[Again]:
    """The error of a derivative, carried on by the chain rule."""
    if pair.left.op not in FIRST or len(pair.left.args) > 2:
        return
    if belief.left.op in FIRST and len(belief.left.args) == 2:
        links = [(belief.left.args[0], belief.left.args[1], belief.error)]
    else:
        links = list(_slopes(bench, belief))
    y, v = pair.left.args
    for u, s, error in links:
        for carried in _corrections(y, u, s, v, error):
            for summed in _summed(carried, bench, pair.left):
                if summed.shape == pair.left.shape:
                    yield Again(replace(pair, left=add(pair.left, summed)))


def _slopes(bench: Bench, belief: Belief) -> Iterator[tuple[Node, Node, Node]]:
    """For a belief about f'(z), the names that are f(z)."""
    for name, definition in bench.scope.definitions.items():
        body = definition.body
        if (
            body is None
            or definition.params
            or OPERATIONS[body.op].kind != "elementwise"
            or len(body.args) != 1
        ):
            continue
        z = body.args[0]
        if z.op != "sym" or z.shape != belief.left.shape or z not in walk(belief.left):
            continue
        u = sym(name, definition.shape)
        slope = build("jacobian", u, z) if not z.shape.is_scalar else build("gradient", u, z)
        error = build("diag", belief.error) if not z.shape.is_scalar else belief.error
        is_slope = build("diag", belief.left) if not z.shape.is_scalar else belief.left
        if judge_pair(bench, Pair(slope, is_slope), "==", DECLARED).outcome == "holds":
            yield u, z, error


def _corrections(y: Node, u: Node, s: Node, v: Node, error: Node) -> Iterator[Node]:
    """What dy/dv changes by when du/ds changes by `error`."""
    if u == y and s != v:
        yield from _typed(lambda: _pulled(error, s, v, y))
    elif u != y and y.shape.is_scalar:
        adjoint = build("gradient", y, u)
        yield from _typed(lambda: _pulled(_through(adjoint, error, u, s), s, v, y))
    elif u != y:
        for inner in [error] if s == v else [matmul(error, build("jacobian", s, v))]:
            yield from _typed(partial(matmul, build("jacobian", y, u), inner))


def _typed(make: Callable[[], Node]) -> Iterator[Node]:
    try:
        yield make()
    except DeriveError:
        return


def _through(adjoint: Node, error: Node, u: Node, s: Node) -> Node:
    if u.shape.is_scalar or s.shape.is_scalar:
        return mul(adjoint, error) if u.shape.is_scalar else build("inner", adjoint, error)
    return matmul(T(error), adjoint)


def _pulled(error: Node, s: Node, v: Node, y: Node) -> Node:
    """An error in the derivative in s, as one in the derivative in v."""
    if s == v:
        return error
    if not y.shape.is_scalar:
        return matmul(error, build("jacobian", s, v))
    if s.shape.is_scalar:
        return mul(error, build("gradient", s, v))
    names = [f"k{i}" for i, _ in enumerate(s.shape.dims, 1)]
    at = [count(n) for n in names]
    total = mul(build("entry", error, *at), build("gradient", build("entry", s, *at), v))
    for name, size in zip(names, s.shape.dims, strict=True):
        total = over("sum_over", total, name, Size.of(1), size)
    return total


def _summed(node: Node, bench: Bench, head: Node) -> Iterator[Node]:
    """As it is, and summed over the indices that the head leaves no room for."""
    loose = sorted((free_indices(node) - free_indices(head)) & bench.scope.indices.keys())
    if not loose:
        yield node
        return
    for index in loose:
        node = over("sum_over", node, index, *bench.scope.indices[index])
    yield node


__all__ = ["carried"]
