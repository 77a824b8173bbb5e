"""Kind `figure:` drawn from the definitions (`graph`), from data (`tree`) or from values (`plot`).

A drawing is checked like everything else: a graph by moving its nodes, a tree by the search that its marks show, a
curve by code of its closed form. To add a figure: a row in DRAW.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from derive.check import dependence
from derive.check.coded import run_expression
from derive.errors import InputError, NotDerived, NotEvaluated
from derive.kinds.decoding import Candidate, decoded
from derive.kinds.jumps import jumps_of
from derive.kinds.trees import tree_graph
from derive.notation.derivation import Answer, Block, Curve, Edge, Finding, Graph, Plot, Verdict, Vertex
from derive.notation.environment import Environment, Key
from derive.notation.evaluate import Evaluator
from derive.notation.instance import Instance, draw
from derive.notation.numpy_code import identifier, numpy_code
from derive.notation.opening import Opening
from derive.notation.text import text
from derive.problem.data_tables import given, tree_of
from derive.problem.drawings import GraphOf, PlotOf, TreeOf
from derive.problem.model import Part
from derive.rewrite.expression import VERBS, Wish, derive_expression
from derive.tree.nodes import Node, Range, contains
from derive.vocabulary.build import build, count, sym
from derive.vocabulary.scope import Scope

Made = tuple[tuple[Block, ...], tuple[Answer, ...]]
MOST_NODES = 60
POINTS = 160
CLOSE = 1e-8


def figure(part: Part) -> Made:
    drawing = part.figure
    assert drawing is not None
    return DRAW[type(drawing)](drawing, part), ()


# ---------------------------------------------------------------- graphs


def _graph(drawing: GraphOf, part: Part) -> tuple[Block, ...]:
    scope = part.scope
    sizes = _sizes(drawing, scope, part)
    start = _members(drawing.quantity, scope, sizes, part)
    opening = Opening(scope, Instance(scope, 0, sizes, {}))
    edges: dict[tuple[Key, Key], Node | str] = {}
    keys: dict[Key, None] = dict.fromkeys(start)
    open_ = list(start)
    while open_:
        key = open_.pop(0)
        opened = opening.body(key)
        for source, label in _operands(*opened, scope, opening) if opened else ():
            edges.setdefault((source, key), label)
            if source not in keys:
                keys[source] = None
                open_.append(source)
        if len(keys) > MOST_NODES:
            raise NotDerived(f"more than {MOST_NODES} nodes: draw fewer steps", part.place)
    graph = Graph(tuple(_placed(list(keys), edges, start, opening, scope)), tuple(_arrows(edges)))
    verdict = dependence.arrows(scope, sizes, set(edges), set(keys))
    return graph, Finding("the graph", verdict)


def _arrows(edges: Mapping[tuple[Key, Key], Node | str]) -> Iterator[Edge]:
    for (start, end), label in edges.items():
        yield Edge(_name(start), _name(end), label)


def _sizes(drawing: GraphOf, scope: Scope, part: Part) -> dict[str, int]:
    """The sizes of the drawing; every length of an index that is unrolled must be given."""
    steps = dict(drawing.sizes)
    needed = {n for low, high in scope.indices.values() for n in low.names | high.names}
    missing = sorted(needed - steps.keys())
    if missing and (drawing.quantity.args or len(needed) == 1):
        hint = f"write graph({text(drawing.quantity)}, {missing[0]}=3)"
        raise InputError(f"how many steps? {missing[0]} has no value", part.place, hint)
    return {**draw(scope, frozenset(), 0).sizes, **steps}


def _members(node: Node, scope: Scope, sizes: Mapping[str, int], part: Part) -> list[Key]:
    """All members of the quantity where its index is free, else the one that is named."""
    found: list[dict[str, int]] = [{}]
    for name in sorted({n for a in node.args if a.op == "count" for n in a.size.names if n in scope.indices}):
        low, high = scope.bounds[name]
        found = [{**at, name: i} for at in found for i in range(low.value(sizes), high.value(sizes) + 1)]
    keys = []
    for at in found:
        index = tuple(a.size.value({**sizes, **at}) if a.op == "count" else int(a.number) for a in node.args)
        keys.append((node.symbol.name, index))
    if not keys:
        raise NotDerived("there is nothing to draw at these sizes", part.place)
    return keys


def _operands(
    body: Node, at: Mapping[str, int], scope: Scope, opening: Opening
) -> Iterator[tuple[Key, Node | str]]:
    """The states, inputs and names in a body, each with the parameter that is applied to it."""

    def walk(node: Node, at: Mapping[str, int], label: Node | str) -> Iterator[tuple[Key, Node | str]]:
        if isinstance(node.data, Range):
            low, high = (opening.count(end, at) for end in (node.data.low, node.data.high))
            for i in range(low, high + 1):
                yield from walk(node.args[0], {**at, node.data.var: i}, label)
            return
        if node.op == "sym":
            if not _is_parameter(node, scope):
                index = tuple(
                    opening.count(a.size, at) if a.op == "count" else int(a.number) for a in node.args
                )
                yield (node.symbol.name, index), label
            return
        applied = [a for a in node.args if _is_parameter(a, scope)]
        for arg in node.args:
            inner = label
            if node.op in ("matmul", "mul") and applied and not _is_parameter(arg, scope):
                inner = applied[0] if len(applied) == 1 else build(node.op, *applied)
            yield from walk(arg, at, inner)

    yield from walk(body, at, "")


def _is_parameter(node: Node, scope: Scope) -> bool:
    """A given array without an index that other quantities share: it stands at an arrow, not in a node."""
    if node.op == "T":
        return _is_parameter(node.args[0], scope)
    if node.op != "sym" or node.args or node.symbol.name in scope.definitions:
        return False
    declared = scope.declarations.get(node.symbol.name)
    if declared is None or declared.law is not None:
        return False
    families = bool(scope.indices)
    return node.shape.kind == "matrix" or families or node.shape.is_scalar


def _name(key: Key) -> str:
    return key[0] + (f"[{','.join(map(str, key[1]))}]" if key[1] else "")


def _label(key: Key, scope: Scope) -> Node:
    found = scope.definitions.get(key[0]) or scope.declarations[key[0]]
    return sym(key[0], found.shape, tuple(map(count, key[1])))


def _placed(
    keys: list[Key],
    edges: Mapping[tuple[Key, Key], object],
    outputs: list[Key],
    opening: Opening,
    scope: Scope,
) -> Iterator[Vertex]:
    """Columns by the last index, rows by family; without families, layers from left to right."""
    levels = _levels(keys, edges)
    names = sorted(
        {k[0] for k in keys},
        key=lambda n: (
            min(levels[k] for k in keys if k[0] == n),
            -keys.index(next(k for k in keys if k[0] == n)),
        ),
    )
    if any(k[1] for k in keys):
        order = _rows(names, keys, edges)
        for key in keys:
            column = key[1][-1] if key[1] else max(k[1][-1] for k in keys if k[1]) + 1
            yield _vertex(key, float(column), float(order[key[0]]), outputs, opening, scope)
        return
    for level in sorted(set(levels.values())):
        layer = [k for k in keys if levels[k] == level]
        for n, key in enumerate(layer):
            yield _vertex(key, float(level), (len(layer) - 1) / 2 - n, outputs, opening, scope)


def _rows(names: list[str], keys: list[Key], edges: Mapping[tuple[Key, Key], object]) -> dict[str, int]:
    """Within one step, what is computed from another family stands above it."""
    above = {
        (a[0], b[0]) for a, b in edges if a[0] != b[0] and (not a[1] or not b[1] or a[1][-1] == b[1][-1])
    }
    rows: dict[str, int] = {}
    rest = list(names)
    while rest:
        ready = [n for n in rest if not any(b == n and a in rest for a, b in above if a != b)] or rest[:1]
        rows[ready[0]] = len(rows)
        rest.remove(ready[0])
    return rows


def _levels(keys: list[Key], edges: Mapping[tuple[Key, Key], object]) -> dict[Key, int]:
    """The longest way from anything given."""
    levels = dict.fromkeys(keys, 0)
    for _ in keys:
        for a, b in edges:
            levels[b] = max(levels[b], levels[a] + 1)
    return levels


def _vertex(key: Key, x: float, y: float, outputs: list[Key], opening: Opening, scope: Scope) -> Vertex:
    kind = "output" if key in outputs else "given" if opening.body(key) is None else "state"
    return Vertex(_name(key), _label(key, scope), x, y, kind)


# ---------------------------------------------------------------- trees


def _tree(drawing: TreeOf, part: Part) -> tuple[Block, ...]:
    tree = tree_of(drawing.data, given(part.scope, drawing.data))
    best, findings = decoded(tree, drawing.beam)
    chosen = {c.path[:n] for c in best for n in range(len(c.path) + 1)}
    return tree_graph(tree, chosen, _caption(best, drawing.beam)), *findings


def _caption(best: list[Candidate], beam: int | None) -> str:
    paths = " and ".join(f"'{' '.join(c.path)}'" for c in best)
    if beam is None:
        return f"The most probable path: {paths}" if len(best) == 1 else f"The most probable paths: {paths}"
    return f"What a search with {beam} beam{'s' * (beam > 1)} ends with: {paths}"


# ---------------------------------------------------------------- plots


def _plot(drawing: PlotOf, part: Part) -> tuple[Block, ...]:
    scope = drawing.scope
    span = drawing.high - drawing.low
    xs = [float(drawing.low + span * Fraction(n, POINTS)) for n in range(POINTS + 1)]
    curves, verdicts = [], []
    for curve in drawing.curves:
        value = _value(curve, drawing, scope, part)
        points = tuple((x, y) for x in xs if (y := value(x)) is not None)
        if len(points) < 2:
            message = f"{text(curve)} has no values on this range"
            raise NotDerived(message, part.place, "choose a range on which it has some, as in x=1..4")
        curves.append(Curve(curve, points, jumps_of(points, value)))
        verdicts.append(_again(curve, drawing, scope, points))
    worst = next((v for v in verdicts if v.status != "holds"), None)
    found = worst or Verdict("holds", verdicts[0].method, len(xs), max(v.max_error for v in verdicts))
    return Plot(drawing.variable, tuple(curves)), Finding("the curves", found)


def _value(curve: Node, drawing: PlotOf, scope: Scope, part: Part) -> Callable[[float], float | None]:
    """The curve at a place, None where it has no value; only the variable may be free."""
    name = drawing.variable.symbol.name
    evaluator = Evaluator(scope, draw(scope, frozenset(), 0))
    others = sorted(
        n
        for n in evaluator.anatomy.of(curve).names
        if n != name and n not in scope.definitions and n not in scope.data
    )
    if others:
        message = f"'{others[0]}' has no value, so there is no curve"
        raise NotDerived(message, part.place, "give it under data:, or in let:")

    def value(x: float) -> float | None:
        evaluator.instance.values[name, ()] = np.full((1, 1), x)
        evaluator.root = Environment()
        try:
            return float(evaluator.value(curve).flat[0])
        except NotEvaluated:
            return None

    return value


def _again(curve: Node, drawing: PlotOf, scope: Scope, points: tuple[tuple[float, float], ...]) -> Verdict:
    """The same curve from the code of its closed form."""
    method = "NumPy code of the closed form, at every point"
    try:
        closed = _inlined(curve, scope)
        if contains(closed, lambda n: n.op in VERBS):
            closed = derive_expression(closed, Wish(scope)).expression
        code = numpy_code(_inlined(closed, scope))
        x = np.array([x for x, _ in points])
        y = np.array([y for _, y in points])
        again = np.broadcast_to(run_expression(code, {identifier(drawing.variable.symbol.name): x}), y.shape)
    except (NotDerived, NotEvaluated) as error:
        return Verdict("not-checked", method, reason=error.message)
    smooth = np.abs(again - y) <= CLOSE * np.maximum(1.0, np.abs(y))
    largest = float(np.max(np.abs(again - y)[smooth], initial=0.0))
    if np.count_nonzero(~smooth) > len(points) // 50:
        return Verdict("fails", method, len(points), reason="the code gives other values")
    return Verdict("holds", method, len(points), largest)


def _inlined(node: Node, scope: Scope) -> Node:
    """Definitions opened everywhere."""
    body = scope.open(node)
    if body is not None:
        return _inlined(body, scope)
    if not node.args or node.op == "sym":
        return node
    return build(node.op, *(_inlined(a, scope) for a in node.args), data=node.data)


DRAW: dict[type, Callable[[Any, Part], tuple[Block, ...]]] = {GraphOf: _graph, TreeOf: _tree, PlotOf: _plot}
