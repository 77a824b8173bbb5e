"""Kind `algorithm:` the pseudo-code is printed from the statements that run, and each function is run.

That it does what its author says is for `claims:` to check; without claims only that it ends is known.
"""

from __future__ import annotations

from derive.check.runs import runs
from derive.notation.derivation import Answer, Block, Finding
from derive.notation.pseudocode import listing
from derive.problem.model import Part


def algorithm(part: Part) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    blocks: list[Block] = [listing(function) for function in part.algorithm]
    blocks += [Finding(function.name, runs(function, part.scope)) for function in part.algorithm]
    return tuple(blocks), ()
