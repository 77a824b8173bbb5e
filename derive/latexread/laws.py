r"""Laws with their parameters: `\mathcal{N}(x; \mu, \Sigma)`, `D_{\mathrm{KL}}(\mathrm{Cat}(p) \Vert \mathrm{Cat}(q))`.

The laws are those of `derive.vocabulary.densities`; here is only how they are written by hand. To read one more
way to write a law: a row in WRITTEN.
"""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.fitting import array, filled
from derive.latexread.patterns import spelled
from derive.latexread.surface import Call, Group, Mark, Name, Product, Script, Surface
from derive.latexread.tokens import Span
from derive.latexread.unspecified import only_divergence
from derive.tree.nodes import Node, Range, Shape
from derive.tree.sizes import Size
from derive.vocabulary.build import build, count, mul
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
    items = list(group.items)
    if len(items) > 2 and isinstance(items[1], Mark) and items[1].text == "|":  # x given its parameters
        del items[1]
    if len(items) != wanted + 1 or any(isinstance(item, Mark) for item in items):
        raise e.unreadable("a law is no quantity: its density has a value before its parameters", span)
    value, *parameters = [e.node(item) for item in items]
    value = _zeros(value, parameters[0])
    parameters = [_fitted(e, p, value) for p in parameters]
    return build("exp", e.make("logpdf", *map(e.settle, parameters), value, span=span, data=kind))


def _fitted(e: Elaborator, parameter: Node, value: Node) -> Node:
    r"""A parameter without a size, the I of `\mathcal N(x; \mu, v I)`, in that of the value."""
    if parameter.shape.kind == "matrix" and value.shape.kind == "vector":
        return filled(e, parameter, Shape("matrix", (*value.shape.dims, *value.shape.dims)))
    return filled(e, parameter, value.shape)


def divergence(e: Elaborator, arguments: tuple[Surface, ...], marks: Call, span: Span) -> Node:
    """Of two laws of one kind or of two vectors of probabilities, with bars between them."""
    sides = [item for item in arguments if not isinstance(item, Mark)]
    signs = [item.text for item in arguments if isinstance(item, Mark)]
    if len(sides) != 2 or signs not in (["||"], ["|"], []):
        raise e.unreadable("a divergence is read between two laws, with bars between them", span)
    try:
        laws = [_law(e, item) for item in sides]
        known = None not in laws or _discrete(e, sides, span)
    except Stop as stop:
        only = only_divergence(e, span)
        if only is None:
            raise stop from None
        return only
    if isinstance(known, Node):
        return known
    assert laws[0] is not None
    assert laws[1] is not None
    (kind, first), (other, second) = laws[0], laws[1]
    if kind != other:
        raise e.unreadable("the divergence of laws of two kinds is not in the language", span)
    first, second = (
        [_zeros(a, b) for a, b in zip(one, other, strict=True)]
        for one, other in ((first, second), (second, first))
    )
    for a, b in zip(first, second, strict=True):
        if not e.same_shape(a.shape, b.shape):
            raise e.ill_typed("the parameters of both laws need equal shapes", span, a, b)
    return e.make("kl", *map(e.settle, (*first, *second)), span=span, data=kind)


def _zeros(node: Node, other: Node) -> Node:
    """A plain 0 beside the mean of several numbers is their zero."""
    plain = node.op == "num" and node.number == 0 and not other.shape.is_scalar
    return array("zeros", other.shape) if plain else node


def _discrete(e: Elaborator, sides: list[Surface], span: Span) -> Node:
    r"""`\mathrm{KL}(p \| q)` of vectors of probabilities: p^\top \log(p / q)."""
    p, q = (e.node(side) for side in sides)
    if p.shape.kind != "vector" or not e.same_shape(p.shape, q.shape):
        raise e.unreadable(
            "a divergence is read between two laws with their parameters, or two vectors", span
        )
    p, q = e.settle(p), e.settle(q)
    return build("sum", mul(p, build("log", build("div", p, q))))


def under_law(e: Elaborator, below: Script, body: Surface, span: Span) -> Node:
    r"""`\mathbb E_{k \sim p}[...]`: the mean over k with the probabilities p; of a random name, over all that is."""
    cut = next(i for i, t in enumerate(below) if t.kind == "rel")
    name = e.read(below[:cut], span) if cut else None
    if below[cut].text != "~" or not isinstance(name, Name) or name.below or name.above:
        raise e.unreadable("the index of this expectation is not read", span)
    if any(e.context.scope.is_random(m.pattern.name) for m in e.names.matches(name)):
        return e.make("E", e.node(body), span=span)
    p = e.node(e.read(below[cut + 1 :], span))
    if p.shape.kind != "vector" or name.letter in e.bound or e.names.matches(name):
        raise e.unreadable(f"{name.letter} is not random in this problem", span)
    high = p.shape.dims[0]
    e.bound[name.letter] = (Size.of(1), high)
    try:
        value = e.node(body)
    finally:
        del e.bound[name.letter]
    weighted = mul(build("entry", p, count(name.letter)), value)
    return e.make("sum_over", e.settle(weighted), span=span, data=Range(name.letter, Size.of(1), high))


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
