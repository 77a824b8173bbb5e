r"""Results without a name of the problem: `\boxed{2 X^\top r}`, "so the gradient is $g = 2 X^\top r$".

Such a result is held against the part that it can only be the answer to. Where that cannot be told, it says so.
To know one more word for what a part asks: a row in ASKED.
"""

from __future__ import annotations

import re
from typing import Callable, Iterable, Sequence

from derive.judging.ladder import DECLARED, Bench, judge_pair
from derive.judging.tie import Tie, questions
from derive.latexread import Chain, Claim, Elaborated, Pair, elaborate
from derive.latexread.decorations import names_of
from derive.latexread.names import shown as spelled_name
from derive.latexread.surface import Name
from derive.problem.model import Part
from derive.tree.nodes import Node
from derive.vocabulary.asked import EXTREMA

ANY: frozenset[str] = frozenset()
ASKED = {
    "gradient": frozenset({"gradient", "jacobian"}), "derivative": frozenset({"gradient", "jacobian"}),
    "jacobian": frozenset({"jacobian"}), "hessian": frozenset({"hessian"}),
    "expectation": frozenset({"E"}), "expected": frozenset({"E"}), "mean": frozenset({"E"}),
    "variance": frozenset({"Var", "Cov"}), "covariance": frozenset({"Cov", "Var"}),
    **dict.fromkeys(
        ("minimiser", "minimizer", "maximiser", "maximizer", "optimum", "estimator", "estimate", "mle"), EXTREMA
    ),
    **dict.fromkeys(("answer", "result", "ans", "solution", "share", "fraction"), ANY),
}  # fmt: skip
DEFINING = frozenset({"let", "define", "denote", "denoting", "write", "where", "with", "put"})


def asked_by(claim: Claim) -> frozenset[str] | None:
    """The operations that the words before a claim, or its name, speak of; None where they speak of none."""
    words = re.findall(r"[a-z]+", claim.words.lower())
    if set(words) & DEFINING or claim.relation == ":=":
        return None
    name = claim.written_left.letter.lower() if isinstance(claim.written_left, Name) else ""
    found = [ASKED[word] for word in (*words, name) if word in ASKED]
    return found[-1] if found else None


def answered(
    claim: Claim,
    right: Node,
    bench: Bench,
    parts: Sequence[Part],
    taken: Iterable[str],
    engine: Callable[[Tie], Node | None],
    label: str = "",
) -> Tie | None:
    """The part that a result answers: the one whose answer it is, else the only one that it can be meant for."""
    fitting = [
        Tie(part, asked, asked, True, name)
        for part in parts
        for asked, name in questions(part)
        if asked.shape == right.shape
    ]
    wanted = asked_by(claim)
    taken = set(taken)
    for tie in (
        fitting if claim.boxed or wanted is not None else [t for t in fitting if t.part.id not in taken]
    ):
        answer = engine(tie)
        if answer is not None and judge_pair(bench, Pair(answer, right), "==", DECLARED).outcome == "holds":
            return tie
    if wanted is None and not claim.boxed:
        return None
    likely = [t for t in fitting if t.part.id not in taken] or ([] if claim.result else fitting)
    likely = [t for t in likely if label and t.part.id.endswith(label)] or likely
    if wanted:
        likely = [t for t in likely if t.asked.op in wanted]
    known = all(engine(tie) is not None for tie in likely)  # false for each of them, where there are several
    return likely[0] if likely and known and (len(likely) == 1 or (wanted and not claim.result)) else None


def final_of(
    chain: Chain,
    introduced: frozenset[int],
    bench: Bench,
    parts: Sequence[Part],
    taken: Sequence[str],
    used: frozenset[str],
    engine: Callable[[Tie], Node | None],
) -> Tie | None:
    """The part that a result of the answer's own naming, or without a name, is the answer to."""
    claim = chain.claims[0] if chain.claims else None
    if claim is None or claim.refusal is not None or claim.right is None:
        return None
    named = id(claim) in introduced and len(chain.claims) == 1 and isinstance(claim.written_left, Name)
    if not (claim.boxed or named):
        return None
    if isinstance(claim.written_left, Name) and spelled_name(claim.written_left) in used:
        return None
    right = elaborate(claim.right, bench.context)
    if not isinstance(right, Elaborated):
        return None
    return answered(claim, right.node, bench, parts, taken, engine, chain.label)


def used(claims: Iterable[Claim]) -> frozenset[str]:
    """How the names are written that stand in right sides, or inside left ones."""
    found: set[str] = set()
    for claim in claims:
        left = () if isinstance(claim.written_left, Name) else names_of(claim.written_left)
        found |= {spelled_name(n) for n in (*left, *names_of(claim.right))}
    return frozenset(found)


__all__ = ["answered", "asked_by", "final_of", "used"]
