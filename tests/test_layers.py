"""Layers: the letters of their formulas beside the sizes of a problem."""

from __future__ import annotations

import pytest

from derive.kinds.solve import solve
from derive.notation.derivation import Chain
from derive.notation.text import text
from derive.problem.load import loads

COLLIDING = [  # sizes of the problem that are letters of the formula, and the first line
    ("b: Conv2d(k, k, kernel=5, bias=no)", "params(b)", "k * k * K**2"),
    ("b: Conv2d(k, K, kernel=5, bias=no)", "params(b)", "K * k * kernel**2"),
    ("b: Conv2d(s, p, kernel=5, bias=no)", "params(b)", "p * s * k**2"),
    ("b: Linear(n_out, m)", "params(b)", "m * ((n_out) + 1)"),
    ("b: Embedding(50, v)", "params(b)", "v_in * v"),
]


@pytest.mark.parametrize(("layer", "find", "first"), COLLIDING)
def test_letters_of_a_formula_give_way_to_sizes_of_the_problem(layer: str, find: str, first: str) -> None:
    problem = loads(
        f"format: 1\ntitle: t\nsymbols:\n  {layer}\nparts:\n  - id: a\n    ask: a\n    find: {find}\n"
    )
    result = solve(problem).parts[0]
    chain = next(b for b in result.blocks if isinstance(b, Chain))
    assert text(chain.lines[0].right) == first
    assert result.status == "checked"
