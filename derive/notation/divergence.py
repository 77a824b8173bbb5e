"""kl(p, q) on an instance, from its definition: the mean of log p - log q over all outcomes of p.

Discrete laws are enumerated; of normal ones the integrand is a quadratic, for which the coarse rule is exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from derive.notation import laws
from derive.notation.environment import Environment
from derive.tree.nodes import SCALAR, Node
from derive.vocabulary.densities import DENSITIES

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

ORDER = laws.COARSE[1]


def divergence(ev: Evaluator, node: Node, env: Environment, at: Mapping[str, int]) -> Any:
    kind, half = str(node.data), len(node.args) // 2
    values = [ev.evaluate(a, env, at) for a in node.args]
    names, shapes = DENSITIES[kind].names, tuple(a.shape for a in node.args[:half])
    rows, columns = values[0].shape[-2:]
    categories = rows if kind == "categorical" else 0
    law = laws.Random(("kl", ()), kind, rows, columns, shapes[-1].kind == "matrix", categories)
    noise, masses = laws.noise([law], ORDER, 0)
    batch = (len(masses), *(1,) * max(0, *(v.ndim - 2 for v in values)))
    x, factor = laws.PLACES[kind](
        law, dict(zip(names, values[:half], strict=True)), noise[law.key].reshape(*batch, rows, columns)
    )
    weights = masses.reshape(*batch, 1, 1) * (1 if factor is None else factor)
    of_x = shapes[0] if kind != "normal" or not shapes[0].is_scalar else SCALAR
    log = DENSITIES[kind].log
    gaps = log(ev.xp, x, tuple(values[:half]), (*shapes, of_x)) - log(
        ev.xp, x, tuple(values[half:]), (*shapes, of_x)
    )
    return (weights * gaps).sum(axis=0)
