"""A mended line as one would write it: no factor 1, no power 1, no zero in a sum, no double transpose or sign, counts
added up. Nothing else of the student's form changes. To add one more: a row in NEATER, which keeps the value.
"""

from __future__ import annotations

from functools import reduce
from typing import Callable

from derive.errors import DeriveError
from derive.notation.derivation import Reason
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.build import ONE, T, add, build, count, div, matmul, mul, neg, num, power, rebuild


def neat(node: Node) -> Node:
    """The same value, children first; names and what they are indexed by stay."""
    if not node.args or node.op == "sym":
        return node
    try:
        node = rebuild(node, tuple(neat(a) for a in node.args))
    except DeriveError:
        return node
    for row in NEATER.get(node.op, ()):
        new = row(node)
        if new is not None and new.shape == node.shape:
            return new
    return node


def neatly(reason: Reason) -> Reason:
    return Reason(reason.text, _apart(tuple(neat(n) for n in reason.nodes)))


def _apart(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Of two products, what they do not share."""
    if len(nodes) != 2 or any(n.op != "mul" for n in nodes):
        return nodes
    shared = [a for a in nodes[0].args if a in nodes[1].args]
    kept = [tuple(a for a in n.args if a not in shared) for n in nodes]
    return tuple(mul(*args) for args in kept) if shared and all(kept) else nodes


def _twice(node: Node) -> Node | None:
    return node.args[0].args[0] if node.args[0].op == node.op else None


def _turned(node: Node) -> Node | None:
    r"""The transpose of a product with transposes in it: (X^\top y)^\top is y^\top X."""
    product = node.args[0]
    if product.op != "matmul" or not any(_is_turned(a) for a in product.args):
        return None
    return matmul(*(neat(_inside(a)) for a in reversed(product.args)))


def _is_turned(node: Node) -> bool:
    return node.op == "T" or (node.op == "inv" and node.args[0] != T(node.args[0]) and _is_own(node.args[0]))


def _is_own(node: Node) -> bool:
    r"""Whether a product is its own transpose: X^\top X."""
    if node.op != "matmul":
        return False
    return all(a == neat(T(b)) for a, b in zip(node.args, reversed(node.args), strict=True))


def _inside(node: Node) -> Node:
    return node if node.op == "inv" and _is_own(node.args[0]) else T(node)


def _factors(node: Node) -> Node | None:
    if ONE in node.args:
        kept = [a for a in node.args if a != ONE]
        return mul(*kept) if kept else ONE
    first, *rest = node.args
    if rest and _is(first, -1):
        return neg(mul(*rest))
    negated = next((a for a in node.args if a.op == "neg"), None)
    if negated is not None:
        return neg(mul(*(a.args[0] if a is negated else a for a in node.args)))
    return _raised(node)


def _raised(node: Node) -> Node | None:
    """Two equal factors are a square."""
    for i, a in enumerate(node.args):
        if a in node.args[:i] and a.shape.is_scalar and a.op not in ("num", "pow"):
            at = node.args.index(a)
            rest = [b for k, b in enumerate(node.args) if k not in (at, i)]
            rest.insert(at, _square(a))
            return neat(mul(*rest)) if len(rest) > 1 else rest[0]
    return None


def _square(node: Node) -> Node:
    if node.op == "norm":
        return build("sqnorm", node.args[0])
    if node.op == "div":
        over, under = (a if a == ONE else _square(a) for a in node.args)
        return div(over, under)
    return power(node, 2)


def _over_one(node: Node) -> Node | None:
    return node.args[0] if node.args[1] == ONE else None


def _first_power(node: Node) -> Node | None:
    return node.args[0] if _is(node.args[1], 1) else None


def _terms(node: Node) -> Node | None:
    if all(map(_size, node.args)) and any(a.op == "count" for a in node.args):
        return _counted(reduce(lambda a, b: a + b, (_size(a) or Size.of(0) for a in node.args)))
    kept = [a for a in node.args if not _is(a, 0) and not (a.op == "neg" and _is(a.args[0], 0))]
    return add(*kept) if 0 < len(kept) < len(node.args) else None


def _opposite(node: Node) -> Node | None:
    return _twice(node) or (node.args[0] if _is(node.args[0], 0) else None)


def _is(node: Node, number: int) -> bool:
    return node.op == "num" and node.number == number


def _size(node: Node) -> Size | None:
    if node.op == "count":
        return node.size
    return Size.of(int(node.number)) if node.op == "num" and node.number.denominator == 1 else None


def _counted(size: Size) -> Node:
    return num(size.constant) if size.constant is not None else count(size)


NEATER: dict[str, tuple[Callable[[Node], Node | None], ...]] = {
    "T": (_twice, _turned),
    "inv": (_twice,),
    "neg": (_opposite,),
    "mul": (_factors,),
    "div": (_over_one,),
    "pow": (_first_power,),
    "matpow": (_first_power,),
    "add": (_terms,),
}


__all__ = ["neat", "neatly"]
