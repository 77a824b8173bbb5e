"""How well planted errors are caught: mutants of all derivations of problems/ and docs/gallery, by kind; the misses.

python benchmarks/mutants.py [--every 5] [--jobs 2] [--log build/mutants.jsonl] [--write]

The sample is drawn by a checksum of what a mutant is: it is the same on every machine, and stays so when a problem
is added. What the log has already is not tried again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Iterator
from zlib import crc32

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import mutants  # noqa: E402
from mutations import ABSENT, KINDS  # noqa: E402
from sections import put_section  # noqa: E402

from derive.judging.answer import judge_text  # noqa: E402
from derive.judging.judged import Judged  # noqa: E402
from derive.judging.sentences import spoken  # noqa: E402
from derive.kinds.solve import solve  # noqa: E402
from derive.notation.derivation import Chain  # noqa: E402
from derive.notation.latex import latex  # noqa: E402
from derive.problem.load import load  # noqa: E402
from derive.problem.model import Problem  # noqa: E402
from derive.render.say import in_latex  # noqa: E402

FINE = ("holds", "restated", "given")
FROM_BESIDE = frozenset({"replace"})  # rows that put in a part of the lines beside
Row = dict[str, Any]


def of_file(path: str, every: int, seeds: int, done: frozenset[str]) -> list[Row]:
    """What judging says of the clean chains of a file, and of its mutants in the sample."""
    file = Path(path)
    problem, found = load(file), []
    for result in solve(problem, second_opinion=False).parts:
        for n, chain in enumerate(b for b in result.blocks if isinstance(b, Chain)):
            name = f"{file.stem} {result.part.id} {n}"
            clean = judge_text(mutants.printed(chain, result), "answer.md", [problem], result.part.id)
            verdicts = {j.claim.line: j.verdict for j in clean.claims}
            unread = {line for line, verdict in verdicts.items() if verdict == "unreadable"}
            alarms = [v for v in verdicts.values() if v not in (*FINE, "unreadable")]
            found.append({"clean": name, "lines": len(verdicts), "unread": len(unread), "alarms": alarms})
            seen: set[str] = set()
            for mutant in (m for seed in range(seeds) for m in mutants.mutants(result, chain, seed=seed)):
                key = f"{name} {mutant.line} {mutant.kind} {crc32(mutant.text.encode()):08x}"
                readable = not unread & {mutants.FIRST_LINE, mutants.FIRST_LINE + mutant.line}
                if crc32(key.encode()) % every == 0 and readable and key not in seen | done:
                    seen.add(key)
                    found.append(measured(key, problem, mutant))
    return found


def measured(key: str, problem: Problem, mutant: mutants.Mutant) -> Row:
    started = time.process_time()
    report = judge_text(mutant.text, "answer.md", [problem], mutant.part.id)
    line = mutants.FIRST_LINE + mutant.line
    there: list[Judged] = [j for j in report.claims if j.claim.line == line]
    repair = next((j.repair for j in there if j.repair is not None and j.repair.verified), None)
    notation, voice = mutant.part.scope.notation, in_latex(mutant.part.scope)
    return {
        "mutant": key,
        "kind": mutant.kind,
        "caught": report.first_wrong[:1] == [line],
        "verdict": there[0].verdict if there else "not read",
        "said": "; ".join(spoken(reason, voice) for reason in there[0].reasons) if there else "",
        "repair": list(repair.kinds) if repair is not None else None,
        "wrong": mutant.text.splitlines()[line - 1].removesuffix(r" \\"),
        "right": latex(mutant.original, notation),
        "mended": latex(repair.node, notation) if repair is not None else "",
        "seconds": round(time.process_time() - started, 3),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--every", type=int, default=5, help="one mutant of so many")
    options.add_argument("--seeds", type=int, default=1, help="how many mutants of each kind for a line")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--only", default="", help="files whose name contains this")
    options.add_argument("--log", type=Path, help="where results are kept, to go on from")
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    chosen = options.parse_args()
    rows: list[Row] = []
    if chosen.log and chosen.log.exists():
        rows = [json.loads(line) for line in chosen.log.read_text(encoding="utf-8").splitlines()]
    done = frozenset(row["mutant"] for row in rows if "mutant" in row)
    files = [str(f) for f in mutants.files(ROOT) if chosen.only in f.stem]
    started = time.perf_counter()
    with ProcessPoolExecutor(chosen.jobs) as pool:
        waiting = {pool.submit(of_file, f, chosen.every, chosen.seeds, done): f for f in files}
        for n, future in enumerate(as_completed(waiting), 1):
            new = future.result()
            rows += new
            if chosen.log:
                with chosen.log.open("a", encoding="utf-8") as log:
                    log.writelines(json.dumps(row) + "\n" for row in new)
            seconds, tried = time.perf_counter() - started, sum("mutant" in row for row in rows)
            where = Path(waiting[future]).stem
            print(
                f"{n:3} of {len(files)} files, {tried:5} mutants, {seconds:5.0f} s  {where}", file=sys.stderr
            )
    tried = [row for row in rows if "mutant" in row]
    clean = {row["clean"]: row for row in rows if "clean" in row}
    written = list(section(tried, list(clean.values()), chosen.every))
    print("\n".join(written))
    if chosen.write:
        put_section("Planted errors", written)
    return int(
        sum(row["caught"] for row in tried) < 0.99 * len(tried)
        or sum(row["repair"] is not None for row in tried) < 0.9 * len(tried)
        or any(row["alarms"] for row in clean.values())
    )


def section(tried: list[Row], clean: list[Row], every: int) -> Iterator[str]:
    total = max(len(tried), 1)
    caught = [row for row in tried if row["caught"]]
    mended = [row for row in tried if row["repair"] is not None]
    beside = [row for row in mended if FROM_BESIDE & set(row["repair"])]
    same = [row for row in mended if row["mended"] == row["right"]]
    yield (
        f"The derivations of problems/ and docs/gallery as their author would hand them in, each with one error planted"
        f" into one line: {len(tried)} mutants, one of {every} of those there are, chosen by checksum. What changes no"
        " value was taken out by evaluation, without the checker. `python benchmarks/mutants.py --write` measures it.\n"
    )
    yield f"- The right line is the first wrong one: {len(caught)} of {len(tried)}, {len(caught) / total:.1%}."
    yield (
        f"- A verified repair: {len(mended)}, {len(mended) / total:.1%}; {len(same)} of them restore the line as it"
        f" was printed, {len(beside)} took a part of the lines beside it."
    )
    lines, unread = sum(row["lines"] for row in clean), sum(row["unread"] for row in clean)
    alarms = sum(len(row["alarms"]) for row in clean)
    yield f"- Without an error: {alarms} false alarms on {lines} lines; {unread} of them are not read.\n"
    yield "| kind | mutants | caught | mended | with a part of the lines beside |"
    yield "|---|---|---|---|---|"
    counts = {name: Counter(row["kind"] for row in some) for name, some in
              (("tried", tried), ("caught", caught), ("mended", mended), ("beside", beside))}  # fmt: skip
    for kind in KINDS:
        star = " \\*" if kind in ABSENT else ""
        yield f"| {kind}{star} | " + " | ".join(str(counts[name][kind]) for name in counts) + " |"
    yield "\n\\* no edit of the repair table undoes it."
    for title, some in (
        ("Missed", [row for row in tried if not row["caught"]]),
        ("Not mended", [row for row in tried if row["repair"] is None]),
    ):
        yield f"\n{title}:\n" if some else f"\n{title}: none."
        for row in some:
            where = " ".join(row["mutant"].split()[:2])
            yield f"- {where}, {row['kind']}: {row['verdict']}" + (f" ({row['said']})" if row["said"] else "")
            yield f"  `{row['wrong']}` for `{row['right']}`"


if __name__ == "__main__":
    sys.exit(main())
