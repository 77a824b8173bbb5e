"""The sections of docs/benchmarks.md, each written by the benchmark that measures it."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable


def put_section(page: Path, title: str, lines: Iterable[str]) -> None:
    """The section with this title, in place of the one that was there, else at the end."""
    heading = f"## {title}"
    before, after, inside = [], [], 0  # 0 before it, 1 in it, 2 behind it
    for line in page.read_text(encoding="utf-8").splitlines() if page.exists() else []:
        if line.startswith("## "):
            inside = 1 if line == heading else 2 if inside else 0
        (before if inside == 0 else after if inside == 2 else []).append(line)
    new = [heading, *(line.rstrip() for line in lines)]
    text = "\n".join([*before, *new, *after])
    page.write_text(text.rstrip() + "\n", encoding="utf-8")
