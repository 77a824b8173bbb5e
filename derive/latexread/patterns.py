r"""How names are written, and which written names a pattern explains: `h_t^{(f)}` by the pattern of the family h_f.

To allow one more place for a mark: a branch in `matched`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.latexread.surface import Name, Script
from derive.latexread.tokens import Token

TWINS = {"ell": "l", "l": "ell"}  # one letter in two styles: where only one is known, the other is that
_SPELLED = {"star": "*", "(": "(", ")": ")", "prime": "'", "top": "\\top"}


def spelled(tokens: Sequence[Token]) -> str:
    """A script as a string without fonts and braces: `(f)`, `L^2`, `t-1`."""
    return "".join(_SPELLED.get(t.text, t.text) for t in tokens if t.kind not in ("{", "}", "quad"))


def bare(text: str) -> str:
    """Without the brackets around it: `(f)` and `[f]` are `f`."""
    return text[1:-1] if text[:1] + text[-1:] in ("()", "[]") else text


def pieces(tokens: Sequence[Token]) -> list[Script]:
    """A script cut at its commas."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.kind in ("{", "open")) - (token.kind in ("}", "close"))
        if token.kind == "comma" and depth == 0:
            found.append([])
        else:
            found[-1].append(token)
    return [tuple(p) for p in found if p]


@dataclass(frozen=True)
class Pattern:
    """How a name is written. `holes` are its parameters in the order in which they stand, True for those below."""

    name: str
    letter: str
    style: str
    accents: tuple[str, ...]
    primes: int
    below: tuple[str, ...]
    above: str
    holes: tuple[tuple[str, bool], ...]
    rank: int = (
        0  # 0 as printed, 1 as spelled, 2 with a mark that the spelling does not set apart: `U_z` for Uz
    )


@dataclass(frozen=True)
class Match:
    """A name and what is left of its marks: scripts for its parameters, for an entry, and above."""

    pattern: Pattern
    indices: tuple[Script, ...]  # in the order of the pattern's holes
    entries: tuple[Script, ...]
    above: Script
    primes: int
    slips: int = 0  # marks that stand elsewhere than printed


def matched(pattern: Pattern, written: Name) -> Iterator[Match]:
    """Zero, one or two matches: a superscript in brackets may be an index."""
    if pattern.accents != written.accents or written.primes < pattern.primes:
        return
    primes = written.primes - pattern.primes
    below, above, slips = list(pieces(written.below)), written.above, 0
    if pattern.above:
        rest = _without_prefix(above, pattern.above)
        if rest is None:
            at = next((i for i, p in enumerate(below) if bare(spelled(p)) == bare(pattern.above)), None)
            if at is None:
                return
            del below[at]
            slips += 1
        else:
            above = rest
    for fixed in pattern.below:
        at = next((i for i, p in enumerate(below) if spelled(p) == fixed), None)
        if at is not None:
            del below[at]
            continue
        at = next((i for i, p in enumerate(below) if _starts_with(p, fixed)), None)
        if at is not None and pattern.holes:
            below[at] = _after(below[at], fixed)
            slips += 1
            continue
        rest = _without_prefix(above, f"({fixed})") or _without_prefix(above, fixed)
        if rest is None:
            return
        above = rest
        slips += 1
    holes = len(pattern.holes)
    if len(below) < holes and len(below) == 1 and _letters(below[0]):
        digits = _digits(below[0])
        below = [(t,) for t in digits] if len(digits) == holes else below
    indices = list(below[:holes])
    if len(indices) < holes and above and above[0].kind == "open":
        closed = _closing(above)
        if closed is not None:
            indices.append(above[1:closed])
            above, slips = above[closed + 1 :], slips + 1
    if len(indices) < holes and above and above[0].kind != "op":
        end = next((i for i, t in enumerate(above) if t.kind == "mark"), len(above))
        if end and not any(t.text == "T" for t in above[:end]):
            indices.append(above[:end])  # h^{t}
            above, slips = above[end:], slips + 2
    if len(indices) < holes:
        missing = holes - len(indices)
        yield Match(pattern, tuple(indices) + ((),) * missing, (), above, primes, slips + 10 * missing)
        return
    entries = tuple(below[holes:])
    yield Match(pattern, tuple(indices), entries, above, primes, slips)


def index_above(pattern: Pattern, written: Name) -> Iterator[Match]:
    """`o_i^{(t)}` of a family o[t]: its index stands above, and below an entry."""
    above, below = written.above, pieces(written.below)
    closed = _closing(above) if above and above[0].kind == "open" and below else None
    if closed is None or len(pattern.holes) != 1:
        return
    if pattern.holes[0][0] not in (above[1].text, TWINS.get(above[1].text)):
        return
    for match in matched(pattern, replace(written, below=above[1:closed], above=above[closed + 1 :])):
        if not match.entries:
            yield replace(match, entries=tuple(below), slips=match.slips - 1)


def _letters(tokens: Script) -> bool:
    return all(t.kind in ("name", "num") for t in tokens)


def _digits(tokens: Script) -> Script:
    """Indices side by side, each a token of its own: the 12 of `Y_{12}` is 1 and 2."""
    return tuple(
        replace(t, text=digit) for t in tokens for digit in (t.text if t.kind == "num" else (t.text,))
    )


def _closing(tokens: Script) -> int | None:
    depth = 0
    for i, token in enumerate(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            return i
    return None


def _without_prefix(tokens: Script, text: str) -> Script | None:
    """What follows a mark in a superscript; None where the superscript does not begin with it."""
    for k in range(1, len(tokens) + 1):
        said = spelled(tokens[:k])
        if said == text or (k > 0 and bare(said) == bare(text)):
            rest = tokens[k:]
            return () if all(t.kind in ("}",) for t in rest) else rest
        if len(said) > len(text) + 2:
            return None
    return None


def _starts_with(tokens: Script, text: str) -> bool:
    return any(spelled(tokens[:k]) == text for k in range(1, len(tokens)))


def _after(tokens: Script, text: str) -> Script:
    return next(tokens[k:] for k in range(1, len(tokens)) if spelled(tokens[:k]) == text)
