"""What was built from what: one stamp for each problem, so that a build with nothing to do does nothing.

A stamp holds the digest of everything its files were made from and the result to report again. What else a
file may depend on belongs in `foundation`. Only the standard library is imported here.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Iterable

from derive.build.atomic import put


@dataclass(frozen=True)
class Built:
    """The outcome for one problem. `files` are names beside the target; only `lasting` outcomes are stamped.

    `status` is that of the result, or bad-input, no-paper (TeX failed or is absent) or internal-error.
    """

    file: str
    status: str
    parts: int = 0
    seconds: float = field(default=0.0, compare=False)
    pages: int = 0
    files: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lasting: bool = field(default=True, compare=False)
    up_to_date: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Job:
    """What to build: `source` into files that begin with `target` (a path without an ending)."""

    source: Path
    target: Path
    stamp: Path
    foundation: str  # the digest of everything but the source
    handout: bool = False
    tex: bool = False
    templates: Path | None = None

    def file(self, ending: str) -> Path:
        return self.target.with_name(self.target.name + ending)


def foundation(options: Iterable[object], templates: Path | None) -> str:
    """The digest of all but the problem file: derive's own source, templates, options, Python."""
    package = Path(__file__).resolve().parent.parent
    folders = [package, package.parent / "templates", *([templates] if templates else [])]
    digest = blake2b(digest_size=20)
    for said in (*options, sys.version, os.environ.get("SOURCE_DATE_EPOCH")):
        digest.update(f"{said}\0".encode())
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in {".py", ".j2"}):
            digest.update(f"{path.relative_to(folder)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def digest_of(foundation: str, source: Path) -> str | None:
    """The digest a stamp must have; None where the file cannot be read."""
    try:
        read = source.read_bytes()
        if source.name == "assignment.yaml":  # its problems stand beside it
            read += b"".join(p.read_bytes() for p in sorted(source.parent.glob("*.yaml")) if p != source)
        return blake2b(foundation.encode() + read, digest_size=20).hexdigest()
    except OSError:
        return None


def read_stamp(stamp: Path) -> tuple[str, Built] | None:
    """The digest and outcome of the last build; None where there is none to be read."""
    try:
        found = json.loads(stamp.read_text(encoding="utf-8"))
        rows: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in found["built"].items()
        }
        return str(found["digest"]), Built(**rows)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_stamp(stamp: Path, digest: str, built: Built) -> None:
    rows = {
        key: value for key, value in asdict(built).items() if key not in {"seconds", "lasting", "up_to_date"}
    }
    text = json.dumps({"digest": digest, "built": rows}, indent=1)
    put(text.encode(), stamp)
