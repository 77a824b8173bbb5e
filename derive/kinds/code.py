"""Kind `code:` the meaning is given in the notation of problem files, the engine writes the NumPy program for it.

The program that is printed is run and compared with the interpreter on random instances.
"""

from __future__ import annotations

from derive.check.programs import agrees
from derive.errors import NotDerived, NotEvaluated
from derive.notation.derivation import Answer, Block, Finding, Listing, ListingRow, Words
from derive.notation.statement_code import program
from derive.problem.model import Part


def code(part: Part) -> tuple[tuple[Block, ...], tuple[Answer, ...]]:
    try:
        texts = [program(function) for function in part.algorithm]
    except NotEvaluated as error:
        raise NotDerived(f"no NumPy program: {error.message}", part.place) from None
    whole = "\n\n\n".join(texts)
    rows = tuple(ListingRow(0, (Words(line),)) for line in ["import numpy as np", "", *whole.split("\n")])
    blocks: list[Block] = [Listing("", rows, "python")]
    for function in part.algorithm:
        blocks.append(Finding(function.name, agrees(function, whole, part.scope)))
    return tuple(blocks), ()
