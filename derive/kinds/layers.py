"""Kind `find` about layers: `shape`, `params` and `macs` by the formula of the layer, with its numbers put in.

The formulas stand in `derive.vocabulary.layers`; the checker runs the layer instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from itertools import count as numbers

from derive.errors import NotDerived
from derive.notation.derivation import Answer, Block, Chain, Line, Reason
from derive.notation.literals import as_size
from derive.notation.reader import read
from derive.problem.model import Named
from derive.rewrite.expression import Wish
from derive.tree.nodes import SCALAR, Node, names_in, walk
from derive.tree.sizes import Size
from derive.values.evaluate import Explicit
from derive.values.working import Working
from derive.vocabulary.build import build, count, substitute, sym
from derive.vocabulary.layers import LETTERS, Layer, input_sizes, names_of
from derive.vocabulary.scope import Declaration, Definition, Scope

ASKED = ("shape", "params", "macs")
WORDS = {"shape": "shape of the output", "params": "weights and biases", "macs": "outputs times window"}


def is_about_layers(node: Node, scope: Scope) -> bool:
    return any(_says(n, _through_layers(scope)) for n in walk(node))


def _says(node: Node, names: frozenset[str]) -> bool:
    return node.op in (*ASKED, "layer_output") or (node.op == "sym" and node.symbol.name in names)


def _through_layers(scope: Scope) -> frozenset[str]:
    """The names that are defined through layers."""
    bodies = {n: d.body for n, d in scope.definitions.items() if d.body is not None}
    found: frozenset[str] = frozenset()
    if not any(d.layer is not None for d in scope.declarations.values()):
        return found
    while True:
        more = frozenset(n for n, body in bodies.items() if any(_says(part, found) for part in walk(body)))
        if more == found:
            return found
        found = more


def _opened(node: Node, scope: Scope) -> Node:
    """The expression with the names that are defined through layers opened."""
    names = _through_layers(scope)
    for _ in range(MOST_OPENED):
        closed = [n for n in walk(node) if n.op == "sym" and n.symbol.name in names]
        bodies = {n: body for n in closed if (body := scope.open(n)) is not None}
        if not bodies:
            break
        node = substitute(node, bodies)
    return node


MOST_OPENED = 20


def layer_arithmetic(asked: Named, wish: Wish) -> tuple[tuple[Block, ...], Answer]:
    """One chain for every shape and number on the way, then what is asked of them."""
    node = _opened(asked.expression, wish.scope)
    found = _Counting()
    values = {part: found.value(part) for part in dict.fromkeys(walk(node)) if part.op in ASKED}
    if node in values:
        answer = values[node]
        if asked.expression != node:
            reason = Reason("definition of {0}", (asked.expression,))
            lines = (
                Line(asked.expression, node, reason),
                Line(asked.expression, answer, Reason("from above")),
            )
            found.blocks.append(Chain(lines))
    else:
        working = Working(Explicit(wish.scope), "the numbers")
        put_in = substitute(node, values)
        lines_, answer, _ = working.lines(asked.expression, put_in, Reason("from above"))
        found.blocks.append(Chain(tuple(lines_)))
    return tuple(found.blocks), Answer(answer, asked.name)


class _Counting:
    """Chains for layers; each shape and number is found once."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.values: dict[Node, Node] = {}

    def value(self, node: Node) -> Node:
        if node not in self.values:
            self.values[node] = self._found(node)
        return self.values[node]

    def _found(self, node: Node) -> Node:
        inside = node.args[0]
        if inside.op not in ("layer", "layer_output"):
            sizes = build("tuple", *(count(n) for n in inside.shape.dims))
            self.blocks.append(Chain((Line(node, sizes, Reason("as declared")),)))
            return sizes
        layer = inside.data
        assert isinstance(layer, Layer)
        names = names_of(layer)
        batch: tuple[Node, ...] = ()
        if inside.op == "layer_output":
            batch, own = self._input(inside.args[0], layer)
            names |= own
        if node.op == "macs" and layer.row.sides:
            out = self.value(build("shape", inside)).args[-len(layer.row.sides) :]
            names |= {f"{side}_out": _size(n) for side, n in zip(layer.row.sides, out, strict=True)}
        return self._line(node, layer, names, batch)

    def _input(self, below: Node, layer: Layer) -> tuple[tuple[Node, ...], dict[str, Size]]:
        """The batch axes of the input, and the sizes of one example by name."""
        own = input_sizes(layer, below.shape)[1]
        sizes = [count(n) for n in below.shape.dims]
        if below.op == "layer_output":
            sizes = list(self.value(build("shape", below)).args)
        cut = len(sizes) - len(own)
        return tuple(sizes[:cut]), {n: _size(s) for n, s in zip(layer.row.axes, sizes[cut:], strict=True)}

    def _line(self, node: Node, layer: Layer, names: dict[str, Size], batch: tuple[Node, ...]) -> Node:
        said = _letters(names, _taken(node, batch))
        scope = Scope({n: Declaration(n, SCALAR) for n in names})
        rename = {
            sym(n, SCALAR): sym(said[n], SCALAR) if size.constant is not None else count(size)
            for n, size in names.items()
        }

        def formula(text: str) -> Node:
            return substitute(read(text, scope), rename)

        row = layer.row
        if node.op == "shape":
            right = build("tuple", *batch, *(formula(text) for text in row.out(layer)))
        else:
            right = formula(row.params(layer) if node.op == "params" else row.macs(layer))
            if node.op == "macs" and batch:
                right = build("mul", *batch, right)
        used = names_in(right)
        given = tuple(
            (sym(said[n], SCALAR), count(size))
            for n, size in names.items()
            if said[n] in used and size.constant is not None
        )
        bodies = {name.symbol.name: Definition(name.symbol.name, SCALAR, body=size) for name, size in given}
        working = Working(Explicit(Scope(definitions=bodies)), "the numbers")
        lines, last, rounded = working.lines(node, right, Reason(WORDS[node.op]))
        if rounded is not None:
            raise NotDerived("the number is too large to be written out")
        slots = ", ".join(f"{{{2 * i}}} = {{{2 * i + 1}}}" for i in range(len(given)))
        title = Reason(f"with {slots}", tuple(n for pair in given for n in pair)) if given else None
        self.blocks.append(Chain(tuple(lines), names=given, title=title))
        return last


def _taken(node: Node, batch: tuple[Node, ...]) -> frozenset[str]:
    """The names that a question about layers mentions: its own, and the sizes of its layers and arrays."""
    parts = [part for n in (node, *batch) for part in walk(n)]
    layers = (p.data.names for p in parts if isinstance(p.data, Layer))
    dims = (d.names for p in parts for d in p.shape.dims)
    return names_in(node).union(*layers, *dims, *(p.size.names for p in parts if p.op == "count"))


def _letters(names: Iterable[str], taken: frozenset[str]) -> dict[str, str]:
    """What the names of a formula are called beside the names of the problem: k, or K where k is a size there."""
    said: dict[str, str] = {}
    for name in names:
        head, _, side = name.partition("_")
        others = (
            [f"{other}_{side}".rstrip("_") for other in (head.upper(), OPTIONS[head])]
            if head in OPTIONS
            else []
        )
        options = chain((name,), others or [f"{name}_in"], (f"{name}_{n}" for n in numbers()))
        said[name] = next(o for o in options if o not in taken and o not in said.values())
    return said


OPTIONS = {letter: option for option, letter in LETTERS.items()}


def _size(node: Node) -> Size:
    """A number or a size as a size; what is neither (a floor of names) gets none."""
    size = as_size(node)
    if size is not None:
        return size
    raise NotDerived("sizes that are rounded need numbers", hint="give the input's sizes as numbers")
