"""Sums by types: sizes add up to one count, ones and zeros take the shape of their neighbours."""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator, Tensor
from derive.latexread.ellipsis import is_dots, trailing, unseen
from derive.latexread.entries import is_known
from derive.latexread.fitting import without_ones, zeroed
from derive.latexread.reaches import reaching
from derive.latexread.settle import CONSTANT
from derive.latexread.surface import Name, Numeral, Sum, Surface
from derive.latexread.tokens import Span
from derive.notation.literals import as_size
from derive.tree.nodes import Node, Number, contains
from derive.tree.sizes import Size
from derive.vocabulary.build import build, count, num

UP_TO = "constant"  # the kind of a note
CONSTANTS = frozenset({"C", "c", "K", "k"})  # what many write for it


def sum_(e: Elaborator, surface: Surface) -> Node | Tensor:
    assert isinstance(surface, Sum)
    surface = reaching(e, surface)
    terms: list[Node] = []
    spans: list[Span] = []
    dots = [i for i, (_, term) in enumerate(surface.terms) if is_dots(term)]
    letter: Surface | None = None  # what is taken for a constant
    for i, (sign, term) in enumerate(surface.terms):
        if i in dots and 0 < i < len(surface.terms) - 1:
            continue
        if len(surface.terms) > 1 and _is_constant(e, term):
            e.note("up to a constant", term.span, UP_TO)
            letter = term if isinstance(term, Name) and term.letter != CONSTANT else letter
            continue
        value = e.value(term)
        if isinstance(value, Tensor):
            if len(surface.terms) == 1:
                return Tensor(value.y, value.x, (num(-1), *value.scalars))
            raise e.no_matrix(value, term.span)
        terms.append(_negative(value, term) if sign == "-" else value)
        spans.append(term.span)
        if i - 1 in dots and len(terms) > 1:
            _filled_in(e, terms, spans, surface.terms[i - 1][1].span)
    if letter is not None and any(not t.shape.is_scalar for t in terms):
        e.node(letter)  # beside arrays it is none, and not known
    if len(terms) == 1:
        return terms[0]
    size = _folded(terms)
    if size is not None:
        return count(size)
    return added(e, terms, spans)


def _filled_in(e: Elaborator, terms: list[Node], spans: list[Span], dots: Span) -> None:
    """The terms around an ellipsis as one sum over an index."""
    found = trailing(e, [e.settle(t) for t in terms[:-1]], e.settle(terms[-1]))
    if found is None:
        raise unseen(e, dots)
    length, (body, range_) = found
    terms[-length - 1 :] = [e.make("sum_over", body, span=dots, data=range_)]
    spans[-length - 1 :] = [spans[-length - 1].to(spans[-1])]


def _is_constant(e: Elaborator, term: Surface) -> bool:
    """Whether a term only says that something constant is left out: `const`, or a C that nothing declares."""
    if not isinstance(term, Name) or term.below or term.above or term.primes or term.accents:
        return False
    if term.letter == CONSTANT:
        return True
    either = (term.letter, term.letter.swapcase())  # a slip of the case is read as one
    return term.letter in CONSTANTS and not any(is_known(e, letter) for letter in either)


def _negative(node: Node, term: Surface) -> Node:
    if node.op == "num" and isinstance(term, Numeral):
        return num(-node.number, isinstance(node.data, Number) and node.data.decimal)
    return build("neg", node)


def _folded(terms: list[Node]) -> Size | None:
    """`t - 1` as one count."""
    if not any("count" in (t.op, *(a.op for a in t.args)) for t in terms):
        return None
    total = Size.of(0)
    for term in terms:
        size = as_size(term)
        if size is None:
            return None
        total = total + size
    return total


def added(e: Elaborator, terms: list[Node], spans: list[Span]) -> Node:
    """A sum of terms: open ones are filled in, then all arrays have one shape."""
    closed = next(
        (t for t in terms if not t.shape.is_scalar and not e.is_open(t) and num(0) not in t.args), None
    )
    if closed is not None:  # W 0 + b
        terms = [t if e.is_open(t) or t.shape.is_scalar else zeroed(t, closed.shape) or t for t in terms]
    some = closed or next((t for t in terms if not t.shape.is_scalar), None)
    if some is None:
        return build("add", *terms)
    fitted: list[Node] = []
    first: Node | None = None
    where = spans[0]
    for term, span in zip(terms, spans, strict=True):
        term = opened(e, term, some)
        if term.shape.is_scalar:
            fitted.append(term)
            continue
        if first is not None and not e.same_shape(first.shape, term.shape):
            arrays = [e.settle(t) for t in fitted if not t.shape.is_scalar]
            whole = arrays[0] if len(arrays) == 1 else build("add", *arrays)
            helped = e.hook(whole, e.settle(term), "add") if e.hook is not None else None
            if helped is None:
                message = f"the sum of {e.settle(first).shape} and {e.settle(term).shape}"
                raise e.ill_typed(message, where.to(span), e.settle(first), e.settle(term), (where, span))
            first = helped  # all of them
            fitted = [*(t for t in fitted if t.shape.is_scalar), helped]
            continue
        if first is None:
            first, where = term, span
        fitted.append(term)
    kinds = {t.shape.is_scalar for t in fitted}
    if len(kinds) == 2 and any(
        t.shape.is_scalar and t.op not in ("num", "neg", "mul", "div") for t in fitted
    ):
        e.note("a number added to an array is added to every entry", spans[0].to(spans[-1]), "broadcast")
    return build("add", *(e.settle(t) for t in fitted))


def opened(e: Elaborator, term: Node, beside: Node) -> Node:
    """A term of open size: ones and zeros beside a closed array are numbers, which every entry gets."""
    if not e.is_open(term):
        return term
    number = without_ones(term) if not e.is_open(beside) and not has_eye(term) else None
    if number is not None:
        return number
    return e.settle(term) if e.same_shape(term.shape, beside.shape) else term


def has_eye(node: Node) -> bool:
    return contains(node, lambda n: n.op == "eye")
