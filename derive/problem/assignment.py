"""An assignment file: the order of the problems of a folder and the heading of their common paper.

    assignment: 1
    title: Assignment 3
    course: IFT6135, autumn 2021
    problems:
      - birnn
      - viterbi

To add a section: its name in SECTIONS and its line in `load_assignment`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from derive.errors import InputError, nearest
from derive.problem.fields import check_keys, text_of, texts_of
from derive.problem.load import load
from derive.problem.model import Problem
from derive.problem.source import Text, read_file

NAME = "assignment.yaml"
SECTIONS = ("assignment", "title", "course", "problems")
EXAMPLE = "as in\n    problems:\n      - first\n      - second"


@dataclass(frozen=True)
class Assignment:
    """`problems` in their order; no two parts of them have the same id."""

    file: str
    title: str
    course: str
    problems: tuple[Problem, ...]


def is_assignment(path: Path) -> bool:
    return path.name == NAME


def load_assignment(path: Path) -> Assignment:
    """The assignment with all its problems; a DeriveError says where a file is wrong."""
    root = read_file(path)
    first, version = root.entries[0]
    if first.value != "assignment" or not isinstance(version, Text) or version.value != "1":
        raise InputError(f"{NAME} starts with `assignment: 1`", first.place, "a problem has another name")
    check_keys(root, SECTIONS, "section")
    title, listed = root.get("title"), root.get("problems")
    if title is None:
        raise InputError("`title:` is missing", first.place, "add a line such as\n    title: Assignment 3")
    if listed is None:
        raise InputError("`problems:` is missing", first.place, EXAMPLE)
    course = root.get("course")
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for text in texts_of(listed, "the name of a problem"):
        problem = load(_file(path, text))
        if problem.file in [p.file for p in problems]:
            raise InputError(f"'{text.value}' stands twice", text.place, "remove one of the two")
        for part in problem.parts:
            if part.id in seen:
                message = f"the part {part.id} of '{text.value}' is also in '{seen[part.id]}'"
                raise InputError(message, text.place, "each part of an assignment needs an id of its own")
            seen[part.id] = text.value
        problems.append(problem)
    if not problems:
        raise InputError("`problems:` is empty", first.place, EXAMPLE)
    said = " ".join(text_of(course, "the course").value.split()) if course is not None else ""
    return Assignment(str(path), " ".join(text_of(title, "the title").value.split()), said, tuple(problems))


def _file(path: Path, text: Text) -> Path:
    """The problem file of that name beside the assignment."""
    stem = text.value.removesuffix(".yaml")
    found = path.parent / f"{stem}.yaml"
    if "/" in stem or not found.is_file():
        others = [p.stem for p in path.parent.glob("*.yaml") if not is_assignment(p)]
        hint = nearest(stem, others) or f"beside it are {', '.join(sorted(others)) or 'no problems'}"
        raise InputError(f"there is no problem '{text.value}' beside {NAME}", text.place, hint)
    return found
