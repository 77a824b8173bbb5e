r"""Hand-written LaTeX and Markdown to typed claims.

    read_answer(text) ─► chains of claims (surface trees with spans) ─► elaborate_claim(claim, context) ─► typed nodes

Nothing that is read is ever compiled or executed; the abbreviations of an answer are put in here, within bounds.
"""

from derive.latexread.answer import Answer, Chain, Claim, Refusal, Text
from derive.latexread.chains import read_answer
from derive.latexread.claims import elaborate_claim, elaborate_pair
from derive.latexread.context import MODES, Context, Mode
from derive.latexread.elaborate import elaborate, unsized
from derive.latexread.formulas import introduce_function, letters_of, own_function, stands_in, with_number
from derive.latexread.introducing import introduce, is_known
from derive.latexread.own import Own, own_name
from derive.latexread.reading import (
    Ambiguous,
    Elaborated,
    Hook,
    IllTyped,
    Note,
    Outcome,
    Pair,
    Unreadable,
)
from derive.latexread.relatex import surface_latex

__all__ = [
    "MODES",
    "Ambiguous",
    "Answer",
    "Chain",
    "Claim",
    "Context",
    "Elaborated",
    "Hook",
    "IllTyped",
    "Mode",
    "Note",
    "Outcome",
    "Own",
    "Pair",
    "Refusal",
    "Text",
    "Unreadable",
    "elaborate",
    "elaborate_claim",
    "elaborate_pair",
    "introduce",
    "introduce_function",
    "is_known",
    "letters_of",
    "own_function",
    "own_name",
    "read_answer",
    "stands_in",
    "surface_latex",
    "unsized",
    "with_number",
]
