r"""Equations that explain one before: what stands below them goes on with the one that they explain."""

from __future__ import annotations

import pytest
from judging_problems import judged

UNITS = """format: 1
title: units
index:
  i: 1..n
symbols:
  z: vector(n)
  t: vector(n)
  b: scalar
define:
  y[i]: tanh(z[i] + b)
  L: 1/2 * sum((y[i] - t[i])**2, i)
parts:
  - id: a
    ask: q
    find: gradient(L, b)
"""
SQUARES = """format: 1
title: squares
symbols:
  X: matrix(n, d)
  y: vector(n)
  w: vector(d)
define:
  L: sqnorm(y - X @ w)
parts:
  - id: a
    ask: q
    find: gradient(L, w)
"""
CHAIN = (
    r"\frac{\partial L}{\partial b} = \sum_i \frac{\partial L}{\partial y_i}\frac{\partial y_i}{\partial b}"
)
GRADIENT = r"\nabla_w L = -2X^\top r"
RIGHT, WRONG = r"= \sum_i (y_i-t_i)(1-y_i^2)", r"= \sum_i (y_i-t_i)(1+y_i^2)"

ROWS = [  # lines, and the verdicts in their order
    (
        [rf"$${CHAIN}, \quad \frac{{\partial L}}{{\partial y_i}} = y_i-t_i$$", f"$${RIGHT}$$"],
        UNITS,
        {2: "holds"},
    ),
    (
        [rf"$${CHAIN}, \quad \frac{{\partial L}}{{\partial y_i}} = y_i-t_i$$", f"$${WRONG}$$"],
        UNITS,
        {2: "wrong"},
    ),
    (
        [rf"$${CHAIN}, \quad \frac{{\partial L}}{{\partial y_i}} = y_i+t_i$$", f"$${RIGHT}$$"],
        UNITS,
        {1: "wrong"},
    ),
    (
        [
            rf"$${CHAIN}, \quad \frac{{\partial L}}{{\partial y_j}} = y_j-t_j, \quad y_j = \tanh(z_j+b)$$",
            f"$${RIGHT}$$",
        ],
        UNITS,
        {2: "holds"},
    ),
    ([rf"\[{GRADIENT}, \quad r = y-Xw\]", r"\[= 2X^\top(Xw-y)\]"], SQUARES, {2: "holds"}),
    ([rf"\[{GRADIENT}, \quad r = y-Xw\]", r"\[= 2X^\top(Xw+y)\]"], SQUARES, {2: "wrong"}),
    # an equation that explains nothing before it goes on itself
    (
        [
            r"\[\nabla_w L = 2X^\top(Xw-y), \quad L = \|y-Xw\|^2\]",
            r"\[= y^\top y-2y^\top Xw+w^\top X^\top Xw\]",
        ],
        SQUARES,
        {2: "holds"},
    ),
    # because
    *(
        (
            [
                r"\begin{align*}",
                rf"\nabla_w L &= -2X^\top y+2X^\top Xw {why}",
                rf"&= {line}",
                r"\end{align*}",
            ],
            SQUARES,
            {3: verdict},
        )
        for why in (
            r"&& \because \nabla w^\top Aw = 2Aw\\",
            r"\quad \because a^\top b = b^\top a\\",
            r"\\ \because \nabla w^\top Aw = 2Aw\\",
            r"\\ &\text{since } \nabla w^\top Aw = 2Aw\\",
            r"\\ & (\text{since } X^\top Xw = X^\top(Xw))\\",
        )
        for line, verdict in ((r"2X^\top(Xw-y)", "holds"), (r"2X^\top(Xw+y)", "wrong"))
    ),
]


@pytest.mark.parametrize(("lines", "source", "verdicts"), ROWS, ids=[" ".join(row[0]) for row in ROWS])
def test_the_line_below_goes_on_with_what_is_explained(
    lines: list[str], source: str, verdicts: dict[int, str]
) -> None:
    report = judged(source, lines)
    for line, verdict in verdicts.items():
        assert verdict in [c.verdict for c in report.claims if c.claim.line == line]
    if "wrong" in verdicts.values():
        assert sorted(c.claim.line for c in report.claims if c.is_error) == list(verdicts)
    else:
        assert not any(c.is_error for c in report.claims)
