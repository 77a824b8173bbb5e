"""Layers as types: `Conv2d(3, 64, kernel=11, stride=4, padding=2)`, `Sequence(conv, pool, fc)`.

What options a layer has stands in its row of `derive.vocabulary.layers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.notation.tokens import Token
from derive.tree.sizes import Size
from derive.vocabulary.layers import LAYERS, SIDED, Kind, Layer

if TYPE_CHECKING:
    from derive.notation.grammar import Reader

SEQUENCE = "Sequence"
LAYER_TYPES = (*LAYERS, SEQUENCE)
YES, NO = ("yes", "true", "True"), ("no", "false", "False")
LEAST = {"padding": 0, "bias": 0}  # every other option is at least 1
Found = dict[str, tuple[tuple[Size, ...], Token]]


def read_layer(reader: Reader, name: str) -> Layer:
    """The layer whose type starts here."""
    kind = reader.advance()
    if reader.token.kind != "(":
        raise reader.fail(f"{kind.text} needs its sizes", kind, f"write {_signature(kind.text)}")
    opener = reader.advance()
    if kind.text == SEQUENCE:
        layer = Layer(name, SEQUENCE, (), _inner(reader, kind))
    else:
        row = LAYERS[kind.text]
        found = _options(reader, kind, row)
        layer = Layer(name, kind.text, tuple(_settled(reader, kind, row, found)))
    reader.close(opener, ")")
    if reader.token.kind != "end":
        raise reader.unexpected("expected nothing behind a layer")
    return layer


def _signature(kind: str) -> str:
    return LAYERS[kind].signature if kind in LAYERS else "Sequence(conv, pool)"


def _inner(reader: Reader, kind: Token) -> tuple[Layer, ...]:
    found: list[Layer] = []
    while reader.token.kind != ")":
        if found:
            if reader.token.kind != ",":
                break
            reader.advance()
        token = reader.token
        layer = reader.known.layer(token.text)
        if token.kind != "name" or layer is None:
            raise reader.fail(f"'{token.text}' is no layer", token, "declare the layers above their Sequence")
        reader.advance()
        found += layer.inner or (layer,)
    if not found:
        raise reader.fail("a Sequence needs layers", kind, "write Sequence(conv, pool)")
    return tuple(found)


def _options(reader: Reader, kind: Token, row: Kind) -> Found:
    """Positional options first, in the order of the signature; then named ones."""
    order = (*row.required, *row.defaults)
    found: Found = {}
    reader.free_sizes = True
    while reader.token.kind != ")":
        if found:
            if reader.token.kind != ",":
                break
            reader.advance()
        token = reader.token
        named = token.kind == "name" and reader.after().kind == "="
        if named:
            reader.advance()
            reader.advance()
            option = token.text
        else:
            option = order[len(found)] if len(found) < len(order) else ""
        if option not in order or option in found:
            shown = f"'{option}'" if named else f"{len(found) + 1} sizes"
            raise reader.fail(f"{kind.text} does not take {shown}", token, f"write {_signature(kind.text)}")
        found[option] = _value(reader, option, row)
    reader.free_sizes = False
    missing = [o for o in row.required if o not in found]
    if missing:
        hint = f"write {_signature(kind.text)}"
        raise reader.fail(f"{kind.text} lacks {' and '.join(missing)}", kind, hint)
    return found


def _value(reader: Reader, option: str, row: Kind) -> tuple[tuple[Size, ...], Token]:
    token = reader.token
    if option == "bias" and token.text in (*YES, *NO):
        reader.advance()
        return (Size.of(int(token.text in YES)),), token
    if option == "bias":
        raise reader.fail(f"bias is yes or no, not {token.text}", token, "write bias=no for a layer without")
    if token.kind == "(" and option in SIDED and row.sides:
        opener = reader.advance()
        sizes = [reader.size()]
        while reader.token.kind == ",":
            reader.advance()
            sizes.append(reader.size())
        reader.close(opener, ")")
        if len(sizes) not in (1, len(row.sides)):
            message = f"{option} has {len(sizes)} sizes for {len(row.sides)} sides"
            raise reader.fail(message, token, f"write {option}={sizes[0]} or one for each side")
    else:
        sizes = [reader.size()]
    for size in sizes:
        if size.constant is not None and size.constant < LEAST.get(option, 1):
            least = LEAST.get(option, 1)
            hint = "a whole number, as in " + (
                f"{option}={least}" if option in row.defaults else row.signature
            )
            raise reader.fail(f"{option} is at least {least}, got {size}", token, hint)
    return tuple(sizes), token


def _settled(reader: Reader, kind: Token, row: Kind, found: Found) -> list[tuple[str, tuple[Size, ...]]]:
    """All options, those left out by their defaults, one size for each side."""
    settled: dict[str, tuple[Size, ...]] = {}
    for option in (*row.required, *row.defaults):
        if option in found:
            sizes = found[option][0]
        else:
            default = row.defaults[option]
            sizes = settled[default] if isinstance(default, str) else (Size.of(default),)
        if option in SIDED and row.sides and len(sizes) == 1:
            sizes = sizes * len(row.sides)
        settled[option] = sizes
    for part, whole in (("groups", "c_in"), ("groups", "c_out"), ("heads", "d")):
        if part in settled and whole in settled and part in found:
            below, above = settled[part][0].constant, settled[whole][0].constant
            if below is not None and above is not None and above % below:
                fitting = ", ".join(str(n) for n in range(1, min(above, 64) + 1) if above % n == 0)
                message = f"{part} = {below} does not divide {whole} = {above}"
                raise reader.fail(message, found[part][1], f"{fitting} divide {above}")
    return list(settled.items())
