"""What a node depends on, found once per node: names (through definitions), free indices, verbs.

A name that only an expectation integrates out is not a dependence: E(y) depends on the parameters of the
law of x, not on x. To add a verb whose value has its own method: a row in METHODS.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.tree.nodes import Node, Range, Symbol
from derive.tree.sizes import Size
from derive.vocabulary.asked import DERIVATIVES, MOMENTS, SOUGHT
from derive.vocabulary.build import TABLE
from derive.vocabulary.scope import Scope

DIFFERENTIAL = DERIVATIVES | {"d"}

# How a law's expectations are evaluated; of several, the one further down is reported.
METHODS = {
    "bernoulli": "exact enumeration",
    "rademacher": "exact enumeration",
    "categorical": "exact enumeration",
    "poisson": "a series of 60 terms",
    "moments": "finite laws with these moments",
    "uniform": "quadrature",
    "normal": "quadrature",
    "exponential": "quadrature",
}

SIGNED = frozenset({"log", "sqrt", "pow", "norm", "logdet"})  # besides what has kinks

LAYERED = frozenset({"shape", "params", "macs"})  # they depend on sizes and on no value

Mention = tuple[str, bool, bool]  # a name, inside an expectation, inside a derivative
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Traits:
    """`mentions` and `verbs` are what the node itself says; the rest follows definitions to their ends."""

    mentions: frozenset[Mention]
    verbs: frozenset[tuple[str, bool]]
    indices: tuple[str, ...]
    names: frozenset[str]


class Anatomy:
    """The traits of the nodes of one scope. Shared by all instances."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._traits: dict[Node, Traits] = {}
        self._sayings: dict[Node, tuple[frozenset[Mention], frozenset[tuple[str, bool]]]] = {}
        self._reached: dict[Mention, tuple[frozenset[str], frozenset[tuple[str, bool]]]] = {}
        self._edges: dict[str, tuple[frozenset[Mention], frozenset[tuple[str, bool]]]] = {}
        self._indices: dict[Node, frozenset[str]] = {}

    def is_random(self, name: str) -> bool:
        """A name with a law and no definition (a definition in a part's `let` takes its place), or a family with
        a random boundary member."""
        definition = self.scope.definitions.get(name)
        if not self.scope.is_random(name):
            return False
        return definition is None or definition.body is None or bool(self.scope.declarations[name].boundary)

    def of(self, node: Node) -> Traits:
        found = self._traits.get(node)
        if found is None:
            mentions, verbs = self._said(node)
            names = NOTHING.union(*(self._reach(m)[0] for m in mentions))
            found = Traits(mentions, verbs, tuple(sorted(self._free(node))), names)
            self._traits[node] = found
        return found

    # ------------------------------------------------------------ what a node says itself

    def _said(self, node: Node) -> tuple[frozenset[Mention], frozenset[tuple[str, bool]]]:
        known = self._sayings.get(node)
        if known is not None:
            return known
        bound, inside = node.op in MOMENTS, node.op in DIFFERENTIAL
        mentions: set[Mention] = set()
        verbs: set[tuple[str, bool]] = set()
        special = bound or inside or node.op in SOUGHT or _minds_signs(node)
        if special or not _holomorphic(node.op) or _kinked(node.op):
            verbs.add((node.op, False))
        for arg in node.args if node.op not in LAYERED else ():
            said, used = self._said(arg.args[0] if arg.op == "given" else arg)
            if bound or inside:
                mentions |= {(n, b or bound, i or inside) for n, b, i in said}
                fixed = arg.args[1:] if arg.op == "given" else ()
                mentions |= {(n.symbol.name, False, inside) for n in fixed}  # E(f | x) depends on x
                verbs |= {(v, i or inside) for v, i in used}
            else:
                mentions |= said
                verbs |= used
        if isinstance(node.data, Symbol):
            mentions.add((node.data.name, False, False))
        if node.op == "apply" and isinstance(node.data, tuple):
            mentions.add((str(node.data[0]), False, False))
        self._sayings[node] = frozenset(mentions), frozenset(verbs)
        return self._sayings[node]

    def _free(self, node: Node) -> frozenset[str]:
        found = self._indices.get(node)
        if found is None:
            found = node.size.names if isinstance(node.data, Size) else NOTHING
            if node.args:
                found = found.union(*(self._free(a) for a in node.args))
            if isinstance(node.data, Range):
                found = (found - {node.data.var}) | node.data.low.names | node.data.high.names
            self._indices[node] = found
        return found

    # ------------------------------------------------------------ through definitions

    def _leads_to(self, name: str) -> tuple[frozenset[Mention], frozenset[tuple[str, bool]]]:
        """Mentions and verbs of the bodies behind a name."""
        if name not in self._edges:
            definition, declaration = self.scope.definitions.get(name), self.scope.declarations.get(name)
            bodies: list[Node] = []
            if definition is not None:
                bodies += [definition.body] if definition.body is not None else []
                bodies += [body for _, body in definition.members]
            if declaration is not None:
                bodies += declaration.of
            said = [self._said(body) for body in bodies]
            if definition is not None and definition.argument is not None:
                own = definition.argument.symbol.name
                said = [(frozenset(m for m in mentions if m[0] != own), verbs) for mentions, verbs in said]
            self._edges[name] = (
                frozenset(m for mentions, _ in said for m in mentions),
                frozenset(v for _, verbs in said for v in verbs),
            )
        return self._edges[name]

    def _reach(self, start: Mention) -> tuple[frozenset[str], frozenset[tuple[str, bool]]]:
        """Names and verbs at the ends of all paths of mentions; a random name inside E leads to its law
        instead."""
        if start in self._reached:
            return self._reached[start]
        seen, open_ = {start}, [start]
        names: set[str] = set()
        verbs: set[tuple[str, bool]] = set()
        while open_:
            name, bound, inside = open_.pop()
            said, used = self._leads_to(name)
            if bound and self.is_random(name):
                law = self.scope.declarations[name].law
                body: frozenset[Mention] = said if name in self.scope.definitions else frozenset()
                said = body | {m for a in (law.args.values() if law else ()) for m in self._said(a)[0]}
            else:
                names.add(name)
            verbs |= {(v, i or inside) for v, i in used}
            for other, b, i in said:
                mention = (other, b or bound, i or inside)
                if mention not in seen:
                    seen.add(mention)
                    open_.append(mention)
        self._reached[start] = frozenset(names), frozenset(verbs)
        return self._reached[start]

    # ------------------------------------------------------------ what the checker asks

    def verbs(self, *nodes: Node) -> frozenset[tuple[str, bool]]:
        """Verbs met on the way to a value, each with "inside a derivative"."""
        found: set[tuple[str, bool]] = set()
        for node in nodes:
            traits = self.of(node)
            found |= traits.verbs
            for mention in traits.mentions:
                found |= {(v, i or mention[2]) for v, i in self._reach(mention)[1]}
        return frozenset(found)

    def random_inside(self, *nodes: Node) -> frozenset[str]:
        """Random names that some expectation on the way integrates out."""
        found: set[str] = set()
        for node in nodes:
            seen = set(self.of(node).mentions)
            open_ = list(seen)
            while open_:
                name, bound, inside = open_.pop()
                if bound and self.is_random(name):
                    found.add(name)
                for other, b, i in self._leads_to(name)[0]:
                    mention = (other, b or bound, i or inside)
                    if mention not in seen:
                        seen.add(mention)
                        open_.append(mention)
        return frozenset(found)

    def needs_differences(self, *nodes: Node) -> bool:
        """Whether a derivative lies inside a derivative, or something in one refuses complex points."""
        verbs = self.verbs(*nodes)
        inside = {op for op, inside in verbs if inside}
        return (
            any(op == "hessian" for op, _ in verbs)
            or any(op in DIFFERENTIAL or op in SOUGHT or not _holomorphic(op) for op in inside)
            or bool(inside & MOMENTS and any(map(_jumps, inside)))
        )

    def is_holomorphic(self, node: Node) -> bool:
        """Whether a complex step gives the derivative: not through the expectation of a jump, whose place
        in the sum of outcomes does not move."""
        used = {op for op, _ in self.verbs(node)}
        return all(map(_holomorphic, used)) and not (used & MOMENTS and any(map(_jumps, used)))

    def has_kinks(self, *nodes: Node) -> bool:
        return any(_kinked(op) for op, _ in self.verbs(*nodes))

    def minds_signs(self, *nodes: Node) -> bool:
        """Whether something acts differently on negative numbers: kinks, roots, logarithms, even powers."""
        return any(_kinked(op) or op in SIGNED for op, _ in self.verbs(*nodes))


def _minds_signs(node: Node) -> bool:
    """Even and broken powers and norms of a scalar that may be negative, roots and logarithms."""
    if node.op not in SIGNED:
        return False
    base = node.args[0]
    if isinstance(base.data, Symbol) and base.data.facts & {"positive", "nonnegative"}:
        return False
    if node.op in ("norm", "pow") and not base.shape.is_scalar:
        return False
    exponent = node.args[1] if node.op == "pow" else None
    return exponent is None or exponent.op != "num" or exponent.number % 2 != 1


def _jumps(op: str) -> bool:
    row = TABLE.get(op)
    return op in ("step", "sign") or (row is not None and row.kind == "condition")


def _kinked(op: str) -> bool:
    row = TABLE.get(op)
    return row is not None and (bool(row.kinks) or row.kind == "condition" or op in ("max_over", "norm1"))


def _holomorphic(op: str) -> bool:
    row = TABLE.get(op)
    return row is None or row.holomorphic
