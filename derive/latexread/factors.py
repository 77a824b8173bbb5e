r"""The factors of a product as they are written: applications `f(x)`, differentials `dL`, operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.latexread import tables
from derive.latexread.applications import Application, is_application
from derive.latexread.called import function_name
from derive.latexread.elaborator import Elaborator, Stop, Value
from derive.latexread.ellipsis import is_dots, trailing, unseen
from derive.latexread.products import Factor, product
from derive.latexread.surface import (
    Call,
    Derivative,
    Differential,
    Group,
    Nabla,
    Name,
    Numeral,
    Product,
    Scripted,
    Surface,
)
from derive.latexread.tokens import Span
from derive.latexread.unbracketed import opened
from derive.latexread.verbs import derived, reach, unwritten, variable
from derive.tree.nodes import Node
from derive.vocabulary.build import build

Written = tuple[str, Surface]
MOST_FACTORS = 300


def multiplied(e: Elaborator, surface: Surface) -> Value:
    return product(e, factors(e, written(e, surface)), surface.span)


def written(e: Elaborator, surface: Surface, derived: bool = False) -> list[Written]:
    """Factors with the operators before them; names joined to their arguments. `derived` is what stands behind a
    gradient: its first factor."""
    if not isinstance(surface, Product):
        parts = opened(e, ("", surface))
        if len(parts) == 1:
            return parts
        surface = Product(surface.span, tuple(f for _, f in parts), tuple(o for o, _ in parts[1:]))
    if len(surface.factors) > MOST_FACTORS:
        raise e.unreadable(f"a product of more than {MOST_FACTORS} factors is not read", surface.span)
    signs = ("", *surface.operators)
    raw = list(zip(signs, surface.factors, strict=True))
    raw = [part for pair in _spelled_out(e, raw) for part in opened(e, pair)]
    found: list[Written] = []
    i = 0
    while i < len(raw):
        sign, factor = raw[i]
        following = raw[i + 1] if i + 1 < len(raw) else None
        inside = _differential_of_call(e, factor, following)
        if inside is not None:
            found.append((sign, inside))
            i += 2
            continue
        if following is not None and following[0] == "" and _is_operator(e, factor, following[1]):
            raise e.unreadable(
                "the operator D is not read", factor.span, r"write \frac{\partial f}{\partial x}"
            )
        composed = _composed(e, factor, following)
        if composed is not None:
            found.append((sign, composed))
            i += 2
            continue
        first = derived and not i
        if following is not None and following[0] == "" and is_application(e, factor, following[1], first):
            group = following[1]
            marks = Scripted(group.span, group)
            if isinstance(group, Scripted):
                marks, group = group, group.base
            assert isinstance(factor, Name)
            assert isinstance(group, Group)
            call = Application(factor.span.to(group.span), factor, group, first)
            node: Surface = call
            if marks.below or marks.above or marks.primes:
                node = Scripted(call.span.to(marks.span), call, marks.below, marks.above, marks.primes)
            found.append((sign, node))
            i += 2
            continue
        if following is not None and following[0] == "" and _is_differential(e, factor, following[1]):
            from_d = factor.span.to(following[1].span)
            found.append((sign, DifferentialOf(from_d, following[1])))
            i += 2
            continue
        found.append((sign, factor))
        i += 1
    return found


@dataclass(frozen=True, slots=True)
class DifferentialOf(Surface):
    """`d x` typed with an ordinary d."""

    body: Surface


def differential_of(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, DifferentialOf)
    return build("d", e.node(surface.body))


def _composed(e: Elaborator, factor: Surface, following: Written | None) -> Surface | None:
    r"""`(f \circ g)(x)` is f(g(x)), where these are functions."""
    if following is None or following[0] != "" or not isinstance(factor, Group) or len(factor.items) != 1:
        return None
    inner, found = factor.items[0], following[1]
    if not isinstance(inner, Product) or set(inner.operators) != {"odot"} or not isinstance(found, Group):
        return None
    for name in reversed(inner.factors):
        group = found if isinstance(found, Group) else Group(found.span, "(", (found,), ")")
        if not isinstance(name, Name) or function_name(e, name) is None:
            return None
        found = Application(name.span.to(following[1].span), name, group)
    return found


def _differential_of_call(e: Elaborator, factor: Surface, following: Written | None) -> Surface | None:
    """`\\mathrm{d}f(x)` is the differential of f(x)."""
    if not isinstance(factor, Differential) or following is None or following[0] != "":
        return None
    body, group = factor.body, following[1]
    if isinstance(body, Name) and isinstance(group, Group) and is_application(e, body, group):
        span = body.span.to(group.span)
        return DifferentialOf(factor.span.to(group.span), Application(span, body, group))
    return None


def _is_differential(e: Elaborator, factor: Surface, following: Surface) -> bool:
    """Whether an ordinary d is that of a differential: nothing is called d, or a size is and `dL` has no gap."""
    if not isinstance(factor, Name) or factor.letter != "d" or factor.below or factor.above or factor.accents:
        return False
    if "d" in e.bound or any(p.rank < 2 for p in e.names.patterns.get("d", ())):
        return False
    if not e.known.is_size("d"):
        return True
    if not isinstance(following, Name) or factor.span.stop != following.span.start:
        return False
    return e.choose(factor.span, "differential", ("d is a differential", "d is a size")) == 0


def _is_operator(e: Elaborator, factor: Surface, following: Surface) -> bool:
    """Whether an upright or slanted D, of which nothing is known, stands before a name: `D f(x)`."""
    if not isinstance(factor, Name) or factor.letter != "D" or factor.accents or factor.above:
        return False
    known = "D" in e.bound or e.names.matches(factor) or e.known.is_size("D")
    return not known and isinstance(following, Name)


def _spelled_out(e: Elaborator, raw: list[Written]) -> list[Written]:
    """Words typed letter by letter (`Var(x)`, `loss_t`) where the letters alone mean nothing."""
    words = e.names.words
    found: list[Written] = []
    i = 0
    while i < len(raw):
        joined = _word_at(e, raw, i, words)
        if joined is None:
            found.append(raw[i])
            i += 1
        else:
            found.append((raw[i][0], joined[0]))
            i = joined[1]
    return found


def _word_at(e: Elaborator, raw: list[Written], start: int, words: object) -> tuple[Surface, int] | None:
    letters, stop = "", start
    while stop < len(raw) and len(letters) < 20:
        sign, factor = raw[stop]
        if (
            not isinstance(factor, Name)
            or len(factor.letter) != 1
            or not factor.letter.isalpha()
            or factor.accents
        ):
            break
        if stop > start and (sign != "" or raw[stop - 1][1].span.stop != factor.span.start):
            break
        letters += factor.letter
        stop += 1
        if factor.below or factor.above or factor.primes:
            break
    for end in range(stop, start + 1, -1):
        word = letters[: end - start]
        last = raw[end - 1][1]
        assert isinstance(last, Name)
        span = raw[start][1].span.to(last.span)
        following = raw[end][1] if end < len(raw) and raw[end][0] == "" else None
        named = word in tables.FUNCTIONS and word not in e.names.patterns
        if named and isinstance(following, Group):
            if len(word) > 2 or any(not _readable(e, raw[i][1]) for i in range(start, end)):
                over = span.to(following.span)
                return Call(over, tables.FUNCTIONS[word], last.below, last.above, following), end + 1
            continue
        if word in e.names.patterns and any(not _readable(e, raw[i][1]) for i in range(start, end)):
            return Name(span, word, "", (), last.below, last.above, last.primes), end
    return None


def _readable(e: Elaborator, surface: Surface) -> bool:
    try:
        e.value(surface)
    except Stop:
        return False
    return True


# ---------------------------------------------------------------- factors with values


def factors(e: Elaborator, raw: Sequence[Written]) -> list[Factor]:
    """The values of factors; an operator of differentiation takes as many of those behind it as it reaches."""
    found: list[Factor] = []
    for i, (sign, surface) in enumerate(raw):
        if is_dots(surface) and 0 < i < len(raw) - 1:
            continue
        if i > 1 and is_dots(raw[i - 1][1]):
            found = _filled_in(e, found, surface, raw[i - 1][1].span)
            continue
        if sign == "/" and _reaches_on(raw, i):
            options = ("a/b c is (a/b) c", "a/b c is a/(b c)")
            if e.choose(surface.span, "slash", options) == 1:
                rest = [("", s) if k == 0 else (o, s) for k, (o, s) in enumerate(raw[i : _run_end(raw, i)])]
                span = rest[0][1].span.to(rest[-1][1].span)
                found.append(Factor("/", product(e, factors(e, rest), span), span))
                return found + factors(e, raw[_run_end(raw, i) :])
        if isinstance(surface, (Nabla, Derivative)) and surface.rest is not None:
            found += _operator(e, sign, surface)
        else:
            found.append(Factor(sign, e.value(surface), surface.span))
    return found


def _filled_in(e: Elaborator, before: list[Factor], last: Surface, dots: Span) -> list[Factor]:
    r"""`p_1 p_2 \cdots p_n` as one product over an index."""
    numbers: list[Node] = []
    for factor in reversed(before):
        if not isinstance(factor.value, Node) or not factor.value.shape.is_scalar or factor.operator == "/":
            break
        numbers.insert(0, e.settle(factor.value))
    end = e.node(last)
    series = trailing(e, numbers, e.settle(end)) if numbers and end.shape.is_scalar else None
    if series is None:
        raise unseen(e, dots)
    length, (body, range_) = series
    span = before[-length].span.to(last.span)
    product_ = Factor(before[-length].operator, e.make("prod_over", body, span=span, data=range_), span)
    return [*before[:-length], product_]


def _reaches_on(raw: Sequence[Written], i: int) -> bool:
    """Whether a divisor has factors right behind it: `1/2\\sigma^2` may mean 1/(2 sigma^2)."""
    return i + 1 < len(raw) and raw[i + 1][0] == "" and isinstance(raw[i][1], (Numeral, Name, Scripted))


def _run_end(raw: Sequence[Written], i: int) -> int:
    end = i + 1
    while end < len(raw) and raw[end][0] == "":
        end += 1
    return end


def _operator(e: Elaborator, sign: str, surface: Nabla | Derivative) -> list[Factor]:
    rest = surface.rest
    assert rest is not None
    raw = written(e, rest, isinstance(surface, Nabla))
    argument = _argument(raw[0][1])
    there = _at_a_point(e, surface, raw[0][1])
    if there is not None:
        x: tuple[Node, ...] = (there,) * surface.order
    elif isinstance(surface, Nabla) and not surface.below and not isinstance(argument, Name):
        x = (unwritten(e, surface, e.value(raw[0][1])),) * surface.order
    else:
        x = variable(e, surface, argument)
    taken, body = reach(e, surface, raw, x, lambda part: product(e, factors(e, part), rest.span))
    node = derived(e, body, x, surface)
    span = Span(surface.span.start, raw[taken - 1][1].span.stop)
    return [Factor(sign, node, span), *factors(e, raw[taken:])]


def _at_a_point(e: Elaborator, operator: Nabla | Derivative, body: Surface) -> Node | None:
    r"""The u of `\nabla L(x)`, where L is known at u and x is another point."""
    if not isinstance(operator, Nabla) or operator.below or not isinstance(body, Application):
        return None
    value = e.value(body)
    return value.args[1] if isinstance(value, Node) and value.op == "at" else None


def _argument(surface: Surface) -> Surface | None:
    """The one argument of a call: `\\nabla f(w)` is a gradient in w."""
    group = surface.group if isinstance(surface, Application) else None
    if isinstance(surface, Call) and surface.bracketed and isinstance(surface.argument, Group):
        group = surface.argument
    return group.items[0] if group is not None and len(group.items) == 1 else None


def operator(e: Elaborator, surface: Surface) -> Value:
    """An operator of differentiation that is no factor of a longer product."""
    assert isinstance(surface, (Nabla, Derivative))
    if surface.rest is None:
        assert isinstance(surface, Derivative)
        assert surface.over is not None
        x = variable(e, surface)
        name = function_name(e, surface.over) if isinstance(surface.over, Name) else None
        over = e.value(surface.over) if name is None else build("apply", x[0], data=(name, 0))  # df/dz
        return derived(e, over, x, surface)
    return product(e, _operator(e, "", surface), surface.span)
