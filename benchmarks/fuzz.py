r"""Broken and hostile answers through all of `derive check`: no crash, nothing over 5 s, nothing false that holds.

python benchmarks/fuzz.py [--inputs 100000] [--jobs 2] [--from 0] [--write]

Most inputs are about a quadratic form, one of 50 about the problems of an assignment, one of 1,000 is huge.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Iterator

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import fuzzing  # noqa: E402
from sections import put_section  # noqa: E402

FULL, HUGE = 50, 1000  # one of so many
CHUNK = 200
ABANDONED = 60  # seconds: what runs longer is not waited for

Found = dict[str, list[tuple[str, str]]]


class TooLong(Exception):
    pass


def _ring(number: int, frame: FrameType | None) -> None:
    raise TooLong


def chunk(first: int) -> tuple[Counter[str], Found, float]:
    """What became of CHUNK inputs: counts, the bad ones with their texts, the longest time."""
    signal.signal(signal.SIGPROF, _ring)
    counts: Counter[str] = Counter()
    bad: Found = {"crash": [], "hang": [], "false": []}
    longest = 0.0
    names = sorted(fuzzing.HUGE)
    for seed in range(first, first + CHUNK):
        full = seed % FULL == 0
        text, name = fuzzing.source(seed, full)
        if seed % HUGE == 1:
            text, name = fuzzing.huge(names[seed // HUGE % len(names)])
        choices = fuzzing.problems(full)
        signal.setitimer(signal.ITIMER_PROF, ABANDONED)
        try:
            outcome = fuzzing.tried(text, name, choices[seed // FULL % len(choices)])
        except TooLong:
            bad["hang"].append((f"{seed}", text[:300]))
            continue
        except Exception:
            bad["crash"].append((f"{seed}\n{traceback.format_exc(limit=-4)}", text[:300]))
            continue
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        longest = max(longest, outcome.seconds)
        counts.update({"inputs": 1, "held": outcome.held, "unsure": outcome.unsure, "full": full})
        counts["huge"] += seed % HUGE == 1
        if outcome.seconds > fuzzing.SLOW:
            bad["hang"].append((f"{seed}: {outcome.seconds:.1f} s", text[:300]))
        bad["false"] += [(f"{seed}", latex) for latex in outcome.false]
    return counts, bad, longest


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--from", type=int, default=0, dest="first", help="the seed of the first one")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    chosen = options.parse_args()
    counts: Counter[str] = Counter()
    bad: Found = {"crash": [], "hang": [], "false": []}
    longest, started = 0.0, time.perf_counter()
    starts = iter(range(chosen.first, chosen.first + chosen.inputs, CHUNK))
    with ProcessPoolExecutor(chosen.jobs) as pool:
        while batch := list(islice(starts, 10 * chosen.jobs)):
            for new, worse, slowest in pool.map(chunk, batch):
                counts.update(new)
                longest = max(longest, slowest)
                for kind, texts in worse.items():
                    bad[kind] += texts
                    for where, text in texts:
                        print(f"{kind} {where}\n    {text!r}", flush=True)
            seconds = time.perf_counter() - started
            said = ", ".join(f"{len(texts)} {kind}" for kind, texts in bad.items())
            print(f"{counts['inputs']} inputs, {seconds:.0f} s, longest {longest:.1f} s: {said}", flush=True)
    written = list(section(counts, bad, longest))
    print("\n".join(written))
    if chosen.write:
        put_section("Broken answers", written)
    return int(any(bad.values()))


def section(counts: Counter[str], bad: Found, longest: float) -> Iterator[str]:
    yield (
        f"{counts['inputs']:,} texts, cut, shuffled, salted with TeX and with what is no TeX, through all of `derive"
        f" check`: {counts['full']:,} about an assignment, {counts['huge']} of up to a million characters, the others"
        " about a quadratic form. `python benchmarks/fuzz.py --write` measures it.\n"
    )
    yield f"- Crashes: {len(bad['crash'])}. Longer than 5 s: {len(bad['hang'])}; the longest took {longest:.1f} s."
    yield (
        f"- Lines said to hold: {counts['held']:,}. Evaluated again without the checker, {len(bad['false'])} of them do"
        f" not; {counts['unsure']:,} could not be evaluated so (special cases, decimals, names of the answer's own)."
    )


if __name__ == "__main__":
    sys.exit(main())
