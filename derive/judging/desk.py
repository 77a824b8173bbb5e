"""A problem that chains of an answer are judged against: its names, its optima, what the engine answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Iterable, Sequence

from derive.judging.beliefs import Beliefs
from derive.judging.bench import Bench
from derive.judging.focus import Focus, Focusing
from derive.judging.inverting import letters_varied
from derive.judging.judged import Judged
from derive.judging.meaning import Spoken
from derive.judging.optima import Optima
from derive.judging.owning import Learned, epochs
from derive.judging.powers_varied import with_powers, with_roots
from derive.judging.shadowing import members_first
from derive.judging.tie import Tie, questions
from derive.judging.turning import MULTIPLIERS
from derive.judging.unasked import unasked
from derive.judging.words import words_of
from derive.kinds.result import PartResult
from derive.kinds.solve import solve_part
from derive.latexread import (
    Ambiguous,
    Chain,
    Claim,
    Context,
    Text,
    Unreadable,
    elaborate,
    elaborate_claim,
    is_known,
)
from derive.latexread.decorations import decorated, names_of, naming
from derive.latexread.names import shown as spelled_name
from derive.latexread.patterns import spelled
from derive.latexread.reading import Elaborated
from derive.latexread.surface import Name
from derive.notation.derivation import Chain as Derived
from derive.problem.model import Part, Problem
from derive.tree.nodes import SCALAR, Node, walk
from derive.vocabulary.asked import QUESTIONS
from derive.vocabulary.build import build, sym
from derive.vocabulary.scope import Declaration, Definition, Scope

_SHARE = re.compile(r"[Pp]r?(?:\\left)?\s*\(")
DENOTING = frozenset({"let", "define", "denote", "denoting"})


@dataclass
class Desk:
    """A problem that chains are judged against; contexts grow by the names that the answer introduces."""

    problem: Problem
    parts: tuple[Part, ...]
    text: Text | None = None
    part: str | None = None  # the one that is asked for

    def __post_init__(self) -> None:
        scope = _with_names(self.problem.scope, self.parts)
        context = Context.of(scope, variables=self.variables)
        context = replace(context, unasked=unasked(scope, self.parts), asked=self.asked)
        context = replace(context, shares=self._shares())
        self.context = members_first(context, self.problem.parts)
        self._benches: dict[tuple[str | None, int, Focus | None], Bench] = {}
        self._engine: dict[tuple[str, str | None], Node | None] = {}
        self._named: list[Definition] = []  # names of optima
        self._several: dict[str, Node] = {}  # those that may be of several parts, with their variables
        self._fixed: dict[str, Node] = {}  # those that say themselves which it is, with its question
        self._declared: list[Declaration] = []
        self._epochs: list[Learned] = []
        self._roots: tuple[Definition, ...] = ()  # of what the problem prints as a square
        self._powers: tuple[Definition, ...] = ()  # that the answer differentiates in
        self._letters: frozenset[str] = frozenset()  # of what the answer differentiates in
        self._introduced: tuple[Definition, ...] = ()
        self._numbers: tuple[Declaration, ...] = ()  # letters in brackets of functions
        self._epoch = 0
        self.optima = Optima(self.problem.parts)
        self.focusing = Focusing(self.problem.parts, self.optima, self.part)
        self.beliefs = Beliefs(self.optima)
        self.spoken = Spoken()

    def _shares(self) -> dict[str, Node]:
        """The probabilities that the parts ask of a table, by what the engine calls them."""
        if not self.problem.scope.columns or self.text is None or not _SHARE.search(self.text.text):
            return {}
        found: dict[str, Node] = {}
        for part in self.problem.parts:
            result = solve_part(part, second_opinion=False)
            answers = [f.answer for f in result.answers] if result.status == "checked" else []
            for answer in answers:
                name = (answer.name or "").partition("P(")
                if name[1] and answer.expression is not None:
                    found[name[1] + name[2]] = answer.expression
        return found

    def bench(self, part: Part | None) -> Bench:
        key = (part.id if part is not None else None, self._epoch, self.optima.focus)
        if key not in self._benches:
            introduced = (*self._powers, *self._introduced)
            own = tuple(d.name for d in introduced)
            if part is None:
                self._benches[key] = Bench(self.context, {}, self.text, own, self._varied(own), self.spoken)
            else:
                scope = _with_names(part.scope, self.parts)
                named = tuple(self.context.scope.definitions[d.name] for d in self._named)
                known = (*named, *introduced)
                theirs = {n: d for n, d in scope.definitions.items() if not self._is_replaced(n, part)}
                definitions = {d.name: d for d in known if d.name not in theirs}
                scope = replace(scope, definitions={**theirs, **definitions})
                given = (*self._declared, *self._numbers)
                declared = {d.name: d for d in given if d.name not in scope.declarations}
                notation = {**self.context.scope.notation, **scope.notation}
                scope = replace(scope, declarations={**scope.declarations, **declared}, notation=notation)
                context = self.context.within(scope)
                self._benches[key] = Bench(
                    context, part.ranges, self.text, own, self._varied(own), self.spoken
                )
        return self._benches[key]

    def _is_replaced(self, name: str, part: Part) -> bool:
        """Whether a name is the Lagrangian of the part, and the answer has one of its own."""
        if part.lagrangian is None or name != part.lagrangian.symbol.name:
            return False
        bodies = [d.body for d in self._introduced if d.shape.is_scalar and d.body is not None]
        return any(m in walk(body) for body in bodies for m in part.multipliers)

    @cached_property
    def asked(self) -> tuple[Node, ...]:
        return tuple(question for part in self.problem.parts for question, _ in questions(part))

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
        stated = [claim for claim, _ in claims]
        self.context, self._roots = with_roots(self.context, stated)
        self._know_optima(stated)
        self.context, powers = with_powers(self.context, stated)
        self._powers = (*self._roots, *powers)
        self._letters = letters_varied(claim for claim, _ in claims)
        self._epochs = epochs(claims, self.context, self.text.text if self.text is not None else "")
        self.turn_to(0)
        return frozenset().union(*(epoch.claims for epoch in self._epochs))

    def _varied(self, names: Sequence[str]) -> frozenset[str]:
        """Those of the answer's names that it differentiates in."""
        patterns = (p for letter in self._letters for p in self.context.names.patterns.get(letter, ()))
        return frozenset(p.name for p in patterns) & frozenset(names)

    def turn_to(self, place: int, focus: Focus | None = None) -> None:
        """What the answer's names mean at a place of its text, and which optima count there."""
        now = [epoch for epoch in self._epochs if epoch.start <= place][-1]
        self.context, self._introduced, self._epoch = now.context, now.introduced, now.start
        self._numbers = now.numbers
        self.optima.focus = focus
        if self._several and focus is not None:
            scope = self.context.scope
            values = {n: self.optima.values_of(x) for n, x in self._several.items()}
            bodies = {n: replace(scope.definitions[n], body=value[0]) for n, value in values.items() if value}
            wider = replace(scope, definitions={**scope.definitions, **bodies})
            self.context = self.context.within(wider)

    def _know_optima(self, claims: Sequence[Claim]) -> None:
        """Decorated names of what is optimised are names of its optimum; multipliers are numbers."""
        own = {
            spelled_name(claim.written_left)
            for claim in claims
            if isinstance(claim.written_left, Name) and DENOTING & set(claim.words.lower().split())
        }
        surfaces = [s for claim in claims for s in (claim.written_left, claim.right)]
        names = {spelled_name(n): n for s in surfaces for n in names_of(s)}
        for shown, name in names.items():
            if shown in own:
                continue
            symbol = decorated(name, self.context)
            if symbol is None and spelled(name.above).isdigit():  # a power of it
                name = replace(name, above=())
                symbol = decorated(name, self.context)
            if symbol is None and name.below:  # an entry of it
                name = replace(name, below=())
                symbol = decorated(name, self.context)
            root = next((d for d in self._roots if symbol is not None and d.name == symbol.symbol.name), None)
            base = root.body.args[0] if root is not None and root.body is not None else symbol
            values = self.optima.values_of(base) if base is not None else ()
            if symbol is None or base is None or not values:
                continue
            said = self.focusing.by_name(shown, base)
            if said is None:  # by another method: an optimum that nobody asks for
                continue
            value = said[0].value if said else values[0]
            value = build("sqrt", value) if root is not None else value
            known = self.context.scope.definitions
            self.context, internal = naming(name, symbol, value, self.context)
            self._named += [d for n, d in self.context.scope.definitions.items() if n not in known]
            if root is not None:
                continue
            if said:
                self._fixed[internal] = said[0].question
            elif len(values) > 1:
                self._several[internal] = symbol
        if self.optima.is_constrained:
            self._know_multipliers(names.values())

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
        self.context = self.context.within(replace(scope, declarations=declarations))
        self.optima.introduced = tuple(m for m in new if m not in wanted)

    def speaks_of_rivals(self, judged: Judged) -> bool:
        """Whether a line is about an optimum that several parts may mean."""
        nodes = [n for side in (judged.left, judged.right) if side is not None for n in walk(side)]
        names = {n.symbol.name for n in nodes if n.op == "sym"}
        is_there = judged.head is not None and bool(judged.head.at)
        variables = {o.x.symbol.name for o in self.optima.rivals}
        return bool(names & self._several.keys()) or (is_there and bool(names & variables))

    def questioned(self, node: Node) -> list[Node]:
        """The questions that a variable, or the name of its optimum, stands for as the left side of a chain."""
        if node.op != "sym":
            return [node]
        if node.symbol.name in self._fixed:
            return [node, self._fixed[node.symbol.name]]
        called = [asked for p in self.parts for asked, name in questions(p) if name == node.symbol.name]
        if called and not node.args:
            return [node, *called]
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

    def lender(self, chain: Chain) -> Part | None:
        """The part whose own names (its `let:`) read more of a chain than the names that all parts share."""
        shared = self.problem.scope.definitions.keys() | self.problem.scope.declarations.keys()
        lending = [
            p for p in self.parts if (p.scope.definitions.keys() | p.scope.declarations.keys()) - shared
        ]
        found = self.readable(chain) if lending else len(chain.claims)
        if found == len(chain.claims):
            return None
        counts = [(self.readable(chain, self.bench(p).context), p) for p in lending]
        most = max(count for count, _ in counts)
        return next(p for count, p in counts if count == most) if most > found else None

    def heads(self, chain: Chain, context: Context | None = None) -> list[Node]:
        """The left sides of a chain, as far as they can be read."""
        found: list[Node] = []
        for claim in chain.claims:
            if claim.continues or claim.left is None:
                continue
            node = elaborate(claim.left, context or self.context)
            if isinstance(node, Elaborated):
                found += self.questioned(node.node)
        return found

    def readable_alone(self, claim: Claim) -> bool:
        """Whether this problem's names read an expression."""
        self.turn_to(claim.span.start)
        found = elaborate(claim.right, self.context) if claim.right is not None else None
        return isinstance(found, (Elaborated, Ambiguous))

    def readable(self, chain: Chain, context: Context | None = None) -> int:
        """How many claims of a chain this problem's names read."""
        context = context or self.context
        return sum(
            1
            for claim in chain.claims
            if claim.refusal is None
            and not isinstance(elaborate_claim(claim, context, "hadamard", None, "left"), Unreadable)
        )


def _with_names(scope: Scope, parts: Sequence[Part]) -> Scope:
    """Named answers (`find: {mu_y: E(y)}`) are names an answer may use."""
    named = words_of(scope)
    for part in parts:
        for asked, name in questions(part):
            known = name is None or name in scope.definitions or name in scope.declarations
            if name is not None and not known and "[" not in name:
                named[name] = Definition(name, asked.shape, (), asked)
    declarations = {n: d for n, d in scope.declarations.items() if n not in named}
    return replace(scope, declarations=declarations, definitions={**scope.definitions, **named})
