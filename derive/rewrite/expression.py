"""Whole expressions: every verb inside is derived (innermost first), then the rest is simplified."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason, Remark
from derive.notation.text import text
from derive.rewrite.algebra import simplified_line, simplify
from derive.rewrite.closing import Asked
from derive.rewrite.compact import compact, polished
from derive.rewrite.densities import DENSITIES, written_out
from derive.rewrite.derivative import RULES
from derive.rewrite.derived import Derived
from derive.rewrite.expect import Averaging
from derive.rewrite.fold import fold_names
from derive.rewrite.hits import IndexUnclear
from derive.rewrite.indexed import indexed_jacobian, per_entry
from derive.rewrite.lagrange import Multipliers, constrained_extremum
from derive.rewrite.polynomial import flattened
from derive.rewrite.put import put_in
from derive.rewrite.rational import shorter
from derive.rewrite.reasons import joined
from derive.rewrite.relabel import from_the_name, relabelled
from derive.rewrite.remember import remembering
from derive.rewrite.shorten import shorten
from derive.rewrite.stationary import absorbed, extremum, solution
from derive.rewrite.tidy import tidy
from derive.tree.nodes import Node, contains, names_in, node_count, walk
from derive.tree.sizes import Size
from derive.vocabulary.asked import DERIVATIVES, EXTREMA, MOMENTS, SOUGHT
from derive.vocabulary.build import build, count, substitute
from derive.vocabulary.constraints import constraints_of
from derive.vocabulary.scope import Constraint, Introduced, Scope

MOST_ASSUMED = 4  # lower bounds of sizes
FOUND = SOUGHT | {"at"}
ASKED = DERIVATIVES | FOUND
VERBS = ASKED | MOMENTS | DENSITIES


@dataclass(frozen=True)
class Wish:
    """How an author wants an answer: names to fold into, derivatives to keep, what to hold fixed, index ranges."""

    scope: Scope
    in_terms_of: tuple[Node, ...] = ()
    hold: tuple[Node, ...] = ()
    ranges: tuple[tuple[str, tuple[Size, Size]], ...] = ()
    multipliers: Multipliers = Multipliers()

    @property
    def names(self) -> tuple[Node, ...]:
        return tuple(n for n in self.in_terms_of if n.op == "sym")

    @property
    def kept(self) -> tuple[Node, ...]:
        return tuple(n for n in self.in_terms_of if n.op in DERIVATIVES)


def derive_expression(node: Node, wish: Wish) -> Derived:
    """The closed form of `node` with the lines that lead to it; NotDerived where there is no way."""
    with remembering():
        return _derived(node, wish)


def _derived(node: Node, wish: Wish) -> Derived:
    if node.op == "sym" and hides_verbs(node, wish.scope):
        return _named(node, wish)
    if node.op in DERIVATIVES:
        return _derivative(node, wish)
    if node.op in EXTREMA:
        return _extremum(node, wish)
    if node.op == "at":
        return _at(node, wish)
    if node.op == "solve":
        return _solution(node, wish)
    inside = (
        [n for n in walk(node) if n.op in DERIVATIVES and _is_open(n, wish)] if node.op in MOMENTS else []
    )
    if inside:
        return _moment_of_derivatives(node, inside, wish)
    if node.op not in MOMENTS and any(
        _is_open(n, wish) if n.op in ASKED else _asks_inside(n, wish.scope) for n in walk(node)
    ):
        return _composite(node, wish)
    return _plain(node, wish)


def _at(node: Node, wish: Wish) -> Derived:
    """`at(e, x == v)`: e in closed form first, then v in place of x."""
    body = node.args[0]
    found = Derived(body)
    if has_verbs(body) or any(hides_verbs(n, wish.scope) for n in walk(body) if n.op == "sym"):
        found = derive_expression(body, replace(wish, in_terms_of=wish.kept))
    if found.where or has_verbs(found.expression):
        raise NotDerived(f"{text(node)} needs a closed form of {text(body)}")
    return put_in(node, found, wish.scope)


def _named(node: Node, wish: Wish) -> Derived:
    """A name whose definition asks: the definition is derived, the name stands on the left."""
    body = wish.scope.open(node)
    assert body is not None
    found = _single(derive_expression(body, wish), body)
    first = Line(node, body, Reason("definition of {0}", (node,)))
    ends = found.blocks[-1] if found.blocks else None
    if isinstance(ends, Chain) and not ends.is_lemma and all(line.left == body for line in ends.lines):
        named = tuple(replace(line, left=node) for line in ends.lines)
        return replace(found, blocks=(*found.blocks[:-1], replace(ends, lines=(first, *named))))
    last = Line(node, found.expression, Reason("from above"))
    return replace(found, blocks=(*found.blocks, Chain((first, last))))


def _is_open(node: Node, wish: Wish) -> bool:
    """Whether a derivative is still to be taken: not kept by the author, not of an unspecified function."""
    return node not in wish.in_terms_of and not is_unspecified(node, wish.scope)


def is_unspecified(node: Node, scope: Scope) -> bool:
    """`gradient(L, w)` where L is declared as an unspecified function of w."""
    if node.op not in DERIVATIVES or node.args[0].op != "sym":
        return False
    declared = scope.declarations.get(node.args[0].symbol.name)
    return declared is not None and node.args[1] in declared.of


def _derivative(node: Node, wish: Wish) -> Derived:
    if not _is_open(node, wish):
        return Derived(node)
    f, x = node.args[:2]
    if node.shape.kind == "tensor":
        return indexed_jacobian(node, partial(derive_expression, wish=wish))
    if x.op == "entry":
        return per_entry(node, partial(derive_expression, wish=wish))
    if x.op != "sym":
        raise NotDerived(
            f"a derivative in {text(x)} is not a derivative in a name",
            hint=f"give {text(x)} a name under define:",
        )
    inner, blocks = _closed(f, wish)
    held = tuple(node.args[2:]) or wish.hold
    found = _assuming(node.op, Asked(inner, x, wish.scope, wish.kept, held))
    found = relabelled(found, inner, f)
    expression, closing = _in_names(node, found.expression, wish)
    return replace(found, expression=expression, blocks=(*blocks, *found.blocks, *closing))


def _assuming(op: str, asked: Asked) -> Derived:
    """The derivative; where the ends of a recurrence come too close for its lines, for sizes large enough."""
    assumed: list[Constraint] = []
    while True:
        try:
            found = RULES[op](asked)
            break
        except IndexUnclear as error:
            more = error.assumption(asked.scope)
            if more is None or len(assumed) >= MOST_ASSUMED:
                raise
            assumed.append(more)
            asked = replace(asked, scope=asked.scope.introducing([more]))
    if not assumed:
        return found
    least: dict[Size, Constraint] = {}
    for left, relation, right in assumed:
        if left not in least or ((right - least[left][2]).constant or 0) > 0:
            least[left] = (left, relation, right)
    remarks = [
        Remark(Reason("The lines below hold for {0} at least {1}", (count(left), count(right + 1))))
        for left, _, right in least.values()
    ]
    return replace(found, blocks=(*remarks, *found.blocks), introduced=(*found.introduced, *least.values()))


def _closed(f: Node, wish: Wish) -> tuple[Node, tuple[Block, ...]]:
    """The inside of a verb without verbs; names whose definitions hold some are opened."""
    target = f
    hidden = [n for n in dict.fromkeys(walk(f)) if n.op == "sym" and hides_verbs(n, wish.scope)]
    for _ in range(20):
        if not hidden:
            break
        bodies = {n: body for n in hidden if (body := wish.scope.open(n)) is not None}
        target = substitute(target, bodies)
        hidden = [n for n in dict.fromkeys(walk(target)) if n.op == "sym" and hides_verbs(n, wish.scope)]
    if not has_verbs(target):
        return f, ()
    inner = _single(derive_expression(target, replace(wish, in_terms_of=wish.kept)), target)
    chains = [from_the_name(b, f, target) if isinstance(b, Chain) else b for b in inner.blocks]
    return inner.expression, tuple(replace(b, is_lemma=True) if isinstance(b, Chain) else b for b in chains)


def hides_verbs(name: Node, scope: Scope) -> bool:
    """Whether the definition of a name holds a verb that is not of an unspecified function."""
    definition = scope.definitions.get(name.symbol.name)
    body = definition.body if definition else None
    if body is None:
        return False
    return any(n.op in VERBS and not is_unspecified(n, scope) for n in walk(body)) or any(
        n.op == "sym" and n.symbol.name != name.symbol.name and not n.args and hides_verbs(n, scope)
        for n in walk(body)
    )


def _asks_inside(node: Node, scope: Scope) -> bool:
    """A name to be derived on the way; a member of a recurrence stays a name."""
    if node.op != "sym" or not hides_verbs(node, scope):
        return False
    name, seen = node.symbol.name, set[str]()
    open_ = [name]
    while open_:
        definition = scope.definitions.get(open_.pop())
        inside = names_in(definition.body) if definition and definition.body is not None else frozenset()
        if name in inside:
            return False
        open_ += inside - seen
        seen |= inside
    return True


def has_verbs(node: Node) -> bool:
    return contains(node, lambda n: n.op in VERBS)


def _in_names(left: Node, answer: Node, wish: Wish) -> tuple[Node, tuple[Block, ...]]:
    """The answer in the names the author asked for, as a line of its own where that changes it."""
    folded = tidy(fold_names(answer, wish.names, wish.scope)) if wish.names else answer
    if folded == answer or folded == tidy(answer):
        return answer, ()
    line = Line(left, folded, Reason("in terms of {0}", (wish.names[0],)))
    return folded, (Chain((line,)),)


def _extremum(node: Node, wish: Wish) -> Derived:
    f = node.args[0]
    inner, blocks = _closed(f, wish)
    if constraints_of(node):
        found = constrained_extremum(node, inner, wish.scope, wish.multipliers, wish.names)
    else:
        found = extremum(node, inner, wish.scope, wish.names)
    found = relabelled(found, inner, f)
    return Derived(found.expression, (*blocks, *found.blocks), found.where)


def _single(found: Derived, node: Node) -> Derived:
    """What was found for an expression inside another one: it has one value."""
    if found.others:
        raise NotDerived(f"{text(node)} has two values", hint="say which by a fact (positive)")
    return found


def _solution(node: Node, wish: Wish) -> Derived:
    """`solve(a == b, x)`: the verbs in the equation first, then the equation."""
    equation = node.args[0]
    values: dict[Node, Node] = {}
    blocks: list[Block] = []
    for inner in _outermost(equation, wish):
        found = derive_expression(inner, wish)
        blocks += found.blocks
        values[inner] = found.expression
    closed = build("solve", substitute(equation, values), node.args[1])
    found = solution(node, closed, wish.scope, wish.names)
    return replace(found, blocks=(*blocks, *found.blocks))


def _composite(node: Node, wish: Wish) -> Derived:
    """An expression around derivatives or minimisers: these first, then what is around them."""
    blocks: list[Block] = []
    where: list[tuple[Node, Node]] = []
    introduced: list[Introduced] = []
    values: dict[Node, Node] = {}
    for inner in _outermost(node, wish):
        found = _single(derive_expression(inner, wish), inner)
        blocks += found.blocks
        where += found.where
        introduced += found.introduced
        values[inner] = found.expression
    put_in = _put_in(node, values, wish)
    result = shorten(put_in)
    above = Reason("{0} from above", (next(iter(values)),))
    lines = [Line(node, result, above)]
    plainly = substitute(node, values)
    if put_in != plainly:
        lines = [
            Line(node, plainly, above),
            Line(plainly, result, _drawn(node.args[0], plainly, result, wish)),
        ]
    more, result = simplified_line(node, result, wish.scope)
    blocks.append(Chain((*lines, *more)))
    return Derived(result, tuple(blocks), tuple(where), tuple(introduced))


def _moment_of_derivatives(node: Node, inside: list[Node], wish: Wish) -> Derived:
    """`E(gradient(L, w))`: the gradient first, then its expectation."""
    blocks: list[Block] = []
    values: dict[Node, Node] = {}
    for inner in inside:
        if not any(inner in walk(other) for other in inside if other != inner):
            found = derive_expression(inner, wish)
            blocks += [replace(b, is_lemma=True) if isinstance(b, Chain) else b for b in found.blocks]
            values[inner] = found.expression
    put_in = substitute(node, values)
    lines = [Line(node, put_in, Reason("{0} from above", (next(iter(values)),)))]
    rest = _plain(put_in, wish)
    chain = rest.blocks[-1]
    assert isinstance(chain, Chain)
    lines += [replace(line, left=node) for line in chain.lines]
    return Derived(rest.expression, (*blocks, Chain(tuple(lines))))


def _drawn(factor: Node, before: Node, after: Node, wish: Wish) -> Reason:
    """A factor has been drawn into an inverse, and what that makes of it may have the author's name."""
    known = set(walk(before))
    named = [n for n in dict.fromkeys(walk(after)) if n.op == "sym" and n not in known]
    nodes = [factor]
    said = "divide by {0} inside the inverse"
    for name in named:
        body = wish.scope.open(name)
        if body is not None:
            said += f"; {{{len(nodes)}}} = {{{len(nodes) + 1}}}"
            nodes += [name, body]
    return Reason(said, tuple(nodes))


def _put_in(node: Node, values: dict[Node, Node], wish: Wish) -> Node:
    """The values of verbs in their places; a factor of an inverse is drawn into it where that is shorter."""
    scaled = node.op == "mul" and len(node.args) == 2 and node.args[0].shape.is_scalar
    if scaled and node.args[1] in values and node.args[1].op in EXTREMA:
        return absorbed(node.args[0], values[node.args[1]], wish.scope, wish.names)
    return substitute(node, values)


def _outermost(node: Node, wish: Wish) -> list[Node]:
    """The verbs of an expression that are in no other verb, each once."""
    if node.op in VERBS:
        return [node] if _is_open(node, wish) else []
    if _asks_inside(node, wish.scope):
        return [node]
    found: dict[Node, None] = {}
    for a in node.args:
        found.update(dict.fromkeys(_outermost(a, wish)))
    return list(found)


def _cancelling(node: Node, scope: Scope) -> Node | None:
    """The expression multiplied out, where terms or factors then cancel."""
    flat, cancels = flattened(node)
    new, steps, _ = simplify(flat, scope)
    return shorten(new) if cancels or steps else None


def _plain(node: Node, wish: Wish) -> Derived:
    """Moments and algebra on the expression as a whole."""
    lines: list[Line] = []
    lemmas: list[Block] = []
    now = node
    if (body := wish.scope.open(node)) is not None:
        now = body
        lines.append(Line(node, now, Reason("definition of {0}", (node,))))
    more, now = written_out(node, now, wish.scope)
    lines += more
    if contains(now, lambda n: n.op in MOMENTS):
        averaging = Averaging(wish.scope, frozenset(n for n in wish.in_terms_of if n.op in MOMENTS))
        more, now = averaging.run(node, now)
        lines += more
        lemmas += averaging.lemmas
    more, now = simplified_line(node, now, wish.scope)
    lines += more
    for _ in range(3):
        found, reasons = compact(shorten(now), wish.scope)
        short = shorter(polished(found))
        if (flat := _cancelling(now, wish.scope)) is not None and node_count(flat) < node_count(short):
            short, reasons = flat, [Reason("multiply out")]
        if short == now:
            break
        why = joined(reasons) if reasons else Reason("collect")
        more, after = simplified_line(node, short, wish.scope)
        if after == now:  # a row would write it out again
            lines.append(Line(node, short, why))
            now = short
            break
        lines += [Line(node, short, why), *more]
        now = after
    folded = tidy(fold_names(now, wish.names, wish.scope)) if wish.names else now
    if folded != now:
        lines.append(Line(node, folded, Reason("in terms of {0}", (wish.names[0],))))
    if not lines:
        raise NotDerived(f"there is nothing to derive in {text(node)}", hint="ask for a verb, or give data")
    return Derived(folded, (*lemmas, Chain(tuple(lines))))
