"""A scope with more names: the symbols and definitions of a problem, or what `let:` adds and overrides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from derive.errors import InputError, ShapeError
from derive.notation.names import NO_FACTS
from derive.problem import functions, recurrence, symbols
from derive.problem.bodies import Bodies, only_members
from derive.problem.fields import Target
from derive.tree.nodes import Node, Shape, Symbol
from derive.vocabulary.build import transform
from derive.vocabulary.scope import Declaration, Scope


def extended(
    scope: Scope,
    declared: list[Target],
    defined: list[Target],
    formulas: Sequence[functions.FunctionTarget] = (),
) -> Scope:
    """The scope with new declarations and definitions; they replace those of the same name."""
    for target in defined:
        twin = next((t for t in declared if t.name == target.name and t.index == target.index), None)
        twin = twin or next((t for t in declared if t.name == target.name and not _differ(t, target)), None)
        if twin:
            message = f"'{target}' is a symbol (line {twin.place.line}) and defined"
            raise InputError(message, target.place, "remove one of the two, or rename it")
    replaced = {t.name for t in declared} | {t.name for t in defined if not only_members(t.name, defined)}
    fixed = {n: s for n in replaced if (s := shape_of(n, scope)) is not None}
    old = {n: facts_of(n, scope) for n in fixed}
    outer = replace(
        scope,
        declarations=_without(scope.declarations, {t.name for t in declared}, defined),
        definitions={n: d for n, d in scope.definitions.items() if n not in replaced},
        data={k: d for k, d in scope.data.items() if k.partition("[")[0] not in fixed},
    )
    outlines = symbols.outlines(declared, outer)
    _check_shapes(fixed, declared, {n: d.shape for n, d in outlines.items()})
    outer = replace(outer, declarations={**outer.declarations, **outlines})
    outer = functions.defined(outer, formulas)
    outer = Bodies(outer, defined, fixed).settled(outer)
    whole = symbols.declarations(declared, outer)
    outer = replace(outer, declarations={**outer.declarations, **whole})
    for name, facts in old.items():
        if facts_of(name, outer) != facts:
            outer = _with_facts(outer, name, facts_of(name, outer))
    recurrence.check(outer, {t.name for t in (*declared, *defined)})
    return outer


def _differ(a: Target, b: Target) -> bool:
    """Whether one is the family and the other one of its boundary members."""
    return bool(a.index and b.index) and (a.is_member or b.is_member)


def shape_of(name: str, scope: Scope) -> Shape | None:
    found = scope.definitions.get(name) or scope.declarations.get(name)
    return found.shape if found else None


def facts_of(name: str, scope: Scope) -> frozenset[str]:
    declared = scope.declarations.get(name)
    return NO_FACTS if name in scope.definitions or declared is None else declared.facts


def _without(
    declarations: Mapping[str, Declaration], names: set[str], defined: list[Target]
) -> dict[str, Declaration]:
    """Declarations without those that are replaced; given boundary members stay where a family is defined."""
    found = {}
    for name, declared in declarations.items():
        if name in names:
            continue
        is_defined = any(t.name == name and not t.is_member for t in defined)
        if is_defined and not declared.boundary:
            continue
        found[name] = declared
    return found


def _check_shapes(fixed: Mapping[str, Shape], targets: Iterable[Target], shapes: Mapping[str, Shape]) -> None:
    for target in targets:
        if target.name in fixed and shapes[target.name] != fixed[target.name]:
            message = f"'{target}' was {fixed[target.name]} and becomes {shapes[target.name]}"
            raise ShapeError(message, target.text.place, "a special case keeps its shape")


def _with_facts(scope: Scope, name: str, facts: frozenset[str]) -> Scope:
    """Every body that mentions the name mentions it with these facts."""

    def change(node: Node) -> Node:
        if node.op != "sym" or node.symbol.name != name or node.symbol.facts == facts:
            return node
        return Node("sym", node.args, Symbol(name, facts), node.shape)

    definitions = {
        key: replace(
            d,
            body=None if d.body is None else transform(d.body, change),
            members=tuple((i, transform(body, change)) for i, body in d.members),
        )
        for key, d in scope.definitions.items()
    }
    declarations = {
        key: replace(
            d,
            law=d.law and replace(d.law, args={k: transform(v, change) for k, v in d.law.args.items()}),
            of=tuple(transform(node, change) for node in d.of),
            interval=d.interval and (transform(d.interval[0], change), transform(d.interval[1], change)),
        )
        for key, d in scope.declarations.items()
    }
    return replace(scope, definitions=definitions, declarations=declarations)
