"""Identities: both sides are walked to a common form, shown as one chain from left to right."""

from __future__ import annotations

from dataclasses import replace

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason, Step
from derive.notation.text import text
from derive.rewrite.algebra import rows_used, simplify
from derive.rewrite.backwards import latest, solved_for
from derive.rewrite.clearing import cleared
from derive.rewrite.derived import Derived
from derive.rewrite.elementary import in_exponentials
from derive.rewrite.expression import VERBS, Wish, derive_expression, has_verbs, hides_verbs, is_unspecified
from derive.rewrite.fold import fold_names
from derive.rewrite.ordinary import ordinary
from derive.rewrite.polynomial import multiplied_out, same_value
from derive.rewrite.reasons import in_scalar, joined
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, node_count, walk
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import rebuild
from derive.vocabulary.scope import Scope

MOST_OPENED = 12  # names
READABLE = 30  # nodes of a form in a message

Walk = list[tuple[Node, Reason]]  # forms of one side, each with the reason that leads to it


def prove(left: Node, right: Node, wish: Wish) -> Derived:
    """One chain `left == ... == right`; NotDerived where the two sides do not meet."""
    kept = tuple(n for n in walk(right) if n.op in DERIVATIVES and n != left)
    ways = (
        [replace(wish, in_terms_of=(*wish.in_terms_of, *kept))] if kept else []
    )  # the right side's stay ...
    scope = wish.scope
    for way in (*ways, wish):  # ... or are derived as well
        try:
            blocks, forms = _walk(left, way)
            other_blocks, others = _walk(right, way)
        except NotDerived:
            if way is wish:
                raise
            continue
        _meet(forms, others, scope)
        if _same(forms[-1][0], others[-1][0], scope):
            break
    else:
        if lines := cleared(tidy(forms[-1][0]), tidy(others[-1][0]), scope):
            above = Chain(tuple(lines[:-1]))
            return _through(left, forms, others, lines[-1:], (*blocks, *other_blocks, above))
        if lines := in_exponentials(tidy(forms[-1][0]), tidy(others[-1][0])):
            return _through(left, forms, others, lines, (*blocks, *other_blocks))
        raise NotDerived(
            f"the two sides do not meet: {_readable(forms)} and {_readable(others)}",
            hint="give the lines yourself under steps:",
        )
    lines = [Line(left, form, reason) for form, reason in forms[1:]]
    if tidy(forms[-1][0]) != tidy(others[-1][0]):
        lines += _common_form(left, forms[-1][0], others[-1][0], scope)
    for i in range(len(others) - 1, 0, -1):
        lines.append(Line(left, others[i - 1][0], others[i][1]))
    lines = _distinct(left, lines or [Line(left, right, Reason("both sides are one expression"))])
    lines = _not_by_itself(lines)
    last = blocks[-1] if blocks and not other_blocks else None
    if isinstance(last, Chain) and last.lines[-1].left == left and last.lines[-1].right == lines[0].right:
        joined_up = replace(last, lines=(*last.lines, *lines[1:]))
        return Derived(right, (*blocks[:-1], joined_up))
    return Derived(right, (*blocks, *other_blocks, Chain(tuple(lines))))


def _through(left: Node, forms: Walk, others: Walk, lines: list[Line], blocks: tuple[Block, ...]) -> Derived:
    """The chain from left to right, with the lines that lead from one side's last form to the other's."""
    all_lines = [Line(left, form, reason) for form, reason in forms[1:]]
    all_lines += [replace(line, left=left) for line in lines]
    all_lines += [Line(left, others[i - 1][0], others[i][1]) for i in range(len(others) - 1, 0, -1)]
    return Derived(others[0][0], (*blocks, Chain(tuple(_distinct(left, all_lines)))))


def _common_form(left: Node, mine: Node, theirs: Node, scope: Scope) -> list[Line]:
    """The line between two forms of one value. What a row says on both sides leads from neither to the other."""
    here, there = _flattened(mine, scope)[1], _flattened(theirs, scope)[1]
    shared = {step for step, _ in here} & {step for step, _ in there}
    said = [reason for step, reason in (*here, *there) if step not in shared and reason.text]
    if said:
        return [Line(left, theirs, joined(said))]
    return [Line(left, theirs, ordinary(mine, theirs) or Reason("multiply out"))]


def _not_by_itself(lines: list[Line]) -> list[Line]:
    """An identity that is a row of the tables is said in exponentials instead of being its own reason."""
    line = lines[0]
    if len(lines) > 1 or len(line.reason.nodes) != 2 or line.reason.text != "{0} = {1}":
        return lines
    row = in_scalar(line.left), in_scalar(line.right)
    if tuple(map(tidy, row)) != tuple(map(tidy, map(in_scalar, line.reason.nodes))):
        return lines
    return in_exponentials(tidy(line.left), tidy(line.right)) or lines


def _distinct(left: Node, lines: list[Line]) -> list[Line]:
    """Lines that say the same as the line before are dropped, their reason passed on."""
    kept: list[Line] = []
    before = left
    for line in lines:
        if line.right == before or tidy(line.right) == tidy(before) and line is not lines[-1]:
            continue
        kept.append(line)
        before = line.right
    return kept or lines[-1:]


def _walk(side: Node, wish: Wish) -> tuple[tuple[Block, ...], Walk]:
    """The forms of one side: verbs derived, algebra done."""
    forms: Walk = [(side, Reason(""))]
    blocks: tuple[Block, ...] = ()
    now = side
    if (body := wish.scope.open(side)) is not None and has_verbs(body):
        now = body
        forms.append((now, Reason("definition of {0}", (side,))))
    pending = any(
        n.op in DERIVATIVES and not is_unspecified(n, wish.scope) and n not in wish.in_terms_of
        for n in walk(now)
    )
    others = any(
        n.op in VERBS and n.op not in DERIVATIVES or n.op == "sym" and hides_verbs(n, wish.scope)
        for n in walk(now)
    )
    if pending or others:
        found = derive_expression(now, wish)
        last = found.blocks[-1] if found.blocks else None
        if last is None:
            return blocks, forms
        if isinstance(last, Chain) and last.lines[-1].left == now and last.wrt is None:
            blocks = found.blocks[:-1]
            forms += [(line.right, line.reason) for line in last.lines if line.left == now]
        else:
            blocks = found.blocks
            forms.append((found.expression, Reason("from above")))
    return blocks, forms


def _meet(forms: Walk, others: Walk, scope: Scope) -> None:
    """Extend both walks until they end in the same value: fold names, then open them, then algebra."""
    if _same(forms[-1][0], others[-1][0], scope, deep=False):
        return
    names = _defined(others[0][0], scope)
    folded = tidy(fold_names(forms[-1][0], names, scope))
    if folded != tidy(forms[-1][0]) and _same(folded, others[-1][0], scope, deep=False):
        used = [n for n in names if n in set(walk(folded))]
        forms.append((folded, Reason("definition of {0}", tuple(used[:1]))))
        return
    _open_until_same(forms, others, scope)
    if not _same(forms[-1][0], others[-1][0], scope, deep=False):
        for side in (forms, others):
            new, _, reason = simplify(side[-1][0], scope)
            if new != tidy(side[-1][0]):
                side.append((new, reason))
            flat, _, why = simplify(multiplied_out(new), scope)
            if flat != new and node_count(flat) < node_count(new):
                side.append((flat, why if why.text else ordinary(new, flat) or Reason("multiply out")))


def _open_until_same(forms: Walk, others: Walk, scope: Scope) -> None:
    """Opens names in the first order that leads to one value; in the usual one where none does."""
    starts = list(forms), list(others)
    for opening in (_open_one, _open_latest):
        mine, theirs = list(starts[0]), list(starts[1])
        for _ in range(MOST_OPENED):
            if _same(mine[-1][0], theirs[-1][0], scope) or _turn_back(mine, theirs, scope):
                forms[:], others[:] = mine, theirs
                return
            if not opening(mine, theirs, scope):
                break
        if opening is _open_one:
            forms[:], others[:] = mine, theirs
        if not any(n.args for n in (*_defined(starts[0][-1][0], scope), *_defined(starts[1][-1][0], scope))):
            return  # the order matters for recurrences only


def _turn_back(forms: Walk, others: Walk, scope: Scope) -> bool:
    """A definition used from right to left: `v[t]` is `x[t] - x[t-1]` where `x[t] = x[t-1] + v[t]`."""
    mine, theirs = _defined(forms[-1][0], scope), _defined(others[-1][0], scope)
    for side, target, own, other in ((forms, others, mine, theirs), (others, forms, theirs, mine)):
        for name in own:
            if name in other or not name.args:
                continue
            for used, value in solved_for(name, tuple(dict.fromkeys((*own, *other))), scope):
                new = tidy(_opened(side[-1][0], name, value))
                if _same(new, target[-1][0], scope):
                    side.append((new, Reason("definition of {0}", (used,))))
                    return True
    return False


def _open_latest(forms: Walk, others: Walk, scope: Scope) -> bool:
    """Open a name on which no other depends, on both sides."""
    mine, theirs = _defined(forms[-1][0], scope), _defined(others[-1][0], scope)
    name = latest(tuple(dict.fromkeys((*mine, *theirs))), scope)
    if name is None:
        return False
    for side, names in ((forms, mine), (others, theirs)):
        if name in names:
            _open(side, name, scope)
    return True


def _readable(side: Walk) -> str:
    """The last form of a side that is not too long to be read."""
    return text(next((f for f, _ in reversed(side) if node_count(f) <= READABLE), side[0][0]))


def _open_one(forms: Walk, others: Walk, scope: Scope) -> bool:
    """Open a name that only one side has; else one that both have."""
    mine, theirs = _defined(forms[-1][0], scope), _defined(others[-1][0], scope)
    only_mine = [n for n in mine if n not in theirs]
    only_theirs = [n for n in theirs if n not in mine]
    if only_mine:
        _open(forms, only_mine[0], scope)
    elif only_theirs:
        _open(others, only_theirs[0], scope)
    elif mine:
        _open(forms, mine[0], scope)
        _open(others, mine[0], scope)
    return bool(mine or theirs)


def _defined(node: Node, scope: Scope) -> tuple[Node, ...]:
    """Defined names, left to right, outside verbs (a name inside `gradient(L, w)` is not opened)."""
    if node.op in VERBS:
        return ()
    if node.op == "sym":
        return (node,) if scope.open(node) is not None else ()
    return tuple(dict.fromkeys(n for a in node.args for n in _defined(a, scope)))


def _open(side: Walk, name: Node, scope: Scope) -> None:
    body = scope.open(name)
    assert body is not None
    side.append((tidy(_opened(side[-1][0], name, body)), Reason("definition of {0}", (name,))))


def _opened(node: Node, name: Node, body: Node) -> Node:
    if node == name:
        return body
    if node.op in VERBS or not node.args:
        return node
    return rebuild(node, tuple(_opened(a, name, body) for a in node.args))


def _same(a: Node, b: Node, scope: Scope, deep: bool = True) -> bool:
    if a == b or tidy(a) == tidy(b):
        return True
    return deep and same_value(_flat(a, scope), _flat(b, scope))


def _flat(node: Node, scope: Scope) -> Node:
    return _flattened(node, scope)[0]


def _flattened(node: Node, scope: Scope) -> tuple[Node, list[tuple[Step, Reason]]]:
    """Simplified, said in fewer words, multiplied out, simplified again (facts may apply only then); the rows used."""
    plain, used = rows_used(node, scope)
    spoken, more = rows_used(plain, scope, identities=True)
    used += more
    for _ in range(3):
        new, more = rows_used(multiplied_out(spoken), scope)
        used += more
        if new == spoken:
            break
        spoken, more = rows_used(new, scope, identities=True)
        used += more
    return multiplied_out(spoken), used
