r"""What a written name would be as a new one: its letter, its marks, its indices; how it is called inside and printed.

To allow one more mark above a name: a row in MARKS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Container

from derive.latexread.context import Context
from derive.latexread.patterns import TWINS, bare, pieces, spelled
from derive.latexread.surface import Name, Surface
from derive.notation.latex_names import ACCENTS, word
from derive.tree.sizes import Size

MARKS = {  # above a name: how it is printed, and in the name that is used inside
    "*": (r"\star", "star"),
    "bot": (r"\perp", "perp"),
    "dagger": (r"\dagger", "dagger"),
    "+": ("+", "plus"),
}
_INDEX = re.compile(r"([A-Za-z]+|\d+)([+-]\d+)?")


@dataclass(frozen=True)
class Own:
    """A written name that may be new: its letter and marks, its index (`t+1`, or `T` of a fixed member)."""

    letter: str
    accents: tuple[str, ...]
    below: tuple[str, ...]
    above: str
    params: tuple[str, ...] = ()
    shifts: tuple[int, ...] = ()
    member: Size | None = None
    primes: int = 0

    @property
    def family(self) -> tuple[object, ...]:
        """What members of a family share."""
        return self.letter, self.accents, self.below, self.above, self.primes

    def fixed(self) -> tuple[Own, ...]:
        """The members that it may be: `\\delta_T` has no index but a mark, before a family \\delta_t is known."""
        at = _INDEX.fullmatch(self.below[-1]) if self.below and not self.params else None
        if at is None:
            return ()
        size = Size.of(int(at[1]) if at[1].isdigit() else at[1]) + int(at[2] or 0)
        return (replace(self, below=self.below[:-1], member=size),)


def own_name(name: Surface | None, context: Context, primed: bool = False) -> Own | None:
    """What a written name would be as a new one; None where its marks are no marks of a name. A prime is one only
    where the name is called a definition (`primed`): else it is a transpose, or a derivative."""
    if not isinstance(name, Name) or (name.primes and not primed):
        return None
    if name.letter.startswith("\\") and not name.letter[1:].isalpha():
        return None
    params: list[str] = []
    shifts: list[int] = []
    below: list[str] = []
    above = spelled(name.above)
    marks = [spelled(piece) for piece in pieces(name.below)]
    if above and above not in MARKS and _index(bare(above), context) is not None:
        marks, above = [*marks, bare(above)], ""
    for said in marks:
        at = _index(said, context)
        if at is not None and at[0] not in params:
            params.append(at[0])
            shifts.append(at[1])
        elif re.fullmatch(r"[A-Za-z0-9]{1,20}|[A-Za-z0-9]{1,3}[+-]\d", said):
            below.append(said)
        else:
            return None
    if (
        above
        and above not in MARKS
        and not re.fullmatch(r"\([A-Za-z0-9]{1,12}\)|\[[A-Za-z0-9]{1,12}\]|(?!T$)[A-Za-z]{1,12}", above)
    ):
        return None
    return Own(
        name.letter, name.accents, tuple(below), above, tuple(params), tuple(shifts), primes=name.primes
    )


def _index(said: str, context: Context) -> tuple[str, int] | None:
    """`t+1` as an index and a shift."""
    at = _INDEX.fullmatch(said)
    letters = (at[1], TWINS.get(at[1], at[1])) if at is not None else ()
    index = next((letter for letter in letters if letter in context.scope.indices), None)
    return (index, int(at[2] or 0)) if at is not None and index is not None else None


def internal_name(own: Own, context: Context, reserved: Container[str] = ()) -> str:
    letter = re.sub(r"\W", "", own.letter) or "x"
    above = [MARKS.get(own.above, ("", bare(own.above)))[1]] if own.above else []
    wanted = re.sub(r"\W", "_", "_".join([letter, *own.below, *above, *own.accents, *["prime"] * own.primes]))
    found, k = wanted, 1
    taken = {*context.scope.declarations, *context.scope.definitions, *context.scope.indices}
    while found in taken or found in reserved or context.names.known.is_size(found):
        found, k = f"{wanted}_own{k if k > 1 else ''}", k + 1  # no mark that anybody writes, as in sigma^2
    return found


def written_name(own: Own) -> str:
    """The name in LaTeX of our own making."""
    letter = word(re.sub(r"\W", "", own.letter) or "x")
    for accent in reversed(own.accents):
        letter = rf"\{ACCENTS.get(accent, 'hat')}{{{letter}}}"
    up = MARKS.get(own.above, (own.above, ""))[0]
    marks = ",".join(
        [
            *(b if _INDEX.fullmatch(b) and not b.isalpha() else word(b) for b in own.below),
            *(f"{{{p}}}" for p in own.params),
        ]
    )
    if len(own.params) == 1 and not own.below:
        marks = own.params[0]
    letter += "'" * own.primes
    return letter + (f"^{{{up}}}" if up else "") + (f"_{{{marks}}}" if marks else "")
