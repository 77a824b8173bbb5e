"""The section data: exact values for names, lists, tables and trees, each with its place.

A value is read as an expression without names (`1/3`, `sqrt(2) * [[0, log(2)]]`) and written out exactly. What is
no array of numbers (a table with a header, a mapping) is kept as its author's texts.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

from derive.errors import DeriveError, InputError, NotEvaluated, ShapeError, UnknownName, nearest
from derive.notation.names import Known
from derive.notation.reader import read, read_target
from derive.notation.rounding import entries
from derive.problem.data_laws import check_laws
from derive.problem.fields import member, placed
from derive.problem.source import Entries, Items, Node, Text
from derive.tree import nodes
from derive.tree.sizes import Size
from derive.values.arrays import literal
from derive.values.evaluate import Explicit
from derive.values.known import declared_extents, extents, fixed, sizes_of
from derive.values.scalars import approximate, of, plus
from derive.vocabulary.arrays import array_shape
from derive.vocabulary.build import build
from derive.vocabulary.scope import Datum, Declaration, Raw, RawText, Scope

WORD = re.compile(r"[A-Za-z_]\w*")
EQUALLY_LONG = "the rows of an array are equally long"


def read_data(rows: Entries) -> dict[str, Datum]:
    """Data by name; those of a single member by `h[0]`."""
    found: dict[str, Datum] = {}
    for key, node in rows.entries:
        with placed(key):
            name, index = read_target(key.value, key.at)
        if any(size.constant is None for size in index):
            hint = f"write {name}: [..., ...], or {name}[0]: ... for one member"
            raise InputError("the data of a family are one list", key.place, hint)
        raw = _raw(node)
        _refuse_odd_words(node)
        value = None if _is_table(node) else _value(node)
        found[member(name, index)] = Datum(name, key.place, value, raw, node)
    return found


def _raw(node: Node) -> Raw:
    if isinstance(node, Text):
        return RawText(node.value, node.place)
    if isinstance(node, Items):
        return tuple(_raw(item) for item in node.items)
    return {key.value: _raw(value) for key, value in node.entries}


ODD_WORDS = (  # what other programs take for numbers: pattern, message, hint
    (r"[-+]?\.?(?:nan|inf|infinity)", "{} is no number", "data are finite numbers: leave the entry out, or correct it"),
    (r"0[xob][0-9a-f]+", "{} is no number", "numbers are decimal"),
    (r"\d+(?:_\d+)+", "{} is no number", "write the digits without _"),
    (r"\d{4}-\d\d-\d\d", "{} is no number", "dates are not in the language"),
    (r"null|none|~|na|n/a", "a value is missing", "write a number, or leave the row out"),
    (r"true|false", "{} is no number", "write 1 or 0"),
    (r"'[^']*'|\"[^\"]*\"", "{} is no number", "write numbers without quotes"),
)  # fmt: skip


def _refuse_odd_words(node: Node) -> None:
    """The entries of a list of numbers, and a number alone."""
    if isinstance(node, Items):
        for item in node.items:
            _refuse_odd_words(item)
    if not isinstance(node, Text) or node.value.lstrip().startswith("{"):
        return
    comma = re.fullmatch(r"\s*[-+]?(\d+),(\d+)\s*", node.value)
    if comma is not None:
        hint = f"write {comma[1]}.{comma[2]}, or [{comma[1]}, {comma[2]}] for a list"
        raise InputError(f"{node.value.strip()} is no number", node.place, hint)
    for entry in re.finditer(r"[^\s\[\],]+", node.value):
        for pattern, message, hint in ODD_WORDS:
            if re.fullmatch(pattern, entry[0], re.IGNORECASE):
                place = node.at(entry.start(), len(entry[0]))
                raise InputError(message.format(entry[0]), place, hint)


def _is_table(node: Node) -> bool:
    """A mapping, a list with one in it, or rows below a header of words."""
    if isinstance(node, Entries):
        return True
    if isinstance(node, Text):
        return node.value.lstrip().startswith("{") or _has_words(node.value)
    return any(_is_table(item) for item in node.items[:1]) or any(
        not isinstance(item, Text) and _is_table(item) for item in node.items
    )


def _has_words(text: str) -> bool:
    """Whether the first entries of a list are words, as in the header of a table."""
    first = re.match(r"\s*\[+\s*([^\],]*)", text)
    return bool(first and WORD.fullmatch(first[1].strip()) and first[1].strip() != "pi")


def _value(node: Node) -> nodes.Node:
    """The array written out exactly."""
    with placed(node if isinstance(node, Text) else Text("", node.place)):
        written = _read(node)
        try:
            found = Explicit(Scope()).value(written)
            for entry in found.items:
                approximate(entry)
            return literal(found)
        except NotEvaluated as error:
            raise InputError(error.message, node.place, error.hint or FORM) from None


FORM = "data are numbers, as in 3, 1/3, 0.5, sqrt(2) or log(2)"


def _read(node: Node) -> nodes.Node:
    if isinstance(node, Text):
        with placed(node):
            if not node.value.strip():
                raise InputError("a value is missing", node.place, FORM)
            try:
                return read(node.value, Scope(), node.at, lists=True)
            except UnknownName as error:
                error.hint = error.hint or FORM
                raise
    if isinstance(node, Entries):
        raise InputError("numbers are wanted here", node.place)
    items = [_read(item) for item in node.items]
    if not items:
        raise InputError("the list is empty", node.place)
    for item, written in zip(node.items, items, strict=True):
        if written.shape != items[0].shape:
            message = f"this row is {written.shape}, the first one {items[0].shape}"
            raise ShapeError(message, item.place, EQUALLY_LONG)
    return build("list", *items)


def shown(data: Mapping[str, Datum]) -> dict[str, Declaration]:
    """A declaration for every name with data that nothing else declares."""
    found = {}
    for key, datum in data.items():
        if datum.value is not None and "[" not in key:
            shape = array_shape(tuple(map(Size.of, extents(datum.value))))
            found[key] = Declaration(key, shape, place=datum.place)
    return found


# ---------------------------------------------------------------- against the declarations


def check(scope: Scope) -> None:
    """Sizes and facts of the data are those declared."""
    known: dict[Size, tuple[int, Datum]] = {}
    for key, datum in scope.data.items():
        if isinstance(datum, Datum):
            _check_name(key, datum, scope)
            _check_shape(key, datum, scope)
    for datum, size, n in fixed(scope):
        if size.constant is not None and size.constant != n:
            raise _mismatch(datum, scope)
        before, other = known.setdefault(size, (n, datum))
        if before != n and other is datum:
            raise _mismatch(datum, scope)
        if before != n:
            message = f"'{size}' is {n} in the data of {datum.name} and {before} in those of {other.name}"
            raise ShapeError(message, datum.place, "one size has one value")
    _check_constraints(scope, known)
    for key, datum in scope.data.items():
        declared = scope.declarations.get(key.partition("[")[0])
        if declared is not None and isinstance(datum, Datum) and datum.value is not None:
            families = len(extents(datum.value)) - len(declared.shape.dims)
            _check_facts(datum, declared, families, sizes_of(scope))
    check_laws(scope)


COMPARED: dict[str, Callable[[int, int], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


def _check_constraints(scope: Scope, known: Mapping[Size, tuple[int, Datum]]) -> None:
    numbers = {size.name: Size.of(n) for size, (n, _) in known.items() if size.name is not None}
    for left, relation, right in scope.constraints:
        a, b = left.replace(numbers).constant, right.replace(numbers).constant
        if a is None or b is None or COMPARED[relation](a, b):
            continue
        datum = next(d for size, (_, d) in known.items() if size.name in left.names | right.names)
        message = f"the data make {left} {a} and {right} {b}, but sizes: says {left} {relation} {right}"
        raise ShapeError(message, datum.place, "change the data, or the constraint")


def _check_name(key: str, datum: Datum, scope: Scope) -> None:
    """Names of sizes and indices mean something else already."""
    declared = scope.declarations.get(key)
    if declared is None or declared.place is None or declared.place != datum.place:
        return  # somebody declares it
    if key in scope.indices:
        low, high = scope.indices[key]
        hint = "rename it, or the index under index:"
        raise InputError(f"'{key}' is the index of a range, {low}..{high}", datum.place, hint)
    value = datum.value
    number = value.number if value is not None and value.op == "num" else None
    if Known(scope).is_size(key) and sizes_of(scope).get(key) != number:
        hint = f"write the number where the size stands, as in vector({number}) or 1..{number}"
        raise InputError(f"'{key}' is a size, which data do not set", datum.place, hint)


def _check_shape(key: str, datum: Datum, scope: Scope) -> None:
    name = key.partition("[")[0]
    declared = scope.declarations.get(name)
    if declared is None:
        if "[" in key:
            hint = nearest(name, scope.declarations) or f"declare the family {name} under symbols:"
            raise UnknownName(f"nothing declares '{key}'", datum.place, hint)
        return
    if declared.layer is not None or declared.of or declared.shape.kind == "function":
        what = "a layer" if declared.layer is not None else "a function"
        raise InputError(f"'{name}' can have no data", datum.place, f"it is {what}; data are numbers")
    if datum.value is None:
        if declared.place is not None and declared.place != datum.place:
            raise InputError(f"the data of '{name}' are no numbers", datum.place, f"it is {declared.shape}")
        return
    wanted = declared.shape.dims if "[" in key else declared_extents(declared, scope)
    if len(wanted) != len(extents(datum.value)):
        raise _mismatch(datum, scope)


def _mismatch(datum: Datum, scope: Scope) -> ShapeError:
    declared = scope.declarations[datum.name]
    assert datum.value is not None
    got = " x ".join(map(str, extents(datum.value))) or "a single number"
    family = f" for each {', '.join(declared.params)}" if declared.params else ""
    message = f"'{datum.name}' is {declared.shape}{family}, its data are {got}"
    return ShapeError(message, datum.place, "change the data, or the declaration")


def _check_facts(datum: Datum, declared: Declaration, families: int, sizes: Mapping[str, int]) -> None:
    """Every member's data have the facts of its declaration."""
    assert datum.value is not None
    members = [datum.value]
    for _ in range(max(0, families)):
        members = [a for m in members for a in m.args]
    for value in members:
        for fact in sorted(declared.facts):
            problem = FACTS[fact](value) if fact in FACTS else _by_domain(fact, value)
            if problem:
                hint = f"correct the data, or remove the fact {fact}"
                raise InputError(f"{problem}, but '{datum.name}' is declared {fact}", datum.place, hint)
        if declared.interval is not None:
            _check_interval(value, declared, datum)
        if declared.integers is not None:
            _check_integers(value, declared, datum, sizes)


def _sum_problem(parts: list[nodes.Node], what: str) -> str:
    values = [Explicit(Scope()).value(p).scalar for p in parts]
    negative = next((n for n, v in enumerate(values, 1) if approximate(v) < 0), None)
    if negative is not None:
        return f"entry {negative}{f' of {what}' if what.startswith('row') else ''} is negative"
    total = plus(of(0), *values)
    if abs(approximate(total) - 1) < 1e-12:
        return ""
    exact = total.rational if not isinstance(total, float) else None
    shown_ = f"{float(exact):g}" if exact is not None else f"{approximate(total):g}"
    return f"{what} sum{'s' if what.startswith('row') else ''} to {shown_} and not to 1"


def _stochastic(value: nodes.Node) -> str:
    for i, row in enumerate(value.args, 1):
        if problem := _sum_problem(entries(row), f"row {i}"):
            return problem
    return ""


FACTS: dict[str, Callable[[nodes.Node], str]] = {
    "simplex": lambda value: _sum_problem(entries(value), "the entries"),
    "stochastic": _stochastic,
}


def _by_domain(fact: str, value: nodes.Node) -> str:
    import numpy as np  # a problem without data needs no NumPy

    from derive.vocabulary.domains import DOMAINS

    numbers = [approximate(Explicit(Scope()).value(e).scalar) for e in entries(value)]
    if fact == "integer":
        return "" if all(n == round(n) for n in numbers) else "the data are not whole"
    if fact not in DOMAINS:
        return ""
    dims = extents(value)
    array = np.array(numbers).reshape((*dims, 1) if len(dims) < 2 else dims)
    array = array.reshape(1, 1) if not dims else array
    return "" if len(dims) > 2 or DOMAINS[fact].holds(array) else f"the data are not {fact.replace('_', ' ')}"


def _check_interval(value: nodes.Node, declared: Declaration, datum: Datum) -> None:
    assert declared.interval is not None
    try:
        low, high = (approximate(Explicit(Scope()).value(end).scalar) for end in declared.interval)
    except DeriveError:
        return  # its ends are names
    number = approximate(Explicit(Scope()).value(value).scalar)
    if not low < number < high:
        raise InputError(
            f"{number:g} lies outside ({low:g}, {high:g})", datum.place, "the ends are outside too"
        )


def _check_integers(value: nodes.Node, declared: Declaration, datum: Datum, sizes: Mapping[str, int]) -> None:
    assert declared.integers is not None
    known = {name: Size.of(n) for name, n in sizes.items()}
    first, last = (end.replace(known) for end in declared.integers)
    low, high = first.constant, last.constant
    number = approximate(Explicit(Scope()).value(value).scalar)
    if (low is not None and number < low) or (high is not None and number > high):
        hint = "correct the data, or the range in its declaration"
        raise InputError(f"{number:g} lies outside {first}..{last}", datum.place, hint)
