"""Many problems to their papers: what is built, what is left alone, and what a failure leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator

import pytest

from derive.build import one
from derive.build.atomic import put
from derive.build.batch import build, exit_code, find
from derive.build.stamps import Built, read_stamp
from derive.build.tex import Compiled
from derive.build.workers import in_processes
from derive.errors import FileError, InputError, MissingTool, TexError

ROOT = Path(__file__).resolve().parent.parent

GOOD = """format: 1
title: A line
statement: Let $y = a^\\top x$.
symbols:
  a: vector(n)
  x: vector(n)
parts:
  - id: a
    ask: Derive the gradient.
    find: gradient(a.T @ x, x)
"""
WRONG = GOOD + "    expect: 2 * a\n"
UNDERIVED = GOOD.replace("find: gradient(a.T @ x, x)", "find: x")
UNREADABLE = GOOD.replace("a.T @ x, x", "b.T @ x, x")
BAD_TEX = GOOD.replace("a^\\top x", "\\foo x")

FILES = {"good": GOOD, "wrong": WRONG, "underived": UNDERIVED, "unreadable": UNREADABLE, "bad_tex": BAD_TEX}
# file, status, the files beside its target, the first failure
OUTCOMES = [
    ("good", "checked", {"good.pdf"}, ""),
    (
        "wrong",
        "failed",
        {"wrong-handout.pdf"},
        "wrong.yaml:11:13: part a: expected otherwise: the answer is a\n",
    ),
    ("underived", "not-derived", {"underived-handout.pdf"}, "underived.yaml:10:11: part a: not derived: "),
    ("unreadable", "bad-input", set(), "unreadable.yaml:10:20: unknown symbol 'b'\n"),
    ("bad_tex", "no-paper", set(), "bad_tex.yaml:3:12: TeX: Undefined control sequence: \\foo"),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "problems").mkdir()
    for name, text in FILES.items():
        (tmp_path / "problems" / f"{name}.yaml").write_text(text)
    return tmp_path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """TeX is not run: a paper is its LaTeX. The papers made, in order."""
    made: list[Path] = []

    def paper(source: str, target: Path) -> Compiled:
        if r"\foo x" in source:
            raise TexError("TeX: Undefined control sequence: \\foo")
        made.append(target)
        put(source.encode(), target)
        return Compiled(target, 1, 0.0, ("p.yaml:3: 9.0pt too wide",))

    monkeypatch.setattr(one, "compile_pdf", paper)
    return made


def problem(name: str) -> Path:
    return Path("problems") / f"{name}.yaml"


def tree(folder: Path) -> set[str]:
    return (
        {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} if folder.exists() else set()
    )


# ---------------------------------------------------------------- which files, to where


@pytest.mark.parametrize(
    ("named", "below"),
    [
        (["problems"], ["a/rnn", "a/v1.2", "line"]),
        (["problems/a"], ["a/rnn", "a/v1.2"]),
        (["problems/a/rnn.yaml", "problems/a", "./problems/a/rnn.yaml"], ["a/rnn", "a/v1.2"]),
        (["homework"], ["week1/sheet"]),
        (["homework/week1/sheet.yml"], ["sheet"]),
    ],
)
def test_where_papers_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: list[str], below: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in (
        "problems/a/rnn.yaml",
        "problems/a/v1.2.yaml",
        "problems/line.yaml",
        "homework/week1/sheet.yml",
    ):
        put(b"", Path(file))
    put(b"", Path("problems/.hidden/x.yaml"))
    put(b"", Path("problems/a/.x.yaml"))
    put(b"", Path("problems/a/notes.txt"))
    assert sorted(str(source.below) for source in find([Path(name) for name in named])) == below


def test_two_problems_in_one_place_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("a/x.yaml", "b/x.yaml"):
        put(GOOD.encode(), Path(file))
    with pytest.raises(InputError, match=r"a/x\.yaml and b/x\.yaml would both be built to x\.pdf"):
        build([Path("a/x.yaml"), Path("b/x.yaml")])


def test_a_folder_without_problems_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"there is no problem file \(\*\.yaml\) in"):
        find([tmp_path])


# ---------------------------------------------------------------- outcomes


def test_outcomes_of_one_build(here: Path, quick: list[Path]) -> None:
    """One that fails does not stop the others; what fails has no key."""
    built = {Path(row.file).stem: row for row in build(jobs=1)}
    for name, status, files, failure in OUTCOMES:
        assert built[name].status == status
        assert set(built[name].files) == files
        if name != "bad_tex":  # its place is TeX's to find, and TeX is not run here
            assert "".join(built[name].failures[:1]).startswith(f"problems/{failure}" if failure else "")
    stamps = {
        f".derive/{name}.json"
        for name, status, *_ in OUTCOMES
        if status in {"checked", "failed", "not-derived"}
    }
    assert tree(here / "build") == stamps | {name for *_, files, _ in OUTCOMES for name in files}
    assert exit_code(list(built.values())) == 2


def test_with_tex_and_several_processes(here: Path) -> None:
    built = {Path(row.file).stem: row for row in build(jobs=2)}
    for name, status, files, failure in OUTCOMES:
        assert (built[name].status, set(built[name].files)) == (status, files), name
        assert "".join(built[name].failures[:1]).startswith(f"problems/{failure}" if failure else "")
    assert built["good"].pages == 1
    assert (here / "build" / "good.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (["checked", "authored"], 0),
        (["checked", "not-checked"], 0),
        (["checked", "failed"], 1),
        (["not-derived"], 1),
        (["no-paper"], 1),
        (["failed", "bad-input"], 2),
        (["internal-error", "bad-input"], 3),
    ],
)
def test_exit_codes(statuses: list[str], code: int) -> None:
    assert exit_code([Built("p.yaml", status) for status in statuses]) == code


def test_a_key_that_no_longer_holds_is_removed(here: Path, quick: list[Path]) -> None:
    good = problem("good")
    build([good], tex=True)
    assert tree(here / "build") == {".derive/good.json", "good.pdf", "good.tex"}
    good.write_text(GOOD + "    expect: 2 * a\n")
    (row,) = build([good], tex=True)
    assert row.status == "failed"
    assert tree(here / "build") == {".derive/good.json", "good-handout.pdf", "good-handout.tex"}
    good.write_text(GOOD)
    (row,) = build([good])
    assert set(row.files) == {"good.pdf", "good-handout.pdf"}


def test_a_key_that_tex_refuses_leaves_no_older_one(here: Path, quick: list[Path]) -> None:
    good = problem("good")
    build([good])
    good.write_text(BAD_TEX)
    (row,) = build([good])
    assert row.status == "no-paper"
    assert tree(here / "build") == set()


def test_bad_input_writes_and_removes_nothing(here: Path, quick: list[Path]) -> None:
    good = problem("good")
    build([good])
    before = tree(here / "build")
    good.write_text(UNREADABLE)
    (row,) = build([good])
    assert row.status == "bad-input"
    assert tree(here / "build") == before


def test_without_tex_nothing_is_remembered(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(source: str, target: Path) -> Compiled:
        raise MissingTool("pdflatex is not installed", hint="install it: ...")

    monkeypatch.setattr(one, "compile_pdf", absent)
    (row,) = build([problem("good")])
    assert (row.status, row.failures) == ("no-paper", ("pdflatex is not installed\ninstall it: ...",))
    assert tree(here / "build") == set()


def test_a_defect_of_ours_is_one_outcome(
    here: Path, quick: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(one, "solve", defect)
    (row,) = build([problem("good")])
    assert row.status == "internal-error"
    said = "problems/good.yaml: internal error: ZeroDivisionError: x; please report it"
    assert row.failures == (said,)


# ---------------------------------------------------------------- nothing to do


def test_an_unchanged_problem_is_not_built_again(here: Path, quick: list[Path]) -> None:
    names = [problem("good"), problem("wrong")]
    first = build(names, jobs=1)
    quick.clear()
    again = build(names, jobs=1)
    assert quick == []
    assert again == first
    assert all(row.up_to_date for row in again)
    assert exit_code(again) == 1


CHANGES = {
    "the file": lambda here: problem("good").write_text(GOOD + "    # a comment\n"),
    "an output": lambda here: (here / "build" / "good.pdf").unlink(),
    "the stamp": lambda here: (here / "build" / ".derive" / "good.json").write_text("{broken"),
    "an old stamp": lambda here: (here / "build" / ".derive" / "good.json").write_text(
        '{"digest": 1, "built": {"a": 1}}'
    ),
    "a template": lambda here: (here / "own" / "x.j2").write_text("new"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_makes_a_problem_stale(here: Path, quick: list[Path], change: str) -> None:
    (here / "own").mkdir()
    build([problem("good")], templates=Path("own"))
    CHANGES[change](here)
    quick.clear()
    (row,) = build([problem("good")], templates=Path("own"))
    assert len(quick) == 1
    assert not row.up_to_date


@pytest.mark.parametrize("options", [{"force": True}, {"handout": True}, {"tex": True}])
def test_options_that_build_anew(here: Path, quick: list[Path], options: dict[str, Any]) -> None:
    build([problem("good")])
    (row,) = build([problem("good")], **options)
    assert not row.up_to_date


def test_a_handout_of_before_is_kept_up_with_the_key(here: Path, quick: list[Path]) -> None:
    build([problem("good")], handout=True)
    problem("good").write_text(GOOD.replace("A line", "Another"))
    build([problem("good")])
    assert b"Another" in Path("build/good-handout.pdf").read_bytes()


def test_nothing_to_do_imports_nothing_slow(here: Path, quick: list[Path]) -> None:
    build([problem("good")])
    probe = (
        "import sys, derive.cli\ntry: derive.cli.main(['build', 'problems/good.yaml'])\nexcept SystemExit: pass\n"
        "print('LOADED', [m for m in ('sympy', 'numpy', 'rich', 'jinja2', 'pylatex', 'ruamel') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", probe],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "nothing to do: 1 problem is up to date\nLOADED []\n"


def test_stamps_survive_a_round(here: Path, quick: list[Path]) -> None:
    (row,) = build([problem("wrong")])
    stamped = read_stamp(Path("build/.derive/wrong.json"))
    assert stamped is not None
    assert stamped[1] == row


def test_overfull_lines_are_noted(here: Path, quick: list[Path]) -> None:
    (row,) = build([problem("good")])
    assert row.notes == ("good.pdf: p.yaml:3: 9.0pt too wide",)


# ---------------------------------------------------------------- processes


def twice(job: int) -> int:
    if job == 3:
        os._exit(1)
    if job == 5:
        time.sleep(60)
    return 2 * job


def test_a_process_that_dies_costs_its_own_job_only() -> None:
    assert sorted(in_processes("test_batch:twice", [1, 2, 3, 4], 2), key=str) == [
        (0, 2),
        (1, 4),
        (2, None),
        (3, 8),
    ]


def test_leaving_ends_the_processes() -> None:
    started = time.monotonic()
    outcomes: Iterator[tuple[int, Any]] = in_processes("test_batch:twice", [1, 5, 5], 2)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(("number", "jobs"), [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 2)])
def test_an_interrupted_build_leaves_nothing_half_written(
    here: Path, number: signal.Signals, jobs: int
) -> None:
    """The build is stopped while TeX runs; what it had not finished is not there, nor are its processes."""
    loop = GOOD.replace("a^\\top x", "\\begin{matrix}" + "x\\\\" * 2000 + "\\end{matrix}" * 1)
    for name in ("one", "two"):
        problem(name).write_text(loop)
    (here / "tmp").mkdir()
    command = [
        sys.executable,
        "-m",
        "derive",
        "build",
        "problems/one.yaml",
        "problems/two.yaml",
        "-j",
        str(jobs),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(here / "tmp")}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        for _ in range(600):
            if any((here / "tmp").glob("derive-tex-*/paper.log")):
                break
            time.sleep(0.05)
        os.killpg(process.pid, number)
        process.wait(30)
        assert process.returncode == 128 + number
    assert list((here / "tmp").glob("derive-tex-*")) == []
    left = tree(here / "build")
    assert not [name for name in left if name.endswith(".part")]
    assert {name for name in left if name.endswith(".pdf")} == {
        f"{Path(name).stem}.pdf" for name in left if name.endswith(".json")
    }
