r"""What stands above a formula: transposes, inverses, powers; and which of them a mark is, by the type below it."""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator
from derive.latexread.patterns import spelled
from derive.latexread.surface import Script
from derive.latexread.tokens import Span, Token
from derive.notation.literals import LARGEST_EXPONENT, as_size, too_large
from derive.tree.nodes import Node, names_in, walk
from derive.vocabulary.build import T, build, num

ARRAYS = ("vector", "row", "matrix")
LARGEST_POWER = 50  # of a matrix


def raised(e: Elaborator, node: Node, above: Script, primes: int, span: Span) -> Node:
    """`node` with the marks above it, read from the left: `W^{\\top}`, `A^{-1}`, `x^{2}`, `h^{\\odot 2}`."""
    tokens = tuple(t for t in above if t.kind != "quad")
    while tokens:
        first, array = tokens[0], node.shape.kind == "matrix"
        if _is_top(first) or (first.text in ("T", "t") and _transposes(e, node, tokens)):
            node, tokens = transposed(e, node, span), tokens[1:]
        elif array and _minus(tokens) and spelled(tokens[1:]) == "1":
            node, tokens = e.make("inv", node, span=span), ()
        elif array and _minus(tokens) and len(tokens) > 1 and (_is_top(tokens[1]) or tokens[1].text == "T"):
            node, tokens = T(e.make("inv", node, span=span)), tokens[2:]
        elif first.kind == "op" and first.text == "odot":
            exponent = e.node(e.read(tokens[1:], span))
            return build("pow", node, scalar(e, exponent, span))
        elif is_mark(tokens):
            raise e.unreadable(f"the mark ^{spelled(tokens)} is not known", span)
        else:
            return power(e, node, e.count(e.read(tokens, span)), span)
    if primes and primes <= 2 and node.shape.kind in ARRAYS:
        for _ in range(primes):
            node = transposed(e, node, span)
        e.note("a prime is read as a transpose", span)
    elif primes and (x := _variable(node)) is not None:
        for _ in range(primes):
            node = e.make("gradient", node, x, span=span)
        e.note("a prime is read as the derivative in the only variable", span)
    elif primes:
        raise e.unreadable("a prime needs a function and its argument, as in f'(x)", span)
    return node


def _variable(node: Node) -> Node | None:
    """What `(\\tanh u)'` is differentiated in."""
    names = {n for n in walk(node) if n.op == "sym"}
    x = names.pop() if len(names) == 1 else None
    return x if x is not None and x != node and node.shape.is_scalar and x.shape.is_scalar else None


def _is_top(token: Token) -> bool:
    return token.kind == "mark" and token.text == "top"


def is_mark(tokens: Script) -> bool:
    """A star, a plus, a number in brackets: marks of a name that is not known with them."""
    first = tokens[0]
    if first.kind == "open":
        return tokens[-1].kind == "close" and len(tokens) <= 4
    if first.kind == "op":
        return len(tokens) == 1 or first.text == "star"
    return first.kind == "mark" and not _is_top(first)


def _minus(tokens: Script) -> bool:
    return tokens[0].kind == "op" and tokens[0].text == "-"


def _transposes(e: Elaborator, node: Node, tokens: Script) -> bool:
    """Whether the letter T above means a transpose: above an array it does; above a number it is a power where T
    is an index or a size."""
    if node.shape.kind in ARRAYS:
        return tokens[0].text == "T" or not _known(e, tokens[0].text)
    if names_in(node) & e.context.arrays:
        return tokens[0].text == "T"
    return tokens[0].text == "T" and len(tokens) == 1 and not _known(e, "T")


def _known(e: Elaborator, letter: str) -> bool:
    return (
        letter in e.bound
        or letter in e.known.scope.indices
        or e.known.is_size(letter)
        or letter in e.names.patterns
    )


def transposed(e: Elaborator, node: Node, span: Span) -> Node:
    if node.shape.is_scalar:
        e.note("the transpose of a number", span, "scalar")
        return node
    return node.args[0] if node.op == "T" and node.args[0].op == "T" else e.make("T", node, span=span)


def scalar(e: Elaborator, node: Node, span: Span) -> Node:
    if not node.shape.is_scalar:
        raise e.ill_typed(f"the exponent must be a number, got {node.shape}", span, node)
    return node


def power(e: Elaborator, base: Node, exponent: Node, span: Span) -> Node:
    """A power by the type of its base: of a number; a matrix power; of a vector entry by entry, with a note."""
    scalar(e, exponent, span)
    if too_large(base, exponent):
        raise e.unreadable("number too large", span, f"exponents go up to {LARGEST_EXPONENT}")
    kind = base.shape.kind
    if base.op == "diag":
        return build("diag", power(e, base.args[0], exponent, span))
    if kind == "matrix" and not e.mode.entrywise:
        whole = as_size(exponent)
        if whole is None or whole.constant is None:
            raise e.unreadable("the power of a matrix is a whole number", span)
        if abs(whole.constant) > LARGEST_POWER:
            raise e.unreadable("number too large", span)
        if whole.constant == -1:
            return e.make("inv", base, span=span)
        return e.make("matpow", base, num(whole.constant), span=span)
    if kind in ("vector", "row"):
        options = ("entry by entry", "the squared norm")
        if exponent == num(2) and e.choose(span, "square", options) == 1:
            e.note("the square of a vector is read as its squared norm", span)
            return build("sqnorm", base)
        e.note("a power of a vector is read entry by entry", span, "entrywise")
    return e.make("pow", base, exponent, span=span)
