"""Questions about data, read from `find:`: `search(tree, beam=2)`, `naive_bayes(D, y, row=1)`.

The first argument names a row of `data:`; options follow as `name=value`. To add one: a row in QUESTIONS,
a row of the vocabulary, and its kind in `derive.kinds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from derive.errors import Place, UnknownName, nearest
from derive.notation.tokens import Token
from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size
from derive.vocabulary.scope import Declaration

if TYPE_CHECKING:
    from derive.notation.grammar import Reader


@dataclass(frozen=True)
class Question:
    """What stands between the parentheses: a name of data, `columns` further names, then options."""

    columns: int = 0
    options: tuple[str, ...] = ()
    any_option: bool = False  # options are columns of the table: x1=0


QUESTIONS: dict[str, Question] = {
    "search": Question(options=("beam", "vocabulary")),
    "naive_bayes": Question(columns=1, options=("smoothing", "row"), any_option=True),
}


@dataclass(frozen=True)
class Asked:
    """What a question node carries: the name of the data, further names, options as they are written.

    `places` are those of the names, and of the values of options; "" is the place of the question."""

    data: str
    columns: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def option(self, name: str) -> str | None:
        return dict(self.options).get(name)


def question(reader: Reader, token: Token) -> Node:
    row = QUESTIONS[token.text]
    opener = reader.advance()
    data = _word(reader, "the name of data")
    if data.text not in reader.scope.data:
        hint = nearest(data.text, reader.scope.data) or "give it under data:"
        raise reader.fail(f"no data '{data.text}'", data, hint, UnknownName)
    columns: list[str] = []
    options: list[tuple[str, str]] = []
    places = {"": reader.spot(token), data.text: reader.spot(data)}
    while reader.token.kind == ",":
        reader.advance()
        name = _word(reader, "a name")
        places[name.text] = reader.spot(name)
        if reader.token.kind != "=":
            columns.append(name.text)
            if options or len(columns) > row.columns:
                raise reader.fail(f"{token.text}: an option has a value", name, _form(token.text))
            continue
        if name.text not in row.options and not row.any_option:
            hint = nearest(name.text, row.options) or f"options are {', '.join(row.options)}"
            raise reader.fail(f"{token.text} has no option '{name.text}'", name, hint)
        if name.text in dict(options):
            raise reader.fail(f"the option '{name.text}' stands twice", name)
        reader.advance()
        first = reader.token
        options.append((name.text, _value(reader)))
        if name.text in row.options:
            places[name.text] = reader.place(first.start, len(options[-1][1]))
    if len(columns) < row.columns:
        raise reader.fail(f"{token.text}: the name of a column is missing", token, _form(token.text))
    reader.close(opener, ")")
    asked_ = Asked(data.text, tuple(columns), tuple(options), places)
    return reader.make(token.text, at=token, data=asked_)


def neighbour(reader: Reader, token: Token) -> Node:
    """`nearest(E, king - man + woman)`: an expression of words, which are the rows of the data."""
    opener = reader.advance()
    data = _word(reader, "the name of data")
    rows = reader.scope.columns.get(data.text, ())
    if not rows:
        tables = [name for name, rows in reader.scope.columns.items() if rows]
        hint = nearest(data.text, tables) or "give it under data:, with rows such as king: [3, 2, 0]"
        raise reader.fail(f"no table of vectors '{data.text}'", data, hint, UnknownName)
    if reader.token.kind != ",":
        raise reader.unexpected("expected ','")
    reader.advance()
    outer, shape = reader.scope, Shape("vector", (Size.of("dim"),))
    known = reader.known
    reader.scope = replace(
        outer, declarations={w: Declaration(w, shape) for w in rows}, definitions={}, data={}
    )
    reader.known = type(known)(reader.scope)
    start = reader.token.start
    node = reader.sum()
    last = reader.after(-1)
    width = last.start + len(last.text) - start
    reader.scope, reader.known = outer, known
    if node.shape != shape:
        raise reader.fail("words are wanted here", data, "as in king - man + woman")
    reader.close(opener, ")")
    places = {"": reader.spot(token), data.text: reader.spot(data), WORDS: reader.place(start, width)}
    return reader.make("nearest", node, at=token, data=Asked(data.text, places=places))


WORDS = "words"  # the place of what `nearest` is asked


def cost(reader: Reader, token: Token) -> Node:
    """`bigO(viterbi)`, `bigO(viterbi, space)`, `evaluations(f1(x) * f2(x), cached)`."""
    opener = reader.advance()
    name, words = "", COSTS[token.text]
    args: tuple[Node, ...] = ()
    if reader.token.text in reader.scope.algorithms and reader.after().kind != "(":
        name = reader.advance().text
    elif token.text == "bigO":
        hint = (
            nearest(reader.token.text, reader.scope.algorithms)
            or "write it under algorithm: in an earlier part"
        )
        raise reader.fail(f"no algorithm '{reader.token.text}'", reader.token, hint, UnknownName)
    else:
        args = (reader.sum(),)
    said: tuple[str, ...] = ()
    if reader.token.kind == ",":
        reader.advance()
        word = _word(reader, words)
        if word.text != words or (name and token.text == "evaluations"):
            raise reader.fail(f"{token.text} has no option '{word.text}'", word, f"the option is {words}")
        said = (word.text,)
    reader.close(opener, ")")
    return reader.make(token.text, *args, at=token, data=Asked(name, said))


COSTS = {"bigO": "space", "evaluations": "cached"}  # the one word that may follow


def _form(name: str) -> str:
    from derive.vocabulary.build import TABLE

    return f"write {TABLE[name].signature.split('), ')[0].rstrip(')')})"


def _word(reader: Reader, what: str) -> Token:
    if reader.token.kind != "name":
        raise reader.unexpected(f"expected {what}")
    return reader.advance()


def _value(reader: Reader) -> str:
    """A number, a fraction or a word."""
    sign = "-" if reader.token.kind == "-" else ""
    if sign:
        reader.advance()
    if reader.token.kind not in ("number", "name"):
        raise reader.fail("a value is missing", reader.token, "as in beam=2")
    value = sign + reader.advance().text
    if reader.token.kind == "/" and reader.after().kind == "number":
        reader.advance()
        value += f"/{reader.advance().text}"
    return value


def asked(node: Node) -> Asked:
    assert isinstance(node.data, Asked), node.op
    return node.data


def written(node: Node) -> str:
    """The question as its author would write it."""
    said = asked(node)
    options = [f"{name}={value}" for name, value in said.options]
    return f"{node.op}({', '.join([said.data or '...', *said.columns, *options])})"
