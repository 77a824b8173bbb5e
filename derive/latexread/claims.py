"""Claims to pairs of typed nodes."""

from __future__ import annotations

from dataclasses import replace

from derive.latexread.answer import Claim
from derive.latexread.context import Context, Mode
from derive.latexread.elaborate import elaborate, runs
from derive.latexread.elaborator import Elaborator
from derive.latexread.fitting import filled, is_settled, zeroed
from derive.latexread.meant import sensible
from derive.latexread.reaches import counting
from derive.latexread.reading import Hook, IllTyped, Pair, Unreadable
from derive.latexread.surface import Name, Surface
from derive.latexread.tokens import Span
from derive.tree.nodes import Node, Range, walk
from derive.tree.sizes import Size


def elaborate_claim(
    claim: Claim,
    context: Context,
    mode: str | Mode = "declared",
    hook: Hook | None = None,
    against: str = "left",
) -> tuple[Pair, ...] | IllTyped | Unreadable:
    """Both sides of a claim, one pair for each reading; `against` the left side, or the "previous" right side."""
    left = claim.left if against == "left" else claim.previous
    if claim.refusal is not None:
        return Unreadable(claim.refusal.message, claim.refusal.span, claim.refusal.hint)
    if left is None or claim.right is None:
        return Unreadable("there is nothing to compare this with", claim.span)
    found = elaborate_pair(left, claim.right, context, mode, hook)
    if isinstance(found, Unreadable) and "does not show" in found.message:
        ranges = _ranges_of(claim.previous, context) if claim.previous is not None else {}
        sizes = context.sizes()
        if ranges:  # \sum_i \sigma^2 runs as the sum that it came from
            wider = replace(context, indices={**ranges, **context.indices})
            return elaborate_pair(left, claim.right, wider, mode, hook)
        if len(sizes) == 1:
            return elaborate_pair(left, claim.right, replace(context, only=sizes[0]), mode, hook)
    if isinstance(found, Unreadable) and isinstance(claim.written_left, Name) and found.span == left.span:
        right = elaborate(claim.right, context)  # what keeps a new name from being introduced
        return right if isinstance(right, Unreadable) else found
    return found


def _ranges_of(surface: Surface, context: Context) -> dict[str, tuple[Size, Size]]:
    """The ranges of the sums in a formula, by the letters that are written there."""
    found: dict[str, tuple[Size, Size]] = {}

    def meaning(e: Elaborator) -> Node:
        node = e.settle(e.node(surface))
        ranges = [n.data for n in walk(node) if isinstance(n.data, Range)]
        found.update({r.var: (r.low, r.high) for r in ranges if r.var not in found})
        return node

    for _ in runs(meaning, context, "declared", None):
        return found
    return found


def elaborate_pair(
    left: Surface, right: Surface, context: Context, mode: str | Mode = "declared", hook: Hook | None = None
) -> tuple[Pair, ...] | IllTyped | Unreadable:
    """Two formulas that are compared: each tells the other the sizes of its `0`, `1` and `I`."""
    found: list[Pair] = []
    failure: IllTyped | Unreadable | None = None

    letters = counting(left, right)

    def meaning(e: Elaborator) -> tuple[Node, Node]:
        e.counting_letters = letters
        return related(e, e.node(left), e.node(right), left.span, right.span)

    for how, outcome in runs(meaning, context, mode, hook):
        if not isinstance(outcome, tuple):
            failure = failure or outcome  # type: ignore[assignment]
            continue
        (a, b), notes, indices = outcome
        if not (is_settled(a) and is_settled(b)):
            failure = failure or Unreadable("the size of this does not show", right.span)
        elif all((a, b) != (p.left, p.right) for p in found):
            found.append(Pair(a, b, notes, how, indices))
    if found:
        return sensible(found, lambda pair: (pair.left, pair.right), context.names)
    return failure or Unreadable("this claim cannot be read", right.span)


def related(e: Elaborator, left: Node, right: Node, left_span: Span, right_span: Span) -> tuple[Node, Node]:
    """Both sides in one shape, or the reason why not."""
    left, right = _filled(e, left, right), _filled(e, right, left)
    _last_resort(e, left, right)
    if left.shape.is_scalar and right.shape.is_scalar:
        return e.settle(left), e.settle(right)
    if e.same_shape(left.shape, right.shape):
        return e.settle(left), e.settle(right)
    left, right = e.settle(left), e.settle(right)
    if e.hook is not None:
        helped = e.hook(left, right, "relation")
        if helped is not None:
            return left, helped
    message = f"the left side is {left.shape}, the right side {right.shape}"
    raise e.ill_typed(message, right_span, left, right, (left_span, right_span))


def _last_resort(e: Elaborator, left: Node, right: Node) -> None:
    r"""`\mathbf 1 \mathbf 1^\top x`: a size that nothing tells is the only one that stands there."""
    dims = {d.replace(e.found) for side in (left, right) for part in walk(side) for d in part.shape.dims}
    told = {d for d in dims if not any(name.startswith("?") for name in d.names)}
    if len(told) == 1 and told != dims:
        for d in dims - told:
            e.meet(d, next(iter(told)))


def _filled(e: Elaborator, node: Node, other: Node) -> Node:
    """A zero beside an array is the zero array; what is open takes the other side's shape."""
    if e.is_open(other):
        return node
    zero = None if e.is_open(node) else zeroed(node, other.shape)
    return filled(e, node, other.shape) if zero is None else zero
