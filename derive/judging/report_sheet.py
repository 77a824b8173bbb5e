"""A judged answer as the Document that `templates/sheet.tex.j2` prints: the lines with marks in the margin."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Literal

from derive.errors import DeriveError, Place
from derive.judging.judged import Judged, JudgedChain, Report
from derive.judging.sentences import spoken
from derive.judging.shown import plain, remark, sides
from derive.judging.verdicts import VERDICTS
from derive.render import document as page
from derive.render import prose
from derive.render.say import in_latex

Margin = Literal["tick", "cross", "follows", "nearly", "query", "dot", "mend", ""]
MARGINS: dict[str, Margin] = {
    "holds": "tick", "given": "dot", "restated": "dot", "notation": "nearly", "holds-only-if": "cross",
    "wrong": "cross", "ill-typed": "cross", "inherited": "follows", "unreadable": "query", "not-checked": "query",
}  # fmt: skip


def sheet(report: Report) -> page.Document:
    """One part for each chain."""
    name = Path(report.answer.text.file).name
    parts = tuple(_part(number, chain) for number, chain in enumerate(report.chains, 1))
    counts = ", ".join(f"{n} {verdict}" for verdict, n in report.counts.items())
    first = report.first_wrong
    said = f"{len(report.claims)} claims: {counts}" if counts else "no formulas were found"
    if first:
        said += f"; first wrong line{'s' * (len(first) > 1)}: {', '.join(map(str, first))}"
    return page.Document(
        plain(f"Answer {name}"), plain(f"judged against {report.problem}"), (), parts, said, "key"
    )


def _part(number: int, chain: JudgedChain) -> page.PartView:
    claims = [j.claim for j in chain.claims]
    lines = f"lines {claims[0].line} to {claims[-1].line}" if len(claims) > 1 else f"line {claims[0].line}"
    about = f"part {chain.part}" if chain.part else "on its own"
    rows = tuple(row for judged in chain.claims for row in _rows(judged, chain))
    remarks = "".join(f"; {spoken(r, in_latex(chain.scope))}" for r in chain.remarks)
    ask = page.Prose(f"{lines}, {plain(about)}{_printable(remarks)}")
    return page.PartView(
        str(number), None, (ask,), (page.Display(rows),), "", "", Place("answer", claims[0].line, 1)
    )


def _rows(judged: Judged, chain: JudgedChain) -> Iterator[page.ChainRow]:
    """The line, and below it what would be right."""
    yield _row(judged, chain)
    repaired = chain.repaired(judged)
    if repaired is not None and _is_formula((repaired,)):
        yield page.ChainRow("", r"\to", repaired, "would be right", margin="mend")


def _row(judged: Judged, chain: JudgedChain) -> page.ChainRow:
    said = _printable(remark(judged, chain))
    found = sides(judged)
    margin = MARGINS[judged.verdict]
    warns = VERDICTS[judged.verdict].is_error
    if found is None or not _is_formula(found):
        return page.ChainRow("", "", r"\text{(not reprinted)}", said, margin=margin, warns=warns)
    left, sign, right = found
    return page.ChainRow(left, sign, right, said, margin=margin, warns=warns)


def _is_formula(parts: tuple[str, ...]) -> bool:
    try:
        for part in parts:
            prose.guard(part)
    except DeriveError:
        return False
    return True


def _printable(said: str) -> str:
    """The remark, or its words alone where its formulas cannot be set."""
    try:
        prose.text(said)
    except DeriveError:
        return plain(said)
    return said
