"""What a repair may put into a line: names of the problem, factors of the chain rule, parts of lines beside it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Iterable, Iterator

from derive.errors import DeriveError
from derive.judging.places import CONDITIONS, LEAVES, places
from derive.notation.names import Known
from derive.notation.reader import read
from derive.tree.nodes import Node, Range, Shape, free_indices, names_in, walk
from derive.tree.sizes import Size
from derive.vocabulary.asked import OPAQUE
from derive.vocabulary.build import ONE, T, build, count, div, matmul, mul, num, reindex, substitute, sym
from derive.vocabulary.build import TABLE as OPERATIONS
from derive.vocabulary.scope import Declaration, Scope

MOST_PARTS = 60
WORD = re.compile(r"[A-Za-z]\w*")
NOT_PUT = CONDITIONS | {"num", "count"}


class Pool:
    """Nodes to try, for one line. `near` are the lines beside it: the one before, the head, the engine's."""

    def __init__(self, scope: Scope, line: Node, near: Iterable[Node], wanted: Shape | None = None) -> None:
        """`wanted` is the shape that the line should have, where it has another."""
        self.scope = scope
        self.wanted = wanted if wanted != line.shape else None
        self.line = line
        self.near = tuple(near)

    @cached_property
    def indices(self) -> tuple[str, ...]:
        """Index names in sight: free in the line or in those beside it, or bound inside them."""
        found: dict[str, None] = {}
        for node in (self.line, *self.near):
            for name in sorted(free_indices(node)):
                if name in self.scope.indices:
                    found[name] = None
            for part in walk(node):
                if isinstance(part.data, Range):
                    found[part.data.var] = None
        return tuple(found)

    @cached_property
    def names(self) -> tuple[Node, ...]:
        """Every name at the indices in sight, and their neighbours."""
        return tuple(self._names())

    def _names(self) -> Iterator[Node]:
        known = Known(self.scope)
        for name in dict.fromkeys((*self.scope.declarations, *self.scope.definitions)):
            params = known.params(name)
            if params is None:
                continue
            declared = self.scope.declarations.get(name)
            if declared is not None and declared.shape.kind in ("function", "tensor"):
                continue
            for index in self._index_of(params):
                shape, facts = known.meaning(name, index)
                values = dict(zip(params, index, strict=True))
                dims = tuple(d.replace(values) for d in shape.dims)
                yield sym(name, type(shape)(shape.kind, dims, shape.axes), tuple(map(count, index)), facts)

    def _index_of(self, params: tuple[str, ...]) -> Iterator[tuple[Size, ...]]:
        if not params:
            yield ()
        elif len(params) == 1:
            for name in self.indices:
                for shift in (0, -1, 1):
                    yield (Size.of(name) + shift,)
        elif len(params) <= len(self.indices):
            yield tuple(Size.of(name) for name in self.indices[: len(params)])

    def named_at(self, node: Node) -> Iterator[Node]:
        """The other families at the index of a member: y[1] beside z[1]."""
        if not node.args:
            return
        known = Known(self.scope)
        for name in dict.fromkeys((*self.scope.declarations, *self.scope.definitions)):
            params = known.params(name)
            index = tuple(
                a.size if a.op == "count" else Size.of(int(a.number))
                for a in node.args
                if a.op in ("count", "num")
            )
            if params and len(params) == len(index) == len(node.args):
                shape, facts = known.meaning(name, index)
                if shape == node.shape:
                    yield sym(name, shape, node.args, facts)

    # ------------------------------------------------------------ factors

    @cached_property
    def factors(self) -> tuple[Node, ...]:
        """What a chain rule may miss: names, transposes, derivatives of the functions in the definitions, norms."""
        found: dict[Node, None] = {}
        said = set().union(*(names_in(n) for n in (self.line, *self.near)))
        names = sorted(self.names, key=lambda n: n.symbol.name not in said)
        for name in names:
            if name.shape.kind in ("vector", "matrix"):
                found[name] = None
                found[T(name)] = None
            elif name.shape.is_scalar and name.symbol.name in said:
                found[name] = None
        if any(n.op == "d" for node in (self.line, *self.near) for n in walk(node)):
            for name in names:
                if name.symbol.name in said or name.symbol.name in self.scope.definitions:
                    found[build("d", name)] = None
        for name in names:
            for factor in self._slopes(name):
                found[factor] = None
        for gradient in self._gradients():
            found[gradient] = None
            found[T(gradient)] = None
        for part in self.parts:
            found[part] = None
            if part.shape.kind in ("vector", "row", "matrix") and part.op not in ("T", "sym"):
                found[turned(part)] = None
        return tuple(found)

    @cached_property
    def slopes(self) -> tuple[Node, ...]:
        """Derivatives of functions in the definitions, at the names that the line has."""
        own = dict.fromkeys(n for n in walk(self.line) if n.op == "sym")
        found = {slope: None for name in own for slope in self._slopes(name)}
        for entry in dict.fromkeys(n for n in walk(self.line) if n.op == "entry" and n.args[0].op == "sym"):
            found |= dict.fromkeys(self._slopes(entry))
        return tuple(slope for slope in found if slope.op not in LEAVES)

    def _gradients(self) -> Iterator[Node]:
        """Of what is differentiated here, in the names of the line itself."""
        nodes = [n for line in (self.line, *self.near) for n in walk(line)]
        bodies = dict.fromkeys(
            n.args[0] for n in nodes if n.op in ("d", "gradient") and n.args[0].op == "sym"
        )
        own = dict.fromkeys(
            n for n in walk(self.line) if n.op == "sym" and n.shape.kind in ("vector", "matrix")
        )
        for body in bodies:
            if body.shape.is_scalar:
                yield from (build("gradient", body, name) for name in own)

    def _slopes(self, name: Node) -> Iterator[Node]:
        r"""For y = \sigma(u): y (1 - y), and its diagonal matrix."""
        body = self.scope.open(name.args[0] if name.op == "entry" else name)
        if body is not None and name.op == "entry" and len(body.args) == 1:
            body = build(body.op, build("entry", body.args[0], *name.args[1:]))
        if body is None or OPERATIONS[body.op].kind != "elementwise" or not OPERATIONS[body.op].derivative:
            return
        slope = slope_of(body, name)
        if slope is not None:
            yield slope
            if slope.op == "mul":
                yield from (factor for factor in slope.args if factor != name)
            if slope.shape.kind == "vector":
                yield build("diag", slope)

    @cached_property
    def parts(self) -> tuple[Node, ...]:
        """Subtrees of the lines beside this one, the small ones of definitions too; the smallest first."""
        found: dict[Node, None] = {}
        said = names_in(self.line).union(*(names_in(n) for n in self.near))
        bodies = [self.scope.open(name) for name in self.names if name.symbol.name in said]
        for node in (*self.near, self.line, *(b for b in bodies if b is not None)):
            for path, part in places(node):
                if path and part.op not in NOT_PUT and says_something(part):
                    found[part] = None
                    found |= dict.fromkeys(_runs(part))
        return tuple(sorted(found, key=weight)[:MOST_PARTS])

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """Elementwise functions of the definitions and of the lines beside this one, and those of their slopes."""
        bodies = [d.body for d in self.scope.definitions.values() if d.body is not None]
        used = {n.op for node in (*bodies, *self.near) for n in walk(node)}
        used = {op for op in used if OPERATIONS[op].kind == "elementwise"}
        slopes = {word for op in used for word in WORD.findall(OPERATIONS[op].derivative)}
        used |= {op for op in slopes & OPERATIONS.keys() if OPERATIONS[op].kind == "elementwise"}
        return tuple(sorted(used))

    @cached_property
    def scalars(self) -> tuple[Node, ...]:
        """Scalar factors: names, norms of the parts, counts."""
        found = {n: None for n in self.factors if n.shape.is_scalar}
        for part in self.parts:
            if part.shape.is_scalar:
                found[part] = None
            elif part.shape.kind == "vector" and _has_a_name(part):
                found[build("norm", part)] = None
                found[build("sqnorm", part)] = None
        for name in self.sizes:
            found[count(name)] = None
            found[div(count(Size.of(name) - 1), count(name))] = None
        return tuple(found)

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._sizes())))

    @cached_property
    def free(self) -> frozenset[str]:
        """Free indices of the line and of those beside it, and bound ones."""
        nodes = (self.line, *self.near)
        bound = {part.data.var for n in nodes for part in walk(n) if isinstance(part.data, Range)}
        return frozenset(bound.union(*map(free_indices, nodes)))

    def _sizes(self) -> Iterator[str]:
        """Names of sizes: of the lines, and of how far their sums go."""
        for line in (self.line, *self.near):
            yield from (n for d in line.shape.dims for n in d.names)
            for part in walk(line):
                yield from (n for d in part.shape.dims for n in d.names - self.scope.indices.keys())
                if isinstance(part.data, Range):
                    yield from part.data.high.names - self.scope.indices.keys()


def says_something(node: Node) -> bool:
    """Whether a name stands in it: arithmetic of numbers explains nothing."""
    return any(n.op in ("sym", "count", "const") for n in walk(node))


def _has_a_name(node: Node) -> bool:
    """Whether it is made of quantities, but of no derivatives and moments: the norm of ones is a count."""
    ops = {n.op for n in walk(node)}
    return "sym" in ops and not ops & OPAQUE


def turned(node: Node) -> Node:
    """The transpose, as people write that of a product."""
    if node.op == "matmul":
        return matmul(*(turned(a) for a in reversed(node.args)))
    return node.args[0] if node.op == "T" else T(node)


def weight(node: Node) -> int:
    """How much there is to write."""
    return 1 + (sum(weight(a) for a in node.args) if node.op not in LEAVES else 0)


def _runs(node: Node) -> Iterator[Node]:
    """Neighbouring factors of a product, as a factor."""
    if node.op not in ("matmul", "mul", "add") or len(node.args) < 3:
        return
    for size in range(2, len(node.args)):
        for start in range(len(node.args) - size + 1):
            try:
                yield build(node.op, *node.args[start : start + size])
            except DeriveError:
                continue


def slope_of(body: Node, name: Node | None = None) -> Node | None:
    """f'(u) for `body` = f(u); `name` is written for f(u)."""
    row, inner = OPERATIONS[body.op], body.args[0]
    scope = Scope({"z": Declaration("z", inner.shape)})
    try:
        slope = read(row.derivative, scope)
    except DeriveError:
        return None
    z = sym("z", inner.shape)
    if name is not None:
        slope = substitute(slope, {build(body.op, z): name})
    return substitute(slope, {z: inner})


def shifted(node: Node, index: str, shift: int) -> Node:
    return reindex(node, {index: Size.of(index) + shift})


__all__ = ["ONE", "Pool", "matmul", "mul", "num", "shifted", "slope_of", "weight"]
