r"""Sums, products and maxima over indices; minimisers: \sum_{t=1}^{T}, \max_i, \arg\min_w."""

from __future__ import annotations

from derive.latexread.axes import names_axes, reduced
from derive.latexread.chained import joined
from derive.latexread.elaborator import Elaborator, Tensor, Value
from derive.latexread.entries import FREE
from derive.latexread.names import pieces, spelled
from derive.latexread.surface import Big, Group, Mark, Name, Script, Surface
from derive.latexread.tokens import Span
from derive.notation.literals import as_size
from derive.tree.nodes import Node, Range
from derive.tree.sizes import Size
from derive.vocabulary.arrays import REDUCTIONS

OVER = {"sum": "sum_over", "prod": "prod_over", "max": "max_over", "min": "min_over"}
ARGUMENT = {"argmax": "argmax_over", "argmin": "argmin_over"}  # of what an index counts


def big(e: Elaborator, surface: Surface) -> Value:
    assert isinstance(surface, Big)
    if surface.command in ("argmin", "argmax"):
        return _extremum(e, surface)
    if surface.command in REDUCTIONS and not surface.above and names_axes(e, surface.below):
        return reduced(e, surface.command, e.node(surface.body), surface.below, surface.span)
    op = OVER.get(surface.command)
    if op is None:
        raise e.unreadable(f"\\{surface.command} is not in the language", surface.span)
    ranges = _ranges(e, surface)
    outer = dict(e.bound)
    for var, low, high in ranges:
        e.bound[var] = (low, high)
    try:
        value = e.value(surface.body)
    finally:
        e.bound = outer
    if isinstance(value, Tensor):
        raise e.no_matrix(value, surface.body.span)
    for var, low, high in reversed(ranges):
        high = high.replace(e.found)
        if high.name is not None and high.name.startswith("?"):
            raise e.unreadable(
                f"the range of {var} does not show", surface.span, rf"write \sum_{{{var}=1}}^{{n}}"
            )
        value = joined(e, op, e.settle(value), Range(var, low, high), surface.span)
    return value


def _ranges(e: Elaborator, surface: Big) -> list[tuple[str, Size, Size]]:
    if not surface.below:
        raise e.unreadable(f"\\{surface.command} over what?", surface.span)
    found: list[tuple[str, Size, Size]] = []
    parts = pieces(surface.below)
    if ":" in spelled(surface.below):
        raise e.unreadable("paths such as w_{1:t} are not read", surface.span)
    if len(parts) > 4:
        raise e.unreadable("too many indices", surface.span)
    for part in parts:
        found.append(_range(e, part, surface))
    return found


def _range(e: Elaborator, script: Script, surface: Big) -> tuple[str, Size, Size]:
    """`t=1` with the upper end above, `t` alone over its declared range or that of what it counts."""
    span = surface.span
    written = e.read(script, span) if not any(t.kind == "rel" for t in script) else None
    if isinstance(written, Name):
        var = _index_name(e, written, span)
        declared = e.known.scope.indices.get(var) or e.context.indices.get(var)
        if surface.above:
            return var, Size.of(1), _size(e, surface.above, span)
        return (var, *declared) if declared else (var, Size.of(1), e.placeholder())
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
    if surface.above:
        return var, low, _size(e, surface.above, span)
    declared = e.known.scope.indices.get(var)
    return (var, low, declared[1]) if declared else (var, low, e.placeholder())


def _index_name(e: Elaborator, name: Name, span: Span) -> str:
    if name.below or name.above or name.accents or name.primes > 1 or not name.letter.isidentifier():
        raise e.unreadable("an index is a letter", span)
    return name.letter + "'" * name.primes


def _size(e: Elaborator, script: Script, span: Span) -> Size:
    size = as_size(e.count(e.read(script, span)))
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
    return e.make(surface.command, e.node(surface.body), x, span=surface.span)


def _counts(e: Elaborator, name: Name) -> bool:
    """Whether a letter below an operator is an index and no declared quantity."""
    declared = name.letter in e.known.scope.indices or name.letter in e.context.indices
    return declared or (name.letter in FREE and not e.names.matches(name))


def _largest(e: Elaborator, surface: Big, name: Name) -> Node:
    """`\\arg\\max_i x_i`: the first index where it is largest."""
    var, low, high = _range(e, surface.below, surface)
    outer = dict(e.bound)
    e.bound[name.letter] = (low, high)
    try:
        body = e.node(surface.body)
    finally:
        e.bound = outer
    high = high.replace(e.found)
    if high.name is not None and high.name.startswith("?"):
        raise e.unreadable(f"the range of {var} does not show", surface.span)
    return e.make(ARGUMENT[surface.command], e.settle(body), span=surface.span, data=Range(var, low, high))
