"""Calls with laws in them: `logpdf(normal(mu, Sigma), x)`, `kl(bernoulli(p), bernoulli(q))`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.errors import nearest
from derive.notation.arguments import arguments
from derive.notation.tokens import Token
from derive.tree.nodes import Node
from derive.vocabulary.densities import DENSITIES

if TYPE_CHECKING:
    from derive.notation.grammar import Reader


def _law(reader: Reader, divergence: bool) -> tuple[str, tuple[Node, ...], Token]:
    """`normal(mu, Sigma)`: the kind of a law and its parameters."""
    kind = reader.token
    known = [name for name, law in DENSITIES.items() if law.divergence or not divergence]
    if kind.text not in known:
        hint = nearest(kind.text, known) or f"laws are {', '.join(known)}"
        raise reader.fail(f"a law is wanted here, got '{kind.text}'", kind, hint)
    reader.advance()
    names = DENSITIES[kind.text].names
    signature = f"{kind.text}({', '.join(names)})"
    if reader.token.kind != "(":
        raise reader.fail(f"{kind.text} needs its parameters", kind, f"write {signature}")
    return kind.text, tuple(arguments(reader, kind, signature, (len(names),))), kind


def logpdf(reader: Reader, token: Token) -> Node:
    opener = reader.advance()
    kind, parameters, _ = _law(reader, False)
    if reader.token.kind != ",":
        raise reader.unexpected("expected ','")
    reader.advance()
    x = reader.sum()
    reader.close(opener, ")")
    return reader.make("logpdf", *parameters, x, at=token, data=kind)


def kl(reader: Reader, token: Token) -> Node:
    opener = reader.advance()
    kind, first, _ = _law(reader, True)
    if reader.token.kind != ",":
        raise reader.unexpected("expected ','")
    reader.advance()
    other, second, at = _law(reader, True)
    if other != kind:
        raise reader.fail(f"kl of {kind} and {other}", at, "both laws are of one kind")
    reader.close(opener, ")")
    return reader.make("kl", *first, *second, at=token, data=kind)
