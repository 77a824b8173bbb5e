"""The JSON of `derive solve --format json`: its contract, its schema, and no number that JSON does not have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import results
from pydantic import ValidationError

from derive.render.json_view import part_json, problem_json
from derive.render.schema import SolveJson, published

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = {
    "part": ["id", "verb", "status", "answers", "lines", "claims", "second_opinion"],
    "answer": ["name", "latex", "text", "numpy", "expect", "where", "provided"],
    "line": ["left", "relation", "right", "rule", "latex", "verdict"],
    "verdict": ["status", "method", "instances", "max_error", "reason"],
    "claim": ["text", "where", "verdict"],
}


def test_keys_are_those_of_the_contract() -> None:
    part = problem_json(results.solved())["parts"][0]
    assert list(part) == CONTRACT["part"]
    assert list(part["answers"][0]) == CONTRACT["answer"]
    assert list(part["lines"][0]) == CONTRACT["line"]
    assert list(part["lines"][0]["verdict"]) == CONTRACT["verdict"]
    claim = problem_json(results.solved())["parts"][2]["claims"][0]
    assert list(claim) == CONTRACT["claim"]


def test_a_part_in_full() -> None:
    part = part_json(results.state(results.problem().parts[4]))
    assert part == {
        "id": "1.e",
        "verb": "find",
        "status": "checked",
        "answers": [
            {
                "name": None,
                "latex": r"2 \mathbf{h}_{t}",
                "text": "2 * h[t]",
                "numpy": "2 * h[t]",
                "expect": None,
                "where": [
                    {
                        "text": "gradient(q[1], h[1]) == 2 * h[1]",
                        "latex": r"\nabla_{\mathbf{h}_{1}} q_{1} = 2 \mathbf{h}_{1}",
                    }
                ],
                "provided": [],
            }
        ],
        "lines": [
            {
                "left": "gradient(q[t], h[t])",
                "relation": "==",
                "right": "2 * h[t]",
                "rule": "squared norm",
                "latex": r"\nabla_{\mathbf{h}_{t}} q_{t} = 2 \mathbf{h}_{t}",
                "verdict": {
                    "status": "holds",
                    "method": "random instances, complex step",
                    "instances": 4,
                    "max_error": 3.1e-15,
                    "reason": "",
                },
            }
        ],
        "claims": [],
        "second_opinion": {"status": "skipped", "reason": "slow"},
    }


def test_lines_run_over_all_chains_lemmas_first() -> None:
    part = problem_json(results.solved())["parts"][0]
    assert [line["left"] for line in part["lines"]] == ["d(w)", "d(L)", "d(L)", "gradient(L, gamma)"]
    assert part["lines"][0]["rule"] == "u is constant"


def test_a_part_without_a_derivation_says_why() -> None:
    part = problem_json(results.failed())["parts"][3]
    assert part["status"] == "not-derived"
    assert part["error"].startswith("problems/scale.yaml:38:9: no derivative rule for 'where'")
    assert not part["lines"]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (results.HOLDS, {"agrees": True, "max_error": 3.1e-15}),
        (results.FAILS, {"agrees": False, "max_error": 0.25}),
        (results.BROKEN, {"agrees": False, "max_error": None}),
        (results.UNKNOWN, {"agrees": None, "max_error": None}),
        (None, None),
    ],
)
def test_expectations(verdict: object, expected: object) -> None:
    result = results.gradient(results.problem().parts[0], expect=verdict)  # type: ignore[arg-type]
    assert part_json(result)["answers"][0]["expect"] == expected


def test_infinite_errors_are_null_in_json() -> None:
    written = json.dumps(problem_json(results.failed()), allow_nan=False)
    shapes = json.loads(written)["parts"][1]["lines"][0]["verdict"]
    assert shapes["max_error"] is None
    assert shapes["reason"] == "shapes of values differ: (2, 1) and (1, 1)"


@pytest.mark.parametrize("result", [results.solved(), results.failed()])
def test_the_schema_admits_what_is_written(result: object) -> None:
    SolveJson.model_validate(problem_json(result))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda part: part.update(extra=1),
        lambda part: part.update(status="fine"),
        lambda part: part.pop("lines"),
        lambda part: part["lines"][0]["verdict"].update(max_error=float("nan")),
        lambda part: part["lines"][0]["verdict"].update(max_error="0"),
        lambda part: part["lines"][0].update(relation="="),
    ],
)
def test_the_schema_refuses_what_is_not_in_the_contract(spoil: object) -> None:
    written = problem_json(results.solved())
    spoil(written["parts"][0])  # type: ignore[operator]
    with pytest.raises(ValidationError):
        SolveJson.model_validate(written)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    """If this fails: python -m derive.render.schema"""
    assert (ROOT / "docs" / "solve.schema.json").read_text(encoding="utf-8") == published()
