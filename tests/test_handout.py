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
  x: vector(n)
parts:
  - id: a
    ask: Find it.
    find: gradient(sqnorm(x), x)
    expect: 2 * x
  - id: b
    ask: Show it.
    let:
      s: {}
    show: x.T @ s == 2 * sqnorm(x)
"""


@pytest.mark.parametrize(("body", "is_printed"), [("2 * x", False), ("x + x", True)])
def test_what_another_part_asks_is_not_printed(tmp_path: Path, body: str, is_printed: bool) -> None:
    file = tmp_path / "problem.yaml"
    file.write_text(PROBLEM.format(body))
    said = [block.text for block in handout(load(file)).parts[1].ask if isinstance(block, Prose)]
    assert any(text.startswith("where ") for text in said) is is_printed


def test_room_goes_by_the_question() -> None:
    folder = Path(__file__).parent.parent / "problems" / "ift6135-a3"
    tree = {part.id: space_for(part) for part in load(folder / "decoding_tree.yaml").parts}
    chain = {part.id: space_for(part) for part in load(folder / "viterbi.yaml").parts}
    assert tree["2.4.d.wider"] > tree["2.4.c"] > tree["2.4.b"]
    assert chain["2.2.a"] > chain["2.1"]
    assert chain["2.2.d"] > chain["2.2.f"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("72855552", r"72\,855\,552"),
        ("12345", r"12\,345"),
        ("2025", "2025"),
        ("0.123456", "0.123456"),
        ("12345.5", "12345.5"),
    ],
)
def test_long_integers_are_grouped(written: str, shown: str) -> None:
    assert grouped(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2 * n - (1)", "2 * n - 1"),
        ("(k, (n) - 8, (n) - 8)", "(k, n - 8, n - 8)"),
        ("f(x) - 1", "f(x) - 1"),
        ("f'(x) - 1", "f'(x) - 1"),
        ("(n)**2 - 1", "(n)**2 - 1"),
        ("x - (A).T", "x - (A).T"),
    ],
)
def test_brackets_around_one_name_are_not_shown(written: str, shown: str) -> None:
    assert unbracketed(written) == shown
