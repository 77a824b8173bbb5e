"""The lines from a formula to its value: the formula, the data put in, what is computed step by step, decimals.

A step computes the innermost operations; arithmetic joins the step it serves, and what `written.py` knows is
written out first. A line too long to read is left out. Every line has the same left side, which the checker
evaluates from the definitions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import reduce

from derive.errors import NotEvaluated
from derive.notation.derivation import Line, Reason
from derive.notation.literals import negative
from derive.notation.text import text, two_of
from derive.tree.nodes import Node, Range, node_count, walk
from derive.tree.sizes import Size
from derive.values.arrays import Grid, literal, single
from derive.values.decimals import has_decimals, needs_decimals, precise, rounded, terminating
from derive.values.evaluate import Explicit
from derive.values.functions import exact_of
from derive.values.meaning import MEANING
from derive.values.ranges import PATHS as ALONG_PATHS
from derive.values.ranges import WRITTEN_OUT
from derive.values.scalars import Exact, Scalar, approximate, is_symbolic, node_of
from derive.values.written import WRITTEN
from derive.vocabulary.arrays import REDUCTIONS
from derive.vocabulary.build import ELEMENTWISE, FLAT, build, rebuild, reindex

At = Mapping[str, int]
ARITHMETIC = frozenset({"add", "mul", "neg", "div", "pow", "list", "tuple", "T", "entry"})
OVER_AXES = frozenset(REDUCTIONS.values())
CONSTANTS = frozenset({"eye", "ones", "zeros", "onehot"})
LARGER = {"max_over": "ge", "min_over": "le"}  # of two terms, which are written out
MOST_COMPARED = 3  # terms
FOUND = {
    "sum_over": "arithmetic",
    "prod_over": "arithmetic",
    "chain_over": "matrix product",
    "max_over": "the largest value",
    "min_over": "the smallest value",
    "argmax_over": "the first index of the largest value",
    "argmin_over": "the first index of the smallest value",
}
IN_DECIMALS = "in decimals"
MOST_WRITTEN = 40  # terms of a sum that is written out
MOST_STEPS = 12
WIDEST_ARRAY = 84  # characters of a row
LONGEST_SUM = 260  # characters of a scalar, which may break over lines
MOST_ROWS = 12
MOST_NODES = 14  # of an irrational entry that is written exactly
MOST_ROOTS = 9  # irrational entries that are written exactly


class TooLong(Exception):
    """A value that nobody would write out exactly."""


class Working:
    """The lines of one part. `grids` are the values of nodes that need no further step."""

    def __init__(self, explicit: Explicit, put_in: str = "the data") -> None:
        self.explicit = explicit
        self.put_in = Reason(put_in)
        self.grids: dict[Node, Grid] = {}
        self.tried: set[Node] = set()
        self.reasons: list[Reason] = []
        self.as_tuple = False  # the value is written as the shape of an array

    def lines(self, left: Node, formula: Node, reason: Reason | None) -> tuple[list[Line], Node, Node | None]:
        """The lines, the value, and its decimals where these are printed instead. `reason` is why left is the
        formula; None where it is the formula."""
        formula = reindex(formula, {n: Size.of(k) for n, k in self.explicit.sizes.items()})
        value = self.explicit.value(formula)
        self.as_tuple = formula.op == "tuple"
        lines = [Line(left, formula, reason)] if reason is not None else []
        self.reasons = []
        shown = {text(left), text(formula)}

        def show(node: Node, why: Reason, relation: str = "==") -> None:
            if text(node) not in shown:
                shown.add(text(node))
                lines.append(Line(left, node, why, relation))

        exact = self.exact(value)
        if exact is not None and len(value.items) > MOST_ROOTS and any(map(_is_irrational, value.items)):
            exact = None
        try:
            now = self.put(formula, {})
            if now not in self.grids and readable(now):
                show(now, self.put_in)
            for _ in range(MOST_STEPS):
                if now in self.grids:
                    break
                self.reasons = []
                now = self.step(now, True)
                if now in self.grids and self.grids[now] == value:
                    break
                if readable(now):
                    show(now, self.reasons[0] if self.reasons else Reason("arithmetic"))
        except TooLong:
            pass
        if exact is not None:
            show(exact, self.reasons[0] if self.reasons else Reason("arithmetic"))
        if exact is None:
            show(rounded(value), Reason(IN_DECIMALS), "~=")
        elif has_decimals(value) and _has_floats(value):
            decimal = terminating(value)
            show(decimal or rounded(value), Reason(IN_DECIMALS), "~=" if decimal is None else "==")
        if exact is not None:
            return lines, exact, None
        return lines, precise(value), rounded(value)

    def exact(self, grid: Grid) -> Node | None:
        """The value written out exactly, where it is short enough to be read."""
        if any(isinstance(x, float) for x in grid.items):
            return None
        node = literal(grid)
        if any(_is_irrational(x) and _is_monster(node_of(x)) for x in grid.items):
            return None
        if self.as_tuple and len(grid.dims) == 1:
            node = build("tuple", *node.args)
        return node if readable(node) or (any(map(is_symbolic, grid.items))) else None

    # ------------------------------------------------------------ putting the data in

    def put(self, node: Node, at: At) -> Node:
        """The node with numbers for names; sums over an index are written out."""
        op = node.op
        if op == "sym":
            return self._name(node, at)
        if op == "entry" and node.args[0].op == "sym":
            return self.settled(self.explicit.value(node, at))
        if op in ("num", "const", "count"):
            return self.settled(self.explicit.value(node, at))
        if op in CONSTANTS:
            found = reindex(node, {n: Size.of(k) for n, k in at.items()})
            self.grids[found] = self.explicit.value(node, at)
            return found
        if isinstance(node.data, Range):
            bound = node.range
            low, high = self.explicit.count(bound.low, at), self.explicit.count(bound.high, at)
            if op in WRITTEN_OUT and 0 <= high - low < MOST_WRITTEN:
                terms = [self.put(node.args[0], {**at, bound.var: i}) for i in range(low, high + 1)]
                return build(WRITTEN_OUT[op], *terms) if len(terms) > 1 else terms[0]
            if op in LARGER and 0 < high - low < MOST_COMPARED:
                terms = [self.put(node.args[0], {**at, bound.var: i}) for i in range(low, high + 1)]
                return reduce(lambda a, b: build("where", build(LARGER[op], a, b), a, b), terms)
            self.reasons.append(Reason(FOUND[op]))
            return self.settled(self.explicit.value(node, at))
        if op in ALONG_PATHS:
            self.reasons.append(Reason("every path tried"))
            return self.settled(self.explicit.value(node, at))
        if op == "run":
            self.reasons.append(Reason("the algorithm, run on these values"))
            return self.settled(self.explicit.value(node, at))
        if op == "where" and (larger := two_of(node)):
            a, b = (self.put(x, at) for x in larger)
            return build("where", build(node.args[0].op, a, b), a, b)
        if op not in MEANING or op == "where":
            return self.settled(self.explicit.value(node, at))
        if op in OVER_AXES and node.args[0].op == "sym":  # written out next, entry by entry
            member = self.explicit.member(node.args[0], at)
            self.grids[member] = self.explicit.value(member)
            return build(op, member, data=node.data)
        args = tuple(self.put(a, at) for a in node.args)
        if op == "neg" and args[0].op == "num":
            return negative(args[0])
        made = build(op, *args, data=node.data)
        return self.computed(made) if op == "T" and args[0] in self.grids else made

    def _name(self, node: Node, at: At) -> Node:
        """Data as numbers, and the value of a defined name where it is short; else the name."""
        value = self.explicit.value(node, at)
        if not any(map(is_symbolic, value.items)):
            written = self.exact(value)
            defined = node.symbol.name in self.explicit.scope.definitions
            if written is not None and readable(written, 0.5) and not (defined and _is_long(value, written)):
                self.grids[written] = value
                return written
        member = self.explicit.member(node, at)
        self.grids[member] = value
        return member

    # ------------------------------------------------------------ steps

    def settled(self, grid: Grid) -> Node:
        node = self.exact(grid)
        if node is None:
            raise TooLong
        self.grids[node] = grid
        return node

    def is_settled(self, node: Node) -> bool:
        """Whether nothing is left to compute: a literal, a kept name, a root or logarithm as short as it gets."""
        if node in self.grids:
            return True
        if node.op == "neg" and not node.shape.is_scalar and node.args[0] in self.grids:
            self.grids[node] = MEANING["neg"](node, self.grids[node.args[0]])
            return True
        if (
            not all(_is_scalar(n) for n in walk(node))
            or node.op in FLAT
            and any(a.op == node.op for a in node.args)
        ):
            return False
        try:
            value = exact_of(node)
        except (NotEvaluated, KeyError):
            return False
        if isinstance(value, float) or node_of(value) != node:
            return False
        self.grids[node] = single(value)
        return True

    def step(self, node: Node, top: bool) -> Node:
        """One visible step."""
        if self.is_settled(node):
            return node
        if node.op in ARITHMETIC:
            args = tuple(self.step(a, top) for a in node.args)
            new = rebuild(node, args)
            return self.computed(new) if all(map(self.is_settled, new.args)) else new
        if node.op == "where":
            return self._chosen(node)
        if not all(map(self.is_settled, node.args)):
            return rebuild(node, tuple(self.step(a, False) for a in node.args))
        if node.op in WRITTEN and node not in self.tried:
            self.tried.add(node)
            write, reason = WRITTEN[node.op]
            inside = node.op == "matmul" and not node.shape.is_scalar and not top
            written = None if inside else write(node, *(self.grids[a] for a in node.args))
            if written is not None and written != node and readable(written):
                self.reasons.append(Reason(reason))
                return written
        return self.computed(node)

    def _chosen(self, node: Node) -> Node:
        """The larger (smaller) of two, when both are known."""
        test, a, b = node.args
        if self.is_settled(a) and self.is_settled(b):
            holds = MEANING[test.op](test, self.grids[a], self.grids[b])
            return self.settled(MEANING["where"](node, holds, self.grids[a], self.grids[b]))
        a, b = self.step(a, False), self.step(b, False)
        return build("where", build(test.op, a, b), a, b)

    def computed(self, node: Node) -> Node:
        if node.op in ("list", "tuple", "T") and all(a in self.grids for a in node.args):
            self.grids[node] = MEANING[node.op](node, *(self.grids[a] for a in node.args))
            return node
        if node.op in WORDS:
            self.reasons.append(Reason(WORDS[node.op]))
        return self.settled(MEANING[node.op](node, *(self.grids[a] for a in node.args)))


WORDS = {
    "matmul": "matrix product",
    "inv": "inverse",
    "det": "determinant",
    "softmax": "softmax",
    "softmax_rows": "softmax of each row",
    "relu": "relu",
    "max_over_axes": "largest entries",
}


def _has_floats(value: Grid) -> bool:
    """Whether the entries are in the range of floats: e^800 stays as it is."""
    try:
        return all(math.isfinite(approximate(x)) for x in value.items)
    except NotEvaluated:
        return False


def _is_scalar(node: Node) -> bool:
    """What an exact scalar is made of."""
    return node.shape.is_scalar and (node.op in ELEMENTWISE or node.op in SCALARS)


SCALARS = frozenset({"num", "count", "const", "sym", "add", "mul", "neg", "div", "pow"})


def _is_irrational(x: Scalar) -> bool:
    return isinstance(x, Exact) and x.rational is None and not is_symbolic(x)


def _is_monster(node: Node) -> bool:
    """An exact value that says less than its decimals."""
    digits = max((len(str(n.number)) for n in walk(node) if n.op == "num"), default=0)
    return node_count(node) > MOST_NODES or digits > 6


def _is_long(value: Grid, written: Node) -> bool:
    return needs_decimals(value) and len(value.items) > 4


# ---------------------------------------------------------------- what can be read


def readable(node: Node, share: float = 1.0) -> bool:
    """Whether the formula fits on a page: arrays on a line, sums of scalars over a few."""
    wide = width(node)
    return wide <= share * (WIDEST_ARRAY if _has_array(node) else LONGEST_SUM) and _rows(node) <= MOST_ROWS


def _has_array(node: Node) -> bool:
    return node.op in ("list", "tuple") or any(_has_array(a) for a in node.args)


def width(node: Node) -> int:
    """About how many characters wide the formula is printed."""
    if node.op == "list":
        if node.args[0].op == "list" and node.args[0].args[0].shape.is_scalar:
            columns = zip(*(row.args for row in node.args), strict=True)
            return sum(max(width(e) for e in column) + 2 for column in columns)
        if node.args[0].shape.is_scalar:
            return max(width(e) for e in node.args) + 2
        return sum(width(e) + 2 for e in node.args)
    if node.op == "div" and all(a.shape.is_scalar for a in node.args):
        return max(map(width, node.args)) + 1
    if not node.args:
        return len(str(node.number)) if node.op == "num" else len(text(node))
    if node.op == "num":
        return len(text(node))
    if node.op in ("sym", "entry") or not _has_array(node):
        own = 3 * (len(node.args) - 1) if node.op in ("add", "mul", "matmul") else 2
        return sum(map(width, node.args)) + own
    return sum(map(width, node.args)) + 3 * len(node.args)


def _rows(node: Node) -> int:
    own = len(node.args) if node.op == "list" else 1
    return max([own, *map(_rows, node.args)])
