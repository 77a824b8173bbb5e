"""Each system's way through the cases: prepare, derive (timed), evaluate on numbers, count nodes.

Prepared are the names and the expression; timed is the derivation alone, from fresh caches. Checks are timed nowhere.
A further system: a class with the methods of the others, and its name in SYSTEMS.
"""

from __future__ import annotations

import importlib.metadata
from typing import Any

import numpy as np
from cases_table import Case, counted, scope_of

from derive.notation.evaluate import Evaluator, draw
from derive.notation.reader import read, read_range
from derive.rewrite.expression import Wish, derive_expression
from derive.tree.nodes import Node
from derive.vocabulary.build import count, sym
from derive.vocabulary.scope import Scope


def problem(case: Case) -> tuple[Scope, Node]:
    scope = scope_of(case.symbols, case.define, case.index)
    if case.where:
        name, _, span = case.where.partition("=")
        scope = scope.with_range(name, *read_range(span))
    return scope, read(case.asked, scope)


class Numbers:
    """One random instance: the values of names by name, members of a family below one another."""

    def __init__(self, scope: Scope, asked: Node, seed: int) -> None:
        self.evaluator = Evaluator(scope, draw(scope, frozenset(), seed, scope.narrowed))
        self.right = np.squeeze(self.evaluator.value(asked))
        self.shape = [d.value(self.evaluator.outer) for d in asked.shape.dims]
        self.sizes = dict(self.evaluator.outer)
        self.values: dict[str, Any] = {}
        for name, declared in scope.declarations.items():
            if declared.shape.kind == "function" or declared.law is not None or declared.of:
                continue
            indices: list[tuple[Node, ...]] = [()]
            for p in declared.params:
                low, high = (s.value(self.sizes) for s in scope.indices[p])
                indices = [(*i, count(t)) for i in indices for t in range(low, high + 1)]
            try:
                members = [
                    self.evaluator.value(sym(name, declared.shape, i, declared.facts)) for i in indices
                ]
            except Exception:  # a boundary member only: no system but ours has recurrences
                continue
            self.values[name] = np.stack([np.squeeze(v) for v in members]) if declared.params else members[0]


class Derive:
    name = "derive"

    def version(self) -> str:
        return "this version"

    def prepare(self, case: Case) -> Any:
        scope, asked = problem(case)
        return asked, Wish(scope)

    def derive(self, prepared: Any) -> Any:
        return derive_expression(*prepared)

    def value(self, case: Case, result: Any, numbers: Numbers) -> Any:
        return np.squeeze(numbers.evaluator.value(result.expression))

    def size(self, result: Any) -> int:
        return counted(result)

    def fresh(self) -> None:
        """Nothing is kept between derivations."""


class SymPy:
    name = "SymPy"

    def __init__(self) -> None:
        import sympy_cases
        import sympy_numbers

        self.cases, self.numbers = sympy_cases, sympy_numbers

    def version(self) -> str:
        return importlib.metadata.version("sympy")

    def fresh(self) -> None:
        from sympy.core.cache import clear_cache

        clear_cache()

    def prepare(self, case: Case) -> Any:
        return getattr(self.cases, case.name)()

    def derive(self, prepared: Any) -> Any:
        expression, variable, times = prepared
        for _ in range(times):
            expression = expression.diff(variable)
        return expression

    def value(self, case: Case, result: Any, numbers: Numbers) -> Any:
        at = {**numbers.sizes, **{k: _two_axes(v) for k, v in numbers.values.items()}}
        if case.name == "inv_by_matrix":
            at |= {index: int(at[index]) - 1 for index in "ijkl"}  # from 0 in SymPy
        found = np.asarray(self.numbers.value(result, at))
        jacobian = case.asked.startswith("jacobian")
        if found.ndim == 2 and jacobian:
            found = found.T  # in SymPy's layout a Jacobian is (in x out)
        if found.ndim == 4 and jacobian:
            found = found.squeeze().T
        return np.squeeze(found)

    def size(self, result: Any) -> int:
        return self.numbers.size(result)


class Tensorgrad:
    name = "tensorgrad"

    def __init__(self) -> None:
        import tensorgrad_cases
        import tensorgrad_numbers

        self.cases, self.numbers = tensorgrad_cases, tensorgrad_numbers

    def version(self) -> str:
        return importlib.metadata.version("tensorgrad")

    def fresh(self) -> None:
        from tensorgrad import structure

        for f in vars(structure).values():
            if hasattr(f, "cache_clear"):
                f.cache_clear()

    def prepare(self, case: Case) -> Any:
        return getattr(self.cases, case.name)()

    def derive(self, prepared: Any) -> Any:
        expression, variable, times, _ = prepared
        for i in range(times):
            names = {e: e + "_" * (i + 1) for e in variable.edges}
            expression = expression.grad(variable, names)
        return expression.full_simplify()

    def value(self, case: Case, result: Any, numbers: Numbers) -> Any:
        from sympy import Symbol

        edges = [e.replace("'", "_") for e in self.prepare(case)[3]]
        sizes = {Symbol(n): s for n, s in numbers.sizes.items()}
        values = {**numbers.values, "rp": 1 / np.sqrt(numbers.sizes.get("p", 1))}
        found = np.squeeze(self.numbers.aligned(self.numbers.value(result, values, sizes), edges))
        if case.name == "inv_by_matrix":
            return found[tuple(int(np.squeeze(values[index])) - 1 for index in "ijkl")]
        return found

    def size(self, result: Any) -> int:
        return int(self.numbers.size(result))


def _two_axes(v: Any) -> Any:
    v = np.asarray(v)
    return v.item() if v.size == 1 and v.ndim == 2 and v.shape == (1, 1) else v[:, None] if v.ndim == 1 else v


SYSTEMS = (Derive, SymPy, Tensorgrad)
