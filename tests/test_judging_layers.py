r"""Questions about layers in answers: shapes, parameters, multiply-accumulates; the letters of their formulas are told.

One more is a row: what is right in RIGHT, the same with an error in WRONG.
"""

from __future__ import annotations

from functools import cache

import pytest

from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.problem.load import loads
from derive.problem.model import Problem

NETWORK = """format: 1
title: network
symbols:
  G: tensor(3, 32, 32)
  conv: Conv2d(3, 8, kernel=5, stride=2, padding=1)
  pool: MaxPool2d(2)
  flat: Flatten()
  fc: Linear(392, 10)
  features: Sequence(conv, pool)
  net: Sequence(features, flat, fc)
notation:
  conv: \\mathrm{conv}
parts:
  - id: shape
    ask: q
    find: shape(conv(G))
  - id: params
    ask: q
    find: params(net)
  - id: macs
    ask: q
    find: macs(conv(G))
"""


@cache
def problem() -> Problem:
    return loads(NETWORK)


def judged(text: str) -> Report:
    return judge_text(text, "answer.md", [problem()])


# fmt: off
SIZE = r"\left\lfloor \frac{32 + 2 \cdot 1 - 5}{2} \right\rfloor + 1"
RIGHT = [
    rf"$$\operatorname{{shape}}(\mathrm{{conv}}(G)) = \left(8, {SIZE}, {SIZE}\right) = (8, 15, 15)$$",
    r"$$\text{shape}(\text{conv}(G)) = (8, \lfloor (32 - 3)/2 \rfloor + 1, 15)$$",
    r"$$\operatorname{shape}(\mathrm{features}(G)) = (8, 7, 7)$$",
    r"$$\operatorname{shape}(\mathrm{pool}(\mathrm{conv}(G))) = (8, 7, 7)$$",
    r"$$\operatorname{params}(\mathrm{conv}) = 8 \cdot (3 \cdot 5^2 + 1) = 608$$",
    r"$$\operatorname{params}(\mathrm{conv}) = c_o(c_i k^2 + 1) = 608$$ with $c_o = 8$, $c_i = 3$ and $k = 5$.",
    r"$$\operatorname{params}(\mathrm{net}) = \operatorname{params}(\mathrm{conv}) + \operatorname{params}(\mathrm{fc}) = 608 + 10 \cdot 393 = 4538$$",
    r"$$\operatorname{macs}(\mathrm{conv}(G)) = 8 \cdot 15^2 \cdot 3 \cdot 5^2 = 135000$$",
    r"$$\operatorname{macs}(\mathrm{net}(G)) = \text{MACs}(\mathrm{conv}(G)) + 392 \cdot 10$$",
    r"$$\lceil 29 / 2 \rceil = 15$$",
]
WRONG = [  # and the line with the error
    (rf"$$\operatorname{{shape}}(\mathrm{{conv}}(G)) = \left(8, {SIZE}, {SIZE}\right)$$" "\n\n"
     r"$$\operatorname{shape}(\mathrm{conv}(G)) = (8, 14, 14)$$", 3),
    (r"$$\text{shape}(\text{conv}(G)) = (8, \lceil (32 - 3)/2 \rceil + 1, 15)$$", 1),
    (r"$$\operatorname{shape}(\mathrm{features}(G)) = (8, 15, 15)$$", 1),
    (r"$$\operatorname{params}(\mathrm{conv}) = 8 \cdot 3 \cdot 5^2 + 1$$", 1),
    ("$$\\begin{aligned}\\operatorname{params}(\\mathrm{conv}) &= c_o(c_i k^2 + 1) \\\\\n&= 8 \\cdot 3 \\cdot 26\\end{aligned}$$"
     " with $c_o = 8$, $c_i = 3$ and $k = 5$.", 2),
    (r"$$\operatorname{params}(\mathrm{net}) = 608 + 10 \cdot 392$$", 1),
    (r"$$\operatorname{macs}(\mathrm{conv}(G)) = 8 \cdot 15^2 \cdot 3 \cdot 5$$", 1),
    (r"$$\operatorname{macs}(\mathrm{net}(G)) = \operatorname{macs}(\mathrm{fc}(\mathrm{flat}(\mathrm{features}(G))))$$", 1),
    (r"$$\lfloor 29 / 2 \rfloor = 15$$", 1),
]
# fmt: on


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_holds(text: str) -> None:
    assert {j.verdict for j in judged(text).claims} <= {"holds", "given", "restated"}
    assert any(j.verdict == "holds" for j in judged(text).claims)


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_what_is_wrong_is_caught(text: str, line: int) -> None:
    assert judged(text).first_wrong[:1] == [line]


def test_no_layer_stands_alone() -> None:
    """A layer is no number, and takes one array."""
    for text in (
        r"$$\mathrm{conv} + 1 = 2$$",
        r"$$\operatorname{shape}(\mathrm{conv}(G, G)) = (8, 15, 15)$$",
    ):
        assert {j.verdict for j in judged(text).claims} <= {"unreadable", "ill-typed"}
