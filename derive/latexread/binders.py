r"""Sums, products and maxima over indices; minimisers: \sum_{t=1}^{T}, \max_i, \arg\min_w."""

from __future__ import annotations

from collections.abc import Sequence

from derive.latexread.axes import names_axes, reduced
from derive.latexread.chained import joined
from derive.latexread.conditions import chosen, indicator
from derive.latexread.elaborator import Elaborator, Tensor, Value, is_open
from derive.latexread.entries import FREE, index, is_known
from derive.latexread.extremal import constrained
from derive.latexread.fitting import filled
from derive.latexread.over_paths import over_paths
from derive.latexread.parse import parse_relation
from derive.latexread.patterns import pieces, spelled
from derive.latexread.quotients import scaled
from derive.latexread.reaches import indices_of
from derive.latexread.settle import settled
from derive.latexread.surface import Big, Group, Mark, Name, Relation, Script, Surface, children
from derive.latexread.tokens import Span, Unread
from derive.notation.literals import as_size
from derive.tree.nodes import Node, Range
from derive.tree.sizes import Size
from derive.vocabulary.arrays import REDUCTIONS
from derive.vocabulary.asked import SOUGHT
from derive.vocabulary.build import num

OVER = {"sum": "sum_over", "prod": "prod_over", "max": "max_over", "min": "min_over"}
EXTREME = {"max": "argmax", "min": "argmin"}
Ranged = tuple[str, Size, Size]  # an index and its ends; the upper one is open until something tells it
MOST_NESTED = 6  # each costs as many evaluations as its range has members
ARGUMENT = {"argmax": "argmax_over", "argmin": "argmin_over"}  # of what an index counts


def _depth(surface: Surface) -> int:
    """How many sums stand inside each other."""
    return isinstance(surface, Big) + max(map(_depth, children(surface)), default=0)


def big(e: Elaborator, surface: Surface) -> Value:
    assert isinstance(surface, Big)
    best = constrained(e, surface) if any(t.kind == "rel" for t in surface.below) else None
    if best is not None:
        return best
    if surface.command in SOUGHT:
        return _extremum(e, surface)
    if surface.command in REDUCTIONS and not surface.above and names_axes(e, surface.below):
        return reduced(e, surface.command, e.node(surface.body), surface.below, surface.span)
    over = over_paths(e, surface)
    if over is not None:
        return over
    op = OVER.get(surface.command)
    if surface.command in EXTREME and surface.below and not surface.above:
        least = _least(e, surface)
        if least is not None:
            return least
    if op is None:
        raise e.unreadable(f"\\{surface.command} is not in the language", surface.span)
    if _depth(surface) > MOST_NESTED:
        raise e.unreadable(f"more than {MOST_NESTED} sums inside each other", surface.span)
    ranges, tests = _ranges(e, surface)
    value = _bound(e, ranges, surface.body, tests, surface.command)
    if isinstance(value, Tensor):
        raise e.no_matrix(value, surface.body.span)
    for found in reversed(ranges):
        value = joined(e, op, e.settle(value), _told(e, found, surface.span), surface.span)
    return value


def _bound(
    e: Elaborator, ranges: list[Ranged], body: Surface, tests: Sequence[Surface] = (), command: str = "sum"
) -> Value:
    """The value of what an operator binds indices in; where a test fails it counts as nothing."""
    outer = dict(e.bound)
    for var, low, high in ranges:
        e.bound[var] = (low, high)
    try:
        value = e.value(body)
        for test in tests:
            if isinstance(value, Tensor) or command not in ("sum", "prod"):
                raise e.unreadable(f"a condition below \\{command} is not read here", test.span)
            value = (
                scaled([indicator(e, test), value]) if command == "sum" else chosen(e, test, value, num(1))
            )
        return value
    finally:
        e.bound = outer


def _told(e: Elaborator, ranged: Ranged, span: Span) -> Range:
    """The range of a bound index: what was written, else what it counts, else what the problem declares."""
    var, low, high = ranged
    e.meet_alike()
    declared = _declared(e, var)
    if is_open(high.replace(e.found)) and declared is not None:
        e.found[high.name or ""] = declared[1]
    told, high = is_open(high), high.replace(e.found)
    if is_open(high) and e.context.only is not None:
        e.found[str(high.name)], high = e.context.only, e.context.only
        e.note(f"{var} runs over 1..{high}, the only size of the problem", span, "scope")
    if is_open(high):
        raise e.unreadable(f"the range of {var} does not show", span, rf"write \sum_{{{var}=1}}^{{n}}")
    if told and declared is not None and low == Size.of(1):
        beyond = (high - declared[1]).constant
        if beyond is not None and beyond >= 0:
            return Range(var, *declared)  # it fits
        e.note(f"{var} runs over 1..{high} here, by what it counts", span, "index")
    return Range(var, low, high)


def _declared(e: Elaborator, var: str) -> tuple[Size, Size] | None:
    return e.known.scope.indices.get(var) or e.context.indices.get(var)


def _ranges(e: Elaborator, surface: Big) -> tuple[list[Ranged], list[Surface]]:
    r"""The indices below an operator with their ranges, and conditions on them: `k=1, k \ne i`, `i : y_i > 0`."""
    if not surface.below:
        raise e.unreadable(rf"\{surface.command} over what?", surface.span)
    found: list[Ranged] = []
    tests: list[Surface] = []
    parts = [q for piece in _rows(surface.below) for p in pieces(piece) for q in _letters(p)]
    if len(parts) > 4:
        raise e.unreadable("too many indices", surface.span)
    for part in parts:
        colon = next((i for i, t in enumerate(part) if t.text in (":", "|")), None)
        if colon is not None and any(t.kind == "rel" for t in part[colon:]):
            found.append(_range(e, part[:colon], surface))
            tests.append(_test(e, part[colon + 1 :], surface.span))
        elif colon is not None:
            raise e.unreadable("paths such as w_{1:t} are not read", surface.span)
        elif any(t.kind == "rel" and t.text in FILTERS for t in part):
            tests.append(_test(e, part, surface.span))
            found += _filtered(e, tests[-1], {var for var, _, _ in found}, surface)
        else:
            found.append(_range(e, part, surface))
    return found, tests


def _letters(part: Script) -> list[Script]:
    r"""`\sum_{ij}` is a sum over i and over j."""
    several = 1 < len(part) < 4 and all(t.kind == "name" and len(t.text) == 1 for t in part)
    return [(t,) for t in part] if several else [part]


FILTERS = frozenset({"!=", "<", "<=", ">", ">="})


def _rows(below: Script) -> list[Script]:
    r"""What stands below, line by line: `\substack{k=1 \\ k \ne i}`."""
    cuts = [i for i, t in enumerate(below) if t.kind == "row"]
    edges = [-1, *cuts, len(below)]
    return [below[a + 1 : b] for a, b in zip(edges, edges[1:], strict=False) if b > a + 1]


def _test(e: Elaborator, script: Script, span: Span) -> Surface:
    try:
        return parse_relation(settled(script))
    except Unread as error:
        raise e.unreadable(error.message, span, error.hint) from None


def _filtered(e: Elaborator, test: Surface, named: set[str], surface: Big) -> list[Ranged]:
    r"""The indices that a condition introduces: the k of `k \ne i`; in `i < j` both, unless j stands elsewhere."""
    sides = [s for s in (test.left, test.right)] if isinstance(test, Relation) else []
    letters = [_index_name(e, s, surface.span) if isinstance(s, Name) else None for s in sides]
    if not letters or letters[0] is None or isinstance(sides[0], Relation):
        raise e.unreadable(f"the range {spelled(surface.below)} is not read", surface.span)
    new = [k for k in letters if k is not None and k not in named and (k not in e.bound or k in e.free)]
    other = letters[1]
    inside = indices_of(surface.body)
    constant = not inside & set(new)
    seen = other in e.free or other in e.local or (constant and other in e.known.scope.indices)
    if constant and len(new) == 2 and not seen:
        pass
    elif letters[0] in new and len(new) == 2 and other is not None and (constant or other in inside):
        options = (f"the sum is over {letters[0]} and {other}", f"the sum is over {letters[0]}")
        chosen_one = e.choose(surface.span, "over", options[::-1] if seen else options) ^ seen
        new = new[: 2 - chosen_one]
    else:
        new = [letters[0]] if letters[0] not in named else []
    high = [_size(e, surface.above, surface.span) if surface.above else e.placeholder() for _ in new]
    return [(k, Size.of(1), h) for k, h in zip(new, high, strict=True)]


def _range(e: Elaborator, script: Script, surface: Big) -> Ranged:
    """`t=1` with the upper end above; `t` alone over what it counts, which turns out below it."""
    span = surface.span
    written = e.read(script, span) if not any(t.kind == "rel" for t in script) else None
    if isinstance(written, Name):
        var = _index_name(e, written, span)
        return var, Size.of(1), _size(e, surface.above, span) if surface.above else e.placeholder()
    at = next((i for i, t in enumerate(script) if t.kind == "rel"), None)
    if at is None or script[at].text not in ("=", "in") or at == 0:
        raise e.unreadable(f"the range {spelled(script)} is not read", span)
    name = e.read(script[:at], span)
    if not isinstance(name, Name):
        raise e.unreadable(f"the range {spelled(script)} is not read", span)
    var = _index_name(e, name, span)
    if script[at].text == "in":
        low, high = _set(e, script[at + 1 :], span)
        return var, low, high
    low = _size(e, script[at + 1 :], span)
    return var, low, _size(e, surface.above, span) if surface.above else e.placeholder()


def _index_name(e: Elaborator, name: Name, span: Span) -> str:
    if name.below or name.above or name.accents or name.primes > 1 or not name.letter.isidentifier():
        raise e.unreadable("an index is a letter", span)
    return name.letter + "'" * name.primes


def _size(e: Elaborator, script: Script, span: Span) -> Size:
    letter = script[0].text if len(script) == 1 else ""
    if letter in FREE and not is_known(e, letter):
        return Size.of(index(e, script, span, (Size.of(1), e.placeholder())).size.name or letter)
    node = e.count(e.read(script, span))
    named = e.context.scope.open(node) if node.op == "sym" else None  # N, where the answer says N = d
    size = as_size(node) if named is None else as_size(named)
    if size is None:
        raise e.unreadable(f"{spelled(script)} is no end of a range", span)
    return size


def _set(e: Elaborator, script: Script, span: Span) -> tuple[Size, Size]:
    """`\\{1, \\dots, T\\}`."""
    group = e.read(script, span)
    if isinstance(group, Group) and group.left in ("{", "["):
        kept = [i for i in group.items if not isinstance(i, Mark)]
        ends = [as_size(e.node(i)) for i in (kept[0], kept[-1])] if kept else []
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None and len(kept) < len(group.items):
            return ends[0], ends[1]
    raise e.unreadable(f"the range {spelled(script)} is not read", span)


def _extremum(e: Elaborator, surface: Big) -> Node:
    if not surface.below:
        raise e.unreadable(f"{surface.command} in what?", surface.span)
    written = e.read(surface.below, surface.span)
    if isinstance(written, Name) and _counts(e, written):
        return _largest(e, surface, written)
    x = e.node(written)
    if x.op not in ("sym", "entry"):
        raise e.unreadable("a minimiser is sought in a name", surface.span)
    body = _equation(e, surface.body) if surface.command == "solve" else e.node(surface.body)
    return e.make(surface.command, body, x, span=surface.span)


def _equation(e: Elaborator, body: Surface) -> Node:
    """What is solved: `(a = b)`."""
    within = body.items[0] if isinstance(body, Group) and len(body.items) == 1 else body
    if (
        not isinstance(within, Relation)
        or within.relation != "="
        or within.left is None
        or within.right is None
    ):
        raise e.unreadable("an equation is wanted in brackets", body.span)
    left, right = e.node(within.left), e.node(within.right)
    left, right = filled(e, left, right.shape), filled(e, right, left.shape)
    return e.make("eq", left, right, span=body.span)


def _least(e: Elaborator, surface: Big) -> Node | None:
    """`\\min_w f`, the value of f at its minimiser; None where the letter below counts."""
    if any(t.kind == "rel" for t in surface.below):
        return None
    written = e.read(surface.below, surface.span)
    if not isinstance(written, Name) or _counts(e, written):
        return None
    x = e.node(written)
    if x.op != "sym":
        return None
    body = e.settle(e.node(surface.body))
    return e.make(
        "at", body, x, e.make(EXTREME[surface.command], body, x, span=surface.span), span=surface.span
    )


def _counts(e: Elaborator, name: Name) -> bool:
    """Whether a letter below an operator is an index and no declared quantity."""
    declared = name.letter in e.known.scope.indices or name.letter in e.context.indices
    return declared or (name.letter in FREE and not e.names.patterns.get(name.letter))


def _largest(e: Elaborator, surface: Big, name: Name) -> Node:
    """`\\arg\\max_i x_i`: the first index where it is largest."""
    ranged = _range(e, surface.below, surface)
    body = _bound(e, [ranged], surface.body)
    if isinstance(body, Tensor):
        raise e.no_matrix(body, surface.body.span)
    found = _told(e, ranged, surface.span)
    return e.make(ARGUMENT[surface.command], e.settle(body), span=surface.span, data=found)
