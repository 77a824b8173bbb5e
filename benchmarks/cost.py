"""What depth costs: the gradient in the first weights of an L-layer network, as a family and with L named layers.

The section "Depth" of docs/benchmarks.md. Times are of the derivation alone, in process time.
"""

from __future__ import annotations

import math
import time
from typing import Iterator

from derive.kinds.derivations import find
from derive.notation.derivation import Answer
from derive.notation.text import text
from derive.problem.load import loads
from derive.tree.nodes import node_count

FAMILY = [2, 8, 32, 200]
LAYERS = [8, 16, 32, 64, 200]
RUNS = 3

HEAD = "format: 1\ntitle: A deep network\n"
PARTS = "parts:\n  - id: a\n    ask: In the first weights.\n    find: gradient(C, {})\n"


def family(layers: int) -> str:
    return (
        f"{HEAD}index:\n  l: 1..{layers}\nsymbols:\n  x: vector(n)\n  y: vector(n)\n  W[l]: matrix(n, n)\n"
        "define:\n  h[0]: x\n  h[l]: sigmoid(W[l] @ h[l-1])\n"
        f"  C: sqnorm(h[{layers}] - y)\n{PARTS.format('W[1]')}"
    )


def named(layers: int) -> str:
    weights = "".join(f"  W{i}: matrix(n, n)\n" for i in range(1, layers + 1))
    states = "".join(
        f"  h{i}: sigmoid(W{i} @ {f'h{i - 1}' if i > 1 else 'x'})\n" for i in range(1, layers + 1)
    )
    return (
        f"{HEAD}symbols:\n  x: vector(n)\n  y: vector(n)\n{weights}define:\n{states}"
        f"  C: sqnorm(h{layers} - y)\n{PARTS.format('W1')}"
    )


def derived(source: str) -> tuple[float, Answer]:
    """The least of several runs, each on a problem that was read anew."""
    least, answer = math.inf, None
    for _ in range(RUNS):
        part = loads(source).parts[0]
        start = time.process_time()
        _, (answer,) = find(part)
        least = min(least, time.process_time() - start)
        if least > 2:
            break
    assert answer is not None
    return least, answer


def slope(points: list[tuple[int, float]]) -> float:
    """The exponent of L that fits best."""
    xs, ys = zip(*((math.log(n), math.log(t)) for n, t in points), strict=True)
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum((x - mx) ** 2 for x in xs)


def section() -> Iterator[str]:
    yield "## Depth\n"
    yield "The gradient in the first weights of a network with L layers, `h[l] = sigmoid(W[l] @ h[l-1])`.\n"
    yield "\n| L | as a family: ms | answer | with L named layers: ms | nodes of the answer |"
    yield "|---|---|---|---|---|"
    points: dict[str, list[tuple[int, float]]] = {"family": [], "named": []}
    for layers in sorted({*FAMILY, *LAYERS}):
        cells = ["", "", "", ""]
        if layers in FAMILY:
            seconds, answer = derived(family(layers))
            points["family"].append((layers, seconds))
            cells[:2] = [
                f"{seconds * 1000:.1f}",
                f"`{text(answer.expression)}`, {len(answer.where)} equations",
            ]
        if layers in LAYERS:
            seconds, answer = derived(named(layers))
            points["named"].append((layers, seconds))
            nodes = node_count(answer.expression)
            cells[2:] = [f"{seconds * 1000:.0f}", f"{nodes}, {len(answer.where)} equations"]
        yield f"| {layers} | " + " | ".join(cells) + " |"
    fits = ", ".join(f"L^{slope(p):.2f} ({name})" for name, p in points.items())
    yield f"\nBest fit of the times: {fits}.\n"
