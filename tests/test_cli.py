"""The command: its texts, exit codes, and what it promises not to import. A new command is a row in COMMANDS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIRNN = ROOT / "problems" / "ift6135-a3" / "birnn.yaml"
COMMANDS = ["solve", "grad", "build", "check", "validate", "rules", "functions", "doctor"]
SLOW = ["sympy", "numpy", "rich", "jinja2", "pylatex", "pydantic", "ruamel", "platformdirs"]

SMALL = """format: 1
title: A quadratic
symbols:
  A: matrix(n, n)
  x: vector(n)
parts:
  - id: a
    ask: Derive the gradient.
    find: gradient(x.T @ A @ x, x)
"""
WRONG = SMALL + "    expect: 2 * A @ x\n"
UNDERIVED = SMALL.replace("find: gradient(x.T @ A @ x, x)", "find: x")


def derive(*arguments: object, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-m", "derive", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    return file


# ---------------------------------------------------------------- help, and what it costs


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_ends_with_an_example(command: str) -> None:
    said = derive(command, "--help")
    assert said.returncode == 0
    example = said.stdout.rstrip().split("\n\n")[-1].split("\n")
    assert example[0] == "  Example:"
    assert example[1].startswith(f"    derive {command}")


def test_help_lists_every_command() -> None:
    said = derive("--help").stdout
    assert [c for c in COMMANDS if f"\n  {c} " not in said] == []


@pytest.mark.parametrize(
    "code",
    [
        "import derive",
        "import derive.cli",
        "import derive.cli\ntry: derive.cli.main(['--help'])\nexcept SystemExit: pass",
        "import derive.cli\ntry: derive.cli.main(['solve', '--help'])\nexcept SystemExit: pass",
        "import derive.cli\ntry: derive.cli.main(['build', 'there-is-none'])\nexcept SystemExit: pass",
        "import derive.build.batch, derive.build.stamps, derive.build.workers",
    ],
)
def test_what_must_start_fast_imports_nothing_slow(code: str) -> None:
    probe = f"{code}\nimport sys\nprint('LOADED', [m for m in {SLOW} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip().endswith("LOADED []")


def test_solving_needs_neither_pydantic_nor_templates(small: Path) -> None:
    probe = (
        f"import sys, derive.cli\ntry: derive.cli.main(['solve', {str(small)!r}, '--no-second-opinion'])\n"
        "except SystemExit: pass\n"
        "print('LOADED', [m for m in ('pydantic', 'jinja2', 'pylatex', 'rich') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip().endswith("LOADED []")


# ---------------------------------------------------------------- exit codes and errors


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["bild"], 2, "No such command 'bild'"),
        (["solve"], 2, "Missing argument 'FILE'"),
        (["solve", "x.yaml", "--frmat", "json"], 2, "No such option"),
        (["solve", "x.yaml", "--format", "html"], 2, "'html' is not one of 'text', 'latex', 'json'"),
        (["solve", "none.yaml"], 2, "none.yaml: no such file"),
        (["solve", "small.yaml", "--part", "aa"], 2, "small.yaml has no part 'aa'\ndid you mean 'a'?"),
        (["solve", "small.yaml", "--part", "zzz"], 2, "small.yaml has no part 'zzz'\nits parts are a"),
        (["solve", "wrong.yaml"], 1, ""),
        (["solve", "underived.yaml"], 1, ""),
        (["solve", "small.yaml"], 0, ""),
        (["build", "none"], 2, "there is no file or folder 'none'"),
        (
            ["build"],
            2,
            "there is no file or folder 'problems'\nname files or folders: derive build homework/",
        ),
        (["build", "empty"], 2, "there is no problem file (*.yaml) in 'empty'"),
        (["build", "small.yaml", "-j", "0"], 2, "0 is not in the range x>=1"),
        (["build", "small.yaml", "--templates", "none"], 2, "there is no folder of templates 'none'"),
        (["build", "small.yaml", "--out", "small.yaml"], 2, "cannot build into small.yaml: it is a file"),
        (["validate"], 2, "Missing argument 'FILE...'"),
        (["validate", "small.yaml", "none.yaml"], 2, "none.yaml: no such file"),
    ],
)
def test_exit_codes_and_messages(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "wrong.yaml").write_text(WRONG)
    (tmp_path / "underived.yaml").write_text(UNDERIVED)
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    said = derive(*arguments, cwd=tmp_path)
    assert said.returncode == code
    assert message in said.stderr
    assert "Traceback" not in said.stderr
    assert sorted(tmp_path.rglob("*")) == before


BROKEN = "from derive.build import doctor\ndef examine(): raise {}\ndoctor.examine = examine\n"


@pytest.mark.parametrize(
    ("error", "debug", "code", "message"),
    [
        ("ZeroDivisionError('x')", "", 3, "internal error: ZeroDivisionError: x; please report it"),
        ("ZeroDivisionError('x')", "1", 1, "Traceback"),
        ("KeyboardInterrupt", "", 130, "interrupted"),
        ("BrokenPipeError", "", 0, ""),
    ],
)
def test_unexpected_ends(error: str, debug: str, code: int, message: str) -> None:
    program = BROKEN.format(error) + "from derive.cli import main\nmain(['doctor'])"
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DERIVE_DEBUG": debug},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == code
    assert message in said.stderr
    assert ("Traceback" in said.stderr) == (debug == "1")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = [sys.executable, "-m", "derive", "rules"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(60) in {0, -signal.SIGPIPE}
        assert process.stderr.read() == ""


def test_signs_a_terminal_cannot_show_are_spelled_out(small: Path) -> None:
    said = derive("solve", small, "--no-second-opinion", PYTHONIOENCODING="latin-1")
    assert said.returncode == 0
    assert "\\u2713 a  checked" in said.stdout


# ---------------------------------------------------------------- solve


def test_solve_as_json() -> None:
    said = derive("solve", BIRNN, "--part", "1.2.a", "--format", "json")
    written = json.loads(said.stdout)
    assert said.stderr == ""
    assert written["problem"] == "birnn"
    assert [part["id"] for part in written["parts"]] == ["1.2.a"]
    part = written["parts"][0]
    assert part["status"] == "checked"
    assert part["answers"][0]["text"] == "2 * V_f.T @ (y[t] - z[t])"
    assert part["answers"][0]["expect"]["agrees"] is True
    assert part["second_opinion"]["status"] == "agrees"


def test_solve_without_second_opinion() -> None:
    said = derive("solve", BIRNN, "--part", "1.2.a", "--format", "json", "--no-second-opinion")
    assert json.loads(said.stdout)["parts"][0]["second_opinion"]["status"] == "skipped"


def test_solve_as_latex(small: Path) -> None:
    said = derive("solve", small, "--format", "latex").stdout
    assert said.startswith("% a (checked)\n\\begin{align*}\n")
    assert said.endswith("\\end{align*}\n")


def test_solve_in_the_terminal(small: Path) -> None:
    brief, full = derive("solve", small).stdout, derive("solve", small, "--detail", "full").stdout
    assert "\x1b" not in brief
    assert "answer  (A" in brief
    assert "holds, random instances" in full
    assert len(full) > len(brief)


# ---------------------------------------------------------------- the other commands


def test_validate_lists_inferred_sizes() -> None:
    said = derive("validate", BIRNN)
    assert said.stdout == f"{BIRNN}: 11 parts; sizes: T, d, h, o\n"


def test_validate_reads_on_after_an_error(small: Path) -> None:
    bad = small.with_name("bad.yaml")
    bad.write_text(SMALL.replace("A @ x", "B @ x"))
    said = derive("validate", bad, small)
    assert said.returncode == 2
    assert "unknown symbol 'B'" in said.stderr
    assert said.stdout == f"{small}: 1 part; sizes: n\n"


def test_rules_and_functions_are_tables() -> None:
    rules, functions = derive("rules").stdout.split("\n"), derive("functions").stdout.split("\n")
    assert rules[0].split() == ["group", "name", "statement", "conditions"]
    assert any("d(A @ B) == d(A) @ B + A @ d(B)" in line for line in rules)
    assert functions[0].split() == ["kind", "write", "meaning"]
    assert any(line.startswith("verb") and "gradient(f, x)" in line for line in functions)


def test_doctor_says_what_is_there() -> None:
    said = derive("doctor")
    assert said.stdout.split("\n")[0].startswith("ok      python")


def test_version() -> None:
    assert derive("--version").stdout == "derive 0.1.0\n"
