"""pdflatex as we call it: what it says when it fails, and that a failure leaves nothing behind.

To cover one more complaint of TeX, add a row to `COMPLAINTS`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from derive.build.tex import compile_pdf
from derive.errors import DeriveError, FileError, InputError, MissingTool, Place, TexError


def article(body: str, preamble: str = "") -> str:
    return f"\\documentclass{{article}}{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"


MARKED = "first paragraph\n\n%@ rnn.yaml:12:5\nsecond\n\n%@ rnn.yaml:20:7\n{}\n\n%@ rnn.yaml:30:1\nlast"

COMPLAINTS = [
    (
        r"$\foo{x}$",
        TexError,
        r"rnn.yaml:20:7: TeX: Undefined control sequence: \foo",
        "does not know this command",
    ),
    (r"text \(\frac{\bar}{2}\)", TexError, "rnn.yaml:20:7: TeX: ", ""),
    (r"x_1", TexError, "rnn.yaml:20:7: TeX: Missing $ inserted: x_", "outside $...$"),
    (r"$x^2^3$", TexError, "rnn.yaml:20:7: TeX: Double superscript: $x^2^", "group them"),
    (r"a & b", TexError, "rnn.yaml:20:7: TeX: Misplaced alignment tab character &: a &", "inside a matrix"),
    (r"\begin{nothing}\end{nothing}", TexError, "rnn.yaml:20:7: TeX: Environment nothing undefined", ""),
    (r"\input{/etc/passwd}", TexError, "rnn.yaml:20:7: TeX: ", ""),
    (r"\openin5=/etc/passwd \ifeof5 \closed\fi", TexError, r"TeX: Undefined control sequence: \closed", ""),
    (r"\immediate\write18{touch /tmp/derive-was-here}\closed", TexError, r"\closed", ""),
    (r"\immediate\openout5=../outside.tex \closed", TexError, "rnn.yaml:20:7: TeX: ", ""),
    ("你", TexError, "rnn.yaml:20:7: TeX: Unicode character 你 (U+4F60)", ""),
    (r"\usepackage{notthere}", TexError, "rnn.yaml:20:7: TeX: Can be used only in preamble", ""),
]


@pytest.mark.parametrize(("body", "kind", "message", "hint"), COMPLAINTS, ids=[row[0] for row in COMPLAINTS])
def test_complaints_are_placed(
    tmp_path: Path, body: str, kind: type[DeriveError], message: str, hint: str
) -> None:
    with pytest.raises(kind) as caught:
        compile_pdf(article(MARKED.format(body)), tmp_path / "key.pdf")
    assert message in str(caught.value)
    assert hint in str(caught.value)
    assert "\n" not in caught.value.message
    assert caught.value.place == Place("rnn.yaml", 20, 7)
    assert not Path("/tmp/derive-was-here").exists()
    assert list(tmp_path.iterdir()) == []


def test_the_source_line_is_shown_where_it_can_be_read(tmp_path: Path) -> None:
    problem = tmp_path / "p.yaml"
    problem.write_text("format: 1\nask: $\\foo$\n")
    with pytest.raises(TexError) as caught:
        compile_pdf(article(f"%@ {problem}:2:6\n$\\foo$"), tmp_path / "key.pdf")
    assert str(caught.value).split("\n")[1:3] == ["    ask: $\\foo$", "         ^"]


def test_places_may_be_given_beside_the_source(tmp_path: Path) -> None:
    with pytest.raises(TexError) as caught:
        compile_pdf(article("a\n\n\\foo"), tmp_path / "key.pdf", source_map={3: Place("p.yaml", 7, 2)})
    assert str(caught.value).startswith("p.yaml:7:2: TeX: Undefined control sequence: \\foo")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("\\documentclass{article}\\begin{document}\\end{document}", "the document has no pages"),
        ("\\documentclass{article}\\begin{document} endless", "TeX: "),
    ],
)
def test_documents_that_are_none(tmp_path: Path, source: str, message: str) -> None:
    with pytest.raises(TexError, match=message):
        compile_pdf(source, tmp_path / "key.pdf")


def test_a_missing_package_names_the_command_that_installs_it(tmp_path: Path) -> None:
    with pytest.raises(MissingTool) as caught:
        compile_pdf(article("x", r"\usepackage{notthere}"), tmp_path / "key.pdf")
    assert str(caught.value).startswith("TeX has no notthere.sty\ninstall it: sudo apt-get install -y ")


def test_without_pdflatex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool) as caught:
        compile_pdf(article("x"), tmp_path / "key.pdf")
    assert caught.value.message == "pdflatex is not installed"
    assert "texlive-latex-extra lmodern" in (caught.value.hint or "")


def test_a_failure_leaves_the_old_pdf(tmp_path: Path) -> None:
    target = tmp_path / "key.pdf"
    target.write_bytes(b"old")
    with pytest.raises(TexError):
        compile_pdf(article(r"\foo"), target)
    assert target.read_bytes() == b"old"
    assert [f.name for f in tmp_path.iterdir()] == ["key.pdf"]


def test_a_failing_rename_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "key.pdf"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(FileError, match=r"cannot write .*key\.pdf: No space left on device"):
        compile_pdf(article("x"), target)
    assert target.read_bytes() == b"old"
    assert [f.name for f in tmp_path.iterdir()] == ["key.pdf"]


def test_a_target_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("")
    with pytest.raises(FileError, match="cannot write"):
        compile_pdf(article("x"), tmp_path / "build" / "key.pdf")


def test_success_replaces_in_a_folder_made_on_the_way(tmp_path: Path) -> None:
    target = tmp_path / "a folder" / "deep" / "key.pdf"
    done = compile_pdf(article("x"), target)
    assert done.path == target
    assert done.overfull == ()
    assert 0 < done.seconds < 60
    assert target.read_bytes().startswith(b"%PDF-")
    assert [f.name for f in target.parent.iterdir()] == ["key.pdf"]


def test_the_time_limit_ends_the_whole_group(tmp_path: Path) -> None:
    before = _tex_processes()
    started = time.monotonic()
    with pytest.raises(TexError) as caught:
        compile_pdf(article("%@ p.yaml:1:1\n\\def\\x{\\x}\\x"), tmp_path / "key.pdf", seconds=1.5)
    assert caught.value.message == "TeX did not finish within 1.5 s"
    assert time.monotonic() - started < 10
    assert not _tex_processes() - before
    assert list(tmp_path.iterdir()) == []


def _tex_processes() -> set[str]:
    """Every child of this process that is still there."""
    own = str(os.getpid())
    stats = [f.read_text() for f in Path("/proc").glob("[0-9]*/stat") if f.exists()]
    return {
        stat.split()[0] for stat in stats if "(pdflatex)" in stat and stat.rsplit(")", 1)[1].split()[1] == own
    }


def test_passes_end_when_nothing_changes(tmp_path: Path) -> None:
    assert compile_pdf(article("See \\pageref{a}.\\label{a}"), tmp_path / "a.pdf").passes == 2
    contents = article("\\tableofcontents" + "\\section{A}" * 80 + "\\label{a}\\pageref{a}")
    assert compile_pdf(contents, tmp_path / "b.pdf").passes == 3
    assert compile_pdf(contents, tmp_path / "c.pdf", passes=1).passes == 1


def test_equal_sources_give_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = article("\\section{A} \\today")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    first = compile_pdf(source, tmp_path / "one" / "key.pdf").path.read_bytes()
    time.sleep(1.1)
    second = compile_pdf(source, tmp_path / "two" / "other.pdf").path.read_bytes()
    assert first == second
    assert b"19700102" in first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "172800")
    assert compile_pdf(source, tmp_path / "three.pdf").path.read_bytes() != first


def test_a_source_date_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(InputError, match="SOURCE_DATE_EPOCH is 'yesterday'\nit must be whole seconds"):
        compile_pdf(article("x"), tmp_path / "key.pdf")


def test_overfull_lines_are_told_with_their_place(tmp_path: Path) -> None:
    body = MARKED.format(r"\noindent\hbox to\dimexpr\linewidth+30pt{x\hfil}")
    (found,) = compile_pdf(article(body), tmp_path / "key.pdf").overfull
    assert re.fullmatch(r"rnn\.yaml:20: 30\.0\d*pt too wide", found)
    slight = MARKED.format(r"\noindent\hbox to\dimexpr\linewidth+0.9pt{x\hfil}")
    assert compile_pdf(article(slight), tmp_path / "key.pdf").overfull == ()


def test_importing_it_is_cheap() -> None:
    code = (
        "import sys, derive.build.tex; print([m for m in ('numpy', 'sympy', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
