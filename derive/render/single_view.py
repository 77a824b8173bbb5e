"""One derivative on its own, as `derive grad` shows it: derivation, LaTeX, NumPy and PyTorch code.

A further language of code is a row in LANGUAGES.
"""

from __future__ import annotations

from typing import Any

from derive.errors import NotEvaluated
from derive.kinds.result import PartResult
from derive.notation.latex import latex
from derive.notation.program import program
from derive.notation.text import text
from derive.render.json_view import part_json
from derive.render.text_view import INDENT, part_text, styled

LANGUAGES = {"numpy": "NumPy", "torch": "PyTorch"}


def single_text(result: PartResult, detail: str | None = None, width: int = 100) -> str:
    """The derivation with its check, then the answer in LaTeX and as functions."""
    pieces = [part_text(result, detail, width)]
    for found in result.answers:
        scope = result.part.scope
        rows = [(result.part.find[0].expression, found.answer.expression), *found.answer.where]
        shown = [f"{latex(left, scope.notation)} = {latex(right, scope.notation)}" for left, right in rows]
        pieces.append(_section("LaTeX", "\n".join(shown)))
        pieces += [_section(LANGUAGES[language], _code(result, language)) for language in LANGUAGES]
    return "\n\n".join(pieces) + "\n"


def _section(title: str, body: str) -> str:
    lines = [INDENT * 2 + line if line else "" for line in body.rstrip().split("\n")]
    return "\n".join([INDENT + styled(title, "bold"), *lines])


def _code(result: PartResult, language: str) -> str:
    try:
        return single_code(result, language)
    except NotEvaluated as error:
        return f"none: {error}"


def single_code(result: PartResult, language: str) -> str:
    """The answer as a function; NotEvaluated where it has no code."""
    (found,) = result.answers
    answer = found.answer
    asked = result.part.find[0].expression
    return program(asked, answer.expression, answer.where, result.part.scope, language)


def single_json(result: PartResult) -> dict[str, Any]:
    """What `derive solve` gives for a part, with the functions; null where there is none."""
    out = part_json(result)
    code: dict[str, str | None] = {}
    for language in LANGUAGES:
        try:
            code[language] = single_code(result, language) if result.answers else None
        except NotEvaluated:
            code[language] = None
    asked = text(result.part.find[0].expression, result.part.scope)
    return {"asked": asked, **out, "code": code}
