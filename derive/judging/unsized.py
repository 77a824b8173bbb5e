r"""Names without a size of their own, \Sigma = \tau^2 I: they have the one in which the most lines can be read."""

from __future__ import annotations

from typing import Iterable, Sequence

from derive.latexread import Claim, Context, IllTyped, Own, Unreadable, elaborate, elaborate_claim, unsized
from derive.latexread.decorations import names_of
from derive.latexread.introducing import defining
from derive.vocabulary.build import reindex


def sized(claim: Claim, own: Own, context: Context, claims: Iterable[Claim]) -> Context | None:
    """The context with the name that a claim introduces; None where its size shows, or several fit as well."""
    found = unsized(claim.right, context) if claim.right is not None else None
    if found is None:
        return None
    node, open_ = found
    speaking = [c for c in claims if c is not claim and c.refusal is None and _speaks(c, own)]
    rows: list[tuple[int, Context]] = []
    for size in context.sizes():
        body = reindex(node, {open_: size})
        wider = defining(context, own, body.shape, body)
        rows.append((_readable(speaking, wider), wider))
    most = max((count for count, _ in rows), default=0)
    best = [wider for count, wider in rows if count == most]
    return best[0] if len(best) == 1 else None


def _speaks(claim: Claim, own: Own) -> bool:
    names = [n for side in (claim.left, claim.right) for n in names_of(side)]
    return any(n.letter == own.letter and n.accents == own.accents for n in names)


def _readable(claims: Sequence[Claim], context: Context) -> int:
    """How many of the lines can be read, and of their sides: the other side may be a new name, too."""
    sides = [
        elaborate(side, context) for claim in claims for side in (claim.left, claim.right) if side is not None
    ]
    whole = [elaborate_claim(claim, context, "hadamard") for claim in claims]
    return sum(not isinstance(outcome, IllTyped | Unreadable) for outcome in (*sides, *whole))
