"""The instance on which a line fails, in small numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.evaluate import Evaluator
from derive.tree.nodes import Node, names_in, walk

Array = Any
MOST_ENTRIES = 12
MOST_NAMES = 8


def told(evaluator: Evaluator, left: Node, right: Node, values: tuple[Array, Array] | None) -> str:
    """`T = 3, d = 2; t = 2; x = (0.31, -1.2); left = 0.5, right = -0.5`."""
    instance = evaluator.instance
    free = {i for n in (left, right) for i in evaluator.anatomy.of(n).indices} | {
        i for n in (left, right) for d in n.shape.dims for i in d.names
    }
    sizes = _sizes(evaluator, left, right) | free
    parts = [
        ", ".join(f"{name} = {n}" for name, n in sorted(instance.sizes.items()) if name in sizes),
        ", ".join(f"{name} = {n}" for name, n in sorted(instance.indices.items()) if name in free),
        ", ".join(_symbols(evaluator, left, right)),
    ]
    if values is not None:
        parts.append(f"left = {_text(values[0])}, right = {_text(values[1])}")
    return "; ".join(part for part in parts if part)


def _sizes(evaluator: Evaluator, left: Node, right: Node) -> set[str]:
    """Sizes in the shapes of the names that occur."""
    scope, names = evaluator.scope, names_in(left) | names_in(right)
    known = [*(scope.declarations.get(n) for n in names), *(scope.definitions.get(n) for n in names)]
    found = {s for entry in known if entry for d in entry.shape.dims for s in d.names}
    for node in (*walk(left), *walk(right)):
        found |= {size for dim in node.shape.dims for size in dim.names}
    for entry in known:
        for param in entry.params if entry else ():
            found |= scope.indices[param][1].names if param in scope.indices else set()
    return found


def _symbols(evaluator: Evaluator, left: Node, right: Node) -> list[str]:
    found: dict[str, str] = {}
    for node in (*walk(left), *walk(right)):
        if node.op != "sym" or len(found) >= MOST_NAMES:
            continue
        try:
            key = evaluator.key(node, evaluator.root, evaluator.outer)
            name = key[0] + (f"[{', '.join(map(str, key[1]))}]" if key[1] else "")
            if name not in found:
                found[name] = f"{name} = {_text(evaluator.value(node))}"
        except NotEvaluated:
            continue
    return list(found.values())


def _text(value: Array) -> str:
    """A number, (1, 2) for a vector, [[1, 2], [3, 4]] for a matrix; of large ones the shape."""
    rows, columns = value.shape[-2:]
    if rows * columns > MOST_ENTRIES:
        return f"a {rows} x {columns} array of largest entry {np.max(np.abs(value)):.4g}"
    if rows * columns == 1:
        return f"{float(value[0, 0]):.4g}"
    if columns == 1:
        return f"({', '.join(f'{x:.4g}' for x in value[:, 0])})"
    return "[" + ", ".join(f"[{', '.join(f'{x:.4g}' for x in row)}]" for row in value) + "]"
