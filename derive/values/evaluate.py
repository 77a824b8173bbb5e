"""The exact value of an expression: names by their data, defined names by their definitions, others as symbols.

Independent of the numeric evaluator, which checks every line. Derivatives are taken entry by entry, of the sum of
products that a scalar comes to when the entries of the variable are symbols.
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.errors import NotEvaluated
from derive.notation.text import text
from derive.tree.nodes import Node, Range, Shape, names_in
from derive.tree.sizes import Size
from derive.values.arrays import MOST_ENTRIES, Grid, grid_of, indices, single
from derive.values.functions import derivative, exact_of
from derive.values.known import concrete, sizes_of
from derive.values.meaning import MEANING, total
from derive.values.ranges import EXTREMA, JOINED, PATHS, paths, place
from derive.values.running import run
from derive.values.scalars import Scalar, atom, is_symbolic, node_of, of, of_number, sign
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.build import build, count, num, substitute
from derive.vocabulary.scope import Scope

At = Mapping[str, int]
Key = tuple[str, tuple[Node, ...]]
DEEPEST = 300
MOST_TERMS = 20_000
LONGEST = 5_000  # a recurrence followed from its start


WAYS_OUT = {  # why an operation has no value on the data: what its author can do
    "log of 0": "logarithms are of positive numbers: correct the data, or leave the zeros out",
    "log of a negative number": "logarithms are of positive numbers: correct the data",
    "a root of a negative number": "roots are of numbers from 0 on: correct the data",
    "division by 0": "correct the data, or add a small number below",
    "an index outside": "indices are whole numbers that count from 1",
    "the matrix is singular": "correct the data: only a regular matrix has an inverse",
}


def _said_of(node: Node, error: NotEvaluated) -> NotEvaluated:
    """The error with the expression that has no value."""
    way = next((hint for begins, hint in WAYS_OUT.items() if error.message.startswith(begins)), None)
    if error.hint is None and way is not None and names_in(node):
        error.hint = way
        error.message = f"{error.message} in {text(node)}"
    return error


class Explicit:
    """Exact values in one scope. `values` are names that have others here (a variable, `at`); `base` is the same
    without them, where conditions are decided."""

    def __init__(
        self, scope: Scope, values: Mapping[Key, Grid] | None = None, base: Explicit | None = None
    ) -> None:
        self.sizes: dict[str, int] = sizes_of(scope) if base is None else base.sizes
        self.scope: Scope = concrete(scope, self.sizes) if base is None else base.scope
        self.values = dict(values or {})
        self.base = base or self
        self.algorithms: Mapping[str, object] = scope.algorithms if base is None else base.algorithms
        self.depth = 0
        self.running: int = 0 if base is None else base.running  # algorithms inside each other
        self._climbing = False
        self._named: dict[Key, Grid] = {}

    def inside(self, values: Mapping[Key, Grid], decides: bool = False) -> Explicit:
        """Values where names have others; `decides`: their conditions hold there, and not where they came from."""
        child = Explicit(self.scope, {**self.values, **values}, self.base)
        if decides:
            child.base = child
        return child

    def pinning(self, values: Mapping[Key, Grid]) -> Explicit:
        """Names at values at which conditions are decided, too."""
        child = Explicit(self.scope, {**self.values, **values}, self.base)
        child.base = child if self.base is self else self.base.pinning(values)
        return child

    def running_with(self, values: Mapping[Key, Grid], algorithms: Mapping[str, object]) -> Explicit:
        """The inside of an algorithm, which calls other ones; conditions there are decided by its values."""
        child = Explicit(self.scope, {**self.values, **values}, self.base)
        child.base, child.algorithms, child.running = child, algorithms, self.running + 1
        return child

    # ------------------------------------------------------------ nodes

    def value(self, node: Node, at: At | None = None) -> Grid:
        """NotEvaluated where a name has neither data nor a size that is a number."""
        at = at or {}
        op = node.op
        if op == "num":
            return single(of_number(node))
        if op == "count":
            return single(self.index(node.size, at))
        if op == "const":
            return single(atom(node))
        if op == "sym":
            return self.named(self.member(node, at))
        if op == "where":
            holds = sign(self.base.value(node.args[0], at).scalar)
            return self.value(node.args[1 if holds else 2], at)
        if isinstance(node.data, Range):
            return self._bound(node, at)
        if op == "at":
            return self._at(node, at)
        if op in DERIVATIVES:
            return self.derivative(node, at)
        if op in PATHS:
            return self._paths(node, at)
        if op == "count_paths":
            return self._count_paths(node, at)
        if op == "at_path":
            return self._at_path(node, at)
        if op == "run":
            return run(self, node, at)
        if op == "apply":
            return self._applied(node, at)
        if op in ("eye", "ones", "zeros", "onehot"):
            return self._constant(node, at)
        if op not in MEANING:
            raise NotEvaluated(f"'{op}' has no exact value")
        self._own_size(node, at)
        grids = [self.value(a, at) for a in node.args]
        try:
            return MEANING[op](node, *grids)
        except NotEvaluated as error:
            raise _said_of(node, error) from None

    def index(self, size: Size, at: At) -> Scalar:
        """A size or an index as a number, or as it is written where nothing fixes it."""
        known = {n: Size.of(k) for n, k in {**self.sizes, **at}.items()}
        size = size.replace(known)
        return of(size.constant) if size.constant is not None else atom(count(size))

    def count(self, size: Size, at: At) -> int:
        known = {**self.sizes, **at}
        if missing := sorted(size.names - known.keys()):
            raise NotEvaluated(f"'{missing[0]}' has no value")
        return size.value(known)

    def _own_size(self, node: Node, at: At) -> None:
        entries = 1
        for dim in node.shape.dims:
            entries *= self.count(dim, at)
        if entries > MOST_ENTRIES:
            raise NotEvaluated(f"an array of {entries} entries is not written out")

    def _applied(self, node: Node, at: At) -> Grid:
        """A function given by a formula, entry by entry."""
        assert isinstance(node.data, tuple)
        name, order = node.data
        definition = self.scope.definitions.get(name)
        body = definition.formula(order) if definition is not None else None
        if definition is None or definition.argument is None or body is None:
            raise NotEvaluated(f"the function '{name}' has no formula")
        key = (definition.argument.symbol.name, ())
        inner = self.value(node.args[0], at)
        values = [self.inside({key: single(x)}, decides=not is_symbolic(x)).value(body) for x in inner.items]
        return Grid(inner.dims, tuple(v.scalar for v in values), inner.is_row)

    def _constant(self, node: Node, at: At) -> Grid:
        dims = tuple(self.count(d, at) for d in node.shape.dims)
        if node.op == "onehot":
            one = self.value(node.args[0], at).scalar
            return Grid(dims, tuple(of(int(one == of(i + 1))) for i in range(dims[0])))
        same = node.op == "eye"
        return Grid(
            dims, tuple(of(int(i[0] == i[1]) if same else int(node.op == "ones")) for i in indices(dims))
        )

    # ------------------------------------------------------------ names

    def member(self, node: Node, at: At) -> Node:
        """The symbol at the indices that it has here."""
        if not node.args:
            return node
        found = []
        for arg in node.args:
            index = node_of(self.value(arg, at).scalar)
            if index.op != "count" and (index.op != "num" or index.number.denominator != 1):
                raise NotEvaluated(f"an index of '{node.symbol.name}' is no number")
            found.append(index)
        return Node("sym", tuple(found), node.data, node.shape)

    def named(self, node: Node) -> Grid:
        key = (node.symbol.name, node.args)
        if key in self.values:
            return self.values[key]
        if key not in self._named:
            self._climb(node)
            self.depth += 1
            if self.depth > DEEPEST:
                raise NotEvaluated(f"the recurrence of '{key[0]}' has no start")
            self._named[key] = self._opened(node)
            self.depth -= 1
        return self._named[key]

    def _climb(self, node: Node) -> None:
        """A recurrence from its start, so that a long one is no deep recursion."""
        if not node.args or any(a.op != "num" for a in node.args) or self._climbing:
            return
        last = int(node.args[0].number)
        self._climbing = True
        try:
            for k in range(1, last if last <= LONGEST else 0):
                self.named(Node("sym", (num(k), *node.args[1:]), node.data, node.shape))
        except NotEvaluated:
            pass  # it starts elsewhere
        finally:
            self._climbing = False

    def _opened(self, node: Node) -> Grid:
        given = self.scope.given(node)
        if given is not None:
            return grid_of(given)
        if any(a.op == "count" and a.size.name is None for a in node.args):
            return self.symbols(node)  # x[t-1] on the way to x[t]: the recurrence is not followed
        if all(a.op == "num" for a in node.args):
            self._inside(node)
        body = self.scope.open(node)
        if body is not None:
            return self.value(body)
        return self.symbols(node)

    def _inside(self, node: Node) -> None:
        """Members outside the range of an index have no value, unless they are declared one by one."""
        name = node.symbol.name
        definition, declared = self.scope.definitions.get(name), self.scope.declarations.get(name)
        index = tuple(Size.of(int(a.number)) for a in node.args)
        if definition is None:
            return
        apart = (*(member for member, _ in definition.members), *(declared.boundary if declared else ()))
        if any(self.scope.bound_by(member, index) is not None for member in apart):
            return
        written = ", ".join(map(str, index))
        for param, at in zip(definition.params, index, strict=False):
            low, high = self.scope.indices.get(param, (at, at))
            first, last, here = low.constant, high.constant, at.constant
            assert here is not None
            if (first is not None and here < first) or (last is not None and here > last):
                raise NotEvaluated(f"{name}[{written}] lies outside {param}={low}..{high}")

    def symbols(self, node: Node) -> Grid:
        """A name without data: its entries are symbols."""
        name = node.symbol.name
        declared = self.scope.declarations.get(name)
        if declared is not None and (declared.law is not None or declared.of or declared.layer):
            raise NotEvaluated(f"'{name}' has no data")
        shape = declared.shape if declared is not None else node.shape
        dims = tuple(d.constant for d in shape.dims)
        if None in dims:
            raise NotEvaluated(f"'{name}' has no data")
        sizes = tuple(n for n in dims if n is not None)
        if not sizes:
            return single(atom(node))
        plain = Node("sym", node.args, node.data, shape)
        entries = (build("entry", plain, *(num(i + 1) for i in at)) for at in indices(sizes))
        return Grid(sizes, tuple(atom(e) for e in entries))

    # ------------------------------------------------------------ binders, at

    def _bound(self, node: Node, at: At) -> Grid:
        bound = node.range
        low, high = self.count(bound.low, at), self.count(bound.high, at)
        if high - low > MOST_TERMS:
            raise NotEvaluated("a sum of too many terms")
        places = [{**at, bound.var: i} for i in range(low, high + 1)]
        if node.op in EXTREMA:
            first = place(node.op, [self.base.value(node.args[0], there).scalar for there in places])
            is_place = node.op.startswith("arg")
            return single(of(low + first)) if is_place else self.value(node.args[0], places[first])
        grids = [self.value(node.args[0], there) for there in places]
        if grids:
            return JOINED[node.op](node, grids)
        if node.op == "chain_over":
            return self._constant(build("eye", count(node.shape.dims[0])), at)
        empty = tuple(self.count(d, at) for d in node.shape.dims)
        start = of(1 if node.op == "prod_over" else 0)
        return Grid(empty, tuple(start for _ in indices(empty)))

    def _paths(self, node: Node, at: At) -> Grid:
        """A reduction over paths, by trying all of them."""
        body, *ends = node.args
        first, last = (self._number(end, at) for end in ends)
        pins: list[dict[Key, Grid]] = [
            {(node.symbol.name, (num(k),)): single(of(v)) for k, v in path}
            for path in paths(self._choices(node.symbol.name, at), first, last)
        ]
        if node.op == "sum_paths":
            return single(total(self.pinning(pin).value(body, at).scalar for pin in pins))
        decided = [self.base.pinning(pin).value(body, at).scalar for pin in pins]
        return self.pinning(pins[place(PATHS[node.op], decided)]).value(body, at)

    def _count_paths(self, node: Node, at: At) -> Grid:
        first, last = (self._number(end, at) for end in node.args)
        return single(of(len(self._choices(node.symbol.name, at)) ** max(0, last - first + 1)))

    def _at_path(self, node: Node, at: At) -> Grid:
        """Every member of the family set, from its first index on."""
        body, value = node.args
        name = node.symbol.name
        low = self.count(self.scope.indices[self.scope.declarations[name].params[0]][0], at)
        path = self.value(value, at).items
        return self.pinning({(name, (num(k),)): single(v) for k, v in enumerate(path, low)}).value(body, at)

    def _choices(self, name: str, at: At) -> range:
        """The values of a member of a family of integers."""
        declared = self.scope.declarations[name]
        assert declared.integers is not None
        low, high = (self.count(end, at) for end in declared.integers)
        return range(low, high + 1)

    def _number(self, node: Node, at: At) -> int:
        """An end of a range such as w[1..t-1]."""
        return self.count(node.size, at) if node.op == "count" else int(node.number)

    def _at(self, node: Node, at: At) -> Grid:
        body, name, value = node.args
        return self.inside({self.key(name, at): self.value(value, at)}, decides=True).value(body, at)

    def key(self, name: Node, at: At) -> Key:
        member = self.member(name, at)
        return member.symbol.name, member.args

    # ------------------------------------------------------------ derivatives

    def derivative(self, node: Node, at: At, put_back: bool = True) -> Grid:
        """Entry by entry; with `put_back` at the value of the variable, where it has one."""
        f, x = node.args[:2]
        name = x.args[0] if x.op == "entry" else x
        member = self.member(name, at)
        symbols = self.symbols(Node("sym", member.args, member.data, self._shape(name, at)))
        key = self.key(name, at)
        free = self.inside({key: symbols})
        variables = list(symbols.items)
        if x.op == "entry":
            variables = [MEANING["entry"](x, symbols, *(self.value(a, at) for a in x.args[1:])).scalar]
        values = free.value(f, at)
        slopes = [[derivative(v, _atom(s)) for s in variables] for v in values.items]
        if node.op == "hessian":
            slopes = [[derivative(v, _atom(s)) for s in variables] for v in slopes[0]]
        entries: tuple[Scalar, ...] = tuple(s for row in slopes for s in row)
        here = self._put_back(symbols, member) if put_back else {}
        if here:
            entries = tuple(exact_of(substitute(node_of(e), here)) if is_symbolic(e) else e for e in entries)
        return Grid(self._dims(node, values, x, symbols), entries)

    def _shape(self, name: Node, at: At) -> Shape:
        dims = tuple(Size.of(self.count(d, at)) for d in name.shape.dims)
        return Shape(name.shape.kind, dims, name.shape.axes)

    def _dims(self, node: Node, values: Grid, x: Node, symbols: Grid) -> tuple[int, ...]:
        own = () if x.op == "entry" else symbols.dims
        if node.op == "hessian":
            return own * 2
        return own if node.op == "gradient" else values.dims + own

    def _put_back(self, symbols: Grid, member: Node) -> dict[Node, Node]:
        """The symbols of the variable's entries beside their values, where it has some."""
        try:
            values = self.named(member)
        except NotEvaluated:
            return {}
        pairs = zip(symbols.items, values.items, strict=True)
        return {_atom(s): node_of(v) for s, v in pairs if s != v}


def _atom(scalar: Scalar) -> Node:
    assert not isinstance(scalar, float)
    return scalar.terms[0][0][0][0]
