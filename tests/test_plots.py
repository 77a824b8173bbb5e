"""Curves: where they jump, how they are drawn there, and that ticks stay inside the frame.

To cover one more curve, a row in CURVES: expression, range, jumps as (place, before, after).
"""

from __future__ import annotations

import re

import pytest

from derive.kinds.solve import solve
from derive.notation.derivation import Plot
from derive.problem.load import loads
from derive.render.document import Figure
from derive.render.plates import page_blocks

CURVES = [
    ("relu'(u)", "-5..5", [(0, 0, 1)]),
    ("relu'(u - 1/3)", "-1..1", [(1 / 3, 0, 1)]),
    ("step(u)", "-4..4", [(0, 0, 1)]),
    ("sign(u)", "-1..1", [(0, -1, 0), (0, 0, 1)]),
    ("floor(u)", "-1/2..3/2", [(0, -1, 0), (1, 0, 1)]),
    ("tanh(1000 * u)", "-1..1", []),
    ("sigmoid'(u)", "-6..6", []),
    ("abs(u)", "-1..1", []),
    ("exp(u)", "0..9", []),
    ("1 / u", "-1..2", [(0, None, None)]),
]


def drawn(curve: str, over: str) -> tuple[Plot, str]:
    text = f"format: 1\ntitle: t\nsymbols:\n  u: scalar\nparts:\n  - id: a\n    ask: e\n    figure: plot({curve}, u={over})\n"
    problem = loads(text)
    (part,) = solve(problem).parts
    assert part.status == "checked", part.error
    (plot,) = [block for block in part.blocks if isinstance(block, Plot)]
    (figure,) = page_blocks(plot, problem.scope)
    assert isinstance(figure, Figure)
    return plot, figure.latex


@pytest.mark.parametrize(("curve", "over", "jumps"), CURVES, ids=[c[0] for c in CURVES])
def test_jumps_are_found_and_left_open(
    curve: str, over: str, jumps: list[tuple[float, float | None, float | None]]
) -> None:
    plot, latex = drawn(curve, over)
    found = plot.curves[0].jumps
    assert [(j.at, j.before, j.after) for j in found] == [
        tuple(None if x is None else pytest.approx(x, abs=1e-6) for x in jump) for jump in jumps
    ]
    lines = [line for line in latex.split("\n") if line.startswith(r"\draw[blue") and "9.30" not in line]
    for line in lines:
        points = [float(x) for x in re.findall(r"\(([-\d.]+),", line)]
        assert points == sorted(points), "a piece runs from left to right"
        heights = [float(y) for y in re.findall(r",([-\d.]+)\)", line)]
        for jump in found:
            if jump.before is not None:
                assert max(abs(a - b) for a, b in zip(heights, heights[1:], strict=False)) < 2


def test_the_value_at_a_jump_is_a_closed_dot() -> None:
    _, latex = drawn("step(u)", "-4..4")
    dots = re.findall(r"fill=(\S+?),line width=0.7pt\] \(4.500,([\d.]+)\)", latex)
    assert dots == [("blue!60!black", "0.000"), ("white", "4.600")]


@pytest.mark.parametrize("over", ["-5..5", "-6..6", "0..1", "-1/3..7", "2..100"])
def test_ticks_stay_inside_the_frame(over: str) -> None:
    _, latex = drawn("tanh(u)", over)
    places = [float(x) for x in re.findall(r"\\node\[below\] at \(([-\d.]+),", latex)]
    assert len(places) >= 3
    assert all(0 <= x <= 9 for x in places)
