"""Texts that show data and definitions: on the page, in the terminal, and what is refused when the file is read."""

from __future__ import annotations

import pytest

from derive.errors import DeriveError
from derive.kinds.solve import solve
from derive.problem.load import loads
from derive.problem.model import Problem, Prose
from derive.render import document as page
from derive.render.authored import expanded, told
from derive.render.given import uses_of
from derive.render.text_view import plain, problem_text

HEAD = """format: 1
title: t
statement: |
  Given are
  {shown}
index:
  t: 1..T
symbols:
  x[t]: vector(2)
  h[0]: vector(2)
  y: scalar
data:
  A: [[1, 2], [0, 1]]
  D:
    - {{y: 1, x1: 0}}
    - {{y: 0, x1: 1}}
  columns:
    y: [1, 0]
    x1: [0, 1]
  names:
    y: [yes, no]
    x1: [0, 1]
  tree:
    S: {{the: -0.9, a: -1.1}}
    the: {{dog: -1.0, cat: -1.2}}
  glove:
    king: [3, 2]
    man: [0, 1/2]
  x: [[1, 2], [3, 4]]
  odd: [[a, b], [1, 2]]
define:
  u: 2 * y
  h[t]: h[t-1] + x[t]
  back[T]: y
  back[t]: 2 * back[t+1]
parts:
  - id: a
    ask: q
    find: {find}
"""


def problem(shown: str, find: str = "gradient(y**2, y)") -> Problem:
    return loads(HEAD.format(shown=shown, find=find))


def blocks(shown: str, find: str = "gradient(y**2, y)") -> list[page.Block]:
    read = problem(shown, find)
    return expanded(read.statement or Prose("", read.title.place), read.scope, uses_of(read))


def lines(shown: str, find: str = "gradient(y**2, y)") -> list[str]:
    read = problem(shown, find)
    said = told(read.statement or Prose("", read.title.place), read.scope, uses_of(read))
    return [line.strip() for piece in said if isinstance(piece, tuple) for line in piece]


def test_a_table_has_numbered_rows() -> None:
    table = blocks("{{ D }}")[1]
    assert isinstance(table, page.Table)
    assert table.header == ("row", "$y$", "$x_{1}$")
    assert table.rows == (("1", "1", "0"), ("2", "0", "1"))


@pytest.mark.parametrize(
    ("shown", "find", "header"),
    [
        ("{{ columns }}", "naive_bayes(columns, y)", ("row", "$y$", "$x_{1}$")),
        ("{{ columns }}", "nearest(columns, y)", ("word", "vector")),
        ("{{ columns }}", "gradient(y**2, y)", ("word", "vector")),
        ("{{ names }}", "gradient(y**2, y)", ("row", "$y$", "$x_{1}$")),
        ("{{ glove }}", "gradient(y**2, y)", ("word", "vector")),
    ],
)
def test_the_question_says_what_columns_are(shown: str, find: str, header: tuple[str, ...]) -> None:
    table = blocks(shown, find)[1]
    assert isinstance(table, page.Table)
    assert table.header == header


def test_a_tree_is_drawn_without_marks() -> None:
    """A statement does not mark the path that a part asks for."""
    figure = blocks("{{ tree }}", "search(tree)")[1]
    assert isinstance(figure, page.Figure)
    assert "very thick" not in figure.latex
    assert figure.caption == ""
    assert figure.latex.count(r"\draw") == 4
    assert lines("{{ tree }}") == ["S", "the  -0.9", "dog  -1", "cat  -1.2", "a  -1.1"]


def test_arrays_and_members() -> None:
    assert lines("{{ A }}") == ["A = [[1, 2], [0, 1]]"]
    assert lines("{{ x[t] }}") == ["x[1] = [1, 2]", "x[2] = [3, 4]"]
    assert lines("{{ glove }}") == ["word  vector", "king  (3, 2)", "man   (0, 1/2)"]


@pytest.mark.parametrize(
    ("shown", "rows"),
    [
        ("{{ define u }}", ["u = 2 * y"]),
        ("{{ define h, u }}", ["h[t] = h[t-1] + x[t], for t = 1..2", "u = 2 * y"]),
        ("{{ define back }}", ["back[t] = 2 * back[t+1], for t = 1..1", "back[2] = y"]),
    ],
)
def test_chosen_definitions_and_where_they_hold(shown: str, rows: list[str]) -> None:
    found = [line.replace("T", "2").replace("2-1", "1") for line in lines(shown)]
    assert found == rows


def test_all_definitions() -> None:
    assert len(lines("{{ define }}")) == 4


@pytest.mark.parametrize(
    ("shown", "message"),
    [
        ("the table {{ D }} of counts", "'D' does not fit into a line"),
        ("{{ define nothing }}", "unknown name 'nothing' in a text"),
        ("{{ define y }}", "'y' has no definition"),
        ("{{ odd }}", "the data of 'odd' are no table, tree or vectors that a text may show"),
        ("{{ gloves }}", "unknown name 'gloves' in a text"),
    ],
)
def test_refused_when_it_is_read(shown: str, message: str) -> None:
    with pytest.raises(DeriveError) as caught:
        problem(shown)
    assert message in str(caught.value)
    assert str(caught.value).startswith("<text>:5:")


def test_the_terminal_wraps_paragraphs_and_says_names() -> None:
    text = """format: 1
title: t
statement: |
  The number {{ y }}
  is positive, and
  $$ a
  - b $$
  - one
    item
  - another
symbols:
  y: scalar
parts:
  - id: a
    ask: q
    answer: |
      It is {{ y }}
      and nothing else.
"""
    said = plain(problem_text(solve(loads(text))))
    assert "  The number y is positive, and $$ a - b $$\n  - one item\n  - another\n" in said
    assert "  It is y and nothing else.\n" in said
