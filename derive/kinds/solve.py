"""Solving a problem: the kind of each part writes lines, the checker judges them, the status is the worst of all.

To add a kind of question: a file beside this one with a function `Part -> (blocks, answers)`, and a line in TABLE;
for what is asked in `find:`, a function `(Part, Named) -> (blocks, answers)` and a line in QUESTIONS.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from derive.check.judge import Checker
from derive.check.needed import needed
from derive.errors import DeriveError, InputError, NotDerived, UnknownName
from derive.errors import nearest as similar
from derive.kinds.algorithms import algorithm
from derive.kinds.bayes import naive_bayes, share
from derive.kinds.code import code
from derive.kinds.cost import big_o, evaluations
from derive.kinds.counting import count_paths
from derive.kinds.decoding import search
from derive.kinds.derivations import find, prose, show
from derive.kinds.figures import figure
from derive.kinds.known import known_elsewhere
from derive.kinds.nearest import nearest
from derive.kinds.result import Claimed, Found, Opinion, PartResult, ProblemResult
from derive.notation.derivation import Answer, Block, Chain, Finding, Line, Reason, Verdict
from derive.notation.rounding import decimals_in
from derive.problem.model import Equation, Named, Part, Problem
from derive.tree.nodes import Node
from derive.vocabulary.asked import DERIVATIVES

Kind = Callable[[Part], tuple[tuple[Block, ...], tuple[Answer, ...]]]

Made = tuple[tuple[Block, ...], tuple[Answer, ...]]

QUESTIONS: dict[str, Callable[[Part, Named], Made]] = {
    "search": search,
    "naive_bayes": naive_bayes,
    "P": share,
    "nearest": nearest,
    "bigO": big_o,
    "count_paths": count_paths,
    "evaluations": evaluations,
}


def _find(part: Part) -> Made:
    """What is asked of data or algorithms has kinds of its own; all else is an expression to be derived."""
    if not any(named.expression.op in QUESTIONS for named in part.find):
        return find(part)
    blocks: list[Block] = []
    answers: list[Answer] = []
    for named in part.find:
        if named.expression.op in QUESTIONS:
            made = QUESTIONS[named.expression.op](part, named)
            several = named.name is not None and len(made[1]) > 1
            answers += [
                replace(a, name=f"{named.name}.{a.name}" if several else named.name or a.name)
                for a in made[1]
            ]
        else:
            made = find(replace(part, find=(named,)))
            answers += made[1]
        blocks += made[0]
    return tuple(blocks), tuple(answers)


TABLE: dict[str, Kind] = {
    "find": _find,
    "show": show,
    "answer": prose,
    "algorithm": algorithm,
    "code": code,
    "figure": figure,
}


def solve(
    problem: Problem,
    only: str | None = None,
    second_opinion: bool = True,
    progress: Callable[[str], None] | None = None,
) -> ProblemResult:
    """All parts (or the one named `only`) derived and checked. Nothing a user can write makes this raise
    anything but UnknownName for a part that does not exist."""
    parts = [p for p in problem.parts if only is None or p.id == only]
    if not parts:
        raise UnknownName(
            f"no part {only!r} in {problem.file}", hint=similar(only or "", [p.id for p in problem.parts])
        )
    results: list[PartResult] = []
    for part in parts:
        if progress is not None:
            progress(part.id)
        results.append(solve_part(part, second_opinion, tuple(results)))
    return ProblemResult(problem, tuple(results))


def solve_part(part: Part, second_opinion: bool = True, earlier: tuple[PartResult, ...] = ()) -> PartResult:
    """One part: derive, check every line, compare with `expect:`, check claims, ask for a second opinion."""
    error: DeriveError | None = None
    blocks: tuple[Block, ...] = ()
    answers: tuple[Answer, ...] = ()
    try:
        kind = TABLE.get(part.verb)
        if kind is None:
            raise NotDerived(f"'{part.verb}' is not a kind of question yet", part.place)
        blocks, answers = kind(part)
        _answers_what_is_expected(part, answers)
    except RecursionError:
        error = NotDerived("the expression is nested too deeply to derive", part.place)
    except DeriveError as found:
        error = found.at(part.place)
    except (AssertionError, TypeError, ValueError, KeyError, IndexError, AttributeError) as bug:
        error = NotDerived(f"internal error, please report it: {type(bug).__name__}: {bug}", part.place)
    part = replace(part, scope=part.scope.introducing(n for a in answers for n in a.introduced))
    checker = Checker(part.scope, part.ranges)
    if part.steps:
        blocks = (_authored(part),)
        answers = answers or _last_of_steps(part, blocks)
        error = None if answers or part.verb != "find" else error
        error = None if part.verb == "show" else error
    elif error is not None and part.show is not None and part.show.left is not None:
        blocks = _refuted(part, checker)
    last = {a.shown for a in answers}
    blocks = known_elsewhere(blocks, earlier, last)
    judged = tuple(checker.chain(b) if isinstance(b, Chain) else b for b in blocks)
    found_answers = _all_compared(answers, part, checker)
    claims = tuple(_claimed(c, c.left, part, checker) for c in part.claims if c.left is not None)
    opinion = _second(part, answers) if second_opinion else Opinion("skipped", "not asked for")
    result = PartResult(part, judged, found_answers, claims, opinion, error)
    return replace(result, status=_status(result))


def _claimed(claim: Equation, left: Node, part: Part, checker: Checker) -> Claimed:
    """A claim judged; beside prose it also says which facts of its names it needs."""
    verdict = checker.line(left, claim.relation, claim.right)
    if verdict.status != "holds" or part.verb != "answer":
        return Claimed(claim.text, verdict)
    where = needed(left, claim.relation, claim.right, part.scope, part.ranges)
    return Claimed(claim.text, verdict, where)


def _answers_what_is_expected(part: Part, answers: tuple[Answer, ...]) -> None:
    """What `expect:` names is among the answers."""
    names = [a.name for a in answers]
    for expected in part.expect:
        if expected.name not in names:
            hint = similar(expected.name or "", [n for n in names if n])
            hint = hint or f"its answers are {', '.join(n for n in names if n)}"
            raise NotDerived(f"there is no answer '{expected.name}'", expected.place, hint)


def _authored(part: Part) -> Chain:
    """The author's own lines as a chain."""
    lines: list[Line] = []
    for step in part.steps:
        left = step.left if step.left is not None else lines[-1].left if lines else _asked(part)
        lines.append(Line(left, step.right, Reason("as given"), step.relation, place=step.place))
    variables = {a.expression.args[1] for a in part.find if a.expression.op in DERIVATIVES}
    if part.show is not None and part.show.left is not None and lines[-1].right != part.show.right:
        lines.append(Line(part.show.left, part.show.right, Reason("as asked"), place=part.show.place))
    return Chain(tuple(lines), variables.pop() if len(variables) == 1 else None, ranges=part.ranges)


def _last_of_steps(part: Part, blocks: tuple[Block, ...]) -> tuple[Answer, ...]:
    """Where the engine has no way, the author's last right side answers a single question."""
    chain = blocks[0]
    if len(part.find) != 1 or not isinstance(chain, Chain) or chain.lines[-1].left != part.find[0].expression:
        return ()
    return (Answer(chain.lines[-1].right, part.find[0].name),)


def _refuted(part: Part, checker: Checker) -> tuple[Block, ...]:
    """An equation that could not be shown: if numbers refute it, the line that fails; else nothing."""
    assert part.show is not None
    assert part.show.left is not None
    line = Line(part.show.left, part.show.right, Reason("as asked"))
    verdict = checker.line(line.left, "==", line.right)
    return (Chain((line,), ranges=part.ranges),) if verdict.status == "fails" else ()


def _asked(part: Part) -> Node:
    """What the first line of `steps:` starts from where it begins with `==`."""
    if part.show is not None and part.show.left is not None:
        return part.show.left
    if part.find:
        return part.find[0].expression
    raise InputError("the first line of steps: needs a left side", part.steps[0].place)


def _compared(answer: Answer, part: Part, checker: Checker) -> Found:
    """`expect:` against the answer: a check, never a source."""
    wanted = next((e for e in part.expect if e.name == answer.name), None)
    asked = next((a.expression for a in part.find if a.name == answer.name), answer.expression)
    if answer.decimals is not None:  # what is printed was checked as a line, the value behind it was not
        value = checker.line(asked, "==", answer.expression)
        if value.status == "fails":
            return Found(answer, value)
    if wanted is None:
        return Found(answer)
    if answer.expression.op == "words":
        return Found(answer, _same_words(answer.expression, wanted.expression))
    verdict = checker.equal(answer.expression, wanted.expression)
    if verdict.status == "fails" and decimals_in(wanted.expression):
        rounded = checker.line(asked, "~=", wanted.expression)
        verdict = rounded if rounded.status == "holds" else verdict
    return Found(answer, verdict)


def _same_words(found: Node, wanted: Node) -> Verdict:
    """Words are compared as they are."""
    if wanted == found:
        return Verdict("holds", "the same words")
    return Verdict("fails", "words", reason=f"'{wanted.data}' is expected")


def _all_compared(answers: tuple[Answer, ...], part: Part, checker: Checker) -> tuple[Found, ...]:
    """Every answer against `expect:`. Where several results are as good (ties), all that is expected must be that
    of one of them; what is printed stays the first."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        name = answer.name or ""
        groups.setdefault(name.rpartition(".")[0] or ("" if len(part.find) == 1 else name), []).append(answer)
    found: dict[int, Found] = {}
    for group in groups.values():
        compared = [_compared(a, part, checker) for a in group]
        for n in range(max(len(a.ties) for a in group)):
            if all(f.expect is None or f.expect.status == "holds" for f in compared):
                break
            tied = [_compared(_tie(a, n), part, checker) for a in group]
            if all(f.expect is None or f.expect.status == "holds" for f in tied):
                compared = tied
        found.update({id(a): Found(a, f.expect) for a, f in zip(group, compared, strict=True)})
    return tuple(found[id(a)] for a in answers)


def _tie(answer: Answer, n: int) -> Answer:
    return replace(answer, expression=answer.ties[n]) if n < len(answer.ties) else answer


def _second(part: Part, answers: tuple[Answer, ...]) -> Opinion:
    """SymPy's opinion on the closed-form derivatives among the answers; the worst of several."""
    from derive.check.second_opinion import second_opinion  # SymPy is slow to import

    opinions = []
    for asked, answer in zip(part.find, answers, strict=False):
        if asked.expression.op in DERIVATIVES and part.hold:
            opinions.append(Opinion("skipped", "names are held fixed"))
        elif asked.expression.shape.kind == "tensor":
            opinions.append(Opinion("skipped", "the answer is in index notation"))
        elif asked.expression.op in DERIVATIVES:
            form = answer.closed or answer.expression  # data are rounded there, a value is not
            if form == asked.expression:
                opinions.append(Opinion("skipped", "there is no closed form"))
                continue
            found = second_opinion(part.scope, asked.expression, form, part.ranges)
            opinions.append(Opinion(found.status, found.reason))
    for status in ("differs", "skipped", "agrees"):
        for opinion in opinions:
            if opinion.status == status:
                return opinion
    return Opinion("skipped", "no derivative asked")


def _status(result: PartResult) -> str:
    """The worst of lines, claims, expectations and second opinion."""
    verdicts = [line.verdict for b in result.blocks if isinstance(b, Chain) for line in b.lines]
    verdicts += [b.verdict for b in result.blocks if isinstance(b, Finding)]
    verdicts += [c.verdict for c in result.claims]
    verdicts += [f.expect for f in result.answers if f.expect is not None]
    statuses = {v.status for v in verdicts if v is not None}
    if "fails" in statuses or result.opinion.status == "differs":
        return "failed"
    if result.error is not None:
        return "not-derived"
    if "not-checked" in statuses:
        return "not-checked"
    if result.part.verb in ("answer", "algorithm") and not result.claims:
        return "authored"  # that an algorithm ends says nothing about what it finds
    if result.part.verb == "find" and not verdicts:
        return "not-checked"
    return "checked"
