"""Trees and tables of `data:`, as their author wrote them and with the place of every value.

A tree: path -> next words with their natural logs. A table: a list of rows, each with the same columns; or a
mapping of columns; or vectors by name. A further form of data: a function here beside `tree_of`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from derive.errors import InputError, Place, UnknownName, nearest
from derive.problem.source import Entries, Items, Node, Text
from derive.vocabulary.scope import Datum, Scope

ROUNDING = 1e-9  # how far the probabilities of next words may exceed 1: logs are rounded
MOST_PATHS = 5_000
TREE = "as in\n    tree:\n      start: {the: -0.9, a: -1.1}\n      the: {dog: -1.0}"
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?:/\d+)?")
LOG = re.compile(rf"log\(\s*({NUMBER.pattern})\s*\)")

Path = tuple[str, ...]


@dataclass(frozen=True)
class LogProbability:
    """`plain + log(inside)`, exact: decimals stay decimals, log(1/3) stays a log."""

    plain: Fraction = Fraction(0)
    inside: Fraction = Fraction(1)

    def __add__(self, other: LogProbability) -> LogProbability:
        return LogProbability(self.plain + other.plain, self.inside * other.inside)

    def __float__(self) -> float:
        return float(self.plain) + math.log(self.inside.numerator) - math.log(self.inside.denominator)

    def __lt__(self, other: LogProbability) -> bool:
        """Exact where both logs are equal or both plain parts are."""
        if self.plain == other.plain:
            return self.inside < other.inside
        if self.inside == other.inside:
            return self.plain < other.plain
        return float(self) < float(other)


@dataclass(frozen=True)
class Tree:
    """Where each path may go on, in the order of the file; a path that is no key is a finished sequence."""

    root: str
    children: dict[Path, tuple[tuple[str, LogProbability], ...]]
    places: dict[Path, Place] = field(compare=False, default_factory=dict)

    def is_finished(self, path: Path) -> bool:
        return path not in self.children

    def words(self) -> frozenset[str]:
        return frozenset(word for row in self.children.values() for word, _ in row)


def tree_of(name: str, node: object) -> Tree:
    """The tree of a mapping; its first key stands for the beginning, the others are paths of words."""
    if not isinstance(node, Entries) or not node.entries:
        raise InputError(f"'{name}' is no tree: path -> next words", place_of(node), TREE)
    root = node.entries[0][0]
    children: dict[Path, tuple[tuple[str, LogProbability], ...]] = {}
    places: dict[Path, Place] = {}
    for key, below in node.entries:
        path = () if key is root else _path(key, root.value)
        if path in children:
            raise InputError(f"the path '{' '.join(path)}' stands twice", key.place, "remove one of the two")
        children[path] = _words(key, below)
        places[path] = key.place
    if len(children) > MOST_PATHS:
        raise InputError(f"more than {MOST_PATHS} paths", node.place, "a tree of data is written by hand")
    known = {(*path, word) for path, row in children.items() for word, _ in row}
    for path, place in places.items():
        if path and path not in known:
            hint = nearest(" ".join(path), [" ".join(p) for p in known])
            hint = hint or f"its words follow '{root.value}': list them there"
            raise UnknownName(f"no path leads to '{' '.join(path)}'", place, hint)
    return Tree(root.value, children, places)


def given(scope: Scope, name: str) -> object:
    """What `data:` says of a name, as its author wrote it."""
    datum = scope.data[name]
    return datum.written if isinstance(datum, Datum) else datum


def place_of(node: object) -> Place | None:
    return node.place if isinstance(node, (Text, Items, Entries)) else None


def _path(key: Text, root: str) -> Path:
    words = key.value.split()
    return tuple(words[1:] if len(words) > 1 and words[0] == root else words)


def _words(key: Text, node: Node) -> tuple[tuple[str, LogProbability], ...]:
    """The next words of one path with their logs; together they are at most certain."""
    row: list[tuple[str, LogProbability]] = []
    for word, value in mapping_of(node, f"the words after '{key.value}'"):
        if not word.value or len(word.value.split()) != 1:
            raise InputError("a next word is one word", word.place, TREE)
        if word.value in [w for w, _ in row]:
            message = f"'{word.value}' stands twice after '{key.value}'"
            raise InputError(message, word.place, "remove one of the two")
        row.append((word.value, _log(value)))
    if not row:
        raise InputError(
            f"nothing follows '{key.value}'", key.place, "remove the row: the sequence ends there"
        )
    total = math.fsum(math.exp(float(value)) for _, value in row)
    if total > 1 + ROUNDING:
        message = f"the words after '{key.value}' have probability {total:.4g} together"
        raise InputError(message, key.place, "values are natural logs; probabilities sum to at most 1")
    return tuple(row)


def _log(text: Text) -> LogProbability:
    """`-0.9`, `-9/10` or `log(0.4)`, at most 0."""
    value = text.value.strip()
    inside = LOG.fullmatch(value)
    if inside:
        found = LogProbability(inside=_fraction(inside[1], text))
        if found.inside <= 0:
            raise InputError(f"{value} has no value", text.place, "the logarithm of a positive number")
    else:
        found = LogProbability(_fraction(value, text))
    if float(found) > 0:
        hint = f"write log({value}) for a probability" if not inside else "a probability is at most 1"
        raise InputError(f"the log-probability {value} is larger than 0", text.place, hint)
    return found


def _fraction(value: str, text: Text) -> Fraction:
    found = number_of(value)
    if found is None:
        message = f"'{value}' is no number" if value else "a value is missing"
        raise InputError(message, text.place, "as in -0.9, -9/10 or log(0.4)")
    return found


# ---------------------------------------------------------------- mappings and lists, also in braces


def mapping_of(node: Node, what: str) -> list[tuple[Text, Text]]:
    """`key: value` rows, or `{key: value, ...}`."""
    if isinstance(node, Entries):
        return [(key, _value(value, what)) for key, value in node.entries]
    if isinstance(node, Text) and node.style == "flow" and node.value.startswith("{"):
        return list(_braced(node))
    raise InputError(f"{what} are a mapping", node.place, "as in {dog: -1.0, cat: -1.2}")


def _value(node: Node, what: str) -> Text:
    if not isinstance(node, Text):
        raise InputError(f"{what}: one value is wanted here", node.place)
    return node


def _braced(node: Text) -> Iterator[tuple[Text, Text]]:
    for piece in split(node):
        name, colon, value = piece.value.partition(":")
        if not piece.value.strip():
            continue
        if colon and name.strip() and not value.strip():
            raise InputError(f"'{name.strip()}' has no value", piece.place, "as in {dog: -1.0, cat: -1.2}")
        if not colon or not name.strip():
            raise InputError("`key: value` is wanted here", piece.place, "as in {dog: -1.0, cat: -1.2}")
        start = len(name) + 1 + len(value) - len(value.lstrip())
        yield within(piece, 0, len(name.rstrip())), within(piece, start, len(piece.value))


def split(node: Text) -> list[Text]:
    """The items of `[...]` or `{...}`, split at the commas outside inner brackets."""
    found: list[Text] = []
    depth, start = 0, 1
    for i, c in enumerate(node.value):
        depth += (c in "([{") - (c in ")]}")
        if (c == "," and depth == 1) or i == len(node.value) - 1:
            piece = node.value[start:i]
            lead = len(piece) - len(piece.lstrip())
            found.append(within(node, start + lead, start + len(piece.rstrip())))
            start = i + 1
    return [item for item in found if item.value]


def within(text: Text, start: int, stop: int) -> Text:
    """A piece of a text, in its place; quotes around it are taken off."""
    value = text.value[start:stop]
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        start, stop, value = start + 1, stop - 1, value[1:-1]
    if text.source is None:
        return Text(value, text.at(start, max(1, len(value))), "plain")
    at = [text._index(start + n) for n in range(len(value) or 1)]
    return Text(value, text.at(start, max(1, len(value))), "plain", tuple(enumerate(at)), text.source)


# ---------------------------------------------------------------- tables


@dataclass(frozen=True)
class DataTable:
    """Named columns of raw values; `rows` all have as many."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    place: Place

    def column(self, name: str) -> list[str]:
        at = self.columns.index(name)
        return [row[at].value for row in self.rows]


def table_of(name: str, node: object) -> DataTable:
    """`- {y: 1, x1: 0}` rows; or `y: [1, 0]` columns."""
    if isinstance(node, Items):
        rows = [mapping_of(item, "the cells of a row") for item in node.items]
    elif isinstance(node, Text) and node.style == "flow" and node.value.startswith("["):
        rows = [list(_braced(item)) if item.value.startswith("{") else _no_row(item) for item in split(node)]
    elif isinstance(node, Entries):
        rows = _transposed(name, node)
    else:
        raise InputError(f"'{name}' is no table", place_of(node), TABLE_FORM)
    if not rows:
        raise InputError(f"the table '{name}' is empty", node.place, TABLE_FORM)
    columns = tuple(key.value for key, _ in rows[0])
    for row in rows:
        found = {key.value: value for key, value in row}
        if len(found) != len(row):
            raise InputError("a column stands twice in this row", row[0][0].place, "rename one of the two")
        if set(found) != set(columns):
            odd = sorted(set(found) ^ set(columns))[0]
            raise InputError(f"the rows differ: '{odd}' is not in all of them", row[0][0].place, TABLE_FORM)
    for row in rows:
        for _, cell in row:
            _check_cell(cell)
    ordered = tuple(tuple({k.value: v for k, v in row}[c] for c in columns) for row in rows)
    return DataTable(columns, ordered, node.place)


def _check_cell(cell: Text) -> None:
    if cell.value[:1] in ("[", "{"):
        raise InputError("a cell of a table is one value", cell.place, "a word or a number")
    if re.fullmatch(r"[-+]?\.?(nan|inf)|null|none|~|na|n/a", cell.value, re.IGNORECASE):
        hint = "leave the row out, or write a word such as unknown"
        raise InputError(f"{cell.value} is no value", cell.place, hint)


TABLE_FORM = "as in\n    D:\n      - {y: 1, x1: 0}\n      - {y: 0, x1: 1}"


def number_of(value: str) -> Fraction | None:
    """The number that a cell is, None for a word."""
    if not NUMBER.fullmatch(value) or _is_no_fraction(value):
        return None
    top, _, bottom = value.partition("/")
    return Fraction(top) / Fraction(bottom or 1)


def _is_no_fraction(value: str) -> bool:
    """A division by zero, or a number that nobody means."""
    return bool(re.search(r"[eE][-+]?\d{3}|/0+$", value))


def columns_of(node: object) -> tuple[str, ...]:
    """The columns of data that are a list of mappings; none of other data."""
    first = node.items[0] if isinstance(node, Items) and node.items else None
    if isinstance(first, Text) and first.style == "flow" and first.value.startswith("{"):
        return tuple(key.value for key, _ in _braced(first))
    if isinstance(first, Entries):
        return tuple(first.keys())
    if isinstance(node, Entries) and all(_is_list(below) for _, below in node.entries):
        return tuple(node.keys())
    return ()


def _is_list(node: Node) -> bool:
    return isinstance(node, Items) or (
        isinstance(node, Text) and node.style == "flow" and node.value.startswith("[")
    )


def vectors_of(name: str, node: object) -> dict[str, tuple[Fraction, ...]]:
    """`king: [3, 2, 0]`: words and their vectors, all equally long."""
    if not isinstance(node, Entries) or not node.entries:
        raise InputError(f"'{name}' is no table of vectors", place_of(node), VECTORS)
    found: dict[str, tuple[Fraction, ...]] = {}
    for key, below in node.entries:
        if isinstance(below, Items):
            cells = [_value(item, "a vector") for item in below.items]
        elif isinstance(below, Text) and below.style == "flow" and below.value.startswith("["):
            cells = split(below)
        else:
            raise InputError(f"'{key.value}' has no vector", below.place, VECTORS)
        if not cells:
            raise InputError(f"'{key.value}' has no vector", below.place, VECTORS)
        found[key.value] = tuple(_fraction(cell.value.strip(), cell) for cell in cells)
        first = next(iter(found.values()))
        if len(found[key.value]) != len(first):
            message = f"'{key.value}' has {len(cells)} numbers, the vectors before it {len(first)}"
            raise InputError(message, key.place, "all vectors are equally long")
    return found


VECTORS = "as in\n    E:\n      king: [3, 2, 0]\n      queen: [3, 0, 2]"


def _no_row(item: Text) -> list[tuple[Text, Text]]:
    raise InputError("a row of a table is a mapping", item.place, TABLE_FORM)


def _transposed(name: str, node: Entries) -> list[list[tuple[Text, Text]]]:
    """Rows of a table that is given by its columns."""
    columns: list[tuple[Text, list[Text]]] = []
    for key, below in node.entries:
        if isinstance(below, Items):
            values = [_value(item, "a column") for item in below.items]
        elif isinstance(below, Text) and below.style == "flow" and below.value.startswith("["):
            values = split(below)
        else:
            raise InputError(f"the column '{key.value}' is a list", below.place, f"{key.value}: [1, 0, 1]")
        if columns and len(values) != len(columns[0][1]):
            first = columns[0]
            message = f"'{key.value}' has {len(values)} values, '{first[0].value}' has {len(first[1])}"
            raise InputError(message, key.place, "every column of a table is equally long")
        columns.append((key, values))
    height = len(columns[0][1]) if columns else 0
    return [[(key, values[n]) for key, values in columns] for n in range(height)]


READERS: dict[str, Callable[[str, object], object]] = {  # what a question reads its data as
    "search": tree_of,
    "naive_bayes": table_of,
    "nearest": vectors_of,
}


def form_of(node: object) -> str | None:
    """The question that data of this form are for: of a tree, a table or vectors; None for other data."""
    if isinstance(node, Entries) and node.entries:
        below = [value for _, value in node.entries]
        if all(map(_is_list, below)):
            cells = [c for b in below for c in (b.items if isinstance(b, Items) else split(b))]  # type: ignore[arg-type]
            is_number = [isinstance(c, Text) and NUMBER.fullmatch(c.value.strip()) for c in cells]
            return "nearest" if all(is_number) else "naive_bayes"
        return "search" if all(map(_is_mapping, below)) else None
    if isinstance(node, Text):
        return "naive_bayes" if re.match(r"\s*\[\s*\{", node.value) else None
    return "naive_bayes" if columns_of(node) else None


def _is_mapping(node: Node) -> bool:
    return isinstance(node, Entries) or (
        isinstance(node, Text) and node.style == "flow" and node.value.startswith("{")
    )


def check(node: object, question: str, name: str) -> None:
    """The errors of data, when the file is read."""
    if question in READERS:
        READERS[question](name, node)
