"""The problem file as raw source text: a tree of `Text`, `Items` and `Entries`, each with its place.

YAML gives only the skeleton (which keys, which items); every scalar keeps the characters its author typed,
so `0.1` stays exact, `\\theta` stays LaTeX and an error in an expression gets its caret in the right column.
What a text means is for others to say. A new trap of YAML belongs in `yamltraps`, an invisible character in
`characters`, a new style of scalar in `folding`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from derive.errors import DeriveError, FileError, Place, YamlError
from derive.problem import folding, yamltraps
from derive.problem.characters import MAX_BYTES, MAX_DEPTH, ONE_FILE, Source, checked, too_deep
from derive.problem.folding import Span, Spots
from derive.problem.rows import TEXT_KEYS

MAX_NODES = 10_000
STYLES = {"'": "single", '"': "double", "|": "literal", ">": "folded"}


@dataclass(frozen=True)
class Text:
    """A scalar as raw source text; `style` is plain, single, double, literal, folded or flow (`[...]`).

    Its lines are joined by one space, unless it is a literal block; a blank line stays a line break.
    """

    value: str
    place: Place
    style: str = "plain"
    spots: Spots = field(default=(), repr=False, compare=False)
    source: Source | None = field(default=None, repr=False, compare=False)

    def at(self, offset: int, width: int = 1) -> Place:
        """The place in the file of the character `offset` of `value`; `width` is clipped to its line."""
        if self.source is None:
            return self.place.shifted(offset, width)
        first = self._index(offset)
        return self.source.place(first, max(first, self._index(offset + width - 1)) + 1)

    def _index(self, offset: int) -> int:
        offset = max(0, min(offset, len(self.value.rstrip("\n"))))
        start, index = self.spots[max(0, bisect_right(self.spots, offset, key=itemgetter(0)) - 1)]
        return index + offset - start


@dataclass(frozen=True)
class Items:
    """A block sequence."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class Entries:
    """A block mapping, in the order of the file; no key stands twice."""

    entries: tuple[tuple[Text, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        return next((node for text, node in self.entries if text.value == key), None)

    def keys(self) -> list[str]:
        return [text.value for text, _ in self.entries]

    def key(self, name: str) -> Text | None:
        return next((text for text, _ in self.entries if text.value == name), None)


Node = Text | Items | Entries


def read_file(path: str | Path) -> Entries:
    """The tree of the file; a FileError names the path as it was given."""
    try:
        file = Path(path)
        if file.is_dir():
            raise FileError(f"{path}: this is a folder", hint="name a file in it")
        if file.exists() and not file.is_file():
            raise FileError(f"{path}: not an ordinary file")
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FileError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"{path}: cannot be read ({reason.lower()})") from None
    if len(data) > MAX_BYTES:
        raise FileError(f"{path}: larger than {MAX_BYTES} bytes", hint=ONE_FILE)
    if b"\x00" in data:
        raise FileError(f"{path}: not a text file (it holds NUL bytes)", hint="save it as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{path}: not UTF-8 text (byte 0x{data[error.start]:02x} on line {line})"
        raise FileError(message, hint="save it as UTF-8") from None
    return read_text(text, str(path))


def read_text(text: str, file: str = "<text>") -> Entries:
    """The tree of a text; an error has its place and names the repair."""
    source = checked(text, file)
    walk = _Walk(source)
    try:
        for event in YAML(typ="safe", pure=True).parse(source.text):
            walk.take(event)
    except DeriveError:
        raise
    except MarkedYAMLError as error:
        raise yamltraps.explain(source, error, walk.flow, walk.last, walk.columns()) from None
    except Exception:  # ruamel lets others through, such as OverflowError for "\UFFFFFFFF"
        raise yamltraps.unreadable(source, walk.seen) from None
    if walk.root is None:
        raise FileError(f"{file}: nothing in it", hint="a problem starts with `format: 1`")
    return walk.root


def lines_of(text: Text) -> list[tuple[str, Place]]:
    """The lines of a block, inner blank ones too, each with the place of its first character."""
    found = []
    offset = 0
    body = text.value.rstrip("\n")
    for line in body.split("\n") if body else ():
        found.append((line, text.at(offset, max(1, len(line)))))
        offset += len(line) + 1
    return found


@dataclass
class _Open:
    """A block collection that is still being read."""

    place: Place
    mapping: bool
    keys: list[Text] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)  # the line of each key
    key_end: int = 0

    @property
    def awaits_key(self) -> bool:
        return self.mapping and len(self.keys) == len(self.nodes)


class _Walk:
    """Builds the tree from ruamel's events: no recursion, no Python objects, no alias to expand."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root: Entries | None = None
        self.open: list[_Open] = []
        self.flow: int | None = None  # where the outermost open flow collection starts
        self.depth = 0
        self.quoted: list[Span] = []  # spans of the quoted scalars in it
        self.last: Span | None = None  # span of the quoted scalar or flow collection just read
        self.closed: list[_Open] = []  # block collections closed since the last scalar, inmost first
        self.seen = 0
        self.nodes = 0
        self.documents = 0

    def take(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self.seen = min(end, len(self.source.text))
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise yamltraps.second_document(self.source.place(start))
        elif isinstance(event, NodeEvent):
            self.check(event, start)
            if self.flow is not None:
                self.depth += isinstance(event, CollectionStartEvent)
                if isinstance(event, ScalarEvent) and event.style in STYLES:
                    self.check_escapes(event.style, start, end)
                    self.quoted.append((start, end))
            elif isinstance(event, ScalarEvent):
                self.scalar(event, start, end)
            elif event.flow_style:  # type: ignore[attr-defined]
                self.flow, self.depth, self.quoted = start, 1, []
            else:
                self.open_block(start, isinstance(event, MappingStartEvent))
        elif isinstance(event, CollectionEndEvent):
            if self.flow is None:
                self.close_block()
            else:
                self.depth -= 1
                if self.depth == 0:
                    self.close_flow(self.flow, end)

    def columns(self) -> yamltraps.Columns:
        """Where the `-` of the lists and the keys of the mappings stand that a line may go on with."""
        near = [*self.open, *reversed(self.closed)]
        return (
            [block.place.column for block in near if not block.mapping],
            [block.place.column for block in near if block.mapping],
        )

    def check(self, event: Any, start: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise YamlError(f"more than {MAX_NODES} values", self.source.place(start), ONE_FILE)
        collection = isinstance(event, CollectionStartEvent)
        if event.anchor is not None or event.tag is not None:  # an alias has its name as anchor
            if collection:
                message = f"a value may not start with `{self.source.text[start]}`"
                hint = "YAML's anchors and tags are not used here"
                raise YamlError(message, self.source.place(start), hint)
            line = None if self.flow is None else self.source.line(self.flow)
            raise yamltraps.bad_start(self.source, start, line)
        if collection and len(self.open) + self.depth >= MAX_DEPTH:
            raise too_deep(self.source.place(start))

    def check_escapes(self, style: str, start: int, end: int) -> None:
        if style == '"' and (error := yamltraps.bad_escape(self.source, start, end)):
            raise error

    def check_behind(self, start: int, end: int) -> None:
        self.last = (start, end)
        if self.source.text.startswith("#", end):
            hint = "write ` #`, or quote the value"
            raise YamlError("no space before this comment", self.source.place(end), hint)

    def open_block(self, start: int, mapping: bool) -> None:
        if not self.open and not mapping:
            raise yamltraps.no_mapping(self.source, start)
        if self.open and self.open[-1].awaits_key:
            raise YamlError(
                "a key may not be a list or a mapping", self.source.place(start), "write `key: value`"
            )
        self.open.append(_Open(self.source.place(start), mapping))

    def close_block(self) -> None:
        done = self.open.pop()
        self.closed.append(done)
        node: Items | Entries
        if done.mapping:
            node = Entries(tuple(zip(done.keys, done.nodes, strict=True)), done.place)
        else:
            node = Items(tuple(done.nodes), done.place)
        if self.open:
            self.open[-1].nodes.append(node)
        elif isinstance(node, Entries):
            self.root = node

    def close_flow(self, start: int, end: int) -> None:
        text = self.source.text
        if text.startswith("{{", start):
            raise yamltraps.bad_start(self.source, start)
        self.check_behind(start, end)
        self.flow = None
        pieces = [
            folding.trimmed(text, *folding.before_comment(text, *piece, self.quoted))
            for piece in folding.lines(text, start, end)
        ]
        self.add("flow", *folding.joined(text, pieces, "flow"), end)

    def scalar(self, event: Any, start: int, end: int) -> None:
        text = self.source.text
        style = STYLES.get(event.style, "plain")
        self.last = None
        self.closed = []
        if style == "plain":
            if start == end:
                self.missing(start)
                return
            pieces = [folding.trimmed(text, *piece) for piece in folding.lines(text, start, end)]
            for begin, stop in pieces[1:]:
                if text[begin : min(stop, begin + 2)] in ("- ", "-"):
                    raise yamltraps.continued_dash(self.source, begin)
            self.check_cut(end)
            value, spots = folding.joined(text, pieces, style)
        elif style in folding.DOUBLED:
            self.check_behind(start, end)
            self.check_escapes(event.style, start, end)
            pieces = folding.lines(text, start + 1, end - 1)
            last = len(pieces) - 1
            pieces = [folding.trimmed(text, *piece, n > 0, n < last) for n, piece in enumerate(pieces)]
            value, spots = folding.joined(text, pieces, style)
        else:
            value = event.value
            spots = (folding.literal_spots if style == "literal" else folding.folded_spots)(
                self.source, value, start
            )
        self.add(style, value, spots, end)

    def check_cut(self, end: int) -> None:
        if self.open and self.open[-1].mapping and not self.open[-1].awaits_key:
            behind = re.compile(" +#").match(self.source.text, end)
            if behind and self.open[-1].keys[-1].value in TEXT_KEYS:
                raise yamltraps.cut_text(self.source, behind.end() - 1)

    def missing(self, index: int) -> None:
        """Nothing stands behind `key:` or `-`; the place is right behind that sign."""
        if not self.open:
            return
        parent = self.open[-1]
        if parent.awaits_key:
            raise YamlError(
                "a key is missing before this `:`", self.source.place(index), "write `key: value`"
            )
        if parent.mapping:
            index = self.source.text.index(":", parent.key_end) + 1
            self.check_cut(index)
        self.add("plain", "", ((0, index),), index)

    def add(self, style: str, value: str, spots: Spots, end: int) -> None:
        start = spots[0][1]
        stop = end - 1 if style in folding.DOUBLED else end
        made = Text(value, self.source.place(start, stop), style, spots, self.source)
        if not self.open:
            raise yamltraps.no_mapping(self.source, start)
        parent = self.open[-1]
        if not parent.awaits_key:
            parent.nodes.append(made)
            return
        yamltraps.check_key(self.source, value, style, made.place, end)
        if value in parent.lines:
            message = f"the key `{value}` is already on line {parent.lines[value]}"
            raise YamlError(message, made.place, "remove one of the two, or rename it")
        parent.lines[value] = made.place.line
        parent.keys.append(made)
        parent.key_end = end
