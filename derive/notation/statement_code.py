"""Statements as a Python program over NumPy: what is printed as code is what runs.

Arrays are NumPy arrays, vectors 1-D; families are dictionaries by their index, from 1, or
arrays that loops fill (`filled.py`). To add a statement: its row in
WRITERS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.notation.filled import Lengths, array, filled
from derive.notation.numpy_code import Coder, identifier
from derive.notation.statements import Assign, Condition, For, Function, If, Return, Statement, While
from derive.tree.nodes import Node, names_in, walk
from derive.tree.sizes import Size
from derive.vocabulary.build import build, count, rebuild

INDENT = "    "
ENTRYWISE = frozenset({"add", "neg", "mul", "div", "pow"})


def program(function: Function) -> str:
    """The text of the function; NotEvaluated where a part of it has no NumPy form."""
    params = ", ".join(identifier(p) for p in function.params)
    lines = [f"def {identifier(function.name)}({params}):"]
    lines += [INDENT + line for line in _sizes(function)]
    arrays = filled(function)
    for name in _families(function.body):
        lengths = arrays.lengths.get(name)
        lines.append(f"{INDENT}{identifier(name)} = {{}}" if lengths is None else _zeros(name, lengths))
    lines += list(_lines(arrays.body, 1, Names(function, arrays.lengths)))
    return "\n".join(lines)


@dataclass(frozen=True)
class Names:
    """What the names of a function are in its program: some families are arrays."""

    function: Function
    arrays: Mapping[str, Lengths]


def _zeros(name: str, lengths: Lengths) -> str:
    sizes = ", ".join(code(count(n)) for n in lengths)
    return f"{INDENT}{identifier(name)} = np.zeros({sizes if len(lengths) == 1 else f'({sizes})'})"


def _sizes(function: Function) -> Iterator[str]:
    """`m, n = X.shape`, for the sizes that the body mentions."""
    used = {
        n
        for s in _nodes(function.body)
        for node in walk(s)
        if isinstance(node.data, Size)
        for n in node.data.names
    }
    used |= {
        n
        for s in _nodes(function.body)
        for node in walk(s)
        for r in [node.data]
        if hasattr(r, "high")
        for n in r.high.names
    }
    known: set[str] = set(function.params)
    for name in function.params:
        declared = function.scope.declarations.get(name)
        dims = [d.name for d in declared.shape.dims] if declared else []
        fresh = {d for d in dims if d is not None and d not in known}
        if used & fresh and all(d is not None for d in dims):
            wanted = used & fresh
            targets = [
                identifier(d) if d in wanted and d not in dims[:n] else "_"
                for n, d in enumerate(dims)
                if d is not None
            ]
            yield f"{', '.join(targets)}{',' if len(targets) == 1 else ''} = {identifier(name)}.shape"
            known |= fresh


def _nodes(body: Sequence[Statement]) -> Iterator[Node]:
    for s in body:
        if isinstance(s, Assign):
            yield from (s.value, *s.target.indices)
        elif isinstance(s, For):
            yield from (s.first, s.last, *_nodes(s.body))
        elif isinstance(s, While):
            yield from (*_compared(s.condition), *_nodes(s.body))
        elif isinstance(s, If):
            for condition, inner in s.branches:
                yield from (*(_compared(condition) if condition else ()), *_nodes(inner))
        elif isinstance(s, Return):
            yield from (v for v in s.values if isinstance(v, Node))


def _compared(condition: Condition) -> Iterator[Node]:
    for group in condition.alternatives:
        for compare in group:
            yield from (compare.left, compare.right)


def _families(body: Sequence[Statement]) -> list[str]:
    """Names that are assigned by index, in order."""
    found: dict[str, None] = {}
    for s in body:
        if isinstance(s, Assign) and s.target.indices:
            found[s.target.name] = None
        inner = (
            [s.body]
            if isinstance(s, (For, While))
            else [b for _, b in s.branches]
            if isinstance(s, If)
            else []
        )
        for below in inner:
            found.update(dict.fromkeys(_families(below)))
    return list(found)


def code(node: Node) -> str:
    """The NumPy expression; a vector that is repeated along an axis is broadcast."""
    node = _broadcast(node, False)
    return Coder(names_in(node)).write(node).text


def _broadcast(node: Node, beside_matrix: bool) -> Node:
    if beside_matrix and node.op == "matmul" and len(node.args) == 2:
        left, right = node.args
        if left.op == "ones" and right.op == "T" and right.args[0].shape.kind == "vector":
            return Node("along_rows", (_broadcast(right.args[0], False),), None, node.shape)
        if right.op == "T" and right.args[0].op == "ones" and left.shape.kind == "vector":
            return Node("along_columns", (_broadcast(left, False),), None, node.shape)
    inside = node.op in ENTRYWISE and node.shape.kind == "matrix"
    args = tuple(_broadcast(a, inside and (beside_matrix or _another(node, a))) for a in node.args)
    if args == node.args:
        return node
    return Node(node.op, args, node.data, node.shape) if inside else rebuild(node, args)


def _another(node: Node, one: Node) -> bool:
    """Whether another operand has both axes, so that this one may be broadcast."""
    return any(a is not one and a.shape.kind == "matrix" and not _is_repeated(a) for a in node.args)


def _is_repeated(node: Node) -> bool:
    return node.op == "matmul" and any(
        a.op == "ones" or (a.op == "T" and a.args[0].op == "ones") for a in node.args
    )


# ---------------------------------------------------------------- statements


def _lines(body: Sequence[Statement], depth: int, names: Names) -> Iterator[str]:
    for s in body:
        yield from WRITERS[type(s)](s, depth, names)


def _assign(s: Assign, depth: int, names: Names) -> Iterator[str]:
    lengths = names.arrays.get(s.target.name)
    if lengths is not None:
        place = build("entry", array(s.target.name, lengths), *s.target.indices)
        yield f"{INDENT * depth}{code(place)} = {code(s.value)}"
        return
    index = f"[{', '.join(map(code, s.target.indices))}]" if s.target.indices else ""
    yield f"{INDENT * depth}{identifier(s.target.name)}{index} = {code(s.value)}"


def _for(s: For, depth: int, names: Names) -> Iterator[str]:
    step = ", -1" if s.step < 0 else ""
    end = f"{code(s.last)} {'-' if s.step < 0 else '+'} 1"
    yield f"{INDENT * depth}for {identifier(s.var)} in range({code(s.first)}, {end}{step}):"
    yield from _lines(s.body, depth + 1, names)


def _while(s: While, depth: int, names: Names) -> Iterator[str]:
    yield f"{INDENT * depth}while {_condition(s.condition)}:"
    yield from _lines(s.body, depth + 1, names)


def _if(s: If, depth: int, names: Names) -> Iterator[str]:
    for n, (condition, body) in enumerate(s.branches):
        head = "else" if condition is None else f"{'elif' if n else 'if'} {_condition(condition)}"
        yield f"{INDENT * depth}{head}:"
        yield from _lines(body, depth + 1, names)


def _condition(condition: Condition) -> str:
    groups = [
        " and ".join(f"{code(c.left)} {c.relation} {code(c.right)}" for c in g)
        for g in condition.alternatives
    ]
    return " or ".join(groups)


def _return(s: Return, depth: int, names: Names) -> Iterator[str]:
    shown = [_family(v, names) if isinstance(v, str) else code(v) for v in s.values]
    yield f"{INDENT * depth}return {', '.join(shown)}"


def _family(name: str, names: Names) -> str:
    """The members as an array."""
    if name in names.arrays:
        return identifier(name)
    return f"np.array([member for _, member in sorted({identifier(name)}.items())])"


WRITERS: dict[type, Callable[[Any, int, Names], Iterator[str]]] = {
    Assign: _assign,
    For: _for,
    While: _while,
    If: _if,
    Return: _return,
}
