r"""Hand-written LaTeX and Markdown to typed claims.

    read_answer(text) ─► chains of claims (surface trees with spans) ─► elaborate(surface, context) ─► typed nodes

Nothing that is read is ever expanded, compiled or executed.
"""

from derive.latexread.answer import Answer, Chain, Claim, Refusal, Text
from derive.latexread.chains import read_answer

__all__ = ["Answer", "Chain", "Claim", "Refusal", "Text", "read_answer"]
