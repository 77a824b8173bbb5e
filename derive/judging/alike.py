r"""Names without an index for what is the same at every index: `V = \operatorname{Var}(m_i)` of units that are alike.

The name then stands for the first of them. Where they differ, the index keeps its meaning, and the name none.
"""

from __future__ import annotations

from dataclasses import replace

from derive.check.judge import Checker
from derive.errors import DeriveError
from derive.latexread import Ambiguous, Claim, Context, Elaborated, elaborate
from derive.notation.derivation import Chain, Line, Reason
from derive.tree.nodes import Node, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.build import reindex

Ranges = dict[str, tuple[Size, Size]]


def of_any(claim: Claim, context: Context, wider: Context) -> Context:
    """The context with the names that a claim introduces, where they do not depend on an index that is left free."""
    definitions = dict(wider.scope.definitions)
    for name in definitions.keys() - context.scope.definitions.keys():
        own = definitions[name]
        if own.body is None or own.argument is not None or own.members:
            continue
        ranges = _ranges(claim, context)
        free = {i: ranges[i] for i in free_indices(own.body) - set(own.params) if i in ranges}
        if free and (first := _first(own.body, free, ranges, context)) is not None:
            definitions[name] = replace(own, body=first)
    if definitions == wider.scope.definitions:
        return wider
    return replace(wider.within(replace(wider.scope, definitions=definitions)), own=wider.own)


def _ranges(claim: Claim, context: Context) -> Ranges:
    found = elaborate(claim.right, context) if claim.right is not None else None
    found = found.readings[0] if isinstance(found, Ambiguous) else found
    told = found.indices if isinstance(found, Elaborated) else {}
    return {**context.scope.indices, **told}


def _first(body: Node, free: Ranges, ranges: Ranges, context: Context) -> Node | None:
    """What stands at the first index, if the same stands at all."""
    try:
        first = reindex(body, {name: low for name, (low, _) in free.items()})
        line = Line(body, first, Reason(""), "==")
        verdict = Checker(context.scope).chain(Chain((line,), None, ranges=ranges)).lines[0].verdict
    except DeriveError:
        return None
    return first if verdict is not None and verdict.status == "holds" else None
