r"""Names of an optimum: `\hat w`, `w^\star`, `\mu_{ML}` are the w and mu of the problem with a decoration.

What the value is, the judge knows; here is only how such names are written. To add a decoration: a word in WORDS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.latexread.context import Context
from derive.latexread.elaborate import elaborate
from derive.latexread.introducing import is_known
from derive.latexread.own import Own, internal_name, written_name
from derive.latexread.patterns import bare, pieces, spelled
from derive.latexread.reading import Elaborated, Unreadable
from derive.latexread.surface import Name, Script, Surface, parts
from derive.latexread.tokens import Token
from derive.tree.nodes import Node
from derive.vocabulary.scope import Definition

ACCENTED = frozenset({"hat", "widehat"})
MARKED = frozenset({"*", "star"})
WORDS = frozenset({"ml", "mle", "map", "ls", "ols", "opt", "optimal", "min", "max", "best", "ridge"})


def names_of(surface: Surface | None) -> Iterator[Name]:
    """Every name that stands in a formula."""
    if surface is not None:
        yield from (part for part in parts(surface) if isinstance(part, Name))


def plain(name: Name) -> Name | None:
    """The name without what says that it is an optimum; None where nothing says so."""
    accents = tuple(a for a in name.accents if a not in ACCENTED)
    said = bare(spelled(name.above))
    above = () if said in MARKED or said.lower() in WORDS else name.above
    kept = [p for p in pieces(name.below) if spelled(p).lower() not in WORDS | MARKED]
    below = name.below if len(kept) == len(pieces(name.below)) else _joined(kept)
    if (accents, above, below) == (name.accents, name.above, name.below):
        return None
    return replace(name, accents=accents, above=above, below=below)


def _joined(parts: list[Script]) -> Script:
    found: list[Token] = []
    for part in parts:
        found += [Token("comma", ",", part[0].start, part[0].start)] if found else []
        found += part
    return tuple(found)


def decorated(name: Name, context: Context) -> Node | None:
    """The declared symbol that a decorated name stands for, where no such name is known."""
    stripped = plain(name)
    if stripped is None or name.primes or is_known(name, context):
        return None
    found = elaborate(stripped, context)
    if isinstance(found, Unreadable) and stripped.below:  # w_\lambda: what it depends on
        found = elaborate(replace(stripped, below=()), context)
    if not isinstance(found, Elaborated) or found.node.op != "sym" or found.notes:
        return None
    return found.node


def naming(name: Name, symbol: Node, value: Node, context: Context) -> tuple[Context, str]:
    """The context in which the decorated name has a value, and the name inside."""
    params = tuple(a.size.name or "" for a in symbol.args if a.op == "count")
    below = tuple(s for p in pieces(name.below) if (s := spelled(p)) not in params)
    own = Own(name.letter, name.accents, below, spelled(name.above), params)
    internal = internal_name(own, context)
    scope = context.scope
    key = f"{internal}[{', '.join(params)}]" if params else internal
    definition = Definition(internal, symbol.shape, params, value)
    wider = replace(
        scope,
        definitions={**scope.definitions, internal: definition},
        notation={**scope.notation, key: written_name(own)},
    )
    values = {**context.optima, internal: symbol.symbol.name}
    return replace(context.within(wider), optima=values), internal
