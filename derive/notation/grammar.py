"""The grammar of the author's notation (NumPy-like), by recursive descent; nothing is ever executed.

    sum     = ["-"] product (("+" | "-") product)*    factor  = ("-" | "+") factor | postfix ["**" factor]
    product = factor (("*" | "/" | "@") factor)*      postfix = atom (".T" | "[" index, ... "]")*
    atom    = number | name | call | "(" sum ")" | "[" size "]" | "[" sum "," ... "]"

A sign in front of a product is the sign of the product (`-a * b` is -(a b)), scalar factors in front of
a chain multiply the chain: the values are Python's, the trees those of mathematics. The sign of a literal and
a quotient of two integer literals belong to the number (`-1/2` is one number), sizes add up (`t-1` is one
count); parentheses keep operations apart: `(1)/2`, `-(2)`, `(t)-1`. `[2*k]` is one count, as in an index.
What names mean is in `names.py`, functions are in `calls.py` and in the vocabulary.
"""

from __future__ import annotations

from fractions import Fraction

from derive.errors import DeriveError, NotationError, Place, ShapeError
from derive.notation.binders import commas
from derive.notation.calls import call
from derive.notation.literals import (
    LARGEST_EXPONENT,
    as_size,
    deeper,
    folded,
    negative,
    too_large,
)
from derive.notation.names import Known, name
from derive.notation.products import check_shapes, product
from derive.notation.tokens import NAME_PARTS, At, Token, standalone, tokens_of
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.build import add, build, count, num
from derive.vocabulary.scope import Scope

DEEPEST = 100
OPERATOR = "expected an operator"
LISTS = "a list is written [1, 2]"
RELATIONS = ("==", "<=", ">=", "<", ">")


class Reader:
    """One text being read. `token` is the next token; each rule reads what it says and returns its node."""

    def __init__(
        self,
        text: str,
        scope: Scope,
        at: At | None = None,
        differentials: bool = False,
        sizes: bool = False,
        lists: bool = False,
    ) -> None:
        self.place = at or standalone(text)
        self.tokens = tokens_of(text, self.place)
        self.position, self.token = 0, self.tokens[0]
        self.scope = scope
        self.known = Known(scope)
        self.differentials = differentials
        self.lists = lists  # `[1]` is a list, `(1, 2)` a tuple: data and expectations
        self.inside = 0  # how many lists are open
        self.stages: dict[Node, int] = {}  # how many layers of a Sequence an output went through
        self.free_sizes = sizes  # any name is a size here (types, ranges, keys)
        self.depth = self.doubled = 0
        self.bare: Node | None = None  # the last node, where it is a literal or a size without parentheses

    # ------------------------------------------------------------ tokens and errors

    def advance(self) -> Token:
        token = self.token
        self.position += 1
        self.token = self.tokens[self.position]
        return token

    def move(self, position: int) -> None:
        self.position, self.token = position, self.tokens[position]

    def spot(self, token: Token) -> Place:
        return self.place(token.start, max(1, len(token.text)))

    def after(self, steps: int = 1) -> Token:
        """A token further on; -1 is the one before."""
        return self.tokens[min(self.position + steps, len(self.tokens) - 1)]

    def fail(
        self, message: str, token: Token, hint: str | None = None, kind: type[DeriveError] = NotationError
    ) -> DeriveError:
        return kind(message, self.spot(token), hint)

    def make(self, op: str, *args: Node, at: Token, data: object = None) -> Node:
        """`build`, with errors placed at a token."""
        try:
            return build(op, *args, data=data)
        except DeriveError as error:
            raise error.at(self.spot(at)) from None

    def close(self, opener: Token, closer: str) -> None:
        """Read the bracket that closes `opener`."""
        if self.token.kind == "end":
            raise self.fail(f"'{opener.text}' is never closed", opener)
        if self.token.kind != closer:
            raise self.unexpected(f"expected '{closer}'")
        self.advance()

    def nest(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"nested deeper than {DEEPEST}", token, NAME_PARTS)

    def unexpected(self, wanted: str) -> DeriveError:
        """The error for a token that cannot stand where it stands."""
        token, before = self.token, self.tokens[self.position - 1] if self.position else None
        if token.kind == "=":
            return self.fail(f"{wanted}, got '='", token, "an equation is written with ==")
        if token.kind in (")", "]") and wanted == OPERATOR:
            return self.fail(f"'{token.text}' closes nothing", token)
        if (
            before
            and token.kind in ("name", "number", "(")
            and before.kind in ("name", "number", ")", "]", ".T")
        ):
            factor = "(...)" if token.kind == "(" else token.text
            return self.fail(f"no operator before '{token.text}'", token, f"write {before.text} * {factor}")
        if token.kind == "," and wanted == "expected ']'":
            return self.fail("a list is no expression", token, LISTS)
        return self.fail(
            f"{wanted}, got '{token.text}'" if token.text else f"{wanted}, but the text ends", token
        )

    def whole(self, node: Node) -> Node:
        """`node`, where it is everything the text says."""
        if self.token.kind != "end":
            if self.token.kind in RELATIONS:
                raise self.fail("an expression is wanted here, not a relation", self.token)
            raise self.unexpected(OPERATOR)
        if len(self.tokens) > DEEPEST and deeper(node, DEEPEST):
            raise self.fail(f"nested deeper than {DEEPEST}", self.tokens[0], NAME_PARTS)
        return node

    # ------------------------------------------------------------ grammar

    def sum(self) -> Node:
        if self.token.kind == "-":
            left = self._minus(self.advance(), product(self))
        else:
            left = product(self)
        if self.token.kind not in ("+", "-"):
            return left
        terms, probe = [left], left
        while self.token.kind in ("+", "-"):
            folds = self.bare is left and len(terms) == 1
            operator = self.advance()
            right = product(self)
            bare = self.bare is right
            size = folded(left, right, operator.kind) if folds and bare else None
            if size is not None:
                self.bare = left = probe = size
                terms = [size]
                continue
            check_shapes(self, probe, right, operator)
            probe = right if probe.shape.is_scalar else probe
            terms.append(right if operator.kind == "+" else self._minus(operator, right))
            self.bare = None
        return add(*terms) if len(terms) > 1 else left

    def _minus(self, sign: Token, node: Node) -> Node:
        """`-node`; the sign of a literal belongs to it."""
        if self.bare is node and node.op == "num":
            self.bare = negative(node)
            return self.bare
        self.bare = None
        return self.make("neg", node, at=sign)

    def factor(self) -> Node:
        token = self.token
        if token.kind in ("-", "+"):
            self.nest(self.advance())
            inner = self.factor()
            self.depth -= 1
            return inner if token.kind == "+" else self._minus(token, inner)
        node = self.atom()
        while self.token.kind in (".T", "["):
            operator = self.token
            if operator.kind == ".T":
                node = self.make("T", node, at=self.advance())
            else:
                node = self._entry(node, operator)
            self.bare = None
        if self.token.kind == "**":
            operator = self.advance()
            self.nest(operator)
            exponent = self.factor()
            self.depth -= 1
            if too_large(node, exponent):
                raise self.fail("number too large", operator, f"exponents go up to {LARGEST_EXPONENT}")
            node = self.make("pow", node, exponent, at=operator)
            self.bare = None
        return node

    def atom(self) -> Node:
        token = self.token
        if token.kind == "name":
            self.advance()
            node = call(self, token) if self.token.kind == "(" else name(self, token)
            self.bare = node if node.op == "count" else None
            return node
        if token.kind == "number":
            self.advance()
            _, point, behind = token.text.partition(".")
            places = len(behind) if self.lists and point and behind.isdigit() else None
            self.bare = num(Fraction(token.text), not token.text.isdigit(), places)
            return self.bare
        if token.kind in ("(", "["):
            if token.kind == "[" and (
                self.lists or self.inside or self.after().kind == "[" or commas(self)[0]
            ):
                return self._list(token)
            self.nest(self.advance())
            node = self.sum()
            if self.token.kind == "," and token.kind == "(":
                if self.lists:
                    return self._tuple(token, node)
                raise self.fail("a list is no expression", self.token, LISTS)
            self.close(token, ")" if token.kind == "(" else "]")
            self.depth -= 1
            self.bare = None
            return node if token.kind == "(" else count(self.size_of(node, token))
        if token.kind == "end" and self.position == 0:
            raise self.fail("an expression is missing", token)
        raise self.unexpected("expected a name, a number or '('")

    def _list(self, opener: Token) -> Node:
        """`[a, b]`, `[[1, 2], [3, 4]]`; an item that does not fit is named."""
        self.nest(self.advance())
        items: list[Node] = []
        self.inside += 1
        while self.token.kind != "]" or not items:
            if self.token.kind == "]":
                raise self.fail("a list is empty", opener, "write its entries, as in [1, 2]")
            first = self.token
            items.append(self.sum())
            if items[-1].shape != items[0].shape:
                message = f"item {len(items)} is {items[-1].shape}, item 1 is {items[0].shape}"
                raise self.fail(message, first, "the rows of an array are equally long", ShapeError)
            if self.token.kind != ",":
                break
            self.advance()
        self.close(opener, "]")
        self.inside -= 1
        self.depth -= 1
        self.bare = None
        size = as_size(items[0]) if len(items) == 1 and items[0].op != "num" else None
        if size is not None:
            return count(size)  # `[2*k]` is one count, in a list too
        return self.make("list", *items, at=opener)

    def _tuple(self, opener: Token, first: Node) -> Node:
        """`(64, 56, 56)`, as the shape of an array is written."""
        items = [first]
        while self.token.kind == ",":
            self.advance()
            items.append(self.sum())
        self.close(opener, ")")
        self.depth -= 1
        self.bare = None
        return self.make("tuple", *items, at=opener)

    def size(self) -> Size:
        token = self.token
        return self.size_of(self.sum(), token)

    def size_of(self, node: Node, token: Token) -> Size:
        size = as_size(node)
        if size is None:
            raise self.fail("expects a size such as n or n+1 here", token, "sizes are whole numbers or names")
        return size

    def range(self, example: str) -> tuple[Size, Size]:
        low = self.size()
        if self.token.kind != "..":
            raise self.fail("a range is wanted here", self.token, f"write low..high, as in {example}")
        self.advance()
        return low, self.size()

    def _entry(self, array: Node, opener: Token) -> Node:
        """`A[i, j]`, where no index is certainly outside."""
        places: list[Token] = []
        indices = self.indices(places)
        node = self.make("entry", array, *indices, at=opener)
        for index, dim, token in zip(indices, array.shape.dims, places, strict=False):
            if index.op != "num":
                continue
            if index.number < 1 or (dim.constant is not None and index.number > dim.constant):
                raise self.fail(f"index {index.number} is outside 1..{dim}", token, "indices count from 1")
        return node

    def indices(self, places: list[Token] | None = None) -> list[Node]:
        """`[i, j-1]`: a scalar each; integer arithmetic becomes one count. `places` gets their tokens."""
        opener = self.advance()
        self.nest(opener)
        found: list[Node] = []
        while not found or self.token.kind == ",":
            if found:
                self.advance()
            token = self.token
            if places is not None:
                places.append(token)
            node = self.sum()
            if not node.shape.is_scalar:
                raise self.fail(f"an index must be a scalar, got {node.shape}", token, None, ShapeError)
            size = as_size(node)
            found.append(node if size is None else count(size))
        if self.token.kind == "..":
            raise self.fail("a range of indices has no value here", self.token)
        self.close(opener, "]")
        self.depth -= 1
        return found
