r"""Results without a name of the problem: `\boxed{2 X^\top r}`, "so the gradient is $g = 2 X^\top r$", "the number of
parameters is $64 \cdot 363 = 23232$".

Such a result is held against the part that it can only be the answer to. Where that cannot be told, it says so.
To know one more word for what a part asks: a row in ASKED.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Callable, Iterable, Sequence

from derive.judging.bench import Bench
from derive.judging.ladder import judge_pair
from derive.judging.rungs import DECLARED
from derive.judging.tie import Tie, questions, same_question
from derive.latexread import Ambiguous, Chain, Claim, Elaborated, Pair, elaborate
from derive.latexread.decorations import names_of
from derive.latexread.names import shown as spelled_name
from derive.latexread.patterns import pieces, spelled
from derive.latexread.spoken import thing_named
from derive.latexread.surface import Group, Name, Product, Surface
from derive.latexread.tables import BOXES
from derive.problem.model import Part
from derive.tree.nodes import Node
from derive.vocabulary.asked import EXTREMA

ANY: frozenset[str] = frozenset()
ASKED = {
    "gradient": frozenset({"gradient", "jacobian"}), "derivative": frozenset({"gradient", "jacobian"}),
    "jacobian": frozenset({"jacobian"}), "hessian": frozenset({"hessian"}),
    "expectation": frozenset({"E"}), "expected": frozenset({"E"}), "mean": frozenset({"E"}),
    "variance": frozenset({"Var", "Cov"}), "var": frozenset({"Var", "Cov"}), "covariance": frozenset({"Cov", "Var"}),
    **dict.fromkeys(
        ("minimiser", "minimizer", "maximiser", "maximizer", "optimum", "estimator", "estimate", "mle"), EXTREMA
    ),
    "kl": frozenset({"kl"}), "divergence": frozenset({"kl"}), "likelihood": frozenset({"logpdf"}),
    "probability": frozenset({"P"}),
    **dict.fromkeys(("parameters", "params", "weights"), frozenset({"params"})),
    **dict.fromkeys(
        ("operations", "multiplications", "multiply", "macs", "flops"), frozenset({"macs"})
    ),
    **dict.fromkeys(("shape", "size", "dimension", "dimensions"), frozenset({"shape"})),
    **dict.fromkeys(("answer", "result", "ans", "solution", "share", "fraction"), ANY),
}  # fmt: skip
DEFINING = frozenset({"let", "define", "denote", "denoting", "write", "where", "with", "put"})
ASIDE = DEFINING | {
    "since",
    "because",
    "as",
    "using",
    "note",
    "recall",
    "check",
    "example",
    "for",
    "if",
    "when",
}


OF = frozenset({"of", "in", "over", "wrt"})
VERBS = frozenset(
    {"is", "are", "equals", "becomes", "and", "so", "hence", "thus", "gives", "yields", "get", "obtain"}
)
SUMS = frozenset({"add", "neg", "mul", "div"})  # of what is asked
BEFORE = 300  # characters before a formula in which its sentence begins


@dataclass(frozen=True)
class Final:
    """The part that a chain gives the result of, and the claim that does: it is held against the answer."""

    tie: Tie
    claim: Claim
    guessed: bool = False  # nothing says so but its place: it is the last formula of all


@dataclass(frozen=True)
class Wanted:
    """What may be meant by a result: the parts, those that other chains answer, and the one that is left where the
    result is the last formula of the answer."""

    parts: Sequence[Part]
    taken: Sequence[str]
    engine: Callable[[Tie], Node | None]
    is_last: bool = False


def asked_by(claim: Claim) -> frozenset[str] | None:
    """The operations that the words before a claim, or its name, speak of; None where they speak of none."""
    said = claim.words.lower().replace("with respect to", "wrt")
    words = re.findall(r"[a-z]+", said)
    if set(words) & DEFINING or claim.relation == ":=":
        return None
    named = [ASKED[word] for word in _words_of(claim.written_left) if word in ASKED]
    return named[-1] if named else _head_of(words)


def _head_of(words: Sequence[str]) -> frozenset[str] | None:
    """The gradient of "the gradient of the mean", the mean of "the gradient is zero at the mean"."""
    at = [i for i, word in enumerate(words) if word in ASKED]
    while (
        len(at) > 1 and OF & set(words[at[-2] + 1 : at[-2] + 2]) and not VERBS & set(words[at[-2] : at[-1]])
    ):
        at.pop()
    return ASKED[words[at[-1]]] if at else None


def _words_of(name: Surface | None) -> list[str]:
    r"""`\mathrm{KL}`, `D_{KL}`."""
    if not isinstance(name, Name):
        return []
    return [name.letter.lower(), *(spelled(piece).lower() for piece in pieces(name.below))]


def asks(question: Node) -> frozenset[str]:
    """The operations that a question asks the value of: both of `params(a) + params(b)`."""
    return frozenset().union(*map(asks, question.args)) if question.op in SUMS else frozenset({question.op})


def answered(claim: Claim, right: Node, bench: Bench, among: Wanted, label: str = "") -> Tie | None:
    """The part that a result answers: the one whose answer it is, else the only one that it can be meant for."""
    every = [Tie(part, asked, asked, True, name) for part in among.parts for asked, name in questions(part)]
    wanted = asked_by(claim)
    sure = (claim.boxed and not claim.announced) or bool(wanted)
    alone = len(every) == 1 and sure  # then a result of another shape is one, too
    fitting = [t for t in every if t.asked.shape == right.shape or alone]
    free = [t for t in fitting if t.part.id not in among.taken]
    for tie in fitting if claim.boxed or wanted is not None else free:
        answer = among.engine(tie)
        if answer is None or answer.shape != right.shape:
            continue
        if judge_pair(bench, Pair(answer, right), "==", DECLARED).outcome == "holds":
            return tie
    if not among.is_last and (claim.announced or (wanted is None and not claim.boxed)):
        return None
    likely = free or ([] if claim.result else fitting)
    likely = [t for t in likely if label and t.part.id.endswith(label)] or likely
    if wanted:
        likely = [t for t in likely if asks(t.asked) & wanted]
    about = _read(claim.about, bench)
    if about is not None:  # the gradient of another quantity is no answer
        likely = [t for t in likely if t.asked.args and same_question(about.node, t.asked.args[0])]
    known = all(
        among.engine(tie) is not None for tie in likely
    )  # false for each of them, where there are several
    return likely[0] if likely and known and (len(likely) == 1 or (wanted and not claim.result)) else None


def final_of(
    chain: Chain, introduced: frozenset[int], bench: Bench, among: Wanted, used: frozenset[str], text: str
) -> Final | None:
    """The part that a result of the answer's own naming, or without a name, is the answer to."""
    claims = [c for c in chain.claims if not c.side]
    if not claims or any(c.refusal is not None or c.right is None for c in claims):
        return None
    claim = claims[0]
    if not claim.boxed and id(claim) not in introduced:
        concluded = _concluding(claims, text, among.is_last)
        if concluded is None or _read(claims[0].left, bench) is None:
            return None
        claim = concluded
    elif isinstance(claim.written_left, Name) and not set(_words_of(claim.written_left)) & ASKED.keys():
        if spelled_name(claim.written_left) in used:
            return None
    elif not (claim.boxed or isinstance(claim.written_left, Name)):
        return None
    claim = _as_sizes(claim, among)
    right = _read(claim.right, bench)
    if right is None:
        return None
    said = set(re.findall(r"[a-z]+", claim.words.lower()))
    guessed = among.is_last and (claim.announced or not claim.boxed) and asked_by(claim) is None
    if guessed and (said & ASIDE or claim.relation == ":="):
        among, guessed = replace(among, is_last=False), False
    tie = answered(claim, right.node, bench, among, chain.label)
    return Final(tie, claim, guessed) if tie is not None else None


def _read(surface: Surface | None, bench: Bench) -> Elaborated | None:
    found = elaborate(surface, bench.context) if surface is not None else None
    found = found.readings[0] if isinstance(found, Ambiguous) else found
    return found if isinstance(found, Elaborated) else None


def _as_sizes(claim: Claim, among: Wanted) -> Claim:
    r"""`8 \times 30 \times 30`, where a shape is asked."""
    asked = asked_by(claim) or frozenset(q.op for part in among.parts for q, _ in questions(part))
    right = claim.right
    if asked != {"shape"} or not isinstance(right, Product) or set(right.operators) != {"times"}:
        return claim
    return replace(claim, right=Group(right.span, "(", right.factors, ")"))


def _concluding(claims: Sequence[Claim], text: str, is_last: bool) -> Claim | None:
    """The end of `64 \\cdot 363 = 23232`, which says by itself only what is a number: in a box, called a result, or
    the last formula of all."""
    first, last = claims[0], claims[-1]
    if any(c.relation not in ("=", "~=") or any(names_of(c.right)) or any(names_of(c.left)) for c in claims):
        return None
    before = text[max(0, first.span.start - BEFORE) : first.span.start]
    called = thing_named(before, text[last.span.stop : last.span.stop + 40])
    boxed = re.search(rf"\\(?:{'|'.join(sorted(BOXES))})\\s*\\{{\\s*$", before) is not None
    if not (called or boxed or (is_last and not first.inline)):
        return None
    return replace(last, written_left=None, words=f"{first.words} {called}", boxed=boxed, result=bool(called))


def used(claims: Iterable[Claim]) -> frozenset[str]:
    """How the names are written that stand in right sides, or inside left ones."""
    found: set[str] = set()
    for claim in claims:
        left = () if isinstance(claim.written_left, Name) else names_of(claim.written_left)
        found |= {spelled_name(n) for n in (*left, *names_of(claim.right))}
    return frozenset(found)


__all__ = ["Final", "Wanted", "asked_by", "final_of", "used"]
