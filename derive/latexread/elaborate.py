r"""Surface trees to typed nodes, by the symbols of a problem. `MEANINGS` says what each class of trees means.

One run follows one reading. Where a formula can be read in several ways (how far \nabla reaches, the square of a
vector, a/b c) the run notes the choice; further runs take the others, and `Ambiguous` shows those that differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from derive.errors import DeriveError
from derive.latexread import surface as s
from derive.latexread.applications import Application, application
from derive.latexread.binders import big
from derive.latexread.conditions import indicator_below
from derive.latexread.context import MODES, Context, Mode
from derive.latexread.delimiters import group, norm, root
from derive.latexread.elaborator import Choices, Elaborator, Meaning, Stop, Tensor, Value, is_open
from derive.latexread.entries import entry
from derive.latexread.factors import DifferentialOf, differential_of, multiplied, operator
from derive.latexread.fitting import is_settled
from derive.latexread.functions import call
from derive.latexread.literals import cases, matrix, numeral
from derive.latexread.meant import sensible
from derive.latexread.naming import name
from derive.latexread.patterns import pieces, spelled
from derive.latexread.points import at_point
from derive.latexread.powers import raised
from derive.latexread.quotients import quotient
from derive.latexread.reaches import counting
from derive.latexread.reading import Ambiguous, Elaborated, Hook, IllTyped, Outcome, Unreadable
from derive.latexread.sums import sum_
from derive.latexread.tokens import Span, Token
from derive.latexread.unbracketed import opened
from derive.latexread.verbs import differential
from derive.tree.nodes import Node, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import build, num

MOST_READINGS = 8


def elaborate(
    surface: s.Surface, context: Context, mode: str | Mode = "declared", hook: Hook | None = None
) -> Outcome:
    """The typed node of a formula; IllTyped, Unreadable or Ambiguous where there is none, or more than one."""
    found: list[Elaborated] = []
    how: list[str] = []
    failure: IllTyped | Unreadable | None = None
    letters = counting(surface)

    def meaning(e: Elaborator) -> Node:
        e.counting_letters = letters
        return e.settle(e.node(surface))

    for label, outcome in runs(meaning, context, mode, hook):
        if isinstance(outcome, tuple):
            node, notes, indices = outcome
            assert isinstance(node, Node)
            if not is_settled(node):
                failure = failure or Unreadable("the size of this does not show", surface.span)
            elif all(node != f.node for f in found):
                found.append(Elaborated(node, notes, indices))
                how.append(label)
        else:
            failure = failure or outcome  # type: ignore[assignment]
    if not found:
        return failure or Unreadable("this formula cannot be read", surface.span)
    kept = sensible(list(zip(found, how, strict=True)), lambda r: (r[0].node,), context.names)
    if len(kept) == 1:
        return kept[0][0]
    return Ambiguous(tuple(r for r, _ in kept), tuple(label for _, label in kept), surface.span)


def unsized(surface: s.Surface, context: Context) -> tuple[Node, str] | None:
    """The node of a formula of which one size does not show, and what stands for that size."""

    def meaning(e: Elaborator) -> Node:
        return e.settle(e.node(surface))

    for _, outcome in runs(meaning, context, "declared", None):
        if not isinstance(outcome, tuple):
            return None
        node = outcome[0]
        waiting = {n for part in walk(node) for d in part.shape.dims for n in d.names if n.startswith("?")}
        return (node, waiting.pop()) if len(waiting) == 1 else None
    return None


def runs(
    meaning: Callable[[Elaborator], object], context: Context, mode: str | Mode, hook: Hook | None
) -> Iterator[tuple[str, object]]:
    """The first reading, then every one that differs from it in one choice."""
    chosen: list[tuple[str, Choices]] = [("", {})]
    done: set[tuple[tuple[object, int], ...]] = set()
    while chosen and len(done) < MOST_READINGS:
        label, choices = chosen.pop(0)
        key = tuple(sorted(((str(k), v) for k, v in choices.items())))
        if key in done:
            continue
        done.add(key)
        e = Elaborator(context, MODES[mode] if isinstance(mode, str) else mode, hook, choices, MEANINGS)
        outcome: object
        try:
            outcome = (meaning(e), tuple(e.notes), _free(e))
        except Stop as stop:
            outcome = stop.outcome
        except RecursionError:
            outcome = Unreadable("nested too deep", Span(0, 0))
        except DeriveError as error:  # the vocabulary refuses what no branch above foresaw
            outcome = Unreadable(error.message, Span(0, 0), error.hint)
        if not choices and e.offered:
            label = "; ".join(dict.fromkeys(options[0] for options in e.offered.values()))
        yield label, outcome
        if not choices:
            kinds: dict[tuple[str, tuple[str, ...]], list[tuple[Span, str]]] = {}
            for (span, what), options in e.offered.items():
                same = options if what != "reach" else (*options, str(span))
                kinds.setdefault((what, same), []).append((span, what))
            for places in kinds.values():  # what may be read in two ways is read the same way everywhere
                options = e.offered[places[0]]
                chosen += [(options[i], dict.fromkeys(places, i)) for i in range(1, len(options))]
            several = [place for places in kinds.values() if len(places) > 1 for place in places]
            chosen += [(e.offered[p][1], {p: 1}) for p in several]


def _free(e: Elaborator) -> dict[str, tuple[Size, Size]]:
    """The ranges of the indices that nothing binds."""
    e.meet_alike()
    ranges = {**e.free, **{k: (Size.of(1), high) for k, high in e.local.items()}}
    told = {k: (low, high.replace(e.found)) for k, (low, high) in ranges.items()}
    return {k: (low, high) for k, (low, high) in told.items() if not is_open(high)}


# ---------------------------------------------------------------- what trees mean


def _product(e: Elaborator, surface: s.Surface) -> Value:
    return multiplied(e, surface)


def _call(e: Elaborator, surface: s.Surface) -> Value:
    return call(e, surface) if len(opened(e, ("", surface))) == 1 else multiplied(e, surface)


def _fraction(e: Elaborator, surface: s.Surface) -> Value:
    assert isinstance(surface, s.Fraction)
    over, under = e.value(surface.over), e.count(surface.under)
    if isinstance(over, Tensor):
        if not under.shape.is_scalar:
            raise e.no_matrix(over, surface.over.span)
        return Tensor(over.y, over.x, (build("div", num(1), under), *over.scalars))
    return quotient(e, over, under, surface.span)


def _scripted(e: Elaborator, surface: s.Surface) -> Value:
    """Marks on anything but a name: entries below, operations above; a norm reads its own."""
    assert isinstance(surface, s.Scripted)
    base, below, above = surface.base, surface.below, surface.above
    if isinstance(base, s.Group) and base.left == "||":
        said = spelled(above)
        node = norm(e, base, spelled(below), said)
        return node if said == "2" else raised(e, node, above, surface.primes, surface.span)
    if isinstance(base, s.Group) and base.right == "|" and base.left in (".", "(", "[") and below:
        return at_point(e, base, below, surface.span)
    if isinstance(base, s.Group) and base.left == "<" and spelled(below) in ("F", "2", "mathrmF"):
        return raised(e, e.node(base), above, surface.primes, surface.span)
    found = indicator_below(e, base, below)
    if found is not None:
        return raised(e, found, above, surface.primes, surface.span)
    inner = base.items[0] if isinstance(base, s.Group) and base.left == "" else base
    if (
        isinstance(inner, s.Numeral)
        and inner.text in ("0", "1")
        and not below
        and above
        and _is_transpose(above[0])
    ):
        return e.value(s.Name(surface.span, inner.text, "bold", (), (), above, surface.primes))
    node = e.node(base)
    if isinstance(base, s.Group) and spelled(below) == "+":
        node, below = build("relu", node), ()  # (x)_+
    if below:
        node = entry(e, node, tuple(pieces(below)), surface.span)
    return raised(e, node, above, surface.primes, surface.span)


def _is_transpose(token: Token) -> bool:
    return token.text in ("top", "T")


def _words(e: Elaborator, surface: s.Surface) -> Value:
    raise e.unreadable("words inside a formula", surface.span)


def _mark(e: Elaborator, surface: s.Surface) -> Value:
    assert isinstance(surface, s.Mark)
    said = {
        "dots": "an ellipsis stands for factors or terms that nobody can check",
        "nothing": "nothing stands here",
    }
    raise e.unreadable(
        said.get(surface.text, f"the sign {surface.text!r} is not in the language"), surface.span
    )


def _relation(e: Elaborator, surface: s.Surface) -> Value:
    raise e.unreadable("a relation is no quantity", surface.span)


MEANINGS: Mapping[type[s.Surface], Meaning] = {
    s.Numeral: numeral,
    s.Name: name,
    s.Scripted: _scripted,
    s.Group: group,
    s.Relation: _relation,
    s.Sum: sum_,
    s.Product: _product,
    s.Fraction: _fraction,
    s.Root: root,
    s.Big: big,
    s.Call: _call,
    s.Derivative: operator,
    s.Nabla: operator,
    s.Differential: differential,
    s.Matrix: matrix,
    s.Cases: cases,
    s.Words: _words,
    s.Mark: _mark,
    Application: application,
    DifferentialOf: differential_of,
}
