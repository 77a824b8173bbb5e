"""Naive Bayes, done again by going through the rows one by one with floating-point weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.notation.derivation import Verdict

Row = Mapping[str, str]
CLOSE = 1e-12


def _chance(rows: Sequence[Row], column: str, value: str, smoothing: float, values: int) -> float:
    return (sum(row[column] == value for row in rows) + smoothing) / (len(rows) + smoothing * values)


def posterior(
    rows: Sequence[Row],
    target: str,
    given: Mapping[str, str],
    smoothing: float,
    claimed: Mapping[str, Fraction],
) -> Verdict:
    """Whether the claimed chances of the classes are those of the rows, with features independent in each class."""
    scores: dict[str, float] = {}
    for label in {row[target] for row in rows}:
        inside = [row for row in rows if row[target] == label]
        scores[label] = len(inside) / len(rows)
        for column, value in given.items():
            every = {row[column] for row in rows}
            scores[label] *= _chance(inside, column, value, smoothing, len(every))
    total = sum(scores.values())
    method = f"counting the {len(rows)} rows again"
    for label, share in claimed.items():
        wanted = scores.get(label, 0.0) / total if total else float("nan")
        if not abs(wanted - float(share)) <= CLOSE:
            return Verdict("fails", method, 1, reason=f"the chance of {target} = {label} is {wanted:.6g}")
    return Verdict("holds", method, 1)


def conditionals(
    rows: Sequence[Row], target: str, smoothing: float, claimed: Mapping[tuple[str, str, str], Fraction]
) -> Verdict:
    """Whether each claimed P(column = value | target = label) is the share among the rows of that class; the
    column is the target itself for the priors."""
    method = f"counting the {len(rows)} rows again"
    for (column, value, label), chance in claimed.items():
        inside = [row for row in rows if column == target or row[target] == label]
        every = {row[column] for row in rows}
        alpha = 0.0 if column == target else smoothing
        wanted = _chance(inside, column, value, alpha, len(every))
        if abs(wanted - float(chance)) > CLOSE:
            said = f"the share of {column} = {value} where {target} = {label} is {wanted:.6g}"
            return Verdict("fails", method, 1, reason=said)
    return Verdict("holds", method, len(claimed))
