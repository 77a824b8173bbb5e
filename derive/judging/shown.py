"""A claim as it is reprinted: from our own reading, never the text that was handed in.

The sheets in PDF and HTML share what is decided here.
"""

from __future__ import annotations

from derive.judging.judged import Judged, JudgedChain
from derive.judging.sentences import spoken
from derive.judging.verdicts import VERDICTS
from derive.latexread import surface_latex
from derive.latexread.surface import Surface
from derive.render.say import in_latex

SIGNS = {
    "=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">", "!=": r"\ne", "~=": r"\approx", "prop": r"\propto",
    "=c": r"\overset{c}{=}",
    ">>": r"\succ", ">>=": r"\succeq", "<<": r"\prec", "<<=": r"\preceq",
    ":=": ":=", "<=>": r"\Leftrightarrow", "in": r"\in", "~": r"\sim", "<-": r"\leftarrow",
}  # fmt: skip


def sides(judged: Judged) -> tuple[str, str, str] | None:
    """Left side (empty on a continuation line), sign and right side in LaTeX of our own; None for what was not read."""
    claim = judged.claim
    if claim.refusal is not None or claim.right is None:
        return None
    left = "" if claim.continues or claim.left is None else surface_latex(claim.left)
    return left, SIGNS.get(claim.relation, "="), surface_latex(claim.right)


def remark(judged: Judged, chain: JudgedChain) -> str:
    """What stands beside the line: the verdict where it is not plain, and why. Text with $mathematics$."""
    voice = in_latex(chain.scope)
    parts = [spoken(reason, voice) if reason.nodes else plain(reason.text) for reason in judged.reasons]
    said = "; ".join(parts)
    shown = judged.verdict not in ("holds", "restated", "given")
    head = f"{judged.verdict}" if shown else ""
    return ": ".join(p for p in (head, said) if p)


def plain(text: str) -> str:
    """Text in which no dollar, backquote or brace starts anything."""
    return text.replace("$", r"\$").replace("`", "'")


def mark(judged: Judged) -> str:
    return VERDICTS[judged.verdict].mark


__all__ = ["Surface", "mark", "plain", "remark", "sides"]
