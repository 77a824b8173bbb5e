"""Optimal substructure: a maximum (minimum, sum) over paths is taken one variable at a time.

    delta[t, j] = max(p[t] at w[t] = j, w[1..t-1])          definition
                = max(p[t-1] * P[w[t-1], j], w[1..t-1])     the last factor of p[t]
                = max(max(... at w[t-1] = i, w[1..t-2]), i) w[t-1] last of all
                = max(P[i, j] * max(p[t-1] at w[t-1] = i, w[1..t-2]), i)
                = max(P[i, j] * delta[t-1, i], i)           definition

To let another operation pass a maximum, add it to PASSES.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.errors import NotDerived
from derive.notation.derivation import Block, Chain, Line, Reason
from derive.rewrite.derived import Derived
from derive.rewrite.expression import Wish
from derive.rewrite.ordinary import ordinary
from derive.rewrite.unify import folded, opened
from derive.tree.nodes import Node, Range, Symbol, walk
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.build import build, count, num, over, reindex, substitute, sym
from derive.vocabulary.scope import Scope

PATHS = {"max_paths": "max_over", "min_paths": "min_over", "sum_paths": "sum_over"}
EXTREMA = {"argmax_over": "max_over", "argmin_over": "min_over"}
WORD = {"max_paths": "maximum", "min_paths": "minimum", "sum_paths": "sum"}
BIG = {"prod_over": "mul", "sum_over": "add"}
NONNEGATIVE = frozenset({"positive", "nonnegative", "simplex", "stochastic", "onehot"})
MOST_LINES = 12


def applies(left: Node, right: Node, scope: Scope) -> bool:
    """Whether the left side is a reduction over paths, or is defined as one."""
    return runs_over_paths(left, scope) or _is_attained(left, right, scope)


def _is_attained(left: Node, right: Node, scope: Scope) -> bool:
    return left.op in EXTREMA.values() and not any(isinstance(n.data, Range) for n in walk(right))


def runs_over_paths(node: Node, scope: Scope) -> bool:
    body = opened(node, scope)
    return node.op in PATHS or (body is not None and body.op in PATHS)


def show_paths(left: Node, right: Node, wish: Wish) -> Derived:
    """One chain from left to right; NotDerived says which step is missing."""
    return _Chain(left, right, wish).shown(right)


def find_paths(node: Node, wish: Wish) -> Derived:
    """The recurrence of a reduction over paths: its last variable taken last, the rest under its own name."""
    return _Chain(node, None, wish).found()


class _Chain:
    """The lines so far; `now` is the right side of the last one."""

    def __init__(self, left: Node, right: Node | None, wish: Wish) -> None:
        self.left, self.scope = left, wish.scope
        self.wanted = (right,) if right is not None else wish.in_terms_of  # what names the index of a maximum
        self.ranges = {**wish.scope.bounds, **dict(wish.ranges)}
        self.now = left
        self.lines: list[Line] = []
        self.lemmas: list[Block] = []

    def say(self, node: Node, text: str, *nodes: Node) -> None:
        if node != self.now:
            self.lines.append(Line(self.left, node, Reason(text, nodes)))
            self.now = node

    def shorten(self) -> None:
        body = opened(self.now, self.scope)
        if body is not None:
            self.say(body, "definition of {0}", self.left)
        if self.now.op in PATHS:
            self.one_variable_last()

    def shown(self, right: Node) -> Derived:
        self.shorten()
        if self.now.op in EXTREMA.values() and not any(isinstance(n.data, Range) for n in walk(right)):
            self.attained(right)
        if self.now != right:
            if _canonical(self.now, self.scope) != _canonical(right, self.scope):
                raise NotDerived(
                    "the maximum over paths leads elsewhere",
                    hint=f"it leads to\n    {_text(self.now, self.scope)}",
                )
            reason = ordinary(self.now, right) or Reason("the same in another order")
            self.say(right, reason.text, *reason.nodes)
        return Derived(right, (*self.lemmas, Chain(tuple(self.lines))))

    def found(self) -> Derived:
        self.shorten()
        if any(n.op in PATHS for n in walk(self.now)):
            rest = next(n for n in walk(self.now) if n.op in PATHS)
            raise NotDerived(
                f"{_text(rest, self.scope)} has no name", hint="define it: the recurrence is said with it"
            )
        return Derived(self.now, (*self.lemmas, Chain(tuple(self.lines))))

    # ------------------------------------------------------------ the last variable

    def one_variable_last(self) -> None:
        body, low, high = self.now.args
        op, family = self.now.op, self.now.symbol
        last = _as_size(high)
        index, ends = self.index_of(family)
        member = sym(family.name, num(0).shape, (count(last),), family.facts)
        whole = build("at", body, member, count(index))
        inner = build(op, whole, low, count(last - 1), data=family)
        name = folded(inner, self.scope)
        if name is not None:
            split = over(PATHS[op], inner, index, *ends)
            self.say(split, f"the {WORD[op]} over {{0}} is taken last", member)
            self.say(over(PATHS[op], name, index, *ends), "definition of {0}", name)
            return
        self.peel(body, low, last, op, family, index, ends, member)

    def peel(
        self,
        body: Node,
        low: Node,
        last: Size,
        op: str,
        family: Symbol,
        index: str,
        ends: tuple[Size, Size],
        member: Node,
    ) -> None:
        """The last factor leaves the product and the maximum over all variables before."""
        if body.op != "at" or body.args[0].op != "sym":
            raise NotDerived(f"no rule for the {WORD[op]} over paths of this expression")
        quantity, target, value = body.args
        before, rest, joiner = self.last_factor(quantity)
        high = count(last)
        self.say(
            build(op, build("at", build(joiner, before, *rest), target, value), low, high, data=family),
            "the last factor of {0} apart" if joiner == "mul" else "the last term of {0} apart",
            quantity,
        )
        if not self.ends_before(before, family, last):
            raise NotDerived("what is left depends on the variable that was set")
        rest = [substitute(f, {target: value}) for f in rest]
        self.say(
            build(op, build(joiner, before, *rest), low, high, data=family),
            "{0} is set; {1} does not depend on it",
            build("at", target, target, value).args[0],
            before,
        )
        split = build("at", build(joiner, before, *rest), member, count(index))
        self.say(
            over(PATHS[op], build(op, split, low, count(last - 1), data=family), index, *ends),
            f"the {WORD[op]} over {{0}} is taken last",
            member,
        )
        rest = [substitute(f, {member: count(index)}) for f in rest]
        if any(self.mentions(f, family) for f in rest):
            raise NotDerived(
                f"a factor depends on a variable before {family.name}[{last}]: this is no first-order chain"
            )
        self.check_passes(op, joiner, rest)
        core = build(op, build("at", before, member, count(index)), low, count(last - 1), data=family)
        why = " and is not negative" if joiner == "mul" and op != "sum_paths" else ""
        plural = "do not depend" if len(rest) > 1 else "does not depend"
        why = why.replace("is", "are") if len(rest) > 1 else why
        shown = ", ".join(f"{{{n}}}" for n in range(len(rest)))
        self.say(
            over(PATHS[op], build(joiner, *rest, core), index, *ends),
            f"{shown} {plural} on the other variables{why}",
            *rest,
        )
        name = folded(core, self.scope)
        if name is not None:
            self.say(over(PATHS[op], build(joiner, *rest, name), index, *ends), "definition of {0}", name)

    def check_passes(self, op: str, joiner: str, rest: list[Node]) -> None:
        if joiner == "add" and op == "sum_paths":
            raise NotDerived("a term does not leave a sum over paths: it would be counted once")
        if joiner == "mul" and op != "sum_paths":
            for factor in rest:
                if not is_nonnegative(factor, self.scope):
                    raise NotDerived(
                        f"{_text(factor, self.scope)} may be negative, so it does not leave the {WORD[op]}",
                        hint="declare its array stochastic, simplex, positive or nonnegative",
                    )

    def last_factor(self, quantity: Node) -> tuple[Node, list[Node], str]:
        """`p[t] = p[t-1] * rest`, shown as a lemma where the definition does not say so itself."""
        body = self.scope.open(quantity)
        if body is None or len(quantity.args) != 1:
            raise NotDerived(f"no definition of {_text(quantity, self.scope)} to take a factor from")
        at = _as_size(quantity.args[0])
        before = sym(quantity.symbol.name, quantity.shape, (count(at - 1),), quantity.symbol.facts)
        for joiner in ("mul", "add"):
            parts = _parts(body, joiner)
            if before in parts:
                return before, [f for f in parts if f != before], joiner
            split = [g for f in parts for g in _split(f, joiner)]
            shorter = self.scope.open(before)
            if shorter is None or split == parts:
                continue
            left = list(split)
            for f in _parts(shorter, joiner):
                if f not in left:
                    break
                left.remove(f)
            else:
                lines = (
                    Line(quantity, body, Reason("definition of {0}", (quantity,))),
                    Line(
                        quantity,
                        build(joiner, *split),
                        Reason("the last factor" if joiner == "mul" else "the last term"),
                    ),
                    Line(quantity, build(joiner, before, *left), Reason("definition of {0}", (before,))),
                )
                title = Reason(
                    "{0} grows by one factor" if joiner == "mul" else "{0} grows by one term", (quantity,)
                )
                self.lemmas.append(Chain(lines, title=title, is_lemma=True))
                return before, left, joiner
        raise NotDerived(f"{_text(quantity, self.scope)} is no product that grows by its last factor")

    # ------------------------------------------------------------ what depends on what

    def index_of(self, family: Symbol) -> tuple[str, tuple[Size, Size]]:
        """A name for the value of the last variable: one that is asked for, or an index of the same range."""
        ends = self.scope.declarations[family.name].integers
        assert ends is not None
        taken = {n for size in _sizes(self.left) for n in size.names}
        wanted = [n.range.var for e in self.wanted for n in walk(e) if isinstance(n.data, Range)]
        wanted += [
            n
            for e in self.wanted
            for size in _sizes(e)
            for n in size.names
            if self.scope.indices.get(n) == ends
        ]
        known = [*wanted, *(n for n, r in self.scope.indices.items() if r == ends), "k", "m", "r"]
        return next(n for n in known if n not in taken), ends

    def ends_before(self, node: Node, family: Symbol, last: Size) -> bool:
        """Whether nothing in `node`, opened, is about w[last+1] or later."""
        return all(
            never_negative(last - _latest(index, bound), self.ranges)
            for index, bound in self.members(node, family, {})
        )

    def mentions(self, node: Node, family: Symbol) -> bool:
        return next(self.members(node, family, {}), None) is not None

    def members(
        self, node: Node, family: Symbol, ranges: dict[str, tuple[Size, Size]], depth: int = 0
    ) -> Iterator[tuple[Size, dict[str, tuple[Size, Size]]]]:
        """The indices at which the family is mentioned, through definitions, and the ranges bound around them."""
        if node.op == "sym" and node.symbol.name == family.name:
            yield _as_size(node.args[0]), ranges
        body = self.scope.open(node) if depth < 5 else None
        if body is not None:
            if not any(n.op == "sym" and n.symbol.name == node.symbol.name for n in walk(body)):
                yield from self.members(body, family, ranges, depth + 1)
            else:
                yield from self.members(_without(body, node.symbol.name), family, ranges, depth + 1)
        if isinstance(node.data, Range):
            ranges = {**ranges, node.data.var: (node.data.low, node.data.high)}
        for arg in node.args:
            yield from self.members(arg, family, ranges, depth)

    # ------------------------------------------------------------ where it is attained

    def attained(self, right: Node) -> None:
        """max(f(i), i) is f at the argmax."""
        op, range_ = self.now.op, self.now.range
        arg = next(a for a, m in EXTREMA.items() if m == op)
        place = build(arg, self.now.args[0], data=range_)
        index, ends = range_.var, range_
        free = f"{index}*"
        body = reindex(self.now.args[0], {index: Size.of(free)})
        at_place = substitute(body, {count(free): place})
        self.say(
            at_place,
            f"the {'maximum' if arg == 'argmax_over' else 'minimum'} is attained there",
            count(ends.var),
        )
        for _ in range(MOST_LINES):
            name = folded(place, self.scope)
            if name is None or self.now == right:
                return
            self.say(substitute(self.now, {place: name}), "definition of {0}", name)
            place = name


def _latest(index: Size, bound: dict[str, tuple[Size, Size]]) -> Size:
    """The largest value of an index whose bound names run over their ranges."""
    for name, (low, high) in reversed(bound.items()):
        if name in index.names:
            index = index.replace({name: high if index.coefficient(name) > 0 else low})
    return index


def _parts(node: Node, joiner: str) -> list[Node]:
    return list(node.args) if node.op == joiner else [node]


def _split(node: Node, joiner: str) -> list[Node]:
    """`prod(e, s=2..t)` as `prod(e, s=2..t-1)` and the last factor."""
    if BIG.get(node.op) != joiner or not node.range.high.names:
        return [node]
    r = node.range
    last = reindex(node.args[0], {r.var: r.high})
    return [Node(node.op, node.args, Range(r.var, r.low, r.high - 1), node.shape), last]


def _without(body: Node, name: str) -> Node:
    """A recursive body without its recursion: what it adds at this step."""
    return build("add", *(f for f in body.args if not (f.op == "sym" and f.symbol.name == name)), num(0))


def _as_size(node: Node) -> Size:
    if node.op == "count":
        return node.size
    if node.op == "num" and node.number.denominator == 1:
        return Size.of(int(node.number))
    raise NotDerived("an index that is no size")


def _sizes(node: Node) -> Iterator[Size]:
    for n in walk(node):
        if isinstance(n.data, Size):
            yield n.data


def _text(node: Node, scope: Scope) -> str:
    from derive.notation.text import text

    return text(node, scope)


def is_nonnegative(node: Node, scope: Scope) -> bool:
    """By the facts of the arrays it is an entry of, or as an exponential, a square, or a product of such."""
    if node.op == "entry":
        return is_nonnegative(node.args[0], scope)
    if node.op == "sym":
        declared = scope.declarations.get(node.symbol.name)
        interval = declared.interval if declared else None
        low = interval[0] if interval else None
        return bool(node.symbol.facts & NONNEGATIVE) or (
            low is not None and low.op == "num" and low.number >= 0
        )
    if node.op in ("mul", "add", "div"):
        return all(is_nonnegative(a, scope) for a in node.args)
    if node.op == "num":
        return node.number >= 0
    return node.op in (
        "exp",
        "sigmoid",
        "softmax",
        "softmax_rows",
        "abs",
        "norm",
        "sqnorm",
        "relu",
        "softplus",
    )


def _canonical(node: Node, scope: Scope) -> object:
    """Products and sums without their order; factors that an index leaves alone, in front of its maximum."""
    if node.op in ("mul", "add"):
        return (node.op, tuple(sorted(repr(_canonical(a, scope)) for a in node.args)))
    if node.op in PATHS.values():
        r = node.range
        free = Size.of("*")
        body = reindex(node.args[0], {r.var: free})
        outer = [f for f in _parts(body, "mul") if not _uses(f, "*")]
        if len(_parts(body, "mul")) > 1 and outer and all(is_nonnegative(f, scope) for f in outer):
            inner = [f for f in _parts(body, "mul") if f not in outer]
            core = (node.op, str(r.low), str(r.high), repr(_canonical(build("mul", *inner), scope)))
            return ("mul", tuple(sorted([*(repr(_canonical(f, scope)) for f in outer), repr(core)])))
        return (node.op, str(r.low), str(r.high), repr(_canonical(body, scope)))
    if not node.args:
        return repr(node)
    return (node.op, repr(node.data), tuple(repr(_canonical(a, scope)) for a in node.args))


def _uses(node: Node, name: str) -> bool:
    return any(name in size.names for size in _sizes(node))
