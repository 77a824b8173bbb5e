"""LaTeX source to PDF: one isolated pdflatex per document, and TeX's complaints told at the line of the YAML.

A generated document carries markers on lines of their own, `%@ problem.yaml:12:3`; an error or an overfull
line is told at the nearest marker before it. To explain one more complaint of TeX, add a row to `_EXPLAINED`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Mapping

from derive.build.atomic import put
from derive.errors import InputError, MissingTool, Place, TexError

INSTALL_TEX = "sudo apt-get install -y --no-install-recommends texlive-latex-extra lmodern"

_MARKER = re.compile(r"^%@ (?P<file>.+):(?P<line>\d+):(?P<column>\d+)\s*$")
_ERROR = re.compile(r"^(?P<file>[^\s:][^:]*):(?P<line>\d+): (?P<message>.+)$", re.MULTILINE)
_ABSENT = re.compile(r"File `(?P<name>[^']+\.(?:sty|cls|def|fd|clo))' not found")
_OVERFULL = re.compile(
    r"^Overfull \\hbox \((?P<points>[\d.]+)pt too wide\)[^\n]*?lines? (?P<line>\d+)", re.MULTILINE
)
_TOLERATED_POINTS = 1.0

# No time stamp, folder or banner in the PDF; on the source's first line, so that lines keep their numbers.
_REPRODUCIBLE = r"\pdftrailerid{}\pdfsuppressptexinfo=-1 "

_EXPLAINED = {
    "Undefined control sequence": "TeX does not know this command",
    "Missing $ inserted": "TeX met mathematics outside $...$, or a $ without its partner",
    "Extra }, or forgotten $": "a } too many, or a $ without its partner",
    "Missing } inserted": "a { without its }",
    "Double superscript": "two superscripts on one symbol: group them with braces",
    "Double subscript": "two subscripts on one symbol: group them with braces",
    "Misplaced alignment tab character &": "a & stands only inside a matrix, cases or aligned",
    "Dimension too large: \\ht \\tcb@upperbox": "one answer is longer than some twenty pages: split the part",
    "Extra alignment tab has been changed to \\cr": "a row has more columns than its table",
}


@dataclass(frozen=True)
class Compiled:
    """A PDF in its place. `overfull` names each line that sticks out by more than 1 pt, and its origin."""

    path: Path
    passes: int
    seconds: float
    overfull: tuple[str, ...]


def compile_pdf(
    source: str,
    target: Path,
    *,
    seconds: float = 60,
    passes: int = 4,
    source_map: Mapping[int, Place] | None = None,
) -> Compiled:
    """Typeset `source` and move the PDF to `target` in one step; on failure `target` stays as it was.

    `seconds` bounds all passes together; a further pass runs only while the .aux, .toc or .out files change.
    `source_map` adds places by line of `source` to those of its markers. With SOURCE_DATE_EPOCH set, equal
    sources give equal bytes. Raises TexError at the place in the YAML, MissingTool without TeX, FileError if
    `target` cannot be written.
    """
    started = time.monotonic()
    places = {**_markers(source), **(source_map or {})}
    with tempfile.TemporaryDirectory(prefix="derive-tex-") as name:
        folder = Path(name)
        (folder / "paper.tex").write_text(_REPRODUCIBLE + source, encoding="utf-8")
        before = _carried(folder)
        count, settled = 0, False
        while count < passes and not settled:
            count += 1
            left = started + seconds - time.monotonic()
            _one_pass(folder, left, seconds, places)
            after = _carried(folder)
            settled, before = after == before, after
        overfull = _overfull(_log(folder), places)
        pdf = folder / "paper.pdf"
        if not pdf.exists():
            raise TexError("the document has no pages")
        put(pdf.read_bytes(), target)
    return Compiled(target, count, time.monotonic() - started, overfull)


def _one_pass(folder: Path, left: float, seconds: float, places: Mapping[int, Place]) -> None:
    command = [
        "pdflatex",
        "-no-shell-escape",
        "-halt-on-error",
        "-file-line-error",
        "-interaction=nonstopmode",
    ]
    try:
        process = subprocess.Popen(
            [*command, "paper.tex"],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise MissingTool("pdflatex is not installed", hint=f"install it: {INSTALL_TEX}") from None
    try:
        code = process.wait(timeout=max(0.0, left))
    except subprocess.TimeoutExpired:
        raise TexError(f"TeX did not finish within {seconds:g} s", _nearest(places, 1)) from None
    finally:
        _kill_group(process)
    if code != 0:
        raise _failure(_log(folder), places)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """pdflatex and whatever it started; a group that has already gone is fine."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def _environment(folder: Path) -> dict[str, str]:
    own = {
        "HOME": str(folder),
        "TEXMFOUTPUT": str(folder),
        "openin_any": "p",
        "openout_any": "p",
        "LC_ALL": "C.UTF-8",
        "max_print_line": "10000",
        "error_line": "254",
        "half_error_line": "238",
    }
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is not None:
        if not epoch.isdecimal():
            raise InputError(f"SOURCE_DATE_EPOCH is '{epoch}'", hint="it must be whole seconds since 1970")
        own["FORCE_SOURCE_DATE"] = "1"
    return {**os.environ, **own}


def _carried(folder: Path) -> dict[str, bytes]:
    """What one pass hands to the next."""
    return {f.name: f.read_bytes() for f in sorted(folder.iterdir()) if f.suffix in {".aux", ".out", ".toc"}}


def _log(folder: Path) -> str:
    log = folder / "paper.log"
    return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""


def _markers(source: str) -> dict[int, Place]:
    found = {}
    for number, line in enumerate(source.split("\n"), start=1):
        match = _MARKER.match(line)
        if match:
            found[number] = Place(match["file"], int(match["line"]), int(match["column"]))
    return found


def _nearest(places: Mapping[int, Place], line: int) -> Place | None:
    """The place of the last marker at or before `line`, with its source line where the file can be read."""
    before = [number for number in places if number <= line]
    if not before:
        return None
    place = places[max(before)]
    if not place.text:
        try:
            lines = Path(place.file).read_text(encoding="utf-8").split("\n")
            return replace(place, text=lines[place.line - 1])
        except (OSError, UnicodeDecodeError, IndexError):
            pass
    return place


def _overfull(log: str, places: Mapping[int, Place]) -> tuple[str, ...]:
    found = []
    for match in _OVERFULL.finditer(log):
        if float(match["points"]) > _TOLERATED_POINTS:
            place = _nearest(places, int(match["line"]))
            origin = f"{place.file}:{place.line}" if place else f"line {match['line']} of the LaTeX"
            found.append(f"{origin}: {match['points']}pt too wide")
    return tuple(found)


def _failure(log: str, places: Mapping[int, Place]) -> TexError | MissingTool:
    """TeX's first error, in one sentence with the offending fragment."""
    absent = _ABSENT.search(log)
    if absent:
        return MissingTool(f"TeX has no {absent['name']}", hint=f"install it: {INSTALL_TEX}")
    match = _ERROR.search(log)
    if match is None:
        stopped = [line for line in log.split("\n") if line.startswith("! ")]
        return TexError(f"TeX: {stopped[0][2:].strip()}" if stopped else "TeX stopped without saying why")
    message = re.sub(r"^(LaTeX|Package \S+) Error: ", "", match["message"]).strip().rstrip(".")
    message = re.sub(r"\s+", " ", message)
    rest = log[match.end() :].split("\n")
    fragment = _fragment(rest, undefined=message == "Undefined control sequence")
    ours = Path(match["file"]).name == "paper.tex"
    place = _nearest(places, int(match["line"])) if ours else None
    return TexError(f"TeX: {message}" + (f": {fragment}" if fragment else ""), place, _EXPLAINED.get(message))


def _fragment(lines: list[str], *, undefined: bool) -> str:
    """What TeX had read when it stopped: the first context line that shows something, without its label."""
    for line in lines[:40]:
        match = re.match(r"^(?:l\.\d+ |<[a-z ]+> ?|\\\S+ ?(?:#\d)*->)(.*)$", line)
        if match and match[1].strip():
            text = match[1].strip()
            if undefined:
                commands = re.findall(r"\\[A-Za-z@]+|\\.", text)
                return commands[-1] if commands else text
            return text if len(text) <= 60 else "..." + text[-57:]
    return ""
