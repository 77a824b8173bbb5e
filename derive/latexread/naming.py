"""Names with marks to nodes: members of families, entries, sizes, constants. What stands above is `powers.py`'s."""

from __future__ import annotations

from derive.errors import nearest
from derive.latexread.elaborator import Elaborator, Stop
from derive.latexread.names import Match, bare, spelled
from derive.latexread.powers import is_mark, raised
from derive.latexread.surface import Name, Script, Surface
from derive.latexread.tokens import Span, Token
from derive.notation.literals import as_size
from derive.tree.nodes import Node, Shape
from derive.tree.sizes import Size
from derive.vocabulary.build import T, build, constant, count, num, sym


def name(e: Elaborator, surface: Surface) -> Node:
    assert isinstance(surface, Name)
    node, above, primes = resolved(e, surface)
    return raised(e, node, above, primes, surface.span)


def resolved(e: Elaborator, surface: Name, arguments: tuple[Surface, ...] = ()) -> tuple[Node, Script, int]:
    """The name, and the marks that it does not explain. `arguments` may serve as indices: `\\delta_t(j)`."""
    written = shown(surface)
    if surface.letter in e.bound and not surface.accents and not surface.below:
        return count(surface.letter), surface.above, surface.primes
    first: Stop | None = None
    marked: tuple[Node, Script, int] | None = None  # a name with a mark above that it is not known with
    for match in e.names.matches(surface):
        try:
            node = member(e, match, surface.span, arguments)
        except Stop as stop:
            first = first or stop
            continue
        if not match.above or not is_mark(match.above):
            return node, match.above, match.primes
        marked = marked or (node, match.above, match.primes)
    found = _exponential(e, surface) if first is None and marked is None else None
    found = found or _size(e, surface)
    if found is not None:
        return found
    if first is not None and marked is None:
        raise first
    found = None if marked is not None else _constant(e, surface) or _moment(e, surface)
    if found is not None:
        return found
    slipped = surface.letter.swapcase() if len(surface.letter) == 1 else _swapped(surface.letter)
    other = Name(
        surface.span, slipped, surface.style, surface.accents, surface.below, surface.above, surface.primes
    )
    for match in e.names.matches(other):
        try:
            node = member(e, match, surface.span, arguments)
        except Stop:
            continue
        if marked is not None and match.above and is_mark(match.above):
            continue
        e.note(f"{written} is read as {shown(other)}", surface.span, "case")
        return node, match.above, match.primes
    if marked is not None:
        return marked
    size = _size(e, other)
    if size is not None and not surface.below:
        e.note(f"{written} is read as {shown(other)}", surface.span, "case")
        return size
    raise unknown(e, surface)


def unknown(e: Elaborator, surface: Name) -> Stop:
    if surface.style == "command" or surface.letter.startswith("\\"):
        return e.unreadable(f"unknown command {surface.letter}", surface.span)
    if surface.style == "function":
        return e.unreadable(f"{surface.letter} needs an argument", surface.span)
    known = {p.letter for ps in e.names.patterns.values() for p in ps}
    same = [p for p in e.names.patterns.get(surface.letter, ())]
    hint = (
        f"{surface.letter} is known with other marks: {', '.join(sorted({p.name for p in same}))}"
        if same
        else None
    )
    hint = hint or (nearest(surface.letter, known) if len(surface.letter) > 3 else None)
    return e.unreadable(f"unknown name {shown(surface)}", surface.span, hint)


def shown(surface: Name) -> str:
    """A name in a line: `h_{t}^{(f)}`."""
    letter = surface.letter
    for accent in reversed(surface.accents):
        letter = f"{accent}({letter})"
    below = f"_{_in_line(surface.below)}" if surface.below else ""
    above = f"^{_in_line(surface.above)}" if surface.above else ""
    return letter + below + above + "'" * surface.primes


def _in_line(script: Script) -> str:
    said = spelled(script)
    return said if len(said) == 1 or (said[:1] == "(" and said[-1:] == ")") else f"{{{said}}}"


def _swapped(letter: str) -> str:
    return letter[:1].swapcase() + letter[1:]


def _moment(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    """`\\mu_y`, `\\sigma_y`, `\\sigma_y^2` of a random quantity y that the problem knows: its mean, its deviation."""
    if surface.letter not in ("mu", "sigma") or not surface.below or surface.accents:
        return None
    try:
        of = e.node(e.read(surface.below, surface.span))
    except Stop:
        return None
    if of.op != "sym" or not any(
        e.context.scope.is_random(n) for n in {of.symbol.name} | e.names.reach(of.symbol.name)
    ):
        return None
    above, written = surface.above, shown(surface)
    if surface.letter == "mu":
        e.note(f"{written} is read as the mean of {spelled(surface.below)}", surface.span)
        return build("E", of), above, surface.primes
    if spelled(above) == "2":
        e.note(f"{written} is read as the variance of {spelled(surface.below)}", surface.span)
        return build("Var", of), (), surface.primes
    e.note(f"{written} is read as the standard deviation of {spelled(surface.below)}", surface.span)
    return build("sqrt", build("Var", of)), above, surface.primes


# ---------------------------------------------------------------- members and entries


def member(e: Elaborator, match: Match, span: Span, arguments: tuple[Surface, ...] = ()) -> Node:
    """The node of a match: its indices in the order of the family's parameters, then an entry."""
    known, pattern = e.known, match.pattern
    params = known.params(pattern.name) or ()
    order = [p for p, _ in pattern.holes]
    waiting = list(arguments)
    given: dict[str, Node] = {}
    for param, script in zip(order, match.indices, strict=True):
        if script:
            given[param] = index(e, script, span, known.scope.indices.get(param))
        elif waiting:
            given[param] = e.node(waiting.pop(0))
            if not given[param].shape.is_scalar:
                raise e.unreadable("an index is a number", span)
        else:
            raise e.unreadable(f"{pattern.letter} is a family: it needs its index", span)
    if waiting:
        raise e.unreadable(f"{pattern.letter} takes no argument", span)
    names = [p if p.isidentifier() else f"index{i}" for i, p in enumerate(params)]
    indices = tuple(given[n] for n in names)
    for param, at in zip(params, indices, strict=True):
        if param in known.scope.indices:
            _told_range(e, at, known.scope.indices[param][1])
    sizes = tuple(as_size(i) for i in indices)
    shape, facts = known.meaning(pattern.name, sizes)
    values = {p: s for p, s in zip(params, sizes, strict=True) if s is not None}
    dims = tuple(d.replace(values) for d in shape.dims)
    node = sym(
        pattern.name, shape if dims == shape.dims else Shape(shape.kind, dims, shape.axes), indices, facts
    )
    return entry(e, node, match.entries, span) if match.entries else node


FREE = frozenset("ijklmrs")  # letters that may be indices without a word


def index(e: Elaborator, script: Script, span: Span, within: tuple[Size, Size] | None = None) -> Node:
    """An index: integer arithmetic as one count, or a name whose values are whole numbers. A letter that nothing
    declares runs over what it counts (`within`)."""
    for token in script if within is not None else ():
        if token.kind == "name" and token.text in FREE and not _is_known(e, token.text):
            assert within is not None
            e.free[token.text] = e.bound[token.text] = within
            e.note(f"{token.text} is read as an index {within[0]}..{within[1]}", span, "index")
    _same_range(e, script, within, span)
    node = e.node(e.read(script, span))
    size = as_size(node)
    if size is not None:
        return count(size)
    if node.op == "sym" and node.shape.is_scalar:
        declaration = e.context.scope.declarations.get(node.symbol.name)
        if declaration is not None and (declaration.integers is not None or "integer" in node.symbol.facts):
            return node
        definition = e.context.scope.definitions.get(node.symbol.name)
        if definition is not None and definition.shape.kind == "integer":
            return node
    raise e.unreadable(f"{spelled(script)} is no index", span)


def _is_known(e: Elaborator, letter: str) -> bool:
    known = e.known
    return (
        letter in e.bound
        or letter in e.names.patterns
        or letter in known.scope.indices
        or known.is_size(letter)
    )


def _same_range(e: Elaborator, script: Script, within: tuple[Size, Size] | None, span: Span) -> None:
    """A free index counts one thing only."""
    if within is None or len(script) != 1 or script[0].text not in e.free:
        return
    if not e.meet(e.free[script[0].text][1], within[1]):
        ranges = f"1..{e.free[script[0].text][1]} and over 1..{within[1]}"
        raise e.unreadable(f"the index {script[0].text} runs over {ranges}", span)


def entry(e: Elaborator, array: Node, scripts: tuple[Script, ...], span: Span) -> Node:
    """`x_{i}`, `A_{ij}`, `W_{c,:}`, `X_{:,j}`."""
    dims = array.shape.dims
    if (
        len(scripts) == 1
        and len(dims) == 2
        and len(scripts[0]) == 2
        and all(t.kind in ("name", "num") for t in scripts[0])
    ):
        scripts = ((scripts[0][0],), (scripts[0][1],))
    only = scripts[0][0] if len(scripts) == 1 and len(scripts[0]) == 1 else None
    if only is not None and only.kind == "num" and len(only.text) == len(dims) == 2:
        scripts = tuple((Token("num", digit, only.start, only.stop),) for digit in only.text)  # A_{12}
    said = [spelled(s) for s in scripts]
    if len(scripts) == 2 and said[0] in (":", ";", "*") and len(dims) == 2:
        return _entry(e, T(array), (index(e, scripts[1], span, (Size.of(1), dims[1])),), span)
    if len(scripts) == 2 and said[1] in (":", ";", "*") and len(dims) == 2:
        return _entry(e, array, (index(e, scripts[0], span, (Size.of(1), dims[0])),), span)
    if len(scripts) > len(dims) or (len(scripts) < len(dims) and len(dims) != 2):
        raise e.unreadable(f"{len(scripts)} indices of {array.shape}", span)
    at = [index(e, s, span, (Size.of(1), d)) for s, d in zip(scripts, dims, strict=False)]
    return _entry(e, array, tuple(at), span)


def _told_range(e: Elaborator, at: Node, high: Size) -> None:
    """A bound index without a range runs over what it counts."""
    if at.op == "count" and at.size.name in e.bound:
        end = e.bound[at.size.name][1]
        if end.name is not None and end.name.startswith("?"):
            e.meet(end, high)


def _entry(e: Elaborator, array: Node, indices: tuple[Node, ...], span: Span) -> Node:
    for at, dim in zip(indices, array.shape.dims, strict=False):
        _told_range(e, at, dim)
        if at.op == "num" and (at.number < 1 or (dim.constant is not None and at.number > dim.constant)):
            raise e.unreadable(f"index {at.number} is outside 1..{dim}", span)
    return e.make("entry", array, *indices, span=span)


# ---------------------------------------------------------------- sizes and constants


def _size(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    """A size or an index: `n`, `T`, `d_k`."""
    if surface.accents:
        return None
    letter = surface.letter
    if surface.below:
        letter = f"{letter}_{bare(spelled(surface.below))}"
    if letter in e.known.scope.indices or letter in e.context.indices or e.known.is_size(letter):
        return count(letter), surface.above, surface.primes
    return None


def _exponential(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    """`e^{x}`, also where a size is called e."""
    if surface.letter != "e" or surface.below or surface.accents or not surface.above:
        return None
    if surface.style not in ("", "roman"):
        return None
    return build("exp", e.node(e.read(surface.above, surface.span))), (), surface.primes


def _constant(e: Elaborator, surface: Name) -> tuple[Node, Script, int] | None:
    letter, below = surface.letter, surface.below
    if surface.accents:
        return None
    if letter == "pi" and not below:
        return constant("pi"), surface.above, surface.primes
    if letter == "e" and not below and not surface.above and surface.style in ("", "roman"):
        return build("exp", num(1)), (), surface.primes
    if letter == "delta" and len(surface.below) in (2, 3) and not surface.above:
        return _kronecker(e, below, surface.span), (), surface.primes
    if letter in ("e",) and below:
        at = index(e, below, surface.span)
        return build("onehot", at, count(e.placeholder())), surface.above, surface.primes
    if letter == "I" or (letter == "1" and surface.style == "frak"):
        return build("eye", count(_told(e, below, surface.span))), surface.above, surface.primes
    if letter in ("0", "1"):
        op = "ones" if letter == "1" else "zeros"
        sizes = _many(e, below, surface.span)
        return build(op, *(count(s) for s in sizes)), surface.above, surface.primes
    return None


def _kronecker(e: Elaborator, below: Script, span: Span) -> Node:
    """`\\delta_{ij}`: an entry of the identity."""
    letters = [t for t in below if t.kind != "comma"]
    size = e.placeholder()
    for token in letters:
        known = e.bound.get(token.text) or e.known.scope.indices.get(token.text)
        if known is not None:
            e.meet(size, known[1])
    at = [index(e, (t,), span, (Size.of(1), size)) for t in letters]
    if len(at) != 2:
        raise e.unreadable("delta is not known with these marks", span)
    return e.make("entry", build("eye", count(size)), *at, span=span)


def _told(e: Elaborator, below: Script, span: Span) -> Size:
    """The size in `I_n`, or an open one."""
    return _many(e, below, span)[0]


def _many(e: Elaborator, below: Script, span: Span) -> tuple[Size, ...]:
    if not below:
        return (e.placeholder(),)
    node = e.value(e.read(below, span))
    size = as_size(node) if isinstance(node, Node) else None
    if size is None:
        raise e.unreadable(f"{spelled(below)} is no size", span)
    return (size,)
