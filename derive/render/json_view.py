"""A solved problem as the JSON of `derive solve --format json`: plain dictionaries, no NaN, no infinity.

The keys are public (`docs/solve.schema.json`); a new one is added here and in `schema.py`.
"""

from __future__ import annotations

import math
from typing import Any

from derive.errors import NotEvaluated
from derive.kinds.result import Claimed, Found, PartResult, ProblemResult
from derive.notation.derivation import Line, Verdict
from derive.notation.latex import latex
from derive.notation.numpy_code import numpy_code
from derive.notation.text import text
from derive.render.chains import UNJUDGED, equation_latex, lines_of
from derive.render.exhibits import exhibits_json
from derive.render.say import in_text, say
from derive.tree.nodes import Node
from derive.vocabulary.scope import Scope

Json = dict[str, Any]


def problem_json(result: ProblemResult) -> Json:
    """`warnings` is there only where there are some."""
    out: Json = {"problem": result.problem.id, "parts": [part_json(part) for part in result.parts]}
    if result.problem.notices:
        out["warnings"] = [str(notice) for notice in result.problem.notices]
    return out


def part_json(result: PartResult) -> Json:
    """One part; `error` is there only where the part was not derived, tables and figures where it has some."""
    scope = result.part.scope
    out: Json = {
        "id": result.part.id,
        "verb": result.part.verb,
        "status": result.status,
        "answers": [_answer(found, scope) for found in result.answers],
        "lines": [_line(line, scope) for line in lines_of(result)],
        "claims": [_claim(claimed, result.part.scope) for claimed in result.claims],
        "second_opinion": {"status": result.opinion.status, "reason": result.opinion.reason},
    }
    out |= exhibits_json(result.blocks, scope)
    if result.error is not None:
        out["error"] = str(result.error)
    return out


def _answer(found: Found, scope: Scope) -> Json:
    node = found.answer.expression
    return {
        "name": found.answer.name,
        "latex": latex(found.answer.shown, scope.notation),
        "text": text(node, scope),
        "numpy": _numpy(node),
        "expect": _expected(found.expect),
        "where": [
            {
                "text": f"{text(left, scope)} == {text(right, scope)}",
                "latex": equation_latex(left, "==", right, scope),
            }
            for left, right in found.answer.where
        ],
        "provided": [say(reason, in_text(scope)) for reason in found.answer.provided],
    }


def _numpy(node: Node) -> str | None:
    """None for what has no NumPy expression, such as an expectation that stays one."""
    try:
        return numpy_code(node)
    except NotEvaluated:
        return None


def _expected(verdict: Verdict | None) -> Json | None:
    """`agrees` is null where the two could not be compared: unknown is neither right nor wrong."""
    if verdict is None:
        return None
    agrees = {"holds": True, "fails": False}.get(verdict.status)
    return {"agrees": agrees, "max_error": _error(verdict)}


def _line(line: Line, scope: Scope) -> Json:
    return {
        "left": text(line.left, scope),
        "relation": line.relation,
        "right": text(line.right, scope),
        "rule": say(line.reason, in_text(scope)),
        "latex": equation_latex(line.left, line.relation, line.right, scope),
        "verdict": _verdict(line.verdict or UNJUDGED),
    }


def _claim(claimed: Claimed, scope: Scope) -> Json:
    return {
        "text": claimed.text,
        "where": [say(reason, in_text(scope)) for reason in claimed.where],
        "verdict": _verdict(claimed.verdict),
    }


def _verdict(verdict: Verdict) -> Json:
    return {
        "status": verdict.status,
        "method": verdict.method,
        "instances": verdict.instances,
        "max_error": _error(verdict),
        "reason": verdict.reason,
    }


def _error(verdict: Verdict) -> float | None:
    """The largest error; None where no instance was conclusive or it is no number."""
    return verdict.max_error if verdict.instances and math.isfinite(verdict.max_error) else None
