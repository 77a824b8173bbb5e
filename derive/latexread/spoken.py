r"""Names given in words: "write $a$ for $W x$", "denote $W x$ by $a$", "let $a$ denote $W x$".

Results, too: "the Hessian equals $2A$"; and lists: "let $a = W x$ and $b = V x$". To read one more way to name: a row
in NAMING; one more result: RESULTS; one more word that is said of a whole list: LISTING.
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
RESULTS = (
    "gradient|hessian|jacobian|variance|covariance|mean|expectation|expected value|answer|result|solution|share|"
    "fraction|minimi[sz]er|maximi[sz]er|optimum|estimator|estimate|mle|shape|divergence|log-likelihood|probability|"
    "params|macs|flops"
)
COUNTED = "parameters|weights|operations|multiplications|multiply-adds|macs|flops"
_WHOLE = "layer|network|model|convolution|output|map"
SAID = "is|equals|becomes|reads|are"
_HOW = "therefore|thus|hence|then|so|simply|just|now|exactly|finally|given by|equal to"
_ARTICLES = "the|our|its|final|full|total|whole|resulting"
_RESULT = re.compile(
    rf"(?:(?:^| )(?:{_ARTICLES})(?: kl| output)?"
    rf" ({RESULTS}|number of (?:the )?(?:{COUNTED}))(?: vector| matrix)?"
    rf"(?: (?:of|in) (?:the|this) (?:{_WHOLE}))?(?: in total)?"
    rf"(?: (?:{_HOW}))* (?:{SAID})(?: (?:{_HOW}))*:?|^({RESULTS}) ?:)$"
)
_HAS = "has|have|needs|takes|uses|requires"
_SHAPED = re.compile(  # "the output has the shape"
    rf"(?:^| )(?:{_ARTICLES}) (?:output|result)(?: (?:{_HOW}))* (?:has|is of)(?: the| a)? (?:shape|size|dimensions?)$"
)
_HAVING = re.compile(
    rf"(?:^| )(?:(?:the|this|our) (?:{_WHOLE})|it)(?: (?:{_HOW}))* (?:{_HAS})(?: (?:{_HOW}))*$"
)
_HAD = re.compile(
    rf"[\s$)\]}}]*(?:many |trainable |learnable )?({COUNTED})\b(?! (?:for|per|of|in|without|from|at|plus)\b)"
)
_OF = re.compile(  # "the variance of $y$ is"
    r"\b(variance|expectation|expected value|gradient|derivative|hessian) of \$([^$]+)\$"
    r"(?: (?:with respect to|w\.?r\.?t\.?|in) \$([^$]+)\$)?"
    rf"(?: (?:{_HOW}))* (?:{SAID})(?: (?:{_HOW}))*:?\s*$",
    re.IGNORECASE,
)
_OF_PIECES = re.compile(r"\b(?:number|shape|size|dimensions?)\b")  # what every piece of a network has
_LEADING = re.compile(
    r"(?: ?(?:so|thus|hence|therefore|then|and|now|finally|altogether|overall|in total|that))*"
)
_OPENING = re.compile(r"(?:\\(?:boxed|fbox|framebox|\[|\()\s*\{?|\\begin\{[a-z*]+\}|\$|\s)+$")
_LIMITS = (
    "for|without|when|if|ignoring|neglecting|assuming|per|each|every|where|with|whose|at|under|term|of one"
)
LIMITED = re.compile(rf"\b(?:{_LIMITS})\b", re.IGNORECASE)
_LIMITING = re.compile(rf"[\s$)\]\\}}]*(?:{_LIMITS}|of|in|on|up|plus|times|minus)\b", re.IGNORECASE)
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


LISTING = frozenset({"let", "define", "denote", "set", "put", "write", "where", "introduce"})
_AND = re.compile(r"\s*(?:[,;]?\s*(?:and|as well as)(?:\s+(?:also|let|then))?\s*:?|,|;)\s*", re.IGNORECASE)


def listed(before: str, between: str) -> bool:
    r"""Whether what is said of one formula is said of the next one: `let $a = ...$, $b = ...$ and $c = ...$`. Behind
    "with $a = ...$," the sentence may go on with what it is about."""
    said = set(before.lower().replace(",", " ").replace(":", " ").split())
    if "\n\n" in between or _AND.fullmatch(between) is None:
        return False
    return bool(said & LISTING) or ("with" in said and bool(between.strip(" ,;\n")))


def thing_named(before: str, behind: str = "") -> str:
    """What the words around a formula call it, where they say that it is the result ("so the gradient is") and nothing
    in the sentence limits it ("for one example the gradient is ..."); else nothing."""
    before = _OPENING.sub("", before)
    last = re.split(r"[.;](?:\s|$)", before.rsplit("\n\n", 1)[-1].replace("*", " "))[-1]
    had = _HAD.match(behind)
    if LIMITED.search(last) or (_LIMITING.match(behind) and had is None):
        return ""
    said = " ".join(last.rsplit("$")[-1].lower().replace(",", " ").split())
    if had is not None:
        found = _HAVING.search(said)
        return had[1] if found is not None and _LEADING.fullmatch(said[: found.start()]) else ""
    found = _RESULT.search(said) or _SHAPED.search(said)
    if found is None or (_OF_PIECES.search(found[0]) and not _LEADING.fullmatch(said[: found.start()])):
        return ""
    return found[0].strip()


def quantity_named(
    before: str, behind: str = ""
) -> tuple[str, tuple[int, int], tuple[int, int] | None] | None:
    """What "the variance of $y$ is" asks of which formula, and in which ("with respect to $w$"); both as offsets."""
    found = _OF.search(before)
    if found is None or _LIMITING.match(behind):
        return None
    sentence = re.split(r"[.;](?:\s|$)", before[: found.start()].rsplit("\n\n", 1)[-1])[-1]
    if LIMITED.search(re.sub(r"\$[^$]*\$", " ", sentence)):
        return None
    return found[1].lower(), found.span(2), found.span(3) if found[3] is not None else None


def is_result(word: str) -> bool:
    r"""Whether a word alone is a left side: `\text{share} = 0.9^t`."""
    return re.fullmatch(RESULTS, word.strip().lower()) is not None


def _words(text: str) -> str:
    """The last sentence, in small letters and single spaces."""
    return " ".join(re.split(r"[.;:](?:\s|$)", text.replace("$", " "))[-1].lower().replace(",", " ").split())
