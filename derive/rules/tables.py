"""All rule tables in one place, for the reference page, `derive rules` and the tests that sample every row."""

from __future__ import annotations

from derive.rules import adjoints, algebra, densities, differentials, expectation
from derive.rules.row import Rule

ALL: tuple[Rule, ...] = (
    *differentials.ROWS,
    *adjoints.ROWS,
    *adjoints.JACOBIANS,
    *expectation.ROWS,
    *densities.ROWS,
    *algebra.ROWS,
    *algebra.IDENTITIES,
)
