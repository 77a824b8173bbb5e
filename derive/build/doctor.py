"""What this machine has of what `derive` needs: Python, packages, TeX, a place to write.

To need one more thing, add a row to `_PACKAGES` or `_TEX_FILES`. No package is imported to ask its version.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from derive.build.tex import INSTALL_TEX


@dataclass(frozen=True)
class Finding:
    """One row of `derive doctor`. `found` is a version or a path, None where it is absent or too old."""

    name: str
    found: str | None
    needed: bool
    why: str
    install: str

    @property
    def fine(self) -> bool:
        return self.found is not None or not self.needed


# distribution, least version, what it is for
_PACKAGES = (
    ("sympy", "1.14", "second opinion on derivatives, exact numbers"),
    ("numpy", "2", "numeric check of every line"),
    ("jinja2", "3", "LaTeX templates"),
    ("pylatex", "1.4", "tables and escaping in the PDF"),
    ("ruamel.yaml", "0.18", "problem files"),
    ("pydantic", "2", "checked structure of problem files"),
    ("click", "8.1", "command line"),
    ("rich", "13", "output in the terminal"),
    ("platformdirs", "3", "where the cache lives"),
)

# file, what it is for
_TEX_FILES = (
    ("exam.cls", "document class with questions and points"),
    ("mathtools.sty", "mathematics"),
    ("amssymb.sty", "mathematical symbols"),
    ("bm.sty", "bold symbols"),
    ("lmodern.sty", "fonts"),
    ("tcolorbox.sty", "the frame of an answer"),
    ("tikz.sty", "figures"),
    ("array.sty", "tables"),
    ("booktabs.sty", "tables"),
    ("varwidth.sty", "the box around a long answer"),
    ("enumitem.sty", "lists"),
    ("geometry.sty", "margins"),
    ("xcolor.sty", "colours"),
)

_INSTALL_POPPLER = "sudo apt-get install -y poppler-utils"


def examine(build: Path = Path("build")) -> list[Finding]:
    """One Finding for each thing `derive` uses, in the order Python, packages, TeX, folders."""
    python = Finding(
        "python",
        ".".join(map(str, sys.version_info[:3])) if sys.version_info >= (3, 11) else None,
        True,
        "at least 3.11",
        "sudo apt-get install -y python3",
    )
    packages = [_package(*row) for row in _PACKAGES]
    pdflatex = Finding("pdflatex", _first_line("pdflatex", "--version"), True, "makes the PDF", INSTALL_TEX)
    files = [Finding(name, path, True, why, INSTALL_TEX) for name, why, path in _tex_files()]
    fallback = Finding(
        "microtype.sty",
        _kpsewhich(["microtype.sty"]).get("microtype.sty"),
        False,
        "finer typesetting",
        INSTALL_TEX,
    )
    pictures = Finding(
        "pdftoppm",
        _first_line("pdftoppm", "-v"),
        False,
        "pages as pictures, for looking at them",
        _INSTALL_POPPLER,
    )
    return [python, *packages, pdflatex, *files, fallback, pictures, _writable(build)]


def _package(name: str, least: str, why: str) -> Finding:
    install = f"python3 -m pip install '{name}>={least}'"
    try:
        found = version(name)
    except PackageNotFoundError:
        return Finding(name, None, True, why, install)
    if _numbers(found) < _numbers(least):
        return Finding(name, None, True, f"{why}; {found} is installed, {least} is needed", install)
    return Finding(name, found, True, why, install)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", text)[:3])


def _first_line(program: str, option: str) -> str | None:
    """The first line a program says about its version; pdftoppm says it on stderr."""
    if shutil.which(program) is None:
        return None
    said = _run([program, option])
    return said.strip().split("\n")[0] or None


def _tex_files() -> list[tuple[str, str, str | None]]:
    paths = _kpsewhich([name for name, _ in _TEX_FILES])
    return [(name, why, paths.get(name)) for name, why in _TEX_FILES]


def _kpsewhich(names: list[str]) -> dict[str, str]:
    """Where TeX finds each file: kpsewhich prints one path a line and nothing for a file it does not find."""
    if shutil.which("kpsewhich") is None:
        return {}
    paths = _run(["kpsewhich", *names]).split("\n")
    return {Path(path.strip()).name: path.strip() for path in paths if path.strip()}


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _writable(build: Path) -> Finding:
    """Whether PDFs can be put into `build`; where it does not exist yet, whether it can be made."""
    nearest = next(folder for folder in (build.absolute(), *build.absolute().parents) if folder.exists())
    allowed = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    why = "the PDFs go there" if allowed else f"{nearest} cannot be written"
    return Finding(f"{build}/", str(build) if allowed else None, True, why, f"chmod u+w '{nearest}'")
