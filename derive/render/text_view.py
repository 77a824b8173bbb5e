"""A solved problem in the terminal: chains aligned at their relations, the reasons in grey on the right.

`detail` is brief (the lines as they are printed), full (with the verdict and substeps of every line) or None
(what the part itself says).
Colours are escape codes, which `click.echo` removes where nobody looks; a further one is a row in CODES.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from functools import partial
from typing import Iterator

from derive.kinds.result import PartResult, ProblemResult
from derive.notation.derivation import Block, Chain, Finding, Line, Listing, Remark, Table, Verdict
from derive.notation.text import text, unbracketed
from derive.problem.model import Prose
from derive.render.authored import told
from derive.render.chains import (
    UNJUDGED,
    error_of,
    how_checked,
    in_reading_order,
    own_definitions,
    shown,
)
from derive.render.exhibits import lines_of_block
from derive.render.given import Uses, uses_of
from derive.render.say import (
    Voice,
    capital,
    in_text,
    lead_in,
    say,
    say_provided,
    say_ranges,
    say_where,
    sentence,
)
from derive.tree.nodes import Node
from derive.vocabulary.scope import Scope

CODES = {"bold": "1", "grey": "2", "red": "31", "green": "32", "yellow": "33"}
MARKS = {
    "checked": ("green", "✓"),
    "authored": ("grey", "·"),
    "not-checked": ("yellow", "?"),
    "not-derived": ("red", "✗"),
    "failed": ("red", "✗"),
}
INDENT = "  "
WIDE_LEFT = 32  # a longer left side gets a line of its own
GAP = 3


def problem_text(result: ProblemResult, detail: str | None = None, width: int = 100) -> str:
    """Every part, one after the other."""
    problem = result.problem
    head = [styled(" ".join(problem.title.text.split()), "bold")]
    if problem.statement is not None:
        said = _told(problem.statement, problem.scope, uses_of(problem), width)
        head.append("\n".join(line.rstrip() for line in said))
    return "\n\n".join([*head, *(part_text(part, detail, width, result) for part in result.parts)]) + "\n"


def part_text(
    result: PartResult, detail: str | None = None, width: int = 100, whole: ProblemResult | None = None
) -> str:
    return "\n".join(
        line.rstrip() for line in _part(result, detail or result.part.detail or "brief", width, whole)
    )


def _exhibited(block: Block, scope: Scope) -> Iterator[str]:
    lines = lines_of_block(block, scope)
    looked_at = isinstance(block, Table) or (isinstance(block, Listing) and block.language == "pseudocode")
    return map(unbracketed, lines) if looked_at else lines


def _seen(node: Node, scope: Scope) -> str:
    """The node as it is looked at in the terminal."""
    return unbracketed(text(node, scope))


def styled(said: str, *styles: str) -> str:
    return f"\x1b[{';'.join(CODES[s] for s in styles)}m{said}\x1b[0m" if said else ""


def broken(formula: str, room: int) -> list[str]:
    """The formula on lines of `room` characters, broken before operators and if possible outside brackets."""
    lines, indent = [], ""
    while len(indent + formula) > room:
        depth, places = 0, []
        for i, c in enumerate(formula[: room - len(indent)]):
            depth += (c in "([") - (c in ")]")
            if c == " " and formula[i + 1] in "+-*/@" and i > room // 4:
                places.append((-depth, formula[i + 1] in "+-", i))
            elif c == " " and formula[i - 1] == "," and i > room // 4:
                places.append((-depth - 1, False, i))
        if not places:
            break
        at = max(places)[2]
        lines.append(indent + formula[:at])
        formula, indent = formula[at + 1 :], "    "
    return [*lines, indent + formula]


def plain(said: str) -> str:
    """The same without colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", said)


# ---------------------------------------------------------------- a part


def _part(result: PartResult, detail: str, width: int, whole: ProblemResult | None) -> Iterator[str]:
    part = result.part
    colour, mark = MARKS[result.status]
    yield f"{styled(mark, colour)} {styled(part.id, 'bold')}  {styled(result.status, colour)}"
    uses = uses_of(whole.problem) if whole is not None else {}
    yield from _told(part.ask, part.scope, uses, width)
    voice = in_text(part.scope)
    if whole is not None:
        for definition in own_definitions(part, whole.problem):
            if definition.body is not None:
                index = f"[{', '.join(definition.params)}]" if definition.params else ""
                yield f"{INDENT}let {definition.name}{index} = {_seen(definition.body, part.scope)}"
    chains = [block for block in result.blocks if isinstance(block, Chain)]
    if part.ranges and chains and not any(chain.ranges for chain in chains):
        yield ""
        yield INDENT + capital(say_ranges(part.ranges, voice)) + ":"
    for block in in_reading_order(result.blocks):
        if isinstance(block, Finding):
            continue
        yield ""
        if isinstance(block, Remark):
            yield from _wrapped(unbracketed(sentence(block.reason, voice)), width, INDENT)
        elif not isinstance(block, Chain):
            yield from (INDENT + line for line in _exhibited(block, part.scope))
        else:
            yield from _chain(block, result, voice, detail, width)
    if part.answer is not None:
        yield ""
        yield from _told(part.answer, part.scope, uses, width)
    yield from _answers(result, width)
    yield from _claims(result, detail, width)
    if result.error is not None:
        yield ""
        yield from (INDENT + styled(line, "red") for line in f"not derived: {result.error}".split("\n"))
    elif how_checked(result):
        yield ""
        yield from _wrapped(how_checked(result), width, INDENT, colour if colour != "green" else "grey")
    if detail == "full" and result.opinion.status == "skipped" and result.opinion.reason:
        yield INDENT + styled(f"SymPy's second opinion skipped: {result.opinion.reason}", "grey")


def _told(prose: Prose, scope: Scope, uses: Uses, width: int) -> Iterator[str]:
    """An author's text, wrapped; formulas, tables and trees are set apart."""
    for piece in told(prose, scope, uses):
        if isinstance(piece, tuple):
            yield from (INDENT * 2 + line for line in piece)
        else:
            yield from _wrapped(piece, width, INDENT, hang="  " if piece.startswith("- ") else "")


def _answers(result: PartResult, width: int) -> Iterator[str]:
    scope = result.part.scope
    for found in result.answers:
        yield ""
        name = f"{found.answer.name} = " if found.answer.name else ""
        head = f"{INDENT}answer  "
        shown_ = _lines(name + _seen(found.answer.shown, scope), max(20, width - len(head)))
        yield styled(head, "grey") + styled(shown_[0], "bold")
        yield from (" " * len(head) + styled(line, "bold") for line in shown_[1:])
        for i, (left, right) in enumerate(found.answer.where):
            head_ = f"{INDENT}{'where ' if i == 0 else '':8}"
            yield styled(head_, "grey") + f"{_seen(left, scope)} = {_seen(right, scope)}"
        if found.answer.provided:
            yield from _wrapped(say_provided(found.answer.provided, in_text(scope)), width, INDENT)
        if found.expect is not None and found.expect.status == "fails":
            yield from _verdict(found.expect, "expected otherwise: ", width)


def _claims(result: PartResult, detail: str, width: int) -> Iterator[str]:
    if result.claims:
        yield ""
    for claimed in result.claims:
        verdict = claimed.verdict
        colour, mark = MARKS[{"holds": "checked", "fails": "failed"}.get(verdict.status, "not-checked")]
        where = say_where(claimed.where, in_text(result.part.scope))
        yield f"{INDENT}{styled(mark, colour)} {claimed.text}{'   ' + where if where else ''}"
        if detail == "full" or verdict.status != "holds":
            yield from _verdict(verdict, "", width)


# ---------------------------------------------------------------- a chain


@dataclass(frozen=True)
class _Row:
    left: str
    formula: list[str]  # relation and right side, wrapped
    reason: str
    line: Line


def _chain(chain: Chain, result: PartResult, voice: Voice, detail: str, width: int) -> Iterator[str]:
    head = lead_in(chain, voice)
    if head:
        yield from _wrapped(head, width, INDENT)
    scope = result.part.scope
    lefts = [_seen(left, scope) if left is not None else "" for left, _ in shown(chain)]
    margin = max((len(left) for left in lefts if len(left) <= WIDE_LEFT), default=0)
    room = max(24, width - len(INDENT) * 2 - margin - 1)
    rows = []
    for left, line in zip(lefts, chain.lines, strict=True):
        sign = {"==": "=", "~=": "≈"}.get(line.relation, line.relation)
        wrapped = broken(f"{sign} {_seen(line.right, scope)}", room)
        rows.append(_Row(left, wrapped, say(line.reason, voice), line))
    fitting = [
        len(row.formula[-1]) for row in rows if len(row.formula) == 1 and len(row.formula[0]) <= room * 0.62
    ]
    column = max([*fitting, room // 3]) + GAP
    for row in rows:
        yield from _row(row, margin, column, room, detail, width)


def _row(row: _Row, margin: int, column: int, room: int, detail: str, width: int) -> Iterator[str]:
    pad = INDENT * 2
    left = row.left
    if len(left) > margin:
        yield pad + left
        left = ""
    verdict = row.line.verdict or UNJUDGED
    lines = [f"{pad}{left if i == 0 else '':>{margin}} {formula}" for i, formula in enumerate(row.formula)]
    start = len(pad) + margin + 1 + column
    reason = _lines(row.reason, max(20, width - start))
    if not reason:
        pass
    elif len(lines[-1]) + GAP <= start:
        lines[-1] = lines[-1].ljust(start) + styled(reason.pop(0), "grey")
        lines += [" " * start + styled(line, "grey") for line in reason]
    elif len(lines[-1]) + GAP + len(row.reason) <= width:
        lines[-1] += " " * (width - len(lines[-1]) - len(row.reason)) + styled(row.reason, "grey")
    else:
        reason = _lines(row.reason, width - len(pad) - margin - 4)
        lines += [" " * (width - len(line)) + styled(line, "grey") for line in reason]
    if verdict.status == "not-checked":
        lines[-1] += styled("  [not checked]", "yellow")
    elif verdict.status == "fails":
        lines[-1] += styled("  [fails]", "red")
    yield from lines
    if detail == "full":
        inner = pad + " " * (margin + 3)
        yield from _verdict(verdict, "", width, inner)
        for step in row.line.steps:
            said = f"{step.rule}: {text(step.before)} → {text(step.after)}"
            yield from _wrapped(said, width, inner, "grey", "    ")
    elif verdict.status != "holds":
        yield from _verdict(verdict, "", width, pad + " " * (margin + 3))


def _verdict(verdict: Verdict, before: str, width: int, indent: str = INDENT * 2) -> Iterator[str]:
    colour = {"holds": "grey", "fails": "red"}.get(verdict.status, "yellow")
    said = [verdict.status.replace("-", " ")]
    said += [verdict.method] if verdict.method else []
    if verdict.status == "holds":
        said += [f"{verdict.instances} instances", f"largest error {error_of([verdict])}"]
    said += [verdict.reason] if verdict.reason else []
    yield from _wrapped(before + ", ".join(said), width, indent, colour)
    if verdict.counterexample:
        yield from _wrapped(f"on {verdict.counterexample}", width, indent, colour)


_lines = partial(textwrap.wrap, break_long_words=False, break_on_hyphens=False)


def _wrapped(said: str, width: int, indent: str, style: str = "", hang: str = "") -> Iterator[str]:
    for line in _lines(said, max(30, width), initial_indent=indent, subsequent_indent=indent + hang):
        start = len(line) - len(line.lstrip())
        yield line[:start] + (styled(line[start:], style) if style else line[start:])
