"""Gradients through a cut set: recursions with their boundary lines, sums over the index, closed adjoints put in."""

from __future__ import annotations

from dataclasses import replace

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason
from derive.notation.text import text
from derive.rewrite.adjoint import Cut, User, total_differential
from derive.rewrite.closing import Asked, independent, kept_names, read_gradient
from derive.rewrite.depend import graph_of
from derive.rewrite.derived import Derived
from derive.rewrite.differential import Differentiation
from derive.rewrite.reasons import joined
from derive.rewrite.shortest import shortest
from derive.rewrite.terms import is_zero, zero
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import build, count, d, rebuild, reindex, substitute
from derive.vocabulary.scope import Scope


def through_cut(asked: Asked, names: frozenset[str]) -> Derived:
    """The gradient through a cut set; adjoints that nobody keeps are introduced with recursion and boundary."""
    cut = Cut(asked.f, asked.variation(names))
    ends = cut.interior()
    main = _with_ends(asked, names, *ends) if ends is not None else _one_step(asked, cut)
    others = names - {asked.x.symbol.name} if ends is not None else names
    blocks, where = _adjoints(asked, others, main.expression)
    main, where = _put_in(asked, main, where)
    return Derived(main.expression, (*blocks, *main.blocks), (*where, *main.where))


def _put_in(
    asked: Asked, main: Derived, where: list[tuple[Node, Node]]
) -> tuple[Derived, list[tuple[Node, Node]]]:
    """Adjoints at one place (a mean, the last state) whose closed form is known go into the answer."""
    closed = {
        left: right
        for left, right in where
        if not _has_free_index(left.args[1], asked.scope) and not _speaks_of(right, asked.f)
    }
    used = {left: right for left, right in closed.items() if any(n == left for n in walk(main.expression))}
    if not used:
        return main, where
    answer = shortest(substitute(main.expression, used), asked.scope)[0]
    at = max(
        i for i, b in enumerate(main.blocks) if isinstance(b, Chain) and b.lines[-1].right == main.expression
    )
    chain = main.blocks[at]
    assert isinstance(chain, Chain)
    line = Line(asked.gradient, answer, Reason("{0} from above", (next(iter(used)),)))
    chain = replace(chain, lines=(*chain.lines, line))
    blocks = (*main.blocks[:at], chain, *main.blocks[at + 1 :])
    return replace(main, expression=answer, blocks=blocks), [w for w in where if w[0] not in used]


def _has_free_index(name: Node, scope: Scope) -> bool:
    return any(n in scope.bounds for a in name.args if a.op == "count" for n in a.size.names)


def _speaks_of(node: Node, f: Node) -> bool:
    return any(n.op == "gradient" and n.args[0] == f for n in walk(node))


def _with_ends(asked: Asked, names: frozenset[str], low: Size, high: Size, ends: list[Size]) -> Derived:
    """A variable at a free index: the recursion inside the range, a boundary line at each end."""
    var = _free_index(asked.x)
    inner = replace(asked, scope=asked.scope.with_range(var, low, high))
    main = _one_step(inner, Cut(asked.f, inner.variation(names)))
    blocks: list[Block] = [
        replace(b, ranges={var: (low, high)}) if isinstance(b, Chain) else b for b in main.blocks
    ]
    where = list(main.where)
    for end in ends:
        at = replace(
            asked, x=reindex(asked.x, {var: end}), kept=tuple(reindex(k, {var: end}) for k in asked.kept)
        )
        boundary = _one_step(at, Cut(asked.f, at.variation(names)))
        blocks += boundary.blocks
        where.append((at.gradient, boundary.expression))
    return Derived(main.expression, tuple(blocks), tuple(where))


def _free_index(x: Node) -> str:
    name = x.args[0].size.name if x.args and x.args[0].op == "count" else None
    if name is None:
        raise NotDerived(f"{text(x)} is not at a free index")
    return name


def _one_step(asked: Asked, cut: Cut) -> Derived:
    """One use of the chain rule over the cut, then ordinary differentials."""
    variation = cut.variation
    work = Differentiation(variation, kept_names(asked))
    users = cut.users()
    direct = _direct(asked, work)
    if not users and is_zero(direct):
        return independent(asked)
    shown = [d(u.name, *work.held_in(u.name)) for u in users]
    opened, reasons = zip(*(_open_user(u, work) for u in users), strict=True) if users else ((), ())
    first = total_differential(cut, direct, users, shown)
    start = work.settle(total_differential(cut, direct, users, list(opened)))
    shows_users = users and not any(_is_aggregate(u, asked) for u in users)
    lines = [Line(work.total(asked.f), work.shown(first), _why(asked, users, direct))] if shows_users else []
    start = work.folded(start)
    rest, linear = work.run(asked.f, start)
    if users and start != first:
        lines.append(Line(work.total(asked.f), work.shown(start), joined(list(reasons))))
    elif not users:
        lines.append(Line(work.total(asked.f), work.shown(start), Reason("definition of {0}", (asked.f,))))
    lines += rest
    lines += read_gradient(asked, lines, linear, work)
    return Derived(lines[-1].right, (*work.lemmas, Chain(tuple(lines), asked.x)))


def _is_aggregate(user: User, asked: Asked) -> bool:
    """A quantity of all states, whose own differential would hold too many of them fixed to be written down."""
    return bool(asked.x.args) and not user.name.args


def _direct(asked: Asked, work: Differentiation) -> Node:
    """The differential of f with the whole cut held fixed; a member of the cut is not opened."""
    if asked.f.op == "sym" and asked.f.symbol.name in work.variation.held_families:
        return work.leaf if asked.f == asked.x else zero(asked.f.shape)
    body = asked.scope.open(asked.f) if asked.f.op == "sym" else asked.f
    return work.settle(d(body if body is not None else asked.f))


def _open_user(user: User, work: Differentiation) -> tuple[Node, Reason]:
    """`d+` of a user's definition and why; an elementwise head is differentiated at once."""
    body = work.scope.open(user.name)
    assert body is not None
    work.fold[body] = work.fold[tidy(body)] = user.name
    differential, chain = work.open_body(body)
    return differential, joined([work.definition_reason(user.name, body), *([chain] if chain else [])])


def _why(asked: Asked, users: list[User], direct: Node) -> Reason:
    held = "the chain rule over all {0}" if users[0].bound else "the chain rule over {0}"
    if users[0].bound and graph_of(asked.scope).is_recurrent(users[0].name.symbol.name):
        held += ", each with the states before it held fixed"
    if len(users) == 1 and is_zero(direct):
        return Reason(f"{held}", (users[0].name,))
    if users[0].bound:
        return Reason(held, (users[0].name,))
    acted = [u.name for u in users]
    sources = [n.args[0] for n in walk(direct) if n.op == "d"]
    direct_words = " directly" if asked.x in sources else ""
    sources = [n for n in dict.fromkeys(sources) if n != asked.x]
    listed = ", ".join(f"{{{i + 1}}}" for i in range(len(sources) + len(acted)))
    through = f"{' and through' if direct_words else ''} {listed}" if listed else ""
    return Reason(
        f"{{0}} acts on {text(asked.f) if direct_words else ''}{direct_words}{through}".replace("  ", " "),
        (asked.x, *sources, *acted),
    )


def _adjoints(
    asked: Asked, names: frozenset[str], answer: Node
) -> tuple[list[Block], list[tuple[Node, Node]]]:
    """Recursions and boundaries of the adjoints in an answer that the author did not ask to keep."""
    blocks: list[Block] = []
    where: list[tuple[Node, Node]] = []
    kept_families = {g.args[1].symbol.name for g in asked.kept if g.op == "gradient" and g.args[0] == asked.f}
    waiting, done = [answer], set()
    at_one_place: set[Node] = set()  # members whose adjoint has a closed form of its own: the last state
    while waiting:
        for node in walk(waiting.pop()):
            if node.op != "gradient" or node.args[0] != asked.f or node.args[1].op != "sym":
                continue
            name = node.args[1].symbol.name
            if name in kept_families or name in done or name not in names or node in at_one_place:
                continue
            derived = _adjoint_recursion(asked, node.args[1], names)
            if [left for left, _ in derived.where] == [node] and not _has_free_index(
                node.args[1], asked.scope
            ):
                at_one_place.add(node)
            else:
                done.add(name)
            derived = replace(
                derived, where=tuple(w for w in derived.where if w[0] not in at_one_place or w[0] == node)
            )
            blocks += [replace(b, is_lemma=True) if isinstance(b, Chain) else b for b in derived.blocks]
            where += derived.where
            waiting += [right for _, right in derived.where]
    return blocks, where


def _adjoint_recursion(asked: Asked, member: Node, names: frozenset[str]) -> Derived:
    """The recursion of one adjoint at a generic index, and its boundary lines."""
    name = member.symbol.name
    definition = asked.scope.definitions[name]
    if definition.params and not _has_free_index(member, asked.scope):
        here = replace(asked, x=member, kept=())
        try:
            exact = _one_step(here, Cut(asked.f, here.variation(names)))
        except NotDerived:  # this member is inside the recursion, not at its end
            exact = None
        if exact is not None and not _speaks_of(exact.expression, asked.f):
            return replace(exact, where=((here.gradient, exact.expression),))
    if not definition.params:
        derived = _one_step(replace(asked, x=member), Cut(asked.f, replace(asked, x=member).variation(names)))
        return replace(derived, where=((build("gradient", asked.f, member), derived.expression),))
    var = definition.params[0]
    low, high = Cut(asked.f, asked.variation(names)).family_range(name)
    generic = replace(
        asked,
        x=rebuild(member, (count(var),)),
        scope=asked.scope.with_range(var, low, high),
        kept=(),
    )
    ends = Cut(asked.f, generic.variation(names)).interior()
    if ends is None:
        derived = _one_step(generic, Cut(asked.f, generic.variation(names)))
        return replace(derived, where=((generic.gradient, derived.expression), *derived.where))
    derived = _with_ends(generic, names, *ends)
    return replace(derived, where=((generic.gradient, derived.expression), *derived.where))
