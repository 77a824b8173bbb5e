r"""Names that the problem loses: "let $g = \nabla_y L$", where it has another g; results called as a member is.

A student sees what the problem prints, not how its author spells it: who says "let" of a letter that is printed
otherwise, that is asked of nowhere, or that cannot be what he says, names something of his own from there on. Where
the problem says the same of the letter, it is no new name; what the problem defines under that very sign stays its.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable

from derive.errors import DeriveError
from derive.judging.bench import Bench
from derive.judging.ladder import judge_pair
from derive.judging.rungs import DECLARED
from derive.judging.tie import questions
from derive.latexread import Ambiguous, Claim, Context, Elaborated, elaborate, elaborate_pair, read_answer
from derive.latexread.names import Names
from derive.latexread.patterns import Pattern
from derive.latexread.surface import Name, Surface
from derive.notation.latex import latex
from derive.problem.model import Part
from derive.tree.nodes import Node, names_in
from derive.vocabulary.build import sym


def freed(claim: Claim, context: Context, loud: bool) -> Context | None:
    """The context in which the letter of a definition is nobody's; None where the problem's meaning is meant."""
    name = claim.written_left
    if not isinstance(name, Name) or claim.right is None:
        return None
    matches = context.names.matches(name)
    loud = loud or bool(matches) and matches[0].pattern.name in context.unasked
    if not (loud or claim.defines):
        return None
    meant, said = _read(name, context), _read(claim.right, context)
    if not matches or meant is None or said is None:
        return None
    pattern = matches[0].pattern
    if meant.op not in ("sym", "entry") or pattern.name in context.optima.keys() | context.optima.values():
        return None
    if pattern.name in names_in(said):  # a step of an iteration, or a slip
        return None
    misprinted = pattern.rank > 0 and _printed_otherwise(pattern, context)
    if not misprinted and not _cannot_be(pattern, meant, said, context, loud):
        return None
    if meant.shape == said.shape and not _differ(name, claim.right, context):
        return None
    hidden = context.hidden | {(pattern.name, name.letter)}
    return replace(context, hidden=hidden, names=Names(context.scope, hidden))


def members_first(context: Context, parts: Iterable[Part]) -> Context:
    r"""The context in which Y_{11} is a member of the family Y, and not what a part calls its result: with the sign
    free, what stands there reads as that member."""
    for part in parts:
        for asked, name in questions(part):
            if name is None or "[" in name or not asked.args:
                continue
            printed = latex(sym(name, asked.shape), context.scope.notation)
            sides = [claim.left for claim in read_answer(f"${printed} = 0$").claims]
            letters = [side.letter for side in sides if isinstance(side, Name)]
            hidden = context.hidden | {(name, letter) for letter in letters}
            without = replace(context, hidden=hidden, names=Names(context.scope, hidden))
            if any(_read(side, without) == asked for side in sides if side is not None):
                context = without
    return context


def _printed_otherwise(pattern: Pattern, context: Context) -> bool:
    """Whether the author's notation gives the name another letter than the one that stands in the file."""
    printed = [
        p for ps in context.names.patterns.values() for p in ps if p.name == pattern.name and p.rank == 0
    ]
    return bool(printed) and all(p.letter != pattern.letter for p in printed)


def _cannot_be(pattern: Pattern, meant: Node, said: Node, context: Context, loud: bool) -> bool:
    """Whether a formula is no meaning of a name that the problem prints so."""
    scope = context.scope
    declared = scope.declarations.get(pattern.name)
    if any(v.symbol.name == pattern.name for v in context.variables) or not names_in(said):
        return False
    if sorted(map(str, meant.shape.dims)) != sorted(map(str, said.shape.dims)):
        return not any(d.names and str(d).startswith("?") for d in said.shape.dims)
    if declared is None or not loud or meant.op != "sym" or said.op == "sym":
        return False
    return declared.law is None and not declared.of


def _differ(left: Surface, right: Surface, context: Context) -> bool:
    """Whether the problem's meaning is another one; where that cannot be told, it is not."""
    try:
        pairs = elaborate_pair(left, right, context)
        if not isinstance(pairs, tuple):
            return False
        bench = Bench(context)
        return all(judge_pair(bench, p, "==", DECLARED).outcome in ("fails", "only-if") for p in pairs)
    except (DeriveError, RecursionError):
        return False


def _read(surface: Surface, context: Context) -> Node | None:
    try:
        found = elaborate(surface, context)
    except (DeriveError, RecursionError):
        return None
    found = found.readings[0] if isinstance(found, Ambiguous) else found
    return found.node if isinstance(found, Elaborated) else None
