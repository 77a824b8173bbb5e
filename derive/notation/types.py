"""Types of symbols: `matrix(n, d) ~ bernoulli(p)`, `scalar in (0, 1)`, `vector(N) simplex`, `scalar of w`.

    type = kind [sizes] ("in" interval | "of" names | "~" law | fact)*

To add a fact, a row in FACTS; a law, a row in LAWS; a kind, a row in KINDS.
"""

from __future__ import annotations

from derive.errors import ShapeError, nearest
from derive.notation.grammar import Reader
from derive.notation.layer_types import LAYER_TYPES, read_layer
from derive.notation.tokens import At, Token
from derive.tree.nodes import SCALAR, Node, Shape, walk
from derive.tree.sizes import Size
from derive.vocabulary.layers import LAYER
from derive.vocabulary.scope import Declaration, Law, Scope

KINDS = {  # how many sizes
    "scalar": (0,),
    "integer": (0,),
    "vector": (1,),
    "matrix": (2,),
    "tensor": tuple(range(1, 9)),
    "function": (0,),
}

FACTS: dict[str, tuple[str, ...]] = {  # the kinds each may stand on
    "positive": ("scalar", "vector", "matrix", "tensor", "integer"),
    "nonnegative": ("scalar", "vector", "matrix", "tensor", "integer"),
    "nonzero": ("scalar", "vector", "matrix", "tensor", "integer"),
    "symmetric": ("matrix",),
    "spd": ("matrix",),
    "invertible": ("matrix",),
    "orthogonal": ("matrix",),
    "diagonal": ("matrix",),
    "idempotent": ("matrix",),
    "positive_determinant": ("matrix",),
    "full_column_rank": ("matrix",),
    "stochastic": ("matrix",),
    "onehot": ("vector",),
    "simplex": ("vector",),
    "unit": ("vector",),
    "centred": ("vector", "matrix"),
    "centred_rows": ("matrix",),
}
RECTANGULAR = frozenset(
    {"positive", "nonnegative", "nonzero", "full_column_rank", "stochastic", "centred", "centred_rows"}
)

WORDS = {"cov": "covariance", "p": "probability", "low": "lower end", "high": "upper end"}
LAWS: dict[str, tuple[str, ...]] = {  # the names of their arguments
    "bernoulli": ("p",),
    "normal": ("mean", "cov"),
    "moments": ("mean", "cov"),
    "categorical": ("p",),
    "uniform": ("low", "high"),
    "rademacher": (),
    "exponential": ("rate",),
    "poisson": ("rate",),
}


def read_type(
    text: str,
    name: str,
    params: tuple[str, ...],
    scope: Scope,
    at: At | None = None,
    *,
    dependencies: bool = True,
) -> Declaration:
    """The declaration of `name[params]`. With `dependencies=False` the names after `of` are not looked up
    (they may be definitions that are not read yet), and `of` is left empty."""
    reader = Reader(text, scope, at)
    kind = reader.token
    if kind.text in LAYER_TYPES:
        return Declaration(name, LAYER, params, layer=read_layer(reader, name))
    if kind.kind != "name" or kind.text not in KINDS:
        shown = f"unknown type '{kind.text}'" if kind.text else "a type is missing"
        hint = nearest(kind.text, [*KINDS, *LAYER_TYPES]) or f"types are {', '.join(KINDS)}, and layers"
        raise reader.fail(shown, kind, hint)
    reader.advance()
    dims, axes = _sizes(reader, kind) if reader.token.kind == "(" else ((), ())
    if len(dims) not in KINDS[kind.text]:
        wanted = {"vector": "vector(n)", "matrix": "matrix(m, n)", "tensor": "tensor(batch=4, feature=3)"}
        raise reader.fail(
            f"{kind.text} does not take {len(dims)} size{'' if len(dims) == 1 else 's'}",
            kind,
            f"write {wanted.get(kind.text, kind.text)}",
        )
    shape = SCALAR if kind.text in ("scalar", "integer") else Shape(kind.text, dims, axes)
    reader.known.local = frozenset(n for d in dims for n in d.names)
    reader.known.bound.update({p: scope.indices[p] for p in params if p in scope.indices})
    facts: set[str] = set()
    law: Law | None = None
    of: tuple[Node, ...] = ()
    interval: tuple[Node, Node] | None = None
    integers: tuple[Size, Size] | None = None
    while reader.token.kind != "end":
        token = reader.token
        if token.kind == ",":
            reader.advance()
        elif token.kind == "~":
            reader.advance()
            law = _law(reader, shape, name, params)
        elif token.text == "in":
            reader.advance()
            if kind.text == "integer":
                integers = _range(reader)
            else:
                interval = _interval(reader)
        elif token.text == "of":
            reader.advance()
            of = _names(reader) if dependencies else _skip(reader)
        else:
            facts.add(_fact(reader, kind, shape))
    if kind.text == "integer":
        facts.add("integer")
    if law is not None and law.kind == "categorical" and kind.text == "vector":
        facts.add("onehot")
    return Declaration(name, shape, params, frozenset(facts), law, of, interval, integers)


def _sizes(reader: Reader, kind: Token) -> tuple[tuple[Size, ...], tuple[str, ...]]:
    opener = reader.advance()
    sizes: list[Size] = []
    axes: list[str] = []
    reader.free_sizes = True
    while reader.token.kind != ")":
        if sizes:
            if reader.token.kind != ",":
                break
            reader.advance()
        if reader.token.kind == "name" and reader.after().kind == "=":
            axes.append(reader.advance().text)
            reader.advance()
        token = reader.token
        size = reader.size_of(reader.sum(), token)
        if size.constant is not None and size.constant < 1:
            raise reader.fail(
                f"a size is at least 1, got {size}", token, "write a number, or a name such as n"
            )
        sizes.append(size)
    reader.close(opener, ")")
    reader.free_sizes = False
    if axes and len(axes) != len(sizes):
        raise reader.fail("name all axes, or none", kind)
    if len(set(axes)) < len(axes):
        raise reader.fail("two axes of the same name", kind, "as in tensor(batch=4, feature=3)")
    return tuple(sizes), tuple(axes)


def _fact(reader: Reader, kind: Token, shape: Shape) -> str:
    token = reader.token
    if token.kind != "name" or token.text not in FACTS:
        known = [*FACTS, "in", "of"]
        shown = f"unknown fact '{token.text}' after {kind.text}"
        raise reader.fail(shown, token, nearest(token.text, known) or f"facts are {', '.join(FACTS)}")
    reader.advance()
    if kind.text not in FACTS[token.text]:
        raise reader.fail(
            f"a {kind.text} cannot be {token.text}",
            token,
            f"{token.text} goes with {', '.join(FACTS[token.text])}",
        )
    square = shape.kind != "matrix" or shape.dims[0] == shape.dims[1]
    if not square and token.text not in RECTANGULAR:
        raise reader.fail(f"{token.text} needs a square matrix, got {shape}", token)
    return token.text


def _interval(reader: Reader) -> tuple[Node, Node]:
    opener = reader.token
    if opener.kind not in ("(", "["):
        raise reader.fail("an interval is wanted here", opener, "write in (0, 1)")
    reader.advance()
    low = reader.sum()
    if reader.token.kind != ",":
        raise reader.fail("an interval has two ends", reader.token, "write in (0, 1)")
    reader.advance()
    high = reader.sum()
    if reader.token.kind not in (")", "]"):
        raise reader.fail("the interval is never closed", opener)
    reader.advance()
    return low, high


def _range(reader: Reader) -> tuple[Size, Size]:
    if reader.token.kind == "(":
        raise reader.fail("a range is wanted here", reader.token, "write integer in 1..N")
    reader.free_sizes = True
    found = reader.range("1..N")
    reader.free_sizes = False
    return found


def _names(reader: Reader) -> tuple[Node, ...]:
    found: list[Node] = []
    while True:
        token = reader.token
        node = reader.atom()
        if node.op != "sym":
            raise reader.fail("names are wanted after 'of'", token, "write scalar of w, b")
        found.append(node)
        if reader.token.kind != ",":
            return tuple(found)
        reader.advance()


def _skip(reader: Reader) -> tuple[Node, ...]:
    while reader.token.kind not in ("end", "~"):
        reader.advance()
    return ()


def _law(reader: Reader, shape: Shape, symbol: str, params: tuple[str, ...]) -> Law:
    token = reader.token
    if token.kind != "name" or token.text not in LAWS:
        raise reader.fail(
            f"unknown law '{token.text}'", token, nearest(token.text, LAWS) or f"laws are {', '.join(LAWS)}"
        )
    reader.advance()
    names = LAWS[token.text]
    signature = f"{token.text}({', '.join(names)})"
    opener = reader.token
    if opener.kind != "(":
        raise reader.fail(f"{token.text} needs its arguments", token, f"write {signature}")
    reader.advance()
    args: dict[str, Node] = {}
    while reader.token.kind != ")":
        if args:
            if reader.token.kind != ",":
                break
            reader.advance()
        key = reader.token
        name = names[len(args)] if len(args) < len(names) else ""
        if key.kind == "name" and reader.after().kind == "=":
            reader.advance()
            reader.advance()
            name = key.text
        if name not in names or name in args:
            raise reader.fail(f"{token.text} does not take '{key.text}'", key, f"write {signature}")
        first = reader.token
        args[name] = reader.sum()
        _check_argument(reader, first, token.text, name, args[name], shape)
        if any(_is_itself(part, symbol, params) for part in walk(args[name])):
            raise reader.fail(f"the law of '{symbol}' mentions {symbol} itself", first)
        ends = [args[n] for n in ("low", "high") if n in args]
        if len(ends) == 2 and all(e.op == "num" for e in ends) and ends[0].number >= ends[1].number:
            raise reader.fail(f"the range of {token.text} is empty", first, "write uniform(low, high)")
    reader.close(opener, ")")
    missing = [n for n in names if n not in args]
    if missing:
        raise reader.fail(f"{token.text} lacks {' and '.join(missing)}", token, f"write {signature}")
    return Law(token.text, args)


def _is_itself(node: Node, symbol: str, params: tuple[str, ...]) -> bool:
    """Whether a node is the symbol or the member of the family that a law is of."""
    if node.op != "sym" or node.symbol.name != symbol:
        return False
    return tuple(a.size.name if a.op == "count" else None for a in node.args) == params


def _check_argument(reader: Reader, at: Token, law: str, name: str, value: Node, shape: Shape) -> None:
    """An error where an argument of a law has an impossible shape or value."""
    if value.op == "num":
        if name == "p" and law == "bernoulli" and not 0 <= value.number <= 1:
            raise reader.fail(
                f"a probability lies between 0 and 1, got {value.number}", at, "as in bernoulli(1/2)"
            )
        if name == "rate" and value.number <= 0:
            raise reader.fail(f"a rate is positive, got {value.number}", at, f"as in {law}(2)")
        if name == "cov" and value.number < 0:
            hint = "the law takes a variance, as in normal(0, s**2)"
            raise reader.fail(f"a variance is not negative, got {value.number}", at, hint)
    if law == "categorical":
        if shape.kind == "vector" and value.shape != shape:
            message = f"{shape} needs probabilities of its own shape, got {value.shape}"
            raise reader.fail(message, at, None, ShapeError)
        return
    allowed = [SCALAR, shape]
    if name == "cov" and shape.dims and shape.kind in ("vector", "matrix"):
        allowed.append(Shape("matrix", (shape.dims[0], shape.dims[0])))
    if value.shape not in allowed:
        wanted = " or ".join(dict.fromkeys(map(str, (allowed[0], allowed[-1]))))
        message = f"the {WORDS.get(name, name)} of {shape} is {wanted}, got {value.shape}"
        raise reader.fail(message, at, None, ShapeError)
