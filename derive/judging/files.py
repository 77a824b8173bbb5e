"""Answers and problems from disk: `check_files(["a.md", "b.md"], "problems/ift6135-a3")`, a report for each."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterable, Sequence

from derive.errors import FileError, InputError, UnknownName, nearest
from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.problem.assignment import is_assignment, load_assignment
from derive.problem.load import load
from derive.problem.model import Problem

MOST_BYTES = 4_000_000
ENDINGS = (".yaml", ".yml")


def check_files(
    answers: Iterable[str | Path],
    problem: str | Path,
    part: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Report, ...]:
    """A report for each answer, in order. DeriveError where a file cannot be read or the part does not exist."""
    problems = problems_of(problem, part)
    texts = [(str(path), text_of(path)) for path in answers]
    reports = []
    for name, text in texts:
        if progress is not None:
            progress(name)
        reports.append(judge_text(text, name, problems, part, str(problem)))
    return tuple(reports)


def problems_of(path: str | Path, part: str | None = None) -> tuple[Problem, ...]:
    """One file, the problems of an assignment, or every problem file of a folder; those that have the part."""
    path = Path(path)
    if is_assignment(path):
        problems = load_assignment(path).problems
    else:
        files = sorted(f for f in path.rglob("*") if f.suffix in ENDINGS) if path.is_dir() else [path]
        problems = tuple(load(f) for f in files if not is_assignment(f))
    if not problems:
        raise FileError(f"no problem files in {path}", hint="problem files end in .yaml")
    if part is None:
        return problems
    having = tuple(p for p in problems if any(x.id == part for x in p.parts))
    if not having:
        ids = [x.id for p in problems for x in p.parts]
        raise UnknownName(
            f"{path} has no part '{part}'", hint=nearest(part, ids) or f"its parts are {', '.join(ids)}"
        )
    return having


def text_of(path: str | Path) -> str:
    """The text of an answer; a few bytes that are no UTF-8 do not keep it from being read."""
    path = Path(path)
    if path.suffix in ENDINGS:
        raise InputError(
            f"{path} is a problem file, not an answer", hint="write the answers first, the problem last"
        )
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise FileError(f"no such file: {path}") from None
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from None
    if len(data) > MOST_BYTES:
        raise FileError(
            f"{path} is larger than {MOST_BYTES // 1_000_000} MB", hint="an answer is a few pages"
        )
    if b"\0" in data:
        raise FileError(f"{path} is not a text", hint="an answer is a .tex or .md file")
    return data.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def worst(reports: Sequence[Report]) -> int:
    """The exit code: 1 where any claim is wrong, else 4 where in an answer nothing was judged."""
    if any(report.right is False for report in reports):
        return 1
    return 4 if any(not report.judged for report in reports) else 0
