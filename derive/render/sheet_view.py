"""An assignment as one paper: the points first, the problems, and on the last page how each part was checked."""

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
    """A row for each problem: its parts and its points."""
    rows = [(d.title, _ids(d), (d.total or "").split(" ")[0]) for d in documents]
    if not any(points for _, _, points in rows):
        return [page.Table(("problem", "parts"), tuple((title, ids) for title, ids, _ in rows))]
    total = page.points_of(part.points for d in documents for part in d.parts) or ""
    return [page.Table(("problem", "parts", "points"), (*rows, ("total", "", total.split(" ")[0])))]


def _ids(document: page.Document) -> str:
    """`2.1 ... 2.2.f`: the first and the last part."""
    ids = [part.id for part in document.parts]
    return ids[0] if len(ids) == 1 else f"{ids[0]} to {ids[-1]}"


def _closing(results: Sequence[ProblemResult]) -> list[page.Block]:
    found: list[page.Block] = [
        page.Prose(
            "How each part was checked. Lines are evaluated from the definitions on random instances, never by the "
            "rules that derived them; an authored answer is vouched for by its claims, where it has some."
        )
    ]
    rows: list[tuple[str, str, str]] = []
    titles: set[int] = set()
    for result in results:
        own = [(part.part.id, _kind(part), _how(part)) for part in result.parts]
        if rows and _height(rows) + _height(own) > PAGE:
            found.append(page.Table(HEADER, tuple(rows), headings=frozenset(titles)))
            rows, titles = [], set()
        titles.add(len(rows))
        rows += [(" ".join(result.problem.title.text.split()), "", ""), *own]
    return [*found, page.Table(HEADER, tuple(rows), headings=frozenset(titles))]


HEADER = ("part", "answer", "check")
PAGE = 44  # lines of a table on a page
WIDE = 64  # characters of a line of its last column


def _height(rows: Sequence[tuple[str, str, str]]) -> int:
    return sum(1 + len(check) // WIDE for _, _, check in rows)


def _kind(part: PartResult) -> str:
    return "claims" if part.part.verb == "answer" and part.claims else HOW[part.part.verb]


def _how(part: PartResult) -> str:
    said = how_checked(part)
    return said[:1].upper() + said[1:] if said else "Authored, no claims"
