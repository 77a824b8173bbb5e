r"""Names given in words: "write $a$ for $W x$", "denote $W x$ by $a$", "let $a$ denote $W x$".

To read one more way to say it: a row in NAMING.
"""

from __future__ import annotations

import re

_ARTICLE = r"(?: (?:the|its|our))?(?: [a-z-]+){0,2}?"  # "the residual", "the pre-activation vector"
_THING = "vector|matrix|number|quantity|sum|product|residual|error|pre-activation|preactivation"
NAMING = (  # what stands before the first formula, what between the two, which of them is the name
    (r"(?:write|writing|use|using)", r"for" + _ARTICLE, 0),
    (r"(?:denote|denoting) by", r"(?:(?:the|its|our) ?)?(?:[a-z-]+ ?){0,2}", 0),
    (r"(?:let|and|with|where)", r"(?:denotes?|stands? for|represents?|abbreviates?)" + _ARTICLE, 0),
    (r"let", rf"be(?: the (?:{_THING}))?", 0),
    (r"(?:denote|denoting|abbreviate|abbreviating|write|writing)" + _ARTICLE, r"(?:by|as|to)", 1),
    (r"(?:call|calling)" + _ARTICLE, r"", 1),
)  # fmt: skip
FORBIDDEN = frozenset("of in to over at with from on".split())


def name_among(before: str, between: str) -> int | None:
    """Which of two formulas is a name for the other, by the words around them; None where neither is."""
    first, second = _words(before), _words(between)
    if "\n\n" in between or FORBIDDEN & set(second.split()[1:]):
        return None
    for ahead, amid, name in NAMING:
        if re.search(rf"(?:^| ){ahead}$", first) and re.fullmatch(amid, second):
            return name
    return None


def _words(text: str) -> str:
    """The last sentence, in small letters and single spaces."""
    return " ".join(re.split(r"[.;:](?:\s|$)", text.replace("$", " "))[-1].lower().replace(",", " ").split())
