"""One answer against one problem or several: chains are tied to parts, its own names are learned, lines judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Iterable, Sequence

from derive.judging.chain import QUESTIONS, Chained
from derive.judging.judged import JudgedChain, Report
from derive.judging.ladder import DECLARED, Bench
from derive.judging.owning import Learned, epochs
from derive.judging.tie import Tie, questions, tie
from derive.kinds.result import PartResult
from derive.kinds.solve import solve_part
from derive.latexread import (
    Answer,
    Chain,
    Claim,
    Context,
    IllTyped,
    Text,
    Unreadable,
    elaborate,
    elaborate_claim,
    read_answer,
)
from derive.latexread.names import Names
from derive.latexread.reading import Elaborated
from derive.notation.derivation import Chain as Derived
from derive.notation.derivation import Reason
from derive.problem.model import Part, Problem
from derive.tree.nodes import Node, walk
from derive.vocabulary.scope import Definition, Scope

ZERO = ("0", r"\mathbf 0", r"\mathbf{0}", r"\boldsymbol{0}", r"\vec{0}")


@dataclass
class Desk:
    """A problem that chains are judged against; contexts grow by the names that the answer introduces."""

    problem: Problem
    parts: tuple[Part, ...]
    text: Text | None = None

    def __post_init__(self) -> None:
        self.context = Context.of(_with_names(self.problem.scope, self.parts))
        self._benches: dict[tuple[str | None, int], Bench] = {}
        self._engine: dict[tuple[str, str | None], Node | None] = {}
        self._epochs: list[Learned] = []
        self._introduced: tuple[Definition, ...] = ()
        self._epoch = 0

    def bench(self, part: Part | None) -> Bench:
        key = (part.id if part is not None else None, self._epoch)
        if key not in self._benches:
            own = tuple(d.name for d in self._introduced)
            if part is None:
                self._benches[key] = Bench(self.context, text=self.text, introduced=own)
            else:
                scope = _with_names(part.scope, self.parts)
                definitions = {d.name: d for d in self._introduced if d.name not in scope.definitions}
                notation = {**self.context.scope.notation, **scope.notation}
                scope = replace(scope, definitions={**scope.definitions, **definitions}, notation=notation)
                context = replace(self.context, scope=scope, names=Names(scope))
                self._benches[key] = Bench(context, part.ranges, self.text, own)
        return self._benches[key]

    @cached_property
    def variables(self) -> tuple[Node, ...]:
        """What the parts differentiate or minimise in."""
        asked = (node for part in self.parts for question, _ in questions(part) for node in walk(question))
        return tuple(dict.fromkeys(n.args[1] for n in asked if n.op in QUESTIONS and n.args[1].op == "sym"))

    @cached_property
    def solutions(self) -> tuple[tuple[Node, Node], ...]:
        """The optima that the parts ask for: a variable and the engine's answer."""
        found: list[tuple[Node, Node]] = []
        for part in self.parts:
            for named in part.find:
                for node in walk(named.expression):
                    if node.op in ("argmin", "argmax"):
                        alone = replace(part, find=(replace(named, expression=node, name=None),), expect=())
                        result = solve_part(alone, second_opinion=False)
                        found += [(node.args[1], f.answer.expression) for f in result.answers[:1]]
                        self._conditions(part, result)
        return tuple(found)

    def _conditions(self, part: Part, result: PartResult) -> None:
        """What the engine's derivation says must be positive is so on the instances of optima, too."""
        bench = self.bench(part)
        for block in result.blocks:
            if isinstance(block, Derived):
                bench.given = tuple(dict.fromkeys((*bench.given, *block.given)))

    def learn(self, claims: Iterable[tuple[Claim, str]]) -> frozenset[int]:
        """Names that the answer defines itself, wherever in it; the claims that do so."""
        self._epochs = epochs(claims, self.context)
        self.turn_to(0)
        return frozenset().union(*(epoch.claims for epoch in self._epochs))

    def turn_to(self, place: int) -> None:
        """What the answer's names mean at a place of its text."""
        now = [epoch for epoch in self._epochs if epoch.start <= place][-1]
        self.context, self._introduced, self._epoch = now.context, now.introduced, now.start

    def engine(self, tied: Tie) -> Node | None:
        """The engine's own answer; None where it has none that was checked."""
        key = (tied.part.id, tied.name)
        if key not in self._engine:
            result = solve_part(tied.part, second_opinion=False)
            self._conditions(tied.part, result)
            fine = result.status == "checked"
            answers = {f.answer.name: f.answer.expression for f in result.answers} if fine else {}
            answer = answers.get(tied.name)
            if answer is None and fine and tied.part.show is not None:
                answer = tied.part.show.right
            self._engine[key] = answer
        return self._engine[key]

    def heads(self, chain: Chain) -> list[Node]:
        """The left sides of a chain, as far as they can be read."""
        found: list[Node] = []
        for claim in chain.claims:
            if claim.continues or claim.left is None:
                continue
            node = elaborate(claim.left, self.context)
            if isinstance(node, Elaborated):
                found.append(node.node)
        return found

    def readable(self, chain: Chain) -> int:
        """How many claims of a chain this problem's names read."""
        return sum(
            1
            for claim in chain.claims
            if claim.refusal is None
            and not isinstance(elaborate_claim(claim, self.context, "hadamard", None, "left"), Unreadable)
        )


def _with_names(scope: Scope, parts: Sequence[Part]) -> Scope:
    """Named answers (`find: {mu_y: E(y)}`) are names an answer may use."""
    named: dict[str, Definition] = {}
    for part in parts:
        for asked, name in questions(part):
            if name is not None and "[" not in name and name not in scope.definitions:
                named[name] = Definition(name, asked.shape, (), asked)
    declarations = {n: d for n, d in scope.declarations.items() if n not in named}
    return replace(scope, declarations=declarations, definitions={**scope.definitions, **named})


def judge_text(
    text: str, file: str, problems: Sequence[Problem], part: str | None = None, label: str = ""
) -> Report:
    """Every claim of an answer with its verdict. `part` restricts what chains are tied to."""
    return judge(read_answer(text, file), problems, part, label)


def judge(answer: Answer, problems: Sequence[Problem], part: str | None = None, label: str = "") -> Report:
    desks = [
        Desk(p, tuple(x for x in p.parts if part is None or x.id == part), answer.text) for p in problems
    ]
    introduced: frozenset[int] = frozenset()
    for desk in desks:
        introduced |= desk.learn((claim, chain.label) for chain in answer.chains for claim in chain.claims)
    grouped = _with_sides(c for c in answer.chains if not c.claims[0].spoken or id(c.claims[0]) in introduced)
    placed: list[tuple[Desk, Tie | None]] = []
    for chain, _ in grouped:
        for desk in desks:
            desk.turn_to(chain.claims[0].span.start)
        placed.append(_placed(chain, desks, placed[-1][0] if placed else desks[0]))
    placed = _without_taken(placed)
    variables = _variables_of_displays([chain for chain, _ in grouped], [tied for _, tied in placed])
    before: dict[int, Chained] = {}
    chains: list[JudgedChain] = []
    for (chain, sides), (desk, tied) in zip(grouped, placed, strict=True):
        desk.turn_to(chain.claims[0].span.start)
        bench, own = _bench(desk, tied, part)
        chained = Chained(
            bench,
            desk.engine(tied) if tied is not None and tied.exact else None,
            tied.asked if tied is not None and tied.exact else None,
            introduced,
            variables.get(chain.display),
            desk.variables,
            desk.solutions if _solves(answer) else (),
            (tied.part.id, tied.asked, desk.engine(tied)) if tied is not None and not tied.exact else None,
        )
        if chain.display in before:
            chained.follows(before[chain.display])
        chains.append(_judged(chain, sides, chained, desk, tied, own))
        if chain.display:
            before[chain.display] = chained
    return Report(answer, label or (problems[0].file if problems else ""), tuple(chains))


def _without_taken(placed: list[tuple[Desk, Tie | None]]) -> list[tuple[Desk, Tie | None]]:
    """A part that a chain answers exactly is not what another one missed."""
    taken = {tied.part.id for _, tied in placed if tied is not None and tied.exact}
    found: list[tuple[Desk, Tie | None]] = []
    for desk, tied in placed:
        if tied is not None and not tied.exact:
            tied = tie([tied.head], [p for p in desk.parts if p.id not in taken])
        found.append((desk, tied))
    return found


def _solves(answer: Answer) -> bool:
    """Whether somewhere an expression is set to zero."""
    return any(
        claim.relation == "="
        and claim.right is not None
        and answer.text.slice(claim.right.span).strip() in ZERO
        for claim in answer.claims
    )


def _variables_of_displays(chains: Sequence[Chain], ties: Sequence[Tie | None]) -> dict[int, Node]:
    """The variable of the derivative that a display ends with: its lines before speak of that differential."""
    return {
        chain.display: tied.asked.args[1]
        for chain, tied in zip(chains, ties, strict=True)
        if chain.display and tied is not None and tied.exact and tied.asked.op in QUESTIONS
    }


def _bench(desk: Desk, tied: Tie | None, part: str | None) -> tuple[Bench, Part | None]:
    own = tied.part if tied is not None and tied.exact else None
    if own is None and part is not None and desk.parts:
        own = desk.parts[0]
    return desk.bench(own), own


def _with_sides(chains: Iterable[Chain]) -> list[tuple[Chain, list[Claim]]]:
    """Remarks beside lines go with the chain they stand in."""
    found: list[tuple[Chain, list[Claim]]] = []
    for chain in chains:
        if chain.claims and all(c.side for c in chain.claims) and found and _beside(chain, found[-1][0]):
            found[-1][1].extend(chain.claims)
        else:
            found.append((chain, []))
    return found


def _beside(side: Chain, host: Chain) -> bool:
    line = side.claims[0].line
    return side.display == host.display and host.claims[0].line <= line <= host.claims[-1].end_line


def _placed(chain: Chain, desks: Sequence[Desk], last: Desk) -> tuple[Desk, Tie | None]:
    """The problem and the part that a chain is about: what its left side asks, else whose names read it best."""
    ties = [(desk, tie(desk.heads(chain), desk.parts)) for desk in desks]
    for exact in (True, False):
        for desk, tied in ties:
            if tied is not None and tied.exact == exact:
                return desk, tied
    if len(desks) == 1:
        return desks[0], None
    best = max(desks, key=lambda d: (d.readable(chain), d is last))
    return best, None


def _judged(
    chain: Chain, sides: list[Claim], chained: Chained, desk: Desk, tied: Tie | None, own: Part | None
) -> JudgedChain:
    remarks: list[Reason] = []
    if tied is not None and not tied.exact:
        remarks.append(Reason(f"wrong parameter? part {tied.part.id} asks for {{0}}", (tied.asked,)))
    claims = (
        sorted([*chain.claims, *sides], key=lambda c: (c.line, c.column)) if sides else list(chain.claims)
    )
    return JudgedChain(
        tuple(chained.judge(claims)),
        chained.bench.scope,
        desk.problem.file,
        own.id if own is not None and tied is not None else None,
        tuple(remarks),
        chain.label,
        chain.title,
    )


@dataclass(frozen=True)
class Checked:
    """Several answers, as `derive.check_answer` gives them."""

    reports: tuple[Report, ...]

    @cached_property
    def is_right(self) -> bool:
        return all(report.is_right for report in self.reports)


__all__ = ["Bench", "Checked", "DECLARED", "Desk", "IllTyped", "judge", "judge_text"]
