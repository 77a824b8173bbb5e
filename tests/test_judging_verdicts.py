"""Verdicts: one small answer a row, right ones beside wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.judging.sentences import spoken
from derive.problem.load import load, loads
from derive.render.say import in_text

PROBLEM = loads(
    """format: 1
title: Small
symbols:
  A: matrix(n, n)
  B: matrix(n, n)
  S: matrix(n, n) symmetric
  X: matrix(m, n)
  W: matrix(m, n)
  w: vector(n)
  x: vector(n)
  y: vector(m)
  a: scalar
define:
  r: y - X @ w
  L: sqnorm(r)
  q: x.T @ A @ x
  z: W @ x
  s: sigmoid(z)
parts:
  - id: a
    ask: The gradient.
    find: gradient(L, w)
  - id: b
    ask: The gradient of a quadratic form.
    find: gradient(q, x)
  - id: c
    ask: The Jacobian.
    find: jacobian(s, x)
"""
)


def judged(text: str) -> Report:
    return judge_text(text, "answer.md", [PROBLEM])


def lines(*rows: str) -> str:
    return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$\n"


ONE = [
    (r"$$(S + S^\top) x = 2 S x$$", "holds"),
    (r"$$(A + A^\top) x = 2 A x$$", "wrong"),
    ("$$AB = BA$$", "wrong"),
    (r"$$(AB)^\top = B^\top A^\top$$", "holds"),
    (r"$$(AB)^\top = A^\top B^\top$$", "wrong"),
    (r"$$\sqrt{a^2} = a$$", "wrong"),
    (r"$$\sqrt{a^2} = |a|$$", "holds"),
    (r"$$\|x\| \ge 0$$", "holds"),
    (r"$$\|x\|^2 \le 1$$", "wrong"),
    (r"$$r = y - Xw$$", "given"),
    (r"$$\nabla_w L = 2X^\top(Xw - y)$$", "holds"),
    (r"$$\nabla_w L = -2(y - Xw)^\top X$$", "holds"),  # a row, said so
    (r"$$\nabla_w L = 2X(Xw - y)$$", "holds-only-if"),
    (r"$$\nabla_w L = -2r$$", "ill-typed"),
    (r"$$\frac{\partial s}{\partial x} = \operatorname{diag}(s \odot (1 - s)) W$$", "holds"),
    (r"$$\frac{\partial s}{\partial x} = W^\top \operatorname{diag}(s \odot (1 - s))$$", "notation"),
    (r"$$\frac{\partial s}{\partial x} = s(1 - s)W$$", "holds-only-if"),
    (r"$$\nabla_w L = 2X^\top u$$", "unreadable"),
    (r"$$\frac{31}{12} = 2.583$$", "holds"),
    (r"$$\frac{31}{12} = 2.6$$", "holds"),
    (r"$$\frac{31}{12} = 2.55$$", "wrong"),
    (r"$$0.9 x = 0.8 x$$", "wrong"),  # coefficients are exact
]


@pytest.mark.parametrize(("text", "verdict"), ONE)
def test_one_claim(text: str, verdict: str) -> None:
    assert [j.verdict for j in judged(text).claims] == [verdict]


CHAINS = [
    (
        "all right",
        [r"\nabla_w L &= \nabla_w \|y - Xw\|^2", r"&= -2X^\top(y - Xw)", r"&= 2X^\top X w - 2X^\top y"],
        ["holds", "holds", "holds"],
    ),
    (
        "a wrong line, its follower, and right again",
        [
            r"\nabla_w L &= 2X^\top(y - Xw)",
            r"&= 2X^\top y - 2X^\top X w",
            r"&= -2X^\top(y - Xw)",
            r"&= -2X^\top r",
        ],
        ["wrong", "inherited", "holds", "holds"],
    ),
    (
        "a second error after the first",
        [r"\nabla_w L &= 2X^\top(y - Xw)", r"&= 2X^\top y - X^\top X w", r"&= X^\top(2 y - X w)"],
        ["wrong", "wrong", "inherited"],
    ),
    (
        "nothing new",
        [r"\nabla_x q &= \frac{\partial q}{\partial x}", r"&= A x + A^\top x", r"&= A x + A^\top x"],
        ["restated", "holds", "restated"],
    ),
    (
        "an unreadable line in the middle",
        [r"\nabla_x q &= A x + A^\top x", r"&= \foo", r"&= 2 A x"],
        ["holds", "unreadable", "wrong"],
    ),
    ("differentials", [r"dL &= 2 r^\top dr", r"&= -2 r^\top X dw"], ["holds", "holds"]),
    ("a wrong differential", [r"dL &= 2 r^\top dr", r"&= 2 r^\top X dw"], ["holds", "wrong"]),
    (
        "a layout that changes is no excuse",
        [r"\nabla_x q &= A x + A^\top x", r"&= x^\top A^\top + x^\top A"],
        ["holds", "notation"],
    ),
]


@pytest.mark.parametrize(("rows", "verdicts"), [c[1:] for c in CHAINS], ids=[c[0] for c in CHAINS])
def test_a_chain(rows: list[str], verdicts: list[str]) -> None:
    assert [j.verdict for j in judged(lines(*rows)).claims] == verdicts


SAID = [
    ([r"\nabla_w L &= 2X^\top(y - Xw)"], 0, "wrong sign"),
    ([r"\nabla_w L &= X^\top(Xw - y)"], 0, "missing a factor 2"),
    ([r"\nabla_w L &= -2 r"], 0, "missing X.T"),
    ([r"\nabla_w L &= -2X^\top(y - X x)"], 0, "x should be w"),
    ([r"\nabla_x q &= A x"], 0, "A should be A + A.T"),
    (["AB &= BA"], 0, "stand in the wrong order"),
    ([r"\nabla_w L &= 2X^\top r", r"&= -2X^\top r"], 1, "right by luck"),
    ([r"\nabla_w L &= 2X^\top r", r"&= -2X^\top r", r"&= -2X^\top(y - Xw)"], 1, "silently repaired"),
    ([r"\nabla_w L &= 2X^\top r", r"&= X^\top r"], 1, "does not follow from the line before"),
    ([r"\nabla_w L &= 2X^\top r", r"&= 2X^\top(y - Xw)"], 1, "follows from the line before, which is wrong"),
    ([r"\nabla_w L &= -2 r^\top X"], 0, "gradients read as rows"),
    ([r"\frac{31}{12} &= 2.583"], 0, "to the 3 digits printed"),
    ([r"\frac{155}{144} &= 1.0763"], 0, "the last digit printed is not rounded right"),
    ([r"\frac{\partial s}{\partial x} &= s(1-s)W"], 0, "holds only if m = 1"),
]


@pytest.mark.parametrize(("rows", "at", "words"), SAID)
def test_what_is_said(rows: list[str], at: int, words: str) -> None:
    report = judged(lines(*rows))
    said = "; ".join(spoken(r, in_text(report.chains[0].scope)) for r in report.claims[at].reasons)
    assert words in said


@pytest.mark.parametrize("rows", [rows for rows, at, words in SAID if at == 0 and "missing" in words])
def test_a_repair_is_verified_and_holds_itself(rows: list[str]) -> None:
    report = judged(lines(*rows))
    chain, claim = report.chains[0], report.claims[0]
    assert claim.repair is not None
    assert claim.repair.verified
    left = rows[0].partition("&=")[0]
    again = judged(lines(f"{left}&= {chain.repaired(claim)}"))
    assert [j.verdict for j in again.claims] == ["holds"]


def test_a_part_is_found_by_what_the_left_side_asks() -> None:
    report = judged("$$\\nabla_x q = A x + A^\\top x$$\n\n$$\\nabla_w L = -2X^\\top r$$\n\n$$AB = AB$$\n")
    assert [chain.part for chain in report.chains] == ["b", "a", None]


def test_the_counterexample_is_small() -> None:
    found = judged("$$AB = BA$$").claims[0].counterexample
    assert found is not None
    assert "n = 2" in found or "n = 3" in found
    assert "left = " in found
    assert "." not in found  # whole numbers


def test_a_name_of_the_answers_own() -> None:
    report = judged("Let $u = Xw - y$. Then\n\n$$\\nabla_w L = 2X^\\top u$$\n")
    assert [j.verdict for j in report.claims] == ["given", "holds"]


def test_prose_claims_nothing() -> None:
    report = judged("The gradient is small.")
    assert report.claims == ()
    assert not report.is_right


def test_an_equation_that_is_solved_holds_at_the_optimum() -> None:
    problem = loads(
        "format: 1\ntitle: Fit\nsymbols:\n  X: matrix(m, n) full_column_rank\n  w: vector(n)\n  y: vector(m)\n"
        "define:\n  L: sqnorm(y - X @ w)\nparts:\n  - id: a\n    ask: Minimise.\n    find: argmin(L, w)\n"
    )
    rows = [r"X^\top (X w - y) &= 0", r"X^\top X w &= X^\top y", r"w &= (X^\top X)^{-1} X^\top y"]
    right = judge_text(lines(*rows), "answer.md", [problem])
    assert [j.verdict for j in right.claims] == ["holds"] * 3
    wrong_ = judge_text(lines(rows[0], r"X^\top X w &= -X^\top y"), "answer.md", [problem])
    assert [j.verdict for j in wrong_.claims] == ["holds", "wrong"]
    alone = judge_text(lines(rows[1]), "answer.md", [problem])
    assert [j.verdict for j in alone.claims] == ["holds"]  # "setting this to zero," may stand in the prose


LONG = [
    (r"\frac{\partial h_T}{\partial h_k} = \prod_{t=k+1}^{T} \frac{\partial h_t}{\partial h_{t-1}}", "holds"),
    (r"\frac{\partial h_T}{\partial h_k} = \prod_{t=k+1}^{T} \frac{\partial h_t}{\partial h_k}", "wrong"),
    (
        r"\frac{\partial h_T}{\partial h_k} = \prod_{t=k}^{T} \frac{\partial h_t}{\partial h_k}",
        "holds-only-if",
    ),
]


@pytest.mark.parametrize(("line", "verdict"), LONG)
def test_a_product_over_many_steps(line: str, verdict: str) -> None:
    """What is right for one step only is wrong."""
    problem = load(Path(__file__).parent / "data" / "own_names" / "rnn.yaml")
    assert [c.verdict for c in judge_text(f"$${line}$$", "a.md", [problem]).claims] == [verdict]


ENTRIES = [
    (r"\delta_{ki}(1 - h_{t,k}^2) h_{t-1,j}", "holds"),
    (r"\frac{\partial h_{t,k}}{\partial W_{ij}}", "holds"),
    (r"\delta_{ki}(1 - h_{t,k}) h_{t-1,j}", "wrong"),
]


@pytest.mark.parametrize(("factor", "verdict"), ENTRIES)
def test_a_chain_rule_over_steps_by_entries(factor: str, verdict: str) -> None:
    problem = load(Path(__file__).parent / "data" / "own_names" / "rnn.yaml")
    sums = r"\sum_{t=1}^T \sum_{k=1}^h \frac{\partial L}{\partial h_{t,k}}"
    line = rf"$$\frac{{\partial L}}{{\partial W_{{ij}}}} = {sums} {factor}$$"
    assert [c.verdict for c in judge_text(line, "a.md", [problem]).claims] == [verdict]
