r"""Conditions that limit what a line claims: `t < T` beside it, "for $i \ne j$" around it, `t = 1, \dots, T-1`.

A condition speaks of indices and sizes only; what it says is a number that is positive where it holds, and instances
on which it does not hold say nothing. To read one more relation: a row in HOLDS and in RELATIONS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import Callable, Iterable, Iterator, Sequence

from derive.latexread import Chain, Claim, Pair, Text
from derive.notation.names import Known
from derive.tree.nodes import Node, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.build import add, count, div, mul, neg, num, sym
from derive.vocabulary.scope import Scope

_SIDE = r"(?:[A-Za-z](?:\s*[+-]\s*\d+)?|\d+)"
_RELATION = (
    r"(?:\\(?:neq?|le(?:q(?:slant)?)?|ge(?:q(?:slant)?)?|lt|gt)(?![A-Za-z])|\\not\s*=|<=|>=|!=|[<>=≠≤≥])"
)
_CHAIN = re.compile(rf"({_SIDE})((?:\s*{_RELATION}\s*{_SIDE})+)")
_STEP = re.compile(rf"\s*({_RELATION})\s*({_SIDE})")
_RANGE = re.compile(
    rf"([A-Za-z])\s*(?:=|\\in\s*(?:\\\{{|\[))\s*({_SIDE})\s*(?:,\s*{_SIDE}\s*)*,?\s*\\[lc]?dots[bc]?\s*,?\s*({_SIDE})\s*(?:\\\}}|\])?"
)
_AROUND = re.compile(r"\\(?:forall|quad|qquad|text\{[^}]*\}|[,;:! ])|[()~,.;&\s]+")
_INLINE = re.compile(r"(?<!\$)\$(?!\$)([^$]{1,80})\$")
_BEHIND = re.compile(
    r"[\s$,]*(?:\\\])?(?:for|if|when|whenever|where)\s+(?:all\s+|every\s+|any\s+|each\s+)?\$([^$]{1,80})\$"
)
_HERE = re.compile(r"\s*(?:here|then|there|now|in (?:this|that) case)\b[^$.]*$", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;!?](?:\s|$)|\n\s*\n|\\\]|\$\$|\\end\{")

_REQUIRING = re.compile(
    r"\b(?:(?:requir|demand)(?:e|es|ing|s)?|wants?|needs?|assum(?:e|es|ing)|suppos(?:e|ing))(?: that| to have)?[\s:]*$"
    r"|\bto (?:have|get|keep|ensure|obtain|achieve|make)(?: that)?[\s:]*$",
    re.IGNORECASE,
)
_SUPPOSING = re.compile(
    r"\b(?:where|with|iff?|when|whenever|unless|as long as|provided(?: that)?)[\s:]*$", re.IGNORECASE
)
_SETTING = re.compile(r"\b(?:set|setting)[\s:]*$", re.IGNORECASE)
INEQUALITIES = frozenset({"<", ">", "<=", ">=", "!="})

RELATIONS = {
    "<": "<", ">": ">", "\\lt": "<", "\\gt": ">", "=": "=", "≠": "!=", "≤": "<=", "≥": ">=",
    "<=": "<=", ">=": ">=", "!=": "!=",
    **dict.fromkeys(("\\ne", "\\neq", "\\not="), "!="),
    **dict.fromkeys(("\\le", "\\leq", "\\leqslant"), "<="),
    **dict.fromkeys(("\\ge", "\\geq", "\\geqslant"), ">="),
}  # fmt: skip

LONGEST = 400  # characters of conditions
HALF = div(num(1), num(2))
HOLDS: dict[str, Callable[[Node], Node]] = {  # of left - right, a whole number: positive where it holds
    "<": neg,
    ">": lambda apart: apart,
    "<=": lambda apart: add(HALF, neg(apart)),
    ">=": lambda apart: add(HALF, apart),
    "!=": lambda apart: mul(apart, apart),
    "=": lambda apart: add(HALF, neg(mul(apart, apart))),
}
SAID = {"!=": "≠", "<=": "≤", ">=": "≥"}


@dataclass(frozen=True)
class Condition:
    left: Size
    relation: str
    right: Size

    @property
    def letters(self) -> frozenset[str]:
        return self.left.names | self.right.names

    @property
    def node(self) -> Node:
        """Positive where the condition holds."""
        return HOLDS[self.relation](add(count(self.left), neg(count(self.right))))

    def node_in(self, scope: Scope) -> Node:
        """The same where a letter may be a declared number."""
        return HOLDS[self.relation](add(_number(self.left, scope), neg(_number(self.right, scope))))

    def __str__(self) -> str:
        return f"{self.left} {SAID.get(self.relation, self.relation)} {self.right}"


def conditions_in(said: str) -> tuple[Condition, ...]:
    """What a piece of LaTeX says if it is nothing but conditions; else nothing."""
    found: list[Condition] = []
    if len(said) > LONGEST:
        return ()

    def ranged(match: re.Match[str]) -> str:
        var, low, high = Size.of(match[1]), _size(match[2]), _size(match[3])
        if low.constant is None and high.constant is not None:
            low, high = high, low  # `t = T, \\dots, 1`
        found.extend((Condition(low, "<=", var), Condition(var, "<=", high)))
        return ""

    def chained(match: re.Match[str]) -> str:
        left = _size(match[1])
        for step in _STEP.finditer(match[2]):
            right = _size(step[2])
            found.append(Condition(left, RELATIONS["".join(step[1].split())], right))
            left = right
        return ""

    rest = _CHAIN.sub(chained, _RANGE.sub(ranged, said))
    rest = _AROUND.sub("", re.sub(r"\\(?:text|mathrm)\{[^}]*\}|\band\b|\bfor\b|\ball\b", "", rest))
    return () if rest or not all(c.letters for c in found) else tuple(found)


def _number(size: Size, scope: Scope) -> Node:
    name = next((n for n in size.names if n in scope.declarations), None)
    if name is None:
        return count(size)
    shape, facts = Known(scope).meaning(name, ())
    return add(sym(name, shape, (), facts), num((size - Size.of(name)).constant or 0))


def _size(said: str) -> Size:
    letter = re.match(r"[A-Za-z]", said)
    rest = "".join(said[1:] if letter else said).replace(" ", "")
    offset = int(rest) if rest else 0
    return Size.of(letter[0]) + offset if letter else Size.of(offset)


def speaks_of_indices(conditions: Iterable[Condition], scope: Scope) -> bool:
    """Whether no letter is a quantity of the problem: then it limits a line and claims nothing."""
    return all(
        name not in scope.definitions and (name not in scope.declarations or _is_integer(name, scope))
        for c in conditions
        for name in c.letters
    )


def _is_integer(name: str, scope: Scope) -> bool:
    declared = scope.declarations.get(name)
    return declared is not None and declared.integers is not None


def is_condition(claim: Claim, text: Text, scope: Scope) -> bool:
    """Whether a claim only limits those beside it."""
    found = conditions_in(("0" if claim.continues else "") + text.slice(claim.span))
    return bool(found) and (claim.side or claim.inline) and speaks_of_indices(found, scope)


def is_required(claim: Claim, pair: Pair | None) -> bool:
    """Whether a claim says what is wanted or assumed: that is never wrong."""
    if claim.continues:
        return False
    if _REQUIRING.search(claim.words):
        return True
    if claim.relation in INEQUALITIES:
        return _SUPPOSING.search(claim.words) is not None
    is_number = pair is not None and pair.right.op == "num" and pair.right.number != 0
    return is_number and _SETTING.search(claim.words) is not None


def limits_only(chain: Chain, scope: Scope) -> bool:
    """Whether a chain says nothing but which indices the line beside it is about: `a_t = v, \\quad t = T`."""
    found = [conditions_in(c.latex) for c in chain.claims]
    return bool(found) and all(
        conditions and all(c.left.name in scope.indices or c.right.name in scope.indices for c in conditions)
        for conditions in found
    )


def limits_of(
    chain: Chain, sides: Iterable[Claim], text: Text, around: tuple[int, int], scope: Scope
) -> dict[int, tuple[Condition, ...]]:
    """The conditions of each claim, by id: those beside its line, else those of the nearest line of its chain;
    those in the sentence around it. `around` is where the formulas before and behind end and begin."""
    sentence = _sentence(chain, text, around)
    beside: dict[int, tuple[Condition, ...]] = {}
    for claim in chain.claims:
        own = _kept(conditions_in(claim.remark), scope) if claim.remark else ()
        for group in _groups(side for side in sides if claim.line <= side.line <= claim.end_line):
            own += _kept(conditions_in(text.text[group[0].span.start : group[-1].span.stop]), scope)
        beside[id(claim)] = own
    order = [beside[id(claim)] for claim in chain.claims]
    found: dict[int, tuple[Condition, ...]] = {}
    for i, claim in enumerate(chain.claims):
        near = [*order[i::-1], *order[i + 1 :]]
        found[id(claim)] = (*next((c for c in near if c), ()), *_kept(sentence, scope))
    return found


def _groups(sides: Iterable[Claim]) -> Iterator[list[Claim]]:
    """`1 \\le t < T` is two claims and one condition."""
    group: list[Claim] = []
    for side in sides:
        if group and not side.continues:
            yield group
            group = []
        group.append(side)
    if group:
        yield group


def _kept(conditions: tuple[Condition, ...], scope: Scope) -> tuple[Condition, ...]:
    return conditions if speaks_of_indices(conditions, scope) else ()


def _sentence(chain: Chain, text: Text, around: tuple[int, int]) -> tuple[Condition, ...]:
    """Conditions in the prose of the sentence that the chain stands in."""
    if not chain.claims:
        return ()
    start, stop = chain.claims[0].span.start, chain.claims[-1].span.stop
    before = re.sub(r"^[\s.,;]*\${1,2}", "", text.text[around[0] : start])  # behind the formula before
    before = before.rstrip().removesuffix("$$").removesuffix("\\[")
    ends = [0, *(m.end() for m in _SENTENCE.finditer(before.rstrip()))]
    if len(ends) > 1 and _HERE.match(before, ends[-1]):
        ends.pop()  # "Case 2 (i and j differ). Here ..."
    found: list[Condition] = []
    for match in _INLINE.finditer(before, ends[-1]):
        found += conditions_in(match[1])
    behind = _BEHIND.match(text.text, stop, min(len(text.text), max(around[1], stop) + 90))
    if behind is not None:
        found += conditions_in(behind[1])
    return tuple(found)


def around(grouped: Sequence[tuple[Chain, list[Claim]]], length: int) -> list[tuple[int, int]]:
    """Where the formulas before and behind each chain end and begin; conditions inside prose are prose."""
    edges: list[tuple[int, int] | None] = []
    for chain, sides in grouped:
        spans = [c.span for c in (*chain.claims, *sides)]
        is_prose = not spans or all(c.inline and conditions_in(c.latex) for c in chain.claims)
        edges.append(None if is_prose else (min(s.start for s in spans), max(s.stop for s in spans)))
    before, behind, last = [], [], 0
    for edge in edges:
        before.append(last)
        last = edge[1] if edge is not None else last
    last = length
    for edge in reversed(edges):
        behind.append(last)
        last = edge[0] if edge is not None else last
    return list(zip(before, reversed(behind), strict=True))


def unstated(pair: Pair, scope: Scope) -> Iterator[Condition]:
    """Conditions under which a false line may be true: two indices that differ, an index that is not at its end."""
    free = sorted(free_indices(pair.left) | free_indices(pair.right))
    ranges = {name: pair.indices.get(name) or scope.indices.get(name) for name in free}
    known = [
        name for name in free if ranges[name] is not None and (name in pair.indices or name in scope.indices)
    ]
    for a, b in combinations(known, 2):
        if ranges[a] == ranges[b]:
            yield Condition(Size.of(a), "!=", Size.of(b))
            yield Condition(Size.of(a), "=", Size.of(b))
    for a in known:
        for b, declared in scope.declarations.items():
            if declared.integers is not None and declared.integers == ranges[a]:
                yield Condition(Size.of(a), "!=", Size.of(b))
                yield Condition(Size.of(a), "=", Size.of(b))
    for name in known:
        low, high = ranges[name]  # type: ignore[misc]
        yield Condition(Size.of(name), "<", high)
        yield Condition(Size.of(name), ">", low)
        yield Condition(Size.of(name), "=", high)
        yield Condition(Size.of(name), "=", low)


__all__ = [
    "Condition",
    "around",
    "conditions_in",
    "is_condition",
    "is_required",
    "limits_of",
    "speaks_of_indices",
    "unstated",
]
