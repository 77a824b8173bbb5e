r"""Words that lead to a displayed result without a left side: "the mean of the log-likelihood over the codes is", "we
obtain", "hence:".

They say less than `spoken.thing_named` asks for, so such a display is compared where it is the end of an answer.
To know one more way to announce a result: a row in LEADING.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from derive.latexread.spoken import COUNTED, LIMITED, RESULTS, SAID
from derive.latexread.tokens import Span

_HOW = (
    r"(?:,? (?:therefore|thus|hence|then|so|simply|just|now|exactly|finally|again|indeed|directly|also))*,?"
)
_NOUN = rf"(?:{RESULTS}|derivative|number of (?:the )?(?:{COUNTED}))"
_MORE = r"(?: [a-z#(][a-z0-9#()-]*){0,12}?"
_GETTING = r"gets?|obtains?|finds?|arrives? at|ends? up with|(?:are|is) left with"
_GIVING = r"gives?|yields?|results? in|leads? to|becomes?|equals?|simplifies to|reduces to"
LEADING = (
    rf"(?:^| )(?:the|its|our|this){_MORE} {_NOUN}(?: (?:of|in|over|wrt|vector|matrix){_MORE})?"
    rf"{_HOW} (?:{SAID}){_HOW}",
    rf"(?:^| )(?:we|one|i|you){_HOW} (?:{_GETTING})(?: (?:the|its|as the){_MORE} {_NOUN}{_MORE}| as (?:a|the) result)?",
    rf"(?:^| )(?:this|that|which|it|together|both|all|summing|adding|collecting|inserting|substituting|differentiating)"
    rf"{_MORE}{_HOW} (?:{_GIVING})(?: us)?(?: (?:the|its){_MORE} {_NOUN}{_MORE})?",
    r"^(?:and )?(?:hence|thus|therefore|so|then|finally|consequently|altogether|overall|in total|together|in sum)",
)  # fmt: skip
_LED = tuple(re.compile(rf"{row}[:,]?$") for row in LEADING)
_ASIDE = re.compile(
    r"\b(?:since|because|consider|considering|suppose|recall|let|define|denote|not|never|cannot|example|first|second|"
    r"third|last|other|part|summand|factor|piece|block|entry|row|column|would|if|were|unless|almost|wrong|instead)\b"
)
_GOES_ON = re.compile(r"[\s$)\]}.,;:]*")
_CLOSED = re.compile(r"[\s$)\]}]*[.;]")
_ASIDES_BEHIND = re.compile(
    r"(?:where|with|which|as(?! (?:an?|the)\b)|since|because|by|using|so|hence|thus|in which|"
    r"and (?:we are done|this is|that is))\b"
)
_OF = re.compile(rf"\b(?:{_NOUN})(?: vector| matrix)? of \$([^$]+)\$", re.IGNORECASE)
_ENDS = re.compile(r"\$\$|\\\]|\\end\{[A-Za-z]+\*?\}|\n\s*\n|[.;?!](?:\s|$)")


@dataclass(frozen=True)
class Announced:
    """The words, with `#` for what is written in signs, and where stands what it is the gradient (mean, ...) of."""

    words: str
    about: Span | None = None


def announced(before: str, inside: str, behind: str, at: int) -> Announced | None:
    """What the sentence that ends with a display says of it, where it says that it is a result; `before` begins
    at the offset `at` of the text."""
    start = max((m.end() for m in _ENDS.finditer(before)), default=0)
    sentence = before[start:]
    plain = re.sub(r"\$[^$]*\$|\\\([^)]*\\\)", "#", sentence).replace("*", " ").lower()
    plain = " ".join(plain.split()).replace("with respect to", "wrt").replace("w.r.t.", "wrt")
    if "$" in plain or LIMITED.search(plain) or _ASIDE.search(plain):
        return None
    if not any(row.search(plain) for row in _LED) or not _is_over(inside, behind):
        return None
    of = _OF.search(sentence)
    about = Span(at + start + of.start(1), at + start + of.end(1)) if of is not None else None
    return Announced(plain, about)


def _is_over(inside: str, behind: str) -> bool:
    """Whether the sentence ends with the display, or goes on with what explains it."""
    if inside.rstrip().endswith((".", ";")) or _CLOSED.match(behind):
        return True
    rest = behind[_GOES_ON.match(behind).end() :]  # type: ignore[union-attr]
    return not rest or not rest[0].islower() or _ASIDES_BEHIND.match(rest) is not None


__all__ = ["Announced", "announced"]
