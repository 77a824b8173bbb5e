"""An assignment as one paper: the points first, the problems, and at the end how each part was checked."""

from __future__ import annotations

from typing import Literal, Sequence

from derive.kinds.result import PartResult, ProblemResult
from derive.problem.assignment import Assignment
from derive.render import document as page
from derive.render import document_view
from derive.render.chains import how_checked

HOW = {  # how an answer came about, by the verb of its part
    "find": "derived",
    "show": "shown",
    "algorithm": "algorithm",
    "code": "program",
    "figure": "drawn",
    "answer": "authored",
}


def key(assignment: Assignment, results: Sequence[ProblemResult]) -> page.Sheet:
    documents = tuple(document_view.key(result) for result in results)
    return _sheet(assignment, documents, "key", tuple(_closing(results)))


def handout(assignment: Assignment) -> page.Sheet:
    documents = tuple(document_view.handout(problem) for problem in assignment.problems)
    return _sheet(assignment, documents, "handout", ())


def _sheet(
    assignment: Assignment,
    documents: tuple[page.Document, ...],
    kind: Literal["key", "handout"],
    closing: tuple[page.Block, ...],
) -> page.Sheet:
    return page.Sheet(
        assignment.title, assignment.course, documents, tuple(_opening(documents)), closing, kind
    )


def _opening(documents: Sequence[page.Document]) -> list[page.Block]:
    """A row for each problem: its parts, and its points where all problems have some."""
    rows = [(d.title, _ids(d), (d.total or "").split(" ")[0]) for d in documents]
    if not all(points for _, _, points in rows):
        table = page.Table(("problem", "parts"), tuple((title, ids) for title, ids, _ in rows))
        return [table, *_carrying(documents)]
    total = page.points_of(part.points for d in documents for part in d.parts) or ""
    return [page.Table(("problem", "parts", "points"), (*rows, ("total", "", total.split(" ")[0])))]


def _carrying(documents: Sequence[page.Document]) -> list[page.Block]:
    """Which parts have points, where that is not so of all problems."""
    ids = [part.id for d in documents for part in d.parts if part.points]
    if not ids:
        return []
    said = ids[0] if len(ids) == 1 else f"{', '.join(ids[:-1])} and {ids[-1]}"
    return [page.Prose(f"Only {said} {'has' if len(ids) == 1 else 'have'} points in the source.")]


def _ids(document: page.Document) -> str:
    """`2.1 ... 2.2.f`: the first and the last part."""
    ids = [part.id for part in document.parts]
    return ids[0] if len(ids) == 1 else f"{ids[0]} to {ids[-1]}"


def _closing(results: Sequence[ProblemResult]) -> list[page.Block]:
    """What a check is, then a table for each problem, so that a page may end between them."""
    found: list[page.Block] = [
        page.Prose(
            "How each part was checked. Lines are evaluated from the definitions on random instances, never by the "
            "rules that derived them; an authored answer is vouched for by its claims, where it has some.",
            leads_in=True,
        )
    ]
    for n, result in enumerate(results):
        title = (" ".join(result.problem.title.text.split()), "", "")
        own = ((part.part.id, _kind(part), _how(part)) for part in result.parts)
        found.append(
            page.Table(HEADER if n == 0 else (), (title, *own), headings=frozenset({0}), shares=SHARES)
        )
    return found


HEADER = ("part", "answer", "check")
SHARES = (0.2, 0.12, 0.58)  # of a line, for its columns


def _kind(part: PartResult) -> str:
    return "claims" if part.part.verb == "answer" and part.claims else HOW[part.part.verb]


def _how(part: PartResult) -> str:
    said = how_checked(part)
    return said[:1].upper() + said[1:] if said else "Authored, no claims"
