r"""A solved problem as a LaTeX fragment: `align*` for documents, `aligned` for notebooks.

It needs amsmath alone. A new kind of block is a branch in `_block`.
"""

from __future__ import annotations

from typing import Iterator

from derive.kinds.result import PartResult, ProblemResult
from derive.notation.derivation import Answer, Block, Chain, Remark
from derive.notation.latex import latex
from derive.problem.model import Part
from derive.render import document as page
from derive.render.authored import expanded
from derive.render.chains import (
    SIGNS,
    UNJUDGED,
    answer_name,
    equation_latex,
    in_reading_order,
    is_shown,
    shown,
)
from derive.render.exhibits import lines_of_block
from derive.render.say import capital, in_latex, lead_in, say, say_provided, say_ranges, say_where, sentence
from derive.vocabulary.scope import Scope


def problem_latex(result: ProblemResult) -> str:
    """The fragment of every part, below a comment with its id."""
    return (
        "\n\n".join(f"% {part.part.id} ({part.status})\n{part_latex(part)}" for part in result.parts) + "\n"
    )


def part_latex(result: PartResult) -> str:
    """Chains as `align*`, in the order of reading, then answers that no chain ends with."""
    return "\n".join(_pieces(result))


def _pieces(result: PartResult) -> Iterator[str]:
    part, scope = result.part, result.part.scope
    chains = [block for block in result.blocks if isinstance(block, Chain)]
    if part.ranges and chains and not any(chain.ranges for chain in chains):
        yield capital(say_ranges(part.ranges, in_latex(scope))) + ":"
    for block in in_reading_order(result.blocks):
        yield from _block(block, scope)
    for found in result.answers:
        if found.answer.where or not is_shown(result, found.answer.shown):
            yield f"\\begin{{align*}}\n{answer_rows(found.answer, part)}\n\\end{{align*}}"
        if found.answer.provided:
            yield capital(say_provided(found.answer.provided, in_latex(scope))) + "."
    if part.answer is not None:
        yield from _authored(part)
    claims = [claim for claim in part.claims if claim.left is not None]
    needs = [claimed.where for claimed in result.claims] or [()] * len(claims)
    for claim, where in zip(claims, needs, strict=True):
        assert claim.left is not None
        said = say_where(where, in_latex(scope))
        note = rf" \quad \text{{{said}}}" if said else ""
        yield rf"\[ {equation_latex(claim.left, claim.relation, claim.right, scope)}{note} \]"
    if result.error is not None:
        yield "".join(f"% {line}\n" for line in f"not derived: {result.error}".split("\n")).rstrip()


def _authored(part: Part) -> Iterator[str]:
    """The author's text, its definitions as `align*`; tables and drawings are comments, as everywhere here."""
    assert part.answer is not None
    for piece in expanded(part.answer, part.scope):
        if isinstance(piece, page.Prose):
            yield piece.text.strip()
        elif isinstance(piece, page.Display):
            rows = " \\\\\n".join(f"  {row.left} &{row.relation} {row.right}" for row in piece.rows)
            yield f"\\begin{{align*}}\n{rows}\n\\end{{align*}}"
        else:
            yield f"% a {type(piece).__name__.lower()}"


def _block(block: Block, scope: Scope) -> Iterator[str]:
    if isinstance(block, Remark):
        yield sentence(block.reason, in_latex(scope))
        return
    if not isinstance(block, Chain):
        yield from (f"% {line}" for line in lines_of_block(block, scope))
        return
    head = lead_in(block, in_latex(scope))
    if head:
        yield head
    yield f"\\begin{{align*}}\n{chain_rows(block, scope)}\n\\end{{align*}}"


def chain_rows(chain: Chain, scope: Scope) -> str:
    """`left &= right && \\text{reason} \\\\`, one line of the chain each."""
    rows = []
    for left, line in shown(chain):
        before = latex(left, scope.notation) + " " if left is not None else ""
        reason = say(line.reason, in_latex(scope)).replace("&", r"\&").replace("%", r"\%").replace("#", r"\#")
        if (line.verdict or UNJUDGED).status != "holds":
            reason = f"{reason} [{(line.verdict or UNJUDGED).status.replace('-', ' ')}]".strip()
        note = rf" && \text{{{reason}}}" if reason else ""
        rows.append(f"  {before}&{SIGNS[line.relation]} {latex(line.right, scope.notation)}{note}")
    return " \\\\\n".join(rows)


def answer_rows(answer: Answer, part: Part) -> str:
    """The answer, then the equations of the names it introduces."""
    scope = part.scope
    rows = [f"  {answer_name(answer, part)} &= {latex(answer.shown, scope.notation)}"]
    for left, right in answer.where:
        note = r" && \text{where}" if len(rows) == 1 else ""
        rows.append(f"  {latex(left, scope.notation)} &= {latex(right, scope.notation)}{note}")
    return " \\\\\n".join(rows)


def notebook(rows: str) -> str:
    """The rows as one displayed formula of a notebook."""
    return f"$$\\begin{{aligned}}\n{rows}\n\\end{{aligned}}$$"


def notebook_part(result: PartResult) -> str:
    """The chains of a part as displayed formulas, with the sentences between them."""
    scope = result.part.scope
    pieces = []
    for block in in_reading_order(result.blocks):
        if isinstance(block, Remark):
            pieces.append(sentence(block.reason, in_latex(scope)))
        elif not isinstance(block, Chain):
            pieces += ["    " + line for line in lines_of_block(block, scope)]
        else:
            pieces += [lead_in(block, in_latex(scope)), notebook(chain_rows(block, scope))]
    for found in result.answers:
        if found.answer.where or not is_shown(result, found.answer.shown):
            pieces.append(notebook(answer_rows(found.answer, result.part)))
    if result.part.answer is not None:
        pieces.append(result.part.answer.text.strip())
    if result.error is not None:
        pieces.append(f"not derived: {result.error.message}")
    return "\n\n".join(piece for piece in pieces if piece)
