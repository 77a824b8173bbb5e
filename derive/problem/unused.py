"""Data that nothing uses: a misspelt name is an error, any other a notice.

A name is used where the mathematics of another section mentions it, or a text shows it in `{{ }}`; data that fix a
size are used too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.errors import Notice, UnknownName, nearest
from derive.problem.rows import TEXT_KEYS
from derive.problem.source import Entries, Items, Node, Text
from derive.vocabulary.scope import Scope

NAME = re.compile(r"[A-Za-z_]\w*")
SHOWN = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
KEYS_ARE_NAMES = ("symbols", "data", "define", "notation")  # sections whose keys name what they are about
SAYS_NOTHING = ("data", "notation", "format")


def unused(root: Entries, scope: Scope) -> tuple[Notice, ...]:
    """A notice for every name of `data:` that nothing uses; UnknownName where it is near one that lacks data."""
    used = {name for text in _mathematics(root) for name in NAME.findall(text)}
    given = {key.partition("[")[0] for key in scope.data}
    wanting = sorted(
        (scope.declarations.keys() - given) & used - {n for n, d in scope.declarations.items() if d.law}
    )
    found = []
    for key, datum in scope.data.items():
        name = key.partition("[")[0]
        if name in used or _fixes_a_size(name, scope):
            continue
        place = getattr(datum, "place", None)
        if hint := nearest(name, wanting):
            raise UnknownName(f"nothing uses the data '{name}'", place, hint)
        found.append(
            Notice(f"nothing uses the data '{name}'", place, "remove them, or use the name in a part")
        )
    return tuple(found)


def _fixes_a_size(name: str, scope: Scope) -> bool:
    declared = scope.declarations.get(name)
    if declared is None:
        return False
    return bool(declared.params) or any(size.names for size in declared.shape.dims)


def _mathematics(root: Entries) -> Iterator[str]:
    """The texts of all sections that may use a name."""
    for key, node in root.entries:
        if key.value not in SAYS_NOTHING:
            yield from _texts(node, key.value, key.value in KEYS_ARE_NAMES)


def _texts(node: Node, section: str, keys_are_names: bool) -> Iterator[str]:
    if isinstance(node, Text):
        if section in TEXT_KEYS:
            yield from (match[1] for match in SHOWN.finditer(node.value))
        else:
            yield node.value
    elif isinstance(node, Items):
        for item in node.items:
            yield from _texts(item, section, False)
    else:
        for key, below in node.entries:
            yield from _texts(below, section if keys_are_names else key.value, False)
