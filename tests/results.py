"""Solved problems made by hand: the views are tested on them, whatever the engine can do today."""

from __future__ import annotations

from typing import Any

from derive.errors import NotDerived
from derive.kinds.result import Claimed, Found, Opinion, PartResult, ProblemResult
from derive.notation.derivation import Answer, Chain, Line, Reason, Remark, Step, Verdict
from derive.notation.reader import read
from derive.problem.load import loads
from derive.problem.model import Part, Problem
from derive.tree.sizes import Size
from derive.vocabulary.scope import Scope

YAML = r"""format: 1
title: Gradients of a scale
source: sheet 1
statement: |
  Let $w$ be given by
  {{ define }}
  and $v = {{ w }}$, with scale {{ gamma }}.
index:
  t: 1..T
symbols:
  u: vector(d) nonzero
  gamma: scalar
  lambda: scalar
  h[t]: vector(d)
  L: scalar of w
define:
  w: gamma * u / norm(u)
  q[t]: h[t].T @ h[t]
notation:
  w: \mathbf v
parts:
  - id: 1.a
    points: 2
    ask: Derive the gradient in $\gamma$.
    find: gradient(L, gamma)
    expect: u.T @ gradient(L, w) / norm(u)
  - id: 1.b
    ask: Show it.
    show: gradient(L, u) == s * gradient(L, w)
    let:
      s: gamma / norm(u)
  - id: 1.c
    ask: Why?
    answer: |
      The projection removes $u$.
    claims:
      - u.T @ gradient(L, u) == 0
  - id: 1.d
    ask: Find two values.
    find:
      a: norm(u)
      b: sqnorm(u)
  - id: 1.e
    ask: Find the gradient in a state.
    find: gradient(q[t], h[t])
    for: t=2..T
"""

HOLDS = Verdict("holds", "random instances, complex step", 4, 3.1e-15)
UNKNOWN = Verdict("not-checked", "random instances", 0, reason="both sides vanish")
FAILS = Verdict(
    "fails", "random instances", 1, 0.25, "the sides differ by 0.25 relative", "d = 2; left = 1, right = 0.75"
)
BROKEN = Verdict("fails", "random instances", 1, float("inf"), "shapes of values differ: (2, 1) and (1, 1)")


def problem() -> Problem:
    return loads(YAML, "problems/scale.yaml")


def _line(
    scope: Scope, left: str, right: str, reason: Reason | str, verdict: Verdict = HOLDS, **more: Any
) -> Line:
    reason = reason if isinstance(reason, Reason) else Reason(reason)
    sides = [read(side, scope, differentials=True) for side in (left, right)]
    return Line(sides[0], sides[1], reason, verdict=verdict, **more)


def gradient(part: Part, verdict: Verdict = HOLDS, expect: Verdict | None = HOLDS) -> PartResult:
    """1.a: a lemma, a chain whose last line is the answer, a remark."""
    scope = part.scope
    u, w = read("u", scope), read("w", scope)
    step = Step(
        "constant factor",
        read("d(gamma * u)", scope, differentials=True),
        read("d(gamma) * u", scope, differentials=True),
    )
    lemma = Chain(
        (_line(scope, "d(w)", "d(gamma) * u / norm(u)", Reason("{0} is constant", (u,)), steps=(step,)),),
        title=Reason("the differential of {0}", (w,)),
        is_lemma=True,
    )
    chain = Chain(
        (
            _line(
                scope,
                "d(L)",
                "gradient(L, w).T @ d(w)",
                Reason("chain rule, {0} = {1}", (w, read("gamma * u / norm(u)", scope))),
            ),
            _line(scope, "d(L)", "gradient(L, w).T @ u * d(gamma) / norm(u)", "insert (1)", verdict),
            _line(scope, "gradient(L, gamma)", "u.T @ gradient(L, w) / norm(u)", "read off"),
        ),
        wrt=read("gamma", scope),
    )
    answer = Answer(read("u.T @ gradient(L, w) / norm(u)", scope))
    remark = Remark(Reason("{0} does not depend on {1}", (u, read("gamma", scope))))
    status = (
        "checked"
        if verdict is HOLDS and expect in (HOLDS, None)
        else "not-checked"
        if verdict is UNKNOWN
        else "failed"
    )
    return PartResult(
        part, (chain, lemma, remark), (Found(answer, expect),), (), Opinion("agrees"), status=status
    )


def identity(part: Part, verdict: Verdict = HOLDS) -> PartResult:
    line = _line(part.scope, "gradient(L, u)", "s * gradient(L, w)", "projection", verdict)
    status = {"holds": "checked", "fails": "failed"}.get(verdict.status, "not-checked")
    return PartResult(part, (Chain((line,)),), status=status)


def claim(part: Part, verdict: Verdict = HOLDS) -> PartResult:
    status = "failed" if verdict.status == "fails" else "checked"
    return PartResult(part, claims=(Claimed(part.claims[0].text, verdict),), status=status)


def values(part: Part) -> PartResult:
    """1.d: two answers that no chain ends with."""
    named = [
        Found(Answer(read(text, part.scope), name)) for name, text in (("a", "norm(u)"), ("b", "sqnorm(u)"))
    ]
    return PartResult(part, answers=tuple(named), status="not-checked")


def state(part: Part) -> PartResult:
    """1.e: a chain with ranges, and an answer with equations of its own."""
    scope = part.scope
    chain = Chain(
        (_line(scope, "gradient(q[t], h[t])", "2 * h[t]", "squared norm"),),
        title=Reason("inner states"),
        ranges={"t": (Size.of(2), Size.of("T") - 1)},
    )
    where = ((read("gradient(q[1], h[1])", scope), read("2 * h[1]", scope)),)
    return PartResult(
        part, (chain,), (Found(Answer(read("2 * h[t]", scope), None, where)),), (), Opinion("skipped", "slow")
    )


def not_derived(part: Part) -> PartResult:
    error = NotDerived("no derivative rule for 'where'", part.place)
    return PartResult(part, error=error, status="not-derived")


def solved() -> ProblemResult:
    """Everything holds."""
    found = problem()
    makers = (gradient, identity, claim, values, state)
    return ProblemResult(found, tuple(make(part) for make, part in zip(makers, found.parts, strict=True)))


def failed() -> ProblemResult:
    """A line, an expectation, a claim, a shape that fail; a part that is not derived."""
    found = problem()
    a, b, c, d, e = found.parts
    return ProblemResult(
        found,
        (
            gradient(a, FAILS, FAILS),
            identity(b, BROKEN),
            claim(c, FAILS),
            not_derived(d),
            gradient_unknown(e),
        ),
    )


def gradient_unknown(part: Part) -> PartResult:
    scope = part.scope
    chain = Chain(
        (_line(scope, "gradient(q[t], h[t])", "2 * h[t]", "squared norm", UNKNOWN),), ranges=part.ranges
    )
    return PartResult(
        part, (chain,), (Found(Answer(read("2 * h[t]", scope)), UNKNOWN),), status="not-checked"
    )
