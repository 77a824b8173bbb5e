"""Kind `find` with data: exact values with their working. Names on the way get chains of their own.

What is asked is first derived (a gradient, an expectation), then the data are put into the closed form; what the
rules cannot derive is differentiated entry by entry. Without data the same gives an answer by components.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.errors import NotDerived, NotEvaluated
from derive.notation.derivation import Answer, Block, Chain, Line, Reason
from derive.notation.text import text
from derive.problem.model import Named
from derive.rewrite.derived import Derived
from derive.rewrite.expression import VERBS, Wish, derive_expression
from derive.rewrite.reasons import joined
from derive.tree.nodes import Node, Range, walk
from derive.values.evaluate import Explicit
from derive.values.known import concrete, sizes_of
from derive.values.working import Working
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import substitute, sym
from derive.vocabulary.scope import Datum, Scope

THE_DATA = "the data"
MOST_NAMES = 14  # chains for names on the way
ALONG_PATHS = frozenset({"max_paths", "min_paths", "sum_paths", "at_path"})
LONGEST_SUM = 420  # characters of a scalar that is written out to be differentiated


def evaluated(asked: Named, derived: Derived | None, wish: Wish) -> tuple[tuple[Block, ...], Answer]:
    """The chains and the answer; NotEvaluated where a name on the way has no data."""
    return _Evaluation(wish).found(asked, derived)


def touches_data(node: Node, scope: Scope) -> bool:
    """Whether a name with data is reached from the expression, or only names that are defined by numbers."""
    with_data = {
        k.partition("[")[0] for k, d in scope.data.items() if isinstance(d, Datum) and d.value is not None
    }
    reached = _reached(node, scope)
    return bool(with_data & reached) or (bool(reached) and reached <= scope.definitions.keys())


def spells_entries(found: Node, asked: Node, scope: Scope) -> bool:
    """Whether a derivative is a sum of unit vectors, which its question does not mention: entries say it better."""
    if not any(part.op == "onehot" for part in walk(found)):
        return False
    names = _reached(asked, scope) & scope.definitions.keys()
    bodies = [asked, *(b for n in names for b in _bodies(scope, n))]
    return not any(part.op == "onehot" for body in bodies for part in walk(body))


def asks(node: Node, scope: Scope) -> bool:
    """Whether a verb is in the expression or behind one of its names."""
    names = _reached(node, scope)
    bodies = [b for n in names if n in scope.definitions for b in _bodies(scope, n)]
    return any(part.op in VERBS for body in (node, *bodies) for part in walk(body))


def _bodies(scope: Scope, name: str) -> list[Node]:
    definition = scope.definitions[name]
    return [b for b in (definition.body, *(b for _, b in definition.members)) if b is not None]


def _reached(node: Node, scope: Scope) -> set[str]:
    seen: set[str] = set()
    open_ = [node]
    while open_:
        for part in walk(open_.pop()):
            if part.op == "sym" and part.symbol.name not in seen:
                seen.add(part.symbol.name)
                open_ += _bodies(scope, part.symbol.name) if part.symbol.name in scope.definitions else []
    return seen


class _Evaluation:
    """What is asked on its way to a value; `blocks` are the chains so far."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.explicit = Explicit(wish.scope)
        self.working = Working(self.explicit, THE_DATA if wish.scope.data else "written out")
        self.blocks: list[Block] = []
        self.closed: dict[Node, Node] = {}  # the bodies of names, without verbs

    def found(self, asked: Named, derived: Derived | None) -> tuple[tuple[Block, ...], Answer]:
        node = asked.expression
        before = derived.blocks if derived is not None else ()
        member = self.explicit.member(node, {}) if node.op == "sym" else node
        body = self.explicit.scope.open(member)
        if derived is not None:
            formula, reason = derived.expression, Reason("from above")
        elif body is not None:
            formula, reason = self.without_verbs(body), Reason("definition of {0}", (node,))
        else:
            formula, reason = self.without_verbs(node), Reason("from above")
        self.names_inside(formula, member)
        left, given = self.left(asked)
        if formula == node:
            reason = Reason("as asked")
        ends = [
            (b.lines[-1].left, b.lines[-1].right) for b in (*before, *self.blocks) if isinstance(b, Chain)
        ]
        said = left == formula or (left, formula) in ends
        lines, last, decimals = self.working.lines(left, formula, None if said else reason)
        lines = self.put_in(lines, formula)
        if not lines and said and left != formula:
            return tuple(self.blocks), Answer(last, asked.name, closed=formula, decimals=decimals)
        self.blocks.append(Chain(tuple(lines or [Line(left, last, Reason(THE_DATA))]), names=given))
        return tuple(self.blocks), Answer(last, asked.name, closed=formula, decimals=decimals)

    def put_in(self, lines: list[Line], formula: Node) -> list[Line]:
        """Where a formula stands at a point, the line that puts things in says the point too."""
        points = dict.fromkeys(n.args[1:3] for n in walk(formula) if n.op == "at")
        data = set(self.wish.scope.data)
        for k, line in enumerate(lines):
            if line.reason == Reason(THE_DATA) and points:
                said = [Reason("{0} = {1}", pair) for pair in points]
                has_data = any(n.op == "sym" and n.symbol.name in data for n in walk(formula))
                named = joined([*said, *([Reason(THE_DATA)] if has_data else [])])
                return [*lines[:k], replace(line, reason=named), *lines[k + 1 :]]
        return lines

    def left(self, asked: Named) -> tuple[Node, tuple[tuple[Node, Node], ...]]:
        """The name that the part gives the answer, unless it is taken; else what is asked."""
        scope = self.wish.scope
        taken = {*scope.declarations, *scope.definitions, *scope.indices}
        is_name = asked.expression.op == "sym"
        if is_name or asked.name is None or not asked.name.isidentifier() or asked.name in taken:
            return asked.expression, ()
        name = sym(asked.name, asked.expression.shape)
        return name, ((name, asked.expression),)

    # ------------------------------------------------------------ verbs

    def without_verbs(self, formula: Node) -> Node:
        """The formula with its derivatives and expectations in closed form, as far as there is one."""
        values: dict[Node, Node] = {}
        for verb in _outermost(formula):
            if verb.op == "at":
                body = self.without_verbs(verb.args[0])
                values[verb] = Node("at", (body, *verb.args[1:]), verb.data, verb.shape)
                continue
            try:
                found = derive_expression(verb, self.wish)
            except NotDerived:
                if verb.op not in DERIVATIVES:
                    raise
                values[verb] = self.entry_by_entry(verb)
                continue
            if found.others:
                raise NotDerived(f"{text(verb)} has two values")
            if spells_entries(found.expression, verb, self.wish.scope):
                values[verb] = self.entry_by_entry(verb)
                if values[verb] != verb:
                    continue
            self.blocks += [b for b in found.blocks if b not in self.blocks]
            values[verb] = found.expression
        return substitute(formula, values) if values else formula

    def entry_by_entry(self, verb: Node) -> Node:
        """The derivative of an index expression: it is written out in the entries of the variable."""
        bare = Explicit(_without_data(self.wish.scope))
        try:
            slopes = bare.derivative(verb, {}, put_back=False)
            answer = Working(bare).exact(slopes)
        except NotEvaluated:
            return verb
        if answer is None:
            return verb
        f, x = verb.args[:2]
        name = x.args[0] if x.op == "entry" else x
        free = bare.inside({bare.key(name, {}): bare.symbols(bare.member(name, {}))})
        lines = []
        value = Working(free).exact(free.value(f))
        if value is not None and text(value) != text(f) and len(text(value)) < LONGEST_SUM:
            lines.append(Chain((Line(f, value, Reason("written out")),)))
        lines.append(Chain((Line(verb, answer, Reason("entry by entry")),)))
        self.blocks += [b for b in lines if b not in self.blocks]
        return answer

    # ------------------------------------------------------------ names on the way

    def names_inside(self, formula: Node, asked: Node) -> None:
        """A chain for every defined name that the value goes through, in the order in which they are needed;
        none where there are too many."""
        found: dict[Node, None] = {}
        self._need(formula, {}, found, set())
        names = [n for n in found if n != asked]
        for name in names if len(names) <= MOST_NAMES else ():
            closed = self.closed[name]
            if not any(part.op == "sym" for part in walk(closed)):
                continue
            lines, _, _ = self.working.lines(name, closed, Reason("definition of {0}", (name,)))
            self.blocks.append(Chain(tuple(lines)))

    def _need(self, node: Node, at: Mapping[str, int], found: dict[Node, None], seen: set[Node]) -> None:
        """Defined members, each behind those that its own definition needs; it stops beyond MOST_NAMES."""
        if len(seen) > 2 * MOST_NAMES:
            return
        if node.op == "sym":
            member = self.explicit.member(node, at)
            body = self.explicit.scope.open(member)
            given = self.explicit.scope.given(member)
            if body is not None and given is None and member not in seen and _is_one_member(member):
                seen.add(member)
                self.closed[member] = self.without_verbs(body)
                self._need(self.closed[member], {}, found, seen)
                found[member] = None
        elif isinstance(node.data, Range):
            low, high = (self.explicit.count(s, at) for s in (node.range.low, node.range.high))
            for i in range(low, min(high, low + 2 * MOST_NAMES) + 1):
                self._need(node.args[0], {**at, node.range.var: i}, found, seen)
        elif node.op in ALONG_PATHS:
            return  # what is on the way has a value for every path
        elif node.op == "at":
            self._need(node.args[2], at, found, seen)
        else:
            for arg in node.args[:1] if node.op in DERIVATIVES else node.args:
                self._need(arg, at, found, seen)


def _is_one_member(member: Node) -> bool:
    """Numbers or bare index names as indices: a recurrence is not followed beyond `x[t]`."""
    return all(a.op == "num" or (a.op == "count" and a.size.name is not None) for a in member.args)


def _outermost(node: Node) -> Iterator[Node]:
    if node.op in VERBS:
        yield node
    else:
        for arg in node.args:
            yield from _outermost(arg)


def _without_data(scope: Scope) -> Scope:
    """The scope without data, whose sizes stay numbers."""
    return replace(concrete(scope, sizes_of(scope)), data={})
