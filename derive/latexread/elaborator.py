"""The state of one elaboration: what is bound, what was noted, which of several readings is followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from derive.errors import DeriveError
from derive.latexread.context import Context, Mode
from derive.latexread.parse import parse
from derive.latexread.reading import Hook, IllTyped, Note, Unreadable
from derive.latexread.relatex import surface_latex
from derive.latexread.settle import settled
from derive.latexread.surface import Script, Surface
from derive.latexread.tokens import Span, Unread
from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size
from derive.vocabulary.build import build, count, reindex, sym

MOST_STEPS = 20_000
Choices = Mapping[tuple[Span, str], int]


@dataclass(frozen=True)
class Tensor:
    """The derivative of an array in an array that is no matrix: it has a meaning beside a factor that contracts it."""

    y: Node
    x: Node
    scalars: tuple[Node, ...] = ()


Value = Node | Tensor


class Stop(Exception):
    """This reading ends here, with this outcome."""

    def __init__(self, outcome: IllTyped | Unreadable) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


Meaning = Callable[["Elaborator", Surface], Value]


def is_open(size: Size) -> bool:
    """Whether a size still waits to be told."""
    return size.name is not None and size.name.startswith("?")


@lru_cache(4096)
def _parsed(script: Script) -> Surface:
    """A script is parsed once, in however many readings its line is tried."""
    return parse(settled(script))


class Elaborator:
    """One run over one formula. `table` says for each class of surface trees what it means."""

    def __init__(
        self,
        context: Context,
        mode: Mode,
        hook: Hook | None,
        choices: Choices,
        table: Mapping[type[Surface], Meaning],
    ) -> None:
        self.context, self.mode, self.hook, self.choices = context, mode, hook, choices
        self.table = table
        self.names, self.known = context.names, context.names.known
        self.bound: dict[str, tuple[Size, Size]] = {}
        self.free: dict[str, tuple[Size, Size]] = {}  # indices that nothing binds: the i of `x_i = ...`
        self.counting_letters: frozenset[str] = (
            frozenset()
        )  # of entries.SELDOM, where the formula shows that they count
        self.local: dict[
            str, Size
        ] = {}  # where a free index of the problem ends, if it counts something else here
        self.alike: list[tuple[Size, Size]] = []  # sizes that are one unless something tells them apart
        self.notes: dict[Note, None] = {}
        self.offered: dict[tuple[Span, str], tuple[str, ...]] = {}
        self.found: dict[str, Size] = {}  # sizes that turned out: `?1` is n
        self.memo: dict[object, tuple[Surface, Value]] = {}  # the trees too: their ids are the keys
        self.steps = self.fresh = self.counting = 0  # `counting`: inside a limit, an index or a divisor

    def value(self, surface: Surface) -> Value:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise self.unreadable("this formula has too many readings", surface.span)
        key = (id(surface), tuple(self.bound))
        if key not in self.memo:
            phrase = self.names.phrases.get(surface_latex(surface)) if self.names.phrases else None
            value = self.named(phrase) if phrase else self.table[type(surface)](self, surface)
            self.memo[key] = (surface, value)
        return self.memo[key][1]

    def count(self, surface: Surface) -> Node:
        """What stands where a number of things is meant: a letter there is a size before it is a family."""
        self.counting += 1
        try:
            return self.node(surface)
        finally:
            self.counting -= 1

    def named(self, name: str) -> Node:
        """A name that is written as a phrase."""
        params = self.known.params(name) or ()
        sizes = tuple(Size.of(p) for p in params)
        shape, facts = self.known.meaning(name, sizes)
        return sym(name, shape, tuple(count(s) for s in sizes), facts)

    def node(self, surface: Surface) -> Node:
        """The value, where it is a number, a vector or a matrix."""
        value = self.value(surface)
        if isinstance(value, Tensor):
            raise self.no_matrix(value, surface.span)
        return value

    def no_matrix(self, tensor: Tensor, span: Span) -> Stop:
        message = f"the derivative of {tensor.y.shape} in {tensor.x.shape} is no matrix"
        return self.ill_typed(message, span, tensor.y, tensor.x)

    # ------------------------------------------------------------ errors, notes, choices

    def unreadable(self, message: str, span: Span, hint: str | None = None) -> Stop:
        return Stop(Unreadable(message, span, hint))

    def ill_typed(
        self, message: str, span: Span, left: Value | None = None, right: Value | None = None,
        spans: tuple[Span, Span] | None = None,
    ) -> Stop:  # fmt: skip
        shapes = tuple(v.shape if isinstance(v, Node) else None for v in (left, right))
        return Stop(IllTyped(message, span, (shapes[0], shapes[1]), spans, tuple(self.notes)))

    def note(self, text: str, span: Span, kind: str = "reading") -> None:
        self.notes[Note(text, span, kind)] = None

    def choose(self, span: Span, what: str, options: tuple[str, ...]) -> int:
        """Which of several readings this run follows; the first one unless told otherwise."""
        self.offered[span, what] = options
        return min(self.choices.get((span, what), 0), len(options) - 1)

    # ------------------------------------------------------------ nodes

    def make(self, op: str, *args: Node, span: Span, data: object = None) -> Node:
        try:
            return build(op, *args, data=data)
        except DeriveError as error:
            raise self.ill_typed(error.message, span, args[0], args[1] if len(args) > 1 else None) from None

    def placeholder(self) -> Size:
        """A size that the neighbours will tell (`I`, `0`, a sum without limits)."""
        self.fresh += 1
        return Size.of(f"?{self.fresh}")

    def settle(self, node: Node) -> Node:
        """The node with the sizes that turned out."""
        for _ in range(8):
            found = {k: v for k, v in self.found.items() if v.names}
            found |= {k: v for k, v in self.found.items() if not v.names}
            new = reindex(node, found) if found else node
            if new is node or new == node and new.shape == node.shape:
                return new
            node = new
        return node

    def meet(self, a: Size | None, b: Size | None) -> bool:
        """Whether two sizes are one; an open size is taken from the other."""
        if a is None or b is None:
            return a is b
        a, b = a.replace(self.found), b.replace(self.found)
        if a == b:
            return True
        for one, other in ((a, b), (b, a)):
            if is_open(one) and one.name is not None and one.name not in other.names:
                self.found[one.name] = other
                return True
        return False

    def meet_alike(self) -> None:
        """Sizes that nothing told are those of the index beside them: the j of a delta_ij alone runs as i does."""
        for a, b in self.alike:
            self.meet(a, b)

    def same_shape(self, a: Shape, b: Shape) -> bool:
        if a.kind != b.kind or len(a.dims) != len(b.dims):
            return False
        if all(x.replace(self.found) == y.replace(self.found) for x, y in zip(a.dims, b.dims, strict=True)):
            return True
        before = dict(self.found)
        if all(self.meet(x, y) for x, y in zip(a.dims, b.dims, strict=True)):
            return True
        self.found = before
        return False

    def is_open(self, node: Node) -> bool:
        """Whether the shape still waits for a size."""
        return any(n.startswith("?") for d in node.shape.dims for n in d.replace(self.found).names)

    # ------------------------------------------------------------ scripts

    def read(self, script: Script, span: Span) -> Surface:
        """A script as an expression."""
        try:
            if not script:
                raise self.unreadable("an expression is missing", span)
            return _parsed(script)
        except Unread as error:
            where = error.span if error.span.stop > error.span.start else span
            raise self.unreadable(error.message, where, error.hint) from None
