"""Pseudo-code: its statements, and how it is read. Nothing is executed here; `interpret.py` runs it.

    function name(x, A, n: integer):      a parameter that the problem declares has its type, others are scalars
      for t = 2..T:   for t = 2 to T:   for t = T-1 downto 1:   for each j in 1..N:
      while a < b:    if a < b and c != d:    else if ...:    else:
      y = ...         delta[t, j] = ...       return y, w

Expressions are those of problem files; a name that is assigned in a function is its own. To add a statement: its
class in `statements.py`, its row in STATEMENTS, how it runs (`interpret.py`) and is printed (`pseudocode.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from derive.errors import DeriveError, InputError, NotationError, Place, UnknownName
from derive.notation.grammar import Reader
from derive.notation.literals import as_size
from derive.notation.names import Known
from derive.notation.statements import (
    Assign,
    Compare,
    Condition,
    For,
    Function,
    If,
    Return,
    Statement,
    Target,
    While,
)
from derive.notation.tokens import At
from derive.notation.types import read_type
from derive.tree.nodes import SCALAR, Node, Shape
from derive.tree.sizes import Size
from derive.vocabulary.scope import Declaration, Scope

MOST_LINES = 200
HEAD = "start with a line such as\n    function viterbi(pi, P, T):"
RELATIONS = ("==", "!=", "<=", ">=", "<", ">")
FREE = (Size.of(1), Size.of("∞"))  # the range of a loop whose ends are no sizes


@dataclass(frozen=True)
class _Line:
    indent: int
    text: str
    at: At
    place: Place


def read_algorithm(lines: Sequence[tuple[str, Place]], scope: Scope) -> tuple[Function, ...]:
    """All functions of a text; a later one may call those before it, and itself."""
    rows = [_line(text, place) for text, place in lines if text.partition("#")[0].strip()]
    if len(rows) > MOST_LINES:
        raise InputError(f"more than {MOST_LINES} lines", rows[MOST_LINES].place, "a part is one question")
    found: list[Function] = []
    position = 0
    while position < len(rows):
        head = rows[position]
        if head.indent > rows[0].indent:
            raise InputError("this line is indented more than the function it follows", head.place, HEAD)
        reader = _FunctionReader(rows, position, scope)
        function = reader.function()
        if function.name in scope.algorithms:
            raise InputError(f"'{function.name}' is already an algorithm", head.place, "rename it")
        scope = replace(scope, algorithms={**scope.algorithms, function.name: function})
        found.append(function)
        position = reader.position
    if not found:
        raise InputError("no algorithm here", lines[0][1] if lines else None, HEAD)
    return tuple(found)


def _line(text: str, place: Place) -> _Line:
    body = text.partition("#")[0].rstrip()
    indent = len(body) - len(body.lstrip())
    start = place.shifted(indent, max(1, len(body) - indent))
    return _Line(indent, body.strip(), lambda offset, width: start.shifted(offset, width), start)


class _FunctionReader:
    """Reads one function; `scope` grows by the names it assigns."""

    def __init__(self, rows: Sequence[_Line], position: int, scope: Scope) -> None:
        self.rows, self.position = rows, position
        self.outer = self.scope = scope
        self.loops: dict[str, tuple[Size, Size]] = {}
        self.params: tuple[str, ...] = ()
        self.result: Shape | None = None
        self.own: set[str] = set()
        self.lengths: dict[str, tuple[Size, ...]] = {}

    def function(self) -> Function:
        head = self.rows[self.position]
        match = re.fullmatch(
            r"(?:function|algorithm)\s+([A-Za-z_]\w*)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*:", head.text
        )
        if match is None:
            raise NotationError("a function is wanted here", head.place, HEAD)
        self.position += 1
        self.params = self._parameters(match, head)
        body_rows = self._block(head)
        self.own = {
            m[1] for row in body_rows if (m := re.match(r"([A-Za-z_]\w*)\s*(?:\[.*?\])?\s*=[^=]", row.text))
        }
        shared = self.own - set(self.params)
        self.scope = replace(
            self.scope,
            declarations={n: d for n, d in self.scope.declarations.items() if n not in shared},
            definitions={n: d for n, d in self.scope.definitions.items() if n not in shared},
        )
        draft = Function(match[1], self.params, (), self.scope, SCALAR, head.place)
        self.scope = replace(self.scope, algorithms={**self.scope.algorithms, match[1]: draft})
        body = tuple(self._statements(head))
        if self.result is None:
            raise NotationError(
                f"'{match[1]}' returns nothing", head.place, "end it with a line such as `return y`"
            )
        return Function(match[1], self.params, body, self.scope, self.result, head.place)

    def _parameters(self, match: re.Match[str], head: _Line) -> tuple[str, ...]:
        found: list[str] = []
        offset = match.start(2)
        for piece in re.split(r",(?![^(]*\))", match[2]) if match[2].strip() else ():
            name, colon, kind = piece.partition(":")
            start = offset + len(name) - len(name.lstrip())
            name = name.strip()
            place = head.at(start, max(1, len(name)))
            if not re.fullmatch(r"[A-Za-z_]\w*", name) or name in found:
                raise NotationError("a parameter is a name, each once", place, HEAD)
            found.append(name)
            if colon:
                begin = offset + len(piece) - len(kind)
                here = self.scope
                declared = read_type(kind, name, (), here, lambda o, w, b=begin: head.at(b + o, w))  # type: ignore[misc]
                self._declare(replace(declared, place=place))
            elif Known(self.scope).params(name) is None and not Known(self.scope).is_size(name):
                self._declare(Declaration(name, SCALAR, place=place))
            offset += len(piece) + 1
        return tuple(found)

    def _declare(self, declared: Declaration) -> None:
        definitions = {n: d for n, d in self.scope.definitions.items() if n != declared.name}
        declarations = {**self.scope.declarations, declared.name: declared}
        self.scope = replace(self.scope, declarations=declarations, definitions=definitions)

    # ------------------------------------------------------------ blocks

    def _block(self, head: _Line) -> list[_Line]:
        """The lines below `head`, for a look ahead."""
        found = []
        for row in self.rows[self.position :]:
            if row.indent <= head.indent:
                break
            found.append(row)
        if not found:
            raise NotationError("nothing stands in this block", head.place, "indent its lines")
        return found

    def _statements(self, head: _Line) -> Iterator[Statement]:
        indent = self._block(head)[0].indent
        while self.position < len(self.rows) and self.rows[self.position].indent > head.indent:
            row = self.rows[self.position]
            if row.indent != indent:
                raise NotationError("this line is indented otherwise than the one above", row.place)
            self.position += 1
            yield self._statement(row)

    def _statement(self, row: _Line) -> Statement:
        word = re.match(r"[A-Za-z_]*", row.text)
        read = STATEMENTS.get(word[0] if word else "")
        if read is not None:
            return read(self, row)
        return self._assign(row)

    # ------------------------------------------------------------ statements

    def _for(self, row: _Line) -> Statement:
        match = re.fullmatch(
            r"for\s+(?:each\s+)?([A-Za-z_]\w*)\s*(?:=|in\b)\s*(.+?)\s*(\.\.|\bto\b|\bdownto\b)\s*(.+?)\s*:",
            row.text,
        )
        if match is None:
            raise NotationError(
                "a loop is wanted here", row.place, "as in `for t = 2..T:` or `for t = T-1 downto 1:`"
            )
        first = self._expression(row, match.start(2), match[2], scalar=True)
        last = self._expression(row, match.start(4), match[4], scalar=True)
        down = match[3] == "downto"
        low, high = as_size(last if down else first), as_size(first if down else last)
        before = dict(self.loops)
        self.loops[match[1]] = (low, high) if low is not None and high is not None else FREE
        body = tuple(self._statements(row))
        self.loops = before
        return For(match[1], first, last, -1 if down else 1, body, row.place)

    def _while(self, row: _Line) -> Statement:
        condition = self._condition(row, "while")
        return While(condition, tuple(self._statements(row)), row.place)

    def _if(self, row: _Line) -> Statement:
        branches: list[tuple[Condition | None, tuple[Statement, ...]]] = []
        branches.append((self._condition(row, "if"), tuple(self._statements(row))))
        while self.position < len(self.rows) and self.rows[self.position].indent == row.indent:
            other = self.rows[self.position]
            word = re.match(r"(else\s+if|elif|else)\b", other.text)
            if word is None:
                break
            self.position += 1
            condition = None if word[1] == "else" else self._condition(other, word[1])
            if condition is None and other.text != "else:":
                raise NotationError("`else:` stands by itself", other.place)
            branches.append((condition, tuple(self._statements(other))))
            if condition is None:
                break
        return If(tuple(branches), row.place)

    def _else(self, row: _Line) -> Statement:
        raise NotationError("`else` without an `if` above it", row.place)

    def _return(self, row: _Line) -> Statement:
        text = row.text[len("return") :]
        values: list[Node | str] = []
        offset = len("return")
        for piece in re.split(r",(?![^(\[]*[)\]])", text):
            name = piece.strip()
            declared = self.scope.declarations.get(name)
            if declared is not None and declared.params and name in self.own:
                values.append(name)
                shape = self._length(name)
            else:
                node = self._expression(row, offset + len(piece) - len(piece.lstrip()), name)
                values.append(node)
                shape = node.shape
            offset += len(piece) + 1
        self.result = shape if len(values) == 1 else Shape("path")
        return Return(tuple(values), row.place)

    def _length(self, name: str) -> Shape:
        """A vector (matrix), where loops fill the family or the problem declares it; else a path of unknown length."""
        if name in self.lengths:
            return Shape("vector" if len(self.lengths[name]) == 1 else "matrix", self.lengths[name])
        same = self.outer.declarations.get(name)
        ranges = [self.outer.indices.get(p) for p in same.params] if same else []
        if len(ranges) == 1 and ranges[0] is not None:
            low, high = ranges[0]
            return Shape("vector", (high - low + 1,))
        return Shape("path")

    def _assign(self, row: _Line) -> Statement:
        match = re.match(r"([A-Za-z_]\w*)\s*(\[.*?\])?\s*(?:=(?!=)|<-)\s*(.+)$", row.text)
        if match is None:
            hint = "as in `y = ...`, `delta[t, j] = ...`, `for`, `while`, `if`, `return`"
            raise NotationError("a statement is wanted here", row.place, hint)
        name = match[1]
        if name in self.loops:
            raise NotationError(
                f"'{name}' is the variable of this loop", row.at(0, len(name)), "use another name"
            )
        value = self._expression(row, match.start(3), match[3])
        indices = self._indices(row, match) if match[2] else ()
        self._learn(name, len(indices), value.shape, row)
        ends = [self.loops.get(i.size.name or "", FREE) if i.op == "count" else FREE for i in indices]
        bound = {n for low, high in ends for n in low.names | high.names} & self.loops.keys()
        if (
            len(ends) in ((1, 2) if value.shape.is_scalar else (1,))
            and FREE not in ends
            and not bound
            and len(set(indices)) == len(indices)
        ):
            self.lengths.setdefault(name, tuple(high - low + 1 for low, high in ends))
        return Assign(Target(name, indices), value, row.place)

    def _indices(self, row: _Line, match: re.Match[str]) -> tuple[Node, ...]:
        reader = self._reader(row, match.start(2), match[2])
        found = tuple(reader.indices())
        if reader.token.kind != "end":
            raise reader.unexpected("expected '='")
        return found

    def _learn(self, name: str, indices: int, shape: Shape, row: _Line) -> None:
        """The type of a name from what it is given first."""
        params = tuple(f"#{n}" for n in range(1, indices + 1))
        before = self.scope.declarations.get(name)
        if before is None or (name in self.params and not before.params and not params):
            self._declare(Declaration(name, shape, params, place=row.place))
        elif len(before.params) != indices:
            raise InputError(
                f"'{name}' has had {len(before.params)} indices before", row.place, "keep to them"
            )
        elif before.shape.kind != shape.kind:
            raise InputError(
                f"'{name}' was {before.shape} and becomes {shape}", row.place, "use another name"
            )

    # ------------------------------------------------------------ expressions

    def _reader(self, row: _Line, start: int, text: str) -> Reader:
        reader = Reader(text, self.scope, lambda offset, width: row.at(start + offset, width))
        reader.known.bound.update(self.loops)
        return reader

    def _expression(self, row: _Line, start: int, text: str, scalar: bool = False) -> Node:
        reader = self._reader(row, start, text)
        try:
            node = reader.whole(reader.sum())
        except UnknownName as error:
            name = re.match(r"unknown symbol '(\w+)'", error.message)
            if name and name[1] in self.own:
                raise UnknownName(f"'{name[1]}' has no value yet", error.place, "assign it first") from None
            raise
        except DeriveError as error:
            raise error.at(row.place) from None
        if scalar and not node.shape.is_scalar:
            raise InputError(f"a number is wanted here, not a {node.shape}", row.at(start, len(text)))
        return node

    def _condition(self, row: _Line, word: str) -> Condition:
        if not row.text.endswith(":"):
            raise NotationError(f"`{word}` ends with a colon", row.place)
        text = row.text[len(word) : -1]
        alternatives = []
        offset = len(word)
        for either in re.split(r"(\bor\b)", text):
            if either != "or":
                alternatives.append(tuple(self._compares(row, offset, either)))
            offset += len(either)
        return Condition(tuple(alternatives))

    def _compares(self, row: _Line, offset: int, text: str) -> Iterator[Compare]:
        for piece in re.split(r"(\band\b)", text):
            if piece != "and":
                relation = re.search("|".join(RELATIONS), piece)
                if relation is None:
                    raise NotationError(
                        "a comparison is wanted here", row.at(offset, len(piece)), "as in `a < b`"
                    )
                left = self._expression(row, offset, piece[: relation.start()], scalar=True)
                right = self._expression(row, offset + relation.end(), piece[relation.end() :], scalar=True)
                yield Compare(left, relation[0], right)
            offset += len(piece)


STATEMENTS: dict[str, Callable[[_FunctionReader, _Line], Statement]] = {
    "for": _FunctionReader._for,
    "while": _FunctionReader._while,
    "if": _FunctionReader._if,
    "else": _FunctionReader._else,
    "elif": _FunctionReader._else,
    "return": _FunctionReader._return,
}
