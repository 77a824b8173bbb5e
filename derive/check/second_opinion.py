"""A closed-form derivative taken again by SymPy, entry by entry at a rational point, to 30 digits.

The definitions are evaluated over SymPy entries by the same evaluator; the differentiation is SymPy's
`diff`, which knows nothing of our rules nor of complex steps. Nothing is simplified. To make SymPy take one
more verb: VERBS.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Mapping

import numpy as np

from derive.errors import NotEvaluated
from derive.notation.anatomy import Anatomy
from derive.notation.differentiate import At, held_fixed, variable
from derive.notation.environment import Environment
from derive.notation.evaluate import Evaluator
from derive.notation.instance import Instance, Ranges, draw
from derive.notation.verbs import VALUES
from derive.tree.nodes import Node
from derive.vocabulary.asked import MOMENTS, SOUGHT
from derive.vocabulary.scope import Scope

Array = Any

SECONDS = 3.0
AGREEMENT = 1e-30  # of the largest entry
SEED = 1  # sequences of length 2
INEXACT = frozenset({"orthogonal", "unit", "idempotent"})  # facts that rounding to rationals would break
SHARES = frozenset({"simplex", "stochastic"})


@dataclass(frozen=True)
class Opinion:
    """`status` is agrees, differs or skipped; `reason` says why it differs or was skipped."""

    status: str
    reason: str = ""


class _TooLong(Exception):
    """The time limit."""


def second_opinion(
    scope: Scope, asked: Node, answer: Node, ranges: Ranges | None = None, seconds: float = SECONDS
) -> Opinion:
    """SymPy's value of `asked`, a gradient, Jacobian or Hessian, against the value of `answer`."""
    reason = _unsuited(scope, asked, answer)
    if reason:
        return Opinion("skipped", reason)
    try:
        with _time_limit(seconds) as between:
            return _compare(scope, asked, answer, ranges or {}, between)
    except _TooLong:
        return Opinion("skipped", f"SymPy took longer than {seconds:g} s")
    except NotEvaluated as error:
        return Opinion("skipped", error.message)
    except Exception as error:  # a second opinion never stops the first one
        return Opinion("skipped", f"SymPy: {str(error) or type(error).__name__}")


def _unsuited(scope: Scope, asked: Node, answer: Node) -> str:
    """Why SymPy cannot be asked; empty where it can."""
    if asked.op not in VERBS:
        return f"'{asked.op}' is no derivative"
    anatomy = Anatomy(scope)
    used = {op for op, _ in anatomy.verbs(asked, answer)}
    for verbs, what in (
        (MOMENTS, "an expectation"),
        (SOUGHT, "a minimiser"),
        ({"d"}, "a differential"),
    ):
        if used & verbs:
            return what
    if asked.args[1].op in ("sym", "entry") and _is_symmetric(asked.args[1]):
        return "the gradient is symmetrised"
    if any(map(anatomy.is_random, anatomy.of(asked).names | anatomy.of(answer).names)):
        return "a random quantity"
    if anatomy.has_kinks(asked, answer):
        return "no derivative at a kink"
    for name in anatomy.of(asked).names | anatomy.of(answer).names:
        declared = scope.declarations.get(name)
        if declared is not None and (declared.of or declared.shape.kind == "function"):
            return "unspecified function"
        if declared is not None and name not in scope.definitions and declared.facts & INEXACT:
            return f"'{name}' has no exact value that is {sorted(declared.facts & INEXACT)[0]}"
    return ""


def _is_symmetric(variable: Node) -> bool:
    name = variable.args[0] if variable.op == "entry" else variable
    return name.op == "sym" and bool(name.symbol.facts & {"symmetric", "spd"})


def _compare(scope: Scope, asked: Node, answer: Node, ranges: Ranges, between: Callable[[], None]) -> Opinion:
    from derive.tree.exact import largest  # SymPy is loaded when first needed

    evaluator = ExactEvaluator(scope, draw(scope, frozenset(), SEED, ranges, smallest=True), between)
    ours = evaluator.evaluate(answer, evaluator.root, evaluator.outer)
    theirs = evaluator.evaluate(asked, evaluator.root, evaluator.outer)
    if ours.shape != theirs.shape:
        return Opinion("differs", f"shapes differ: {theirs.shape} and {ours.shape}")
    scale, error = max(largest(ours), largest(theirs)), largest(ours - theirs)
    if not np.isfinite(error) or scale == 0:
        return Opinion("skipped", "both sides vanish" if scale == 0 else "a value is not finite")
    if error <= AGREEMENT * scale:
        return Opinion("agrees")
    return Opinion("differs", f"SymPy's value differs by {error / scale:.2g} relative")


class ExactEvaluator(Evaluator):
    """The evaluator over SymPy entries; its derivatives are SymPy's."""

    def __init__(self, scope: Scope, instance: Instance, between: Callable[[], None]) -> None:
        from derive.tree.exact import SympySpace

        super().__init__(scope, instance, xp=SympySpace(), verbs={**VALUES, **VERBS}, exact=exact_values)
        self.between = between


def exact_values(values: Array, facts: frozenset[str]) -> Array:
    """Given values as rationals that keep their facts."""
    from derive.tree.exact import SympySpace

    rational = SympySpace.rational(values)
    if facts & SHARES:
        total = rational.sum() if "simplex" in facts else rational.sum(axis=-1, keepdims=True)
        return rational / total
    return rational


# ---------------------------------------------------------------- derivatives by SymPy


def _symbolic(
    ev: Evaluator, node: Node, env: Environment, at: At
) -> tuple[Array, Array, Array, tuple[int, int]]:
    """The values of args[0] in fresh symbols for args[1], these symbols, their values, and the layout."""
    from derive.tree.exact import unknowns

    body, x, *rest = node.args
    key, base, directions, layout = variable(ev, x, env, at)
    rows, columns = base.shape
    symbols = unknowns(rows, columns, f"{key[0]}{'_'.join(map(str, key[1]))}_{id(env)}")
    child = Environment(env, {key: symbols, **held_fixed(ev, tuple(rest), env, at, key)})
    values = ev.evaluate(body, child, at)
    picked = np.flatnonzero(directions.sum(axis=0).ravel()) if x.op == "entry" else np.arange(rows * columns)
    others = {
        s: v for i, (s, v) in enumerate(zip(symbols.ravel(), base.ravel(), strict=True)) if i not in picked
    }
    if others:
        values = np.array([[_replaced(e, others) for e in row] for row in values], dtype=object)
    return values, symbols.ravel()[picked], base.ravel()[picked], layout


def _replaced(entry: Any, values: Mapping[Any, Any]) -> Any:
    return entry.xreplace(values) if hasattr(entry, "xreplace") else entry


def _slopes(ev: Evaluator, node: Node, env: Environment, at: At) -> tuple[Array, tuple[int, int]]:
    from derive.tree.exact import slopes

    values, symbols, point, layout = _symbolic(ev, node, env, at)
    return slopes(values, symbols, point, _clock(ev)), layout


def _clock(ev: Evaluator) -> Callable[[], None]:
    assert isinstance(ev, ExactEvaluator)
    return ev.between


def _gradient(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    found, layout = _slopes(ev, node, env, at)
    return found[:, 0, 0].reshape(layout)


def _jacobian(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    found, _ = _slopes(ev, node, env, at)
    return found[0] if node.args[1].shape.is_scalar else found[:, :, 0].T


def _hessian(ev: Evaluator, node: Node, env: Environment, at: At) -> Array:
    from derive.tree.exact import curvatures

    values, symbols, point, _ = _symbolic(ev, node, env, at)
    return curvatures(values[0, 0], symbols, point, _clock(ev))


VERBS = {"gradient": _gradient, "jacobian": _jacobian, "hessian": _hessian}


# ---------------------------------------------------------------- time


@contextmanager
def _time_limit(seconds: float) -> Iterator[Callable[[], None]]:
    """Interrupts SymPy after `seconds` of computing in the main thread; elsewhere only between two entries.

    Computing time and not the clock's: a busy machine gives the same opinion."""
    end = time.process_time() + seconds

    def between() -> None:
        if time.process_time() > end:
            raise _TooLong

    def interrupt(number: int, frame: object) -> None:
        raise _TooLong

    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield between
        return
    before = signal.signal(signal.SIGPROF, interrupt)
    # again and again: Python drops an exception that is raised while it collects garbage
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
    try:
        yield between
    finally:
        signal.signal(signal.SIGPROF, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
