"""A problem file to a typed Problem: `load(path)`, `loads(text)`.

To add a section: its name in SECTIONS, and its line in `_problem`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from derive.errors import InputError, UnknownName, nearest
from derive.notation.names import Known
from derive.notation.reader import read_target
from derive.problem import data as given
from derive.problem.data_tables import columns_of
from derive.problem.definitions import extended
from derive.problem.fields import check_keys, entries_of, member, placed, prose, targets, text_of
from derive.problem.functions import split
from derive.problem.model import Part, Problem, Prose
from derive.problem.parts import EXAMPLE, read_parts
from derive.problem.questions import check_questions
from derive.problem.rows import TEXT_KEYS
from derive.problem.source import Entries, Items, Node, Text, read_file, read_text
from derive.problem.symbols import read_constraints, read_indices
from derive.problem.unused import unused
from derive.vocabulary.scope import Declaration, Scope

MOST_MATHEMATICS = 60_000
NOT_READ = (*TEXT_KEYS, "data")  # prose, and data that are read when they are used
SECTIONS = {  # and a row of each, where it is made of rows
    "format": "",
    "title": "",
    "source": "",
    "statement": "",
    "index": "t: 1..T",
    "sizes": "",
    "symbols": "w: vector(d)",
    "data": "x: [1, 2]",
    "define": "y: w.T @ x",
    "notation": r"w: \mathbf w",
    "parts": "",
}


def load(path: str | Path) -> Problem:
    """The problem in a file; a DeriveError says where it is wrong."""
    return _problem(read_file(path), str(path))


def loads(text: str, file: str = "<text>") -> Problem:
    """The problem in a text."""
    return _problem(read_text(text, file), file)


def _problem(root: Entries, file: str) -> Problem:
    _check_sections(root)
    _check_amount(root)
    scope = _scope(root)
    node = root.get("parts")
    assert node is not None
    parts = read_parts(node, scope)
    check_questions(parts)
    scope, parts = _with_notation(root, scope, parts)
    notices = unused(root, scope)
    return Problem(
        id=Path(file).stem,
        file=file,
        title=_prose(root, "title", scope) or Prose("", root.place),
        scope=scope,
        parts=parts,
        source=_prose(root, "source", scope),
        statement=_prose(root, "statement", scope),
        notices=notices,
    )


def _check_sections(root: Entries) -> None:
    first, version = root.entries[0]
    if first.value == "assignment":
        raise InputError(
            "this file orders problems, it is none", first.place, "derive build makes its papers"
        )
    if root.get("format") is None:
        raise InputError("`format: 1` is missing", first.place, "make it the first line")
    if first.value != "format":
        place = next(key.place for key, _ in root.entries if key.value == "format")
        raise InputError("`format:` stands first", place, "make `format: 1` the first line")
    text = text_of(version, "the format")
    if text.value != "1":
        raise InputError(f"unknown format '{text.value}'", text.place, "write `format: 1`")
    check_keys(root, list(SECTIONS), "section")
    if root.get("title") is None:
        raise InputError(
            "`title:` is missing", first.place, "add a line such as\n    title: Linear regression"
        )
    if root.get("parts") is None:
        raise InputError("`parts:` is missing", first.place, EXAMPLE)


def _check_amount(root: Entries) -> None:
    """Reading takes about 20 us for a character of mathematics."""
    open_: list[Node] = [root]
    amount = 0
    while open_:
        node = open_.pop()
        if isinstance(node, Text):
            amount += len(node.value)
            if amount > MOST_MATHEMATICS:
                message = f"more than {MOST_MATHEMATICS} characters of mathematics"
                raise InputError(message, node.place, "one file is one problem")
        elif isinstance(node, Items):
            open_ += reversed(node.items)
        else:
            open_ += [below for key, below in reversed(node.entries) if key.value not in NOT_READ]


def _rows(root: Entries, section: str) -> Entries:
    node = root.get(section)
    return Entries((), root.place) if node is None else entries_of(node, section, SECTIONS[section])


def _scope(root: Entries) -> Scope:
    """What all parts share."""
    sizes = root.get("sizes")
    indices = read_indices(_rows(root, "index"))
    scope = Scope(indices=indices, constraints=read_constraints(sizes) if sizes else ())
    symbols = targets(_rows(root, "symbols"), scope, "a type")
    rows, functions = split(_rows(root, "define"), "a formula")
    definitions = targets(rows, scope, "a definition")
    data = given.read_data(_rows(root, "data"))
    named = {t.name for t in (*symbols, *definitions)}
    bare = {name: declared for name, declared in given.shown(data).items() if name not in named}
    for target in definitions:
        if target.name in data:
            message = f"'{target}' has data and is defined"
            raise InputError(message, target.place, "remove one of the two, or rename it")
    columns = {name: columns_of(datum.written) for name, datum in data.items()}
    scope = replace(scope, declarations=bare, data=data, columns=columns)
    scope = extended(scope, symbols, definitions, functions)
    given.check(scope)
    return scope


def _prose(root: Entries, section: str, scope: Scope) -> Prose | None:
    node = root.get(section)
    if node is None:
        return None
    known = {*scope.declarations, *scope.definitions, *scope.data}
    return prose(node, f"`{section}:`", known, scope)


def _with_notation(root: Entries, scope: Scope, parts: tuple[Part, ...]) -> tuple[Scope, tuple[Part, ...]]:
    """LaTeX of names: those of the problem, of a part, or of an algorithm in it."""
    scopes = [scope, *(part.scope for part in parts)]
    known = {n for s in scopes for n in (*s.declarations, *s.definitions, *s.indices, *s.data)}
    known |= {read_target(named.name)[0] for p in parts for named in p.find if named.name}
    known |= {name.symbol.name for part in parts for name in part.multipliers}
    sizes = Known(scope)
    notation: dict[str, str] = {}
    for key, node in _rows(root, "notation").entries:
        with placed(key):
            name, index = read_target(key.value, key.at)
        if name not in known and not sizes.is_size(name) and not any(_says(p, name) for p in parts):
            hint = nearest(name, known) or "notation is for names that are declared, defined or found"
            raise UnknownName(f"unknown name '{name}'", key.place, hint)
        notation[member(name, index)] = text_of(node, "the LaTeX of a name").value
    if not notation:
        return scope, parts
    parts = tuple(replace(p, scope=replace(p.scope, notation=notation)) for p in parts)
    return replace(scope, notation=notation), parts


def _says(part: Part, name: str) -> bool:
    """Whether the part's algorithm (or figure) uses the name."""
    return re.search(rf"\b{re.escape(name)}\b", part.source) is not None


def inferred_sizes(problem: Problem) -> dict[str, list[str]]:
    """The sizes nothing declares, each with the declarations that use it: `n` for `N` shows here."""
    found: dict[str, list[str]] = {}

    def use(names: frozenset[str], where: str) -> None:
        for name in sorted(names):
            rows = found.setdefault(name, [])
            if where not in rows:
                rows.append(where)

    for scope in (problem.scope, *(part.scope for part in problem.parts)):
        for name, (low, high) in scope.indices.items():
            use((low.names | high.names) - scope.indices.keys(), name)
        for declared in scope.declarations.values():
            names = frozenset(n for size in declared.shape.dims for n in size.names)
            for low, high in [declared.integers] if declared.integers else ():
                names |= low.names | high.names
            use(names - scope.indices.keys(), _shown(declared, scope))
        for left, _, right in scope.constraints:
            use(left.names | right.names, "sizes")
    return dict(sorted(found.items()))


def _shown(declared: Declaration, scope: Scope) -> str:
    """The declaration as its author wrote it: `x[t]`, or a boundary member where the family is defined."""
    if declared.boundary and declared.name in scope.definitions:
        return member(declared.name, declared.boundary[0])
    return member(declared.name, declared.params)
