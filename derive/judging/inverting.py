r"""Names that stand for another quantity as a whole: \Lambda = \Sigma^{-1}, \ell = \log s^2, v = \sigma^2.

Who differentiates in such a name means all of it: the problem's \Sigma is \Lambda^{-1} wherever it stands. So the
definition is turned round, the checker says whether that is right (s may be negative), and everything else is written
with the name. To turn round one more operation: a row in UNDONE.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Callable, Iterable, Sequence

from derive.check.judge import Checker
from derive.errors import DeriveError
from derive.latexread import Claim
from derive.latexread.decorations import names_of
from derive.latexread.surface import Derivative, Differential, Nabla, Name, Product, Surface, parts
from derive.tree.nodes import Node, contains, names_in, walk
from derive.tree.sizes import Size
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import T, add, build, div, mul, neg, num, power, reindex, sym, transform
from derive.vocabulary.scope import Definition, Scope

LEFT_OVER = "{0} is written in terms of {1} only in part: {2} is left, which cannot be written with {1}"


def letters_varied(claims: Iterable[Claim]) -> frozenset[str]:
    """The letters of what claims differentiate in, or take differentials of."""
    found: set[str] = set()
    for claim in claims:
        for side in (claim.written_left, claim.right):
            for part in parts(side) if side is not None else ():
                found |= {n.letter for under in _varied(part) for n in names_of(under)}
                found |= (
                    {t.text for t in part.below if t.kind == "name"} if isinstance(part, Nabla) else set()
                )
    return frozenset(found)


def _varied(part: Surface) -> tuple[Surface, ...]:
    if isinstance(part, Derivative):
        return part.under
    if isinstance(part, Product):  # d X, with a d in italics
        return tuple(x for d, x in zip(part.factors, part.factors[1:], strict=False) if _is_d(d))
    return (part.body,) if isinstance(part, Differential) else ()


def _is_d(surface: Surface) -> bool:
    return isinstance(surface, Name) and surface.letter == "d"


def inverted(scope: Scope, introduced: Sequence[str], varied: Iterable[str]) -> Scope:
    """The scope in which definitions are written with those names that can be turned round; what such a name is made
    of, where it is the answer's own, first."""
    wanted = set(varied)
    for name in reversed(introduced):
        base = _base(scope.definitions[name]) if name in wanted and name in scope.definitions else None
        wanted |= {base.symbol.name} if base is not None else set()
    for name in (n for n in introduced if n in wanted and n in scope.definitions):
        own = scope.definitions[name]
        base = _base(own)
        if base is None or base.symbol.name in scope.definitions.keys() - set(introduced):
            continue
        turned = _turned(own, base)
        if turned is not None and _is_right(scope, own, base, turned):
            scope = _written(scope, own, base, turned)
    return scope


def left_over(nodes: Iterable[Node], scope: Scope, names: frozenset[str]) -> tuple[Node, Node, Node] | None:
    """A quantity that is differentiated in a name which stands for all of another one, the name, and that one, where
    the quantity is made of the other one beside the name."""
    for node in (n for root in nodes for n in walk(root)):
        if node.op not in DERIVATIVES or len(node.args) < 2:
            continue
        x = node.args[1].args[0] if node.args[1].op in ("entry", "T") else node.args[1]
        own = scope.definitions.get(x.symbol.name) if x.op == "sym" and x.symbol.name in names else None
        base = _base(own) if own is not None else None
        if base is not None and base.symbol.name in _reached(node.args[0], scope, x.symbol.name):
            return node.args[0], x, base
    return None


def _reached(node: Node, scope: Scope, without: str) -> frozenset[str]:
    """The names that a quantity is made of, but for one and what that one is made of."""
    seen: set[str] = set()
    waiting = list(names_in(node))
    while waiting:
        name = waiting.pop()
        if name in seen or name == without:
            continue
        seen.add(name)
        own = scope.definitions.get(name)
        bodies = (
            [b for b in (own.body, *(b for _, b in own.members)) if b is not None] if own is not None else []
        )
        waiting += [n for body in bodies for n in names_in(body)]
    return frozenset(seen)


# ---------------------------------------------------------------- one definition, turned round


def _base(own: Definition) -> Node | None:
    """The one quantity that a name is made of."""
    if own.body is None or own.members or own.argument is not None or own.body.op == "sym":
        return None
    if not contains(own.body, lambda n: n.op == "sym") or contains(
        own.body, lambda n: n.op not in OPERATIONS
    ):
        return None
    found = {n for n in walk(own.body) if n.op == "sym"}
    base = found.pop() if len(found) == 1 else None
    if base is None or [a.size.name for a in base.args if a.op == "count"] != list(own.params):
        return None
    return base if len(base.args) == len(own.params) else None


def _turned(own: Definition, base: Node) -> Node | None:
    """The base, written with the name."""
    body, found = own.body, sym(own.name, own.shape, base.args)
    assert body is not None
    try:
        while body != base:
            at = [i for i, a in enumerate(body.args) if contains(a, lambda n: n == base)]
            undo = UNDONE.get(body.op)
            if len(at) != 1 or undo is None:
                return None
            found, body = undo(found, body, at[0]), body.args[at[0]]
    except DeriveError:
        return None
    return found


Undo = Callable[[Node, Node, int], Node]  # what is on the other side, the operation, which argument is wanted


def _root(r: Node, n: Node, i: int) -> Node:
    k = n.args[1]
    if i or k.op != "num" or not k.number:
        raise DeriveError("no root")
    return build("sqrt", r) if k.number == 2 else power(r, num(Fraction(1) / k.number))


def _others(n: Node, i: int) -> tuple[Node, ...]:
    return (*n.args[:i], *n.args[i + 1 :])


UNDONE: dict[str, Undo] = {
    "log": lambda r, n, i: build("exp", r),
    "sqrt": lambda r, n, i: power(r, 2),
    "neg": lambda r, n, i: neg(r),
    "T": lambda r, n, i: T(r),
    "inv": lambda r, n, i: build("inv", r),
    "add": lambda r, n, i: add(r, *(neg(a) for a in _others(n, i))),
    "mul": lambda r, n, i: div(r, mul(*_others(n, i)) if len(n.args) > 2 else _others(n, i)[0]),
    "div": lambda r, n, i: mul(n.args[1], r) if i == 0 else div(n.args[0], r),
    "pow": _root,
}
OPERATIONS = UNDONE.keys() | {
    "exp",
    "sym",
    "num",
    "const",
    "count",
}  # a tanh is a unit, and its input is another


def _is_right(scope: Scope, own: Definition, base: Node, turned: Node) -> bool:
    """Whether the base has the value that the turned definition gives it."""
    try:
        return Checker(scope).line(base, "==", turned).status == "holds"
    except DeriveError:
        return False


def _written(scope: Scope, own: Definition, base: Node, turned: Node) -> Scope:
    """Every definition with the name for the base; what the base itself is made of stays."""

    def put(node: Node) -> Node:
        if node.op != "sym" or node.symbol.name != base.symbol.name:
            return node
        sizes = (Size.of(int(a.number)) if a.op == "num" else a.size for a in node.args)
        return reindex(turned, dict(zip(own.params, sizes, strict=True)))

    kept = {own.name, base.symbol.name, *_reached(base, scope, own.name)}
    found = dict(scope.definitions)
    for name, d in scope.definitions.items():
        if name in kept or d.argument is not None:
            continue
        body = transform(d.body, put) if d.body is not None else None
        found[name] = replace(d, body=body, members=tuple((at, transform(b, put)) for at, b in d.members))
    return replace(scope, definitions=found)
