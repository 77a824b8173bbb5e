"""The gradient of a part of the loss, written out, where that of the whole belongs.

What stands in a line need not be written as a derivative to be one: its value tells.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator

from derive.errors import DeriveError
from derive.judging.closing import close
from derive.judging.edits import Edited
from derive.judging.places import Path, places, put
from derive.judging.pool import Pool
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, Range, names_in, walk
from derive.vocabulary.build import build, mul, over

Array = Any
Value = Callable[[Node], Array | None]
SAID = "{0} is the gradient of {1} alone: local, not total"


def localised(node: Node, pool: Pool, value: Value) -> Iterator[Edited]:
    for whole, part, local in _gradients(pool):
        for path, old in places(node):
            for run, put_in in _runs(old):
                if run.shape != local.shape or not _equal(node, path, run, local, value):
                    continue
                try:
                    new = put(node, path, put_in(whole))
                except DeriveError:
                    continue
                yield Edited(new, (Reason(SAID, (run, part)),), ("local",))


def _gradients(pool: Pool) -> Iterator[tuple[Node, Node, Node]]:
    """Those of a whole loss in the lines beside this one; a part of the loss, and its gradient."""
    found = dict.fromkeys(n for near in pool.near for n in walk(near) if n.op == "gradient")
    for whole in found:
        body = pool.scope.open(whole.args[0]) if whole.args[0].op == "sym" else None
        if body is None or whole in walk(pool.line):
            continue
        for part in pool.names:
            if part.shape.is_scalar and part.args and part.symbol.name in names_in(body):
                yield whole, part, build("gradient", part, *whole.args[1:])


def _runs(node: Node) -> Iterator[tuple[Node, Callable[[Node], Node]]]:
    """A place, and the first factors of a product in it; each with how something else is put there."""
    yield node, lambda new: new
    if node.op == "mul":
        for end in range(2, len(node.args)):
            rest = node.args[end:]
            yield mul(*node.args[:end]), lambda new, rest=rest: mul(new, *rest)  # type: ignore[misc]


def _equal(node: Node, path: Path, a: Node, b: Node, value: Value) -> bool:
    """Whether they are, summed over the indices that are bound at the place."""
    above = node
    ranges: list[Range] = []
    for step in path:
        if isinstance(above.data, Range):
            ranges.append(above.data)
        above = above.args[step]
    for range_ in reversed(ranges):
        a = over("sum_over", a, range_.var, range_.low, range_.high)
        b = over("sum_over", b, range_.var, range_.low, range_.high)
    first, second = value(a), value(b)
    return first is not None and second is not None and close(first, second)


__all__ = ["localised"]
