"""Judged answers to files: the sheet in PDF or HTML, one for each answer."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from derive.build.atomic import put
from derive.build.tex import compile_pdf
from derive.errors import FileError, InputError
from derive.judging.judged import Report
from derive.judging.report_html import report_html
from derive.judging.report_sheet import sheet
from derive.render.paper import render


def write_sheets(reports: Sequence[Report], form: str, out: Path | None) -> list[Path]:
    """`answer1-checked.pdf` in the working directory or in the folder `out`; `out` may name the file of one answer."""
    targets = [_target(report, form, out, len(reports)) for report in reports]
    if len(set(targets)) < len(targets):
        raise InputError("two answers have the same name", hint="check them one by one, each with its own -o")
    for report, target in zip(reports, targets, strict=True):
        if form == "html":
            put(report_html(report).encode(), target)
        else:
            compile_pdf(render("sheet.tex.j2", sheet(report)), target)
    return targets


def _target(report: Report, form: str, out: Path | None, answers: int) -> Path:
    name = f"{Path(report.answer.text.file).stem}-checked.{form}"
    if out is None:
        return Path(name)
    if out.is_dir() or answers > 1 or out.suffix == "":
        if out.exists() and not out.is_dir():
            raise FileError(f"{out} is no folder", hint="several answers need a folder after -o")
        out.mkdir(parents=True, exist_ok=True)
        return out / name
    return out
