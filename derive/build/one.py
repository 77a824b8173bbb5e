"""One problem file to its papers: solve, print, compile, stamp. Runs in a process of its own.

SymPy, NumPy and the templates are imported here and nowhere else in `derive.build`. A further paper
(slides, a variant) is a row in what `_papers` gives.
"""

from __future__ import annotations

import re
import time
import zlib
from dataclasses import replace

from derive.build.atomic import put
from derive.build.stamps import Built, Job, digest_of, write_stamp
from derive.build.tex import Compiled, compile_pdf
from derive.errors import DeriveError, FileError, InputError, MissingTool, TexError
from derive.kinds.result import WORST_FIRST, ProblemResult
from derive.kinds.solve import solve
from derive.problem.assignment import is_assignment, load_assignment
from derive.problem.load import load
from derive.problem.model import Problem
from derive.render import document_view, sheet_view
from derive.render.failures import failures
from derive.render.paper import render

NO_KEY = frozenset({"failed", "not-derived"})


def build_one(job: Job) -> Built:
    """The outcome, never an exception but for what ends the process."""
    started = time.monotonic()
    try:
        built = _build(job)
    except DeriveError as error:
        status = "bad-input" if isinstance(error, InputError) else "no-paper"
        built = Built(str(job.source), status, failures=(str(error),), lasting=False)
    except Exception as error:
        said = f"{job.source}: internal error: {type(error).__name__}: {error}; please report it"
        built = Built(str(job.source), "internal-error", failures=(said,), lasting=False)
    return replace(built, seconds=round(time.monotonic() - started, 3))


def _build(job: Job) -> Built:
    digest = digest_of(job.foundation, job.source)
    if is_assignment(job.source):
        return _build_sheet(job, digest)
    problem = load(job.source)
    result = solve(problem)
    papers = _papers(job, problem, result)
    job.stamp.unlink(missing_ok=True)
    if ".pdf" not in papers:
        job.file(".pdf").unlink(missing_ok=True)
        job.file(".tex").unlink(missing_ok=True)
    notes = tuple(map(str, problem.notices))
    built = Built(str(job.source), result.status, len(result.parts), failures=failures(result), notes=notes)
    built = _compiled(job, papers, built)
    if built.lasting and digest is not None:
        write_stamp(job.stamp, digest, built)
    return built


def _build_sheet(job: Job, digest: str | None) -> Built:
    """The common paper of an assignment: a key only where all its problems have one."""
    assignment = load_assignment(job.source)
    results = [solve(problem) for problem in assignment.problems]
    status = next((s for s in WORST_FIRST if any(r.status == s for r in results)), "checked")
    papers = {}
    if status not in NO_KEY:
        papers[".pdf"] = render("key.tex.j2", sheet_view.key(assignment, results), templates=job.templates)
    else:
        job.file(".pdf").unlink(missing_ok=True)
        job.file(".tex").unlink(missing_ok=True)
    if job.handout or not papers:
        handout = sheet_view.handout(assignment)
        papers["-handout.pdf"] = render("handout.tex.j2", handout, templates=job.templates)
    job.stamp.unlink(missing_ok=True)
    failed = tuple(said for result in results for said in failures(result))
    parts = sum(len(result.parts) for result in results)
    notes = tuple(str(notice) for problem in assignment.problems for notice in problem.notices)
    built = Built(str(job.source), status, parts, failures=failed, notes=notes)
    built = _compiled(job, papers, built)
    if built.lasting and digest is not None:
        write_stamp(job.stamp, digest, built)
    return built


def _papers(job: Job, problem: Problem, result: ProblemResult) -> dict[str, str]:
    """The ending of each paper and its LaTeX; a key only where nothing failed."""
    papers = {}
    if result.status not in NO_KEY:
        papers[".pdf"] = render("key.tex.j2", document_view.key(result), templates=job.templates)
    if job.handout or not papers:
        handout = document_view.handout(problem)
        papers["-handout.pdf"] = render("handout.tex.j2", handout, templates=job.templates)
    return papers


def _compiled(job: Job, papers: dict[str, str], built: Built) -> Built:
    """The papers in their places. A paper that TeX refuses leaves none behind, not even an older one."""
    refused = False
    for ending, source in list(papers.items()):
        try:
            built = _added(built, compile_pdf(source, job.file(ending)))
            if job.tex:
                tex = job.file(ending.replace(".pdf", ".tex"))
                put(source.encode(), tex)
                built = replace(built, files=(*built.files, tex.name))
        except TexError as error:
            refused = True
            job.file(ending).unlink(missing_ok=True)
            said = tuple(dict.fromkeys((*built.failures, str(error))))
            built = replace(built, status="no-paper", failures=said, lasting=False)
        except (MissingTool, FileError) as error:
            return replace(built, status="no-paper", failures=(*built.failures, str(error)), lasting=False)
    if refused and "-handout.pdf" not in papers:
        questions = (
            sheet_view.handout(load_assignment(job.source))
            if is_assignment(job.source)
            else document_view.handout(load(job.source))
        )
        handout = render("handout.tex.j2", questions, templates=job.templates)
        return _compiled(job, {"-handout.pdf": handout}, built)
    return built


def _added(built: Built, paper: Compiled) -> Built:
    return replace(
        built,
        files=(*built.files, paper.path.name),
        pages=built.pages or pages(paper.path.read_bytes()),
        notes=(*built.notes, *(f"{paper.path.name}: {line}" for line in paper.overfull)),
    )


def pages(pdf: bytes) -> int:
    """How many pages a PDF of pdflatex has: the largest /Count, also within its compressed objects."""
    texts = [pdf]
    for match in re.finditer(rb"/Type\s*/ObjStm.*?stream\r?\n", pdf, re.DOTALL):
        try:
            texts.append(zlib.decompressobj().decompress(pdf[match.end() :]))
        except zlib.error:
            continue
    return max((int(n) for text in texts for n in re.findall(rb"/Count (\d+)", text)), default=0)
