"""Which members of a family an expression mentions: shifts, terms of a sum that are hit, boundary members."""

from __future__ import annotations

from derive.errors import NotDerived
from derive.notation.text import text
from derive.rewrite.depend import Variation, index_of
from derive.tree.nodes import Node, walk
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.scope import Scope


class IndexUnclear(NotDerived):
    """Something is there or not, depending on how large a size is; `wanted` are sizes that would have to be
    at least 0 for it to be there."""

    def __init__(self, message: str, wanted: tuple[Size, ...], hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.wanted = wanted

    def assumption(self, scope: Scope) -> tuple[Size, str, Size] | None:
        """`T > 3`, where that is all that is missing."""
        for size in self.wanted:
            name = next(iter(size.names)) if len(size.names) == 1 else ""
            rest = (size - Size.of(name)).constant if name else None
            if rest is not None and name not in scope.bounds and not never_negative(size, scope.bounds):
                return Size.of(name), ">", Size.of(-rest - 1)
        return None


def index_gap(a: Node, b: Node) -> int | None:
    one, two = index_of(a), index_of(b)
    return (one[0] - two[0]).constant if one and two else None


def direct_shifts(node: Node, var: str, variation: Variation) -> set[int] | None:
    """All k such that `node` mentions the variable's family at index `var + k`; None where that is not known."""
    target, found = variation.wrt.symbol.name, set()
    seen: set[Node] = set()
    waiting = [node]
    while waiting:
        for n in walk(waiting.pop()):
            if n.op != "sym" or n in seen:
                continue
            seen.add(n)
            index = index_of(n)
            if n.symbol.name == target and n.args:
                shift = (index[0] - Size.of(var)).constant if index else None
                if shift is None:
                    if index and var not in index[0].names and not variation.varies(n):
                        continue
                    return None
                found.add(shift)
            elif n.symbol.name not in variation.held_families and variation.graph.reaches(
                n.symbol.name, target
            ):
                body = variation.scope.open(n)
                if body is None:
                    continue
                if len(seen) > 2000:
                    return None
                waiting.append(body)
    return found


def inside(index: Size, low: Size, high: Size, scope: Scope) -> bool | None:
    """Whether low <= index <= high: True, False, or None where it depends on the instance."""
    ranges = scope.bounds
    if never_negative(index - low, ranges) and never_negative(high - index, ranges):
        return True
    if never_negative(low - index - 1, ranges) or never_negative(index - high - 1, ranges):
        return False
    return None


def terms_hit(total: Node, variation: Variation) -> list[Size] | None:
    """Which terms of `sum(e, s)` contain the variable, a family member: their indices; None where all may."""
    at = index_of(variation.wrt) if variation.wrt.args else None
    if at is None:
        return None
    bound = total.range
    shifts = direct_shifts(total.args[0], bound.var, variation)
    if shifts is None:
        return None
    hits = []
    for shift in sorted(shifts):
        there = inside(at[0] - shift, bound.low, bound.high, variation.scope)
        if there is None:
            raise IndexUnclear(
                f"whether {text(variation.wrt)} occurs in {text(total)} depends on the index",
                (at[0] - shift - bound.low, bound.high - at[0] + shift),
            )
        if there:
            hits.append(at[0] - shift)
    return hits


def may_be_given(name: Node, scope: Scope) -> Size | None:
    """The boundary index that a member with a free index may have on some instance, if there is one."""
    declared = scope.declarations.get(name.symbol.name)
    definition = scope.definitions.get(name.symbol.name)
    index = index_of(name)
    if not index or not any(n in scope.bounds for n in index[0].names):
        return None
    ends = [b[0] for b in (declared.boundary if declared else ())]
    ends += [member[0] for member, _ in (definition.members if definition else ())]
    for end in ends:
        gap = index[0] - end
        apart = never_negative(gap - 1, scope.bounds) or never_negative(-gap - 1, scope.bounds)
        if not apart and gap.constant is None:
            return end
    return None


def refuse_unclear(name: Node, variation: Variation, families: bool = True) -> None:
    """A member that may be given at one end of the range, or may be the variable itself, is not opened."""
    if families and name.symbol.name in variation.held_families and name != variation.wrt:
        raise NotDerived(
            f"whether {text(name)} is {text(variation.wrt)} depends on the index",
            hint="restrict the part with a range, such as for: t=2..T",
        )
    end = may_be_given(name, variation.scope)
    if end is not None:
        raise NotDerived(
            f"{text(name)} is given at one end of the range and defined elsewhere",
            hint=f"restrict the part with a range that leaves out {name.symbol.name}[{end}], such as for: t=2..T",
        )
