"""Checked step-by-step solutions: `derive.load("problem.yaml").solve().parts["1.2.a"].answer.sympy`.

Importing `derive` costs nothing: the names below are fetched when first used. A further public name is a row
in `_PUBLIC`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.api import (
        AnswerView,
        CheckedAnswer,
        LoadedProblem,
        PartSolution,
        ProblemSolution,
        check_answer,
        grad,
        load,
        loads,
    )
    from derive.errors import DeriveError

_PUBLIC = {
    "grad": "derive.api",
    "load": "derive.api",
    "loads": "derive.api",
    "LoadedProblem": "derive.api",
    "ProblemSolution": "derive.api",
    "PartSolution": "derive.api",
    "AnswerView": "derive.api",
    "check_answer": "derive.api",
    "CheckedAnswer": "derive.api",
    "DeriveError": "derive.errors",
}

__all__ = [
    "AnswerView",
    "CheckedAnswer",
    "DeriveError",
    "LoadedProblem",
    "PartSolution",
    "ProblemSolution",
    "__version__",
    "check_answer",
    "grad",
    "load",
    "loads",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "__version__":
        return import_module("importlib.metadata").version("derive")
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'derive' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)


__version__: str
