"""Folding: an answer said in names the author wants to see (`in_terms_of`), wherever their definitions occur."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from derive.rewrite.algebra import simplify
from derive.rewrite.definite import positive
from derive.rewrite.plain import numbers_for_ones
from derive.rewrite.terms import Term, join, merge, split
from derive.rewrite.tidy import terms, tidy
from derive.tree.nodes import SCALAR, Node, walk
from derive.vocabulary.asked import DERIVATIVES, SOUGHT
from derive.vocabulary.build import (
    T,
    add,
    build,
    matmul,
    mul,
    neg,
    power,
    rebuild,
    substitute,
    sym,
    transform,
)
from derive.vocabulary.scope import Scope


def fold_names(node: Node, names: tuple[Node, ...], scope: Scope) -> Node:
    """`node` with the definitions of `names` replaced by the names; squares of a name are found too."""
    known: dict[Node, Node] = {}
    for name in names:
        body = scope.open(name)
        if body is None:
            continue
        for meaning, said in _readings(name, body, scope):
            known.setdefault(meaning, said)
    return _fold(node, known) if known else node


def _readings(name: Node, body: Node, scope: Scope) -> list[tuple[Node, Node]]:
    """What the name stands for, and what its square does where it is a square matrix."""
    found = [(body, name), (tidy(body), name), (simplify(body, scope)[0], name)]
    if name.shape.kind == "matrix" and name.shape.dims[0] == name.shape.dims[1]:
        square = simplify(matmul(body, body), scope)[0]
        found.append((square, matmul(name, name)))
    if body.op == "matmul" and body.shape.is_scalar and len(body.args) == 2 and body.args[0].op == "T":
        a, b = body.args[0].args[0], body.args[1]
        found += [(build("sum", mul(*pair)), name) for pair in ((a, b), (b, a))]
        found.append((matmul(build("T", b), a), name))
    if name.shape.kind == "vector":
        found.append((simplify(build("mul", body, body), scope)[0], build("mul", name, name)))
    return found


def _fold(node: Node, known: dict[Node, Node]) -> Node:
    if node in known:
        return known[node]
    if not node.args or node.op in DERIVATIVES | SOUGHT | {"d"}:
        return node
    node = rebuild(node, tuple(_fold(a, known) for a in node.args))
    if node in known:
        return known[node]
    if node.op in ("mul", "div", "neg"):
        return _fold_factors(node, known)
    if node.op == "add":
        return _fold_summands(node, known)
    return node


def _fold_factors(node: Node, known: dict[Node, Node]) -> Node:
    """A scalar name that is a product of powers is found among the factors of a product."""
    for meaning, name in known.items():
        if not meaning.shape.is_scalar or meaning.op not in ("mul", "div", "pow", "sqnorm"):
            continue
        whole, part = split(node), split(meaning)
        powers = dict(whole.scalars)
        if part.scalars and all(_covers(powers.get(b), e) for b, e in part.scalars):
            left = merge(
                whole.scalars
                + tuple((b, -e) for b, e in part.scalars)
                + ((name, part.scalars[0][1] * 0 + 1),)
            )
            return join(replace(whole, scalars=left, number=whole.number / part.number))
    return node


def _covers(have: object, want: object) -> bool:
    return have is not None and (have >= want > 0 or have <= want < 0)  # type: ignore[operator]


def _fold_summands(node: Node, known: dict[Node, Node]) -> Node:
    """A name that is a sum is found among more summands."""
    for meaning, name in known.items():
        parts = terms(meaning)
        if meaning.op == "add" and all(p in node.args for p in parts):
            rest = [a for a in node.args if a not in parts]
            return add(name, *rest) if rest else name
    return node


def mentions(node: Node, name: Node) -> bool:
    return any(n == name for n in walk(node))


# ---------------------------------------------------------------- definitions found in an answer


def folded_by(node: Node, name: Node, scope: Scope) -> Iterator[Node]:
    """`node` with the definition of `name` found in it: as it stands, or solved for its main factor.

    From `z = m / s` also follows `m = s z`, which shortens `m m' / s**3` to `z z' / s`.
    """
    body = scope.open(name)
    if body is None:
        return
    known: dict[Node, Node] = {}
    for meaning, said in _readings(name, body, scope):
        known.setdefault(meaning, said)
    folded = _fold(node, known)
    if folded != node:
        yield folded
    for base, said in _solved(name, tidy(body), scope):
        swapped = {meaning: value for b, value in _signed(base, said) for meaning in _spellings(b)}
        new = tidy(_swapped(node, base, swapped))
        if new != node:
            yield new


def _swapped(node: Node, base: Node, swapped: dict[Node, Node]) -> Node:
    """`node` with `base` replaced, inside longer products too, but not inside its own norm (`z = u / norm(u)`)."""
    length = sym("length", SCALAR, (), frozenset({"positive"}))
    hidden: dict[Node, Node] = {}
    if not base.shape.is_scalar and any(n.op == "norm" for said in swapped.values() for n in walk(said)):
        hidden = {build("norm", base): length, build("sqnorm", base): power(length, 2)}
        node = substitute(node, hidden)
        swapped = {k: substitute(v, hidden) for k, v in swapped.items()}
    new = transform(node, lambda n: _runs_swapped(n, swapped) if n.op == "matmul" else n)
    new = substitute(new, swapped)
    return substitute(tidy(new), {length: build("norm", base)}) if hidden else new


def _runs_swapped(node: Node, swapped: dict[Node, Node]) -> Node:
    """A chain in which runs of factors are replaced: `A @ (C @ z)`, and `(C @ z).T` as `z.T @ C.T`."""
    for meaning, said in swapped.items():
        if meaning.op != "matmul":
            continue
        runs = [(meaning.args, said)]
        if not meaning.shape.is_scalar:
            runs.append((tidy(T(meaning)).args, T(said)))
        for run, value in runs:
            for i in range(len(node.args) - len(run) + 1):
                if node.args[i : i + len(run)] == run and len(run) < len(node.args):
                    rest = (*node.args[:i], value, *node.args[i + len(run) :])
                    return _runs_swapped(tidy(matmul(*rest)), swapped)
    return node


def _solved(name: Node, body: Node, scope: Scope) -> Iterator[tuple[Node, Node]]:
    """A factor of the body, and what it is in terms of the name."""
    term = split(body)
    if term.body is not None:
        main, said = term.body, name
        if main.op == "div" and not main.args[1].shape.is_scalar and not main.args[0].shape.is_scalar:
            main, said = main.args[0], mul(name, main.args[1])
        divides = [b for b, e in term.scalars if e > 0 and b.op != "norm" and not positive(b, scope)]
        if (said is not name or term.coefficient != Term()) and not divides:
            yield main, tidy(mul(join(term.coefficient.inverse()), said))
        return
    for base, exponent in term.scalars:
        if abs(exponent) != 1 or not base.args:
            continue
        others = replace(term, scalars=tuple(p for p in term.scalars if p[0] != base))
        if others != Term():
            value = Term(scalars=((name, Fraction(1)),)).times(others.inverse())
            yield base, join(value if exponent == 1 else value.inverse())


def _signed(base: Node, said: Node) -> Iterator[tuple[Node, Node]]:
    yield base, said
    opposite = add(*(tidy(neg(a)) for a in base.args)) if base.op == "add" else tidy(neg(base))
    yield opposite, tidy(neg(said))


def _spellings(node: Node) -> Iterator[Node]:
    """A sum in other orders (a difference turned around), with a number for a multiple of ones."""
    yield node
    if node.op == "add":
        for form in (node, numbers_for_ones(node)):
            yield form
            if len(form.args) == 2:
                yield add(*reversed(form.args))
