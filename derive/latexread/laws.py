r"""Laws with their parameters: `\mathcal{N}(x; \mu, \Sigma)`, `D_{\mathrm{KL}}(\mathrm{Cat}(p) \Vert \mathrm{Cat}(q))`.

The laws are those of `derive.vocabulary.densities`; here is only how they are written by hand. To read one more
way to write a law: a row in WRITTEN.
"""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator
from derive.latexread.names import spelled
from derive.latexread.surface import Group, Mark, Name, Product, Surface
from derive.latexread.tokens import Span
from derive.tree.nodes import Node
from derive.vocabulary.build import build
from derive.vocabulary.densities import DENSITIES

WRITTEN = {
    ("N", "cal"): "normal",
    ("Bernoulli", "roman"): "bernoulli", ("Ber", "roman"): "bernoulli", ("Bern", "roman"): "bernoulli",
    ("Cat", "roman"): "categorical", ("Categorical", "roman"): "categorical",
    ("Poisson", "roman"): "poisson", ("Poi", "roman"): "poisson",
    ("Exp", "roman"): "exponential", ("Laplace", "roman"): "laplace",
}  # fmt: skip
DIVERGENCE = {("D", "KL"), ("KL", "")}


def law_of(e: Elaborator, name: Name) -> str | None:
    """The law that a name before brackets is, where nothing else is declared so."""
    if name.below or name.above or name.accents or e.names.matches(name):
        return None
    return WRITTEN.get((name.letter, name.style))


def is_divergence(e: Elaborator, name: Name) -> bool:
    if (name.letter, spelled(name.below)) not in DIVERGENCE or name.above:
        return False
    return all(match.entries for match in e.names.matches(name))


def density(e: Elaborator, kind: str, group: Group, span: Span) -> Node:
    r"""The density at a value, which stands first: `\mathcal{N}(x; \mu, \Sigma)`."""
    wanted = len(DENSITIES[kind].names)
    if len(group.items) != wanted + 1 or any(isinstance(item, Mark) for item in group.items):
        raise e.unreadable("a law is no quantity: its density has a value before its parameters", span)
    value, *parameters = [e.node(item) for item in group.items]
    return build("exp", e.make("logpdf", *map(e.settle, parameters), value, span=span, data=kind))


def divergence(e: Elaborator, group: Group, span: Span) -> Node:
    """Of two laws of one kind, with two bars between them."""
    laws = [_law(e, item) for item in group.items if not isinstance(item, Mark)]
    marks = [item.text for item in group.items if isinstance(item, Mark)]
    if len(laws) != 2 or marks not in (["||"], ["|"]) or None in laws:
        raise e.unreadable("a divergence is read between two laws with their parameters", span)
    (kind, first), (other, second) = (law for law in laws if law is not None)
    if kind != other:
        raise e.unreadable("the divergence of laws of two kinds is not in the language", span)
    for a, b in zip(first, second, strict=True):
        if not e.same_shape(a.shape, b.shape):
            raise e.ill_typed("the parameters of both laws need equal shapes", span, a, b)
    return e.make("kl", *map(e.settle, (*first, *second)), span=span, data=kind)


def _law(e: Elaborator, surface: Surface) -> tuple[str, list[Node]] | None:
    if not isinstance(surface, Product) or len(surface.factors) != 2 or surface.operators != ("",):
        return None
    name, group = surface.factors
    if not isinstance(name, Name) or not isinstance(group, Group):
        return None
    kind = law_of(e, name)
    if kind is None or len(group.items) != len(DENSITIES[kind].names):
        return None
    return kind, [e.node(item) for item in group.items]
