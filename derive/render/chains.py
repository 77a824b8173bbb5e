r"""A derivation as it is read: lemmas first, left sides only where they are new, how it was checked.

The three views (page, terminal, LaTeX fragment) share what is decided here. A further relation is a row
in SIGNS.
"""

from __future__ import annotations

import math
from typing import Iterator

from derive.kinds.result import PartResult, ProblemResult
from derive.notation.derivation import Answer, Block, Chain, Finding, Line, Verdict
from derive.notation.latex import latex
from derive.notation.latex_names import Notation, named
from derive.notation.text import text
from derive.problem.model import Part, Problem
from derive.tree.nodes import Node
from derive.values.working import IN_DECIMALS
from derive.vocabulary.scope import Definition, Scope

SIGNS = {"==": "=", "~=": r"\approx", "<=": r"\le", ">=": r"\ge"}
UNJUDGED = Verdict("not-checked", reason="nobody judged this line")


def in_reading_order(blocks: tuple[Block, ...]) -> list[Block]:
    """Lemmas before what uses them; all else as it was derived."""
    return sorted(blocks, key=lambda block: not (isinstance(block, Chain) and block.is_lemma))


def lines_of(result: PartResult) -> list[Line]:
    """The lines of all chains of a part, in the order in which they are read."""
    return [x for block in in_reading_order(result.blocks) if isinstance(block, Chain) for x in block.lines]


def shown(chain: Chain) -> Iterator[tuple[Node | None, Line]]:
    """Each line with the left side to print: None where the reader has it before his eyes."""
    before: Line | None = None
    for line in chain.lines:
        repeated = before is not None and line.left in (before.left, before.right)
        yield (None if repeated else line.left), line
        before = line


def equation_latex(left: Node, relation: str, right: Node, scope: Scope) -> str:
    return f"{latex(left, scope.notation)} {SIGNS[relation]} {latex(right, scope.notation)}"


def own_definitions(part: Part, problem: Problem) -> list[Definition]:
    """What `let:` of this part added to the names of the problem and to the answers of earlier parts.

    The part is the author's, without the names that an answer brings along: those stand in its "where"."""
    part = next((p for p in problem.parts if p.id == part.id), part)
    answers = {found.name for other in problem.parts for found in other.find}
    known = {_said(d) for d in problem.scope.definitions.values()}
    return [d for d in part.scope.definitions.values() if _said(d) not in known and d.name not in answers]


def _said(definition: Definition) -> tuple[object, ...]:
    """A definition as written: the same words may be about a symbol that `let:` gave other facts."""
    bodies = [definition.body, *(body for _, body in definition.members)]
    return (definition.name, definition.params, *(text(body) for body in bodies if body is not None))


SPOKEN = {"path": "best path", "logp": "log-probability"}


def spoken(name: str) -> str:
    """`path_2`, an answer of a search, in words: "path 2"."""
    base, _, number = name.partition("_")
    if number:
        return f"{'path' if base == 'path' else SPOKEN.get(base, base)} {number}"
    return SPOKEN.get(name, name)


def answer_name(answer: Answer, part: Part) -> str:
    """The left side of an answer in LaTeX: its name, or what was asked where it has none."""
    if answer.label is not None:
        return latex(answer.label, part.scope.notation)
    if answer.name is not None:
        own = Notation(part.scope.notation).filled(answer.name, ())
        if not own and part.find and part.find[0].expression.op == "search":
            return rf"\text{{{spoken(answer.name)}}}"
        kind = "scalar" if answer.expression.op == "words" else answer.expression.shape.kind
        return own or str(named(answer.name, kind))
    return latex(part.find[0].expression, part.scope.notation) if part.find else ""


def is_shown(result: PartResult, answer: Node) -> bool:
    """Whether a chain of the part ends with this answer."""
    chains = [b for b in result.blocks if isinstance(b, Chain) and b.lines and not b.is_lemma]
    return any(line.right == answer for chain in chains for line in chain.lines if is_end(chain, line))


def is_end(chain: Chain, line: Line) -> bool:
    """The last line, or the exact value whose decimals are the last line."""
    last = chain.lines[-1]
    in_decimals = last.relation == "~=" or last.reason.text == IN_DECIMALS
    return line is last or (in_decimals and line is chain.lines[-2:][0])


def verdicts(result: PartResult) -> list[Verdict]:
    """Of every line and claim."""
    return [x.verdict or UNJUDGED for x in lines_of(result)] + [c.verdict for c in result.claims]


def findings(result: PartResult) -> list[Finding]:
    """What independent computations said."""
    return [block for block in result.blocks if isinstance(block, Finding)]


def how_checked(result: PartResult) -> str:
    """ "checked on 4 random instances, largest error 3e-15; SymPy agrees"; empty where nothing was."""
    if result.error is not None:
        return "not derived"
    found = verdicts(result)
    failed = sum(v.status == "fails" for v in found)
    unknown = [v for v in found if v.status == "not-checked"]
    said = []
    if failed:
        said.append(f"{failed} of {counted(len(found), 'line')} {'fails' if failed == 1 else 'fail'}")
    elif unknown:
        why = unknown[0].reason
        said.append(
            f"{len(unknown)} of {counted(len(found), 'line')} not checked" + (f": {why}" if why else "")
        )
    elif found:
        drawn = [v for v in found if not v.method.startswith("evaluated")]
        on_data = any(v.method == "evaluated on the data" for v in found)
        where = [f"on {min(v.instances for v in drawn)} random instances"] if drawn else []
        where += ["on the data"] if on_data else []
        said.append(f"checked {' and '.join(where) or 'by evaluation'}, largest error {error_of(found)}")
    for finding in {
        (f.verdict.method, f.verdict.status, f.verdict.reason): f for f in findings(result)
    }.values():
        verdict = finding.verdict
        if verdict.status == "holds":
            first = "" if said else "seen to end by " if result.status == "authored" else "checked by "
            said.append(first + verdict.method)
        else:
            unlike = "fails" if verdict.status == "fails" else "not checked"
            said.append(f"{finding.what}: {unlike}: {verdict.reason}")
    for answer in result.answers:
        if answer.expect is not None and answer.expect.status != "holds":
            differs = answer.expect.status == "fails"
            said.append("differs from what its author expects" if differs else "expected form not compared")
    if result.opinion.status == "agrees":
        said.append("SymPy agrees")
    elif result.opinion.status == "differs":
        said.append(f"SymPy differs: {result.opinion.reason}")
    return "; ".join(dict.fromkeys(said))


def summary(result: ProblemResult) -> str:
    """ "9 parts, 31 lines and claims: all checked, largest error 3e-15"."""
    found = [v for part in result.parts for v in verdicts(part)]
    found += [f.verdict for part in result.parts for f in findings(part)]
    parts = counted(len(result.parts), "part")
    if not found:
        return parts
    held = sum(v.status == "holds" for v in found)
    how_many = "all" if held == len(found) else f"{held} of them"
    said = f"{parts}, {counted(len(found), 'line')}: {how_many} checked"
    return f"{said}, largest error {error_of(found)}" if held else said


def error_of(found: list[Verdict]) -> str:
    largest = max((v.max_error for v in found if v.status == "holds"), default=0.0)
    return f"{largest:.0e}".replace("e-0", "e-") if largest and math.isfinite(largest) else "0"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
