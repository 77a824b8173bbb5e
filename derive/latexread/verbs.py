r"""Derivatives by types: gradient, Jacobian, Hessian; how far an operator reaches; differentials."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.latexread.elaborator import Elaborator, Stop, Tensor, Value
from derive.latexread.patterns import pieces
from derive.latexread.surface import Derivative, Differential, Group, Nabla, Name, Surface
from derive.latexread.tokens import Span
from derive.tree.nodes import Node, names_in
from derive.tree.sizes import Size
from derive.vocabulary.build import T, build, count, mul, num, sym

Written = tuple[str, Surface]
FARTHEST = 12


def variable(e: Elaborator, surface: Nabla | Derivative, argument: Surface | None = None) -> tuple[Node, ...]:
    """What is differentiated in: names, members or entries; for a bare \\nabla the argument behind it."""
    if isinstance(surface, Nabla):
        if not surface.below and isinstance(argument, Name):
            written: tuple[Surface, ...] = (argument,) * surface.order
        elif not surface.below:
            raise e.unreadable("a gradient in what?", surface.span, r"write \nabla_{x} f")
        else:
            below = surface.below
            twice = len(below) == 2 and below[0].text == below[1].text and below[0].kind == "name"
            below = below[:1] if twice else below  # \nabla_{ww}
            written = (e.read(below, surface.span),) * (2 if twice else surface.order)
    else:
        written = surface.under
    if len(written) > 2:
        raise e.unreadable("derivatives of third order are not in the language", surface.span)
    return tuple(_varied(e, e.node(w), w.span) for w in written)


def _varied(e: Elaborator, node: Node, span: Span) -> Node:
    r"""A name, a member or an entry; `\sigma^2` of a number; what a definition says, for its name."""
    base = node.args[0] if node.op == "T" else node
    base = base.args[0] if _is_power(base) else base
    if base.op in ("sym", "entry"):
        return node
    node = e.settle(node)
    for name, definition in e.known.scope.definitions.items():
        if definition.body == node and definition.argument is None:
            _, facts = e.known.meaning(name, tuple(Size.of(p) for p in definition.params))
            return sym(name, definition.shape, tuple(count(p) for p in definition.params), facts)
    raise e.unreadable("a derivative is taken in a name", span)


def _is_power(node: Node) -> bool:
    return node.op == "pow" and node.shape.is_scalar and node.args[1].op == "num"


def unwritten(e: Elaborator, surface: Nabla, of: Value) -> Node:
    r"""The variable of a bare `\nabla J`: what the problem derives in, and J depends on."""
    found = tuple(v for v in e.context.variables if _depends(e, of, (v,)))
    if not found or len(found) > 4:
        raise e.unreadable("a gradient in what?", surface.span, r"write \nabla_{x} f")
    names = tuple(f"the gradient is in {v.symbol.name}" for v in found)
    return found[e.choose(surface.span, "variable", names) if len(found) > 1 else 0]


def reach(
    e: Elaborator,
    surface: Nabla | Derivative,
    raw: Sequence[Written],
    x: tuple[Node, ...],
    product: Callable[[Sequence[Written]], Value],
) -> tuple[int, Value]:
    """How many of the factors behind an operator it applies to, and their product.

    A gradient takes the shortest part that is a number and depends on the variable; `\\partial/\\partial x` takes all
    of it, or the brackets right behind it. What else has a type is offered as another reading.
    """
    found: list[tuple[int, Value]] = []
    failure: Stop | None = None
    for k in range(1, min(len(raw), FARTHEST) + 1):
        if k < len(raw) and raw[k][0] == "/":
            continue
        try:
            found.append((k, product(raw[:k])))
        except Stop as stop:
            failure = failure or stop
    if len(raw) > FARTHEST:
        try:
            found.append((len(raw), product(raw)))
        except Stop as stop:
            failure = failure or stop
    if not found:
        assert failure is not None
        raise failure
    if isinstance(surface, Nabla):
        numbers = [f for f in found if isinstance(f[1], Node) and f[1].shape.is_scalar]
        wanted = [f for f in numbers if _depends(e, f[1], x)] or numbers or found
        options = [wanted[0]] + [f for f in wanted[-1:] if f is not wanted[0]]
    else:
        whole = [f for f in found if f[0] == len(raw)]
        first = [f for f in found if f[0] == 1]
        bracketed = isinstance(raw[0][1], Group)
        options = first + whole if bracketed else whole + first
        options = list(dict.fromkeys(options or found[-1:], None))
        options = [o for i, o in enumerate(options) if o[0] not in {p[0] for p in options[:i]}]
    if len(options) == 1:
        return options[0]
    labels = tuple(f"the derivative is of {_reach(k, len(raw))}" for k, _ in options)
    return options[e.choose(surface.span, "reach", labels)]


def _reach(factors: int, of: int) -> str:
    if factors == of:
        return "all that follows"
    return "the first factor" if factors == 1 else f"the first {factors} factors"


def _depends(e: Elaborator, value: Value, x: tuple[Node, ...]) -> bool:
    if isinstance(value, Tensor):
        return True
    wanted = names_in(x[0])
    found = names_in(value)
    return bool(wanted & found) or any(wanted & e.names.reach(n) for n in found)


def derived(e: Elaborator, value: Value, x: tuple[Node, ...], surface: Nabla | Derivative) -> Value:
    """The derivative of a quantity in one variable, or in two for the second order."""
    if isinstance(value, Tensor):
        raise e.no_matrix(value, surface.span)
    nabla = isinstance(surface, Nabla)
    if len(x) == 2:
        return _second(e, value, x, surface)
    return first_order(e, value, x[0], surface, e.mode.nabla_row if nabla else e.mode.partial_row)


def first_order(e: Elaborator, y: Node, x: Node, surface: Surface, as_row: bool) -> Value:
    span = surface.span
    y, x_transposed = e.settle(y), x.op == "T"
    if _is_power(x):
        inner = first_order(e, y, x.args[0], surface, as_row)
        rate = mul(x.args[1], build("pow", x.args[0], num(x.args[1].number - 1)))
        return e.make("div", inner, rate, span=span) if isinstance(inner, Node) else inner
    x = x.args[0] if x_transposed else x
    if y.op == "at" and y.args[1] == x:
        inner = first_order(e, y.args[0], x, surface, as_row)
        return e.make("at", inner, *y.args[1:], span=span) if isinstance(inner, Node) else inner
    if y.shape.is_scalar:
        gradient = e.make("gradient", y, x, span=span)
        if gradient.shape.kind == "vector" and (as_row or x_transposed):
            return T(gradient)
        return T(gradient) if x_transposed and gradient.shape.kind == "matrix" else gradient
    if y.shape.kind == "row" and not x.shape.is_scalar:
        e.note("the derivative of a row is read as that of the column", span, "layout")
        y = T(y)
    if x.shape.is_scalar:
        return e.make("jacobian", y, x, span=span)
    if y.shape.kind == "vector" and x.shape.kind == "vector":
        jacobian = e.make("jacobian", y, x, span=span)
        if isinstance(surface, Nabla):
            e.note("the gradient of a vector is read as its Jacobian", span, "layout")
        return T(jacobian) if e.mode.jacobian_transposed else jacobian
    return Tensor(y, x)


def _second(e: Elaborator, y: Node, x: tuple[Node, ...], surface: Surface) -> Node:
    a, b = (v.args[0] if v.op == "T" else v for v in x)
    if _is_power(a) or _is_power(b):
        once = first_order(e, y, b, surface, False)
        twice = first_order(e, once, a, surface, False) if isinstance(once, Node) else once
        if isinstance(twice, Tensor):
            raise e.no_matrix(twice, surface.span)
        return twice
    if a == b:
        return e.make("hessian", y, a, span=surface.span)
    if not y.shape.is_scalar:
        raise e.unreadable("a second derivative is taken of a number", surface.span)
    inner = e.make("gradient", y, b, span=surface.span)
    return e.make("gradient" if inner.shape.is_scalar else "jacobian", inner, a, span=surface.span)


def differential(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Differential)
    held = tuple(e.node(e.read(p, surface.span)) for p in pieces(surface.held))
    return e.make("d", e.node(surface.body), *held, span=surface.span)
