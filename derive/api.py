"""Floor 9: the Python API: `load(path).solve()` gives parts that display themselves in a notebook.

What a value can be shown as is a property here and a writer in `derive.render` or `derive.notation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Mapping

from derive.errors import InputError, UnknownName, nearest
from derive.kinds.result import Found, PartResult, ProblemResult
from derive.kinds.solve import solve, solve_part
from derive.notation.derivation import Answer, Chain, Line
from derive.notation.latex import latex
from derive.notation.numpy_code import numpy_code
from derive.notation.program import program
from derive.notation.text import text
from derive.notation.torch_code import torch_code
from derive.problem.load import load as read_file
from derive.problem.load import loads as read_text
from derive.problem.model import Part, Problem
from derive.problem.single import Texts, question
from derive.render.chains import lines_of
from derive.render.json_view import problem_json
from derive.render.latex_view import answer_rows, notebook, notebook_part
from derive.render.text_view import part_text, plain, problem_text
from derive.tree.nodes import Node

if TYPE_CHECKING:
    import sympy

    from derive.judging.judged import JudgedChain, Report


def load(path: str | Path) -> LoadedProblem:
    """The problem of a YAML file; a DeriveError says where the file is wrong."""
    return LoadedProblem(read_file(Path(path)))


def loads(source: str, file: str = "<text>") -> LoadedProblem:
    """The problem that a YAML text says; errors name `file`."""
    return LoadedProblem(read_text(source, file))


def grad(
    expression: str,
    wrt: str,
    shapes: Mapping[str, str],
    *,
    facts: Mapping[str, str] | None = None,
    define: Mapping[str, str] | None = None,
    index: Mapping[str, str] | None = None,
    ranges: Mapping[str, str] | None = None,
    derivative: str = "",
    second_opinion: bool = True,
) -> PartSolution:
    """One derivative: `grad("sqnorm(A @ x - b)", "x", {"A": "m,n", "x": "n", "b": "m"})`.

    A shape is `"m,n"`, `"n"`, `""` (a scalar) or a type of problem files. `derivative` is gradient, jacobian or
    hessian; without it the shapes decide.
    """
    rows = ([f"{k}={v}" for k, v in (row or {}).items()] for row in (shapes, facts, define, index, ranges))
    part = question(expression, wrt, Texts(*rows), derivative)
    return PartSolution(solve_part(part, second_opinion))


@dataclass(frozen=True)
class LoadedProblem:
    """A problem that was read and typed, not yet solved."""

    problem: Problem

    @property
    def id(self) -> str:
        return self.problem.id

    @property
    def title(self) -> str:
        return self.problem.title.text

    @property
    def parts(self) -> dict[str, Part]:
        return {part.id: part for part in self.problem.parts}

    def solve(
        self,
        part: str | None = None,
        *,
        second_opinion: bool = True,
        progress: Callable[[str], None] | None = None,
    ) -> ProblemSolution:
        """Every part, or the one asked for. A part without a derivation says so and raises nothing."""
        check_part(self.problem, part)
        return ProblemSolution(solve(self.problem, part, second_opinion, progress))

    def __repr__(self) -> str:
        return f"LoadedProblem({self.id!r}, parts={list(self.parts)})"


@dataclass(frozen=True)
class ProblemSolution:
    """What solving a problem gave; `parts` by id, `status` the worst of theirs."""

    result: ProblemResult

    @property
    def status(self) -> str:
        return self.result.status

    @cached_property
    def parts(self) -> Mapping[str, PartSolution]:
        return {part.part.id: PartSolution(part) for part in self.result.parts}

    @property
    def json(self) -> dict[str, Any]:
        """The dictionary of `derive solve --format json`."""
        return problem_json(self.result)

    def __str__(self) -> str:
        return plain(problem_text(self.result))

    def __repr__(self) -> str:
        return f"ProblemSolution({self.result.problem.id!r}, {self.status!r}, parts={list(self.parts)})"

    def _repr_latex_(self) -> str:
        return "\n\n".join(part._repr_latex_() for part in self.parts.values())


@dataclass(frozen=True)
class PartSolution:
    """One part: its derivation, its answers, how it was checked."""

    result: PartResult

    @property
    def id(self) -> str:
        return self.result.part.id

    @property
    def status(self) -> str:
        """checked, not-checked, not-derived, failed or authored."""
        return self.result.status

    @property
    def error(self) -> str | None:
        """Why the part was not derived."""
        return str(self.result.error) if self.result.error is not None else None

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all chains, in the order in which they are read."""
        return tuple(lines_of(self.result))

    @property
    def chains(self) -> tuple[Chain, ...]:
        return tuple(block for block in self.result.blocks if isinstance(block, Chain))

    @cached_property
    def answers(self) -> tuple[AnswerView, ...]:
        return tuple(AnswerView(found, self.result.part) for found in self.result.answers)

    @property
    def answer(self) -> AnswerView:
        """The answer of a part that has exactly one."""
        if len(self.answers) == 1:
            return self.answers[0]
        names = ", ".join(str(answer.name) for answer in self.answers)
        many = f"part {self.id} has {len(self.answers)} answers: {names}"
        raise InputError(many if self.answers else f"part {self.id} has no answer ({self.status})")

    def __getitem__(self, name: str) -> AnswerView:
        """The answer of that name."""
        found = {answer.name: answer for answer in self.answers if answer.name}
        if name not in found:
            raise UnknownName(f"part {self.id} has no answer '{name}'", hint=nearest(name, found))
        return found[name]

    def __str__(self) -> str:
        return plain(part_text(self.result))

    def __repr__(self) -> str:
        return f"PartSolution({self.id!r}, {self.status!r})"

    def _repr_latex_(self) -> str:
        return notebook_part(self.result)


@dataclass(frozen=True)
class AnswerView:
    """One answer in every notation it goes on in."""

    found: Found
    part: Part

    @property
    def _answer(self) -> Answer:
        return self.found.answer

    @property
    def name(self) -> str | None:
        return self._answer.name

    @property
    def expression(self) -> Node:
        """The typed tree of derive itself."""
        return self._answer.expression

    @property
    def where(self) -> tuple[tuple[Node, Node], ...]:
        """Equations of the names that the derivation introduced."""
        return self._answer.where

    @property
    def agrees(self) -> bool | None:
        """Whether it is what the author expects; None where nothing is expected or nothing could be said."""
        expected = self.found.expect
        return {"holds": True, "fails": False}.get(expected.status) if expected else None

    @property
    def latex(self) -> str:
        return latex(self._answer.shown, self.part.scope.notation)

    @property
    def text(self) -> str:
        """In the language of problem files."""
        return text(self.expression, self.part.scope)

    @property
    def numpy(self) -> str:
        """An expression over `np` and the problem's names; NotEvaluated where there is none."""
        return numpy_code(self.expression)

    @property
    def torch(self) -> str:
        """The same over `torch`."""
        return torch_code(self.expression)

    def program(self, dialect: str = "numpy") -> str:
        """A function in NumPy ("numpy") or PyTorch ("torch") that computes the answer and all it needs."""
        return program(self.asked, self.expression, self.where, self.part.scope, dialect)

    @property
    def asked(self) -> Node:
        """The question that this answers."""
        named = (a.expression for a in self.part.find if a.name == self.name)
        return next(named, self.expression)

    @property
    def sympy(self) -> sympy.Basic:
        """The same in SymPy; NotDerived where SymPy has no counterpart."""
        from derive.tree.border import to_sympy  # SymPy is slow to import

        expression: sympy.Basic = to_sympy(self.expression)
        return expression

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"AnswerView({self.text!r})"

    def _repr_latex_(self) -> str:
        return notebook(answer_rows(self._answer, self.part))


def check_answer(
    answer: str | Path, problem: str | Path | LoadedProblem, part: str | None = None
) -> CheckedAnswer:
    """A hand-written answer judged line by line: its LaTeX or Markdown, or a path to it."""
    from derive.judging.answer import judge_text
    from derive.judging.files import problems_of, text_of

    if isinstance(problem, LoadedProblem):
        check_part(problem.problem, part)
        problems: tuple[Problem, ...] = (problem.problem,)
        label = problem.problem.file
    else:
        problems, label = problems_of(problem, part), str(problem)
    is_path = isinstance(answer, Path) or ("\n" not in answer and answer.endswith((".md", ".tex")))
    text = text_of(answer) if is_path else str(answer)
    return CheckedAnswer(judge_text(text, str(answer) if is_path else "<answer>", problems, part, label))


@dataclass(frozen=True)
class CheckedAnswer:
    """A judged answer: `chains` of claims with verdicts; prints as the terminal shows it."""

    report: Report

    @property
    def chains(self) -> tuple[JudgedChain, ...]:
        return self.report.chains

    @property
    def first_wrong(self) -> list[int]:
        """The first wrong line of every chain that has one."""
        return self.report.first_wrong

    @property
    def is_right(self) -> bool:
        return self.report.is_right

    @property
    def json(self) -> dict[str, Any]:
        """The dictionary of `derive check --format json`."""
        from derive.judging.report_json import report_json

        return report_json(self.report)

    def __str__(self) -> str:
        from derive.judging.report_text import report_text

        return report_text(self.report)

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {name}" for name, n in self.report.counts.items())
        return f"CheckedAnswer({self.report.answer.text.file!r}, {counts or 'no claims'})"


def check_part(problem: Problem, part: str | None) -> None:
    """UnknownName with the nearest id where the problem has no such part."""
    ids = [p.id for p in problem.parts]
    if part is not None and part not in ids:
        hint = nearest(part, ids) or f"its parts are {', '.join(ids)}"
        raise UnknownName(f"{problem.file} has no part '{part}'", hint=hint)
