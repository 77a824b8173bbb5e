"""A rule is a row: a name, a statement `left == right` in the authors' notation, its typed variables, conditions.

From the row come the rewriting (`Rule.apply`), the reason printed beside a line, the reference page and the
numeric test of the rule itself, on rectangular shapes. To add a rule: one row in the table of its subject.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Callable, Iterator, Mapping, Protocol

from derive.notation.derivation import Reason
from derive.notation.reader import read_equation
from derive.notation.types import read_type
from derive.rewrite.centred import is_centred, sums_to_one
from derive.rewrite.chance import (
    Randomness,
    is_affine,
    is_correlated,
    is_entrywise,
    is_even,
    is_gaussian,
)
from derive.rewrite.definite import positive
from derive.rewrite.depend import graph_of
from derive.rewrite.independence import apart
from derive.rewrite.mapped import is_white_map
from derive.rewrite.structure import is_idempotent, is_symmetric
from derive.rewrite.terms import split, transposed
from derive.tree.nodes import Node, node_count
from derive.tree.sizes import Size
from derive.vocabulary.build import FLAT, build, count, rebuild
from derive.vocabulary.scope import Declaration, Scope

Bindings = dict[str, Node]


class Setting(Protocol):
    """What conditions may ask: which expressions vary with the variable of the derivation, and what names mean."""

    @property
    def scope(self) -> Scope: ...

    def varies(self, node: Node) -> bool: ...

    def randomness(self, node: Node) -> frozenset[str]: ...


def _has(*facts: str, op: str = "") -> Callable[[Node, Setting], bool]:
    """Declared with one of the facts, or defined as the function `op`, whose values have them."""

    def holds(node: Node, setting: Setting) -> bool:
        if node.op != "sym":
            return False
        if node.symbol.facts & set(facts):
            return True
        body = setting.scope.open(node) if op else None
        return body is not None and body.op == op

    return holds


def _chance(setting: Setting) -> Randomness:
    return setting if isinstance(setting, Randomness) else Randomness(setting.scope, graph_of(setting.scope))


def _independent(a: Node, b: Node, setting: Setting) -> bool:
    known = _chance(setting)
    return apart(known.members(a), known.members(b), setting.scope)


def _dependent(a: Node, b: Node, setting: Setting) -> bool:
    return setting.varies(a) and setting.varies(b) and not _independent(a, b, setting)


POSITIVE = frozenset({"exp", "sigmoid", "softplus", "softmax", "softmax_rows", "phi", "Phi"})

# Conditions without which the statement of a row is false; its reason is then said of what it was used on.
FACTUAL = frozenset(
    {
        "symmetric",
        "simplex",
        "stochastic",
        "idempotent",
        "positive",
        "unit",
        "centred",
        "columns_centred",
        "rows_centred",
        "orthogonal",
    }
)

# To add a condition: a row here. "a,b independent" asks about two variables.
CONDITIONS: dict[str, Callable[..., bool]] = {
    "constant": lambda node, setting: not setting.varies(node),
    "varies": lambda node, setting: setting.varies(node),
    "independent": _independent,
    "dependent": _dependent,
    "entrywise": lambda node, setting: is_entrywise(node, _chance(setting)),
    "correlated": lambda node, setting: is_correlated(node, _chance(setting)),
    "affine": lambda node, setting: is_affine(node, _chance(setting)),
    "gaussian": lambda node, setting: setting.varies(node) and is_gaussian(node, _chance(setting)),
    "even": lambda node, setting: is_even(node, _chance(setting)),
    "symmetric": lambda node, setting: transposed(node) == node or is_symmetric(node, setting.scope),
    "white": lambda node, setting: is_white_map(node, _chance(setting)),
    "uniform": lambda node, setting: (split(node).body or node).op in ("eye", "ones"),
    "simplex": lambda node, setting: (
        _has("simplex", "onehot", op="softmax")(node, setting)
        or node.op == "sym"
        and sums_to_one(node, setting.scope)
    ),
    "stochastic": _has("stochastic", op="softmax_rows"),
    "idempotent": lambda node, setting: (
        _has("idempotent")(node, setting) or is_idempotent(node, setting.scope)
    ),
    "defined": lambda node, setting: setting.scope.open(node) is not None,
    "positive": lambda node, setting: node.op in POSITIVE or positive(node, setting.scope),
    "unit": _has("unit"),
    "single": lambda node, setting: node.op != "matmul",
    "centred": lambda node, setting: is_centred(node, setting.scope),
    "columns_centred": lambda node, setting: is_centred(node, setting.scope, "colsum"),
    "rows_centred": lambda node, setting: is_centred(node, setting.scope, "rowsum"),
    "orthogonal": _has("orthogonal"),
}


FLEXIBLE = frozenset({"sym", "num", "const", "count", "T"})  # what matches more than its own operation


@dataclass(frozen=True)
class Rule:
    """One row. `loose` variables match any shape that fits (their types are those of the row's own test).

    `grade` is major (a line of its own), minor (joins the line it serves) or silent. `say` is the reason in
    words where the instance of the statement would be too long; `where` lists conditions, "b constant".
    """

    name: str
    statement: str
    variables: str
    where: tuple[str, ...] = ()
    grade: str = "major"
    loose: bool = False
    say: str = ""
    last: bool = False  # inside a longer product only at its right end
    group: str = field(default="", compare=False)

    @cached_property
    def scope(self) -> Scope:
        """The variables of the row as a problem's symbol table."""
        declarations: dict[str, Declaration] = {}
        for item in _split_declarations(self.variables):
            name, _, kind = item.partition(":")
            scope = Scope(declarations)
            declarations[name.strip()] = read_type(kind.strip(), name.strip(), (), scope)
        return Scope(declarations)

    @cached_property
    def sides(self) -> tuple[Node, Node]:
        left, _, right = read_equation(self.statement, self.scope, differentials=True)
        return left, right

    @cached_property
    def conditions(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        pairs = (item.rsplit(" ", 1) for item in self.where)
        return tuple((tuple(names.split(",")), condition) for names, condition in pairs)

    @cached_property
    def rigid(self) -> frozenset[str]:
        """Operations that must stand right below the root for the row to fit."""
        return frozenset(a.op for a in self.sides[0].args) - FLEXIBLE

    def apply(self, node: Node, setting: Setting) -> Node | None:
        """The right side for `node`, or None where the row does not fit."""
        found = self._bound(node, setting)
        return None if found is None else instantiate(self.sides[1], found)

    def _bound(self, node: Node, setting: Setting) -> Bindings | None:
        left = self.sides[0]
        if left.op != node.op or not self.rigid <= {a.op for a in node.args}:
            return None
        for bound in match(left, node, {}, self, setting):
            if all(CONDITIONS[c](*(bound[n] for n in names), setting) for names, c in self.conditions):
                return bound
        return None

    def instance(self, node: Node, setting: Setting) -> tuple[Node, Node, Bindings] | None:
        """Both sides said of `node`, and what the variables are; None where the row does not fit."""
        bound = self._bound(node, setting)
        if bound is None:
            return None
        left, right = (instantiate(side, bound) for side in self.sides)
        return left, right, bound

    def reason(self, before: Node | None = None, after: Node | None = None) -> Reason:
        """What is printed beside a line: the words of the row, or its instance where that is short."""
        if self.say:
            return Reason(self.say)
        if before is not None and after is not None and node_count(before) + node_count(after) <= 16:
            return Reason(f"{self.name}: {{0}} = {{1}}", (before, after))
        return Reason(self.name)


def _split_declarations(text: str) -> list[str]:
    """Commas outside parentheses separate declarations."""
    parts, depth = [""], 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [p for p in parts if p.strip()]


def match(pattern: Node, node: Node, bound: Bindings, rule: Rule, setting: Setting) -> Iterator[Bindings]:
    """Every way `node` is an instance of `pattern`. Sums and products match in contiguous groups."""
    if pattern.op == "sym" and not pattern.args and pattern.symbol.name in rule.scope.declarations:
        yield from _bind(pattern, node, bound, rule)
    elif pattern.op in ("num", "const"):
        if pattern == node:
            yield bound
    elif pattern.op == "count":
        if node.op in ("count", "num"):
            yield from _bind_sizes((pattern.size,), (_as_size(node),), bound)
    elif pattern.op == node.op == "mul":
        yield from _match_product(pattern, node, bound, rule, setting)
    elif pattern.op == node.op and pattern.op in FLAT:
        for groups in _groups(node.args, len(pattern.args)):
            yield from _match_all(
                pattern.args, tuple(build(node.op, *g) for g in groups), bound, rule, setting
            )
    elif pattern.op == "T" and node.shape.kind == "row" and node.op != "T":
        yield from match(pattern.args[0], transposed(node), bound, rule, setting)
    elif pattern.op == node.op and pattern.data == node.data and len(pattern.args) == len(node.args):
        yield from _match_all(pattern.args, node.args, bound, rule, setting)


def _match_all(
    patterns: tuple[Node, ...], nodes: tuple[Node, ...], bound: Bindings, rule: Rule, setting: Setting
) -> Iterator[Bindings]:
    if not patterns:
        yield bound
        return
    for more in match(patterns[0], nodes[0], bound, rule, setting):
        yield from _match_all(patterns[1:], nodes[1:], more, rule, setting)


def _match_product(
    pattern: Node, node: Node, bound: Bindings, rule: Rule, setting: Setting
) -> Iterator[Bindings]:
    """Entrywise products commute: constants | varying first, then contiguous groups, then one factor | the rest."""
    if len(pattern.args) == 2 and len(node.args) > 1:
        still = [a for a in node.args if not setting.varies(a)]
        moving = [a for a in node.args if setting.varies(a)]
        if still and moving:
            halves = (build("mul", *still), build("mul", *moving))
            yield from _match_all(pattern.args, halves, bound, rule, setting)
    for groups in _groups(node.args, len(pattern.args)):
        yield from _match_all(pattern.args, tuple(build("mul", *g) for g in groups), bound, rule, setting)
    if len(pattern.args) == 2 and len(node.args) > 1:
        for i, a in enumerate(node.args):
            rest = build("mul", *node.args[:i], *node.args[i + 1 :])
            yield from _match_all(pattern.args, (a, rest), bound, rule, setting)
            yield from _match_all(pattern.args, (rest, a), bound, rule, setting)


def _groups(items: tuple[Node, ...], parts: int) -> Iterator[list[tuple[Node, ...]]]:
    if parts == 1:
        yield [items]
        return
    for k in range(1, len(items) - parts + 2):
        for rest in _groups(items[k:], parts - 1):
            yield [items[:k], *rest]


def _bind(pattern: Node, node: Node, bound: Bindings, rule: Rule) -> Iterator[Bindings]:
    name = pattern.symbol.name
    if name in bound:
        if bound[name] == node:
            yield bound
        return
    if not rule.loose and pattern.shape.kind != node.shape.kind:
        return
    more = {**bound, name: node}
    if rule.loose:
        yield more
    else:
        yield from _bind_sizes(pattern.shape.dims, node.shape.dims, more)


def _bind_sizes(patterns: tuple[Size, ...], sizes: tuple[Size, ...], bound: Bindings) -> Iterator[Bindings]:
    """Size names of the row are variables too; they are kept beside the others under `#name`."""
    more = dict(bound)
    for pattern, size in zip(patterns, sizes, strict=False):
        if pattern.name is None:
            continue
        key = f"#{pattern.name}"
        if key in more and more[key] != count(size):
            return
        more[key] = count(size)
    yield more


def _as_size(node: Node) -> Size:
    return node.size if node.op == "count" else Size.of(int(node.number))


def instantiate(pattern: Node, bound: Mapping[str, Node]) -> Node:
    """The pattern with its variables replaced."""
    if pattern.op == "sym" and pattern.symbol.name in bound:
        return bound[pattern.symbol.name]
    if pattern.op == "count":
        values = {k[1:]: _as_size(v) for k, v in bound.items() if k[0] == "#"}
        return count(pattern.size.replace(values))
    if not pattern.args:
        return pattern
    args = tuple(instantiate(a, bound) for a in pattern.args)
    if pattern.op == "matmul" and any(a.shape.is_scalar for a in args):  # a link of the chain was a number
        numbers = [a for a in args if a.shape.is_scalar]
        links = [a for a in args if not a.shape.is_scalar]
        return build("mul", *numbers, build("matmul", *links)) if links else build("mul", *numbers)
    return build(pattern.op, *args, data=pattern.data) if pattern.op != "sym" else rebuild(pattern, args)
