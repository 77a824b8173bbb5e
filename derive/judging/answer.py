"""One answer against one problem or several: chains are tied to parts, its own names are learned, lines judged."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Iterable, Sequence

from derive.judging.beliefs import Beliefs
from derive.judging.chain import QUESTIONS, Chained, Patience
from derive.judging.conditions import around, limits_of, limits_only
from derive.judging.finals import final_of, used
from derive.judging.judged import JudgedChain, Report
from derive.judging.ladder import DECLARED, Bench, judge_pair
from derive.judging.optima import Optima
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
    Pair,
    Text,
    Unreadable,
    elaborate,
    elaborate_claim,
    is_known,
    read_answer,
)
from derive.latexread.decorations import decorated, names_of, naming
from derive.latexread.names import Names
from derive.latexread.names import shown as spelled_name
from derive.latexread.reading import Elaborated
from derive.latexread.surface import Name
from derive.notation.derivation import Chain as Derived
from derive.notation.derivation import Reason
from derive.problem.model import Part, Problem
from derive.tree.nodes import SCALAR, Node, walk
from derive.vocabulary.build import sym
from derive.vocabulary.scope import Declaration, Definition, Scope

DENOTING = frozenset({"let", "define", "denote", "denoting"})
MULTIPLIERS = frozenset({"lambda", "nu", "alpha", "beta", "gamma", "eta", "mu", "xi", "kappa"})
_SOLVING = re.compile(r"minimi|maximi|optim|stationar|to zero|likelihood", re.IGNORECASE)
ZERO = ("0", r"\mathbf 0", r"\mathbf{0}", r"\boldsymbol{0}", r"\vec{0}")


@dataclass
class Desk:
    """A problem that chains are judged against; contexts grow by the names that the answer introduces."""

    problem: Problem
    parts: tuple[Part, ...]
    text: Text | None = None

    def __post_init__(self) -> None:
        self.context = Context.of(_with_names(self.problem.scope, self.parts), variables=self.variables)
        self._benches: dict[tuple[str | None, int], Bench] = {}
        self._engine: dict[tuple[str, str | None], Node | None] = {}
        self._named: list[Definition] = []  # names of optima
        self._declared: list[Declaration] = []
        self._epochs: list[Learned] = []
        self._introduced: tuple[Definition, ...] = ()
        self._numbers: tuple[Declaration, ...] = ()  # letters in brackets of functions
        self._epoch = 0
        self.optima = Optima(self.problem.parts)
        self.beliefs = Beliefs(self.optima)

    def bench(self, part: Part | None) -> Bench:
        key = (part.id if part is not None else None, self._epoch)
        if key not in self._benches:
            own = tuple(d.name for d in self._introduced)
            if part is None:
                self._benches[key] = Bench(self.context, text=self.text, introduced=own)
            else:
                scope = _with_names(part.scope, self.parts)
                known = (*self._named, *self._introduced)
                definitions = {d.name: d for d in known if d.name not in scope.definitions}
                scope = replace(scope, definitions={**scope.definitions, **definitions})
                given = (*self._declared, *self._numbers)
                declared = {d.name: d for d in given if d.name not in scope.declarations}
                notation = {**self.context.scope.notation, **scope.notation}
                scope = replace(scope, declarations={**scope.declarations, **declared}, notation=notation)
                context = replace(self.context, scope=scope, names=Names(scope))
                self._benches[key] = Bench(context, part.ranges, self.text, own)
        return self._benches[key]

    @cached_property
    def variables(self) -> tuple[Node, ...]:
        """What the parts differentiate or minimise in."""
        asked = (node for part in self.parts for question, _ in questions(part) for node in walk(question))
        return tuple(dict.fromkeys(n.args[1] for n in asked if n.op in QUESTIONS and n.args[1].op == "sym"))

    def _conditions(self, part: Part, result: PartResult) -> None:
        """What the engine's derivation says must be positive is so on the instances of optima, too."""
        bench = self.bench(part)
        for block in result.blocks:
            if isinstance(block, Derived):
                bench.given = tuple(dict.fromkeys((*bench.given, *block.given)))

    def learn(self, claims: Iterable[tuple[Claim, str]]) -> frozenset[int]:
        """Names that the answer defines itself, wherever in it; the claims that do so."""
        claims = list(claims)
        self._know_optima([claim for claim, _ in claims])
        self._epochs = epochs(claims, self.context)
        self.turn_to(0)
        return frozenset().union(*(epoch.claims for epoch in self._epochs))

    def turn_to(self, place: int) -> None:
        """What the answer's names mean at a place of its text."""
        now = [epoch for epoch in self._epochs if epoch.start <= place][-1]
        self.context, self._introduced, self._epoch = now.context, now.introduced, now.start
        self._numbers = now.numbers

    def _know_optima(self, claims: Sequence[Claim]) -> None:
        """Decorated names of what is optimised are names of its optimum; multipliers are numbers."""
        own = {
            spelled_name(claim.written_left)
            for claim in claims
            if isinstance(claim.written_left, Name) and DENOTING & set(claim.words.lower().split())
        }
        surfaces = [s for claim in claims for s in (claim.written_left, claim.right)]
        names = {spelled_name(n): n for s in surfaces for n in names_of(s)}
        for key, name in names.items():
            if key in own:
                continue
            symbol = decorated(name, self.context)
            if symbol is None and name.below:  # an entry of it
                name = replace(name, below=())
                symbol = decorated(name, self.context)
            values = self.optima.values_of(symbol) if symbol is not None else ()
            if symbol is None or not values:
                continue
            value = values[0] if len(values) == 1 else self._meant(key, values, claims)
            known = self.context.scope.definitions
            self.context, _ = naming(name, symbol, value, self.context)
            self._named += [d for n, d in self.context.scope.definitions.items() if n not in known]
        if self.optima.is_constrained:
            self._know_multipliers(names.values())

    def _meant(self, written: str, values: Sequence[Node], claims: Sequence[Claim]) -> Node:
        """Which of several optima of a variable a name is: that which the answer says it is, else the first."""
        bench = Bench(self.context)
        for claim in claims:
            left = claim.left
            if not isinstance(left, Name) or spelled_name(left) != written or claim.right is None:
                continue
            right = elaborate(claim.right, self.context)
            for value in values if isinstance(right, Elaborated) else ():
                assert isinstance(right, Elaborated)
                if judge_pair(bench, Pair(value, right.node), "==", DECLARED).outcome == "holds":
                    return value
        return values[0]

    def _know_multipliers(self, names: Iterable[Name]) -> None:
        wanted = [m for part in self.parts for m in part.multipliers]
        unknown = [n for n in names if n.letter in MULTIPLIERS and spelled_name(n) == n.letter]
        unknown = [n for n in unknown if not is_known(n, self.context)]
        fresh = [sym(n.letter, SCALAR) for n in unknown]
        new = [m for m in dict.fromkeys((*wanted, *fresh)) if not self.context.scope.knows(m.symbol.name)]
        if not new:
            return
        self._declared = [Declaration(m.symbol.name, m.shape) for m in new]
        scope = self.context.scope
        declarations = {**scope.declarations, **{d.name: d for d in self._declared}}
        wider = Context.of(replace(scope, declarations=declarations), self.context.arrays)
        self.context = replace(wider, optima=self.context.optima, functions=self.context.functions)
        self.optima.introduced = tuple(m for m in new if m not in wanted)

    def questioned(self, node: Node) -> list[Node]:
        """The questions that a variable, or the name of its optimum, stands for as the left side of a chain."""
        if node.op != "sym":
            return [node]
        name = self.context.optima.get(node.symbol.name, node.symbol.name)
        return [node, *(o.question for o in self.optima.asked if o.x.symbol.name == name)]

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
                found += self.questioned(node.node)
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
        desk.optima.solves = _solves(answer)
        introduced |= desk.learn((claim, chain.label) for chain in answer.chains for claim in chain.claims)
    shown = (c for c in answer.chains if not c.claims[0].spoken or id(c.claims[0]) in introduced)
    grouped = _with_sides(shown, desks[0].context.scope if desks else None)
    placed: list[tuple[Desk, Tie | None]] = []
    for chain, _ in grouped:
        for desk in desks:
            desk.turn_to(chain.claims[0].span.start)
        placed.append(_placed(chain, desks, placed[-1][0] if placed else desks[0]))
    placed = _without_taken(placed)
    variables = _variables_of_displays([chain for chain, _ in grouped], [tied for _, tied in placed])
    taken = [tied.part.id for _, tied in placed if tied is not None and tied.exact]
    names = used(answer.claims)
    spaces = around(grouped, len(answer.text.text))
    before: dict[int, Chained] = {}
    patience = Patience()
    chains: list[JudgedChain] = []
    for (chain, sides), (desk, tied), space in zip(grouped, placed, spaces, strict=True):
        desk.turn_to(chain.claims[0].span.start)
        final = None
        if tied is None or not tied.exact:
            final = final_of(chain, introduced, desk.bench(None), desk.parts, taken, names, desk.engine)
        tied = final or tied
        bench, own = _bench(desk, tied, part)
        chained = Chained(
            bench,
            desk.engine(tied) if tied is not None and tied.exact else None,
            tied.asked if tied is not None and tied.exact else None,
            introduced,
            variables.get(chain.display),
            desk.variables,
            desk.optima,
            desk.beliefs,
            limits_of(chain, sides, answer.text, space, bench.scope),
            final,
            names,
            (tied.part.id, tied.asked, desk.engine(tied)) if tied is not None and not tied.exact else None,
            patience,
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
    """Whether somewhere an expression is set to zero, or something is said to be optimal."""
    return bool(_SOLVING.search(answer.text.text)) or any(
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


def _with_sides(chains: Iterable[Chain], scope: Scope | None) -> list[tuple[Chain, list[Claim]]]:
    """Remarks beside lines, and conditions, go with the chain they stand in."""
    found: list[tuple[Chain, list[Claim]]] = []
    for chain in chains:
        if found and chain.display and scope is not None and limits_only(chain, scope):
            chain = replace(chain, claims=tuple(replace(c, side=True) for c in chain.claims))
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
