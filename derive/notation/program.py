"""An answer as a function that runs: `def gradient(A, x, b): ... return ...`, in NumPy or PyTorch.

The arguments are what the question mentions and does not define; the body computes sizes, definitions, recurrences
and the names that the derivation introduced (adjoints), in an order in which each finds what it needs. Vectors are
1-D arrays, families dicts by index (`x[1]`, ..., `x[T]`). Quantities that need one another are computed in one loop,
in the direction of their indices.
"""

from __future__ import annotations

from typing import Iterable, Iterator, Mapping, Sequence

from derive.errors import NotEvaluated
from derive.notation.numpy_code import NUMPY, Coder, Dialect, identifier
from derive.notation.schedule import Family, Formula, Step, families_of, formulas, scheduled
from derive.notation.text import text
from derive.notation.torch_code import TORCH
from derive.tree.nodes import Node, free_indices, walk
from derive.tree.sizes import Size
from derive.vocabulary.asked import DERIVATIVES
from derive.vocabulary.scope import Scope

DIALECTS: Mapping[str, Dialect] = {"numpy": NUMPY, "torch": TORCH}
IMPORTS = {"np": "import numpy as np", "torch": "import torch", "math": "import math"}
INDENT = "    "
Equations = Sequence[tuple[Node, Node]]


def program(asked: Node, answer: Node, where: Equations, scope: Scope, dialect: str = "numpy") -> str:
    """The function; NotEvaluated where the answer has no code."""
    return _Program(asked, answer, where, scope, DIALECTS[dialect]).written()


class _Program:
    """One function while it is written."""

    def __init__(self, asked: Node, answer: Node, where: Equations, scope: Scope, dialect: Dialect) -> None:
        self.asked, self.scope, self.dialect = asked, scope, dialect
        self.result, self.families = families_of(asked, answer, where, scope)
        self.steps = scheduled(self.result, self.families)
        self.formulas = formulas(self._nodes(), scope)
        names = frozenset(self.families) | {f.argument.symbol.name for f in self.formulas}
        self.given = list(self._given())
        like = next((_first(g) for g in self.given if g.shape.dims), "")
        self.coder = Coder(names, dialect, like)

    def _nodes(self) -> Iterator[Node]:
        for body in (self.result, *(b for step in self.steps for f in step.families for b in f.bodies)):
            yield from walk(body)

    # ------------------------------------------------------------ what is given

    def _given(self) -> Iterator[Family]:
        """Declared names in the order of the question, then what only the answer mentions."""
        mentioned: dict[str, None] = {}
        waiting = [self.asked]
        while waiting:
            for node in walk(waiting.pop(0)):
                if node.op == "sym" and node.symbol.name not in mentioned:
                    mentioned[node.symbol.name] = None
                    definition = self.scope.definitions.get(node.symbol.name)
                    if definition is not None:
                        waiting += [definition.body] if definition.body is not None else []
                        waiting += [body for _, body in definition.members]
        bodies = (n for f in self.formulas for n in walk(f.body) if n != f.argument)
        used = dict.fromkeys(n.symbol.name for n in (*self._nodes(), *bodies) if n.op == "sym")
        for name in dict.fromkeys([*mentioned, *used]):
            family = self.families.get(name)
            if family is None or family.body is not None or family.members and not family.starts:
                continue
            if name in used or not family.is_silent:
                yield family

    def _arguments(self, sizes: Iterable[str]) -> list[str]:
        found = [identifier(f.name) for f in self.given if not f.starts]
        starting = [f for step in self.steps for f in step.families if f.starts]
        found += [self._member(f, index) for f in starting for index in f.starts]
        known = {(f.name, f.order) for f in self.formulas}
        applied = [n.data for n in self._nodes() if n.op == "apply" and n.data not in known]
        found += [f"{identifier(data[0])}{'_prime' * data[1]}" for data in applied if isinstance(data, tuple)]
        return list(dict.fromkeys([*found, *sizes]))

    def _member(self, family: Family, index: tuple[Size, ...]) -> str:
        """`h_0`; `b_T_plus_1`."""
        words = "_".join(str(i) for i in index).replace("+", "_plus_").replace("-", "_minus_")
        return f"{identifier(family.name)}_{words.replace('*', '_').replace(' ', '')}"

    # ------------------------------------------------------------ sizes

    def _sizes(self) -> tuple[list[str], list[str]]:
        """Lines that read sizes off arguments, and the sizes that no argument shows."""
        wanted: dict[str, None] = {}
        own = {p for step in self.steps for f in step.families for p in f.params}
        for step in self.steps:
            for f in step.families:
                for body in f.bodies:
                    wanted.update(dict.fromkeys(sorted(free_indices(body) - set(f.params))))
                for low, high in f.ranges.values():
                    wanted.update(dict.fromkeys(sorted((low.names | high.names) - own)))
        wanted.update(dict.fromkeys(sorted(free_indices(self.result))))
        lines: list[str] = []
        for f in self.given:
            found = {i: d.name for i, d in enumerate(f.shape.dims) if d.name in wanted and not f.starts}
            for name in found.values():
                wanted.pop(str(name), None)
            lines += self._unpacked(f, {i: str(name) for i, name in found.items()})
        for f in self.given:
            for i, param in enumerate(f.params):
                last = f.ranges[param][1].name if param in f.ranges else None
                if last in wanted:
                    wanted.pop(str(last))
                    key = identifier(f.name)
                    at = key if len(f.params) == 1 else f"key[{i}] for key in {key}"
                    lines.append(f"{self.coder.size_name(str(last))} = max({at})")
        return lines, [self.coder.size_name(name) for name in wanted]

    def _unpacked(self, family: Family, found: Mapping[int, str]) -> list[str]:
        written = {i: self.coder.size_name(name) for i, name in found.items()}
        if len(found) == 2 and len(set(found.values())) == 2:
            return [f"{written[0]}, {written[1]} = {_first(family)}.shape"]
        once = {name: i for i, name in reversed(written.items())}
        return [f"{name} = {_first(family)}.shape[{i}]" for name, i in once.items()]

    # ------------------------------------------------------------ the body

    def written(self) -> str:
        sizes, further = self._sizes()
        lines = [*sizes, *(line for f in self.formulas for line in self._formula(f))]
        lines += [line for step in self.steps for line in self._step(step)]
        lines.append(f"return {self._code(self.result)}")
        body = "\n".join(INDENT + line if line else "" for line in lines).replace(
            "__import__('math')", "math"
        )
        said = f'{INDENT}"""{self._said()}"""'
        modules = [m for m in (self.dialect.module, "math") if f"{m}." in body]
        head = "\n".join(IMPORTS[m] for m in sorted(modules))
        arguments = ", ".join(self._arguments(further))
        function = f"def {self._name()}({arguments}):\n{said}\n{body}\n"
        return f"{head}\n\n\n{function}" if head else function

    def _name(self) -> str:
        return self.asked.op if self.asked.op in DERIVATIVES else "answer"

    def _said(self) -> str:
        dicts = [f for f in self.given if f.params and not f.starts]
        said = f"{text(self.asked, self.scope)}"
        return said + "".join(f"; {identifier(f.name)} is a dict by {', '.join(f.params)}" for f in dicts)

    def _code(self, node: Node) -> str:
        return _bare(self.coder.write(node).text)

    def _formula(self, formula: Formula) -> list[str]:
        name = f"{identifier(formula.name)}{'_prime' * formula.order}"
        inner = f"{INDENT}return {self._code(formula.body)}"
        return ["", f"def {name}({identifier(formula.argument.symbol.name)}):", inner, ""]

    def _step(self, step: Step) -> Iterator[str]:
        if not step.families[0].params:
            (family,) = step.families
            assert family.body is not None
            yield f"{identifier(family.name)} = {self._code(family.body)}"
            return
        if not step.recurs and not step.families[0].starts and not step.families[0].members:
            yield self._comprehension(step.families[0])
            return
        for family in step.starting():
            rows = [f"{self._key(i)}: {self._member(family, i)}" for i in family.starts]
            rows += [f"{self._key(i)}: {self._code(body)}" for i, body in family.members]
            yield f"{identifier(family.name)} = {{{', '.join(rows)}}}"
        if all(f.body is None for f in step.families):
            return
        low, high = (self.coder.size(s).text for s in (step.low, step.high + 1))
        if step.backward:
            low, high = (self.coder.size(s).text for s in (step.high, step.low - 1))
        yield f"for {identifier(step.var)} in range({low}, {high}{', -1' * step.backward}):"
        for family in step.families:
            if family.body is not None:
                left = f"{identifier(family.name)}[{identifier(step.var)}]"
                yield f"{INDENT}{left} = {self._code(step.body_of(family))}"

    def _comprehension(self, family: Family) -> str:
        assert family.body is not None
        names = [identifier(p) for p in family.params]
        key = names[0] if len(names) == 1 else f"({', '.join(names)})"
        loops = "".join(
            f" for {name} in range({self.coder.size(low).text}, {self.coder.size(high + 1).text})"
            for name, (low, high) in zip(names, family.ranges.values(), strict=True)
        )
        return f"{identifier(family.name)} = {{{key}: {self._code(family.body)}{loops}}}"

    def _key(self, index: tuple[Size, ...]) -> str:
        return ", ".join(self.coder.size(i).text for i in index)


def _first(family: Family) -> str:
    """The array, or the first member of the family."""
    name = identifier(family.name)
    if not family.params:
        return name
    lows = [low for low, _ in family.ranges.values()]
    if any(low.constant is None for low in lows) or not lows:
        raise NotEvaluated(f"the first member of {family.name} is not known")
    return f"{name}[{', '.join(str(low) for low in lows)}]"


def _bare(code: str) -> str:
    """Without parentheses around the whole."""
    depth = 0
    for i, c in enumerate(code):
        depth += (c == "(") - (c == ")")
        if depth == 0 and i < len(code) - 1:
            return code
    return code[1:-1] if code.startswith("(") else code
