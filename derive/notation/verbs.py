"""How the evaluator values verbs. To add one: a function of the type `Value` and its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping

from derive.notation.differentiate import differential, gradient, hessian, jacobian
from derive.notation.divergence import divergence
from derive.notation.environment import Environment
from derive.notation.expectation import covariance, expectation, variance
from derive.notation.minimise import argmax, argmin
from derive.notation.paths import PATH_VALUES
from derive.notation.put import at
from derive.notation.roots import solve
from derive.notation.running import macs, params, refuse, shape
from derive.tree.nodes import Node

if TYPE_CHECKING:
    from derive.notation.evaluate import Evaluator

Value = Callable[["Evaluator", Node, Environment, Mapping[str, int]], Any]

VALUES: dict[str, Value] = {
    "gradient": gradient,
    "jacobian": jacobian,
    "hessian": hessian,
    "d": differential,
    "E": expectation,
    "Var": variance,
    "Cov": covariance,
    "given": lambda ev, node, env, at: ev.evaluate(node.args[0], env, at),
    "argmin": argmin,
    "argmax": argmax,
    **PATH_VALUES,
    "at": at,
    "shape": shape,
    "params": params,
    "macs": macs,
    "layer_output": refuse,
    "solve": solve,
    "kl": divergence,
}
