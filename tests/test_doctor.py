"""What the doctor finds, and what it says where something is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from derive.build import doctor
from derive.build.doctor import Finding, examine
from derive.render.paper import packaged_templates


def found(name: str, build: Path = Path("build")) -> Finding:
    return next(finding for finding in examine(build) if finding.name == name)


def test_this_machine_has_what_is_needed(tmp_path: Path) -> None:
    findings = examine(tmp_path / "build")
    assert [finding.name for finding in findings if not finding.fine] == []
    names = [finding.name for finding in findings]
    assert names[0] == "python"
    assert len(set(names)) == len(names)
    assert all(finding.why and finding.install for finding in findings)
    assert found("sympy").found == version("sympy")
    assert "pdfTeX" in (found("pdflatex").found or "")
    assert (found("exam.cls").found or "").endswith("/exam.cls")


def test_every_dependency_of_the_package_is_examined() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
    declared = dict((*row.split(">="), "")[:2] for row in project["dependencies"])
    examined = {name: least for name, least, _ in doctor._PACKAGES}
    assert examined.keys() == declared.keys()
    assert [name for name, least in declared.items() if least and examined[name] != least] == []


def test_every_package_of_the_templates_is_examined() -> None:
    base = (packaged_templates() / "base.tex.j2").read_text()
    loaded = {
        f"{name.strip()}.sty"
        for line in base.split("\n")
        if line.startswith(r"\usepackage")
        for name in line[line.rindex("{") + 1 : line.rindex("}")].split(",")
    }
    part_of_latex = {"fontenc.sty", "textcomp.sty", "graphicx.sty"}
    assert loaded - part_of_latex <= {name for name, _ in doctor._TEX_FILES}


def test_without_tex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = {finding.name: finding for finding in examine(tmp_path) if finding.found is None}
    assert {"pdflatex", "exam.cls", "tcolorbox.sty", "pdftoppm"} <= missing.keys()
    assert missing["pdflatex"].install.endswith("texlive-latex-extra lmodern")
    assert not missing["pdflatex"].fine
    assert missing["pdftoppm"].fine


@pytest.mark.parametrize(
    ("name", "least", "why"),
    [
        ("numpy", "999", f"x; {version('numpy')} is installed, 999 is needed"),
        ("no-such-package", "1", "x"),
    ],
)
def test_a_package_that_is_absent_or_old(name: str, least: str, why: str) -> None:
    assert doctor._package(name, least, "x") == Finding(
        name, None, True, why, f"python3 -m pip install '{name}>={least}'"
    )


@pytest.mark.parametrize(("name", "writable"), [("new/build", True), ("file/build", False)])
def test_where_the_pdfs_go(tmp_path: Path, name: str, writable: bool) -> None:
    (tmp_path / "file").write_text("")
    build = tmp_path / name
    finding = found(f"{build}/", build)
    assert finding.fine is writable
    assert not build.exists()
    if not writable:
        assert finding.why == f"{tmp_path / 'file'} cannot be written"


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert not found(f"{tmp_path}/", tmp_path).fine


def test_no_package_is_imported_to_ask_its_version() -> None:
    code = (
        "import sys, derive.build.doctor as d; d.examine();"
        "print([m for m in ('numpy', 'sympy', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
