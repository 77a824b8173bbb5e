r"""Derivatives in a power of a quantity: \partial\ell / \partial\sigma^2, \partial\ell / \partial\Sigma^{-1}.

The power is a name of its own in such an answer, as if it said "let v = \sigma^2". And where the problem prints a
positive number as \sigma^2, an answer may write \sigma for its root.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.latexread import Ambiguous, Claim, Context, Elaborated, elaborate
from derive.latexread.decorations import names_of
from derive.latexread.own import Own, internal_name
from derive.latexread.patterns import spelled
from derive.latexread.surface import Derivative, Name, parts
from derive.latexread.tokens import Span
from derive.notation.latex import latex
from derive.tree.nodes import SCALAR, Node
from derive.vocabulary.build import build, count, sym
from derive.vocabulary.scope import Definition

MARKS = {"-1": "inv", "2": "squared", "-2": "precision"}  # in the name that is used inside


def with_powers(context: Context, claims: Iterable[Claim]) -> tuple[Context, tuple[Definition, ...]]:
    """The context in which powers that claims differentiate in are names, and those names."""
    found: list[Definition] = []
    for name in dict.fromkeys(_varied(claims)):
        node = _read(name, context)
        if node is None or spelled(name.above) not in MARKS:
            continue
        base = node.args[0].args[0] if node.args[0].op == "entry" else node.args[0]
        if base.op != "sym" or base.symbol.name not in context.scope.declarations:
            continue
        params = context.names.known.params(base.symbol.name) or ()
        if len(params) != len(base.args) or not all(p.isidentifier() for p in params):
            continue
        whole = sym(base.symbol.name, base.shape, tuple(count(p) for p in params), base.symbol.facts)
        body = build(node.op, whole, *node.args[1:])
        internal = internal_name(Own(base.symbol.name, (), (MARKS[spelled(name.above)],), ""), context)
        own = Definition(internal, body.shape, params, body)
        scope = context.scope
        key = f"{internal}[{', '.join(params)}]" if params else internal
        notation = {**scope.notation, key: f"{latex(whole, scope.notation)}^{{{spelled(name.above)}}}"}
        wider = replace(scope, definitions={**scope.definitions, internal: own}, notation=notation)
        context = replace(context.within(wider), own=context.own | {internal})
        found.append(own)
    return context, tuple(found)


def with_roots(context: Context, claims: Iterable[Claim]) -> tuple[Context, tuple[Definition, ...]]:
    """The context in which letters are names for roots of what the problem prints as their squares, and those names."""
    used = {n.letter for c in claims for side in (c.written_left, c.right) for n in names_of(side)}
    found: list[Definition] = []
    for name, declared in context.scope.declarations.items():
        printed = context.scope.notation.get(name, "")
        letter = printed.removesuffix("^2").removesuffix("^{2}").lstrip("\\")
        is_square = (
            printed.endswith(("^2", "^{2}")) and declared.shape.is_scalar and "positive" in declared.facts
        )
        if not is_square or declared.params or letter not in used:
            continue
        if any(not m.above for m in context.names.matches(Name(Span(0, 0), letter))):
            continue
        internal = internal_name(Own(letter, (), (), ""), context)
        own = Definition(internal, SCALAR, (), build("sqrt", sym(name, SCALAR, (), declared.facts)))
        scope = context.scope
        notation = {**scope.notation, internal: printed.removesuffix("^2").removesuffix("^{2}")}
        wider = replace(scope, definitions={**scope.definitions, internal: own}, notation=notation)
        context = replace(context.within(wider), own=context.own | {internal})
        found.append(own)
    return context, tuple(found)


def _varied(claims: Iterable[Claim]) -> Iterator[Name]:
    """Names with something above that stand below the bar of a derivative."""
    for claim in claims:
        for side in (claim.written_left, claim.right):
            for part in parts(side) if side is not None else ():
                if isinstance(part, Derivative):
                    yield from (u for u in part.under if isinstance(u, Name) and u.above)


def _read(name: Name, context: Context) -> Node | None:
    found = elaborate(name, context)
    found = found.readings[0] if isinstance(found, Ambiguous) else found
    node = found.node if isinstance(found, Elaborated) else None
    return node if node is not None and node.op in ("pow", "inv") else None
