"""A judged answer in the terminal: every line with its mark, carets below what is wrong, why, and how to mend it.

A student's text is printed as text: control characters are shown, markup is not interpreted.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from derive.errors import Place
from derive.judging.judged import Judged, JudgedChain, Report
from derive.judging.sentences import spoken
from derive.judging.verdicts import VERDICTS
from derive.notation.text import text
from derive.render.say import in_text

STYLES = {"green": "green", "red": "bold red", "yellow": "yellow", "grey": "dim"}
QUIET = frozenset({"holds", "given", "restated"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def report_text(report: Report, width: int = 100, colour: bool = False) -> str:
    """The whole report."""
    return _printed([*_answer(report, width)], width, colour)


def table_text(reports: Sequence[Report], width: int = 100, colour: bool = False) -> str:
    """One row for each answer."""
    table = Table(box=None, pad_edge=False)
    table.add_column("answer")
    shown = [v for v in VERDICTS if any(v in r.counts for r in reports)]
    for name in ("claims", *shown, "first wrong line"):
        table.add_column(name, justify="right" if name != "first wrong line" else "left")
    for report in reports:
        first = ", ".join(map(str, report.first_wrong)) or "-"
        counts = report.counts
        cells = [str(len(report.claims)), *(str(counts.get(v, 0)) for v in shown), first]
        table.add_row(Text(visible(report.answer.text.file)), *cells)
    return _printed([table], max(width, 60), colour)


def visible(said: str) -> str:
    """Control characters as they are called, so that a text cannot paint the terminal."""
    return _CONTROL.sub(lambda m: f"\\x{ord(m[0]):02x}", said.replace("\t", " "))


def _printed(parts: Sequence[object], width: int, colour: bool) -> str:
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, Text))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _answer(report: Report, width: int) -> list[object]:
    out: list[object] = [Text(visible(report.answer.text.file), style="bold")]
    for chain in report.chains:
        out.append(Text(""))
        out += _chain(chain, report, width)
    for note in report.answer.notes:
        place = report.answer.text.place(note.span)
        out.append(Text(f"line {place.line}: {visible(note.message)}", style="yellow"))
    out.append(Text(""))
    out.append(_summary(report))
    return out


def _summary(report: Report) -> Text:
    counts = ", ".join(f"{n} {name}" for name, n in report.counts.items())
    said = f"{len(report.claims)} claims: {counts}" if counts else "no formulas were found"
    first = report.first_wrong
    if first:
        said += f"; first wrong line{'s' * (len(first) > 1)}: {', '.join(map(str, first))}"
    if counts and not report.judged:
        said += "; nothing was judged"
    return Text(said, style="bold")


def _chain(chain: JudgedChain, report: Report, width: int) -> list[object]:
    head = f"part {chain.part}" if chain.part else "fits no part: judged on its own"
    out: list[object] = [Text(head, style="dim")]
    out += [Text(f"  {spoken(r, in_text(chain.scope))}", style="yellow") for r in chain.remarks]
    for judged in chain.claims:
        out += _claim(judged, chain, report, width)
    return out


def _claim(judged: Judged, chain: JudgedChain, report: Report, width: int) -> list[object]:
    row, claim = VERDICTS[judged.verdict], judged.claim
    style = STYLES[row.colour]
    line = Text(f"{claim.line:>4} {row.mark} ", style=style)
    source = " ".join(visible(claim.latex).split())
    line.append(
        source if judged.is_error or len(source) < width - 8 else source[: width - 11] + "...",
        style="default",
    )
    if judged.verdict != "holds":
        line.append(f"  {judged.verdict}", style=style)
    if claim.side:
        line.append("  (remark)", style="dim")
    out: list[object] = []
    if judged.verdict in QUIET:
        out.append(line)
    else:
        out += _with_carets(judged, report, row.mark, style, width)
    voice = in_text(chain.scope)
    said = "; ".join(spoken(reason, voice) for reason in judged.reasons)
    if said:
        out += _wrapped(visible(said), width, style if judged.is_error else "dim")
    if judged.counterexample:
        out += _wrapped("for example " + judged.counterexample, width, "dim")
    if judged.repair is not None:
        out += _wrapped("right would be " + text(judged.repair.node, chain.scope), width, "green")
    return out


def _with_carets(judged: Judged, report: Report, mark: str, style: str, width: int) -> list[object]:
    """The line of the file with carets below the claim, or below what could not be read."""
    place = _place(judged, report)
    shown, carets = _caret(place, width - 8)
    out: list[object] = [
        Text.assemble((f"{judged.claim.line:>4} {mark} ", style), visible(shown)),
        Text.assemble(("       " + carets, style), (f"  {judged.verdict}", style)),
    ]
    return out


def _place(judged: Judged, report: Report) -> Place:
    claim = judged.claim
    span = claim.refusal.span if claim.refusal is not None else None
    failure = judged.head.failure if judged.head is not None else None
    if span is None and failure is not None and judged.verdict in ("unreadable", "ill-typed"):
        span = failure.span
    return report.answer.text.place(span if span is not None else claim.span)


def _caret(place: Place, room: int) -> tuple[str, str]:
    """The source line, cut around the span, and its carets."""
    start = max(0, min(place.column - 1 - room // 3, len(place.text) - room)) if len(place.text) > room else 0
    shown = place.text[start : start + room]
    at = place.column - 1 - start
    return shown.replace("\t", " "), " " * at + "^" * max(1, min(place.width, len(shown) - at))


def _wrapped(said: str, width: int, style: str) -> list[object]:
    lines = Text(said).wrap(Console(width=width), max(20, width - 9))
    return [Text("       " + line.plain, style=style) for line in lines]
