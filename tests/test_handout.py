"""What a handout leaves open, how much room it leaves for it, and how formulas are made easier to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.notation.text import unbracketed
from derive.problem.load import load
from derive.render.breaks import grouped
from derive.render.document import Prose
from derive.render.document_view import handout
from derive.render.space import space_for

PROBLEM = """\
format: 1
title: Handout
symbols:
  p: vector(K) simplex positive
  x: vector(n)
parts:
  - id: a
    ask: Find the maximiser.
    find: gradient(sqnorm(x), x)
    expect: 2 * x
  - id: b
    ask: Show it.
    let:
      s: {body}
    show: x.T @ s == 2 * sqnorm(x)
"""


@pytest.mark.parametrize(("body", "is_printed"), [("2 * x", False), ("x + x", True)])
def test_what_another_part_asks_is_not_printed(tmp_path: Path, body: str, is_printed: bool) -> None:
    file = tmp_path / "problem.yaml"
