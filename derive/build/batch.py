"""Many problems to their papers: which files, which of them are stale, over how many processes.

`build(paths, out)` is the whole of it. With nothing to do it imports nothing but the standard library; the
work on one file is `one.py`, the memory of it `stamps.py`.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Iterator, Sequence

from derive.build.stamps import Built, Job, digest_of, foundation, read_stamp
from derive.errors import FileError, InputError

PROBLEMS = Path("problems")
BUILD = Path("build")
ENDINGS = frozenset({".yaml", ".yml"})
# The worst outcome of any file is the exit code of the build; every other outcome is 0.
EXIT_CODES = {"failed": 1, "not-derived": 1, "no-paper": 1, "bad-input": 2, "internal-error": 3}


@dataclass(frozen=True)
class Source:
    """A problem file and its path below `out`, without an ending."""

    path: Path
    below: Path


def build(
    paths: Sequence[Path] = (),
    out: Path = BUILD,
    *,
    jobs: int | None = None,
    handout: bool = False,
    tex: bool = False,
    templates: Path | None = None,
    force: bool = False,
    watch: Callable[[int], AbstractContextManager[Callable[[Built], None]]] | None = None,
) -> list[Built]:
    """The outcome for every problem of `paths` (files and folders), in their order.

    A key is written where nothing failed, a handout where there is no key or `handout` asks for it; the LaTeX
    beside it with `tex`. `watch(number of stale problems)` gives what is told each outcome as it comes.
    """
    if templates is not None and not templates.is_dir():
        raise FileError(f"there is no folder of templates '{templates}'")
    sources = find(paths or [PROBLEMS])
    if out.exists() and not out.is_dir():
        raise FileError(f"cannot build into {out}: it is a file")
    base = foundation((handout, tex), templates)
    done: dict[int, Built] = {}
    stale: list[int] = []
    for number, source in enumerate(sources):
        known = None if force else _known(source, out, base)
        if known is None:
            stale.append(number)
        else:
            done[number] = known
    if stale:
        made = [_job(sources[n], out, base, handout, tex, templates) for n in stale]
        with watch(len(stale)) if watch else nullcontext(lambda built: None) as tell:
            for number, built in _run(made, jobs):
                done[stale[number]] = built
                tell(built)
    return [done[number] for number in range(len(sources))]


def exit_code(outcomes: Sequence[Built]) -> int:
    return max((EXIT_CODES.get(built.status, 0) for built in outcomes), default=0)


# ---------------------------------------------------------------- which files


def find(paths: Sequence[Path]) -> list[Source]:
    """The problem files of `paths`, each once; InputError where two would be built to the same place."""
    sources: dict[Path, Source] = {}
    for path in paths:
        for file, root in _files(path):
            below = _below(file, root)
            sources.setdefault(
                file.resolve(), Source(file, below.with_name(below.name[: -len(below.suffix)]))
            )
    targets: dict[Path, Path] = {}
    for source in sources.values():
        other = targets.setdefault(source.below, source.path)
        if other != source.path:
            hint = "rename one, or build them into different folders with --out"
            raise InputError(
                f"{other} and {source.path} would both be built to {source.below}.pdf", hint=hint
            )
    return list(sources.values())


def _files(path: Path) -> Iterator[tuple[Path, Path]]:
    if path.is_dir():
        found = sorted(_walk(path))
        if not found:
            raise FileError(f"there is no problem file (*.yaml) in '{path}'")
        yield from ((file, path) for file in found)
    elif path.exists():
        yield path, path.parent
    else:
        hint = "name files or folders: derive build homework/" if path == PROBLEMS else None
        raise FileError(f"there is no file or folder '{path}'", hint=hint)


def _walk(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (
            Path(place, name) for name in files if Path(name).suffix in ENDINGS and not name.startswith(".")
        )


def _below(file: Path, root: Path) -> Path:
    """The path relative to problems/ where the file is in it, else to the folder that was named."""
    home = PROBLEMS.resolve()
    if file.resolve().is_relative_to(home):
        return file.resolve().relative_to(home)
    return file.relative_to(root)


# ---------------------------------------------------------------- which of them are stale


def _stamp(source: Source, out: Path) -> Path:
    below = source.below
    return out / ".derive" / below.with_name(f"{below.name}.json")


def _known(source: Source, out: Path, base: str) -> Built | None:
    """The outcome of the last build where nothing has changed since and its files are still there."""
    found = read_stamp(_stamp(source, out))
    if found is None:
        return None
    digest, built = found
    folder = (out / source.below).parent
    if digest != digest_of(base, source.path) or built.file != str(source.path):
        return None
    return replace(built, up_to_date=True) if all((folder / name).is_file() for name in built.files) else None


def _job(source: Source, out: Path, base: str, handout: bool, tex: bool, templates: Path | None) -> Job:
    """A handout of an earlier build is made anew too: none may show other questions than the key."""
    again = out / source.below.with_name(f"{source.below.name}-handout.pdf")
    return Job(
        source.path,
        out / source.below,
        _stamp(source, out),
        base,
        handout or again.is_file(),
        tex,
        templates,
    )


def _run(made: Sequence[Job], jobs: int | None) -> Iterator[tuple[int, Built]]:
    from derive.build.workers import cores, ending_gently, in_processes

    count = min(jobs or cores(), len(made))
    with ending_gently():
        if count <= 1:
            from derive.build.one import build_one

            yield from ((number, build_one(job)) for number, job in enumerate(made))
            return
        for number, built in in_processes("derive.build.one:build_one", made, count):
            if built is None:
                said = f"{made[number].source}: its process died (out of memory?)"
                built = Built(str(made[number].source), "internal-error", failures=(said,), lasting=False)
            yield number, built
