"""A judged answer as the JSON of `derive check --format json`. The keys are public: docs/check.schema.json."""

from __future__ import annotations

from typing import Any

from derive.judging.judged import Judged, JudgedChain, Report
from derive.judging.rungs import Comparison
from derive.judging.sentences import spoken
from derive.judging.verdicts import VERDICTS
from derive.render.say import in_latex

Json = dict[str, Any]


def report_json(report: Report) -> Json:
    return {
        "answer": report.answer.text.file,
        "problem": report.problem,
        "chains": [_chain(chain) for chain in report.chains],
        "summary": summary_json(report),
    }


def summary_json(report: Report) -> Json:
    """How many claims there are, how many of each verdict, the first wrong line of every chain that has one."""
    counts = report.counts
    return {
        "claims": len(report.claims),
        "verdicts": {name: counts.get(name, 0) for name in VERDICTS},
        "first_wrong": report.first_wrong,
        "judged": report.judged,
        "right": report.right,
    }


def _chain(chain: JudgedChain) -> Json:
    return {
        "claims": [_claim(judged, chain) for judged in chain.claims],
        "first_wrong": chain.first_wrong,
        "part": chain.part,
    }


def _claim(judged: Judged, chain: JudgedChain) -> Json:
    claim, voice = judged.claim, in_latex(chain.scope)
    repaired = chain.repaired(judged)
    return {
        "line": claim.line,
        "column": claim.column,
        "latex": claim.latex,
        "verdict": judged.verdict,
        "against": {
            "previous": _outcome(judged.previous),
            "head": _outcome(judged.head),
            "engine": _outcome(judged.engine),
        },
        "reading": judged.reading,
        "reason": "; ".join(spoken(reason, voice) for reason in judged.reasons),
        "counterexample": judged.counterexample,
        "repair": None
        if repaired is None
        else {"latex": repaired, "verified": judged.repair is not None and judged.repair.verified},
    }


def _outcome(comparison: Comparison | None) -> str | None:
    return None if comparison is None else comparison.outcome
