"""Functions that an author gives by a formula (`gelu(r): r * Phi(r)`): their body and their first derivatives.

The argument stands for a scalar; the function is applied entry by entry, and keeps its name in answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.errors import InputError, NotDerived
from derive.problem.fields import expression, placed, text_of
from derive.problem.source import Entries, Text
from derive.rewrite.closing import Asked
from derive.rewrite.derivative import gradient
from derive.tree.nodes import SCALAR, Node, Shape, walk
from derive.vocabulary.build import ELEMENTWISE, sym
from derive.vocabulary.scope import Declaration, Definition, Scope

KEY = re.compile(r"\s*([A-Za-z_]\w*)\s*\(\s*([A-Za-z_]\w*)\s*\)\s*")
ORDERS = 3  # derivatives taken at once
PER_ENTRY = ELEMENTWISE | {
    "add", "neg", "mul", "div", "pow", "num", "const", "count", "where", "lt", "le", "gt", "ge", "sym", "apply",
}  # fmt: skip


@dataclass(frozen=True)
class FunctionTarget:
    """A row `f(z): body` of `define:`."""

    name: str
    argument: str
    key: Text
    text: Text


def split(entries: Entries, what: str) -> tuple[Entries, list[FunctionTarget]]:
    """The rows of a section without its functions, and the functions."""
    others, found = [], []
    for key, node in entries.entries:
        match = KEY.fullmatch(key.value)
        if match:
            found.append(FunctionTarget(match[1], match[2], key, text_of(node, what)))
        elif "(" in key.value:
            hint = "a function takes one scalar: write f(z): a formula in z"
            raise InputError(f"'{key.value}' is no name to define", key.place, hint)
        else:
            others.append((key, node))
    return Entries(tuple(others), entries.place), found


def defined(scope: Scope, targets: Sequence[FunctionTarget]) -> Scope:
    """The scope with the functions, in the order of the file; each may use those before it."""
    for target in targets:
        if target.name in scope.definitions or target.name in scope.declarations:
            raise InputError(f"'{target.name}' is already known", target.key.place, "rename one of the two")
        if target.name in ELEMENTWISE:
            hint = f"{target.name} is built in; leave the row out, or rename it"
            raise InputError(f"'{target.name}' is a function of the language", target.key.place, hint)
        scope = replace(scope, definitions={**scope.definitions, target.name: _read(target, scope)})
    return scope


def _read(target: FunctionTarget, scope: Scope) -> Definition:
    inner = replace(
        scope,
        declarations={**scope.declarations, target.argument: Declaration(target.argument, SCALAR)},
        definitions=_without(scope.definitions, target.argument),
    )
    body = expression(target.text, inner)
    with placed(target.text):
        found = by_formula(target.name, sym(target.argument, SCALAR), body, inner)
    if found is None:
        message = f"{target.name}({target.argument}) is a scalar formula, applied entry by entry"
        raise InputError(message, target.text.place, "leave out sums, products of matrices and verbs")
    return replace(found, place=target.key.place)


def by_formula(name: str, argument: Node, body: Node, scope: Scope) -> Definition | None:
    """The function with this body, and its derivatives by our rules; None where it is not one of a number. `scope`
    is that of the body, in which the argument is declared."""
    if any(n.op not in PER_ENTRY or not n.shape.is_scalar for n in walk(body)):
        return None
    slopes = _slopes(body, argument, scope)
    return Definition(name, Shape("function"), body=body, argument=argument, slopes=slopes)


def _slopes(body: Node, argument: Node, scope: Scope) -> tuple[Node, ...]:
    """The first derivatives as far as there are any."""
    found: list[Node] = []
    for _ in range(ORDERS):
        try:
            body = gradient(Asked(body, argument, scope)).expression
        except NotDerived:
            break
        found.append(body)
    return tuple(found)


def _without(definitions: Mapping[str, Definition], name: str) -> dict[str, Definition]:
    return {n: d for n, d in definitions.items() if n != name}
