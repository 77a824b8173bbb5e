"""One optimum: what is minimised in what, its value by the engine, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from derive.check.judge import Checker
from derive.errors import DeriveError
from derive.judging.definite import instances
from derive.kinds.solve import solve_part
from derive.notation.derivation import Chain
from derive.problem.model import Named, Part
from derive.tree.nodes import Node
from derive.vocabulary.build import ZERO, add, build, neg

SEEDS, NEEDED = 40, 3
WORDS = {"argmin": "minimiser", "argmax": "maximiser", "solve": "solution"}


@dataclass(frozen=True, eq=False)
class Optimum:
    """`question` is `argmin(f, x)` or `solve(f == 0, x)`; `is_asked`: a part asks it, and not only for the gradient."""

    question: Node
    part: Part
    is_asked: bool = True

    @property
    def x(self) -> Node:
        return self.question.args[1]

    @property
    def objective(self) -> Node:
        return self.question.args[0]

    def _solved(self, question: Node) -> tuple[Node | None, tuple[Node, ...]]:
        """The engine's answer, and what must be positive for it."""
        named = Named(None, question, "", self.part.place)
        alone = replace(self.part, verb="find", find=(named,), show=None, steps=(), expect=(), in_terms_of=())
        result = solve_part(alone, second_opinion=False)
        given = tuple(n for b in result.blocks if isinstance(b, Chain) for n in b.given)
        fine = result.status == "checked" and len(result.answers) == 1
        found = result.answers[0].answer if fine else None
        return (None if found is None or found.introduced else found.expression), tuple(dict.fromkeys(given))

    @cached_property
    def _answer(self) -> tuple[Node | None, tuple[Node, ...]]:
        return self._solved(self.question)

    @cached_property
    def slope(self) -> Node:
        """What vanishes there: the derivative, in closed form where the engine has one, or what an equation sets to
        zero."""
        if self.question.op == "solve":
            left, right = self.objective.args
            return left if right == ZERO or right.op == "zeros" else add(left, neg(right))
        question = build("gradient", self.objective, self.x)
        return self._solved(question)[0] or question

    @property
    def closed(self) -> Node | None:
        """The engine's closed form."""
        return self._answer[0]

    @property
    def value(self) -> Node:
        return self.closed if self.closed is not None else self.question

    @property
    def given(self) -> tuple[Node, ...]:
        """Conditions under which the closed form is the optimum."""
        return self._answer[1]

    @property
    def word(self) -> str:
        return WORDS[self.question.op]

    @property
    def said(self) -> str:
        """What an equation is that holds there only."""
        what = "that is solved" if self.question.op == "solve" else "for the optimum"
        return f"an equation {what}: it holds at the {self.word}"


def stationary(gradient: Node, part: Part) -> Optimum | None:
    """The minimum, else the maximum, of what a part differentiates."""
    for op in ("argmin", "argmax"):
        try:
            found = Optimum(build(op, *gradient.args), part, is_asked=False)
        except DeriveError:
            return None
        if found.closed is not None or _has_values(found):
            return found
    return None


def _has_values(optimum: Optimum) -> bool:
    """Whether the search by numbers finds it on instances."""
    found = missed = 0
    for evaluator in instances(Checker(optimum.part.scope), {}, seeds=range(4)):
        try:
            evaluator.value(optimum.question)
        except (DeriveError, RecursionError):
            missed += 1
        else:
            found += 1
        if found > 1 or missed > 1:
            break
    return found > 1
