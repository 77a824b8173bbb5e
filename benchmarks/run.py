"""`make bench`: what derive costs, as ratios to what cannot be avoided, measured side by side in one run.

A measurement is a row of ROWS: what is timed, what it is compared with, and the ratio it should stay under.
Times are those of the processor, and both are run alternately, so that a busy machine slows both; the table shows
medians, the ratio that of the pairs. It is the section "Cost" of docs/benchmarks.md.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

from sections import put_section

ROOT = Path(__file__).resolve().parent.parent
PROBLEMS = sorted(p for p in (ROOT / "problems").rglob("*.yaml") if p.name != "assignment.yaml")
ONE_KEY = ROOT / "problems" / "ift6135-a3" / "birnn.yaml"
ONE_PAGE = ROOT / "tests" / "answers" / "answer1.md"
RIGHT_OR_WRONG = (0, 1)  # what `derive check` found
PYTHON = sys.executable
DERIVE = [PYTHON, "-m", "derive"]

SOLVE_ALL = """
import sys
from derive.kinds.solve import solve
from derive.problem.load import load
for file in sys.argv[1:]:
    solve(load(file))
"""


@dataclass(frozen=True)
class Row:
    """`work` and `base` run once and take the seconds that are measured; `aim` is the ratio wanted."""

    name: str
    against: str
    work: Callable[[], None]
    base: Callable[[], None]
    aim: str
    runs: int = 7


def python(code: str, *arguments: object) -> Callable[[], None]:
    return command(PYTHON, "-c", code, *arguments)


def command(*words: object, cwd: Path = ROOT, codes: tuple[int, ...] = (0,)) -> Callable[[], None]:
    def run() -> None:
        done = subprocess.run([str(word) for word in words], cwd=cwd, stdout=subprocess.DEVNULL)
        if done.returncode not in codes:
            raise SystemExit(f"{words} ended with {done.returncode}")

    return run


def passes(folder: Path) -> Callable[[], None]:
    """The pdflatex runs that the key of ONE_KEY needs, with nothing around them."""
    build = [*DERIVE, "build", str(ONE_KEY), "--out", str(folder / "out"), "--tex"]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    (source,) = (folder / "out").rglob("*.tex")
    bare = folder / "bare"
    bare.mkdir()

    def run() -> None:
        for left in bare.iterdir():
            left.unlink()
        shutil.copy(source, bare / "paper.tex")
        before = None
        while (
            carried := {f.name: f.read_bytes() for f in bare.glob("paper.[ao]u[xt]")}
        ) != before or not before:
            before = carried
            command("pdflatex", "-interaction=batchmode", "paper.tex", cwd=bare)()

    return run


def rows(folder: Path) -> list[Row]:
    pass_ = python("pass")
    idle = [*DERIVE, "build", "--out", str(folder / "idle")]
    command(*idle)()
    table = [
        Row(
            f"derive and check {len(PROBLEMS)} problems, with the second opinion",
            'python -c "import sympy, numpy"',
            python(SOLVE_ALL, *PROBLEMS),
            python("import sympy, numpy"),
            "24 (12 on two cores)",
        ),
        Row(
            "judge a page of 50 lines",
            'python -c "import sympy, numpy"',
            command(*DERIVE, "check", ONE_PAGE, ONE_KEY, codes=RIGHT_OR_WRONG),
            python("import sympy, numpy"),
            "10",
        ),
        Row("derive --help", "python -c pass", command(*DERIVE, "--help"), pass_, "8", 21),
        Row("derive build, nothing to do", "python -c pass", command(*idle), pass_, "0.15 s", 21),
    ]
    if shutil.which("pdflatex"):
        table.append(
            Row(
                f"the key of {ONE_KEY.stem}",
                "its bare pdflatex passes + its derivation",
                command(*DERIVE, "build", ONE_KEY, "--out", folder / "key", "--force", "-j1"),
                both(passes(folder), command(*DERIVE, "solve", ONE_KEY)),
                "1.3",
                5,
            )
        )
    return table


def both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        first()
        second()

    return run


def seconds(work: Callable[[], None]) -> float:
    """The processor's seconds in the processes that it starts."""

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = spent()
    work()
    return spent() - before


def section(measured: list[tuple[str, float, str, float, float, str]]) -> Iterator[str]:
    yield "Seconds of the processor, medians of runs that alternate; the ratio is that of the pairs.\n"
    yield "| what | seconds | against | seconds | ratio | aim |"
    yield "|---|---|---|---|---|---|"
    for what, work, against, base, ratio, aim in measured:
        yield f"| {what} | {work:.3f} | `{against}` | {base:.3f} | {ratio:.2f} | {aim} |"


def main() -> None:
    os.environ["PYTHONPATH"] = str(ROOT)
    measured = []
    with tempfile.TemporaryDirectory(prefix="derive-bench-") as name:
        for row in rows(Path(name)):
            both(row.work, row.base)()  # caches filled, modules compiled
            times = [(seconds(row.work), seconds(row.base)) for _ in range(row.runs)]
            work, base = (statistics.median(column) for column in zip(*times, strict=True))
            ratio = statistics.median(w / b for w, b in times)
            measured.append((row.name, work, row.against, base, ratio, row.aim))
    print(f"{'what':32}{'seconds':>9}  {'against':44}{'seconds':>9}{'ratio':>8}  aim")
    for what, work, against, base, ratio, aim in measured:
        print(f"{what:32}{work:9.3f}  {against:44}{base:9.3f}{ratio:8.2f}  {aim}")
    put_section("Cost", section(measured))


if __name__ == "__main__":
    main()
