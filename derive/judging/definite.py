r"""Claims of definiteness: `A \succ 0`, `A \succeq B`, looked at through the eigenvalues on many instances.

Entries are compared where the sides are no square matrices. A claim that is false as it stands may be true for
positive numbers, or where one size is not below another: `conditions` are those.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any, Iterator

import numpy as np

from derive.check.judge import FAR_FROM_ZERO, Checker, Ranges
from derive.check.telling import told
from derive.errors import DeriveError
from derive.notation.derivation import Verdict
from derive.notation.evaluate import Evaluator
from derive.tree.nodes import Node, walk
from derive.vocabulary.build import add, count, div, neg, num

Array = Any
At = tuple[tuple[Node, Node], ...]
DEFINITE = {
    ">>": (1, True),
    ">>=": (1, False),
    "<<": (-1, True),
    "<<=": (-1, False),
}  # the sign, whether strict
SEEDS = range(30)
NEEDED = 6
ROUNDING = 1e-9  # of the largest entry
METHOD = "eigenvalues on random instances"


def instances(
    checker: Checker, ranges: Ranges, at: At = (), given: tuple[Node, ...] = (), seeds: range = SEEDS
) -> Iterator[Evaluator]:
    """Values on the instances on which what is given is positive, with names at a value."""
    for seed in seeds:
        try:
            plain = checker.evaluator(seed, ranges)
            if not all(is_positive(plain.value(condition)) for condition in given):
                continue
            yield pinned(checker, plain, at)
        except (DeriveError, RecursionError):
            continue


def pinned(checker: Checker, evaluator: Evaluator, at: At) -> Evaluator:
    """The same instance with names at a value, one after the other."""
    for name, value in at:
        new = Evaluator(checker.scope, evaluator.instance, None, checker.anatomy)
        for key, number in evaluator.pinned(name, value).items():
            new.root.pin(key, number)
        evaluator = new
    return evaluator


def is_positive(value: Array) -> bool:
    value = np.real(value)
    if value.shape[-1] == value.shape[-2] > 1:
        value = np.linalg.eigvalsh((value + value.T) / 2)
    return bool(value.min() > FAR_FROM_ZERO)


def definite(
    checker: Checker, left: Node, relation: str, right: Node, ranges: Ranges, given: tuple[Node, ...]
) -> Verdict:
    sign, strict = DEFINITE[relation]
    found = 0
    for evaluator in instances(checker, ranges, (), given):
        try:
            a, b = (np.real(evaluator.value(side)) for side in (left, right))
        except (DeriveError, RecursionError):
            continue
        apart = sign * (a - b)
        scale = max(float(np.abs(a).max()), float(np.abs(b).max()), 1e-12)
        reason = ""
        if apart.shape[0] == apart.shape[1] > 1:
            if np.abs(apart - apart.T).max() > ROUNDING * scale:
                reason = "the matrix is not symmetric"
            apart = np.linalg.eigvalsh((apart + apart.T) / 2)
        least = float(apart.min())
        if least < -ROUNDING * scale or (strict and least <= ROUNDING * scale):
            reason = (
                reason or f"the smallest eigenvalue is {0.0 if abs(least) <= ROUNDING * scale else least:.3g}"
            )
        if reason:
            return Verdict(
                "fails", METHOD, found + 1, reason=reason, counterexample=told(evaluator, left, right, None)
            )
        found += 1
    if found < NEEDED:
        return Verdict("not-checked", METHOD, found, reason="too few instances have values")
    return Verdict("holds", METHOD, found, 0.0)


def conditions(left: Node, right: Node) -> Iterator[tuple[Node, str]]:
    """What would make such a claim true: a number that is positive then, and how it is said."""
    nodes = [n for side in (left, right) for n in walk(side)]
    for node in dict.fromkeys(n for n in nodes if n.op == "sym" and n.shape.is_scalar):
        yield node, f"{node.symbol.name} > 0"
    sizes = sorted({name for n in nodes for side in n.shape.dims for name in side.names})
    for a, b in permutations(sizes, 2):
        yield add(count(a), neg(count(b)), div(num(1), num(2))), f"{a} ≥ {b}"


__all__ = ["DEFINITE", "conditions", "definite", "instances", "is_positive", "pinned"]
