"""Indices and entries: `x_{i}`, `A_{ij}`, `W_{c,:}`, and the ranges of letters that nothing declares."""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator, is_open
from derive.latexread.patterns import TWINS, spelled
from derive.latexread.surface import Script
from derive.latexread.tokens import Span, Token
from derive.notation.literals import as_size
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.build import T, count
from derive.vocabulary.scope import Scope

FREE = frozenset((*"ijklmrs", "ell"))  # letters that may be indices without a word
SELDOM = frozenset("abcnpqt")  # indices where they stand on both sides, or below a derivative


def index(e: Elaborator, script: Script, span: Span, within: tuple[Size, Size] | None = None) -> Node:
    """An index: integer arithmetic as one count, or a name whose values are whole numbers. A letter that nothing
    declares runs over what it counts (`within`)."""
    for token in script if within is not None else ():
        counts = token.text in FREE or token.text in e.counting_letters
        if token.kind == "name" and counts and not _has_range(e, token.text):
            assert within is not None
            e.free[token.text] = e.bound[token.text] = within
            e.note(f"{token.text} is read as an index {within[0]}..{within[1]}", span, "index")
    meant = _same_range(e, script, within, span)
    if meant is not None:
        return meant
    node = e.count(e.read(script, span))
    size = as_size(node)
    if size is not None:
        return count(size)
    if _is_whole(node, e.context.scope):
        return node
    raise e.unreadable(f"{spelled(script)} is no index", span)


def _is_whole(node: Node, scope: Scope, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a number is whole by what it is: a place of an extremum, an integer, or defined as such."""
    if node.op in ("count", "argmax_over", "argmin_over"):
        return True
    if node.op == "num":
        return node.number.denominator == 1
    if node.op != "sym" or not node.shape.is_scalar:
        return False
    name = node.symbol.name
    declared, defined = scope.declarations.get(name), scope.definitions.get(name)
    if declared is not None and (declared.integers is not None or "integer" in node.symbol.facts):
        return True
    bodies = () if defined is None else (defined.body, *(body for _, body in defined.members))
    told = [body for body in bodies if body is not None]
    return name in seen or bool(told) and all(_is_whole(body, scope, seen | {name}) for body in told)


def is_known(e: Elaborator, letter: str) -> bool:
    """Whether a letter is an index, a name or a size."""
    named = any(p.rank < 2 for p in e.names.patterns.get(letter, ()))  # the i of `inputs` is no name
    return named or _has_range(e, letter)


def _has_range(e: Elaborator, letter: str) -> bool:
    """Whether a letter is an index, a number or a size; a gate i, a vector, may be an index beside it."""
    patterns = [p for p in e.names.patterns.get(letter, ()) if p.rank < 2]
    return (
        letter in e.bound
        or any(e.names.shape(p.name).kind in ("scalar", "integer") for p in patterns)
        or bool({letter, TWINS.get(letter)} & e.known.scope.indices.keys())
        or e.known.is_size(letter)
    )


def _same_range(e: Elaborator, script: Script, within: tuple[Size, Size] | None, span: Span) -> Node | None:
    """A free index counts one thing only; the hook may know which other one was meant."""
    if within is None or len(script) != 1 or script[0].text not in e.free:
        return None
    letter = script[0].text
    if e.hook is not None and not e.meet(e.free[letter][1], within[1]):
        for other, ends in e.free.items():
            if ends == within and (helped := e.hook(count(letter), count(other), "index")) is not None:
                return helped
    _meet(e, letter, e.free[letter][1], within[1], span)
    return None


def _meet(e: Elaborator, letter: str, high: Size, other: Size, span: Span) -> None:
    """The range of an index that something told, and what it counts here: of a sum over two arrays of known sizes
    what both have."""
    if not e.meet(high, other):
        ends = [s.replace(e.found) for s in (high, other)]
        least = min((end.constant for end in ends if end.constant is not None), default=0)
        if is_open(high) and letter not in e.free and all(end.constant is not None for end in ends):
            e.found[str(high.name)] = Size.of(least)
            e.note(f"{letter} runs over 1..{least}, which both arrays have", span, "scope")
            return
        raise e.ill_typed(f"the index {letter} runs over 1..{ends[0]} and over 1..{ends[1]}", span)


def entry(e: Elaborator, array: Node, scripts: tuple[Script, ...], span: Span) -> Node:
    """`x_{i}`, `A_{ij}`, `W_{c,:}`, `X_{:,j}`."""
    dims = array.shape.dims
    if not dims and array.op == "sym" and array.symbol.name in e.context.arrays:
        e.note("the entry of a number", span, "scalar")
        return array
    if len(scripts) == 1 and len(dims) == 2:
        scripts = _two(scripts[0]) or scripts
    only = scripts[0][0] if len(scripts) == 1 and len(scripts[0]) == 1 else None
    if only is not None and only.kind == "num" and len(only.text) == len(dims) == 2:
        scripts = tuple((Token("num", digit, only.start, only.stop),) for digit in only.text)  # A_{12}
    scripts = _cut(scripts) if len(dims) == 2 else scripts
    said = [spelled(s) for s in scripts]
    if len(scripts) == 2 == len(dims) and said[0] in WHOLE and said[1] not in WHOLE:
        return _entry(e, T(array), (index(e, scripts[1], span, (Size.of(1), dims[1])),), span)
    if len(scripts) == 2 == len(dims) and said[1] in WHOLE and said[0] not in WHOLE:
        row = _entry(e, array, (index(e, scripts[0], span, (Size.of(1), dims[0])),), span)
        return T(row) if e.choose(span, "row", ("W_{c,:} is a column", "W_{c,:} is a row")) else row
    if len(scripts) > len(dims) or (len(scripts) < len(dims) and len(dims) != 2):
        raise e.unreadable(f"{len(scripts)} indices of {array.shape}", span)
    at = [index(e, s, span, (Size.of(1), d)) for s, d in zip(scripts, dims, strict=False)]
    return _entry(e, array, tuple(at), span)


def _two(script: Script) -> tuple[Script, Script] | None:
    """The two indices in `ij`, in `i w_t`: names and numbers side by side, each with its own marks."""
    starts: list[int] = []
    depth = 0
    for i, token in enumerate(script):
        depth += (token.kind == "{") - (token.kind == "}")
        marks = depth > 0 or token.kind in ("_", "^", "}") or (i > 0 and script[i - 1].kind in ("_", "^"))
        if not marks:
            starts.append(i)
    if len(starts) != 2 or any(script[i].kind not in ("name", "num") for i in starts):
        return None
    return script[: starts[1]], script[starts[1] :]


WHOLE = frozenset({":", ";", "*", "cdot", "bullet"})  # what stands for a whole row or column: `W_{c,:}`


def _cut(scripts: tuple[Script, ...]) -> tuple[Script, ...]:
    r"""`W_{c:}`, `W_{\cdot j}` as the two scripts that they are."""
    if len(scripts) != 1 or len(scripts[0]) < 2:
        return scripts
    only = scripts[0]
    if spelled(only[-1:]) in WHOLE:
        return only[:-1], only[-1:]
    return (only[:1], only[1:]) if spelled(only[:1]) in WHOLE else scripts


def told_range(e: Elaborator, at: Node, high: Size, span: Span) -> None:
    """An index without a written range runs over what it counts: a bound one, or one that the problem declares
    and that is free here."""
    letter = at.size.name if at.op == "count" else None
    if letter in e.bound and letter is not None:
        end = e.bound[letter][1]
        if is_open(end):
            _meet(e, letter, end, high, span)
    elif letter in e.known.scope.indices and letter is not None:
        beyond = (high - e.known.scope.indices[letter][1]).constant
        if beyond is None:  # the problem's range does not fit
            _meet(e, letter, e.local.setdefault(letter, high), high, span)


def _entry(e: Elaborator, array: Node, indices: tuple[Node, ...], span: Span) -> Node:
    for at, dim in zip(indices, array.shape.dims, strict=False):
        told_range(e, at, dim, span)
        if at.op == "num" and (at.number < 1 or (dim.constant is not None and at.number > dim.constant)):
            raise e.unreadable(f"index {at.number} is outside 1..{dim}", span)
    return e.make("entry", array, *indices, span=span)
