"""Jacobians through a recurrence: `dh_T/dh_t = dh_T/dh_{t+1} dh_{t+1}/dh_t`, once, with its boundary."""

from __future__ import annotations

from dataclasses import replace

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason
from derive.notation.text import text
from derive.rewrite.adjoint import Cut, User
from derive.rewrite.closing import Asked
from derive.rewrite.depend import index_of
from derive.rewrite.derived import Derived
from derive.rewrite.differential import Differentiation
from derive.rewrite.forms import collected
from derive.rewrite.readoff import jacobian_of
from derive.rewrite.reasons import joined
from derive.rewrite.shortest import shortest
from derive.tree.nodes import Node
from derive.vocabulary.build import add, build, count, matmul, reindex, sym


def chained(asked: Asked, names: frozenset[str]) -> Derived:
    """The Jacobian of one state in an earlier one, with its recursion and boundary."""
    y, x = asked.f, asked.x
    if y.op != "sym" or y.symbol.name not in names or x.op != "sym" or x.symbol.name != y.symbol.name:
        raise NotDerived(
            f"the Jacobian of {text(y)} in {text(x)} runs through a recurrence of unknown length",
            hint="ask for that of a state in an earlier state, or for the gradient of a scalar",
        )
    at = index_of(x)
    var = asked.scope.definitions[y.symbol.name].params[0]
    if at is None:
        raise NotDerived(f"{text(x)} is not at a known index")
    if at[0].name == var and var in asked.scope.bounds:
        found = _recursion(asked, names, var)
        return replace(found, where=((_jacobian(asked), found.expression), *found.where))
    generic = replace(asked, x=sym(x.symbol.name, x.shape, (count(var),), x.symbol.facts))
    lemma, main = _recursion(generic, names, var), _step(asked, names)
    blocks = tuple(replace(b, is_lemma=True) if isinstance(b, Chain) else b for b in lemma.blocks)
    where = ((_jacobian(generic), lemma.expression), *lemma.where)
    return Derived(main.expression, (*blocks, *main.blocks), where)


def _jacobian(asked: Asked) -> Node:
    return build("jacobian", asked.f, asked.x)


def _recursion(asked: Asked, names: frozenset[str], var: str) -> Derived:
    """At a free index: inside the range, and the identity at `y` itself."""
    cut = Cut(asked.f, asked.variation(names))
    inside = cut.interior()
    low, high = (inside[0], inside[1]) if inside is not None else asked.scope.bounds[var]
    step = _step(replace(asked, scope=asked.scope.with_range(var, low, high)), names)
    blocks: list[Block] = [
        replace(b, ranges={var: (low, high)}) if isinstance(b, Chain) else b for b in step.blocks
    ]
    ends = inside[2] if inside is not None else []
    where: list[tuple[Node, Node]] = []
    for end in ends:
        last = replace(asked, x=reindex(asked.x, {var: end}))
        if last.x != asked.f:
            closed = _step(last, names)
            blocks += closed.blocks
            where.append((_jacobian(last), closed.expression))
            continue
        identity = build("eye", count(asked.f.shape.dims[0]))
        line = Line(_jacobian(last), identity, Reason("a state in itself"))
        blocks.append(Chain((line,), last.x))
        where.append((line.left, identity))
    return Derived(step.expression, tuple(blocks), tuple(where))


def _step(asked: Asked, names: frozenset[str]) -> Derived:
    """One use of the chain rule over the states that the variable acts on directly."""
    work = Differentiation(asked.variation(names))
    users = Cut(asked.f, work.variation).users()
    if not users:
        raise NotDerived(f"{text(asked.f)} does not depend on {text(asked.x)} by a fixed number of steps")
    local = [build("jacobian", u.name, asked.x, *work.held_in(u.name)) for u in users]
    outer = [None if u.name == asked.f else build("jacobian", asked.f, u.name) for u in users]
    opened = [_local(u, asked, work) for u in users]
    left = _jacobian(asked)
    lines = [
        Line(left, _chain(outer, local), Reason("the chain rule over {0}", (users[0].name,))),
        Line(left, _chain(outer, [j for j, _ in opened]), joined([r for _, r in opened])),
    ]
    short, _, why = shortest(lines[-1].right, asked.scope, asked.names)
    if short != lines[-1].right:
        lines.append(Line(left, short, why if why.text else Reason("collect")))
    return Derived(short, (*work.lemmas, Chain(tuple(lines), asked.x)))


def _chain(outer: list[Node | None], local: list[Node]) -> Node:
    return add(*(j if o is None else matmul(o, j) for o, j in zip(outer, local, strict=True)))


def _local(user: User, asked: Asked, work: Differentiation) -> tuple[Node, Reason]:
    """The Jacobian of a state's own definition, with the states between held fixed."""
    lines, linear = work.run_body(user.name)
    reasons = [line.reason for line in lines]
    lines, linear = collected(work.total(user.name), lines, linear, work.variation, asked.scope)
    return jacobian_of(linear, asked.x, asked.scope), joined(reasons)
