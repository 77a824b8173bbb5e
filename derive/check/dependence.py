"""A drawn graph against the definitions: moving one quantity moves exactly those that an arrow leads to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.derivation import Verdict
from derive.notation.environment import Environment, Key
from derive.notation.evaluate import Evaluator
from derive.notation.instance import Instance, draw
from derive.vocabulary.scope import Scope

SEEDS = range(3)
MOVED = 1e-9


def arrows(
    scope: Scope, sizes: Mapping[str, int], edges: Collection[tuple[Key, Key]], keys: Collection[Key]
) -> Verdict:
    """Every quantity is moved alone, all others held: what then changes at once, in its definition, must be the ends
    of its arrows."""
    method = "moving every node of the graph alone"
    found: set[tuple[Key, Key]] = set()
    try:
        for seed in SEEDS:
            drawn = draw(scope, frozenset(), seed)
            evaluator = Evaluator(scope, Instance(scope, seed, {**drawn.sizes, **sizes}, {}))
            found |= _moved(evaluator, keys)
    except NotEvaluated as error:
        return Verdict("not-checked", method, reason=error.message)
    missing, extra = found - set(edges), set(edges) - found
    if missing or extra:
        (start, end), what = (
            (min(missing), "there is no") if missing else (min(extra), "nothing moves along the")
        )
        return Verdict(
            "fails", method, len(found), reason=f"{what} arrow from {_said(start)} to {_said(end)}"
        )
    return Verdict("holds", f"{method}: {len(found)} arrows", len(SEEDS))


def _said(key: Key) -> str:
    return key[0] + (f"[{', '.join(map(str, key[1]))}]" if key[1] else "")


def _moved(evaluator: Evaluator, keys: Collection[Key]) -> set[tuple[Key, Key]]:
    base = {key: evaluator.named(key, evaluator.root) for key in keys}
    random = evaluator.instance.random("moved")
    found = set()
    for end in keys:
        opened = evaluator.opening.body(end)
        if opened is None:
            continue
        body, at = opened
        rest = {key: value for key, value in base.items() if key != end}
        before = evaluator.evaluate(body, Environment(evaluator.root, rest), at)
        for start in rest:
            step = random.standard_normal(rest[start].shape)
            moved = {**rest, start: rest[start] + step}
            after = evaluator.evaluate(body, Environment(evaluator.root, moved), at)
            if np.max(np.abs(after - before)) > MOVED:
                found.add((start, end))
    return found
