"""The closing lines of a gradient: what is read off, its shortest form, its symmetric part."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from derive.notation.derivation import Chain, Line, Reason
from derive.notation.latex import latex
from derive.rewrite.depend import Variation, graph_of
from derive.rewrite.derived import Derived
from derive.rewrite.differential import Differentiation
from derive.rewrite.polynomial import same_value
from derive.rewrite.readoff import gradient_of
from derive.rewrite.reasons import joined
from derive.rewrite.shorten import signs
from derive.rewrite.shortest import shortest
from derive.rewrite.terms import product, zero
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, names_in, node_count, walk
from derive.vocabulary.asked import VERBS
from derive.vocabulary.build import T, add, build, count, d, mul, num, sym
from derive.vocabulary.scope import Scope

UNREADABLE = 40  # nodes
PAYS = 2  # nodes that collecting must save


@dataclass(frozen=True)
class Asked:
    """A derivative to take: of `f` in `x`, with names held fixed and derivatives that stay as they are."""

    f: Node
    x: Node
    scope: Scope
    kept: tuple[Node, ...] = ()
    held: tuple[Node, ...] = ()

    def variation(self, held_families: frozenset[str] = frozenset()) -> Variation:
        return Variation(self.scope, graph_of(self.scope), self.x, frozenset(self.held), held_families)

    @property
    def names(self) -> tuple[Node, ...]:
        """The author's names: those that `f` is defined through, then others in whose bodies nothing is asked;
        `f` itself last."""
        graph = graph_of(self.scope)
        reached = graph.below(names_in(self.f))
        found = [
            sym(d.name, d.shape, tuple(count(p) for p in d.params))
            for d in self.scope.definitions.values()
            if d.body is not None and d.argument is None
            if d.name in reached
            or not d.body.shape.is_scalar
            and not any(n.op in VERBS for n in walk(d.body))
        ]
        return tuple(sorted(found, key=lambda n: (n == self.f, n.symbol.name not in reached)))

    @property
    def gradient(self) -> Node:
        return build("gradient", self.f, self.x, *self.held)


def independent(asked: Asked) -> Derived:
    nothing = zero(asked.x.shape)
    line = Line(asked.gradient, nothing, Reason("{0} does not depend on {1}", (asked.f, asked.x)))
    return Derived(nothing, (Chain((line,), asked.x),))


def kept_names(asked: Asked) -> dict[Node, Node]:
    """Names whose gradient in the variable the author keeps, with that gradient."""
    return {
        g.args[0]: g
        for g in asked.kept
        if g.op == "gradient" and g.args[1] == asked.x and g.args[0] != asked.f
    }


def read_gradient(asked: Asked, lines: list[Line], linear: Node, work: Differentiation) -> list[Line]:
    """The closing lines: `df = <G, dx>` where moving factors is a step of its own, then the gradient."""
    raw = gradient_of(linear, asked.x, asked.scope)
    short, steps, why = shortest(raw, asked.scope, asked.names)
    closing = []
    paired = tidy(product(raw, d(asked.x)))
    signed = signs(raw)
    shown = signed if signed == short else raw
    if node_count(short) + PAYS > node_count(tidy(shown)) and not why.text or latex(short) == latex(shown):
        short = shown if node_count(shown) <= node_count(short) + 1 else short
        shown = short
    if node_count(raw) > UNREADABLE and 2 * node_count(short) < node_count(raw) + UNREADABLE:
        shown = short  # too long to be read before it is simplified
    if asked.x.shape.kind == "matrix" and paired != linear:
        closing.append(
            Line(work.total(asked.f), product(shown, d(asked.x)), Reason("collect {0}", (d(asked.x),)))
        )
    read = Reason("read off the gradient")
    closing.append(Line(asked.gradient, shown, joined([read, why]) if shown == short and why.text else read))
    if short != shown:
        closing.append(Line(asked.gradient, short, why if why.text else Reason("collect"), steps=steps))
    return closing


def symmetrised(asked: Asked, found: Node) -> list[Line]:
    """For a symmetric variable: the symmetric part of the gradient, where the gradient is not symmetric itself."""
    facts = asked.x.symbol.facts
    if asked.x.shape.kind != "matrix" or not facts & {"symmetric", "spd"} or same_value(found, T(found)):
        return []
    left = tidy(mul(num(Fraction(1, 2)), add(asked.gradient, T(asked.gradient))))
    part = shortest(mul(num(Fraction(1, 2)), add(found, tidy(T(found)))), asked.scope)[0]
    return [Line(left, part, Reason("{0} is symmetric: the symmetric part of the gradient", (asked.x,)))]
