"""The sections of docs/benchmarks.md: each is written by the benchmark that measures it."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def sections(text: str) -> dict[str, list[str]]:
    """The lines under each title, those before the first under ""."""
    found: dict[str, list[str]] = {"": []}
    title = ""
    for line in text.splitlines():
        if line.startswith("## "):
            title = line.removeprefix("## ")
            found[title] = []
        else:
            found[title].append(line.rstrip())
    return found


def put(text: str, page: Path = PAGE) -> None:
    """The sections of `text` in place of those of the same title; new ones at the end."""
    found = sections(page.read_text(encoding="utf-8") if page.exists() else "")
    new = sections(text)
    if not any(new[""]):
        del new[""]
    whole: list[str] = []
    for title, lines in {**found, **new}.items():
        body = "\n".join(lines).strip()
        whole.append(f"## {title}\n{body}" if title else body)
    page.write_text("\n\n".join(whole) + "\n", encoding="utf-8")


def put_section(title: str, lines: Iterable[str], page: Path = PAGE) -> None:
    put("\n".join((f"## {title}", *lines)), page)
