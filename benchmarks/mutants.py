"""How well planted errors are caught: every mutant of every derivation of problems/, a table by kind, the misses.

python benchmarks/mutants.py [--seeds 2]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import mutants  # noqa: E402

from derive.judging.answer import judge_text  # noqa: E402
from derive.kinds.solve import solve  # noqa: E402
from derive.notation.derivation import Chain  # noqa: E402
from derive.problem.load import load  # noqa: E402


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seeds", type=int, default=2, help="how many mutants of each kind for a line")
    options.add_argument("--quiet", action="store_true", help="no list of misses")
    chosen = options.parse_args()
    tried: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    alarms = lines = refused = 0
    missed: list[str] = []
    unmended: list[str] = []
    seen: set[str] = set()
    started = time.perf_counter()
    for file in mutants.files(ROOT):
        problem = load(file)
        for result in solve(problem, second_opinion=False).parts:
            for chain in (b for b in result.blocks if isinstance(b, Chain)):
                clean = judge_text(mutants.printed(chain, result), "answer.md", [problem], result.part.id)
                lines += len(clean.claims)
                alarms += sum(
                    j.verdict not in ("holds", "restated", "given", "unreadable") for j in clean.claims
                )
                unread = {j.claim.line for j in clean.claims if j.verdict == "unreadable"}
                refused += len(unread)
                for seed in range(chosen.seeds):
                    for mutant in mutants.mutants(result, chain, seed=seed):
                        text = mutant.text
                        if text in seen or unread & {mutants.FIRST_LINE, mutants.FIRST_LINE + mutant.line}:
                            continue
                        seen.add(text)
                        report = judge_text(text, "answer.md", [problem], result.part.id)
                        line = mutants.FIRST_LINE + mutant.line
                        there = [j for j in report.claims if j.claim.line == line]
                        tried[mutant.kind] += 1
                        where = f"{file.stem} {result.part.id} {mutant.kind}: {text.splitlines()[line - 1]}"
                        if report.first_wrong[:1] == [line]:
                            caught[mutant.kind] += 1
                        else:
                            verdict = there[0].verdict if there else "not read"
                            reason = "; ".join(r.text for r in there[0].reasons) if there else ""
                            missed.append(f"{where}\n    {verdict} {reason}")
                        if any(j.repair is not None and j.repair.verified for j in there):
                            mended[mutant.kind] += 1
                        else:
                            unmended.append(where)
    print(f"{'kind':16}{'mutants':>9}{'caught':>9}{'mended':>9}")
    for kind in mutants.KINDS:
        star = "*" if kind in mutants.UNKNOWN_TO_THE_TABLE else ""
        print(f"{kind + star:16}{tried[kind]:9}{caught[kind]:9}{mended[kind]:9}")
    total = tried.total()
    print(f"{'all':16}{total:9}{caught.total():9}{mended.total():9}")
    print(
        f"caught {caught.total() / total:.2%}, mended {mended.total() / total:.2%} (* not in the repair table)"
    )
    print(f"false alarms: {alarms} of {lines} lines without an error; {refused} of them are not read")
    print(f"{time.perf_counter() - started:.0f} s")
    if not chosen.quiet:
        print("\nmissed:", *missed, sep="\n  ")
        print("\nnot mended:", *unmended, sep="\n  ")
    return int(caught.total() < 0.99 * total or mended.total() < 0.9 * total or alarms > 0)


if __name__ == "__main__":
    sys.exit(main())
