"""From raw YAML to the fields of a problem: texts, maps, lists, prose, expressions, targets.

A text that is mathematics is read by the author's notation; `{{ X }}` in prose is checked here and drawn by
the renderers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from derive.errors import DeriveError, InputError, Place, UnknownName, YamlError, nearest
from derive.notation import reader
from derive.notation.tokens import At
from derive.problem import data_tables
from derive.problem.model import Prose
from derive.problem.rows import in_quotes
from derive.problem.source import Entries, Items, Node, Text
from derive.tree import nodes
from derive.tree.sizes import Size
from derive.vocabulary.scope import Scope

MOST_NAMES = 1000  # names a problem may declare or define

# what may hold braces of its own: escaped dollars, mathematics, code
_SPAN = re.compile(r"\\\$|\$\$(?:[^$\\]|\\.)+?\$\$|\$(?:[^$\\]|\\.)+?\$|`[^`\n]+`|(?P<open>\{\{)", re.DOTALL)

# `{{ define y, L }}`: some of the definitions
_DEFINE = re.compile(r"define\s+([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)")


@dataclass(frozen=True)
class Target:
    """One row of `symbols:`, `define:` or `let:`. `params` are the indices it is given for; a boundary member
    (`h[0]`, `m[t, 0]`) has others in its `index` as well."""

    name: str
    index: tuple[Size, ...]
    params: tuple[str, ...]
    key: Text
    text: Text

    @property
    def is_member(self) -> bool:
        return len(self.params) < len(self.index)

    @property
    def place(self) -> Place:
        return self.key.place

    def __str__(self) -> str:
        return member(self.name, self.index)


def member(name: str, index: Collection[Size | str]) -> str:
    return f"{name}[{', '.join(map(str, index))}]" if index else name


# ---------------------------------------------------------------- the skeleton


def text_of(node: Node, what: str, lists: bool = False) -> Text:
    """The text of a field; a table is refused, and a list unless there may be `lists`."""
    if isinstance(node, Text) and (node.style != "flow" or (lists and node.value.startswith("["))):
        return node
    if isinstance(node, Text):
        kind = "a list" if node.value.startswith("[") else "a table"
        hint = f"quote it:\n    {in_quotes(node.value)}"
        raise YamlError(f"{what} may not be {kind}", node.place, hint)
    kind = "a list" if isinstance(node, Items) else "several `key: value` lines"
    raise YamlError(f"{what} may not be {kind}", node.place, "write it on one line")


def entries_of(node: Node, what: str, example: str) -> Entries:
    """The `key: value` lines of a section; an empty section has none."""
    if isinstance(node, Entries):
        return node
    if isinstance(node, Text) and not node.value:
        return Entries((), node.place)
    raise YamlError(f"`{what}:` takes `key: value` lines", node.place, f"as in\n    {what}:\n      {example}")


def texts_of(node: Node, what: str) -> list[Text]:
    """The items of a list, or the one text that stands for a list of one."""
    return [text_of(n, what) for n in (node.items if isinstance(node, Items) else (node,))]


def check_keys(entries: Entries, known: Collection[str], what: str) -> None:
    for key, _ in entries.entries:
        if key.value not in known:
            hint = nearest(key.value, known) or f"known are {', '.join(known)}"
            raise InputError(f"unknown {what} '{key.value}'", key.place, hint)


# ---------------------------------------------------------------- prose


def prose(node: Node, what: str, known: Collection[str], scope: Scope) -> Prose:
    """Text for people; every `{{ X }}` in it must be known, or `define`. Tables and trees stand alone on a line."""
    text = text_of(node, what)
    if not text.value.strip():
        raise InputError(f"{what} is empty", text.place, "write a text behind the colon")
    for offset, width, name, wanted in _shown(text):
        choice = scope.definitions.keys() if wanted == "defined" else {*known, "define"}
        if name not in choice:
            message = f"'{name}' has no definition" if name in known else f"unknown name '{name}' in a text"
            raise UnknownName(message, text.at(offset, width), nearest(name, choice))
        datum = scope.datum(name) if name != "define" else None
        if datum is not None and datum.value is None:
            form = data_tables.form_of(datum.written)
            if form is None:
                message = f"the data of '{name}' are no table, tree or vectors that a text may show"
                raise InputError(message, text.at(offset, width))
            if wanted != "alone":
                hint = "give {{ " + name + " }} a line of its own"
                raise InputError(f"'{name}' does not fit into a line", text.at(offset, width), hint)
            data_tables.check(datum.written, form, name)
    return Prose(text.value, text.place)


def _shown(text: Text) -> Iterator[tuple[int, int, str, str]]:
    """Offset, width and name of each `{{ X }}` outside mathematics and code; then "alone" on its line, "defined"
    for the names behind `define`, or nothing."""
    for span in _SPAN.finditer(text.value):
        if not span["open"]:
            continue
        at = span.start()
        end = text.value.find("}}", at)
        if end < 0:
            raise InputError("`{{` is never closed", text.at(at, 2), "write {{ X }}")
        inside = text.value[at + 2 : end]
        start = at + 2 + len(inside) - len(inside.lstrip())
        width = max(1, len(inside.strip()))
        if (listed := _DEFINE.fullmatch(inside.strip())) is not None:
            for word in re.finditer(r"\w+", listed[1]):
                yield start + listed.start(1) + word.start(), len(word[0]), word[0], "defined"
            continue
        if not re.fullmatch(r"[A-Za-z_]\w*(\[[^\[\]]*\])?", inside.strip()):
            hint = "write the name of a quantity, or define"
            raise InputError("a name is wanted in `{{ }}`", text.at(start, width), hint)
        before, after = text.value[:at].rpartition("\n")[2], text.value[end + 2 :].partition("\n")[0]
        alone = "" if before.strip() or after.strip() else "alone"
        yield start, width, inside.strip().partition("[")[0], alone


# ---------------------------------------------------------------- mathematics


@contextmanager
def placed(text: Text) -> Iterator[None]:
    """An error inside that has no place gets the text's."""
    try:
        yield
    except DeriveError as error:
        raise error.at(text.place) from None


def expression(node: Node, scope: Scope, what: str = "an expression", lists: bool = False) -> nodes.Node:
    """The expression of a field; `lists`: a YAML list is handed to the reader as it stands."""
    text = node if lists and isinstance(node, Text) else text_of(node, what, lists=True)
    with placed(text):
        return reader.read(text.value, scope, text.at, lists=lists)


def after(at: At, start: int) -> At:
    """The places of a text without its first `start` characters."""
    return lambda offset, width: at(start + offset, width)


def pieces(text: Text) -> list[tuple[str, At]]:
    """The text split at the commas outside brackets, each piece with its places."""
    found: list[tuple[str, At]] = []
    depth = start = 0
    for i, c in enumerate(text.value + ","):
        depth += (c in "([") - (c in ")]")
        if c == "," and depth <= 0 or i == len(text.value):
            found.append((text.value[start:i], after(text.at, start)))
            start = i + 1
    return found


def targets(entries: Entries, scope: Scope, what: str) -> list[Target]:
    """The rows of a section with their keys read; the index names must be declared."""
    found: list[Target] = []
    bounds = {n for low, high in scope.indices.values() for n in low.names | high.names}
    seen: dict[tuple[str, tuple[Size, ...]], Target] = {}
    for key, node in entries.entries:
        with placed(key):
            name, index = reader.read_target(key.value, key.at)
        text = text_of(node, what, lists=what != "a type")
        target = Target(name, index, _params(name, index, key, scope, bounds), key, text)
        same = seen.setdefault((name, index if target.is_member else ()), target)
        if same is not target:
            message = f"'{name}' is already on line {same.place.line}"
            raise InputError(message, key.place, "remove one of the two, or rename it")
        if name in scope.indices:
            message = f"'{name}' is the index of a range"
            raise InputError(message, key.place, "rename it, or the index under index:")
        found.append(target)
    if len(found) > MOST_NAMES:
        raise InputError(f"more than {MOST_NAMES} names", found[MOST_NAMES].place, "one file is one problem")
    return found


def _params(name: str, index: tuple[Size, ...], key: Text, scope: Scope, bounds: set[str]) -> tuple[str, ...]:
    params: list[str] = []
    for size in index:
        unknown = sorted(size.names - scope.indices.keys() - bounds)
        if unknown:
            width = len(unknown[0])
            at = key.value.find(unknown[0], key.value.find("["))
            hint = nearest(unknown[0], scope.indices)
            hint = hint or f"declare it:\n    index:\n      {unknown[0]}: 1..{unknown[0].upper()}"
            raise UnknownName(f"'{unknown[0]}' is no index", key.at(at, width), hint)
        if size.name in scope.indices:
            assert size.name is not None
            if size.name in params:
                message = f"the index '{size.name}' stands twice in {member(name, index)}"
                raise InputError(message, key.place, "give each place an index of its own")
            params.append(size.name)
        elif used := sorted(size.names & scope.indices.keys()):
            shown = member(name, [used[0] if s is size else s for s in index])
            hint = f"write {shown}, and shift the indices on the other side"
            raise InputError(f"{member(name, index)} stands for no range of {used[0]}", key.place, hint)
    return tuple(params)
