"""Bodies of definitions, read in the order in which the names in them become known.

The shape of a family must be known before its own body is read: from a boundary member, else by trying the
shapes that occur in the problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from derive.errors import DeriveError, InputError, ShapeError
from derive.notation.tokens import Token, tokens_of
from derive.problem import recurrence
from derive.problem.fields import Target, expression, member, placed
from derive.tree.nodes import SCALAR, Shape, free_indices
from derive.vocabulary.build import ZERO
from derive.vocabulary.scope import Definition, Scope

SIZED = ("eye", "ones", "zeros")  # functions whose arguments are sizes
MOST_TRIALS = 400  # shapes tried in vain


@dataclass
class Bodies:
    """Targets being read. `found` is what the reader sees: definitions, and outlines of known shape."""

    scope: Scope
    targets: list[Target]
    fixed: Mapping[str, Shape]
    found: dict[str, Definition] = field(default_factory=dict)
    needs: dict[int, set[str]] = field(default_factory=dict)  # by id of the target
    trials: list[int] = field(default_factory=lambda: [MOST_TRIALS])  # shared with trials inside trials

    def settled(self, before: Scope) -> Scope:
        """The scope with all bodies; definitions keep the order of the file."""
        self.found = dict(self.scope.definitions)
        self.scope = replace(self.scope, definitions=self.found)
        self.needs = {id(t): self.mentioned(t) for t in self.targets}
        self.check_members()
        for name in dict.fromkeys(t.name for t in self.targets):
            shape = self.fixed.get(name) or self.shape_of(name)
            if shape is not None:
                self.outline(name, shape)
        self.read_all(list(self.targets))
        names = dict.fromkeys([*before.definitions, *(t.name for t in self.targets)])
        return replace(self.scope, definitions={n: self.found[n] for n in names if n in self.found})

    def mentioned(self, target: Target) -> set[str]:
        """Names still to be defined that the body mentions."""
        with placed(target.text):
            tokens = tokens_of(target.text.value, target.text.at)
        families = {t.name: bool(t.index) for t in self.targets}
        bound = {t.text for t, after in zip(tokens, tokens[1:], strict=False) if after.kind == "="}
        found = set()
        for token, after in _outside_sizes(tokens):
            if token.text in families and (after.kind == "[" or not families[token.text]):
                found.add(token.text)
        return found - bound

    def shape_of(self, name: str) -> Shape | None:
        found = self.found.get(name) or self.scope.declarations.get(name)
        return found.shape if found else None

    def check_members(self) -> None:
        for target in self.targets:
            declared = self.scope.declarations.get(target.name)
            lengths = {len(t.index) for t in self.targets if t.name == target.name}
            lengths |= {len(i) for i in declared.boundary or (declared.params,)} if declared else set()
            if len(lengths) > 1:
                raise InputError(
                    f"'{target.name}' has members with different numbers of indices", target.place
                )
            if not target.is_member or (declared and declared.params):
                continue
            if target.name not in self.found and only_members(target.name, self.targets):
                message = f"{target} is a boundary member, but nothing declares or defines its family"
                family = member(target.name, list(self.scope.indices)[: len(target.index)] or ["t"])
                raise InputError(message, target.place, f"add {family} under symbols: or define:")

    def params(self, name: str) -> tuple[str, ...]:
        main = next((t.params for t in self.targets if t.name == name and not t.is_member), None)
        if main is not None:
            return main
        known = self.found.get(name) or self.scope.declarations.get(name)
        return known.params if known else ()

    def outline(self, name: str, shape: Shape) -> None:
        """Makes the name known before its bodies are read."""
        main = next((t for t in self.targets if t.name == name and not t.is_member), None)
        own = tuple((t.index, ZERO) for t in self.targets if t.name == name and t.is_member)
        before = self.found.get(name)
        kept = tuple(m for m in before.members if m[0] not in dict(own)) if before else ()
        place = main.place if main else next(t.place for t in self.targets if t.name == name)
        body = before.body if before and not main else None
        self.found[name] = Definition(name, shape, self.params(name), body, (*kept, *own), place)

    def read_all(self, pending: list[Target]) -> None:
        while pending:
            ready = [t for t in pending if all(n in self.found for n in self.needs[id(t)])]
            for target in ready:
                self.read(target)
            pending = [t for t in pending if t not in ready]
            if pending and not ready:
                self.infer(self.circle(pending), pending)

    def read(self, target: Target) -> None:
        body = expression(target.text, self.scope)
        if free := sorted((free_indices(body) & self.scope.indices.keys()) - set(target.params)):
            hint = f"write {member(target.name, [*target.index, *free])}: ..., or sum over {free[0]}"
            raise InputError(f"{target} has no index {free[0]}", target.text.place, hint)
        if body.shape.kind == "function":
            raise ShapeError("a function needs its argument here, as in f(u)", target.text.place)
        if target.name not in self.found:
            self.outline(target.name, body.shape)
        known = self.found[target.name]
        if known.shape != body.shape:
            raise self.mismatch(target, known.shape, body.shape)
        if target.is_member:
            members = tuple((i, body if i == target.index else b) for i, b in known.members)
            self.found[target.name] = replace(known, members=members)
        else:
            self.found[target.name] = replace(known, body=body)

    def mismatch(self, target: Target, known: Shape, got: Shape) -> ShapeError:
        if target.name in self.fixed:
            message = f"'{target}' was {known} and becomes {got}"
            return ShapeError(message, target.text.place, "a special case keeps its shape")
        declared = self.scope.declarations.get(target.name)
        others = [t.index for t in self.targets if t.name == target.name and t is not target]
        if declared:
            others += declared.boundary or (declared.params,)  # type: ignore[arg-type]
        message = f"{target} is {got}, but {member(target.name, others[0])} is {known}" if others else ""
        message = message or f"the body of {target} is {got} where {target} itself is {known}"
        return ShapeError(message, target.text.place)

    def circle(self, pending: list[Target]) -> list[str]:
        """Names that wait for each other."""
        path = [pending[0].name]
        while True:
            waiting = {
                n for t in pending if t.name == path[-1] for n in self.needs[id(t)] if n not in self.found
            }
            step = sorted(waiting)[0]
            if step in path:
                return path[path.index(step) :]
            path.append(step)

    # ------------------------------------------------------------ families of unknown shape

    def infer(self, circle: list[str], pending: list[Target]) -> None:
        """Makes one family of the circle known, with the first shape that its body then has."""
        families = [t for t in pending if t.name in circle and t.params and not t.is_member]
        if not families:
            own = [t for t in self.targets if t.name in circle]
            raise recurrence.circle_error(list(dict.fromkeys(t.name for t in own)), own[0].place)
        target = families[0]
        errors: list[DeriveError] = []
        for shape in self.candidates():
            trial = replace(self, found=dict(self.found))
            trial.scope = replace(self.scope, definitions=trial.found)
            trial.outline(target.name, shape)
            try:
                trial.read_all(self.behind(target, pending))
            except DeriveError as error:
                errors.append(error)
                self.trials[0] -= 1
                if self.trials[0] < 0:
                    break
                continue
            self.outline(target.name, shape)
            return
        raise self.no_shape(target, errors)

    def behind(self, target: Target, pending: list[Target]) -> list[Target]:
        """The pending targets that the family is defined through."""
        names, open_ = {target.name}, [target.name]
        while open_:
            name = open_.pop()
            new = {n for t in pending if t.name == name for n in self.needs[id(t)]} - names
            names |= new
            open_ += new
        return [t for t in pending if t.name in names]

    def candidates(self) -> list[Shape]:
        known = [d.shape for d in self.scope.declarations.values()]
        known += [d.shape for d in self.found.values()]
        sizes = dict.fromkeys(n for s in known for n in s.dims)
        vectors = [Shape("vector", (n,)) for n in sizes]
        return list(dict.fromkeys([SCALAR, *vectors, *(s for s in known if s.kind in ("vector", "matrix"))]))

    def no_shape(self, target: Target, errors: list[DeriveError]) -> DeriveError:
        """The error of the shape that came furthest: to the end of the body, or the last column of it."""

        def reached(error: DeriveError) -> tuple[bool, int, int]:
            place = error.place or target.place
            return place == target.text.place, place.line, place.column

        best = max(errors, key=reached)
        if len({(str(e.place), e.message) for e in errors}) > 1:
            first = member(target.name, ["0"] * len(target.index))
            best.hint = f"declare where {target} starts:\n    symbols:\n      {first}: vector(n)"
        return best


def _outside_sizes(tokens: list[Token]) -> Iterable[tuple[Token, Token]]:
    """Each token and the next one, without the arguments of eye, ones and zeros."""
    depth = inside = 0
    for n, token in enumerate(tokens[:-1]):
        depth += (token.kind in ("(", "[")) - (token.kind in (")", "]"))
        if inside and depth < inside:
            inside = 0
        if not inside and token.kind == "(" and n and tokens[n - 1].text in SIZED:
            inside = depth
        if not inside:
            yield token, tokens[n + 1]


def only_members(name: str, targets: list[Target]) -> bool:
    return all(t.is_member for t in targets if t.name == name)
