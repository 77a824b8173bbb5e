r"""A problem, or its solution, as the Document that a template prints: `key(result)` and `handout(problem)`.

Authored text goes through as it is, its `{{ define }}` opened to the definitions. What a part may consist of
stands in `_answer`, in the order of the page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Collection, Iterable, Iterator, Literal

from derive.errors import NotDerived
from derive.kinds.result import PartResult, ProblemResult
from derive.notation.derivation import Block, Chain, Line, Remark, Table
from derive.notation.latex import latex
from derive.problem.model import Part, Problem
from derive.render import document as page
from derive.render.authored import expanded, page_rows
from derive.render.chains import (
    SIGNS,
    UNJUDGED,
    answer_name,
    equation_latex,
    how_checked,
    in_reading_order,
    is_end,
    is_shown,
    own_definitions,
    shown,
    summary,
)
from derive.render.given import uses_of
from derive.render.plates import page_blocks
from derive.render.say import capital, in_latex, lead_in, say, say_provided, say_ranges, say_where, sentence
from derive.render.space import space_for
from derive.tree.nodes import Node
from derive.vocabulary.scope import Scope

Mark = Literal["holds", "not checked", ""]
STATUS = {"checked": "holds", "authored": ""}


def key(result: ProblemResult) -> page.Document:
    """The solution. A line that fails is never printed: NotDerived where there is one."""
    if result.status == "failed":
        raise NotDerived("a key never prints a line that fails")
    parts = tuple(
        _part(part.part, result.problem, tuple(_answer(part, result.problem)), part) for part in result.parts
    )
    return _document(result.problem, parts, "key", summary(result))


def handout(problem: Problem) -> page.Document:
    """The questions alone, with the numbering and points of the key."""
    return _document(problem, tuple(_part(part, problem, (), None) for part in problem.parts), "handout", "")


def _asked_elsewhere(part: Part, problem: Problem) -> set[Node]:
    """What other parts ask for: a handout does not print it beside the name that this part has for it."""
    return {named.expression for other in problem.parts if other.id != part.id for named in other.expect}


def _document(
    problem: Problem, parts: tuple[page.PartView, ...], kind: Literal["key", "handout"], checked: str
) -> page.Document:
    statement = expanded(problem.statement, problem.scope, uses_of(problem)) if problem.statement else []
    return page.Document(
        " ".join(problem.title.text.split()),
        " ".join(problem.source.text.split()) if problem.source else "",
        tuple(statement),
        parts,
        checked,
        kind,
    )


def _part(
    part: Part, problem: Problem, answer: tuple[page.Block, ...], result: PartResult | None
) -> page.PartView:
    status = STATUS.get(result.status, "not checked") if result else ""
    mark = how_checked(result) if result else ""
    ask = tuple(_ask(part, problem, is_handout=result is None))
    return page.PartView(part.id, part.points, ask, answer, status, mark, part.place, space_for(part))


def _ask(part: Part, problem: Problem, *, is_handout: bool) -> Iterator[page.Block]:
    """The author's words; what is to be shown is said in a formula, with the names made for it."""
    yield from expanded(part.ask, part.scope, uses_of(problem))
    if part.show is None or part.show.left is None:
        return
    yield page.Math(equation_latex(part.show.left, part.show.relation, part.show.right, part.scope))
    rows = _own_rows(part, problem, _asked_elsewhere(part, problem) if is_handout else set())
    if rows:
        yield page.Prose("where " + " and ".join(f"${row.left} = {row.right}$" for row in rows) + ".")


# ---------------------------------------------------------------- what was derived


def _answer(result: PartResult, whole: Problem) -> Iterator[page.Block]:
    part = result.part
    own = [] if part.show else _own_rows(part, whole)
    if own and result.blocks:
        yield page.Prose("Let", leads_in=True)
        yield page.Display(tuple(own))
    if result.error is not None:
        yield page.Prose("not derived: " + result.error.message.replace("$", r"\$"))
    if part.answer is not None:
        yield from expanded(part.answer, part.scope, uses_of(whole))
    yield from _derivation(result)
    yield from _results(result)
    yield from _claims(result)
    if own and not result.blocks:
        yield page.Prose("where", leads_in=True)
        yield page.Display(tuple(own))


def _own_rows(part: Part, whole: Problem, hidden: Collection[Node] = ()) -> list[page.ChainRow]:
    own = own_definitions(part, whole)
    return [
        row
        for definition in own
        if definition.body not in hidden
        for row in page_rows(definition, part.scope)
    ]


def _derivation(result: PartResult) -> Iterator[page.Block]:
    scope = result.part.scope
    voice = in_latex(scope)
    chains = [block for block in result.blocks if isinstance(block, Chain)]
    if result.part.ranges and chains and not any(chain.ranges for chain in chains):
        yield page.Prose(capital(say_ranges(result.part.ranges, voice)) + ":", leads_in=True)
    answers = {found.answer.shown for found in result.answers}
    number = 0
    for block in in_reading_order(result.blocks):
        if isinstance(block, Remark):
            yield page.Prose(sentence(block.reason, voice), leads_in=True)
        if not isinstance(block, Chain):
            labelled = {found.answer.shown for found in result.answers if found.answer.label is not None}
            yield from _boxed_ends(page_blocks(block, scope), block, labelled)
            continue
        number += block.is_lemma
        head = lead_in(block, voice)
        if head:
            yield page.Prose(head, leads_in=True)
        yield _display(
            block,
            scope,
            set() if block.is_lemma or block.at else answers,
            str(number) if block.is_lemma else None,
        )


def _display(chain: Chain, scope: Scope, answers: set[Node], number: str | None) -> page.Display:
    rows = []
    has_box = False
    for left, line in shown(chain):
        last = line is chain.lines[-1]
        boxes = is_end(chain, line) and line.right in answers and not has_box
        has_box = has_box or boxes  # exact decimals behind a fraction are the same number
        right = latex(line.right, scope.notation)
        rows.append(
            page.ChainRow(
                latex(left, scope.notation) if left is not None else "",
                SIGNS[line.relation],
                boxed(right) if boxes else right,
                say(line.reason, in_latex(scope)),
                _mark(line),
                number if last else None,
            )
        )
    return page.Display(tuple(rows))


def _boxed_ends(shown: Iterator[page.Block], block: Block, answers: set[Node]) -> Iterator[page.Block]:
    """Answers that stand at the ends of the rows of a table are boxed there."""
    for written in shown:
        if isinstance(written, page.Table) and isinstance(block, Table):
            rows = tuple(
                (*cells[:-1], f"${boxed(cells[-1].strip('$'))}$") if row[-1] in answers else cells
                for cells, row in zip(written.rows, block.rows, strict=True)
            )
            yield replace(written, rows=rows)
        else:
            yield written


def _mark(line: Line) -> Mark:
    return "holds" if (line.verdict or UNJUDGED).status == "holds" else "not checked"


def boxed(formula: str) -> str:
    """An answer stands in a box, which may have several lines."""
    return rf"\boxed{{{formula}}}"


def _results(result: PartResult) -> Iterator[page.Block]:
    """Answers that no chain ends with, and the equations of the names an answer introduces."""
    scope = result.part.scope
    for found in result.answers:
        answer = found.answer
        if answer.label is not None:  # it stands in a table
            continue
        if not is_shown(result, answer.shown):
            right = latex(answer.shown, scope.notation)
            if _is_order(answer.name, result):
                right = rf"\mathcal{{O}}({right})"
            yield page.Display((page.ChainRow(answer_name(answer, result.part), "=", boxed(right)),))
        if answer.where:
            yield page.Prose("where", leads_in=True)
            yield page.Display(tuple(_equations(answer.where, scope)))
        if answer.provided:
            yield page.Prose(capital(say_provided(answer.provided, in_latex(scope))) + ".")


def _is_order(name: str | None, result: PartResult) -> bool:
    """Whether the answer is a cost, said up to a constant factor."""
    return any(named.expression.op == "bigO" and named.name == name for named in result.part.find)


def _equations(pairs: Iterable[tuple[Node, Node]], scope: Scope) -> Iterator[page.ChainRow]:
    for left, right in pairs:
        yield page.ChainRow(latex(left, scope.notation), "=", latex(right, scope.notation))


def _claims(result: PartResult) -> Iterator[page.Block]:
    scope = result.part.scope
    claims = [claim for claim in result.part.claims if claim.left is not None]
    judged = [(c.verdict, say_where(c.where, in_latex(scope))) for c in result.claims]
    rows = tuple(
        page.ChainRow(
            latex(claim.left, scope.notation),
            SIGNS[claim.relation],
            latex(claim.right, scope.notation),
            where,
            mark="holds" if verdict.status == "holds" else "not checked",
        )
        for claim, (verdict, where) in zip(claims, judged or [(UNJUDGED, "")] * len(claims), strict=True)
        if claim.left is not None
    )
    if rows:
        yield page.Prose("In formulas:", leads_in=True)
        yield page.Display(rows)
