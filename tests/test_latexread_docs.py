"""The tables of docs/handwritten.md say what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive.latexread import Ambiguous, Context, Elaborated, Outcome, elaborate, introduce, read_answer
from derive.latexread.parse import parse
from derive.latexread.settle import settled
from derive.latexread.tokens import Unread, tokens_of
from derive.notation.text import text
from derive.problem.load import loads

PAGE = (Path(__file__).parent.parent / "docs" / "handwritten.md").read_text(encoding="utf-8")
PROBLEM = PAGE.split("```yaml\n", 1)[1].split("```", 1)[0]
HERE = Context.of(loads(PROBLEM).scope)


def rows(header: str) -> list[list[str]]:
    """The cells of all tables with that header."""
    found = []
    for part in PAGE.split(f"\n{header}\n")[1:]:
        for line in part.split("\n\n", 1)[0].splitlines()[1:]:
            found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def outcome(written: str) -> Outcome:
    return elaborate(parse(settled(tokens_of(written, 0, len(written)))), HERE)


READ = [(w, codes(row[1])[0]) for row in rows("| you write | is read as |") for w in codes(row[0])]


@pytest.mark.parametrize(("written", "meant"), READ)
def test_what_is_read(written: str, meant: str) -> None:
    found = outcome(written)
    readings = (
        [found]
        if isinstance(found, Elaborated)
        else list(found.readings)
        if isinstance(found, Ambiguous)
        else []
    )
    assert [text(r.node) for r in readings][:1] == [meant], found


@pytest.mark.parametrize("row", rows("| you write | first reading | other reading |"), ids=lambda row: row[0])
def test_several_readings(row: list[str]) -> None:
    found = outcome(codes(row[0])[0])
    assert isinstance(found, Ambiguous)
    said = [text(r.node) for r in found.readings]
    assert said[0] == codes(row[1])[0]
    assert codes(row[2])[0] in said


@pytest.mark.parametrize("row", rows("| you write | message |"), ids=lambda row: row[0])
def test_what_is_refused(row: list[str]) -> None:
    try:
        found: Outcome | Unread = outcome(codes(row[0])[0])
    except Unread as error:
        found = error
    assert not isinstance(found, (Elaborated, Ambiguous))
    assert found.message == row[1]


NUMBERS = {"one": 1, "two": 2}


@pytest.mark.parametrize("row", rows("| you write | becomes |"), ids=lambda row: row[0])
def test_texts(row: list[str]) -> None:
    (source,) = codes(row[0])
    number, _, said = row[1].partition(":")
    claims = read_answer(source).claims
    assert len(claims) == NUMBERS[number.split()[0]]
    last = claims[-1]
    assert last.continues == ("continuation" in said)
    assert bool(last.joined) == ("joined" in said)
    assert last.side == ("and the remark" in said)
    assert last.inline == ("inline" in said)
    assert bool(last.remark) == ("as its remark" in said or "range" in said)
    assert (last.refusal is not None) == ("unreadable" in said)
    assert isinstance(introduce(last, HERE), Context) == ("new name" in said)
