"""Several problems on one paper: how an assignment is read, refused, and what its paper holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.build.batch import build
from derive.build.stamps import digest_of
from derive.errors import DeriveError
from derive.kinds.solve import solve
from derive.problem.assignment import load_assignment
from derive.problem.load import load
from derive.render import sheet_view
from derive.render.document import Prose, Table
from derive.render.paper import render

PROBLEM = """format: 1
title: Problem {0}
source: sheet {0}
symbols:
  x: vector(n)
parts:
  - id: {0}.a
    points: 2
    ask: Derive it.
    find: gradient(sqnorm(x), x)
  - id: {0}.b
    points: 1.5
    ask: Why?
    answer: It is so.
"""
ASSIGNMENT = "assignment: 1\ntitle: Sheet\ncourse: Course X\nproblems:\n  - two\n  - one\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.yaml").write_text(PROBLEM.format(1))
    (tmp_path / "two.yaml").write_text(PROBLEM.format(2))
    (tmp_path / "assignment.yaml").write_text(ASSIGNMENT)
    return tmp_path


def test_the_order_is_that_of_the_file(folder: Path) -> None:
    found = load_assignment(folder / "assignment.yaml")
    assert [p.id for p in found.problems] == ["two", "one"]
    assert (found.title, found.course) == ("Sheet", "Course X")


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (ASSIGNMENT.replace("- two", "- tow"), "there is no problem 'tow'", 5),
        (ASSIGNMENT.replace("- one", "- two"), "'two' stands twice", 6),
        (ASSIGNMENT.replace("title: Sheet\n", ""), "`title:` is missing", 1),
        (ASSIGNMENT.replace("course", "curse"), "unknown section 'curse'", 3),
        (ASSIGNMENT.split("problems")[0], "`problems:` is missing", 1),
        ("format: 1\ntitle: t\n", "starts with `assignment: 1`", 1),
    ],
)
def test_a_wrong_assignment_is_refused_where_it_is_wrong(
    folder: Path, text: str, message: str, line: int
) -> None:
    (folder / "assignment.yaml").write_text(text)
    with pytest.raises(DeriveError) as caught:
        load_assignment(folder / "assignment.yaml")
    assert message in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.line == line


def test_parts_have_ids_of_their_own(folder: Path) -> None:
    (folder / "two.yaml").write_text(PROBLEM.format(1))
    with pytest.raises(DeriveError, match="is also in 'two'"):
        load_assignment(folder / "assignment.yaml")


def test_an_assignment_is_no_problem(folder: Path) -> None:
    with pytest.raises(DeriveError, match="orders problems"):
        load(folder / "assignment.yaml")


def test_the_paper_holds_points_problems_and_checks(folder: Path) -> None:
    assignment = load_assignment(folder / "assignment.yaml")
    sheet = sheet_view.key(assignment, [solve(p, second_opinion=False) for p in assignment.problems])
    assert sheet.total == "7 points"
    (points,) = sheet.opening
    assert isinstance(points, Table)
    assert points.rows == (
        ("Problem 2", "2.a to 2.b", "3.5"),
        ("Problem 1", "1.a to 1.b", "3.5"),
        ("total", "", "7"),
    )
    checks = [block for block in sheet.closing if isinstance(block, Table)]
    assert [[row[0] for row in table.rows] for table in checks] == [
        ["Problem 2", "2.a", "2.b"],
        ["Problem 1", "1.a", "1.b"],
    ]
    assert [row[1] for row in checks[0].rows] == ["", "derived", "authored"]
    assert [table.headings for table in checks] == [frozenset({0})] * 2
    assert len({table.shares for table in checks}) == 1
    latex = render("key.tex.j2", sheet)
    assert latex.index("Problem 2") < latex.index("Problem 1")
    handout = render("handout.tex.j2", sheet_view.handout(assignment))
    assert "It is so" in latex
    assert "It is so" not in handout


def test_a_paper_without_all_points_has_no_total(folder: Path) -> None:
    one = folder / "one.yaml"
    one.write_text("\n".join(x for x in one.read_text().split("\n") if "points:" not in x))
    sheet = sheet_view.handout(load_assignment(folder / "assignment.yaml"))
    points, carrying = sheet.opening
    assert sheet.total is None
    assert isinstance(points, Table)
    assert points.header == ("problem", "parts")
    assert isinstance(carrying, Prose)
    assert carrying.text == "Only 2.a and 2.b have points in the source."


def test_an_assignment_is_stale_when_one_of_its_problems_changes(folder: Path) -> None:
    source = folder / "assignment.yaml"
    before = digest_of("", source)
    (folder / "one.yaml").write_text(PROBLEM.format(1).replace("Why?", "How?"))
    assert digest_of("", source) != before


def test_a_failing_problem_leaves_no_key(folder: Path) -> None:
    text = PROBLEM.format(1).replace(
        "find: gradient(sqnorm(x), x)", "find: gradient(sqnorm(x), x)\n    expect: x"
    )
    (folder / "one.yaml").write_text(text)
    (row,) = build([folder / "assignment.yaml"], folder / "out", jobs=1)
    assert row.status == "failed"
    assert row.files in ((), ("assignment-handout.pdf",))
    assert "expected otherwise" in row.failures[0]
