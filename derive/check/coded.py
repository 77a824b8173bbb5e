"""Code that was generated from a tree, run: in a namespace of NumPy and the given names, nothing else.

The text comes from `derive.notation.numpy_code`, never from a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.errors import NotEvaluated

Array = Any
BUILTINS = {"sum": sum, "max": max, "min": min, "range": range, "len": len, "sorted": sorted}


def run_expression(code: str, names: Mapping[str, Array]) -> Array:
    """The value of a generated NumPy expression."""
    try:
        with np.errstate(all="ignore"):
            return eval(compile(code, "<generated>", "eval"), {"__builtins__": BUILTINS, "np": np, **names})
    except Exception as error:
        raise NotEvaluated(f"the code does not run: {type(error).__name__}: {error}") from None


def run_function(code: str, name: str, arguments: tuple[Array, ...]) -> Array:
    """The value of a generated function at these arguments."""
    space: dict[str, Any] = {"__builtins__": BUILTINS, "np": np}
    try:
        with np.errstate(all="ignore"):
            exec(compile(code, "<generated>", "exec"), space)
            return space[name](*arguments)
    except Exception as error:
        raise NotEvaluated(f"the code does not run: {type(error).__name__}: {error}") from None
