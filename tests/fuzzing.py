r"""Broken answers through the whole of `derive check`: what it took, and whether what was said to hold does.

A line that is said to hold is evaluated again, on instances that no checker draws and without it. The tests run a few
hundred inputs, benchmarks/fuzz.py a hundred thousand.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Sequence

import numpy as np
from test_latexread_fuzz import CORPUS, HUGE, PROBLEMS, broken

from derive.errors import DeriveError
from derive.judging.answer import judge_text
from derive.judging.judged import Judged, JudgedChain
from derive.judging.ranges import ranges_of
from derive.judging.report_html import report_html
from derive.judging.report_json import report_json
from derive.notation.evaluate import Evaluator, draw
from derive.problem.load import load, loads
from derive.problem.model import Problem
from derive.tree.nodes import Node, Number, contains

FOLDER = Path(__file__).parent.parent / "problems" / "ift6135-a3"
SLOW = 5.0  # seconds: longer is a hang
SEEDS = (9001, 9002, 9003)
SAME = 1e-5
SLIPS = 0.15  # of all inputs
SLIPPED = (
    r"1 2 3 0 - + = x b A c L n t h \top ^2 ^T _t _{t-1} / * ( ) 2c \sum_{i=1}^n \sqrt \exp \nabla_x d".split()
    + ["", " "]
)
HOLDING = ("holds", "notation", "holds-only-if")
SMALL = """
format: 1
title: A quadratic form
symbols:
  x: vector(n)
  b: vector(n)
  A: matrix(n, n)
  c: scalar, positive
define:
  L: x.T @ A @ x + c * sqnorm(x - b)
parts:
  - id: a
    ask: The gradient.
    find: gradient(L, x)
"""
SMALL_ANSWERS = (
    r"""$$\begin{aligned}
\nabla_x L &= \nabla_x (x^\top A x + c \|x - b\|_2^2) \\
&= (A + A^\top) x + 2 c (x - b) \\
&= A x + A^\top x + 2 c x - 2 c b
\end{aligned}$$""",
    r"""\begin{align}
L &= x^T A x + c \lVert x - b \rVert^2 \\
 &= \sum_{i=1}^n x_i (Ax)_i + c (x - b)^\top (x - b) \quad \text{since } \|x\|^2 = x^\top x
\end{align}
and so $\frac{\partial L}{\partial x} = (A + A^T)x + 2c(x-b)$, with $dL = x^\top (A + A^\top) dx + 2c(x-b)^\top dx$.""",
    r"""\[ \frac{x^\top A x}{2} + \frac{1}{2} x^\top A^\top x = x^\top A x, \qquad \sqrt{c^2} = c, \quad 1 + 1 = 2 \]
\[ \nabla_x \frac{1}{2}\|x\|^2 = x \] \[ \exp(\log c) = c \]""",
)


@dataclass(frozen=True)
class Outcome:
    """`false` are lines said to hold that do not; `unsure` could not be evaluated again."""

    seconds: float
    held: int
    unsure: int
    false: tuple[str, ...]


@cache
def problems(full: bool) -> tuple[Problem, ...]:
    return tuple(load(FOLDER / f"{name}.yaml") for name in PROBLEMS) if full else (loads(SMALL),)


def source(seed: int, full: bool) -> tuple[str, str]:
    """The text of an input, and what its file is called."""
    random = Random(f"{seed} {full}")
    name = random.choice(("a.md", "a.tex"))
    corpus = CORPUS if full else SMALL_ANSWERS
    return (slipped if random.random() < SLIPS else broken)(random, corpus), name


def slipped(random: Random, corpus: Sequence[str]) -> str:
    """An answer with a slip or two of the pen: most of it still reads, some of it is wrong now."""
    text = random.choice(corpus)
    start = random.randrange(max(1, len(text) - 700))
    text = text[start : start + 700] if start else text[:700]
    for _ in range(random.randrange(1, 3)):
        at = random.randrange(len(text))
        kept = at + random.randrange(2)
        text = text[:at] + random.choice(SLIPPED) + text[kept:]
    return text


def huge(name: str) -> tuple[str, str]:
    return HUGE[name], "a.md"


def tried(text: str, name: str, problem: Problem) -> Outcome:
    """Everything that `derive check` does with a text; it raises nothing."""
    started = time.process_time()
    report = judge_text(text, name, [problem])
    json.dumps(report_json(report))
    report_html(report)
    seconds = time.process_time() - started
    held = unsure = 0
    false: list[str] = []
    for chain in report.chains:
        for judged in chain.claims:
            if judged.verdict in HOLDING:
                held += 1
                again = holds_again(judged, chain)
                unsure += again is None
                if again is False:
                    false.append(judged.claim.latex)
    return Outcome(seconds, held, unsure, tuple(false))


def holds_again(judged: Judged, chain: JudgedChain) -> bool | None:
    """Whether both sides of a line have one value on instances that nobody else draws; None where they have none."""
    head = judged.head if judged.head is not None and judged.head.pair is not None else judged.previous
    if head is None or head.pair is None or head.rung.units or judged.claim.relation not in ("=", ":=", "~="):
        return None
    left, right = head.pair.left, head.pair.right
    if left == right:
        return True
    ranges = {**ranges_of((left, right), chain.scope), **head.pair.indices}
    compared = 0
    for seed in SEEDS:
        try:
            evaluator = Evaluator(chain.scope, draw(chain.scope, frozenset(), seed, ranges), head.wrt)
            a, b = evaluator.value(left), evaluator.value(right)
        except (DeriveError, RecursionError):
            continue
        a = a.swapaxes(-1, -2) if a.shape != b.shape and head.flipped else a
        scale = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)), 1e-9)
        if a.shape != b.shape or float(np.max(np.abs(a - b), initial=0.0)) > SAME * scale:
            return None if any(contains(side, _is_decimal) for side in (left, right)) else False
        compared += 1
    return True if compared else None


def _is_decimal(node: Node) -> bool:
    """What is printed with few digits holds to those only."""
    return isinstance(node.data, Number) and node.data.decimal
