r"""Words that name rows of a table of data: `\text{king} - \text{man}`, where the problem gives each word a vector."""

from __future__ import annotations

import re
from typing import Mapping

from derive.errors import DeriveError
from derive.notation.reader import read
from derive.tree.nodes import Node, names_in
from derive.vocabulary.scope import Datum, Definition, RawText, Scope

WORD = re.compile(r"[A-Za-z]{3,}")  # a letter is a quantity


def words_of(scope: Scope) -> dict[str, Definition]:
    """The vectors of the words that no other table and no symbol calls so."""
    found: dict[str, Definition] = {}
    twice: set[str] = set()
    for datum in scope.data.values():
        rows = datum.raw if isinstance(datum, Datum) else None
        for word, raw in rows.items() if isinstance(rows, Mapping) else ():
            value = _vector(raw.text) if isinstance(raw, RawText) and WORD.fullmatch(word) else None
            twice |= {word} & found.keys()
            if value is not None and not scope.knows(word):
                found[word] = Definition(word, value.shape, (), value)
    return {word: d for word, d in found.items() if word not in twice}


def _vector(text: str) -> Node | None:
    try:
        node = read(text, Scope())
    except DeriveError:
        return None
    return node if node.op == "list" and node.shape.kind == "vector" and not names_in(node) else None
