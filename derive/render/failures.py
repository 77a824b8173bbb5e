"""What stands between a problem and its key: which line fails, on which instance, with both values.

A further thing that may fail (a figure, a table) is one more loop in `failures`.
"""

from __future__ import annotations

from typing import Iterator

from derive.errors import Place
from derive.kinds.result import PartResult, ProblemResult
from derive.notation.derivation import Verdict
from derive.notation.text import text
from derive.render.chains import findings, lines_of


def failures(result: ProblemResult) -> tuple[str, ...]:
    """One text for each thing that failed, with its place in the YAML."""
    return tuple(said for part in result.parts for said in _failures(part))


def _failures(result: PartResult) -> Iterator[str]:
    part, scope = result.part, result.part.scope
    if result.error is not None:
        yield _told(result.error.place or part.place, part.id, "not derived", result.error.message)
    for number, line in enumerate(lines_of(result), start=1):
        if line.verdict is not None and line.verdict.status == "fails":
            equation = f"{text(line.left, scope)} {line.relation} {text(line.right, scope)}"
            what = f"line {number} fails"
            yield _told(line.place or part.place, part.id, what, equation, line.verdict)
    for finding in findings(result):
        if finding.verdict.status == "fails":
            yield _told(part.place, part.id, "an independent check differs", finding.what, finding.verdict)
    expected = {e.name: e.place for e in part.expect}
    for found in result.answers:
        if found.expect is not None and found.expect.status == "fails":
            place = expected.get(found.answer.name, part.place)
            name = f"{found.answer.name} = " if found.answer.name else ""
            said = f"the answer is {name}{text(found.answer.expression, scope)}"
            yield _told(place, part.id, "expected otherwise", said, found.expect)
    for number, claimed in enumerate(result.claims):
        if claimed.verdict.status == "fails":
            place = part.claims[number].place if number < len(part.claims) else part.place
            yield _told(place, part.id, "a claim fails", claimed.text, claimed.verdict)
    if result.opinion.status == "differs":
        yield _told(part.place, part.id, "SymPy's second opinion differs", result.opinion.reason)


def _told(place: Place, part: str, what: str, which: str, verdict: Verdict | None = None) -> str:
    lines = [f"{place}: part {part}: {what}: {which}"]
    if verdict is not None and verdict.reason:
        lines.append(f"    {verdict.reason}")
    if verdict is not None and verdict.counterexample:
        lines.append(f"    on {verdict.counterexample}")
    return "\n".join(lines)
