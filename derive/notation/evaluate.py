"""Floor 3: the value of a node on an instance, from the problem's definitions and nothing else.

Values are arrays whose last two axes are (rows, columns); axes in front are batches (directions, outcomes).
Derivatives are complex steps, all directions in one batch; inside another complex step 5-point differences.
This file knows names, indices and binders; verbs stand in files of their own, functions
in the vocabulary. To add a verb: its row in `verbs.VALUES`.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.anatomy import Anatomy
from derive.notation.environment import Environment, Key
from derive.notation.extents import MOST_ENTRIES, TOO_LARGE
from derive.notation.instance import Instance, SmoothField, SmoothFunction, draw
from derive.notation.interpret import reduced
from derive.notation.laws import Random
from derive.notation.laws import draw as draw_outcome
from derive.notation.magnitude import cancellation, magnitude
from derive.notation.opening import Opening
from derive.notation.path_memo import NEVER, PathMemo
from derive.notation.space import NumpySpace
from derive.notation.verbs import VALUES, Value
from derive.tree.nodes import Node, Range, Shape, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import TABLE, substitute
from derive.vocabulary.scope import Declaration, Definition, Scope

Array = Any
At = Mapping[str, int]
CONSTANTS = {"pi": math.pi, "e": math.e}
MOST_TERMS = 50_000  # of all sums over indices in one value
DEEPEST = 400  # of definitions opened inside each other: beyond it a recurrence has no start


class Undefined(NotEvaluated):
    """A value outside the domain of a function: log(-1)."""


class Evaluator:
    """Values on one instance. `wrt` is the variable that `d(...)` perturbs, in one random direction.

    `xp` is the array library, `exact` what it makes of given values, `verbs` the values of verbs.
    """

    def __init__(
        self,
        scope: Scope,
        instance: Instance,
        wrt: Node | None = None,
        anatomy: Anatomy | None = None,
        xp: Any = None,
        verbs: Mapping[str, Value] = VALUES,
        exact: Callable[[Array, frozenset[str]], Array] | None = None,
    ) -> None:
        self.scope = scope
        self.instance = instance
        self.wrt = wrt
        self.anatomy = anatomy or Anatomy(scope)
        self.xp = xp or NumpySpace()
        self.verbs = verbs
        self._exact = exact
        self.root = Environment()
        self.opening = Opening(scope, instance)
        self.outer = self.opening.outer
        self._at = self.outer
        self._functions: dict[object, Any] = {}
        self._depth = self._terms = 0
        self.walked = 0  # paths that were enumerated so far
        self.paths = PathMemo(scope)
        self._largest: dict[Node, int] = {}
        self._filled: set[Node] = set()  # nodes without an empty range

    # ------------------------------------------------------------ what others call

    def value(self, node: Node) -> Array:
        """The array of a node, (rows, columns). NotEvaluated: no value on this instance."""
        self._no_empty_range(node)
        try:
            with np.errstate(all="ignore"):
                value = self.evaluate(node, self.root, self.outer)
        except np.linalg.LinAlgError:
            raise NotEvaluated("a matrix is singular") from None
        except (OverflowError, ZeroDivisionError):
            raise NotEvaluated("a value is not finite") from None
        finally:
            self._depth = self._terms = 0
            self.paths.lowest = NEVER
        if np.isnan(value).any() and not np.isinf(value).any():
            raise Undefined("a value is not finite")
        if not np.isfinite(value).all():
            raise NotEvaluated("a value is not finite")
        return value

    def pinned(self, name: Node, value: Node) -> dict[Key, Array]:
        """What is pinned here already, and `name` at the value of `value`."""
        return {**self.root.values, self.key(name, self.root, self.outer): self.value(value)}

    def magnitude(self, node: Node) -> float:
        """The largest entry when every sum and product on top of the tree adds up absolute values: how
        large a number is the sum of which, if it is zero by cancellation."""
        with np.errstate(all="ignore"):
            size = float(np.max(magnitude(self, node, self.outer), initial=0.0))
        return size if math.isfinite(size) else 0.0

    def cancellation(self, node: Node) -> float:
        """By how much sums that nearly cancel magnify rounding errors; 1 where that cannot be said."""
        try:
            with np.errstate(all="ignore"):
                grown = cancellation(self, node)
        except NotEvaluated:
            return 1.0
        return grown if math.isfinite(grown) else 1.0

    def size(self, size: Size) -> int:
        return self.count(size, self._at)

    # ------------------------------------------------------------ nodes

    def evaluate(self, node: Node, env: Environment, at: At) -> Array:
        """The value in an environment, with indices bound by `at`; memoised in the outermost environment that
        the node can tell from it."""
        traits = self.anatomy.of(node)
        while env.parent is not None and traits.names.isdisjoint(env.names):
            env = env.parent
        key: object = node
        if traits.indices:
            try:
                key = (node, *[at[name] for name in traits.indices])
            except KeyError as missing:
                raise self.opening.no_index(str(missing.args[0])) from None
        value = env.memo.get(key)
        if value is None and self.paths.families:
            value = env.memo[key] = self.paths.computed(key, env, lambda: self._compute(node, env, at))
        elif value is None:
            value = env.memo[key] = self._compute(node, env, at)
        elif self.paths.families:
            self.paths.remembered(key, env)
        return value

    def _compute(self, node: Node, env: Environment, at: At) -> Array:
        op = node.op
        if op == "sym":
            return self.named(self.key(node, env, at), env)
        if op == "num":
            return self.xp.number(node.number)
        if op == "count":
            return self.xp.number(self.count(node.size, at))
        if op == "const":
            if node.data not in CONSTANTS:
                raise NotEvaluated(f"the constant '{node.data}' has no value")
            return self.xp.number(CONSTANTS[str(node.data)] if node.data != "pi" else self.xp.pi)
        if isinstance(node.data, Range):
            return self._bound(node, env, at)
        if op == "apply":
            return self._applied(node, env, at)
        verb = self.verbs.get(op)
        if verb is not None:
            return verb(self, node, env, at)
        row = TABLE[op]
        if row.numeric is None:
            raise NotEvaluated(f"'{op}' has no numeric meaning")
        if not node.shape.is_scalar:
            self._entries(node.shape, at)
        arguments = [self.evaluate(a, env, at) for a in node.args]
        self._at = at
        return row.numeric(self, node, *arguments)

    def largest(self, node: Node, at: At) -> int:
        """The entries of the largest array in a node and behind its names, as far as their shapes tell."""
        if node not in self._largest:
            shapes = {part.shape for part in walk(node)}
            for name in self.anatomy.of(node).names:
                for entry in (self.scope.declarations.get(name), self.scope.definitions.get(name)):
                    shapes |= {entry.shape} if entry is not None else set()
            self._largest[node] = max(self._entries(shape, at) for shape in shapes)
        return self._largest[node]

    def _entries(self, shape: Shape, at: At) -> int:
        """How many entries an array has; NotEvaluated where that is too many."""
        try:
            entries = math.prod(dim.value(at) for dim in shape.dims)
        except KeyError:  # sizes that vary with a bound index
            return 1
        if entries > MOST_ENTRIES:
            raise NotEvaluated(TOO_LARGE)
        return entries

    def count(self, size: Size, at: At) -> int:
        return self.opening.count(size, at)

    def count_of(self, node: Node, at: At) -> int:
        """The number of a size node, such as an end of w[1..t-1]."""
        return self.count(node.size, at) if node.op == "count" else int(node.number)

    def key(self, node: Node, env: Environment, at: At) -> Key:
        """The name and the numeric index of a symbol."""
        return node.symbol.name, tuple(self._index(a, env, at) for a in node.args)

    def _index(self, node: Node, env: Environment, at: At) -> int:
        if node.op == "count":
            return self.count(node.size, at)
        found = self.evaluate(node, env, at)
        values = np.array([complex(x).real for x in np.asarray(found).ravel()])  # SymPy's numbers too
        if values.size == 1 and values[0].is_integer():
            return int(values[0])
        first = round(float(values.flat[0]))
        if not np.all(np.abs(values - first) < 1e-9):
            raise NotEvaluated("an index varies with the outcomes")
        return first

    def _bound(self, node: Node, env: Environment, at: At) -> Array:
        """sum, product or maximum over a range; over none of it 0, 1 and an error."""
        range_ = node.range
        low, high = self.count(range_.low, at), self.count(range_.high, at)
        self._terms += max(0, high - low + 1)
        if self._terms > MOST_TERMS:
            raise NotEvaluated(TOO_LARGE)
        values = [self.evaluate(node.args[0], env, {**at, range_.var: i}) for i in range(low, high + 1)]
        if not values:
            if high < low - 1 or node.op not in ("sum_over", "prod_over", "chain_over"):
                raise NotEvaluated(f"empty range {range_.var}={range_.low}..{range_.high}")
            shape = self.instance.measure(node.shape, at)
            if node.op == "chain_over":
                return self.xp.eye(shape[0])
            return self.xp.full(shape, 1 if node.op == "prod_over" else 0)
        return reduced(node.op, values, low, self.xp)

    # ------------------------------------------------------------ names

    def named(self, key: Key, env: Environment) -> Array:
        """The value of a name at an index: pinned, defined, an unspecified function, or given."""
        self.paths.read(key, env)
        value = env.pinned(key)
        if value is not None:
            return value
        opened = self.opening.body(key)
        if opened is not None:
            body, at = opened
            self._depth += 1
            if self._depth > DEEPEST:
                raise NotEvaluated(f"the recurrence of '{key[0]}' has no start")
            value = self.evaluate(body, env, at)
            self._depth -= 1
            return value
        declared = self.opening.declared(key)
        if declared.of:
            return self._unspecified(declared, key, env)
        if declared.law is not None:
            return self._outcome(declared, key)
        value = self.instance.given(declared, key[1], self._number)
        return self._exact(value, declared.facts) if self._exact else value

    def _number(self, node: Node) -> float:
        return float(self.evaluate(node, self.root, self.outer).flat[0])

    # ------------------------------------------------------------ unspecified functions, random quantities

    def _applied(self, node: Node, env: Environment, at: At) -> Array:
        """f(u), f'(u), ...: `data` is the function's name and the order of the derivative."""
        assert isinstance(node.data, tuple)
        name, order = node.data
        definition = self.scope.definitions.get(name)
        if definition is not None and definition.argument is not None:
            return self._by_formula(definition, order, node.args[0], env, at)
        return self.function(name, self.evaluate(node.args[0], env, at), order)

    def function(self, name: str, u: Array, order: int = 0) -> Array:
        """An unspecified function of one argument, or its derivative of that order."""
        if name not in self._functions:
            self._functions[name] = SmoothFunction(self.instance.random("function", name))
        found: Array = self._functions[name](u, order)
        return found

    def _by_formula(
        self, function: Definition, order: int, argument: Node, env: Environment, at: At
    ) -> Array:
        """A function given by a formula, or its derivative, entry by entry."""
        body = function.formula(order)
        if body is None or function.argument is None:
            raise NotEvaluated(f"{function.name} has no derivative of order {order}")
        key = (function.name, order, argument)
        if key not in self._functions:
            self._functions[key] = substitute(body, {function.argument: argument})
        return self.evaluate(self._functions[key], env, at) + 0 * self.evaluate(argument, env, at)

    def _unspecified(self, declared: Declaration, key: Key, env: Environment) -> Array:
        """The value of `L: scalar of w`, at the entries of its arguments in order."""
        parts = [self.evaluate(a, env, at) for a, at in self.opening.arguments(key)]
        batch = np.broadcast_shapes(*(p.shape[:-2] for p in parts))
        columns = [np.broadcast_to(p, batch + p.shape[-2:]).reshape(*batch, -1, 1) for p in parts]
        x = np.concatenate(columns, axis=-2)
        rows, cols = self.instance.measure(declared.shape, self.opening.at_member(declared, key))
        if key not in self._functions:
            random = self.instance.random("function", *key)
            self._functions[key] = SmoothField(random, x.shape[-2], rows * cols)
        return self._functions[key](x).reshape(*batch, rows, cols)

    def _outcome(self, declared: Declaration, key: Key) -> Array:
        """One outcome per instance, for a random quantity outside every expectation."""
        if key not in self.instance.values:
            quantity = self.quantity(key)
            args = self.law_values(key, self.root)
            self.instance.values[key] = draw_outcome(quantity, args, self.instance.random("outcome", *key))
        return self.instance.values[key]

    def quantity(self, key: Key) -> Random:
        """What the quadrature must know of a random quantity."""
        declared = self.opening.declared(key)
        law = declared.law
        assert law is not None
        at = self.opening.at_member(declared, key)
        rows, columns = self.instance.measure(declared.shape, at)
        matrix_cov = "cov" in law.args and law.args["cov"].shape.kind == "matrix"
        p = law.args.get("p")
        categories = (
            self.instance.measure(p.shape, at)[0] if p is not None and law.kind == "categorical" else 0
        )
        if law.kind == "uniform" and (declared.integers or "integer" in declared.facts):
            raise NotEvaluated(f"'{key[0]}' is uniform on integers: write categorical(ones(n) / n)")
        return Random(key, law.kind, rows, columns, matrix_cov, categories)

    def law_values(self, key: Key, env: Environment) -> dict[str, Array]:
        return {name: self.evaluate(node, env, at) for name, (node, at) in self.opening.law(key).items()}

    # ------------------------------------------------------------ honesty

    def _no_empty_range(self, node: Node, bound: frozenset[str] = frozenset()) -> None:
        """A line over an empty range says nothing: T = 1 in t=1..T-1."""
        if not bound and node in self._filled:
            return
        if isinstance(node.data, Range):
            range_ = node.data
            names = range_.low.names | range_.high.names
            if not names & bound and self.count(range_.high, self.outer) < self.count(range_.low, self.outer):
                raise NotEvaluated(f"empty range {range_.var}={range_.low}..{range_.high}")
            bound = bound | {range_.var}
        for arg in node.args:
            self._no_empty_range(arg, bound)
        if not bound:
            self._filled.add(node)


__all__ = ["Evaluator", "Instance", "Undefined", "draw"]
