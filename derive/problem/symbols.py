"""The sections index, sizes and symbols: what a problem gives.

Symbols are read twice: `outlines` gives their shapes and facts, with which the definitions can be read;
`declarations` then reads what may mention definitions (laws, intervals, `of`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from derive.errors import InputError, UnknownName, nearest
from derive.notation.names import Known
from derive.notation.reader import read_index, read_range, read_target
from derive.notation.tokens import tokens_of
from derive.notation.types import read_type
from derive.problem.fields import Target, after, member, pieces, placed, text_of, texts_of
from derive.problem.source import Entries, Node, Text
from derive.tree.sizes import Size, never_negative
from derive.vocabulary.scope import Declaration, Scope

RELATION = re.compile(r"<=|>=|==|!=|<|>")
ONE_TYPE = "a family and its boundary members have one type; a member that differs is defined under define:"

Ranges = dict[str, tuple[Size, Size]]


def read_indices(entries: Entries) -> Ranges:
    """`t: 1..T`."""
    found: Ranges = {}
    for key, node in entries.entries:
        with placed(key):
            name, index = read_target(key.value, key.at)
        if index:
            raise InputError("an index has a name only", key.place, f"write {name}: 1..{name.upper()}")
        text = text_of(node, "a range")
        with placed(text):
            low, high = read_range(text.value, text.at)
        if never_negative(low - high - 1, {}):
            raise InputError(f"the range {low}..{high} is empty", text.place, "write low..high")
        if name in low.names | high.names:
            raise InputError(f"the range of '{name}' uses {name} itself", text.place, "write 1..T")
        found[name] = (low, high)
    return found


def read_constraints(node: Node) -> tuple[tuple[Size, str, Size], ...]:
    """`N > d`, one or several."""
    found = []
    for text in texts_of(node, "a constraint"):
        for piece, at in pieces(text):
            relation = RELATION.search(piece)
            if relation is None:
                place = at(len(piece) - len(piece.lstrip()), max(1, len(piece.strip())))
                raise InputError("a relation between sizes is wanted here", place, "write N > d")
            with placed(text):
                left = read_index(piece[: relation.start()], at)
                right = read_index(piece[relation.end() :], after(at, relation.end()))
            found.append((left, relation[0], right))
    return tuple(found)


# ---------------------------------------------------------------- symbols


def outlines(targets: Iterable[Target], scope: Scope) -> dict[str, Declaration]:
    """Shapes and facts of the symbols, by name."""
    found: dict[str, Declaration] = {}
    for target in targets:
        text = target.text
        with placed(text):
            outline = read_type(
                _outline(text), target.name, target.params, _with(scope, found), text.at, dependencies=False
            )
        if re.search(r"~\s*categorical\b", text.value) and outline.shape.kind == "vector":
            outline = replace(outline, facts=outline.facts | {"onehot"})
        _join(found, target, outline)
    return found


def _with(scope: Scope, found: dict[str, Declaration]) -> Scope:
    """The scope with the layers read so far: a Sequence names them."""
    layers = {name: d for name, d in found.items() if d.layer is not None}
    return replace(scope, declarations={**scope.declarations, **layers}) if layers else scope


def declarations(targets: Iterable[Target], scope: Scope) -> dict[str, Declaration]:
    """The symbols as the scope of all names has them."""
    found: dict[str, Declaration] = {}
    for target in targets:
        text = target.text
        with placed(text):
            whole = read_type(text.value, target.name, target.params, scope, text.at)
        _join(found, target, whole)
    for target in targets:
        declared = found[target.name]
        if target.is_member and not declared.params:
            definition = scope.definitions.get(target.name)
            if definition is None or definition.body is None:
                family = f"{target.name}[{', '.join(scope.indices) or 't'}]"
                message = f"{target} is a boundary member, but nothing declares or defines {family}"
                raise InputError(message, target.place, f"add {family} under symbols: or define:")
            found[target.name] = replace(declared, params=definition.params)
    return found


def _join(found: dict[str, Declaration], target: Target, read: Declaration) -> None:
    """Puts the declaration among the others of its family."""
    read = replace(read, place=target.place)
    if target.is_member:
        read = replace(read, params=(), boundary=(target.index,))
    before = found.get(target.name)
    if before is None:
        found[target.name] = read
        return
    family = before if before.params else read
    one = replace(family, boundary=before.boundary + read.boundary)
    if replace(before, params=(), boundary=(), place=None) != replace(
        read, params=(), boundary=(), place=None
    ):
        shown = member(target.name, before.params or before.boundary[0])
        message = f"{target} is {read.shape}, but {shown} is {before.shape}"
        if read.shape == before.shape:
            message = f"{target} has other facts than {shown}"
        raise InputError(message, target.text.place, ONE_TYPE)
    lengths = {len(i) for i in (one.params, *one.boundary) if i}
    if len(lengths) > 1:
        raise InputError(f"{target} has another number of indices", target.place, f"as in {before.name}")
    found[target.name] = one


def _outline(text: Text) -> str:
    """The type with blanks in place of its law and its interval, which may mention definitions."""
    tokens = tokens_of(text.value, text.at)
    chars = list(text.value)
    for n, token in enumerate(tokens):
        opener = n + 2 if token.kind == "~" else n + 1
        if token.kind != "~" and (token.text != "in" or tokens[0].text == "integer"):
            continue
        if opener >= len(tokens) or tokens[opener].kind not in ("(", "["):
            continue
        depth = 0
        for last in tokens[opener:]:
            depth += (last.kind in ("(", "[")) - (last.kind in (")", "]"))
            if depth == 0:
                chars[token.start : last.start + 1] = " " * (last.start + 1 - token.start)
                break
    return "".join(chars)


# ---------------------------------------------------------------- ranges of a part


def read_ranges(node: Node, scope: Scope) -> Ranges:
    """`for: t=1..T-1, i=2..N`: smaller ranges of declared indices."""
    found: Ranges = {}
    for text in texts_of(node, "a range"):
        for piece, at in pieces(text):
            name, sign, range_ = piece.partition("=")
            start = len(name) - len(name.lstrip())
            place = at(start, max(1, len(name.strip())))
            name = name.strip()
            if not sign:
                raise InputError("a range is wanted here", place, "write t=1..T-1")
            if name not in scope.indices:
                hint = nearest(name, scope.indices)
                hint = hint or f"declare it:\n    index:\n      {name}: 1..{name.upper()}"
                raise UnknownName(f"'{name}' is no index", place, hint)
            with placed(text):
                low, high = read_range(range_, after(at, piece.index("=") + 1))
            _check_range(name, low, high, scope, text)
            found[name] = (low, high)
    return found


def _check_range(name: str, low: Size, high: Size, scope: Scope, text: Text) -> None:
    first, last = scope.indices[name]
    shown, declared = f"{name}={low}..{high}", f"{name}: {first}..{last}"
    known = Known(scope)
    for word in sorted(low.names | high.names):
        if word not in scope.indices and not known.is_size(word):
            at = text.value.find(word)
            hint = nearest(word, known.names())
            raise UnknownName(f"unknown size '{word}'", text.at(at, len(word)), hint)
    if never_negative(low - high - 1, {}):
        raise InputError(f"the range {shown} is empty", text.place, f"the index is {declared}")
    if never_negative(first - 1 - low, {}) or never_negative(high - last - 1, {}):
        message = f"the range {shown} is larger than that of the index"
        raise InputError(message, text.place, f"the index is {declared}")
