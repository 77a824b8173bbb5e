"""`subject_to:` read into the minimisers of a part, with a multiplier for each constraint and the Lagrangian.

The multipliers are declared, and the Lagrangian defined, in the scope of the part: so lines may mention them.
"""

from __future__ import annotations

from dataclasses import replace

from derive.errors import InputError
from derive.problem.model import Equation, Named
from derive.tree.nodes import Node, names_in, walk
from derive.vocabulary.asked import EXTREMA
from derive.vocabulary.build import build, rebuild, sym
from derive.vocabulary.constraints import constraints_of, lagrangian_of
from derive.vocabulary.scope import Declaration, Definition, Scope

LAGRANGIAN = "Lagrangian"


def constrained(node: Node, constraints: tuple[Node, ...]) -> Node:
    """The node where every minimiser in a name of the constraints is one under these."""
    if node.args:
        node = rebuild(node, tuple(constrained(a, constraints) for a in node.args))
    if node.op not in EXTREMA or len(node.args) > 2 or node.args[1].op != "sym":
        return node
    own = [c for c in constraints if node.args[1].symbol.name in names_in(c)]
    return build(node.op, *node.args, *own) if own else node


def equations_of(subject_to: tuple[Equation, ...]) -> tuple[Node, ...]:
    for c in subject_to:
        if c.relation != "==":
            hint = "write an equation; a sign is a fact of the symbol (positive)"
            raise InputError("a constraint with an inequality is not in the language yet", c.place, hint)
    return tuple(build("eq", c.left, c.right) for c in subject_to if c.left is not None)


def refuse_idle(subject_to: tuple[Equation, ...], asked: tuple[Node, ...]) -> None:
    """An error where nothing asked is under the constraint."""
    used = {c for node in asked for n in walk(node) if n.op in EXTREMA for c in n.args[2:]}
    for c, equation in zip(subject_to, equations_of(subject_to), strict=True):
        if equation not in used:
            hint = "it is for argmin(f, w) or argmax(f, w) with w in the constraint"
            raise InputError("nothing that is asked is under this constraint", c.place, hint)


def with_multipliers(
    scope: Scope, find: tuple[Named, ...], name: str
) -> tuple[Scope, tuple[Node, ...], Node | None]:
    """The scope in which the multipliers are declared and the Lagrangian is defined, for the one minimiser asked."""
    extrema = list(
        dict.fromkeys(n for f in find for n in walk(f.expression) if n.op in EXTREMA and constraints_of(n))
    )
    if not extrema:
        return scope, (), None
    constraints = constraints_of(extrema[0])
    names = _names(name, len(constraints), scope)
    multipliers = tuple(sym(n, c.shape) for n, c in zip(names, constraints, strict=True))
    declared = {n: Declaration(n, c.shape) for n, c in zip(names, constraints, strict=True)}
    scope = replace(scope, declarations={**scope.declarations, **declared})
    if len(extrema) > 1 or _taken(LAGRANGIAN, scope):
        return scope, multipliers, None
    body = lagrangian_of(extrema[0].args[0], constraints, multipliers)
    definition = Definition(LAGRANGIAN, body.shape, (), body)
    notation = {LAGRANGIAN: r"\mathcal{L}", **scope.notation}
    scope = replace(scope, definitions={**scope.definitions, LAGRANGIAN: definition}, notation=notation)
    return scope, multipliers, sym(LAGRANGIAN, body.shape)


def _taken(name: str, scope: Scope) -> bool:
    return name in scope.declarations or name in scope.definitions or name in scope.indices


def _names(name: str, number: int, scope: Scope) -> list[str]:
    """`lambda`, or `lambda_1`, `lambda_2`; names that are taken get a prime's place."""
    names = [name] if number == 1 else [f"{name}_{k + 1}" for k in range(number)]
    while any(_taken(n, scope) for n in names):
        names = [f"{n}_c" for n in names]
    return names
