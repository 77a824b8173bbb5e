"""One derivative without a file: an expression, a variable and the shapes of the names, as a Part.

    question("sqnorm(A@x - b)", "x", ["A=m,n", "x=n", "b=m"])

Every text is a place of its own ("shape:1:3"), so that errors show it with a caret. A further option is a field of
`Texts` and its line in `question`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from derive.errors import DeriveError, InputError, Place, ShapeError, UnknownName, nearest
from derive.notation.reader import read
from derive.notation.text import text as written
from derive.notation.types import KINDS, read_type
from derive.problem.definitions import extended
from derive.problem.fields import pieces, placed, targets
from derive.problem.functions import split
from derive.problem.model import Named, Part, Prose
from derive.problem.source import Entries, Text
from derive.problem.symbols import read_indices, read_ranges
from derive.tree.nodes import Node
from derive.vocabulary.build import build
from derive.vocabulary.scope import Scope


@dataclass(frozen=True)
class Texts:
    """What the user wrote: `A=m,n` (or `p=scalar in (0, 1)`), `S=symmetric`, `p = softmax(z)`, `t=1..T`."""

    shapes: Sequence[str] = ()
    facts: Sequence[str] = ()
    define: Sequence[str] = ()
    index: Sequence[str] = ()
    ranges: Sequence[str] = ()


def question(expression: str, wrt: str, texts: Texts, derivative: str = "") -> Part:
    """The part that asks for the derivative; which one, the shapes say unless `derivative` does."""
    try:
        return _question(expression, wrt, texts, derivative)
    except UnknownName as error:
        raise _with_shape(error, expression, wrt, texts, derivative) from None


def _question(expression: str, wrt: str, texts: Texts, derivative: str) -> Part:
    scope = _scope(texts)
    ranges = {}
    for row in texts.ranges:
        ranges.update(read_ranges(_text(row, "for"), scope))
    for name, (low, high) in ranges.items():
        scope = scope.with_range(name, low, high)
    f, x = _text(expression, "expression"), _text(wrt, "wrt")
    with placed(f):
        body = read(f.value, scope, f.at)
    with placed(x):
        variable = read(x.value, scope, x.at)
    with placed(f):
        asked = _asked(body, variable, derivative, x)
    found = Named(None, asked, expression, f.place)
    return Part(
        written(asked, scope), "find", Prose("", f.place), scope, f.place, find=(found,), ranges=ranges
    )


def _asked(body: Node, variable: Node, derivative: str, wrt: Text) -> Node:
    """Gradient of a scalar, Jacobian of an array, Hessian where it is asked for."""
    if variable.op not in ("sym", "entry"):
        raise InputError("a derivative is taken in a name", wrt.place, "as in --wrt x")
    name = derivative or ("gradient" if body.shape.is_scalar else "jacobian")
    if name == "hessian" and not body.shape.is_scalar:
        raise ShapeError(f"a Hessian needs a scalar, this is {body.shape}", None, "a Jacobian: --jacobian")
    return build(name, body, variable)


def _text(value: str, label: str, start: int = 0, end: int | None = None) -> Text:
    """A piece of what stands in an option, at its place."""
    piece = value[start:end]
    lead = len(piece) - len(piece.lstrip())
    place = Place(label, 1, start + lead + 1, value, max(1, len(piece.strip())))
    return Text(piece.strip(), place)


# ---------------------------------------------------------------- the names


def _scope(texts: Texts) -> Scope:
    indices = read_indices(_entries(texts.index, "index", "t=1..T"))
    scope = Scope(indices=indices)
    facts = _entries(texts.facts, "fact", "S=symmetric")
    shapes = _entries(texts.shapes, "shape", "A=m,n")
    names = shapes.keys()
    for key in facts.entries:
        if key[0].value not in names:
            hint = nearest(key[0].value, names) or f"add --shape {key[0].value}=..."
            raise UnknownName(f"a fact about '{key[0].value}', which has no shape", key[0].place, hint)
    rows = tuple(
        (key, _type(key, shape, facts, scope)) for key, shape in shapes.entries if isinstance(shape, Text)
    )
    symbols = targets(Entries(rows, shapes.place), scope, "a shape")
    quantities, functions = split(_entries(texts.define, "define", "p = softmax(z)"), "a definition")
    return extended(scope, symbols, targets(quantities, scope, "a definition"), functions)


def _entries(rows: Sequence[str], label: str, example: str) -> Entries:
    """`name=value` texts as the section of a file; a name stands once."""
    found: list[tuple[Text, Text]] = []
    for row in rows:
        name, sign, _ = row.partition("=")
        if not sign and label != "shape":
            raise InputError(f"'{row}' says nothing", _text(row, label).place, f'as in --{label} "{example}"')
        key = _text(row, label, 0, len(name))
        if any(key.value == other.value for other, _ in found) and label != "fact":
            raise InputError(f"'{key.value}' is there twice", key.place, f"one --{label} for each name")
        found.append((key, _text(row, label, len(name) + 1)))
    return Entries(tuple(found), Place(label, 1, 1))


def _type(key: Text, shape: Text, facts: Entries, scope: Scope) -> Text:
    """`m,n` and `spd` as the type `matrix(m, n) spd`; the errors of reading it stand where they were written."""
    sizes = [piece for piece, _ in pieces(shape)] if shape.value else []
    words = shape.value.split("(")[0].split()
    whole = bool(words) and words[0] in KINDS
    if not whole and len(sizes) > 2:
        raise ShapeError("a shape has at most two sizes", shape.place, f"as in --shape {key.value}=m,n")
    kind = ("scalar", "vector", "matrix")[len(sizes)] if not whole else ""
    head = "" if whole or not sizes else f"{kind}("
    outline = shape.value if whole else f"{head}{shape.value})" if sizes else kind
    said = [node for name, node in facts.entries if name.value == key.value and isinstance(node, Text)]
    for fact in [None, *said]:
        value = outline if fact is None else f"{outline} {fact.value.replace(',', ' ')}"
        before = len(head) if fact is None else len(outline) + 1
        source = fact or shape
        if not {"~", "in", "of"} & set(value.replace("(", " ").split()):
            with placed(source):
                read_type(
                    value,
                    key.value,
                    (),
                    scope,
                    lambda offset, width, s=source, b=before: s.at(max(0, offset - b), width),  # type: ignore[misc]
                    dependencies=False,
                )
    return replace(shape, value=" ".join([outline, *(f.value.replace(",", " ") for f in said)]))


# ---------------------------------------------------------------- a name without a shape


def _with_shape(error: UnknownName, expression: str, wrt: str, texts: Texts, derivative: str) -> DeriveError:
    """The error of a name that has no shape, with the option that gives it one: a shape with which the
    expression can be read, if possible as a scalar."""
    place = error.place
    if place is None or not error.message.startswith("unknown symbol"):
        return error
    name = place.text[place.column - 1 : place.column - 1 + place.width]
    near = error.hint if error.hint and error.hint.startswith("did you mean") else None

    def rank(shape: str) -> bool | None:
        """Whether the expression is no scalar with this shape; None where it cannot be read."""
        try:
            part = _question(
                expression, wrt, replace(texts, shapes=(*texts.shapes, f"{name}={shape}")), derivative
            )
        except DeriveError as other:
            return False if isinstance(other, UnknownName) else None
        return not part.find[0].expression.args[0].shape.is_scalar

    fitting = [(shape, order) for shape in _candidates(texts) if (order := rank(shape)) is not None]
    hint = f"add its shape: --shape {name}=m,n for a matrix, {name}=n for a vector, {name}= for a scalar"
    if fitting:
        shape = min(fitting, key=lambda found: found[1])[0]
        hint = f"add --shape {name}={shape}" + ("" if shape else " for a scalar")
    return UnknownName(f"'{name}' has no shape", place, f"{near} Or {hint}" if near else hint)


def _candidates(texts: Texts) -> Iterator[str]:
    scope = _scope(replace(texts, define=()))
    sizes = list(dict.fromkeys(str(n) for d in scope.declarations.values() for n in d.shape.dims)) or [
        "n",
        "m",
    ]
    yield from sizes
    yield from (f"{a},{b}" for a, b in product(sizes, sizes))
    yield ""
