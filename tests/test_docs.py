"""The documentation is executed: every full example is solved, every message, option, function and link is there.

A comment before a yaml block says what else is expected: `<!-- status: failed -->`, `<!-- error -->` (the file is
refused, and the text block behind it is the message).
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
from pathlib import Path
from typing import Iterator, NamedTuple

import click
import pytest
from click.testing import CliRunner

import derive
from derive.cli import cli
from derive.render.schema import SolveJson
from derive.rules.tables import ALL
from derive.vocabulary.build import TABLE

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GENERATED = runpy.run_path(str(ROOT / "docs" / "generate.py"))["pages"]()


class Block(NamedTuple):
    page: Path
    line: int
    language: str
    text: str
    wanted: str  # what the comment before it says
    follows: int | None  # the line of the yaml block just before it in the page

    def __str__(self) -> str:
        return f"{self.page.name}-{self.line}"


FENCE = re.compile(r"(?:^<!-- ([^\n]+?) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    problem: int | None = None
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start(2)) + 1
        yield Block(page, line, match[2], match[3], match[1] or "", problem)
        if match[2] == "yaml":
            problem = line


BLOCKS = [block for page in PAGES for block in blocks(page)]
PROBLEMS = [b for b in BLOCKS if b.language == "yaml" and b.text.startswith("format: 1\n")]
SHOWN = [b for b in BLOCKS if b.language in ("text", "json") and b.follows is not None]


def in_language(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


def error_of(source: str) -> derive.DeriveError | None:
    """Why the file is refused, or why its first part is not derived; None where neither happens."""
    try:
        problem = derive.loads(source, "problem.yaml")
    except derive.DeriveError as error:
        return error
    return problem.solve(second_opinion=False).result.parts[0].error


# ---------------------------------------------------------------- examples


@pytest.mark.parametrize("block", [b for b in PROBLEMS if b.wanted != "error"], ids=str)
def test_every_problem_is_solved(block: Block) -> None:
    solution = derive.loads(block.text, f"{block}.yaml").solve(second_opinion=False)
    found = {part.id: part.status for part in solution.parts.values()}
    if block.wanted:
        assert f"status: {solution.status}" == block.wanted, found
    else:
        assert set(found.values()) <= {"checked", "authored"}, str(solution)


def test_there_are_examples() -> None:
    assert len(PROBLEMS) > 20
    assert [b for b in in_language("yaml") if b not in PROBLEMS] == []


@pytest.mark.parametrize("block", SHOWN, ids=str)
def test_what_is_shown_is_what_comes_out(block: Block, tmp_path: Path) -> None:
    """A text or json block behind a problem is the output (or the error message) of that problem."""
    (problem,) = [b for b in PROBLEMS if (b.page, b.line) == (block.page, block.follows)]
    if problem.wanted == "error":
        assert block.text.rstrip("\n") == str(error_of(problem.text))
        return
    file = tmp_path / "noise.yaml"
    file.write_text(problem.text, encoding="utf-8")
    arguments = ["solve", str(file), "--format", block.language]
    ran = CliRunner().invoke(cli, arguments, env={"COLUMNS": "100"}, standalone_mode=False)
    assert ran.exception is None
    assert without_errors(ran.stdout) == without_errors(block.text), ran.stdout
    if block.language == "json":
        SolveJson.model_validate(json.loads(block.text))


def without_errors(text: str) -> str:
    """Rounding differs between machines."""
    text = re.sub(r"largest error \S+?(;|$)", r"largest error ?\1", text, flags=re.MULTILINE)
    return re.sub(r'"max_error": [^,\n]+', '"max_error": 0', text).strip()


@pytest.mark.parametrize("block", in_language("python"), ids=str)
def test_python_blocks_run(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(block.text, str(block), "exec"), {})


# ---------------------------------------------------------------- tables of messages

FORMAT = (ROOT / "docs" / "problem-format.md").read_text(encoding="utf-8")
BASE = """format: 1
title: t
index:
  t: 1..T
  i: 1..n
symbols:
  A: matrix(m, m)
  B: matrix(m, n)
  x: vector(n)
  y: vector(m)
  s[t]: vector(n)
  p: scalar
  z: scalar ~ normal(0, 1)
  f: function
parts:
  - id: a
    ask: a
"""


def rows(header: str) -> list[list[str]]:
    """The cells of the table with that header."""
    table = FORMAT.split(f"\n{header}\n", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    return [[c.replace(r"\|", "|").strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]


def words(cell: str) -> str:
    """A cell as it is said: without the marks of code."""
    return cell.replace("`", "").replace(r"\\", "\\").strip()


@pytest.mark.parametrize("row", rows("| find | message | hint |"), ids=lambda row: row[0])
def test_messages_of_expressions(row: list[str]) -> None:
    error = error_of(BASE + f"    find: {row[0].strip('`')}\n")
    assert error is not None
    assert (error.message, error.hint or "") == (words(row[1]), words(row[2]))


@pytest.mark.parametrize("row", rows("| line | message | repair |"), ids=lambda row: row[0])
def test_messages_of_yaml(row: list[str]) -> None:
    line = row[0].strip("`")
    key = line.partition(":")[0]
    lines = [
        "format: 1",
        "title: t",
        "symbols:",
        "  x: vector(n)",
        "parts:",
        "  - id: 1",
        "    ask: a",
        "    find: x",
    ]
    if key == "symbols":
        del lines[3]
    at = next(i for i, old in enumerate(lines) if old.strip().startswith(f"{key}:"))
    lines[at] = lines[at][: len(lines[at]) - len(lines[at].lstrip())] + line
    error = error_of("\n".join(lines) + "\n")
    assert error is not None
    assert words(error.message) == words(row[1])


UNSUPPORTED = [e for row in rows("| you write | what happens |") for e in re.findall(r"`([^`]+)`", row[0])]


@pytest.mark.parametrize("expression", UNSUPPORTED)
def test_what_is_said_to_be_missing_is_missing(expression: str) -> None:
    """When one of these is derived: take it out of the table, and describe it."""
    assert error_of(BASE + f"    find: {expression}\n") is not None


# When one of these passes: remove its mark, and its sentence in problem-format.md.
# ---------------------------------------------------------------- completeness


@pytest.mark.parametrize("name", GENERATED)
def test_generated_pages_are_up_to_date(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert text == GENERATED[name], "run python docs/generate.py"


def test_every_function_is_in_the_reference() -> None:
    page = GENERATED["functions.md"].replace(r"\|", "|")
    missing = [
        op.name for op in TABLE.values() if not all(f"`{form}`" in page for form in forms(op.signature))
    ]
    assert missing == []


def forms(signature: str) -> list[str]:
    """`ones(n), ones(m, n)` is two forms: a comma inside brackets separates none."""
    found, depth = [""], 0
    for c in signature:
        depth += (c in "([") - (c in ")]")
        if c == "," and depth == 0:
            found.append("")
        else:
            found[-1] += c
    return [form.strip() for form in found]


def test_every_rule_is_in_the_reference() -> None:
    page = GENERATED["rules.md"]
    assert [
        r.statement for r in ALL if f"| {r.name} | `{r.statement}` |" not in page.replace(r"\|", "|")
    ] == []


def test_every_option_of_a_part_and_every_section_is_described() -> None:
    from derive.problem.load import SECTIONS
    from derive.problem.parts import OPTIONS, VERBS

    assert [key for key in (*SECTIONS, *OPTIONS, *VERBS) if f"`{key}`" not in FORMAT] == []


def test_every_command_and_option_is_described() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name, command in cli.commands.items():
        assert f"derive {name}" in text
        for option in (p for p in command.params if isinstance(p, click.Option)):
            assert max(option.opts, key=len) in text, f"derive {name} {option.opts}"


@pytest.mark.parametrize("block", in_language("sh"), ids=str)
def test_commands_exist(block: Block) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in block.text.splitlines():
        program, *arguments = shlex.split(line.partition("#")[0].partition("|")[0])
        if program == "make":
            assert set(arguments) <= targets, line
        elif program == "derive":
            command = cli.commands[arguments[0]]
            command.make_context(arguments[0], arguments[1:])
            assert all((ROOT / a).exists() for a in arguments if a.startswith("problems")), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if path.startswith(("http:", "https:")):
            continue
        file = Path(os.path.normpath(page.parent / path)) if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


DATA = """format: 1
title: t
index:
  t: 1..T
symbols:
  p: vector(3) simplex
  X: tensor(3, 5, 5)
  big: Conv2d(3, 8, kernel=11)
  wide: Conv2d(4, 8, kernel=3)
"""
ASK = "parts:\n  - id: a\n    ask: a\n    find: "


@pytest.mark.parametrize(
    "row", rows("| data, with `p: vector(3) simplex` | message |"), ids=lambda row: row[0]
)
def test_messages_of_data(row: list[str]) -> None:
    error = error_of(DATA + f"data:\n  {row[0].strip('`')}\n" + ASK + "sum(p)\n")
    assert error is not None
    assert error.place is not None
    assert error.message == words(row[1])


QUESTIONS_HEADER = "| find, with the table `D` and the words `E` below | message |"


@pytest.mark.parametrize("row", rows(QUESTIONS_HEADER), ids=lambda row: row[0])
def test_messages_of_questions(row: list[str]) -> None:
    example = FORMAT.partition("title: Counting, and words\n")[2].partition("parts:")[0]
    find = row[0].strip("`").replace(r"\|", "|")
    error = error_of("format: 1\ntitle: t\n" + example + ASK + find + "\n")
    assert error is not None
    assert error.place is not None
    assert error.place.text.strip() == f"find: {find}"
    assert error.message == words(row[1])


LAYERS_HEADER = next(line for line in FORMAT.splitlines() if line.startswith("| find, with `X: tensor"))


@pytest.mark.parametrize("row", rows(LAYERS_HEADER), ids=lambda row: row[0])
def test_messages_of_layers(row: list[str]) -> None:
    error = error_of(DATA + ASK + row[0].strip("`") + "\n")
    assert error is not None
    assert error.place is not None
    assert error.message == words(row[1])
